"""Decoders of single items of sections (WebAssembly core specification, 5.3 and 5.5)."""

from __future__ import annotations

from generator.wasm.module import Export, Global, Import
from generator.wasm.reader import Reader
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    ImportDesc,
    Limits,
    MemoryType,
    TableType,
    TagType,
    ValType,
)

_VALUE_TYPES = {int(type): type for type in ValType}
_EXTERN_KINDS = {int(kind): kind for kind in ExternKind}
_REFERENCE_TYPES = frozenset((ValType.FUNCREF, ValType.EXTERNREF, ValType.EXNREF))


def _value_type(reader: Reader) -> ValType:
    start = reader.position
    type = _VALUE_TYPES.get(reader.byte())
    if type is None:
        raise reader.error(f"value type {reader.data[start]:#04x} is not supported", start)
    return type


def _reference_type(reader: Reader) -> ValType:
    start = reader.position
    type = _value_type(reader)
    if type not in _REFERENCE_TYPES:
        raise reader.error(f"{type.name.lower()} is not a reference type", start)
    return type


def read_func_type(reader: Reader) -> FuncType:
    start = reader.position
    form = reader.byte()
    if form != 0x60:
        raise reader.error(f"type form {form:#04x} is not supported: only function types are", start)
    params = tuple([_value_type(reader) for _ in range(reader.count())])
    return FuncType(params, tuple([_value_type(reader) for _ in range(reader.count())]))


def _limits(reader: Reader, *, page_size: bool) -> Limits:
    start = reader.position
    flags = reader.byte()
    if flags > (15 if page_size else 7):
        raise reader.error(f"limits {flags:#04x} are not supported", start)
    is_64 = bool(flags & 4)
    bits = 64 if is_64 else 32
    minimum = reader.unsigned(bits)
    maximum = reader.unsigned(bits) if flags & 1 else None
    page_size_log2 = reader.unsigned() if flags & 8 else None
    return Limits(minimum, maximum, shared=bool(flags & 2), is_64=is_64, page_size_log2=page_size_log2)


def read_table_type(reader: Reader) -> TableType:
    element = _reference_type(reader)
    return TableType(_limits(reader, page_size=False), element)


def read_memory_type(reader: Reader) -> MemoryType:
    return MemoryType(_limits(reader, page_size=True))


def _global_type(reader: Reader) -> GlobalType:
    type = _value_type(reader)
    start = reader.position
    mutable = reader.byte()
    if mutable > 1:
        raise reader.error(f"mutability {mutable:#04x} is not supported", start)
    return GlobalType(type, bool(mutable))


def read_tag_type(reader: Reader) -> TagType:
    start = reader.position
    if reader.byte() != 0:
        raise reader.error("only exception tags are supported", start)
    return TagType(reader.unsigned())


def read_extern_type(reader: Reader) -> ImportDesc:
    """`externtype` (core specification, 5.3.11); a function's is the index of its type."""
    start = reader.position
    match reader.byte():
        case 0:
            return FuncIndex(reader.unsigned())
        case 1:
            return read_table_type(reader)
        case 2:
            return read_memory_type(reader)
        case 3:
            return _global_type(reader)
        case 4:
            return read_tag_type(reader)
        case kind:
            raise reader.error(f"import kind {kind} is not supported", start)


def read_import(reader: Reader) -> Import:
    return Import(reader.name(), reader.name(), read_extern_type(reader))


def read_export(reader: Reader) -> Export:
    name = reader.name()
    start = reader.position
    kind = _EXTERN_KINDS.get(reader.byte())
    if kind is None:
        raise reader.error("unknown export kind", start)
    return Export(name, kind, reader.unsigned())


def read_global(reader: Reader) -> Global:
    type = _global_type(reader)
    start = reader.position
    _skip_constant(reader)
    return Global(type, reader.data[start : reader.position - 1])


def _skip_constant(reader: Reader) -> None:
    """Past a constant expression and its `end` (core specification, 3.3.10)."""
    while True:
        start = reader.position
        match reader.byte():
            case 0x0B:
                return
            case 0x41:  # i32.const
                reader.signed(32)
            case 0x42:  # i64.const
                reader.signed(64)
            case 0x43:  # f32.const
                reader.bytes(4)
            case 0x44:  # f64.const
                reader.bytes(8)
            case 0x23 | 0xD2:  # global.get, ref.func
                reader.unsigned()
            case 0xD0:  # ref.null
                reader.signed(33)
            case 0x6A | 0x6B | 0x6C | 0x7C | 0x7D | 0x7E:  # add, sub, mul of i32 and i64
                pass
            case 0xFD if reader.unsigned() == 0x0C:  # v128.const
                reader.bytes(16)
            case opcode:
                raise reader.error(f"opcode {opcode:#04x} is not supported in a constant expression", start)
