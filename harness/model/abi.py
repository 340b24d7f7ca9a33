"""Which functions of asynchronous type are lowered or lifted synchronously."""

from __future__ import annotations

from dataclasses import dataclass

from harness.plan.roles import Role


@dataclass(frozen=True, slots=True)
class Abi:
    """The choices of `--async` that the world does not show: exceptions from "as the type is".

    Functions by the component and their canonical names there.
    """

    lowered_synchronously: frozenset[tuple[Role, str]] = frozenset()
    """Imported asynchronous functions that are called without the `async` option."""
    lifted_synchronously: frozenset[tuple[Role, str]] = frozenset()
    """Exported asynchronous functions without the `async` option."""
    blocking_runs: frozenset[Role] = frozenset()
    """Components whose `run` and `finish` are lifted synchronously (interpreters/ASYNC.md)."""


AS_TYPED = Abi()
