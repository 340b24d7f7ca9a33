"""Scripts that use a value of run time where only a handle of a resource fits: the model says that it cannot tell."""

from __future__ import annotations

import pytest

from harness.model import Unpredictable
from harness.script import async_operations as ao
from harness.script import operations as s
from tests.harness.concurrency.runs import Scripts, export, place, reg, run, start


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (ao.NewEnds(0, 1, place("marks")), "an end of a stream or future"),
        (start("none", 0), "a call"),
        (ao.NewSet(0), "a waitable set"),
    ],
)
def test_a_drop_of_something_that_is_no_handle(made: s.Op, words: str) -> None:
    scripts = Scripts([run(made, s.Drop(reg(0)))], [export("none", ao.Yield(1), s.Return())])
    with pytest.raises(Unpredictable, match=f"the resource of {words} is not known"):
        scripts.predict()
