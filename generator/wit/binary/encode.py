"""WIT encoded as component types: packages, and worlds for a `component-type` section (Component Model, WIT.md).

The rules that the specification leaves open (a package's interface as a component type with the interfaces that it uses
as imports; a world as a component type inside a component type; `wit-component-encoding`) come from the output of
wasm-tools, which must be able to read these binaries.
"""

from __future__ import annotations

from dataclasses import replace

from generator.component.builder import ComponentBuilder
from generator.component.canon import StringEncoding
from generator.component.type_builder import ComponentTypeBuilder
from generator.component.types import EncodedType, Sort, TypedExtern
from generator.errors import GeneratorError
from generator.names.component_names import ExternName, canonical_interface_name
from generator.resolved.model import (
    FunctionItem,
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    PackageId,
    Resolve,
    TypeItem,
    WorldId,
    WorldItem,
    WorldKey,
    WorldOwner,
)
from generator.resolved.types import TypeId
from generator.wit.binary.instance_bodies import InstanceBodies, function_name
from generator.wit.binary.package_docs import package_docs_section
from generator.wit.binary.scope import TypeScope

ENCODING_SECTION = "wit-component-encoding"
ENCODING_VERSION = 4
ENCODING_BYTES = {StringEncoding.UTF8: 0, StringEncoding.UTF16: 1, StringEncoding.LATIN1_UTF16: 2}
_SECTION_NAME = "component-type"


def section_name(label: str | None = None) -> str:
    """The name of the custom section with a core module's world; tools look at the part before the colon."""
    return _SECTION_NAME if label is None else f"{_SECTION_NAME}:{label}"


def is_component_type_section(name: str) -> bool:
    """Whether a core module's custom section of this name contains a world (tools look only at the beginning)."""
    return name.startswith(_SECTION_NAME)


def encode_package(resolve: Resolve, package: PackageId, *, canonical_names: bool = False) -> bytes:
    """A WIT package as a component that exports a type for each interface and each world.

    `canonical_names`: versions of interfaces are split into the matched part (`@0.2`) and a suffix (`.1`).
    """
    component = ComponentBuilder()
    entry = resolve.packages[package]
    bodies = InstanceBodies(resolve)
    for name, interface in entry.interfaces.items():
        index = component.type(_interface_type(bodies, interface, canonical_names))
        component.export(name, Sort.TYPE, index)
    for name, world in entry.worlds.items():
        index = component.type(_wrapped_world(resolve, world, canonical_names))
        component.export(name, Sort.TYPE, index)
    component.add(package_docs_section(resolve, package))
    return component.finish()


def encode_world(
    resolve: Resolve, world: WorldId, string_encoding: str = "utf8", *, canonical_names: bool = False
) -> bytes:
    """The contents of a `component-type` section: a world, and the string encoding of the core module.

    `canonical_names`: as in `encode_package`.
    """
    component = ComponentBuilder()
    encoding = ENCODING_BYTES[StringEncoding(string_encoding)]
    component.custom(ENCODING_SECTION, bytes((ENCODING_VERSION, encoding)))
    index = component.type(_wrapped_world(resolve, world, canonical_names))
    component.export(resolve.worlds[world].name, Sort.TYPE, index)
    return component.finish()


def _wrapped_world(resolve: Resolve, world: WorldId, canonical_names: bool) -> EncodedType:
    """A component type that exports the world's component type under the world's full name."""
    outer = ComponentTypeBuilder()
    outer.type(_WorldEncoder(resolve, world, canonical_names).encode())
    outer.export(_world_name(resolve, world), TypedExtern(Sort.COMPONENT, 0))
    return outer.finish()


def _world_name(resolve: Resolve, id: WorldId) -> str:
    world = resolve.worlds[id]
    if world.package is None:
        raise GeneratorError(f"world `{world.name}` belongs to no package and has no binary form")
    package = resolve.packages[world.package].name
    return str(replace(package, name=f"{package.name}/{world.name}"))


def _interface_type(bodies: InstanceBodies, id: InterfaceId, canonical_names: bool) -> EncodedType:
    """A component type that imports the types of all interfaces that `id` uses, and exports `id`."""
    encoder = _InstanceEncoder(bodies, canonical_names)
    for dependency in bodies.dependencies(id):
        type = encoder.instance_type(dependency, with_functions=False)
        encoder.declare_import(encoder.interface_name(dependency), type, dependency)
    type = encoder.instance_type(id)
    encoder.outer.export(encoder.interface_name(id), TypedExtern(Sort.INSTANCE, type))
    return encoder.outer.finish()


