"""The instance of an interface that a type belongs to.

One WIT interface can have several instances in a component: imported, exported, under labels. Each instance has its own
copy of the interface's types, which matters for resources and for all types that contain them. So a type is identified
by its definition together with its instance.
"""

from __future__ import annotations

from generator.resolved.model import (
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    World,
    WorldItem,
    WorldKey,
)
from generator.resolved.types import TypeId


class InterfaceInstance:
    """One import or export of an interface, or the world itself. Each is one object, compared by identity."""

    __slots__ = ("exported", "interface", "key")

    def __init__(self, key: WorldKey | None, interface: InterfaceId | None, exported: bool) -> None:
        self.key = key
        """None for the world itself."""
        self.interface = interface
        self.exported = exported


class Instances:
    """All instances of one world, by their keys in the world's order."""

    def __init__(self, resolve: Resolve, world: World) -> None:
        self.resolve = resolve
        self.world = world
        self.root = InterfaceInstance(None, None, False)
        """The world itself: types that its functions mention are imported."""
        self.imports = _instances(world.imports, exported=False)
        self.exports = _instances(world.exports, exported=True)

    def name(self, instance: InterfaceInstance) -> str | None:
        """The instance's name in the component: the world's key; None for the world itself."""
        return None if instance.key is None else self.resolve.world_key_name(instance.key)

    def describe(self, instance: InterfaceInstance) -> str:
        """For messages."""
        name = self.name(instance)
        return "the world" if name is None else f"interface `{name}`"

    def of(self, user: InterfaceInstance, id: TypeId) -> InterfaceInstance:
        """The instance to which the definition `id` belongs when `user` mentions it.

        An anonymous type belongs to the instance that mentions it. An exported interface uses another interface's types
        from the exported instance, if there is one, otherwise from the imported one (WIT.md, "Worlds and `use`").
        Imports and exports with a label count only if none has the interface's own id.
        """
        owner = self.resolve.types[id].owner
        if owner is None:
            return user
        if not isinstance(owner, InterfaceOwner):
            return self.root
        if owner.id == user.interface:
            return user
        key = InterfaceKey(owner.id)
        sides = (self.exports, self.imports) if user.exported else (self.imports,)
        for side in sides:
            if key in side:
                return side[key]
        for side in sides:
            for instance in side.values():
                if instance.interface == owner.id:
                    return instance
        raise AssertionError(f"{self.resolve.interface_id(owner.id)} is used, but neither imported nor exported")


def _instances(items: dict[WorldKey, WorldItem], exported: bool) -> dict[WorldKey, InterfaceInstance]:
    return {
        key: InterfaceInstance(key, item.id, exported) for key, item in items.items() if isinstance(item, InterfaceItem)
    }
