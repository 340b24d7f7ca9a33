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

    def words(self, seed: int, count: int) -> list[str]:
        """The options of a command that says the same. `seed`, `count`: the values that no option need say."""
        told = self.told
        named = [("--world", self.world or ""), ("--title", told.title), ("--why", told.why)]
        named += [("--features", feature) for feature in self.features]
        named += [("--call", call) for call in self.calls]
        named += [("--origin", link) for link in told.origin]
        named += [("--seed", str(self.seed))] if self.seed != seed else []
        named += [("--calls", str(self.count))] if self.count != count else []
        return [word for option, value in named if value for word in (option, value)]
