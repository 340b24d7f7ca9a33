"""A trial whose world is a program of libraries: drawn, linked by each toolchain, run, and judged by the model."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from random import Random

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.fuzz.choices import Exhausted, FixedSource, NotFailing, RandomSource, Source
from harness.fuzz.drawn import LINK, RANDOM
from harness.fuzz.linking.checks import USE, use_name
from harness.fuzz.linking.draw import random_program
from harness.fuzz.linking.model import Model
from harness.fuzz.linking.parts import LinkProgram
from harness.fuzz.linking.text import ProgramText, exports_of, program_body
from harness.fuzz.signature import Explain, Hit, Signature, hits
from harness.judge.verdict import Finding, Verdict
from harness.programs.examine import examine_program
from harness.programs.prepare import Prepared, prepare
from harness.suite.program import Program, parse_program

EVERY = 8
"""Of trials in random worlds, one in so many is a program."""
_NAME = "fuzz"
_ATTEMPTS = 250


def is_link_trial(worlds: str, index: int) -> bool:
    """Whether the trial of this number is a program. `worlds`: where the campaign's worlds come from."""
    return worlds == LINK or (worlds == RANDOM and index % EVERY == EVERY - 1)


def draw_program(seed: int, index: int) -> tuple[LinkProgram, tuple[int, ...]]:
    """The program of a trial, and the choices that made it."""
    source = RandomSource(Random(f"{seed}:link:{index}"))
    program = random_program(source)
    return program, tuple(source.choices)


def program_text(program: LinkProgram, signature: Signature | None = None) -> ProgramText:
    title = str(signature)[:200] if signature is not None else "A random program of libraries"
    return ProgramText(
        title, "Found by `harness fuzz`: the model of dynamic linking expects this.", program_body(program)
    )


@dataclass(frozen=True, slots=True)
class ProgramTrial:
    """A program as its file says it, and as toolchains get it."""

    program: Program
    prepared: Prepared

    @property
    def calls(self) -> int:
        return len(self.prepared.calls)


def prepared_program(program: LinkProgram) -> ProgramTrial:
    """`FileError` would be a fault of what draws programs."""
    parsed = parse_program(program_text(program).toml(), "program.toml")
    return ProgramTrial(parsed, prepare(parsed))


def judge_program(bench: Workbench, trial: ProgramTrial, options: Options) -> tuple[Verdict, list[Hit]]:
    """What is wrong with what the toolchains of `options` make of it."""
    verdict = examine_program(bench, _NAME, trial.program, trial.prepared, options)
    return verdict, hits(verdict, _explainer(bench, options, trial.program))


def _explainer(bench: Workbench, options: Options, program: Program) -> Explain:
    tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
    expectations = options.expectations.about(program.wit)

    def explain(toolchain: str, finding: Finding) -> str:
        tool = tools.get(toolchain)
        known = expectations.find(tool, _NAME, finding.outcome, finding.message) if tool is not None else None
        return known.id if known is not None else ""

    return explain


class ProgramReduction:
    """Choices lowered while the same finding shows: libraries and symbols are left out, numbers get smaller."""

    def __init__(self, bench: Workbench, signature: Signature, options: Options, until: float | None = None) -> None:
        """`until`: when to stop at the latest, as `time.time()` counts."""
        self._bench = bench
        self._signature = signature
        self._options = replace(options, artifacts=None)
        self._until = until
        self.attempts = 0
        self.cut = False
        """The time was over before the end."""
        self.message = ""
        """What the finding says in the last program that showed it."""

    def shows(self, program: LinkProgram) -> bool:
        self.attempts += 1
        self._bench.steps.prefix = f"attempt {self.attempts}: "
        try:
            _, found = judge_program(self._bench, prepared_program(program), self._options)
        finally:
            self._bench.steps.prefix = ""
        hit = next((hit for hit in found if hit.signature == self._signature and not hit.known), None)
        if hit is None:
            return False
        self.message = hit.message
        return True

    def _go_on(self) -> bool:
        self.cut = self.cut or (self._until is not None and time.time() > self._until)
        return not self.cut

    def run(self, choices: tuple[int, ...]) -> ProgramText | None:
        """None: the finding did not show again."""
        from harness.fuzz.shrinking import shrink

        def still_fails(source: Source) -> bool:
            return self.shows(random_program(source))

        try:
            smallest = shrink(choices, still_fails, _ATTEMPTS, self._go_on)
            program = random_program(FixedSource(smallest))
        except (NotFailing, Exhausted):
            return None
        return program_text(self._with_one_export(program), self._signature)

    def _with_one_export(self, program: LinkProgram) -> LinkProgram:
        """With one only, where that shows it; what it needs of the others' definitions stays."""
        for name in exports_of(program):
            smaller = _alone(program, name)
            if self._go_on() and self.shows(smaller):
                return smaller
        return program


def _alone(program: LinkProgram, name: str) -> LinkProgram:
    """With one export only, whose library needs what was there for its own exports."""
    what, _, letter = name.rpartition("-")
    live = Model(program).live
    libraries = []
    for index, library in enumerate(program.libraries):
        mine = library.letter == letter
        checks = [use for at, use in enumerate(library.checks) if mine and what == use_name(at)]
        others = [other for other in live if mine and other not in (index, *library.needed)]
        needed = (*library.needed, *others)
        libraries.append(replace(library, exports=mine, checks=tuple(checks), needed=needed))
    only = f"{use_name(0)}-{letter}" if what.startswith(USE) else name
    return replace(program, libraries=tuple(libraries), only=only)
