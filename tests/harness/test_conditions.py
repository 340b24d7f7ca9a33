"""What a case says about versions of tools, and where it comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.fuzz.case_text import CaseParts, case_text
from harness.runs.runner import Runner
from harness.runs.tasks import RunCase, RunLinkCase, RunNegativeCases
from harness.suite.case import parse_case
from harness.suite.conditions import UNCONDITIONAL, Conditions, KnownHere
from harness.suite.link_case import parse_link_case
from harness.suite.negative_cases import parse_negative_cases
from harness.suite.provenance import Provenance
from harness.text.toml_lines import FileError
from harness.toolchains.choose import Tools
from harness.toolchains.ours import toolchain
from reports.outcomes import Outcome
from tests.harness.command import harness_here

WIT = "package a:b; world w { export f: func(a: s8) -> s8; }"
PARTS = CaseParts("t", "w", WIT, origin=("own",))
FILE = f'title = "t"\nwhy = "w"\norigin = "own"\nwit = "{WIT}"\n'
OURS = replace(toolchain(), version="2.5.0")


@pytest.mark.parametrize(
    ("versions", "asked"),
    [(">=2.5.0", True), (">=2.6.0", False), ("<2.5", False), (">=2, <3", True), ("==2.5.*", True)],
)
def test_which_versions_are_asked(versions: str, asked: bool) -> None:
    conditions = Conditions((("generator", versions), ("wasm-tools", "<1")))
    said = conditions.not_asked(OURS)
    assert (said == "") == asked
    assert asked or said == f"toolchain ours is left out: the case applies to generator {versions}, not to 2.5.0"


def test_known_faults_are_those_of_the_version() -> None:
    known = [KnownHere("generator", versions, "fail", versions) for versions in (">=2.6", "<2.6")]
    other = KnownHere("wasm-tools", ">=0", "fail", "r")
    (found,) = Conditions((), (*known, other)).expectations("values/a[1]", [OURS])
    assert (found.id, found.reason, found.tool) == ("values/a[1]#2", "<2.6", "generator")
    assert found.demands("values/a[1]") and found.concerns("values/a[1]")


HOSTILE = Provenance("harness check 'a\x1b[31m'", "b\u202e.wit", ('t"\n[[step]]', "u\x00"))
CONDITIONS = Conditions(
    (("wasm-tools", ">=1.2"), ("my tool", "<3")),
    (KnownHere("generator", "<1", "fail", 'it "lies"', "a.*b\\(", "https://x.y"), KnownHere("g", ">1", "fail", "r")),
)


def test_both_are_written_and_read_again() -> None:
    text = case_text(replace(PARTS, conditions=CONDITIONS, made_by=HOSTILE))
    case = parse_case(text)
    assert case.conditions == CONDITIONS
    assert case.made_by == Provenance("harness check 'a\\x1b[31m'", "b\\u202e.wit", ('t"\n[[step]]', "u\\x00"))
    assert "\x1b" not in text and "\u202e" not in text and "\x00" not in text
    assert case.steps == ()
    plain = parse_case(case_text(PARTS))
    assert plain.conditions == UNCONDITIONAL and plain.made_by is None


BODY = "instantiate-only = true\n"
LINKED = '[[library]]\nname = "a.so"\nwat = "(module)"\n'
ROW = f'[[refusal]]\nwhy = "w"\nwit = "{WIT}"\nstage = "wit"\nmessage = "m"\nreference = "refuses"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[applies-to]\nwasm-tools = "1.2"\n', "x.toml:2:1: '1.2' is not like"),
        ("[applies-to]\nwasm-tools = 1\n", "x.toml:2:1: applies-to.wasm-tools"),
        ("[applies-to]\n", "applies-to"),
        ('[[expect]]\ntool = "t"\nversions = "new"\noutcome = "fail"\nreason = "r"\n', "x.toml:3:1: 'new' is not"),
        ('[[expect]]\ntool = "t"\nversions = ">1"\noutcome = "pass"\nreason = "r"\n', "x.toml:4:1: expect.0.outcome"),
        (
            '[[expect]]\ntool = "t"\nversions = ">1"\noutcome = "fail"\nreason = "r"\nmessage = "("\n',
            "x.toml:6:1: not a regular expression",
        ),
        ("[made-by]\nwho = 1\n", "x.toml:2:1: unknown key who"),
    ],
)
def test_errors_name_the_line(text: str, message: str) -> None:
    before = FILE.count("\n")
    moved = message
    for line in range(2, 7):
        if message.startswith(f"x.toml:{line}:"):
            moved = message.replace(f":{line}:", f":{line + before + 1}:", 1)
    with pytest.raises(FileError) as raised:
        parse_case(f"{FILE}{BODY}{text}", "x.toml")
    assert moved in str(raised.value)
    link_case = f"{FILE}compile-only = true\n{text}{LINKED}"
    with pytest.raises(FileError) as raised:
        parse_link_case(link_case, "x.toml")
    assert moved in str(raised.value)


def test_bad_versions_of_a_row() -> None:
    with pytest.raises(FileError, match=r"x\.toml:8:1: 'latest' is not like"):
        parse_negative_cases(f'title = "t"\n{ROW}versions = "latest"\n', "x.toml")


CALL = '[[step]]\ncall = "f"\nargs = ["-1"]\nresult = "-1"\n'


@pytest.mark.slow
def test_conditions_in_a_run(tmp_path: Path) -> None:
    """One run of a right tool for all of them."""
    files = {
        "not-asked": f'{FILE}[applies-to]\ngenerator = "<0.0.1"\n{CALL}',
        "asked": f'{FILE}[applies-to]\ngenerator = ">=0.0.1"\n{CALL}',
        "fixed": f'{FILE}[[expect]]\ntool = "generator"\nversions = ">0"\noutcome = "fail"\nreason = "r"\n{CALL}',
        "later": f'{FILE}[[expect]]\ntool = "generator"\nversions = ">99"\noutcome = "fail"\nreason = "r"\n{CALL}',
    }
    outcomes = {}
    with Runner(Tools(without_reference=True), 1) as run:
        options = Options(artifacts=None)
        for name, text in files.items():
            path = tmp_path / f"{name}.toml"
            path.write_text(text)
            found = run.submit(RunCase(path, name, options)).result(timeout=120)
            outcomes[name] = (found.verdict.outcome, found.verdict.reason, found.unsupported)
        version = run.tools[0].version
        link_case = tmp_path / "linked.toml"
        link_case.write_text(f'{FILE}refusal = "m"\n[applies-to]\ngenerator = "<0.0.1"\n{LINKED}')
        linked = run.submit(RunLinkCase(link_case, "linked", options)).result(timeout=120)
    left = f"toolchain ours is left out: the case applies to generator <0.0.1, not to {version}"
    assert outcomes["not-asked"] == (Outcome.SKIP, left, ())
    assert outcomes["asked"][0] is outcomes["later"][0] is Outcome.PASS
    assert outcomes["fixed"][0] is Outcome.UNEXPECTED_PASS
    assert linked.verdict.outcome is Outcome.SKIP and left in linked.unsupported


@pytest.mark.slow
def test_rows_ask_the_reference_in_their_versions_only(tmp_path: Path) -> None:
    wrong = ROW.replace(WIT, "package a:b; world w { import f: func(x: nobody); }").replace('"m"', '"nobody"')
    wrong = wrong.replace('"refuses"', '"panics"')
    path = tmp_path / "table.toml"
    with Runner(Tools(), 1) as run:
        found = {}
        for versions in ("<1", ">=1"):
            path.write_text(f'title = "t"\n{wrong}versions = "{versions}"\n')
            found[versions] = run.submit(RunNegativeCases(path, "table")).result(timeout=120)
    assert found["<1"].verdict.outcome is Outcome.PASS
    assert "1 of 1 rows: toolchain reference is left out: they apply to wasm-tools <1" in found["<1"].unsupported[0]
    assert found[">=1"].verdict.outcome is Outcome.FAIL


@pytest.mark.slow
def test_explain_says_both(tmp_path: Path) -> None:
    made_by = Provenance("harness check my.wit", "app.wasm", ("generator 9", "wasm-tools 1"))
    (tmp_path / "x.toml").write_text(case_text(replace(PARTS, conditions=CONDITIONS, made_by=made_by)))
    done = harness_here("explain", "x.toml", "--no-run", "--no-reference", cwd=tmp_path)
    assert "made: by harness check my.wit; from app.wasm; with generator 9, wasm-tools 1" in done.said
    assert "It asks my tool only in the versions <3." in done.said
    assert 'In generator <1 the outcome is expected to be `fail`: it "lies" (https://x.y)' in done.said
