"""One core module, as a compiler or `component embed` left it, as a plan (`component new`)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.canonical.names import INITIALIZE, MEMORY, REALLOC
from generator.componentize import standard_names, task_hooks
from generator.componentize.builtins import signature
from generator.componentize.errors import ComponentizeError
from generator.componentize.plan import (
    CanonicalOptions,
    CoreExport,
    ImportModule,
    Plan,
    PlanModule,
    SynthesizedInstance,
)
from generator.componentize.signatures import check_signature
from generator.componentize.unsupported import unsupported
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code
from generator.wasm.decode import DecodedModule
from generator.wasm.types import ExternKind, FuncType, MemoryType
from generator.wit.binary.encode import is_component_type_section

MAIN = "main"
_MEMORY_MODULE = "memory"
_INIT_MODULE = "init"
_REALLOC_TYPE = signature(4, 1)
_REALLOCS = (REALLOC, "canonical_abi_realloc")


def plan_single(module: DecodedModule, *, legacy_names: bool = True) -> Plan:
    """A plan of one module, its memory where it imports one (`env` `memory`), and the call of `_initialize`.

    `legacy_names`: names beside those of the standard scheme mean something, too.

    Raises ComponentizeError for what is not supported, and for special exports (allocators, `_initialize`) of another
    type.
    """
    problem = unsupported(module)
    if problem is not None:
        raise ComponentizeError(f"module `{MAIN}`: {problem}")
    sections = tuple([section for section in module.customs if is_component_type_section(section.name)])
    memory_types = [
        item.desc
        for item in module.imports
        if (item.module, item.name) == ("env", MEMORY) and isinstance(item.desc, MemoryType)
    ]
    modules = []
    imports: dict[str, ImportModule] = {}

    def known(standard: str, *legacy: str) -> tuple[str, ...]:
        return (*legacy, standard) if legacy_names else (standard,)

    memory = _memory(module, *known(standard_names.MEMORY, MEMORY))
    if memory_types:
        memory = CoreExport(_MEMORY_MODULE, MEMORY, ExternKind.MEMORY)
        if any(item.module == "env" and item.name != MEMORY for item in module.imports):
            raise ComponentizeError(f"module `{MAIN}` imports something beside `memory` from `env`: that is for `link`")
        imports["env"] = SynthesizedInstance({MEMORY: memory})
        modules.append(_provider(memory_types[0]))
    options = CanonicalOptions(
        memory,
        _function(module, _REALLOC_TYPE, *known(standard_names.REALLOC, "cabi_import_realloc", *_REALLOCS)),
        _function(module, _REALLOC_TYPE, *known(standard_names.REALLOC, "cabi_export_realloc", *_REALLOCS)),
    )
    stripped = module.without_customs(is_component_type_section)
    modules.append(PlanModule(MAIN, stripped, imports, options, sections))
    hooks = _task_hooks(module) if legacy_names else {}
    initialize = _function(module, FuncType(()), *known(standard_names.INITIALIZE, INITIALIZE))
    if initialize is not None:
        calls = task_hooks.surrounded([task_hooks.Call(initialize)], task_hooks.choose(hooks))
        modules.append(_initializer(calls))
    return Plan(tuple(modules), (MAIN,), hooks)


def _task_hooks(module: DecodedModule) -> dict[str, CoreExport]:
    found = task_hooks.counting(task_hooks.exported_hooks(module))
    for name in found:
        problem = task_hooks.wrong_type(module, name)
        if problem is not None:
            raise ComponentizeError(f"module `{MAIN}`: {problem}")
    return {name: CoreExport(MAIN, name) for name in found}


def _memory(module: DecodedModule, *candidates: str) -> CoreExport | None:
    """The first of these memories that there is."""
    for name in candidates:
        export = module.exports_by_name.get(name)
        if export is not None and export.kind is ExternKind.MEMORY:
            return CoreExport(MAIN, name, ExternKind.MEMORY)
    return None


def _function(module: DecodedModule, expected: FuncType, *candidates: str) -> CoreExport | None:
    """The first of these functions that there is."""
    for name in candidates:
        type = module.export_func_type(name)
        if type is not None:
            check_signature(f"module `{MAIN}`: export `{name}`", expected, type)
            return CoreExport(MAIN, name)
    return None


_NO_OPTIONS = CanonicalOptions(None, None, None)


def _provider(type: MemoryType) -> PlanModule:
    builder = ModuleBuilder()
    builder.export(MEMORY, ExternKind.MEMORY, builder.add_memory(type))
    return PlanModule(_MEMORY_MODULE, DecodedModule(builder.encode()), {}, _NO_OPTIONS)


def _initializer(calls: Sequence[task_hooks.Call]) -> PlanModule:
    """Its start function calls `_initialize`, and hooks about it, when all imports are in place."""
    builder = ModuleBuilder()
    exports = {call.function.name: call.function for call in calls}
    types = {call.function.name: call.type for call in calls}
    indices = {name: builder.import_function("", name, type) for name, type in types.items()}
    code = Code(0)
    for call in calls:
        if call.argument is not None:
            code.i32_const(call.argument)
        code.call(indices[call.function.name])
    builder.module.start = builder.add_function(FuncType(()), code.body())
    imports = {"": SynthesizedInstance(exports)}
    return PlanModule(_INIT_MODULE, DecodedModule(builder.encode()), imports, _NO_OPTIONS, after_fixup=True)
