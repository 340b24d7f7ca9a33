"""The model: events and traps that the specification demands, for small scripts."""

from __future__ import annotations

import gc

import pytest

from harness.frontend.front_end import WitText, surround
from harness.model import Unpredictable
from harness.model.instance import Instance
from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script.operations import Lists
from harness.world.layout import Layout
from harness.world.world import World
from tests.harness.model_runs import echo, lines, moved


@pytest.mark.parametrize(
    ("type", "given", "popped", "pushed"),
    [
        ("bool", "bool 1", ["pop_bool = 1"], ["push_bool 1"]),
        ("s8", "s8 -1", ["pop_s8 = -1"], ["push_s8 -1"]),
        ("u64", "u64 18446744073709551615", ["pop_u64 = 18446744073709551615"], ["push_u64 18446744073709551615"]),
        ("f32", "f32 80000000", ["pop_f32 = 80000000"], ["push_f32 80000000"]),
        ("f64", "f64 fff8000000000001", ["pop_f64 = 7ff8000000000000"], ["push_f64 7ff8000000000000"]),
        ("char", "char 1f600", ["pop_char = 128512"], ["push_char 128512"]),
        ("string", "str c3a9", ["pop_string = 2 c3a9"], ["push_string 2 c3a9"]),
        ("string", "str -", ["pop_string = 0 -"], ["push_string 0 -"]),
        (
            "pair",
            "rec 2 u8 1 str -",
            ["pop_record a:b/x#pair", "pop_u8 = 1", "pop_string = 0 -"],
            ["push_u8 1", "push_string 0 -", "push_record a:b/x#pair"],
        ),
        (
            "v",
            "varp 0 s8 -2",
            ["pop_variant a:b/x#v = 0", "pop_s8 = -2"],
            ["push_s8 -2", "push_variant a:b/x#v 0"],
        ),
        ("v", "var 1", ["pop_variant a:b/x#v = 1"], ["push_variant a:b/x#v 1"]),
        ("option<u8>", "var 0", ["pop_option option<u8> = 0"], ["push_option option<u8> 0"]),
        (
            "result<_, u8>",
            "varp 1 u8 3",
            ["pop_result result<_, u8> = 1", "pop_u8 = 3"],
            ["push_u8 3", "push_result result<_, u8> 1"],
        ),
        ("colour", "enum 2", ["pop_enum a:b/x#colour = 2"], ["push_enum a:b/x#colour 2"]),
        ("mode", "flags 5", ["pop_flags a:b/x#mode = 5"], ["push_flags a:b/x#mode 5"]),
        (
            "list<u8>",
            "list 1 u8 7",
            ["pop_list list<u8> = 1", "pop_list_iter_next list<u8>", "pop_u8 = 7", "pop_list_iter list<u8>"],
            ["push_list list<u8> 1 = 0", "push_u8 7", "list_append list<u8>"],
        ),
        (
            "list<u8>",
            "list 0",
            ["pop_list list<u8> = 0", "pop_list_iter list<u8>"],
            ["push_list list<u8> 0 = 0"],
        ),
        (
            "map<u8, bool>",
            "map 1 u8 1 bool 0",
            [
                "pop_map map<u8, bool> = 1",
                "pop_map_iter_next map<u8, bool>",
                "pop_u8 = 1",
                "pop_bool = 0",
                "pop_map_iter map<u8, bool>",
            ],
            ["push_map map<u8, bool> 1", "push_u8 1", "push_bool 0", "map_append map<u8, bool>"],
        ),
        (
            "list<s8, 2>",
            "rec 2 s8 1 s8 -1",
            ["pop_fixed_length_list list<s8, 2>", "pop_s8 = 1", "pop_s8 = -1"],
            ["push_s8 1", "push_s8 -1", "push_fixed_length_list list<s8, 2>"],
        ),
        # numbers out of range: the raw number is popped, the type's bits arrive (CanonicalABI.md, lift_flat_unsigned)
        ("u8", "u8 300", ["pop_u8 = 300"], ["push_u8 44"]),
        ("s8", "s8 200", ["pop_s8 = 200"], ["push_s8 -56"]),
        ("bool", "bool 256", ["pop_bool = 256"], ["push_bool 1"]),
        ("mode", "flags ff", ["pop_flags a:b/x#mode = 255"], ["push_flags a:b/x#mode 7"]),
        # .. and in memory a byte is stored, so 256 is false there
        (
            "list<bool>",
            "list 1 bool 256",
            ["pop_list list<bool> = 1", "pop_list_iter_next list<bool>", "pop_bool = 256", "pop_list_iter list<bool>"],
            ["push_list list<bool> 1 = 0", "push_bool 0", "list_append list<bool>"],
        ),
    ],
)
def test_values_move(type: str, given: str, popped: list[str], pushed: list[str]) -> None:
    assert moved(echo(type, [given])) == (popped, pushed)


