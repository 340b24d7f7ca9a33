"""Streams and futures of every payload in every position: by whose name their built-ins are imported, and what the
wit_t says of a payload."""

from __future__ import annotations

import pytest

from tests.generator.dylib.host import Host
from tests.generator.dylib.libraries import library

BUILTINS = {
    "[{0}-new-{1}]",
    "[async-lower][{0}-read-{1}]",
    "[async-lower][{0}-write-{1}]",
    "[{0}-cancel-read-{1}]",
    "[{0}-cancel-write-{1}]",
    "[{0}-drop-readable-{1}]",
    "[{0}-drop-writable-{1}]",
}


def copies(host: Host) -> set[str]:
    """Module, kind, number and function of each type whose built-ins are imported; all seven of them are."""
    found: dict[str, set[str]] = {}
    for module, name in host.imports:
        word, _, function = name.removeprefix("[async-lower]").partition("]")
        kind, _, rest = word.removeprefix("[").partition("-")
        if kind in ("stream", "future"):
            operation, _, number = rest.rpartition("-")
            prefix = "[async-lower]" if name.startswith("[async-lower]") else ""
            builtin = prefix + "[{0}-" + operation + "-{1}]"
            found.setdefault(f"{module} {kind} {number} {function}", set()).add(builtin)
    assert all(builtins == BUILTINS for builtins in found.values())
    return set(found)


TYPES = """
  resource r;
  record p { a: u8, b: stream<u16> }
  variant v { none, one(future<u32>), two(stream<u64>) }
  type named = stream<string>;
  type alias = named;
"""


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("stream", ["stream 0"]),
        ("future", ["future 0"]),
        ("stream<u8>", ["stream 0"]),
        ("future<char>", ["future 0"]),
        ("stream<stream<u8>>", ["stream 0", "stream 1"]),
        ("future<stream<future>>", ["future 0", "stream 1", "future 2"]),
        ("list<stream<u8>>", ["stream 0"]),
        ("list<stream<u8>, 3>", ["stream 0"]),
        ("option<future<u8>>", ["future 0"]),
        ("result<stream<u8>, future<u8>>", ["stream 0", "future 1"]),
        ("result<_, stream<u8>>", ["stream 0"]),
        ("tuple<stream<u8>, u8, stream<u16>>", ["stream 0", "stream 1"]),
        ("tuple<stream<u8>, stream<u8>, stream<u16>>", ["stream 0", "stream 2"]),
        ("map<u8, stream<string>>", ["stream 0"]),
        ("p", ["stream 0"]),
        ("v", ["future 0", "stream 1"]),
        ("named", ["stream 0"]),
        ("alias", ["stream 0"]),
        ("stream<alias>", ["stream 0", "stream 1"]),
        ("stream<r>", ["stream 0"]),
        ("stream<p>", ["stream 0", "stream 1"]),
        ("future<list<option<r>>>", ["future 0"]),
        ("stream<error-context>", ["stream 0"]),
        ("stream<list<u8, 3>>", ["stream 0"]),
        ("stream<map<string, u8>>", ["stream 0"]),
        ("borrow<r>", []),
        ("r", []),
    ],
)
@pytest.mark.parametrize("position", ["func(a: u8, b: {})", "async func() -> {}"])
def test_every_payload_in_every_position(type: str, expected: list[str], position: str) -> None:
    if type == "borrow<r>" and "->" in position:
        return
    interface = f"interface i {{ {TYPES} f: {position.format(type)}; }}"
    host = Host(library(f"{interface} world w {{ import i; }}"))
    assert copies(host) == {f"a:b/i {item} f" for item in expected}
    exported = Host(library(f"{interface} world w {{ export i; }}"))
    assert copies(exported) == {f"[export]a:b/i {item} f" for item in expected}


