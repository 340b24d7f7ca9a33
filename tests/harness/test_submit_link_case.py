"""`harness submit` of link cases: what is fit, what is not, and what is compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.fuzz.same_link_case import link_shape, same_libraries, same_link_cases
from harness.suite.link_case import load_link_case, parse_link_case
from interpreters.echo import echo

CASES = Path(__file__).resolve().parents[2] / "cases"
CASE = """title = "T"
why = "W."
origin = "own"
wit = "package a:b; world w { export run: func() -> u32; }"

[[library]]
name = "libapp.so"
wat = '''
(module (@dylink.0 (needed "libone.so"))
  (import "env" "f" (func $f (result i32)))
  (func (export "run") (result i32) call $f))
'''

[[library]]
name = "libone.so"
wat = '(module (@dylink.0) (func (export "f") (result i32) i32.const 7))'

[[step]]
call = "run"
result = "7"
"""
OTHER_SPACES = CASE.replace("  (func", "  ;; a comment (\n (; another ;)  (func").replace("T", "U")
OTHER_RESULT = CASE.replace('"7"', '"8"')


def harness(*words: str) -> Result:
    return CliRunner().invoke(commands, ["submit", *words, "--no-reference"])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("found.toml").write_text(CASE)
    Path("cases", "linking").mkdir(parents=True)


@pytest.mark.parametrize(
    ("text", "same", "libraries"),
    [
        (CASE, True, True),
        (OTHER_SPACES, True, True),
        (OTHER_RESULT, False, True),
        (CASE.replace("i32.const 7", "i32.const 8"), False, False),
        (CASE.replace("libone.so", "libtwo.so"), False, False),
        (CASE.replace("u32", "s32"), False, False),
        (CASE.replace("\n[[library", "link = { stack-size = 65536 }\n[[library", 1), False, False),
        ("title = 1", False, False),
    ],
)
def test_the_same_link_case(text: str, same: bool, libraries: bool) -> None:
    path = Path("other.toml")
    path.write_text(text)
    case = parse_link_case(CASE)
    assert (same_link_cases(case, [path]) == [path], same_libraries(case, [path]) == [path]) == (same, libraries)


def test_no_two_link_cases_of_the_suite_are_the_same() -> None:
    files = [path for path in CASES.rglob("*.toml") if "[[library]]" in path.read_text()]
    shapes = {link_shape(load_link_case(path)) for path in files}
    assert len(shapes) == len(files) > 90


def test_what_passes_is_written_as_it_is() -> None:
    done = harness("found.toml", "-o", "new.toml")
    assert done.exit_code == 0, done.output
    assert "it runs, twice with the same outcome: pass\n" in done.output
    assert "1. Run it: harness run new.toml --no-reference\n" in done.output
    assert Path("new.toml").read_text() == CASE


def test_a_duplicate_is_not_fit() -> None:
    Path("cases/linking/there.toml").write_text(OTHER_SPACES)
    done = harness("found.toml", "-o", "new.toml")
    assert (done.exit_code, Path("new.toml").exists()) == (1, False), done.output
    assert "the same case is there already, up to spaces and comments: cases/linking/there.toml\n" in done.output


def test_a_duplicate_is_not_reduced_first() -> None:
    Path("found.toml").write_text(OTHER_RESULT)
    Path("cases/linking/there.toml").write_text(OTHER_RESULT)
    done = harness("found.toml", "-o", "new.toml")
    assert (done.exit_code, "the same case is there already" in done.output) == (1, True), done.output
    assert "attempts" not in done.output


def test_the_same_finding_in_the_same_libraries_is_not_fit() -> None:
    Path("found.toml").write_text(OTHER_RESULT)
    Path("cases/linking/there.toml").write_text(CASE.replace('"7"', '"9"'))
    done = harness("found.toml", "-o", "new.toml")
    assert (done.exit_code, Path("new.toml").exists()) == (1, False), done.output
    assert "the same finding in the same libraries is there already: cases/linking/there.toml\n" in done.output


def test_it_has_no_other_interpreter() -> None:
    done = harness("found.toml", "-o", "new.toml", "--interpreter", str(echo()))
    assert (done.exit_code, "a link case, which has no interpreter that could be another" in done.output) == (2, True)
