"""Random worlds import an interface in several versions, on both sides of the rules that linkers merge them by."""

from __future__ import annotations

from functools import cache

import pytest

from harness.frontend.front_end import WitText, surround
from harness.fuzz.worlds import Profile, random_world
from harness.fuzz.worlds import packages as drawing
from harness.fuzz.worlds.ast import Container, Package, World
from harness.fuzz.worlds.text import wit_text
from harness.fuzz.worlds.versions import add_versions
from harness.plan.roles import Role
from harness.planner.bare import check_plan
from harness.world.merging import Merging, merging
from tests.harness.fuzz.sources import seeded

WORLDS = 150


def text_of(seed: int) -> tuple[str, tuple[str, ...]]:
    packages = [Package("a", "b", None)]
    world = World(Container("w", packages[0], is_world=True))
    versions = add_versions(seeded(seed), packages, world, resources=True)
    return wit_text(packages, world, None), versions


def merging_of(seed: int) -> Merging:
    plain = surround(WitText(text_of(seed)[0], "w.wit"), "w", merge_versions=False)
    return merging(plain.parts[Role.SUBJECT].world)


@cache
def drawn() -> list[tuple[tuple[str, ...], Merging]]:
    return [(text_of(seed)[1], merging_of(seed)) for seed in range(WORLDS)]


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ("1.2.0", "1.10.0", True),
        ("1.2.0+build.1", "1.10.0", True),
        ("0.1.9", "0.1.10", True),
        ("1.10.0", "2.0.0", False),
        ("0.1.10", "0.2.0", False),
        ("0.0.1", "0.0.2", False),
        ("1.10.0-rc.1", "1.10.0", False),
    ],
)
def test_both_sides_of_each_rule_occur(one: str, other: str, merged: bool) -> None:
    both = [found.names for versions, found in drawn() if one in versions and other in versions]
    assert both
    for names in both:
        replaced = {_version(old): _version(new) for old, new in names.items()}
        assert one in replaced if merged else replaced.get(one) != other


def _version(name: str) -> str:
    return name.rpartition("@")[2]


def test_some_cannot_be_merged_and_most_can() -> None:
    conflicts = [found.conflict for _, found in drawn() if found.names]
    assert 0 < sum(map(bool, conflicts)) < len(conflicts) / 2


@pytest.mark.parametrize("seed", range(12))
def test_they_run(seed: int) -> None:
    plan = check_plan(WitText(text_of(seed)[0], "w.wit"), "w", seed=seed, calls=10)
    assert not plan.unsupported
    assert plan.runs[0].calls


def test_one_world_in_sixteen_has_them() -> None:
    with pytest.MonkeyPatch.context() as patch:
        seen: list[int] = []
        patch.setattr(drawing, "add_versions", lambda *_: seen.append(1))
        for seed in range(320):
            random_world(seeded(seed), Profile())
        assert 8 <= len(seen) <= 40
        seen.clear()
        for seed in range(50):
            random_world(seeded(seed), Profile(versions=False))
            random_world(seeded(seed), Profile(packages=False))
        assert not seen
