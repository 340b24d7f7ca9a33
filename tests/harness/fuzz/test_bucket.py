"""When two findings are the same."""

from __future__ import annotations

import time

import pytest

from harness.engine.results import EngineKind, Rejected, RunResult, Trap
from harness.fuzz.bucket import Bucket, Hit, finding_shape, hits, message_shape
from harness.judge.diff import against_model
from harness.judge.difference import NOTHING, Difference, Line
from harness.judge.findings import build_finding, command_finding, refused_by_engine
from harness.judge.observation import Observation
from harness.judge.party import BesideFirst, ByItself, InCell, Party
from harness.judge.topic import OfCell, OfPackage, OfProgram, OfRow
from harness.judge.verdict import Finding, Judgement, Verdict
from harness.plan.outcomes import ExpectedOutcome, TrapClass
from harness.plan.plan import ScriptPlan
from harness.plan.roles import Role
from harness.toolchains.cells import Build, Cell
from harness.toolchains.protocol import Panicked, Refused, TimedOut
from harness.trace.parser import parse
from reports.outcomes import Outcome
from tests.harness.minorities import alone

PANIC = """generate panicked (exit code 101): thread 'main' panicked at a/lib.rs:12:5:
not yet implemented: fixed-length-list
note: run with `RUST_BACKTRACE=1`"""
TRACEBACK = """generate panicked (exit code 1): Traceback (most recent call last):
  File "/a/ours.py", line 48, in _do
    return Built(self._work())
  File "/a/generator/dylib/lift.py", line {line}, in from_flat
AttributeError: no {name}
"""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (PANIC, PANIC.replace("12:5", "300:12")),
        (TRACEBACK.format(line=3, name="a"), TRACEBACK.format(line=30, name="b")),
        ("not compiled: at 0x1f", "not compiled: at 3"),
        ("conflicts at offset 0xfeaa", "conflicts at offset 0x12"),
        ("ended within 1.5 s", "ended within 20 s"),
        ("no item `a:b/c#f` at 12", "no item `x` at 0x3f"),
        ("unknown type a:b/c@1.0.0#f-g", "unknown type z:z/z#f"),
        ("libworld.so needs a (function [I32, F32] -> [])", "libworld.so needs a (function [I32] -> [I64])"),
    ],
)
def test_same_shape(left: str, right: str) -> None:
    assert message_shape(left) == message_shape(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (PANIC, PANIC.replace("fixed-length-list", "error-context")),
        (TRACEBACK.format(line=3, name="a"), TRACEBACK.format(line=3, name="a").replace("from_flat", "from_memory")),
        ("type mismatch", "unknown import"),
    ],
)
def test_other_shape(left: str, right: str) -> None:
    assert message_shape(left) != message_shape(right)


@pytest.mark.parametrize(
    ("message", "shape"),
    [
        ("refused to link: no", "refused to link no"),
        ("a trap (interpreter: stack) in subject-run", "a trap interpreter stack in component-run"),
        ("no driver can import the type `t` beside the export", "no component can import the type X beside the export"),
        ("the subject holds 256 handles", "the component holds N handles"),
    ],
)
def test_shapes_are_sentences(message: str, shape: str) -> None:
    assert message_shape(message) == shape


PANICKED = Panicked(101, PANIC.partition(": ")[2], "generate")
CELL = "subject=ours,driver=mutant:a-b@winch"
KEPT = "component ours component mutant a-b winch run N all fuel consumed"
"""A run that met a limit."""


