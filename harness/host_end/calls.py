"""The values of a run as calls that a host makes and answers, and the resulting expectations of the subject.

Only calls without handles: other calls need components on both sides. It does not matter here which call of a function
returned which result, so arguments and results of one function are paired in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice

from harness.host_end.values import NotPlain, normal, possible
from harness.model import Crossings, run_model
from harness.plan.plan import Plan, ScriptPlan
from harness.plan.roles import Role
from harness.script import operations as s
from harness.script.parser import ScriptValueError, parse_values
from harness.script.text import script_text
from harness.world.merging import merging
from harness.world.world import Function

Name = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class CallByHost:
    """One call of an export of the subject by the host, or of an import that the host answers. Values are normal.

    `name`: the place of the function in the component's exports, or in its imports after its linker has merged
    versions.
    """

    name: Name
    function: Function
    args: tuple[s.Value, ...]
    result: s.Value | None


@dataclass(frozen=True, slots=True)
class HostRun:
    """`imports` first, in the subject's `run`, then `exports`. `plan`: the subject's script and its expected events."""

    imports: tuple[CallByHost, ...]
    exports: tuple[CallByHost, ...]
    plan: ScriptPlan


@dataclass(slots=True)
class _Said:
    """The calls of one function in the scripts of a run: by its imported name, and by its exported name."""

    function: Function
    imported: Name
    exported: Name
    linked: Name
    """Its name in the linked subject."""
    args: list[tuple[s.Value, ...]] = field(default_factory=list)
    results: list[s.Value] = field(default_factory=list)

    def calls(self) -> list[CallByHost]:
        """All arguments and all results, each at least once."""
        if self.function.result is None:
            return [CallByHost(self.linked, self.function, args, None) for args in self.args]
        if not self.args or not self.results:
            return []
        count = max(len(self.args), len(self.results))
        pairs = zip(islice(cycle(self.args), count), islice(cycle(self.results), count), strict=True)
        return [CallByHost(self.linked, self.function, args, result) for args, result in pairs]


def host_run(plan: Plan, run: ScriptPlan) -> HostRun | None:
    """The calls of a run; None if it has none without handles, must trap, or is asynchronous."""
    if run.outcome.trap is not None or run.followed is not None:
        return None
    crossings = Crossings(plan.worlds, plan.wires, plan.hooks)
    imports = [(said, call) for said in _said(plan, run, crossings, Role.SUBJECT) for call in said.calls()]
    exports = [(said, call) for said in _said(plan, run, crossings, Role.DRIVER) for call in said.calls()]
    if not imports and not exports:
        return None
    frames = {
        Role.PROVIDER: _answers(imports),
        Role.SUBJECT: _calls(imports) + _answers(exports),
        Role.DRIVER: _calls(exports),
    }
    scripts = {role: s.Script(tuple(frames[role]), lists=_lists(run)) for role in plan.worlds}
    entries = [role for role, calls in ((Role.SUBJECT, imports), (Role.DRIVER, exports)) if calls]
    seen = run_model(crossings, scripts, entries)
    subject = {Role.SUBJECT: script_text(scripts[Role.SUBJECT])}
    return HostRun(
        tuple([call for _, call in imports]),
        tuple([call for _, call in exports]),
        ScriptPlan(subject, {Role.SUBJECT: seen.expected[Role.SUBJECT]}, seen.outcome),
    )


def _calls(calls: Sequence[tuple[_Said, CallByHost]]) -> list[s.Frame]:
    """The same calls by a component, for the model; the subject's calls are also for the subject itself."""
    ops = [s.Call(*said.imported, None if call.result is None else 0, call.args) for said, call in calls]
    return [s.Frame(s.OnRun(), tuple(ops))] if ops else []


def _answers(calls: Sequence[tuple[_Said, CallByHost]]) -> list[s.Frame]:
    return [s.Frame(s.OnExport(*said.exported), (s.Return(call.result),)) for said, call in calls]


def _lists(run: ScriptPlan) -> s.Lists:
    words = run.scripts[Role.SUBJECT].partition("\n")[0].split(" ")
    return next((lists for lists in s.Lists if lists.value in words), s.Lists.BY_ELEMENT)


def _said(plan: Plan, run: ScriptPlan, crossings: Crossings, caller: Role) -> list[_Said]:
    """The calls of each function without handles: `caller` calls the subject, or the subject calls the provider."""
    found: dict[Name, _Said | None] = {}
    answers: dict[Role, dict[Name, list[list[str]]]] = {}
    for words in _ops(run.scripts.get(caller, ""), "call"):
        name = _name(words)
        if name not in found:
            found[name] = _function(plan, crossings, caller, name)
        said = found[name]
        if said is not None:
            with suppress(NotPlain, ScriptValueError):
                said.args.append(_args(said.function, words[3:]))
    for said in filter(None, found.values()):
        result = said.function.result
        callee = Role.PROVIDER if caller is Role.SUBJECT else Role.SUBJECT
        if callee not in answers:
            answers[callee] = _returned(run.scripts[callee])
        for words in answers[callee].get(said.exported, ()) if result is not None else ():
            with suppress(NotPlain, ScriptValueError):
                assert result is not None
                said.results.append(normal(parse_values(words, 1)[0], result))
    return [said for said in found.values() if said is not None]


def _function(plan: Plan, crossings: Crossings, caller: Role, name: Name) -> _Said | None:
    """The function that the host calls. None if another component has it or the host cannot express its values."""
    imported = plan.worlds[caller].import_function(*name)
    if imported is None:
        return None
    callee, exported = crossings.links.callee(caller, *name)
    if caller is not Role.SUBJECT and callee is not Role.SUBJECT:
        return None
    function = imported if caller is Role.SUBJECT else exported
    if function.why_async or not all(map(possible, [*(param.type for param in function.params), function.result])):
        return None
    answered = exported.interface, exported.name
    return _Said(function, name, answered, _merged(plan, name) if caller is Role.SUBJECT else answered)


def _merged(plan: Plan, name: Name) -> Name:
    """An import of the subject after its linker's merging (`harness/world/merging.py`)."""
    subject = next(part for part in plan.components if part.role is Role.SUBJECT)
    names = merging(plan.worlds[Role.SUBJECT]).names if subject.merge_versions else {}
    interface, function = name
    return (None if interface is None else names.get(interface, interface)), function


def _args(function: Function, words: list[str]) -> tuple[s.Value, ...]:
    values = parse_values(words[1:], int(words[0]))
    return tuple([normal(value, param.type) for value, param in zip(values, function.params, strict=True)])


def _name(words: Sequence[str]) -> Name:
    return (None if words[0] == "-" else words[0]), words[1]


def _ops(script: str, op: str) -> Iterator[list[str]]:
    """The operands of each op of one kind, anywhere in a script."""
    for line in script.split("\n"):
        words = line.split(" ")
        if words[0] == op:
            yield words[1:]


def _returned(script: str) -> dict[Name, list[list[str]]]:
    """The results of exports."""
    found: dict[Name, list[list[str]]] = {}
    name: Name | None = None
    for line in script.split("\n"):
        words = line.split(" ")
        if words[0] == "frame":
            name = _name(words[2:]) if words[1] == "export" else None
        elif words[0] == "ret" and name is not None:
            found.setdefault(name, []).append(words[1:])
    return found
