"""Pop and lift: a value leaves an interpreter, is stored as the Canonical ABI wants it, and is lifted from there.

The generated code pops everything first (interpreters/PROTOCOL.md; the order is that of wit_dylib.h), then the core
call is made and the canonical lift reads what was stored. So a bad value traps after the last pop: the first trap is
kept until `finish`. Sources: CanonicalABI.md, "Flat Lifting" and "Loading".
"""

from __future__ import annotations

from harness import script as s
from harness import types as t
from harness.model.instance import Instance
from harness.model.layout import discriminant_size
from harness.model.lifted import Composite, Lifted, LiftedCase, Rep
from harness.model.table import ResourceHandle, SpecTrap
from harness.plan import TrapClass
from harness.values import case_name, field_steps, without_payload

MAX_LIST_BYTE_LENGTH = MAX_STRING_BYTE_LENGTH = (1 << 28) - 1
"""CanonicalABI.md, constants of the same names."""

UNREACHABLE_ADDRESS = 1 << 28
"""No interpreter's memory grows this far: from here on every address is out of bounds."""

_U32 = (1 << 32) - 1
_U64 = (1 << 64) - 1
_NOTHING = Composite(())


class Unpredictable(ValueError):
    """A script does something whose outcome no specification fixes; the model does not guess."""


