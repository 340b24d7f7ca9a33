"""The output of toolchains for the subject's world without a linker: `component embed`, `component new`, `component
wit`.

`embed` makes a core module with all items of the world that traps when it is called, in one of the string encodings;
`new` makes a component of it with its default flags; `wit` prints the component's world as text. Each is judged by the
meaning of the WIT: the world in the module and its encoding, the component's world with imports in compatible versions
merged (`merging.py`), the options of its canonical definitions, and the text, read again.

Each toolchain runs the subcommands that it has. If it has not made the input of the next one, that gets the first good
module or component; if it has no `new`, the first available `new` shows the contents of its module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from harness.binary import canon_definitions
from harness.binary.core_module import core_interface
from harness.binary.sections import BinaryError
from harness.judge.canon_options import STANDARD_PREFIX, judge_embedded_options
from harness.judge.difference import Difference
from harness.judge.findings import command_finding, findings_of
from harness.judge.same_world import built_world
from harness.judge.unmergeable import broken_down
from harness.judge.verdict import Finding
from harness.plan.plan import ComponentPlan, Plan
from harness.plan.roles import Role
from harness.toolchains.builder import Builder
from harness.toolchains.protocol import (
    ENCODINGS,
    LEGACY_NAMES,
    STANDARD_NAMES,
    BuildResult,
    Built,
    Embedder,
    EmbedOptions,
    InvalidOutput,
    Job,
    Refused,
    Toolchain,
)
from harness.world.merging import canonical_name, merged, merging
from harness.world.world import World
from reports.outcomes import Outcome

_SUBJECT = Role.SUBJECT
_MADE_FOR = dict(zip(ENCODINGS, canon_definitions.ENCODINGS, strict=True))
"""The name of each encoding in the specification."""


@dataclass(frozen=True)
class Readers:
    """Readers of worlds (`frontend/component_wit.py`); each raises `ValueError` for unreadable input."""

    of_component: Callable[[bytes], World]
    of_module: Callable[[bytes], tuple[World, str]]
    of_text: Callable[[bytes], World]


class EmbeddingJudge:
    """Runs the subcommands and judges. `refusal`, `component_refusal`: why an engine refuses a module, a component."""

    def __init__(
        self,
        builder: Builder,
        readers: Readers,
        refusal: Callable[[bytes], str | None],
        component_refusal: Callable[[bytes], str | None],
    ) -> None:
        self._builder = builder
        self._readers = readers
        self._refusal = refusal
        self._component_refusal = component_refusal

    def judge(self, plan: Plan, toolchains: Iterable[Toolchain]) -> dict[str, list[Finding]]:
        """The findings by toolchain, without toolchains that have no subcommand."""
        able = {toolchain.name: toolchain for toolchain in toolchains if toolchain.embedder is not None}
        found: dict[str, list[Finding]] = {name: [] for name in able}
        for encoding in plan.encodings:
            able = {name: tool for name, tool in able.items() if not any(map(_did_not_end, found[name]))}
            world = _Subject.of(plan, encoding)
            modules = self._embed(world, able.values(), found)
            components = self._new(world, able.values(), modules, found)
            if encoding == plan.encodings[0]:  # the text does not contain the encoding
                self._wit(world, able.values(), components, found)
        return found

    def _embed(self, subject: _Subject, asked: Iterable[Toolchain], found: _Found) -> dict[str, bytes]:
        """The good modules, by toolchain."""
        part = subject.part
        options = EmbedOptions(part.features, subject.encoding, subject.names)
        jobs = [
            (toolchain, toolchain, embedder.embed(part.wit, part.world, options))
            for toolchain, embedder in _with("embed", asked)
            if not subject.why_not_embedded(toolchain)
        ]
        good = self._good("embed", subject, jobs, self._wrong_module, found)
        for toolchain, _, _ in jobs:
            if toolchain.name in good and "embed-names" not in toolchain.lacks:
                wrong = _wrong_names(good[toolchain.name], subject.names)
                if wrong:
                    found[toolchain.name] += wrong
                    del good[toolchain.name]
        return good

    def _new(
        self, subject: _Subject, asked: Iterable[Toolchain], modules: dict[str, bytes], found: _Found
    ) -> dict[str, bytes]:
        """The good components, by toolchain."""
        able = [(toolchain, toolchain, embedder) for toolchain, embedder in _with("new", asked)]
        without = [toolchain for toolchain in asked if "new" in toolchain.lacks and toolchain.name in modules]
        able += [(toolchain, *able[0][1:]) for toolchain in without if able]
        jobs = [(who, by, tool.new(_own_or_first(modules, who.name))) for who, by, tool in able if modules]
        return self._good("new", subject, jobs, self._wrong_component, found)

    def _wit(self, subject: _Subject, asked: Iterable[Toolchain], components: dict[str, bytes], found: _Found) -> None:
        jobs = [
            (toolchain, toolchain, embedder.wit(_own_or_first(components, toolchain.name)))
            for toolchain, embedder in _with("wit", asked)
            if components
        ]
        self._good("wit", subject, jobs, self._wrong_text, found)

    def _good(
        self,
        word: str,
        subject: _Subject,
        jobs: Sequence[tuple[Toolchain, Toolchain, Job]],
        wrong: Callable[[_Subject, bytes], list[Finding]],
        found: _Found,
    ) -> dict[str, bytes]:
        """The good results. `jobs`: their owner, their toolchain, and the work.

        Tools in their own processes run in parallel; jobs of this process are done first.
        """
        good = {}
        for toolchain, maker, job in sorted(jobs, key=lambda item: not item[1].in_process):
            step = f"{word} by {maker.name} for {toolchain.name} ({subject.encoding})"
            result = self._builder.collect(step, maker, job)
            if word == "new" and subject.conflict:
                findings = _merged_all_the_same(subject, result)
            elif isinstance(result, Built):
                findings = wrong(subject, result.data)
                if not findings:
                    good[toolchain.name] = result.data
            else:
                findings = [command_finding(subject.what(word), result)]
            found[toolchain.name] += [finding for finding in findings if finding not in found[toolchain.name]]
        return {name: good[name] for name in found if name in good}

    def _wrong_module(self, subject: _Subject, module: bytes) -> list[Finding]:
        refusal = self._refusal(module)
        if refusal is not None:
            return [command_finding(subject.what("embed"), InvalidOutput(refusal, "embed", module))]
        try:
            world, encoding = self._readers.of_module(module)
        except ValueError as error:
            return findings_of([_difference("embed", "", "a module whose world can be read", str(error))])
        wrong = _about("embed", built_world(world, subject.world, _SUBJECT))
        if encoding != subject.encoding:
            wrong.append(_difference("embed", "string encoding", subject.encoding, encoding))
        return findings_of(wrong)

    def _wrong_component(self, subject: _Subject, component: bytes) -> list[Finding]:
        refusal = self._component_refusal(component)
        if refusal is not None:
            return [command_finding(subject.what("new"), InvalidOutput(refusal, "new", component))]
        try:
            world = self._readers.of_component(component)
        except ValueError as error:
            return findings_of([_difference("new", "", "a component whose world can be read", str(error))])
        wrong = built_world(world, subject.merged, _SUBJECT)
        wrong += judge_embedded_options(component, subject.world, _MADE_FOR[subject.encoding], _SUBJECT)
        return findings_of(_about("new", wrong))

    def _wrong_text(self, subject: _Subject, text: bytes) -> list[Finding]:
        try:
            world = self._readers.of_text(text)
        except ValueError as error:
            return findings_of([_difference("wit", "", "a text that can be read", str(error))])
        return findings_of(_about("wit", built_world(world, subject.merged, _SUBJECT)))


_Found = dict[str, list[Finding]]


@dataclass(frozen=True)
class _Subject:
    """The request: the subject of a plan in one encoding."""

    part: ComponentPlan
    encoding: str
    world: World
    merged: World
    """The world with imports in compatible versions as after `new`."""
    conflict: str
    """Why they cannot be merged, so that `new` must refuse."""

    @classmethod
    def of(cls, plan: Plan, encoding: str) -> _Subject:
        part = next(part for part in plan.components if part.role is _SUBJECT)
        world = plan.worlds[_SUBJECT]
        found = merging(world)
        return cls(part, encoding, world, world if found.conflict else merged(world, found.names), found.conflict)

    @property
    def names(self) -> str:
        """The standard names, unless they do not distinguish compatible versions."""
        for side in (self.world.imports, self.world.exports):
            names = [canonical_name(key) for key in side if key is not None]
            if len(set(names)) < len(names):
                return LEGACY_NAMES
        return STANDARD_NAMES

    def what(self, word: str) -> str:
        return f"`component {word}` of the subject, {self.encoding}"

    def why_not_embedded(self, toolchain: Toolchain) -> str:
        """Why a toolchain with `embed` cannot be used; empty if it can."""
        if self.part.features and "embed-features" in toolchain.lacks:
            return "its file has no {features} in `embed`, and the world has gates to open"
        if self.names != STANDARD_NAMES and "embed-names" in toolchain.lacks:
            return "its file has no {names} in `embed`, and the world has compatible versions of an interface"
        return ""


def unasked(plan: Plan, toolchains: Iterable[Toolchain]) -> list[str]:
    """The report's lines about toolchains with `embed` that cannot be used for this world."""
    if not plan.encodings:
        return []
    subject = _Subject.of(plan, plan.encodings[0])
    reasons = {toolchain.name: subject.why_not_embedded(toolchain) for toolchain, _ in _with("embed", toolchains)}
    return [f"`component embed` of {name} is not tried: {reason}" for name, reason in reasons.items() if reason]


