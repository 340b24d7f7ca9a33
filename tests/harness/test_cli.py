"""The `harness` command as a user meets it: exit codes, first lines, no tracebacks."""

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

from harness.bench.examine import keep_or_say_why
from harness.judge.observation import Observed
from harness.plan.plan import Plan
from reports import json_form
from reports.model import INTERRUPTED, NOT_ENDED
from tests.harness import interrupted
from tests.harness.command import harness_here

CASE = """title = "a byte"
why = "It arrives."
origin = "own"
wit = '''
package a:b;
interface x { f: func(a: u8) -> u8; }
world w { export x; }
'''

[[step]]
call = "a:b/x#f"
args = ["255"]
result = "0"
"""

REFUSALS = """title = "bad WIT"

[[refusal]]
why = "a type that nobody defines"
wit = "package a:b; world w { import f: func(x: nobody); }"
stage = "wit"
message = "nobody"
reference = "refuses"
"""


def harness(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from harness.cli import main; main()", *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, env=environment())
    assert "Traceback" not in done.stderr + done.stdout
    return done


def environment() -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": root, "COLUMNS": "200"}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "cases" / "scalars"
    folder.mkdir(parents=True)
    (folder / "byte.toml").write_text(CASE)
    (tmp_path / "cases" / "bad.toml").write_text(REFUSALS)
    return tmp_path


def test_all_agree(suite: Path) -> None:
    done = harness("run", "cases", "--json", "out.json", "-j", "1", cwd=suite)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("toolchains: ours (generator ")
    assert "2 cases: 2 pass" in done.stdout
    results = json.loads((suite / "out.json").read_text())
    jsonschema.validate(results, json_form.schema())
    assert [case["name"] for case in results["cases"]] == ["bad", "scalars/byte"]
    assert results["counts"] == {"pass": 2}
    assert (results["planned"], results["stopped"], results["options"]["jobs"]) == (2, "", "1")
    byte = results["cases"][1]
    assert byte["source"] == CASE
    assert {"direction": "export", "position": "parameter", "features": ["u8"]} in byte["covered"]
    assert {"push_u8", "pop_u8", "export_call"} <= set(byte["interface"]) <= set(results["interface"])
    assert {made["toolchains"] for made in byte["made"]} == {"ours", "reference"}
    assert all(made["library"] < made["component"] and "export a:b/x" in made["wit"] for made in byte["made"])
    assert not (suite / "artifacts").exists()


def test_a_disagreement_is_told_with_what_repeats_it(suite: Path) -> None:
    """The reference of this run is a script whose wit-dylib has two functions of the interpreter exchanged."""
    wrong = suite / "wrong-tools"
    wrong.write_text(
        f"""#!{sys.executable}
import os, subprocess, sys
from harness.toolchains.reference_binary import find
os.environ.pop("HARNESS_WASM_TOOLS", None)
words = sys.argv[1:]
done = subprocess.run([find().path, *words], stdout=subprocess.PIPE)
output = done.stdout
if words[:1] == ["wit-dylib"]:
    for old, new in ((b"push_u8", b"push_xx"), (b"push_s8", b"push_u8"), (b"push_xx", b"push_s8")):
        output = output.replace(b"wit_dylib_" + old, b"wit_dylib_" + new)
sys.stdout.buffer.write(output)
sys.exit(done.returncode)
"""
    )
    wrong.chmod(0o755)
    done = harness("run", "cases/scalars", "--reference", str(wrong), "-j", "1", "--json", "o.json", cwd=suite)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL  scalars/byte: a byte" in done.stdout
    assert "expected: push_u8 255" in done.stdout
    assert "in the minority: reference" in done.stdout
    assert "a:b/x#f(255) -> 0" in done.stdout
    assert "interface x { f: func(a: u8) -> u8; }" in done.stdout
    assert f"repeat with: harness run cases/scalars/byte.toml --reference {wrong}" in done.stdout
    (case,) = json.loads((suite / "o.json").read_text())["cases"]
    assert any(
        excerpt["expected"][excerpt["at"] - excerpt["first"]].startswith("push_u8 255")
        and excerpt["seen"][excerpt["at"] - excerpt["first"]].startswith("push_s8 ")
        and "reference@winch" in excerpt["cells"]
        for excerpt in case["excerpts"]
    ), case["excerpts"]
    kept = suite / "artifacts" / "scalars.byte"
    assert (kept / "subject.wit").is_file()
    assert (kept / "run-1.driver.script").read_text().startswith("boxed1")
    assert (kept / "reference@winch" / "subject.dylib.wasm").is_file()
    assert (kept / "ours@winch" / "run-1.subject.trace").is_file()
    readme = (kept / "README.txt").read_text()
    assert f"\n  harness run cases/scalars/byte.toml --reference {wrong}\n" in readme
    (command,) = [line for line in readme.splitlines() if line.endswith(" reference@winch/run-1.subject.seen")]
    compared = subprocess.run(command.split(), cwd=kept, capture_output=True, text=True)
    assert "\n< push_u8 255\n" in compared.stdout
    same = "run-1.subject.expected"
    assert (kept / same).read_text() == (kept / "ours@winch" / "run-1.subject.seen").read_text()
    places = (kept / "run-1.subject.places").read_text().splitlines()
    assert len(places) == len((kept / same).read_text().splitlines())


def test_no_reference_says_so_first(suite: Path) -> None:
    done = harness_here("run", "cases/scalars", "--no-reference", "-j", "1", cwd=suite)
    assert done.code == 0
    assert done.out.startswith("no reference was requested: judged by the model alone")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nowhere"], "nowhere"),
        (["run"], "Missing argument"),
        (["run", "empty"], "contains no case"),
        (["run", "cases", "-k", "nothing-like-it"], "no case has"),
        (["run", "cases", "--reference", "cases"], "not an executable file"),
        (["run", "cases", "--reference", "x", "--no-reference"], "contradict"),
        (["run", "cases", "--expectations", "cases/bad.toml"], "`tool` must be a string"),
        (["run", "cases", "--toolchain", "cases/bad.toml"], "unknown key"),
        (["run", "cases", "--engine", "spidermonkey"], "--engine"),
        (["check", "nowhere.wit"], "nowhere.wit"),
        (["run", "good.wit"], "good.wit is a world, not a case: `harness check good.wit` runs it"),
        (["check", "broken.wit"], "broken.wit:1:"),
        (["check", "two.wit"], "choose one with --world NAME"),
        (["check", "two.wit", "-w", "one", "--features", "shinny"], "no gate has the feature 'shinny'"),
        (["check", "good.wit", "--calls", "100000000"], "is not in the range"),
        (["check", "good.wit", "--json", "good.wit/x.json"], "cannot be written"),
        (["run", "cases", "--json", "/dev/null/x.json"], "cannot be written"),
        (["run", "cases", "--artifacts", "/dev/null/x"], "cannot be written"),
        (["run", "cases", "--toolchain", "ours", "--reference", "x"], "leaves out"),
        (["run", "cases", "--toolchain", "mutant:none"], "no mutant 'none'"),
        (["check", "two.wit", "--world", "c"], "c"),
        (["schema", "poem"], "poem"),
        (["no-such-command"], "No such command"),
    ],
)
def test_used_wrongly(suite: Path, words: list[str], message: str) -> None:
    (suite / "empty").mkdir()
    (suite / "broken.wit").write_text("package a:b; world w { import f: func(x: nobody); }")
    (suite / "two.wit").write_text("package a:b; world one {} world two {}")
    (suite / "good.wit").write_text("package a:b; world w { import f: func(); }")
    done = harness_here(*words, cwd=suite)
    assert done.code == 2, done.said
    assert message in done.said


