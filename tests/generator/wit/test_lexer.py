from __future__ import annotations

import pytest

from generator.errors import WitError
from generator.names.component_names import is_label
from generator.wit.lexer import END, IDENTIFIER, INVALID, STRING, docs_of, tokenize
from generator.wit.string_literal import decode_string_literal, encode_string_literal
from generator.wit.text import SourceText


def kinds(text: str) -> list[str]:
    return tokenize(SourceText("t.wit", text)).kinds[:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("interface a-b {}", ["interface", "identifier", "{", "}"]),
        ("%interface %a", ["identifier", "identifier"]),
        ("a->b", ["identifier", ">", "identifier"]),  # a dash belongs to the word before it
        ("a ->b", ["identifier", "->", "identifier"]),
        ("()->", ["(", ")", "->"]),
        ("a:b/c@1.0.0", ["identifier", ":", "identifier", "/", "identifier", "@", *["integer", "."] * 2, "integer"]),
        ("error-context error_context", ["error-context", "identifier"]),
        ("_ _a", ["_", "identifier"]),
        ('"a\\"b" "c"', ["string", "string"]),
        ('"open', [INVALID]),
        ("// x\na", ["identifier"]),
        ("/* /* x */ */a", ["identifier"]),
        ("a\r\nb\tc\rd", ["identifier"] * 4),
        ("\ufeffa", ["identifier"]),
        ("a $ b", ["identifier", "invalid", "identifier"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


def test_values_have_no_percent_sign_and_positions_do() -> None:
    tokens = tokenize(SourceText("t.wit", "a %record"))
    assert tokens.values == ["a", "record", ""]
    assert tokens.starts == [0, 2, 9]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (" \t", [2]),
        ("\r\n a \n", [3, 6]),
        ("a  $\t\n $ ", [0, 3, 7, 9]),  # what is no token is invalid by itself, without the blanks before it
        ('  "open \n b ', [2, 10, 12]),
        (" /* x */ a // y \n", [9, 17]),
        ("\ufeff  a", [3, 4]),
    ],
)
def test_positions_are_those_of_the_token_after_blanks(text: str, starts: list[int]) -> None:
    assert tokenize(SourceText("t.wit", text)).starts == starts


@pytest.mark.parametrize(
    "character",
    [
        "\0",
        "\x07",
        "\x0b",
        "\x7f",
        "\x85",
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u0149",
        "\u0673",
        "\u17a3",
        "\u17b5",
    ],
)
@pytest.mark.parametrize("place", ["a {} b", "// a {} b", "/* {} */", '"{}"'])
def test_forbidden_characters(character: str, place: str) -> None:
    with pytest.raises(WitError, match=f"U\\+{ord(character):04X}") as error:
        tokenize(SourceText("t.wit", "x\n" + place.format(character)))
    assert error.value.span is not None
    assert (error.value.span.line, error.value.span.column) == (2, place.index("{") + 1)


@pytest.mark.parametrize("text", ["/*", "a /* /* */", "/*/"])
def test_comments_must_end(text: str) -> None:
    with pytest.raises(WitError, match="no end"):
        tokenize(SourceText("t.wit", text))


@pytest.mark.parametrize("name", ["a", "A", "a1", "a-b", "a-1b", "HTTP-get", "a-B2-3", "x-123"])
def test_kebab(name: str) -> None:
    assert is_label(name)


@pytest.mark.parametrize("name", ["", "-", "a-", "-a", "a--b", "1a", "aB", "Ab", "a_b", "é", "a-é", "a1B"])
def test_not_kebab(name: str) -> None:
    assert not is_label(name)


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        (["/// a"], "a"),
        (["///a", "//// b"], "a\n b"),
        (["///  a", "///   b"], "a\n b"),
        (["// a", "/// b"], "a\nb"),
        (["/** a */"], "a"),
        (["/** a\n    b */"], "a\n    b"),
        (["/**\n   * Two\n   *   lines\n   */"], "\n   * Two\n   *   lines"),
        (["/** a\n b\n  c */"], "a\n b\n  c"),
        (["/**  a\nb */"], "a\nb"),
        (["/** a  \n b */"], "a  \n b"),
        (["/**\n\tt\n\t\tu */"], "\n\tt\n\t\tu"),
        (["///  x", "/** y\n   z */"], " x\ny\n   z"),
        (["///  x", "/**\n  b */"], "x\n\n  b"),
        (["/**   a\n b */", "///  c"], " a\n b\nc"),
        (["/**\n   b\n*/", "///   c"], "\n   b\nc"),
        (["/* a */"], "a"),
        (["///", "/// a", "///"], "\na"),
        (["///"], None),
        (["/**/"], None),
        (["/// a\r"], "a"),
        (["///\ta", "///\tb"], "a\nb"),
    ],
)
def test_documentation(comments: list[str], expected: str | None) -> None:
    assert docs_of(comments) == expected


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('""', ""),
        ('"a"', "a"),
        (r'"\t\n\r\"\'\\"', "\t\n\r\"'\\"),
        (r'"\41\c3\a9"', "Aé"),
        (r'"\u{7fff}\u{1_F600}"', "\u7fff\U0001f600"),
        ('"☃"', "☃"),
    ],
)
def test_string_literals(literal: str, value: str) -> None:
    assert decode_string_literal(SourceText("t.wit", literal), 0, literal) == value
    again = encode_string_literal(value)
    assert again.isascii()
    assert decode_string_literal(SourceText("t.wit", again), 0, again) == value


@pytest.mark.parametrize(
    ("literal", "column"),
    [
        (r'"a\q"', 3),
        (r'"\u{}"', 2),
        (r'"\u{110000}"', 2),
        (r'"\u{d800}"', 2),
        (r'"\4"', 2),
        (r'"\ff"', 1),
        (r'"\u{1_}"', 2),
    ],
)
def test_bad_string_literals(literal: str, column: int) -> None:
    with pytest.raises(WitError) as error:
        decode_string_literal(SourceText("t.wit", literal), 0, literal)
    assert error.value.span is not None
    assert error.value.span.column == column


def test_a_string_may_be_long_or_have_no_end() -> None:
    body = r"a\t" * 100_000
    whole, open_ended = tokenize(SourceText("t.wit", f'"{body}"')), tokenize(SourceText("t.wit", f'"{body}'))
    assert whole.kinds == [STRING, END]
    assert whole.values[0] == f'"{body}"'
    assert open_ended.kinds[0] == INVALID


def test_a_string_without_end_takes_the_rest_of_its_line() -> None:
    """Were each quote in it looked at again, this would take minutes."""
    tokens = tokenize(SourceText("x", '"' + 'a\\"' * 200_000 + "\nnext"))
    assert (tokens.kinds, tokens.values) == ([INVALID, IDENTIFIER, END], ['"', "next", ""])


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        (["///    a", "///  b", "///   c"], "  a\nb\n c"),
        (["///  a", "///\tb"], "  a\n\tb"),
        (["/// \ta", "///  b", "///"], "\ta\n b"),
        (["///" + " " * 100_000 + "a", "/// b"], " " * 99_999 + "a\nb"),
    ],
)
def test_common_indentation(comments: list[str], expected: str) -> None:
    assert docs_of(comments) == expected
