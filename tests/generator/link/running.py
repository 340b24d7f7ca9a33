"""Core linking by hand: instantiates the modules of a plan in wasmtime, each import taken from where the plan says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import wasmtime

from generator.componentize.plan import CoreExport, EncodingPlan, PlanModule, SynthesizedInstance, WholeInstance
from generator.link.library import Library
from generator.link.options import LinkOptions
from generator.link.plan_link import plan_link
from generator.wasm.module import Import
from generator.wasm.types import FuncIndex, ValType

Extern = wasmtime.Func | wasmtime.Global | wasmtime.Table | wasmtime.Memory
Outside = Mapping[tuple[str, str], Callable[..., object]]
"""Functions for what the plan leaves to WIT, by import module and field."""

DEFAULTS = LinkOptions()
_ENGINE = wasmtime.Engine()
_VALUE_TYPES = {
    ValType.I32: wasmtime.ValType.i32,
    ValType.I64: wasmtime.ValType.i64,
    ValType.F32: wasmtime.ValType.f32,
    ValType.F64: wasmtime.ValType.f64,
}


class Running:
    """A program whose modules are all instantiated."""

    def __init__(self, plan: EncodingPlan, outside: Outside | None = None) -> None:
        self.store = wasmtime.Store(_ENGINE)
        self.outside = outside or {}
        self.instances: dict[str, wasmtime.Instance] = {}
        late = False
        for module in plan.modules:
            late = late or module.after_fixup
            assert module.after_fixup == late, "a module before the fixup stands behind one after it"
            externs = [self._extern(module, item) for item in module.module.imports]
            compiled = wasmtime.Module(_ENGINE, module.module.binary)
            self.instances[module.name] = wasmtime.Instance(self.store, compiled, externs)

    def _extern(self, module: PlanModule, item: Import) -> Extern:
        source = module.imports.get(item.module)
        if isinstance(source, WholeInstance):
            return self.export(CoreExport(source.module, item.name))
        if source is not None:
            assert isinstance(source, SynthesizedInstance), "a link has no module that exists later"
            return self.export(source.items[item.name])
        assert isinstance(item.desc, FuncIndex)
        type = module.module.import_func_type(item)
        params = [_VALUE_TYPES[param]() for param in type.params]
        results = [_VALUE_TYPES[result]() for result in type.results]
        return wasmtime.Func(self.store, wasmtime.FuncType(params, results), self.outside[item.module, item.name])

    def export(self, export: CoreExport) -> Extern:
        found = self.instances[export.module].exports(self.store)[export.name]
        assert isinstance(found, Extern)
        return found

    def call(self, module: str, name: str, *arguments: int) -> int:
        function = self.export(CoreExport(module, name))
        assert isinstance(function, wasmtime.Func)
        result = function(self.store, *arguments)
        return result if isinstance(result, int) else 0

    @property
    def memory(self) -> wasmtime.Memory:
        memory = self.export(CoreExport("link:main", "memory"))
        assert isinstance(memory, wasmtime.Memory)
        return memory

    @property
    def table(self) -> wasmtime.Table:
        table = self.export(CoreExport("link:main", "__indirect_function_table"))
        assert isinstance(table, wasmtime.Table)
        return table


def run(*libraries: Library, options: LinkOptions = DEFAULTS) -> Running:
    return Running(plan_link(libraries, options))
