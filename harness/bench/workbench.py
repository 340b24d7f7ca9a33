"""The tools of a process that carries out plans: toolchains, engines, interpreters, and their caches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import interpreters
from harness.bench.observe import Observer
from harness.bench.settings import Settings
from harness.binary.share import SharedModules
from harness.engine.engine import Engine
from harness.engine.results import EngineKind
from harness.judge.embedding import EmbeddingJudge, Readers
from harness.judge.structure import StructureComparer
from harness.process.launching import longest
from harness.process.steps import StepLost, Steps
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS, WIZER
from harness.toolchains.interpreter import read_adapters
from harness.toolchains.protocol import Initializer, Library, Toolchain
from harness.toolchains.selection import Environment

if TYPE_CHECKING:
    from harness.judge.packages import PackageJudge
    from harness.toolchains.second_reading import SecondReader


class Workbench:
    """Belongs to one process. Engines and toolchains are made at their first use."""

    def __init__(self, settings: Settings, steps: Steps) -> None:
        self.settings = settings
        self.steps = steps

    @cached_property
    def toolchains(self) -> dict[str, Toolchain]:
        """The toolchains by name."""
        environment = Environment(self.settings.directory, self.settings.tool_limits, self._interpreters.values())
        return self.settings.selection.make(environment)

    @cached_property
    def validating(self) -> Workbench:
        """One whose references validate what they link, for the few questions that need it in a run without that."""
        return Workbench(replace(self.settings, selection=self.settings.selection.validating()), self.steps)

    @cached_property
    def observer(self) -> Observer:
        return Observer(self.builder, self.engine, self._shared, self.steps)

    @cached_property
    def structure(self) -> StructureComparer:
        from harness.frontend.component_wit import component_world

        return StructureComparer(component_world, bool(self.settings.adapters))

    @cached_property
    def embedding(self) -> EmbeddingJudge:
        from harness.frontend.component_wit import component_world, embedded_world, text_world

        engine = self.engine(EngineKind.WINCH)
        readers = Readers(component_world, embedded_world, text_world)
        return EmbeddingJudge(self.builder, readers, engine.refusal, engine.component_refusal)

    @cached_property
    def packages(self) -> PackageJudge:
        from harness.judge.packages import PackageJudge

        return PackageJudge(self.builder)

    @cached_property
    def second_reader(self) -> SecondReader | None:
        """The reference as a second reader of WIT; None without a reference."""
        from harness.toolchains.second_reading import SecondReader

        settings, reference = self.settings, self.settings.selection.reference
        return None if reference is None else SecondReader(reference.path, settings.directory, settings.tool_limits)

    def read_otherwise(self, wit: str, features: tuple[str, ...] = ()) -> str:
        """The first difference between our front end's and the reference's reading of a text; empty if there is none,
        or no second reading. A separate step."""
        return "" if self.second_reader is None else self._read_again(self.second_reader.difference, wit, features)

    def accepted_alone(self, wit: str, features: tuple[str, ...] = ()) -> str:
        """The difference if our front end accepts a text that the reference refuses, else empty. A separate step."""
        return "" if self.second_reader is None else self._read_again(self.second_reader.laxity, wit, features)

    def _read_again(self, read: Callable[[str, tuple[str, ...]], str], wit: str, features: tuple[str, ...]) -> str:
        try:
            with self.steps.bounded("second reading", longest(self.settings.tool_limits)):
                return read(wit, features)
        except StepLost:
            return ""

    @cached_property
    def builder(self) -> Builder:
        engine, bound = self.engine(EngineKind.WINCH), longest(self.settings.tool_limits)
        return Builder(
            self.toolchains,
            self._interpreters,
            engine.refusal,
            self.steps,
            external_seconds=bound,
            foreign=self.foreign,
            initializers=self._initializers,
            adapters=read_adapters(self.settings.adapters),
            component_refusal=engine.component_refusal,
        )

    @cached_property
    def _initializers(self) -> dict[str, Initializer]:
        """Ours, also where its other tools do not take part, or what stands in its place; those of mutants; wizer."""
        from harness.toolchains.ours import OurToolchain
        from harness.toolchains.wizer import Wizer

        tools = {name: tool.initializer for name, tool in self.toolchains.items() if tool.initializer is not None}
        return {OURS: OurToolchain(), WIZER: Wizer(self.settings.directory), **tools}

    @cached_property
    def foreign(self) -> tuple[Library, ...]:
        """The interpreter that is not ours and what is linked with it; empty without one."""
        interpreter = self.settings.interpreter
        return () if interpreter is None else interpreter.read()

    @cached_property
    def _interpreters(self) -> dict[tuple[int, str], bytes]:
        """The interpreters by interface version and kind (`ComponentPlan.interpreter`)."""
        return {
            (version, interpreters.kind(hooks, mode)): interpreters.boxed(version, hooks, mode).read_bytes()
            for version, hooks, mode in interpreters.ALL
        }

    @cached_property
    def _shared(self) -> SharedModules:
        return SharedModules()

    @cached_property
    def _engines(self) -> dict[EngineKind, Engine]:
        return {}

    def engine(self, kind: EngineKind) -> Engine:
        engine = self._engines.get(kind)
        if engine is None:
            engine = self._engines[kind] = Engine(kind)
        return engine