def test_it_is_used_wrongly_in_a_process_of_its_own(suite: Path) -> None:
    done = harness("run", "nowhere", cwd=suite)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr


def test_a_bad_case_is_refused_with_its_line(suite: Path) -> None:
    bad = suite / "cases" / "scalars" / "byte.toml"
    bad.write_text(CASE.replace("255", "256"))
    done = harness_here("run", "cases/scalars", "-j", "1", cwd=suite)
    assert done.code == 2
    assert "byte.toml:12:" in done.out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
@pytest.mark.parametrize("name", ["x.wit", "w/x.wit", "w/deps/x.wit", "w/deps/k/x.wit"])
def test_check_reads_what_has_an_end(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / name)
    done = harness_here("check", name.partition("/")[0], cwd=tmp_path)
    assert (done.code, f"{name} is neither a regular file nor a folder" in done.said) == (2, True), done.said


def test_check(suite: Path) -> None:
    (suite / "w.wit").write_text(
        "package a:b; interface x { f: func(a: list<string>); } world w { import x; export x; }"
    )
    done = harness_here("check", "w.wit", "--seed", "3", "--calls", "4", cwd=suite)
    assert done.code == 0, done.said
    assert "1 case: 1 pass" in done.out


def test_what_is_not_run_has_not_passed(suite: Path) -> None:
    (suite / "w.wit").write_text("package a:b; interface i { resource r; f: func(a: r); } world w { import i; }")
    done = harness_here("check", "w.wit", cwd=suite)
    assert "skipped w@0: nothing of the world can be run\n" in done.out, done.said
    assert "unsupported in w@0: import a:b/i#f: the subject has no own<a:b/i#r> to give\n" in done.out
    assert "1 case: 1 skip" in done.out
    assert done.out.endswith("; no call ran\n")
    assert done.code == 0
    strict = harness_here("check", "w.wit", "--strict", "--json", "out.json", cwd=suite)
    assert strict.code == 1, strict.out
    assert "; --strict counts what did not run as failed; no call ran" in strict.out
    assert json.loads((suite / "out.json").read_text())["strict"] is True


