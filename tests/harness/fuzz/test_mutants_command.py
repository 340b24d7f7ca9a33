"""`harness mutants`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from harness.cli.group import commands
from harness.mutants.toolchain import MUTANTS
from harness.mutation.tasks import counted
from reports import mutants as reports
from reports.model import NOT_ENDED
from tests.harness import interrupted

CASE = """title = "s8 in a list"
why = "The interpreter must receive -1."
origin = "own"
wit = '''
package a:b;
interface x { f: func(a: list<s8>); }
world w { export x; }
'''

[[step]]
call = "a:b/x#f"
args = ["[-1, 1]"]
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["mutants", *arguments])


def test_the_list_names_all() -> None:
    result = run("--list")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in MUTANTS)


def test_no_such_name() -> None:
    result = run("--only", "no-such-thing")
    assert result.exit_code == 2
    assert "no-such-thing" in result.output


def test_words_in_brackets_are_shown() -> None:
    result = run("--short", "--no-reference", "--only", "reads-block", "-j", "1")
    assert result.exit_code == 0, result.output
    assert "`[async-lower]`" in result.output


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    path = tmp_path / "cases" / "s8.toml"
    path.parent.mkdir()
    path.write_text(CASE)
    return path.parent


def test_what_cases_notice(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "table.json"
    result = run("--cases", "--suite", str(suite), "--only", "s8-loaded-unsigned", "-j", "1", "--json", str(out))
    assert result.exit_code == 0, result.output
    assert "noticed by cases: 1 of 1" in result.stdout
    results = json.loads(out.read_text())
    jsonschema.validate(results, reports.schema())
    assert (results["planned"], results["stopped"]) == (1, "")
    (row,) = results["mutants"]
    assert (row["shown"], row["fuzzed"]) == (None, None)
    assert (row["name"], row["cases"], row["level"]) == ("s8-loaded-unsigned", ["s8"], 3)
    assert "push_s8" in row["message"]


HANGS = """
import os
from harness.mutation import survey
from tests.harness.pool_tasks import HoldOn
survey.TryRandom = lambda *_: HoldOn(os.environ["NOTE"])
from harness.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_interrupted_it_ends_at_once(tmp_path: Path) -> None:
    """It also ends while a world takes for ever, and shows no traceback."""
    note, out = tmp_path / "note", tmp_path / "out.json"
    words = ["mutants", "--fuzz", "60", "--only", "slot-0-used", "-j", "1", "--json", str(out)]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    path = os.pathsep.join(sys.path)
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": path, "NOTE": str(note)}
    with interrupted.command(words, HANGS, env=environment, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 30
        while not note.exists() and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=interrupted.PATIENCE)
    assert process.returncode == 130
    assert "interrupted" in told
    results = json.loads(out.read_text())
    jsonschema.validate(results, reports.schema())
    assert (results["planned"], results["mutants"], results["stopped"]) == (1, [], NOT_ENDED)
    assert not list(temporary.iterdir())


def test_what_an_interrupted_survey_has_found_is_kept(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted_at(*_: object) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "out.json"
    monkeypatch.setattr("harness.cli.mutants.WRITTEN_EVERY", 0.0)
    monkeypatch.setattr("harness.mutation.survey.Survey.fuzz", interrupted_at)
    words = ["--cases", "--fuzz", "1", "--suite", str(suite), "--only", "s8-loaded-unsigned", "-j", "1"]
    result = run(*words, "--json", str(out))
    assert result.exit_code != 0
    results = json.loads(out.read_text())
    jsonschema.validate(results, reports.schema())
    (row,) = results["mutants"]
    assert (results["stopped"], row["cases"], row["fuzzed"]) == (NOT_ENDED, ["s8"], None)


@pytest.mark.parametrize(
    ("wall", "processor", "seconds"), [(3.0, 2.5, 2.5), (10.0, 2.5, 2.5), (30.0, 0.1, 6.0), (0.0, 0.0, 0.0)]
)
def test_time_that_a_worker_is_kept_waiting_does_not_count(wall: float, processor: float, seconds: float) -> None:
    """But a trial that waits for ever for a tool costs something."""
    assert counted(wall, processor) == seconds


def test_what_cases_do_not_notice(suite: Path) -> None:
    result = run("--cases", "--suite", str(suite), "--only", "s16-loaded-unsigned", "-j", "1")
    assert result.exit_code == 1
    assert "noticed by cases: 0 of 1" in result.stdout
