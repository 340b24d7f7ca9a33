"""Small programs linked by ours and by the reference: both must behave as each program says, but for known faults.

Left out where wasm-tools does not run.
"""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import wasmtime
import wasmtime.component

from generator.link import LinkOptions, link, read_library
from generator.sources.load import load_text, select_world
from generator.wasm.code import Code, Mem, Op, const_global
from generator.wasm.module import CustomSection
from generator.wit.binary.encode import encode_world, section_name
from tests.generator.link.libraries import GETTER, I32, SETTER, LibraryBuilder, dylink
from tests.generator.wit.test_reference import EXECUTABLE

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")

ENGINE = wasmtime.Engine()
DEFAULTS = LinkOptions()
TRAP = "trap"


@dataclass(frozen=True)
class Program:
    """Binaries of libraries by name, in the order of the command line; what its exports answer (`TRAP` where they
    trap); what the import `log` is called with."""

    libraries: dict[str, bytes]
    answers: dict[str, int | str]
    logged: tuple[int, ...] = ()
    options: LinkOptions = DEFAULTS


Link = Callable[[Program, Path], bytes]


def ours(program: Program, folder: Path) -> bytes:
    return link([read_library(name, binary) for name, binary in program.libraries.items()], program.options)


def reference(program: Program, folder: Path) -> bytes:
    done = run_reference(program, folder)
    assert done.returncode == 0, done.stderr
    return (folder / "out.wasm").read_bytes()


def run_reference(program: Program, folder: Path) -> subprocess.CompletedProcess[str]:
    assert EXECUTABLE is not None
    command = [EXECUTABLE, "component", "link", "-o", str(folder / "out.wasm")]
    if program.options.stub_missing_functions:
        command.append("--stub-missing-functions")
    if program.options != LinkOptions(stub_missing_functions=program.options.stub_missing_functions):
        command += ["--stack-size", str(program.options.stack_size)]
    for name, binary in program.libraries.items():
        path = folder / f"{name}.wasm"
        path.write_bytes(binary)
        command.append(f"{name}={path}")
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def run(binary: bytes, exports: Sequence[str]) -> tuple[dict[str, int | str], list[int]]:
    """Answers of the exports, each of a new instance, and what the last one logged."""
    logged: list[int] = []
    component = wasmtime.component.Component(ENGINE, binary)
    linker = wasmtime.component.Linker(ENGINE)
    with linker.root() as root:
        root.add_func("log", lambda store, number: logged.append(number))
    answers: dict[str, int | str] = {}
    for name in exports:
        store = wasmtime.Store(ENGINE)
        logged.clear()
        function = linker.instantiate(store, component).get_func(store, name)
        assert function is not None
        try:
            answers[name] = function(store)
        except wasmtime.WasmtimeError:
            answers[name] = TRAP
    return answers, logged


def binary(builder: LibraryBuilder, *exports: str, log: bool = False) -> bytes:
    """The library; its world exports functions that answer a u32, and imports `log`."""
    if exports:
        items = [*(f"export {name}: func() -> u32;" for name in exports), "import log: func(x: u32);" * log]
        resolve, package = load_text(f"package a:b; world the-{exports[0]} {{ {' '.join(items)} }}")
        section = encode_world(resolve, select_world(resolve, package, None))
        builder.module.customs.append(CustomSection(section_name("test"), section))
    return builder.encode()


def defines(symbol: str, value: int) -> bytes:
    builder = LibraryBuilder()
    builder.constant(symbol, value)
    return binary(builder)


def first_definition(order: tuple[int, ...]) -> Program:
    main = LibraryBuilder(dylink(needed=["one", "two"]))
    main.forward("run", GETTER, main.env("f", GETTER))
    items = [("one", defines("f", 1)), ("two", defines("f", 2)), ("app", binary(main, "run"))]
    return Program(dict(items[place] for place in order), {"run": 1 if order.index(0) < order.index(1) else 2})


def weak_function() -> Program:
    builder = LibraryBuilder(dylink(weak=["nobody"]))
    builder.getter("address", builder.function_address("nobody"))
    return Program({"app": binary(builder, "address")}, {"address": 0})