def test_the_order_of_a_call() -> None:
    seen = echo("u8;s16", ["u8 1", "s16 -1"], "rec 2 u8 9 str 61", "pair")
    assert lines(seen, Role.SUBJECT) == [
        "import_call a:b/x#f",
        "pop_u8 = 1",
        "pop_s16 = -1",
        "push_u8 9",
        "push_string 1 61",
        "push_record a:b/x#pair",
        "import_return a:b/x#f",
    ]
    assert lines(seen, Role.PROVIDER) == [
        "export_start a:b/x#f",
        "push_u8 1",
        "push_s16 -1",
        "export_call a:b/x#f",
        "pop_record a:b/x#pair",
        "pop_u8 = 9",
        "pop_string = 1 61",
        "export_finish a:b/x#f",
    ]
    assert seen.expected[Role.SUBJECT][4].path == "call 1 a:b/x#f, result.b"
    assert seen.outcome.trap is None


def test_lists_of_numbers_go_whole_where_the_script_says_so() -> None:
    seen = echo("list<s16>;list<char>", ["raw 2 ffff0100", "list 1 char 61"], lists=Lists.NUMBERS)
    popped, pushed = moved(seen)
    assert popped[0] == "pop_list list<s16> = 2 ffff0100"
    assert pushed[0] == "push_list list<s16> 2 = 1 ffff0100"
    assert pushed[1] == "push_list list<char> 1 = 0"


@pytest.mark.parametrize(
    ("type", "given", "popped", "pushed"),
    [
        ("list<bool>", "list 2 bool 2 bool 256", " bool 2 bool 256", " bool 1 bool 0"),
        ("list<s16>", "list 1 s16 65535", " s16 65535", " s16 -1"),
        ("list<u8>", "list 1 u8 -1", " u8 18446744073709551615", " u8 255"),
        ("list<f32>", "list 1 f32 7fa00001", " f32 7fc00000", " f32 7fc00000"),
        ("list<mode>", "list 1 flags 9", " flags 9", " flags 1"),
        ("list<colour>", "list 2 enum 2 enum 256", " enum 2 enum 256", " enum 2 enum 0"),
        ("list<v>", "list 2 varp 0 s8 -1 var 257", " varp 0 s8 -1 var 257", " varp 0 s8 -1 var 1"),
        ("list<pair>", "list 1 rec 2 u8 1 str c3a9", " rec 2 u8 1 str c3a9", " rec 2 u8 1 str c3a9"),
        ("list<list<char>>", "list 2 list 1 char 61 list 0", " list 1 char 61 list 0", " list 1 char 61 list 0"),
        ("list<list<u16>>", "list 1 raw 1 0201", " raw 1 0201", " list 1 u16 258"),
        ("list<u8>", "list 0", "", ""),
    ],
)
def test_lists_of_any_type_go_whole_where_the_script_says_so(type: str, given: str, popped: str, pushed: str) -> None:
    seen = echo(type, [given], lists=Lists.ANY)
    length, name = given.split(" ")[1], named(type)
    assert moved(seen) == ([f"pop_list {name} = {length}{popped}"], [f"push_list {name} {length} = 1{pushed}"])
    assert seen.outcome.trap is None


