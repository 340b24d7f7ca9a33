"""Text from outside reaches terminals without control characters."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cli.terminal import show_error
from harness.text.visible import lines_of, visible, without_middle

ROOT = Path(__file__).resolve().parents[2]

TABLE = [
    ("plain text, ünïcode 漢字 😀\n\tnext", "plain text, ünïcode 漢字 😀\n\tnext"),
    ("\x1b[2Jcleared", "\\x1b[2Jcleared"),
    ("a\rb\x07\x7f\x9b", "a\\x0db\\x07\\x7f\\x9b"),
    ("a\u202eb\u2066c\u200f", "a\\u202eb\\u2066c\\u200f"),
    ("\udc80", "\\udc80"),
    ("\u2028", "\\u2028"),
    ("\U000e0001", "\\U000e0001"),
]


@pytest.mark.parametrize(("text", "shown"), TABLE)
def test_table(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(), st.integers(4, 40))
def test_of_a_long_text_the_middle_is_left_out(text: str, most: int) -> None:
    short = without_middle(text, most)
    begin, _, end = short.partition(f"... ({len(text) - most} characters) ...")
    assert begin + end == (text if len(text) <= most else text[: most - most // 4] + text[-(most // 4) :])
    assert len(begin + end) <= most


@given(st.text(st.characters()))
def test_what_is_shown_is_printable_and_stays(text: str) -> None:
    shown = visible(text)
    assert shown.replace("\n", "").replace("\t", "").isprintable() or shown == ""
    assert visible(shown) == shown


@given(st.lists(st.text("a\n ")))
def test_further_lines_of_a_part_are_indented(parts: list[str]) -> None:
    lines = lines_of(parts).split("\n") if parts else []
    assert sum(not line.startswith("    ") for line in lines) <= len(parts)
    assert sum(map(len, lines)) == sum(len(part) + 3 * part.count("\n") for part in parts)


def test_errors_are_shown_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    show_error(click.BadParameter("no \x1b[2J", param_hint="--x"))
    assert capsys.readouterr().err == "Error: Invalid value for --x: no \\x1b[2J\n"


@pytest.mark.parametrize("path", sorted((ROOT / "harness" / "cli").glob("*.py")), ids=lambda path: path.name)
def test_commands_write_by_way_of_the_terminal_module(path: Path) -> None:
    """Nothing else may write to standard streams: `print`, `click.echo`, `click.secho`, `.write` of a stream."""
    if path.name == "terminal.py":
        return
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    written = {ast.unparse(call.func) for call in calls}
    assert not {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"} & written
