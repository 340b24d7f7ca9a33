"""A case of a world, its calls given or drawn. The world is a WIT text, or is inside a component or a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from harness.bench.made_here import made_here, source_name
from harness.bench.workbench import Workbench
from harness.composition.compose import ASYNC_CONTROL, ASYNC_HOST, CONTROL, HOST
from harness.frontend.front_end import FrontEndError, Surroundings, WitText, surround
from harness.frontend.gates import opening
from harness.frontend.recovered import recovered_text
from harness.fuzz.case_text import CaseParts, case_text
from harness.plan.plan import ComponentPlan
from harness.plan.roles import Role
from harness.plan.steps import CallStep
from harness.planner.callers import candidates
from harness.planner.composition import Composition
from harness.planner.named import callable_by, split_function
from harness.process.steps import StepLost
from harness.submission.asked import Asked
from harness.submission.call_text import BadCall, CallText, parse_call
from harness.submission.wording import ORIGIN, WHY
from harness.suite.case import Sample
from harness.text.nearest import there_are
from harness.values.draws import Impossible
from harness.values.sampling import Sampler
from harness.values.wave import to_wave
from harness.world import types as t
from harness.world.world import Function


@dataclass(frozen=True, slots=True)
class CaseOfWorld:
    """The task of a worker; its answer is the text of a case, or `NoCase`. `instantiate`: no calls at all.
    `encodings`: as in a case."""

    path: Path
    asked: Asked
    instantiate: bool = False
    encodings: tuple[str, ...] = ()
    repeat: str = ""
    """The command that the case comes from."""

    def perform(self, bench: Workbench) -> str | NoCase:
        try:
            with bench.steps.bounded("plan"):
                parts = self._parts(surround(self._source(), self.asked.world, self.asked.features))
                return case_text(replace(parts, made_by=made_here(bench, self.repeat, source_name(self.path))))
        except (FrontEndError, BadCall) as error:
            hint = "\n  choose one with --world NAME" if "has several worlds" in str(error) else ""
            return NoCase(f"{error}{hint}")
        except StepLost as lost:
            return NoCase(f"planning: {lost.loss.message}")

    def _source(self) -> Path | WitText:
        """A binary has one world; the interfaces of our own interpreter in it are no part of what is tested."""
        if self.path.is_file() and self.path.suffix != ".wit" and self.path.read_bytes().startswith(b"\0asm"):
            return WitText(recovered_text(self.path, (HOST, CONTROL, ASYNC_HOST, ASYNC_CONTROL)), str(self.path))
        return self.path

    def _parts(self, surroundings: Surroundings) -> CaseParts:
        subject = surroundings.parts[Role.SUBJECT].plan
        composition = Composition(surroundings.worlds, surroundings.wires)
        steps = tuple(_with_callers(composition, list(_steps(composition, self.asked.calls, Random(self.asked.seed)))))
        told = self.asked.told
        return CaseParts(
            title=told.title or _title(subject, steps, self.instantiate),
            why=told.why or WHY,
            wit=subject.wit,
            world=self.asked.world,
            features=opening(subject.wit, self.asked.features),
            steps=steps,
            sample=None if steps or self.instantiate else Sample(self.asked.seed, self.asked.count),
            origin=told.origin or ORIGIN,
            encodings=self.encodings,
        )


@dataclass(frozen=True, slots=True)
class NoCase:
    """Why there is none."""

    reason: str


def _title(subject: ComponentPlan, steps: Sequence[CallStep[str]], instantiate: bool) -> str:
    if not steps:
        return f"The world {subject.world}{', without calls' if instantiate else ''}"
    return f"Calls of {', '.join(dict.fromkeys(step.function for step in steps))}"[:200]


def _with_callers(composition: Composition, steps: Sequence[CallStep[str]]) -> Iterator[CallStep[str]]:
    """If both sides can make every call, the case runs both ways; otherwise each call says its caller."""
    found = [candidates(composition, step) for step in steps]
    either = all(len(roles) > 1 for roles in found)
    for step, roles in zip(steps, found, strict=True):
        yield step if either else replace(step, by=roles[0])


def _steps(composition: Composition, calls: Sequence[str], random: Random) -> Iterator[CallStep[str]]:
    """Raises `BadCall`."""
    sampler = Sampler(random)
    for text in calls:
        call = parse_call(text)
        name = _full_name(composition, call.function)
        step: CallStep[str] = CallStep(name)
        role = candidates(composition, step)[0]
        function = composition.worlds[role].import_function(*split_function(name))
        assert function is not None  # it is one of `callable_by`
        args = _args(call, function, sampler)
        yield CallStep(name, args, _result(call, function, sampler), trap=call.trap)


def _full_name(composition: Composition, name: str) -> str:
    """A function may be named by the end of its name, after `#`, `.` or `]`, where that is clear. Raises `BadCall`."""
    known = callable_by(composition, (Role.SUBJECT, Role.DRIVER))
    if name in known:
        return name
    found = [full for full in known if full.endswith((f"#{name}", f".{name}", f"]{name}"))]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadCall(f"several functions have the name {name}: {', '.join(found)}")
    raise BadCall(f"there is no function {name}\n{there_are(name, known, 'functions')}")


def _args(call: CallText, function: Function, sampler: Sampler) -> tuple[str, ...]:
    if call.args is not None:
        return call.args
    return tuple([_drawn(call, param.type, sampler) for param in function.params])


def _result(call: CallText, function: Function, sampler: Sampler) -> str | None:
    if call.result is not None or call.trap is not None or function.result is None:
        return call.result
    return _drawn(call, function.result, sampler)


def _drawn(call: CallText, type: t.Type, sampler: Sampler) -> str:
    try:
        return to_wave(sampler.sample(type), type)
    except Impossible:
        raise BadCall(
            f"{call.text!r}: a value of {type.canonical} is not drawn, because handles need names: "
            "write the arguments and the result, for instance f($x) -> $y"
        ) from None
