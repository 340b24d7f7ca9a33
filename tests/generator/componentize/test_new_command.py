"""`component new` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.component.canon import CanonOptions
from generator.component.read import read_component
from generator.component.types import ResourceType
from generator.componentize.canonical import CanonicalDefinitions
from generator.componentize.core_exports import LiftedFunction
from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.plan import CoreExport
from generator.componentize.single import plan_single
from generator.resolved.instances import InterfaceInstance
from generator.wasm.decode import DecodedModule
from generator.wasm.types import ExternKind, Limits, MemoryType
from generator.wit.binary.decode import decode_component
from tests.generator.componentize.modules import TestModule, dummy_module, i32_type, unreachable, world_section
from tests.generator.componentize.test_running import Running

WORLD = "package a:b@1.2.0; interface i { f: func(s: string) -> string; } world w { import i; export i; }"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "module.wasm"
    path.write_bytes(dummy_module(WORLD).binary)
    return path


def imports(component: Path) -> list[str]:
    resolve, world = decode_component(component.read_bytes())
    return [resolve.world_key_name(key) for key in resolve.worlds[world].imports]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["a:b/i@1.2.0"]),
        (["--validate=false", "--debug-names", "--merge-imports-based-on-semver=false"], ["a:b/i@1.2.0"]),
        (["--import-name", "a:b/i@1.2.0=c:d/e@0.1.0", "--import-name=x=y"], ["c:d/e@0.1.0"]),
        (["--emit-canonical-names"], ["a:b/i@1.2.0"]),
    ],
)
def test_component_is_written(module: Path, options: list[str], expected: list[str]) -> None:
    output = module.with_name("component.wasm")
    assert main(["component", "new", *options, str(module), "-o", str(output)]) == 0
    assert imports(output) == expected


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--adapt", "="], 2, "expected [NAME=]MODULE"),
        (["--adapt", "no-such-file.wasm"], 1, "no-such-file.wasm: No such file"),
        (
            ["--reject-legacy-names"],
            1,
            "import `a:b/i@1.2.0` `f`: it is no standard name, and legacy names are rejected",
        ),
        (["--import-name", "a"], 2, "expected OLD=NEW"),
    ],
)
def test_options_that_are_refused(
    module: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, words: str
) -> None:
    output = module.with_name("component.wasm")
    assert main(["component", "new", str(module), "-o", str(output), *options]) == code
    assert words in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"(module", "expected `)`"),
        (b"nonsense", "not a WebAssembly binary"),
        (b"\0asm\x0d\0\x01\0", "a component"),
        (b"\0asm\x01\0\0\0\x02\x05\x01", "offset"),
        (None, "No such file"),
    ],
)
def test_input_that_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, words: str
) -> None:
    path = tmp_path / "input.wasm"
    if content is not None:
        path.write_bytes(content)
    assert main(["component", "new", str(path), "-o", str(tmp_path / "out.wasm")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert str(path) in error
    assert words in error


VERSIONS = (
    "package x:y; world w { import a:b/i@1.0.0; import a:b/i@1.1.0; }"
    " package a:b@1.0.0 { interface i { f: func(); } } package a:b@1.1.0 { interface i { f: func(); g: func(); } }"
)


@pytest.mark.parametrize(
    ("wit", "options", "message"),
    [
        (
            VERSIONS,
            ["--emit-canonical-names", "--merge-imports-based-on-semver=false"],
            "the imports `a:b/i@1.0.0` and `a:b/i@1.1.0` would both be called `a:b/i@1`",
        ),
        (
            "package a:b; interface i { f: func(); } interface j { f: func(); } world w { import i; import j; }",
            ["--import-name", "a:b/i=a:b/j"],
            "the imports `a:b/i` and `a:b/j` would both be called `a:b/j`",
        ),
        (
            "package a:b; interface i { f: func(); } interface j { f: func(); } world w { import i; import j; }",
            ["--import-name", "a:b/i=a:b/J"],
            "the imports `a:b/i` and `a:b/j` would both be called `a:b/j`",
        ),
        (
            "package a:b; interface i { f: func(); } world w { import i; import x-y: func(); }",
            ["--import-name", "a:b/i=xy"],
            "the imports `a:b/i` and `x-y` would both be called `x-y`",
        ),
    ],
)
def test_one_name_for_two_imports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wit: str, options: list[str], message: str
) -> None:
    module, output = tmp_path / "module.wasm", tmp_path / "component.wasm"
    module.write_bytes(dummy_module(wit).binary)
    assert main(["component", "new", str(module), "-o", str(output), *options]) == 1
    assert message in capsys.readouterr().err
    assert not output.exists()


ADAPTED = "package a:b; world main { export run: func() -> u32; } world old {}"


@pytest.mark.parametrize("word", ["old.reactor.wasm", "old={}/other.wasm"])
def test_adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The name of one is what stands before `=`, else the file's up to its first dot."""
    monkeypatch.chdir(tmp_path)
    main_module = TestModule()
    answer = main_module.import_function("old", "answer", i32_type(0, 1))
    main_module.add_export("run", i32_type(0, 1), lambda code: code.call(answer))
    Path("main.wasm").write_bytes(main_module.finish(world_section(ADAPTED, "main")).binary)
    old = TestModule()
    old.add_export("answer", i32_type(0, 1), lambda code: code.i32_const(42))
    for name in ("old.reactor.wasm", "other.wasm"):
        Path(name).write_bytes(old.encode())
    assert main(["component", "new", "main.wasm", "--adapt", word.format(tmp_path), "-o", "out.wasm"]) == 0
    assert Running(Path("out.wasm").read_bytes()).call("run") == 42


