"""What a case tests, in words: its world, its runs, and the rules of the specification behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from harness.explain import rules
from harness.explain.steps import StepWords, numbered
from harness.model.abi import abi_of
from harness.plan.plan import Plan
from harness.plan.roles import Role
from harness.planner.callers import modes, with_callers
from harness.planner.cases import segments, value_of
from harness.planner.compiler import Compiler
from harness.planner.composition import Composition
from harness.planner.named import WORLD
from harness.script.operations import Lists
from harness.suite.case import Case
from harness.suite.conditions import Conditions
from harness.suite.provenance import Provenance
from harness.text.visible import lines_of
from harness.world import types as t
from harness.world.world import Function, Interface

MAX_NAMES = 12
"""Names of functions that are listed for an interface."""
_LISTS = {
    Lists.BY_ELEMENT: "element by element",
    Lists.NUMBERS: "whole, if they are lists of numbers",
    Lists.ANY: "whole, if they hold no handles",
}


def case_words(case: Case, plan: Plan) -> str:
    """`plan`: of the case."""
    composition = Composition(plan.worlds, plan.wires, plan.hooks, abi_of(plan))
    lines = [case.title, f"  why: {case.why}", *(f"  origin: {origin}" for origin in case.origin)]
    lines += [*_made_by(case.made_by), *condition_words(case.conditions), ""]
    lines += [*_world(plan), ""]
    if case.sample is not None:
        lines += _sample(case, plan)
    elif not case.steps:
        lines.append("The components are built, compared and instantiated; nothing is called.")
    else:
        lines += _steps(case, composition)
    lines += [f"Not run: {item}" for item in plan.unsupported]
    lines += ["", *_rules(case, plan)]
    return lines_of(lines)


def _made_by(made_by: Provenance | None) -> Iterator[str]:
    if made_by is None:
        return
    parts = [f"by {made_by.command}"] if made_by.command else []
    parts += [f"from {made_by.source}"] if made_by.source else []
    parts += [f"with {', '.join(made_by.tools)}"] if made_by.tools else []
    yield f"  made: {'; '.join(parts)}"


def condition_words(conditions: Conditions) -> Iterator[str]:
    for tool, versions in conditions.applies_to:
        yield f"It asks {tool} only in the versions {versions}."
    for known in conditions.expected:
        link = f" ({known.link})" if known.link else ""
        yield f"In {known.tool} {known.versions} the outcome is expected to be `{known.outcome}`: {known.reason}{link}"


def _world(plan: Plan) -> Iterator[str]:
    world = plan.worlds[Role.SUBJECT]
    yield f"The world under test is {world.name}; the component with it is the subject."
    for role, hooks in plan.hooks.items():
        if hooks:
            yield f"The interpreter of the {role.value} has the hooks {hooks}."
    for role, filters in plan.async_filters.items():
        yield f"The {role.value} is generated with --async {','.join(filters)}."
    if plan.blocking_runs:
        yield "`run` and `finish` of the interpreters are lifted synchronously."
    yield from _items(world.imports, "It imports, and the provider implements:")
    yield from _items(world.exports, "It exports, and the driver calls:")


def _items(interfaces: Mapping[str | None, Interface], head: str) -> Iterator[str]:
    if interfaces:
        yield head
    for key, interface in interfaces.items():
        names = list(interface.functions)
        more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        listed = f"{', '.join(names[:MAX_NAMES])}{more}" if names else "types only"
        yield f"  {key or 'the world itself'}: {listed}"


def _sample(case: Case, plan: Plan) -> Iterator[str]:
    assert case.sample is not None
    yield f"About {case.sample.calls} calls with values from seed {case.sample.seed}:"
    for name, count in Counter(name for run in plan.runs for name in run.functions).items():
        yield f"  {count:5}  {name.removeprefix(WORLD)}"


def _steps(case: Case, composition: Composition) -> Iterator[str]:
    callers = modes(composition, case.steps)
    yield "Steps:"
    number = 0
    for segment in segments(case.steps):
        if number:
            yield "  In a new composition, without the earlier handles:"
        words = StepWords(composition)
        compiler = Compiler(composition, Lists.BY_ELEMENT, value_of)
        compiler.compile(tuple(with_callers(composition, segment, callers[0])))
        for role, step in zip(compiler.actors, segment, strict=True):
            number += 1
            yield from numbered(list(words.tell(role, step)), number)
    if len(callers) > 1:
        yield "All of it runs once more with the driver as the caller: it calls the exports of the subject."
    if case.lists != (Lists.BY_ELEMENT,):
        yield f"Interpreters take and give lists {'; then once more: '.join(_LISTS[lists] for lists in case.lists)}."


def _rules(case: Case, plan: Plan) -> Iterator[str]:
    """Those of the traps first, because they are the point of a case that has one."""
    outcomes = [run.outcome for run in plan.runs if run.outcome.trap is not None]
    traps = dict.fromkeys([outcome.trap for outcome in outcomes if outcome.trap is not None])
    others = sorted({trap for outcome in outcomes for trap in outcome.also} - set(traps), key=lambda trap: trap.value)
    found = [f"{trap.value}: {rules.TRAPS[trap]}" for trap in traps]
    found += [f"or {trap.value}, which is right here, too: {rules.TRAPS[trap]}" for trap in others]
    called = list(dict.fromkeys(name for run in plan.runs for name in run.functions))
    behind = [*rules.of_steps(case.steps), *rules.of_types(_types(plan, called))]
    found += [str(rule) for rule in dict.fromkeys(behind)]
    if found:
        yield "What the specification says (functions of CanonicalABI.md):"
    yield from (f"  {rule}" for rule in found)


def _types(plan: Plan, called: Sequence[str]) -> Iterator[t.Type | None]:
    functions: dict[str, Function] = {}
    for world in plan.worlds.values():
        functions.update({function.canonical: function for function in world.import_functions()})
    for name in called:
        function = functions[name]
        yield from (param.type for param in function.params)
        yield function.result
