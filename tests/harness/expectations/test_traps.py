"""What the project's file excuses where a trap is missing."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

import pytest

from harness.suite.faults.condition import Told, WorldFacts
from tests.harness.expectations.known import FEATURES, excuses, project

TRAP = "outcome: expected a trap (invalid-discriminant or unreachable), got {}"
BAD = ("with !var 2 in f: result at r",)
CUT = ("with !enum 256 in f: e (3 cases) at l",)
CLAIMED = ("with !ptr 0 536870912 in f: list<u64> at l",)
OVERFLOWING = "traps/list-length-overflow-by-element"
NO_MEMORY = "outcome: expected a trap (too-long or unreachable), got {}"
AFTER_THE_END = "event (subject, event 3, after the last event): expected (nothing), got push_u8 2"
WENT_ON = "event (provider, event 13 of all components, task 1): expected a trap ({}), got export_start a:b/x#f"
LATE = "event (provider, before event 22 of all components, 4 of the component): expected a trap ({}), got export_finish a:b/x#f"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
        ("two", "x", "fail", TRAP.format("every entry returns"), BAD, True),
        ("two", "x", "fail", TRAP.format("every entry returns"), ("with !str in f: string at s",), False),
        ("two", "x", "fail", TRAP.format("a trap (out-of-bounds: x) in driver-run"), BAD, False),
        ("two", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), BAD, True),
        ("two", "x", "fail", WENT_ON.format("out-of-bounds"), BAD, False),
        ("two", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), ("with !str in f: string at s",), False),
        ("two", "x", "fail", LATE.format("invalid-discriminant or unreachable"), BAD, True),
        ("two", "x", "fail", LATE.format("out-of-bounds"), BAD, False),
        ("plain", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), CUT, True),
        ("plain", "x", "fail", LATE.format("invalid-discriminant or unreachable"), CUT, True),
        ("plain", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), ("with !enum 3 in f: e (3 cases) at l",), False),
        ("two", "traps/result-discriminant", "fail", TRAP.format("a trap (interpreter: stack) in subject-run"), (), True),
        ("two", "traps/result-discriminant", "fail", TRAP.format("a trap (out-of-bounds: x) in subject-run"), (), False),
        ("two", "traps/result-discriminant", "fail", "event (subject, event 2): expected (nothing), got pop_u8 = 1", (), False),
        ("plain", OVERFLOWING, "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), (), True),
        ("plain", OVERFLOWING, "fail", NO_MEMORY.format("every entry returns"), (), False),
        ("plain", OVERFLOWING, "fail", NO_MEMORY.format("a trap (interpreter: dealloc) in subject-run"), (), False),
        ("plain", OVERFLOWING, "fail", AFTER_THE_END, (), False),
        ("plain", OVERFLOWING, "fail", "event (subject, event 3, after the last event): expected (nothing), got pop_map_iter_next map<u8, bool>", (), True),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), (), False),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), CLAIMED, True),
        ("plain", "x", "fail", NO_MEMORY.format("every entry returns"), CLAIMED, False),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), ("with !ptr 8 9 in f: list<u64> at l",), False),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), ("with !ptr 0 9 in f: string at l",), False),
        ("plain", "x", "fail", "event (subject, event 3, after the last event): expected (nothing), got pop_list_iter_next list<u64>", CLAIMED, False),
        ("plain", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), ("with !enum 65536 in f: e (3 cases) at l",), True),
        ("two", "x", "fail", LATE.format("invalid-discriminant or unreachable"), ("with !str in f: string at s",), False),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    ("run", "beside", "known"),
    [
        (BAD, [TRAP.format("every entry returns")], True),
        (CUT, [TRAP.format("every entry returns")], True),
        (BAD, [], False),
        (BAD, [TRAP.format("a trap (out-of-bounds: x) in driver-run")], False),
        (("with !str in f: string at s",), [TRAP.format("every entry returns")], False),
    ],
)
def test_a_run_that_goes_on_is_excused_only_beside_the_missing_trap(
    run: tuple[str, ...], beside: list[str], known: bool
) -> None:
    items = project().about(WorldFacts(f"package a:b; {FEATURES['two']}"))
    failures = [Told("fail", AFTER_THE_END, run), *(Told("fail", message, run) for message in beside)]
    assert (items.explain("wasm-tools", "x", failures)[0] is not None) is known
