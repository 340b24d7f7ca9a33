"""Dumps of a `wit_t`, and traces, by canonical names."""

from __future__ import annotations

import pytest

from harness.trace.described import Described
from harness.trace.events import Balance, ImportBalance, Unreadable
from harness.trace.names import DumpError, read_dump
from harness.trace.reader import TraceReader

DUMP = """wit version 3
wit import 0 a:b/c f 1 0 0 2 0:0 23:0 21:0 0 0
wit import 1 - g 0 2 3 0 255:0 8 4
wit export 0 a:b/c [method]r.m 0 1 16:1 22:0
wit resource 0 a:b/c r 1 0 0
wit resource 1 a:b/c r 1 1 1
wit record 0 a:b/c rec 2 x 4:0 y 28:0
wit variant 0 - v 2 one 255:0 two 14:0
wit flags 0 - fl 2 p q
wit enum 0 a:b/c e 1 z
wit tuple 0 - - 2 0:0 15:0
wit tuple 1 - pair 2 0:0 0:0
wit option 0 - - 12:0
wit result 0 - - 255:0 20:0
wit result 1 - - 19:0 255:0
wit result 2 - - 255:0 255:0
wit list 0 - - 18:0
wit map 0 - - 12:0 23:0
wit fixed_length_list 0 - - 4 9:0
wit alias 0 a:b/c other 18:0
wit alias 1 a:b/d again 28:0
"""


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("0:0", "u8"),
        ("8:0", "bool"),
        ("12:0", "string"),
        ("13:0", "error-context"),
        ("14:0", "a:b/c#rec"),
        ("15:0", "own<a:b/c#r>"),
        ("16:1", "borrow<[export]a:b/c#r>"),
        ("17:0", "-#fl"),
        ("18:0", "tuple<u8, own<a:b/c#r>>"),
        ("18:1", "-#pair"),
        ("19:0", "-#v"),
        ("20:0", "a:b/c#e"),
        ("21:0", "option<string>"),
        ("22:0", "result<_, a:b/c#e>"),
        ("22:1", "result<-#v>"),
        ("22:2", "result"),
        ("23:0", "list<tuple<u8, own<a:b/c#r>>>"),
        ("24:0", "map<string, list<tuple<u8, own<a:b/c#r>>>>"),
        ("25:0", "list<char, 4>"),
        ("28:0", "tuple<u8, own<a:b/c#r>>"),
        ("28:1", "tuple<u8, own<a:b/c#r>>"),
        ("255:0", "_"),
    ],
)
def test_type_names(word: str, name: str) -> None:
    assert read_dump(DUMP.splitlines()).type(word) == name


def test_version_2_has_no_maps() -> None:
    lines = ["wit version 2", "wit fixed_length_list 0 - - 2 0:0", "wit alias 0 - x 24:0"]
    assert read_dump(lines).type("27:0") == "list<u8, 2>"


@pytest.mark.parametrize(
    "text",
    [
        "wit none",
        "wit import 0 - f 1 0 0 0 255:0 0 0",
        "wit version 3\nwit record 1 a r 0",
        "wit version 3\nwit alias 0 - x 21:0",
        "wit version 3\nwit alias 0 - x 29:0",
        "wit version 3\nwit record 0",
        "wit version three\nwit alias 0 - x 4:0",
        "wit version 3\nwit rder 0 - x 2 a 4:0 b 4:0",
        "wit version 3\nwit record zero - x 2 a 4:0 b 4:0",
        "wit version 3\nwit record 0 - x 2 a 4:0 b",
        "wit version 3\nwit record 0 - x 1 a 14:",
        "wit version 3\nwit map 0 - x 4:0",
        "wit version 3\nwit fixed_length_list 0 - x many 4:0",
    ],
)
def test_contradictions_are_errors(text: str) -> None:
    with pytest.raises(DumpError):
        list(Described(read_dump(text.splitlines())).named_types())


class TestTrace:
    def test_indices_become_names(self) -> None:
        trace = TraceReader().read(
            DUMP + "export_start 0\npush_borrow 1 7\npush_list 0 2 = 0\nlist_append 0\npush_own 0 3\npop_own 0 = 3\n"
            "resource_drop 0 3\nrealloc 0 4 16\nimport_balance 0 0 0\nbalance 0 0 0 0 0\n"
        )
        assert trace.lines == (
            "export_start a:b/c#[method]r.m",
            "push_borrow [export]a:b/c#r 7",
            "push_list list<tuple<u8, own<a:b/c#r>>> 2 = 0",
            "list_append list<tuple<u8, own<a:b/c#r>>>",
            "push_own a:b/c#r h1",
            "pop_own a:b/c#r = h1",
            "resource_drop a:b/c#r h1",
        )
        assert trace.balances == (ImportBalance("a:b/c#f", 0, 0), Balance(0, 0, 0, 0, 0))
        assert trace.ended

    def test_equal_meaning_gives_equal_lines(self) -> None:
        """Two generators may number types as they like."""
        one = "wit version 3\nwit list 0 - - 0:0\nwit list 1 - - 1:0\npush_list 0 1 = 0\npush_list 1 1 = 0\n"
        two = "wit version 3\nwit list 0 - - 1:0\nwit list 1 - - 0:0\npush_list 1 1 = 0\npush_list 0 1 = 0\n"
        reader = TraceReader()
        assert (
            reader.read(one).lines
            == reader.read(two).lines
            == ("push_list list<u8> 1 = 0", "push_list list<u16> 1 = 0")
        )

    def test_floats_are_canonical_also_after_other_traces(self) -> None:
        reader = TraceReader()
        head = "wit version 3\n"
        assert reader.read(head + "push_u8 1\n").lines == ("push_u8 1",)
        assert reader.read(head + "push_f32 7fc00001\n").lines == ("push_f32 7fc00000",)

    def test_a_line_that_only_begins_like_an_event_is_none_also_after_it(self) -> None:
        reader = TraceReader()
        (event,) = reader.read(DUMP + "export_start 0\n").events
        assert reader.read(DUMP + "export_start 0 \n").events == (Unreadable("export_start 0 "),)
        assert reader.read(DUMP + "export_start 0\n\n").events == (event,)

    def test_forgotten_events_are_read_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(TraceReader, "_EVENTS", 1)
        reader = TraceReader()
        body = "export_start 0\npush_own 0 3\npush_string 1 61\nimport_balance 0 0 0\n"
        traces = [reader.read(DUMP + body + "\n" * blank) for blank in range(3)]
        assert [trace.lines for trace in traces] == [traces[0].lines] * 3
        assert [trace.balances for trace in traces] == [traces[0].balances] * 3
        assert traces[0].events[2] is not traces[2].events[2]

    def test_lines_that_are_no_events_are_forgotten_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(TraceReader, "_EVENTS", 4)
        reader = TraceReader()
        for number in range(20):
            assert not reader.read(DUMP + f"realloc 0 0 1 {number}\n").events
        (table,) = reader._tables.values()
        assert len(table) <= 8

    def test_a_failure_is_kept(self) -> None:
        trace = TraceReader().read("push_u8 1\nfail pop_kind\n")
        assert (trace.names, trace.lines, trace.failure) == (None, ("push_u8 1",), "pop_kind")

    @pytest.mark.parametrize("line", ["push_list 9 1 = 0", "push_record x", "push_own 5 1"])
    def test_indices_outside_the_description_are_errors(self, line: str) -> None:
        with pytest.raises(DumpError):
            TraceReader().read(DUMP + line + "\n")
