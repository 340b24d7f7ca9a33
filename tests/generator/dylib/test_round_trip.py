"""Random types and values through the generated code, both ways, as exports and as imports.

The other side of each call is the tests' own Canonical ABI; the interpreter is the tests' host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.dylib.world.options import DylibOptions, Optimize
from tests.generator.dylib import abi
from tests.generator.dylib.host import STACK_TOP, Host
from tests.generator.dylib.interpreter import Context
from tests.generator.dylib.libraries import library
from tests.generator.dylib.shapes import KEYS, SHAPES, Definitions, Shape, values


def world(params: list[Shape], result: Shape | None) -> str:
    """An interface with one function, imported and exported."""
    definitions = Definitions()
    uses = ", ".join(f"p{n}: {definitions.use(shape)}" for n, shape in enumerate(params))
    answer = "" if result is None else f" -> {definitions.use(result)}"
    lines = "\n".join(definitions.lines)
    return f"interface i {{ {lines}\n f: func({uses}){answer}; }} world w {{ import i; export i; }}"


def lower_params(host: abi.Memory, shapes: list[Shape], args: list[Any]) -> list[Any]:
    if len([flat for shape in shapes for flat in abi.flat_types(shape)]) <= 16:
        return [flat for shape, arg in zip(shapes, args, strict=True) for flat in abi.lower_flat(host, shape, arg)]
    area = Shape("record", tuple(shapes))
    address = host.allocate(abi.size(area), abi.alignment(area))
    abi.store(host, area, tuple(args), address)
    return [address]


def lift_params(host: abi.Memory, shapes: list[Shape], core: list[Any]) -> list[Any]:
    if len([flat for shape in shapes for flat in abi.flat_types(shape)]) <= 16:
        flat = iter(core)
        return [abi.lift_flat(host, shape, flat) for shape in shapes]
    return list(abi.load(host, Shape("record", tuple(shapes)), core[0]))


def returns_in_memory(result: Shape | None) -> bool:
    return result is not None and len(abi.flat_types(result)) > 1


def check(
    params: list[Shape],
    result: Shape | None,
    args: list[Any],
    answer: Any,
    options: dict[str, Any],
    optimize: Optimize = Optimize.SPEED,
) -> None:
    seen: list[Any] = []

    def on_export(context: Context, which: int) -> None:
        seen.append(context.stack.copy())
        context.stack.clear()
        if result is not None:
            context.stack.append(answer)

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        assert (module, name) == ("a:b/i", "f")
        flat = list(core)
        address = flat.pop() if returns_in_memory(result) else None
        seen.append(lift_params(host, params, flat))
        if result is None:
            return None
        if address is None:
            return abi.lower_flat(host, result, answer)[0]
        abi.store(host, result, answer, address)
        return None

    host = Host(library(world(params, result), DylibOptions(optimize=optimize)), import_call, on_export, **options)
    core = host.call("a:b/i#f", *lower_params(host, params, args))
    assert seen.pop() == args
    if result is not None:
        flat = iter([] if core is None else [core])
        lifted = abi.load(host, result, core) if returns_in_memory(result) else abi.lift_flat(host, result, flat)
        assert lifted == answer
    host.call("cabi_post_a:b/i#f", *([] if result is None else [core]))
    assert (host.blocks, host.contexts) == ({}, {})
    assert host.call_import(0, args) == (answer if result is not None else None)
    assert seen == [args]
    assert (host.blocks, host.contexts) == ({}, {})
    assert host.stack_pointer.value(host.store) == STACK_TOP


@pytest.mark.parametrize("optimize", Optimize)
@pytest.mark.parametrize("length", range(10))
@pytest.mark.parametrize(
    ("element", "value"),
    [
        (Shape("u16"), lambda n: 1000 + n),
        (Shape("string"), lambda n: b"x" * n),
        (Shape("option", (Shape("u64"),)), lambda n: (n % 2, n << 40 if n % 2 else None)),
        (Shape("variant", (Shape("u8"), None, Shape("string"))), lambda n: (n % 3, (n, None, b"%d" % n)[n % 3])),
    ],
)
def test_turns_of_an_unrolled_loop(
    element: Shape, value: Callable[[int], Any], length: int, optimize: Optimize
) -> None:
    """Single elements, then full turns of several."""
    many, list_type = [value(n) for n in range(length)], Shape("list", (element,))
    check([list_type], list_type, [many], many, {}, optimize)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_type_at_any_position(data: st.DataObject) -> None:
    params = data.draw(st.lists(SHAPES, max_size=4))
    result = data.draw(st.none() | SHAPES)
    args = [data.draw(values(shape)) for shape in params]
    answer = None if result is None else data.draw(values(result))
    optimize = data.draw(st.sampled_from(Optimize))
    check(params, result, args, answer, {"whole_lists": data.draw(st.booleans())}, optimize)


@pytest.mark.parametrize("whole_lists", [False, True])
@pytest.mark.parametrize("count", [1, 15, 16, 17])
@pytest.mark.parametrize("kind", ["s8", "u64", "string", "list"])
def test_spill_boundary(kind: str, count: int, whole_lists: bool) -> None:
    shape = Shape("list", (Shape("s8"),)) if kind == "list" else Shape(kind)
    value = {"s8": -1, "u64": 1 << 63, "string": "é😀".encode(), "list": [-1, -128, 127]}[kind]
    check([shape] * count, shape, [value] * count, value, {"whole_lists": whole_lists})


LEAVES: list[tuple[Shape, list[Any]]] = [
    (Shape("bool"), [0, 1]),
    (Shape("char"), [0, 0xD7FF, 0xE000, 0x10FFFF]),
    (Shape("f32"), [0.0, -1.5, float("inf")]),
    (Shape("f64"), [-0.0, 1e308, float("-inf")]),
    (Shape("string"), [b"", "é😀".encode()]),
    *[(Shape(f"u{bits}"), [0, (1 << bits) - 1]) for bits in (8, 16, 32, 64)],
    *[(Shape(f"s{bits}"), [-1, -(1 << bits - 1), (1 << bits - 1) - 1]) for bits in (8, 16, 32, 64)],
    *[(Shape("enum", count=count), [0, count - 1]) for count in (1, 255, 256, 257)],
    *[(Shape("flags", count=count), [0, (1 << count) - 1]) for count in (1, 8, 9, 16, 17, 32)],
]


@pytest.mark.parametrize(("leaf", "boundary"), LEAVES)
def test_boundary_values_everywhere(leaf: Shape, boundary: list[Any]) -> None:
    """Flat, in memory, in a list, as a payload that is joined with others, as key and value, as element."""
    params = [
        leaf,
        Shape("variant", (leaf, Shape("f64"), Shape("variant", (leaf, None)))),
        Shape("list", (leaf,)),
        Shape("option", (Shape("tuple", (Shape("u8"), leaf)),)),
    ]
    in_memory = Shape("record", (Shape("u8"), *params, Shape("fixed", (leaf,), 9)))
    for value in boundary:
        args = [value, (0, value), boundary, (1, (1, value))]
        check(params, in_memory, args, (1, *args, (value,) * 9), {})
        check([*params, in_memory], leaf, [*args, (1, *args, (value,) * 9)], value, {})


@pytest.mark.parametrize("count", [1, 2, 3, 256, 257])
def test_number_of_cases(count: int) -> None:
    shape = Shape("variant", (Shape("s8"), *[None] * (count - 1)))
    last = Shape("variant", (*[None] * (count - 1), Shape("f32")))
    args = [(0, -1), [(0, -1), (count - 1, -1 if count == 1 else None)], [(count - 1, 1.5)]]
    check([shape, Shape("list", (shape,)), Shape("list", (last,))], last, args, (count - 1, 0.5), {})


@pytest.mark.parametrize("key", KEYS)
def test_maps_keep_order_and_duplicates(key: str) -> None:
    special: dict[str, list[Any]] = {"string": [b"b", b"", b"b"], "bool": [1, 0, 1]}
    keys = special.get(key, [7, 3, 7])
    shape = Shape("map", (Shape(key), Shape("tuple", (Shape("u8"), Shape("u64"), Shape("u8")))))
    pairs = [(k, (n, 1 << 63, n)) for n, k in enumerate(keys)]
    check([shape, shape], shape, [pairs, []], pairs, {})


def test_large_fixed_length_list() -> None:
    """Too large for the stack as a parameter of an import, and as a result."""
    shape = Shape("fixed", (Shape("u32"),), 5000)
    value = tuple(range(5000))
    check([shape], shape, [value], value, {})


def test_helpers_inside_joined_payloads() -> None:
    """A type with a function of its own, whose flat values are narrowed and widened around the call."""
    record = Shape("record", (Shape("f32"), Shape("s8"), Shape("string")))
    wide = Shape("tuple", (Shape("u64"),) * 4)
    params = [record, record, Shape("variant", (record, wide))]
    names = library(world(params, record), DylibOptions(optimize=Optimize.SIZE))
    assert b"lift flat t0" in names and b"lower flat t0" in names
    value = (-1.5, -128, b"xyz")
    for case in [(0, value), (1, (1 << 63, 2, 3, 4))]:
        check(params, Shape("list", (record,)), [value, value, case], [value], {}, Optimize.SIZE)
