"""The tools of a command and their judgement: options that mean the same in every command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.bench.examination import Options
from harness.cli.exits import UsedWrongly
from harness.engine.results import EngineKind
from harness.process.children import ProcessLimits
from harness.runs.pool import Patience
from harness.runs.runner import Runner, default_expectations
from harness.suite.expectations_file import ExpectationsError
from harness.toolchains import entry_points
from harness.toolchains.cells import OURS, REFERENCE
from harness.toolchains.choose import Tools
from harness.toolchains.interpreter import Interpreter, NamedFile
from harness.toolchains.named import is_name
from harness.toolchains.reference_binary import ENVIRONMENT_VARIABLE
from harness.toolchains.selection import NoToolchain

TOOLCHAIN_HELP = (
    "One more toolchain: a TOML file that describes it, the name that an installed package declares for it, or a name "
    "such as mutant:NAME for one in the place of ours. "
    "If `ours` or `reference` is among the names, only the named toolchains take part."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options from the user."""

    toolchains: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    no_reference: bool = False
    engine: str = EngineKind.WINCH.value
    matrix: str = "default"
    expectations: tuple[Path, ...] = ()
    nearest_expectations: bool = False
    quick_reference: bool = False
    """The reference links without expensive parts that nothing reads, as in `harness fuzz`."""

    @property
    def reference(self) -> str | None:
        """The first of the named references."""
        return self.references[0] if self.references else None

    @property
    def _exactly(self) -> bool:
        """Whether only the named toolchains take part."""
        return OURS in self.toolchains or REFERENCE in self.toolchains

    @property
    def _has_reference(self) -> bool:
        return not self.no_reference and (not self._exactly or REFERENCE in self.toolchains)

    def tools(self) -> Tools:
        """Raises `UsedWrongly`."""
        names = tuple(dict.fromkeys(name for name in self.toolchains if is_name(name)))
        if len(names) + (OURS in self.toolchains) > 1:
            raise UsedWrongly(f"only one toolchain can have the place of ours: {', '.join(self.toolchains)}")
        if self.reference is not None and self.no_reference:
            raise UsedWrongly("--reference and --no-reference contradict each other")
        if self.no_reference and REFERENCE in self.toolchains:
            raise UsedWrongly("--toolchain reference and --no-reference contradict each other")
        if self.reference is not None and not self._has_reference:
            raise UsedWrongly("--reference names a tool that --toolchain leaves out: add --toolchain reference")
        others = [name for name in dict.fromkeys(self.toolchains) if name not in (OURS, REFERENCE, *names)]
        declared = entry_points.names() if others else ()
        for name in others:
            if not Path(name).is_file() and name not in declared:
                listed = "".join(f", `{known}`" for known in declared)
                message = f"neither `ours`, `reference`{listed}, a name such as mutant:NAME nor a file"
                raise UsedWrongly(f"--toolchain {name}: {message}")
        return Tools(
            self.reference,
            self.references[1:],
            without_reference=not self._has_reference,
            without_ours=self._exactly and OURS not in self.toolchains,
            commands=tuple(Path(name) for name in others if Path(name).is_file()),
            entry_points=tuple(name for name in others if not Path(name).is_file()),
            stand_in=names[0] if names else None,
            quick=self.quick_reference,
        )

    def open_run(
        self,
        jobs: int,
        limits: ProcessLimits | None = None,
        patience: Patience | None = None,
        interpreter: Interpreter | None = None,
        adapters: tuple[NamedFile, ...] = (),
    ) -> Runner:
        """Raises `UsedWrongly`."""
        try:
            return Runner(self.tools(), jobs, limits, patience, interpreter, adapters)
        except NoToolchain as error:
            raise UsedWrongly(str(error)) from error

    def options(self, run: Runner, artifacts: Path | None) -> Options:
        """Raises `UsedWrongly`."""
        try:
            known = run.load_expectations(self.expectations or tuple(default_expectations()), self.nearest_expectations)
        except ExpectationsError as error:
            raise UsedWrongly(str(error)) from error
        return Options(self.matrix == "full", EngineKind(self.engine), known, artifacts)

    def words(self) -> list[str]:
        """The options of a command that repeats a run, also in another environment."""
        words = [word for name in self.toolchains for word in ("--toolchain", name)]
        references = self.references
        if not references and self._has_reference:
            named = os.environ.get(ENVIRONMENT_VARIABLE)
            references = (named,) if named else ()
        words += [word for reference in references for word in ("--reference", reference)]
        words += ["--no-reference"] if self.no_reference else []
        words += ["--quick-reference"] if self.quick_reference and self._has_reference else []
        words += [word for path in self.expectations for word in ("--expectations", str(path))]
        words += ["--nearest-expectations"] if self.nearest_expectations else []
        words += ["--engine", self.engine] if self.engine != EngineKind.WINCH.value else []
        return words + (["--matrix", self.matrix] if self.matrix != "default" else [])


def as_argument(path: Path | str) -> str:
    """A path as a word of a command: a path that begins with `-` must not look like an option."""
    text = str(path)
    return f"./{text}" if text.startswith("-") else text


def features_of(given: Sequence[str]) -> tuple[str, ...]:
    """The names in `--features a,b --features c`, each once."""
    return tuple(dict.fromkeys(name.strip() for words in given for name in words.split(",") if name.strip()))
