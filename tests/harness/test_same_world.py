"""The model's opinion on what toolchains tell (level 1) and build (level 2): wrong names, types, orders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.composition.interpreter_world import with_interpreter, without_anchor
from harness.frontend.front_end import WitText, surround
from harness.judge.difference import Difference
from harness.judge.same_world import built_world, cut, told_world
from harness.plan.roles import Role
from harness.trace.names import DumpError, read_dump
from harness.world.layout import Layout
from harness.world.world import World

WIT = """package a:b;
interface t {
  resource r { m: func(n: u16) -> own<r>; }
  record p { x: s8, y: list<string> }
  type q = p;
  type pair = tuple<u8, q>;
  enum e { one, two }
  flags unused { lo, hi }
}
world w {
  import t;
  export t;
  use t.{pair as both};
  variant v { num(both), none }
  import f: func(v: v, o: option<p2>) -> result<_, e2>;
  use t.{p as p2, e as e2};
}
"""

DUMP = """wit version 3
wit import 0 - f 11 0 0 2 19:0 21:0 22:0 0 0
wit import 1 a:b/t [method]r.m 12 0 0 2 16:1 1:0 15:1 0 0
wit export 0 a:b/t [method]r.m 0 2 16:0 1:0 15:0
wit resource 0 a:b/t r 13 14 15
wit resource 1 a:b/t r 16 0 0
wit record 0 a:b/t p 2 x 4:0 y 23:0
wit record 1 a:b/t p 2 x 4:0 y 23:1
wit flags 0 a:b/t unused 2 lo hi
wit tuple 0 a:b/t pair 2 0:0 28:0
wit variant 0 - v 2 num 28:1 none 255:0
wit enum 0 a:b/t e 2 one two
wit option 0 - - 14:0
wit result 0 - - 255:0 20:0
wit list 0 - - 12:0
wit list 1 - - 12:0
wit alias 0 a:b/t q 14:0
wit alias 1 - both 18:0
"""


def world(wit: str = WIT) -> World:
    return surround(WitText(wit, "w.wit"), "w").parts[Role.SUBJECT].world


def told(dump: str) -> list[Difference]:
    return told_world(read_dump(dump.splitlines()), world(), Role.SUBJECT)


def test_a_right_description() -> None:
    assert told(DUMP) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wit flags 0 a:b/t unused 2 lo hi\n", ""),
        ("wit alias 1 - both 18:0\n", "wit alias 1 - both 28:2\nwit alias 2 - - 18:0\n"),
        ("19:0 21:0 22:0", "19:0 21:1 22:0"),
    ],
    ids=["unused types", "aliases of aliases", "anonymous duplicates"],
)
def test_what_is_free(old: str, new: str) -> None:
    assert old in DUMP
    extra = "wit option 1 - - 14:1\n"
    assert told(DUMP.replace(old, new).replace("wit result", extra + "wit result", 1)) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "of_type"),
    [
        ("16:1 1:0 15:1", "16:1 2:0 15:1", "import a:b/t#[method]r.m, parameter n", True),
        ("16:0 1:0 15:0", "16:0 1:0 15:1", "export a:b/t#[method]r.m, result", True),
        ("q 14:0", "q 20:0", "alias a:b/t#q", True),
        ("x 4:0 y 23:0", "x 0:0 y 23:0", "record a:b/t#p.x", True),
        ("- f 11 0 0 2 19:0 21:0", "- f 11 0 0 1 19:0", "import -#f", False),
        ("import 0 - f 11 0", "import 0 - g 11 0", "import -#f", False),
        ("m 0 2", "m 1 2", "export a:b/t#[method]r.m, pointers", False),
        ("r 13 14 15", "r 13 14 0", "resource [export]a:b/t#r, pointers", False),
        ("resource 1 a:b/t r", "resource 1 a:b/t s", "resource a:b/t#s", False),
        ("variant 0 - v", "variant 0 a:b/t v", "variant a:b/t#v", False),
    ],
)
def test_a_difference_of_two_types_says_so(old: str, new: str, path: str, of_type: bool) -> None:
    assert old in DUMP
    found = {difference.path: difference.of_type for difference in told(DUMP.replace(old, new, 1))}
    assert found[path] is of_type, found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("alias 0 a:b/t q", "alias 0 a:b/t -", "alias 0 has no name"),
        ("tuple 0 a:b/t pair", "tuple 0 a:b/t -", "tuple 0 has no name"),
        ("enum 0 a:b/t e", "enum 0 - -", "enum without a name"),
        ("flags 0 a:b/t unused", "flags 0 - -", "flags 0 has no name"),
    ],
)
def test_what_must_have_a_name(old: str, new: str, message: str) -> None:
    assert old in DUMP
    with pytest.raises(DumpError, match=message):
        told(DUMP.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "path", "expected", "actual"),
    [
        ("import 0 - f 11 0", "import 0 - g 11 0", "import -#f", "a function", "(nothing)"),
        ("import 0 - f 11 0", "import 0 a:b/t f 11 0", "import a:b/t#f", "(nothing)", "a function"),
        ("- f 11 0 0 2 19:0 21:0", "- f 11 0 0 1 19:0", "import -#f", "2 parameters", "1 parameters"),
        ("19:0 21:0 22:0", "21:0 19:0 22:0", "import -#f, parameter v", "-#v", "option<a:b/t#p>"),
        ("16:1 1:0 15:1", "16:1 2:0 15:1", "import a:b/t#[method]r.m, parameter n", "u16", "u32"),
        (
            "16:0 1:0 15:0", "16:0 1:0 15:1",
            "export a:b/t#[method]r.m, result", "own<[export]a:b/t#r>", "own<a:b/t#r>",
        ),
        (
            "- f 11 0 0", "- f 0 18 19",
            "import -#f, pointers", "impl 1, async_impl 0, async_lift_impl 0",
            "impl 0, async_impl 1, async_lift_impl 1",
        ),
        ("m 0 2", "m 1 2", "export a:b/t#[method]r.m, pointers", "task_return 0", "task_return 1"),
        (
            "r 13 14 15", "r 13 14 0",
            "resource [export]a:b/t#r, pointers", "drop 1, new 1, rep 1", "drop 1, new 1, rep 0",
        ),
        ("resource 1 a:b/t r", "resource 1 a:b/t s", "resource a:b/t#s", "no such resource in the world", "a resource"),
        ("x 4:0 y 23:0", "x 4:0 z 23:0", "record a:b/t#p", "record a:b/t#p { x, y }", "record a:b/t#p { x, z }"),
        ("x 4:0 y 23:0", "x 0:0 y 23:0", "record a:b/t#p.x", "s8", "u8"),
        ("2 x 4:0 y 23:1", "2 y 23:1 x 4:0", "record a:b/t#p", "record a:b/t#p { x, y }", "record a:b/t#p { y, x }"),
        ("2 lo hi", "2 hi lo", "flags a:b/t#unused", "flags a:b/t#unused { lo, hi }", "flags a:b/t#unused { hi, lo }"),
        ("2 one two", "3 one two x", "enum a:b/t#e", "enum a:b/t#e { one, two }", "enum a:b/t#e { one, two, x }"),
        ("num 28:1 none 255:0", "num 28:1 none 28:1", "variant -#v.none", "no type", "a:b/t#pair"),
        ("variant 0 - v", "variant 0 a:b/t v", "variant a:b/t#v", "no such type in the world", "a:b/t#v"),
        ("tuple 0 a:b/t pair", "tuple 0 - -", "alias -#both", "tuple a:b/t#pair of 2", "tuple (no name) of 2"),
        ("q 14:0", "q 20:0", "alias a:b/t#q", "a:b/t#p", "a:b/t#e"),
        (
            "- f 11 0 0", "- f 11 18 0",
            "import -#f, pointers", "impl 1, async_impl 0, async_lift_impl 0",
            "impl 1, async_impl 1, async_lift_impl 0",
        ),
        (
            "- f 11 0 0", "- f 11 0 18",
            "import -#f, pointers", "impl 1, async_impl 0, async_lift_impl 0",
            "impl 1, async_impl 0, async_lift_impl 1",
        ),
        ("22:0 0 0", "22:0 8 0", "import -#f, area of an asynchronous call", "(0, 0)", "(8, 0)"),
        ("22:0 0 0", "22:0 0 1", "import -#f, area of an asynchronous call", "(0, 0)", "(0, 1)"),
        ("m 12 0", "m 11 0", "import a:b/t#[method]r.m, impl", "a function of its own", "that of import -#f, impl"),
        (
            "r 13 14 15", "r 13 14 14",
            "resource [export]a:b/t#r, rep", "a function of its own", "that of resource [export]a:b/t#r, new",
        ),
        (
            "r 16 0 0", "r 13 0 0",
            "resource a:b/t#r, drop", "a function of its own", "that of resource [export]a:b/t#r, drop",
        ),
        ("list 0 - - 12:0", "list 0 - - 9:0", "record a:b/t#p.y.element", "string", "char"),
        ("255:0 20:0", "20:0 255:0", "import -#f, result.ok", "no type", "a:b/t#e"),
    ],
)  # fmt: skip
def test_what_a_wit_t_may_not_say(old: str, new: str, path: str, expected: str, actual: str) -> None:
    assert old in DUMP
    found = [(d.level, d.role, d.path, d.expected, d.actual) for d in told(DUMP.replace(old, new))]
    assert (1, Role.SUBJECT, path, expected, actual) in found


def test_the_area_of_an_asynchronous_call() -> None:
    wanted = replace(world().imports[None].functions["f"], is_async=True)
    size, alignment = Layout().async_area(wanted)
    own = world()
    imports = {**own.imports, None: replace(own.imports[None], functions={"f": wanted})}
    right = DUMP.replace("- f 11 0 0", "- f 0 18 19").replace("22:0 0 0", f"22:0 {size} {alignment}")

    def paths(dump: str) -> list[tuple[str, str, str]]:
        found = told_world(read_dump(dump.splitlines()), replace(own, imports=imports), Role.SUBJECT)
        return [(d.path, d.expected, d.actual) for d in found if "area" in d.path]

    assert paths(right) == []
    wrong = right.replace(f"22:0 {size} ", f"22:0 {size + 4} ")
    area = "import -#f, area of an asynchronous call"
    assert paths(wrong) == [(area, f"({size}, {alignment})", f"({size + 4}, {alignment})")]


COPIES = f"""wit stream 0 - - 0:0 {" ".join(map(str, range(21, 28)))} 40 41 1 1
wit stream 1 - - 0:0 0 0 0 0 0 0 0 0 0 0 1
wit future 0 - - 255:0 {" ".join(map(str, range(31, 38)))} 0 0 0 1
wit future 1 - - 12:0 {" ".join(map(str, range(51, 58)))} 40 41 8 4
"""


def test_streams_and_futures() -> None:
    assert told(DUMP + COPIES) == []


def test_a_stream_that_a_function_uses_has_built_ins() -> None:
    """Also inside another type; an entry of an equal type that no function leads to needs none."""
    own = world("package a:b; world w { import f: func(a: option<stream<u8>>); }")
    head = "wit version 3\nwit import 0 - f 11 0 0 1 21:{} 255:0 0 0\n"
    options = "wit option 0 - - 27:0\nwit option 1 - - 27:1\n"

    def found(used: int) -> list[tuple[str, str]]:
        dump = head.format(used) + options + COPIES.partition("wit future")[0]
        return [(d.path, d.actual) for d in told_world(read_dump(dump.splitlines()), own, Role.SUBJECT)]

    assert found(0) == []
    assert found(1) == [("stream stream<u8>, built-ins", "0")]


def test_two_asynchronous_imports_do_not_start_as_one() -> None:
    own = world("package a:b; world w { import f: async func(); import g: async func(); }")
    dump = "wit version 3\nwit import 0 - f 0 {} 13 0 255:0 0 1\nwit import 1 - g 0 {} 13 0 255:0 0 1\n"

    def found(f: int, g: int) -> list[str]:
        return [d.path for d in told_world(read_dump(dump.format(f, g).splitlines()), own, Role.SUBJECT)]

    assert found(11, 12) == []
    assert found(11, 11) == ["import -#g, async_impl"]


@pytest.mark.parametrize(
    ("old", "new", "path", "actual"),
    [
        ("27 40", "0 40", "stream stream<u8>, built-ins", "6"),
        ("40 41 1 1", "0 41 1 1", "stream stream<u8>, pointers", "lift 0, lower 1"),
        ("37 0 0", "37 0 5", "future future, pointers", "lift 0, lower 1"),
        ("0:0 0 0 0 0 0 0 0 0 0", "0:0 0 0 0 0 0 0 0 1 0", "stream stream<u8>, pointers", "lift 1, lower 0"),
        ("40 41 1 1", "40 41 2 1", "stream stream<u8>, size and alignment of a payload", "(2, 1)"),
        ("40 41 8 4", "40 41 8 8", "future future<string>, size and alignment of a payload", "(8, 8)"),
        ("37 0 0 0 1", "37 0 0 0 0", "future future, size and alignment of a payload", "(0, 0)"),
        ("52 53", "53 53", "future future<string>, write", "that of future future<string>, read"),
        ("51 52", "11 52", "future future<string>, new", "that of import -#f, impl"),
    ],
)
def test_what_streams_and_futures_may_not_say(old: str, new: str, path: str, actual: str) -> None:
    assert old in COPIES
    assert (path, actual) in [(found.path, found.actual) for found in told(DUMP + COPIES.replace(old, new))]


def enumerated(count: int, last: str) -> World:
    cases = ", ".join([*(f"case-{n}" for n in range(count)), last])
    return world(f"package a:b; interface i {{ enum e {{ {cases} }} f: func(e: e); }} world w {{ import i; }}")


@pytest.mark.parametrize("count", [3, 40, 300])
def test_large_types_are_compared_to_their_end(count: int) -> None:
    assert built_world(enumerated(count, "last"), enumerated(count, "last"), Role.SUBJECT) == []
    found = built_world(enumerated(count, "last"), enumerated(count, "tail"), Role.SUBJECT)
    assert all(difference.expected.endswith("tail }") and len(difference.expected) < 400 for difference in found)
    assert any(difference.actual.endswith("last }") for difference in found)


X100 = "x" * 100
LEFT_AND_RIGHT = tuple(f"{word}{X100}{X100[4:]}... (104 characters)" for word in ("left", "right"))


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        ("a x b", "a y b", ("a x b", "a y b")),
        (
            "left" + 3 * X100,
            "right" + 3 * X100,
            tuple(f"{w}{X100}{X100[4:]}... (104 characters)" for w in ("left", "right")),
        ),
        (3 * X100 + "left", 3 * X100 + "right", tuple(f"... (200 characters) {X100}{w}" for w in ("left", "right"))),
        (4 * X100, 3 * X100, ("... (200 characters) " + 2 * X100, "... (200 characters) " + X100)),
    ],
)
def test_what_is_common_is_cut_alike(expected: str, actual: str, shown: tuple[str, str]) -> None:
    assert cut(expected, actual) == shown


def test_a_function_that_is_told_twice() -> None:
    again = "wit import 2 - f 17 0 0 2 19:0 21:0 22:0 0 0\n"
    (found,) = told(DUMP.replace("wit export 0", again + "wit export 0"))
    assert (found.path, found.actual) == ("import -#f", "several")


@pytest.mark.parametrize("line", ["wit option 0 - - 21:0", "wit option 0 - - 28:7", "wit option 0 - - 255:0"])
def test_a_type_that_cannot_be(line: str) -> None:
    with pytest.raises(DumpError):
        told(DUMP.replace("wit option 0 - - 14:0", line))


def doubled(levels: int, change: str = "u8") -> str:
    records = [f"record r0 {{ a: {change}, b: u8 }}"]
    records += [f"record r{n} {{ a: r{n - 1}, b: r{n - 1} }}" for n in range(1, levels)]
    return f"package a:b; interface i {{ {' '.join(records)} f: func(x: r{levels - 1}); }} world w {{ import i; }}"


def test_doubling_takes_no_time() -> None:
    assert built_world(world(doubled(60)), world(doubled(60)), Role.SUBJECT) == []
    found = built_world(world(doubled(60, "s8")), world(doubled(60)), Role.SUBJECT)
    assert ("import type a:b/i#r0.a", "u8", "s8") in [(d.path, d.expected, d.actual) for d in found]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("n: u16", "m: u16", "import a:b/t#[method]r.m, parameter 2"),
        ("record p { x: s8", "record p { x: u8", "import type a:b/t#p.x"),
        ("import t;", "import t; import g: func();", "import -#g"),
        ("export t;", "export t; export h: func();", "export -#h"),
        ("export t;", "", "export a:b/t#[method]r.m"),
        ("  use t.{pair", "  import more: interface { type x = u8; }\n  use t.{pair", "import more"),
        ("enum e { one, two }", "enum e { one, two } resource s;", "import resource a:b/t#s"),
        ("flags unused", "flags other", "import type a:b/t#other"),
    ],
)
def test_what_a_component_may_not_be(old: str, new: str, path: str) -> None:
    assert old in WIT
    found = built_world(world(WIT.replace(old, new)), world(), Role.DRIVER)
    assert path in [difference.path for difference in found]
    assert {(difference.level, difference.role) for difference in found} == {(2, Role.DRIVER)}


def test_unused_types_and_empty_interfaces_may_be_left_out() -> None:
    more = "  import empty: interface { type x = u8; }\n  use t.{pair"
    whole = world(WIT.replace("  use t.{pair", more).replace("flags unused", "flags more { a } flags unused"))
    assert built_world(world(), whole, Role.SUBJECT) == []


def test_the_interpreters_own_part() -> None:
    own = "package harness:boxed@0.1.0; interface host { script: func() -> string; trace: func(lines: string); } "
    own += "interface control { run: func(); finish: func(); } world w { import host; export control; "
    empty = world("package a:b; world w { }")
    assert built_world(world(own + "}"), with_interpreter(empty), Role.SUBJECT) == []
    anchored = world(own + "export harness-anchor: func(); }")
    assert "export -#harness-anchor" in [d.path for d in built_world(anchored, with_interpreter(empty), Role.SUBJECT)]
    assert built_world(without_anchor(anchored), with_interpreter(empty), Role.SUBJECT) == []
    assert built_world(empty, with_interpreter(empty), Role.SUBJECT) != []


def test_a_name_of_both_sides_is_compared_with_the_type_of_its_kind() -> None:
    """One label names two interfaces, and the type of the exported one is described wrongly."""
    own = world(
        "package a:b; interface d { record c { x: u8 } } interface b { flags c { lo } }"
        "world w { import q: d; export q: b; }"
    )
    dump = "wit version 3\nwit record 0 q c 1 x 0:0\nwit flags 0 q c 1 hi\n"
    found = told_world(read_dump(dump.splitlines()), own, Role.SUBJECT)
    assert [(each.expected, each.actual) for each in found] == [("flags q#c { lo }", "flags q#c { hi }")]
