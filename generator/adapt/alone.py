"""One core module with adapters as a plan (`component new --adapt`). The module is instantiated first, with functions
of the shim in place of the adapters' functions: the adapters use its memory, and functions of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.adapt.adapter import (
    ALLOCATION_STATE,
    ENV,
    EXPORT_REALLOC,
    IMPORT_REALLOC,
    MAIN_MODULE,
    MAIN_REALLOCS,
    REALLOC,
    STACK_POINTER,
    Adapter,
)
from generator.adapt.errors import AdapterError
from generator.adapt.kept import check_names, kept_exports, reached, reached_imports
from generator.adapt.reduce import GROW, ModuleReduction, OwnStack, Reach, reduce
from generator.canonical.names import MEMORY
from generator.canonical.names import REALLOC as CABI_REALLOC
from generator.componentize.plan import (
    CanonicalOptions,
    CoreExport,
    EncodingPlan,
    ImportModule,
    LateInstance,
    PlanModule,
    SynthesizedInstance,
)
from generator.componentize.signatures import show
from generator.componentize.single import MAIN, plan_single
from generator.wasm.decode import DecodedModule
from generator.wasm.module import Import
from generator.wasm.types import FuncIndex, FuncType


def plan_with_adapters(
    module: DecodedModule, adapters: Sequence[Adapter], *, via_memory_grow: bool = False, legacy_names: bool = True
) -> EncodingPlan:
    """A plan of the module and of those adapters from which it imports, or whose world exports something.
    `via_memory_grow`: adapters allocate whole pages, as they do if the module has no allocator. `legacy_names` as in
    `plan_single`. Raises AdapterError for something that an adapter lacks, or that it needs and the module lacks;
    ComponentizeError as `plan_single`."""
    check_names(adapters)
    plan = plan_single(module, legacy_names=legacy_names)
    wanted = {adapter.name: list(dict.fromkeys(_wanted(module, adapter))) for adapter in adapters}
    used = [adapter for adapter in adapters if wanted[adapter.name] or adapter.world_exports]
    if not used:
        return plan
    main = plan.module(MAIN)
    allocator = None if via_memory_grow else _allocator(module)
    added = [
        _Adapted(adapter, wanted[adapter.name], module, main.options.memory, allocator).module() for adapter in used
    ]
    late = {adapter.name: LateInstance(_name(adapter)) for adapter in used}
    main = replace(main, imports={**main.imports, **late})
    before = [main if item.name == MAIN else item for item in plan.modules if not item.after_fixup]
    after = [item for item in plan.modules if item.after_fixup]
    return replace(
        plan, modules=(*before, *added, *after), priority=(*plan.priority, *[_name(adapter) for adapter in used])
    )


def _name(adapter: Adapter) -> str:
    return f"adapter:{adapter.name}"


def _wanted(module: DecodedModule, adapter: Adapter) -> Iterator[str]:
    """The module's imports from an adapter."""
    for item in module.imports:
        if item.module != adapter.name:
            continue
        there = adapter.module.export_func_type(item.name)
        type = module.import_func_type(item) if isinstance(item.desc, FuncIndex) else None
        if type is None or there != type:
            wanted = "something else than a function" if type is None else f"a function {show(type)}"
            has = "lacks" if there is None else f"has as {show(there)}"
            raise AdapterError(
                f"module `{MAIN}` needs `{item.name}`: {wanted}, which the adapter `{adapter.name}` {has}"
            )
        yield item.name


def _allocator(module: DecodedModule) -> str | None:
    return next((name for name in MAIN_REALLOCS if module.export_func_type(name) == REALLOC), None)


class _Adapted:
    """One adapter beside its main module."""

    def __init__(
        self,
        adapter: Adapter,
        wanted: Sequence[str],
        main: DecodedModule,
        memory: CoreExport | None,
        allocator: str | None,
    ) -> None:
        """`allocator`: the main module's allocator, which adapters use."""
        self.adapter = adapter
        self.main = main
        self.memory = memory
        self.allocator = allocator
        self.exports = kept_exports(adapter, wanted)
        self.reach = reached(adapter, self.exports)

    def module(self) -> PlanModule:
        adapter = self.adapter
        reduction = self._reduction()
        binary = DecodedModule(reduce(adapter.module, self.exports, self.reach, reduction))
        imports: dict[str, ImportModule] = {}
        if any(item.module == ENV for item in binary.imports):
            if self.memory is None:
                raise AdapterError(f"adapter `{adapter.name}` needs a memory, and the module `{MAIN}` exports none")
            imports[ENV] = SynthesizedInstance({MEMORY: self.memory})
        of_main = dict(self._of_main(binary))
        if of_main:
            imports[MAIN_MODULE] = SynthesizedInstance(of_main)
        grow = CoreExport(_name(adapter), GROW) if reduction.exports_realloc else None
        realloc = grow if self.allocator is None else CoreExport(MAIN, self.allocator)
        options = CanonicalOptions(
            self.memory, self._own(IMPORT_REALLOC) or realloc, self._own(EXPORT_REALLOC) or realloc
        )
        return PlanModule(_name(adapter), binary, imports, options, adapter.component_types)

    def _own(self, name: str) -> CoreExport | None:
        for candidate in (name, CABI_REALLOC):
            if candidate in self.exports:
                return CoreExport(_name(self.adapter), candidate)
        return None

    def _reduction(self) -> ModuleReduction:
        adapter = self.adapter
        reallocs = [
            index
            for index, item in reached_imports(adapter, self.reach).items()
            if item.module == MAIN_MODULE and item.name in MAIN_REALLOCS and self._type(item) == REALLOC
        ]
        # Code that looks at no state cannot know that it is called by the allocator, before there is a stack.
        state = adapter.variable(ALLOCATION_STATE)
        state = state if state in self.reach.globals else None
        return ModuleReduction(
            _name(adapter),
            realloc=None if self.allocator is None or state is None else (MAIN_MODULE, self.allocator),
            own_reallocs=frozenset(reallocs if self.allocator is None else ()),
            stack=self._stack(state),
            exports_realloc=self.allocator is None and bool(adapter.module.memories) and not adapter.own_reallocs,
        )

    def _stack(self, state: int | None) -> OwnStack | None:
        pointer = self.adapter.variable(STACK_POINTER)
        if pointer is None or pointer not in self.reach.globals:
            return None
        users = [name for name in self.exports if pointer in self._reach_of(name).globals]
        return OwnStack(pointer, state, frozenset(users))

    def _reach_of(self, name: str) -> Reach:
        return reached(self.adapter, [name])

    def _type(self, item: Import) -> FuncType:
        return self.adapter.module.import_func_type(item)

    def _of_main(self, binary: DecodedModule) -> Iterator[tuple[str, CoreExport]]:
        for item in binary.imports:
            if item.module != MAIN_MODULE:
                continue
            type = binary.import_func_type(item)
            if self.allocator is not None and item.name in MAIN_REALLOCS and type == REALLOC:
                yield item.name, CoreExport(MAIN, self.allocator)
                continue
            there = self.main.export_func_type(item.name)
            if there != type:
                has = "lacks" if there is None else f"has as {show(there)}"
                raise AdapterError(
                    f"adapter `{self.adapter.name}` needs `{item.name}`: a function {show(type)}, which the module "
                    f"`{MAIN}` {has}"
                )
            yield item.name, CoreExport(MAIN, item.name)
