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
    """A component waits until a call is resolved, takes its result and drops it."""

    handle: str
    status: State | None = None
    trap: TrapClass | None = None
    by: Role | None = None
    path: StepPath = ()


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
    """During a call: what happens only if the callee was told that it is cancelled."""

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


TaskStep: TypeAlias = (
    YieldStep | AwaitStep | CancelStep | ReturnStep | CancelledStep | IfCancelledStep[V] | BackpressureStep
)