@pytest.mark.parametrize(
    ("finding", "message", "shape"),
    [
        (build_finding(OfCell("ours@winch", Role.SUBJECT), PANICKED),
         f"the subject of ours@winch: {PANIC}", "panicked not yet implemented fixed-length-list"),
        (build_finding(OfCell("mutant:a-b@winch", Role.DRIVER), Refused("no", "link")),
         "the driver of mutant:a-b@winch: refused to link: no", "refused to link no"),
        (build_finding(OfProgram("ours"), TimedOut(20, "link")),
         "the program by ours: link did not end within 20 s", "link did not end within N s"),
        (command_finding("`component new` of the subject, utf8", Refused("no", "new")),
         "`component new` of the subject, utf8: refused to new: no", "X of the component utfN refused to new no"),
        (build_finding(OfPackage("wit-json"), Refused("no", "wit-json")),
         "`wit-json` of the subject: refused to wit-json: no", "refused to wit-json no"),
        (refused_by_engine(CELL, Rejected("run", "no end", True)), f"{CELL}: not run: no end", "not run no end"),
        (Finding(Outcome.LIMIT_REACHED, "all fuel consumed", run=3, topic=OfCell(CELL)),
         f"{CELL}, run 3: all fuel consumed", KEPT),
        (Finding(Outcome.FAIL, "expected a refusal", topic=OfRow(7, "no")), "line 7 (no): expected a refusal",
         "expected a refusal"),
    ],
)  # fmt: skip
def test_what_a_finding_is_about_is_in_its_message_and_not_in_its_identity(
    finding: Finding, message: str, shape: str
) -> None:
    """Except for a run that was not judged: these words are in the files of campaigns, and in expectations."""
    assert (finding.message, finding_shape(finding)) == (message, shape)


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        ("a refusal to merge them (x)", "Panicked at new: thread 'main' has overflowed", "refusal / panicked"),
        ("import `f`", "a component whose world can be read", "import / component"),
        ("import `f`", "", "import / nothing"),
    ],
)
def test_worlds_that_differ_are_told_by_their_first_words(expected: str, actual: str, kind: str) -> None:
    difference = Difference(2, "component new", Role.SUBJECT, "x", expected, actual)
    (hit,) = judged(fails("ours", Finding(Outcome.FAIL, "m", difference)))
    assert hit.bucket.kind == kind


RUN = Line("run-a", "run-a(0) -> 3")
TRAPS = Line("run-a", "run-a(0)", TrapClass.UNREACHABLE)
LOG = Line("a:b/notes#log", 'a:b/notes#log("f() traps: no")')


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        (RUN, Line("run-a", "run-a(0) -> 4"), "run different"),
        (RUN, Line("run-b", "run-b(0) -> 4"), "run different"),
        (RUN, LOG, "run / notes-log"),
        (RUN, TRAPS, "run / a trap"),
        (TRAPS, RUN, "run different"),
        (TRAPS, Line("run-a", "run-a(0)", TrapClass.DEADLOCK), "run different"),
        (RUN, None, "run missing"),
        (None, LOG, "notes-log unexpected"),
        (RUN, Line("", "instantiation", TrapClass.UNREACHABLE), "run / a trap"),
        (TRAPS, Line("", "instantiation", TrapClass.UNREACHABLE), "run / instantiation-traps-unreachable"),
        (RUN, Line("", "run-a: there is no such export"), "run / run-there-is-no-such-export"),
    ],
)
def test_lines_of_link_cases(expected: Line | None, actual: Line | None, kind: str) -> None:
    difference = Difference.of_lines("step 1, line 1", expected, actual)
    (hit,) = judged(fails("ours", Finding(Outcome.FAIL, "m", difference)))
    assert hit.bucket.kind == kind


