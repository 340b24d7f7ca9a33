"""An asynchronous run taken apart, so that tests can change it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.engine.results import RunResult, Trap
from harness.judge.observation import Observation
from harness.plan.roles import Role
from harness.trace.reader import TraceReader

Parts = list[tuple[Role, str]]
"""What the host heard, in order."""


def split(result: RunResult) -> Iterator[tuple[Role, str]]:
    heard = dict.fromkeys(result.traces, 0)
    for role, length in result.order:
        yield role, result.traces[role][heard[role] : heard[role] + length]
        heard[role] += length


def joined(parts: Parts, trap: Trap | None = None) -> Observation:
    whole = {role: "".join(text for owner, text in parts if owner is role) for role in Role}
    whole = {role: text for role, text in whole.items() if text}
    result = RunResult(whole, trap, tuple((role, len(text)) for role, text in parts))
    return Observation(result, {role: TraceReader().read(text) for role, text in whole.items()})
