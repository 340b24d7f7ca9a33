"""A world from the view of one component of a composition: functions, types and resources under the world's keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from harness.world.types import Borrow, Future, Own, Param, Resource, Stream, Type, qualified
from harness.world.walk import reachable


@dataclass(frozen=True, eq=False)
class Function:
    """A function with its name in the `wit_t`; `interface` None is the world itself.

    `name` is the component-level name (`f`, `[method]r.f`, `[static]r.f`, `[constructor]r`). A method's first
    parameter is `self`.
    """

    interface: str | None
    name: str
    params: tuple[Param, ...]
    result: Type | None
    is_async: bool = False

    @cached_property
    def canonical(self) -> str:
        return qualified(self.interface, self.name)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Resources whose handles values of this function contain, each once."""
        found: dict[str, Resource] = {}
        for type in reachable(*(param.type for param in self.params), self.result):
            if isinstance(type, Own | Borrow):
                found.setdefault(type.resource.canonical, type.resource)
        return tuple(found.values())

    @cached_property
    def end(self) -> Future | Stream | None:
        """The first stream or future in its type."""
        types = reachable(*(param.type for param in self.params), self.result)
        return next((type for type in types if isinstance(type, Future | Stream)), None)

    @property
    def why_async(self) -> str | None:
        """Why only asynchronous code can run this function; None if synchronous code can."""
        if self.is_async:
            return "async function"
        return None if self.end is None else f"`{self.end.canonical}` in its type"


@dataclass(frozen=True, eq=False)
class Interface:
    """The items of an imported or exported interface, or of the world itself (`key` None)."""

    key: str | None
    functions: dict[str, Function] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)
    """Named types except resources, aliases resolved."""
    resources: dict[str, Resource] = field(default_factory=dict)
    """Resources by their names here, including resources from `use`."""
    uses: tuple[tuple[str, str], ...] = ()
    """Items from `use`: the other interface's id and the type's name there. (Types have no aliases.)"""


@dataclass(frozen=True, eq=False)
class World:
    """Imports and exports by key, in the order of the world; the key None contains the world's own items."""

    name: str
    imports: dict[str | None, Interface]
    exports: dict[str | None, Interface]

    @cached_property
    def asynchronous(self) -> bool:
        """Whether some function needs asynchronous code."""
        return any(function.why_async is not None for function in self.import_functions() + self.export_functions())

    def import_function(self, interface: str | None, name: str) -> Function | None:
        found = self.imports.get(interface)
        return found.functions.get(name) if found is not None else None

    def export_function(self, interface: str | None, name: str) -> Function | None:
        found = self.exports.get(interface)
        return found.functions.get(name) if found is not None else None

    def import_functions(self) -> list[Function]:
        return [function for interface in self.imports.values() for function in interface.functions.values()]

    def export_functions(self) -> list[Function]:
        return [function for interface in self.exports.values() for function in interface.functions.values()]