@pytest.mark.parametrize(
    ("payload", "size", "alignment"),
    [
        ("_", 0, 1),
        ("u8", 1, 1),
        ("s16", 2, 2),
        ("u64", 8, 8),
        ("string", 8, 4),
        ("r", 4, 4),
        ("tuple<u8, u64>", 16, 8),
        ("tuple<u8, u16>", 4, 2),
        ("option<string>", 12, 4),
        ("list<u16, 5>", 10, 2),
        ("stream<u64>", 4, 4),
    ],
)
@pytest.mark.parametrize("kind", ["stream", "future"])
def test_payloads(kind: str, payload: str, size: int, alignment: int) -> None:
    type = kind if payload == "_" else f"{kind}<{payload}>"
    host = Host(library(f"interface i {{ resource r; f: async func(a: {type}); }} world w {{ import i; }}"))
    assert host.wit is not None
    *_, row = host.wit.arrays[kind]
    assert all(row[3:10])
    assert tuple(map(bool, row[10:12])) == (payload != "_",) * 2
    assert row[12:] == (size, alignment)


SHARED = "interface t { resource r; type s = stream<r>; type n = stream<u8>; }"


@pytest.mark.parametrize(
    ("wit", "expected"),
    [
        (  # the first function that uses a type names its built-ins, imports before exports
            "world w { export b: func(a: stream<u8>); import c: func(a: future); import a: func(a: stream<u8>); }",
            {"$root future 0 c", "$root stream 0 a"},
        ),
        (
            "world w { export b: async func(a: stream<u8>) -> future<string>; }",
            {"[export]$root stream 0 b", "[export]$root future 1 b"},
        ),
        (  # of each side, where the types differ
            f"{SHARED} interface i {{ use t.{{s}}; f: func(a: s, b: stream<u8>); }} "
            "world w { import t; import i; export t; export i; }",
            {"a:b/i stream 0 f", "a:b/i stream 1 f", "[export]a:b/i stream 0 f"},
        ),
        (  # an exported interface uses what is only imported
            f"{SHARED} interface i {{ use t.{{s}}; f: func(a: s); }} world w {{ import t; export i; }}",
            {"[export]a:b/i stream 0 f"},
        ),
        (
            f"{SHARED} interface i {{ use t.{{s}}; f: func(a: s); }} interface j {{ use t.{{s}}; g: func(a: s); }} "
            "world w { import j; import i; export i; }",
            {"a:b/j stream 0 g"},
        ),
        (
            "interface i { resource r "
            "{ constructor(a: stream<u8>); m: async func() -> future; s: static func(a: future<r>); } } "
            "world w { export i; }",
            {
                "[export]a:b/i stream 0 [constructor]r",
                "[export]a:b/i future 0 [method]r.m",
                "[export]a:b/i future 0 [static]r.s",
            },
        ),
        (  # one interface under two labels: its types are two
            "interface i { resource r; f: func(a: stream<r>, b: stream<u8>); } world w { import p: i; import q: i; }",
            {"p stream 0 f", "p stream 1 f", "q stream 0 f"},
        ),
        (f"{SHARED} interface i {{ use t.{{s, n}}; f: func(); }} world w {{ import i; export i; }}", set()),
        (  # by what its package is called in the world
            "package x:y@1.2.0 { interface i { f: async func() -> stream<u8>; } } world w { import x:y/i@1.2.0; }",
            {"x:y/i@1.2.0 stream 0 f"},
        ),
    ],
)
def test_whose_name(wit: str, expected: set[str]) -> None:
    assert copies(Host(library(wit))) == expected


def test_a_type_that_no_function_uses_has_no_builtins() -> None:
    host = Host(library("interface i { type s = stream<u8>; type o = option<future<u8>>; } world w { import i; }"))
    assert host.wit is not None
    for kind in ("stream", "future"):
        (row,) = host.wit.arrays[kind]
        assert not any(row[3:12])


def test_the_order_is_that_of_use() -> None:
    """Imports and functions of the world, then exported interfaces: interpreters make names of it."""
    wit = """
    interface i { f: func(a: stream<u16>, b: tuple<stream<u8>, stream<stream<u32>>>); }
    interface j { g: func(a: future<u8>, b: stream<s8>, c: stream<u8>); }
    world w { export j; import i; export h: func(a: stream<u64>, b: future); }
    """
    arrays = Host(library(wit)).wit
    assert arrays is not None
    payloads = [row[2] for row in arrays.arrays["stream"]]
    assert payloads == [("u16", 0), ("u8", 0), ("u32", 0), ("stream", 2), ("u64", 0), ("s8", 0)]
    assert [row[2] for row in arrays.arrays["future"]] == [None, ("u8", 0)]
