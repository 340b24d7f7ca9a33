"""Random functions: plain ones, those of resources, and parameters that end beside a spill boundary."""

from __future__ import annotations

from harness.fuzz.choices import Source, chance, choose, repeat, weighted
from harness.fuzz.worlds.ast import Alias, Container, Facts, Function, Resource, Type, TypeMember, UsedType, product
from harness.fuzz.worlds.names import ScopeNames
from harness.fuzz.worlds.profile import Profile
from harness.fuzz.worlds.types import TypeMaker

_BOUNDARIES = (16, 17, 15, 18)
"""CanonicalABI.md: 16 core values are passed as parameters (`MAX_FLAT_PARAMS`), 17 in memory."""
_ASYNC_BOUNDARIES = (5, 4, 6, 17, 16)
"""Asynchronous imports pass 4 core values (`MAX_FLAT_ASYNC_PARAMS`), asynchronous exports as many as others."""


class FunctionMaker:
    """Draws functions into scopes."""

    def __init__(self, source: Source, profile: Profile, types: TypeMaker) -> None:
        self._source = source
        self._profile = profile
        self._types = types

    def add(self, container: Container) -> None:
        """A function of an interface, or of a resource that it defines."""
        if self._profile.resources and chance(self._source, 3):
            self.add_to_resource(container)
            return
        name = container.names.draw(self._source, self._profile.hard_names)
        container.functions += self.functions(name, "function", container)

    def add_to_resource(self, container: Container) -> None:
        definition = self._types.resource(container, own=True)
        resource = definition.body
        assert isinstance(resource, Resource)
        ways = [(3, "method"), (2, "static")]
        if not resource.has_constructor:
            ways.append((3, "constructor"))
        kind = weighted(self._source, ways)
        name = "" if kind == "constructor" else resource.names.draw(self._source, self._profile.hard_names)
        if kind != "constructor":
            resource.functions += self.functions(name, kind, container)
            return
        function = self._function(name, kind, container)
        function.is_async = False
        function.result = self._constructed(container, Type(definition.name, definition.facts, named=definition))
        resource.functions.append(function)

    def _constructed(self, container: Container, made: Type) -> Type | None:
        """The result of a constructor; None for one that cannot fail, which declares no result."""
        if not chance(self._source, 5):
            return None
        return Type("result", Facts(), (made, self._error(container)))

    def functions(self, name: str, kind: str, container: Container) -> list[Function]:
        """A function, or the getter of a property and perhaps its setter, in either order."""
        if not self._profile.accessors or not chance(self._source, 10):
            return [self._function(name, kind, container)]
        value = self._types.type(container, borrow=False)
        if _is_result(value):  # the value of a getter with a `result` is inside it
            value = Type("list", Facts(), (value,))
        result = Type("result", Facts(), (value, self._error(container))) if chance(self._source, 3) else value
        getter = Function(name, kind, (), result, accessor="get")
        if chance(self._source, 3):
            return [getter]
        failure = Type("result", Facts(), (None, self._error(container))) if chance(self._source, 3) else None
        setter = Function(name, kind, (TypeMember("value", value),), failure, accessor="set")
        return [setter, getter] if chance(self._source, 3) else [getter, setter]

    def _error(self, container: Container) -> Type | None:
        return self._types.type(container, borrow=False) if chance(self._source, 2) else None

    def _function(self, name: str, kind: str, container: Container) -> Function:
        is_async = self._profile.asynchronous and chance(self._source, 2)
        params = self._params(kind, container, is_async)
        flat = sum(param.type.facts.flat for param in params if param.type)
        result = self._result(container, spilled=flat > (4 if is_async else 16))
        return Function(name, kind, params, result if kind != "constructor" else None, is_async)

    def _result(self, container: Container, spilled: bool) -> Type | None:
        """A result. After spilled parameters it is more often a small one in memory, because both share a frame or an
        area then."""
        if spilled and chance(self._source, 3):
            return self._types.small_tuple()
        return self._types.type(container, borrow=False) if chance(self._source, 2) else None

    def _params(self, kind: str, container: Container, is_async: bool) -> tuple[TypeMember, ...]:
        names = ScopeNames(*(("self",) if kind == "method" else ()))
        hard = self._profile.hard_names
        flat = 1 if kind == "method" else 0
        # a method has a parameter that is easily forgotten in the count
        one_in = 3 if kind == "method" or is_async else 6
        boundaries = _ASYNC_BOUNDARIES if is_async else _BOUNDARIES
        boundary = choose(self._source, boundaries) if chance(self._source, one_in) else None
        params = [TypeMember(names.draw(self._source, hard), type) for type in self._handles(container, is_async)]
        flat += sum(param.type.facts.flat for param in params if param.type is not None)
        for _ in repeat(self._source, 0, 40, "param", 2):
            type = self._again(params) or self._types.type(container, borrow=True)
            if boundary is not None and flat + type.facts.flat > boundary:
                break
            params.append(TypeMember(names.draw(self._source, hard), type))
            flat += type.facts.flat
        while boundary is not None and flat < boundary:
            type = self._types.scalar()
            type = type if flat + type.facts.flat <= boundary else Type("u8", Facts())
            params.insert(0, TypeMember(names.simple(), type))
            flat += type.facts.flat
        return tuple(params)

    def _handles(self, container: Container, is_async: bool) -> list[Type]:
        """Sometimes an own handle for an asynchronous call: if the call is cancelled before it starts, the handle is
        still the caller's."""
        own = is_async and self._profile.resources and chance(self._source, 3)
        return [*([self._types.own(container)] if own else []), *self._two_borrows(container)]

    def _two_borrows(self, container: Container) -> list[Type]:
        """Sometimes two borrows of one resource, more often of another interface's: only a component that does not
        define a resource has handles of it, and can confuse them."""
        if not self._profile.resources or not chance(self._source, 10):
            return []
        borrow = self._types.borrow_of_another(container)
        if self._profile.fixed_length_lists and chance(self._source, 2):
            return [Type("list", product([borrow.facts] * 2), (borrow,), 2)]
        return [borrow, borrow]

    def _again(self, params: list[TypeMember]) -> Type | None:
        """Sometimes a type that another parameter has, so that a confused argument still has the right type."""
        return choose(self._source, params).type if params and chance(self._source, 6) else None


def _is_result(type: Type) -> bool:
    """Whether a type is a `result`, under any name."""
    while type.named is not None:
        definition = type.named
        while isinstance(definition.body, UsedType):
            definition = definition.body.original
        if not isinstance(definition.body, Alias):
            return False
        type = definition.body.type
    return type.word == "result"
