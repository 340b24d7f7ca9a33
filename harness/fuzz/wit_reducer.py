"""WIT reduced as a text: items, fields, parameters and parts of types are left out while a predicate holds.

It serves worlds without choices, and it is the last step for the others. It knows only the brackets and separators of
WIT; the predicate finds out whether the rest is still WIT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

COMMENT = re.compile(r"[ \t]*(?://[^\n]*|/\*.*?\*/)", re.DOTALL)
_TOKEN = re.compile(r"%?[A-Za-z][\w-]*|\d[\w.+-]*|->|[^\s\w]")
_VERSION = re.compile(r"@\d[\w.+-]*(?<![.])")
_HOP = re.compile(r"\binterface (%?[\w-]+) \{[^{}]*(?:\{[^{}]*\}[^{}]*)*?\buse ([^\s{]+)\.\{")
_ALIAS = re.compile(r"\btype (%?[\w-]+) = (%?[a-z][\w-]*);")
_MOST_DETOURS = 50
"""Names that lead to each other in a circle must not hold it up."""
_LINE = 100
_CLOSING = {"{": "}", "(": ")", "<": ">"}
_BEFORE_TYPE = (":", "<", ",", "(", "=", "->")
_SIMPLEST = "u8"
PRIMITIVES = frozenset(
    ("u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "bool", "char", "string", "error-context")
)
# fmt: off
KEYWORDS = PRIMITIVES | {
    "package", "world", "interface", "import", "export", "use", "as", "include", "with", "type", "record",
    "variant", "enum", "flags", "resource", "func", "async", "static", "constructor", "own", "borrow", "list",
    "option", "result", "tuple", "map", "future", "stream",
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Edit:
    """The replacement of `start`..`end` of a text by `text`."""

    start: int
    end: int
    text: str = ""

    @property
    def gain(self) -> int:
        return self.end - self.start - len(self.text)

    def apply(self, text: str) -> str:
        return text[: self.start] + self.text + text[self.end :]


def reduce_wit(text: str, still_fails: Callable[[str], bool]) -> str:
    """A text that no single edit makes simpler while `still_fails` holds. `text` itself must fail. The result is never
    longer than `text` and never blank. To end the reduction, let `still_fails` answer no."""
    start = text
    plain = _tidy(COMMENT.sub("", text))
    if plain != text and still_fails(plain):
        text = plain
    while (smaller := _without_detours(_one_pass(text, still_fails), still_fails)) != text:
        text = smaller
    for simpler in (_without_versions, _plain_names, _without_gaps, _short_blocks):
        text = simpler(text, still_fails)
    text = _tidy(text)
    return text if len(text) <= len(start) else start


def _without_detours(text: str, still_fails: Callable[[str], bool]) -> str:
    """A type that is used through another interface is used from its own interface, and an alias is replaced by the
    first name. Then the item in between is no longer needed."""
    for _ in range(_MOST_DETOURS):
        ways = [(f"use {name}.{{", f"use {start}.{{") for name, start in _HOP.findall(text)]
        shorter = [text.replace(old, new) for old, new in ways if old != new]
        for name, target in _ALIAS.findall(text):
            plain = re.sub(rf"(?<![\w%-]){re.escape(name)}(?![\w-])(?!\s*=)", target, text)
            shorter.append(plain)
        found = next((new for new in shorter if new != text and len(new) <= len(text) and still_fails(new)), None)
        if found is None:
            break
        text = found
    return text


def _without_versions(text: str, still_fails: Callable[[str], bool]) -> str:
    """A version is left out everywhere at once: if others name its package, it cannot be left out in one place
    alone."""
    for version in dict.fromkeys(_VERSION.findall(text)):
        plain = text.replace(version, "")
        if still_fails(plain):
            text = plain
    return text


def _short_blocks(text: str, still_fails: Callable[[str], bool]) -> str:
    """Blocks with one item or none, on a line where they fit."""
    short = text
    while (joined := _with_a_short_block(short)) is not None:
        short = joined
    return short if short != text and still_fails(short) else text


def _with_a_short_block(text: str) -> str | None:
    tokens = _tokens(text)
    partner = _partners(tokens)
    for first, last in sorted(partner.items(), key=lambda pair: pair[1] - pair[0]):
        start, end = tokens[first].start, tokens[last].end
        one_item = len(list(_items(tokens, partner, first + 1, last))) <= 1
        if tokens[first].text == "{" and "\n" in text[start:end] and one_item:
            joined = text[:start] + " ".join(text[start:end].split()) + text[end:]
            line = joined[joined.rfind("\n", 0, start) + 1 :].partition("\n")[0]
            if len(line) <= _LINE:
                return joined
    return None


def _plain_names(text: str, still_fails: Callable[[str], bool]) -> str:
    """Names of one letter in place of longer ones, if the finding does not depend on them."""
    words = list(
        dict.fromkeys(match[0] for match in _TOKEN.finditer(text) if match[0][0].isalpha() or match[0][0] == "%")
    )
    for word in words:
        if len(word) > 1 and word not in KEYWORDS:
            letter = next((letter for letter in ascii_lowercase if letter not in words), word)
            renamed = _TOKEN.sub(lambda match: letter if match[0] == word else match[0], text)  # noqa: B023
            if still_fails(renamed):
                text = renamed
                words.append(letter)
    return text


def _without_gaps(text: str, still_fails: Callable[[str], bool]) -> str:
    """The text without the commas, spaces and empty lines that edits left between brackets."""
    closed = re.sub(r",?[ \t\n]*(?=[)>])(?<!-)", "", text)
    plain = re.sub(r"(?<=\S) {2,}", " ", re.sub(r"(?<=[(<])\s+", "", closed))
    return plain if plain != text and len(plain) <= len(text) and still_fails(plain) else text


def _one_pass(text: str, still_fails: Callable[[str], bool]) -> str:
    """All edits once, those that gain most first; of equal ones the last first, because users follow definitions."""
    todo = _ordered(text)
    at = 0
    while at < len(todo):
        edit = todo[at]
        smaller = edit.apply(text)
        if smaller.strip() and still_fails(smaller):
            text = smaller
            todo = _ordered(text)
            at = next((i for i, other in enumerate(todo) if other.gain <= edit.gain), len(todo))
        else:
            at += 1
    return text


def _is_name(word: str) -> bool:
    return (word[0].isalpha() or word[0] == "%") and word not in PRIMITIVES


def _ordered(text: str) -> list[Edit]:
    return sorted(edits(text), key=lambda edit: (-edit.gain, -edit.start))


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    return [_Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]


def edits(text: str) -> list[Edit]:
    """Every edit that makes a text without comments simpler; not all of them give WIT. A name that becomes a primitive
    type, or the type of a field or case behind that name, may make the text longer; then the item with that name is no
    longer used."""
    tokens = _tokens(text)
    partner = _partners(tokens)
    found = [*_without_items(text, tokens, partner), *_without_types(text, tokens, partner)]
    shorter = [edit for edit in dict.fromkeys(found) if edit.gain > 0 or edit.text in PRIMITIVES]
    return [*shorter, *_without_names(text, tokens, partner)]


def _without_names(text: str, tokens: Sequence[_Token], partner: dict[int, int]) -> Iterator[Edit]:
    """The type of a field or case in the place of a record or variant: no type contains itself, so this ends."""
    members = dict(_members(text, tokens, partner))
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if before.text in _BEFORE_TYPE and after.text != ":":
            yield from [Edit(token.start, token.end, member) for member in members.get(token.text, ())]


def _members(text: str, tokens: Sequence[_Token], partner: dict[int, int]) -> Iterator[tuple[str, list[str]]]:
    """The name of each record and variant, and the types of its fields or cases; primitive types are left out."""
    for at, token in enumerate(tokens):
        if token.text in ("record", "variant") and at + 2 in partner:
            types = []
            for begin, end in _items(tokens, partner, at + 3, partner[at + 2]):
                end -= tokens[end - 1].text == ","
                end -= tokens[end - 1].text == ")"
                if end - begin > 2 and tokens[begin + 1].text in (":", "("):
                    types.append(text[tokens[begin + 2].start : tokens[end - 1].end])
            yield tokens[at + 1].text, [member for member in dict.fromkeys(types) if member not in PRIMITIVES]


def _partners(tokens: Sequence[_Token]) -> dict[int, int]:
    """The closing bracket of each opening one, by position; brackets without a partner are left out."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for position, token in enumerate(tokens):
        if token.text in _CLOSING:
            opened.append(position)
        elif opened and token.text == _CLOSING[tokens[opened[-1]].text]:
            found[opened.pop()] = position
    return found


