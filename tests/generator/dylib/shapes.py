"""Types for the property tests: a tree, its WIT, and strategies for types and values.

Values: ints, floats and bools as they are; strings as UTF-8 bytes; records, tuples and fixed-length lists as tuples;
variants, options and results as (case, payload); enums and flags as ints; lists as lists; maps as lists of pairs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Shape:
    """`kind` is a primitive's keyword or the name of a constructor; `count` is of labels or elements."""

    kind: str
    parts: tuple[Shape | None, ...] = ()
    count: int = 0

    @property
    def present(self) -> tuple[Shape, ...]:
        return tuple(part for part in self.parts if part is not None)


INTEGERS = {f"{sign}{bits}": (sign, bits) for sign in "us" for bits in (8, 16, 32, 64)}
PRIMITIVES = [*INTEGERS, "bool", "char", "f32", "f64", "string"]
KEYS = [*INTEGERS, "bool", "char", "string"]


class Definitions:
    """Collects the definitions that named types need and gives the WIT of each use."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._names: dict[Shape, str] = {}

    def use(self, shape: Shape) -> str:
        if shape in self._names:
            return self._names[shape]
        inner = [None if part is None else self.use(part) for part in shape.parts]
        match shape.kind:
            case "record":
                return self._define(shape, "record", ", ".join(f"f{n}: {text}" for n, text in enumerate(inner)))
            case "variant":
                cases = [f"c{n}" if text is None else f"c{n}({text})" for n, text in enumerate(inner)]
                return self._define(shape, "variant", ", ".join(cases))
            case "enum" | "flags":
                return self._define(shape, shape.kind, ", ".join(f"l{n}" for n in range(shape.count)))
            case "result":
                return _result(*inner)
            case "fixed":
                return f"list<{inner[0]}, {shape.count}>"
            case _:
                return shape.kind if not inner else f"{shape.kind}<{', '.join(text or '_' for text in inner)}>"

    def _define(self, shape: Shape, keyword: str, body: str) -> str:
        name = self._names[shape] = f"t{len(self._names)}"
        self.lines.append(f"{keyword} {name} {{ {body} }}")
        return name


def _result(ok: str | None, err: str | None) -> str:
    if err is None:
        return "result" if ok is None else f"result<{ok}>"
    return f"result<{ok or '_'}, {err}>"


def _compound(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    many = st.lists(inner, min_size=1, max_size=6).map(tuple)
    optional = st.one_of(st.none(), inner)
    cases = st.lists(optional, min_size=1, max_size=6).map(tuple)
    return st.one_of(
        st.builds(lambda parts: Shape("record", parts), many),
        st.builds(lambda parts: Shape("tuple", parts), many),
        st.builds(lambda parts: Shape("variant", parts), cases),
        st.builds(lambda part: Shape("option", (part,)), inner),
        st.builds(lambda ok, err: Shape("result", (ok, err)), optional, optional),
        st.builds(lambda part: Shape("list", (part,)), inner),
        st.builds(lambda part, count: Shape("fixed", (part,), count), inner, st.integers(1, 5)),
        st.builds(lambda key, value: Shape("map", (Shape(key), value)), st.sampled_from(KEYS), inner),
    )


LEAVES = st.one_of(
    st.sampled_from(PRIMITIVES).map(Shape),
    st.sampled_from([1, 2, 255, 256, 257]).map(lambda count: Shape("enum", count=count)),
    st.sampled_from([1, 8, 9, 16, 17, 32]).map(lambda count: Shape("flags", count=count)),
)
SHAPES = st.recursive(LEAVES, _compound, max_leaves=10)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape."""
    match shape.kind:
        case "bool":
            return st.booleans().map(int)
        case "char":
            return st.characters(exclude_categories=["Cs"]).map(ord)
        case "string":
            return st.text(max_size=8).map(str.encode)
        case "f32":
            return st.floats(width=32, allow_nan=False)
        case "f64":
            return st.floats(allow_nan=False)
        case "enum":
            return st.integers(0, shape.count - 1)
        case "flags":
            return st.integers(0, (1 << shape.count) - 1)
        case "record" | "tuple":
            return st.tuples(*map(values, shape.present))
        case "fixed":
            return st.tuples(*[values(shape.present[0])] * shape.count)
        case "list":
            return st.lists(values(shape.present[0]), max_size=4)
        case "map":
            return st.lists(st.tuples(*map(values, shape.present)), max_size=4)
        case "variant" | "option" | "result":
            return st.one_of([_case(n, case) for n, case in enumerate(cases(shape))])
    sign, bits = INTEGERS[shape.kind]
    low = -(1 << bits - 1) if sign == "s" else 0
    return st.one_of(st.sampled_from([low, low + (1 << bits) - 1]), st.integers(low, low + (1 << bits) - 1))


def _case(index: int, payload: Shape | None) -> st.SearchStrategy[tuple[int, Any]]:
    return st.tuples(st.just(index), st.none() if payload is None else values(payload))


def cases(shape: Shape) -> tuple[Shape | None, ...]:
    """The payloads of a variant, option or result."""
    return (None, *shape.parts) if shape.kind == "option" else shape.parts


def f32(value: float) -> float:
    """The value after a trip through 32 bits."""
    (single,) = struct.unpack("<f", struct.pack("<f", value))
    assert isinstance(single, float)
    return single
