"""Writing types, names and declarators (Component Model, Binary.md, "Type Definitions"). All append to a bytearray."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from generator.component.forms import FORMS, FormPart, named_parts
from generator.component.types import (
    Alias,
    AliasCoreExport,
    AliasExport,
    AliasOuter,
    ComponentDecl,
    ComponentType,
    CoreExternType,
    CoreType,
    DefType,
    EncodedType,
    ExportDecl,
    ExternType,
    FuncType,
    Import,
    InstanceType,
    ModuleType,
    OtherCoreType,
    PrimValType,
    ResourceType,
    SubResource,
    TypedExtern,
    TypeEq,
    ValType,
)
from generator.names.component_names import ExternName
from generator.wasm.encode import encode_desc, encode_func_type, encode_name
from generator.wasm.leb128 import encode_signed, encode_unsigned
from generator.wasm.limits import check_name
from generator.wasm.types import FuncIndex
from generator.wasm.types import FuncType as CoreFuncType


def encode_index(out: bytearray, index: int) -> None:
    if index < 0x80:
        out.append(index)
    else:
        out += encode_unsigned(index)


def encode_text(out: bytearray, text: str) -> None:
    """Raises LimitError for a name that no engine accepts."""
    raw = text.encode()
    size = len(raw)
    if size < 0x80:  # nearly all
        out.append(size)
    else:
        check_name(raw)
        out += encode_unsigned(size)
    out += raw


def encode_valtype(out: bytearray, type: ValType) -> None:
    if isinstance(type, PrimValType):
        out.append(type.value)
    elif type < 0x40:  # an index is a non-negative signed LEB128 integer
        out.append(type)
    else:
        out += encode_signed(type)


def encode_optional_valtype(out: bytearray, type: ValType | None) -> None:
    if type is None:
        out.append(0)
    else:
        out.append(1)
        encode_valtype(out, type)


def encode_result_list(out: bytearray, result: ValType | None) -> None:
    if result is None:
        out += b"\x01\x00"
    else:
        out.append(0)
        encode_valtype(out, result)


def encode_extern_name(out: bytearray, name: ExternName) -> None:
    """`nameattributes`"""
    values = (name.implements, name.version_suffix, name.external_id)
    attributes = [(kind, value) for kind, value in enumerate(values) if value is not None]
    out.append(2 if attributes else 0)
    encode_text(out, name.name)
    if attributes:
        encode_index(out, len(attributes))
        for kind, value in attributes:
            out.append(kind)
            encode_text(out, value)


def encode_extern_type(out: bytearray, type: ExternType) -> None:
    match type:
        case TypedExtern(sort, index):
            out += sort.value
            encode_index(out, index)
        case TypeEq(index):
            out += b"\x03\x00"
            encode_index(out, index)
        case SubResource():
            out += b"\x03\x01"


def _labels(out: bytearray, labels: tuple[str, ...]) -> None:
    encode_index(out, len(labels))
    for label in labels:
        encode_text(out, label)


def _fields(out: bytearray, fields: tuple[tuple[str, ValType], ...]) -> None:
    encode_index(out, len(fields))
    for label, type in fields:
        encode_text(out, label)
        encode_valtype(out, type)


def _cases(out: bytearray, cases: tuple[tuple[str, ValType | None], ...]) -> None:
    encode_index(out, len(cases))
    for label, payload in cases:
        encode_text(out, label)
        encode_optional_valtype(out, payload)
        out.append(0)


def _valtypes(out: bytearray, types: tuple[ValType, ...]) -> None:
    encode_index(out, len(types))
    for type in types:
        encode_valtype(out, type)


_PARTS: dict[FormPart, Callable[[bytearray, Any], None]] = {
    FormPart.VALTYPE: encode_valtype,
    FormPart.OPTIONAL_VALTYPE: encode_optional_valtype,
    FormPart.VALTYPES: _valtypes,
    FormPart.FIELDS: _fields,
    FormPart.CASES: _cases,
    FormPart.LABELS: _labels,
    FormPart.TYPE_INDEX: encode_index,
    FormPart.LENGTH: encode_index,
}


def _form(form: type) -> Callable[[bytearray, Any], None]:
    opcode, _ = FORMS[form]
    parts = [(attrgetter(name), _PARTS[part]) for name, part in named_parts(form)]

    def encode(out: bytearray, type: Any) -> None:
        out.append(opcode)
        for get, encode_part in parts:
            encode_part(out, get(type))

    return encode


def _func(out: bytearray, type: FuncType) -> None:
    out.append(0x43 if type.is_async else 0x40)
    _fields(out, type.params)
    encode_result_list(out, type.result)


def _resource(out: bytearray, type: ResourceType) -> None:
    out += bytes((0x3F, type.rep))
    if type.dtor is None:
        out.append(0)
    else:
        out.append(1)
        encode_index(out, type.dtor)


def _scope(opcode: int) -> Callable[[bytearray, ComponentType | InstanceType], None]:
    def encode(out: bytearray, type: ComponentType | InstanceType) -> None:
        out.append(opcode)
        encode_index(out, len(type.declarators))
        for declarator in type.declarators:
            encode_declarator(out, declarator)

    return encode


def _encoded(out: bytearray, type: EncodedType) -> None:
    out += type.body


def _primitive(out: bytearray, type: PrimValType) -> None:
    out.append(type.value)


DEFTYPE_ENCODERS: dict[type, Callable[[bytearray, Any], None]] = {
    PrimValType: _primitive,
    **{form: _form(form) for form in FORMS},
    FuncType: _func,
    ResourceType: _resource,
    ComponentType: _scope(0x41),
    InstanceType: _scope(0x42),
    EncodedType: _encoded,
}


def encode_deftype(out: bytearray, type: DefType) -> None:
    DEFTYPE_ENCODERS[type.__class__](out, type)


def _core_extern_type(type: CoreExternType) -> bytes:
    return encode_desc(FuncIndex(type) if isinstance(type, int) else type)


def encode_core_type(out: bytearray, type: CoreType) -> None:
    if isinstance(type, CoreFuncType):
        out += encode_func_type(type)
        return
    if isinstance(type, OtherCoreType):
        out += type.encoded
        return
    out.append(0x50)
    encode_index(out, len(type.types) + len(type.imports) + len(type.exports))
    for inner in type.types:
        if isinstance(inner, AliasOuter):  # `core:alias` and `alias` have the sort of the target in different places
            out += b"\x02\x10\x01"
            encode_index(out, inner.count)
            encode_index(out, inner.index)
        else:
            out.append(1)
            encode_core_type(out, inner)
    for module, name, extern in type.imports:
        out += b"\x00" + encode_name(module) + encode_name(name) + _core_extern_type(extern)
    for name, extern in type.exports:
        out += b"\x03" + encode_name(name) + _core_extern_type(extern)


def encode_alias(out: bytearray, alias: Alias) -> None:
    out += alias.sort.value
    match alias:
        case AliasExport(_, instance, name):
            out.append(0)
            encode_index(out, instance)
            encode_text(out, name)
        case AliasCoreExport(_, instance, name):
            out.append(1)
            encode_index(out, instance)
            encode_text(out, name)
        case AliasOuter(_, count, index):
            out.append(2)
            encode_index(out, count)
            encode_index(out, index)


def encode_declarator(out: bytearray, declarator: ComponentDecl) -> None:
    """A declarator of a component type or instance type."""
    kind = declarator.__class__
    deftype = DEFTYPE_ENCODERS.get(kind)
    if deftype is not None:
        out.append(1)
        deftype(out, declarator)
    elif isinstance(declarator, ExportDecl | Import):
        out.append(4 if kind is ExportDecl else 3)
        encode_extern_name(out, declarator.name)
        encode_extern_type(out, declarator.type)
    elif isinstance(declarator, CoreFuncType | ModuleType | OtherCoreType):
        out.append(0)
        encode_core_type(out, declarator)
    elif isinstance(declarator, AliasExport | AliasCoreExport | AliasOuter):
        out.append(2)
        encode_alias(out, declarator)
