"""Canonical options are judged by the specification, and beside another toolchain's (level 2)."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generator.canonical.flatten import AsyncAbi, Context, Flattening
from generator.component.canon import BuiltinOp, StringEncoding
from generator.componentize.canonical import CanonicalDefinitions
from generator.componentize.definitions import CopyBuiltin, CoreImport, ResourceBuiltin
from generator.componentize.encoder import componentize
from generator.componentize.options import NeededOptions, TypeContents
from generator.componentize.plan import PlanModule
from generator.componentize.single import plan_single
from generator.wasm.decode import DecodedModule
from harness.binary.canon import read_definitions
from harness.binary.canon_definitions import CanonDefinition, CanonDefinitions, DefinitionOptions
from harness.frontend.front_end import WitText, surround
from harness.judge.canon_options import judge_embedded_options, judge_options, options_beside
from harness.judge.opcodes import wrong_built_ins
from harness.plan.roles import Role
from tests.generator.componentize.modules import TestModule, dummy_module, i32_type, load_world, world_section
from tests.generator.componentize.test_task_return import task_module

SYNC = (
    "package a:b; interface i { resource r { constructor(s: string); } f: func(s: string) -> list<u8>; }"
    " world w { import i; export i; export g: func() -> string; import h: func(l: list<string>) -> r2;"
    " record r2 { a: string, b: u64 } }"
)
ASYNC = "package a:b; world w { export f: async func(s: string); }"


def sync() -> bytes:
    return componentize(plan_single(dummy_module(SYNC)))


def asynchronous() -> bytes:
    return task_module(ASYNC, "utf8")


def told(component: bytes) -> list[tuple[str, str, str]]:
    return [(found.path, found.expected, found.actual) for found in judge_options(component, Role.SUBJECT)]


@pytest.mark.parametrize("make", [sync, asynchronous])
def test_nothing_is_wrong(make: Callable[[], bytes]) -> None:
    component = make()
    assert told(component) == []
    assert options_beside(component, component, Role.SUBJECT) == []


def test_task_return_with_other_options_than_its_lift(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault that `component new` and `link` had: only the result was looked at."""
    right = asynchronous()
    monkeypatch.setattr(TypeContents, "to_return", lambda *args: NeededOptions())
    wrong = asynchronous()
    path = "[export]$root [task-return]f"
    lift = "utf-8, async, memory, realloc, callback"
    assert told(wrong) == [(path, f"the options of its lift ({lift})", "utf-8")]
    assert [str(found) for found in options_beside(right, wrong, Role.SUBJECT)] == [
        f"canonical options (subject, {path}): expected utf-8, memory, got utf-8"
    ]


def test_task_return_with_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    original = CanonicalDefinitions.lift
    monkeypatch.setattr(
        CanonicalDefinitions,
        "lift",
        lambda self, lifted, home: original(self, replace(lifted, encoding=StringEncoding.UTF16), home),
    )
    paths = [path for path, _, _ in told(asynchronous())]
    assert paths == ["lift f", "[export]$root [task-return]f"]


def test_lifts_with_another_encoding_and_without_post_return(monkeypatch: pytest.MonkeyPatch) -> None:
    original = CanonicalDefinitions.lift
    monkeypatch.setattr(
        CanonicalDefinitions,
        "lift",
        lambda self, lifted, home: original(
            self, replace(lifted, encoding=StringEncoding.UTF16, post_return=None), home
        ),
    )
    names = ["lift g", "lift a:b/i#[constructor]r", "lift a:b/i#f"]
    found = told(sync())
    assert sorted(found) == sorted(
        [(name, "utf-8", "utf-16") for name in names] + [(name, "post-return", "(nothing)") for name in names]
    )


@pytest.mark.parametrize(
    ("function", "name", "expected", "actual"),
    [
        ("to_lower", "$root h", "utf-8, memory, realloc", "utf-8, memory"),
        ("to_lower", "a:b/i f", "utf-8, memory, realloc", "utf-8, memory"),
        ("to_lift", "lift a:b/i#f", "utf-8, memory, realloc, post-return", "utf-8, memory, post-return"),
    ],
)
def test_options_of_imports_and_exports_beside_another_toolchain(
    monkeypatch: pytest.MonkeyPatch, function: str, name: str, expected: str, actual: str
) -> None:
    right = sync()
    original = getattr(TypeContents, function)
    monkeypatch.setattr(TypeContents, function, lambda *args: replace(original(*args), realloc=False))
    found = {each.path: (each.expected, each.actual) for each in options_beside(right, sync(), Role.SUBJECT)}
    assert found[name] == (expected, actual)


@pytest.mark.parametrize(
    ("type", "moves_strings"),
    [
        ("string", True),
        ("tuple<future<u8>, option<string>>", True),
        ("future<string>", False),
        ("list<stream<string>>", False),
    ],
)
def test_built_ins_move_the_strings_of_streams_and_futures(type: str, moves_strings: bool) -> None:
    """A function without other strings needs no encoding for them."""
    wit = f"package a:b; interface i {{ f: async func(a: {type}); }} world w {{ import i; }}"
    world = surround(WitText(wit, "w.wit"), ends=True).parts[Role.SUBJECT].world
    found = judge_embedded_options(componentize(plan_single(dummy_module(wit))), world, "utf-16", Role.SUBJECT)
    assert [(each.path, each.expected) for each in found] == [("a:b/i f", "utf-16")] * moves_strings