@pytest.mark.parametrize("unit", ["x", "a", "0", "[", "a:", "`", 'File "', "a b "])
def test_a_flood_takes_no_time_and_little_room(unit: str) -> None:
    flood = unit * (65536 // len(unit))
    started = time.perf_counter()
    (hit,) = judged(fails("bad", Finding(Outcome.FAIL, flood, None, 0)))
    assert time.perf_counter() - started < 5
    assert len(hit.message) < 5000
    assert len(hit.bucket.kind) < 1500


def event(expected: str, actual: str, aspect: str = "event") -> Finding:
    wanted, seen = (None if line == NOTHING else parse(line) for line in (expected, actual))
    difference = Difference.of_events(aspect, Role.SUBJECT, "event 3", wanted, seen)
    assert (difference.expected, difference.actual) == (expected, actual)
    return Finding(Outcome.FAIL, str(difference), difference, 1)


def judged(*judgements: Judgement) -> list[Hit]:
    return hits(Verdict(Outcome.FAIL, judgements), lambda subject, findings: [""] * len(findings))


def fails(party: str | Party, *findings: Finding) -> Judgement:
    return Judgement(ByItself(party) if isinstance(party, str) else party, Outcome.FAIL, findings)


S8 = event("push_s8 -1", "push_s8 255")
S8_AGAIN = event("push_s8 -7", "push_s8 249")
ENUM = event("push_enum a:b/c#e 1", "push_enum a:b/c#other 1")
CALL = event("export_call a:b/c#f", "pop_list list<u8> = 0")


@pytest.mark.parametrize(
    ("finding", "kind"),
    [
        (S8, "push_s8 of another value"),
        (ENUM, "push_enum of another type"),
        (CALL, "export_call / pop_list"),
        (event("push_u8 1", "(nothing)"), "push_u8 / (nothing)"),
        (event("push_u8 1", "push_s8 1"), "push_u8 / push_s8"),
        (event("push_option option<u8> 1", "push_u8 1"), "push_option / push_plain"),
        (event("push_string 3 61", "push_option option<string> 0"), "push_plain / push_option"),
        (event("pop_f32 = 00000000", "pop_list list<u8> = 1 "), "pop_plain / pop_list"),
        (event("push_string 3 616161", "push_string 2 6161"), "push_string of another value"),
        (event("push_own a:b/c#r 1", "push_own a:b/c#r 2"), "push_own of another value"),
        (event("push_borrow [export]a:b/c#r 1", "push_borrow a:b/c#r 1"), "push_borrow of another resource"),
        (event("export_call a:b/c#f", "export_call a:b/c#g"), "export_call of another function"),
        (event("push_u8 1", "push_u8 01"), "push_u8 malformed"),
        (event("(nothing)", "fail stack"), "(nothing) / fail"),
    ],
)
def test_kinds_of_events(finding: Finding, kind: str) -> None:
    (hit,) = judged(fails("ours", finding))
    assert hit.bucket == Bucket("ours", "fail", 3, "event", kind, "ours")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("balance 0 1 0 16 0", "balance blocks stack"),
        ("import_balance a:b/c#f 8 0", "import_balance bytes"),
        ("balance 0 1", "balance malformed"),
    ],
)
def test_kinds_of_balances(line: str, kind: str) -> None:
    (hit,) = judged(fails("ours", event("balance 0 0 0 0 0", line, "balance")))
    assert hit.bucket.kind == kind


def test_a_balance_that_never_comes() -> None:
    difference = Difference(3, "balance", Role.SUBJECT, "", "one balance, at the end", NOTHING)
    (hit,) = judged(fails("ours", Finding(Outcome.FAIL, "m", difference, 1)))
    assert hit.bucket.kind == "missing"


def test_names_and_values_do_not_count() -> None:
    assert judged(fails("ours", S8))[0].bucket == judged(fails("ours", S8_AGAIN))[0].bucket


def outcome(kind: str, cause: str, entry: str, expected: str | None = None) -> Finding:
    """A trap with this cause in the entry, where every entry should return, or another trap was expected."""
    plan = ScriptPlan({}, {}, ExpectedOutcome(TrapClass(expected) if expected is not None else None))
    seen = Observation(RunResult({}, Trap(TrapClass(kind), cause, entry, "")), {})
    difference = against_model(seen, plan)[0]
    assert (difference.aspect, difference.actual) == ("outcome", f"a trap ({kind}: {cause}) in {entry}")
    return Finding(Outcome.FAIL, str(difference), difference, 1)


def test_garbage_that_traps_is_one_finding_whatever_it_is_taken_for() -> None:
    garbage = [
        outcome("out-of-bounds", "wasm trap: string content out-of-bounds", "subject-run"),
        outcome("invalid-char", "wasm trap: invalid `char` bit pattern", "driver-run"),
        outcome("invalid-discriminant", "wasm trap: invalid variant discriminant", "driver-run"),
    ]
    others = [
        outcome("interpreter", "pop_kind", "driver-run"),
        outcome("unreachable", "unreachable", "driver-run"),
        outcome("invalid-char", "x", "driver-run", "invalid-utf8"),
    ]
    assert len({judged(fails("ours", finding))[0].bucket for finding in garbage}) == 1
    assert len({judged(fails("ours", finding))[0].bucket for finding in (*garbage, *others)}) == 4


def test_over_what_an_interpreter_stumbles_is_one_finding_a_rule() -> None:
    faults = ("pop_kind", "pick", "discriminant", "dealloc", "block", "handle", "iterator")
    kinds = [judged(fails("ours", outcome("interpreter", fault, "driver-run")))[0].bucket.kind for fault in faults]
    assert len(set(kinds)) == 3, kinds
    assert kinds[0] == kinds[1] == kinds[2] == kinds[6]
    assert kinds[0] == "every entry returns / a trap interpreter wrong values in component-run"
    assert kinds[3] == kinds[4] != kinds[5]


