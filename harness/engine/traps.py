"""An engine's trap messages, mapped to the causes in the specification (CanonicalABI.md)."""

from __future__ import annotations

import re

from harness.plan.outcomes import TrapClass

# Measured: tests/harness/test_async_traps.py makes each of them. wasmtime has
# the words for concurrent operations also for a read through a writable end and a write through a readable end.
_ASYNC = (
    (TrapClass.DEADLOCK, ("deadlock detected",)),
    (TrapClass.CANNOT_BLOCK, ("cannot block a synchronous task before returning",)),
    (TrapClass.NO_RESULT, ("async-lifted export failed to produce a result",)),
    (TrapClass.RESOLVED_TWICE, ("`task.return` or `task.cancel` called more than once",)),
    (TrapClass.NOT_CANCELLED, ("called by task which has not been cancelled",)),
    (TrapClass.TASK_RETURN, ("invalid `task.return` signature and/or options",)),
    (TrapClass.CALLBACK_CODE, ("unsupported callback code",)),
    (TrapClass.UNRESOLVED, ("cannot drop a subtask which has not yet resolved",)),
    (TrapClass.DELIVERED, ("`subtask.cancel` called after terminal status delivered",)),
    (TrapClass.SET_IN_USE, ("cannot drop waitable set with waiters", "resource has children")),
    (TrapClass.IN_SET, ("while added to a waitable set", "while it's in a waitable set")),
    (
        TrapClass.COPYING,
        (
            "cannot have concurrent operations active",
            *(f"cannot {verb} busy {end}" for verb in ("remove", "drop") for end in ("stream", "future")),
        ),
    ),
    (TrapClass.NOT_COPYING, ("cancelled when no read is pending", "cancelled when no write is pending")),
    (TrapClass.END_DONE, ("after being notified that the", "after previous read", "after previous write")),
    (TrapClass.FUTURE_UNWRITTEN, ("cannot drop future write end without first writing",)),
    (TrapClass.SAME_INSTANCE, ("cannot read from and write to intra-component",)),
    (TrapClass.BACKPRESSURE, ("backpressure counter overflow",)),
)
# wasmtime has no code for the cause of a trap in its C API; these messages are those of 50.0.1. The first match counts.
_WORDS = (
    (TrapClass.INVALID_CHAR, ("invalid `char` bit pattern", "converted integer out of range for `char`")),
    (TrapClass.INVALID_DISCRIMINANT, ("invalid variant discriminant", "unexpected discriminant", "invalid expected")),
    (TrapClass.INVALID_UTF8, ("invalid utf-8", "invalid utf8", "incomplete utf-8", "unpaired surrogate")),
    (
        TrapClass.HANDLE_TYPE,
        ("used with the wrong type", "of a different type", "cannot lift own resource from a borrow"),
    ),
    (TrapClass.LENT, ("cannot remove owned resource while borrowed",)),
    (TrapClass.BORROW_LEFT, ("borrow handles still remain",)),
    (
        TrapClass.INVALID_HANDLE,
        ("unknown handle index", "index is not a resource", "handle is not a", "not an own resource"),
    ),
    (TrapClass.HANDLE_TYPE, ("is not a resource",)),  # `index 20 is ..`, of an end of a stream
    *_ASYNC,
    (TrapClass.UNALIGNED, ("unaligned pointer", "not aligned")),
    (
        TrapClass.TOO_LONG,
        ("length overflow", "too large to copy", "count too large", "size overflow", "string length too"),
    ),
    (TrapClass.OUT_OF_BOUNDS, ("out of bounds", "out-of-bounds", "beyond end of memory")),
    (TrapClass.CANNOT_LEAVE, ("cannot leave component instance",)),
    (TrapClass.CANNOT_ENTER, ("cannot enter component instance",)),
    (TrapClass.STACK_OVERFLOW, ("call stack exhausted",)),
    (TrapClass.OUT_OF_FUEL, ("all fuel consumed", "wasm trap: interrupt")),
    (TrapClass.UNREACHABLE, ("`unreachable` instruction executed",)),
)
_DISCRIMINANT = re.compile(r"discriminant \d+ out of range")
_FRAME = re.compile(r"^\s*0: +0x[0-9a-f]+ - (?:.*!)?(?P<function>\S+)$", re.MULTILINE)


_FAULT = re.compile(r"^\s*(?:\d+: )?(?P<words>BUG: .*\S)", re.MULTILINE)
"""The beginning of wasmtime's message about a state that it holds unreachable (measured; docs/async.md, F2 and F4)."""


def engine_fault(message: str) -> str:
    """The engine's message about a bug in itself, in one line; empty if there is none. Names of a guest's functions
    are in the backtrace, before the causes: they do not count."""
    _, caused, causes = message.rpartition("Caused by:")
    found = _FAULT.search(causes) if caused else _FAULT.match(message)
    return found["words"] if found else ""


def cause(message: str) -> str:
    """The innermost cause in an engine's message, in one line."""
    if fault := engine_fault(message):
        return fault
    _, found, causes = message.rpartition("Caused by:")
    lines = [line.strip() for line in (causes if found else message).splitlines() if line.strip()]
    if not lines:
        return message.strip()
    return re.sub(r"^\d+: ", "", lines[-1 if found else 0])


def classify(message: str) -> tuple[TrapClass, str]:
    """The class and the cause in a word or a line: the interpreter's `fail_*` name without the prefix, or the engine's
    own words."""
    if fault := engine_fault(message):
        return TrapClass.ENGINE_FAULT, fault
    frame = _FRAME.search(message)
    words = cause(message)
    if frame is not None and frame["function"].startswith("fail_"):
        return TrapClass.INTERPRETER, frame["function"].removeprefix("fail_")
    if _DISCRIMINANT.search(message):
        return TrapClass.INVALID_DISCRIMINANT, words
    for kind, parts in _WORDS:
        if any(part in message for part in parts):
            return kind, words
    return TrapClass.OTHER, words
