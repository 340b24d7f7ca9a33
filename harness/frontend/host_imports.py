"""The imports of a component that its host provides, written once more for a component around it."""

from __future__ import annotations

from collections.abc import Collection

from generator.component.builder import ComponentBuilder
from generator.component.types import Sort, TypedExtern
from generator.errors import GeneratorError
from generator.resolved.model import InterfaceId, InterfaceItem, InterfaceOwner, Resolve
from generator.resolved.types import TypeId
from generator.wit.binary.decode import decode_component
from generator.wit.binary.instance_bodies import InstanceBodies
from harness.binary.host_imports import HostImports
from harness.binary.sections import COMPONENT_PREAMBLE
from harness.frontend.component_wit import UnreadableComponent


def host_imports(component: bytes, names: Collection[str]) -> HostImports:
    """The imported interfaces of these names, with their types, as sections. Raises `UnreadableComponent`."""
    try:
        resolve, world = decode_component(component, apart=True)
        writer = _Writer(resolve)
        for key, item in resolve.worlds[world].imports.items():
            name = resolve.world_key_name(key)
            if isinstance(item, InterfaceItem) and name in names:
                writer.import_(name, item.id)
    except GeneratorError as error:
        raise UnreadableComponent(str(error)) from error
    return writer.finish()


class _Writer:
    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._bodies = InstanceBodies(resolve)
        self._builder = ComponentBuilder()
        self._instances: dict[InterfaceId, int] = {}
        self._aliases: dict[TypeId, int] = {}
        self._found: dict[str, int] = {}

    def import_(self, name: str, id: InterfaceId) -> None:
        type = self._builder.type(self._bodies.body(id, self._alias, True))
        self._instances[id] = self._found[name] = self._builder.import_(name, TypedExtern(Sort.INSTANCE, type))

    def _alias(self, id: TypeId) -> int:
        """A type of an interface that is imported already."""
        type = self._resolve.types[id]
        instance = self._instances.get(type.owner.id) if isinstance(type.owner, InterfaceOwner) else None
        if instance is None or type.name is None:
            raise GeneratorError(f"the type `{type.name}` of an import comes from an interface that no host has")
        if id not in self._aliases:
            self._aliases[id] = self._builder.alias_export(instance, type.name, Sort.TYPE)
        return self._aliases[id]

    def finish(self) -> HostImports:
        types = self._builder.next_index(Sort.TYPE)
        sections = self._builder.finish().removeprefix(COMPONENT_PREAMBLE)
        return HostImports(sections, self._found, types)
