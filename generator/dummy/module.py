"""A core module with every import and export of a world that traps when it is called."""

from __future__ import annotations

from collections.abc import Iterator

from generator.canonical.flatten import Context, Flattening
from generator.canonical.names import Intrinsic
from generator.dummy.schemes import NameScheme
from generator.errors import GeneratorError
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceItem,
    Resolve,
    TypeItem,
    WorldId,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import Resource, TypeId
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Op
from generator.wasm.types import ExternKind, FuncType, Limits, MemoryType, ValType

_I32 = ValType.I32
_HANDLE_TO_NOTHING = FuncType((_I32,))
_INTRINSIC_TYPES = {
    Intrinsic.DROP: _HANDLE_TO_NOTHING,
    Intrinsic.NEW: FuncType((_I32,), (_I32,)),
    Intrinsic.REP: FuncType((_I32,), (_I32,)),
}
_REALLOC = FuncType((_I32,) * 4, (_I32,))


def dummy_module(resolve: Resolve, world: WorldId, names: NameScheme) -> bytes:
    """The module's binary. Async functions are imported and exported with the synchronous ABI."""
    return DummyModule(resolve, world, names).build()


class DummyModule:
    def __init__(self, resolve: Resolve, world: WorldId, names: NameScheme) -> None:
        self._resolve = resolve
        self._world = resolve.worlds[world]
        self._names = names
        self._flattening = Flattening(resolve)
        self._module = ModuleBuilder()
        self._exported: set[str] = set()

    def build(self) -> bytes:
        for key, item in self._world.imports.items():
            self._import_item(key, item)
        self._import_rest()
        for key, _, resources in self._interfaces(self._world.exports):
            for resource in resources:
                for intrinsic in Intrinsic:
                    self._import_resource(key, resource, intrinsic, exported=True)
        for item in self._world.exports.values():
            if isinstance(item, FunctionItem):
                self._export(None, item.function)
        for key, functions, resources in self._interfaces(self._world.exports):
            for function in functions:
                self._export(key, function)
            for resource in resources:
                self._function(self._names.dtor(self._resolve, key, resource), _HANDLE_TO_NOTHING, traps=False)
        memory = self._module.add_memory(MemoryType(Limits(0)))
        self._module.export(self._names.memory, ExternKind.MEMORY, memory)
        self._function(self._names.realloc, _REALLOC, traps=True)
        self._function(self._names.initialize, FuncType(()), traps=False)
        return self._module.encode()

    def _import_rest(self) -> None:
        """Built-ins that belong to no import of the world."""

    def _interfaces(self, items: dict[WorldKey, WorldItem]) -> Iterator[tuple[WorldKey, list[Function], list[TypeId]]]:
        """The interfaces among a world's items, each with its functions and resources."""
        for key, item in items.items():
            if isinstance(item, InterfaceItem):
                interface = self._resolve.interfaces[item.id]
                resources = [id for id in interface.types.values() if self._is_resource(id)]
                yield key, list(interface.functions.values()), resources

    def _is_resource(self, id: TypeId) -> bool:
        return isinstance(self._resolve.types[id].kind, Resource)

    def _import_item(self, key: WorldKey, item: WorldItem) -> None:
        if isinstance(item, FunctionItem):
            self.import_function(None, item.function)
        elif isinstance(item, TypeItem):
            if self._is_resource(item.id):
                self._import_resource(None, item.id, Intrinsic.DROP, exported=False)
        else:
            for _, functions, resources in self._interfaces({key: item}):
                for function in functions:
                    self.import_function(key, function)
                for resource in resources:
                    self._import_resource(key, resource, Intrinsic.DROP, exported=False)

    def import_function(self, key: WorldKey | None, function: Function) -> None:
        """A function that the module imports, under the names of its scheme."""
        module, name = self._names.import_function(self._resolve, key, function)
        self._module.import_function(module, name, self._flattening.flatten_functype(function, Context.LOWER).type)

    def _import_resource(self, key: WorldKey | None, resource: TypeId, intrinsic: Intrinsic, *, exported: bool) -> None:
        module, name = self._names.import_resource(self._resolve, key, resource, intrinsic, exported)
        self._module.import_function(module, name, _INTRINSIC_TYPES[intrinsic])

    def _export(self, key: WorldKey | None, function: Function) -> None:
        type = self._flattening.flatten_functype(function, Context.LIFT).type
        self._function(self._names.export_function(self._resolve, key, function), type, traps=True)
        post_return = self._names.post_return(self._resolve, key, function)
        self._function(post_return, FuncType(type.results), traps=False)

    def _function(self, name: str, type: FuncType, *, traps: bool) -> None:
        """Define and export a function that traps, or does nothing and has no results.

        Raises GeneratorError for a name that is already exported: standard names contain only a part of the version.
        """
        if name in self._exported:
            hint = "the names of compatible versions are the same; `--dummy-names legacy` distinguishes them"
            raise GeneratorError(f"two functions of the core module would have the name `{name}`: {hint}")
        self._exported.add(name)
        code = Code(len(type.params))
        if traps:
            code.op(Op.UNREACHABLE)
        self._module.export(name, ExternKind.FUNC, self._module.add_function(type, code.body()))
