"""A trial with a link case instead of a world: drawn, linked by each toolchain, run, and judged by the model."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from random import Random

from harness.bench.examination import Options
from harness.bench.workbench import Workbench
from harness.fuzz.attempts import Attempts
from harness.fuzz.bucket import Bucket, Hit, Triage, hits
from harness.fuzz.choices import Exhausted, FixedSource, NotFailing, RandomSource, Source
from harness.fuzz.drawn import LINK, RANDOM
from harness.fuzz.in_words import title
from harness.fuzz.linking.checks import USE, use_name
from harness.fuzz.linking.draw import random_program
from harness.fuzz.linking.model import Model
from harness.fuzz.linking.parts import LinkProgram
from harness.fuzz.linking.text import LinkCaseText, exports_of, link_case_body
from harness.fuzz.triage import triage_by
from harness.judge.verdict import Verdict
from harness.link_cases.examine import examine_link_case
from harness.link_cases.prepare import Prepared, prepare
from harness.suite.link_case import LinkCase, parse_link_case
from harness.suite.link_case_facts import facts_of_link_case

EVERY = 5
"""Among trials in random worlds, one in so many has a link case. It takes a tenth of the time of a world."""
_NAME = "fuzz"
_ATTEMPTS = 250


def is_link_trial(worlds: str, index: int) -> bool:
    """Whether the trial of this number has a link case. `worlds`: the source of the campaign's worlds."""
    return worlds == LINK or (worlds == RANDOM and index % EVERY == EVERY - 1)


def draw_program(seed: int, index: int) -> tuple[LinkProgram, tuple[int, ...]]:
    """The program of a trial, and the choices that made it."""
    source = RandomSource(Random(f"{seed}:link:{index}"))
    program = random_program(source)
    return program, tuple(source.choices)


def link_case_text(program: LinkProgram, bucket: Bucket | None = None) -> LinkCaseText:
    named = title(bucket) if bucket is not None else "A random link case"
    return LinkCaseText(
        named, "Found by `harness fuzz`: the model of dynamic linking expects this.", link_case_body(program)
    )


@dataclass(frozen=True, slots=True)
class LinkTrial:
    """A link case, and its libraries as toolchains get them."""

    case: LinkCase
    prepared: Prepared

    @property
    def calls(self) -> int:
        return len(self.prepared.calls)


def prepared_link_case(program: LinkProgram) -> LinkTrial:
    """A `FileError` would be a fault of the code that draws programs."""
    parsed = parse_link_case(link_case_text(program).toml(), "link-case.toml")
    return LinkTrial(parsed, prepare(parsed))


def judge_link_case(bench: Workbench, trial: LinkTrial, options: Options) -> tuple[Verdict, list[Hit]]:
    """What is wrong with what the toolchains of `options` make of it."""
    verdict = examine_link_case(bench, _NAME, trial.case, trial.prepared, options)
    return verdict, hits(verdict, triage_of(bench, options, trial.case, _NAME))


def triage_of(bench: Workbench, options: Options, case: LinkCase, name: str) -> Triage:
    """For findings in a link case of this name."""
    tools = {toolchain.name: toolchain.known_as for toolchain in bench.toolchains.values()}
    return triage_by(tools, options.expectations.about(facts_of_link_case(case)), name)


class LinkReduction:
    """Choices lowered while the same finding shows: libraries and symbols are left out, numbers get smaller."""

    def __init__(self, bench: Workbench, bucket: Bucket, options: Options, until: float | None = None) -> None:
        """`until`: when to stop at the latest, as `time.time()` counts."""
        self._bench = bench
        self._bucket = bucket
        self._options = replace(options, artifacts=None)
        self._until = until
        self._attempts = Attempts(bench.steps)
        self.cut = False
        """The time was over before the end."""
        self.message = ""
        """The message of the finding in the last program that showed it."""

    @property
    def attempts(self) -> int:
        return self._attempts.count

    def shows(self, program: LinkProgram) -> bool:
        with self._attempts.one():
            _, found = judge_link_case(self._bench, prepared_link_case(program), self._options)
        hit = next((hit for hit in found if hit.bucket == self._bucket and not hit.known), None)
        if hit is None:
            return False
        self.message = hit.message
        return True

    def _go_on(self) -> bool:
        self.cut = self.cut or (self._until is not None and time.time() > self._until)
        return not self.cut

    def run(self, choices: tuple[int, ...]) -> LinkCaseText | None:
        """None: the finding did not show again."""
        from harness.fuzz.shrinking import shrink

        def still_fails(source: Source) -> bool:
            return self.shows(random_program(source))

        try:
            smallest = shrink(choices, still_fails, _ATTEMPTS, self._go_on)
            program = random_program(FixedSource(smallest))
        except (NotFailing, Exhausted):
            return None
        return link_case_text(self._with_one_export(program), self._bucket)

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
