"""Two libraries, one of which exports what an export of the other uses."""

from __future__ import annotations

import pytest
import wasmtime
import wasmtime.component

from generator.componentize.errors import ComponentizeError
from generator.link import Library, LinkOptions, link
from generator.wasm.code import Code
from generator.wit.binary.decode import decode_component
from tests.generator.componentize.modules import world_section
from tests.generator.link.libraries import GETTER, SETTER, UNARY, LibraryBuilder

WIT = """
package a:b;
interface types { record t { x: u8 } resource r; }
interface api { use types.{t, r}; f: func(a: t) -> r; }
world one { export types; }
world two { export api; }
"""


def types_library() -> Library:
    """Defines the resource; `make` answers a new handle with the representation that it is given."""
    builder = LibraryBuilder()
    new = builder.import_function("[export]a:b/types", "[resource-new]r", UNARY)
    builder.forward("make", UNARY, new)
    builder.module.customs.append(world_section(WIT, "one"))
    return builder.library("libtypes.so")


def api_library(*, drops: bool = False) -> Library:
    builder = LibraryBuilder()
    make = builder.env("make", UNARY)
    if drops:
        builder.import_function("a:b/types", "[resource-drop]r", SETTER)

    def write(code: Code) -> None:
        code.local_get(0)
        code.call(make)

    builder.define("a:b/api#f", UNARY, write)
    builder.module.customs.append(world_section(WIT, "two"))
    return builder.library("libapi.so")


@pytest.mark.parametrize("reverse", [False, True])
def test_the_export_uses_the_export(reverse: bool) -> None:
    libraries = [types_library(), api_library()]
    component = link(libraries[::-1] if reverse else libraries, LinkOptions())
    resolve, world = decode_component(component)
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].exports] == ["a:b/types", "a:b/api"]
    assert not resolve.worlds[world].imports
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    instance = wasmtime.component.Linker(engine).instantiate(store, wasmtime.component.Component(engine, component))
    api = instance.get_export_index(store, "a:b/api")
    index = instance.get_export_index(store, "f", api)
    assert index is not None
    function = instance.get_func(store, index)
    assert function is not None
    argument = wasmtime.component.Record()
    argument.x = 7  # type: ignore[attr-defined]
    assert isinstance(function(store, argument), wasmtime.component.ResourceAny)


@pytest.mark.parametrize("reverse", [False, True])
def test_but_not_if_its_library_takes_something_from_the_import(reverse: bool) -> None:
    libraries = [types_library(), api_library(drops=True)]
    message = "`a:b/api` uses the imported interface `a:b/types`, which another module's world exports, but the module"
    with pytest.raises(ComponentizeError, match=message):
        link(libraries[::-1] if reverse else libraries, LinkOptions())


VALUES = """
package a:b;
interface types { record t { x: u8 } g: func() -> t; }
interface api { use types.{t}; f: func(a: t) -> u32; }
world one { export types; }
world two { import types; export api; }
"""


@pytest.mark.parametrize("reverse", [False, True])
def test_values_are_the_same_on_both_sides(reverse: bool) -> None:
    """The library imports a function of the interface whose type its export uses from the other library's export."""
    types, api = LibraryBuilder(), LibraryBuilder()
    types.define("a:b/types#g", GETTER, lambda code: code.i32_const(3))
    types.module.customs.append(world_section(VALUES, "one"))
    get = api.import_function("a:b/types", "g", GETTER)
    api.define("a:b/api#f", UNARY, lambda code: code.call(get))
    api.module.customs.append(world_section(VALUES, "two"))
    libraries = [types.library("libtypes.so"), api.library("libapi.so")]
    component = link(libraries[::-1] if reverse else libraries, LinkOptions())
    resolve, id = decode_component(component)
    world = resolve.worlds[id]
    assert [resolve.world_key_name(key) for key in world.imports] == ["a:b/types"]
    assert [resolve.world_key_name(key) for key in world.exports] == ["a:b/types", "a:b/api"]
    wasmtime.component.Component(wasmtime.Engine(), component)
