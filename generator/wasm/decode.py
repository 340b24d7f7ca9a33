"""The core binary format, reading (WebAssembly core specification, 5). Sections are decoded on demand.

Element and data segments are never decoded: no user here needs them. Function bodies stay undecoded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from generator.wasm.decode_items import (
    read_export,
    read_global,
    read_import,
    read_memory_type,
    read_table,
    read_tag_type,
)
from generator.wasm.decode_types import DefinedType, read_types
from generator.wasm.encode import encode_custom
from generator.wasm.errors import WasmFormatError
from generator.wasm.module import CustomSection, Export, Global, Import
from generator.wasm.names import SECTION, read_function_names, read_global_names, with_module_name
from generator.wasm.reader import Reader
from generator.wasm.types import (
    ExternKind,
    FuncIndex,
    FuncType,
    GlobalType,
    MemoryType,
    OtherType,
    TableType,
    TagType,
)

T = TypeVar("T")

_SECTION_NAMES = {
    0: "custom",
    1: "type",
    2: "import",
    3: "function",
    4: "table",
    5: "memory",
    6: "global",
    7: "export",
    8: "start",
    9: "element",
    10: "code",
    11: "data",
    12: "data count",
    13: "tag",
}
SECTION_ORDER = {id: place for place, id in enumerate((1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11))}
"""The place of each section but custom ones, by its number (core specification, 5.5.2)."""


class DecodedModule:
    """A core module's binary and the contents of its sections. Immutable, so that many links may share it.

    Raises WasmFormatError: the constructor for the preamble and the sections' frame, the properties for their section.
    """

    def __init__(self, binary: bytes) -> None:
        self.binary = binary
        self._sections: dict[int, tuple[int, int]] = {}
        self._customs: list[tuple[str, int, int, int]] = []
        """Name, start of the section, start of the contents, end."""
        self._scan()

    def _scan(self) -> None:
        binary = self.binary
        if binary[:4] != b"\0asm":
            raise WasmFormatError("not a WebAssembly binary: it does not begin with `\\0asm`", 0)
        if binary[4:8] != b"\x01\0\0\0":
            kind = "a component" if binary[4:8] == b"\x0d\0\x01\0" else f"version {binary[4:8].hex(' ')}"
            raise WasmFormatError(f"not a core module of version 1: {kind}", 4)
        reader = Reader(binary, 8)
        last = -1
        while not reader.at_end:
            start = reader.position
            id = reader.byte()
            if id not in _SECTION_NAMES:
                raise WasmFormatError(f"unknown section {id}", start)
            section = reader.sub(reader.unsigned(), _SECTION_NAMES[id])
            if id == 0:
                self._customs.append((section.name(), start, section.position, section.end))
                continue
            place = SECTION_ORDER[id]
            if place <= last:
                raise WasmFormatError(f"the {_SECTION_NAMES[id]} section appears twice or out of order", start)
            last = place
            self._sections[id] = (section.position, section.end)

    def _reader(self, id: int) -> Reader | None:
        span = self._sections.get(id)
        return None if span is None else Reader(self.binary, *span, _SECTION_NAMES[id])

    def _vector(self, id: int, item: Callable[[Reader], T]) -> tuple[T, ...]:
        reader = self._reader(id)
        if reader is None:
            return ()
        items = tuple([item(reader) for _ in range(reader.count())])
        reader.expect_end()
        return items

    @cached_property
    def types(self) -> tuple[DefinedType, ...]:
        reader = self._reader(1)
        return () if reader is None else read_types(reader)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return self._vector(2, read_import)

    @cached_property
    def exports(self) -> tuple[Export, ...]:
        return self._vector(7, read_export)

    @cached_property
    def function_type_indices(self) -> tuple[int, ...]:
        """The whole index space: imported functions, then defined ones."""
        imported = tuple([item.desc.type_index for item in self.imports if isinstance(item.desc, FuncIndex)])
        return imported + self._vector(3, Reader.unsigned)

    @cached_property
    def tables(self) -> tuple[TableType, ...]:
        """The whole index space: imported tables, then defined ones."""
        imported = tuple([item.desc for item in self.imports if isinstance(item.desc, TableType)])
        return imported + self._vector(4, read_table)

    @cached_property
    def memories(self) -> tuple[MemoryType, ...]:
        """The whole index space: imported memories, then defined ones."""
        imported = tuple([item.desc for item in self.imports if isinstance(item.desc, MemoryType)])
        return imported + self._vector(5, read_memory_type)

    @cached_property
    def defined_globals(self) -> tuple[Global, ...]:
        return self._vector(6, read_global)

    @cached_property
    def globals(self) -> tuple[GlobalType, ...]:
        """The whole index space: imported globals, then defined ones."""
        imported = tuple([item.desc for item in self.imports if isinstance(item.desc, GlobalType)])
        return imported + tuple([item.type for item in self.defined_globals])

    @cached_property
    def tags(self) -> tuple[TagType, ...]:
        """The whole index space: imported tags, then defined ones."""
        imported = tuple([item.desc for item in self.imports if isinstance(item.desc, TagType)])
        return imported + self._vector(13, read_tag_type)

    @cached_property
    def start(self) -> int | None:
        reader = self._reader(8)
        return None if reader is None else reader.unsigned()

    @cached_property
    def bodies(self) -> tuple[tuple[int, int], ...]:
        """The beginning and end of the body of each defined function in `binary`."""

        def body(reader: Reader) -> tuple[int, int]:
            inside = reader.sub(reader.unsigned())
            return inside.position, inside.end

        return self._vector(10, body)

    @property
    def has_segments(self) -> bool:
        """Whether there is an element or data section."""
        return bool({9, 11} & self._sections.keys())

    @property
    def has_data(self) -> bool:
        """Whether there is a data section."""
        return 11 in self._sections

    @cached_property
    def customs(self) -> tuple[CustomSection, ...]:
        """All custom sections in their order, including several with one name."""
        binary = self.binary
        return tuple([CustomSection(name, binary[start:end]) for name, _, start, end in self._customs])

    def custom(self, name: str) -> bytes | None:
        """The contents of the first custom section of that name."""
        for found, _, start, end in self._customs:
            if found == name:
                return self.binary[start:end]
        return None

    @cached_property
    def function_names(self) -> dict[int, str]:
        """By index, from the name section; empty if that is absent or malformed (which is no error: core specification,
        appendix 7.4)."""
        return self._names(read_function_names)

    @cached_property
    def global_names(self) -> dict[int, str]:
        """Like `function_names` (extended name section proposal)."""
        return self._names(read_global_names)

    def _names(self, read: Callable[[bytes], dict[int, str]]) -> dict[int, str]:
        contents = self.custom(SECTION)
        try:
            return {} if contents is None else read(contents)
        except WasmFormatError:
            return {}

    @cached_property
    def exports_by_name(self) -> dict[str, Export]:
        exports = {item.name: item for item in self.exports}
        if len(exports) < len(self.exports):
            twice = next(item.name for item in self.exports if exports[item.name] is not item)
            raise WasmFormatError(f"two exports have the name `{twice}`", 0, "export")
        return exports

    def wrong(self, message: str) -> WasmFormatError:
        """An error about the module as a whole."""
        return WasmFormatError(message, 0)

    def func_type(self, index: int) -> FuncType:
        """The type of a function of the index space. Also raises WasmFormatError for a type that exists only in its
        module (see `FuncType`)."""
        return self._func_type(self._at(self.function_type_indices, index, "function", 3), f"function {index}", 3)

    def _func_type(self, index: int, owner: str, section: int) -> FuncType:
        type = self._at(self.types, index, "type", section)
        if not isinstance(type, FuncType):
            start, _ = self._sections.get(section, (0, 0))
            message = f"the type of {owner} is {type.what}: not supported here"
            raise WasmFormatError(message, start, _SECTION_NAMES[section])
        return type

    def import_func_type(self, item: Import) -> FuncType:
        """The type of an imported function or tag."""
        assert isinstance(item.desc, FuncIndex | TagType), f"{item.name} is neither a function nor a tag"
        return self._func_type(item.desc.type_index, f"import `{item.module}` `{item.name}`", 2)

    def export_func_type(self, name: str) -> FuncType | None:
        """The type of an exported function; None if there is no function of that name."""
        export = self.exports_by_name.get(name)
        if export is None or export.kind is not ExternKind.FUNC:
            return None
        index = self._at(self.function_type_indices, export.index, "function", 3)
        return self._func_type(index, f"export `{name}`", 3)

    def has_own_type(self, function: int) -> bool:
        """Whether a function of the index space has a type that exists only in its module, so that `func_type`
        raises."""
        index = self._at(self.function_type_indices, function, "function", 3)
        return isinstance(self._at(self.types, index, "type", 3), OtherType)

    def export_global_type(self, name: str) -> GlobalType | None:
        """The type of an exported global; None if there is no global of that name."""
        export = self.exports_by_name.get(name)
        if export is None or export.kind is not ExternKind.GLOBAL:
            return None
        return self._at(self.globals, export.index, "global", 6)

    def tag_type(self, index: int) -> FuncType:
        """The parameters of a tag of the index space, as a function type."""
        return self._func_type(self._at(self.tags, index, "tag", 13).type_index, f"tag {index}", 13)

    def _at(self, space: tuple[T, ...], index: int, what: str, section: int) -> T:
        if index >= len(space):
            start, _ = self._sections.get(section, (0, 0))
            raise WasmFormatError(f"{what} index {index} is out of range", start, _SECTION_NAMES[section])
        return space[index]

    def without_customs(self, unwanted: Callable[[str], bool]) -> DecodedModule:
        """The module without the custom sections whose name is unwanted; itself if there are none."""
        kept = self._rest(unwanted)
        return self if len(kept) == 1 else self._with_customs(b"".join(kept))

    def named(self, name: str) -> DecodedModule:
        """The module with this name in its name section; unchanged if that section is malformed, which is no error."""
        try:
            contents = with_module_name(self.custom(SECTION) or b"", name)
        except WasmFormatError:
            return self
        rest = self._rest(lambda custom: custom == SECTION)
        return self._with_customs(b"".join([*rest, encode_custom(CustomSection(SECTION, contents))]))

    def _rest(self, unwanted: Callable[[str], bool]) -> list[memoryview]:
        """The parts of the binary between the custom sections whose name is unwanted. No byte is copied: a module may
        have many megabytes."""
        binary = memoryview(self.binary)
        kept = []
        position = 0
        for name, start, _, end in self._customs:
            if unwanted(name):
                kept.append(binary[position:start])
                position = end
        return [*kept, binary[position:]]

    def _with_customs(self, binary: bytes) -> DecodedModule:
        """A copy with other custom sections. It keeps what was decoded and contains no offsets: a library may have many
        thousand imports."""
        copy = DecodedModule(binary)
        copy.__dict__.update({name: value for name, value in self.__dict__.items() if name in _WITHOUT_OFFSETS})
        return copy


_WITHOUT_OFFSETS = frozenset(("types", "imports", "exports", "exports_by_name", "function_type_indices"))
"""Properties of `DecodedModule` that are equal in modules that differ in custom sections only."""
