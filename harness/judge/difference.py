"""One difference, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.roles import Role
from harness.trace.event import Event

NOTHING = "(nothing)"
RETURNS = "every entry returns"


@dataclass(frozen=True, slots=True)
class Trapped:
    """How a run trapped. `entry`: the export that the host called. `cause`: of a trap by the interpreter its name for
    it, without `fail_`; of others the engine's words."""

    kind: TrapClass
    cause: str
    entry: str

    def __str__(self) -> str:
        return f"a trap ({self.kind.value}: {self.cause}) in {self.entry}"


@dataclass(frozen=True, slots=True)
class Line:
    """What a program of a link case did, as a line for people. `function`: the one that is called, by its name there;
    empty for what is no call. `told`: without the `trap` that ended it."""

    function: str
    told: str
    trap: TrapClass | None = None

    def __str__(self) -> str:
        return self.told if self.trap is None else f"{self.told} traps: {self.trap.value}"


@dataclass(frozen=True, slots=True)
class Difference:
    """`level`: 1 the dylib, 2 the component, 3 the behaviour.

    `aspect` is a word for the kind of the difference; `path` is its place in the calls' values or in the world.
    """

    level: int
    aspect: str
    role: Role | None
    path: str
    expected: str
    actual: str
    of_type: bool = field(default=False, kw_only=True)
    """In a world or a `wit_t`: the type of a value or of a name differs, and `expected` and `actual` are its texts."""
    before: str = ""
    """In an outcome: the last event before it, and the event that should have come next."""
    events: tuple[Event | None, Event | None] = (None, None)
    """In a trace: the expected and the actual event; None for no event."""
    allowed: tuple[Event | ExpectedOutcome, ...] = ()
    """In a run: the events and ends that may come here, as `expected` names them."""
    trapped: Trapped | None = None
    """In an outcome: the trap that came; None: none came, or there was no run."""
    lines: tuple[Line | None, Line | None] = (None, None)
    """In a link case: the expected and the actual line; None for no line."""
    call: int = 0
    """The number of the call in its run that shows it, counted from 1; 0 if none does."""
    element: bool = False
    """Whether the place is in an element of a stream or a future."""
    form: str = ""
    """In what a toolchain prints of a package: the form, one of `PACKAGE_FORMS`."""

    @classmethod
    def of_events(
        cls, aspect: str, role: Role, path: str, expected: Event | None, actual: Event | None, call: int = 0
    ) -> Difference:
        allowed = (expected,) if expected is not None else ()
        return cls(3, aspect, role, path, _shown(expected), _shown(actual), "", (expected, actual), allowed, call=call)

    @classmethod
    def of_lines(cls, path: str, expected: Line | None, actual: Line | None) -> Difference:
        """In a link case."""
        return cls(3, "call", None, path, _shown(expected), _shown(actual), lines=(expected, actual))

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.role.value if self.role else "", self.path) if part)
        return f"{self.aspect}{f' ({where})' if where else ''}: expected {self.expected}, got {self.actual}"


def _shown(what: Event | Line | None) -> str:
    return NOTHING if what is None else str(what)
