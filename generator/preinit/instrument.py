"""A component that hands its state over: the same component with two more imports and some more exports.

Each module with state exports its memories and mutable globals under names that nothing else has. At the end, accessor
modules import these; their functions `dump` pass the contents on to imported functions of the host:

    preinit-memory-K: func(number: u32, page: string)         once for each page of memory K with anything but zeros
    preinit-global: func(number: u32, low: u64, high: u64)    once for each global, its bits

`string` is latin1 here, so a page is a text of as many characters as it has bytes. The result of `dump` for a memory is
the number of its pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.component.builder import ComponentBuilder
from generator.component.canon import CanonOptions, StringEncoding
from generator.component.component import Component, CoreModule
from generator.component.types import FuncType, PrimValType, Sort, TypedExtern
from generator.preinit.accessors import GLOBALS, MEMORY, GlobalPlace, global_accessor, memory_accessor
from generator.preinit.sections import with_sections
from generator.preinit.state import StatefulModule
from generator.wasm.encode import encode_export, encode_section, encode_vector
from generator.wasm.module import Export
from generator.wasm.types import ExternKind

_EXPORT_SECTION = 7
PREFIX = "preinit-"


@dataclass(frozen=True, slots=True)
class Instrumented:
    """`dumps`: the exports to call after initialisation, one for each memory, then one for all globals if there are
    any. `memories` and `globals`: the delivered items, in that order: module (its place in the component) and index."""

    binary: bytes
    dumps: tuple[str, ...]
    memories: tuple[tuple[int, int], ...]
    globals: tuple[tuple[int, int], ...]


def instrument(component: Component, modules: tuple[StatefulModule, ...]) -> Instrumented:
    """`modules`: from `stateful_modules`."""
    names = {module.module: _names(module) for module in modules}
    builder = ComponentBuilder()
    ordinal = 0
    changed = {module.module: _with_exports(module, names[module.module]) for module in modules}
    for item in component.definitions:
        if isinstance(item, CoreModule):
            item = CoreModule(changed.get(ordinal, item.binary))
            ordinal += 1
        builder.add(item)
    memories = [(module, index) for module in modules for index in module.memories]
    places = [
        GlobalPlace(module.instance, names[module.module].of_global(index), module.decoded.globals[index].type)
        for module in modules
        for index in module.globals
    ]
    dumps = [
        _add_memory(builder, at, module.instance, names[module.module].of_memory(index))
        for at, (module, index) in enumerate(memories)
    ]
    if places:
        dumps.append(_add_globals(builder, places))
    return Instrumented(
        builder.finish(),
        tuple(dumps),
        tuple([(module.module, index) for module, index in memories]),
        tuple([(module.module, index) for module in modules for index in module.globals]),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of added exports: no export of the module begins like them."""

    prefix: str

    def of_memory(self, index: int) -> str:
        return f"{self.prefix}memory-{index}"

    def of_global(self, index: int) -> str:
        return f"{self.prefix}global-{index}"


def _names(module: StatefulModule) -> _Names:
    prefix = PREFIX
    while any(name.startswith(prefix) for name in module.decoded.exports_by_name):
        prefix += "-"
    return _Names(prefix)


def _with_exports(module: StatefulModule, names: _Names) -> bytes:
    exports = [
        *module.decoded.exports,
        *[Export(names.of_memory(index), ExternKind.MEMORY, index) for index in module.memories],
        *[Export(names.of_global(index), ExternKind.GLOBAL, index) for index in module.globals],
    ]
    section = encode_section(_EXPORT_SECTION, encode_vector([encode_export(item) for item in exports]))
    return b"".join(with_sections(module.decoded.binary, {_EXPORT_SECTION: [section]}))


def _add_memory(builder: ComponentBuilder, number: int, instance: int, name: str) -> str:
    type = builder.type(FuncType((("number", PrimValType.U32), ("page", PrimValType.STRING))))
    host = builder.import_(f"{PREFIX}memory-{number}", TypedExtern(Sort.FUNC, type))
    memory = builder.alias_core_export(instance, name, Sort.CORE_MEMORY)
    page = builder.lower(host, CanonOptions(StringEncoding.LATIN1_UTF16, memory))
    host_instance = builder.core_inline_exports([("page", Sort.CORE_FUNC, page)])
    memory_instance = builder.core_inline_exports([("memory", Sort.CORE_MEMORY, memory)])
    accessor = builder.core_module(memory_accessor())
    made = builder.core_instantiate(accessor, [("host", host_instance), (MEMORY, memory_instance)])
    return _export_dump(builder, made, f"{PREFIX}dump-{number}", PrimValType.U32)


def _add_globals(builder: ComponentBuilder, places: list[GlobalPlace]) -> str:
    params = (("number", PrimValType.U32), ("low", PrimValType.U64), ("high", PrimValType.U64))
    type = builder.type(FuncType(params))
    host = builder.import_(f"{PREFIX}global", TypedExtern(Sort.FUNC, type))
    told = builder.lower(host)
    host_instance = builder.core_inline_exports([("global", Sort.CORE_FUNC, told)])
    globals = [
        (str(number), Sort.CORE_GLOBAL, builder.alias_core_export(place.instance, place.name, Sort.CORE_GLOBAL))
        for number, place in enumerate(places)
    ]
    made = builder.core_instantiate(
        builder.core_module(global_accessor([place.type for place in places])),
        [("host", host_instance), (GLOBALS, builder.core_inline_exports(globals))],
    )
    return _export_dump(builder, made, f"{PREFIX}dump-globals", None)


def _export_dump(builder: ComponentBuilder, instance: int, name: str, result: PrimValType | None) -> str:
    core = builder.alias_core_export(instance, "dump", Sort.CORE_FUNC)
    builder.export(name, Sort.FUNC, builder.lift(core, builder.type(FuncType((), result))))
    return name
