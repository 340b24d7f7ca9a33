"""The shim of a component while it is built: its functions, the time when it exists, the time when it is filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.component.builder import ComponentBuilder
from generator.component.types import Sort
from generator.componentize.core_instances import CORE_SORTS, CoreInstances, Exports
from generator.componentize.definitions import CoreImport
from generator.componentize.plan import CoreExport, PlanModule
from generator.componentize.shim import Shim, ShimFunction, SlotCall
from generator.componentize.task_hooks import NOTHING, Around, CoreCall
from generator.wasm.types import ExternKind, FuncType


@dataclass(frozen=True, slots=True)
class LoweredLate:
    """A definition that needs an instance which is not there yet."""

    item: CoreImport
    module: PlanModule


Target = LoweredLate | CoreExport


class LateFunctions:
    """Functions of the shim: the functions that they call are defined when all instances exist."""

    def __init__(self, builder: ComponentBuilder, instances: CoreInstances, shim: Shim, debug_names: bool) -> None:
        self._builder = builder
        self._kind = shim
        self._instances = instances
        self._debug_names = debug_names
        self._functions: list[ShimFunction] = []
        self._targets: list[Target] = []
        self._called: dict[CoreExport, int] = {}
        self._shim: int | None = None

    def __bool__(self) -> bool:
        return bool(self._functions)

    def add(self, target: Target, type: FuncType, name: str, around: Around = NOTHING) -> int:
        """The number of a function that calls the target. `around`: its additional calls."""
        before, after, paused = map(self._slot_call, (around.before, around.after, around.paused))
        return self._add(target, ShimFunction(type, name, before, after, paused))

    def _add(self, target: Target, function: ShimFunction) -> int:
        self._functions.append(function)
        self._targets.append(target)
        return len(self._functions) - 1

    def _slot_call(self, call: CoreCall | None) -> SlotCall | None:
        if call is None:
            return None
        slot = self._called.get(call.function)
        if slot is None:
            slot = self._called[call.function] = self._add(call.function, ShimFunction(call.type, call.function.name))
        return SlotCall(slot, call.argument)

    def instantiate(self) -> None:
        """Before the first function is used. Nothing can be added behind this."""
        module = self._builder.core_module(self._kind.module(self._functions, self._debug_names))
        self._shim = self._builder.core_instantiate(module)
        self._builder.set_name(Sort.CORE_MODULE, module, "shim")
        self._builder.set_name(Sort.CORE_INSTANCE, self._shim, "shim")

    def function(self, number: int) -> int:
        """The index of a function of the shim."""
        return self._export(str(number), ExternKind.FUNC)

    def _export(self, name: str, kind: ExternKind) -> int:
        assert self._shim is not None, "the shim is used before it is instantiated"
        return self._instances.alias_of(self._shim, name, kind)

    def fill(self, define: Callable[[CoreImport, PlanModule], int]) -> None:
        """All instances exist: define the late functions, and put everything into the table."""
        functions: Exports = []
        for number, target in enumerate(self._targets):
            if isinstance(target, CoreExport):
                index = self._instances.alias(target)
            else:
                index = define(target.item, target.module)
            functions.append((str(number), Sort.CORE_FUNC, index))
        places = [
            (name, CORE_SORTS[kind], self._export(name, kind)) for name, kind in self._kind.places(len(functions))
        ]
        types = [function.type for function in self._functions]
        module = self._builder.core_module(self._kind.fixup(types, self._debug_names))
        arguments = self._builder.core_inline_exports([*places, *functions])
        instance = self._builder.core_instantiate(module, [("", arguments)])
        self._builder.set_name(Sort.CORE_MODULE, module, "fixup")
        self._builder.set_name(Sort.CORE_INSTANCE, instance, "fixup")
