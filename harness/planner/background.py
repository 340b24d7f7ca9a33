"""Calls that run in the background, as data: how a callee waits, and the two halves of a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique

from harness.values.values import Value
from harness.world.world import Function


@unique
class Answer(Enum):
    """The reaction of a callee to its cancellation."""

    RETURNS = 1
    ENDS = 2
    ENDS_LATER = 3


@unique
class For(Enum):
    """The wait of a callee before it returns."""

    TURNS = 1
    NOTHING = 2
    """In an empty set: until it is cancelled."""
    A_CALL = 3
    """For a call of its own that never ends: until it is cancelled, and cancels this call."""
    A_COPY = 4
    """For a read or a write that never ends: until it is cancelled, and stops this copy. Without an end for it: in an
    empty set."""


@dataclass(eq=False)
class Waits:
    """How a callee waits. `early`: before it drops its borrowed handles, if it does nothing else. `backpressure`: its
    backpressure counter meanwhile. `tail`: its turns after its return."""

    what: For
    turns: int = 0
    answer: Answer | None = None
    early: bool = False
    backpressure: int = 0
    tail: int = 0
    inner: Function | None = None
    """The function of its own call."""
    cancelled: bool = False
    """Whether it gets the cancellation."""
    takes_turns: bool = False
    """Whether it has turns between its cancellation and its end. Known once the callee is drawn, as `blocks` is."""
    blocks: bool = False
    """Whether it waits in `subtask.cancel` for the end of its own call."""

    @property
    def ends(self) -> bool:
        """Whether it ends without a result."""
        return self.answer in (Answer.ENDS, Answer.ENDS_LATER)

    @property
    def returns(self) -> bool:
        """Whether its call has a result."""
        return not (self.cancelled and self.ends)


@dataclass(eq=False)
class Begun:
    """A call that runs in the background."""

    name: str
    function: Function
    given: Sequence[Value]
    result: Value | None
    returns: bool
    started: bool = True


@dataclass(frozen=True, slots=True)
class CallToBegin:
    """A call with its arguments. `result`: without its handles, which come from the callee."""

    function: Function
    given: tuple[Value, ...]
    result: Value | None
