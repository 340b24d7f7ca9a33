"""Reading types, aliases and declarators (Component Model, Binary.md, "Type Definitions" and "Alias Definitions")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from generator.component.forms import FORMS, FormPart
from generator.component.read_names import (
    read_extern_name,
    read_extern_type,
    read_optional_valtype,
    read_result_list,
    read_sort,
    read_valtype,
)
from generator.component.reader import ComponentReader
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
    ExportDecl,
    FuncType,
    Import,
    InstanceDecl,
    InstanceType,
    ModuleType,
    OtherCoreType,
    PrimValType,
    ResourceType,
    Sort,
    ValType,
)
from generator.wasm.decode_items import read_extern_type as read_core_extern_type
from generator.wasm.decode_items import read_import
from generator.wasm.decode_types import read_recursion_group
from generator.wasm.types import FuncIndex, ImportDesc
from generator.wasm.types import FuncType as CoreFuncType
from generator.wasm.types import ValType as CoreValType


def _labels(reader: ComponentReader) -> tuple[str, ...]:
    return tuple([reader.name() for _ in range(reader.count())])


def _fields(reader: ComponentReader) -> tuple[tuple[str, ValType], ...]:
    return tuple([(reader.name(), read_valtype(reader)) for _ in range(reader.count())])


def _case(reader: ComponentReader) -> tuple[str, ValType | None]:
    label = reader.name()
    payload = read_optional_valtype(reader)
    start = reader.position
    if reader.byte() != 0:
        raise reader.error("refined variant cases are not supported", start)
    return label, payload


def _cases(reader: ComponentReader) -> tuple[tuple[str, ValType | None], ...]:
    return tuple([_case(reader) for _ in range(reader.count())])


def _valtypes(reader: ComponentReader) -> tuple[ValType, ...]:
    return tuple([read_valtype(reader) for _ in range(reader.count())])


_PARTS: dict[FormPart, Callable[[ComponentReader], Any]] = {
    FormPart.VALTYPE: read_valtype,
    FormPart.OPTIONAL_VALTYPE: read_optional_valtype,
    FormPart.VALTYPES: _valtypes,
    FormPart.FIELDS: _fields,
    FormPart.CASES: _cases,
    FormPart.LABELS: _labels,
    FormPart.TYPE_INDEX: ComponentReader.unsigned,
    FormPart.LENGTH: ComponentReader.unsigned,
}


def _form(form: type, parts: tuple[FormPart, ...]) -> Callable[[ComponentReader], DefType]:
    readers = [_PARTS[part] for part in parts]

    def read(reader: ComponentReader) -> DefType:
        type: DefType = form(*[read_part(reader) for read_part in readers])
        return type

    return read


def _func(is_async: bool) -> Callable[[ComponentReader], FuncType]:
    return lambda reader: FuncType(_fields(reader), read_result_list(reader), is_async)


def _resource(reader: ComponentReader) -> ResourceType:
    rep = read_core_val_type(reader)
    return ResourceType(reader.unsigned() if reader.flag() else None, rep)


def read_core_val_type(reader: ComponentReader) -> CoreValType:
    """A number type: the representation of a resource or the content of a context slot."""
    start = reader.position
    byte = reader.byte()
    if byte not in (CoreValType.I32, CoreValType.I64):
        raise reader.error(f"core type {byte:#04x} is not supported here", start)
    return CoreValType(byte)


def _instance(reader: ComponentReader) -> InstanceType:
    declarators, offsets = _declarators(reader, imports=False)
    return InstanceType(cast(tuple[InstanceDecl, ...], declarators), offsets)


def _component(reader: ComponentReader) -> ComponentType:
    declarators, offsets = _declarators(reader, imports=True)
    return ComponentType(declarators, offsets)


def _declarators(reader: ComponentReader, *, imports: bool) -> tuple[tuple[ComponentDecl, ...], tuple[int, ...]]:
    reader.nest()
    declarators: list[ComponentDecl] = []
    offsets: list[int] = []
    for _ in range(reader.count()):
        offsets.append(reader.position)
        declarators.append(_declarator(reader, imports))
    reader.depth -= 1
    return tuple(declarators), tuple(offsets)


def _declarator(reader: ComponentReader, imports: bool) -> ComponentDecl:
    start = reader.position
    match reader.byte():
        case 0:
            return read_core_type(reader)
        case 1:
            return read_deftype(reader)
        case 2:
            return read_alias(reader)
        case 3 if imports:
            return Import(read_extern_name(reader), read_extern_type(reader))
        case 4:
            return ExportDecl(read_extern_name(reader), read_extern_type(reader))
        case opcode:
            raise reader.error(f"unknown declarator {opcode:#04x}", start)


_READERS: dict[int, Callable[[ComponentReader], DefType]] = {
    **{opcode: _form(form, parts) for form, (opcode, parts) in FORMS.items()},
    0x43: _func(True),
    0x42: _instance,
    0x41: _component,
    0x40: _func(False),
    0x3F: _resource,
}
_PRIMITIVES = {type.value: type for type in PrimValType}


def read_deftype(reader: ComponentReader) -> DefType:
    start = reader.position
    opcode = reader.byte()
    read = _READERS.get(opcode)
    if read is not None:
        return read(reader)
    primitive = _PRIMITIVES.get(opcode)
    if primitive is None:
        raise reader.error(f"unknown type {opcode:#04x}", start)
    return primitive


def read_alias(reader: ComponentReader) -> Alias:
    sort = read_sort(reader)
    start = reader.position
    match reader.byte():
        case 0:
            return AliasExport(sort, reader.unsigned(), reader.name())
        case 1:
            return AliasCoreExport(sort, reader.unsigned(), reader.name())
        case 2:
            return AliasOuter(sort, reader.unsigned(), reader.unsigned())
        case target:
            raise reader.error(f"unknown target of an alias {target:#04x}", start)


def read_core_type(reader: ComponentReader) -> CoreType:
    if reader.position < reader.end and reader.data[reader.position] == 0x50:
        return _module_type(reader)
    return _core_def_type(reader)


def _core_def_type(reader: ComponentReader) -> CoreFuncType | OtherCoreType:
    """`core:rectype`. A module type begins with the byte of a type with subtypes, which has a prefix here."""
    start = reader.position
    if reader.data[start : min(start + 2, reader.end)] == b"\x00\x50":
        reader.byte()
    types = read_recursion_group(reader)
    if len(types) == 1 and isinstance(types[0], CoreFuncType):
        return types[0]
    return OtherCoreType(reader.data[start : reader.position])


def _extern(desc: ImportDesc) -> CoreExternType:
    return desc.type_index if isinstance(desc, FuncIndex) else desc


def _module_type(reader: ComponentReader) -> ModuleType:
    reader.byte()
    types: list[CoreFuncType | OtherCoreType | AliasOuter] = []
    imports: list[tuple[str, str, CoreExternType]] = []
    exports: list[tuple[str, CoreExternType]] = []
    for _ in range(reader.count()):
        start = reader.position
        match reader.byte():
            case 0:
                item = read_import(reader)
                imports.append((item.module, item.name, _extern(item.desc)))
            case 1:
                types.append(_core_def_type(reader))
            case 2:
                if reader.bytes(2) != b"\x10\x01":
                    raise reader.error("only outer aliases of types are supported in a module type", start)
                types.append(AliasOuter(Sort.CORE_TYPE, reader.unsigned(), reader.unsigned()))
            case 3:
                name = reader.name()
                exports.append((name, _extern(read_core_extern_type(reader))))
            case opcode:
                raise reader.error(f"declarator {opcode:#04x} of a module type is not supported", start)
    return ModuleType(tuple(types), tuple(imports), tuple(exports))
