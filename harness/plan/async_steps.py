"""Steps of tasks: what the components of asynchronous worlds do beside calling and returning.

A call with a name (`CallStep.name`) is not waited for; these steps name it like any other handle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from harness.plan.outcomes import TrapClass
from harness.plan.roles import Role
from harness.script.async_operations import State

if TYPE_CHECKING:  # steps contain each other
    from harness.plan.steps import Step, StepPath

V = TypeVar("V")


@dataclass(frozen=True)
class YieldStep:
    """The component lets others go on, `times` times. `in_place`: nothing else enters it meanwhile."""

    times: int
    in_place: bool = False
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class AwaitStep:
    """A component waits until a call is resolved, takes its result and drops it; or until an end's copy is over.

    `set`: a waitable set that has it already. Then the component waits for events of this set, and drops nothing.
    """

    handle: str
    status: State | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()
    set: str | None = None


@dataclass(frozen=True)
class CancelStep:
    """A component asks for the cancellation of a call. `status`: the state of the call behind it. `asynchronous`: it
    does not wait for the answer."""

    handle: str
    asynchronous: bool = False
    status: State | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class ReturnStep:
    """During a call: the callee returns its result here, and goes on."""

    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class CancelledStep:
    """During a call: the callee ends without a result."""

    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class IfCancelledStep(Generic[V]):
    """Steps during a call that happen only if the callee got the event that it is cancelled."""

    steps: tuple[Step[V], ...]
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class BackpressureStep:
    """`change` is 1 or -1: one reason more, or one less, to start no calls of the component."""

    change: int
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class ExitStep:
    """During a call: the callee's task ends here, whether or not it has returned."""

    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class CodeStep:
    """The component's core function, or its callback, returns this callback code."""

    code: int
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class SetStep:
    """A component makes a waitable set."""

    handle: str
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class JoinStep:
    """A call or an end becomes a member of a waitable set, and of no other; `set` None: of none.

    Both are names, or after `!` values of a script (a bare handle).
    """

    handle: str
    set: str | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class WaitStep:
    """A component waits for one event of a waitable set. `poll`: it takes the event only if there is one. `handle` is
    the set, as in `JoinStep`."""

    handle: str
    poll: bool = False
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class EndsStep:
    """A component makes both ends of a stream or future. `type`: its canonical name. `exported`: that of a function
    that the component exports; None: wherever it occurs first, among imports before exports."""

    readable: str
    writable: str
    type: str
    exported: bool | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class ReadStep:
    """A component reads up to `count` elements, `times` times. `status`: the state of the end behind each read."""

    handle: str
    count: int = 1
    status: State | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()
    times: int = 1


@dataclass(frozen=True)
class WriteStep(Generic[V]):
    """A component writes elements. `offered` None: as many as there are values. `status`: as of a read."""

    handle: str
    values: tuple[V, ...] = ()
    offered: int | None = None
    status: State | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class TakeStep(Generic[V]):
    """A component takes what an end has read, so that the handles among it have names."""

    handle: str
    values: tuple[V, ...]
    by: Role | None = None
    path: StepPath = ()


@dataclass(frozen=True)
class StopStep:
    """A component cancels the copy of an end. `status`: as of a read."""

    handle: str
    status: State | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


EndStep: TypeAlias = EndsStep | ReadStep | WriteStep[V] | TakeStep[V] | StopStep
SetsStep: TypeAlias = SetStep | JoinStep | WaitStep
TaskStep: TypeAlias = (
    YieldStep
    | AwaitStep
    | CancelStep
    | ReturnStep
    | CancelledStep
    | IfCancelledStep[V]
    | BackpressureStep
    | ExitStep
    | CodeStep
    | SetsStep
    | EndStep[V]
)
