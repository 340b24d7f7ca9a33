"""Whether a plan distinguishes a mutant from ours."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.bench.workbench import Workbench
from harness.fuzz.bucket import Bucket, Hit, hits
from harness.mutants.mutant import Area
from harness.mutants.toolchain import MUTANTS, PREFIX
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.process.clock import Clock
from harness.toolchains.cells import OURS, Build
from harness.toolchains.protocol import Toolchain
from reports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Detection:
    """A detection. `level` is that of the difference, 0 if nothing was built that could be compared."""

    level: int
    kind: str
    message: str


def others(bench: Workbench) -> tuple[str, ...]:
    """The toolchains that a mutant is compared with: those that are not derived from ours."""
    return tuple(name for name, toolchain in bench.toolchains.items() if _is_other(toolchain))


def _is_other(toolchain: Toolchain) -> bool:
    return toolchain.name != OURS and not toolchain.name.startswith(PREFIX)


class Detector:
    """Tries mutants on one plan."""

    def __init__(self, bench: Workbench, plan: Plan, options: Options) -> None:
        self._bench = bench
        self._plan = plan
        self._options = options
        self._known: dict[tuple[tuple[str, ...], bool], frozenset[Bucket]] = {}

    def by_all(self, mutant: str) -> Detection | None:
        """The findings of all opinions together about the mutant in the place of ours that they do not make about
        ours."""
        return self._detect(mutant, others(self._bench))

    def by_model(self, mutant: str) -> Detection | None:
        """The findings of the model alone: faster, and mostly enough."""
        return self._detect(mutant, ())

    def try_ours(self) -> None:
        """One trial of ours, with all opinions."""
        _hits(self._bench, OURS, others(self._bench), self._plan, self._options, Area.GENERATOR)

    def _detect(self, mutant: str, beside: tuple[str, ...]) -> Detection | None:
        for hit in _hits(self._bench, PREFIX + mutant, beside, self._plan, self._options, _area(mutant)):
            bucket = hit.bucket
            if bucket not in self._wrong_with_ours(beside, _area(mutant)):
                return Detection(bucket.level, f"{bucket.aspect} {bucket.kind}".strip(), hit.message)
        return None

    def _wrong_with_ours(self, beside: tuple[str, ...], area: Area) -> frozenset[Bucket]:
        key = beside, area is Area.INITIALIZER
        known = self._known.get(key)
        if known is None:
            found = _hits(self._bench, OURS, beside, self._plan, self._options, area)
            known = self._known[key] = frozenset([hit.bucket for hit in found])
        return known

    def builds_the_same(self, mutant: str) -> bool:
        """Whether every component is byte for byte the same as ours: then no difference can show. Neither the output of
        an embedder nor what a linker must refuse is compared."""
        if MUTANTS[mutant].area is Area.EMBEDDER:
            return not self._plan.encodings
        if MUTANTS[mutant].area is Area.LINKER and (self._plan.encodings or self._plan.unmergeable):
            return False
        name = PREFIX + mutant
        components = self._plan.components
        if MUTANTS[mutant].area is Area.INITIALIZER:
            right, wrong = (Build(OURS, OURS, initializer=tool) for tool in (OURS, name))
            components = tuple(part for part in components if part.role is Role.SUBJECT)
        else:
            right, wrong = Build(OURS, OURS), Build(name, name)
        built = self._bench.builder.build([(item, build) for item in components for build in (right, wrong)], Clock())
        return all(built[item, right] == built[item, wrong] for item in components)


def with_tool(name: str, area: Area, options: Options, beside: tuple[str, ...] = ()) -> Options:
    """A run with this toolchain, `beside` others. In the area of initializers it initialises what ours makes."""
    if area is Area.INITIALIZER:
        return replace(options, toolchains=(OURS, *beside), initializer=name)
    return replace(options, toolchains=(name, *beside))


def _area(mutant: str) -> Area:
    return MUTANTS[mutant].area


def _hits(bench: Workbench, name: str, beside: tuple[str, ...], plan: Plan, options: Options, area: Area) -> list[Hit]:
    """The buckets name the toolchain `ours`, regardless of its name. A fault of the engine detects nothing. `area`: of
    the mutant."""
    options = replace(with_tool(name, area, options, beside), artifacts=None)
    verdict = examine(bench, name, plan, options).verdict
    return [
        replace(
            hit,
            bucket=replace(
                hit.bucket,
                toolchain=hit.bucket.toolchain.replace(name, OURS),
                kind=hit.bucket.kind.replace(name, OURS),
                minority=hit.bucket.minority.replace(name, OURS),
            ),
        )
        for hit in hits(verdict, lambda toolchain, findings: [""] * len(findings))
        if hit.bucket.outcome != Outcome.ENGINE_FAULT
    ]
