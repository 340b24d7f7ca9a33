"""Random types and values through async imports and exports. The other side is the tests' own Canonical ABI."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.dylib.world.options import DylibOptions, StackPointer
from tests.generator.dylib import abi
from tests.generator.dylib.host import STACK_TOP
from tests.generator.dylib.libraries import library
from tests.generator.dylib.shapes import SHAPES, Definitions, Shape, values
from tests.generator.dylib.tasks import TaskHost

RETURNED = 2
STARTED_AS_7 = 1 | 7 << 4


def world(params: list[Shape], result: Shape | None) -> str:
    """An interface with one async function, imported and exported."""
    definitions = Definitions()
    uses = ", ".join(f"p{n}: {definitions.use(shape)}" for n, shape in enumerate(params))
    answer = "" if result is None else f" -> {definitions.use(result)}"
    lines = "\n".join(definitions.lines)
    return f"interface i {{ {lines}\n f: async func({uses}){answer}; }} world w {{ import i; export i; }}"


def flat_count(shapes: list[Shape]) -> int:
    return sum(len(abi.flat_types(shape)) for shape in shapes)


class Case:
    def __init__(self, params: list[Shape], result: Shape | None, args: list[Any], answer: Any, whole: bool) -> None:
        self.params, self.result, self.args, self.answer = params, result, args, answer
        self.core: tuple[Any, ...] = ()
        self.returned: list[Any] = []
        self.status = STARTED_AS_7
        self.host = TaskHost(library(world(params, result)), self.answer_import, whole_lists=whole)

    def answer_import(self, module: str, name: str, core: tuple[Any, ...]) -> Any:
        if name == "[task-return]f":
            assert module == "[export]a:b/i"
            self.returned.append(self.read_result(core))
            return None
        assert (module, name) == ("a:b/i", "[async-lower]f")
        self.core = core
        return self.status

    def read_result(self, core: tuple[Any, ...]) -> Any:
        """While `task.return` runs: the memory behind it is the library's."""
        if self.result is None:
            return None
        if flat_count([self.result]) > 16:
            return abi.load(self.host, self.result, core[0])
        return abi.lift_flat(self.host, self.result, iter(core))

    def call_import(self, status: int) -> None:
        """The callee reads its arguments and writes its result after the adapter has returned."""
        self.status = status
        call = self.host.start_import(0, self.args)
        assert call.status == status
        assert self.host.stack_pointer.value(self.host.store) == STACK_TOP
        flat = list(self.core)
        result_at = flat.pop() if self.result is not None else None
        if flat_count(self.params) <= 4:
            iterator = iter(flat)
            seen = [abi.lift_flat(self.host, shape, iterator) for shape in self.params]
        else:
            assert flat == [call.area]
            seen = list(abi.load(self.host, Shape("record", tuple(self.params)), flat[0]))
        assert seen == self.args
        if self.result is not None and result_at is not None:
            assert result_at % abi.alignment(self.result) == 0
            abi.store(self.host, self.result, self.answer, result_at)
        assert self.host.finish_import(call) == (None if self.result is None else self.answer)
        assert (self.host.blocks, self.host.contexts) == ({}, {})

    def call_export(self) -> None:
        host = self.host
        if flat_count(self.params) <= 16:
            pairs = zip(self.params, self.args, strict=True)
            core = [flat for shape, arg in pairs for flat in abi.lower_flat(host, shape, arg)]
        else:
            record = Shape("record", tuple(self.params))
            core = [host.allocate(abi.size(record), abi.alignment(record))]
            abi.store(host, record, tuple(self.args), core[0])
        host.code = 2 | 5 << 4
        assert host.call("[async-lift]a:b/i#f", *core) == host.code
        assert host.stack_pointer.value(host.store) == STACK_TOP
        ((cx, which),) = host.tasks
        assert which == 0
        assert host.contexts[cx].stack == self.args
        assert "export_finish" not in host.events, "the context is the interpreter's"
        host.end_context(cx)
        host.task_return(0, [] if self.result is None else [self.answer])
        assert self.returned == [self.answer if self.result is not None else None]
        assert (host.blocks, host.contexts) == ({}, {})
        assert host.stack_pointer.value(host.store) == STACK_TOP


