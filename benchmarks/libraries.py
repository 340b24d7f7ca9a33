"""The tasks of the workers of `benchmarks.sizes`: the libraries of a case by ours and by the reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.bench.workbench import Workbench
from harness.plan.plan import ComponentPlan, Plan
from harness.plan.roles import Role
from harness.planner import case_plan
from harness.suite.case import load_case
from harness.text.toml_lines import FileError
from harness.toolchains.component_build import INTERPRETER
from harness.toolchains.protocol import Built, GenerateOptions, Job


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the libraries of one component; None if a toolchain made none."""

    name: str
    ours: int | None
    reference: int | None

    @property
    def ratio(self) -> float:
        """The ratio of ours to the reference's; 0 if there is nothing to compare."""
        return self.ours / self.reference if self.ours and self.reference else 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """The libraries of a case's components, or of one WIT text."""

    name: str
    source: Path | str

    def perform(self, bench: Workbench) -> list[Sizes]:
        if isinstance(self.source, str):
            components = [(self.name, ComponentPlan(Role.SUBJECT, self.source, "w"))]
        else:
            plan = self._plan(self.source)
            components = [(f"{self.name} {part.role.value}", part) for part in plan.components] if plan else []
        jobs = [(name, [_start(bench, tool, part) for tool in ("reference", "ours")]) for name, part in components]
        return [Sizes(name, _size(ours), _size(reference)) for name, (reference, ours) in jobs]

    def _plan(self, path: Path) -> Plan | None:
        try:
            return case_plan(load_case(path))
        except FileError:
            return None  # a table of negative cases, or a case that `harness run` reports


def _start(bench: Workbench, tool: str, part: ComponentPlan) -> Job:
    options = GenerateOptions(interpreter=INTERPRETER, features=part.features)
    return bench.toolchains[tool].generator.generate(part.wit, part.world, options)


def _size(job: Job) -> int | None:
    result = job.result()
    return len(result.data) if isinstance(result, Built) else None


def doubling(levels: int) -> str:
    """WIT with records that each contain the previous one twice: the last one has 2 to the power of `levels` fields."""
    lines = ["package a:b;", "interface i {"]
    previous = "u8"
    for level in range(levels):
        lines.append(f"  record r{level} {{ a: {previous}, b: {previous} }}")
        previous = f"r{level}"
    lines += [f"  f: func(x: {previous});", "}", "world w {", "import i;", "}"]
    return "\n".join(lines)
