"""The functions of an interpreter that were called, and a memory that grows."""

from __future__ import annotations

from pathlib import Path

import pytest

import interpreters
from harness.bench.checklist import growth_of, kind_of
from harness.bench.examination import Options
from harness.bench.examine_guest import examine_guest
from interpreters.build import build_echo
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.command import harness_here
from tests.harness.guests import bench, needs_zig, plan


def test_every_call_is_counted_with_its_type(tmp_path: Path) -> None:
    """The numbers of calls follow from the plan."""
    wit = "package a:b; world w { export f: func(a: list<s8>, b: option<list<u16>>) -> option<list<u16>>; }"
    found = examine_guest(bench(tmp_path, echo()), "w", plan(wit=wit, calls=9), Options(artifacts=None, checklist=True))
    used = {item.function: item for item in found.exhibits.checklist}
    calls = found.ran.calls
    assert calls >= 9
    assert {used[name].calls for name in ("export_start", "export_call", "export_finish")} == {calls}
    assert (used["push_option"].calls, used["push_option"].types) == (calls, ("option<list<u16>>",))
    assert used["push_list"].types == ("list<s8>", "list<u16>")
    assert used["pop_list"].types == ("list<u16>",)
    assert (used["push_record"].calls, used["pop_s8"].calls) == (0, 0)
    assert set(found.exhibits.interface) == {name for name, item in used.items() if item.calls}


LISTS = "package a:b; world w { export f: func(a: list<tuple<s8, u64>>) -> list<tuple<s8, u64>>; }"


@needs_zig
@pytest.mark.parametrize(("flags", "grows"), [([], False), (["-DMUTANT_NEVER_FREED"], True)], ids=["right", "leaks"])
def test_memory_that_is_never_freed_is_told(tmp_path: Path, flags: list[str], grows: bool) -> None:
    library = tmp_path / "mine.so"
    library.write_bytes(build_echo(3, flags))
    counted = Options(artifacts=None, checklist=True)
    found = examine_guest(bench(tmp_path, library), "w", plan(wit=LISTS, calls=600), counted)
    assert found.verdict.outcome is Outcome.PASS
    assert bool(found.verdict.notes) is grows, found.verdict.notes
    assert all("the memory of the component with mine.so grows with the calls" in note for note in found.verdict.notes)


@pytest.mark.parametrize(
    ("calls", "pages", "said"),
    [
        (0, [], ""),
        (63, [1, 2, 3, 4, 5, 6], ""),
        (100, [1, 1, 1, 1, 2, 3, 4], "128 KiB after 31 calls, 192 KiB after 63 calls, 256 KiB after 100 calls"),
        (100, [1, 2, 3, 4, 5, 6, 6], ""),
        (100, [1, 2, 3, 4, 5, 5, 6], ""),
        (128, [1, 1, 1, 1, 1, 3, 4, 5], "192 KiB after 63 calls, 256 KiB after 127 calls, 320 KiB after 128 calls"),
    ],
)
def test_how_memory_grows(calls: int, pages: list[int], said: str) -> None:
    found = growth_of(calls, [*pages, *[0] * (32 - len(pages))])
    assert said in found
    assert bool(found) is bool(said)


ARRAYS = (
    *("resource", "own", "borrow", "record", "tuple", "fixed_length_list", "flags", "enum", "variant", "option"),
    *("result", "list", "map", "future", "stream"),
)


@pytest.mark.parametrize("name", interpreters.typed_functions())
def test_the_array_of_each_index_of_a_type(name: str) -> None:
    assert kind_of(name) in ARRAYS


def test_functions_without_the_index_of_a_type() -> None:
    assert [kind_of(name) for name in ("push_u8", "dealloc_bytes", "export_start", "pop_string")] == [None] * 4


def test_the_list_of_a_command(tmp_path: Path) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w { export f: func(a: char) -> char; }")
    done = harness_here("check", "w.wit", "--interpreter", str(echo()), "-v", "--no-reference", cwd=tmp_path)
    assert done.code == 0
    assert "functions of the interpreter: 6 of 68 called" in done.said
    assert "50  push_char" in done.said
