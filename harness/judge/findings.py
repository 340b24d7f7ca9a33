"""Findings: of differences, of tools that gave no output, of an engine that refused or did not finish."""

from __future__ import annotations

from collections.abc import Sequence

from harness.engine.results import Rejected
from harness.engine.traps import engine_fault
from harness.judge.difference import Difference
from harness.judge.observation import Observation
from harness.judge.topic import OfCell, Topic
from harness.judge.verdict import Finding
from harness.plan.outcomes import TrapClass
from harness.toolchains.protocol import BuildFailure, InvalidOutput, Panicked, Refused, TimedOut
from reports.outcomes import Outcome

_FAULT = "the engine found a bug in itself"
_SIGKILL = 9


def findings_of(differences: Sequence[Difference]) -> list[Finding]:
    """The findings for differences from the expected content."""
    return [Finding(Outcome.FAIL, str(difference), difference) for difference in differences]


def engine_fault_of(observation: Observation) -> str:
    """The engine's message about a bug in itself that ended a run; empty if none did."""
    result = observation.result
    if isinstance(result, Rejected):
        fault = engine_fault(result.message)
        return f"{_FAULT}, in {result.stage}: {fault}" if fault else ""
    trap = result.trap
    if trap is None or trap.kind is not TrapClass.ENGINE_FAULT:
        return ""
    return f"{_FAULT}, in {trap.entry}: {trap.detail}"


def refused_by_engine(cell: str, rejected: Rejected) -> Finding:
    """Findings about outputs of tools that the engine refuses or does not finish."""
    if fault := engine_fault(rejected.message):
        outcome, text = Outcome.ENGINE_FAULT, f"{_FAULT}, in {rejected.stage}: {fault}"
    elif rejected.signal:
        outcome, text = _ended(rejected)
    else:
        outcome, text = Outcome.TIMED_OUT if rejected.timed_out else Outcome.INVALID_OUTPUT, str(rejected)
    return Finding(outcome, text, topic=OfCell(cell))


def _ended(rejected: Rejected) -> tuple[Outcome, str]:
    """A signal ended the engine, or the composition before it, twice. No guest may do that to an engine, and no input
    to the harness, so it says nothing about a tool. SIGKILL comes from outside."""
    if rejected.signal == _SIGKILL:
        why = "the system killed the worker twice, at last while it ran alone, as it does when memory is short"
        return Outcome.HARNESS_ERROR, f"{why}; give it more memory, or make the input smaller"
    if rejected.stage == "compose":
        return Outcome.HARNESS_ERROR, f"a signal ended the harness twice, in compose: {rejected.message}"
    return Outcome.ENGINE_FAULT, f"a signal ended the engine twice, in {rejected.stage}: {rejected.message}"


def build_finding(what: Topic, failure: BuildFailure) -> Finding:
    """The finding that a tool did not build `what`."""
    outcome, text = failed(failure)
    return Finding(outcome, text, topic=what)


def command_finding(command: str, failure: BuildFailure) -> Finding:
    """The finding that a command for the subject failed. Which command it was is a part of the fault."""
    outcome, text = failed(failure)
    return Finding(outcome, f"{command}: {text}")


def failed(failure: BuildFailure) -> tuple[Outcome, str]:
    """What a tool did in the place of its output, in words."""
    match failure:
        case Refused(message, stage):
            return Outcome.FAIL, f"refused to {stage}: {message}"
        case Panicked(code, message, stage):
            return Outcome.TOOL_PANICKED, f"{stage} panicked (exit code {code}): {message}"
        case InvalidOutput(message, stage, _):
            return Outcome.INVALID_OUTPUT, f"{stage} gave an invalid output: {message}"
        case TimedOut(seconds, stage):
            return Outcome.TIMED_OUT, f"{stage} did not end within {seconds:g} s"
