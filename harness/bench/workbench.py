"""What a process needs to carry out plans: toolchains, engines, interpreters, and what they remember."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import interpreters
from harness.bench.observe import Observer
from harness.binary.share import SharedModules
from harness.engine.engine import Engine
from harness.engine.results import EngineKind, RunLimits
from harness.judge.embedding import EmbeddingJudge, Readers
from harness.judge.structure import StructureComparer
from harness.plan.plan import ComponentPlan
from harness.process.launching import Limits, longest
from harness.process.steps import StepLost, Steps
from harness.toolchains import command, wasm_tools
from harness.toolchains.builder import Builder
from harness.toolchains.cells import OURS
from harness.toolchains.lending import lend
from harness.toolchains.named import named
from harness.toolchains.protocol import Toolchain
from harness.toolchains.wasm_tools import Executable

if TYPE_CHECKING:
    from harness.toolchains.second_reading import SecondReader


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run's processes are told. `directory`: for temporary files; its maker removes it."""

    directory: Path
    reference: Executable | None
    ours: bool = True
    commands: tuple[Path, ...] = ()
    """TOML files of further toolchains (`harness/toolchains/command.py`)."""
    tool_limits: Limits = field(default_factory=Limits)
    run_limits: RunLimits = field(default_factory=RunLimits)
    stand_in: str | None = None
    """A toolchain by name (`harness/toolchains/named.py`) that takes the place of ours."""
    named: tuple[str, ...] = ()
    """Further toolchains of that kind, under their own names."""
    reference_link_flags: tuple[str, ...] = ()
    """What the reference is given in every link beyond what it needs."""


class Workbench:
    """Belongs to one process. Engines and toolchains are made when first asked for."""

    def __init__(self, settings: Settings, steps: Steps) -> None:
        self.settings = settings
        self.steps = steps

    @cached_property
    def toolchains(self) -> dict[str, Toolchain]:
        """By name, ours first, then those by name, then the reference, then those of files; the first of all lends what
        a file lacks."""
        settings = self.settings
        found: dict[str, Toolchain] = {}
        if settings.stand_in is not None:
            found[OURS] = replace(named(settings.stand_in), name=OURS)
        elif settings.ours:
            from harness.toolchains import ours

            found[ours.NAME] = ours.toolchain()
        for name in settings.named:
            found[name] = named(name)
        if settings.reference is not None:
            reference = wasm_tools.reference(
                settings.reference,
                settings.directory,
                settings.tool_limits,
                self._interpreters.values(),
                settings.reference_link_flags,
            )
            found[reference.name] = reference
        for path in settings.commands:
            other = command.load(path, settings.directory, settings.tool_limits)
            found[other.name] = lend(other, next(iter(found.values())))
        return found

    @cached_property
    def observer(self) -> Observer:
        return Observer(self.builder, self.engine, self._shared, self.steps)

    @cached_property
    def structure(self) -> StructureComparer:
        from harness.frontend.component_wit import component_world

        return StructureComparer(component_world)

    @cached_property
    def embedding(self) -> EmbeddingJudge:
        from harness.frontend.component_wit import component_world, embedded_world, text_world

        engine = self.engine(EngineKind.WINCH)
        readers = Readers(component_world, embedded_world, text_world)
        return EmbeddingJudge(self.builder, readers, engine.refusal, engine.component_refusal)

    @cached_property
    def second_reader(self) -> SecondReader | None:
        """None without a reference."""
        from harness.toolchains.second_reading import SecondReader

        settings = self.settings
        if settings.reference is None:
            return None
        return SecondReader(settings.reference.path, settings.directory, settings.tool_limits)

    def read_otherwise(self, component: ComponentPlan) -> str:
        """Where our front end and the reference read a world differently; empty where they do not, or where there is no
        second reading. A step of its own."""
        if self.second_reader is None:
            return ""
        try:
            with self.steps.bounded("second reading", longest(self.settings.tool_limits)):
                return self.second_reader.difference(component.wit, component.features)
        except StepLost:
            return ""

    @cached_property
    def builder(self) -> Builder:
        refusal, bound = self.engine(EngineKind.WINCH).refusal, longest(self.settings.tool_limits)
        return Builder(self.toolchains, self._interpreters, refusal, self.steps, external_seconds=bound)

    @cached_property
    def _interpreters(self) -> dict[int, bytes]:
        return {version: interpreters.boxed(version).read_bytes() for version in interpreters.VERSIONS}

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