def test_only_what_differs_first_counts() -> None:
    assert len(judged(fails("ours", S8, ENUM, CALL))) == 1


def test_structure_and_behaviour_both_count() -> None:
    difference = Difference(2, "wit", Role.SUBJECT, "x", "a", "b")
    found = judged(fails("ours", Finding(Outcome.FAIL, "w", difference), S8))
    assert [hit.bucket.level for hit in found] == [2, 3]


def test_two_that_are_wrong_alike_leave_the_model_alone() -> None:
    (hit,) = judged(fails("ours", S8), fails("reference", S8_AGAIN))
    assert (hit.bucket.toolchain, hit.bucket.minority) == ("ours", "model")


def test_what_the_model_judges_needs_no_comparison_of_two_toolchains() -> None:
    options = Finding(Outcome.FAIL, "o", Difference(2, "canonical options", Role.SUBJECT, "lift f", "utf-8", "utf-16"))
    (hit,) = judged(
        fails("ours", options), Judgement(ByItself("reference"), Outcome.PASS), fails(BesideFirst("reference"), options)
    )
    assert (hit.bucket.toolchain, hit.bucket.minority) == ("ours", "ours")
    (hit,) = judged(Judgement(ByItself("ours"), Outcome.PASS), fails(BesideFirst("reference"), options))
    assert (hit.bucket.toolchain, hit.bucket.minority) == ("reference, beside the first", "")


def test_two_that_are_wrong_otherwise_are_two_findings() -> None:
    found = judged(fails("ours", S8), fails("reference", ENUM))
    assert [(hit.bucket.toolchain, hit.bucket.minority) for hit in found] == [("ours",) * 2, ("reference",) * 2]


def test_mixed_cells_count_where_nothing_else_does() -> None:
    builds = (Role.SUBJECT, Build("ours", "ours")), (Role.DRIVER, Build("reference", "reference"))
    mixed = fails(InCell(Cell(builds, EngineKind.WINCH)), S8)
    assert [hit.bucket.toolchain for hit in judged(mixed, fails("ours", ENUM))] == ["ours"]
    (hit,) = judged(Judgement(ByItself("ours"), Outcome.PASS), mixed)
    assert (hit.bucket.toolchain, hit.bucket.minority) == ("subject=ours,driver=reference@winch", "")


def test_what_is_new_comes_before_what_is_known() -> None:
    verdict = Verdict(Outcome.FAIL, (fails("ours", S8, ENUM),), alone("ours"))
    (hit,) = hits(verdict, lambda _, findings: ["known" if finding is S8 else "" for finding in findings])
    assert (hit.known, hit.bucket.kind) == ("", "push_enum of another type")


def test_slugs_are_file_names_and_differ() -> None:
    slugs = {judged(fails("ours", finding))[0].bucket.slug for finding in (S8, ENUM, CALL)}
    assert len(slugs) == 3
    assert all(slug.replace("-", "").isalnum() and len(slug) < 100 for slug in slugs)


def test_a_known_finding_does_not_hide_a_new_one_beside_it() -> None:
    first, second = (
        Finding(Outcome.FAIL, word, Difference(1, "wit_t", Role.SUBJECT, "record x", "a", "b"), 0)
        for word in ("known", "new")
    )
    verdict = Verdict(Outcome.FAIL, (fails("reference", first, second),))
    (found,) = hits(verdict, lambda _, findings: ["id" if finding.message == "known" else "" for finding in findings])
    assert (found.known, found.message) == ("", "new")


@pytest.mark.parametrize(
    ("wrong", "right", "minorities"),
    [
        (["ours", "reference"], [], ["model"]),
        (["a", "b"], ["ours", "reference"], ["a", "b"]),
        (["reference", "a"], ["ours"], [""]),
        (["ours", "reference", "a"], ["b"], ["model"]),
    ],
)
def test_the_same_way_in_several_toolchains(wrong: list[str], right: list[str], minorities: list[str]) -> None:
    passed = [Judgement(ByItself(name), Outcome.PASS) for name in right]
    found = judged(*(fails(name, S8) for name in wrong), *passed)
    assert [hit.bucket.minority for hit in found] == minorities
