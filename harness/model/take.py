"""Pop and lift: a value leaves an interpreter, is stored as the Canonical ABI wants it, and is lifted from there.

The generated code pops everything first (interpreters/PROTOCOL.md; the order is that of wit_dylib.h), then the core
call is made and the canonical lift reads what was stored. So a bad value traps after the last pop: the first trap is
kept until `finish`. Sources: CanonicalABI.md, "Flat Lifting" and "Loading".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.model.instance import Instance
from harness.model.lifted import Composite, Lifted, LiftedCase, Rep
from harness.model.places import Place, place_text
from harness.model.table import ResourceHandle, SpecTrap
from harness.model.told import told_items
from harness.plan.outcomes import TrapClass
from harness.script import operations as s
from harness.values.values import without_payload
from harness.world import types as t
from harness.world.layout import discriminant_size

MAX_LIST_BYTE_LENGTH = MAX_STRING_BYTE_LENGTH = (1 << 28) - 1
"""CanonicalABI.md, constants of the same names."""

UNREACHABLE_ADDRESS = 1 << 28
"""No interpreter's memory grows this far: from here on every address is out of bounds."""

_U32 = (1 << 32) - 1
_U64 = (1 << 64) - 1
_NOTHING = Composite(())


class Unpredictable(ValueError):
    """A script does something whose outcome no specification fixes; the model does not guess."""


def _not_told(_event: tuple[str, Place]) -> None:
    """Values in a list that goes whole are told by the list."""


def _cut_to_cases(discriminant: int, cases: int) -> int:
    return discriminant & ((1 << 8 * discriminant_size(cases)) - 1)


