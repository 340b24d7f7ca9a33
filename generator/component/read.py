"""Reading a component: `read_component` returns its definitions in order (Component Model, Binary.md)."""

from __future__ import annotations

from collections.abc import Callable

from generator.component.component import (
    Component,
    CoreInlineExports,
    CoreInstantiate,
    CoreModule,
    Custom,
    Definition,
    Export,
    InlineExports,
    Instantiate,
    SectionId,
)
from generator.component.encode import PREAMBLE
from generator.component.errors import BinaryError
from generator.component.read_canon import read_canons
from generator.component.read_names import read_core_sort, read_extern_name, read_extern_type, read_sort
from generator.component.read_types import read_alias, read_core_type, read_deftype
from generator.component.reader import ComponentReader
from generator.component.types import Import, Sort


def is_component(binary: bytes) -> bool:
    """Whether a file begins like a component (it may still be malformed)."""
    return binary[:8] == PREAMBLE


def read_component(binary: bytes, *, core_instances: bool = True) -> Component:
    """Decode a component; core modules inside stay unchanged. Raises BinaryError.

    Without `core_instances` these are skipped: they say nothing about types, but contain most names.
    """
    passed_over = frozenset() if core_instances else frozenset((SectionId.CORE_INSTANCE,))
    return _component(ComponentReader(binary), passed_over)


def _component(reader: ComponentReader, passed_over: frozenset[SectionId]) -> Component:
    _preamble(reader)
    reader.nest()
    definitions: list[Definition] = []
    offsets: list[int] = []
    while not reader.at_end:
        start = reader.position
        id = reader.byte()
        name = _SECTION_NAMES.get(id)
        if name is None:
            raise reader.error(f"unknown section {id}", start)
        section = reader.sub(reader.unsigned(), name)
        if id not in passed_over:
            _section(SectionId(id), section, definitions, offsets, passed_over)
            section.expect_end()
    reader.depth -= 1
    return Component(tuple(definitions), tuple(offsets))


def _preamble(reader: ComponentReader) -> None:
    start = reader.position
    found = reader.data[start : min(start + 8, reader.end)]
    if found[:4] != PREAMBLE[:4]:
        raise reader.error("not a WebAssembly binary: it does not begin with `\\0asm`")
    if found != PREAMBLE:
        what = "a core module" if found[4:] == b"\x01\0\0\0" else f"version {found[4:].hex(' ')}"
        raise BinaryError(f"not a component: {what}", start + 4)
    reader.position = start + 8


def _section(
    id: SectionId,
    reader: ComponentReader,
    definitions: list[Definition],
    offsets: list[int],
    passed_over: frozenset[SectionId],
) -> None:
    if id is SectionId.CANON:
        for offset, canon in read_canons(reader):
            offsets.append(offset)
            definitions.append(canon)
        return
    read_item = _VECTORS.get(id)
    if read_item is not None:
        for _ in range(reader.count()):
            offsets.append(reader.position)
            definitions.append(read_item(reader))
        return
    offsets.append(reader.position)
    match id:
        case SectionId.CUSTOM:
            name = reader.name()
            definitions.append(Custom(name, reader.bytes(reader.end - reader.position)))
        case SectionId.CORE_MODULE:
            definitions.append(CoreModule(reader.bytes(reader.end - reader.position)))
        case SectionId.COMPONENT:
            definitions.append(_component(reader, passed_over))
        case _:
            raise reader.error(f"the {reader.section} section is not supported")


def _core_instance(reader: ComponentReader) -> CoreInstantiate | CoreInlineExports:
    if reader.flag():
        return CoreInlineExports(
            tuple([(reader.name(), read_core_sort(reader), reader.unsigned()) for _ in range(reader.count())])
        )
    module = reader.unsigned()
    return CoreInstantiate(module, tuple([_core_arg(reader) for _ in range(reader.count())]))


def _core_arg(reader: ComponentReader) -> tuple[str, int]:
    name = reader.name()
    start = reader.position
    if read_core_sort(reader) is not Sort.CORE_INSTANCE:
        raise reader.error(f"argument {name!r} of a core instantiation is not an instance", start)
    return name, reader.unsigned()


def _instance(reader: ComponentReader) -> Instantiate | InlineExports:
    if reader.flag():
        return InlineExports(
            tuple([(read_extern_name(reader), read_sort(reader), reader.unsigned()) for _ in range(reader.count())])
        )
    component = reader.unsigned()
    args = [(reader.name(), read_sort(reader), reader.unsigned()) for _ in range(reader.count())]
    return Instantiate(component, tuple(args))


def _import(reader: ComponentReader) -> Import:
    return Import(read_extern_name(reader), read_extern_type(reader))


def _export(reader: ComponentReader) -> Export:
    name = read_extern_name(reader)
    sort = read_sort(reader)
    index = reader.unsigned()
    return Export(name, sort, index, read_extern_type(reader) if reader.flag() else None)


_VECTORS: dict[SectionId, Callable[[ComponentReader], Definition]] = {
    SectionId.CORE_INSTANCE: _core_instance,
    SectionId.CORE_TYPE: read_core_type,
    SectionId.INSTANCE: _instance,
    SectionId.ALIAS: read_alias,
    SectionId.TYPE: read_deftype,
    SectionId.IMPORT: _import,
    SectionId.EXPORT: _export,
}
_SECTION_NAMES = {int(id): id.name.lower().replace("_", " ") for id in SectionId}
