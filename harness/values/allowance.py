"""The size of a sample: a budget for each sample, and very long values for few plans."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

BUDGET = 96
"""Maximum number of values in one sample, apart from values that types require and from one long list."""

VERY_LONG = (16_383, 16_384, 16_385, 65_535, 65_536, 65_537)
"""The same for 14 bits (two bytes of LEB128) and 16 bits."""

_STRINGS_ONE_IN, _WHOLE_ONE_IN, _SEQUENCES_ONE_IN = 30, 30, 120
"""The share of plans that may have a very long string, list of numbers given whole, or list or map element by
element."""


@dataclass(slots=True)
class Allowance:
    """The very long values that may be drawn: each costs as much as dozens of others, so most plans have none."""

    strings: int = 0
    sequences: int = 0
    """Lists and maps."""

    @classmethod
    def drawn(cls, random: Random, whole: bool) -> Allowance:
        """The allowance of a plan. `whole`: lists of numbers go as their bytes, which costs little."""
        one_in = _WHOLE_ONE_IN if whole else _SEQUENCES_ONE_IN
        return cls(int(not random.randrange(_STRINGS_ONE_IN)), int(not random.randrange(one_in)))

    def string(self, random: Random) -> int:
        """The length of a very long string, 0 for none."""
        if self.strings and random.randrange(6) == 5:
            self.strings -= 1
            return random.choice(VERY_LONG)
        return 0

    def sequence(self, random: Random) -> int:
        if self.sequences and random.randrange(4) == 3:
            self.sequences -= 1
            return random.choice(VERY_LONG)
        return 0


@dataclass(slots=True)
class Budget:
    """The number of values that the current sample may still contain."""

    left: int = BUDGET
