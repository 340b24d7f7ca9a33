"""Scripts and interface calls under sanitizers: their output, their values, their balances."""

from __future__ import annotations

import pytest

from tests.interpreters.conftest import Native, lines

ALL_BYTES = bytes(range(256)).hex()


@pytest.mark.parametrize(
    ("value", "command", "event"),
    [
        ("u8 300", "pop_u8", "pop_u8 = 300"),
        ("u8 -1", "pop_u8", "pop_u8 = 4294967295"),
        ("s8 -1", "pop_s8", "pop_s8 = -1"),
        ("s16 4294967295", "pop_s16", "pop_s16 = -1"),
        ("s32 2147483648", "pop_s32", "pop_s32 = -2147483648"),
        ("u64 18446744073709551615", "pop_u64", "pop_u64 = 18446744073709551615"),
        ("s64 -9223372036854775808", "pop_s64", "pop_s64 = -9223372036854775808"),
        ("bool 2", "pop_bool", "pop_bool = 2"),
        ("char d800", "pop_char", "pop_char = 55296"),
        ("f32 7fa00001", "pop_f32", "pop_f32 = 7fa00001"),
        ("f64 8000000000000000", "pop_f64", "pop_f64 = 8000000000000000"),
        ("str -", "pop_string", "pop_string = 0 -"),
        ("str ff00", "pop_string", "pop_string = 2 ff00"),
        (f"str {ALL_BYTES}", "pop_string", f"pop_string = 256 {ALL_BYTES}"),
        ("str 00ffabcdef", "pop_string", "pop_string = 5 00ffabcdef"),
        ("ptr 64 5", "pop_string", "pop_string = 5 -"),
        ("ptr 8 4294967295", "pop_list 0", "pop_list 0 = 4294967295 -"),
        ("raw 3 0102", "pop_list 0 2", "pop_list 0 = 3 0102"),
        ("raw 0 -", "pop_list 0", "pop_list 0 = 0 -"),
        ("flags ffffffff", "pop_flags 0", "pop_flags 0 = 4294967295"),
        ("enum 256", "pop_enum 0", "pop_enum 0 = 256"),
        ("handle 9", "pop_own 1", "pop_own 1 = 9"),
        ("handle 9", "pop_borrow 0", "pop_borrow 0 = 9"),
        ("handle 9", "pop_stream 0", "pop_stream 0 = 9"),
        ("handle 9", "pop_error_context", "pop_error_context = 9"),
        ("var 300", "pop_variant 0", "pop_variant 0 = 300"),
    ],
)
def test_pop_gives_what_the_script_says(native: Native, value: str, command: str, event: str) -> None:
    script = f"boxed1 frame run call a:b/i g - 1 {value} end"
    outcome = native.run(script, lines(f"run | {command} | push_list 0 0 0 | return"))
    assert event in outcome.lines
    assert outcome.exit_code == 0


@pytest.mark.parametrize(
    ("commands", "event"),
    [
        ("push_u8 4294967295", "push_u8 4294967295"),
        ("push_s8 4294967295", "push_s8 -1"),
        ("push_s8 255", "push_s8 255"),
        ("push_s16 65535", "push_s16 65535"),
        ("push_u64 18446744073709551615", "push_u64 18446744073709551615"),
        ("push_s64 18446744073709551615", "push_s64 -1"),
        ("push_bool 4294967295", "push_bool 4294967295"),
        ("push_f32 1", "push_f32 3f800000"),
        ("push_f64 2", "push_f64 4000000000000000"),
        ("push_own 1 5", "push_own 1 5"),
        ("allocate 0 1 3 | push_string 0 3", "push_string 3 616161"),
        ("push_string 0 0", "push_string 0 -"),
    ],
)
def test_push_tells_the_raw_value(native: Native, commands: str, event: str) -> None:
    script = "boxed1 eager frame export - nothing end"
    outcome = native.run(script, lines(f"export_start 0 | {commands}"))
    assert event in outcome.lines
    assert outcome.exit_code == 0