def test_a_known_fault_of_a_single_world_is_told(suite: Path) -> None:
    (suite / "w.wit").write_text("package a:b; world w { import f: func(x: list<u8, 2>); }")
    done = harness_here("check", "w.wit", cwd=suite)
    assert done.code == 0, done.said
    assert "known fault in w@0: reference: fixed-length-list-panics" in done.out


def test_what_only_our_front_end_refuses_is_a_disagreement(suite: Path) -> None:
    """The reference of this run is a script that reads another file than it is given."""
    (suite / "good.wit").write_text("package a:b; world w { import f: func(); }")
    (suite / "broken.wit").write_text("package a:b; world w { import f: func(x: nobody); }")
    lenient = suite / "lenient-tools"
    lenient.write_text(
        f"""#!{sys.executable}
import os, sys
from harness.toolchains.reference_binary import find
os.environ.pop("HARNESS_WASM_TOOLS", None)
words = [word.replace("broken.wit", "good.wit") for word in sys.argv[1:]]
os.execv(find().path, ["wasm-tools", *words])
"""
    )
    lenient.chmod(0o755)
    done = harness("check", "broken.wit", "--reference", str(lenient), cwd=suite)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "reference accepts this WIT, but our front end refuses it: broken.wit:1:" in done.stdout
    assert "in the minority: ours" in done.stdout


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("case", "title"),
        ("negative-cases", "refusal"),
        ("link-case", "library"),
        ("result", "cases"),
        ("fuzz", "findings"),
        ("expectations", "expect"),
        ("toolchain", "generate"),
    ],
)
def test_schemas_are_schemas(suite: Path, what: str, key: str) -> None:
    document = json.loads(harness_here("schema", what, cwd=suite).said)
    jsonschema.Draft202012Validator.check_schema(document)
    assert key in document["properties"]


@pytest.mark.parametrize(("old", "new"), [("refusals", "negative-cases"), ("program", "link-case")])
def test_old_names_of_schemas_work_for_one_release(suite: Path, old: str, new: str) -> None:
    warning = f"Warning: `harness schema {old}` is an old name: use `harness schema {new}`\n"
    assert harness_here("schema", old, cwd=suite).said == warning + harness_here("schema", new, cwd=suite).said


def test_doctor(suite: Path) -> None:
    done = harness_here("doctor", cwd=suite)
    assert done.code == 0
    assert "reference: wasm-tools 1.262.0" in done.out
    assert "engine feature error-context:" in done.out
    assert harness("doctor", "--reference", "nowhere", cwd=suite).returncode == 3


def test_smoke(suite: Path) -> None:
    done = harness_here("smoke", "--no-reference", cwd=suite)
    assert done.code == 0, done.said


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_run_leaves_nothing_behind(suite: Path) -> None:
    for number in range(200):
        (suite / "cases" / f"more-{number}.toml").write_text(CASE)
    temporary = suite / "tmp"
    temporary.mkdir()
    words = ["run", "cases", "-j", "1", "--json", "o.json"]
    variables = {**environment(), "TMPDIR": str(temporary)}
    with interrupted.command(words, cwd=suite, env=variables, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(1.0)
        begun = json.loads((suite / "o.json").read_text())
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=interrupted.PATIENCE)
    assert process.returncode == 130
    assert "interrupted" in output
    assert not list(temporary.iterdir())
    ended = json.loads((suite / "o.json").read_text())
    for results, stopped in ((begun, NOT_ENDED), (ended, INTERRUPTED)):
        jsonschema.validate(results, json_form.schema())
        assert (results["stopped"], results["planned"]) == (stopped, 202)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [["schema"], ["doctor"], ["--help"]])
def test_output_that_cannot_be_written(suite: Path, words: list[str]) -> None:
    command = [sys.executable, "-c", "from harness.cli import main; main()", *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=suite, stdout=full, stderr=subprocess.PIPE, text=True, env=environment())
    assert (done.returncode, done.stderr) == (2, "Error: the output cannot be written: No space left on device\n")


def test_artifacts_that_cannot_be_kept_do_not_lose_the_verdict(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("")
    plan = Plan("t", (), (), (), ())
    told = keep_or_say_why(taken / "below", "x", "x", plan, Observed([]))
    assert told.startswith("none: ") and "--artifacts" in told
