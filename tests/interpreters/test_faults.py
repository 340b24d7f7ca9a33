"""Faults of scripts and of generated code, under sanitizers: each has its cause."""

from __future__ import annotations

import pytest

from tests.interpreters.conftest import TRAPPED, Native, lines

BEFORE = 2**64 - 1
"""The offset of the byte before."""

OTHERS = " | ".join(["allocate 1 4 8 | dealloc 1 8 4 0"] * 20)
"""Enough allocations that the first block is used again."""


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("", "script_syntax"),
        ("boxed2", "script_syntax"),
        ("boxed1 wat", "script_syntax"),
        ("boxed1 frame", "script_syntax"),
        ("boxed1 frame run", "script_syntax"),
        ("boxed1 frame export a:b/i end", "script_syntax"),
        ("boxed1 frame run end eager", "script_syntax"),
        ("boxed1 frame run ret u8 1 set 0 u8 1 end", "script_syntax"),
        ("boxed1 frame run set 256 u8 1 end", "script_syntax"),
        ("boxed1 frame run set 0 u8 end", "script_syntax"),
        ("boxed1 frame run set 0 u8 18446744073709551616 end", "script_syntax"),
        ("boxed1 frame run set 0 s8 -9223372036854775809 end", "script_syntax"),
        ("boxed1 frame run set 0 s8 - end", "script_syntax"),
        ("boxed1 frame run set 0 f32 123456789 end", "script_syntax"),
        ("boxed1 frame run set 0 str abc end", "script_syntax"),
        ("boxed1 frame run set 0 str zz end", "script_syntax"),
        ("boxed1 frame run set 0 list 4294967295 u8 1 end", "script_syntax"),
        ("boxed1 frame run set 0 " + "varp 1 " * 501 + "u8 1 end", "script_depth"),
        ("boxed1", "no_frame"),
        ("boxed1 frame run trap end", "script_trap"),
        ("boxed1 frame run ret u8 1 end", "result"),
        ("boxed1 frame run set 0 reg 1 end", "register_empty"),
        ("boxed1 frame run set 0 arg 0 end", "register_empty"),
        ("boxed1 frame run pick 0 u8 1 1 0 end", "pick"),
        ("boxed1 frame run pick 0 rec 1 u8 1 1 1 end", "pick"),
        ("boxed1 frame run pick 0 raw 4 01020304 1 0 end", "pick"),
        ("boxed1 frame run call - missing - 0 end", "no_import"),
        ("boxed1 frame run call - nothing - 1 u8 1 end", "no_import"),
        ("boxed1 frame run call a:b/i asynchronous - 0 end", "async"),
        ("boxed1 frame run call - nothing 0 0 end", "result"),
        ("boxed1 frame run new 0 a:b/i nothing 1 end", "no_resource"),
        ("boxed1 frame run drop u8 1 end", "handle"),
        ("boxed1 frame run drop handle 1 end", "handle"),
        ("boxed1 frame run rep 0 handle 1 end", "handle"),
        ("boxed1 frame run ecnew 0 str 00 end", "error_context"),
        ("boxed1 frame run ecmsg 0 handle 1 end", "error_context"),
    ],
)
def test_bad_scripts_have_a_cause(native: Native, script: str, cause: str) -> None:
    assert native.run(script, lines("run")).trap == cause


