"""Components built by toolchains: each once, external ones at the same time, every failure a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import wasmtime

from harness.composition.anchor import anchor, needs_anchor
from harness.plan.plan import ComponentPlan
from harness.plan.roles import Role
from harness.process.children import Killed
from harness.process.clock import Clock
from harness.process.steps import Bound, Loss, Steps
from harness.toolchains.builder import Builder
from harness.toolchains.cells import Build
from harness.toolchains.ours import toolchain as our_toolchain
from harness.toolchains.protocol import (
    BuildResult,
    Built,
    GenerateOptions,
    InvalidOutput,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    TimedOut,
    Toolchain,
)

DYLIB = bytes(wasmtime.wat2wasm('(module (func (export "f")))'))
PLAN = ComponentPlan(Role.SUBJECT, "package a:b; world w { export f: func(); }", "w")


@dataclass
class FakeJob:
    outcome: BuildResult
    log: list[str]
    name: str

    def result(self) -> BuildResult:
        self.log.append(f"collect {self.name}")
        return self.outcome


@dataclass
class Fake:
    """A toolchain with given answers, which records the requests."""

    name: str
    log: list[str]
    dylib: BuildResult = field(default_factory=lambda: Built(DYLIB))
    linked: list[list[str]] = field(default_factory=list)

    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        self.log.append(f"start {self.name}")
        return FakeJob(self.dylib, self.log, self.name)

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        self.linked.append([library.name for library in libraries])
        return FakeJob(Built(b"component"), [], self.name)

    def toolchain(self, in_process: bool = False) -> Toolchain:
        return Toolchain(self.name, self.name, "1", self, self, in_process)


def validate(module: bytes) -> str | None:
    return None if module == DYLIB else "bad magic"


def builder(*toolchains: Toolchain, lost: dict[str, Loss] | None = None) -> Builder:
    steps = Steps()
    steps.lost = lost or {}
    return Builder({item.name: item for item in toolchains}, {(2, ""): b"two", (3, ""): b"three"}, validate, steps)


def test_external_tools_run_while_ours_works() -> None:
    log: list[str] = []
    ours, other = Fake("ours", log), Fake("other", log)
    both = builder(ours.toolchain(in_process=True), other.toolchain())
    both.build([(PLAN, Build(name, name)) for name in ("ours", "other")], Clock())
    assert log == ["start other", "start ours", "collect ours", "collect other"]


def test_every_job_is_a_step_with_its_own_bound() -> None:
    """A tool that takes its time while nobody announces it looks like the step before it that hangs."""
    told: list[tuple[str, Bound]] = []
    steps = Steps(lambda name, bound: told.append((name, bound)))
    tools = {name: Fake(name, []).toolchain(in_process=name == "ours") for name in ("ours", "other")}
    made = Builder(tools, {(3, ""): b"three"}, validate, steps, external_seconds=90.0)
    made.build([(PLAN, Build(name, name)) for name in ("ours", "other")], Clock())
    assert [step for step in told if step[0]] == [
        ("generate subject by ours", Bound()),
        ("generate subject by other", Bound(90.0)),
        ("link subject of ours by ours", Bound()),
        ("link subject of other by other", Bound(90.0)),
    ]


class KilledJob:
    def result(self) -> BuildResult:
        raise Killed("a tool was killed by signal 9.")


@pytest.mark.parametrize("last_try", [False, True])
def test_a_tool_that_was_killed_is_a_finding_at_the_last_try_only(last_try: bool) -> None:
    class KilledTool(Fake):
        def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
            return KilledJob()

    steps = Steps()
    steps.last_try = last_try
    made = Builder({"x": KilledTool("x", []).toolchain()}, {(3, ""): b"three"}, validate, steps)
    if not last_try:
        with pytest.raises(Killed):
            made.build([(PLAN, Build("x", "x"))], Clock())
        return
    (build,) = made.build([(PLAN, Build("x", "x"))], Clock()).values()
    assert isinstance(build.failure, Panicked)
    assert build.failure.exit_code == -9


def test_what_is_remembered_is_bounded_in_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.toolchains.builder.REMEMBERED_BYTES", len(DYLIB) - 1)
    log: list[str] = []
    made = builder(Fake("x", log).toolchain())
    for _ in range(2):
        (build,) = made.build([(PLAN, Build("x", "x"))], Clock()).values()
        assert build.failure is None
    assert log == ["start x", "collect x"] * 2


def test_equal_builds_are_made_once() -> None:
    log: list[str] = []
    fake = Fake("x", log)
    made = builder(fake.toolchain())
    wanted = [(PLAN, Build("x", "x"))] * 3
    for _ in range(2):
        (build,) = made.build(wanted, Clock()).values()
        assert build.failure is None
    assert log == ["start x", "collect x"]
    assert fake.linked == [["libboxed.so", "libbefore.so", "libworld.so", "libbehind.so"]]


def test_guards_stand_around_the_subject_alone() -> None:
    fake = Fake("x", [])
    plans = [PLAN, replace(PLAN, role=Role.DRIVER)]
    made = builder(fake.toolchain()).build([(plan, Build("x", "x")) for plan in plans], Clock())
    assert len(made) == 2
    assert sorted(fake.linked) == [
        ["libboxed.so", "libbefore.so", "libworld.so", "libbehind.so"],
        ["libboxed.so", "libworld.so"],
    ]


def test_another_interface_version_is_another_build() -> None:
    fake = Fake("x", [])
    builder(fake.toolchain()).build([(PLAN, Build("x", "x", version)) for version in (2, 3)], Clock())
    assert len(fake.linked) == 2


def test_invalid_dylibs_are_not_linked() -> None:
    fake = Fake("x", [], Built(b"junk"))
    (build,) = builder(fake.toolchain()).build([(PLAN, Build("x", "x"))], Clock()).values()
    assert build.failure == InvalidOutput("bad magic", "generate", b"junk")
    assert not fake.linked


@pytest.mark.parametrize(
    "failure", [Refused("no", "generate"), Panicked(101, "todo!", "generate"), TimedOut(1.0, "generate")]
)
def test_failures_are_results(failure: BuildResult) -> None:
    (build,) = builder(Fake("x", [], failure).toolchain()).build([(PLAN, Build("x", "x"))], Clock()).values()
    assert build.failure == failure


@pytest.mark.parametrize(
    ("loss", "result"),
    [
        (Loss(5.0, None, "did not end within 5 s"), TimedOut(5.0, "generate")),
        (Loss(0.0, -6, "aborted"), Panicked(-6, "aborted", "generate")),
    ],
)
def test_a_step_that_cost_a_worker_is_a_failure_of_ours(loss: Loss, result: BuildResult) -> None:
    made = builder(Fake("ours", []).toolchain(in_process=True), lost={"generate subject by ours": loss})
    (build,) = made.build([(PLAN, Build("ours", "ours"))], Clock()).values()
    assert build.failure == result


def test_ours_builds_refuses_and_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = our_toolchain()
    built = ours.generator.generate(PLAN.wit, "w", GenerateOptions(interpreter="libboxed.so")).result()
    assert isinstance(built, Built)
    refused = ours.generator.generate("package a:b; world w { import f: func(x: nobody); }", "w", GenerateOptions())
    assert isinstance(refused.result(), Refused)
    monkeypatch.setattr("harness.toolchains.ours.generate", lambda *_: 1 / 0)
    panicked = ours.generator.generate(PLAN.wit, "w", GenerateOptions()).result()
    assert isinstance(panicked, Panicked)
    assert "ZeroDivisionError" in panicked.message


class TestAnchor:
    @pytest.mark.parametrize(
        ("exports", "needed"),
        [
            ([], True),
            (["cabi_realloc", "__wasm_call_ctors"], True),
            (["f"], False),
            (["cabi_realloc", "a:b/c#f"], False),
        ],
    )
    def test_who_needs_one(self, exports: list[str], needed: bool) -> None:
        text = "".join(f'(export "{name}" (func 0))' for name in exports)
        assert needs_anchor(bytes(wasmtime.wat2wasm(f"(module (func) {text})"))) is needed

    def test_it_is_a_library_that_needs_another(self) -> None:
        library = anchor("libworld.so")
        wasmtime.Module.validate(wasmtime.Engine(), library)
        assert b"libworld.so" in library
        assert not needs_anchor(library)
