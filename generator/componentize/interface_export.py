"""An exported interface as an instance (Explainer.md, "Import and Export Definitions": the type of an export mentions
only types that are exported before). Lifted functions have types that mention no exported names. A nested component
imports the functions and every named type they need, and exports them again with types that mention the exported names;
the component exports its instance. Thus a resource stays the one that the outer component defined."""

from __future__ import annotations

from collections.abc import Sequence

from generator.component.builder import ComponentBuilder
from generator.component.types import Sort, SubResource, TypedExtern, TypeEq
from generator.componentize.root_types import RootTypes
from generator.componentize.types import TypeEncoder, extern_name
from generator.resolved.instances import InterfaceInstance
from generator.resolved.model import Function, TypeDef
from generator.resolved.types import Resource, TypeId

Argument = tuple[str, Sort, int]


class _ImportedTypes(TypeEncoder):
    """The nested component before its exports: every named type is imported, equal to that of the outer component."""

    def __init__(self, root: RootTypes, builder: ComponentBuilder) -> None:
        super().__init__(root.homes, builder)
        self.root = root
        self.builder = builder
        self.arguments: list[Argument] = []

    def elsewhere(self, home: InterfaceInstance, id: TypeId) -> int | None:
        return None

    def resource(self, home: InterfaceInstance, definition: TypeDef, id: TypeId) -> int:
        return self.builder.import_(self._argument(home, id), SubResource())

    def give_name(self, home: InterfaceInstance, definition: TypeDef, id: TypeId, index: int) -> int:
        return self.builder.import_(self._argument(home, id), TypeEq(index))

    def _argument(self, home: InterfaceInstance, id: TypeId) -> str:
        name = f"t{len(self.arguments)}"
        self.arguments.append((name, Sort.TYPE, self.root.type_index(home, id)))
        return name


class _ExportedTypes(TypeEncoder):
    """The nested component's exports: types of the interface under their names, types of other interfaces as they were
    imported."""

    def __init__(self, imported: _ImportedTypes, home: InterfaceInstance) -> None:
        super().__init__(imported.homes, imported.builder)
        self.imported = imported
        self.builder = imported.builder
        self.home = home

    def elsewhere(self, home: InterfaceInstance, id: TypeId) -> int | None:
        return None if home is self.home else self.imported.type_index(home, id)

    def resource(self, home: InterfaceInstance, definition: TypeDef, id: TypeId) -> int:
        return self.builder.export(extern_name(definition), Sort.TYPE, self.imported.type_index(home, id))

    def give_name(self, home: InterfaceInstance, definition: TypeDef, id: TypeId, index: int) -> int:
        return self.builder.export(extern_name(definition), Sort.TYPE, index)


def instance_of_interface(
    root: RootTypes,
    home: InterfaceInstance,
    used: Sequence[tuple[InterfaceInstance, TypeId]],
    functions: Sequence[tuple[Function, int]],
) -> int:
    """The instance of an exported interface. `functions`: each with the index of its lifted function; `used`: the named
    types that they mention, each behind those that it mentions itself."""
    assert home.interface is not None
    interface = root.resolve.interfaces[home.interface]
    builder = ComponentBuilder()
    imported = _ImportedTypes(root, builder)
    for id in interface.types.values():
        if isinstance(root.resolve.types[id].kind, Resource):
            imported.type_index(home, id)
    for type_home, id in used:
        imported.type_index(type_home, id)
    lifted: list[Argument] = []
    for number, (function, index) in enumerate(functions):
        name = f"f{number}"
        builder.import_(name, TypedExtern(Sort.FUNC, imported.func_type(home, function)))
        lifted.append((name, Sort.FUNC, index))
    exported = _ExportedTypes(imported, home)
    for id in interface.types.values():
        exported.type_index(home, id)
    for number, (function, _) in enumerate(functions):
        type = TypedExtern(Sort.FUNC, exported.func_type(home, function))
        builder.export(extern_name(function), Sort.FUNC, number, type)
    component = root.builder.component(builder)
    return root.builder.instantiate(component, [*imported.arguments, *lifted])
