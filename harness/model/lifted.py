"""Values between two components: lifted out of one, not yet lowered into the other.

They have the shape of interpreter values, with numbers in range and handles replaced by what they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.model.table import ErrorContextHandle
from harness.script import operations as s


@dataclass(frozen=True, slots=True)
class Rep:
    """A resource: its representation."""

    rep: int


@dataclass(frozen=True, slots=True)
class Composite:
    """The members of a record, tuple or list, or the entries of a map (key, value, key, value, ..)."""

    items: tuple[Lifted, ...]


@dataclass(frozen=True, slots=True)
class LiftedCase:
    index: int
    payload: Lifted | None


Lifted = s.Number | s.Str | Composite | LiftedCase | Rep | ErrorContextHandle
