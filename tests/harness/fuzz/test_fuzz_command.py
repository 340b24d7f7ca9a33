"""`harness fuzz` from the command line, with workers."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from harness.cli import fuzz as fuzz_command
from harness.cli.fuzz_options import SWITCHES, profile_of, switches_of
from harness.cli.fuzz_results import NOT_ASKED
from harness.cli.group import commands
from harness.fuzz.worlds import Profile
from harness.runs.pool import Patience
from reports import fuzz as reports
from reports.model import NOT_ENDED
from tests.harness import interrupted

OURS = ["--toolchain", "ours"]
WRONG = ["--toolchain", "mutant:s8-loaded-unsigned", "--no-reference"]
"""Found in most worlds."""


def fuzz(*words: str, expected: int | None = 0) -> str:
    result = CliRunner().invoke(commands, ["fuzz", *words])
    assert expected is None or result.exit_code == expected, result.output
    return result.output


def summary(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text())
    jsonschema.validate(loaded, reports.schema())
    return loaded


def comparable(told: dict[str, Any]) -> dict[str, Any]:
    """The output without times, places and the number of workers."""
    hidden = {"file": "", "run": "", "repeat": "", "reduced": True}
    plain = {key: told[key] for key in ("seed", "worlds", "calls", "next", "outcomes", "refusals")}
    return {**plain, "findings": [{**finding, **hidden} for finding in told["findings"]]}


def test_the_same_on_one_worker_and_many(tmp_path: Path) -> None:
    found = []
    for jobs in ("1", "3"):
        folder = tmp_path / jobs
        words = ["--seed", "5", "--worlds", "9", "--calls", "20", "--jobs", jobs, "--no-reduce"]
        fuzz(*WRONG, *words, "--findings", str(folder), "--json", str(folder / "s.json"), expected=None)
        found.append(comparable(summary(folder / "s.json")))
    assert found[0] == found[1]
    assert found[0]["worlds"] == 9


def test_a_finding_is_reduced_to_a_case_that_shows_it(tmp_path: Path) -> None:
    words = ["--seed", "5", "--worlds", "4", "--calls", "15", "--findings", str(tmp_path)]
    fuzz(*WRONG, *words, "--json", str(tmp_path / "s.json"), expected=1)
    told = summary(tmp_path / "s.json")
    finding = next(item for item in told["findings"] if "push_s8" in item["kind"])
    assert (finding["toolchain"], finding["minority"], finding["level"]) == ("ours", "ours", 3)
    assert finding["reduced"]
    text = Path(finding["file"]).read_text()
    wit = text.split("'''")[1]
    assert len(wit.strip().splitlines()) <= 10
    assert text.count("[[step]]") == 1
    assert "s8" in wit
    # ours has no such fault, so that the case passes with it; both commands under the finding show it again
    assert CliRunner().invoke(commands, ["run", finding["file"], "--no-reference"]).exit_code == 0
    artifacts = ["--artifacts", str(tmp_path / "artifacts")]
    again = CliRunner().invoke(commands, [*finding["run"].split()[1:], *artifacts])
    assert again.exit_code == 1
    assert "in the minority: ours" in again.output
    output = fuzz(*finding["repeat"].split()[2:], "--no-reduce", "--findings", str(tmp_path / "again"), expected=1)
    assert f"NEW  {finding['title']}, 1 times" in output and finding["title"].startswith("ours alone: ")


def test_nothing_new_is_exit_code_0(tmp_path: Path) -> None:
    output = fuzz(*OURS, "--worlds", "3", "--calls", "10", "--findings", str(tmp_path))
    assert "3 worlds (3 pass)" in output
    assert not list(tmp_path.glob("*.toml"))


def test_time_bounds_it(tmp_path: Path) -> None:
    since = time.monotonic()
    output = fuzz(*OURS, "--time", "2s", "--calls", "10", "--findings", str(tmp_path))
    assert time.monotonic() - since < 30
    assert re.search(r"^\d+ worlds? \(.*, 0 new findings, ", output, re.MULTILINE), "a busy machine may end none"


def test_index_repeats_one_world_and_leaves_the_state_alone(tmp_path: Path) -> None:
    fuzz(*OURS, "--index", "3", "--calls", "10", "--findings", str(tmp_path), "--json", str(tmp_path / "s.json"))
    told = summary(tmp_path / "s.json")
    assert (told["worlds"], told["next"]) == (1, 4)
    several = ["--index", "3", "--worlds", "2", "--calls", "10", "--json", "-"]
    (line,) = [line for line in fuzz(*OURS, *several).splitlines() if line.startswith("seed ")]
    assert "random worlds: 3 to 4; " in line
    assert not (tmp_path / "campaign.json").exists()


def test_resumed(tmp_path: Path) -> None:
    words = [*OURS, "--seed", "3", "--calls", "10", "--findings", str(tmp_path / "a")]
    fuzz(*words, "--worlds", "2")
    fuzz(*OURS, "--resume", "--worlds", "4", "--findings", str(tmp_path / "a"), "--json", str(tmp_path / "a.json"))
    whole = ["--seed", "3", "--calls", "10", "--worlds", "4"]
    fuzz(*OURS, *whole, "--findings", str(tmp_path / "b"), "--json", str(tmp_path / "b.json"))
    assert comparable(summary(tmp_path / "a.json")) == comparable(summary(tmp_path / "b.json"))
    output = fuzz(*OURS, "--resume", "--findings", str(tmp_path / "a"))
    assert "random worlds: nothing left: 4 of 4 are done" in output
    output = fuzz(*OURS, "--resume", "--seed", "4", "--findings", str(tmp_path / "a"), expected=2)
    assert "had another --seed" in output
    output = fuzz(*OURS, "--resume", "--features", "no-maps", "--findings", str(tmp_path / "a"), expected=2)
    assert "had another --kinds" in output
    output = fuzz("--resume", "--findings", str(tmp_path / "a"), expected=2)
    assert "had another --toolchain" in output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--worlds", "many"], "neither a number of worlds nor one of random, wit-smith"),
        (["--worlds", "1", "--worlds", "2"], "one number and one source"),
        (["--time", "soon"], "not a time such as"),
        (["--kinds", "colours"], "--kinds: there is no 'colours'"),
        (["--kinds", "always-colours"], "--kinds: there is no 'always-colours'"),
        (["--kinds", "no-always-maps"], "--kinds: there is no 'no-always-maps'"),
        (["--kinds", "no-maps,always-maps"], "--kinds: always-maps contradicts worlds without maps"),
        (["--kinds", "maps,always-versions"], "--kinds: always-versions contradicts worlds without packages"),
        (["--features", "colours"], "--features is deprecated: use --kinds Error: --kinds: there is no 'colours'"),
        (["--toolchain", "nothing.toml"], "nor a file"),
        (["--toolchain", "mutant:none"], "no mutant 'none'"),
        (["--toolchain", "ours", "--toolchain", "mutant:fields-packed"], "only one toolchain"),
        (["--toolchain", "python:no.such:thing"], "python:no.such:thing"),
        (["--toolchain", "ours", "--reference", "x"], "leaves out"),
        (["--resume", "--index", "3"], "repeats one world"),
        (["--resume", "--findings", "no-such-folder"], "there is no campaign"),
        (["--findings", "/dev/null/x"], "cannot be written to"),
        (["--index", "1", "--json", "/dev/null/x"], "/dev/null/x cannot be written: Not a directory"),
    ],
)
def test_used_wrongly(words: list[str], message: str) -> None:
    output = fuzz(*words, expected=2)
    assert message in " ".join(output.split()).replace("│ ", "")
    assert "Traceback" not in output


EVERY_WORLD = tuple(name.replace("-", "_") for name in SWITCHES)


def only(*names: str) -> dict[str, Any]:
    return {name: name in names for name in EVERY_WORLD}


@pytest.mark.parametrize(
    ("kinds", "profile", "said"),
    [
        ("", Profile(), ""),
        ("no-maps", replace(Profile(), maps=False), None),
        ("always-asynchronous", Profile(always=("asynchronous",)), "always-asynchronous"),
        ("always-maps,no-labels", replace(Profile(), labels=False, always=("maps",)), None),
        (",".join(f"always-{name}" for name in SWITCHES), Profile(always=EVERY_WORLD), None),
        (
            "maps,always-asynchronous",
            replace(Profile(always=("asynchronous",)), **only("asynchronous", "maps")),
            "maps,always-asynchronous",
        ),
        (
            ",".join([*(f"no-{name}" for name in SWITCHES if name != "maps"), "always-maps"]),
            replace(Profile(always=("maps",)), **only("maps")),
            None,
        ),
    ],
)
def test_kinds(kinds: str, profile: Profile, said: str | None) -> None:
    """`said`: the text that commands name again; None: another one that means the same."""
    assert profile_of([kinds]) == profile
    assert profile_of([switches_of(profile)]) == profile
    assert said is None or switches_of(profile) == said


def test_a_kind_of_every_world_is_kept_and_printed(tmp_path: Path) -> None:
    kinds = ["--kinds", "always-asynchronous"]
    words = ["--seed", "3", "--calls", "10", *kinds, "--no-reduce", "--findings", str(tmp_path)]
    fuzz(*WRONG, *words, "--worlds", "3", "--json", str(tmp_path / "s.json"), expected=1)
    finding = summary(tmp_path / "s.json")["findings"][0]
    assert "--kinds always-asynchronous" in finding["repeat"]
    again = fuzz(*finding["repeat"].split()[2:], "--no-reduce", "--findings", str(tmp_path / "again"), expected=1)
    assert f"{finding['title']}, 1 times" in again
    assert f"not reduced: {NOT_ASKED}" in again
    same = [*WRONG, "--resume", "--no-reduce", *kinds, "--findings", str(tmp_path)]
    assert "nothing left: 3 of 3 are done" in fuzz(*same, expected=1)
    output = fuzz(*WRONG, "--resume", "--kinds", "asynchronous", "--findings", str(tmp_path), expected=2)
    assert "had another --kinds" in output


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_interrupted_it_keeps_what_it_has(tmp_path: Path) -> None:
    words = ["fuzz", *OURS, "--worlds", "100000", "--calls", "5", "--findings", str(tmp_path)]
    words += ["--json", str(tmp_path / "s.json")]
    with interrupted.command(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "campaign.json").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        begun = summary(tmp_path / "s.json")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=interrupted.PATIENCE)
    assert process.returncode == 130
    assert begun["stopped"] == NOT_ENDED, "what a kill would have left"
    assert "stopped: interrupted" in output
    told = summary(tmp_path / "s.json")
    assert told["stopped"] == "interrupted"
    assert json.loads((tmp_path / "campaign.json").read_text())["next"] == told["next"] == told["worlds"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("panics", "tool panicked: panicked no Nth way"),
        ("dies", "tool panicked: generate panicked exit code N"),
        ("hangs", "timed out: generate did not end within N s"),
        ("floods", "fail: refused to link"),
    ],
)
def test_survives_bad_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str) -> None:
    monkeypatch.setattr(fuzz_command, "PATIENCE", Patience(step=3))  # a busy machine needs a second or two to plan
    tool = ["--toolchain", f"python:tests.harness.fuzz.bad_tools:{name}", "--no-reference"]
    words = ["--worlds", "1", "--calls", "2", "--jobs", "1", "--no-reduce", "--findings", str(tmp_path)]
    output = fuzz(*tool, *words, expected=1)
    assert f"ours: {kind}" in output
    assert "1 world (1 " in output
    assert len(list(tmp_path.glob("*.toml"))) == 1
