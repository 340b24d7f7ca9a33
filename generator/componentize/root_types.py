"""Types in the component's own scope and in the types of the instances that it imports
(Explainer.md, "Type Definitions" and "Alias Definitions")."""

from __future__ import annotations

from generator.component.builder import ComponentBuilder
from generator.component.type_builder import InstanceTypeBuilder
from generator.component.types import ResourceType, Sort, SubResource, TypeEq
from generator.componentize.types import TypeEncoder, extern_name
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import TypeDef
from generator.resolved.types import TypeId


class RootTypes(TypeEncoder):
    """The component's scope. Types of an imported interface, and of an exported one once its instance exists, are
    aliases of the instance's exports. Before that, types of an exported interface are defined without names, for
    lifting its functions."""

    def __init__(self, homes: Instances, builder: ComponentBuilder) -> None:
        super().__init__(homes, builder)
        self.builder = builder
        self.instances: dict[InterfaceInstance, int] = {}

    def elsewhere(self, home: InterfaceInstance, id: TypeId) -> int | None:
        instance = self.instances.get(home)
        if instance is None:
            assert home.exported or home.key is None, f"{self.homes.describe(home)} is needed but was not imported"
            return None
        name = self.resolve.types[id].name
        assert name is not None, "only named types are exported"
        return self.builder.alias_export(instance, name, Sort.TYPE)

    def resource(self, home: InterfaceInstance, definition: TypeDef, id: TypeId) -> int:
        assert home is self.homes.root, "resources of exported interfaces are defined before they are used"
        return self.builder.import_(extern_name(definition), SubResource())

    def give_name(self, home: InterfaceInstance, definition: TypeDef, id: TypeId, index: int) -> int:
        if home is self.homes.root:
            return self.builder.import_(extern_name(definition), TypeEq(index))
        return index

    def define_resource(self, home: InterfaceInstance, id: TypeId, dtor: int | None) -> None:
        """Define a resource of an exported interface; `dtor` is a core function."""
        self.known[home, id] = self.builder.type(ResourceType(dtor))

    def set_exported(self, home: InterfaceInstance, instance: int) -> None:
        """From now on, types of an exported interface are those of its instance."""
        self.instances[home] = instance
        for known in [key for key in self.known if key[0] is home]:
            del self.known[known]


class InstanceTypes(TypeEncoder):
    """The scope of the type of an imported instance. Types of other interfaces are outer aliases."""

    def __init__(self, root: RootTypes, home: InterfaceInstance) -> None:
        self.builder = InstanceTypeBuilder()
        super().__init__(root.homes, self.builder)
        self.root = root
        self.home = home

    def elsewhere(self, home: InterfaceInstance, id: TypeId) -> int | None:
        if home is self.home:
            return None
        return self.builder.alias_outer(1, self.root.type_index(home, id), Sort.TYPE)

    def resource(self, home: InterfaceInstance, definition: TypeDef, id: TypeId) -> int:
        return self.builder.export(extern_name(definition), SubResource())

    def give_name(self, home: InterfaceInstance, definition: TypeDef, id: TypeId, index: int) -> int:
        return self.builder.export(extern_name(definition), TypeEq(index))
