"""Cells: the generator, linker, interpreter and engine of each component of a composition."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, unique

from harness.engine.results import EngineKind
from harness.plan.roles import Role

OURS = "ours"
REFERENCE = "reference"
WIZER = "wizer"
"""`wasmtime wizer` in the place of a toolchain's `component init`."""


BOTH_WAYS_EVERY = 8
"""One in this many of the worlds that toolchains build in turns is still built both ways: only then can two libraries
of one component be compared (level 1)."""


HOOKS = "hooks"
"""The need of a plan whose interpreter has task hooks."""
BLOCKING = "blocking-run"
"""The need of a plan whose interpreters' `run` is lifted synchronously."""
ONLY_NEWEST = frozenset(("map", HOOKS, BLOCKING))
"""The needs that the older version of the interface, or its interpreter, does not have."""


@unique
class First(Enum):
    """The mixed cells of two toolchains that run at first."""

    BOTH_WAYS = "both ways"
    """Every component by each toolchain: for cases, each of which must detect its fault."""
    SUBJECT_BOTH_WAYS = "subject both ways"
    """The subject by each toolchain, with the same other components: for a single world. This saves a third of the
    builds."""
    IN_TURNS = "in turns"
    """One mixed cell: one toolchain's code makes each call, the other's answers it, and the model checks both. For many
    worlds: it shows most in the same time."""


@dataclass(frozen=True, slots=True)
class Build:
    """The build of a component. `generator` and `linker` are names of toolchains."""

    generator: str
    linker: str
    abi_version: int = 3
    """The version of the interpreter interface, and so of the interpreter."""
    initializer: str = ""
    """The toolchain whose `component init` pre-initialises the component, or `WIZER`; empty: none."""

    @property
    def toolchain(self) -> str | None:
        """The toolchain that makes all of it, with the current interface."""
        return self.generator if self.generator == self.linker and self.abi_version == 3 else None

    def __str__(self) -> str:
        pair = self.generator if self.generator == self.linker else f"{self.generator}+{self.linker}"
        version = "" if self.abi_version == 3 else f"-v{self.abi_version}"
        initialized = f"-{WIZER}" if self.initializer == WIZER else "-init" if self.initializer else ""
        return f"{pair}{version}{initialized}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A build for each component, and an engine."""

    builds: tuple[tuple[Role, Build], ...]
    engine: EngineKind

    @property
    def toolchain(self) -> str | None:
        """The toolchain that made everything, with the current interface; None for a mixed cell."""
        makers = {build.toolchain for _, build in self.builds}
        return makers.pop() if len(makers) == 1 else None

    def __str__(self) -> str:
        builds = {build for _, build in self.builds}
        if len(builds) == 1:
            text = str(self.builds[0][1])
        else:
            text = ",".join(f"{role.value}={build}" for role, build in self.builds)
        return f"{text}@{self.engine.value}"

    def initialized(self, initializer: str) -> Cell:
        """The same with a subject that this toolchain's `component init`, or wizer, pre-initialises."""
        builds = [
            (role, replace(build, initializer=initializer) if role is Role.SUBJECT else build)
            for role, build in self.builds
        ]
        return Cell(tuple(builds), self.engine)


def pure_cell(roles: Sequence[Role], toolchain: str, engine: EngineKind) -> Cell:
    build = Build(toolchain, toolchain)
    return Cell(tuple((role, build) for role in roles), engine)


def pure_cells(roles: Sequence[Role], toolchains: Sequence[str], engine: EngineKind) -> list[Cell]:
    """Everything by each toolchain alone."""
    return [pure_cell(roles, toolchain, engine) for toolchain in toolchains]


def mixed_cells(roles: Sequence[Role], toolchains: Sequence[str], engine: EngineKind) -> list[Cell]:
    """The subject by one toolchain and the others by another, both ways, for the first toolchain and each further one.

    They contain every component of every toolchain, each together with components of another: a fault that both ends of
    one toolchain share does not cancel out. Empty for one component or one toolchain.
    """
    if len(roles) < 2:
        return []
    first = toolchains[:1]
    pairs = [pair for one in first for other in toolchains[1:] for pair in ((other, one), (one, other))]
    return [_around(roles, _same(subject), _same(others), engine) for subject, others in pairs]


def default_cells(roles: Sequence[Role], toolchains: Sequence[str], engine: EngineKind) -> list[Cell]:
    """The cells that run if toolchains disagree: pure cells and mixed ones."""
    return pure_cells(roles, toolchains, engine) + mixed_cells(roles, toolchains, engine)


def first_cells(
    roles: Sequence[Role],
    toolchains: Sequence[str],
    engine: EngineKind,
    first: First = First.BOTH_WAYS,
    turn: int = 0,
) -> list[Cell]:
    """The default cells that show whether anything is wrong; the others show which toolchain is wrong.

    The mixed cells, if there are any. If every component in them matches the model, the pure cells cannot show more:
    the first wrong event in a pure cell would follow only right events, as in a mixed cell. `first` selects the cells
    of two toolchains; `turn` is the number of a world among many.
    """
    mixed = mixed_cells(roles, toolchains, engine)
    if len(mixed) == 2:
        if first is First.SUBJECT_BOTH_WAYS:
            others = _same(toolchains[turn % 2])
            return [_around(roles, _same(subject), others, engine) for subject in toolchains]
        if first is First.IN_TURNS and turn % BOTH_WAYS_EVERY:
            return [mixed[turn % 2]]
    return mixed or pure_cells(roles, toolchains, engine)


def full_cells(
    roles: Sequence[Role],
    toolchains: Sequence[str],
    needs: frozenset[str] = frozenset(),
    makers: Mapping[str, tuple[str, str]] | None = None,
) -> list[Cell]:
    """Every generator with every linker for each component, under both engines; and everything by the first toolchain
    with the older interpreter interface, which only ours still supports, unless a plan `needs` something that it lacks.

    `makers`: the owners of the generator and linker behind each name (`toolchains/lending.py`). Equal builds are made
    once: under the name of the toolchain that owns the whole build, else under the first name.
    """
    builds = _different([Build(generator, linker) for generator in toolchains for linker in toolchains], makers or {})
    choices = [list(zip(roles, chosen, strict=True)) for chosen in itertools.product(builds, repeat=len(roles))]
    cells = [Cell(tuple(choice), engine) for engine in EngineKind for choice in choices]
    if OURS in toolchains and not needs & ONLY_NEWEST:
        old = Build(OURS, OURS, abi_version=2)
        cells.append(Cell(tuple((role, old) for role in roles), EngineKind.WINCH))
    return cells


def _different(builds: Iterable[Build], makers: Mapping[str, tuple[str, str]]) -> list[Build]:
    found: dict[tuple[str, str], Build] = {}
    for build in builds:
        generator, linker = build.generator, build.linker
        key = (makers.get(generator, (generator, ""))[0], makers.get(linker, ("", linker))[1])
        if key not in found or build.toolchain is not None:
            found[key] = build
    return list(found.values())


def _around(roles: Sequence[Role], subject: Build, others: Build, engine: EngineKind) -> Cell:
    return Cell(tuple((role, subject if role is Role.SUBJECT else others) for role in roles), engine)


def _same(toolchain: str) -> Build:
    return Build(toolchain, toolchain)
