"""The callee of an import and the identity of a resource type, by the wires of a composition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.model.table import ResourceIdentity
from harness.plan.roles import ItemKind, Role, Wire
from harness.world.types import Resource
from harness.world.world import Function, World


class Links:
    """Looks up the wires of a composition from the consumer's side."""

    def __init__(self, worlds: Mapping[Role, World], wires: Iterable[Wire]) -> None:
        self._worlds = worlds
        self._wires = {(wire.consumer, wire.kind, wire.name): wire for wire in wires}
        self._callees: dict[tuple[Role, str | None, str], tuple[Role, Function]] = {}

    def callee(self, consumer: Role, interface: str | None, name: str) -> tuple[Role, Function]:
        """The exported function that an import of `consumer` reaches."""
        key = (consumer, interface, name)
        found = self._callees.get(key)
        if found is None:
            found = self._callees[key] = self._find_callee(*key)
        return found

    def _find_callee(self, consumer: Role, interface: str | None, name: str) -> tuple[Role, Function]:
        if interface is None:
            wire = self._wire(consumer, ItemKind.FUNC, name)
            where, what = _split(wire.path)
        else:
            wire = self._wire(consumer, ItemKind.INSTANCE, interface)
            where, what = wire.path[0], name
        function = self._worlds[wire.producer].export_function(where, what)
        if function is None:
            raise KeyError(f"the {wire.producer.value} exports no {what} in {where or 'its world'}")
        return wire.producer, function

    def identify(self, role: Role, resource: Resource) -> ResourceIdentity:
        """The resource type behind a resource that `role` sees: follows imports to the component that exports it."""
        while not resource.exported:
            if resource.interface is None:
                wire = self._wire(role, ItemKind.TYPE, resource.name)
                where, what = _split(wire.path)
            else:
                wire = self._wire(role, ItemKind.INSTANCE, resource.interface)
                where, what = wire.path[0], resource.name
            role = wire.producer
            resource = self._worlds[role].exports[where].resources[what]
        return ResourceIdentity(role, resource.canonical)

    def _wire(self, consumer: Role, kind: ItemKind, name: str) -> Wire:
        wire = self._wires.get((consumer, kind, name))
        if wire is None:
            raise KeyError(f"nothing is wired to the {kind.value} {name} of the {consumer.value}")
        return wire


def _split(path: tuple[str, ...]) -> tuple[str | None, str]:
    """The exported interface and the item in it; None if the world exports the item itself."""
    return (path[0], path[1]) if len(path) == 2 else (None, path[0])
