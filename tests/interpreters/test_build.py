"""The committed libraries: what the sources give, and what the header declares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wasmtime

from interpreters import (
    ALL,
    ASYNC_LIBRARIES,
    CHOOSE_FAULT,
    MODES,
    VERSIONS,
    WITH_FAULTS,
    boxed,
    faults,
    faulty,
    header,
)
from interpreters.build import HOOKS_SOURCE, SOURCES, build
from tests.interpreters.conftest import NO_ZIG, ZIG

needs_zig = pytest.mark.skipif(not ZIG, reason=NO_ZIG)

_CORE = {"void": "", "int64_t": "i64", "uint64_t": "i64", "float": "f32", "double": "f64"}
"""C types that are not i32 in a core signature (BasicCABI.md)."""


INITIAL_STATE: dict[str, tuple[list[str], list[str]]] = {
    "boxed_initialized": ([], ["i32"]),
    "boxed_initial": ([], ["i32"]),
}
"""For a library that initialises the component (PROTOCOL.md, "Initial state")."""


def core_type(declaration: str) -> str:
    """The core type of a parameter or result as declared in C."""
    if "*" in declaration:
        return "i32"
    first = declaration.removeprefix("const ").split()[0]
    return _CORE.get(first, "i32")


def declared(version: int) -> dict[str, tuple[list[str], list[str]]]:
    """The core signatures of the functions that the header declares for a version of the interface."""
    text = re.sub(r"/\*.*?\*/", "", header().read_text(), flags=re.DOTALL)
    keep = [True]
    lines = []
    for line in text.splitlines():
        if line.startswith("#if "):
            keep.append(version >= 3 if "WIT_DYLIB_VERSION >= 3" in line else True)
        elif line.startswith("#ifndef"):
            keep.append(True)
        elif line.startswith("#else"):
            keep[-1] = not keep[-1]
        elif line.startswith("#endif"):
            keep.pop()
        elif all(keep):
            lines.append(line)
    found = {}
    for result, name, parameters in re.findall(
        r"^WIT_DYLIB_API\s+([\w\s]+\*?)\s*\b(\w+)\(([^)]*)\);", "\n".join(lines), flags=re.MULTILINE
    ):
        types = [core_type(parameter.strip()) for parameter in parameters.split(",") if parameter.strip() != "void"]
        found[name] = (types, [kind for kind in [core_type(result.strip())] if kind])
    return found


def signature(type: wasmtime.FuncType) -> tuple[list[str], list[str]]:
    return [str(param) for param in type.params], [str(result) for result in type.results]


def test_the_header_is_read_whole() -> None:
    assert (
        header().read_text().count("WIT_DYLIB_API ") == len(declared(3)) + 3
    )  # its definition and the two of version 2
    assert declared(3)["wit_dylib_push_map"] == (["i32", "i32", "i32"], [])
    assert declared(3)["wit_dylib_pop_map"] == (["i32", "i32"], ["i32"])
    assert declared(3)["wit_dylib_export_async_callback"] == (["i32"] * 4, ["i32"])
    assert "wit_dylib_pop_iter" in declared(2)
    assert "wit_dylib_push_map" not in declared(2)


@pytest.mark.parametrize("version", VERSIONS)
def test_exports_are_exactly_the_declared_ones(version: int) -> None:
    module = wasmtime.Module.from_file(wasmtime.Engine(), str(boxed(version)))
    exports = {e.name: signature(e.type) for e in module.exports if isinstance(e.type, wasmtime.FuncType)}
    native: dict[str, tuple[list[str], list[str]]] = {
        "harness:boxed/control@0.1.0#run": ([], []),
        "harness:boxed/control@0.1.0#finish": ([], []),
        "__wasm_call_ctors": ([], []),
    }
    assert exports == declared(version) | native | INITIAL_STATE


@pytest.mark.parametrize("version", VERSIONS)
def test_imports_are_the_host_and_what_a_library_gets(version: int) -> None:
    module = wasmtime.Module.from_file(wasmtime.Engine(), str(boxed(version)))
    host = "harness:boxed/host@0.1.0"
    assert {(i.module, i.name or "") for i in module.imports} == {
        ("env", "memory"),
        ("env", "__indirect_function_table"),
        ("env", "__stack_pointer"),
        ("env", "__memory_base"),
        ("env", "__table_base"),
        (host, "script"),
        (host, "trace"),
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_small(version: int) -> None:
    assert boxed(version).stat().st_size < 50_000


def test_unknown_version() -> None:
    with pytest.raises(ValueError, match=r"no interpreter boxed-v4 .*boxed-v2, boxed-v3"):
        boxed(4)


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the libraries share."""
    return tmp_path_factory.mktemp("objects")


