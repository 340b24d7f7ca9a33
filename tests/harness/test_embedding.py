"""`component embed`, `new` and `wit` of a toolchain by its file: asked, judged, blamed by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.settings import Settings
from harness.bench.workbench import Workbench
from harness.frontend.front_end import WitText
from harness.fuzz.bucket import hits
from harness.fuzz.cases_of import bare_case
from harness.fuzz.oracle import Oracle
from harness.judge.embedding import unasked
from harness.plan.plan import Plan
from harness.planner import check_plan
from harness.process.launching import ProcessLimits
from harness.process.steps import Steps
from harness.toolchains.protocol import ENCODINGS
from harness.toolchains.reference_binary import find
from harness.toolchains.selection import FromFile, Ours, Reference, Selected, Selection
from reports.outcomes import Outcome
from tests.harness.minorities import alone

WORLD = """package a:b@1.2.0;
interface i { resource r { constructor(s: string); } f: func(a: borrow<r>) -> string; }
world w { import i; export i; import say: func(s: string); }
"""
GATED = "package a:b; world w { import f: func(s: string); @unstable(feature = x) import g: func(); }"
VERSIONS = """package a:b;
world w { import c:d/i@1.0.0; import c:d/i@1.1.0; export run: func() -> string; }
package c:d@1.0.0 { interface i { f: func(); } }
package c:d@1.1.0 { interface i { f: func(); g: func(a: string); } }
"""
CONFLICT = VERSIONS.replace("i { f: func(); g", "i { f: func(a: u8); g")

BASE = ["{tool}", "component"]
LINK = [*BASE, "link", "{libraries}", "-o", "{output}"]
EMBED = [*BASE, "embed", "{wit}", "-w", "{world}", "--encoding", "{encoding}", "--dummy-names", "{names}"]
EMBED += ["--features", "{features}", "-o", "{output}"]
NEW = [*BASE, "new", "{module}", "-o", "{output}"]
PRINT = [*BASE, "wit", "{component}", "-o", "{output}"]


def shell(script: str, *words: str) -> list[str]:
    return ["sh", "-c", f'tool="{{tool}}"; {script}', *words]


UTF8_ONLY = shell('"$tool" component embed "$1" -w "$2" --dummy -o "$3"', "{encoding}", "{wit}", "{world}", "{output}")
EMBEDDED = ("{names}", "{wit}", "{world}", "{encoding}", "{output}")
EMPTY = shell(
    'echo "(module)" | "$tool" component embed "$0" - -w "$1" --encoding "$2" -o "$3"',
    "{wit}",
    "{world}",
    "{encoding}",
    "{output}",
)
"""A module without the functions of the world that it carries."""
KEEPS = [*NEW, "--merge-imports-based-on-semver=false"]
TEXT = '"$tool" component wit "$0" | sed s/borrow/own/ > "$1"'
CUT = '"$tool" component wit "$0" | head -c 9 > "$1"'


def bench_of(
    folder: Path, commands: Mapping[str, list[str]], reference: bool = False, limits: ProcessLimits | None = None
) -> Workbench:
    tool = find()
    lines = ['name = "mine"', *(f"{key} = {words}" for key, words in {"link": LINK, **commands}.items())]
    (folder / "mine.toml").write_text("\n".join(lines).replace("{tool}", tool.path))
    members: tuple[Selected, ...] = (Ours(), *([Reference(tool)] if reference else []), FromFile(folder / "mine.toml"))
    return Workbench(Settings(folder, Selection(members), limits or ProcessLimits()), Steps())


def plan_of(wit: str, *encodings: str, features: tuple[str, ...] = ()) -> Plan:
    return check_plan(WitText(wit, "w.wit"), features=features, calls=1, encodings=encodings)


def findings(bench: Workbench, plan: Plan) -> dict[str, list[str]]:
    found = bench.embedding.judge(plan, bench.toolchains.values())
    return {name: [finding.message for finding in findings] for name, findings in found.items() if findings}


@pytest.mark.parametrize("wit", [WORLD, VERSIONS, CONFLICT], ids=["world", "versions", "conflict"])
def test_the_reference_by_a_file(tmp_path: Path, wit: str) -> None:
    encodings = ENCODINGS if wit is WORLD else ENCODINGS[2:]
    assert findings(bench_of(tmp_path, {"embed": EMBED, "new": NEW, "wit": PRINT}), plan_of(wit, *encodings)) == {}


WRONG = {
    "encoding": (
        WORLD,
        {"embed": UTF8_ONLY, "new": NEW},
        "component embed (subject, string encoding): expected utf16, got utf8",
    ),
    "names": (
        WORLD,
        {
            "embed": shell(
                '"$tool" component embed "$1" -w "$2" --encoding "$3" --dummy-names legacy -o "$4"', *EMBEDDED
            )
        },
        "component embed (subject, names): expected standard32, got legacy",
    ),
    "no new of its own": (WORLD, {"embed": EMPTY}, "`component new` of the subject, utf16: refused to new: "),
    "keeps versions": (
        VERSIONS,
        {"new": KEEPS},
        "component new (subject, import c:d/i@1.0.0): expected (nothing), got an interface",
    ),
    "merges what differs": (
        CONFLICT,
        {"new": shell('cp "$0" "$1"', "{module}", "{output}")},
        "component new (subject, imports in compatible versions): expected a refusal to merge them (the function f of "
        "c:d/i@1.1.0 has another type), got a component",
    ),
    "no component": (
        WORLD,
        {"new": ["cp", "{module}", "{output}"]},
        "`component new` of the subject, utf16: new gave an invalid output",
    ),
    "text": (
        WORLD,
        {"wit": shell(TEXT, "{component}", "{output}")},
        "component wit (subject, export a:b/i@1.2.0#f, parameter a): expected borrow",
    ),
    "no text": (
        WORLD,
        {"wit": shell(CUT, "{component}", "{output}")},
        "component wit (subject): expected a text that can be read",
    ),
    "a refusal": (
        WORLD,
        {"wit": shell("echo no >&2; exit 1", "{component}", "{output}")},
        "`component wit` of the subject, utf16: refused to wit: no",
    ),
}


@pytest.mark.parametrize(("wit", "commands", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_about_the_toolchain_by_name(
    tmp_path: Path, wit: str, commands: dict[str, list[str]], message: str
) -> None:
    found = findings(bench_of(tmp_path, commands), plan_of(wit, "utf16"))
    assert list(found) == ["mine"]
    assert found["mine"][0].startswith(message), found


def test_a_tool_without_end_is_asked_once(tmp_path: Path) -> None:
    """Each question would take the whole time limit; the tool is wrong already."""
    endless = shell('echo >> "$0"; sleep 600', str(tmp_path / "asked"), "{module}", "{output}")
    bench = bench_of(tmp_path, {"embed": EMBED, "new": endless}, limits=ProcessLimits(seconds=1))
    found = findings(bench, plan_of(WORLD, *ENCODINGS))
    assert found == {"mine": ["`component new` of the subject, utf8: new did not end within 1 s"]}
    assert (tmp_path / "asked").read_text() == "\n"


def test_what_it_cannot_be_asked_for(tmp_path: Path) -> None:
    words = [word for word in EMBED if word not in ("--features", "{features}", "--dummy-names", "{names}")]
    bench = bench_of(tmp_path, {"embed": [*words, "--dummy"]})
    mine = bench.toolchains["mine"]
    assert mine.lacks >= {"embed-features", "embed-names", "new", "wit"}
    for plan, reason in (
        (plan_of(WORLD, "utf8"), ""),
        (plan_of(GATED, "utf8", features=("x",)), "no {features} in `embed`, and the world has gates to open"),
        (plan_of(VERSIONS, "utf8"), "no {names} in `embed`, and the world has compatible versions of an interface"),
        (plan_of(VERSIONS), ""),
    ):
        wanted = [f"`component embed` of mine is not tried: its file has {reason}"] if reason else []
        assert unasked(plan, bench.toolchains.values()) == wanted
        assert findings(bench, plan) == {}


def test_it_is_judged_with_all_else(tmp_path: Path) -> None:
    """The way from a plan to a verdict, to a case that shows it again, and to the name of the wrong tool."""
    bench = bench_of(tmp_path, {"embed": UTF8_ONLY}, reference=True)
    plan = plan_of(WORLD, "utf8", "utf16")
    verdict = examine(bench, "w", plan, Options(artifacts=None)).verdict
    assert (verdict.outcome, verdict.minority) == (Outcome.FAIL, alone("mine"))
    (hit,) = hits(verdict, lambda subject, findings: [""] * len(findings))
    assert (hit.bucket.toolchain, hit.bucket.aspect, hit.run) == ("mine", "component embed", 0)
    oracle = Oracle(bench, hit.bucket, Options(artifacts=None))
    fails = {}
    for encoding in ("utf8", "utf16"):
        oracle.allow(100)
        fails[encoding] = oracle.case_fails(bare_case(WORLD, "w", (), hit.bucket, (encoding,)))
    assert fails == {"utf8": False, "utf16": True}
