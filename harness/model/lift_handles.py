"""Pops and lifts handles, ends of streams and futures, and error contexts (CanonicalABI.md, `lift_own`, `lift_borrow`,
`lift_stream`, `lift_future`, `lift_error_context`)."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.context import NOTHING, LiftLowerContext, Load
from harness.model.handle_kinds import of_kind
from harness.model.scalars import U32
from harness.model.table import SpecTrap, Subtask
from harness.plan.places import Place
from harness.script import operations as s
from harness.trace import events as e
from harness.trace.event import Event
from harness.trace.kinds import KINDS
from harness.world import types as t


def handle(type: t.Type) -> Load:
    """The load of handles, ends and error contexts."""
    return of_kind(type, resource=_resource, end=_end, error_context=_error_context)


def _end(type: t.Stream | t.Future) -> Load:
    """A readable end. The lifted value is the number of its stream or future, which is in no table."""
    kind = KINDS[type.__class__]

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if not isinstance(value, s.End | s.BareEnd | s.Handle):
            return cx.otherwise(load, value, place)
        of_resource = isinstance(value, s.Handle) and value.resource is not None
        if of_resource or (isinstance(value, s.End) and value.type.__class__ is not type.__class__):
            raise cx.wrong_kind()
        number = value.number & U32
        cx.show((e.PopEnd(kind, type.canonical, number), place))
        if cx.trapped:
            return NOTHING
        try:
            return s.Number("u32", cx.inst.lift_async_value(number, type))
        except SpecTrap as trap:
            return cx.invalid(trap.cause, *trap.also)

    return load


def _error_context() -> Load:
    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Handle or value.resource not in (None, s.ERROR_CONTEXT):
            return cx.otherwise(load, value, place)
        cx.show((e.PopErrorContext(value.number & U32), place))
        if cx.trapped:
            return NOTHING
        try:
            return s.Str(cx.inst.table.lift_error_context(value.number & U32).message)
        except SpecTrap as trap:
            return cx.invalid(trap.cause, *trap.also)

    return load


def _resource(resource: t.Resource, own: bool) -> Load:
    pop: Callable[[str, int], Event] = e.PopOwn if own else e.PopBorrow

    def load(cx: LiftLowerContext, value: s.Value, place: Place) -> s.Value:
        if value.__class__ is not s.Handle or value.resource == s.ERROR_CONTEXT:
            return cx.otherwise(load, value, place)
        number = value.number & U32
        cx.show((pop(resource.canonical, number), place))
        if cx.trapped:
            return NOTHING
        try:
            return s.Number("u32", lift_own(cx, number, resource) if own else lift_borrow(cx, number, resource))
        except SpecTrap as trap:
            return cx.invalid(trap.cause, *trap.also)

    return load


def lift_own(cx: LiftLowerContext, number: int, resource: t.Resource) -> int:
    return cx.inst.table.lift_own(number, cx.inst.identity(resource))


def lift_borrow(cx: LiftLowerContext, number: int, resource: t.Resource) -> int:
    assert isinstance(cx.borrow_scope, Subtask), "a result holds no borrow"
    return cx.inst.table.lift_borrow(number, cx.inst.identity(resource), cx.borrow_scope)
