"""Components built by toolchains: external tools run in parallel while those of this process work."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from harness.composition import guards, initial_state, initial_wasi
from harness.composition.anchor import anchor, needs_anchor
from harness.composition.counting import LIBRARY, counting, hidden
from harness.plan.plan import ComponentPlan
from harness.plan.roles import Role
from harness.process.children import Killed
from harness.process.clock import Clock
from harness.process.steps import StepLost, Steps
from harness.toolchains.cells import Build
from harness.toolchains.component_build import INTERPRETER, WORLD, ComponentBuild
from harness.toolchains.protocol import (
    INITIALIZE,
    BuildResult,
    Built,
    Done,
    GenerateOptions,
    Initializer,
    InvalidOutput,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    TimedOut,
    Toolchain,
)

INIT_SECONDS = 90
"""The time after which an initialisation counts as lost; its process has a limit of its own."""
REMEMBERED_BYTES = 256 << 20
"""Bytes of builds in the cache: a tool may write much."""


_K = TypeVar("_K")
_DylibKey = tuple[ComponentPlan, str, int]
_Interpreter = tuple[int, str]
"""The version of its interface, and which of the libraries for it (`ComponentPlan.interpreter`)."""


@dataclass(frozen=True, slots=True)
class _ComponentKey:
    """`guarded`: with guards around the library. `foreign`: linked with the interpreter that is not ours. `counted`:
    whose calls are counted. `initializer`: whose `component init` gives it its initial state."""

    linker: str
    interpreter: _Interpreter
    dylib: bytes
    guarded: bool
    merge_versions: bool
    foreign: bool
    counted: bool
    initializer: str


class Builder:
    """Builds components and caches the last ones by content."""

    def __init__(
        self,
        toolchains: Mapping[str, Toolchain],
        interpreters: Mapping[_Interpreter, bytes],
        refusal: Callable[[bytes], str | None],
        steps: Steps,
        remembered: int = 64,
        external_seconds: float | None = None,
        foreign: Sequence[Library] = (),
        initializers: Mapping[str, Initializer] | None = None,
        adapters: Sequence[Library] = (),
        component_refusal: Callable[[bytes], str | None] = lambda _: None,
    ) -> None:
        """`interpreters` by interface version and kind; `refusal` validates a core module. `external_seconds`: the
        time after which a tool in its own process, which has its own limit, counts as lost. `foreign`: an interpreter
        that is not ours, and what is linked with it. `initializers` by the names that builds use; `adapters`:
        what their components call WASI through. `component_refusal` validates a component."""
        self._component_refusal = component_refusal
        self._foreign = foreign
        self._initializers = initializers or {}
        self._adapters = adapters
        self._toolchains = toolchains
        self._interpreters = interpreters
        self._refusal = refusal
        self._steps = steps
        self._remembered = remembered
        self._external_seconds = external_seconds
        self._anchor = anchor(WORLD)
        self._dylibs: OrderedDict[_DylibKey, BuildResult] = OrderedDict()
        self._components: OrderedDict[_ComponentKey, BuildResult] = OrderedDict()

    @property
    def adapted(self) -> bool:
        """Whether the initialisation of components uses WASI, so that they import it."""
        return bool(self._adapters)

    def build(
        self, wanted: Iterable[tuple[ComponentPlan, Build]], clock: Clock
    ) -> dict[tuple[ComponentPlan, Build], ComponentBuild]:
        """All requested components, each once."""
        pairs = list(dict.fromkeys(wanted))
        start = time.perf_counter()
        self._generate([_dylib_key(plan, build) for plan, build in pairs])
        start = clock.add("generate", start)
        self._link(pairs)
        clock.add("link", start)
        found = {pair: self._result(*pair) for pair in pairs}
        _forget(self._dylibs, self._remembered)
        _forget(self._components, self._remembered)
        return found

    def attempt(
        self, toolchain: Toolchain, wit: str | Path, world: str | None, features: tuple[str, ...]
    ) -> tuple[str, BuildResult]:
        """Build from any WIT, even bad WIT: the stage that was reached (`generate`, `link`) and its result."""
        options = GenerateOptions(interpreter=INTERPRETER, features=features)
        job = toolchain.generator.generate(wit, world, options)
        result = self._valid(self._collect(f"generate by {toolchain.name}", toolchain.name, job))
        if not isinstance(result, Built):
            return "generate", result
        libraries = self._libraries(result.data, (GenerateOptions().abi_version, ""))
        return "link", self.link(toolchain, libraries, LinkOptions())

    def link(self, toolchain: Toolchain, libraries: Sequence[Library], options: LinkOptions) -> BuildResult:
        """A component of any libraries."""
        job = toolchain.linker.link(libraries, options)
        return self._collect(f"link by {toolchain.name}", toolchain.name, job)

    def initialize(self, component: bytes, initializer: str, function: str | None, what: str) -> BuildResult:
        """The component with the state that it has after this function ran; None: after its instantiation. It runs in a
        process of its own. What no engine accepts stays as it is: it was wrong before. `what`: the component, for the
        step's name."""
        job = self._initializers[initializer].initialize(component, function)
        result = self._bounded(f"{INITIALIZE} {what}", INIT_SECONDS, job)
        if isinstance(result, Built):
            return replace(result, linked=component)
        invalid = isinstance(result, Refused) and self._component_refusal(component) is not None
        return Built(component) if invalid else result

    def collect(self, name: str, toolchain: Toolchain, job: Job) -> BuildResult:
        """The result of a job that was started elsewhere. `name`: the step's name, beginning with the stage."""
        return self._collect(name, toolchain.name, job)

    def _libraries(
        self,
        dylib: bytes,
        which: _Interpreter,
        guarded: bool = False,
        foreign: Sequence[Library] = (),
        initialized: bool = False,
    ) -> list[Library]:
        """The libraries of a link: the interpreter first, because dylibs re-export its `cabi_realloc` and the first
        library that exports a symbol defines it. `foreign`: an interpreter in the place of ours. `initialized`: with
        state that shows whether it is kept."""
        own = foreign or [Library(INTERPRETER, self._interpreters[which])]
        world = Library(WORLD, dylib)
        if guarded:
            behind = Library(guards.BEHIND, guards.behind(WORLD, initialized, initialized and self.adapted))
            around = [*own, Library(guards.BEFORE, guards.before()), world, behind]
            if not initialized:
                return around
            state = Library(initial_state.LIBRARY, initial_state.library(self.adapted))
            wasi = [Library(initial_wasi.LIBRARY, initial_wasi.library())] if self.adapted else []
            return [state, *around, *wasi, *self._adapters]
        return [*own, world, Library("libanchor.so", self._anchor)] if needs_anchor(dylib) else [*own, world]

    def _not_ours(self, key: _ComponentKey) -> Sequence[Library]:
        if not key.counted:
            return self._foreign if key.foreign else ()
        libraries = [item for item in self._foreign if not item.adapter]
        shown = [replace(item, data=hidden(item.data)) for item in libraries]
        counts = Library(LIBRARY, counting(tuple([item.data for item in libraries])))
        return [*shown, counts, *(item for item in self._foreign if item.adapter)]

    def _result(self, plan: ComponentPlan, build: Build) -> ComponentBuild:
        dylib = self._dylibs[_dylib_key(plan, build)]
        if not isinstance(dylib, Built):
            return ComponentBuild(dylib, None)
        return ComponentBuild(dylib, self._components[_component_key(plan, build, dylib.data)])

    def _generate(self, keys: Iterable[_DylibKey]) -> None:
        missing = [key for key in dict.fromkeys(keys) if key not in self._dylibs]
        jobs = [(key, self._start_generate(key)) for key in self._external_first(missing, lambda key: key[1])]
        # external tools were started first and are collected last
        for key, job in reversed(jobs):
            name = f"generate {key[0].role.value} by {key[1]}"
            self._dylibs[key] = self._valid(self._collect(name, key[1], job))

    def _start_generate(self, key: _DylibKey) -> Job:
        plan, toolchain, abi_version = key
        needed = self._foreign[0].name if plan.foreign else INTERPRETER
        filters = plan.async_filters
        options = GenerateOptions(needed, plan.features, abi_version=abi_version, async_filters=filters)
        return self._toolchains[toolchain].generator.generate(plan.wit, plan.world, options)

    def _link(self, pairs: Iterable[tuple[ComponentPlan, Build]]) -> None:
        missing: dict[_ComponentKey, str] = {}
        for plan, build in pairs:
            dylib = self._dylibs[_dylib_key(plan, build)]
            if isinstance(dylib, Built):
                key = _component_key(plan, build, dylib.data)
                if key not in self._components:
                    missing[key] = f"{plan.role.value} of {build.generator} by {build.linker}"
        jobs = []
        for key in self._external_first(list(missing), lambda key: key.linker):
            foreign, initialized = self._not_ours(key), bool(key.initializer)
            libraries = self._libraries(key.dylib, key.interpreter, key.guarded, foreign, initialized)
            options = LinkOptions(merge_versions=key.merge_versions)
            jobs.append((key, self._toolchains[key.linker].linker.link(libraries, options)))
        for key, job in reversed(jobs):
            linked = self._collect(f"link {missing[key]}", key.linker, job)
            if key.initializer and isinstance(linked, Built):
                linked = self.initialize(linked.data, key.initializer, initial_state.EXPORT, missing[key])
            self._components[key] = linked

    def _collect(self, name: str, toolchain: str, job: Job) -> BuildResult:
        """The result of a job, announced as a step in any case. Raises `Killed` if it must be tried again."""
        if isinstance(job, Done):
            return job.result()
        return self._bounded(name, None if self._toolchains[toolchain].in_process else self._external_seconds, job)

    def _bounded(self, name: str, seconds: float | None, job: Job) -> BuildResult:
        stage = name.partition(" ")[0]
        try:
            with self._steps.bounded(name, seconds):
                return job.result()
        except StepLost as lost:
            if lost.loss.exit_code is None:
                return TimedOut(lost.loss.seconds, stage)
            return Panicked(lost.loss.exit_code, lost.loss.message, stage)
        except Killed as killed:
            if not self._steps.last_try:
                raise
            return Panicked(-9, f"{killed} It was tried again, alone, and ended in the same way.", stage)

    def _external_first(self, keys: list[_K], toolchain: Callable[[_K], str]) -> list[_K]:
        return sorted(keys, key=lambda key: self._toolchains[toolchain(key)].in_process)

    def _valid(self, result: BuildResult) -> BuildResult:
        if isinstance(result, Built):
            message = self._refusal(result.data)
            if message is not None:
                return InvalidOutput(message, "generate", result.data)
        return result


def _dylib_key(plan: ComponentPlan, build: Build) -> _DylibKey:
    """The link options do not matter to a generator."""
    plain = replace(plan, merge_versions=True, hooks="", asynchronous=False, blocking_run=False, counted=False)
    return plain, build.generator, build.abi_version


def _component_key(plan: ComponentPlan, build: Build, dylib: bytes) -> _ComponentKey:
    """The subject is under test, so it has guards; the others are linked as users link."""
    which = (build.abi_version, plan.interpreter)
    guarded = plan.role is Role.SUBJECT
    return _ComponentKey(
        build.linker, which, dylib, guarded, plan.merge_versions, plan.foreign, plan.counted, build.initializer
    )


def _forget(cache: OrderedDict[_K, BuildResult], remembered: int) -> None:
    """Remove the oldest, until neither their number nor their size is too large."""
    size = sum(map(_size, cache.values()))
    while len(cache) > remembered or size > REMEMBERED_BYTES:
        size -= _size(cache.popitem(last=False)[1])


def _size(result: BuildResult) -> int:
    if isinstance(result, Built):
        return len(result.data) + len(result.linked or b"")
    return len(result.data) if isinstance(result, InvalidOutput) else 0
