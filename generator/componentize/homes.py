"""Which instance a type belongs to.

One WIT interface can stand behind several instances of a component: imported, exported, under labels. Each has its own
copy of the interface's types (for resources and what contains them, that is a difference). So a type is known by its
definition together with its home.
"""

from __future__ import annotations

from generator.wit.model import (
    InterfaceId,
    InterfaceItem,
    InterfaceKey,
    InterfaceOwner,
    Resolve,
    TypeId,
    WorldId,
    WorldKey,
    WorldOwner,
)


class Home:
    """An imported or exported interface of the world, or the world itself. There is one object for each."""

    __slots__ = ("exported", "interface", "key")

    def __init__(self, key: WorldKey | None, interface: InterfaceId | None, exported: bool) -> None:
        self.key = key
        """None for the world itself."""
        self.interface = interface
        self.exported = exported


class Homes:
    """All homes of a world."""

    def __init__(self, resolve: Resolve, world: WorldId) -> None:
        self.resolve = resolve
        self.root = Home(None, None, False)
        """The world itself: its own types are imported ones."""
        self.imports = self._interfaces(resolve, world, exported=False)
        self.exports = self._interfaces(resolve, world, exported=True)

    @staticmethod
    def _interfaces(resolve: Resolve, world: WorldId, exported: bool) -> dict[WorldKey, Home]:
        items = resolve.worlds[world].exports if exported else resolve.worlds[world].imports
        return {key: Home(key, item.id, exported) for key, item in items.items() if isinstance(item, InterfaceItem)}

    def of(self, home: Home, id: TypeId) -> Home:
        """The home of a type that is mentioned in `home`.

        What an exported interface uses comes from the exported instance of the other interface if there is one,
        otherwise from the imported one (WIT.md, "WIT Worlds").
        """
        owner = self.resolve.types[id].owner
        if owner is None:
            return home
        if isinstance(owner, WorldOwner):
            return self.root
        assert isinstance(owner, InterfaceOwner)
        if owner.id == home.interface:
            return home
        key = InterfaceKey(owner.id)
        if home.exported and key in self.exports:
            return self.exports[key]
        return self.imports[key]

    def name(self, home: Home) -> str:
        """For messages."""
        return "the world" if home.key is None else f"interface `{self.resolve.world_key_name(home.key)}`"