class Taker:
    """One transfer of values out of `instance`: the arguments of an import, or the result of an export."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._show: Callable[[tuple[str, Place]], None] = instance.show
        self._whole = False
        """What is taken now lies in a list that goes whole."""
        self._trap: tuple[TrapClass, frozenset[TrapClass]] | None = None
        self.lenders: list[ResourceHandle] = []

    def finish(self) -> None:
        """Raise what the lift met first."""
        if self._trap is not None:
            # made here: an exception that an object of its own traceback holds keeps the whole run alive
            cause, also = self._trap
            raise SpecTrap(cause, also=also)

    def _bad(self, cause: TrapClass, *also: TrapClass) -> Lifted:
        self._trap = self._trap or (cause, frozenset(also))
        return _NOTHING

    def _wrong_kind(self) -> SpecTrap:
        return self._instance.fail("pop_kind")

    def take(self, value: s.Value, type: t.Type, place: Place, in_memory: bool) -> Lifted:
        return _TAKE[type.__class__](self, value, type, place, in_memory)

    def _number(self, value: s.Value, kind: str) -> int:
        if not isinstance(value, s.Number) or value.kind != kind:
            raise self._wrong_kind()
        return value.value

    def _primitive(self, value: s.Value, type: t.Prim, place: Place, in_memory: bool) -> Lifted:
        if type is t.Prim.STRING:
            return self._string(value, place)
        if type is t.Prim.ERROR_CONTEXT:
            return self._error_context(value, place)
        scalar = SCALARS[type]
        kind, width = scalar.kind, scalar.width
        if not isinstance(value, s.Number) or value.kind != kind:
            raise self._wrong_kind()
        number = value.value
        if scalar.low <= number <= scalar.high:
            self._show((scalar.event + str(number), place))
            return value
        if type in t.FLOATS:
            number = without_payload(number, width)
            self._show((f"{scalar.event}{number:0{width // 4}x}", place))
            return s.Number(kind, number)
        core = number & (_U64 if width == 64 else _U32)
        signed = type in t.SIGNED
        self._show((f"{scalar.event}{_as_core(core, width, signed)}", place))
        if type is t.Prim.BOOL:
            return s.Number(kind, int((core & 0xFF if in_memory else core) != 0))
        if type is t.Prim.CHAR and (core >= 0x110000 or 0xD800 <= core <= 0xDFFF):
            return self._bad(TrapClass.INVALID_CHAR)
        return s.Number(kind, _narrow(core, width, signed))

    def _string(self, value: s.Value, place: Place) -> Lifted:
        if isinstance(value, s.Pointer):
            return self._range(value, "pop_string", 1, 1, MAX_STRING_BYTE_LENGTH, place)
        if not isinstance(value, s.Str):
            raise self._wrong_kind()
        self._show((f"pop_string = {len(value.data)} {value.data.hex() or '-'}", place))
        if len(value.data) > MAX_STRING_BYTE_LENGTH:
            return self._bad(TrapClass.TOO_LONG)
        try:
            value.data.decode()
        except UnicodeDecodeError:
            return self._bad(TrapClass.INVALID_UTF8)
        return value

    def _range(self, at: s.Pointer, event: str, size: int, alignment: int, limit: int, place: Place) -> Lifted:
        """A pointer and a length that a script made up."""
        self._show((f"{event} = {at.length & _U32} -", place))
        byte_length = (at.length & _U32) * size
        address = at.address & _U32
        broken = {
            TrapClass.TOO_LONG: byte_length > limit,
            TrapClass.UNALIGNED: address % alignment != 0,
            TrapClass.OUT_OF_BOUNDS: address + byte_length >= UNREACHABLE_ADDRESS or byte_length > limit,
        }
        causes = [cause for cause, holds in broken.items() if holds]
        if causes:
            return self._bad(*causes)
        if byte_length == 0:
            return s.Str(b"") if event == "pop_string" else _NOTHING
        raise Unpredictable(f"{place_text(place)}: {byte_length} bytes at {address} may lie in the memory")

    def _error_context(self, value: s.Value, place: Place) -> Lifted:
        if not isinstance(value, s.Handle) or value.resource not in (None, s.ERROR_CONTEXT):
            raise self._wrong_kind()
        self._instance.emit(f"pop_error_context = {value.number & _U32}", place)
        if self._trap is not None:
            return _NOTHING
        try:
            return self._instance.table.lift_error_context(value.number & _U32)
        except SpecTrap as trap:
            return self._bad(trap.cause, *trap.also)

    def _fields(
        self, value: s.Value, type: t.Record | t.Tuple | t.FixedLengthList, place: Place, in_memory: bool
    ) -> Lifted:
        if isinstance(type, t.FixedLengthList):
            event, members = "pop_fixed_length_list", type.parts * type.size
        else:
            event, members = "pop_record" if isinstance(type, t.Record) else "pop_tuple", type.parts
        if not isinstance(value, s.Fields) or len(value.items) != len(members):
            raise self._wrong_kind()
        self._show((f"{event} {type.canonical}", place))
        items = [
            self.take(item, member, (place, step), in_memory)
            for item, member, step in zip(value.items, members, type.steps, strict=True)
        ]
        return Composite(tuple(items))

    def _list(self, value: s.Value, type: t.List, place: Place, _in_memory: bool) -> Lifted:
        layout = self._instance.layout
        name = type.canonical
        size, alignment = layout.elem_size(type.type), layout.alignment(type.type)
        if isinstance(value, s.Pointer):
            return self._range(value, f"pop_list {name}", size, alignment, MAX_LIST_BYTE_LENGTH, place)
        if isinstance(value, s.Raw):
            self._show((f"pop_list {name} = {value.length} {value.data.hex() or '-'}", place))
            if value.length * size != len(value.data):
                raise Unpredictable(f"{place_text(place)}: {value.length} elements in {len(value.data)} bytes")
            return Composite(tuple(read_numbers(value.data, type.type)))
        if not isinstance(value, s.Items):
            raise self._wrong_kind()
        if self._instance.lists is s.Lists.ANY and not type.type.holds_handles:
            return self._list_whole(value, type, place)
        self._show((f"pop_list {name} = {len(value.items)}", place))
        items = []
        element, iter_next = type.type, f"pop_list_iter_next {name}"
        for index, item in enumerate(value.items):
            here = (place, index)
            self._show((iter_next, here))
            items.append(self.take(item, element, here, True))
        self._show((f"pop_list_iter {name}", place))
        if len(items) * size > MAX_LIST_BYTE_LENGTH:
            return self._bad(TrapClass.TOO_LONG)
        return Composite(tuple(items))

    def _list_whole(self, value: s.Items, type: t.List, place: Place) -> Lifted:
        """The interpreter stores the elements by itself and tells them all in one, before anything is lifted."""
        show, whole = self._show, self._whole
        self._show, self._whole = _not_told, True
        try:
            items = [self.take(item, type.type, (place, index), True) for index, item in enumerate(value.items)]
        finally:
            self._show, self._whole = show, whole
        self._show((f"pop_list {type.canonical} = {len(items)}{told_items(value.items)}", place))
        if len(items) * self._instance.layout.elem_size(type.type) > MAX_LIST_BYTE_LENGTH:
            return self._bad(TrapClass.TOO_LONG)
        return Composite(tuple(items))

    def _case_whole(self, value: s.Case, type: t.Variant | t.Option | t.Result, place: Place) -> Lifted:
        """Stored by the interpreter: the discriminant cut to its size, the payload if the case has one."""
        cases = type.payloads
        given = value.discriminant & _U32
        payload = cases[given] if given < len(cases) else None
        if (payload is None) != (value.payload is None):
            raise self._wrong_kind()
        index = _cut_to_cases(given, len(cases))
        if index >= len(cases):
            return self._bad(TrapClass.INVALID_DISCRIMINANT)
        if payload is not None and value.payload is not None:
            return LiftedCase(index, self.take(value.payload, payload, (place, f".{type.case_names[index]}"), True))
        if cases[index] is not None:
            raise Unpredictable(f"{place_text(place)}: nobody stored a payload of case {index}")
        return LiftedCase(index, None)

    def _map(self, value: s.Value, type: t.Map, place: Place, _in_memory: bool) -> Lifted:
        if not isinstance(value, s.Entries):
            raise self._wrong_kind()
        name = type.canonical
        self._show((f"pop_map {name} = {len(value.pairs)}", place))
        items = []
        for index, (key, mapped) in enumerate(value.pairs):
            here = (place, index)
            self._show((f"pop_map_iter_next {name}", here))
            items.append(self.take(key, type.key, (here, ".key"), True))
            items.append(self.take(mapped, type.value, (here, ".value"), True))
        self._show((f"pop_map_iter {name}", place))
        return Composite(tuple(items))

    def _case(self, value: s.Value, type: t.Variant | t.Option | t.Result, place: Place, in_memory: bool) -> Lifted:
        if not isinstance(value, s.Case):
            raise self._wrong_kind()
        if self._whole:
            return self._case_whole(value, type, place)
        index = value.discriminant & _U32
        self._show((f"{CASE_POPPED[type.__class__]} {type.canonical} = {index}", place))
        cases = type.payloads
        if index >= len(cases):
            if value.payload is not None:
                raise Unpredictable(
                    f"{place_text(place)}: a payload of case {index}, of {len(cases)}, stays on the stack"
                )
            return self._bad_discriminant()
        payload = cases[index]
        if payload is None:
            return LiftedCase(index, None)
        if value.payload is None:
            raise self._instance.fail("stack")
        here = (place, f".{type.case_names[index]}")
        return LiftedCase(index, self.take(value.payload, payload, here, in_memory))

    def _bad_discriminant(self) -> Lifted:
        """Generated code that chooses by the discriminant may trap before the Canonical ABI does."""
        return self._bad(TrapClass.INVALID_DISCRIMINANT, TrapClass.UNREACHABLE)

    def _enum(self, value: s.Value, type: t.EnumType, place: Place, _in_memory: bool) -> Lifted:
        """Cut to its size in memory a bad discriminant may be one of a case; it must not be taken for that case."""
        index = self._number(value, "enum") & _U32
        if self._whole:
            index = _cut_to_cases(index, len(type.cases))
            return s.Number("enum", index) if index < len(type.cases) else self._bad(TrapClass.INVALID_DISCRIMINANT)
        self._show((f"pop_enum {type.canonical} = {index}", place))
        if index >= len(type.cases):
            return self._bad_discriminant()
        return s.Number("enum", index)

    def _flags(self, value: s.Value, type: t.Flags, place: Place, _in_memory: bool) -> Lifted:
        number = self._number(value, "flags") & _U32
        self._show((f"pop_flags {type.canonical} = {number}", place))
        return s.Number("flags", number & ((1 << len(type.labels)) - 1))

    def _asynchronous(self, _value: s.Value, type: t.Future | t.Stream, place: Place, _in_memory: bool) -> Lifted:
        raise Unpredictable(f"{place_text(place)}: {type.canonical} in a synchronous run")

    def _handle(self, value: s.Value, type: t.Own | t.Borrow, place: Place, _in_memory: bool) -> Lifted:
        if not isinstance(value, s.Handle) or value.resource == s.ERROR_CONTEXT:
            raise self._wrong_kind()
        number = value.number & _U32
        event = "pop_own" if isinstance(type, t.Own) else "pop_borrow"
        self._instance.emit(f"{event} {type.resource.canonical} = {number}", place)
        if self._trap is not None:
            return _NOTHING
        table, rt = self._instance.table, self._instance.identity(type.resource)
        try:
            if isinstance(type, t.Own):
                return Rep(table.lift_own(number, rt))
            return Rep(table.lift_borrow(number, rt, self.lenders))
        except SpecTrap as trap:
            return self._bad(trap.cause, *trap.also)


@dataclass(frozen=True, slots=True)
class _Scalar:
    """`event`: a trace's line up to the value. From `low` to `high` a value stands as it is, in the line and lifted."""

    kind: str
    event: str
    width: int
    low: int
    high: int


