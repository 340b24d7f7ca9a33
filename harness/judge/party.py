"""Who a judgement is about, as data. The text of a party is its name in reports and in the state of campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.engine.results import EngineKind
from harness.judge.votes import FRONT_END
from harness.toolchains.cells import Build, Cell


@dataclass(frozen=True, slots=True)
class ByItself:
    """A toolchain: its builds, and its pure cell if that ran."""

    toolchain: str

    def __str__(self) -> str:
        return self.toolchain


@dataclass(frozen=True, slots=True)
class BesideFirst:
    """A toolchain whose outputs are compared with those of the first, because the model has no opinion."""

    toolchain: str

    def __str__(self) -> str:
        return f"{self.toolchain}, beside the first"


@dataclass(frozen=True, slots=True)
class BetweenHosts:
    """A toolchain's subject with the host in the place of all other components (`harness/host_end`)."""

    toolchain: str

    def __str__(self) -> str:
        return f"{self.toolchain}, between hosts"


@dataclass(frozen=True, slots=True)
class InCell:
    """A cell that is no toolchain's pure cell, or is it in another engine."""

    cell: Cell

    def __str__(self) -> str:
        return str(self.cell)


@dataclass(frozen=True, slots=True)
class OfInterpreter:
    """An interpreter that is not ours, in all cells."""

    interpreter: str

    def __str__(self) -> str:
        return self.interpreter


@dataclass(frozen=True, slots=True)
class InterpreterInCell:
    """The same in one cell. `subject`: the build of the component that it is in."""

    interpreter: str
    subject: Build
    engine: EngineKind

    def __str__(self) -> str:
        return f"{self.interpreter} with {self.subject}@{self.engine.value}"


@dataclass(frozen=True, slots=True)
class OurFrontEnd:
    """The reader of WIT, on which ours, the model and every plan depend."""

    def __str__(self) -> str:
        return FRONT_END


Party = ByItself | BesideFirst | BetweenHosts | InCell | OfInterpreter | InterpreterInCell | OurFrontEnd


def toolchain_of(party: Party) -> str | None:
    """The one toolchain that a fault of this party is a fault of; None if it does not show one."""
    return party.toolchain if isinstance(party, ByItself | BesideFirst | BetweenHosts) else None


def in_one_cell(party: Party) -> bool:
    """Whether it is about a single cell."""
    return isinstance(party, InCell | InterpreterInCell)


def with_name(name: str, toolchains: Iterable[str]) -> Party | None:
    """The party that is called so, of our front end and these toolchains; None if it is another, such as a cell.
    Findings that were kept have only its name."""
    known: list[Party] = [OurFrontEnd()]
    known += [kind(toolchain) for toolchain in toolchains for kind in (ByItself, BesideFirst, BetweenHosts)]
    return next((party for party in known if str(party) == name), None)
