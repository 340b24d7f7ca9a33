"""Sources of worlds: choices, or `wasm-tools wit-smith`; `link` stands for link cases (`linking/`)."""

from __future__ import annotations

from dataclasses import dataclass

from harness.bench.workbench import Workbench
from harness.fuzz.choices import RandomSource
from harness.fuzz.smith import smith_world
from harness.fuzz.worlds import Profile, random_world

RANDOM, WIT_SMITH, LINK = "random", "wit-smith", "link"
SOURCES = (RANDOM, WIT_SMITH, LINK)


@dataclass(frozen=True, slots=True)
class DrawnWorld:
    """A WIT text, the world in it, and the seed of its values. `choices` made it; None where it has another origin."""

    wit: str
    name: str | None
    features: tuple[str, ...]
    script_seed: int
    choices: tuple[int, ...] | None = None


def draw_world(origin: str, source: RandomSource, profile: Profile, script_seed: int, bench: Workbench) -> DrawnWorld:
    """Raises `SmithError` where wit-smith cannot be asked or gives nothing."""
    if origin == WIT_SMITH:
        smith = smith_world(source, bench, profile)
        return DrawnWorld(smith.wit, smith.world, smith.features, script_seed)
    world = random_world(source, profile)
    return DrawnWorld(world.wit, world.world, world.features, script_seed, tuple(source.choices))
