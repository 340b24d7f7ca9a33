"""A command that fails: it runs, and its WIT becomes smaller as long as it fails in the same way."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.bench.workbench import Workbench
from harness.engine.results import EngineKind
from harness.frontend.front_end import FrontEndError, WitText, surround
from harness.fuzz.bucket import message_shape
from harness.fuzz.case_text import CaseParts, case_text
from harness.fuzz.wit_reducer import reduce_wit
from harness.judge.findings import failed
from harness.process.children import ProcessLimits, Running
from harness.process.steps import StepLost
from harness.submission.command import Command, InputWord, with_output
from harness.suite.case import parse_case
from harness.toolchains.output import BadOutput, read_output
from harness.toolchains.protocol import BuildResult, Built, InvalidOutput, Panicked, Refused, TimedOut
from harness.toolchains.tool_exit import await_end
from reports.outcomes import Outcome

ATTEMPTS = 400
"""Of a reduction: each starts the command once."""
_STAGE = "run"


@dataclass(frozen=True, slots=True)
class Failure:
    """How a command fails. `message`: its own words, or those of the validator that refuses its output."""

    outcome: Outcome
    message: str

    @property
    def shape(self) -> tuple[Outcome, str]:
        """Equal for the same failure with other names and numbers."""
        return self.outcome, message_shape(self.message)

    @property
    def words(self) -> str:
        """For a title: what it does, and the line of its message that says most."""
        verb = {
            Outcome.TOOL_PANICKED: "panics",
            Outcome.INVALID_OUTPUT: "writes an invalid output",
            Outcome.TIMED_OUT: "does not end",
        }.get(self.outcome, "refuses")
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        after = [line for before, line in itertools.pairwise(lines) if "panicked at" in before]
        said = (after or [line for line in lines if not line.startswith("thread ")] or [""])[0]
        return f"{verb}: {said.removeprefix('error: ')}"[:160].rstrip(": ")


@dataclass(frozen=True, slots=True)
class RunCommand:
    """The task of a worker; its answer is the failure, None if the command works."""

    words: tuple[str, ...]

    def perform(self, bench: Workbench) -> Failure | None:
        return _failure(bench, self.words)


@dataclass(frozen=True, slots=True)
class ReduceByCommand:
    """The task of a worker; its answer is the case with less WIT, and the number of attempts. `text`: the case.
    `failure`: what the command must show."""

    command: Command
    input: InputWord
    text: str
    failure: Failure

    def perform(self, bench: Workbench) -> tuple[str, int]:
        attempts = 0
        case = parse_case(self.text)
        assert isinstance(case.wit, str)

        def fails(wit: str) -> bool:
            nonlocal attempts
            if attempts >= ATTEMPTS or not _is_world(bench, wit, case.features, attempts):
                return False
            attempts += 1
            return self._shows(bench, wit, attempts)

        wit = reduce_wit(case.wit, fails) if fails(case.wit) else case.wit
        unnamed = _only_world(bench, wit, case.features)
        parts = CaseParts(case.title, case.why, wit, case.world, case.features, origin=case.origin)
        parts = replace(parts, encodings=case.encodings, made_by=case.made_by, world=None if unnamed else case.world)
        return case_text(parts), attempts

    def _shows(self, bench: Workbench, wit: str, attempt: int) -> bool:
        with tempfile.TemporaryDirectory(dir=bench.settings.directory) as folder:
            path = Path(folder) / "world.wit"
            path.write_text(wit)
            found = _failure(bench, self.command.with_input(self.input, path), f"attempt {attempt}: ")
        return found is not None and found.shape == self.failure.shape


def _is_world(bench: Workbench, wit: str, features: Sequence[str], attempt: int) -> bool:
    try:
        with bench.steps.bounded(f"try {attempt}: read"):
            surround(WitText(wit, "world.wit"), None, [name for name in features if name in wit])
    except (FrontEndError, StepLost) as error:
        return "has several worlds" in str(error)
    return True


def _only_world(bench: Workbench, wit: str, features: Sequence[str]) -> bool:
    try:
        with bench.steps.bounded("read"):
            surround(WitText(wit, "world.wit"), None, [name for name in features if name in wit])
    except (FrontEndError, StepLost):
        return False
    return True


def _failure(bench: Workbench, words: Sequence[str], prefix: str = "") -> Failure | None:
    limits = bench.settings.tool_limits
    with tempfile.TemporaryDirectory(dir=bench.settings.directory) as folder:
        output = Path(folder) / "output.wasm"
        words, named = with_output(words, output)
        result = await_end(Running(words, limits), _STAGE, limits)
        if isinstance(result, Built):
            result = _read(bench, result, output if named else None, limits, prefix)
    match result:
        case Refused(message) | InvalidOutput(message):
            return Failure(failed(result)[0], message)
        case Panicked(_, message):
            return Failure(Outcome.TOOL_PANICKED, message)
        case TimedOut(seconds):
            return Failure(Outcome.TIMED_OUT, f"it did not end within {seconds:g} s")
    return None


def _read(bench: Workbench, result: Built, output: Path | None, limits: ProcessLimits, prefix: str) -> BuildResult:
    """The output, validated if it is binary."""
    data = result.data
    if output is not None:
        try:
            data = read_output(output, limits.output)
        except BadOutput as error:
            return Panicked(0, f"it ended with code 0 and {error}", _STAGE)
    if not data.startswith(b"\0asm"):
        return Built(data)
    engine = bench.engine(EngineKind.WINCH)
    component = data[4:8] == b"\x0d\0\1\0"
    with bench.steps.bounded(f"{prefix}validate"):
        message = engine.component_refusal(data) if component else engine.refusal(data)
    return Built(data) if message is None else InvalidOutput(message, _STAGE, data)
