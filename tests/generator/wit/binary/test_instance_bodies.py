"""Instance types that are encoded once and copied: the same bytes as without, be the indices around them others."""

from __future__ import annotations

from generator.resolved.model import InterfaceId
from generator.resolved.types import TypeId
from generator.sources.load import load_bytes, load_text
from generator.wit.binary.encode import encode_package
from generator.wit.binary.instance_bodies import InstanceBodies
from generator.wit.printer import print_all

# `d` is written into the types of `x`, `y` and `z`: with the alias of `p.t` in the same place twice, then in another
MOVED = """package a:b;

interface p {
  type t = u8;
}

interface q {
  type v = string;

  type w = u64;
}

interface d {
  use p.{t};

  record e {
    t: t,
  }
}

interface x {
  use d.{e};

  f: func(a: e);
}

interface y {
  use d.{e};

  f: func(a: e);
}

interface z {
  use q.{v, w};
  use d.{e};

  f: func(a: e, b: v, c: w);
}

interface z2 {
  use p.{t};
  use q.{v};
  use d.{e};

  f: func(a: e, b: v, c: t);
}

"""


def test_round_trip() -> None:
    resolve, package = load_text(MOVED, "moved.wit")
    decoded = load_bytes(encode_package(resolve, package), "moved.wasm")
    assert print_all(decoded.resolve, decoded.package) == MOVED


def test_copied_only_between_equal_indices() -> None:
    resolve, _ = load_text(MOVED, "moved.wit")
    bodies = InstanceBodies(resolve)
    d = next(InterfaceId(n) for n, interface in enumerate(resolve.interfaces) if interface.name == "d")

    def at(index: int) -> bytes:
        asked: list[TypeId] = []

        def alias(type: TypeId) -> int:
            asked.append(type)
            return index

        body = bodies.body(d, alias, with_functions=False).body
        assert set(asked) == {target for target in asked if resolve.types[target].name == "t"} != set()
        return body

    first, same, other, back = at(1), at(1), at(2), at(1)
    assert first == same == back != other