BUILT_INS = "package a:b; interface i { resource r { constructor(); } } world w { import i; export i; }"


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        (BuiltinOp.RESOURCE_DROP, BuiltinOp.RESOURCE_REP, "[export]a:b/i [resource-drop]r"),
        (BuiltinOp.RESOURCE_REP, BuiltinOp.RESOURCE_NEW, "[export]a:b/i [resource-rep]r"),
    ],
)
def test_a_built_in_under_the_name_of_another(
    monkeypatch: pytest.MonkeyPatch, right: BuiltinOp, wrong: BuiltinOp, name: str
) -> None:
    assert told(componentize(plan_single(dummy_module(BUILT_INS)))) == []
    original = CanonicalDefinitions.core_function

    def exchanged(self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
        if isinstance(item.meaning, ResourceBuiltin) and item.meaning.op is right:
            item = replace(item, meaning=replace(item.meaning, op=wrong))
        return original(self, item, module)

    monkeypatch.setattr(CanonicalDefinitions, "core_function", exchanged)
    assert (name, right.text, wrong.text) in told(componentize(plan_single(dummy_module(BUILT_INS))))


@pytest.mark.parametrize(
    ("name", "opcode", "wrong"),
    [
        ("[thread-yield]", 0x0C, []),
        ("[thread-yield]", 0x1F, [("thread.yield", "waitable-set.new")]),
        ("[thread-yield-then-resume]", 0x2B, []),
        ("[context-get-i32-0]", 0x0B, [("context.get", "context.set")]),
        ("[context-set-0]", 0x0B, []),
        ("[async-lower][subtask-cancel]", 0x06, []),
        ("[async-lower][subtask-cancel]", 0x0D, [("subtask.cancel", "subtask.drop")]),
        ("[error-context-new-latin1+utf16]", 0x1D, [("error-context.new", "error-context.debug-message")]),
        ("[stream-read-unit]", 0x0F, []),
        ("[async-lower][stream-read-0][method]r.f", 0x10, [("stream.read", "stream.write")]),
        ("[waitable-set-poll]", 0x2E, [("waitable-set.poll", "stream.forward")]),
        ("[waitable-set-poll]", 0x26, [("waitable-set.poll", "the definition with opcode 0x26")]),
        ("[stream-forward-0]f", 0x2E, []),
        ("[future-forward-unit]f", 0x2E, [("future.forward", "stream.forward")]),
        ("[method]r.subtask-drop", 0x01, []),
        ("subtask-drop", 0x01, []),
    ],
)
def test_names_of_built_ins(name: str, opcode: int, wrong: list[tuple[str, str]]) -> None:
    definitions = CanonDefinitions(others={("$root", name): [CanonDefinition(opcode, DefinitionOptions())]})
    found = [(each.expected, each.actual) for each in wrong_built_ins(definitions, Role.SUBJECT)]
    assert found == wrong


FORWARDS = (
    "package a:b; interface i { f: async func(a: stream<string>, b: future<u8>) -> stream; }"
    " world w { import i; export i; }"
)
FORWARD_NAMES = [
    (module, name)
    for module in ("a:b/i", "[export]a:b/i")
    for name in ("[stream-forward-0]f", "[future-forward-1]f", "[stream-forward-2]f", "[stream-forward-unit]f")
]


def forwards() -> DecodedModule:
    """A core module that imports the built-ins `forward` of both sides."""
    resolve, _ = load_world(FORWARDS)
    module = TestModule()
    for name in FORWARD_NAMES:
        module.import_function(*name, i32_type(2))
    item = next(iter(resolve.interfaces)).functions["f"]
    core = Flattening(resolve).flatten_functype(item, Context.LIFT, AsyncAbi.CALLBACK)
    module.add_export("[async-lift]a:b/i#f", core.type, lambda code: code.i32_const(0))
    module.add_export("[callback][async-lift]a:b/i#f", i32_type(3, 1), lambda code: code.i32_const(0))
    return module.finish(world_section(FORWARDS, None, "utf8"))


def test_forward(tmp_path: Path) -> None:
    """Each name has the definition of its kind, with the options of the reference, which are none."""
    (tmp_path / "core.wasm").write_bytes(forwards().binary)
    command = ["wasm-tools", "component", "new", "--skip-validation", "core.wasm", "-o", "new.wasm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    reference, own = (tmp_path / "new.wasm").read_bytes(), componentize(plan_single(forwards()))
    for component in (reference, own):
        found = read_definitions(component).others
        kinds = [(name, {(each.opcode, each.options.words()) for each in found[name]}) for name in FORWARD_NAMES]
        assert kinds == [(name, {(0x2F if "future" in name[1] else 0x2E, "utf-8")}) for name in FORWARD_NAMES]
        assert told(component) == []
    assert options_beside(reference, own, Role.SUBJECT) == []


def test_a_forward_that_is_another_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong linker: seen by the name, and beside another toolchain."""
    right = componentize(plan_single(forwards()))
    original = CanonicalDefinitions.core_function

    def exchanged(self: CanonicalDefinitions, item: CoreImport, module: PlanModule) -> int:
        if isinstance(item.meaning, CopyBuiltin) and item.meaning.op is BuiltinOp.STREAM_FORWARD:
            item = replace(item, meaning=replace(item.meaning, op=BuiltinOp.STREAM_DROP_READABLE))
        return original(self, item, module)

    monkeypatch.setattr(CanonicalDefinitions, "core_function", exchanged)
    wrong = componentize(plan_single(forwards()))
    paths = [" ".join(name) for name in FORWARD_NAMES if "stream" in name[1]]
    expected = [(path, "stream.forward", "stream.drop-readable") for path in paths]
    assert told(wrong) == expected
    beside = options_beside(right, wrong, Role.SUBJECT)
    assert sorted((each.path, each.expected, each.actual) for each in beside) == sorted(expected)


def test_what_is_no_component() -> None:
    assert [(path, expected) for path, expected, _ in told(b"\0asm")] == [
        ("", "canonical definitions that can be read")
    ]
