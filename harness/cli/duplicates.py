"""Which cases a new one may not repeat, and which of them it repeats."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from harness.cli.chosen import as_argument
from harness.suite.case import Case
from harness.suite.link_case import LinkCase

_Shown: TypeAlias = Callable[[], Set[str]]
_ShownBy: TypeAlias = Callable[[Path], Set[str]]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The cases under `suite`, and those in the folder of `output`, the file of the new case. `own`: the file that the
    case is made from, which is no neighbour."""

    suite: Path
    output: Path
    own: Path

    def same(self, case: Case | LinkCase) -> str:
        """That the same case is there; empty if it is not."""
        found, words = same_cases(case, self._files())
        return self._there(f"the same case is there already, {words}", found)

    def with_same_finding(self, case: Case | LinkCase, shown: _Shown, shown_by: _ShownBy) -> str:
        """That a case with the same world, or the same libraries, has the same finding; empty if none has. `shown` runs
        the case and tells its findings, `shown_by` those of the case in a file."""
        like = _like(case, self._files())
        own = shown() if like else frozenset()
        found = [path for path in like if own & shown_by(path)]
        what = "libraries" if isinstance(case, LinkCase) else "world"
        return self._there(f"the same finding in the same {what} is there already", found)

    def _files(self) -> list[Path]:
        """Those of the suite first; each once."""
        files = [*sorted(self.suite.rglob("*.toml")), *sorted(self.output.parent.glob("*.toml"))]
        by_place = {path.resolve(): path for path in reversed(files) if path.is_file()}
        by_place.pop(self.own.resolve(), None)
        return [path for path in dict.fromkeys(files) if by_place.get(path.resolve()) == path]

    def _there(self, words: str, found: list[Path]) -> str:
        if not found:
            return ""
        beside = [path for path in found if not path.resolve().is_relative_to(self.suite.resolve())]
        advice = f"\n  hand in {as_argument(beside[0])}; to make it again, remove it first" if beside else ""
        return f"{words}: {', '.join(map(str, found))}{advice}"


def same_cases(case: Case | LinkCase, files: list[Path]) -> tuple[list[Path], str]:
    """The files with the same case, and what they may differ in."""
    if isinstance(case, LinkCase):
        from harness.fuzz.same_link_case import same_link_cases

        return same_link_cases(case, files), "up to spaces and comments"
    from harness.fuzz import same_case

    return same_case.same_cases(case, files), "up to its names"


def _like(case: Case | LinkCase, files: list[Path]) -> list[Path]:
    if isinstance(case, LinkCase):
        from harness.fuzz.same_link_case import same_libraries

        return same_libraries(case, files)
    from harness.fuzz.same_case import same_worlds

    return same_worlds(case, files)
