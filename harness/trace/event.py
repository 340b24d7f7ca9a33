"""What an event is: declared once by its line and its fields; printer and parser follow from the declaration.

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
from typing import Any, TypeVar, get_type_hints

from harness.trace.fields import Field, Malformed, NameOf, NoIndex
from harness.trace.names import DumpError, short

_MOST = 1 << 16
"""Events that are remembered, so that equal ones are one object."""


_KNOWN: dict[tuple[type, tuple[object, ...]], Any] = {}


class _Once(type):
    """Equal events are one object, as long as not too many others come between; so most comparisons end at once."""

    def __call__(cls, *fields: Any) -> Any:
        found = _KNOWN.get((cls, fields))
        if found is None:
            found = super().__call__(*fields)
            if len(_KNOWN) >= _MOST:
                _KNOWN.clear()
            _KNOWN[cls, fields] = found
        return found


class Event(metaclass=_Once):
    """One thing that an interpreter tells, with canonical names."""

    __slots__ = ()

    def __str__(self) -> str:
        """Its line, with names in the place of indices."""
        return SYNTAXES[self.__class__, getattr(self, "kind", "")].text(self)


@dataclass(frozen=True, slots=True)
class Unreadable(Event):
    """A line that is no event of the protocol. No other event equals it."""

    line: str

    def __str__(self) -> str:
        return self.line

    @property
    def word(self) -> str:
        return self.line.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Syntax:
    """The line of an event. `kind`: empty where the event has none."""

    made: type[Event]
    word: str
    kind: str
    parts: tuple[str | Field, ...]
    """Words that stand as they are, and fields."""
    names: tuple[str, ...]
    """Of the fields."""

    def text(self, event: Event) -> str:
        values = iter([getattr(event, name) for name in self.names])
        words = [part if isinstance(part, str) else part.text(next(values)) for part in self.parts]
        return " ".join([self.word, *filter(None, words)])

    def read(self, words: Sequence[str], names: NameOf | None) -> Event:
        """`words`: those after the first, the next one last. Raises `Malformed`, `NoIndex`, `DumpError`."""
        left = list(words)
        fields: list[object] = [self.kind] if self.kind else []
        for part in self.parts:
            if isinstance(part, Field):
                fields.append(part.read(left, names))
            elif not left or left.pop() != part:
                raise Malformed
        if left:
            raise Malformed
        return self.made(*fields)


SYNTAXES: dict[tuple[type[Event], str], Syntax] = {}
BY_WORD: dict[str, list[Syntax]] = {}
"""Of most words one; of several, the first that takes a line."""
_E = TypeVar("_E", bound=type[Event])


def event(line: str, kinds: Sequence[str] = ("",)) -> Callable[[_E], _E]:
    """Declare an event. `kinds`: what `{kind}` may be."""

    def declare(made: _E) -> _E:
        hints = get_type_hints(made, include_extras=True)
        first, *rest = line.split(" ")
        names = tuple(re.findall(r"{(\w+)}", " ".join(rest)))
        for kind in kinds:
            parts = [_field(hints[word[1:-1]]).of(kind) if word[0] == "{" else word for word in rest]
            syntax = Syntax(made, first.replace("{kind}", kind), kind, tuple(parts), names)
            SYNTAXES[made, kind] = syntax
            BY_WORD.setdefault(syntax.word, []).append(syntax)
        return made

    return declare


def _field(hint: Any) -> Field:
    (field,) = hint.__metadata__
    assert isinstance(field, Field)
    return field


def parse(line: str, names: NameOf | None = None) -> Event:
    """The event that a line tells; without `names` indices stay in the place of names.

    Raises `DumpError` where a line has no index, or one outside the `wit_t`, where it must have one.
    """
    first, *words = line.split(" ")
    words.reverse()
    for syntax in BY_WORD.get(first, ()):
        try:
            return syntax.read(words, names)
        except Malformed:
            continue
        except NoIndex:
            raise DumpError(f"malformed event {short(line)}") from None
    return Unreadable(line)
