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
    UNREACHABLE = "unreachable"
    STACK_OVERFLOW = "stack-overflow"
    OUT_OF_FUEL = "out-of-fuel"
    INTERPRETER = "interpreter"
    ENGINE_FAULT = "engine-fault"
    """The engine found a bug in itself. No run is expected to end so."""
    OTHER = "other"


EXPECTABLE = tuple(trap for trap in TrapClass if trap is not TrapClass.ENGINE_FAULT)
"""What a case may expect."""


@dataclass(frozen=True, slots=True)
class ExpectedOutcome:
    """`trap` None: every entry returns. `detail` names the interpreter's cause for `INTERPRETER`, without `fail_`.

    `also`: other right classes, if a value breaks several rules or two parties check the same one.
    """

    trap: TrapClass | None = None
    detail: str | None = None
    also: frozenset[TrapClass] = frozenset()
