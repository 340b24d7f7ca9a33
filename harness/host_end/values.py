"""Values of calls in the engine's C API: conversions between the interpreter's kinds and `wasmtime_component_val_t`.

The engine lifts and lowers these itself, without code of any toolchain.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from wasmtime import _ffi as ffi

from harness.script import operations as s
from harness.script.encoding import read_numbers
from harness.script.text import value_text
from harness.values.values import without_payload
from harness.world import despecialize as shapes
from harness.world import types as t
from harness.world.despecialize import Bits, Product, Scalar, Sum, despecialize
from harness.world.walk import reachable

Val = Any
"""A `wasmtime_component_val_t`; it has no Python type that a checker knows."""


class NotPlain(Exception):
    """A value that only a script can express, or a value of a type without values in the C API."""


_PLAIN = (t.Record, t.Tuple, t.Variant, t.Option, t.Result, t.List, t.EnumType, t.Flags, t.Map)
_MAP = ctypes.c_uint8(22)
"""`WASMTIME_COMPONENT_MAP` of wasmtime's header component/val.h, which the Python package does not name."""
_KIND = {
    t.Prim.BOOL: (ffi.WASMTIME_COMPONENT_BOOL, "boolean"),
    t.Prim.S8: (ffi.WASMTIME_COMPONENT_S8, "s8"),
    t.Prim.U8: (ffi.WASMTIME_COMPONENT_U8, "u8"),
    t.Prim.S16: (ffi.WASMTIME_COMPONENT_S16, "s16"),
    t.Prim.U16: (ffi.WASMTIME_COMPONENT_U16, "u16"),
    t.Prim.S32: (ffi.WASMTIME_COMPONENT_S32, "s32"),
    t.Prim.U32: (ffi.WASMTIME_COMPONENT_U32, "u32"),
    t.Prim.S64: (ffi.WASMTIME_COMPONENT_S64, "s64"),
    t.Prim.U64: (ffi.WASMTIME_COMPONENT_U64, "u64"),
    # floats by their bits, which Python's numbers would not preserve
    t.Prim.F32: (ffi.WASMTIME_COMPONENT_F32, "u32"),
    t.Prim.F64: (ffi.WASMTIME_COMPONENT_F64, "u64"),
    t.Prim.CHAR: (ffi.WASMTIME_COMPONENT_CHAR, "character"),
}


def possible(type: t.Type | None) -> bool:
    """Whether the C API (50.0.1) has values of the type. It has handles, which are left out here because each belongs
    to one component."""
    return all(isinstance(part, _PLAIN) or part in _KIND or part is t.Prim.STRING for part in reachable(type))


def normal(value: s.Value, type: t.Type) -> s.Value:
    """A value in the form for comparison: lists by element, NaNs canonical. Raises `NotPlain`."""
    match despecialize(type), value:
        case shapes.Sequence(()), s.Str(data):
            try:
                data.decode()
            except UnicodeDecodeError:
                raise NotPlain("no UTF-8") from None
            return value
        case Scalar(scalar), s.Number(kind, number) if kind == scalar.canonical and _in_range(scalar, number):
            return s.Number(kind, without_payload(number, t.FLOATS[scalar])) if scalar in t.FLOATS else value
        case Sum(cases), s.Number("enum", number) if isinstance(type, t.EnumType) and 0 <= number < len(cases):
            return value
        case Bits(labels), s.Number("flags", number) if 0 <= number < 1 << labels:
            return value
        case Product(types, times), s.Fields(items) if len(items) == len(types) * times:
            return s.Fields(tuple([normal(item, part) for item, part in zip(items, types * times, strict=True)]))
        case shapes.Sequence((element,)), s.Items(items):
            return s.Items(tuple([normal(item, element) for item in items]))
        case shapes.Sequence((key, content)), s.Entries(pairs):
            return s.Entries(tuple([(normal(one, key), normal(other, content)) for one, other in pairs]))
        case shapes.Sequence((t.Prim() as element,)), s.Raw(length, data) if _fits(element, length, data):
            return s.Items(tuple(read_numbers(data, element)))
        case Sum(cases), s.CaseValue(index, payload) if not isinstance(type, t.EnumType) and 0 <= index < len(cases):
            inner = cases[index]
            if inner is None and payload is None:
                return value
            if inner is not None and payload is not None:
                return s.CaseValue(index, normal(payload, inner))
    raise NotPlain(f"{value_text(value)} is no value of {type.canonical}")


