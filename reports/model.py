"""A run's results as data. `reports/result.schema.json` describes the JSON form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum, unique

from reports.outcomes import Outcome

FORMAT = 2
"""Incremented when a reader of older results would misunderstand newer ones."""


ADDED = {"added": True}
"""The metadata of a field that older results of this format do not have: readers take its default."""
INTERRUPTED = "interrupted"
NOT_ENDED = "the run has not ended, or was killed"
"""The reason in a result file until its run ends, so that the file of a killed run does not look complete."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A toolchain that took part. `name` is its name in cells."""

    name: str
    tool: str
    version: str
    path: str = ""
    commands: tuple[str, ...] = ()
    """Its commands, with every flag."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The cell that a finding is about, where nothing could be compared. `text`: the message without the topic.
    `components`: those of its components that were not built; empty if it is about the cell as a whole."""

    cell: str
    text: str
    components: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `level` 1 to 3 (dylib, component, behaviour), 0 if nothing could be compared.

    `call`: the number of the call in the run that shows the fault, counted from 1; 0 if there is none. `before`: where
    a trap or a limit ended the run: the call, the last events, and those that should have come next. `rule`: what the
    specification says.
    """

    outcome: Outcome
    message: str
    level: int = 0
    aspect: str = ""
    role: str = ""
    path: str = ""
    expected: str = ""
    actual: str = ""
    run: int = 0
    call: int = 0
    before: str = ""
    rule: str = field(default="", metadata=ADDED)
    topic: Topic | None = field(default=None, metadata=ADDED)
    """None: about no single cell, or the comparison says which."""


@unique
class PartyKind(StrEnum):
    """What an opinion can be about."""

    TOOLCHAIN = "toolchain"
    BESIDE_FIRST = "toolchain beside the first"
    """Its outputs, compared with those of the first toolchain."""
    BETWEEN_HOSTS = "toolchain between hosts"
    CELL = "cell"
    INTERPRETER = "interpreter"
    """An interpreter that is not ours: in all cells, or in one."""
    FRONT_END = "front end"


@dataclass(frozen=True, slots=True)
class BuildOf:
    """How a component of a cell is built: a toolchain, or `GENERATOR+LINKER`."""

    role: str
    build: str


@dataclass(frozen=True, slots=True)
class Party:
    """Who an opinion is about. `toolchain`: its name; of a cell, the build of all its components if they have the same;
    of an interpreter, the build of the component that it is in. `engine` only of cells, and of an interpreter in one.
    """

    kind: PartyKind
    toolchain: str = ""
    interpreter: str = ""
    builds: tuple[BuildOf, ...] = ()
    """Of a cell whose components are built in several ways."""
    engine: str = ""

    @property
    def in_one_cell(self) -> bool:
        return bool(self.engine)


@dataclass(frozen=True, slots=True)
class Opinion:
    """The findings about one toolchain, cell, or other party. `expectation` is the id of the known fault that explains
    them."""

    toolchain: str
    """The name of the party."""
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    expectation: str = ""
    reason: str = ""
    party: Party | None = field(default=None, metadata=ADDED)
    """None: only its name is known."""


@dataclass(frozen=True, slots=True)
class Called:
    """The number of calls of a function."""

    function: str
    calls: int


@dataclass(frozen=True, slots=True)
class Ran:
    """The part of a case that ran. A call counts once, regardless of the number of `cells`. `runs`: the calls of each
    run as text, in JSON and at the user's request. `refusals`: the number of negative cases that the tools got."""

    calls: int = 0
    functions: tuple[Called, ...] = ()
    cells: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The events that a component must show and those that it showed, around the first that differs.

    `cells`: the cells that showed it. `first`: the number of the first event here, counted from 1; `at`: the number of
    the one that differs. `places`: of each expected event, the call and the place in its values.
    """

    cells: tuple[str, ...]
    run: int
    role: str
    first: int
    at: int
    expected: tuple[str, ...]
    seen: tuple[str, ...]
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """The subject as a generator and a linker built it. `library` and `component` are sizes in bytes, 0 if there is
    none; `wit` is the world of the component."""

    toolchains: str
    library: int
    component: int
    wit: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """Features of WIT that calls of the subject's imports or exports (`direction`) went through."""

    direction: str
    position: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """A function of an interpreter under test, without `wit_dylib_`: the number of its calls, and with which types."""

    function: str
    calls: int
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case or world and its verdict. `calls` are all calls of the failed run, in the order of the numbers in
    findings; `failed_run` is the number of that run, counted from 1. `repeat` is a command. `source` is the text of the
    case's file, which has its steps. `interface`: the functions of `wit_dylib.h` that ran, without `wit_dylib_`."""

    name: str
    title: str
    outcome: Outcome
    opinions: tuple[Opinion, ...] = ()
    minority: str = ""
    reason: str = ""
    unsupported: tuple[str, ...] = ()
    wit: str = ""
    calls: tuple[str, ...] = ()
    failed_run: int = 0
    repeat: str = ""
    artifacts: str = ""
    seconds: float = 0.0
    ran: Ran = field(default_factory=Ran)
    source: str = ""
    excerpts: tuple[Excerpt, ...] = ()
    made: tuple[Made, ...] = ()
    covered: tuple[Covered, ...] = ()
    interface: tuple[str, ...] = ()
    checklist: tuple[Used, ...] = field(default=(), metadata=ADDED)
    """All functions of an interpreter under test; empty if it was not counted."""
    notes: tuple[str, ...] = field(default=(), metadata=ADDED)
    """What is no fault: runs in another order of events that is allowed, too."""

    @property
    def area(self) -> str:
        """The first folder of its name."""
        folder, slash, _ = self.name.partition("/")
        return folder if slash else "(none)"

    @property
    def good(self) -> bool:
        return self.outcome.good

    @property
    def whole(self) -> bool:
        """Whether all of it ran: neither skipped nor with unsupported parts."""
        return self.outcome is not Outcome.SKIP and not self.unsupported


@dataclass(frozen=True, slots=True)
class Run:
    """`started` is ISO 8601 in UTC. `notes` are important facts for a reader (no reference, missing features)."""

    started: str
    seconds: float
    command: str
    tools: tuple[Tool, ...]
    engine: str
    notes: tuple[str, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds by stage, summed over workers."""
    strict: bool = False
    """Whether a case that did not run completely counts as a failure."""
    options: dict[str, str] = field(default_factory=dict)
    """The options in effect, also those that nobody gave: seed, calls, matrix, jobs, and so on."""
    planned: int = 0
    """The number of requested cases."""
    stopped: str = ""
    """Why the run broke off; empty after a complete run."""
    interface: tuple[str, ...] = ()
    """All functions of `wit_dylib.h`, without `wit_dylib_`."""

    @property
    def complete(self) -> bool:
        return not self.stopped and len(self.cases) >= self.planned

    def counts(self) -> dict[Outcome, int]:
        """Cases by outcome, in the order of `Outcome`, without those that did not occur."""
        counter = Counter(case.outcome for case in self.cases)
        return {outcome: counter[outcome] for outcome in Outcome if counter[outcome]}

    @property
    def good(self) -> bool:
        return not self.failed

    @property
    def failed(self) -> list[CaseResult]:
        """The cases that determine the exit code."""
        return [case for case in self.cases if not case.good or (self.strict and not case.whole)]
