"""Writing definitions: the section of each kind, its bytes, and its index space (Binary.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from generator.component.canon import (
    Builtin,
    CanonOptions,
    Immediate,
    Lift,
    Lower,
    StringEncoding,
)
from generator.component.component import (
    CoreInlineExports,
    CoreInstantiate,
    Definition,
    Export,
    InlineExports,
    Instantiate,
    SectionId,
)
from generator.component.encode_types import (
    DEFTYPE_ENCODERS,
    encode_alias,
    encode_core_type,
    encode_extern_name,
    encode_extern_type,
    encode_index,
    encode_result_list,
    encode_text,
)
from generator.component.limits import check_arguments
from generator.component.types import (
    AliasCoreExport,
    AliasExport,
    AliasOuter,
    Import,
    ModuleType,
    OtherCoreType,
    Sort,
    TypedExtern,
)
from generator.wasm.types import FuncType as CoreFuncType

PREAMBLE = b"\0asm\x0d\0\x01\0"

_ENCODING_BYTE = {StringEncoding.UTF8: 0, StringEncoding.UTF16: 1, StringEncoding.LATIN1_UTF16: 2}


def encode_options(out: bytearray, options: CanonOptions) -> None:
    """`opts`"""
    count = len(out)
    out.append(0)
    number = 0
    if options.string_encoding is not None:
        out.append(_ENCODING_BYTE[options.string_encoding])
        number += 1
    indices = ((3, options.memory), (4, options.realloc), (5, options.post_return))
    for opcode, index in indices:
        if index is not None:
            out.append(opcode)
            encode_index(out, index)
            number += 1
    if options.is_async:
        out.append(6)
        number += 1
    if options.callback is not None:
        out.append(7)
        encode_index(out, options.callback)
        number += 1
    out[count] = number


def _lift(out: bytearray, item: Lift) -> None:
    out += b"\0\0"
    encode_index(out, item.core_func)
    encode_options(out, item.options)
    encode_index(out, item.type)


def _lower(out: bytearray, item: Lower) -> None:
    out += b"\1\0"
    encode_index(out, item.func)
    encode_options(out, item.options)


def _immediate(out: bytearray, kind: Immediate, value: Any) -> None:
    match kind:
        case Immediate.INDEX:
            encode_index(out, value)
        case Immediate.SHARED:
            if value is not None:
                out.append(value)
        case Immediate.FLAG | Immediate.CORE_VAL_TYPE:
            out.append(value)
        case Immediate.RESULT:
            encode_result_list(out, value)
        case Immediate.OPTIONS:
            encode_options(out, value)


def _builtin(out: bytearray, item: Builtin) -> None:
    out.append(item.op.opcode)
    for kind, value in zip(item.op.immediates, item.immediates, strict=True):
        _immediate(out, kind, value)


def _count(out: bytearray, items: Sequence[object]) -> None:
    check_arguments(len(items))
    encode_index(out, len(items))


def _core_instantiate(out: bytearray, item: CoreInstantiate) -> None:
    out.append(0)
    encode_index(out, item.module)
    _count(out, item.args)
    for name, instance in item.args:
        encode_text(out, name)
        out.append(0x12)
        encode_index(out, instance)


def _core_inline_exports(out: bytearray, item: CoreInlineExports) -> None:
    out.append(1)
    _count(out, item.exports)
    for name, sort, index in item.exports:
        encode_text(out, name)
        out += sort.value[1:]  # `core:sort` has no leading byte
        encode_index(out, index)


def _instantiate(out: bytearray, item: Instantiate) -> None:
    out.append(0)
    encode_index(out, item.component)
    _count(out, item.args)
    for name, sort, index in item.args:
        encode_text(out, name)
        out += sort.value
        encode_index(out, index)


def _inline_exports(out: bytearray, item: InlineExports) -> None:
    out.append(1)
    _count(out, item.exports)
    for name, sort, index in item.exports:
        encode_extern_name(out, name)
        out += sort.value
        encode_index(out, index)


def _import(out: bytearray, item: Import) -> None:
    encode_extern_name(out, item.name)
    encode_extern_type(out, item.type)


def _export(out: bytearray, item: Export) -> None:
    encode_extern_name(out, item.name)
    out += item.sort.value
    encode_index(out, item.index)
    if item.type is None:
        out.append(0)
    else:
        out.append(1)
        encode_extern_type(out, item.type)


Encoder = Callable[[bytearray, Any], None]

VECTOR_ENCODERS: dict[type, tuple[SectionId, Encoder]] = {
    CoreInstantiate: (SectionId.CORE_INSTANCE, _core_instantiate),
    CoreInlineExports: (SectionId.CORE_INSTANCE, _core_inline_exports),
    CoreFuncType: (SectionId.CORE_TYPE, encode_core_type),
    ModuleType: (SectionId.CORE_TYPE, encode_core_type),
    OtherCoreType: (SectionId.CORE_TYPE, encode_core_type),
    Instantiate: (SectionId.INSTANCE, _instantiate),
    InlineExports: (SectionId.INSTANCE, _inline_exports),
    AliasExport: (SectionId.ALIAS, encode_alias),
    AliasCoreExport: (SectionId.ALIAS, encode_alias),
    AliasOuter: (SectionId.ALIAS, encode_alias),
    Lift: (SectionId.CANON, _lift),
    Lower: (SectionId.CANON, _lower),
    Builtin: (SectionId.CANON, _builtin),
    Import: (SectionId.IMPORT, _import),
    Export: (SectionId.EXPORT, _export),
    **{kind: (SectionId.TYPE, encoder) for kind, encoder in DEFTYPE_ENCODERS.items()},
}
"""Definitions that share a section with their neighbours of the same kind. Other definitions have a section each."""

_ADDED: dict[type, Sort] = {
    CoreInstantiate: Sort.CORE_INSTANCE,
    CoreInlineExports: Sort.CORE_INSTANCE,
    CoreFuncType: Sort.CORE_TYPE,
    ModuleType: Sort.CORE_TYPE,
    OtherCoreType: Sort.CORE_TYPE,
    Instantiate: Sort.INSTANCE,
    InlineExports: Sort.INSTANCE,
    Lift: Sort.FUNC,
    Lower: Sort.CORE_FUNC,
    Builtin: Sort.CORE_FUNC,
    **dict.fromkeys(DEFTYPE_ENCODERS, Sort.TYPE),
}


def added_sort(item: Definition) -> Sort:
    """The index space that a definition of `VECTOR_ENCODERS` adds one index to."""
    sort = _ADDED.get(item.__class__)
    if sort is not None:
        return sort
    if isinstance(item, Import):
        return item.type.sort if isinstance(item.type, TypedExtern) else Sort.TYPE
    assert isinstance(item, AliasExport | AliasCoreExport | AliasOuter | Export)
    return item.sort
