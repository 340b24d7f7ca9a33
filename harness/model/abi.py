"""The asynchronous functions that are lowered or lifted synchronously."""

from __future__ import annotations

from dataclasses import dataclass

from harness.plan.roles import Role


@dataclass(frozen=True, slots=True)
class Abi:
    """The choices of `--async` that the world does not show: functions that are not lowered or lifted by their type.

    A function is named by its component and its canonical name there.
    """

    lowered_synchronously: frozenset[tuple[Role, str]] = frozenset()
    """Imported asynchronous functions that are called without the `async` option."""
    lifted_synchronously: frozenset[tuple[Role, str]] = frozenset()
    """Exported asynchronous functions without the `async` option."""
    blocking_runs: frozenset[Role] = frozenset()
    """Components whose `run` and `finish` are lifted synchronously (interpreters/ASYNC.md)."""


AS_TYPED = Abi()
