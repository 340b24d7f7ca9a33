"""Libraries into a plan: the main module, stubs, adapters, the libraries, the init module, and where each import comes
from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.adapt.reduce import GROW, STACK_SIZE
from generator.componentize.plan import (
    CanonicalOptions,
    CoreExport,
    EncodingPlan,
    ImportModule,
    PlanModule,
    SynthesizedInstance,
    WholeInstance,
)
from generator.componentize.task_hooks import CoreCall, choose, surrounded
from generator.componentize.threads import GET_TLS_BASE, SET_TLS_BASE
from generator.link import libdl, names
from generator.link.adapting import adapter_module, adapter_module_name, use_adapters
from generator.link.allocators import Allocators
from generator.link.dl_table import build_dl_table, openable_functions
from generator.link.hooks import find_task_hooks
from generator.link.init_module import INIT, AddressToSet, Initialization, build_init_module
from generator.link.layout import STACK_ALIGNMENT, MemoryLayout, align, lay_out
from generator.link.library import Library, read_library
from generator.link.main_module import (
    MAIN,
    NULL,
    build_main_module,
    function_address_export,
    memory_address_export,
    memory_base_export,
    table_base_export,
    trampoline_export,
)
from generator.link.options import LinkOptions
from generator.link.selection import SelectedLibraries, select
from generator.link.stubs_module import build_stubs_module, stub_export
from generator.link.symbols import STUBS, FunctionSymbol
from generator.link.tls import thread_local, tls_export
from generator.link.worlds import Warn, ignore, warn_of_lost_imports
from generator.wasm.decode import DecodedModule
from generator.wasm.types import ExternKind

_NO_OPTIONS = CanonicalOptions(None, None, None)


def plan_link(
    libraries: Sequence[Library],
    options: LinkOptions,
    *,
    debug_names: bool = True,
    legacy_names: bool = True,
    warn: Warn = ignore,
) -> EncodingPlan:
    """The first library that exports a symbol defines it. Raises LinkError.

    `debug_names`: the linker's own modules have name sections, and libraries the names under which they are linked (as
    in the reference). `legacy_names`: names beside those of the standard scheme have a meaning in the component, too;
    symbols between libraries have no scheme.
    """
    if options.built_in_libdl:
        libraries = [*libraries, read_library(libdl.NAME, libdl.build_libdl())]
    selection = select(
        libraries,
        stub_missing_functions=options.stub_missing_functions,
        several_worlds=options.several_worlds,
    )
    warn_of_lost_imports(selection.dropped, warn)
    return Linking(selection, options, debug_names, legacy_names).plan()


class Linking:
    """The steps from libraries to a plan for `componentize`."""

    def __init__(
        self, selection: SelectedLibraries, options: LinkOptions, debug_names: bool, legacy_names: bool = True
    ) -> None:
        self.selection = selection
        self.legacy_names = legacy_names
        self.debug_names = debug_names
        self.task_hooks = find_task_hooks(selection.by_priority) if legacy_names else {}
        self.allocators = Allocators(selection, legacy_names)
        self.stubs: dict[FunctionSymbol, None] = {}
        self.trampolines: dict[FunctionSymbol, None] = {}
        self.function_addresses: dict[FunctionSymbol, None] = {}
        self.adapters = use_adapters(
            options.adapters, selection, self.allocators.shared, via_memory_grow=options.realloc_via_memory_grow
        )
        for use in self.adapters:  # before all libraries
            called = [function for function in use.of_libraries.values() if function.library != MAIN]
            self.trampolines.update(dict.fromkeys(called))
        self.memory_addresses: dict[str, str | None] = {}
        """Symbol to library that defines it; None for the linker's own."""
        for library in selection.in_order:
            self._collect(library)
        openable = dict.fromkeys(openable_functions(selection.in_order))
        slots = {**self.function_addresses, **self.trampolines, **openable}
        has_table = bool(openable) or names.LIBDL_LIBRARIES in self.memory_addresses
        size = len(build_dl_table(selection.in_order, 0, lambda function: 0).contents) if has_table else 0
        tls_place = align(size, STACK_ALIGNMENT)
        tls = thread_local(selection.in_order, tls_place)
        size = size if tls is None else tls_place + tls.size
        self.adapter_stacks = align(size, STACK_ALIGNMENT)
        """Their beginning in the reserved memory."""
        reserved = self.adapter_stacks + STACK_SIZE * len(self.adapters) if self.adapters else size
        memories = [(use.adapter.name, type.limits) for use in self.adapters for type in use.adapter.module.memories]
        self.layout: MemoryLayout = lay_out(selection.in_order, slots, options.stack_size, reserved, memories)
        base, places = self.layout.reserved_base, self.layout.slots
        self.tls = None if tls is None else replace(tls, base=base + tls.base)
        self.dl_table = build_dl_table(selection.in_order, base, places.__getitem__) if has_table else None

    def _collect(self, library: Library) -> None:
        bindings = self.selection.bindings[library.name]
        addresses = [function for function in bindings.function_addresses.values() if function is not None]
        self.function_addresses.update(dict.fromkeys(addresses))
        called = list(bindings.functions.values())
        realloc = self.allocators.for_imports[library.name]
        if realloc is not None and library.contents.imports_wit:
            called.append(realloc)
        late = [function for function in called if not self.selection.exists_before(function, library.name)]
        self.trampolines.update(dict.fromkeys(late))
        self.stubs.update(dict.fromkeys([function for function in (*called, *addresses) if function.library == STUBS]))
        own = [symbol for symbol in library.contents.memory_addresses if symbol in names.LINKER_ADDRESSES]
        self.memory_addresses.update(dict.fromkeys(own))
        self.memory_addresses.update({symbol: at for symbol, at in bindings.memory_addresses.items() if at is not None})

    def plan(self) -> EncodingPlan:
        modules = [self._main()]
        if self.stubs:
            modules.append(
                PlanModule(STUBS, DecodedModule(build_stubs_module(self.stubs, self.debug_names)), {}, _NO_OPTIONS)
            )
        modules += self._adapters()
        modules += [self._library(library) for library in self.selection.in_order]
        initialization = self.initialization()
        if not initialization.is_empty:
            binary, needed = build_init_module(initialization, self.layout, self.debug_names)
            imports = {item.module: WholeInstance(item.module) for item in needed}
            modules.append(PlanModule(INIT, DecodedModule(binary), imports, _NO_OPTIONS, after_fixup=True))
        priority = [library.name for library in self.selection.by_priority]
        return EncodingPlan(tuple(modules), (*priority, *[use.module_name for use in self.adapters]), self.task_hooks)

    def _main(self) -> PlanModule:
        layout = self.layout
        own = {
            names.HEAP_BASE: layout.heap_base,
            names.HEAP_END: layout.heap_end,
            names.STACK_HIGH: layout.stack_size,
            names.STACK_LOW: 0,
            names.LIBDL_LIBRARIES: layout.reserved_base,
            names.PROGRAM_TLS_INFO: 0 if self.tls is None else self.tls.program_info,
        }
        used = {name for library in self.selection.in_order for name in library.contents.env_globals}
        binary = build_main_module(
            layout,
            env_globals=[name for name in names.ENV_GLOBALS if name in used and name not in _BASES],
            memory_addresses={symbol: own.get(symbol, 0) for symbol in self.memory_addresses},
            function_addresses=self.function_addresses,
            trampolines=self.trampolines,
            tls=self.tls,
            grow=any(function.name == GROW for use in self.adapters for function in use.of_libraries.values()),
            debug_names=self.debug_names,
        )
        return PlanModule(MAIN, DecodedModule(binary), {}, _NO_OPTIONS)

    def _adapters(self) -> list[PlanModule]:
        modules, layout = [], self.layout
        stack = layout.reserved_base + self.adapter_stacks
        shared = self.allocators.shared
        realloc = None if shared is None else _direct(shared)
        for use in self.adapters:
            stack += STACK_SIZE
            of_libraries = {
                name: CoreExport(MAIN, GROW if function.library == MAIN else trampoline_export(layout.slots[function]))
                for name, function in use.of_libraries.items()
            }
            modules.append(adapter_module(use, stack, of_libraries, realloc))
        return modules

    def _library(self, library: Library) -> PlanModule:
        modules = {
            names.ENV: self._env(library),
            names.GOT_MEM: self._memory_addresses(library),
            names.GOT_FUNC: self._function_addresses(library),
        }
        imports: dict[str, ImportModule] = {
            module: SynthesizedInstance(items) for module, items in modules.items() if items
        }
        contents = library.contents
        used = {item.module for item in contents.module.imports}
        imports.update(
            {
                use.adapter.name: WholeInstance(adapter_module_name(use.adapter.name))
                for use in self.adapters
                if use.adapter.name in used
            }
        )
        module = contents.module.named(library.name) if self.debug_names else contents.module
        return PlanModule(library.name, module, imports, self.canonical_options(library), contents.component_types)

    def _env(self, library: Library) -> Mapping[str, CoreExport]:
        contents, bindings = library.contents, self.selection.bindings[library.name]
        items: dict[str, CoreExport] = {}
        if contents.memory is not None:
            items[names.MEMORY] = CoreExport(MAIN, names.MEMORY, ExternKind.MEMORY)
        if contents.table is not None:
            items[names.TABLE] = CoreExport(MAIN, names.TABLE, ExternKind.TABLE)
        for name in contents.env_globals:
            export = _BASES[name](library.name) if name in _BASES else name
            items[name] = CoreExport(MAIN, export, ExternKind.GLOBAL)
        for name, function in bindings.functions.items():
            items[name] = self._callable(function, library.name)
        for name, exporter in bindings.tags.items():
            items[name] = CoreExport(exporter, name, ExternKind.TAG)
        if contents.imports_tls:
            used = {item.name for item in contents.module.imports if item.module == names.ENV}
            functions = [name for name in (GET_TLS_BASE, SET_TLS_BASE) if name in used]
            items |= {name: CoreExport(MAIN, tls_export(library.name, name)) for name in functions}
        return items

    def _memory_addresses(self, library: Library) -> Mapping[str, CoreExport]:
        bindings = self.selection.bindings[library.name].memory_addresses
        return {
            symbol: _address(NULL if bindings.get(symbol, "") is None else memory_address_export(symbol))
            for symbol in library.contents.memory_addresses
        }

    def _function_addresses(self, library: Library) -> Mapping[str, CoreExport]:
        bindings = self.selection.bindings[library.name].function_addresses
        return {
            symbol: _address(NULL if function is None else function_address_export(self.layout.slots[function]))
            for symbol, function in bindings.items()
        }

    def canonical_options(self, library: Library) -> CanonicalOptions:
        """The library whose `cabi_realloc` serves this library's imports and exports."""
        for_imports = self.allocators.for_imports[library.name]
        for_exports = self.allocators.for_exports(library)
        return CanonicalOptions(
            memory=CoreExport(MAIN, names.MEMORY, ExternKind.MEMORY),
            import_realloc=None if for_imports is None else self._callable(for_imports, library.name),
            export_realloc=None if for_exports is None else _direct(for_exports),
            table=CoreExport(MAIN, names.TABLE, ExternKind.TABLE),
        )

    def _callable(self, function: FunctionSymbol, importer: str) -> CoreExport:
        """The function itself where it exists before the importer, else its trampoline, if there is one."""
        if function in self.trampolines and not self.selection.exists_before(function, importer):
            return CoreExport(MAIN, trampoline_export(self.layout.slots[function]))
        return _direct(function)

    def initialization(self) -> Initialization:
        """The actions of the init module before any call of a function of the component."""
        in_order, layout = self.selection.in_order, self.layout
        addresses = [
            AddressToSet(_address(memory_address_export(symbol)), *self._data(library, symbol))
            for symbol, library in self.memory_addresses.items()
            if library is not None
        ]
        if self.tls is not None:
            addresses += [
                AddressToSet(self.tls.description(name), *self._data(name, names.LIBRARY_TLS_INFO))
                for name in self.tls.libraries
            ]
        if self.dl_table is not None:
            entries = self.dl_table.data_symbols
            addresses += [AddressToSet(entry.place, *self._data(entry.library, entry.symbol)) for entry in entries]
        return Initialization(
            first_slot=layout.first_slot,
            slots=[(_direct(function), function.type) for function in layout.slots],
            addresses=addresses,
            dl_table=self.dl_table,
            calls=[
                *map(CoreCall, initial_calls(in_order, names.APPLY_DATA_RELOCS)),
                *surrounded(
                    map(CoreCall, initial_calls(in_order, names.CALL_CTORS, names.INITIALIZE)), choose(self.task_hooks)
                ),
            ],
        )

    def _data(self, library: str, symbol: str) -> tuple[int, CoreExport]:
        """The base that the address of data counts from, and its offset."""
        return self.layout.memory_bases[library], CoreExport(library, symbol, ExternKind.GLOBAL)


_BASES = {names.MEMORY_BASE: memory_base_export, names.TABLE_BASE: table_base_export}


def _address(export: str) -> CoreExport:
    return CoreExport(MAIN, export, ExternKind.GLOBAL)


def _direct(function: FunctionSymbol) -> CoreExport:
    return CoreExport(function.library, stub_export(function) if function.library == STUBS else function.name)


def initial_calls(libraries: Iterable[Library], *functions: str) -> Iterable[CoreExport]:
    """The exports with these names, library by library."""
    for library in libraries:
        for name in functions:
            if name in library.contents.lifecycle:
                yield CoreExport(library.name, name)