@pytest.mark.parametrize(
    ("commands", "cause"),
    [
        ("export_start 3", "type"),
        ("export_start 0 | cx 0 | push_u8 1", "context"),
        ("export_start 0 | export_call 0 | export_finish 0 | cx 1 | push_u8 1", "context"),
        ("export_start 0 | export_call 0 | export_call 0", "no_frame"),
        ("export_start 0 | push_u8 1 | export_call 0", "stack"),
        ("export_start 1 | push_u8 1 | push_s64 1 | export_call 1", "stack"),
        ("export_start 0 | pop_u8", "stack"),
        ("export_start 0 | push_s8 1 | pop_u8", "pop_kind"),
        ("export_start 0 | push_u8 1 | push_record 0", "stack"),
        ("export_start 0 | push_u8 1 | push_record 2", "type"),
        ("export_start 0 | push_u8 1 | pop_record 0", "pop_kind"),
        ("export_start 0 | push_flags 1 0", "type"),
        ("export_start 0 | push_variant 0 2", "discriminant"),
        ("export_start 0 | push_option 0 2", "discriminant"),
        ("export_start 0 | push_option 0 1", "stack"),
        ("export_start 0 | push_list 0 2 0", "type"),
        (
            "export_start 0 | push_u8 1 | push_list 0 1 2 | push_string 0 0 | list_append 1 | push_tuple 0",
            "list_length",
        ),
        ("export_start 0 | push_list 0 1 0 | push_string 0 0 | list_append 1", "list_length"),
        ("export_start 0 | push_map 0 1 | push_u8 1 | list_append 0", "pop_kind"),
        ("export_start 0 | push_list 0 1 1 | push_u8 1 | list_append 1 | pop_list 1 | pop_list_iter 1", "iterator"),
        ("export_start 0 | push_list 0 1 0 | pop_list 1 | pop_list_iter_next 1", "iterator"),
        ("export_start 0 | push_map 0 0 | pop_map 0 | pop_map_iter_next 0", "iterator"),
        ("export_start 0 | allocate 0 1 4 | push_string 0 3", "block"),
        ("export_start 0 | allocate 0 2 4 | push_string 0 4", "block"),
        ("export_start 0 | push_string 5 1", "block"),
        ("export_start 0 | allocate 0 1 4 | push_string 0 4 | dealloc 0 4 1 0", "dealloc"),
        ("export_start 0 | allocate 0 1 4 | dealloc 0 4 1 0 | dealloc 0 4 1 0", "dealloc"),
        ("export_start 0 | allocate 0 1 4 | dealloc 0 4 1 1 | dealloc 0 4 1 0", "dealloc"),
        ("export_start 0 | allocate 0 1 4 | dealloc 0 5 1 0", "dealloc"),
        ("export_start 0 | allocate 0 1 4 | dealloc 0 4 2 1", "dealloc"),
        ("export_start 0 | allocate 0 1 64 | dealloc_at 0 16 16", "dealloc"),
        ("export_start 0 | allocate 0 1 64 | dealloc_at 0 1000000000 16", "dealloc"),
        ("allocate 0 1 5 | flip 0 5 | finish", "guard"),
        ("allocate 0 8 64 | flip 0 79 | finish", "guard"),
        (f"allocate 0 1 5 | flip 0 {BEFORE} | finish", "guard"),
        (f"allocate 0 8 8 | flip 0 {BEFORE} | finish", "guard"),
        ("export_start 0 | allocate 0 4 8 | flip 0 8 | dealloc 0 8 4 0", "guard"),
        ("export_start 0 | allocate 0 4 8 | flip 0 8 | dealloc 0 8 4 1", "guard"),
        ("export_start 0 | allocate 0 1 4 | flip 0 4 | push_string 0 4", "guard"),
        ("export_start 0 | allocate 0 1 4 | push_string 0 4 | flip 0 4 | finish", "guard"),
        ("export_start 0 | allocate 0 4 8 | dealloc 0 8 4 0 | flip 0 7 | finish", "freed"),
        ("export_start 0 | allocate 0 4 8 | dealloc 0 8 4 0 | flip 0 8 | finish", "freed"),
        ("export_start 0 | async_call 0", "async"),
        ("export_start 0 | async_callback 0", "async"),
        ("dtor 2 0", "type"),
    ],
)
def test_faults_of_generated_code_have_a_cause(native: Native, commands: str, cause: str) -> None:
    script = "boxed1 eager frame export - nothing end frame export a:b/i f end"
    assert native.run(script, lines(commands)).trap == cause


@pytest.mark.parametrize(
    ("value", "commands", "cause"),
    [
        ("ptr 0 5", "pop_list 0 | pop_list_iter_next 0", "iterator"),
        ("ptr 0 5", "pop_list 0 | pop_list_iter 0", "iterator"),
        ("ptr 0 4294967295", "pop_map 0 | pop_map_iter_next 0", "iterator"),
        ("ptr 0 5", "pop_map 0 | pop_map_iter 0", "iterator"),
        ("raw 1 00", "pop_map 0", "pop_kind"),
    ],
)
def test_a_length_without_elements_is_told_and_no_element_follows(
    native: Native, value: str, commands: str, cause: str
) -> None:
    script = f"boxed1 eager frame run call a:b/i g - 1 {value} end"
    outcome = native.run(script, lines(f"run | {commands}"))
    assert outcome.trap == cause
    told = f"{commands.partition(' |')[0]} = {value.split()[-1]}"
    assert any(line.startswith(told) for line in outcome.lines) is (cause == "iterator")


@pytest.mark.parametrize(
    "commands",
    [
        "initialize",
        "allocate 0 3 4",
        "allocate 0 32 4",
        "allocate 0 0 4",
        "resize 0 4 1 8",
        "allocate 0 1 4 | flip 0 4 | resize 0 4 1 8",
        "export_start 0 | allocate 0 4 8 | dealloc 0 8 4 0 | flip 0 0 | " + OTHERS,
        "allocate 0 1 4 | resize 0 5 1 8",
        "allocate 0 1 4 | resize 0 4 2 8",
        "allocate 0 1 1700000000",
        "export_start 0 | push_u8 1 | export_call 0 | export_finish 0",
        "export_start 0 | export_finish 0 | export_finish 0",
    ],
)
def test_faults_where_nothing_may_leave_trap_silently(native: Native, commands: str) -> None:
    script = "boxed1 frame export - nothing end"
    assert native.run(script, lines(commands)).exit_code == TRAPPED


def test_a_result_that_is_missing_or_too_much(native: Native) -> None:
    call_nothing = lines("export_start 0 | export_call 0")
    call_end = lines("export_start 2 | push_list 0 0 0 | export_call 2")
    assert native.run("boxed1 frame export - nothing ret u8 1 end", call_nothing).trap == "result"
    assert native.run("boxed1 frame export a:b/i end end", call_end).trap == "stack"


def test_an_import_that_leaves_something(native: Native) -> None:
    script = "boxed1 frame run call - nothing - 0 end"
    assert native.run(script, lines("run | push_u8 1 | return")).trap == "stack"


def test_aliases_in_a_circle(native: Native) -> None:
    assert native.run("boxed1 eager", lines("export_start 0 | push_list 0 2 0")).trap == "type"
