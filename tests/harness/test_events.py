"""Events as data: what is printed is read as the same event, and what is read prints as the same line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.plan.events import Events
from harness.trace import async_events
from harness.trace import events as e
from harness.trace.event import BY_WORD, NUMBERED, SYNTAXES, Event, Syntax
from harness.trace.fields import Data, Decimal, Elements, EventField, FloatBits, HandleNumber, ItemName, Rest
from harness.trace.names import DumpError
from harness.trace.parser import parse

PROTOCOL = Path(__file__).parents[2] / "interpreters" / "PROTOCOL.md"
ASYNC = PROTOCOL.with_name("ASYNC.md")
NAMES = st.sampled_from(["0", "17", "a:b/c#f", "-#x", "list<u8>"])


def field_values(field: EventField) -> st.SearchStrategy[object]:
    match field:
        case Decimal(low, high):
            return st.integers(low, high)
        case FloatBits(width):
            ordinary = st.integers(0, (1 << width) - 1).filter(lambda bits: _exponent(bits, width) != 0)
            return st.sampled_from([0x7FC0_0000 if width == 32 else 0x7FF8_0000_0000_0000]) | ordinary
        case Data():
            return st.binary(max_size=6)
        case Elements():
            return st.binary(max_size=6) | st.sampled_from(["", "u8 1", "rec 1 var 0", "str - str 61"])
        case ItemName(exported=True):
            return NAMES.map(lambda name: f"[export]{name}")
        case ItemName():
            return NAMES
        case HandleNumber():
            return st.integers(0, (1 << 32) - 1)
        case Rest():
            return st.sampled_from(["guard", "pop_kind", "of several words"])
    raise AssertionError(f"no values for {field}")


def _exponent(bits: int, width: int) -> int:
    """0 for infinities and NaNs: turned over, so that `filter` keeps the rest."""
    mantissa = 23 if width == 32 else 52
    ones = (1 << (width - 1 - mantissa)) - 1
    return (bits >> mantissa & ones) ^ ones


def made(syntax: Syntax) -> st.SearchStrategy[Event]:
    fields = [field_values(part) for part in syntax.parts if isinstance(part, EventField)]
    kind = [st.just(syntax.kind)] if syntax.kind else []
    return st.tuples(*kind, *fields).map(lambda values: syntax.made(*values))


ANY = st.one_of([made(syntax) for syntax in SYNTAXES.values()])


@settings(max_examples=1000, deadline=None)
@given(ANY)
def test_what_is_printed_is_read_as_the_same_event(event: Event) -> None:
    again = parse(str(event))
    assert again == event
    assert hash(again) == hash(event)
    assert type(again) is type(event)


@pytest.mark.parametrize("syntax", SYNTAXES.values(), ids=lambda syntax: syntax.word)
def test_each_event_is_read(syntax: Syntax) -> None:
    """Two events with the same word are distinguished."""

    @settings(max_examples=5, deadline=None)
    @given(made(syntax))
    def check(event: Event) -> None:
        assert parse(str(event)) == event

    check()


LINES = (
    "push_u8 1", "pop_s64 = -1", "push_list 0 2 = 1 0102", "pop_list 0 = 1 rec 1 u8 1", "resource_new 1 2 = 3",
    "balance 0 0 0 0 0", "push_string 2 6162", "fail x", "push_borrow [export]0 1", "pop_f32 = 00000000",
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(LINES), st.integers(0, 30), st.integers(0, 2), st.text("0123456789abf -=_u\u00b2\x00", max_size=3)
)
def test_what_is_read_prints_as_the_same_line(line: str, at: int, removed: int, put: str) -> None:
    """So a comparison of events misses nothing that a comparison of text would find."""
    at %= len(line) + 1
    changed = line[:at] + put + line[at + removed :]
    assert str(parse(changed)) == changed or changed.startswith("pop_f32 = ")


@given(st.text())
def test_any_line_is_an_event_or_unreadable(line: str) -> None:
    assert str(parse(line)) == line


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("push_f32 ffc00001", e.PushFloat("f32", 0x7FC00000)),
        ("pop_f64 = 7ff0000000000001", e.PopFloat("f64", 0x7FF8000000000000)),
        ("push_f32 ff800000", e.PushFloat("f32", 0xFF800000)),
        ("push_borrow [export]x#r 7", e.PushRep("[export]x#r", 7)),
        ("push_borrow x#r 7", e.PushBorrow("x#r", 7)),
        ("pop_list x = 0", e.PopList("x", 0, "")),
        ("push_list x 0 = 1", e.PushList("x", 0, 1, "")),
        ("push_list x 0 = 1 -", e.PushList("x", 0, 1, b"")),
    ],
)
def test_lines(line: str, event: Event) -> None:
    assert parse(line) == event


@pytest.mark.parametrize(
    "line",
    [
        "", " ", "push_u9 1", "push_u8", "push_u8 1 ", "push_u8  1", "push_u8 01", "push_u8 -1", "push_u8 4294967296",
        "push_s8 2147483648", "push_s8 -0", "push_u8 " + "9" * 5000, "push_u8 \u00b2", "push_u8 1_0", "pop_u8 1",
        "pop_u8 := 1", "push_f32 7fc0000", "push_f32 7FC00000", "push_f64 7fc00000", "push_string 1 6",
        "push_string 1 6A",
        "push_string 1", "push_list 0 1 = 2", "push_list 0 1", "push_record", "push_own 1 h1", "resource_new 0 1 2",
        "balance 0 0 0 0", "balance 0 0 0 0 0 0", "push_own 1 2 3", "push_list 0 1 = 0 ",
        "pop_list 0 = 1 ", "fail", "fail ", "realloc 1 2", "push_record 0 ", "run_return ",
    ],
)  # fmt: skip
def test_what_is_no_event(line: str) -> None:
    assert parse(line) == e.Unreadable(line)


def test_indices_become_names() -> None:
    event = parse("push_list 3 2 = 0", lambda array, index: f"{array}{index}")
    assert event == e.PushList("list3", 2, 0, "")
    assert parse("push_enum 1 0", lambda array, index: f"{array}{index}") == e.PushSum("enum", "enum1", 0)


@pytest.mark.parametrize("line", ["push_list x 2 = 0", "push_list", "resource_drop", "export_call -1"])
def test_what_has_an_index_must_have_one(line: str) -> None:
    with pytest.raises(DumpError, match="malformed event"):
        parse(line, lambda array, index: f"{array}{index}")


def test_events_of_other_kinds_are_others() -> None:
    assert len({e.PushNumber("u8", 1), e.PushNumber("s8", 1), e.PopNumber("u8", 1), e.PushNumber("u8", 1)}) == 3
    alike: list[Event] = [e.PushOwn("r", 1), e.PopOwn("r", 1), e.PushBorrow("r", 1), e.PushRep("r", 1)]
    assert len(set(alike)) == 4


def test_numbers_of_traces_are_the_objects_of_the_model() -> None:
    """So most events of a run are compared by identity."""
    assert parse("pop_s64 = -3") is parse("pop_s64 = -3") is NUMBERED[e.PopNumber, "s64"][-3]
    assert parse("push_f32 ffc00001") is NUMBERED[e.PushFloat, "f32"][0x7FC00000]


def test_the_protocol_has_these_events_and_no_others() -> None:
    section = PROTOCOL.read_text(encoding="utf-8").partition("\n## Trace\n")[2].partition("\n### ")[0]
    listed = section.split("```")[1].replace("wit ...", "")
    words = set(re.findall(r"(?<!>)\b(?:push|pop|list|map|import|export|resource|error_context)_\w+", listed))
    words |= {"realloc", "dealloc_bytes", "fail", "balance", *re.findall(r"\b(?:task_hook|init_task)\b", listed)}
    declared = _declared_in(e.__name__)
    assert words <= declared
    for word in declared - words:
        side, _, kind = word.partition("_")
        assert kind in (*e.NUMBERS, *e.FLOATS, "enum", "borrow", "error_context", *e.ENDS), word
        assert side in ("push", "pop")
    pushed = {word.removeprefix("push_") for word in BY_WORD if word.startswith("push_")}
    popped = {word.removeprefix("pop_") for word in BY_WORD if word.startswith("pop_") and "_iter" not in word}
    assert pushed == popped


def test_the_protocol_of_asynchronous_worlds_has_these_events_and_no_others() -> None:
    section = ASYNC.read_text(encoding="utf-8").partition("\n## Trace\n")[2].split("```")[1]
    listed = " ".join([section.replace("{end}", kind) for kind in e.ENDS])
    declared = _declared_in(async_events.__name__)
    assert {word for word in declared if not re.search(rf"\b{word}\b", listed)} == set()
    first = {line.split(" ")[0] for kind in e.ENDS for line in section.replace("{end}", kind).splitlines()} - {""}
    assert first - declared == {"import_call", "import_balance"}


def _declared_in(module: str) -> set[str]:
    return {word for word, syntaxes in BY_WORD.items() if syntaxes[0].made.__module__ == module}


def test_expected_events_are_the_same_as_equal_ones_only() -> None:
    events = (e.PushNumber("u8", 1), e.PopList("x", 2, b"ab"))
    expected = Events(events, ("", ""))
    equal = (parse("push_u8 1"), parse("pop_list x = 2 6162"))
    assert not expected.same_as(events[:1])
    assert expected.same_as(equal) and expected.same_as(tuple(equal))
    assert not expected.same_as((*equal, e.PushNumber("u8", 1)))
    assert not expected.same_as((e.PushNumber("u8", 2), equal[1]))


@given(st.lists(ANY, max_size=5))
def test_the_size_of_events_is_no_less_than_what_an_interpreter_writes_of_them(events: list[Event]) -> None:
    """The interpreter writes an index where the event has a name."""
    size = Events(tuple(events), [""] * len(events)).size
    written = sum(len(str(event)) for event in events if not isinstance(event, e.Balances | e.Fail))
    assert size + sum(map(_names, events)) >= written


def _names(event: Event) -> int:
    return sum(len(getattr(event, name, "")) for name in ("type", "resource", "function"))
