"""A position in a token list, and the small pieces of grammar that all other rules use."""

from __future__ import annotations

from generator.errors import WitError
from generator.names.component_names import is_label
from generator.names.versions import VERSION, is_version
from generator.wit.ast import Name
from generator.wit.lexer import END, IDENTIFIER, INVALID, KEYWORDS, STRING, Tokens, docs_of
from generator.wit.string_literal import decode_string_literal

LONGEST_SHOWN = 60
"""Maximum characters of a token in an error."""


class Cursor:
    """Reads tokens from left to right. `kind` is always the kind of the next token."""

    __slots__ = ("_kinds", "_starts", "_values", "index", "kind", "source", "tokens")

    def __init__(self, tokens: Tokens):
        self.tokens = tokens
        self.source = tokens.source
        self._kinds = tokens.kinds
        self._values = tokens.values
        self._starts = tokens.starts
        self.index = 0
        self.kind = tokens.kinds[0]

    @property
    def at(self) -> int:
        """The start of the next token."""
        return self._starts[self.index]

    def look_ahead(self, distance: int) -> str:
        """The kind of the token `distance` after the next one."""
        return self._kinds[min(self.index + distance, len(self._kinds) - 1)]

    def advance(self) -> None:
        self.index += 1
        self.kind = self._kinds[self.index]

    def eat(self, kind: str) -> bool:
        """Step over the next token if it is of this kind."""
        if self.kind != kind:
            return False
        self.index += 1
        self.kind = self._kinds[self.index]
        return True

    def expect(self, kind: str) -> None:
        if self.kind != kind:
            raise self.unexpected(f"`{kind}`")
        self.index += 1
        self.kind = self._kinds[self.index]

    def goes_on(self, closer: str) -> bool:
        """After an item of a list: steps over a comma, or is at the end of the list."""
        if self.eat(","):
            return True
        if self.kind != closer:
            raise self.unexpected(f"`,` or `{closer}`")
        return False

    def unexpected(self, wanted: str, hint: str | None = None) -> WitError:
        """The error for a next token that does not fit."""
        kind, value, at = self.kind, _shortened(self._values[self.index]), self.at
        if kind == INVALID:
            return _invalid_character(self, value, at)
        if kind == END:
            found = "the end of the file"
        elif kind in KEYWORDS:
            found = f"keyword `{value}`"
        elif kind == STRING:
            found = "a string"
        else:
            found = f"{kind} `{value}`" if kind != value else f"`{value}`"
        return self.source.error(at, f"expected {wanted}, found {found}", hint)

    def docs(self) -> str | None:
        """The documentation before the next token."""
        comments = self.tokens.comments.get(self.index)
        return docs_of(comments) if comments is not None else None

    def name(self, what: str = "a name") -> Name:
        """An identifier; it must be a kebab-case label (WIT.md, "WIT Identifiers")."""
        if self.kind != IDENTIFIER:
            hint = f"write `%{self.kind}` to use this word as a name" if self.kind in KEYWORDS else None
            raise self.unexpected(what, hint)
        text, at = self._values[self.index], self._starts[self.index]
        if not is_label(text):
            raise self.source.error(
                at,
                f"`{_shortened(text)}` is not a valid name" if text else "there is no name after `%`",
                "names are words joined by single `-`; a word is all lower or all upper case letters and digits, "
                "and the first one starts with a letter",
            )
        self.index += 1
        self.kind = self._kinds[self.index]
        return Name(text, at)

    def written(self) -> str:
        """The text of the next token; an identifier after `%` includes the `%` and is not a keyword."""
        return self.source.text[self.at : self.at + len(self._values[self.index])]

    def word(self, text: str) -> None:
        """The given identifier, which is a keyword only at this place."""
        if self.kind != IDENTIFIER or self._values[self.index] != text:
            raise self.unexpected(f"`{text}`")
        self.advance()

    def integer(self, what: str) -> int:
        if self.kind != "integer":
            raise self.unexpected(what)
        digits = self._values[self.index]
        if len(digits) > 20:
            raise self.source.error(self.at, f"{what} is too large")
        self.advance()
        return int(digits)

    def string(self) -> str:
        if self.kind != STRING:
            raise self.unexpected("a string in double quotes")
        literal, at = self._values[self.index], self.at
        self.advance()
        return decode_string_literal(self.source, at, literal)

    def version(self) -> str:
        """A semantic version. It ends at the first character that cannot continue it, so that `@1.0.0.{a}` is valid."""
        start = self.at
        match = VERSION.match(self.source.text, start)
        if match is None or not is_version(match.group()):
            raise self.unexpected("a version", "versions are complete: major.minor.patch, as in `1.0.0`")
        end = match.end()
        while self._starts[self.index] < end and self.kind != END:
            last = self._starts[self.index] + len(self._values[self.index])
            self.advance()
            if last > end:
                raise self.source.error(
                    end, "this is not part of a version", "see semver.org for the syntax of versions"
                )
        return match.group()

    def opt_version(self) -> str | None:
        return self.version() if self.eat("@") else None


def _shortened(text: str) -> str:
    """A token in the form that errors show."""
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def _invalid_character(cursor: Cursor, value: str, at: int) -> WitError:
    if value == '"':
        return cursor.source.error(at, "this string has no end", 'close it with `"` on the same line')
    return cursor.source.error(at, f"unexpected character {value!r} (U+{ord(value):04X})")