def test_lists_are_taken_whole_by_option(native: Native) -> None:
    commands = (
        "export_start 2 | allocate 0 2 4 | push_list 0 0 2 | export_call 2 | pop_list 0 4 | export_finish 2 | finish"
    )
    outcome = native.run("boxed1 lists frame export a:b/i end ret arg 0 end", lines(commands))
    assert outcome.lines == (
        "export_start 2",
        "realloc 0 2 4",
        "push_list 0 2 = 1 61616161",
        "export_call 2",
        "pop_list 0 = 2 61616161",
        "export_finish 2",
        "balance 0 0 0 0 0",
    )


@pytest.mark.parametrize(
    ("value", "list", "told"),
    [
        ("list 3 s16 -1 s16 65535 s16 2", 0, "3 s16 -1 s16 65535 s16 2"),
        ("list 2 str 6162 str -", 1, "2 str 6162 str -"),
        ("list 0", 1, "0"),
        ("list 2 rec 2 u8 300 str ff rec 2 u8 1 ptr 64 5", 3, "2 rec 2 u8 300 str ff rec 2 u8 1 ptr 64 5"),
        ("list 3 var 0 varp 1 u8 7 var 9", 4, "3 var 0 varp 1 u8 7 var 9"),
        ("list 2 bool 2 bool 0", 5, "2 bool 2 bool 0"),
        ("list 2 f64 7ff0000000000001 f64 8000000000000000", 6, "2 f64 7ff8000000000000 f64 8000000000000000"),
        ("list 2 char d800 char 0", 7, "2 char d800 char 0"),
        ("list 1 list 2 flags 3 flags ffffffff", 8, "1 list 2 flags 3 flags ffffffff"),
    ],
)
def test_lists_of_any_type_are_given_whole_by_option(native: Native, value: str, list: int, told: str) -> None:
    script = f"boxed1 lists-any frame run call a:b/i g - 1 {value} end"
    outcome = native.run(script, lines(f"run | pop_list {list} 2 | push_list 0 0 0 | return | finish"))
    assert outcome.exit_code == 0
    assert outcome.lines[1] == f"pop_list {list} = {told}"
    assert outcome.lines[-1] == "balance 0 0 0 0 0"


