"""Whatever a guest says is data with bounds: any text is a trace of events, or a `DumpError`, its tool's fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.judge.same_world import told_world
from harness.plan.roles import Role
from harness.trace.names import MAX_NAME, DumpError, read_dump
from harness.trace.reader import TraceReader
from tests.harness.test_names import DUMP
from tests.harness.test_same_world import DUMP as WHOLE
from tests.harness.test_same_world import world

EVENTS = """export_start 0
push_borrow 1 7
push_list 0 2 = 0
list_append 0
push_own 0 3
pop_own 0 = 3
resource_rep 1 7 = 4
push_f32 7fc00001
pop_f64 = 7ff8000000000001
pop_tuple 1
resource_drop 0 3
realloc 0 4 16
import_balance 0 0 0
error_context_new 1 61 = 4
fail guard
balance 0 0 0 0 0
"""
LONG = "9" * 5000


def told(text: str) -> None:
    """Read a trace and look at all that it says. Raises `DumpError`."""
    trace = TraceReader().read(text)
    if trace.names is not None:
        told_world(trace.names, world(), Role.SUBJECT)


@pytest.mark.parametrize(
    "text",
    [
        f"wit version {LONG}\n",
        "wit version 3²\n",
        "wit version 4\n",
        "wit version 2\nwit map 0 - x 0:0 0:0\n",
        "wit list 0 - - 0:0\nwit version 3\n",
        "wit version 3\nwit version 3\n",
        "wit \n",
        "wit version 3\nwit\n\nwit enum 0 - e 1 a\n",
        f"wit version 3\nwit enum {LONG} - e 1 a\n",
        f"wit version 3\nwit enum 0 - e {LONG} a\n",
        "wit version 3\nwit enum 0 - e 2 a\n",
        "wit version 3\nwit tuple 0 - t 1 0:0 0:0\n",
        "wit version 3\nwit record 0 - r 1 a 0:0 b\n",
        f"wit version 3\nwit alias 0 - x {LONG}:0\n",
        f"wit version 3\nwit alias 0 - x 23:{LONG}\n",
        f"wit version 3\nwit import 0 - f 1 0 0 {LONG} 255:0 0 0\n",
        f"wit version 3\nwit fixed_length_list 0 - x {LONG} 0:0\n",
        "wit version 3\nwit fixed_length_list 0 - x 4294967296 0:0\n",
        DUMP + "export_start ²\n",
        DUMP + "export_start ٣\n",
        DUMP + f"export_start {LONG}\n",
        DUMP + "export_start -1\n",
        DUMP + "push_list\n",
        DUMP + "push_own\n",
        DUMP + "resource_rep\n",
        DUMP + "import_balance x\n",
        DUMP + "push_u8 1\nwit enum 1 - e 1 a\n",
    ],
)
def test_what_cannot_be_is_a_fault_of_the_tool(text: str) -> None:
    with pytest.raises(DumpError) as caught:
        told(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "line",
    ["push_f32 " + LONG, "pop_f64 = -1", "pop_f32 = zz", "push_u8 ²", "²", " ", "fail", "balance"],
)
def test_what_says_nothing_of_an_index_is_compared_as_it_stands(line: str) -> None:
    TraceReader().read(f"wit version 3\n{line}\n")


def chain(kind: str, levels: int) -> str:
    """Each element is made of the one before."""
    before = "23:{}" if kind == "list" else "28:{}"
    lines = [
        f"wit {kind} {n} - {'-' if kind == 'list' else 'x'} {before.format(n - 1) if n else '0:0'}"
        for n in range(levels)
    ]
    return "\n".join(["wit version 3", *lines, ""])


def records(levels: int) -> str:
    lines = [f"wit record {n} - r{n} 1 a {f'14:{n - 1}' if n else '0:0'}" for n in range(levels)]
    return "\n".join(["wit version 3", *lines, ""])


def test_depth_is_no_matter() -> None:
    names = TraceReader().read(chain("list", 4000) + "push_list 3999 0 = 0\n").names
    assert names is not None
    assert names.of("list", 3999) == "list<" * 4000 + "u8" + ">" * 4000
    for text in (chain("list", 4000), chain("alias", 50_000), records(50_000)):
        assert told_world(read_dump(text.splitlines()), world(), Role.SUBJECT)


def doubling(levels: int) -> str:
    lines = [f"wit tuple {n} - - 2 {' '.join([f'18:{n - 1}' if n else '0:0'] * 2)}" for n in range(levels)]
    return "\n".join(["wit version 3", *lines, f"wit list 0 - x 18:{levels - 1}", ""])


def test_names_that_double_have_a_bound() -> None:
    told(doubling(12))
    for text in (doubling(34), doubling(34) + "push_tuple 33\n", doubling(5000)):
        with pytest.raises(DumpError, match="too long"):
            told(text)
    wide = "wit version 3\n" + "".join(f"wit option {n} - - {f'21:{n - 1}' if n else '0:0'}\n" for n in range(40_000))
    with pytest.raises(DumpError, match="too long"):
        read_dump(wide.splitlines()).of("option", 39_999)


def test_many_long_names_have_a_bound() -> None:
    dump = f"wit version 3\nwit resource 0 - {'r' * (MAX_NAME - 100)} 1 0 0\n"
    TraceReader().read(dump + "pop_own 0 = 1\n" * 100)
    for events in ("pop_own 0 = 1\n" * 1000, "".join(f"pop_own 0 = {n}\n" for n in range(1000))):
        with pytest.raises(DumpError, match="the trace is longer than"):
            TraceReader().read(dump + events)


WORDS = ["version", "255:0", "14:0", "28:1", "28:0", "23:9", "map", "tuple", "resource", "4294967296", "-1"]
LINES = ["wit ", "wit none\n", "push_own ", "export_start ", "fail ", "balance "]
PIECES = st.sampled_from([*"0123459-:= \n%²\u2028\x1c\x00", *WORDS, *LINES])
CHANGES = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 12), PIECES), min_size=1, max_size=4)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([DUMP + EVENTS, WHOLE + EVENTS]), CHANGES)
def test_any_text_is_events_or_a_fault_of_the_tool(text: str, changes: list[tuple[int, int, str]]) -> None:
    for at, removed, put in changes:
        at %= len(text)
        text = text[:at] + put + text[at + removed :]
    try:
        told(text)
    except DumpError as error:
        assert str(error)


@settings(max_examples=200, deadline=None)
@given(st.text(), st.sampled_from(["", "wit ", "wit version 3\n", DUMP]))
def test_so_is_any_text_at_all(text: str, before: str) -> None:
    try:
        told(before + text)
    except DumpError as error:
        assert str(error)
