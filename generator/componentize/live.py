"""The types of imported interfaces that a component needs. Others are left out of its imports, as by the
reference."""

from __future__ import annotations

from collections.abc import Iterator

from generator.componentize.definitions import (
    CopyBuiltin,
    CoreImport,
    LoweredFunction,
    ResourceBuiltin,
    TaskReturn,
)
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.kinds import children
from generator.resolved.model import Function, FunctionItem, Static, TypeItem, World
from generator.resolved.types import Type, TypeId


class LiveTypes:
    """Types that are reached, by home; a type comes after the types that it uses."""

    def __init__(self, homes: Instances) -> None:
        self._homes = homes
        self._seen: set[tuple[InterfaceInstance, TypeId]] = set()
        self.named: dict[InterfaceInstance, list[TypeId]] = {}
        self.order: list[tuple[InterfaceInstance, TypeId]] = []
        """The named types of all homes."""

    def of(self, home: InterfaceInstance) -> list[TypeId]:
        return self.named.get(home, [])

    def add_type(self, home: InterfaceInstance, type: Type | None) -> None:
        if not isinstance(type, int) or not self._enter(home, type):
            return
        stack = [self._frame(home, type)]  # instead of recursion: chains of `type a = b` may be long
        while stack:
            home, type, rest = stack[-1]
            child = next(rest, None)
            if child is None:
                stack.pop()
                if self._homes.resolve.types[type].name is not None:
                    self.named.setdefault(home, []).append(type)
                    self.order.append((home, type))
            elif self._enter(home, child):
                stack.append(self._frame(home, child))

    def _enter(self, home: InterfaceInstance, type: TypeId) -> bool:
        """Whether this is the first time that the type is reached."""
        entry = self._homes.of(home, type), type
        if entry in self._seen:
            return False
        self._seen.add(entry)
        return True

    def _frame(self, home: InterfaceInstance, type: TypeId) -> tuple[InterfaceInstance, TypeId, Iterator[TypeId]]:
        found = children(self._homes.resolve.types[type].kind)
        return self._homes.of(home, type), type, iter([child for child in found if isinstance(child, int)])

    def add_function(self, home: InterfaceInstance, function: Function) -> None:
        if isinstance(function.kind, Static):  # its resource need not be in its type
            self.add_type(home, function.kind.resource)
        for param in function.params:
            self.add_type(home, param.type)
        self.add_type(home, function.result)

    def add_import(self, item: CoreImport) -> None:
        match item.meaning:
            case LoweredFunction(home, function):
                self.add_function(home, function)
            case ResourceBuiltin(_, home, resource):
                self.add_type(home, resource)
            case CopyBuiltin(_, home, type):
                self.add_type(home, type)
            case TaskReturn(home, function):
                self.add_type(home, function.result)

    def add_world_types(self, world: World) -> None:
        """The world's own types: all are imported, used or not."""
        for item in world.imports.values():
            if isinstance(item, TypeItem):
                self.add_type(self._homes.root, item.id)

    def add_exports(self, world: World) -> None:
        """Everything that the world's exports mention."""
        for item in world.exports.values():
            if isinstance(item, FunctionItem):
                self.add_function(self._homes.root, item.function)
        for home in self._homes.exports.values():
            assert home.interface is not None
            interface = self._homes.resolve.interfaces[home.interface]
            for type in interface.types.values():
                self.add_type(home, type)
            for function in interface.functions.values():
                self.add_function(home, function)
