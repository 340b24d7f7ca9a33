"""The contents of one component: core modules in the order of instantiation, and their wiring.

`generator.link` makes a plan of many modules (a main module with memory and table, the libraries, an init module),
`component new` a plan of one. `generator.componentize.componentize` turns a plan into a component.

The plan contains only the decisions of core linking. The meaning of the other imports and exports (lowered functions,
resource intrinsics, `task.return`, lifts, post-returns) follows from the worlds in the modules' `component_types`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.wasm.decode import DecodedModule
from generator.wasm.module import CustomSection
from generator.wasm.types import ExternKind


@dataclass(frozen=True, slots=True)
class CoreExport:
    """An export of the instance of another module of the plan."""

    module: str
    """`PlanModule.name`; an instance is made once, so that the name also means the instance."""
    name: str
    kind: ExternKind = ExternKind.FUNC


@dataclass(frozen=True, slots=True)
class WholeInstance:
    """The import module is the whole instance of another module."""

    module: str


@dataclass(frozen=True, slots=True)
class SynthesizedInstance:
    """The import module is an instance with exports of several core instances (`env`, `GOT.mem`, ...)."""

    items: Mapping[str, CoreExport]
    """By field name. Other fields that the module imports are built-ins."""


@dataclass(frozen=True, slots=True)
class LateInstance:
    """The import module is the instance of a module that is instantiated later: its imports are functions, which are in
    the shim until then."""

    module: str


ImportModule = WholeInstance | SynthesizedInstance | LateInstance


@dataclass(frozen=True, slots=True)
class CanonicalOptions:
    """The modules whose exports are the canonical ABI's `memory` and `realloc`; absent if nobody exports one. Such a
    module may be instantiated later than the module whose imports are lowered with it (or be that very module): then
    the lowering goes through the shim."""

    memory: CoreExport | None
    import_realloc: CoreExport | None
    """For lowered imports: results are allocated with it."""
    export_realloc: CoreExport | None
    """For lifted exports: parameters are allocated with it."""
    table: CoreExport | None = None
    """The table with the functions that begin new threads."""


@dataclass(frozen=True, slots=True)
class PlanModule:
    """One core module, instantiated once."""

    name: str
    """Unique in the plan; also the debug name."""
    module: DecodedModule
    """The embedded module: `module.binary` no longer holds the `component-type` sections."""
    imports: Mapping[str, ImportModule]
    """By import module name. A module name that is imported and not listed here belongs to WIT: its fields are lowered
    functions or canonical built-ins, as their names say (`$root`, `wasi:...`, `[export]...`)."""
    options: CanonicalOptions
    component_types: tuple[CustomSection, ...] = ()
    """The module's `component-type` sections: its world and its string encoding. Imports of WIT are looked up in the
    module's own worlds; the component's world is the union of all modules' worlds, in the order of instantiation."""
    after_fixup: bool = False
    """Instantiated after the shim's table is filled, so that its start function may run everything (the init module).
    All other modules are instantiated before the first such module."""


@dataclass(frozen=True, slots=True)
class EncodingPlan:
    """Modules in the order of instantiation: imports refer to earlier modules, except by `LateInstance`."""

    modules: tuple[PlanModule, ...]
    priority: tuple[str, ...]
    """Names of the modules that can have the world's exports (core export names such as `a:b/c#f`). A world's exports
    come from the module that carries that world, or else from the first module in this order that has them.
    Post-return, callback and destructor come from the same module as their function or resource."""
    task_hooks: Mapping[str, CoreExport] = field(default_factory=dict)
    """By the names of `generator.componentize.task_hooks`."""

    def module(self, name: str) -> PlanModule:
        """The module of that name. Raises KeyError."""
        for module in self.modules:
            if module.name == name:
                return module
        raise KeyError(name)