def _scalar(type: t.Prim) -> _Scalar:
    kind, width = type.canonical, t.NUMBERS.get(type, 32)
    low, high = 0, (1 << width) - 1
    if type in t.SIGNED:
        low, high = -(1 << (width - 1)), (1 << (width - 1)) - 1
    elif type in t.FLOATS:
        high = -1
    elif type is t.Prim.BOOL:
        high = 1
    elif type is t.Prim.CHAR:
        high = 0xD7FF
    return _Scalar(kind, f"pop_{kind} = ", width, low, high)


SCALARS: dict[t.Prim, _Scalar] = {
    type: _scalar(type) for type in t.Prim if type not in (t.Prim.STRING, t.Prim.ERROR_CONTEXT)
}

CASE_POPPED: dict[type, str] = {t.Variant: "pop_variant", t.Option: "pop_option", t.Result: "pop_result"}

_TAKE: dict[type, Callable[[Taker, s.Value, Any, Place, bool], Lifted]] = {
    t.Prim: Taker._primitive,
    t.Record: Taker._fields,
    t.Tuple: Taker._fields,
    t.FixedLengthList: Taker._fields,
    t.List: Taker._list,
    t.Map: Taker._map,
    t.Variant: Taker._case,
    t.Option: Taker._case,
    t.Result: Taker._case,
    t.EnumType: Taker._enum,
    t.Flags: Taker._flags,
    t.Own: Taker._handle,
    t.Borrow: Taker._handle,
    t.Future: Taker._asynchronous,
    t.Stream: Taker._asynchronous,
}


def _narrow(core: int, width: int, signed: bool) -> int:
    """`lift_flat_unsigned` and `lift_flat_signed`; loading from memory gives the same."""
    number = core & ((1 << width) - 1)
    return number - (1 << width) if signed and number >> (width - 1) else number


def _as_core(core: int, width: int, signed: bool) -> int:
    """How a trace shows a core value: signed for `s*`."""
    bits = 64 if width == 64 else 32
    return core - (1 << bits) if signed and core >> (bits - 1) else core


def read_numbers(data: bytes, type: t.Type) -> list[s.Number]:
    """The elements of a list of numbers from its canonical bytes."""
    assert isinstance(type, t.Prim)
    size = t.NUMBERS[type] // 8
    signed = type in t.SIGNED
    numbers = [int.from_bytes(data[i : i + size], "little", signed=signed) for i in range(0, len(data), size)]
    if type in t.FLOATS:
        numbers = [without_payload(number, 8 * size) for number in numbers]
    return [s.Number(type.canonical, number) for number in numbers]
