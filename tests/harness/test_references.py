"""Several references side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.runs.runner import Runner
from harness.suite import expectations_file
from harness.toolchains.choose import Tools, choose
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import NoToolchain
from reports.model import Opinion, Tool
from reports.outcomes import Outcome
from reports.references import differing, references_text
from tests.harness.command import harness_here
from tests.reports.samples import FINDING, PASSED
from tests.reports.samples import RUN as SAMPLE

KNOWN = """tool = "wasm-tools"
versions = "{versions}"
[[expect]]
id = "{id}"
outcome = "fail"
message = "x"
reason = "r"
reproduction = "p"
"""


def other_version(folder: Path, version: str) -> Path:
    """wasm-tools that says another version."""
    path = folder / f"wasm-tools-{version}"
    real = find().path
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo "wasm-tools {version}"; else exec {real} "$@"; fi\n'
    )
    path.chmod(0o755)
    return path


def test_names_and_known_faults(tmp_path: Path) -> None:
    """Each has the known faults of its own version."""
    others = [str(other_version(tmp_path, version)) for version in ("1.255.0", "1.256.0")]
    files = []
    for id, versions in (("old", "<1.256"), ("middle", "==1.256.0"), ("new", ">1.256")):
        files.append(tmp_path / f"{id}.toml")
        files[-1].write_text(KNOWN.format(id=id, versions=versions))
    with Runner(Tools(find().path, (*others, others[0])), 1) as run:
        names = [tool.name for tool in run.tools]
        assert names == ["ours", "reference", "reference-1.255.0", "reference-1.256.0", "reference-1.255.0-2"]
        known = run.load_expectations(files)
    assert [(item.id, item.tool) for item in known.items] == [
        ("new", "wasm-tools"),
        ("old", "wasm-tools@1.255.0"),
        ("middle", "wasm-tools@1.256.0"),
    ]
    assert len(expectations_file.load(files, {"wasm-tools": "1.255.0"}).items) == 1


def test_they_take_part(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w { export f: func(a: list<u8, 2>) -> u8; }")
    words = ["--reference", find().path, "--reference", str(other_version(tmp_path, "1.255.0")), "--json", "o.json"]
    done = harness_here("check", "w.wit", *words, "-j", "1", cwd=tmp_path)
    assert "reference-1.255.0 (wasm-tools 1.255.0)" in done.said
    assert "no file of known faults matches wasm-tools 1.255.0" in done.said
    assert "the references differ in 1 of 1 cases:" in done.said, done.said
    case = json.loads((tmp_path / "o.json").read_text())["cases"][0]
    found = {opinion["toolchain"]: opinion["outcome"] for opinion in case["opinions"]}
    assert (found["reference"], found["reference-1.255.0"]) == ("expected failure", "tool panicked")


def test_a_further_reference_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(NoToolchain, match="not an executable file"):
        choose(Tools(find().path, (str(tmp_path / "none"),)))


TOOLS = (Tool("ours", "generator", "1"), Tool("reference", "wasm-tools", "2"), Tool("reference-1", "wasm-tools", "1"))


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        (Opinion("reference", Outcome.PASS), Opinion("reference-1", Outcome.PASS), False),
        (Opinion("reference", Outcome.PASS), Opinion("reference-1", Outcome.FAIL, (FINDING,)), True),
        (Opinion("reference", Outcome.FAIL, (FINDING,)), Opinion("reference-1", Outcome.FAIL, (FINDING,)), False),
        (
            Opinion("reference", Outcome.FAIL, (FINDING,)),
            Opinion("reference-1", Outcome.FAIL, (replace(FINDING, actual="other"),)),
            True,
        ),
    ],
)
def test_what_differs(first: Opinion, second: Opinion, differ: bool) -> None:
    case = replace(PASSED, opinions=(Opinion("ours", Outcome.FAIL, (FINDING,)), first, second))
    run = replace(SAMPLE, tools=TOOLS, cases=(case,))
    assert bool(differing(run)) is differ
    assert references_text(run).startswith("the references differ in 1 of 1" if differ else "no case differs between")
    assert references_text(replace(run, tools=TOOLS[:2])) == ""


def test_a_case_that_only_one_reference_ran_compares_nothing() -> None:
    case = replace(PASSED, opinions=(Opinion("reference-1", Outcome.TOOL_PANICKED, (FINDING,)),))
    text = references_text(replace(SAMPLE, tools=TOOLS, cases=(case,)))
    assert text == "no case compares reference and reference-1"
