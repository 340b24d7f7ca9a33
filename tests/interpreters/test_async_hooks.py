"""Task hooks of the interpreter for asynchronous worlds: every call in its place, around both ends of a call."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from tests.interpreters.composed import Build, Compose, Row, rows
from tests.interpreters.test_async_calls import CALLS


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("tools", ["ours", "reference"])
@pytest.mark.parametrize("row", rows("hooks"), ids=lambda row: row.name)
def test_task_hooks(composed: Compose, tools: str, kind: EngineKind, row: Row) -> None:
    build = Build(tools, 3, hooks="task-hook")
    row.check(CALLS, composed(CALLS, build).run(kind, row.scripts, row.entries))


@pytest.mark.parametrize("row", rows("hooks"), ids=lambda row: row.name)
def test_earlier_task_hooks(composed: Compose, row: Row) -> None:
    """The newest reference calls none of these."""
    seen = composed(CALLS, Build("ours", 3, hooks="init-task")).run(EngineKind.WINCH, row.scripts, row.entries)
    assert seen.lines == tuple(filter(None, map(_earlier, row.expected)))


@pytest.mark.parametrize("row", rows("hooks-sync"), ids=lambda row: row.name)
@pytest.mark.parametrize("tools", ["ours", "reference"])
def test_run_and_finish_lifted_synchronously(composed: Compose, tools: str, row: Row) -> None:
    build = Build(tools, 3, "async-sync", "task-hook")
    row.check(CALLS, composed(CALLS, build).run(EngineKind.WINCH, row.scripts, row.entries))


_EARLIER = {"0": "init_task 0", "2": "init_task 1", "6": "init_task 0"}


def _earlier(line: str) -> str:
    """The same event with the earlier hooks; empty if it is none there."""
    part, _, event = line.partition(" ")
    word, _, point = event.partition(" ")
    if word != "task_hook":
        return line
    return f"{part} {_EARLIER[point]}" if point in _EARLIER else ""
