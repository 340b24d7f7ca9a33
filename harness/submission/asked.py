"""What the author asks for in a case of a world."""

from __future__ import annotations

from dataclasses import dataclass

from harness.submission.wording import Wording


@dataclass(frozen=True, slots=True)
class Asked:
    """`world` and `features` choose the world. `calls`: as people type them; without any, `seed` draws about `count`
    of them."""

    world: str | None
    features: tuple[str, ...]
    calls: tuple[str, ...]
    seed: int
    count: int
    told: Wording

    @property
    def chooses(self) -> bool:
        """Whether it chooses the world, or calls of it."""
        return bool(self.world or self.features or self.calls)
