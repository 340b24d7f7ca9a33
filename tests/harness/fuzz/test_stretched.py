"""Things that are counted are many now and then: each of them, on both sides of what one byte or two can count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from random import Random

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.worlds import Profile, random_world
from harness.fuzz.worlds import packages as drawing
from harness.fuzz.worlds.ast import Container, Package, World
from harness.fuzz.worlds.names import ScopeNames
from harness.fuzz.worlds.stretched import BEYOND_A_BYTE, DIMENSIONS, LEVELS, SIDES, stretch
from harness.fuzz.worlds.text import wit_text
from harness.planner.bare import check_plan
from harness.planner.representations import EDGE_REPS
from harness.values.allowance import VERY_LONG, Allowance
from harness.values.sampling import Sampler
from harness.world import types as t
from tests.harness.fuzz.sources import seeded

CAMPAIGN = 2000
"""Worlds of a campaign of a few minutes."""


class Chosen:
    """The choices that are given, then the simplest."""

    def __init__(self, *choices: int) -> None:
        self._left = list(choices)

    def integer(self, low: int, high: int) -> int:
        return self._left.pop(0) if self._left else low

    @contextmanager
    def span(self, label: str) -> Iterator[None]:
        yield


@cache
def drawn() -> Counter[str]:
    found: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patch:

        def watched(*args: object) -> tuple[str, int]:
            dimension, count = stretch(*args)  # type: ignore[arg-type]
            found[dimension] += 1
            return dimension, count

        patch.setattr(drawing, "stretch", watched)
        for seed in range(CAMPAIGN):
            random_world(seeded(seed), Profile())
    return found


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_campaign_meets(dimension: str) -> None:
    assert drawn()[dimension] >= 1


def test_a_world_in_200_numbers_types_of_one_kind_beyond_a_byte() -> None:
    """Type numbers of 8 bits are otherwise found in one world of 350."""
    assert drawn()["records"] >= CAMPAIGN / 200


def test_most_worlds_are_small() -> None:
    assert sum(drawn().values()) < CAMPAIGN / 10


def _listed(pattern: str, text: str) -> int:
    match = re.search(pattern, text)
    assert match is not None
    return match[1].count(", ") + 1


def counted(dimension: str, text: str) -> int:
    """The number of such items in a text."""
    match dimension:
        case "fields" | "cases" | "labels":
            return _listed(r"(?:record|variant|enum) \S+ \{ (.*) \}", text)
        case "items":
            return _listed(r"tuple<(.*)>", text)
        case "parameters":
            return _listed(r"func\((.*)\)", text)
        case "name":
            return max(map(len, re.findall(r"[a-z-]+(?=: func)", text)))
        case "levels":
            return len(re.findall(r"(list|option|tuple)<", text.partition("->")[0])) + 1
    patterns = {
        "imports": "import .*: func",
        "exports": "export .*: func",
        "interfaces": "import ",
        "types": "record|enum",
    }
    words = {
        "records": "record",
        "aliases": "type",
        "resources": "resource",
        "functions": "call",
        "methods": r"n\d+: func",
    }
    return len(re.findall(rf"^ +({patterns.get(dimension) or words[dimension]})", text, re.M))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_it_is_valid_and_has_as_many(dimension: str) -> None:
    package = Package("a", "b", None)
    world = World(Container("w", package, is_world=True))
    counts = {"levels": LEVELS, "aliases": LEVELS, "records": BEYOND_A_BYTE}.get(dimension, SIDES)
    place = min(3, len(counts) - 1)
    found = stretch(Chosen(DIMENSIONS.index(dimension), place), package, world, ScopeNames())
    count = counts[place]
    assert found == (dimension, count)
    text = wit_text([package], world, None)
    surround(WitText(text, "w.wit"))
    assert counted(dimension, text) == count


@pytest.mark.parametrize("length", VERY_LONG)
def test_values_of_every_length(length: int) -> None:
    lengths: set[tuple[str, int]] = set()
    for seed in range(60):
        sampler = Sampler(Random(seed), allowance=Allowance(strings=1, sequences=1))
        for _ in range(30):
            string, numbers = sampler.sample(t.Prim.STRING), sampler.sample(t.List(t.Prim.U16))
            pairs = sampler.sample(t.Map(t.Prim.U8, t.Prim.BOOL))
            assert isinstance(string, str)
            assert isinstance(numbers, tuple)
            assert isinstance(pairs, tuple)
            lengths |= {("string", len(string.encode())), ("list", len(numbers)), ("map", len(pairs))}
    assert {kind for kind, found in lengths if found == length} == {"string", "list", "map"}


def test_without_an_allowance_nothing_is_very_long() -> None:
    for seed in range(50):
        value = Sampler(Random(seed)).sample(t.List(t.Prim.U16))
        assert isinstance(value, tuple)
        assert len(value) < VERY_LONG[0]


WORLD = (
    "package a:b; interface i { resource r { constructor(); } f: func(a: string, b: list<u8>); } world w { export i; }"
)


def test_few_plans_have_them() -> None:
    for whole, least in ((True, 50), (False, 10)):
        drawn = [Allowance.drawn(Random(seed), whole) for seed in range(2000)]
        assert 50 <= sum(allowance.strings for allowance in drawn) <= 100
        assert least <= sum(allowance.sequences for allowance in drawn) <= 100


def test_representations_are_at_the_ends() -> None:
    reps: set[int] = set()
    for seed in range(20):
        for run in check_plan(WitText(WORLD, "w.wit"), seed=seed, calls=30).runs:
            made = re.findall(r"^new \d+ \S+ \S+ (\d+)$", "\n".join(run.scripts.values()), re.M)
            assert len(made) == len(set(made)), "each resource has its own"
            reps |= set(map(int, made))
    assert set(EDGE_REPS) <= reps
