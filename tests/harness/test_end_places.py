"""Where a world has types of streams and futures."""

from __future__ import annotations

import pytest

from harness.frontend.front_end import WitText, surround
from harness.plan.roles import Role
from harness.planner.end_places import EndPlaces
from harness.script.operations import TypePlace
from harness.world import types as t

WIT = """package a:b;
interface x { record q { a: u8 } f: func(a: u8, b: list<stream<q>>); g: func() -> future<stream<q>>; }
world w { import x; export x; }
"""
NAME = "stream<a:b/x#q>"


@pytest.fixture
def places() -> EndPlaces:
    return EndPlaces(surround(WitText(WIT, "w.wit")).parts[Role.SUBJECT].world)


@pytest.mark.parametrize(("exported", "side"), [(None, False), (False, False), (True, True)])
def test_the_first_place_on_a_side(places: EndPlaces, exported: bool | None, side: bool) -> None:
    for other in (None, False, True):
        places.first(NAME, other)  # what was asked before is another question
    found = places.first(NAME, exported)
    assert found is not None
    place, type = found
    assert place == TypePlace(side, "a:b/x", "f", 1, (0,))
    assert (type.canonical, places.side(type)) == (NAME, side)


def test_what_is_nowhere(places: EndPlaces) -> None:
    assert places.first("stream<u8>", None) is None
    assert places.side(t.Stream(None)) is None
    assert places.names(None) == [NAME, f"future<{NAME}>"]
