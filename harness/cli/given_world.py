"""The options of `harness submit` for a source that is not a case yet."""

from __future__ import annotations

from dataclasses import dataclass

from harness.submission.wording import Wording


@dataclass(frozen=True, slots=True)
class GivenWorld:
    world: str | None
    features: tuple[str, ...]
    calls: tuple[str, ...]
    seed: int
    count: int
    told: Wording

    @property
    def given(self) -> bool:
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
