"""The core binary format, writing (WebAssembly core specification, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.wasm.leb128 import encode_unsigned
from generator.wasm.limits import check_module, check_name
from generator.wasm.module import CustomSection, DataSegment, ElementSegment, Export, Global, Import, Module
from generator.wasm.types import (
    FuncIndex,
    FuncType,
    GlobalType,
    ImportDesc,
    Limits,
    MemoryType,
    RefType,
    TableType,
    TagType,
    ValType,
)

MAGIC = b"\0asm\x01\0\0\0"


def encode_name(name: str) -> bytes:
    """Raises LimitError for a name that no engine accepts."""
    raw = name.encode()
    check_name(raw)
    return encode_unsigned(len(raw)) + raw


def encode_bytes(raw: bytes) -> bytes:
    return encode_unsigned(len(raw)) + raw


def encode_vector(items: Sequence[bytes]) -> bytes:
    return encode_unsigned(len(items)) + b"".join(items)


def encode_section(id: int, body: bytes) -> bytes:
    return bytes([id]) + encode_unsigned(len(body)) + body


def encode_func_type(type: FuncType) -> bytes:
    return (
        b"\x60"
        + encode_unsigned(len(type.params))
        + bytes(type.params)
        + encode_unsigned(len(type.results))
        + bytes(type.results)
    )


def encode_limits(limits: Limits) -> bytes:
    has_maximum, has_page_size = limits.maximum is not None, limits.page_size_log2 is not None
    flags = has_maximum | limits.shared << 1 | limits.is_64 << 2 | has_page_size << 3
    maximum = b"" if limits.maximum is None else encode_unsigned(limits.maximum)
    page_size = b"" if limits.page_size_log2 is None else encode_unsigned(limits.page_size_log2)
    return bytes([flags]) + encode_unsigned(limits.minimum) + maximum + page_size


def encode_table_type(type: TableType) -> bytes:
    return _value_type(type.element) + encode_limits(type.limits)


def encode_global_type(type: GlobalType) -> bytes:
    return _value_type(type.type) + bytes([type.mutable])


def _value_type(type: ValType | RefType) -> bytes:
    return type.encoded if isinstance(type, RefType) else bytes([type])


def encode_desc(desc: ImportDesc) -> bytes:
    match desc:
        case FuncIndex(type_index):
            return b"\x00" + encode_unsigned(type_index)
        case TableType():
            return b"\x01" + encode_table_type(desc)
        case MemoryType(limits):
            return b"\x02" + encode_limits(limits)
        case GlobalType():
            return b"\x03" + encode_global_type(desc)
        case TagType(type_index):
            return b"\x04\x00" + encode_unsigned(type_index)


def encode_import(item: Import) -> bytes:
    return encode_name(item.module) + encode_name(item.name) + encode_desc(item.desc)


def encode_export(item: Export) -> bytes:
    return encode_name(item.name) + bytes([item.kind]) + encode_unsigned(item.index)


def encode_global(item: Global) -> bytes:
    return encode_global_type(item.type) + item.init + b"\x0b"


def encode_element(segment: ElementSegment) -> bytes:
    functions = encode_vector([encode_unsigned(index) for index in segment.functions])
    return b"\x00" + segment.offset + b"\x0b" + functions


def encode_data(segment: DataSegment) -> bytes:
    return b"\x00" + segment.offset + b"\x0b" + encode_bytes(segment.data)


def encode_custom(section: CustomSection) -> bytes:
    return encode_section(0, encode_name(section.name) + section.data)


def _vector_section(id: int, items: Iterable[bytes]) -> bytes:
    encoded = list(items)
    return encode_section(id, encode_vector(encoded)) if encoded else b""


def encode_module(module: Module) -> bytes:
    """The module's binary. Sections without content are left out. Raises LimitError for a module that no engine
    accepts."""
    check_module(module)
    return b"".join(
        [
            MAGIC,
            *map(encode_custom, module.leading_customs),
            _vector_section(1, map(encode_func_type, module.types)),
            _vector_section(2, map(encode_import, module.imports)),
            _vector_section(3, map(encode_unsigned, module.functions)),
            _vector_section(4, map(encode_table_type, module.tables)),
            _vector_section(5, (encode_limits(memory.limits) for memory in module.memories)),
            _vector_section(13, (b"\x00" + encode_unsigned(tag.type_index) for tag in module.tags)),
            _vector_section(6, map(encode_global, module.globals)),
            _vector_section(7, map(encode_export, module.exports)),
            b"" if module.start is None else encode_section(8, encode_unsigned(module.start)),
            _vector_section(9, map(encode_element, module.elements)),
            _vector_section(10, map(encode_bytes, module.code)),
            _vector_section(11, map(encode_data, module.data)),
            *map(encode_custom, module.customs),
        ]
    )
