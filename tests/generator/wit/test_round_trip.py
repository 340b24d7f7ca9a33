"""Laws over random texts: what is printed means the same, and nothing but WitError comes out of bad texts."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from generator.errors import WitError
from generator.sources.load import load_text
from generator.wit.printer import print_all
from tests.generator.wit.strategies import wit_texts
from tests.generator.wit.structure import structure
from tests.generator.wit.texts import FEATURES, TEXTS

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(wit_texts())
def test_printed_text_means_the_same(text: str) -> None:
    note(text)
    resolve, package = load_text(text)
    printed = print_all(resolve, package)
    again, package_again = load_text(printed)
    assert structure(again) == structure(resolve)
    assert print_all(again, package_again) == printed


@SETTINGS
@given(wit_texts())
def test_definitions_come_before_their_uses(text: str) -> None:
    """A reader that goes through the arena in order, such as the encoder, meets the parts of a type before it."""
    from generator.resolved.kinds import children

    resolve, _ = load_text(text)
    for index, definition in enumerate(resolve.types):
        assert all(part < index for part in children(definition.kind) if isinstance(part, int))


PIECES = re.compile(r"[\w%-]+|\s+|.", re.DOTALL)
GOOD = [PIECES.findall(text) for text in TEXTS.values()]
ALL_PIECES = sorted(
    {piece for pieces in GOOD for piece in pieces}
    | set('\0\x7f\u202e\ufeff\\"é☃\U0001f600')
    | {"/*", "*/", "//", "%", "@", "->", "0", "99999999999999999999999", "-", "_", "package", "1.0.0"}
)


@st.composite
def mutated_texts(draw: st.DrawFn) -> str:
    """A good text with pieces replaced, left out, put in, repeated or cut off."""
    pieces = list(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces)))
        change = draw(st.sampled_from(("replace", "delete", "insert", "repeat", "cut")))
        piece = draw(st.sampled_from(ALL_PIECES))
        if change == "replace":
            pieces[at : at + 1] = [piece]
        elif change == "delete":
            del pieces[at : at + draw(st.integers(1, 5))]
        elif change == "insert":
            pieces.insert(at, piece)
        elif change == "repeat":
            pieces[at:at] = pieces[at : at + draw(st.integers(1, 30))]
        else:
            del pieces[at:]
    return "".join(pieces)


def check_any_text(text: str) -> None:
    """A text gives a resolution that can be printed and read again, or an error that says where."""
    note(text)
    try:
        resolve, package = load_text(text, "x.wit", FEATURES)
    except WitError as error:
        assert error.span is not None
        lines = text.count("\n") + 1
        assert 1 <= error.span.line <= lines
        assert re.match(r"x\.wit:\d+:\d+: error: .+\n  \| .*\n  \|\s+\^", str(error))
        return
    again, _ = load_text(print_all(resolve, package), features=FEATURES)
    assert structure(again) == structure(resolve)


@settings(SETTINGS, max_examples=400)
@example("package a:b; interface i { /**\n indented */ f: func(); }")
@given(mutated_texts())
def test_mutated_texts(text: str) -> None:
    check_any_text(text)


@settings(SETTINGS, max_examples=100)
@given(st.lists(st.sampled_from(ALL_PIECES), max_size=30).map("".join) | st.text(max_size=50))
def test_nonsense(text: str) -> None:
    check_any_text(text)
