"""Examines a plan with an interpreter that is not ours, from end to end inside a worker.

The subject is linked with that interpreter by every generator and linker; the driver and the provider around it with
`boxed`. If anything is wrong, the same cells run with `boxed` in the subject, too: what goes wrong there is no fault of
the interpreter.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.bench.checklist import Counted, checklist
from harness.bench.examination import Examination, Options
from harness.bench.examine import examine, keep_or_say_why
from harness.bench.exhibit import exhibit
from harness.bench.taking_part import allowed, asked
from harness.bench.workbench import Workbench
from harness.binary.core_module import has_tags
from harness.composition.interpreter_world import WASI, interpreters_own
from harness.engine.features import missing
from harness.engine.results import EngineKind
from harness.judge.carried_out import carried_out
from harness.judge.cell_findings import Against, cell_findings
from harness.judge.exhibits import Exhibits
from harness.judge.guest import GuestCell, judge_guest
from harness.judge.observation import CellRun, Observed
from harness.judge.verdict import Verdict, skipped, unusable
from harness.plan.outcomes import TrapClass
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.guest import foreign
from harness.toolchains.abilities import Streams
from harness.toolchains.cells import OURS, Build, Cell, First
from harness.toolchains.interpreter import exported, lacking
from harness.toolchains.lending import left_out
from harness.toolchains.protocol import Built

OLD_INTERFACE = "makes libraries of the newest interface only"
SINCE_MAPS = 3
"""The version of the interpreter's interface."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The cells of an examination, and which toolchains are not in them, each with the reason."""

    cells: list[Cell]
    left_out: dict[str, str]


def examine_guest(
    bench: Workbench, name: str, plan: Plan, options: Options, started: float | None = None, source: str = ""
) -> Examination:
    """`plan`: of `harness/planner/guest.py`, with a script for the subject, too. The rest as in `examine`."""
    start = time.perf_counter() if started is None else started
    taken = interpreters_own(plan)
    if taken:
        return Examination(name, plan.title, unusable(taken))
    chosen = _choose(bench, plan, options)
    notes = (*plan.not_run, *chosen.left_out.values())
    none = (
        missing(plan.needs)
        or _too_new(bench, plan)
        or _its_own(bench, plan)
        or _nothing_to_run(plan)
        or ([] if chosen.cells else list(chosen.left_out.values()))
    )
    if none:
        return Examination(name, plan.title, skipped("; ".join(none)), plan.subject_wit, unsupported=notes)
    observed = Observed([])
    tested = foreign(plan)
    bench.observer.observe(tested, chosen.cells, bench.settings.run_limits, observed)
    lacks = _lacking(bench, observed.cells)
    notes = (*notes, *dict.fromkeys(lacks.values()))
    ran = [run for run in observed.cells if str(run.cell) not in lacks]
    if not ran:
        reason = "; ".join(dict.fromkeys(lacks.values()))
        return Examination(name, plan.title, skipped(reason), plan.subject_wit, unsupported=plan.not_run)
    verdict = _judge(bench, name, plan, tested, ran, options, observed)
    kept = ""
    if not verdict.outcome.good and options.artifacts is not None:
        tools = list(bench.toolchains.values())
        kept = keep_or_say_why(options.artifacts, name, source, tested, observed, tools)
    failed = next((finding.run for _, finding in verdict.findings if finding.run), 0)
    counted = checklist(bench, plan, tested, ran[0].cell) if options.checklist else Counted()
    verdict = replace(verdict, notes=(*verdict.notes, *counted.growth))
    return Examination(
        name,
        plan.title,
        verdict,
        plan.subject_wit,
        tuple(plan.runs[failed - 1].calls) if failed else (),
        notes,
        kept,
        time.perf_counter() - start,
        tuple(observed.clock.seconds.items()),
        carried_out(plan, ran, options.list_calls),
        failed,
        _exhibits(counted, tested, ran, verdict, options),
    )


def _exhibits(counted: Counted, tested: Plan, ran: Sequence[CellRun], verdict: Verdict, options: Options) -> Exhibits:
    found = exhibit(tested, ran, verdict) if options.exhibits else Exhibits()
    if not options.checklist:
        return found
    called = tuple(item.function for item in counted.used if item.calls)
    return replace(found, checklist=counted.used, interface=called)


