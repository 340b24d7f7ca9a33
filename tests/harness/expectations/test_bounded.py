"""Regular expressions that would take longer than anybody waits end with a message about their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.suite.expectations import Expectations
from harness.suite.expectations_file import load
from harness.suite.faults import bounded
from harness.suite.faults.bounded import BadPattern, UnusablePattern, check, search
from harness.suite.faults.condition import Told, WorldFacts
from harness.suite.faults.link_program import ProgramOfCase
from tests.harness.command import harness_here
from tests.harness.expectations.known import ENTRY, HEAD, write

LONG = "a" * 60 + "b"
NESTED = ("(a+)+$", "(a|aa)+$", "(?=((a|a)*)c)")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "BOUND", 0.05)


@pytest.mark.parametrize("pattern", NESTED)
@pytest.mark.usefixtures("short")
def test_a_search_ends(pattern: str) -> None:
    """Without a match, or with an error: which of them is a matter of how well the package optimizes."""
    try:
        assert search(pattern, LONG, "here") is None
    except UnusablePattern as error:
        assert str(error).startswith("here: the regular expression was stopped after 0.05 s")


@pytest.mark.usefixtures("short")
def test_the_bound_is_reached() -> None:
    with pytest.raises(UnusablePattern, match=r"^here: .* in a text of 61 characters; write it without"):
        search("(a|aa)+$", LONG, "here")


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        ("(?s)a.(?P<x>b)", "za\nb", ("b",)),
        (r"(\w+) (?!\1)(\w+)", "a b", ("a", "b")),
        ("(?:(?:a|b)?+)c(d)?", "ac", (None,)),
        ("a", "b", None),
    ],
)
def test_it_matches_as_re_does(pattern: str, text: str, groups: tuple[str | None, ...] | None) -> None:
    for found in (search(pattern, text, ""), check(pattern).search(text)):
        assert (found and found.groups()) == groups


def test_what_is_no_regular_expression() -> None:
    with pytest.raises(BadPattern, match="not a regular expression"):
        check("(")


def about_long_texts(tmp_path: Path, key: str) -> Expectations:
    entry = ENTRY.replace('cases = ["x"]\n', "" if key == "message" else 'message = ""\ncases = ["x"]\n')
    file = write(tmp_path, HEAD + entry + f"{key} = '(a|aa)+$'\n")
    items = load([file], {"wasm-tools": "1.262.0"})
    return items.about(WorldFacts(LONG, program=ProgramOfCase(LONG)))


@pytest.mark.parametrize(("key", "line"), [("message", 8), ("wit", 10), ("program", 10), ("run", 10)])
@pytest.mark.usefixtures("short")
def test_every_key_with_a_regular_expression_is_bounded(tmp_path: Path, key: str, line: int) -> None:
    items = about_long_texts(tmp_path, key)
    with pytest.raises(UnusablePattern) as caught:
        items.explain("wasm-tools", "x", [Told("fail", LONG, [LONG])])
    assert str(caught.value).startswith(f"{tmp_path / 'known.toml'}:{line}:"), caught.value
    assert f": a: `{key}`: the regular expression was stopped" in str(caught.value)


CASE = """title = "t"
why = "w"
origin = "own"
wit = "package a:b; interface x { f: func(a: list<u8, 4>); } world w { import x; export x; }"
[[step]]
call = "a:b/x#f"
args = ["[1, 2, 3, 4]"]
"""


SLOW = r"""message = '^(\w|\w\w|\W)+(?<=[!])$'
"""


def test_a_run_with_such_a_file_says_so_and_ends(tmp_path: Path) -> None:
    """The reference shows a known fault in the case, and the message about it is long."""
    write(tmp_path, HEAD + ENTRY.replace("fail", "tool panicked") + SLOW)
    (tmp_path / "x.toml").write_text(CASE)
    found = harness_here("run", "x.toml", "--expectations", "known.toml", cwd=tmp_path)
    assert found.code == 2
    assert "known.toml:9:1: a: `message`: the regular expression was stopped after 2 s" in found.said
