"""The imports of the component: those of the world's imports that its core modules and exports use."""

from __future__ import annotations

from generator.component.types import Sort, TypedExtern
from generator.componentize.extern_names import InterfaceNaming, UniqueNames
from generator.componentize.live import LiveTypes
from generator.componentize.root_types import InstanceTypes, RootTypes
from generator.componentize.types import extern_name
from generator.resolved.instances import InterfaceInstance
from generator.resolved.model import (
    Function,
    FunctionItem,
    InterfaceItem,
    TypeItem,
    World,
)


class WorldImports:
    """Writes the imports, then hands out the imported functions."""

    def __init__(self, root: RootTypes, live: LiveTypes, naming: InterfaceNaming) -> None:
        self._root = root
        self._live = live
        self._naming = naming
        self._names = UniqueNames("import")
        self._functions: dict[tuple[InterfaceInstance, str], int] = {}

    def write(self, world: World, lowered: set[tuple[InterfaceInstance, str]]) -> None:
        """`lowered`: home and name of each function that some module imports. Unused functions, types of interfaces and
        whole interfaces are left out; types of the world itself are not, as in wasm-tools 1.257."""
        for key, item in world.imports.items():
            match item:
                case InterfaceItem():
                    self._interface(self._root.homes.imports[key], item, lowered)
                case TypeItem(id):
                    self._names.claim(extern_name(self._root.resolve.types[id]), self._root.resolve.world_key_name(key))
                    self._root.type_index(self._root.homes.root, id)
                case FunctionItem(function) if (self._root.homes.root, function.name) in lowered:
                    type = TypedExtern(Sort.FUNC, self._root.func_type(self._root.homes.root, function))
                    name = self._names.claim(extern_name(function), function.name)
                    index = self._root.builder.import_(name, type)
                    self._functions[self._root.homes.root, function.name] = index

    def _interface(
        self, home: InterfaceInstance, item: InterfaceItem, lowered: set[tuple[InterfaceInstance, str]]
    ) -> None:
        types = self._live.of(home)
        functions = [
            function
            for name, function in self._root.resolve.interfaces[item.id].functions.items()
            if (home, name) in lowered
        ]
        if not types and not functions:
            return
        scope = InstanceTypes(self._root, home)
        for id in types:
            scope.type_index(home, id)
        for function in functions:
            scope.builder.export(extern_name(function), TypedExtern(Sort.FUNC, scope.func_type(home, function)))
        type = self._root.builder.type(scope.builder.finish())
        assert home.key is not None
        name = self._naming.of(self._root.resolve, home.key, item, exported=False)
        self._names.claim(name, self._root.resolve.world_key_name(home.key))
        instance = self._root.builder.import_(name, TypedExtern(Sort.INSTANCE, type))
        self._root.builder.set_name(Sort.INSTANCE, instance, name.name)
        self._root.instances[home] = instance

    def function(self, home: InterfaceInstance, function: Function) -> int:
        """The index of an imported function."""
        index = self._functions.get((home, function.name))
        if index is None:
            index = self._root.builder.alias_export(self._root.instances[home], function.name, Sort.FUNC)
            self._functions[home, function.name] = index
        return index
