"""Events: each has one declaration of its line and its fields; printer and parser follow from that.

    @event("push_list {type} {length} = {taken} {elements}")
    @dataclass(frozen=True, slots=True)
    class PushList(Event): ...

The fields stand in the order of the line. `{kind}` in the first word makes as many events as the declaration has kinds;
what follows may depend on the kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

from harness.records.unguarded import unguarded
from harness.trace.fields import Data, EventField, HandleNumber, ItemName, Malformed


class Event:
    """One report of an interpreter, with canonical names."""

    __slots__ = ()

    @property
    def _syntax(self) -> Syntax:
        return SYNTAXES[self.__class__, getattr(self, "kind", "")]

    @property
    def word(self) -> str:
        """The first word of its line: the call of the interface."""
        return self._syntax.word

    def __str__(self) -> str:
        """Its line, with names instead of indices."""
        return self._syntax.text(self)


class Each(dict[int, Event]):
    """Events that differ in one number, each made at its first use."""

    _MOST = 1 << 12

    def __init__(self, make: Callable[[int], Event]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> Event:
        if len(self) >= self._MOST:
            self.clear()
        event = self[number] = self._make(number)
        return event


Read = Callable[..., Event]
"""Reads the rest of a line, with the blank before it: `read(" = 5")`. An item's name comes as a second argument:
`read(" = 5", "a:b/c#t")`. Raises `Malformed`."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """The line of an event. `kind`: empty where the event has none."""

    word: str
    parts: tuple[str | EventField, ...]
    """Literal words, and fields."""
    names: tuple[str, ...]
    """The names of the fields."""
    made: type[Event]
    kind: str
    item: ItemName | None
    """The field after the first word, if it is an item."""
    read: Read
    """Reads what stands after the first word and after the item."""

    def text(self, event: Event) -> str:
        values = iter([getattr(event, name) for name in self.names])
        words = [part if isinstance(part, str) else part.text(next(values)) for part in self.parts]
        return " ".join([self.word, *filter(None, words)])


def _reader(made: Callable[..., Event], parts: Sequence[str | EventField]) -> Read:
    """`made` takes the item, if there is one, and the fields of `parts`."""
    if not parts:
        return _reader_of_nothing(made)
    fields = [(at, part) for at, part in enumerate(parts, 1) if isinstance(part, EventField)]
    literals = [(at, part) for at, part in enumerate(parts, 1) if isinstance(part, str)]
    last = fields[-1][1]
    if last.takes_rest:
        return _reader_of_rest(made, len(parts), literals, fields)
    if len(fields) == 1:
        return _reader_of_one(made, last, "".join(f" {word}" for _, word in literals) + " ")
    reads = [(at, field.read) for at, field in fields]
    count = len(parts) + 1

    def read(text: str, *item: str) -> Event:
        words = text.split(" ")
        if len(words) != count:
            raise Malformed
        for at, word in literals:
            if words[at] != word:
                raise Malformed
        return made(*item, *[read(words[at]) for at, read in reads])

    return read


def _reader_of_nothing(made: Callable[..., Event]) -> Read:
    """A reader for lines without other fields."""

    def read(text: str, *item: str) -> Event:
        if text:
            raise Malformed
        return made(*item)

    return read


def _reader_of_one(made: Callable[..., Event], field: EventField, before: str) -> Read:
    """A reader for lines with one field: most lines that occur only once have one."""
    start, read_field = len(before), field.read

    def read(text: str, *item: str) -> Event:
        if not text.startswith(before):
            raise Malformed
        return made(*item, read_field(text[start:]))

    return read


def _reader_of_rest(
    made: Callable[..., Event], start: int, literals: list[tuple[int, str]], fields: list[tuple[int, EventField]]
) -> Read:
    """The last field takes the rest of the line from word `start` on, which may be empty."""
    *single, (_, rest) = fields

    def read(text: str, *item: str) -> Event:
        words = text.split(" ", start)
        left = words[start:]
        if len(words) < start or left == [""] or any(words[at] != word for at, word in literals):
            raise Malformed
        return made(*item, *[field.read(words[at]) for at, field in single], rest.read("".join(left)))

    return read


@dataclass(frozen=True, slots=True)
class WithHandle:
    """Events with a handle. `brings`: it is new with them; `renamed`: the event with another handle."""

    handle: Callable[[Event], int]
    brings: bool
    renamed: Callable[[Event, int | str], Event]

    @classmethod
    def of(cls, made: Callable[..., Event], names: tuple[str, ...], handle: str, brings: bool) -> WithHandle:
        at = names.index(handle)
        before, after = _getter(names[:at]), _getter(names[at + 1 :])
        return cls(attrgetter(handle), brings, lambda event, name: made(*before(event), name, *after(event)))


def _getter(names: tuple[str, ...]) -> Callable[[Event], tuple[Any, ...]]:
    if len(names) == 1:
        get = attrgetter(*names)
        return lambda event: (get(event),)
    return attrgetter(*names) if names else lambda _: ()


SYNTAXES: dict[tuple[type[Event], str], Syntax] = {}
NUMBERED: dict[tuple[type[Event], str], Each] = {}
"""The events of a kind that have only a number. The model and the parser share them: most events of a run are such, and
then a comparison finds one object on both sides."""
BY_WORD: dict[str, list[Syntax]] = {}
"""Most words have one syntax; of several, the first that accepts a line counts."""
HANDLES: dict[type[Event], WithHandle] = {}
NAMED: dict[type[Event], tuple[str, ...]] = {}
"""The fields of an event that are canonical names."""
DATA: dict[type[Event], str] = {}
"""The field of an event whose length depends on the value."""

_E = TypeVar("_E", bound=type[Event])


def event(line: str, kinds: Sequence[str] = ("",)) -> Callable[[_E], _E]:
    """Declare an event. `kinds`: the words for `{kind}`."""

    def declare(made: _E) -> _E:
        unguarded(made)
        hints = get_type_hints(made, include_extras=True)
        first, *rest = line.split(" ")
        names = tuple(re.findall(r"{(\w+)}", " ".join(rest)))
        NAMED[made] = tuple(name for name in names if isinstance(_field(hints[name]), ItemName))
        for name in names:
            field = _field(hints[name])
            if isinstance(field, HandleNumber):
                HANDLES[made] = WithHandle.of(made, names, name, field.brings)
            elif isinstance(field, Data):
                DATA[made] = name
        for kind in kinds:
            parts = [_field(hints[word[1:-1]]).of(kind) if word[0] == "{" else word for word in rest]
            make: Callable[..., Event] = made
            item = parts[0] if parts and isinstance(parts[0], ItemName) else None
            with_fields: Callable[..., Event] = partial(make, kind) if kind else make
            if kind and len(names) == 1 and item is None:
                NUMBERED[made, kind] = Each(with_fields)
                with_fields = NUMBERED[made, kind].__getitem__
            read = _reader(with_fields, parts[1:] if item is not None else parts)
            syntax = Syntax(first.replace("{kind}", kind), tuple(parts), names, made, kind, item, read)
            SYNTAXES[made, kind] = syntax
            BY_WORD.setdefault(syntax.word, []).append(syntax)
        return made

    return declare


def _field(hint: Any) -> EventField:
    (field,) = hint.__metadata__
    assert isinstance(field, EventField)
    return field
