"""Adapters in a link: the functions of the adapters that are needed, and the functions of the libraries that these
need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.adapt.adapter import ALLOCATION_STATE, MAIN_MODULE, MAIN_REALLOCS, REALLOC, STACK_POINTER, Adapter
from generator.adapt.kept import check_names, kept_exports, reached, reached_imports
from generator.adapt.reduce import ALLOCATED, GROW, ModuleReduction, Reach, reduce
from generator.componentize.plan import CanonicalOptions, CoreExport, ImportModule, PlanModule, SynthesizedInstance
from generator.link import names
from generator.link.errors import LinkError
from generator.link.library import Library
from generator.link.main_module import MAIN
from generator.link.selection import SelectedLibraries
from generator.link.symbols import FunctionSymbol, describe
from generator.wasm.code import const_i32
from generator.wasm.decode import DecodedModule
from generator.wasm.module import Import
from generator.wasm.types import ExternKind, FuncType


@dataclass(frozen=True, slots=True)
class AdapterUse:
    adapter: Adapter
    exports: tuple[str, ...]
    """Names of the functions that are kept because somebody uses them."""
    reach: Reach
    of_libraries: Mapping[str, FunctionSymbol]
    """Its imports from `__main_module__`."""
    stack_pointer: int | None
    """The global, if a function that is kept uses it."""

    @property
    def module_name(self) -> str:
        return adapter_module_name(self.adapter.name)


def adapter_module_name(adapter: str) -> str:
    """The name of the adapter's module in the plan; no library may have it."""
    return f"link:adapter:{adapter}"


def use_adapters(
    adapters: Sequence[Adapter], selection: SelectedLibraries, realloc: FunctionSymbol | None, *, via_memory_grow: bool
) -> list[AdapterUse]:
    """The adapters from which a library imports, or whose world exports something; the others are left out.

    `realloc`: the libraries' allocator. Without it, or with `via_memory_grow`, adapters allocate whole pages. Raises
    LinkError for something that an adapter lacks, or that it needs and no library has.
    """
    uses = []
    check_names(adapters)
    for adapter in adapters:
        wanted = list(dict.fromkeys(_wanted(adapter, selection.in_order)))
        if not wanted and not adapter.world_exports:
            continue
        exports = kept_exports(adapter, wanted)
        found = reached(adapter, exports)
        of_libraries = {
            item.name: _of_libraries(adapter, item, selection, None if via_memory_grow else realloc)
            for item in reached_imports(adapter, found).values()
            if item.module == MAIN_MODULE
        }
        stack_pointer = adapter.variable(STACK_POINTER)
        uses.append(
            AdapterUse(adapter, exports, found, of_libraries, stack_pointer if stack_pointer in found.globals else None)
        )
    return uses


def _wanted(adapter: Adapter, libraries: Sequence[Library]) -> Iterator[str]:
    for library in libraries:
        for item in library.contents.module.imports:
            if item.module != adapter.name:
                continue
            type = library.contents.module.import_func_type(item)
            there = adapter.module.export_func_type(item.name)
            if there != type:
                has = "lacks" if there is None else f"has as {describe(there)}"
                raise LinkError(
                    f"`{library.name}` needs `{item.name}`: a function {describe(type)}, which the adapter "
                    f"`{adapter.name}` {has}"
                )
            yield item.name


def _of_libraries(
    adapter: Adapter, item: Import, selection: SelectedLibraries, realloc: FunctionSymbol | None
) -> FunctionSymbol:
    type = adapter.module.import_func_type(item)
    if item.name in MAIN_REALLOCS and type == REALLOC:
        return realloc or FunctionSymbol(MAIN, GROW, REALLOC)
    for library in selection.by_priority:
        contents = library.contents
        if contents.defined_functions.get(item.name) == type or (
            item.name in contents.lifecycle and type == FuncType(())
        ):
            return FunctionSymbol(library.name, item.name, type)
    raise LinkError(
        f"adapter `{adapter.name}` needs `{item.name}`: a function {describe(type)} that no library exports"
    )


def adapter_module(
    use: AdapterUse, stack_top: int, of_libraries: Mapping[str, CoreExport], realloc: CoreExport | None
) -> PlanModule:
    """`stack_top`: where its stack begins, to grow down. `realloc`: the libraries' allocator, where it has none."""
    adapter = use.adapter
    initial: dict[int, bytes] = {}
    if use.stack_pointer is not None:
        initial[use.stack_pointer] = const_i32(stack_top)
    state = adapter.variable(ALLOCATION_STATE)
    if state is not None:
        initial[state] = const_i32(ALLOCATED)
    memory = CoreExport(MAIN, names.MEMORY, ExternKind.MEMORY)
    imports: dict[str, ImportModule] = {names.ENV: SynthesizedInstance({names.MEMORY: memory})}
    if of_libraries:
        imports[MAIN_MODULE] = SynthesizedInstance(of_libraries)

    def own_realloc(*candidates: str) -> CoreExport | None:
        for name in candidates:
            if name in use.exports:
                return CoreExport(use.module_name, name)
        return realloc

    options = CanonicalOptions(
        memory,
        own_realloc(names.CABI_IMPORT_REALLOC, names.CABI_REALLOC),
        own_realloc(names.CABI_EXPORT_REALLOC, names.CABI_REALLOC),
    )
    binary = reduce(adapter.module, use.exports, use.reach, ModuleReduction(use.module_name, initial))
    return PlanModule(use.module_name, DecodedModule(binary), imports, options, adapter.component_types)
