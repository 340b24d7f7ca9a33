"""A table of negative cases that disagrees, reduced to one row with as little input as possible.

A smaller input may be valid, and then nothing is wrong with a tool that takes it. So the input changes only while
another toolchain does the same as before with it, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.bench.workbench import Workbench
from harness.fuzz.attempts import Attempts
from harness.fuzz.bucket import message_shape
from harness.fuzz.reduce_file import ChosenFinding, FileReduced, ReduceFile
from harness.fuzz.reduce_link_case import headed
from harness.fuzz.smallest_yet import SmallestCase, SmallestYet
from harness.fuzz.wat_reducer import reduce_wat
from harness.fuzz.wit_reducer import reduce_wit
from harness.judge.topic import OfRow
from harness.judge.verdict import Verdict, unusable
from harness.runs.negative_cases import SecondReading, answer, judge_negative_cases
from harness.suite.negative_cases import NegativeCase, NegativeCases, load_negative_cases, parse_negative_cases
from harness.suite.provenance import provenance_table
from harness.suite.toml_edits import with_table, with_value, without
from harness.text.files import read_text_file
from harness.text.toml_lines import FileError, parse_toml

EFFORT = 400
"""Attempts."""
_Shape = tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class ReduceTable(ReduceFile):
    """`known` has no meaning here: the faults of rows are known in the rows themselves (`reference`)."""

    def perform(self, bench: Workbench) -> FileReduced:
        try:
            with bench.steps.bounded("read"):
                table = load_negative_cases(self.path)
        except FileError as error:
            return FileReduced(unusable(str(error)))
        nobody = SecondReading(_agree, _agree)
        verdict = judge_negative_cases(table, bench.toolchains, bench.builder, nobody).verdict
        found = _faults(verdict)
        findings = self.wanted.among([str(fault) for fault in found], [True] * len(found))
        if not findings.chosen:
            return FileReduced(verdict, findings)
        chosen = found[findings.chosen - 1]
        text = read_text_file(self.path)
        reduced, attempts = _Reduction(self, bench, chosen).run(text, table)
        finding = ChosenFinding(verdict, findings, _size(table))
        return finding.reduced(reduced, _size(parse_negative_cases(reduced)), attempts)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What a toolchain does wrong with a row."""

    accused: str
    row: OfRow
    text: str

    def __str__(self) -> str:
        return f"{self.accused}: {self.row}: {self.text}"


def _faults(verdict: Verdict) -> list[_Fault]:
    return [
        _Fault(name, finding.topic, finding.text)
        for name, finding in verdict.findings
        if isinstance(finding.topic, OfRow)
    ]


def _agree(wit: str, features: tuple[str, ...]) -> str:
    return ""


class _Reduction:
    def __init__(self, task: ReduceTable, bench: Workbench, fault: _Fault) -> None:
        self._task = task
        self._bench = bench
        self._fault = fault
        self._smallest = SmallestYet(task.smallest)
        self._attempts = Attempts(bench.steps)

    def run(self, text: str, table: NegativeCases) -> tuple[str, int]:
        text = self._one_row(text, table)
        (row,) = parse_negative_cases(text).rows
        self._wanted = self._answers(row)
        self._keep(text)
        if any(right for _, _, right in self._wanted):
            text = self._smaller(text, "wit", reduce_wit)
            if row.module is not None:
                text = self._smaller(text, "wat", reduce_wat)
            text = self._without_features(text)
        return self._written(text), self._attempts.count

    def _one_row(self, text: str, table: NegativeCases) -> str:
        wanted = next(index for index, row in enumerate(table.rows) if row.line == self._fault.row.line)
        for index in reversed(range(len(table.rows))):
            if index != wanted:
                text = without(text, ["refusal", index])
        return text

    def _answers(self, row: NegativeCase) -> _Shape:
        """What each toolchain does with a row, in words without names and numbers, and whether that is right."""
        answers = []
        for name, toolchain in self._bench.toolchains.items():
            given = answer(name, row, toolchain, self._bench.builder)
            if given is not None:
                answers.append((name, message_shape(given.said), given.wrong is None))
        return tuple(answers)

    def _shows(self, text: str) -> bool:
        if self._attempts.tries >= EFFORT:
            return False
        table = self._attempts.read("read", lambda: parse_negative_cases(text), (FileError,))
        if table is None:
            return False
        (row,) = table.rows
        with self._attempts.one():
            same = self._answers(row) == self._wanted
        if same:
            self._keep(text)
        return same

    def _keep(self, text: str) -> None:
        size = _size(parse_negative_cases(text))
        self._smallest.offer(SmallestCase(self._written(text), size, self._attempts.count, False))

    def _smaller(self, text: str, key: str, reducer: Callable[[str, Callable[[str], bool]], str]) -> str:
        path: list[str | int] = ["refusal", 0, key]
        value = parse_negative_cases(text).rows[0].wit if key == "wit" else _wat(text)
        return with_value(text, path, reducer(value, lambda less: self._shows(with_value(text, path, less))))

    def _without_features(self, text: str) -> str:
        if not parse_negative_cases(text).rows[0].features:
            return text
        fewer = without(text, ["refusal", 0, "features"])
        return fewer if self._shows(fewer) else text

    def _written(self, text: str) -> str:
        fault = self._fault
        made_by = provenance_table(self._task.made_by(self._bench))
        return headed(with_table(text, "made-by", made_by), [f"{fault.accused}: ({fault.row.why}): {fault.text}"])


def _wat(text: str) -> str:
    wat: str = parse_toml(text, "reduced").data["refusal"][0]["wat"]
    return wat


def _size(table: NegativeCases) -> str:
    lines = sum(len(row.wit.strip().splitlines()) for row in table.rows)
    return f"{len(table.rows)} row{'s' * (len(table.rows) != 1)}, {lines} line{'s' * (lines != 1)} of WIT"