@needs_zig
@pytest.mark.parametrize(("version", "hooks", "mode"), ALL)
def test_the_sources_give_the_committed_library(version: int, hooks: str, mode: str, objects: Path) -> None:
    committed = boxed(version, hooks, mode).read_bytes()
    assert build(version, hooks=hooks, mode=mode, objects=objects) == committed, "run `python -m interpreters.build`"


@needs_zig
def test_the_sources_give_the_library_of_faults(objects: Path) -> None:
    version, hooks, mode = WITH_FAULTS
    made = build(version, hooks=hooks, mode=mode, objects=objects, faults=True)
    assert made == faulty().read_bytes(), "run `python -m interpreters.build`"


def test_the_library_of_faults_can_choose_one() -> None:
    right, wrong = (
        {e.name: signature(e.type) for e in module.exports if isinstance(e.type, wasmtime.FuncType)}
        for module in (
            wasmtime.Module.from_file(wasmtime.Engine(), str(path)) for path in (boxed(*WITH_FAULTS), faulty())
        )
    )
    assert wrong == right | {CHOOSE_FAULT: (["i32"], [])}


def test_every_fault_that_is_declared_is_somewhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.c")]
    used = [name for text in texts for name in re.findall(r"\bFAULT_(\w+)", text)]
    assert set(used) - {"NONE"} == set(faults())


def test_one_source_knows_the_hooks() -> None:
    """So all others are compiled without them, once for all hooks."""
    files = [path for path in SOURCES.rglob("*.[ch]") if "TASK_HOOKS" in path.read_text(encoding="utf-8")]
    assert [path.name for path in files] == [HOOKS_SOURCE]


@pytest.mark.parametrize("mode", ["", *MODES])
@pytest.mark.parametrize(
    ("hooks", "added"),
    [
        ("task-hook", {"__wasm_task_hook": (["i32"], [])}),
        ("init-task", {"__wasm_init_task": ([], []), "__wasm_init_async_task": ([], [])}),
    ],
)
def test_hooks_are_all_that_their_libraries_add(
    hooks: str, added: dict[str, tuple[list[str], list[str]]], mode: str
) -> None:
    libraries = [boxed(3, which, mode) for which in ("", hooks)]
    plain, hooked = (
        {e.name: signature(e.type) for e in module.exports if isinstance(e.type, wasmtime.FuncType)}
        for module in (wasmtime.Module.from_file(wasmtime.Engine(), str(library)) for library in libraries)
    )
    assert hooked == plain | added


CONTROL = "harness:boxed/control@0.2.0"
NATIVE: dict[str, dict[str, tuple[list[str], list[str]]]] = {
    "async": {
        f"{prefix}[async-lift]{CONTROL}#{name}": (["i32"] * params, ["i32"])
        for prefix, params in (("", 0), ("[callback]", 3))
        for name in ("run", "finish")
    },
    "async-sync": {f"{CONTROL}#{name}": ([], []) for name in ("run", "finish")},
}
"""The exports of `run` and `finish`."""
RETURNS: dict[str, set[str]] = {"async": {"[task-return]run", "[task-return]finish"}, "async-sync": set()}


@pytest.mark.parametrize(("version", "mode"), ASYNC_LIBRARIES)
def test_a_library_for_asynchronous_worlds_has_its_own_control(version: int, mode: str) -> None:
    module = wasmtime.Module.from_file(wasmtime.Engine(), str(boxed(version, "", mode)))
    exports = {e.name: signature(e.type) for e in module.exports if isinstance(e.type, wasmtime.FuncType)}
    assert exports == declared(version) | NATIVE[mode] | {"__wasm_call_ctors": ([], [])} | INITIAL_STATE
    imports = {(i.module, i.name or "") for i in module.imports}
    exported = {name for space, name in imports if space == f"[export]{CONTROL}"}
    assert exported == {"[task-cancel]"} | RETURNS[mode]
    assert {space for space, _ in imports} == {"env", "$root", "harness:boxed/host@0.2.0", f"[export]{CONTROL}"}


def test_unknown_hooks() -> None:
    with pytest.raises(ValueError, match=r"no interpreter boxed-v2-task-hook .*boxed-v3-task-hook"):
        boxed(2, "task-hook")
