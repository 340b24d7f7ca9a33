"""Tokens of WAVE text, and its errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


class WaveError(ValueError):
    """Malformed WAVE, or text that is not a value of the type. `column` is 1-based in the text."""

    def __init__(self, message: str, text: str, offset: int) -> None:
        line = text.count("\n", 0, offset) + 1
        self.column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        where = f"column {self.column}" if line == 1 else f"line {line}, column {self.column}"
        super().__init__(f"{where}: {message}")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: `number`, `char`, `string`, `label`, `handle`, `nan`, the punctuation itself, or `end`.

    `text` is the decoded content of chars and strings, the label without `%`.
    """

    kind: str
    text: str
    offset: int
    escaped: bool = False
    """The label was written with `%`."""


MAX_QUOTED = 80
"""Maximum characters of a token that a message quotes."""

_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\n]*)*")
_PATTERNS = re.compile(
    r"""(?P<nan>-?nan:0x[0-9a-fA-F]+)
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|-inf(?![a-zA-Z0-9-]))
    |(?P<label>%?[a-zA-Z][a-zA-Z0-9]*(?:-[a-zA-Z0-9]+)*)
    |(?P<handle>\$[a-zA-Z0-9_-]+)
    |(?P<punctuation>[(){}\[\],:!])""",
    re.VERBOSE,
)
_SIMPLE_ESCAPES = {"'": "'", '"': '"', "\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
_BREAK = re.compile(r"\r?\n")


def shortened(text: str) -> str:
    """A token in the form that a message quotes."""
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}..."


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text`; raises `WaveError`."""
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space is not None else at
        if at == len(text):
            yield Token("end", "", at)
            return
        if text[at] in "'\"":
            token, at = _quoted(text, at)
            yield token
            continue
        match = _PATTERNS.match(text, at)
        if match is None:
            raise WaveError(f"unexpected {text[at]!r}", text, at)
        yield _token(match, at)
        at = match.end()


def _token(match: re.Match[str], at: int) -> Token:
    found = match.group()
    match match.lastgroup:
        case "label":
            return Token("label", found.removeprefix("%"), at, found.startswith("%"))
        case "handle":
            return Token("handle", found[1:], at)
        case "punctuation":
            return Token(found, found, at)
        case kind:
            assert kind is not None
            return Token(kind, found, at)


def _quoted(text: str, at: int) -> tuple[Token, int]:
    if text.startswith('"""', at):
        return _multiline(text, at)
    quote = text[at]
    content, end = _characters(text, at + 1, quote)
    if quote == '"':
        return Token("string", content, at), end
    if len(content) != 1:
        raise WaveError(f"a char is one character, this has {len(content)}", text, at)
    return Token("char", content, at), end


def _characters(text: str, at: int, quote: str) -> tuple[str, int]:
    """The characters up to the closing quote, and the offset after it."""
    out: list[str] = []
    while True:
        char = text[at : at + 1]
        if char in ("", "\n"):
            raise WaveError(f"missing closing {quote}", text, at)
        if char == quote:
            return "".join(out), at + 1
        if char == "\\":
            char, at = _escape(text, at)
            out.append(char)
        else:
            out.append(char)
            at += 1


def _escape(text: str, at: int) -> tuple[str, int]:
    """The character of the escape at `at`, and the offset after it."""
    kind = text[at + 1 : at + 2]
    if kind in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[kind], at + 2
    match = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}").match(text, at)
    if match is None:
        raise WaveError(f"unknown escape \\{kind}", text, at)
    code = int(match.group(1), 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise WaveError(f"U+{code:X} is not a Unicode scalar value", text, at)
    return chr(code), match.end()


def _multiline(text: str, at: int) -> tuple[Token, int]:
    first = _BREAK.match(text, at + 3)
    end = text.find('"""', at + 3)
    if first is None or end < 0:
        problem = 'a line break must follow """' if first is None else 'missing closing """'
        raise WaveError(problem, text, at)
    *lines, last = _BREAK.split(text[first.end() : end])
    if last.strip(" "):
        raise WaveError('only spaces may precede the closing """', text, end)
    stripped = []
    offset = first.end()
    for line in lines:
        if not line.startswith(last):
            raise WaveError(f"this line is indented by less than the closing quotes ({len(last)})", text, offset)
        stripped.append(line[len(last) :])
        offset = text.find("\n", offset) + 1
    return Token("string", _unescaped("\n".join(stripped), text, at), at), end + 3


def _unescaped(content: str, text: str, at: int) -> str:
    out: list[str] = []
    position = 0
    while position < len(content):
        if content[position] != "\\":
            out.append(content[position])
            position += 1
            continue
        try:
            char, position = _escape(content, position)
        except WaveError as error:
            raise WaveError(str(error).partition(": ")[2], text, at) from error
        out.append(char)
    return "".join(out)
