"""A link case that disagrees, reduced: steps, libraries, parts of libraries and of the WIT are left out.

Only the case says what its libraries must do. So they change only while another toolchain does what the case
expects, or if the finding needs no expectation: a crash, an invalid output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.fuzz.attempts import Attempts
from harness.fuzz.bucket import Hit, hits
from harness.fuzz.linking.trial import triage_of
from harness.fuzz.reduce_file import MAX_MESSAGE, ChosenFinding, FileReduced, ReduceFile, head_of
from harness.fuzz.smallest_yet import SmallestCase, SmallestYet
from harness.fuzz.wanted import Findings
from harness.fuzz.wat_reducer import parts, reduce_wat
from harness.fuzz.wit_reducer import reduce_wit
from harness.judge.party import ByItself, Party
from harness.judge.verdict import Verdict, broken, unusable
from harness.link_cases.examine import examine_link_case
from harness.link_cases.prepare import Prepared, prepare
from harness.process.steps import StepLost
from harness.suite.link_case import LinkCase, load_link_case, parse_link_case
from harness.suite.provenance import provenance_table
from harness.suite.toml_edits import with_table, with_value, without
from harness.text.toml_lines import FileError
from harness.toolchains.cells import OURS
from reports.outcomes import Outcome

EFFORT = 600
"""Attempts."""
_SPEAKS_FOR_ITSELF = (Outcome.TOOL_PANICKED, Outcome.INVALID_OUTPUT, Outcome.TIMED_OUT)
_NAME = "reduced"
_IMPORT = re.compile(r'\(import\s+"[^"]*"\s+"([^"]+)"\s+\(func')
_FUNCTION = r"\b(?:import\s+)?%?{}\s*:\s*(?:async\s+)?func\b[^;]*;"


@dataclass(frozen=True, slots=True)
class ReduceLinkCase(ReduceFile):
    def perform(self, bench: Workbench) -> FileReduced:
        try:
            with bench.steps.bounded("plan"):
                case = load_link_case(self.path)
                prepared = prepare(case)
        except FileError as error:
            return FileReduced(unusable(str(error)))
        except StepLost as lost:
            return FileReduced(broken(f"planning: {lost.loss.message}"))
        options = self.options_of(bench, case.conditions)
        verdict = examine_link_case(bench, _NAME, case, prepared, options)
        hit, findings = self.choose(hits(verdict, triage_of(bench, options, case, _NAME)))
        if hit is None or self.choosing:
            return FileReduced(verdict, findings)
        return _Reduction(self, bench, options, hit, verdict).run(case, findings)


class _Reduction:
    def __init__(self, task: ReduceLinkCase, bench: Workbench, options: Options, hit: Hit, verdict: Verdict) -> None:
        self._task = task
        self._bench = bench
        self._options = options
        self._hit = hit
        self._verdict = verdict
        self._smallest = SmallestYet(task.smallest)
        self._message = hit.message
        self._attempts = Attempts(bench.steps)

    def run(self, case: LinkCase, findings: Findings) -> FileReduced:
        text = case.file.text
        chosen = ChosenFinding(self._verdict, findings, size_of(case))
        if not self._shows(text):
            return chosen.not_again(self._attempts.count)
        may_change = self._hit.bucket.outcome in _SPEAKS_FOR_ITSELF or self._vouched(case)
        previous = None
        while text != previous:
            previous = text
            text = self._fewer_steps(text)
            if may_change:
                text = self._smaller_libraries(text)
        self._shows(text)  # for the words of the smallest one
        size = size_of(parse_link_case(text))
        note = "" if may_change else "the libraries stay: no other toolchain does what the case expects"
        return chosen.reduced(self._written(text), size, self._attempts.count, note)

    def _vouched(self, case: LinkCase) -> bool:
        """Whether another toolchain does what the case expects, so that it can tell whether a smaller one still says
        what is right. Only ours must refuse in the words of the case."""
        right = self._vouches(self._verdict)
        return ByItself(OURS) in right if case.refusal is not None else bool(right)

    def _shows(self, text: str) -> bool:
        if self._attempts.tries >= EFFORT:
            return False
        read = self._attempts.read("plan", lambda: _prepared(text), (FileError,))
        return read is not None and self._same_finding(*read, text)

    def _same_finding(self, case: LinkCase, prepared: Prepared, text: str) -> bool:
        with self._attempts.one():
            verdict = examine_link_case(self._bench, _NAME, case, prepared, self._options)
        found = hits(verdict, triage_of(self._bench, self._options, case, _NAME))
        wanted = self._hit
        hit = next((hit for hit in found if hit.bucket == wanted.bucket and hit.known == wanted.known), None)
        if hit is None or (self._vouches(self._verdict) - self._vouches(verdict)):
            return False
        self._message = hit.message
        self._smallest.offer(SmallestCase(self._written(text), size_of(case), self._attempts.count, False))
        return True

    @staticmethod
    def _vouches(verdict: Verdict) -> set[Party]:
        """The toolchains that do what the case expects; they must go on doing so."""
        return {judgement.party for judgement in verdict.judgements if not judgement.findings}

    def _fewer_steps(self, text: str) -> str:
        steps = len(parse_link_case(text).steps)
        if steps:
            text = self._first(text, [lambda: with_value(without_all(text, "step"), ["compile-only"], True)])
        return self._without_each(text, ["step"])

    def _smaller_libraries(self, text: str) -> str:
        for index in reversed(range(len(parse_link_case(text).libraries))):
            case = parse_link_case(text)
            if len(case.libraries) > 1:
                ways = [partial(without, text, ["library", index]), partial(_forgotten, text, case, index)]
                text = self._first(text, ways)
        for index in range(len(parse_link_case(text).libraries)):
            text = self._smaller(text, ["library", index, "wat"], reduce_wat)
        text = self._without_imports(text)
        text = self._smaller(text, ["wit"], reduce_wit)
        for key in ("starts-also", "starts", "link"):
            text = self._without_key(text, key)
        return text

    def _smaller(self, text: str, path: list[str | int], reducer: Callable[[str, Callable[[str], bool]], str]) -> str:
        """With a smaller text at a place of the file."""
        value = _at(parse_link_case(text), path)
        return with_value(text, path, reducer(value, lambda less: self._shows(with_value(text, path, less))))

    def _without_imports(self, text: str) -> str:
        """Without functions that a library imports from the world: neither it nor the world can lose them alone."""
        for index, library in enumerate(parse_link_case(text).libraries):
            for start, end in reversed(list(parts(library.wat, 1))):
                name = _IMPORT.match(library.wat[start:end])
                case = parse_link_case(text)
                wat, import_ = case.libraries[index].wat, library.wat[start:end]
                wit = re.sub(_FUNCTION.format(re.escape(name[1])), "", case.wit) if name else case.wit
                if wit != case.wit:
                    fewer = with_value(text, ["library", index, "wat"], wat.replace(import_, "", 1))
                    text = self._first(text, [partial(with_value, fewer, ["wit"], wit)])
        return text

    def _without_each(self, text: str, path: list[str | int]) -> str:
        for index in reversed(range(len(parse_link_case(text).file.data.get(str(path[0]), ())))):
            text = self._first(text, [partial(without, text, [*path, index])])
        return text

    def _without_key(self, text: str, key: str) -> str:
        return self._first(text, [partial(without, text, [key])]) if key in parse_link_case(text).file.data else text

    def _first(self, text: str, ways: Sequence[Callable[[], str]]) -> str:
        return next((smaller for way in ways if self._shows(smaller := way())), text)

    def _written(self, text: str) -> str:
        """The file of a case, with the finding in its first lines."""
        written = with_table(text, "made-by", provenance_table(self._task.made_by(self._bench)))
        return headed(written, head_of(self._message, self._hit.known))


def _prepared(text: str) -> tuple[LinkCase, Prepared]:
    case = parse_link_case(text)
    return case, prepare(case)


def headed(text: str, comments: list[str]) -> str:
    """A file with comments in its first lines."""
    lines: Iterator[str] = (line for comment in comments for line in comment[:MAX_MESSAGE].splitlines())
    return "".join(f"# {line}\n" for line in lines) + text


def without_all(text: str, key: str) -> str:
    return without(text, [key])


def size_of(case: LinkCase) -> str:
    """How large it is, for people."""
    lines = sum(len(library.wat.strip().splitlines()) for library in case.libraries)
    libraries = _some(len(case.libraries), "library", "libraries")
    return f"{libraries} ({_some(lines, 'line')}), {_some(len(case.steps), 'step')}"


def _some(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _at(case: LinkCase, path: list[str | int]) -> str:
    found: object = case.file.data
    for part in path:
        found = found[part]  # type: ignore[index]  # the reader has checked the file
    assert isinstance(found, str)
    return found


def _forgotten(text: str, case: LinkCase, index: int) -> str:
    """Without a library, and without its name in what the others need."""
    name = re.escape(case.libraries[index].name)
    needed = re.compile(rf'(\(needed\b[^)]*?)\s*"{name}"')
    for other, library in enumerate(case.libraries):
        fewer = needed.sub(r"\1", library.wat)
        if fewer != library.wat:
            text = with_value(text, ["library", other, "wat"], fewer.replace("(needed)", ""))
    return without(text, ["library", index])
