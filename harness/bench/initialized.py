"""Subjects that `component init` has pre-initialised: those that it refuses, and what goes wrong only with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.composition.interpreter_world import WASI
from harness.judge.observation import CellRun
from harness.judge.party import initializer_of
from harness.judge.verdict import NotInitialized, Verdict
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.toolchains.cells import OURS
from harness.toolchains.protocol import INITIALIZE, BuildResult, Refused
from reports.outcomes import Outcome


def hooked(plan: Plan, initializer: str) -> list[str]:
    """Why a plan has no pre-initialised subject: its task hooks also run around the initialisation, and a snapshot
    keeps what they note."""
    if initializer and plan.hooks[Role.SUBJECT]:
        return ["--init: the task hooks of the subject would also see the call that initialises it"]
    return []


def wasi_twice(plan: Plan, initializer: str, adapted: bool) -> list[str]:
    """Why a plan has no subject whose initialisation uses WASI: its world imports WASI from the provider."""
    imports = [key for key in plan.worlds[Role.SUBJECT].imports if key is not None and key.startswith(WASI)]
    if not (initializer and adapted and imports):
        return []
    return [f"--init: the world imports {imports[0]}, which the initialisation may call through its adapter"]


def not_initialized(cells: Sequence[CellRun]) -> dict[str, NotInitialized]:
    """The cells whose subject cannot be pre-initialised, with the reason: nothing was compared in them."""
    found = {}
    for run in cells:
        made = run.builds[Role.SUBJECT].component
        reason = refusal(made, "the subject")
        if reason is not None:
            found[str(run.cell)] = reason
    return found


def refusal(made: BuildResult | None, what: str) -> NotInitialized | None:
    """Why `what` cannot be pre-initialised; None if it was, or if something else went wrong."""
    if isinstance(made, Refused) and made.stage == INITIALIZE:
        return NotInitialized(what, made.message)
    return None


def by_initialization(verdict: Verdict, without: Callable[[], Verdict], initializer: str = OURS) -> Verdict:
    """The verdict on pre-initialised subjects that names their initialisation if nothing else is wrong. `without`: the
    verdict on the same subjects as they were linked."""
    if verdict.outcome.good or verdict.outcome.undecided:
        return verdict
    plain = without()
    if plain.outcome is Outcome.PASS:
        note = "without pre-initialisation all is right"
        return replace(verdict, minority=(initializer_of(initializer),), notes=(*verdict.notes, note))
    # A known fault can show in another form after initialisation: then the votes of this verdict stay.
    minority = verdict.minority if plain.outcome is Outcome.EXPECTED_FAILURE else plain.minority
    note = f"without pre-initialisation: {plain.outcome}"
    return replace(verdict, minority=minority, notes=(*verdict.notes, note))
