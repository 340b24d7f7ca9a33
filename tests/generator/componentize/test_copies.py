"""Built-ins of streams and futures: their options and the side of their types (CanonicalABI.md, `canon stream.new` and
the following)."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.canonical.flatten import AsyncAbi, Context, Flattening
from generator.canonical.names import callback_name, export_name
from generator.component.canon import Builtin, BuiltinOp, CanonOptions, StringEncoding
from generator.component.component import Component
from generator.component.read import read_component
from generator.componentize.encoder import componentize
from generator.componentize.single import plan_single
from generator.resolved.model import Function, FunctionItem, InterfaceItem, WorldKey
from tests.generator.componentize.modules import TestModule, i32_type, load_world, unreachable, world_section


def component(text: str, encoding: StringEncoding, imports: list[tuple[str, str]]) -> Component:
    """A component of a module that imports these reads and writes and has a function for each export of the world."""
    resolve, world = load_world(text)
    homes: list[tuple[WorldKey | None, Function]] = []
    flattening = Flattening(resolve)
    module = TestModule()
    for namespace, name in imports:
        module.import_function(namespace, name, i32_type(3 if "[stream-" in name else 2, 1))
    for key, item in resolve.worlds[world].exports.items():
        if isinstance(item, InterfaceItem):
            homes += [(key, function) for function in resolve.interfaces[item.id].functions.values()]
        elif isinstance(item, FunctionItem):
            homes.append((None, item.function))
    for home, function in homes:
        core = flattening.flatten_functype(function, Context.LIFT, AsyncAbi.CALLBACK)
        module.add_export(export_name(resolve, home, function, AsyncAbi.CALLBACK), core.type, unreachable)
        module.add_export(callback_name(resolve, home, function), i32_type(3, 1), unreachable)
    data = componentize(plan_single(module.finish(world_section(text, None, encoding.value))))
    wasmtime.component.Component(wasmtime.Engine(), data)
    return read_component(data)


def builtin(found: Component, op: BuiltinOp) -> Builtin:
    (builtin,) = [item for item in found.definitions if isinstance(item, Builtin) and item.op is op]
    return builtin


TEXT = """
package a:b;
interface i { f: async func(a: stream<string>, b: future<list<u8>>, c: stream<u64>) -> future<string>; }
world w {
  import i; export i;
  import f: async func(a: stream<string>, b: future<list<u8>>, c: stream<u64>) -> future<string>;
  export g: async func(a: stream<string>, b: future<list<u8>>, c: stream<u64>) -> future<string>;
}
"""
PLACES = [("a:b/i", "f"), ("[export]a:b/i", "f"), ("$root", "f"), ("[export]$root", "g")]


@pytest.mark.parametrize("encoding", list(StringEncoding))
@pytest.mark.parametrize(("namespace", "function"), PLACES)
@pytest.mark.parametrize(
    ("name", "op", "realloc", "strings"),
    [
        ("[async-lower][stream-read-0]", BuiltinOp.STREAM_READ, True, True),
        ("[async-lower][stream-write-0]", BuiltinOp.STREAM_WRITE, False, True),
        ("[async-lower][future-read-1]", BuiltinOp.FUTURE_READ, True, False),
        ("[async-lower][future-write-1]", BuiltinOp.FUTURE_WRITE, False, False),
        ("[async-lower][stream-read-2]", BuiltinOp.STREAM_READ, False, False),
        ("[async-lower][stream-write-2]", BuiltinOp.STREAM_WRITE, False, False),
        ("[async-lower][future-read-3]", BuiltinOp.FUTURE_READ, True, True),
    ],
)
def test_options_of_reads_and_writes(
    namespace: str, function: str, name: str, op: BuiltinOp, realloc: bool, strings: bool, encoding: StringEncoding
) -> None:
    """The encoding is that of the function in the name, in an interface and in the world itself."""
    found = builtin(component(TEXT, encoding, [(namespace, name + function)]), op)
    _, options = found.immediates
    assert isinstance(options, CanonOptions)
    assert options.is_async and options.memory is not None
    assert (options.realloc is not None, options.string_encoding) == (realloc, encoding if strings else None)