def named(type: str) -> str:
    """The canonical name of a type of `echo`."""
    for name in ("mode", "colour", "v", "pair"):
        type = type.replace(f"<{name}>", f"<a:b/x#{name}>")
    return type


@pytest.mark.parametrize(
    ("type", "given", "trap"),
    [
        ("list<char>", "list 1 char d800", TrapClass.INVALID_CHAR),
        ("list<colour>", "list 1 enum 3", TrapClass.INVALID_DISCRIMINANT),
        ("list<v>", "list 2 var 1 var 3", TrapClass.INVALID_DISCRIMINANT),
        ("list<string>", "list 1 str ff", TrapClass.INVALID_UTF8),
        ("list<string>", "list 1 ptr 4294967280 32", TrapClass.OUT_OF_BOUNDS),
        ("list<list<u32>>", "list 1 ptr 0 1073741824", TrapClass.TOO_LONG),
        ("list<v>", "list 1 varp 1 u8 1", TrapClass.INTERPRETER),
        ("list<v>", "list 1 var 0", TrapClass.INTERPRETER),
        ("list<bool>", "list 1 u8 1", TrapClass.INTERPRETER),
    ],
)
def test_bytes_that_are_no_value_in_a_list_that_goes_whole(type: str, given: str, trap: TrapClass) -> None:
    seen = echo(type, [given], lists=Lists.ANY)
    assert seen.outcome.trap is trap
    assert (moved(seen)[0] == []) is (trap is TrapClass.INTERPRETER)


@pytest.mark.parametrize(
    ("type", "given", "trap"),
    [
        ("char", "char d800", TrapClass.INVALID_CHAR),
        ("char", "char 110000", TrapClass.INVALID_CHAR),
        ("colour", "enum 3", TrapClass.INVALID_DISCRIMINANT),
        ("v", "var 3", TrapClass.INVALID_DISCRIMINANT),
        ("option<u8>", "var 2", TrapClass.INVALID_DISCRIMINANT),
        ("string", "str ff", TrapClass.INVALID_UTF8),
        ("string", "str eda080", TrapClass.INVALID_UTF8),
        ("string", "str c080", TrapClass.INVALID_UTF8),
        ("string", "ptr 4294967295 1", TrapClass.OUT_OF_BOUNDS),
        ("string", "ptr 0 268435456", TrapClass.TOO_LONG),
        ("list<u32>", "ptr 2 1", TrapClass.UNALIGNED),
        ("list<u32>", "ptr 4294967292 1", TrapClass.OUT_OF_BOUNDS),
        ("list<u32>", "ptr 4 67108864", TrapClass.TOO_LONG),
        ("list<u32>", "ptr 0 1073741824", TrapClass.TOO_LONG),
        ("map<u8, u8>", "ptr 0 2147483648", TrapClass.TOO_LONG),
        ("u8", "str 61", TrapClass.INTERPRETER),
        ("u8", "u16 1", TrapClass.INTERPRETER),
        ("f32", "str 61", TrapClass.INTERPRETER),
        ("string", "u8 1", TrapClass.INTERPRETER),
        ("colour", "flags 1", TrapClass.INTERPRETER),
        ("mode", "enum 1", TrapClass.INTERPRETER),
        ("pair", "rec 1 u8 1", TrapClass.INTERPRETER),
        ("pair", "list 0", TrapClass.INTERPRETER),
        ("v", "var 0", TrapClass.INTERPRETER),
        ("v", "rec 0", TrapClass.INTERPRETER),
        ("list<u8>", "rec 0", TrapClass.INTERPRETER),
        ("map<u8, u8>", "list 0", TrapClass.INTERPRETER),
        ("map<u8, u8>", "ptr 8 1", TrapClass.INTERPRETER),
    ],
)
def test_invalid_values_trap(type: str, given: str, trap: TrapClass) -> None:
    seen = echo(type, [given])
    assert seen.outcome.trap is trap
    assert lines(seen, Role.PROVIDER) == []