STANDARD = "package a:b; interface i { resource r; f: func() -> u32; } world w { import log: func(x: u32); export i; }"
STANDARD_NAMES = {
    "memory": "cm32p2_memory",
    "_initialize": "cm32p2_initialize",
    "a:b/i#f": "cm32p2|a:b/i|f",
    "a:b/i#[dtor]r": "cm32p2|a:b/i|r_dtor",
}


def standard_module(*legacy: str) -> DecodedModule:
    """A module with standard names, except for the exports that are named by the others; `_initialize` traps."""
    module = TestModule()
    module.import_function("cm32p2", "log", i32_type(1))
    names = {name: name if name in legacy else standard for name, standard in STANDARD_NAMES.items()}
    module.export(names["memory"], ExternKind.MEMORY, module.add_memory(MemoryType(Limits(1))))
    module.add_export(names["_initialize"], i32_type(0), unreachable)
    module.add_export(names["a:b/i#f"], i32_type(0, 1), lambda code: code.i32_const(7))
    module.add_export(names["a:b/i#[dtor]r"], i32_type(1), unreachable)
    return module.finish(world_section(STANDARD), allocator=False)


@pytest.mark.parametrize(
    ("legacy", "initialized", "destroyed"),
    [
        ((), True, True),
        (("memory",), True, True),
        (("_initialize",), False, True),
        (("a:b/i#[dtor]r",), True, False),
    ],
)
def test_legacy_names_mean_nothing_where_they_are_rejected(
    legacy: tuple[str, ...], initialized: bool, destroyed: bool
) -> None:
    plan = plan_single(standard_module(*legacy), legacy_names=False)
    assert any(module.after_fixup for module in plan.modules) is initialized
    assert (plan.module("main").options.memory is None) is ("memory" in legacy)
    component = read_component(componentize(plan, ComponentizeOptions(legacy_names=False)))
    resources = [item for item in component.definitions if isinstance(item, ResourceType)]
    assert [resource.dtor is not None for resource in resources] == [destroyed]


def test_an_export_with_a_legacy_name_is_missing_where_they_are_rejected() -> None:
    plan = plan_single(standard_module("a:b/i#f"), legacy_names=False)
    with pytest.raises(ComponentizeError, match=r"no module exports `cm32p2\|a:b/i\|f`"):
        componentize(plan, ComponentizeOptions(legacy_names=False))
    componentize(plan)


def test_validated(module: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    output = module.with_name("component.wasm")
    assert main(["component", "new", "--validate", str(module), "-o", str(output)]) == 0
    assert "not checked: the code of core modules" in capsys.readouterr().err
    assert output.exists()

    def without_memory(self: CanonicalDefinitions, lifted: LiftedFunction, home: InterfaceInstance) -> int:
        core = self._entries.index(CoreExport(lifted.module.name, lifted.core_name))
        return self._builder.lift(core, self._root.func_type(home, lifted.function), CanonOptions(memory=7))

    monkeypatch.setattr(CanonicalDefinitions, "lift", without_memory)
    output.unlink()
    assert main(["component", "new", "--validate", str(module), "-o", str(output)]) == 1
    assert "is not valid: the option `memory` is core memory 7; there are" in capsys.readouterr().err
    assert not output.exists()
