"""Random types: expressions, and definitions that are made where an expression wants one, so that none is unused."""

from __future__ import annotations

from collections.abc import Callable

from harness.fuzz.choices import Source, chance, choose, repeat, weighted
from harness.fuzz.worlds.ast import (
    Alias,
    Composite,
    Container,
    Facts,
    Function,
    Resource,
    Type,
    TypeDefinition,
    TypeMember,
    UsedType,
    pointed,
    product,
    union,
)
from harness.fuzz.worlds.bodies import Bodies, is_large
from harness.fuzz.worlds.names import ScopeNames
from harness.fuzz.worlds.place import Place
from harness.fuzz.worlds.profile import Profile
from harness.fuzz.worlds.scalars import JOINED, KEYS, MOST_NODES, SCALARS, U8, is_char, scalar

_SIZES = (1, 2, 3, 4, 5, 16, 17, 33)


class TypeMaker:
    """Draws types. `interface_for` gives an interface that a container may use types from, a new one if need be."""

    def __init__(self, source: Source, profile: Profile, interface_for: Callable[[Container], Container]) -> None:
        self._source = source
        self._profile = profile
        self._interface_for = interface_for
        self._bodies = Bodies(source, profile, self._type)
        on: list[tuple[int, Callable[[Place], Type], bool]] = [
            (40, self._scalar, True),
            (20, self._named, True),
            (8, self._list, True),
            (6, self._option, True),
            (6, self._result, True),
            (6, self._tuple, True),
            (12, self._handle, profile.resources),
            (10, self._holder, profile.resources),
            (6, self._map, profile.maps),
            (6, self._fixed_length_list, profile.fixed_length_lists),
            (4, self._error_context, profile.error_contexts),
            (2, self._twins, True),
            (3, self._kin, True),
            (3, self._joined, True),
            (2, self._wide_in_memory, profile.large_types),
            (16, self._stream, profile.asynchronous),
            (16, self._future, profile.asynchronous),
        ]
        self._makers = [(weight, maker) for weight, maker, possible in on if possible]
        self._shallow = [entry for entry in self._makers if entry[1] in (self._scalar, self._named, self._handle)]

    def type(self, container: Container, borrow: bool) -> Type:
        """A type for a parameter (`borrow`) or a result."""
        return self._type(Place(container, self._profile.depth, borrow))

    def _type(self, place: Place) -> Type:
        if place.handles and place.depth <= 0:
            return self._handle(place)
        makers = self._makers if place.depth > 0 else self._shallow
        return weighted(self._source, makers)(place)

    def _scalar(self, _: Place) -> Type:
        return scalar(weighted(self._source, SCALARS))

    def scalar(self) -> Type:
        return scalar(weighted(self._source, SCALARS))

    def small_tuple(self) -> Type:
        """Two or three scalars: too many to be one core result, and often of an odd size."""
        items = [self.scalar() for _ in range(2 + chance(self._source, 2))]
        return Type("tuple", product([item.facts for item in items]), tuple(items))

    def _apply(self, word: str, facts: Facts, *arguments: Type | None) -> Type:
        return Type(word, facts, arguments) if facts.nodes <= MOST_NODES else U8

    def _list(self, place: Place) -> Type:
        element = self._type(place.deeper())
        return self._apply("list", pointed([element.facts]), element)

    def _option(self, place: Place) -> Type:
        some = self._type(place.deeper())
        return self._apply("option", union([some.facts]), some)

    def _result(self, place: Place) -> Type:
        ok, err = choose(self._source, ((False, False), (True, False), (False, True), (True, True)))
        payloads = [self._type(place.deeper()) if has else None for has in (ok, err)]
        facts = union(payload.facts for payload in payloads if payload is not None)
        return self._apply("result", facts, *payloads)

    def _tuple(self, place: Place) -> Type:
        wide = is_large(self._source, self._profile)
        inner = place.deeper().shallow() if wide else place.deeper()
        high, mean = (40, 30) if wide else (20, 2)
        items = [self._type(inner) for _ in repeat(self._source, 1, high, "item", mean)]
        return self._apply("tuple", product(item.facts for item in items), *items)

    def _map(self, place: Place) -> Type:
        key = scalar(choose(self._source, KEYS))
        value = self._type(place.deeper())
        return self._apply("map", pointed([key.facts, value.facts]), key, value)

    def _fixed_length_list(self, place: Place) -> Type:
        element = self._type(place.deeper())
        size = choose(self._source, _SIZES)
        facts = product([element.facts] * size)
        if facts.nodes > MOST_NODES:
            return element
        return Type("list", facts, (element,), size)

    def _error_context(self, _: Place) -> Type:
        return Type("error-context", Facts())

    def _stream(self, place: Place) -> Type:
        return self._asynchronous("stream", place)

    def _future(self, place: Place) -> Type:
        return self._asynchronous("future", place)

    def _asynchronous(self, word: str, place: Place) -> Type:
        payload = self._payload(place.deeper(borrow=False)) if chance(self._source, 2) else None
        if word == "stream" and payload is not None and is_char(payload):
            payload = U8
        nodes = 1 + (payload.facts.nodes if payload is not None else 0)
        return Type(word, Facts(1, nodes, asynchronous=True), (payload,))

    def own(self, container: Container) -> Type:
        """An own handle."""
        return self._handle(Place(container, self._profile.depth, borrow=False))

    def _payload(self, place: Place) -> Type:
        """Handles more often than elsewhere: those that nobody reads stay with the writer."""
        if self._profile.resources and chance(self._source, 4):
            return self._handle(place)
        return self._type(place)

    def _handle(self, place: Place) -> Type:
        definition = self.resource(place.container)
        form = choose(self._source, ("", "borrow", "own") if place.borrow else ("", "own"))
        inner = Type(definition.name, definition.facts, named=definition)
        if not form:
            return inner
        return Type(form, Facts(borrows=form == "borrow"), (inner,))

    def borrow_of_another(self, container: Container) -> Type:
        """A borrow of a resource, more often of another interface."""
        used = [d for d in container.types if d.facts.resource and isinstance(d.body, UsedType)]
        if used and chance(self._source, 2):
            definition = choose(self._source, used)
        elif chance(self._source, 4):
            definition = self.resource(container)
        else:
            definition = self._used_resource(container)
        inner = Type(definition.name, definition.facts, named=definition)
        return Type("borrow", Facts(borrows=True), (inner,))

    def _used_resource(self, container: Container) -> TypeDefinition:
        other = self._interface_for(container)
        container.use(other)
        return self._use(container, other, self.resource(other))

    def _holder(self, place: Place) -> Type:
        """A handle directly inside another type: the code that moves values has to find it there."""
        on = [
            (1, self._list, True),
            (1, self._option, True),
            (1, self._result, True),
            (1, self._tuple, True),
            (2, self._holding_variant, True),
            (3, self._pairs, True),
            (6, self._map, self._profile.maps),
            (12, self._fixed_length_list, self._profile.fixed_length_lists),
        ]
        maker = weighted(self._source, [(weight, maker) for weight, maker, possible in on if possible])
        return maker(Place(place.container, 1, place.borrow, handles=True))

    def _holding_variant(self, place: Place) -> Type:
        name = place.container.names.draw(self._source, self._profile.hard_names)
        inner = self._type(place.deeper())
        facts = union([inner.facts])
        definition = self._add(
            place.container, name, Composite("variant", (TypeMember("a"), TypeMember("b", inner))), facts
        )
        return Type(definition.name, facts, named=definition)

    def _pairs(self, place: Place) -> Type:
        """Two handles of one resource beside each other in memory: exchanged, they still have the right type."""
        lent = place.borrow and chance(self._source, 2)
        handle = self.borrow_of_another(place.container) if lent else self._handle(place)
        pair = Type("tuple", product([handle.facts] * 2), (handle, handle))
        return self._apply("list", pointed([pair.facts]), pair)

    def _named(self, place: Place) -> Type:
        definition = self.definition(place)
        return Type(definition.name, definition.facts, named=definition)

    def definition(self, place: Place) -> TypeDefinition:
        """A name of a type: a name of the scope, a new one, or one of another interface."""
        container, source = place.container, self._source
        fit = [found for found in container.types if self._fits(found, place)]
        ways = [(3, "new"), (3, "used"), *([(5, "known")] if fit else [])]
        if place.depth <= 0:
            ways = [(1, "known")] if fit else [(1, "new")]
        way = weighted(source, ways)
        if way == "known":
            return choose(source, fit)
        if way == "used":
            other = self._interface_for(container)
            container.use(other)
            inner = Place(other, place.depth - 1, place.borrow)
            return self._use(container, other, self.definition(inner))
        return self._define(place)

    def _fits(self, definition: TypeDefinition, place: Place) -> bool:
        facts = definition.facts
        return facts.nodes <= self._profile.nodes and not facts.resource and (place.borrow or not facts.borrows)

    def _use(self, container: Container, other: Container, original: TypeDefinition) -> TypeDefinition:
        for known in container.types:
            if isinstance(known.body, UsedType) and known.body.original is original:
                return known
        name = original.name
        if name in container.names or chance(self._source, 4):
            name = container.names.draw(self._source, self._profile.hard_names)
        else:
            container.names.claim(name)
        return self._add(container, name, UsedType(other, original), original.facts)

    def resource(self, container: Container, own: bool = False) -> TypeDefinition:
        """A name of a resource; `own`: one that is defined in this scope itself."""
        known = [d for d in container.types if d.facts.resource and (not own or isinstance(d.body, Resource))]
        ways = [(2, "new"), *([(4, "known")] if known else []), *([] if own else [(2, "used"), (1, "alias")])]
        way = weighted(self._source, ways)
        if way == "known":
            return choose(self._source, known)
        if way == "used":
            return self._used_resource(container)
        if way == "alias":
            target = self.resource(container)
            name = container.names.draw(self._source, self._profile.hard_names)
            body = Alias(Type(target.name, target.facts, named=target))
            return self._add(container, name, body, target.facts)
        name = container.names.draw(self._source, self._profile.hard_names)
        # A function with the resource's own name would share it (Explainer.md, strongly-unique names).
        resource = Resource(names=ScopeNames(name))
        if chance(self._source, 2):
            # If nothing made a handle, most functions that take the resource could not be called.
            resource.functions.append(Function("", "constructor", (), None))
        if chance(self._source, 3):
            # If no function took a handle, nobody could see which one it is.
            resource.functions.append(Function(resource.names.simple(), "method", (), None))
        return self._add(container, name, resource, Facts(resource=True))

    def _add(
        self, container: Container, name: str, body: Alias | Composite | Resource | UsedType, facts: Facts
    ) -> TypeDefinition:
        definition = TypeDefinition(name, body, facts)
        container.types.append(definition)
        return definition

    def _twins(self, place: Place) -> Type:
        """Two records that are alike in memory, each in several places: code that is shared by shape mixes them up."""
        container = place.container
        records = [
            found
            for found in container.types
            if isinstance(found.body, Composite) and found.body.word == "record" and self._fits(found, place)
        ]
        if records:
            first = choose(self._source, records)
        else:
            name = container.names.draw(self._source, self._profile.hard_names)
            first = self._add(container, name, *self._bodies.record(place.deeper()))
        name = container.names.draw(self._source, self._profile.hard_names)
        second = self._add(container, name, first.body, first.facts)
        twins = [Type(found.name, found.facts, named=found) for found in (first, second)]
        lists = [Type("list", pointed([twin.facts]), (twin,)) for twin in twins]
        facts = union([twin.facts for twin in twins])
        items = [*lists, *[Type("result", facts, (ok, err)) for ok, err in (twins, twins[::-1])]]
        return self._apply("tuple", product([item.facts for item in items]), *items)

    def _kin(self, place: Place) -> Type:
        """Different types without names that have the same parts: fixed lengths of one element, one payload on either
        side."""
        element = self._type(place.deeper())
        if self._profile.fixed_length_lists and chance(self._source, 2):
            sizes = choose(self._source, ((2, 3), (3, 2), (1, 4)))
            kin = [Type("list", product([element.facts] * size), (element,), size) for size in sizes]
        else:
            kin = [Type("result", union([element.facts]), payloads) for payloads in ((element, None), (None, element))]
            if chance(self._source, 2):
                kin.append(Type("result", union([element.facts, element.facts]), (element, element)))
        return self._apply("tuple", product([item.facts for item in kin]), *kin)

    def _joined(self, place: Place) -> Type:
        """A variant of scalars that share a core value of another type (CanonicalABI.md, `join`)."""
        words = choose(self._source, JOINED)
        members = [TypeMember(name, scalar(word)) for name, word in zip("abcd", words, strict=False)]
        facts = union(member.type.facts for member in members if member.type is not None)
        name = place.container.names.draw(self._source, self._profile.hard_names)
        definition = self._add(place.container, name, Composite("variant", tuple(members)), facts)
        return Type(definition.name, facts, named=definition)

    def _wide_in_memory(self, place: Place) -> Type:
        """A list of something whose discriminant just needs its second byte, or just does not."""
        name = place.container.names.draw(self._source, self._profile.hard_names)
        count = choose(self._source, (256, 256, 257, 255))
        if chance(self._source, 2):
            word, members = "enum", [TypeMember(f"c{number}") for number in range(count)]
        else:
            word, members = "variant", [TypeMember(f"c{number}", U8 if number % 2 else None) for number in range(count)]
        facts = Facts() if word == "enum" else union([U8.facts])
        definition = self._add(place.container, name, Composite(word, tuple(members)), facts)
        inner = Type(definition.name, facts, named=definition)
        return Type("list", pointed([facts]), (inner,))

    def _define(self, place: Place) -> TypeDefinition:
        name = place.container.names.draw(self._source, self._profile.hard_names)
        return self._add(place.container, name, *self._bodies.any(place))
