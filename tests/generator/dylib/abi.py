"""The Canonical ABI once more, for the tests alone: written from CanonicalABI.md, shares nothing with `generator`."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Protocol

from tests.generator.dylib.shapes import INTEGERS, Shape, cases


class Memory(Protocol):
    def read(self, address: int, size: int) -> bytes: ...
    def write(self, address: int, data: bytes) -> None: ...
    def allocate(self, size: int, alignment: int) -> int: ...


_FORMATS = {"bool": "B", "char": "I", "f32": "f", "f64": "d"} | {
    f"{sign}{bits}": letter.upper() if sign == "u" else letter
    for bits, letter in ((8, "b"), (16, "h"), (32, "i"), (64, "q"))
    for sign in "us"
}
_FLAT = {"f32": "f32", "f64": "f64", "u64": "i64", "s64": "i64"}
_VARIANTS = ("variant", "option", "result")


def align(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _tag(count: int) -> str:
    return "B" if count <= 256 else "H" if count <= 65536 else "I"


def _format(shape: Shape) -> str:
    """The struct format of a type that is one number in memory."""
    if shape.kind == "enum":
        return _tag(shape.count)
    if shape.kind == "flags":
        return "B" if shape.count <= 8 else "H" if shape.count <= 16 else "I"
    return _FORMATS[shape.kind]


def _fields(shape: Shape) -> tuple[Shape, ...]:
    return shape.present * shape.count if shape.kind == "fixed" else shape.present


def alignment(shape: Shape) -> int:
    if shape.kind in ("string", "list", "map"):
        return 4
    if shape.kind in ("record", "tuple", "fixed"):
        return max(alignment(field) for field in shape.present)
    if shape.kind in _VARIANTS:
        return max([struct.calcsize(_tag(len(cases(shape)))), *[alignment(case) for case in shape.present]])
    return struct.calcsize(_format(shape))


def size(shape: Shape) -> int:
    if shape.kind in ("string", "list", "map"):
        return 8
    if shape.kind in ("record", "tuple", "fixed"):
        return record_layout(_fields(shape))[1]
    if shape.kind in _VARIANTS:
        return align(payload_offset(shape) + max([0, *[size(case) for case in shape.present]]), alignment(shape))
    return struct.calcsize(_format(shape))


def record_layout(fields: tuple[Shape, ...]) -> tuple[list[int], int]:
    """Offsets and size of a record of these fields."""
    offsets, end = [], 0
    for field in fields:
        offsets.append(align(end, alignment(field)))
        end = offsets[-1] + size(field)
    return offsets, align(end, max([1, *map(alignment, fields)]))


def payload_offset(shape: Shape) -> int:
    return align(struct.calcsize(_tag(len(cases(shape)))), max([1, *[alignment(case) for case in shape.present]]))


def _element(shape: Shape) -> Shape:
    return Shape("tuple", shape.parts) if shape.kind == "map" else shape.present[0]


def store(memory: Memory, shape: Shape, value: Any, address: int) -> None:
    if shape.kind in ("record", "tuple", "fixed"):
        for field, offset, part in zip(_fields(shape), record_layout(_fields(shape))[0], value, strict=True):
            store(memory, field, part, address + offset)
    elif shape.kind in _VARIANTS:
        case, payload = value
        memory.write(address, struct.pack("<" + _tag(len(cases(shape))), case))
        payload_shape = cases(shape)[case]
        if payload_shape is not None:
            store(memory, payload_shape, payload, address + payload_offset(shape))
    elif shape.kind in ("string", "list", "map"):
        memory.write(address, struct.pack("<II", *store_sequence(memory, shape, value)))
    else:
        memory.write(address, struct.pack("<" + _format(shape), value))


def store_sequence(memory: Memory, shape: Shape, value: Any) -> tuple[int, int]:
    if shape.kind == "string":
        address = memory.allocate(len(value), 1)
        memory.write(address, value)
        return address, len(value)
    element = _element(shape)
    address = memory.allocate(len(value) * size(element), alignment(element))
    for index, part in enumerate(value):
        store(memory, element, part, address + index * size(element))
    return address, len(value)


def load(memory: Memory, shape: Shape, address: int) -> Any:
    assert address % alignment(shape) == 0
    if shape.kind in ("record", "tuple", "fixed"):
        fields = _fields(shape)
        return tuple(load(memory, f, address + at) for f, at in zip(fields, record_layout(fields)[0], strict=True))
    if shape.kind in _VARIANTS:
        tag = "<" + _tag(len(cases(shape)))
        (case,) = struct.unpack(tag, memory.read(address, struct.calcsize(tag)))
        payload = cases(shape)[case]
        return case, None if payload is None else load(memory, payload, address + payload_offset(shape))
    if shape.kind in ("string", "list", "map"):
        return load_sequence(memory, shape, *struct.unpack("<II", memory.read(address, 8)))
    (value,) = struct.unpack("<" + _format(shape), memory.read(address, size(shape)))
    return value


def load_sequence(memory: Memory, shape: Shape, address: int, length: int) -> Any:
    if shape.kind == "string":
        return memory.read(address, length)
    element = _element(shape)
    assert address % alignment(element) == 0
    return [load(memory, element, address + index * size(element)) for index in range(length)]


def flat_types(shape: Shape) -> list[str]:
    if shape.kind in ("string", "list", "map"):
        return ["i32", "i32"]
    if shape.kind in ("record", "tuple", "fixed"):
        return [flat for field in _fields(shape) for flat in flat_types(field)]
    if shape.kind in _VARIANTS:
        joined: list[str] = []
        for case in shape.present:
            for index, flat in enumerate(flat_types(case)):
                if index == len(joined):
                    joined.append(flat)
                elif joined[index] != flat:
                    joined[index] = "i32" if {joined[index], flat} == {"i32", "f32"} else "i64"
        return ["i32", *joined]
    return [_FLAT.get(shape.kind, "i32")]


def _bits(value: Any, type: str) -> int:
    if type in ("f32", "f64"):
        return int.from_bytes(struct.pack("<" + type[1:].replace("32", "f").replace("64", "d"), value), "little")
    return int(value) & ((1 << int(type[1:])) - 1)


def _from_bits(bits: int, type: str) -> Any:
    if type == "f32":
        return struct.unpack("<f", struct.pack("<I", bits & 0xFFFFFFFF))[0]
    if type == "f64":
        return struct.unpack("<d", struct.pack("<Q", bits))[0]
    return bits & ((1 << int(type[1:])) - 1)


def lower_flat(memory: Memory, shape: Shape, value: Any) -> list[Any]:
    """Flat values; integers unsigned."""
    if shape.kind in ("string", "list", "map"):
        return list(store_sequence(memory, shape, value))
    if shape.kind in ("record", "tuple", "fixed"):
        return [v for f, part in zip(_fields(shape), value, strict=True) for v in lower_flat(memory, f, part)]
    if shape.kind in _VARIANTS:
        case, payload = value
        wanted = flat_types(shape)[1:]
        payload_shape = cases(shape)[case]
        flat, types = [], []
        if payload_shape is not None:
            flat, types = lower_flat(memory, payload_shape, payload), flat_types(payload_shape)
        flat += [0] * (len(wanted) - len(flat))
        types += wanted[len(types) :]
        return [case, *[_from_bits(_bits(v, t), w) for v, t, w in zip(flat, types, wanted, strict=True)]]
    flat_type = flat_types(shape)[0]
    return [_from_bits(_bits(value, flat_type), flat_type)]


def lift_flat(memory: Memory, shape: Shape, flat: Iterator[Any]) -> Any:
    if shape.kind in ("string", "list", "map"):
        return load_sequence(memory, shape, next(flat) & 0xFFFFFFFF, next(flat) & 0xFFFFFFFF)
    if shape.kind in ("record", "tuple", "fixed"):
        return tuple(lift_flat(memory, field, flat) for field in _fields(shape))
    if shape.kind in _VARIANTS:
        case = next(flat)
        types = flat_types(shape)[1:]
        rest = [next(flat) for _ in types]
        payload = cases(shape)[case]
        if payload is None:
            return case, None
        narrowed = [
            _from_bits(_bits(v, have), want) for v, have, want in zip(rest, types, flat_types(payload), strict=False)
        ]
        return case, lift_flat(memory, payload, iter(narrowed))
    value = next(flat)
    if shape.kind in INTEGERS:
        sign, bits = INTEGERS[shape.kind]
        value &= (1 << bits) - 1
        return value - (1 << bits) if sign == "s" and value >> bits - 1 else value
    return value
