"""The plan's modules in the component: defined, instantiated, their exports aliased (Explainer.md, "Instance
Definitions" and "Alias Definitions")."""

from __future__ import annotations

from generator.component.builder import ComponentBuilder
from generator.component.types import Sort
from generator.componentize.errors import ComponentizeError
from generator.componentize.plan import (
    CoreExport,
    EncodingPlan,
    LateInstance,
    PlanModule,
    SynthesizedInstance,
    WholeInstance,
)
from generator.wasm.types import ExternKind

CORE_SORTS = {
    ExternKind.FUNC: Sort.CORE_FUNC,
    ExternKind.TABLE: Sort.CORE_TABLE,
    ExternKind.MEMORY: Sort.CORE_MEMORY,
    ExternKind.GLOBAL: Sort.CORE_GLOBAL,
    ExternKind.TAG: Sort.CORE_TAG,
}

Exports = list[tuple[str, Sort, int]]


class CoreInstances:
    """Core instances by the name of their module."""

    def __init__(self, plan: EncodingPlan, builder: ComponentBuilder) -> None:
        self._builder = builder
        self._modules: dict[str, int] = {}
        self._instances: dict[str, int] = {}
        self._aliases: dict[tuple[int, str, ExternKind], int] = {}
        for module in plan.modules:
            self._modules[module.name] = builder.core_module(module.module.binary)
            builder.set_name(Sort.CORE_MODULE, self._modules[module.name], module.name)

    def alias(self, export: CoreExport) -> int:
        """The index of an export of an instance that exists."""
        instance = self._instances.get(export.module)
        if instance is None:
            raise ComponentizeError(f"`{export.name}` of module `{export.module}` is used before that is instantiated")
        return self.alias_of(instance, export.name, export.kind)

    def alias_of(self, instance: int, name: str, kind: ExternKind = ExternKind.FUNC) -> int:
        index = self._aliases.get((instance, name, kind))
        if index is None:
            index = self._builder.alias_core_export(instance, name, CORE_SORTS[kind])
            self._aliases[instance, name, kind] = index
        return index

    def instantiate(self, module: PlanModule, wit: dict[str, Exports]) -> None:
        """Instantiate a module of the plan. `wit`: the contents of its import modules that are not instances yet."""
        args: list[tuple[str, int]] = []
        for namespace in dict.fromkeys(item.module for item in module.module.imports):
            match module.imports.get(namespace):
                case WholeInstance(name):
                    args.append((namespace, self._instances[name]))
                case SynthesizedInstance(items):
                    exports = [(field, CORE_SORTS[item.kind], self.alias(item)) for field, item in items.items()]
                    args.append((namespace, self._builder.core_inline_exports([*exports, *wit.get(namespace, ())])))
                case LateInstance() | None:
                    args.append((namespace, self._builder.core_inline_exports(wit[namespace])))
        index = self._builder.core_instantiate(self._modules[module.name], args)
        self._builder.set_name(Sort.CORE_INSTANCE, index, module.name)
        self._instances[module.name] = index