@pytest.mark.parametrize(
    ("value", "list"),
    [
        ("list 1 u8 1", 0), ("list 1 u8 1", 1), ("list 1 rec 1 u8 1", 3), ("list 1 varp 0 u8 1", 4),
        ("list 1 var 1", 4), ("list 1 varp 2 u8 1", 4), ("list 1 map 0", 8), ("map 0", 1),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_cannot_be_stored(native: Native, value: str, list: int) -> None:
    script = f"boxed1 eager lists-any frame run call a:b/i g - 1 {value} end"
    assert native.run(script, lines(f"run | pop_list {list}")).trap == "pop_kind"


def test_lists_of_any_type_are_taken_whole_by_option(native: Native) -> None:
    commands = (
        "export_start 2 | allocate 0 2 4 | push_list 0 0 2 | export_call 2 | pop_list 0 4 | export_finish 2 | finish"
    )
    outcome = native.run("boxed1 lists-any frame export a:b/i end ret arg 0 end", lines(commands))
    assert outcome.lines[2:] == (
        "push_list 0 2 = 1 s16 24929 s16 24929",
        "export_call 2",
        "pop_list 0 = 2 s16 24929 s16 24929",
        "export_finish 2",
        "balance 0 0 0 0 0",
    )


@pytest.mark.parametrize(("list", "last"), [(9, "push_list 9 0 = 0"), (10, "fail type")])
def test_lists_with_handles_and_without_end(native: Native, list: int, last: str) -> None:
    script = "boxed1 eager lists-any frame export - nothing end"
    assert native.run(script, lines(f"export_start 0 | push_list 0 {list} 0")).lines[-1] == last


def test_a_list_goes_element_by_element(native: Native) -> None:
    commands = (
        "export_start 2 | allocate 0 2 4 | push_list 0 0 2 | push_s16 1 | list_append 0 | push_s16 2 | list_append 0"
        " | dealloc 0 4 2 0 | export_call 2 | pop_list 0 | pop_list_iter_next 0 | pop_s16 | pop_list_iter_next 0"
        " | pop_s16 | pop_list_iter 0 | export_finish 2 | finish"
    )
    script = "boxed1 frame export a:b/i end pick 0 arg 0 1 1 ret list 2 reg 0 s16 -7 end"
    outcome = native.run(script, lines(commands))
    assert outcome.lines[-8:] == (
        "pop_list 0 = 2",
        "pop_list_iter_next 0",
        "pop_s16 = 2",
        "pop_list_iter_next 0",
        "pop_s16 = -7",
        "pop_list_iter 0",
        "export_finish 2",
        "balance 0 0 0 0 0",
    )


def test_a_map_gives_key_before_value(native: Native) -> None:
    commands = (
        "export_start 2 | push_map 0 1 | push_string 0 0 | push_u8 7 | map_append 0"
        " | pop_map 0 | pop_map_iter_next 0 | pop_string | pop_u8 | pop_map_iter 0"
    )
    outcome = native.run("boxed1 eager", lines(commands))
    assert outcome.lines[-5:] == (
        "pop_map 0 = 1",
        "pop_map_iter_next 0",
        "pop_string = 0 -",
        "pop_u8 = 7",
        "pop_map_iter 0",
    )


def test_error_context(native: Native) -> None:
    script = "boxed1 frame run ecnew 0 str 6869 ecmsg 1 reg 0 drop reg 0 end"
    outcome = native.run(script, lines("error_context_initialize | run | finish"))
    assert outcome.lines == (
        "error_context_new 2 6869 = 7",
        "realloc 0 1 2",
        "error_context_debug_message 7 = 2 6869",
        "error_context_drop 7",
        "balance 0 0 0 0 0",
    )


def test_resources(native: Native) -> None:
    script = (
        "boxed1 frame run new 0 a:b/i r 41 rep 1 reg 0 drop reg 0 end"
        " frame dtor a:b/i r set 2 arg 0 call - nothing - 0 end"
    )
    outcome = native.run(script, lines("run | dtor 1 41 | return | dtor 1 42 | dtor 0 1 | finish"))
    assert outcome.lines == (
        "resource_new 1 41 = 42",
        "resource_rep 1 42 = 41",
        "resource_drop 1 42",
        "resource_dtor 1 41",
        "import_call 0",
        "import_return 0",
        "import_balance 0 0 0",
        "resource_dtor 1 42",
        "resource_dtor 0 1",
        "balance 0 0 0 0 0",
    )


def test_dump(native: Native) -> None:
    outcome = native.run("boxed1 wit", lines("finish"))
    assert outcome.lines == (
        "wit version 3",
        "wit import 0 - nothing 1 0 0 0 255:0 0 0",
        "wit import 1 a:b/i f 1 0 0 2 0:0 7:0 12:0 0 0",
        "wit import 2 a:b/i g 1 0 0 1 23:0 23:0 0 0",
        "wit import 3 a:b/i asynchronous 0 0 0 0 255:0 8 4",
        "wit export 0 - nothing 0 0 255:0",
        "wit export 1 a:b/i f 0 2 0:0 7:0 12:0",
        "wit export 2 a:b/i end 0 1 23:0 23:0",
        "wit resource 0 a:b/i r 1 0 0",
        "wit resource 1 a:b/i r 1 1 1",
        "wit record 0 a:b/i rec 2 x 0:0 y 12:0",
        "wit record 1 a:b/i endless 1 z 14:1",
        "wit flags 0 a:b/i fl 2 one two%0a%25",
        "wit tuple 0 - - 2 0:0 7:0",
        "wit variant 0 a:b/i v 2 none 255:0 some 0:0",
        "wit enum 0 a:b/i e 2 one two%0a%25",
        "wit option 0 - - 0:0",
        "wit result 0 - - 255:0 0:0",
        "wit list 0 - - 28:0",
        "wit list 1 - - 12:0",
        "wit list 2 - - 28:1",
        "wit list 3 - - 14:0",
        "wit list 4 - - 19:0",
        "wit list 5 - - 8:0",
        "wit list 6 - - 11:0",
        "wit list 7 - - 9:0",
        "wit list 8 - - 23:11",
        "wit list 9 - - 15:0",
        "wit list 10 - - 14:1",
        "wit list 11 - - 17:0",
        "wit map 0 - - 12:0 0:0",
        "wit fixed_length_list 0 - - 3 0:0",
        "wit future 0 - - 255:0 0 0 0 0 0 0 0 0 0 0 1",
        "wit stream 0 - - 0:0 0 0 0 0 0 0 0 0 0 1 1",
        "wit alias 0 a:b/i alias 5:0",
        "wit alias 1 a:b/i circle 28:1",
        "balance 0 0 0 0 0",
    )


def test_without_a_world_the_dump_says_so(native: Native) -> None:
    assert native.run("boxed1 wit", "finish").lines == ("wit none", "balance 0 0 0 0 0")


@pytest.mark.parametrize(
    ("commands", "balance"),
    [
        ("", "0 0 0 0 1"),
        ("allocate 0 1 10", "10 1 0 0 1"),
        ("allocate 0 1 0", "0 0 0 0 1"),
        ("allocate 0 4 8 | resize 0 8 4 20", "20 1 0 0 1"),
        ("allocate 0 4 8 | resize 0 8 4 0", "0 0 0 0 1"),
        ("export_start 0 | allocate 0 4 8 | dealloc 0 8 4 0", "0 0 1 0 1"),
        ("export_start 0 | allocate 0 4 8 | dealloc 0 8 4 1", "8 1 1 0 1"),
        ("export_start 0 | allocate 0 4 8 | dealloc 0 8 4 1 | export_call 0 | export_finish 0", "0 0 0 0 0"),
        ("export_start 0 | allocate 0 1 8 | push_string 0 8", "0 0 1 0 1"),
        ("export_start 0 | dealloc 0 0 4 1", "0 0 1 0 1"),
    ],
)
def test_balance(native: Native, commands: str, balance: str) -> None:
    outcome = native.run("boxed1 frame export - nothing end", lines(f"{commands} | finish"))
    assert outcome.lines[-1] == f"balance {balance}"


def test_import_balance_counts_what_the_call_leaves(native: Native) -> None:
    script = "boxed1 frame run call - nothing - 0 call - nothing - 0 end"
    outcome = native.run(
        script, lines("run | allocate 0 1 5 | allocate 1 1 6 | dealloc 1 6 1 1 | return | dealloc 0 5 1 0")
    )
    assert [line for line in outcome.lines if line.startswith("import_balance")] == [
        "import_balance 0 5 0",
        "import_balance 0 -5 0",
    ]


def test_long_runs_do_not_leak(native: Native) -> None:
    work = (
        "set 0 list 2 str c3a9 raw 1 00 set 1 map 1 reg 0 varp 1 rec 2 reg 0 u8 1 pick 2 reg 1 2 1 0"
        " call a:b/i f 3 2 u8 1 s64 1 call - nothing - 0"
    )
    frame = f"frame run {work} {work} end "
    impl = "pop_u8 | pop_s64 | allocate 0 1 4 | push_string 0 4 | return | allocate 0 8 24 | dealloc 0 24 8 1 | return"
    commands = lines(" | ".join(["run", impl, impl, "own"] * 4))
    outcome = native.run("boxed1 " + frame * 4, commands)
    own = [line for line in outcome.lines if line.startswith("own")]
    assert len(own) == 4
    assert own[1] == own[2] == own[3]


def test_events_wait_where_nothing_may_leave(native: Native) -> None:
    script = "boxed1 eager frame export - nothing end"
    commands = "allocate 0 1 1 | own | export_start 0 | own | export_call 0 | export_finish 0 | allocate 1 1 1 | own"
    outcome = native.run(script, lines(commands))
    told = [line for line in outcome.lines if not line.startswith("own")]
    assert told == ["realloc 0 1 1", "export_start 0", "export_call 0"]
    assert outcome.lines[0].startswith("own")
