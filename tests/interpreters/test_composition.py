"""The interpreter where it lives: in components, as caller and callee, under wasmtime."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from harness.binary.share import SharedModules
from harness.composition.compose import compose
from harness.engine.engine import Compiled, Engine
from harness.engine.results import RunLimits, RunResult
from harness.plan.outcomes import TrapClass
from harness.plan.roles import ItemKind, Role, Wire
from harness.toolchains.protocol import Built, GenerateOptions, Library, LinkOptions, Toolchain
from harness.trace.events import Balance
from harness.trace.reader import Trace, TraceReader
from interpreters import boxed
from tests.interpreters.composed import toolchain

API = "t:p/api@1.0.0"
WIT = """
package t:p@1.0.0;
interface api {
  record r { a: s8, b: string, c: list<u16> }
  variant v { none, num(f32), rs(list<r>) }
  flags fl { a, b, c }
  enum e { x, y }
  resource thing { constructor(n: u32); get: func() -> u32; make: static func(a: own<thing>) -> thing; }
  echo: func(x: r, y: option<v>, z: result<fl, e>) -> tuple<r, option<v>, result<fl, e>, char, bool, f64>;
  many: func(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, i: u64, j: u64, k: u64, l: u64, m: u64,
    n: u64, o: u64, p: u64, q: s16) -> list<list<u8>>;
  text: func(a: string) -> string;
}
world provider { export api; }
// Without an export of its own, the reference's linker drops the library of this world.
world driver { import api; export alive: func(); }
"""
MAP_WIT = WIT.replace("text: func", "entries: func(m: map<string, s8>) -> map<string, s8>; text: func")
EXTENSIONS_WIT = WIT.replace(
    "text: func",
    "fixed: func(f: list<s8, 3>) -> list<s8, 3>; context: func(c: error-context) -> error-context; text: func",
)
HANDLERS = """
frame export t:p/api@1.0.0 [constructor]thing new 1 t:p/api@1.0.0 thing 1000 ret reg 1 end
frame export t:p/api@1.0.0 [method]thing.get ret u32 9 end
frame export t:p/api@1.0.0 [static]thing.make drop arg 0 new 2 t:p/api@1.0.0 thing 5 ret reg 2 end
frame dtor t:p/api@1.0.0 thing end
frame dtor t:p/api@1.0.0 thing set 3 arg 0 end
"""
BALANCED = Balance(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Run:
    """The output of a composition."""

    driver: Trace
    provider: Trace
    result: RunResult

    @property
    def balances(self) -> set[str]:
        return {str(event).partition(" ")[2] for event in (*self.driver.balances, *self.provider.balances)}


def component(tools: Toolchain, wit: str, world: str, version: int, interpreter: bytes) -> bytes:
    options = GenerateOptions(interpreter="boxed.so", abi_version=version)
    library = tools.generator.generate(wit, world, options).result()
    assert isinstance(library, Built), library
    libraries = [Library("boxed.so", interpreter), Library("world.so", library.data)]
    linked = tools.linker.link(libraries, LinkOptions()).result()
    assert isinstance(linked, Built), linked
    return linked.data


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tools")


@pytest.fixture(scope="module")
def compiled(directory: Path, request: pytest.FixtureRequest) -> Callable[[str, int, str], Compiled]:
    engine = Engine()

    @cache
    def build(tools: str, version: int, wit: str) -> Compiled:
        interpreter = boxed(version).read_bytes()
        if tools == "sanitized":
            tools, interpreter = "ours", request.getfixturevalue("sanitized")
        made = toolchain(tools, directory)
        binaries = {
            Role.PROVIDER: component(made, wit, "provider", version, interpreter),
            Role.DRIVER: component(made, wit, "driver", version, interpreter),
        }
        wires = [Wire(Role.DRIVER, API, ItemKind.INSTANCE, Role.PROVIDER, (API,))]
        result = engine.compile(compose(binaries, wires, SharedModules()))
        assert isinstance(result, Compiled), result
        return result

    return build


def run(composition: Compiled, driver: str, provider: str) -> Run:
    result = composition.run({Role.DRIVER: driver, Role.PROVIDER: provider}, [Role.DRIVER], RunLimits())
    assert isinstance(result, RunResult), result
    reader = TraceReader()
    traces = {role: reader.read(text) for role, text in result.traces.items()}
    return Run(traces[Role.DRIVER], traces[Role.PROVIDER], result)


ALL = pytest.mark.parametrize(("tools", "version"), [("reference", 3), ("ours", 3), ("ours", 2), ("sanitized", 3)])
V3 = pytest.mark.parametrize("tools", ["reference", "ours", "sanitized"])
Build = Callable[[str, int, str], Compiled]


@ALL
def test_values_go_there_and_back(compiled: Build, tools: str, version: int) -> None:
    r = "rec 3 s8 -1 str c3a9 list 2 u16 1 u16 65535"
    driver = f"""boxed1 wit frame run call {API} echo 0 3 {r} varp 1 varp 2 list 1 {r} varp 0 flags 5
      pick 1 reg 0 1 0 call {API} echo - 3 reg 1 var 0 varp 1 enum 1 end"""
    answer = f"frame export {API} echo ret rec 6 arg 0 arg 1 arg 2 char 1f600 bool 1 f64 7ff8000000000000 end "
    seen = run(compiled(tools, version, WIT), driver, f"boxed1 wit {answer} {answer}")
    assert seen.result.trap is None
    assert seen.balances == {"0 0 0 0 0", f"{API}#echo 0 0"}
    record = [
        "push_s8 -1",
        "push_string 2 c3a9",
        "push_list list<u16> 2 = 0",
        "push_u16 1",
        "list_append list<u16>",
        "push_u16 65535",
        "list_append list<u16>",
        f"push_record {API}#r",
    ]
    given = [
        *record,
        f"push_list list<{API}#r> 1 = 0",
        *record,
        f"list_append list<{API}#r>",
        f"push_variant {API}#v 2",
        f"push_option option<{API}#v> 1",
        f"push_flags {API}#fl 5",
        f"push_result result<{API}#fl, {API}#e> 0",
    ]
    start = f"export_start {API}#echo"
    assert list(seen.provider.lines[: len(given) + 2]) == [start, *given, f"export_call {API}#echo"]
    first_call = seen.driver.lines[: seen.driver.lines.index(f"import_return {API}#echo")]
    assert list(first_call[-len(given) - 4 : -4]) == given
    assert first_call[-4:-1] == ("push_char 128512", "push_bool 1", "push_f64 7ff8000000000000")


@ALL
def test_spilled_parameters_and_raw_lists(compiled: Build, tools: str, version: int) -> None:
    numbers = " ".join(f"u64 {index}" for index in range(16))
    driver = f"boxed1 wit lists frame run call {API} many 2 17 {numbers} s16 -5 end"
    answer = f"boxed1 wit frame export {API} many ret list 3 list 2 u8 1 u8 255 raw 2 0203 list 0 end"
    seen = run(compiled(tools, version, WIT), driver, answer)
    assert seen.result.trap is None
    assert [line for line in seen.driver.lines if line.startswith("push_list list<u8>")] == [
        "push_list list<u8> 2 = 1 01ff",
        "push_list list<u8> 2 = 1 0203",
        "push_list list<u8> 0 = 1 -",
    ]
    assert seen.provider.lines[17] == "push_s16 -5"
    assert "pop_list list<u8> = 2 0203" in seen.provider.lines
    assert seen.balances == {"0 0 0 0 0", f"{API}#many 0 0"}


@ALL
def test_resources(compiled: Build, tools: str, version: int) -> None:
    driver = f"""boxed1 wit frame run call {API} [constructor]thing 3 1 u32 7 call {API} [method]thing.get 4 1 reg 3
      call {API} [static]thing.make 5 1 reg 3 drop reg 5 end"""
    seen = run(compiled(tools, version, WIT), driver, "boxed1 wit " + HANDLERS)
    assert seen.result.trap is None
    thing = f"[export]{API}#thing"
    events = [line for line in seen.provider.lines if "resource_" in line or "borrow" in line]
    assert [re.sub(r"\bh\d+$", "H", event) for event in events] == [
        f"resource_new {thing} 1000 = H",
        f"push_borrow {thing} 1000",
        f"resource_drop {thing} H",
        f"resource_dtor {thing} 1000",
        f"resource_new {thing} 5 = H",
        f"resource_dtor {thing} 5",
    ]
    assert BALANCED in seen.provider.balances and BALANCED in seen.driver.balances


@V3
def test_maps(compiled: Build, tools: str) -> None:
    driver = f"boxed1 wit frame run call {API} entries 0 1 map 2 str 61 s8 -1 str 61 s8 2 end"
    answer = f"boxed1 wit frame export {API} entries ret arg 0 end"
    seen = run(compiled(tools, 3, MAP_WIT), driver, answer)
    assert seen.result.trap is None
    name = "map<string, s8>"
    pushes = [
        f"push_map {name} 2",
        "push_string 1 61",
        "push_s8 -1",
        f"map_append {name}",
        "push_string 1 61",
        "push_s8 2",
    ]
    assert list(seen.provider.lines[1:8]) == [*pushes, f"map_append {name}"]
    assert list(seen.driver.lines[1:5]) == [
        f"pop_map {name} = 2",
        f"pop_map_iter_next {name}",
        "pop_string = 1 61",
        "pop_s8 = -1",
    ]
    assert seen.balances == {"0 0 0 0 0", f"{API}#entries 0 0"}


@pytest.mark.parametrize("version", [2, 3])
def test_extensions(compiled: Build, version: int) -> None:
    driver = f"""boxed1 wit frame run call {API} fixed 0 1 rec 3 s8 1 s8 -1 s8 3 ecnew 1 str 6869
      call {API} context 2 1 reg 1 ecmsg 3 reg 2 drop reg 2 end"""
    answer = f"boxed1 wit frame export {API} fixed ret arg 0 end frame export {API} context ret arg 0 end"
    seen = run(compiled("ours", version, EXTENSIONS_WIT), driver, answer)
    assert seen.result.trap is None
    assert seen.provider.lines[1:5] == ("push_s8 1", "push_s8 -1", "push_s8 3", "push_fixed_length_list list<s8, 3>")
    assert any(line.startswith("error_context_new 2 6869 = ") for line in seen.driver.lines)
    assert any(line.startswith("error_context_debug_message ") for line in seen.driver.lines)
    assert BALANCED in seen.provider.balances and BALANCED in seen.driver.balances


@V3
def test_a_trap_names_its_cause_and_eager_traces_are_whole(compiled: Build, tools: str) -> None:
    driver = f"boxed1 wit eager frame run call {API} text 0 1 str 61 end"
    answer = f"boxed1 wit eager frame export {API} text trap end"
    seen = run(compiled(tools, 3, WIT), driver, answer)
    trap = seen.result.trap
    assert trap is not None
    assert (trap.kind, trap.detail) == (TrapClass.INTERPRETER, "script_trap")
    assert seen.provider.failure == "script_trap"
    assert seen.provider.lines == (f"export_start {API}#text", "push_string 1 61", f"export_call {API}#text")
    assert seen.driver.lines == (f"import_call {API}#text", "pop_string = 1 61")


@V3
@pytest.mark.parametrize(
    ("script", "trap"),
    [
        ("boxed1 frame run call t:p/api@1.0.0 text 0 1 u8 1 end", "pop_kind"),
        ("boxed1 frame run call t:p/api@1.0.0 none 0 0 end", "no_import"),
        ("boxed1 frame run set 0 " + "varp 1 " * 500 + "u8 1 end", None),
        ("boxed1 frame run set 0 " + "varp 1 " * 501 + "u8 1 end", "script_depth"),
        ("boxed1 frame run set 0 str " + "00" * 1_000_000 + " end", None),
    ],
)
def test_scripts_in_wasm(compiled: Build, tools: str, script: str, trap: str | None) -> None:
    found = run(compiled(tools, 3, WIT), script, "boxed1").result.trap
    assert (found.detail if found else None) == trap


@V3
def test_a_long_string_and_many_calls(compiled: Build, tools: str) -> None:
    calls = 80
    driver = f"boxed1 wit frame run set 0 str {'61' * 100_000} " + f"call {API} text 1 1 reg 0 " * calls + "end"
    answer = "boxed1 wit " + f"frame export {API} text ret arg 0 end " * calls
    # The strings and the lines that tell of them are several times this bound: nothing of them is kept.
    limits = RunLimits(memory=5 << 20)
    result = compiled(tools, 3, WIT).run({Role.DRIVER: driver, Role.PROVIDER: answer}, [Role.DRIVER], limits)
    assert isinstance(result, RunResult)
    assert result.trap is None
    assert result.traces[Role.PROVIDER].count("pop_string = 100000 6161") == calls
    assert result.traces[Role.PROVIDER].endswith(str(BALANCED) + "\n")