def _fits(element: t.Prim, length: int, data: bytes) -> bool:
    return element in t.NUMBERS and length * t.NUMBERS[element] == 8 * len(data)


def _in_range(type: t.Prim, number: int) -> bool:
    if type is t.Prim.CHAR:
        return 0 <= number < 0xD800 or 0xE000 <= number < 0x11_0000
    if type in t.SIGNED:
        return -(1 << t.SIGNED[type] - 1) <= number < 1 << t.SIGNED[type] - 1
    return 0 <= number < 1 << (1 if type is t.Prim.BOOL else t.NUMBERS[type])


def write(value: s.Value, type: t.Type, out: Val) -> None:
    """Write a normal value of a possible type into `out`, which then owns its allocations."""
    # ctypes keeps the owner of each object alive, but not for any number of levels
    out = ffi.wasmtime_component_val_t.from_address(ctypes.addressof(out))
    match type, value:
        case t.Prim(), s.Number(_, number):
            kind, member = _KIND[type]
            out.kind = kind
            setattr(out.of, member, number)
        case t.Prim(), s.Str(data):
            out.kind, out.of.string = ffi.WASMTIME_COMPONENT_STRING, ffi.bytes_to_capi(data)
        case t.EnumType(), s.Number(_, number):
            out.kind, out.of.enumeration = ffi.WASMTIME_COMPONENT_ENUM, ffi.str_to_capi(type.cases[number])
        case t.Flags(), s.Number(_, number):
            _write_flags([label for bit, label in enumerate(type.labels) if number >> bit & 1], out)
        case t.Record(), s.Fields(items):
            _write_record(items, type, out)
        case t.Tuple(), s.Fields(items):
            out.kind = ffi.WASMTIME_COMPONENT_TUPLE
            ffi.wasmtime_component_valtuple_new_uninit(ctypes.byref(out.of.tuple), len(items))
            for index, item in enumerate(items):
                write(item, type.types[index], out.of.tuple.data[index])
        case t.List(), s.Items(items):
            out.kind = ffi.WASMTIME_COMPONENT_LIST
            ffi.wasmtime_component_vallist_new_uninit(ctypes.byref(out.of.list), len(items))
            for index, item in enumerate(items):
                write(item, type.type, out.of.list.data[index])
        case t.Map(), s.Entries(pairs):
            out.kind = _MAP
            ffi.wasmtime_component_valmap_new_uninit(ctypes.byref(out.of.map), len(pairs))
            for index, (key, content) in enumerate(pairs):
                write(key, type.key, out.of.map.data[index].key)
                write(content, type.value, out.of.map.data[index].value)
        case t.Variant() | t.Option() | t.Result(), s.CaseValue(index, payload):
            _write_case(type, index, _payload(type.payloads[index], payload), out)
        case _:
            raise TypeError(f"{value!r} is no normal value of {type.canonical}")


def _write_flags(labels: Sequence[str], out: Val) -> None:
    out.kind = ffi.WASMTIME_COMPONENT_FLAGS
    ffi.wasmtime_component_valflags_new_uninit(ctypes.byref(out.of.flags), len(labels))
    for index, label in enumerate(labels):
        out.of.flags.data[index] = ffi.str_to_capi(label)


def _write_record(items: Sequence[s.Value], type: t.Record, out: Val) -> None:
    out.kind = ffi.WASMTIME_COMPONENT_RECORD
    ffi.wasmtime_component_valrecord_new_uninit(ctypes.byref(out.of.record), len(items))
    for index, (item, field) in enumerate(zip(items, type.fields, strict=True)):
        out.of.record.data[index].name = ffi.str_to_capi(field.name)
        write(item, field.type, out.of.record.data[index].val)


def _payload(type: t.Type | None, value: s.Value | None) -> Val:
    """A pointer to it, None for none."""
    if type is None or value is None:
        return None
    here = ffi.wasmtime_component_val_t()
    write(value, type, here)
    return ffi.wasmtime_component_val_new(ctypes.byref(here))


