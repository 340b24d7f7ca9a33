"""Inputs of `benchmarks.growth`: WIT and libraries in which one thing grows and the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.plan.plan import Plan

CHARACTERS = 1000
"""Characters of a string literal for each step of its row, whose sizes would not be noticed otherwise."""

_MAGIC = b"\0asm\x01\0\0\0"
_MEM_INFO, _NEEDED = 1, 2


@dataclass(frozen=True, slots=True)
class Growing:
    """WIT with a world `w`, by size."""

    name: str
    wit: Callable[[int], str]
    valid: bool = True
    """False: each tool has to refuse it, and only `component wit` is measured."""


def _interface(*lines: str) -> str:
    return "\n".join(("package a:b;", "interface i {", *lines, "}", "world w { import i; export i; }"))


def _functions(size: int) -> str:
    return _interface(*(f"  op{n}: func(a: u32, b: string) -> u32;" for n in range(size)))


def _resources(size: int) -> str:
    return _interface(*(f"  resource r{n} {{ constructor(); m: func() -> u32; }}" for n in range(size)))


def _interfaces(size: int) -> str:
    interfaces = (f"interface i{n} {{ record t {{ a: u32 }} f: func(x: t); }}" for n in range(size))
    return "\n".join(("package a:b;", *interfaces, "world w {", *(f"  import i{n};" for n in range(size)), "}"))


def _cases(size: int) -> str:
    return _interface("  variant v {", *(f"    c{n}(u32)," for n in range(size)), "  }", "  f: func(x: v) -> v;")


def _versions(size: int) -> str:
    packages = (f"package c:d@1.0.{n} {{ interface i {{ f: func(x: u32); }} }}" for n in range(size))
    imports = (f"  import c:d/i@1.0.{n};" for n in range(size))
    return "\n".join(("package a:b;", "world w {", *imports, "}", *packages))


def _uses(size: int) -> str:
    chain = (f"interface i{n} {{ use i{n - 1}.{{t}}; f: func(x: t); }}" for n in range(1, size))
    first = "interface i0 { record t { a: u32 } }"
    return "\n".join(("package a:b;", first, *chain, f"world w {{ import i{size - 1}; }}"))


def _resource_uses(size: int) -> str:
    chain = (f"interface i{n} {{ use i{n - 1}.{{t}}; f: func(x: borrow<t>); }}" for n in range(1, size))
    return "\n".join(("package a:b;", "interface i0 { resource t; }", *chain, f"world w {{ import i{size - 1}; }}"))


def _includes(size: int) -> str:
    """Each world has all that the ones before it have: what comes out is quadratic by its meaning."""
    worlds = (f"world w{n} {{ include w{n - 1}; import op{n}: func(x: u32); }}" for n in range(1, size))
    first = "world w0 { import op0: func(x: u32); }"
    return "\n".join(("package a:b;", first, *worlds, f"world w {{ include w{size - 1}; }}"))


def _includes_with_types(size: int) -> str:
    """As above, and each world has a copy of each type before it."""
    own = (f"record t{n} {{ a: u8 }} import op{n}: func(x: t{n});" for n in range(size))
    worlds = (f"world w{n} {{ include w{n - 1}; {items} }}" for n, items in enumerate(own, 1))
    return "\n".join(("package a:b;", "world w0 { }", *worlds, f"world w {{ include w{size}; }}"))


def _aliases(size: int) -> str:
    chain = (f"  type t{n} = t{n - 1};" for n in range(1, size))
    return _interface("  type t0 = u32;", *chain, f"  f: func(x: t{size - 1});")


def _docs(size: int) -> str:
    return _interface(*(f"    /// line {n} of a long comment" for n in range(size)), "  f: func(x: u32);")


def _block_docs(size: int) -> str:
    """Lines that are indented deeper and deeper by turns of eight."""
    lines = (f"    ///{' ' * (n % 8 + 1)}line {n}" for n in range(size))
    return _interface(*lines, "  f: func(x: u32);")


def _indentation(size: int) -> str:
    """A comment of two lines whose common indentation is as wide as the size says, and a line that has none of it."""
    wide = " " * (size * CHARACTERS // 10)
    return _interface(f"  ///{wide}first", "  /// second", "  f: func(x: u32);")


def _literal(size: int) -> str:
    return _interface(f'  @external-id("{"a" * (size * CHARACTERS)}', "  f: func(x: u32);")


WIT_ROWS = (
    Growing("functions", _functions),
    Growing("resources", _resources),
    Growing("interfaces", _interfaces),
    Growing("cases of a variant", _cases),
    Growing("versions", _versions),
    Growing("chain of `use`", _uses),
    Growing("chain of `use`, a resource", _resource_uses),
    Growing("chain of `include`", _includes),
    Growing("chain of `include`, types", _includes_with_types),
    Growing("chain of aliases", _aliases),
    Growing("lines of a doc comment", _docs),
    Growing("lines indented differently", _block_docs),
    Growing(f"indentation, {CHARACTERS // 10} blanks", _indentation),
    Growing(f"literal without end, {CHARACTERS} characters", _literal, valid=False),
)


def _made_of_the_one_before(size: int) -> str:
    """Each resource takes one of the resource before it."""
    chain = (f"  resource r{n} {{ constructor(before: r{n - 1}); }}" for n in range(1, size))
    return _interface("  resource r0 { constructor(); }", *chain, f"  f: func(x: r{size - 1});")


PLAN_ROWS = (
    Growing("functions", _functions),
    Growing("resources", _resources),
    Growing("chain of resources", _made_of_the_one_before),
)
"""Inputs of the planner of the harness."""


def plan(path: str) -> Plan:
    """The plan of `harness check` for a file, without a run."""
    from harness.planner import check_plan

    return check_plan(Path(path), None, calls=50)


SMALL_WORLD = "package a:b;\nworld w { export f: func(x: u32) -> u32; }\n"
"""The world of the row of libraries."""


def library_names(size: int, last: str) -> list[tuple[str, str]]:
    """Names of libraries, each with the one that it needs; the last one needs `last`."""
    names = [f"lib{n}.so" for n in range(size)]
    return list(zip(names, [*names[1:], last], strict=True))


def empty_library(needed: str) -> bytes:
    """A dynamic library that only needs another one (tool-conventions, DynamicLinking.md, "dylink.0")."""
    # a vector of one name; all lengths here are below 128 and so one byte each
    body = _bytes(b"dylink.0") + bytes((_MEM_INFO,)) + _bytes(bytes(4))
    body += bytes((_NEEDED,)) + _bytes(b"\x01" + _bytes(needed.encode()))
    return _MAGIC + b"\0" + _bytes(body)


def _bytes(raw: Iterable[int]) -> bytes:
    data = bytes(raw)
    assert len(data) < 0x80, "a length of one byte"
    return bytes((len(data),)) + data
