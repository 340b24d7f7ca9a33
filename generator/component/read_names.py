"""Reading the common parts of types and definitions: sorts, value types, names with attributes (Binary.md)."""

from __future__ import annotations

from generator.component.reader import ComponentReader
from generator.component.types import ExternType, PrimValType, Sort, SubResource, TypedExtern, TypeEq, ValType
from generator.names.component_names import ExternName

_PRIMITIVES = {type.value: type for type in PrimValType}
_SORTS = {sort.value[0]: sort for sort in Sort if len(sort.value) == 1}
_CORE_SORTS = {sort.value[1]: sort for sort in Sort if len(sort.value) == 2}


def read_core_sort(reader: ComponentReader) -> Sort:
    start = reader.position
    sort = _CORE_SORTS.get(reader.byte())
    if sort is None:
        raise reader.error(f"unknown core sort {reader.data[start]:#04x}", start)
    return sort


def read_sort(reader: ComponentReader) -> Sort:
    start = reader.position
    byte = reader.byte()
    if byte == 0:
        return read_core_sort(reader)
    sort = _SORTS.get(byte)
    if sort is None:
        raise reader.error(f"unknown sort {byte:#04x}", start)
    return sort


def read_valtype(reader: ComponentReader) -> ValType:
    start = reader.position
    byte = reader.byte()
    if byte < 0x40:
        return byte
    if byte < 0x80:
        primitive = _PRIMITIVES.get(byte)
        if primitive is None:
            raise reader.error(f"{byte:#04x} is not a primitive type or an index", start)
        return primitive
    reader.position = start
    index = reader.signed(33)
    if index < 0:
        raise reader.error("negative type index", start)
    return index


def read_optional_valtype(reader: ComponentReader) -> ValType | None:
    return read_valtype(reader) if reader.flag() else None


def read_result_list(reader: ComponentReader) -> ValType | None:
    if not reader.flag():
        return read_valtype(reader)
    start = reader.position
    if reader.byte() != 0:
        raise reader.error("named results are not supported", start)
    return None


def read_extern_name(reader: ComponentReader) -> ExternName:
    """`nameattributes`"""
    start = reader.position
    form = reader.byte()
    if form > 2:
        raise reader.error(f"unknown form of a name {form:#04x}", start)
    name = reader.name()
    if form < 2:
        return ExternName(name)
    attributes: list[str | None] = [None, None, None]
    for _ in range(reader.count()):
        start = reader.position
        kind = reader.byte()
        if kind > 2:
            raise reader.error(f"unknown attribute {kind:#04x} of name {name!r}", start)
        if attributes[kind] is not None:
            raise reader.error(f"attribute {kind:#04x} of name {name!r} appears twice", start)
        attributes[kind] = reader.name()
    return ExternName(name, *attributes)


_TYPED_SORTS = frozenset((Sort.CORE_MODULE, Sort.FUNC, Sort.COMPONENT, Sort.INSTANCE))


def read_extern_type(reader: ComponentReader) -> ExternType:
    start = reader.position
    sort = read_sort(reader)
    if sort is Sort.TYPE:
        return SubResource() if reader.flag() else TypeEq(reader.unsigned())
    if sort not in _TYPED_SORTS:
        raise reader.error(f"imports and exports of sort {sort_name(sort)} are not supported", start)
    return TypedExtern(sort, reader.unsigned())


def sort_name(sort: Sort) -> str:
    """The words of the text format: `core func`, `instance`."""
    return sort.name.lower().replace("_", " ")