class _InstanceEncoder:
    """Instance types in a component type, and the instances whose types later ones use."""

    def __init__(self, bodies: InstanceBodies, canonical_names: bool) -> None:
        self.resolve = bodies.resolve
        self._bodies = bodies
        self._canonical_names = canonical_names
        self.outer = ComponentTypeBuilder()
        self._instances: dict[InterfaceId, int] = {}
        self._aliases: dict[tuple[int, TypeId], int] = {}
        self._names: dict[tuple[str, str], InterfaceId] = {}

    def interface_name(self, id: InterfaceId) -> ExternName:
        """The full name of an interface, with a split version if names must be canonical."""
        name = self.resolve.interface_id(id)
        assert name is not None, "an interface of a package or of a `use` has a name"
        if not self._canonical_names:
            return ExternName(name)
        canonical, suffix = canonical_interface_name(name)
        return ExternName(canonical, version_suffix=suffix)

    def declare_import(self, name: ExternName, type: int, id: InterfaceId, *, label: bool = False) -> None:
        self._claim("import", name, id)
        self._record(id, self.outer.import_(name, TypedExtern(Sort.INSTANCE, type)), label)

    def declare_export(self, name: ExternName, type: int, id: InterfaceId, *, label: bool = False) -> None:
        self._claim("export", name, id)
        self._record(id, self.outer.export(name, TypedExtern(Sort.INSTANCE, type)), label)

    def _claim(self, side: str, name: ExternName, id: InterfaceId) -> None:
        """Names are unique (Explainer.md, "Name Uniqueness"), but parts of versions may be the same."""
        other = self._names.setdefault((side, name.name), id)
        if other != id:
            both = f"`{self.resolve.interface_id(other)}` and `{self.resolve.interface_id(id)}`"
            raise GeneratorError(f"the {side}s {both} would both be called `{name.name}`")

    def _record(self, id: InterfaceId, instance: int, label: bool) -> None:
        """`use` refers to the instance under the interface's own name rather than one with a label, if there are
        both."""
        if label:
            self._instances.setdefault(id, instance)
        else:
            self._instances[id] = instance

    def alias(self, id: TypeId) -> int:
        """The index, in the outer scope, of a type of an existing instance."""
        type = self.resolve.types[id]
        instance = self._instances.get(type.owner.id) if isinstance(type.owner, InterfaceOwner) else None
        if instance is None or type.name is None:
            raise GeneratorError(f"type `{type.name}` is used before its interface is imported or exported")
        key = (instance, id)
        index = self._aliases.get(key)
        if index is None:
            index = self._aliases[key] = self.outer.alias_export(instance, type.name, Sort.TYPE)
        return index

    def instance_type(self, id: InterfaceId, *, with_functions: bool = True) -> int:
        """Define the instance type of an interface in the outer scope."""
        return self.outer.type(self._bodies.body(id, self.alias, with_functions))


class _WorldEncoder(_InstanceEncoder):
    """A world as a component type."""

    def __init__(self, resolve: Resolve, world: WorldId, canonical_names: bool) -> None:
        super().__init__(InstanceBodies(resolve), canonical_names)
        self._world = resolve.worlds[world]
        self._scope = TypeScope(resolve, self.outer, WorldOwner(world), bring_in=self.alias, declare=self.outer.import_)

    def encode(self) -> EncodedType:
        for key, item in self._world.imports.items():
            match item:
                case InterfaceItem(id):
                    name = self._interface_item_name(key, item)
                    self.declare_import(name, self.instance_type(id), id, label=isinstance(key, str))
                case FunctionItem(function):
                    self.outer.import_(function_name(function), self._scope.function(function))
                case TypeItem(type):
                    self._scope.index(type)
        for key, item in self._world.exports.items():
            match item:
                case InterfaceItem(id):
                    name = self._interface_item_name(key, item)
                    self.declare_export(name, self.instance_type(id), id, label=isinstance(key, str))
                case FunctionItem(function):
                    self.outer.export(function_name(function), self._scope.function(function))
                case TypeItem():
                    raise GeneratorError(f"world `{self._world.name}` exports the type `{key}`: worlds cannot")
        return self.outer.finish()

    def _interface_item_name(self, key: WorldKey, item: WorldItem) -> ExternName:
        assert isinstance(item, InterfaceItem)
        if isinstance(key, str) and self.resolve.interfaces[item.id].name is None:
            return ExternName(key, external_id=item.external_id)
        name = self.interface_name(item.id)
        if isinstance(key, InterfaceKey):
            return replace(name, external_id=item.external_id)
        return ExternName(key, name.name, name.version_suffix, item.external_id)