@pytest.mark.parametrize("type_and_value", [("u8", "u8 1"), ("char", "char d800"), ("u8", "str 61")])
def test_a_run_leaves_nothing_that_only_a_search_for_cycles_frees(type_and_value: tuple[str, str]) -> None:
    """Plans are many objects: thousands of runs would fill the memory, or make the search take most of the time."""
    gc.collect()
    gc.disable()
    try:
        echo(type_and_value[0], [type_and_value[1]])
        assert not [found for found in gc.get_objects() if isinstance(found, Instance)]
    finally:
        gc.enable()


def test_each_list_that_goes_whole_is_reported_as_each_side_has_it() -> None:
    """Both sides often have the same list, which is then written once."""
    values = ["list 1 u8 1", "list 1 u8 258", "list 1 list 2 f32 7fc00001 f32 1"]
    assert moved(echo("list<u8>;list<u8>;list<list<f32>>", values, lists=Lists.ANY)) == (
        [
            "pop_list list<u8> = 1 u8 1",
            "pop_list list<u8> = 1 u8 258",
            "pop_list list<list<f32>> = 1 list 2 f32 7fc00000 f32 00000001",
        ],
        [
            "push_list list<u8> 1 = 1 u8 1",
            "push_list list<u8> 1 = 1 u8 2",
            "push_list list<list<f32>> 1 = 1 list 2 f32 7fc00000 f32 00000001",
        ],
    )


@pytest.mark.parametrize("number", [258, 259])
def test_an_enum_must_not_be_cut_to_a_case(number: int) -> None:
    """258 is a case once it is cut to a byte; 259 is none either way."""
    assert echo("list<colour>", [f"list 1 enum {number}"]).outcome.trap is TrapClass.INVALID_DISCRIMINANT
    assert echo("colour", [f"enum {number}"]).outcome.trap is TrapClass.INVALID_DISCRIMINANT


def test_spilled_parameters_are_in_memory() -> None:
    """17 flat values go through memory, where a bool is a byte; 16 do not."""
    for count, arrives in ((15, "push_bool 1"), (16, "push_bool 0")):
        seen = echo(";".join(["bool"] + ["u8"] * count), ["bool 256"] + ["u8 0"] * count)
        assert moved(seen)[1][0] == arrives


@pytest.mark.parametrize(
    ("type", "given"),
    [
        ("list<u8>", "ptr 8 1"),
        ("list<u32>", "ptr 0 1073741823"),
        ("map<u8, u8>", "ptr 0 2147483647"),
        ("list<u8>", "raw 3 0000"),
        ("list<bool>", "raw 1 01"),
        ("list<pair>", "raw 0 -"),
        ("string", "ptr 0 1"),
        ("v", "varp 1 u8 1"),
        ("v", "varp 3 u8 1"),
    ],
)
def test_what_no_specification_fixes_is_not_guessed(type: str, given: str) -> None:
    with pytest.raises(Unpredictable):
        echo(type, [given])


@pytest.mark.parametrize(
    ("type", "flat", "size", "alignment"),
    [
        ("u8", 1, 1, 1),
        ("string", 2, 8, 4),
        ("tuple<u8, u64, u8>", 3, 24, 8),
        ("option<u64>", 2, 16, 8),
        ("result<u8, string>", 3, 12, 4),
        ("result", 1, 1, 1),
        ("list<u64>", 2, 8, 4),
        ("list<u16, 3>", 3, 6, 2),
        ("map<u8, u64>", 2, 8, 4),
        ("tuple<char, bool>", 2, 8, 4),
    ],
)
def test_layout(type: str, flat: int, size: int, alignment: int) -> None:
    wit = f"package a:b; world w {{ import f: func(a: {type}); }}"
    world: World = surround(WitText(wit, "test.wit")).parts[Role.SUBJECT].world
    found = world.import_functions()[0].params[0].type
    layout = Layout()
    assert (layout.flat_count(found), layout.elem_size(found), layout.alignment(found)) == (flat, size, alignment)
