"""The interpreter's operations on ends of streams and futures."""

from __future__ import annotations

from harness.model.concurrency.component import ComponentInstance
from harness.model.concurrency.copies import Buffer, CopyEnd, CopyResult, Shared
from harness.model.concurrency.objects import EndObject, EndType
from harness.model.concurrency.store import Store
from harness.model.concurrency.type_path import type_at
from harness.model.concurrency.waitables import BLOCKED, EventCode
from harness.model.context import LiftLowerContext
from harness.model.scalars import U32
from harness.plan.places import OfEnd
from harness.script import operations as s
from harness.script.async_operations import NewEnds, State
from harness.trace import async_events as a
from harness.trace.kinds import KINDS
from harness.world import types as t

_STATES = {
    CopyResult.COMPLETED: State.COMPLETED,
    CopyResult.DROPPED: State.DROPPED,
    CopyResult.CANCELLED: State.CANCELLED,
}
_READS = (EventCode.STREAM_READ, EventCode.FUTURE_READ)


def _kind(type: EndType) -> str:
    return KINDS[type.__class__]


def _type_at(inst: ComponentInstance, place: s.TypePlace) -> EndType:
    found = type_at(inst.world, place)
    if found is None:
        raise inst.fail("type_path")
    return found


def _named(inst: ComponentInstance, value: s.Value) -> tuple[EndType, int]:
    """The type and the handle of an end."""
    match value:
        case s.End(type, number) if isinstance(type, t.End):
            return type, number
        case s.BareEnd(place, number):
            return _type_at(inst, place), number & U32
    raise inst.fail("handle")


def new_ends(store: Store, inst: ComponentInstance, op: NewEnds) -> None:
    type = _type_at(inst, op.type)
    shared = Shared(len(store.channels), type, store.shapes.of(inst, type.type))
    store.channels[shared.number] = shared
    readable = inst.add(CopyEnd(shared, inst, type, writable=False))
    writable = inst.add(CopyEnd(shared, inst, type, writable=True))
    inst.tell(a.EndsNew(_kind(type), type.canonical, readable, writable))
    inst.end_forget(readable)
    inst.ends[writable] = EndObject(type, writable, writable=True)
    inst.store(op.writable, s.End(type, writable, writable=True))
    inst.store(op.readable, s.End(type, readable))


# -- copies


def read(inst: ComponentInstance, value: s.Value, count: int) -> None:
    type, number = _named(inst, value)
    known = _begin_copy(inst, type, number, writing=False)
    count = count if isinstance(type, t.Stream) else 1
    result = _copy(inst, known, count, ())
    inst.tell(a.EndRead(_kind(type), type.canonical, number, count, result))
    if result != BLOCKED:
        _settle(inst, known, result)


def write(inst: ComponentInstance, value: s.Value, offered: int, values: tuple[s.Value, ...]) -> None:
    type, number = _named(inst, value)
    known = _begin_copy(inst, type, number, writing=True)
    count = offered if isinstance(type, t.Stream) else 1
    if type.type is not None:
        load = inst.store_of.crossings.payload(type.type, type.type, inst.lists, inst.lists).lift
        for index, element in enumerate(values):
            inst.tell(a.EndLower(_kind(type), type.canonical, index))
            load(LiftLowerContext(inst, None).only_pops(), element, (OfEnd(type.canonical), index))
    result = _copy(inst, known, count, values)
    inst.tell(a.EndWrite(_kind(type), type.canonical, number, count, result))
    if result != BLOCKED:
        _settle(inst, known, result)


def _begin_copy(inst: ComponentInstance, type: EndType, number: int, writing: bool) -> EndObject:
    known = inst.ends.get(number)
    if known is None:
        known = inst.ends[number] = EndObject(type, number)
    if not known.settled:
        raise inst.fail("state")
    known.delivered = None
    known.type, known.writing, known.state = type, writing, State.COPYING
    return known


def _copy(inst: ComponentInstance, known: EndObject, count: int, values: tuple[s.Value, ...]) -> int:
    end = inst.end(inst.table.get(known.number), known.type, known.writing)
    end.check_copy()
    known.buffer = Buffer(inst, known.type, count, values)
    return end.start_copy(known.buffer)


def end_event(inst: ComponentInstance, code: EventCode, number: int, payload: int) -> None:
    known = inst.ends.get(number)
    if known is None or known.settled:
        # the other end of an idle end was dropped
        end = inst.waitable(number)
        assert isinstance(end, CopyEnd)
        known = inst.ends[number] = known or EndObject(end.type, number, end.writable)
        known.state = State.DROPPED
        return
    if known.writing is (code in _READS):
        raise inst.fail("event")
    _settle(inst, known, payload)


def _settle(inst: ComponentInstance, known: EndObject, payload: int) -> None:
    """The copy has ended: the interpreter lifts the elements of a read."""
    is_stream = isinstance(known.type, t.Stream)
    code = CopyResult(payload & 15)
    count = payload >> 4 if is_stream else int(code is CopyResult.COMPLETED)
    buffer, known.buffer = known.buffer, None
    known.state = _STATES[code]
    if known.writing or buffer is None:
        return
    if known.type.type is None:
        known.delivered = s.Number("u32", count) if is_stream else None
        return
    values = []
    for index, (value, kept) in enumerate(buffer.got[:count]):
        inst.tell(a.EndLift(_kind(known.type), known.type.canonical, index))
        for shown in kept:
            inst.show(shown)
        values.append(value)
    known.delivered = s.Items(tuple(values)) if is_stream else values[0] if values else None


def cancel(inst: ComponentInstance, value: s.Value) -> None:
    type, number = _named(inst, value)
    known = inst.ends.get(number)
    writing = known is not None and (known.writable if known.settled else known.writing)
    result = inst.end(inst.table.get(number), type, writing).cancel_copy()
    event = a.CancelWrite if writing else a.CancelRead
    inst.tell(event(_kind(type), type.canonical, number, result))
    if known is None or known.settled:
        raise inst.fail("event")
    _settle(inst, known, result)


def drop(inst: ComponentInstance, value: s.Value) -> None:
    type, number = _named(inst, value)
    known = inst.ends.get(number)
    writable = known is not None and known.writable
    event = a.DropWritable if writable else a.DropReadable
    inst.tell(event(_kind(type), type.canonical, number))
    inst.end(inst.table.remove(number), type, writable).drop()
    inst.end_forget(number)
