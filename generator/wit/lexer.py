"""WIT text to tokens (WIT.md, "Lexical structure")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.resolved.types import Primitive
from generator.wit.text import SourceText

IDENTIFIER = "identifier"
INTEGER = "integer"
STRING = "string"
END = "end of file"
INVALID = "invalid"

# fmt: off
KEYWORDS = frozenset(primitive.value for primitive in Primitive) | {
    "_", "as", "async", "borrow", "constructor", "enum", "export", "flags", "from", "func", "future", "import",
    "include", "interface", "list", "map", "option", "own", "package", "record", "resource", "result", "static",
    "stream", "tuple", "type", "use", "variant", "with", "world",
}
# fmt: on
"""Words that are identifiers only with `%`. `_` is the empty place in `result<_, e>`."""

_SPACE = " \t\r\n"
_TOKEN = re.compile(
    r"""[ \t\r\n]*+(?:
    (?P<word>[^\W\d][\w-]*)
  | (?P<operator>->|[=,:;(){}<>*.@+-]|/(?![/*]))
  | (?P<line>//[^\n]*)
  | (?P<block>/\*)
  | (?P<explicit>%[\w-]*)
  | (?P<integer>[0-9]+)
  | (?P<string>"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+")
    )""",
    re.VERBOSE,
)
"""A token after white space. Strings are matched without backtracking, which would find nothing else and needs memory
for each character."""
_BLANKS = re.compile(f"[{_SPACE}]*+")

_COMMENT_EDGE = re.compile(r"/\*|\*/")

# Bidirectional overrides, control codes and deprecated or discouraged code points (WIT.md, "Lexical structure"). The
# specification does not list the last kind: these are the code points that the reference names.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u0149\u0673\u0f77\u0f79\u17a3\u17a4\u17b4\u17b5]"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens as columns; the last one is END.

    `kinds` contains the keyword or operator itself, or one of the constants above. `values` is the text (an identifier
    without its `%`). `comments` contains the comments before a token, by the token's index.
    """

    source: SourceText
    kinds: list[str]
    values: list[str]
    starts: list[int]
    comments: dict[int, list[str]]


def tokenize(source: SourceText) -> Tokens:
    """All tokens of a text.

    Raises WitError for forbidden code points and comments without an end. Text that is not a token becomes a token of
    kind INVALID, so that an earlier mistake is reported first.
    """
    text = source.text
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        code = ord(forbidden.group())
        raise source.error(forbidden.start(), f"the character U+{code:04X} must not occur in a WIT file")
    kinds: list[str] = []
    values: list[str] = []
    starts: list[int] = []
    comments: dict[int, list[str]] = {}
    position = 1 if text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}") else 0
    end = len(text.rstrip(_SPACE))
    match_token = _TOKEN.match
    while position < end:
        match = match_token(text, position)
        if match is None:
            position = _after_blanks(text, position)
            kinds.append(INVALID)
            values.append(text[position])
            starts.append(position)
            # after an unterminated string the rest of the line is skipped: each `"` in it would be another one
            end_of_line = text.find("\n", position) if text[position] == '"' else position + 1
            position = end if end_of_line < 0 else end_of_line
            continue
        group = match.lastgroup
        assert group is not None
        position = match.end()
        value = match[group]
        start = position - len(value)
        if group == "word":
            kinds.append(value if value in KEYWORDS else IDENTIFIER)
        elif group == "operator":
            kinds.append(value)
        elif group == "line" or group == "block":
            if group == "block":
                position = _end_of_comment(source, start)
                value = text[start:position]
            comments.setdefault(len(kinds), []).append(value)
            continue
        elif group == "explicit":
            kinds.append(IDENTIFIER)
            value = value[1:]
        else:
            kinds.append(group)
        values.append(value)
        starts.append(start)
    kinds.append(END)
    values.append("")
    starts.append(len(text))
    return Tokens(source, kinds, values, starts, comments)


def _after_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    assert blanks is not None
    return blanks.end()


def _end_of_comment(source: SourceText, start: int) -> int:
    """The end of the block comment at `start`; block comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(source.text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise source.error(start, "this block comment has no end", "block comments nest: each `/*` needs its own `*/`")


def docs_of(comments: list[str]) -> str | None:
    """The documentation in the comments before an item, without comment marks and common indentation.

    The indentation is that of the lines that begin after a comment mark; the further lines of a block comment stay
    unchanged. All comments count, not only `///` and `/** */`. WIT.md does not define documentation: all these rules
    come from the behaviour of wasm-tools 1.262.
    """
    bodies = [_comment_body(comment).rstrip() for comment in comments]
    margin = _common_indentation([line for line in (body.partition("\n")[0] for body in bodies) if line.strip()])
    return "\n".join(_without(body, margin) for body in bodies).rstrip("\n") or None


def _comment_body(comment: str) -> str:
    if comment.startswith("//"):
        return comment.lstrip("/")
    body = comment[2:-2]
    return body[1:] if body.startswith("*") else body


def _without(body: str, margin: int) -> str:
    """A comment without the blanks of the margin at its start, if there are any."""
    blanks = len(body) - len(body.lstrip(" \t"))
    return body[min(blanks, margin) :]


def _common_indentation(lines: list[str]) -> int:
    """The number of blanks at the start of all lines."""
    if not lines:
        return 0
    first = lines[0]
    blanks = first[: len(first) - len(first.lstrip())]
    for line in lines:
        if not line.startswith(blanks):
            pairs = enumerate(zip(blanks, line, strict=False))
            blanks = blanks[: next((index for index, (a, b) in pairs if a != b), len(line))]
    return len(blanks)
