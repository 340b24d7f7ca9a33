"""TOML files that nobody means well with: one line with file and line number, never a traceback, never a hang."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.planner import case_plan
from harness.runs.suite_files import FileKind, SuiteFile
from harness.script.operations import Handle
from harness.script.parser import ScriptValueError, parse_value
from harness.suite.case import load_case, parse_case
from harness.suite.link_case import load_link_case, parse_link_case
from harness.suite.negative_cases import load_negative_cases, parse_negative_cases
from harness.text.files import MAX_BYTES
from harness.text.toml_lines import FileError
from harness.values.wave_lexer import WaveError
from harness.values.wave_parser import from_wave
from harness.world.types import Prim

CASES = Path(__file__).parents[2] / "cases"
EXAMPLES = {
    "case": CASES / "scalars" / "f32-bounds.toml",
    "refusals": CASES / "refusals" / "gates.toml",
    "program": sorted((CASES / "linking").glob("*.toml"))[0],
}
PARSERS: dict[str, Callable[[str], object]] = {
    "case": parse_case,
    "refusals": parse_negative_cases,
    "program": parse_link_case,
}
LOADERS: dict[str, Callable[[Path], object]] = {
    "case": load_case,
    "refusals": load_negative_cases,
    "program": load_link_case,
}
HOSTILE = {
    "decimal": ("title = " + "9" * 5000, "not TOML: Exceeds the limit"),
    "hexadecimal": ("title = 0x" + "f" * 5000, "an integer of more than 64 bits"),
    "deep arrays": ("\ntitle = " + "[" * 5000 + "]" * 5000, "nested more than 100 deep"),
    "arrays, 150 deep": ("\ntitle = " + "[" * 150 + "]" * 150, "nested more than 100 deep"),
    "a deep key": ("\n" + "a." * 50_000 + "b = 1", "nested more than 100 deep"),
    "a deep table": ("[" + "a." * 50_000 + "b]", "nested more than 100 deep"),
    "a key with quotes": ('"it\'s" = 1', 'unknown key "it\'s"'),
    "an escape in a key": ('"\\u001b[2J" = 1', "unknown key '\\x1b[2J'"),
    "a long value": ("title = " + "[" + "1, " * 100_000 + "]", "title: expected a string in quotes, found [1, 1, 1"),
    "blanks": ("[" + " " * 100_000, "not TOML"),
    "blank lines": ("\n" * 100_000 + "x", "not TOML"),
    "NUL": ("\0", "not TOML"),
}


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_one_short_line(kind: str, name: str) -> None:
    text, message = HOSTILE[name]
    with pytest.raises(FileError) as caught:
        PARSERS[kind](text)
    told = str(caught.value)
    assert message in told
    assert len(told) < 600
    assert told.isprintable()


LONG_VALUES = {
    "digits": ("u64", "args", "9" * 6000, "expected a value of u64"),
    "brackets": ("list<u64>", "args", "[" * 50_000, "expected"),
    "a name": ("u64", "args", "$" + "x" * 50_000, "expected a value of u64"),
    "blanks": ("u64", "args", " " * 50_000 + "x", "expected a value of u64"),
    "a caller": ("u64", "by", "x" * 50_000, "by"),
    "an unknown function": ("u64", "call", "x" * 50_000, "x"),
}


@pytest.mark.parametrize(("type", "key", "value", "message"), LONG_VALUES.values(), ids=LONG_VALUES)
def test_a_message_about_a_long_value_is_short(type: str, key: str, value: str, message: str) -> None:
    step = {"call": "a:b/i#f", "args": ["1"]} | {key: [value] if key == "args" else value}
    wit = f"package a:b; interface i {{ f: func(a: {type}); }} world w {{ export i; }}"
    text = f"title = 't'\nwhy = 'y'\norigin = 'own'\nwit = '{wit}'\n[[step]]\n"
    text += "".join(f"{name} = {json.dumps(held)}\n" for name, held in step.items())
    with pytest.raises(FileError) as caught:
        case_plan(parse_case(text))
    assert message in str(caught.value)
    assert len(str(caught.value)) < 2500


MUTATION = st.tuples(
    st.floats(0, 1, exclude_max=True), st.integers(0, 12), st.sampled_from(["", "[", '"', "\x1b", "=", "9" * 4400])
)


@pytest.mark.parametrize("kind", PARSERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations=st.lists(MUTATION, min_size=1, max_size=4))
def test_mutated_files_load_or_are_refused(kind: str, mutations: list[tuple[float, int, str]]) -> None:
    text = EXAMPLES[kind].read_text()
    for where, removed, inserted in mutations:
        at = int(where * len(text))
        text = text[:at] + inserted + text[at + removed :]
    try:
        PARSERS[kind](text)
    except FileError as error:
        assert str(error).startswith("<")
        assert len(str(error)) < 1000


@pytest.mark.parametrize("kind", LOADERS)
def test_what_is_no_regular_file_is_not_opened(kind: str, tmp_path: Path) -> None:
    pipe = tmp_path / "x.toml"
    os.mkfifo(pipe)
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    refused = {
        pipe: "is not a regular file",
        Path("/dev/zero"): "is not a regular file",
        tmp_path: "is a folder",
        large: "is larger than 16 MiB",
        tmp_path / "absent.toml": "cannot be read: No such file or directory",
        tmp_path / ("x" * 5000): "cannot be read: File name too long",
        tmp_path / "a\0b": "cannot be read: embedded null byte",
    }
    for path, message in refused.items():
        with pytest.raises(FileError, match=message):
            LOADERS[kind](path)
    assert SuiteFile(pipe, "x").kind is FileKind.CASE, "and the parent does not wait for it either"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\n" * 200_000 + "[[refusal]]", FileKind.NEGATIVE_CASES),
        ("[[" + " " * 200_000, FileKind.CASE),
        (" " * 200_000 + "[[ library ]]", FileKind.LINK_CASE),
    ],
)
def test_the_kind_of_a_file_is_found_in_one_pass(tmp_path: Path, text: str, kind: FileKind) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    assert SuiteFile(path, "x").kind is kind


NINES = "9" * 5000
WAVE = [
    (Prim.U8, NINES, "expected a value of u8"),
    (Prim.S64, "-" + NINES, "expected a value of s64"),
    (Prim.S64, "-9223372036854775809", "expected a value of s64"),
    (Prim.STRING, f'repeat({NINES}, "a")', "expected how often"),
    (Prim.STRING, 'repeat(2000000, "a")', "more than 1048576 elements"),
    (Prim.BOOL, NINES, "expected a value of bool"),
]


@pytest.mark.parametrize(("type", "text", "message"), WAVE)
def test_numbers_of_wave_without_end(type: Prim, text: str, message: str) -> None:
    with pytest.raises(WaveError, match=message) as caught:
        from_wave(text, type)
    assert len(str(caught.value)) < 200


SCRIPT = [
    (f"u8 {NINES}", "expected a number"),
    ("u8 1_0", "expected a number"),
    ("u8 \u0661", "expected a number"),
    ("char \u00b2", "expected a number"),
    (f"list {NINES}", "expected a number"),
    ("list 1000000000 u8 1", "1000000000 values are announced, but 2 words follow"),
    ("rec -1", "-1 values are announced"),
    ("varp 0 " * 100_000 + "u8 1", "nested"),
    ("x" * 10_000, "unknown kind of value"),
]


@pytest.mark.parametrize(("text", "message"), SCRIPT)
def test_script_values_without_end(text: str, message: str) -> None:
    with pytest.raises(ScriptValueError, match=message) as caught:
        parse_value(text, lambda name: Handle(0))
    assert len(str(caught.value)) < 200
