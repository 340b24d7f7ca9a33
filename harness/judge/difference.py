"""One difference, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.plan.roles import Role
from harness.trace.event import Event

NOTHING = "(nothing)"
RETURNS = "every entry returns"


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

    @classmethod
    def of_events(cls, aspect: str, role: Role, path: str, expected: Event | None, actual: Event | None) -> Difference:
        return cls(3, aspect, role, path, _shown(expected), _shown(actual), events=(expected, actual))

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.role.value if self.role else "", self.path) if part)
        return f"{self.aspect}{f' ({where})' if where else ''}: expected {self.expected}, got {self.actual}"


def _shown(event: Event | None) -> str:
    return NOTHING if event is None else str(event)
