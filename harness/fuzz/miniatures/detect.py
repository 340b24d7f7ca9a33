"""Whether a plan tells a miniature from ours."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.build import Clock
from harness.cells import OURS, Build
from harness.examine import Options, examine
from harness.fuzz.signature import Hit, hits
from harness.plan import Plan
from harness.toolchains.miniatures.toolchain import PREFIX
from harness.toolchains.protocol import Toolchain
from harness.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Detection:
    """What was seen. `level` as of a difference, 0 where nothing was built that could be compared."""

    level: int
    kind: str
    message: str


def others(bench: Workbench) -> tuple[str, ...]:
    """The toolchains that a miniature is compared with: those that are not made of ours."""
    return tuple(name for name, toolchain in bench.toolchains.items() if _is_other(toolchain))


def _is_other(toolchain: Toolchain) -> bool:
    return toolchain.name != OURS and not toolchain.name.startswith(PREFIX)


def detect(bench: Workbench, miniature: str, plan: Plan, options: Options) -> Detection | None:
    """What is wrong with the miniature in the place of ours that is not wrong with ours."""
    name = PREFIX + miniature
    found = _hits(bench, name, plan, options)
    if not found:
        return None
    known = {hit.signature for hit in _hits(bench, OURS, plan, options)}
    for hit in found:
        signature = hit.signature
        if signature not in known:
            return Detection(signature.level, f"{signature.aspect} {signature.kind}".strip(), hit.message)
    return None


def _hits(bench: Workbench, name: str, plan: Plan, options: Options) -> list[Hit]:
    """The signatures call the toolchain ours, whatever its name is."""
    options = replace(options, toolchains=(name, *others(bench)), artifacts=None)
    verdict = examine(bench, name, plan, options).verdict
    return [
        replace(
            hit,
            signature=replace(
                hit.signature,
                subject=hit.signature.subject.replace(name, OURS),
                kind=hit.signature.kind.replace(name, OURS),
                minority=hit.signature.minority.replace(name, OURS),
            ),
        )
        for hit in hits(verdict, lambda subject, finding: "")
    ]


def builds_the_same(bench: Workbench, miniature: str, plan: Plan) -> bool:
    """Whether every component of a plan is byte for byte what ours makes: then nothing can be seen."""
    names = (OURS, PREFIX + miniature)
    wanted = [(component, Build(name, name)) for component in plan.components for name in names]
    built = bench.builder.build(wanted, Clock())
    return all(
        built[component, Build(OURS, OURS)] == built[component, Build(names[1], names[1])]
        for component in plan.components
    )
