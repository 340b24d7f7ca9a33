"""Results to draw: a small run, and one whose names and texts are hostile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reports.fuzz import FuzzFinding, FuzzRun, RefusedWorlds
from reports.inputs import Inputs, ResultFile
from reports.model import Called, CaseResult, Covered, Excerpt, Finding, Made, Opinion, Ran, Run, Tool, Topic, Used
from reports.mutants import Mutant, MutantsRun
from reports.outcomes import Outcome

MIXED = "subject=reference,provider=ours,driver=ours@winch"
TOOLS = (Tool("ours", "generator", "0.1.0"), Tool("reference", "wasm-tools", "1.262.0", "bin/wasm-tools", ("w link",)))
FINDING = Finding(
    Outcome.FAIL, "event: expected push_u8 1, got push_u8 255", 3, "event", "subject", "call 1", "1", "255", 2, 1
)
PANIC = Finding(
    Outcome.TOOL_PANICKED,
    "the subject of reference@winch: thread 'main' panicked",
    topic=Topic("reference@winch", "thread 'main' panicked", ("subject",)),
)

PASSED = CaseResult(
    "scalars/byte",
    "a byte",
    Outcome.PASS,
    (Opinion("ours", Outcome.PASS), Opinion("reference", Outcome.PASS), Opinion(MIXED, Outcome.PASS)),
    wit="package a:b;\nworld w {}\n",
    repeat="harness run cases/scalars/byte.toml",
    seconds=0.5,
    ran=Ran(3, (Called("a:b/c#f", 2), Called("g", 1)), (MIXED,)),
    source="title = 'a byte'",
    made=(Made("ours", 300, 4000, "package root:component;"), Made("reference", 400, 5000, "package root:component;")),
    covered=(Covered("import", "function", ("function",)), Covered("import", "parameter", ("u8",))),
    interface=("push_u8",),
    checklist=(Used("push_u8", 2), Used("push_list", 0), Used("push_record", 1, ("a:b/c.r",))),
    notes=("run 1: another order",),
)
FAILED = replace(
    PASSED,
    name="lists/of-bytes",
    outcome=Outcome.FAIL,
    opinions=(
        Opinion("ours", Outcome.PASS),
        Opinion("reference", Outcome.FAIL, (FINDING,)),
        Opinion(MIXED, Outcome.FAIL, (FINDING,)),
    ),
    minority="reference",
    calls=("f(1) -> 2",),
    failed_run=2,
    artifacts="artifacts/lists.of-bytes",
    excerpts=(
        Excerpt(("reference@winch",), 2, "subject", 4, 5, ("a", "push_u8 1", "z"), ("a", "push_u8 255"), ("p", "q")),
    ),
)
KNOWN = replace(
    PASSED,
    name="lists/known",
    outcome=Outcome.EXPECTED_FAILURE,
    opinions=(
        Opinion("ours", Outcome.PASS),
        Opinion("reference", Outcome.EXPECTED_FAILURE, (PANIC,), "it-panics", "no code yet"),
    ),
    minority="reference",
)
SKIPPED = CaseResult("maps/of-maps", "", Outcome.SKIP, reason="no engine has maps")
PARTLY = replace(PASSED, name="alone", unsupported=("f: async",))
CASES = (PASSED, FAILED, KNOWN, SKIPPED, PARTLY)

RUN = Run(
    "2026-01-01T00:00:00Z",
    2.0,
    "harness run cases",
    TOOLS,
    "winch",
    ("no luck",),
    CASES,
    {"run": 0.5, "link": 1.5},
    options={"seed": "7", "matrix": "default"},
    planned=len(CASES),
    interface=("push_u8", "pop_u8"),
)
BROKEN = replace(RUN, cases=CASES[:2], stopped="interrupted")
BETTER = replace(
    RUN,
    tools=(TOOLS[0], replace(TOOLS[1], version="1.263.0")),
    cases=(PASSED, replace(FAILED, outcome=Outcome.PASS, opinions=PASSED.opinions, excerpts=()), KNOWN, SKIPPED),
    planned=4,
)
FUZZ_FINDING = FuzzFinding(
    toolchain="reference",
    outcome="fail",
    level=3,
    aspect="event",
    kind="push_s8 of another value",
    minority="reference",
    message="m",
    count=2,
    index=4,
    known="",
    file="f.toml",
    reduced=True,
    note="",
    repeat="harness fuzz --index 4",
    run="harness run f.toml",
)
FUZZ = FuzzRun(
    started="2026-01-01T00:00:00Z",
    seconds=5.0,
    command="harness fuzz",
    tools=TOOLS,
    engine="winch",
    seed=7,
    source="random",
    jobs=2,
    worlds=12,
    calls=340,
    next=12,
    outcomes={"pass": 11, "fail": 1},
    findings=(FUZZ_FINDING,),
    refusals=(RefusedWorlds("reference", "async", 3),),
)
MUTANTS = MutantsRun(
    "2026-01-01T00:00:00Z", 5.0, "harness mutants", TOOLS, 2,
    (Mutant("seen", "generator", "a wrong sign", "s8", True, ("lists/x", "lists/y"), None, None, None, 3, "event", "m"),
     Mutant("unseen", "linker", "a wrong slot", "two", False, (), False, None, 30, 0, "", "")),
)  # fmt: skip

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onload='alert(1)",
    "a&b</title></svg>]]>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "../../etc/passwd",
    "x | y \\| ![z](http://z) @all #1 `code` ``two``",
    "\n| a | row |\nPASS  all is well\n",
    "\x1b[31mred\x1b]0;title\x07\x00\u202egnp.exe\ud800",
    "",
    " ",
)  # fmt: skip


def hostile_case(text: str) -> CaseResult:
    """Every field that a file, a guest or a tool fills has the text."""
    finding = Finding(Outcome.FAIL, text, 3, text, "subject", text, text, text, 1, 1, text)
    refusals = [Finding(Outcome.FAIL, text, topic=Topic(text, text, (role,))) for role in ("subject", "driver")]
    return CaseResult(
        name=text,
        title=text,
        outcome=Outcome.FAIL,
        opinions=(Opinion(text, Outcome.FAIL, (finding, replace(finding, aspect=""), *refusals), text, text),),
        minority=text,
        reason=text,
        unsupported=(text,),
        wit=text,
        calls=(text,),
        failed_run=1,
        repeat=text,
        artifacts=text,
        ran=Ran(1, (Called(text, 1),), (text,), ((text,),)),
        source=text,
        excerpts=(Excerpt((text,), 1, "subject", 1, 1, (text,), (text, text), (text,)),),
        made=(Made(text, 1, 1, text),),
        covered=(Covered("import", "parameter", ("u8",)),),
        interface=(text,),
        checklist=(Used(text, 1, (text,)),),
        notes=(text,),
    )


def hostile_run(texts: tuple[str, ...] = HOSTILE) -> Run:
    everything = " ".join(texts)
    return Run(
        "2026-01-01T00:00:00Z",
        1.0,
        everything,
        (Tool(everything, everything, everything, everything, (everything,)),),
        everything,
        (everything,),
        tuple(map(hostile_case, texts)),
        {everything: 1.0},
        options={everything: everything},
        planned=len(texts),
        interface=(everything,),
    )


def hostile_inputs() -> Inputs:
    """Files of every kind, with hostile texts throughout."""
    everything = " ".join(HOSTILE)
    run = hostile_run()
    texts: dict[str, Any] = dict.fromkeys(("name", "area", "wrong", "needs", "kind", "message", "error"), everything)
    mutant = replace(MUTANTS.mutants[1], cases=(everything,), **texts)
    texts = dict.fromkeys(("toolchain", "kind", "minority", "message", "repeat", "run"), everything)
    finding = replace(FUZZ_FINDING, **texts)
    refused = RefusedWorlds(everything, everything, 1)
    texts = dict.fromkeys(("command", "source", "stopped"), everything)
    campaign = replace(FUZZ, findings=(finding,), errors=(everything,), refusals=(refused,), **texts)
    mutants = replace(MUTANTS, command=everything, mutants=(mutant,), planned=1)
    results = (replace(run, stopped=everything), run, campaign, mutants)
    return Inputs(tuple(ResultFile(everything, result) for result in results))


def wide_run(toolchains: int = 30) -> Run:
    """So many toolchains with long names, some of them hostile, that each pass or fail all cases."""
    names = [f"{HOSTILE[at]}{at} " + "toolchain-of-somebody-else" * 3 for at in range(len(HOSTILE))]
    names += [f"tool-{number}-" + "x" * 60 for number in range(toolchains - len(names))]
    opinions = tuple(Opinion(n, Outcome.FAIL if at % 4 else Outcome.PASS, (FINDING,)) for at, n in enumerate(names))
    texts = [f"area of {'words ' * 20}/{'name' * 60}", *(f"long/{text}{'-' * 80}" for text in HOSTILE)]
    made = tuple(Made(name, 300 + at, 4000) for at, name in enumerate(names))
    cases = tuple(replace(FAILED, name=text, opinions=opinions, minority=names[0], made=made) for text in texts)
    tools = tuple(Tool(name, name, "1.0", "bin/" + "x" * 80, ("w link",)) for name in names)
    return replace(RUN, tools=tools, cases=cases, planned=len(cases))


def inputs(*results: Run | FuzzRun | MutantsRun) -> Inputs:
    return Inputs(tuple(ResultFile(f"{number}.json", result) for number, result in enumerate(results, 1)))
