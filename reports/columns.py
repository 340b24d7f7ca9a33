"""Opinions as columns of a matrix: a toolchain, or a mixed cell by who built the subject and who what is around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.model import CaseResult, Opinion

SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Column:
    """`label` is for people."""

    key: str
    label: str


def column_of(toolchain: str) -> Column:
    """Cells that differ only in which components a world needs around it are one column."""
    builds, at, engine = toolchain.rpartition("@")
    parts = [part.partition("=") for part in builds.split(",")]
    if not at or not all(sign for _, sign, _ in parts):
        return Column(toolchain, toolchain)
    by_role = {role: build for role, _, build in parts}
    others = set(by_role.values()) if SUBJECT not in by_role else {b for r, b in by_role.items() if r != SUBJECT}
    if SUBJECT not in by_role or len(others) != 1:
        return Column(toolchain, f"{builds.replace(',', ', ').replace('=', ' by ')}, {engine}")
    other = others.pop()
    return Column(f"{by_role[SUBJECT]}/{other}@{engine}", f"subject by {by_role[SUBJECT]}, rest by {other}, {engine}")


def columns(cases: Iterable[CaseResult], toolchains: Sequence[str]) -> tuple[Column, ...]:
    """All that occur: the run's toolchains in their order, mixed cells, what else there is an opinion about."""
    found: dict[str, Column] = {}
    for case in cases:
        for opinion in case.opinions:
            column = column_of(opinion.toolchain)
            found.setdefault(column.key, column)
    first = [found.pop(name) for name in toolchains if name in found]
    ordered = first + sorted(found.values(), key=lambda column: "@" not in column.key)
    return tuple(_without_engine(ordered))


def _without_engine(found: list[Column]) -> list[Column]:
    """A label says under which engine only if there are several."""
    engines = {column.label.rpartition(", ")[2] for column in found if "@" in column.key}
    if len(engines) != 1:
        return found
    end = f", {engines.pop()}"
    return [Column(column.key, column.label.removesuffix(end)) for column in found]


def opinions_by_column(case: CaseResult) -> dict[str, Opinion]:
    return {column_of(opinion.toolchain).key: opinion for opinion in case.opinions}