def _without_items(text: str, tokens: Sequence[_Token], partner: dict[int, int]) -> Iterator[Edit]:
    ranges = [(0, len(tokens)), *((first + 1, last) for first, last in partner.items())]
    for first, last in ranges:
        before = None
        items = list(_items(tokens, partner, first, last))
        for size in (len(items) // 2, len(items) // 4):  # many at once first
            if size > 1:
                for index in range(0, len(items), size):
                    several = items[index : index + size]
                    yield Edit(tokens[several[0][0]].start, tokens[several[-1][1] - 1].end)
        for begin, end in items:
            start = tokens[begin].start
            if tokens[end - 1].text != "," and before is not None and tokens[before].text == ",":
                start = tokens[before].start  # the last item of a list goes with the comma before it
            while start and text[start - 1] in " \t\n" and (end == len(tokens) or text[start - 1] != "\n"):
                start -= 1
            yield Edit(start, tokens[end - 1].end)
            before = end - 1


def _items(tokens: Sequence[_Token], partner: dict[int, int], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The items between two brackets: each ends with a separator or with a closing brace."""
    begin = at = first
    while at < last:
        token = tokens[at].text
        at = partner.get(at, at) + 1
        closed = token == "{" and (at >= last or tokens[at].text not in (",", ";"))
        if closed or token in (",", ";"):
            yield begin, at
            begin = at
    if begin < last:
        yield begin, last


def _without_types(text: str, tokens: Sequence[_Token], partner: dict[int, int]) -> Iterator[Edit]:
    primitives = sorted({token.text for token in tokens} & PRIMITIVES | {_SIMPLEST}, key=len)
    for at, token in enumerate(tokens):
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        before = tokens[at - 1].text if at else ""
        if token.text == "->":
            end = partner.get(at + 2, at + 1)
            if end < len(tokens):
                yield Edit(tokens[at - 1].end, tokens[end].end)
        elif token.text == "@" and at + 2 in partner:
            yield Edit(token.start, tokens[partner[at + 2]].end)
        elif token.text == "@" and following[:1].isdigit():
            yield Edit(token.start, tokens[at + 1].end)
        elif token.text == "async":
            yield Edit(token.start, tokens[at + 1].start if at + 1 < len(tokens) else token.end)
        elif following == "<" and at + 1 in partner:
            end = partner[at + 1]
            for begin, stop in _items(tokens, partner, at + 2, end):
                stop -= tokens[stop - 1].text == ","
                if stop > begin:
                    yield Edit(token.start, tokens[end].end, text[tokens[begin].start : tokens[stop - 1].end])
            yield Edit(token.start, tokens[end].end, _SIMPLEST)
        elif before in _BEFORE_TYPE and following != ":" and _is_name(token.text):
            yield from (Edit(token.start, token.end, primitive) for primitive in primitives)
        elif before in _BEFORE_TYPE and len(token.text) > len(_SIMPLEST) and token.text in PRIMITIVES:
            yield Edit(token.start, token.end, _SIMPLEST)
