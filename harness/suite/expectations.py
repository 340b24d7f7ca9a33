"""Known faults of tools as data, and the search for one that explains a finding."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from harness.suite.faults.bounded import search
from harness.suite.faults.condition import FaultCondition, Matched, Told, WorldFacts


@dataclass(frozen=True, slots=True)
class Expectation:
    """One known fault. `cases` empty: any world may show it, so a world that does not is no surprise."""

    id: str
    tool: str
    outcome: str
    reason: str
    source: str
    """A link or a reproduction."""
    cases: tuple[str, ...] = ()
    message: str = ""
    conditions: tuple[FaultCondition, ...] = ()
    beside: str = ""
    """The id of an entry that must explain another failure of the tool in the same world."""
    place: str = field(default="", compare=False)
    """Where `message` stands: its file, its entry and its key."""

    def concerns(self, case: str) -> bool:
        return not self.cases or case in self.cases or any(fnmatch.fnmatchcase(case, pattern) for pattern in self.cases)

    def possible(self, facts: WorldFacts) -> bool:
        """Whether the fault can show in the world of these facts."""
        return all(condition.possible(facts) for condition in self.conditions)

    def matches(self, case: str, told: Told, facts: WorldFacts | None) -> bool:
        """Whether everything holds apart from `beside`, which depends on other failures. `facts` None: nothing is known
        about the world."""
        if told.outcome != self.outcome or not self.concerns(case):
            return False
        named = search(self.message, told.message, self.place)
        if named is None:
            return False
        failure = Matched(told, named, facts)
        return all(condition.matches(failure) for condition in self.conditions)

    def demands(self, case: str) -> bool:
        """The case is named exactly, so a pass would be a surprise."""
        return case in self.cases


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expectations that apply to the tools of a run; `facts`: about the world in question, if it is known."""

    items: tuple[Expectation, ...] = ()
    facts: WorldFacts | None = None

    def about(self, facts: WorldFacts) -> Expectations:
        """The same, about the world of these facts. No condition is asked yet."""
        return replace(self, facts=facts)

    def within(self, case: str) -> Expectations:
        """The expectations that concern a case, for what is made of it under other names. They demand nothing."""
        return replace(self, items=tuple(replace(item, cases=()) for item in self.items if item.concerns(case)))

    def explain(self, tool: str, case: str, failures: Sequence[Told]) -> list[Expectation | None]:
        """For each failure of a tool in one world the entry that explains it, None if there is none. An entry that
        names the case comes before a general one."""
        mine = [item for item in self.items if item.tool == tool]
        seen = {item.id for item in mine if any(item.matches(case, told, self.facts) for told in failures)}
        mine = [item for item in mine if not item.beside or item.beside in seen]
        found = ([item for item in mine if item.matches(case, told, self.facts)] for told in failures)
        return [min(items, key=lambda item: not item.demands(case), default=None) for items in found]

    def demanded(self, tool: str, case: str) -> list[Expectation]:
        """Expectations that name this case, so the tool must not pass it silently, and whose fault its world can
        show."""
        named = [item for item in self.items if item.tool == tool and item.demands(case)]
        return [item for item in named if self.facts is None or item.possible(self.facts)]
