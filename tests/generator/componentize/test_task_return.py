"""`task.return` has the memory and the string encoding of the lift (CanonicalABI.md, `canon task.return`)."""

from __future__ import annotations

import pytest
import wasmtime

from generator.canonical.flatten import AsyncAbi, Context, Flattening
from generator.canonical.names import callback_name, export_name
from generator.component.canon import Builtin, BuiltinOp, CanonOptions, Lift, StringEncoding
from generator.component.read import read_component
from generator.componentize.encoder import componentize
from generator.componentize.single import plan_single
from generator.resolved.model import FunctionItem
from generator.wasm.code import Code
from tests.generator.componentize.async_call import call_async
from tests.generator.componentize.modules import TestModule, i32_type, load_world, world_section
from tests.generator.componentize.test_running import Running


def task_module(text: str, encoding: str) -> bytes:
    """A component of a module whose async export `f` returns at once; a result is all zeros."""
    resolve, world = load_world(text)
    item = resolve.worlds[world].exports["f"]
    assert isinstance(item, FunctionItem)
    flattening = Flattening(resolve)
    module = TestModule()
    returned = flattening.task_return_type(item.function).type
    task_return = module.import_function("[export]$root", "[task-return]f", returned)

    def return_zeros(code: Code) -> None:
        for _ in returned.params:
            code.i32_const(0)
        code.call(task_return)
        code.i32_const(0)

    core = flattening.flatten_functype(item.function, Context.LIFT, AsyncAbi.CALLBACK)
    module.add_export(export_name(resolve, None, item.function, AsyncAbi.CALLBACK), core.type, return_zeros)
    module.add_export(callback_name(resolve, None, item.function), i32_type(3, 1), lambda code: code.i32_const(0))
    return componentize(plan_single(module.finish(world_section(text, None, encoding))))


def options(component: bytes) -> tuple[CanonOptions, CanonOptions]:
    """The options of the lift and of `task.return`."""
    lift = task_return = None
    for item in read_component(component).definitions:
        match item:
            case Lift():
                lift = item.options
            case Builtin(BuiltinOp.TASK_RETURN, (_, CanonOptions() as found)):
                task_return = found
    assert lift is not None
    assert task_return is not None
    return lift, task_return


MANY = ", ".join(f"p{n}: u32" for n in range(17))


@pytest.mark.parametrize("encoding", list(StringEncoding))
@pytest.mark.parametrize(
    ("function", "memory", "strings"),
    [
        ("async func()", False, False),
        ("async func(a: u8) -> u32", False, False),
        ("async func(s: string)", True, True),
        ("async func(s: list<option<string>>) -> u32", True, True),
        ("async func() -> string", True, True),
        ("async func(l: list<u8>)", True, False),
        (f"async func({MANY})", True, False),
        ("async func(s: string) -> list<u8>", True, True),
        ("async func() -> tuple<u32>", False, False),
        ("async func() -> tuple<u32, u32>", True, False),
        (f"async func() -> tuple<{', '.join(['u32'] * 16)}>", True, False),
        (f"async func() -> tuple<{', '.join(['u32'] * 17)}>", True, False),
    ],
)
def test_options_equal_those_of_the_lift(function: str, memory: bool, strings: bool, encoding: StringEncoding) -> None:
    component = task_module(f"package a:b; world w {{ export f: {function}; }}", encoding.value)
    lift, task_return = options(component)
    assert (lift.memory is not None, lift.string_encoding) == (memory, encoding if strings else None)
    assert (task_return.memory, task_return.string_encoding) == (lift.memory, lift.string_encoding)
    assert task_return.realloc is None
    wasmtime.component.Component(wasmtime.Engine(), component)


@pytest.mark.parametrize("encoding", [encoding.value for encoding in StringEncoding])
def test_engine_takes_the_return(encoding: str) -> None:
    component = task_module("package a:b; world w { export f: async func(s: string) -> u32; }", encoding)
    running = Running(component)
    index = running.instance.get_export_index(running.store, "f")
    assert index is not None
    function = running.instance.get_func(running.store, index)
    assert function is not None
    assert call_async(running.store, function, "\N{SNOWMAN} and more") == 0
