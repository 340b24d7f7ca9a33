"""Lowers and pushes handles, ends of streams and futures, and error contexts (CanonicalABI.md, `lower_own`,
`lower_borrow`, `lower_stream`, `lower_future`, `lower_error_context`)."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.context import LiftLowerContext, Store
from harness.model.handle_kinds import of_kind
from harness.model.table import ErrorContextHandle, ResourceHandle, Task
from harness.plan.places import Place
from harness.script import operations as s
from harness.trace import events as e
from harness.trace.event import Event
from harness.trace.kinds import KINDS
from harness.world import types as t


def handle(type: t.Type) -> Store:
    """The store of handles, ends and error contexts."""
    return of_kind(type, resource=_resource, end=_end, error_context=_error_context)


def _end(type: t.Stream | t.Future) -> Store:
    kind = KINDS[type.__class__]

    def store(cx: LiftLowerContext, value: s.Number, place: Place) -> s.Value:
        number = cx.inst.lower_async_value(value.value, type)
        cx.show((e.PushEnd(kind, type.canonical, number), place))
        return s.End(type, number)

    return store


def _error_context() -> Store:
    def store(cx: LiftLowerContext, value: s.Str, place: Place) -> s.Value:
        number = cx.inst.table.add(ErrorContextHandle(value.data))
        cx.show((e.PushErrorContext(number), place))
        return s.Handle(number, s.ERROR_CONTEXT)

    return store


def _resource(resource: t.Resource, own: bool) -> Store:
    if own:
        push: Callable[[str, int], Event] = e.PushOwn
    else:
        push = e.PushRep if resource.exported else e.PushBorrow

    def store(cx: LiftLowerContext, value: s.Number, place: Place) -> s.Value:
        number = lower_own(cx, value.value, resource) if own else lower_borrow(cx, value.value, resource)
        cx.show((push(resource.canonical, number), place))
        return s.Handle(number, resource.canonical)

    return store


def lower_own(cx: LiftLowerContext, rep: int, resource: t.Resource) -> int:
    return cx.inst.table.add(ResourceHandle(cx.inst.identity(resource), rep, own=True))


def lower_borrow(cx: LiftLowerContext, rep: int, resource: t.Resource) -> int:
    """The component that defines a resource gets the representation for a borrow."""
    rt = cx.inst.identity(resource)
    if rt.implementor is cx.inst.role:
        return rep
    assert isinstance(cx.borrow_scope, Task), "a result holds no borrow"
    cx.borrow_scope.num_borrows += 1
    return cx.inst.table.add(ResourceHandle(rt, rep, own=False, borrow_scope=cx.borrow_scope))
