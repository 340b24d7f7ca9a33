"""Who a judgement is about, and who is in the minority, as data. Their texts are names in reports and in the state of
campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.engine.results import EngineKind
from harness.toolchains.cells import WIZER, Build, Cell

MODEL = "model"
FRONT_END = "front end"
INITIALIZER = "component init"
_WIZER = "wasmtime wizer"
INITIALIZERS = (INITIALIZER, _WIZER)
"""The names of what pre-initialises subjects."""


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
    """The reader of WIT for ours, the model and every plan: it has no opinion of its own, but all of these depend on
    it."""

    def __str__(self) -> str:
        return FRONT_END


Party = ByItself | BesideFirst | BetweenHosts | InCell | OfInterpreter | InterpreterInCell | OurFrontEnd


@dataclass(frozen=True, slots=True)
class OfModel:
    """The model of the specification: no tool, so no judgement is about it, but it may be outvoted."""

    def __str__(self) -> str:
        return MODEL


@dataclass(frozen=True, slots=True)
class OfInitializer:
    """What pre-initialises the subjects of all toolchains. `wizer`: by `wasmtime wizer`, not by `component init`."""

    wizer: bool = False

    def __str__(self) -> str:
        return _WIZER if self.wizer else INITIALIZER


Minority = tuple[Party | OfModel | OfInitializer, ...]
"""The opinions that most opinions contradict; empty if all agree, or if no side has most of them."""


def initializer_of(option: str) -> OfInitializer:
    """`option`: `Options.initializer`."""
    return OfInitializer(option == WIZER)


def names_of(minority: Minority) -> str:
    """Their names, joined by commas."""
    return ", ".join(map(str, minority))


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
