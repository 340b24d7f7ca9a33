"""The arguments and the result of a call. Each crosses the border at its own time.

The caller's interpreter pops its arguments when it calls; they are lifted when the callee starts, which may be later
(`on_start`). The result is lowered when the callee returns (`on_resolve`), and the caller's interpreter takes it at the
event of that. So the lift of arguments shows no events, and the events of lowering a result are kept until then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.model.concurrency.forking import Forked
from harness.model.concurrency.waitables import Subtask, SubtaskState
from harness.model.context import LiftLowerContext, unseen
from harness.model.crossing import Crossing
from harness.plan.places import Place, Root
from harness.script import operations as s
from harness.trace.event import Event

if TYPE_CHECKING:
    from harness.model.concurrency.component import ComponentInstance

Kept = list[tuple[Event, Place]]


@dataclass(eq=False)
class ImportedCall(Forked):
    caller: ComponentInstance
    crossing: Crossing
    values: tuple[s.Value, ...]
    """The arguments; registers are replaced by their contents."""
    where: Root
    pushes: Kept = field(default_factory=list)
    """The events of lowering the result, until the interpreter takes it."""
    result: s.Value | None = None

    def pop(self) -> None:
        """The interpreter pops the arguments."""
        self.caller.show((self.crossing.events.import_call, self.where))
        self._lift(LiftLowerContext(self.caller, None).only_pops())

    def lift_arguments(self, subtask: Subtask) -> list[s.Value]:
        cx = LiftLowerContext(self.caller, subtask)
        cx.show = unseen
        lifted = self._lift(cx)
        cx.finish()
        return lifted

    def _lift(self, cx: LiftLowerContext) -> list[s.Value]:
        pairs = zip(self.values, self.crossing.params, strict=True)
        return [passage.lift(cx, value, (self.where, passage.step)) for value, passage in pairs]

    def lower_result(self, lifted: s.Value | None) -> None:
        """Lower the result into the caller, whose interpreter takes it later."""
        passage = self.crossing.result
        if passage is None:
            return
        cx = LiftLowerContext(self.caller, None)
        cx.show = self.pushes.append
        self.result = passage.lower(cx, lifted, (self.where, passage.step))

    def push(self) -> s.Value | None:
        """The interpreter takes the result; returns it."""
        for shown in self.pushes:
            self.caller.show(shown)
        self.pushes = []
        return self.result


def on_start(subtask: Subtask) -> list[s.Value]:
    subtask.on_progress()
    subtask.state = SubtaskState.STARTED
    return subtask.call.lift_arguments(subtask)


def on_resolve(subtask: Subtask, result: s.Value | None) -> None:
    subtask.on_progress()
    subtask.call.lower_result(result)
    subtask.state = SubtaskState.RETURNED


def on_cancelled(subtask: Subtask) -> None:
    """The specification's `on_resolve(None)`."""
    subtask.on_progress()
    before = subtask.state is SubtaskState.STARTING
    subtask.state = SubtaskState.CANCELLED_BEFORE_STARTED if before else SubtaskState.CANCELLED_BEFORE_RETURNED