def weak_data() -> Program:
    builder = LibraryBuilder(dylink(weak=["nobody"]))
    builder.getter("address", builder.data_address("nobody"))
    return Program({"app": binary(builder, "address")}, {"address": 0})


def weak_function_called_too(*names: str) -> Program:
    """A weak function is called only where its address is not null."""
    libraries = {name: binary(guarded_library(f"guarded-{name}"), f"guarded-{name}") for name in names}
    return Program(libraries, {f"guarded-{name}": 9 for name in names})


def guarded_library(export: str) -> LibraryBuilder:
    builder = LibraryBuilder(dylink(weak=["nobody"]))
    called = builder.env("nobody", GETTER)
    address = builder.function_address("nobody")

    def guarded(code: Code) -> None:
        code.global_get(address)
        code.if_(I32)
        code.call(called)
        code.else_()
        code.i32_const(9)
        code.end()

    builder.define(export, GETTER, guarded)
    return builder


def logging(name: str) -> Program:
    """A library that imports a function of the world itself, from `$root`."""
    builder = LibraryBuilder()
    builder.calls_with("__wasm_call_ctors", builder.import_function("$root", "log", SETTER), 4)
    builder.constant("run", 5)
    return Program({name: binary(builder, "run", log=True)}, {"run": 5}, (4,))


def slot_0(name: str) -> Program:
    """The first function whose address is taken does not lie in slot 0, which stands for a null pointer."""
    builder = LibraryBuilder(dylink(table=(1, 0)))
    builder.table()
    address = builder.function_address("first")

    def is_null(code: Code) -> None:
        code.global_get(address)
        code.op(Op.I32_EQZ)

    builder.constant("first", 5)
    builder.define("is-null", GETTER, is_null)
    return Program({name: binary(builder, "is-null")}, {"is-null": 0})


def address_across_libraries() -> Program:
    """A function called through a pointer that another library took."""
    taker = LibraryBuilder()
    taker.getter("address", taker.function_address("f"))
    main = LibraryBuilder(dylink(needed=["taker", "owner"]))
    main.table()
    take = main.env("address", GETTER)
    type = main.type_index(GETTER)

    def indirect(code: Code) -> None:
        code.call(take)
        code.call_indirect(type)

    main.define("run", GETTER, indirect)
    libraries = {"app": binary(main, "run"), "taker": binary(taker), "owner": defines("f", 77)}
    return Program(libraries, {"run": 77})


def data_across_libraries() -> Program:
    owner = LibraryBuilder(dylink(memory=(24, 3)))
    owner.memory()
    owner.add_data(const_global(owner.env_global("__memory_base")), bytes(8) + (1234).to_bytes(4, "little"))
    owner.data("value", 8)
    main = LibraryBuilder(dylink(memory=(1, 0), needed=["owner"]))
    main.memory()
    address = main.data_address("value")

    def load(code: Code) -> None:
        code.global_get(address)
        code.mem(Mem.I32_LOAD, 4, 0)

    main.define("run", GETTER, load)
    return Program({"app": binary(main, "run"), "owner": binary(owner)}, {"run": 1234})


def stack_size(size: int) -> Program:
    builder = LibraryBuilder()
    high, low = builder.data_address("__stack_high"), builder.data_address("__stack_low")
    pointer = builder.env_global("__stack_pointer", mutable=True)

    def difference(code: Code) -> None:
        code.global_get(high)
        code.global_get(low)
        code.op(Op.I32_SUB)

    def used(code: Code) -> None:
        code.global_get(high)
        code.global_get(pointer)
        code.op(Op.I32_SUB)

    builder.define("size", GETTER, difference)
    builder.define("used", GETTER, used)
    answers: dict[str, int | str] = {"size": size, "used": 0}
    return Program({"app": binary(builder, "size", "used")}, answers, options=LinkOptions(stack_size=size))


