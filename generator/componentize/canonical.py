"""Canonical definitions with their indices: lowered functions, built-ins, lifted functions (Explainer.md,
"Canonical Definitions")."""

from __future__ import annotations

from generator.canonical.flatten import AsyncAbi
from generator.component.canon import BuiltinOp, CanonOptions, StringEncoding
from generator.component.types import FutureType, StreamType
from generator.componentize.core_exports import LiftedFunction
from generator.componentize.core_instances import CoreInstances
from generator.componentize.definitions import (
    CopyBuiltin,
    CoreImport,
    LoweredFunction,
    NewThread,
    PlainBuiltin,
    ResourceBuiltin,
    TaskReturn,
)
from generator.componentize.entries import ShimEntries
from generator.componentize.errors import ComponentizeError
from generator.componentize.options import NeededOptions
from generator.componentize.plan import CoreExport, PlanModule
from generator.componentize.root_types import RootTypes
from generator.componentize.threads import TABLE, THREAD_START
from generator.componentize.world_imports import WorldImports
from generator.resolved.instances import InterfaceInstance

_WITH_OPTIONS = (BuiltinOp.ERROR_CONTEXT_NEW, BuiltinOp.ERROR_CONTEXT_DEBUG_MESSAGE)


def required_exports(
    where: str, needs: NeededOptions, memory: CoreExport | None, realloc: CoreExport | None
) -> list[CoreExport]:
    """The core exports that canonical options with these needs refer to. Raises ComponentizeError if one is missing."""
    found = []
    for needed, export, what in (
        (needs.memory, memory, "`memory`"),
        (needs.realloc, realloc, "`cabi_realloc` (or `cm32p2_realloc`)"),
    ):
        if needed:
            if export is None:
                raise ComponentizeError(f"{where} needs {what} for values in memory, but no module exports it")
            found.append(export)
    return found


class CanonicalDefinitions:
    def __init__(self, root: RootTypes, imports: WorldImports, instances: CoreInstances, entries: ShimEntries) -> None:
        self._root = root
        self._builder = root.builder
        self._imports = imports
        self._instances = instances
        self._entries = entries

    def _options(
        self,
        needs: NeededOptions,
        encoding: StringEncoding,
        memory: CoreExport | None,
        realloc: CoreExport | None,
        is_async: bool = False,
    ) -> CanonOptions:
        return CanonOptions(
            encoding if needs.string_encoding else None,
            self._instances.alias(memory) if needs.memory and memory is not None else None,
            self._entries.index(realloc) if needs.realloc and realloc is not None else None,
            is_async=is_async,
        )

    @staticmethod
    def table_of(where: str, module: PlanModule) -> CoreExport:
        """The table for the start functions of a module's threads. Raises ComponentizeError if there is none."""
        if module.options.table is None:
            raise ComponentizeError(f"{where} needs the table `{TABLE}`, but no module exports it")
        return module.options.table

    def core_function(self, item: CoreImport, module: PlanModule) -> int:
        """Define the imports of `module`. The exports that it needs must exist."""
        options = self._options(item.needs, item.encoding, module.options.memory, module.options.import_realloc)
        match item.meaning:
            case LoweredFunction(home, function, abi):
                if abi is not AsyncAbi.SYNC:
                    options = CanonOptions(options.string_encoding, options.memory, options.realloc, is_async=True)
                return self._builder.lower(self._imports.function(home, function), options)
            case ResourceBuiltin(op, home, resource):
                return self._builder.builtin(op, self._root.type_index(home, resource))
            case TaskReturn(home, function):
                result = None if function.result is None else self._root.value_type(home, function.result)
                return self._builder.builtin(BuiltinOp.TASK_RETURN, result, options)
            case PlainBuiltin(op, immediates):
                if op in _WITH_OPTIONS:
                    return self._builder.builtin(op, *immediates, options)
                last = () if options.memory is None else (options.memory,)
                return self._builder.builtin(op, *immediates, *last)
            case CopyBuiltin() as copy:
                return self._copy(copy, options)
            case NewThread():
                assert module.options.table is not None, "it has been asked for before"
                table = self._instances.alias(module.options.table)
                return self._builder.builtin(
                    BuiltinOp.THREAD_NEW_INDIRECT, self._builder.core_type(THREAD_START), table
                )

    def _copy(self, copy: CopyBuiltin, options: CanonOptions) -> int:
        if copy.type is not None:
            type = self._root.type_index(copy.home, copy.type)
        else:
            stream = copy.op.text.startswith("stream")
            type = self._root.stream_or_future(StreamType(None) if stream else FutureType(None))
        if options.memory is not None:
            options = CanonOptions(options.string_encoding, options.memory, options.realloc, is_async=copy.is_async)
            return self._builder.builtin(copy.op, type, options)
        if "cancel" in copy.op.text:
            return self._builder.builtin(copy.op, type, copy.is_async)
        return self._builder.builtin(copy.op, type)

    def lift(self, lifted: LiftedFunction, home: InterfaceInstance) -> int:
        """A component function made of the core function that a module exports."""
        module = lifted.module
        where = f"module `{module.name}`: export `{lifted.core_name}`"
        realloc = module.options.export_realloc
        required_exports(where, lifted.needs, module.options.memory, realloc)
        options = self._options(lifted.needs, lifted.encoding, module.options.memory, realloc)
        core = self._entries.index(CoreExport(module.name, lifted.core_name))
        type = self._root.func_type(home, lifted.function)
        post_return, callback = (
            None if name is None else self._entries.index(CoreExport(module.name, name))
            for name in (lifted.post_return, lifted.callback)
        )
        full = CanonOptions(
            options.string_encoding,
            options.memory,
            options.realloc,
            post_return,
            lifted.async_abi is not AsyncAbi.SYNC,
            callback,
        )
        return self._builder.lift(core, type, full)
