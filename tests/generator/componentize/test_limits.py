"""A component beyond an engine's limits is refused before it is written; the engine takes one at the limit."""

from __future__ import annotations

import pytest
from wasmtime import Engine
from wasmtime.component import Component

from generator.componentize.encoder import componentize
from generator.componentize.single import plan_single
from generator.errors import LimitError
from tests.generator.componentize.modules import dummy_module


def many(direction: str, count: int) -> str:
    interfaces = "".join(f"interface i{n} {{ f: func(); }} " for n in range(count))
    items = "".join(f"{direction} i{n}; " for n in range(count))
    return f"package a:b; {interfaces} world w {{ {items} }}"


@pytest.mark.parametrize(
    ("direction", "count", "message"),
    [
        ("export", 998, None),  # beside them the component itself and the module
        ("export", 999, "more than 1000 components and core modules in one file: no engine accepts that"),
        ("import", 2047, None),  # and as many arguments of the module
        ("import", 2048, "more than 4096 instances: no engine accepts that"),
    ],
)
def test_number_of_interfaces(direction: str, count: int, message: str | None) -> None:
    plan = plan_single(dummy_module(many(direction, count)))
    if message is None:
        Component(Engine(), componentize(plan))
    else:
        with pytest.raises(LimitError, match=message):
            componentize(plan)


def test_length_of_a_name() -> None:
    name = "a" * 100_001
    with pytest.raises(LimitError, match=r"the name that begins with `a{40}` has 100001 bytes"):
        componentize(plan_single(dummy_module(f"package a:b; world w {{ import {name}: func(); }}")))


@pytest.mark.parametrize(("count", "fits"), [(1000, True), (1001, False)])
def test_parameters(count: int, fits: bool) -> None:
    params = ", ".join(f"p{n}: u8" for n in range(count))
    plan = plan_single(dummy_module(f"package a:b; world w {{ import f: func({params}); }}"))
    if fits:
        Component(Engine(), componentize(plan))
    else:
        with pytest.raises(LimitError, match="function `f` has 1001 parameters"):
            componentize(plan)
