"""The direct parts of a type of a `Resolve`."""

from __future__ import annotations

from generator.resolved.kinds import children
from generator.resolved.types import Borrow, Own, Type, TypeKind


def parts(kind: TypeKind) -> tuple[Type | None, ...]:
    """The types of the values inside a value of this kind; a handle contains none."""
    return () if isinstance(kind, Own | Borrow) else children(kind)
