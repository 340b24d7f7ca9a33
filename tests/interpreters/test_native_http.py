"""An HTTP handler in C that imports and exports WASI by itself, beside generated bindings that import the same
interface of WASI: one import, which both use. With WASI 0.2, and with the asynchronous handler of WASI 0.3.

The worlds are small parts of wasi:http, with its names.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from ctypes import byref, pointer
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import wasmtime
import wasmtime.component
from wasmtime import _ffi as ffi
from wasmtime.component import Func, ResourceHost, ResourceType, Variant

from generator.cli import main
from generator.wit.binary.decode import decode_component
from harness.engine.engine import Engine, call
from harness.engine.results import EngineKind, RunLimits
from tests.interpreters.compiled import NO_ZIG, ZIG, compile_library

HERE = Path(__file__).parent
FORWARDER = HERE / "several_worlds" / "forwarder.c"
pytestmark = pytest.mark.skipif(not ZIG, reason=NO_ZIG)

WIT_0_2 = """
package a:b;
package wasi:http@0.2.0 {
  interface types {
    variant error-code { DNS-timeout, internal-error(option<string>) }
    resource fields { constructor(); }
    resource incoming-request { path-with-query: func() -> option<string>; }
    resource outgoing-response {
      constructor(headers: fields);
      status-code: func() -> u16;
      set-status-code: func(status-code: u16) -> result;
    }
    resource response-outparam {
      set: static func(param: response-outparam, response: result<outgoing-response, error-code>);
    }
  }
  interface incoming-handler {
    use types.{incoming-request, response-outparam};
    handle: func(request: incoming-request, response-out: response-outparam);
  }
}
interface plain {
  use wasi:http/types@0.2.0.{incoming-request, outgoing-response};
  path-with-query: func(request: borrow<incoming-request>) -> option<string>;
  status-code: func(response: borrow<outgoing-response>) -> u16;
}
world native { import wasi:http/types@0.2.0; export wasi:http/incoming-handler@0.2.0; }
world app { include native; export plain; }
"""
WIT_0_3 = """
package a:b;
package wasi:http@0.3.0 {
  interface types {
    variant error-code { DNS-timeout, internal-error(option<string>) }
    resource request { get-path-with-query: func() -> option<string>; }
    resource response { get-status-code: func() -> u16; }
  }
  interface handler {
    use types.{request, response, error-code};
    handle: async func(request: request) -> result<response, error-code>;
  }
}
interface plain {
  use wasi:http/types@0.3.0.{request, response};
  get-path-with-query: func(request: borrow<request>) -> option<string>;
  get-status-code: func(response: borrow<response>) -> u16;
}
world native { import wasi:http/types@0.3.0; export wasi:http/handler@0.3.0; }
world app { include native; export plain; }
"""


def component(folder: Path, wit: str, source: str, handler: str) -> bytes:
    """The app: the handler in C, generated bindings for the rest, their interpreter."""
    at = {name: str(folder / name) for name in ("a.wit", "native.so", "world.so", "interpreter.so", "app.wasm")}
    Path(at["a.wit"]).write_text(wit)
    Path(at["interpreter.so"]).write_bytes(compile_library(FORWARDER, folder))
    Path(at["native.so"]).write_bytes(compile_library(HERE / "native_http" / source, folder))
    embed = ["component", "embed", at["a.wit"], at["native.so"], "-w", "native", "-o", at["native.so"]]
    excluded = ["--exclude-interface", f"export:{handler}"]
    generate = ["wit-dylib", at["a.wit"], "-w", "app", "--several-worlds", *excluded, "-o", at["world.so"]]
    link = ["component", "link", at["native.so"], at["world.so"], at["interpreter.so"], "-o", at["app.wasm"]]
    for command in (embed, generate, [*link, "--validate"]):
        assert main(command) == 0
    return Path(at["app.wasm"]).read_bytes()


def world_of(binary: bytes) -> tuple[list[str], list[str]]:
    resolve, id = decode_component(binary)
    world = resolve.worlds[id]
    imports, exports = ([resolve.world_key_name(key) for key in side] for side in (world.imports, world.exports))
    return imports, sorted(exports)


@dataclass
class Thing:
    """The object behind a resource of the host."""

    path: str | None = None
    status: int = 200


class Host:
    """The resources of `wasi:http/types` are numbers into `things`."""

    def __init__(self, interface: str, resources: Sequence[str]) -> None:
        self.interface = interface
        self.kinds = {name: number for number, name in enumerate(resources)}
        self.things: dict[int, Thing] = {}
        self.numbers = itertools.count(1)
        self.answered: list[int] = []
        self.dropped: list[int] = []
        self.functions: dict[str, Callable[..., Any]] = {}

    def new(self, kind: str, thing: Thing | None = None) -> ResourceHost:
        number = next(self.numbers)
        self.things[number] = thing or Thing()
        return ResourceHost.own(number, self.kinds[kind])

    def of(self, store: Any, value: Any) -> int:
        """The number of a resource that a component gives, which it takes from the store."""
        return int(value.to_host(store).rep)

    def thing(self, store: Any, value: Any) -> Thing:
        return self.things[self.of(store, value)]

    def linker(self, engine: wasmtime.Engine) -> wasmtime.component.Linker:
        linker = wasmtime.component.Linker(engine)
        with linker.root() as root, root.add_instance(self.interface) as types:
            for name, number in self.kinds.items():
                types.add_resource(name, ResourceType.host(number), lambda store, rep: self.dropped.append(rep))
            for name, function in self.functions.items():
                types.add_func(name, function)
        return linker


class Running:
    def __init__(self, host: Host, binary: bytes) -> None:
        self.engine = Engine(EngineKind.CRANELIFT)
        self.store = self.engine.store(RunLimits())
        compiled = wasmtime.component.Component(self.engine.engine, binary)
        self.instance = host.linker(self.engine.engine).instantiate(self.store, compiled)

    def call(self, interface: str, name: str, *arguments: Any) -> Any:
        outer = self.instance.get_export_index(self.store, interface)
        index = self.instance.get_export_index(self.store, name, outer)
        assert index is not None
        function = self.instance.get_func(self.store, index)
        assert function is not None
        return _called(function, self.store, arguments)


def _called(function: Func, store: wasmtime.Store, arguments: Sequence[Any]) -> Any:
    """The result of an export, synchronous or not."""
    type = function.type(store)
    params = (ffi.wasmtime_component_val_t * len(arguments))()
    result = (ffi.wasmtime_component_val_t * (type.result is not None))()
    for place, ((_, param), value) in enumerate(zip(type.params, arguments, strict=True)):
        param.convert_to_c(store, value, pointer(params[place]))
    call(function, store, 100_000, params, result if type.result is not None else None)
    for place in range(len(arguments)):
        ffi.wasmtime_component_val_delete(byref(params[place]))
    return None if type.result is None else type.result.convert_from_c(result[0])


PATHS = ["/a?b=c", "/", "", None]


@pytest.fixture(scope="module")
def app_0_2(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return component(tmp_path_factory.mktemp("http"), WIT_0_2, "handler_0_2.c", "wasi:http/incoming-handler")


def host_0_2() -> Host:
    host = Host("wasi:http/types@0.2.0", ("fields", "incoming-request", "outgoing-response", "response-outparam"))

    def set_status(store: Any, response: Any, status: int) -> Any:
        host.thing(store, response).status = status
        return Variant("ok")

    def set_response(store: Any, outparam: Any, response: Any) -> None:
        host.answered.append(host.of(store, response))

    host.functions = {
        "[constructor]fields": lambda store: host.new("fields"),
        "[method]incoming-request.path-with-query": lambda store, request: host.thing(store, request).path,
        "[constructor]outgoing-response": lambda store, headers: host.new("outgoing-response"),
        "[method]outgoing-response.status-code": lambda store, response: host.thing(store, response).status,
        "[method]outgoing-response.set-status-code": set_status,
        "[static]response-outparam.set": set_response,
    }
    return host


def test_the_world_imports_the_interface_once(app_0_2: bytes) -> None:
    assert world_of(app_0_2) == (["wasi:http/types@0.2.0"], ["a:b/plain", "wasi:http/incoming-handler@0.2.0"])


@pytest.mark.parametrize("path", PATHS)
def test_both_use_the_same_import(app_0_2: bytes, path: str | None) -> None:
    host = host_0_2()
    running = Running(host, app_0_2)
    request = host.new("incoming-request", Thing(path))
    assert running.call("a:b/plain", "path-with-query", request) == path
    running.call(
        "wasi:http/incoming-handler@0.2.0",
        "handle",
        host.new("incoming-request", Thing(path)),
        host.new("response-outparam"),
    )
    (answer,) = host.answered
    status = 404 if path is None else 200 + len(path)
    assert host.things[answer].status == status
    response = host.new("outgoing-response", host.things[answer])
    assert running.call("a:b/plain", "status-code", response) == status


@pytest.fixture(scope="module")
def app_0_3(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return component(tmp_path_factory.mktemp("http"), WIT_0_3, "handler_0_3.c", "wasi:http/handler")


def host_0_3() -> Host:
    host = Host("wasi:http/types@0.3.0", ("request", "response"))
    host.functions = {
        "[method]request.get-path-with-query": lambda store, request: host.thing(store, request).path,
        "[method]response.get-status-code": lambda store, response: host.thing(store, response).status,
    }
    return host


def test_the_asynchronous_world_imports_the_interface_once(app_0_3: bytes) -> None:
    assert world_of(app_0_3) == (["wasi:http/types@0.3.0"], ["a:b/plain", "wasi:http/handler@0.3.0"])


@pytest.mark.parametrize("path", PATHS)
def test_an_asynchronous_handler_beside_generated_functions(app_0_3: bytes, path: str | None) -> None:
    host = host_0_3()
    running = Running(host, app_0_3)
    assert running.call("a:b/plain", "get-path-with-query", host.new("request", Thing(path))) == path
    answer = running.call("wasi:http/handler@0.3.0", "handle", host.new("request", Thing(path)))
    expected = ("DNS-timeout", None) if path is None else ("internal-error", path)
    assert (answer.tag, answer.payload) == expected
    assert running.call("a:b/plain", "get-status-code", host.new("response", Thing(status=503))) == 503
