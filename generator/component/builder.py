"""Building a component step by step: each call writes a definition and returns its index."""

from __future__ import annotations

from collections.abc import Iterable

from generator.component.canon import (
    NO_OPTIONS,
    Builtin,
    BuiltinOp,
    CanonOptions,
    ImmediateValue,
    Lift,
    Lower,
)
from generator.component.component import (
    Component,
    CoreInlineExports,
    CoreInstantiate,
    CoreModule,
    Custom,
    Definition,
    EncodedComponent,
    Export,
    InlineExports,
    Instantiate,
    SectionId,
)
from generator.component.encode import PREAMBLE, VECTOR_ENCODERS, added_sort
from generator.component.encode_types import encode_index
from generator.component.limits import UNCHECKED, check_binaries, check_space
from generator.component.metadata import component_name_section, producers_section
from generator.component.types import (
    AliasCoreExport,
    AliasExport,
    AliasOuter,
    CoreType,
    DefType,
    ExternType,
    Import,
    Sort,
)
from generator.names.component_names import ExternName


def extern_name(name: str | ExternName) -> ExternName:
    return ExternName(name) if isinstance(name, str) else name


class ComponentBuilder:
    """Writes sections in the order of the calls; neighbours of one kind share a section.

    Every method that adds to an index space returns the new index. Names given by `set_name` are written as the
    `component-name` section at the end.
    """

    def __init__(self) -> None:
        self._written: list[bytes | bytearray] = []
        """What comes before `_out`; the binaries of modules are not copied before the end."""
        self._out = bytearray(PREAMBLE)
        self._section: SectionId | None = None
        self._items = bytearray()
        self._count = 0
        self._next = dict.fromkeys(Sort, 0)
        self._binaries = 1
        """Core modules and components, at all depths, and this one."""
        self._names: dict[Sort, list[tuple[int, str]]] = {}

    # The general form

    def add(self, item: Definition) -> int:
        """Write a definition; returns its index (for custom sections -1). Raises LimitError."""
        vector = VECTOR_ENCODERS.get(item.__class__)
        if vector is None:
            return self._add_alone(item)
        section, encode = vector
        if section is not self._section:
            self._flush()
            self._section = section
        encode(self._items, item)
        self._count += 1
        return self._new_index(added_sort(item))

    def _add_alone(self, item: Definition) -> int:
        match item:
            case Custom(name, data):
                raw = name.encode()
                body = bytearray()
                encode_index(body, len(raw))
                self._raw_section(SectionId.CUSTOM, body + raw + data)
                return -1
            case CoreModule(binary):
                self._add_binaries(1)
                self._raw_section(SectionId.CORE_MODULE, binary)
                return self._new_index(Sort.CORE_MODULE)
            case EncodedComponent(binary, binaries):
                self._add_binaries(binaries)
                self._raw_section(SectionId.COMPONENT, binary)
                return self._new_index(Sort.COMPONENT)
            case Component():
                return self._add_alone(_built(item).encoded())
        raise TypeError(f"{item!r} is not a definition")

    def _add_binaries(self, count: int) -> None:
        self._binaries += count
        check_binaries(self._binaries)

    def _new_index(self, sort: Sort) -> int:
        index = self._next[sort]
        self._next[sort] = index + 1
        if index >= UNCHECKED[sort]:
            check_space(self._next, sort)
        return index

    def _raw_section(self, id: SectionId, body: bytes | bytearray) -> None:
        self._flush()
        self._out.append(id)
        encode_index(self._out, len(body))
        self._written += (self._out, body)
        self._out = bytearray()

    def _flush(self) -> None:
        if self._section is None:
            return
        size = bytearray()
        encode_index(size, self._count)
        self._out.append(self._section)
        encode_index(self._out, len(size) + len(self._items))
        self._out += size
        self._out += self._items
        self._section = None
        self._items.clear()
        self._count = 0

    def next_index(self, sort: Sort) -> int:
        """The number of items of `sort`: the index of the next one."""
        return self._next[sort]

    # Core definitions

    def core_module(self, binary: bytes) -> int:
        return self.add(CoreModule(binary))

    def core_instantiate(self, module: int, args: Iterable[tuple[str, int]] = ()) -> int:
        """`args`: module name and core instance."""
        return self.add(CoreInstantiate(module, tuple(args)))

    def core_inline_exports(self, exports: Iterable[tuple[str, Sort, int]]) -> int:
        """A core instance made of core items: name, sort, index."""
        return self.add(CoreInlineExports(tuple(exports)))

    def core_type(self, type: CoreType) -> int:
        return self.add(type)

    # Components, instances and aliases

    def component(self, component: Component | ComponentBuilder | bytes) -> int:
        if isinstance(component, ComponentBuilder):
            return self.add(component.encoded())
        return self.add(EncodedComponent(component) if isinstance(component, bytes) else component)

    def instantiate(self, component: int, args: Iterable[tuple[str, Sort, int]] = ()) -> int:
        return self.add(Instantiate(component, tuple(args)))

    def inline_exports(self, exports: Iterable[tuple[str | ExternName, Sort, int]]) -> int:
        """An instance made of items: name, sort, index."""
        return self.add(InlineExports(tuple((extern_name(name), sort, index) for name, sort, index in exports)))

    def alias_export(self, instance: int, name: str, sort: Sort) -> int:
        return self.add(AliasExport(sort, instance, name))

    def alias_core_export(self, instance: int, name: str, sort: Sort) -> int:
        return self.add(AliasCoreExport(sort, instance, name))

    def alias_outer(self, count: int, index: int, sort: Sort) -> int:
        return self.add(AliasOuter(sort, count, index))

    # Types, canonical definitions, imports and exports

    def type(self, type: DefType) -> int:
        return self.add(type)

    def lift(self, core_func: int, type: int, options: CanonOptions = NO_OPTIONS) -> int:
        return self.add(Lift(core_func, type, options))

    def lower(self, func: int, options: CanonOptions = NO_OPTIONS) -> int:
        return self.add(Lower(func, options))

    def builtin(self, op: BuiltinOp, *immediates: ImmediateValue) -> int:
        """A core function, for example `builtin(BuiltinOp.RESOURCE_DROP, type)`; one value for each immediate."""
        return self.add(Builtin(op, immediates))

    def import_(self, name: str | ExternName, type: ExternType) -> int:
        return self.add(Import(extern_name(name), type))

    def export(self, name: str | ExternName, sort: Sort, index: int, type: ExternType | None = None) -> int:
        return self.add(Export(extern_name(name), sort, index, type))

    # Custom sections

    def custom(self, name: str, data: bytes) -> None:
        self.add(Custom(name, data))

    def producers(self, fields: dict[str, dict[str, str]]) -> None:
        """A `producers` section: for each field (`processed-by`, `language`, `sdk`) names and versions."""
        self.add(producers_section(fields))

    def set_name(self, sort: Sort, index: int, name: str) -> None:
        self._names.setdefault(sort, []).append((index, name))

    def finish(self) -> bytes:
        """The component's binary. Nothing may be added afterwards."""
        if self._names:
            self.add(component_name_section(None, self._names))
            self._names = {}
        self._flush()
        return b"".join((*self._written, self._out))

    def encoded(self) -> EncodedComponent:
        """Like `finish`, for use inside another component."""
        return EncodedComponent(self.finish(), self._binaries)


def encode_component(component: Component) -> bytes:
    """The binary form of a component given as data."""
    return _built(component).finish()


def _built(component: Component) -> ComponentBuilder:
    builder = ComponentBuilder()
    for item in component.definitions:
        builder.add(item)
    return builder
