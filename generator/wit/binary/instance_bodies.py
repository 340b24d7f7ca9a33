"""Interfaces as instance types, and the interfaces that they use.

A package repeats an interface's instance type in the type of every interface that uses it, directly or not. So the
binary form of a chain of `use` is quadratic; equal parts are encoded once and then copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.component.type_builder import InstanceTypeBuilder
from generator.component.types import EncodedType, Sort
from generator.names.component_names import ExternName
from generator.resolved.model import Freestanding, Function, Interface, InterfaceId, InterfaceOwner, Resolve
from generator.resolved.types import TypeId
from generator.wit.binary.scope import TypeScope
from generator.wit.elaborate import interface_dependencies


@dataclass(frozen=True, slots=True)
class _Body:
    """An encoded instance type: the types of other interfaces in it, in the order of their first use, and their indices
    in the outer scope. It depends on nothing else outside."""

    foreign: tuple[TypeId, ...]
    indices: tuple[int, ...]
    encoded: EncodedType


class InstanceBodies:
    """The instance types of one resolution, which must not change in the meantime."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self._last: dict[tuple[InterfaceId, bool], _Body] = {}
        self._uses: dict[InterfaceId, list[InterfaceId]] = {}

    def body(self, id: InterfaceId, alias: Callable[[TypeId], int], with_functions: bool) -> EncodedType:
        """The instance type of an interface. `alias` returns the index, in the outer scope, of another interface's
        type."""
        key = (id, with_functions)
        last = self._last.get(key)
        if last is not None and last.indices == tuple([alias(type) for type in last.foreign]):
            return last.encoded
        self._last[key] = body = self._encode(id, alias, with_functions)
        return body.encoded

    def _encode(self, id: InterfaceId, alias: Callable[[TypeId], int], with_functions: bool) -> _Body:
        interface = self.resolve.interfaces[id]
        inner = InstanceTypeBuilder()
        foreign: dict[TypeId, int] = {}

        def bring_in(type: TypeId) -> int:
            foreign[type] = index = alias(type)
            return inner.alias_outer(1, index, Sort.TYPE)

        scope = TypeScope(self.resolve, inner, InterfaceOwner(id), bring_in=bring_in, declare=inner.export)
        for type in interface.types.values():
            scope.index(type)
        if with_functions:
            for function in _functions(interface):
                inner.export(function_name(function), scope.function(function))
        return _Body(tuple(foreign), tuple(foreign.values()), inner.finish())

    def dependencies(self, id: InterfaceId) -> list[InterfaceId]:
        """The interfaces that `id` uses, directly or not, each after the interfaces that it uses itself."""
        done: dict[InterfaceId, None] = {}
        waiting = [id]
        while waiting:
            current = waiting[-1]
            missing = next((used for used in self._used(current) if used not in done), None)
            if missing is not None and len(waiting) <= len(self.resolve.interfaces):
                waiting.append(missing)
            else:
                done[waiting.pop()] = None
        return [dependency for dependency in done if dependency != id]

    def _used(self, id: InterfaceId) -> list[InterfaceId]:
        found = self._uses.get(id)
        if found is None:
            found = self._uses[id] = interface_dependencies(self.resolve, id)
        return found


def _functions(interface: Interface) -> list[Function]:
    """Functions of resources first, in the order of the resources, as in printed text, so that nothing moves."""
    place = {type: index for index, type in enumerate(interface.types.values())}

    def key(function: Function) -> int:
        kind = function.kind
        return len(place) if isinstance(kind, Freestanding) else place[kind.resource]

    return sorted(interface.functions.values(), key=key)


def function_name(function: Function) -> ExternName:
    """Its type as an import or export."""
    return ExternName(function.name, external_id=function.external_id)