def constructors(order: str, edges: dict[str, str]) -> Program:
    """Constructors log the library's letter; needed libraries come first."""
    logged: list[str] = []

    def visit(name: str) -> None:
        if name not in logged:
            for needed in edges.get(name, ""):
                visit(needed)
            logged.append(name)

    for name in order:
        visit(name)
    libraries = {}
    for name in order:
        builder = LibraryBuilder(dylink(needed=list(edges.get(name, ""))))
        builder.calls_with("__wasm_call_ctors", builder.import_function("$root", "log", SETTER), ord(name))
        builder.constant(f"run-{name}", ord(name))
        libraries[name] = binary(builder, f"run-{name}", log=True)
    return Program(libraries, {f"run-{order[0]}": ord(order[0])}, tuple(map(ord, logged)))


def missing_function() -> Program:
    builder = LibraryBuilder()
    missing = builder.env("nobody", GETTER)
    builder.constant("fine", 3)
    builder.forward("bad", GETTER, missing)
    answers: dict[str, int | str] = {"fine": 3, "bad": TRAP}
    return Program({"app": binary(builder, "fine", "bad")}, answers, options=LinkOptions(stub_missing_functions=True))


def circle() -> Program:
    """Each library calls the other's function."""
    one, two = LibraryBuilder(dylink(needed=["two"])), LibraryBuilder(dylink(needed=["one"]))
    one.forward("run-one", GETTER, one.env("from-two", GETTER))
    one.constant("from-one", 1)
    two.forward("run-two", GETTER, two.env("from-one", GETTER))
    two.constant("from-two", 2)
    return Program({"one": binary(one, "run-one"), "two": binary(two, "run-two")}, {"run-one": 2, "run-two": 1})


PROGRAMS = {
    **{f"first definition {order}": first_definition(order) for order in itertools.permutations(range(3))},
    "weak function": weak_function(),
    "weak data": weak_data(),
    "weak function, called too": weak_function_called_too("app"),
    "weak function, called by two libraries": weak_function_called_too("one", "two"),
    "a library": logging("app"),
    "library called $root": logging("$root"),
    "slot 0": slot_0("app"),
    "library called main": slot_0("main"),
    "address across libraries": address_across_libraries(),
    "data across libraries": data_across_libraries(),
    "stack of 4096": stack_size(4096),
    "stack of 65536": stack_size(65536),
    "constructors in order": constructors("abc", {}),
    "constructors of a chain": constructors("abc", {"a": "b", "b": "c"}),
    "constructors of a diamond": constructors("abcd", {"a": "bc", "b": "d", "c": "d"}),
    "constructors against the order": constructors("cba", {"c": "b", "b": "a"}),
    "missing function": missing_function(),
    "circle": circle(),
}

REFUSED_BY_REFERENCE = {
    "weak function": "app needs nobody",  # sees that a symbol is weak only where it is called, too
    "weak data": "app needs nobody",
    "weak function, called by two libraries": "duplicate export name `nobody` already defined",  # a panic
    "library called $root": "has no export named `log`",
    "library called main": "instance `main` was already imported as a different kind",  # a panic
}

CONSTRUCTED_IN_GIVEN_ORDER = {
    "constructors of a chain",
    "constructors of a diamond",
    "constructors against the order",
}
"""The reference runs constructors in the order of the command line. DynamicLinking.md says nothing; other dynamic
linkers run those of needed libraries first, because a constructor may use what it needs."""


@pytest.mark.parametrize("linker", [ours, reference])
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(linker: Link, name: str, tmp_path: Path) -> None:
    program = PROGRAMS[name]
    if linker is reference and name in REFUSED_BY_REFERENCE:
        done = run_reference(program, tmp_path)
        assert done.returncode != 0
        assert REFUSED_BY_REFERENCE[name] in done.stderr
        return
    answers, logged = run(linker(program, tmp_path), list(program.answers))
    assert answers == program.answers
    if linker is reference and name in CONSTRUCTED_IN_GIVEN_ORDER:
        assert logged == [ord(library) for library in program.libraries] != list(program.logged)
    else:
        assert logged == list(program.logged)
