"""What an entry about a known fault asks of a failure: the protocol of its conditions, and what they may look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Protocol

from harness.suite.faults.link_program import ProgramOfCase
from harness.trace.event import Event

if TYPE_CHECKING:
    import regex

    from harness.frontend.world_shape import WorldShape


@dataclass(frozen=True, eq=False)
class WorldFacts:
    """The known facts about the world, or the link case, in which a tool fails.

    Most worlds show no failure, so what takes time to find is found when a condition first asks for it, once.
    """

    wit: str
    world: str | None = None
    """The world's name in `wit`, as a command takes it; None: its only one."""
    features: tuple[str, ...] = ()
    """Those whose gates are open."""
    find_unused_end: Callable[[], bool] = lambda: False
    find_kept: Callable[[], Sequence[tuple[str, str]]] = lambda: ()
    program: ProgramOfCase | None = None
    """None: it is no link case."""
    _met: dict[OfWorld, bool] = field(default_factory=dict, init=False)
    """The conditions that were asked so far; several entries may have the same one."""

    @cached_property
    def shape(self) -> WorldShape:
        """What its WIT means. Raises `FrontEndError` for WIT that is none."""
        from harness.frontend.world_shape import shape_of  # loads the front end, which most commands need not

        return shape_of(self.wit, self.world, self.features)

    @cached_property
    def unused_end(self) -> bool:
        """It has a stream or future type that no function uses."""
        return self.find_unused_end()

    @cached_property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """Its imports that must stay beside a higher compatible version, each with that version."""
        return tuple(self.find_kept())

    def meet(self, condition: OfWorld) -> bool:
        """Whether a condition on the world holds."""
        if condition not in self._met:
            self._met[condition] = condition.holds(self)
        return self._met[condition]


class Differs(Protocol):
    """A difference as data (`harness/judge/difference.py`, which says what each means)."""

    @property
    def aspect(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def actual(self) -> str: ...
    @property
    def of_type(self) -> bool: ...
    @property
    def events(self) -> tuple[Event | None, Event | None]: ...
    @property
    def allowed(self) -> Sequence[object]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """A failure of a tool, as a report tells it. `calls`: the calls of the run that shows it. `difference` None: it is
    no difference from what is expected."""

    outcome: str
    message: str
    calls: Sequence[str] = ()
    difference: Differs | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """A failure with the message of an entry: what its conditions look at. `named`: the match of `message`. `facts`
    None: nothing is known about the world."""

    told: Told
    named: regex.Match[str]
    facts: WorldFacts | None


class FaultCondition(Protocol):
    """One condition of an entry, beside its cases, its outcome and its message. Conditions are compared and travel
    between processes, so they are frozen dataclasses."""

    compares_groups: ClassVar[bool] = False
    """It compares the groups of `message`, which must have two or more."""
    reads: ClassVar[frozenset[str]] = frozenset()
    """The names of groups of `message` that it reads."""

    def possible(self, facts: WorldFacts) -> bool:
        """False: the fault cannot show in this world, and nobody demands it there."""
        return True

    def matches(self, failure: Matched) -> bool: ...


class OfWorld(FaultCondition, Protocol):
    """A condition on the world alone. It is not met as long as nothing is known about the world."""

    def holds(self, facts: WorldFacts) -> bool:
        """The answer, which `WorldFacts.meet` keeps."""
        ...

    def possible(self, facts: WorldFacts) -> bool:
        return facts.meet(self)

    def matches(self, failure: Matched) -> bool:
        return failure.facts is not None and failure.facts.meet(self)
