"""Kept handles: the last kept is taken first, the oldest is dropped first, and changes since a mark can be undone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.model.table import ResourceIdentity
from harness.plan.roles import Role
from harness.planner.kept import Kept

ROLE = Role.DRIVER
RESOURCES = [ResourceIdentity(Role.SUBJECT, f"a:b/c#r{number}") for number in range(3)]


def contents(kept: Kept) -> list[list[str]]:
    """All that is kept, taken out."""
    return [[kept.take(ROLE, resource) for _ in range(kept.count(ROLE, resource))] for resource in RESOURCES]


def do(kept: Kept, steps: list[tuple[int, bool]], first: int) -> None:
    for name, (number, keep) in enumerate(steps, first):
        if keep:
            kept.keep(ROLE, RESOURCES[number], str(name))
        elif kept.count(ROLE, RESOURCES[number]):
            kept.take(ROLE, RESOURCES[number])


STEPS = st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=20)


@given(STEPS, STEPS)
def test_a_reset_leaves_what_was_there_at_the_mark(
    before: list[tuple[int, bool]], after: list[tuple[int, bool]]
) -> None:
    expected, undone = Kept(), Kept()
    do(expected, before, 0)
    do(undone, before, 0)
    undone.mark()
    do(undone, after, 100)
    undone.reset()
    assert contents(undone) == contents(expected)


def test_the_oldest_gives_way() -> None:
    kept = Kept()
    for name, resource in enumerate(RESOURCES):
        kept.keep(ROLE, resource, str(name))
    kept.keep(ROLE, RESOURCES[0], "3")  # used again just now
    assert kept.oldest(ROLE) == RESOURCES[1]
    assert kept.take(ROLE, RESOURCES[0]) == "3"
    assert kept.oldest(Role.SUBJECT) is None