def _with(word: str, toolchains: Iterable[Toolchain]) -> Iterator[tuple[Toolchain, Embedder]]:
    """The toolchains with a subcommand."""
    for toolchain in toolchains:
        if toolchain.embedder is not None and word not in toolchain.lacks:
            yield toolchain, toolchain.embedder


def _wrong_names(module: bytes, names: str) -> list[Finding]:
    """The finding about a module whose imports and exports have names of another scheme than `names`. One standard name
    is enough: BuildTargets.md has none for asynchronous functions."""
    try:
        interface = core_interface(module)
    except BinaryError as error:
        return findings_of([_difference("embed", "names", "a module whose names can be read", str(error))])
    seen = [*[module for module, _ in interface.imports], *interface.exports]
    standard = any(name.startswith(STANDARD_PREFIX) for name in seen)
    if not seen or standard == (names == STANDARD_NAMES):
        return []
    return findings_of([_difference("embed", "names", names, STANDARD_NAMES if standard else LEGACY_NAMES)])


def _did_not_end(finding: Finding) -> bool:
    """A toolchain that did not end is not asked in other encodings: each question would take the whole limit."""
    return finding.outcome is Outcome.TIMED_OUT


def _own_or_first(made: dict[str, bytes], name: str) -> bytes:
    return made.get(name) or next(iter(made.values()))


def _merged_all_the_same(subject: _Subject, result: BuildResult) -> list[Finding]:
    if isinstance(result, Refused):
        return []
    seen = "a component" if isinstance(result, Built) else broken_down(result)
    expected = f"a refusal to merge them ({subject.conflict})"
    return findings_of([_difference("new", "imports in compatible versions", expected, seen)])


def _about(word: str, differences: Iterable[Difference]) -> list[Difference]:
    return [
        replace(difference, aspect=_aspect(word), path=f"{difference.aspect}: {difference.path}")
        if difference.aspect != "wit"
        else replace(difference, aspect=_aspect(word))
        for difference in differences
    ]


def _difference(word: str, path: str, expected: str, actual: str) -> Difference:
    return Difference(2, _aspect(word), _SUBJECT, path, expected, actual)


def _aspect(word: str) -> str:
    return f"component {word}"
