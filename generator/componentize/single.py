"""One core module, as a compiler or `component embed` left it, as a plan (`component new`)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.canonical.names import INITIALIZE, MEMORY, REALLOC
from generator.componentize import standard_names, task_hooks, threads
from generator.componentize.builtins import signature
from generator.componentize.errors import ComponentizeError
from generator.componentize.plan import (
    CanonicalOptions,
    CoreExport,
    EncodingPlan,
    ImportModule,
    PlanModule,
    SynthesizedInstance,
)
from generator.componentize.signatures import check_signature
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, const_i32, const_i64
from generator.wasm.decode import DecodedModule
from generator.wasm.types import ExternKind, FuncIndex, FuncType, GlobalType, MemoryType, ValType
from generator.wit.binary.encode import is_component_type_section

MAIN = "main"
_MEMORY_MODULE = "memory"
_INIT_MODULE = "init"
_TLS_MODULE = "tls"
_REALLOC_TYPE = signature(4, 1)
_REALLOCS = (REALLOC, "canonical_abi_realloc")


def plan_single(module: DecodedModule, *, legacy_names: bool = True) -> EncodingPlan:
    """A plan of one module, of its memory if it imports one (`env` `memory`), and of the call of `_initialize`.
    `legacy_names`: names outside the standard scheme have a meaning, too. Raises ComponentizeError for special exports
    (allocators, `_initialize`) of another type."""
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

    memory = _export(module, ExternKind.MEMORY, *known(standard_names.MEMORY, MEMORY))
    if memory_types:
        memory = CoreExport(_MEMORY_MODULE, MEMORY, ExternKind.MEMORY)
        modules.append(_provider(memory_types[0]))
    provided = {} if memory is None or not memory_types else {MEMORY: memory}
    tls = _thread_local_base(module)
    if tls is not None:
        modules.append(tls)
        provided |= {name: CoreExport(_TLS_MODULE, name) for name in tls.module.exports_by_name}
    if provided:
        imports[threads.ENV] = SynthesizedInstance(provided)
    options = CanonicalOptions(
        memory,
        _function(module, _REALLOC_TYPE, *known(standard_names.REALLOC, "cabi_import_realloc", *_REALLOCS)),
        _function(module, _REALLOC_TYPE, *known(standard_names.REALLOC, "cabi_export_realloc", *_REALLOCS)),
        _export(module, ExternKind.TABLE, threads.TABLE),
    )
    stripped = module.without_customs(is_component_type_section)
    modules.append(PlanModule(MAIN, stripped, imports, options, sections))
    hooks = _task_hooks(module) if legacy_names else {}
    initialize = _function(module, FuncType(()), *known(standard_names.INITIALIZE, INITIALIZE))
    if initialize is not None:
        calls = task_hooks.surrounded([task_hooks.CoreCall(initialize)], task_hooks.choose(hooks))
        modules.append(_initializer(calls))
    return EncodingPlan(tuple(modules), (MAIN,), hooks)


def _task_hooks(module: DecodedModule) -> dict[str, CoreExport]:
    found = task_hooks.counting(task_hooks.exported_hooks(module))
    for name in found:
        problem = task_hooks.wrong_type(module, name)
        if problem is not None:
            raise ComponentizeError(f"module `{MAIN}`: {problem}")
    return {name: CoreExport(MAIN, name) for name in found}


def _export(module: DecodedModule, kind: ExternKind, *candidates: str) -> CoreExport | None:
    """The first of these memories or tables that there is."""
    for name in candidates:
        export = module.exports_by_name.get(name)
        if export is not None and export.kind is kind:
            return CoreExport(MAIN, name, kind)
    return None


def _thread_local_base(module: DecodedModule) -> PlanModule | None:
    """A module with the address of thread-local storage, for a program without threads; with threads, each thread has
    its own address in its context."""
    types = {
        item.name: module.import_func_type(item)
        for item in module.imports
        if item.module == threads.ENV
        and item.name in (threads.GET_TLS_BASE, threads.SET_TLS_BASE)
        and isinstance(item.desc, FuncIndex)
    }
    if not types or threads.makes_threads(module):
        return None
    builder = ModuleBuilder()
    width = next(map(threads.address_type, types.values()))
    base = builder.add_global(GlobalType(width, mutable=True), const_i32(0) if width is ValType.I32 else const_i64(0))
    expected = {threads.GET_TLS_BASE: FuncType((), (width,)), threads.SET_TLS_BASE: FuncType((width,))}
    for name, type in types.items():
        check_signature(f"module `{MAIN}`: import `{threads.ENV}` `{name}`", expected[name], type)
        code = Code(len(type.params))
        if type.params:
            code.local_get(0)
            code.global_set(base)
        else:
            code.global_get(base)
        builder.export(name, ExternKind.FUNC, builder.add_function(type, code.body(), name))
    return PlanModule(_TLS_MODULE, DecodedModule(builder.encode()), {}, _NO_OPTIONS)


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


def _initializer(calls: Sequence[task_hooks.CoreCall]) -> PlanModule:
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
