"""The expected end of a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique


@unique
class TrapClass(Enum):
    """Causes of a trap in the specification (CanonicalABI.md); messages of an engine are mapped to these."""

    INVALID_CHAR = "invalid-char"
    INVALID_DISCRIMINANT = "invalid-discriminant"
    INVALID_UTF8 = "invalid-utf8"
    INVALID_HANDLE = "invalid-handle"
    HANDLE_TYPE = "handle-type"
    UNALIGNED = "unaligned"
    OUT_OF_BOUNDS = "out-of-bounds"
    TOO_LONG = "too-long"
    BORROW_LEFT = "borrow-left"
    LENT = "lent"
    CANNOT_LEAVE = "cannot-leave"
    CANNOT_ENTER = "cannot-enter"
    DEADLOCK = "deadlock"
    CANNOT_BLOCK = "cannot-block"
    NO_RESULT = "no-result"
    RESOLVED_TWICE = "resolved-twice"
    NOT_CANCELLED = "not-cancelled"
    TASK_RETURN = "task-return"
    CALLBACK_CODE = "callback-code"
    UNRESOLVED = "unresolved-subtask"
    DELIVERED = "delivered-subtask"
    SET_IN_USE = "set-in-use"
    IN_SET = "in-waitable-set"
    COPYING = "copying"
    NOT_COPYING = "not-copying"
    END_DONE = "end-done"
    FUTURE_UNWRITTEN = "future-unwritten"
    SAME_INSTANCE = "same-instance"
    BACKPRESSURE = "backpressure"
    UNREACHABLE = "unreachable"
    STACK_OVERFLOW = "stack-overflow"
    OUT_OF_FUEL = "out-of-fuel"
    INTERPRETER = "interpreter"
    ENGINE_FAULT = "engine-fault"
    """The engine found a bug in itself. No run is expected to end so."""
    OTHER = "other"


EXPECTABLE = tuple(trap for trap in TrapClass if trap is not TrapClass.ENGINE_FAULT)
"""The traps that a case may expect."""


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """`trap` None: every entry returns. `detail` names the interpreter's cause for `INTERPRETER`, without `fail_`.

    `also`: other right classes, if a value breaks several rules or two parties check the same one.
    """

    trap: TrapClass | None = None
    detail: str | None = None
    also: frozenset[TrapClass] = frozenset()
