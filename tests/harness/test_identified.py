"""Traces of one component whose tasks took turns in another order: the same, or not."""

from __future__ import annotations

import pytest

from harness.trace.identified import identified
from harness.trace.reader import TraceReader

ONE = "task 1\nset_new = 3\njoin 2 3\nexport_async_call 0 = 50\n"
"""Waits in its set: code 2, set 3."""
NUMBERED = "task {task}\nset_new = {set}\njoin 9 {set}\nset_drop {set}\n"
TWO_CALLS = "task 1\nimport_start 0 = {first}\nimport_start 0 = {second}\nevent 1 {told} 2\nsubtask_drop {told}\n"

PAIRS: dict[str, tuple[str, str, bool]] = {
    "the same": (ONE, ONE, True),
    "numbers of handles": (ONE, ONE.replace("3", "7").replace("50", "114"), True),
    "another set to wait in": (ONE, ONE.replace("= 50", "= 66"), False),
    "another code": (ONE, ONE.replace("= 50", "= 51"), False),
    "numbers and order of tasks": (
        NUMBERED.format(task=1, set=3) + "task 2\nrun_return\n",
        "task 1\nrun_return\n" + NUMBERED.format(task=2, set=4),
        True,
    ),
    "a number that is used again": (
        NUMBERED.format(task=1, set=3) + NUMBERED.format(task=2, set=3),
        NUMBERED.format(task=1, set=3) + NUMBERED.format(task=2, set=4),
        True,
    ),
    "told of the first call": (
        TWO_CALLS.format(first=33, second=49, told=2),
        TWO_CALLS.format(first=65, second=81, told=4),
        True,
    ),
    "told of the second": (
        TWO_CALLS.format(first=33, second=49, told=2),
        TWO_CALLS.format(first=33, second=49, told=3),
        False,
    ),
    "a state": (
        TWO_CALLS.format(first=33, second=49, told=2),
        TWO_CALLS.format(first=32, second=49, told=2),
        False,
    ),
    "the order within a task": ("task 1\nrun_return\ntask_cancel\n", "task 1\ntask_cancel\nrun_return\n", False),
    "the task of an event": (
        "task 1\nrun_return\ntask 2\ntask_cancel\n",
        "task 1\nrun_return\ntask_cancel\n",
        False,
    ),
    "an end": (
        "task 1\nstream_new 0 = 5 6\nstream_drop_readable 0 5\n",
        "task 1\nstream_new 0 = 6 5\nstream_drop_readable 0 5\n",
        False,
    ),
    "resources": (
        "task 1\nresource_new 0 7 = 1\nresource_drop 0 1\n",
        "task 1\nresource_new 0 7 = 2\nresource_drop 0 2\n",
        True,
    ),
    "a resource that an end is not": (
        "task 1\nresource_new 0 7 = 1\nstream_drop_readable 0 1\n",
        "task 1\nresource_new 0 7 = 2\nstream_drop_readable 0 1\n",
        False,
    ),
}


@pytest.mark.parametrize(("one", "other", "same"), PAIRS.values(), ids=PAIRS)
def test_the_same_up_to_order_and_numbers(one: str, other: str, same: bool) -> None:
    traces = [TraceReader().read(text).tasks for text in (one, other)]
    assert traces[0] is not None and traces[1] is not None
    first, second = map(identified, filter(None, traces))
    assert (first == second) is same
