"""Links the libraries of a link case with each toolchain, runs the component and judges it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from harness.bench import artifacts
from harness.bench.conditional import under_conditions
from harness.bench.examination import Examination, Options
from harness.bench.exhibit import world_text
from harness.bench.initialized import by_initialization, refusal
from harness.bench.validated import by_own_validation
from harness.bench.workbench import Workbench
from harness.engine.features import missing
from harness.engine.results import EngineKind, Rejected
from harness.frontend.component_wit import component_world
from harness.judge.difference import Difference, Line
from harness.judge.endless import LITTLE, decided
from harness.judge.exhibits import Exhibits, Made
from harness.judge.explained import Judging
from harness.judge.findings import build_finding, findings_of, refused_by_engine
from harness.judge.judging import judge_alone
from harness.judge.ran import Ran, called
from harness.judge.same_world import built_world
from harness.judge.topic import OfProgram
from harness.judge.verdict import Finding, NotInitialized, Verdict, broken, misread, none_initialized, skipped, unusable
from harness.link_cases.coverage import link_coverage
from harness.link_cases.execute import execute
from harness.link_cases.prepare import Prepared, prepare
from harness.plan.roles import Role
from harness.process.owned import file_name
from harness.process.steps import StepLost
from harness.suite.link_case import LinkCase, load_link_case
from harness.suite.link_case_facts import facts_of_link_case
from harness.text.toml_lines import FileError
from harness.toolchains.cells import OURS
from harness.toolchains.lending import asked_of_linker, left_out
from harness.toolchains.protocol import BuildResult, Built, Refused, Toolchain
from reports.outcomes import Outcome


def examine_file(bench: Workbench, path: Path, name: str, options: Options) -> Examination:
    """The file of a link case."""
    started = time.perf_counter()
    try:
        with bench.steps.bounded("plan"):
            case = load_link_case(path)
            prepared = prepare(case)
    except FileError as error:
        return Examination(name, "", unusable(str(error)))
    except StepLost as lost:
        return Examination(name, "", broken(f"planning: {lost.loss.message}"))
    options, unasked = under_conditions(bench, options, case.conditions, name)
    left = _left_out(bench, case, options)
    verdict, linked, undemanded = _judged(bench, name, case, prepared, options)
    kept = ""
    if not verdict.outcome.good and options.artifacts is not None:
        kept = _keep_or_say_why(bench, options.artifacts, name, path, case, prepared)
    seconds = time.perf_counter() - started
    ran = _ran(case, prepared, [cell for made in linked for cell in made.cells], options)
    return Examination(
        name,
        case.title,
        verdict,
        case.wit,
        unsupported=(*unasked, *left.values(), *filter(None, [made.not_initialized for made in linked]), *undemanded),
        artifacts=kept,
        seconds=seconds,
        ran=ran,
        exhibits=_exhibits(case, prepared, linked) if options.exhibits else Exhibits(),
    )


def _exhibits(case: LinkCase, prepared: Prepared, linked: Sequence[_Linked]) -> Exhibits:
    """What a case covers that no toolchain got is nothing."""
    return Exhibits(
        made=tuple(made.exhibit() for made in linked), covered=link_coverage(case, prepared) if linked else ()
    )


def _left_out(bench: Workbench, case: LinkCase, options: Options) -> dict[str, str]:
    """Toolchains that lack the command for the component, or a requirement of the case."""
    names = list(bench.toolchains) if options.toolchains is None else list(options.toolchains)
    if case.alone:
        adapted = any(library.adapter for library in case.libraries)
        asked = ["new", "new-adapt"] if adapted else ["new"]
    else:
        asked = ["link", *asked_of_linker(case.options, case.libraries)]
    return left_out(bench.toolchains, names, asked)


def _made(bench: Workbench, toolchain: Toolchain, case: LinkCase, prepared: Prepared) -> BuildResult:
    """The component of a case, or the reason why there is none."""
    if not case.alone:
        return bench.builder.link(toolchain, prepared.libraries, case.options)
    if toolchain.embedder is None:
        return Refused(f"toolchain {toolchain.name} has no `new`", "new")
    adapters = [library for library in prepared.libraries if library.adapter]
    module = next(library for library in prepared.libraries if not library.adapter)
    job = toolchain.embedder.new(module.data, adapters)
    return bench.builder.collect(f"new by {toolchain.name}", toolchain, job)


def _ran(case: LinkCase, prepared: Prepared, cells: Sequence[str], options: Options) -> Ran:
    if case.refusal is not None:
        return Ran() if options.initializer else Ran(refusals=1)
    if not cells:
        return Ran()
    lines = (tuple(str(line) for call in prepared.calls for line in call.lines),) if options.list_calls else ()
    return called([call.function.canonical for call in prepared.calls], cells, lines)


class _Judged(NamedTuple):
    """`linked`: with the component of each toolchain. `undemanded`: why known faults need not show."""

    verdict: Verdict
    linked: Sequence[_Linked] = ()
    undemanded: Sequence[str] = ()


def examine_link_case(bench: Workbench, name: str, case: LinkCase, prepared: Prepared, options: Options) -> Verdict:
    """The results of a link case for each of the toolchains of `options`."""
    return _judged(bench, name, case, prepared, options).verdict


def _judged(bench: Workbench, name: str, case: LinkCase, prepared: Prepared, options: Options) -> _Judged:
    left = _left_out(bench, case, options)
    chosen = list(bench.toolchains) if options.toolchains is None else list(options.toolchains)
    names = [toolchain for toolchain in chosen if toolchain not in left]
    if not names:
        return _Judged(skipped("; ".join(left.values()) or "no toolchain has a version that it applies to"))
    if options.initializer and case.refusal is not None:
        return _Judged(skipped("--init: a program that linkers must refuse has no component"))
    lacking = [] if case.refusal is not None else missing(prepared.needs())
    if lacking:
        return _Judged(skipped("; ".join(lacking)))
    engines = [case.engine] if case.engine else list(EngineKind) if options.full_matrix else [options.engine]
    tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
    judging = Judging(name, tools, options.expectations.about(facts_of_link_case(case)))
    linked = {toolchain: _Linked(bench, toolchain, case, prepared, options.initializer) for toolchain in names}
    found = {toolchain: made.findings(engines) for toolchain, made in linked.items()}
    for toolchain in [toolchain for toolchain, made in linked.items() if made.not_initialized is not None]:
        del found[toolchain]
    if not found:
        return _Judged(none_initialized(filter(None, [made.not_initialized for made in linked.values()])))
    ends = next((made.ends for made in linked.values() if made.ends is not None), None)
    found = {toolchain: [decided(finding, ends) for finding in findings] for toolchain, findings in found.items()}
    verdict, undemanded = by_own_validation(
        judge_alone(judging, found), bench, lambda other: examine_link_case(other, name, case, prepared, options)
    )
    if options.initializer:
        plainly = replace(options, initializer="", expectations=options.expectations.within(name))
        verdict = by_initialization(
            verdict, lambda: examine_link_case(bench, name, case, prepared, plainly), options.initializer
        )
    if not verdict.outcome.good and (difference := bench.read_otherwise(case.wit)):
        verdict = misread(verdict, difference)
    return _Judged(verdict, list(linked.values()), undemanded)


class _Linked:
    """The result of a link case for one toolchain."""

    def __init__(
        self, bench: Workbench, toolchain: str, case: LinkCase, prepared: Prepared, initializer: str = ""
    ) -> None:
        self._bench = bench
        self._initializer = initializer
        self.not_initialized: NotInitialized | None = None
        """Why its component cannot be pre-initialised: it did not run."""
        self._name = toolchain
        self._case = case
        self._prepared = prepared
        self.cells: list[str] = []
        """The cells in which it ran: `TOOLCHAIN@ENGINE`."""
        self.ends: str | None = None
        """The first of them in which the program ends far below every limit."""
        self._component = b""

    def findings(self, engines: Sequence[EngineKind]) -> list[Finding]:
        toolchain = self._bench.toolchains[self._name]
        result = _made(self._bench, toolchain, self._case, self._prepared)
        if self._case.refusal is not None:
            return self._not_refused(result, self._case.refusal)
        if not isinstance(result, Built):
            return [build_finding(OfProgram(self._name), result)]
        if self._initializer:
            what = f"{self._case.title} of {self._name}"
            result = self._bench.builder.initialize(result.data, self._initializer, None, what)
            self.not_initialized = refusal(result, str(OfProgram(self._name)))
            if not isinstance(result, Built):
                return [] if self.not_initialized is not None else [build_finding(OfProgram(self._name), result)]
        self._component = result.data
        return [*self._world(result.data), *(finding for kind in engines for finding in self._run(result.data, kind))]

    def exhibit(self) -> Made:
        """The component, as reports show it. Its libraries are those of the case."""
        wit = world_text(self._component) if self._component else ""
        return Made(self._name, 0, len(self._component), wit)

    def _not_refused(self, result: BuildResult, message: str) -> list[Finding]:
        """Other toolchains than ours may refuse in any words."""
        if isinstance(result, Built):
            return [Finding(Outcome.FAIL, f"{self._name}: expected a refusal, got {len(result.data)} bytes")]
        if not isinstance(result, Refused):
            return [build_finding(OfProgram(self._name), result)]
        if self._name == OURS and message not in result.message:
            return [Finding(Outcome.FAIL, f"expected a message with {message!r}, got: {result.message}")]
        return []

    def _world(self, component: bytes) -> list[Finding]:
        try:
            actual = component_world(component)
        except ValueError as error:
            return findings_of([Difference(2, "wit", None, "", "a component whose world can be read", str(error))])
        return findings_of(built_world(actual, self._prepared.world, Role.SUBJECT))

    def _run(self, component: bytes, kind: EngineKind) -> list[Finding]:
        bench = self._bench
        try:
            with bench.steps.bounded(f"run {self._case.title} of {self._name}@{kind.value}"):
                seen = execute(bench.engine(kind), component, self._prepared, bench.settings.run_limits)
        except StepLost as lost:
            seen = Rejected.lost("run", lost.loss)
        if isinstance(seen, Rejected):
            return [refused_by_engine(f"{self._name}@{kind.value}", seen)]
        cell = f"{self._name}@{kind.value}"
        self.cells.append(cell)
        if self.ends is None and seen.spent < LITTLE and not any(seen.stopped):
            self.ends = cell
        found = _first(self._prepared, seen.calls)
        if found is None:
            return []
        (number, place), difference = found
        # a case may expect such an end
        if number < len(seen.calls) and seen.stopped[number] and place == len(seen.calls[number]) - 1:
            told = f"{cell}, {difference}: stopped by a limit of the harness; look for a loop"
            return [Finding(Outcome.LIMIT_REACHED, told)]
        return findings_of([difference])


def first_difference(prepared: Prepared, seen: Sequence[tuple[Line, ...]]) -> Difference | None:
    """`seen`: the lines of each call, after the lines of a new instance. If a new instance may behave in several ways,
    the one that differs last counts."""
    found = _first(prepared, seen)
    return None if found is None else found[1]


def _first(prepared: Prepared, seen: Sequence[tuple[Line, ...]]) -> tuple[tuple[int, int], Difference] | None:
    """The same with its place: the numbers of the step and of the line."""
    found = [_difference(prepared, starts, seen) for starts in prepared.starts]
    return None if None in found else max(filter(None, found), key=lambda item: item[0])


def _difference(
    prepared: Prepared, starts: tuple[Line, ...], seen: Sequence[tuple[Line, ...]]
) -> tuple[tuple[int, int], Difference] | None:
    """The first difference, and its place: the numbers of the step and of the line."""
    fresh = True
    for number, call in enumerate(prepared.calls):
        expected = (*(starts if fresh else ()), *call.lines)
        actual = seen[number] if number < len(seen) else ()
        for place in range(max(len(expected), len(actual))):
            left = expected[place] if place < len(expected) else None
            right = actual[place] if place < len(actual) else None
            # a case has the calls of imports as texts
            if left is None or right is None or str(left) != str(right):
                at = f"step {number + 1}, line {place + 1}"
                return (number, place), Difference.of_lines(at, left, right)
        fresh = call.traps
    return None


def _keep_or_say_why(
    bench: Workbench, directory: Path, name: str, path: Path, case: LinkCase, prepared: Prepared
) -> str:
    try:
        folder = artifacts.fresh_folder(directory, name, artifacts.source_of(path))
        (folder / "program.wit").write_text(case.wit)
        for number, library in enumerate(prepared.libraries):
            (folder / f"{number}-{file_name(library.name)}").write_bytes(library.data)
        for toolchain in bench.toolchains.values():
            result = _made(bench, toolchain, case, prepared)
            artifacts.keep_result(folder / f"{file_name(toolchain.name)}.component.wasm", result)
    except OSError as error:
        return artifacts.cannot_keep(directory, error)
    return str(folder)