def check(params: list[Shape], result: Shape | None, args: list[Any], answer: Any, whole: bool = False) -> None:
    case = Case(params, result, args, answer, whole)
    case.call_import(STARTED_AS_7)
    case.call_import(RETURNED)
    case.call_export()


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_type_at_any_position(data: st.DataObject) -> None:
    params = data.draw(st.lists(SHAPES, max_size=5))
    result = data.draw(st.none() | SHAPES)
    args = [data.draw(values(shape)) for shape in params]
    answer = None if result is None else data.draw(values(result))
    check(params, result, args, answer, data.draw(st.booleans()))


@pytest.mark.parametrize("count", [0, 1, 4, 5, 16, 17])
@pytest.mark.parametrize("kind", ["s8", "u64", "string", "list"])
def test_spill_boundaries(kind: str, count: int) -> None:
    shape = Shape("list", (Shape("s8"),)) if kind == "list" else Shape(kind)
    value = {"s8": -1, "u64": 1 << 63, "string": "é😀".encode(), "list": [-1, -128, 127]}[kind]
    many = Shape("tuple", (shape,) * max(count, 1))
    check([shape] * count, many, [value] * count, (value,) * max(count, 1))


def test_result_too_large_for_the_stack() -> None:
    shape = Shape("fixed", (Shape("u32"),), 5000)
    value = tuple(range(5000))
    check([shape], shape, [value], value)


def test_callback_hands_events_on() -> None:
    events = []

    def on_event(*event: int) -> int:
        events.append(event)
        return 0

    wit = "world w { export f: async func(); export g: async func(); }"
    host = TaskHost(library(wit), on_event=on_event)
    host.code = 1
    assert host.call("[async-lift]g") == 1
    assert host.call("[callback][async-lift]g", 2, 3, 4) == 0
    assert host.call("[callback][async-lift]f", 6, 0, -1) == 0
    assert events == [(2, 3, 4, 1), (6, 0, 0xFFFFFFFF, 0)]
    assert [which for _, which in host.tasks] == [1]


def test_version_2() -> None:
    """Nothing of async is different."""
    wit = (
        "world w { import f: async func(a: string, b: stream<u8>) -> list<string>; export g: async func() -> string; }"
    )
    returned: list[int] = []

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        if name == "[async-lower]f":
            assert core[1:3] == (1, 9)
            abi.store(host, Shape("list", (Shape("string"),)), [b"y"], core[3])
            return RETURNED
        return returned.append(core[1])

    host = TaskHost(library(wit, DylibOptions(abi_version=2)), import_call)
    assert host.wit is not None and host.wit.version == 2
    assert host.finish_import(host.start_import(0, [b"x", 9])) == [b"y"]
    host.task_return(0, [b"zz"])
    assert returned == [2]


@pytest.mark.parametrize("place", StackPointer)
def test_stack_pointer(place: StackPointer) -> None:
    """A frame of a start and of a return is given back, wherever the stack pointer is."""
    pointers = [STACK_TOP]

    def import_call(module: str, name: str, core: tuple[Any, ...]) -> Any:
        if name == "[context-get-0]":
            return pointers[-1]
        if name == "[context-set-0]":
            return pointers.append(core[0])
        return RETURNED if name == "[async-lower]f" else None

    wit = "world w { import f: async func(a: string); export g: async func() -> string; }"
    host = TaskHost(library(wit, DylibOptions(stack_pointer=place)), import_call)
    host.finish_import(host.start_import(0, [b"x"]))
    host.task_return(0, [b"y"])
    if place is StackPointer.TASK_CONTEXT:
        assert pointers == [STACK_TOP, STACK_TOP - 16, STACK_TOP, STACK_TOP - 16, STACK_TOP]
    else:
        assert host.stack_pointer.value(host.store) == STACK_TOP
