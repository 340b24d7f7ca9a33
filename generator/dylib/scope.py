"""Which instance of an interface a type belongs to.

An interface that a world imports and exports stands for two sets of types, and one that is imported under several
labels for several. So a type has an identity only together with the import or export through which it is reached.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.wit.model import InterfaceId, InterfaceItem, InterfaceKey, Resolve, World, WorldItem, WorldKey


@dataclass(frozen=True, slots=True)
class Instance:
    """One import or export of an interface, or (`ROOT`) the world itself."""

    key: WorldKey | None
    interface: InterfaceId | None
    exported: bool


ROOT = Instance(None, None, False)
"""Functions and types of the world itself; what they mention is imported."""


class Scope:
    """Finds instances in one world."""

    def __init__(self, resolve: Resolve, world: World) -> None:
        self.resolve = resolve
        self.world = world
        self._imports = _instances(world.imports, exported=False)
        self._exports = _instances(world.exports, exported=True)
        self.imports = list(self._imports.values())
        self.exports = list(self._exports.values())

    def name(self, instance: Instance) -> str | None:
        """The interface string of the wit_t: the world's key; None for the world itself."""
        return None if instance.key is None else self.resolve.world_key_name(instance.key)

    def owner(self, user: Instance, interface: InterfaceId) -> Instance:
        """The instance whose types `user` means when it uses a type of `interface`.

        An exported interface uses what is exported, if anything of that interface is, otherwise what is imported
        (WIT.md, "Worlds and `use`"). Labelled imports stand in only if there is none under the interface's own id.
        """
        if interface == user.interface:
            return user
        key = InterfaceKey(interface)
        maps = (self._exports, self._imports) if user.exported else (self._imports,)
        for instances in maps:
            if key in instances:
                return instances[key]
        for instances in maps:
            for instance in instances.values():
                if instance.interface == interface:
                    return instance
        raise AssertionError(f"{self.resolve.interface_id(interface)} is used, but neither imported nor exported")


def _instances(items: dict[WorldKey, WorldItem], exported: bool) -> dict[WorldKey, Instance]:
    return {key: Instance(key, item.id, exported) for key, item in items.items() if isinstance(item, InterfaceItem)}
