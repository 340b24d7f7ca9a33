"""Decoders of types (WebAssembly core specification, 5.3).

Types that depend on their module are skipped and become `OtherType`: a linker copies them. In addition to the
specification (3.0), it reads continuation types (stack-switching proposal), `shared` (shared-everything-threads),
descriptors (custom-descriptors); their bytes are those that wasm-tools 1.262 writes.
"""

from __future__ import annotations

from generator.wasm.reader import Reader
from generator.wasm.types import FuncType, OtherType, RefType, ValType

_VALUE_TYPES = {int(type): type for type in ValType}
_NUMBERS = frozenset((ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128))
_REF, _REF_NULL = 0x64, 0x63
_SHARED, _EXACT = 0x65, 0x62
_PACKED = (0x78, 0x77)
_FUNC, _STRUCT, _ARRAY, _CONT = 0x60, 0x5F, 0x5E, 0x5D
_SUB, _SUB_FINAL, _REC = 0x50, 0x4F, 0x4E
_DESCRIBES, _DESCRIPTOR = 0x4C, 0x4D

DefinedType = FuncType | OtherType


def read_value_type(reader: Reader) -> ValType | RefType:
    start = reader.position
    byte = reader.byte()
    if byte in (_REF, _REF_NULL, _SHARED):
        return _long_reference(reader, start, byte)
    type = _VALUE_TYPES.get(byte)
    if type is None:
        raise reader.error(f"value type {byte:#04x} is not supported", start)
    return type


def read_reference_type(reader: Reader) -> ValType | RefType:
    start = reader.position
    type = read_value_type(reader)
    if type in _NUMBERS:
        raise reader.error(f"{type.name.lower()} is not a reference type", start)
    return type


def _long_reference(reader: Reader, start: int, byte: int) -> ValType | RefType:
    """`(ref ht)` and `(ref null ht)`, and shared ones; the long form of a type of one byte is that type."""
    heap = reader.position
    while _next(reader) in (_SHARED, _EXACT):
        reader.byte()
    abstract = reader.position
    number = reader.signed(33)
    if number >= 0:
        return RefType(reader.data[start : reader.position])
    type = _VALUE_TYPES.get(number & 0x7F) if number >= -64 else None
    if type is None or type in _NUMBERS:
        raise reader.error("unknown heap type", abstract)
    return type if byte == _REF_NULL and heap == abstract else RefType(reader.data[start : reader.position])


def _next(reader: Reader) -> int | None:
    """The next byte, unread; None at the end."""
    return None if reader.at_end else reader.data[reader.position]


def read_types(reader: Reader) -> tuple[DefinedType, ...]:
    """The types of a type section: each recursion group adds all its types."""
    found: list[DefinedType] = []
    for _ in range(reader.count()):
        found += read_recursion_group(reader)
    reader.expect_end()
    return tuple(found)


def _in_group(type: DefinedType) -> OtherType:
    return OtherType("a function type in a recursion group") if isinstance(type, FuncType) else type


def read_recursion_group(reader: Reader) -> list[DefinedType]:
    """One element of a type section."""
    if _next(reader) != _REC:
        return [_sub_type(reader)]
    reader.byte()
    group = [_sub_type(reader) for _ in range(reader.count())]
    return group if len(group) == 1 else [_in_group(type) for type in group]  # a group of one is the same as no group


def _sub_type(reader: Reader) -> DefinedType:
    start = reader.position
    byte = reader.byte()
    if byte not in (_SUB, _SUB_FINAL):
        reader.position = start
        return _composite(reader)
    supertypes = [reader.unsigned() for _ in range(reader.count())]
    type = _composite(reader)
    if isinstance(type, FuncType) and (supertypes or byte == _SUB):
        return OtherType("a function type with subtypes or a supertype")
    return type


def _composite(reader: Reader) -> DefinedType:
    start = reader.position
    plain = True
    while (form := reader.byte()) in (_SHARED, _DESCRIBES, _DESCRIPTOR):
        plain = False
        if form != _SHARED:
            reader.unsigned()
    if form == _FUNC:
        type = _function(reader)
        return type if plain else OtherType("a shared function type")
    if form == _STRUCT:
        for _ in range(reader.count()):
            _field(reader)
        return OtherType("a struct type")
    if form == _ARRAY:
        _field(reader)
        return OtherType("an array type")
    if form == _CONT:
        reader.signed(33)
        return OtherType("a continuation type")
    raise reader.error(f"type form {form:#04x} is not supported", start)


def _field(reader: Reader) -> None:
    if _next(reader) in _PACKED:
        reader.byte()
    else:
        read_value_type(reader)
    start = reader.position
    mutable = reader.byte()
    if mutable > 1:
        raise reader.error(f"mutability {mutable:#04x} is not supported", start)


def _function(reader: Reader) -> DefinedType:
    params = [read_value_type(reader) for _ in range(reader.count())]
    results = [read_value_type(reader) for _ in range(reader.count())]
    if any(isinstance(type, RefType) for type in (*params, *results)):
        return OtherType("a function type with references to types of its module, or that cannot be null")
    return FuncType(
        tuple([type for type in params if isinstance(type, ValType)]),
        tuple([type for type in results if isinstance(type, ValType)]),
    )