class Taker:
    """One transfer of values out of `instance`: the arguments of an import, or the result of an export."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._emit = instance.emit
        self._trap: SpecTrap | None = None
        self.lenders: list[ResourceHandle] = []

    def finish(self) -> None:
        """Raise what the lift met first."""
        if self._trap is not None:
            raise self._trap

    def _bad(self, cause: TrapClass, *also: TrapClass) -> Lifted:
        self._trap = self._trap or SpecTrap(cause, also=frozenset(also))
        return _NOTHING

    def _wrong_kind(self) -> SpecTrap:
        return self._instance.fail("pop_kind")

    def take(self, value: s.Value, type: t.Type, path: str, in_memory: bool) -> Lifted:
        match type:
            case t.Prim():
                return self._primitive(value, type, path, in_memory)
            case t.Record() | t.Tuple() | t.FixedLengthList():
                return self._fields(value, type, path, in_memory)
            case t.List():
                return self._list(value, type, path)
            case t.Variant() | t.Option() | t.Result():
                return self._case(value, type, path, in_memory)
            case t.EnumType():
                return self._enum(value, type, path, in_memory)
            case t.Flags():
                number = self._number(value, "flags") & _U32
                self._emit(f"pop_flags {type.canonical} = {number}", path)
                return s.Number("flags", number & ((1 << len(type.labels)) - 1))
            case t.Own() | t.Borrow():
                return self._handle(value, type, path)
            case t.Map():
                return self._map(value, type, path)
            case t.Future() | t.Stream():
                raise Unpredictable(f"{path}: {type.canonical} in a synchronous run")

    def _number(self, value: s.Value, kind: str) -> int:
        if not isinstance(value, s.Number) or value.kind != kind:
            raise self._wrong_kind()
        return value.value

    def _primitive(self, value: s.Value, type: t.Prim, path: str, in_memory: bool) -> Lifted:
        if type is t.Prim.STRING:
            return self._string(value, path)
        if type is t.Prim.ERROR_CONTEXT:
            return self._error_context(value, path)
        kind = type.value
        number = self._number(value, kind)
        width = t.NUMBERS.get(type, 32)
        if type in t.FLOATS:
            self._emit(f"pop_{kind} = {number:0{width // 4}x}", path)
            return s.Number(kind, without_payload(number, width))
        core = number & (_U64 if width == 64 else _U32)
        signed = type in t.SIGNED
        self._emit(f"pop_{kind} = {_as_core(core, width, signed)}", path)
        if type is t.Prim.BOOL:
            return s.Number(kind, int((core & 0xFF if in_memory else core) != 0))
        if type is t.Prim.CHAR and (core >= 0x110000 or 0xD800 <= core <= 0xDFFF):
            return self._bad(TrapClass.INVALID_CHAR)
        return s.Number(kind, _narrow(core, width, signed))

    def _string(self, value: s.Value, path: str) -> Lifted:
        if isinstance(value, s.Pointer):
            return self._range(value, "pop_string", 1, 1, MAX_STRING_BYTE_LENGTH, path)
        if not isinstance(value, s.Str):
            raise self._wrong_kind()
        self._emit(f"pop_string = {len(value.data)} {value.data.hex() or '-'}", path)
        if len(value.data) > MAX_STRING_BYTE_LENGTH:
            return self._bad(TrapClass.TOO_LONG)
        try:
            value.data.decode()
        except UnicodeDecodeError:
            return self._bad(TrapClass.INVALID_UTF8)
        return value

    def _range(self, at: s.Pointer, event: str, size: int, alignment: int, limit: int, path: str) -> Lifted:
        """A pointer and a length that a script made up."""
        self._emit(f"{event} = {at.length & _U32} -", path)
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
        raise Unpredictable(f"{path}: {byte_length} bytes at {address} may lie in the memory")

    def _error_context(self, value: s.Value, path: str) -> Lifted:
        if not isinstance(value, s.Handle):
            raise self._wrong_kind()
        self._emit(f"pop_error_context = {value.number & _U32}", path)
        if self._trap is not None:
            return _NOTHING
        try:
            return self._instance.table.lift_error_context(value.number & _U32)
        except SpecTrap as trap:
            return self._bad(trap.cause)

    def _fields(
        self, value: s.Value, type: t.Record | t.Tuple | t.FixedLengthList, path: str, in_memory: bool
    ) -> Lifted:
        if isinstance(type, t.FixedLengthList):
            event, members = "pop_fixed_length_list", (type.type,) * type.size
            steps = tuple(f"[{index}]" for index in range(type.size))
        else:
            event = "pop_record" if isinstance(type, t.Record) else "pop_tuple"
            members, steps = t.parts(type), field_steps(type)
        if not isinstance(value, s.Fields) or len(value.items) != len(members):
            raise self._wrong_kind()
        self._emit(f"{event} {type.canonical}", path)
        return Composite(
            tuple(
                self.take(item, member, path + step, in_memory)
                for item, member, step in zip(value.items, members, steps, strict=True)
            )
        )

    def _list(self, value: s.Value, type: t.List, path: str) -> Lifted:
        layout = self._instance.layout
        name = type.canonical
        size, alignment = layout.elem_size(type.type), layout.alignment(type.type)
        if isinstance(value, s.Pointer):
            return self._range(value, f"pop_list {name}", size, alignment, MAX_LIST_BYTE_LENGTH, path)
        if isinstance(value, s.Raw):
            self._emit(f"pop_list {name} = {value.length} {value.data.hex() or '-'}", path)
            if value.length * size != len(value.data):
                raise Unpredictable(f"{path}: {value.length} elements in {len(value.data)} bytes")
            return Composite(tuple(read_numbers(value.data, type.type)))
        if not isinstance(value, s.Items):
            raise self._wrong_kind()
        self._emit(f"pop_list {name} = {len(value.items)}", path)
        items = []
        for index, item in enumerate(value.items):
            here = f"{path}[{index}]"
            self._emit(f"pop_list_iter_next {name}", here)
            items.append(self.take(item, type.type, here, True))
        self._emit(f"pop_list_iter {name}", path)
        if len(items) * size > MAX_LIST_BYTE_LENGTH:
            return self._bad(TrapClass.TOO_LONG)
        return Composite(tuple(items))

    def _map(self, value: s.Value, type: t.Map, path: str) -> Lifted:
        if not isinstance(value, s.Entries):
            raise self._wrong_kind()
        name = type.canonical
        self._emit(f"pop_map {name} = {len(value.pairs)}", path)
        items = []
        for index, (key, mapped) in enumerate(value.pairs):
            here = f"{path}[{index}]"
            self._emit(f"pop_map_iter_next {name}", here)
            items.append(self.take(key, type.key, f"{here}.key", True))
            items.append(self.take(mapped, type.value, f"{here}.value", True))
        self._emit(f"pop_map_iter {name}", path)
        return Composite(tuple(items))

    def _case(self, value: s.Value, type: t.Variant | t.Option | t.Result, path: str, in_memory: bool) -> Lifted:
        if not isinstance(value, s.Case):
            raise self._wrong_kind()
        event = {t.Variant: "pop_variant", t.Option: "pop_option", t.Result: "pop_result"}[type.__class__]
        index = value.discriminant & _U32
        self._emit(f"{event} {type.canonical} = {index}", path)
        cases = t.payloads(type)
        if index >= len(cases):
            if value.payload is not None:
                raise Unpredictable(f"{path}: a payload of case {index}, which does not exist, stays on the stack")
            return self._bad_discriminant()
        payload = cases[index]
        if payload is None:
            return LiftedCase(index, None)
        if value.payload is None:
            raise self._instance.fail("stack")
        return LiftedCase(index, self.take(value.payload, payload, f"{path}.{case_name(type, index)}", in_memory))

    def _bad_discriminant(self) -> Lifted:
        """Generated code that chooses by the discriminant may trap before the Canonical ABI does."""
        return self._bad(TrapClass.INVALID_DISCRIMINANT, TrapClass.UNREACHABLE)

    def _enum(self, value: s.Value, type: t.EnumType, path: str, in_memory: bool) -> Lifted:
        index = self._number(value, "enum") & _U32
        self._emit(f"pop_enum {type.canonical} = {index}", path)
        if in_memory:
            index &= (1 << 8 * discriminant_size(len(type.cases))) - 1
        if index >= len(type.cases):
            return self._bad_discriminant()
        return s.Number("enum", index)

    def _handle(self, value: s.Value, type: t.Own | t.Borrow, path: str) -> Lifted:
        if not isinstance(value, s.Handle):
            raise self._wrong_kind()
        number = value.number & _U32
        event = "pop_own" if isinstance(type, t.Own) else "pop_borrow"
        self._emit(f"{event} {type.resource.canonical} = {number}", path)
        if self._trap is not None:
            return _NOTHING
        table, rt = self._instance.table, self._instance.identity(type.resource)
        try:
            if isinstance(type, t.Own):
                return Rep(table.lift_own(number, rt))
            return Rep(table.lift_borrow(number, rt, self.lenders))
        except SpecTrap as trap:
            return self._bad(trap.cause)


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
    return [s.Number(type.value, number) for number in numbers]


def write_numbers(numbers: list[int], type: t.Prim) -> bytes:
    """The canonical bytes of a list of numbers."""
    size = t.NUMBERS[type] // 8
    mask = (1 << 8 * size) - 1
    return b"".join((number & mask).to_bytes(size, "little") for number in numbers)
