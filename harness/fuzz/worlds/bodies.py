"""Contents of definitions: records, variants, enums, flags, other names of types."""

from __future__ import annotations

from collections.abc import Callable

from harness.fuzz.choices import Source, chance, choose, repeat, weighted
from harness.fuzz.worlds.ast import Alias, Composite, Facts, Type, TypeMember, product, union
from harness.fuzz.worlds.names import ScopeNames
from harness.fuzz.worlds.place import Place
from harness.fuzz.worlds.profile import Profile
from harness.fuzz.worlds.scalars import MOST_NODES, SCALARS, U8, scalar


def is_large(source: Source, profile: Profile, one_in: int = 8) -> bool:
    """Whether something is to have very many parts."""
    return profile.large_types and chance(source, one_in)


class Bodies:
    """`type`: draws the types of the parts."""

    def __init__(self, source: Source, profile: Profile, type: Callable[[Place], Type]) -> None:
        self._source = source
        self._profile = profile
        self._type = type

    def any(self, place: Place) -> tuple[Alias | Composite, Facts]:
        makers = [(2, self._alias), (6, self.record), (8, self._variant), (3, self._enum), (4, self._flags)]
        return weighted(self._source, makers)(place)

    def _alias(self, place: Place) -> tuple[Alias | Composite, Facts]:
        target = self._type(place.deeper())
        return Alias(target), target.facts

    def record(self, place: Place) -> tuple[Alias | Composite, Facts]:
        names = ScopeNames()
        wide = is_large(self._source, self._profile)
        inner = place.deeper().shallow() if wide else place.deeper()
        high, mean = (48, 40) if wide else (12, 3)
        fields = [
            TypeMember(names.draw(self._source, self._profile.hard_names), self._type(inner))
            for _ in repeat(self._source, 1, high, "field", mean)
        ]
        return self._members("record", fields, product(field.type.facts for field in fields if field.type is not None))

    def _members(self, word: str, members: list[TypeMember], facts: Facts) -> tuple[Composite, Facts]:
        if facts.nodes > MOST_NODES:
            members, facts = [TypeMember("a", U8)], product([U8.facts])
        return Composite(word, tuple(members)), facts

    def _variant(self, place: Place) -> tuple[Composite, Facts]:
        names = ScopeNames()
        large = is_large(self._source, self._profile, one_in=4)
        cases = [
            TypeMember(names.draw(self._source, self._profile.hard_names), self._payload(place))
            for _ in repeat(self._source, 1, 10, "case", 3)
        ]
        if large:
            # The payloads of the drawn cases come last, where the discriminant needs its second byte.
            fill = choose(self._source, (256, 257, 255)) - len(cases)
            cases = [*(TypeMember(names.simple()) for _ in range(fill)), *cases]
        return self._members("variant", cases, union(case.type.facts for case in cases if case.type is not None))

    def _payload(self, place: Place) -> Type | None:
        """Scalars more often than elsewhere: the interesting difference is the core type that they join to."""
        way = weighted(self._source, ((2, "none"), (3, "scalar"), (3, "any")))
        if way == "none":
            return None
        return scalar(weighted(self._source, SCALARS)) if way == "scalar" else self._type(place.deeper())

    def _enum(self, _: Place) -> tuple[Composite, Facts]:
        count = choose(self._source, (256, 257, 255)) if is_large(self._source, self._profile, one_in=2) else 0
        return self._labels("enum", count, 10), Facts()

    def _flags(self, _: Place) -> tuple[Composite, Facts]:
        count = choose(self._source, (0, 8, 9, 16, 17, 31, 32))
        return self._labels("flags", count, 8), Facts()

    def _labels(self, word: str, count: int, high: int) -> Composite:
        """`count` 0: a few, by names that are drawn."""
        names = ScopeNames()
        hard = self._profile.hard_names
        if count:
            labels = [names.simple() for _ in range(count)]
        else:
            labels = [names.draw(self._source, hard) for _ in repeat(self._source, 1, high, "label", 3)]
        return Composite(word, tuple(map(TypeMember, labels)))