def _choose(bench: Workbench, plan: Plan, options: Options) -> _Chosen:
    """Every generator with every linker for the subject, in turns for many worlds. The other components are by one
    toolchain, in turns; with the full matrix by each, in both engines."""
    interpreter = bench.settings.interpreter
    assert interpreter is not None
    names = allowed(bench, options)
    needed = [*asked(plan), *(["adapt"] if interpreter.adapters else [])]
    without = left_out(bench.toolchains, names, needed)
    usable = [name for name in names if name not in without]
    generators = usable
    if interpreter.abi_version != Build(OURS, OURS).abi_version:
        generators = [name for name in usable if name == OURS]
        without |= {f"{name} generates": f"{name} {OLD_INTERFACE}" for name in usable if name != OURS}
    if not generators:
        return _Chosen([], without)
    subjects = [Build(generator, linker, interpreter.abi_version) for generator in generators for linker in usable]
    if options.first is First.IN_TURNS and not options.full_matrix:
        subjects = [subjects[options.turn % len(subjects)]]
    makers = usable if options.full_matrix else [usable[options.turn % len(usable)]]
    engines = list(EngineKind) if options.full_matrix else [options.engine]
    libraries = [library.data for library in interpreter.read() if not library.adapter]
    if EngineKind.WINCH in engines and any(has_tags(data) for data in libraries):
        engines.remove(EngineKind.WINCH)
        without["winch"] = f"{interpreter.name} uses exceptions, which Winch does not run: --engine cranelift does"
    roles = [component.role for component in plan.components]
    cells = [
        Cell(tuple((role, subject if role is Role.SUBJECT else Build(maker, maker)) for role in roles), engine)
        for engine, maker, subject in itertools.product(engines, makers, subjects)
    ]
    return _Chosen(cells, without)


def _too_new(bench: Workbench, plan: Plan) -> list[str]:
    """Maps came with version 3 of the interface, so no library for an older interpreter has them."""
    interpreter = bench.settings.interpreter
    if interpreter is None or interpreter.abi_version >= SINCE_MAPS or "map" not in plan.needs:
        return []
    return [f"the world has maps, which version {interpreter.abi_version} of the interpreter's interface lacks"]


def _its_own(bench: Workbench, plan: Plan) -> list[str]:
    """An import that the interpreter may use by itself cannot also go to the provider."""
    imports = [key for key in plan.worlds[Role.SUBJECT].imports if key is not None and key.startswith(WASI)]
    interpreter = bench.settings.interpreter
    if not imports or interpreter is None or not interpreter.adapters:
        return []
    return [f"the world imports {imports[0]}, which the interpreter with its adapters may call by itself"]


def _nothing_to_run(plan: Plan) -> list[str]:
    if any(run.calls for run in plan.runs):
        return []
    return ["no function of the world has a role for an interpreter that is not ours (docs/interpreters.md)"]


def _lacking(bench: Workbench, cells: Sequence[CellRun]) -> dict[str, str]:
    """The cells whose library needs functions that the interpreter does not have, with the reason."""
    symbols = exported(bench.foreign)
    interpreter = bench.settings.interpreter
    assert interpreter is not None, "a guest is examined"
    found = {}
    for run in cells:
        dylib = run.builds[Role.SUBJECT].dylib
        names = lacking(dylib.data, symbols) if isinstance(dylib, Built) else ()
        if names:
            generator = next(build.generator for role, build in run.cell.builds if role is Role.SUBJECT)
            found[str(run.cell)] = (
                f"{bench.foreign[0].name} has no {', '.join(names)}, which the library by {generator} for version "
                f"{interpreter.abi_version} of the interface needs (--abi-version)"
            )
    return found


def _judge(
    bench: Workbench,
    name: str,
    plan: Plan,
    tested: Plan,
    runs: Sequence[CellRun],
    options: Options,
    observed: Observed,
) -> Verdict:
    since = time.perf_counter()
    against = Against(tested)
    found = {str(run.cell): cell_findings(run, against) for run in runs}
    observed.clock.add("compare", since)
    control: Mapping[str, bool] = {}
    by_tools = None
    wrong = [run.cell for run in runs if found[str(run.cell)]]
    if wrong:
        with_ours = bench.observer.observe(plan, wrong, bench.settings.run_limits)
        against = Against(plan)
        control = {str(run.cell): bool(cell_findings(run, against)) for run in with_ours.cells}
        if any(control.values()):
            # the case demands its known faults of another plan
            known = options.expectations.within(name)
            by_tools = examine(bench, name, plan, replace(options, artifacts=None, expectations=known)).verdict
    cells = [GuestCell(run.cell, tuple(found[str(run.cell)]), control.get(str(run.cell), False)) for run in runs]
    interpreter = bench.settings.interpreter
    copies = interpreter is not None and interpreter.abilities.streams is Streams.COPY
    verdict = judge_guest(bench.foreign[0].name, cells, by_tools, copies)
    if _trapped(cells) and any(function.end is not None for function in plan.worlds[Role.SUBJECT].export_functions()):
        hint = f"if {bench.foreign[0].name} has no streams and futures, --streams none leaves them out"
        verdict = replace(verdict, notes=(*verdict.notes, hint))
    return verdict


def _trapped(cells: Sequence[GuestCell]) -> bool:
    """Whether only the interpreter traps by itself."""
    found = [finding.difference for cell in cells if cell.blamed for finding in cell.findings]
    traps = [difference.trapped for difference in found if difference is not None]
    return any(trap is not None and trap.kind is TrapClass.UNREACHABLE for trap in traps)
