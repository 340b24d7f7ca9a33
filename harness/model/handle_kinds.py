"""The kinds of handles: resources, ends of streams and futures, error contexts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.world import types as t

F = TypeVar("F")


def of_kind(
    type: t.Type,
    *,
    resource: Callable[[t.Resource, bool], F],
    end: Callable[[t.Stream | t.Future], F],
    error_context: Callable[[], F],
) -> F:
    """The function for a type whose values are handles. `resource` also gets whether the handle is an own handle."""
    match type:
        case t.Own(target):
            return resource(target, True)
        case t.Borrow(target):
            return resource(target, False)
        case t.Stream() | t.Future():
            return end(type)
    assert type is t.Prim.ERROR_CONTEXT, "every other handle has an arm"
    return error_context()
