"""Opinions as columns of a matrix: a toolchain, or a mixed cell by who built the subject and who what is around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.model import BuildOf, CaseResult, Opinion, Party, PartyKind

SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Column:
    """`label` is for people."""

    key: str
    label: str


def column_of(opinion: Opinion, with_engine: bool = True) -> Column:
    """Cells that differ only in which components a world needs around it are one column. `with_engine`: the label of a
    mixed cell says its engine."""
    party = _party_of(opinion)
    if party is None or not party.builds:
        return Column(opinion.toolchain, opinion.toolchain)
    subject = next((item.build for item in party.builds if item.role == SUBJECT), None)
    others = {item.build for item in party.builds if item.role != SUBJECT}
    end = f", {party.engine}" if with_engine else ""
    if subject is None or len(others) != 1:
        return Column(opinion.toolchain, ", ".join(f"{item.role} by {item.build}" for item in party.builds) + end)
    other = others.pop()
    return Column(f"{subject}/{other}@{party.engine}", f"subject by {subject}, rest by {other}{end}")


def columns(cases: Iterable[CaseResult], toolchains: Sequence[str]) -> tuple[Column, ...]:
    """All that occur: the run's toolchains in their order, cells, what else there is an opinion about. A label says
    under which engine only if there are several."""
    opinions = {opinion.toolchain: opinion for case in cases for opinion in case.opinions}
    in_cells = {
        name: party for name, opinion in opinions.items() if (party := _party_of(opinion)) and party.in_one_cell
    }
    several = len({party.engine for party in in_cells.values()}) > 1
    found: dict[str, tuple[bool, Column]] = {}
    for name, opinion in opinions.items():
        column = column_of(opinion, several)
        found.setdefault(column.key, (name in in_cells, column))
    first = [found.pop(name)[1] for name in toolchains if name in found]
    return (*first, *(column for in_cell in (True, False) for cell, column in found.values() if cell is in_cell))


def opinions_by_column(case: CaseResult) -> dict[str, Opinion]:
    return {column_of(opinion).key: opinion for opinion in case.opinions}


def _party_of(opinion: Opinion) -> Party | None:
    """Older results have only the name of a cell: `subject=ours,driver=reference@winch`, or `ours-v2@winch`."""
    if opinion.party is not None:
        return opinion.party
    builds, at, engine = opinion.toolchain.rpartition("@")
    parts = [part.partition("=") for part in builds.split(",")]
    if not at:
        return None
    if not all(sign for _, sign, _ in parts):
        return Party(PartyKind.CELL, builds, engine=engine)
    return Party(PartyKind.CELL, builds=tuple(BuildOf(role, build) for role, _, build in parts), engine=engine)