def _write_case(type: t.Variant | t.Option | t.Result, index: int, payload: Val, out: Val) -> None:
    match type:
        case t.Option():
            out.kind, out.of.option = ffi.WASMTIME_COMPONENT_OPTION, payload
        case t.Result():
            out.kind, out.of.result.is_ok, out.of.result.val = ffi.WASMTIME_COMPONENT_RESULT, index == 0, payload
        case t.Variant():
            out.kind, out.of.variant.val = ffi.WASMTIME_COMPONENT_VARIANT, payload
            out.of.variant.discriminant = ffi.str_to_capi(type.case_names[index])


def read(val: Val, type: t.Type) -> s.Value:
    """The value that the engine lifted, in normal form."""
    of = val.of
    match type:
        case t.Prim.STRING:
            return s.Str(_bytes(of.string))
        case t.Prim():
            number = int(getattr(of, _KIND[type][1]))
            return s.Number(type.canonical, without_payload(number, t.FLOATS[type]) if type in t.FLOATS else number)
        case t.EnumType():
            return s.Number("enum", type.cases.index(_name(of.enumeration)))
        case t.Flags():
            labels = [_name(of.flags.data[index]) for index in range(of.flags.size)]
            return s.Number("flags", sum(1 << type.labels.index(label) for label in labels))
        case t.Record():
            return s.Fields(tuple([read(of.record.data[i].val, field.type) for i, field in enumerate(type.fields)]))
        case t.Tuple():
            return s.Fields(tuple([read(of.tuple.data[i], part) for i, part in enumerate(type.types)]))
        case t.List():
            return s.Items(tuple([read(of.list.data[index], type.type) for index in range(of.list.size)]))
        case t.Map():
            pairs = [of.map.data[index] for index in range(of.map.size)]
            return s.Entries(tuple([(read(pair.key, type.key), read(pair.value, type.value)) for pair in pairs]))
        case t.Option():
            return _read_case(type, 1 if of.option else 0, of.option)
        case t.Result():
            return _read_case(type, 0 if of.result.is_ok else 1, of.result.val)
        case t.Variant():
            return _read_case(type, type.case_names.index(_name(of.variant.discriminant)), of.variant.val)
    raise TypeError(f"no values of {type.canonical} can be read")


def _read_case(type: t.Variant | t.Option | t.Result, index: int, payload: Val) -> s.Value:
    inner = type.payloads[index]
    return s.CaseValue(index, None if inner is None else read(payload.contents, inner))


def _name(name: Any) -> str:
    return _bytes(name).decode()


def _bytes(of: Any) -> bytes:
    return ctypes.string_at(of.data, of.size) if of.size else b""


def _case_text(type: t.Variant | t.Option | t.Result, index: int) -> str:
    return f"case {index} ({type.case_names[index]})"


def difference(expected: s.Value, seen: s.Value, type: t.Type, place: str) -> tuple[str, str, str]:
    """The first place where two normal values of a type differ, with both contents."""
    parts: list[tuple[s.Value, s.Value, t.Type, str]] = []
    match expected, seen, type:
        case s.Fields(items), s.Fields(others), t.Record() | t.Tuple():
            parts = list(zip(items, others, type.parts, type.steps, strict=True))
        case s.Items(items), s.Items(others), t.List() if len(items) == len(others):
            steps = [f"[{index}]" for index in range(len(items))]
            parts = list(zip(items, others, [type.type] * len(items), steps, strict=True))
        case s.Entries(pairs), s.Entries(rest), t.Map() if len(pairs) == len(rest):
            for index, (pair, given) in enumerate(zip(pairs, rest, strict=True)):
                parts.append((pair[0], given[0], type.key, f"[{index}].key"))
                parts.append((pair[1], given[1], type.value, f"[{index}].value"))
        case s.CaseValue(index, payload), s.CaseValue(other, content), t.Variant() | t.Option() | t.Result():
            if index != other:
                return place, _case_text(type, index), _case_text(type, other)
            inner = type.payloads[index]
            if payload is not None and content is not None and inner is not None:
                parts = [(payload, content, inner, f".{type.case_names[index]}")]
    for one, another, part, step in parts:
        if one != another:
            return difference(one, another, part, place + step)
    return place, value_text(expected), value_text(seen)
