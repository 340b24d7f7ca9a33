"""States that explain the same events, and continue in the same way, are one state."""

from __future__ import annotations

import sys

import pytest

from harness.model.concurrency import Abi, Explained
from harness.model.concurrency.forking import fingerprint
from harness.plan.roles import Role
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import Scripts, X, crossings, export, run, u32

CALLS = 60
SYNCHRONOUSLY = crossings(abi=Abi(lowered_synchronously=frozenset({(Role.SUBJECT, f"{X}#none")})))
YIELDS = Scripts(
    [run(ao.Yield(1), s.Call(X, "none", None, ()), *[s.Call(X, "plain", 0, (u32(1),)) for _ in range(CALLS)])],
    [export("none", ao.Yield(1), s.Return()), *[export("plain", s.Return(u32(2))) for _ in range(CALLS)]],
    SYNCHRONOUSLY,
)
"""Whether the callee's yield blocks is free. If it does, the subject waits, and a cancellation would not resume it; if
not, it goes on at once, and what it waited for last was its own yield."""


def test_how_a_thread_waited_does_not_matter_when_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise there are two states to the end of the run, and they are compared after each event."""
    compared: list[object] = []

    def counted(state: object) -> list[object]:
        compared.append(state)
        return fingerprint(state)

    monkeypatch.setattr(sys.modules["harness.model.concurrency.follow"], "fingerprint", counted)
    lines = YIELDS.lines()
    assert len(lines) > 5 * CALLS
    assert isinstance(YIELDS.follow(lines), Explained)
    assert 0 < len(compared) < 10, "two states that are equal, once they have the same summary"
