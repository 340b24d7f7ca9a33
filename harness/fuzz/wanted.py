"""The finding that a user means: the first one, one by its number in the list of all, or one by its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a file in words; their numbers count from 1. `chosen`: the number of the one to reduce, 0 if
    there is none. `allowed`: for each of them, whether it may be chosen."""

    all: tuple[str, ...] = ()
    chosen: int = 0
    allowed: tuple[bool, ...] = ()

    @property
    def finding(self) -> str:
        """The chosen one; empty if there is none."""
        return self.all[self.chosen - 1] if self.chosen else ""

    @property
    def others(self) -> dict[int, str]:
        """All but the chosen one, by number."""
        return {number: text for number, text in enumerate(self.all, 1) if number != self.chosen}

    @property
    def choices(self) -> list[int]:
        """The numbers of the others that may be chosen."""
        return [number for number in self.others if self.allowed[number - 1]]


NO_FINDINGS = Findings()


@dataclass(frozen=True, slots=True)
class Wanted:
    """`given`: the number of a finding, or a part of its description; empty: the first finding will do."""

    given: str = ""

    @property
    def number(self) -> int | None:
        return int(self.given) if _NUMBER.fullmatch(self.given) else None

    @property
    def words(self) -> list[str]:
        """The option of a command that chooses the same."""
        return ["--finding", self.given] if self.given else []

    def among(self, described: Sequence[str], allowed: Sequence[bool]) -> Findings:
        """The findings with the chosen one: the first allowed one that is wanted."""
        fitting = (
            number
            for number, (text, may) in enumerate(zip(described, allowed, strict=True), 1)
            if may and (number == self.number if self.number is not None else self.given in text)
        )
        return Findings(tuple(described), next(fitting, 0), tuple(allowed))


FIRST = Wanted()
