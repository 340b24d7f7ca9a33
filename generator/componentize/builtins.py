"""Built-ins that belong to no item of the world and mention none of its types. Their names are a convention that
wasm-tools 1.262 (component new) accepts; types and opcodes are those of CanonicalABI.md."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.component.canon import BuiltinOp, StringEncoding
from generator.componentize.definitions import PlainBuiltin
from generator.componentize.errors import ComponentizeError
from generator.componentize.options import NeededOptions
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32
NOTHING = NeededOptions()
MEMORY = NeededOptions(memory=True)


def signature(params: int, results: int = 0) -> FuncType:
    """`params` and `results` of type i32."""
    return FuncType((I32,) * params, (I32,) * results)


@dataclass(frozen=True, slots=True)
class FoundBuiltin:
    meaning: PlainBuiltin
    type: FuncType
    needs: NeededOptions = NOTHING
    encoding: StringEncoding = StringEncoding.UTF8


_PLAIN = {
    "[error-context-drop]": (BuiltinOp.ERROR_CONTEXT_DROP, signature(1)),
    "[backpressure-inc]": (BuiltinOp.BACKPRESSURE_INC, signature(0)),
    "[backpressure-dec]": (BuiltinOp.BACKPRESSURE_DEC, signature(0)),
    "[waitable-set-new]": (BuiltinOp.WAITABLE_SET_NEW, signature(0, 1)),
    "[waitable-set-drop]": (BuiltinOp.WAITABLE_SET_DROP, signature(1)),
    "[waitable-join]": (BuiltinOp.WAITABLE_JOIN, signature(2)),
    "[subtask-drop]": (BuiltinOp.SUBTASK_DROP, signature(1)),
    "[thread-index]": (BuiltinOp.THREAD_INDEX, signature(0, 1)),
    "[thread-resume-later]": (BuiltinOp.THREAD_RESUME_LATER, signature(1)),
}
_FLAGGED = {
    "[subtask-cancel]": (BuiltinOp.SUBTASK_CANCEL, False, signature(1, 1)),
    "[async-lower][subtask-cancel]": (BuiltinOp.SUBTASK_CANCEL, True, signature(1, 1)),
    "[thread-suspend]": (BuiltinOp.THREAD_SUSPEND, False, signature(0, 1)),
    "[thread-yield]": (BuiltinOp.THREAD_YIELD, False, signature(0, 1)),
    "[thread-suspend-then-resume]": (BuiltinOp.THREAD_SUSPEND_THEN_RESUME, False, signature(1, 1)),
    "[thread-yield-then-resume]": (BuiltinOp.THREAD_YIELD_THEN_RESUME, False, signature(1, 1)),
    "[thread-suspend-then-promote]": (BuiltinOp.THREAD_SUSPEND_THEN_PROMOTE, False, signature(1, 1)),
    "[thread-yield-then-promote]": (BuiltinOp.THREAD_YIELD_THEN_PROMOTE, False, signature(1, 1)),
}
"""Built-ins with an `async?` or `cancel?` byte. `cancel?` is always 0 (see `_CANCELLABLE`)."""
_WAITS = {
    "[waitable-set-wait]": BuiltinOp.WAITABLE_SET_WAIT,
    "[waitable-set-poll]": BuiltinOp.WAITABLE_SET_POLL,
}
_ENCODINGS = {
    "utf8": StringEncoding.UTF8,
    "utf16": StringEncoding.UTF16,
    "latin1+utf16": StringEncoding.LATIN1_UTF16,
}
_CANCELLABLE = "[cancellable]"
"""A prefix of older modules. component-model PR 716 took the immediate `cancellable` away, so that its byte must be 0;
wasm-tools 1.262 and wasmtime 50 take nothing else."""
_CONTEXT = re.compile(r"\[context-(get|set)-(?:(i32|i64)-)?([0-9]+)\]")
_CONTEXT_SLOTS = 2
"""CanonicalABI.md, `canon context.get`: the index is less than the length of `Thread.storage`."""
_LARGEST_ORDINAL = (1 << 32) - 1
_ERROR_CONTEXT = re.compile(r"\[error-context-(new|debug-message)-(.+)\]")

TASK_CANCEL = FoundBuiltin(PlainBuiltin(BuiltinOp.TASK_CANCEL), signature(0))


def root_builtin(name: str) -> FoundBuiltin | None:
    """The built-in of that name in the module `$root`; None if there is none. Raises ComponentizeError, without a
    place, if the built-in exists but not in the requested form."""
    if not name.startswith("["):
        return None
    if name.startswith(_CANCELLABLE) and root_builtin(name.removeprefix(_CANCELLABLE)) is not None:
        raise ComponentizeError(
            f"`{_CANCELLABLE}` is not supported: the Component Model no longer has the option `cancellable`, and no "
            "engine takes it; import the built-in without this prefix"
        )
    if name in _PLAIN:
        op, type = _PLAIN[name]
        return FoundBuiltin(PlainBuiltin(op), type)
    if name in _FLAGGED:
        op, flag, type = _FLAGGED[name]
        return FoundBuiltin(PlainBuiltin(op, (flag,)), type)
    wait = _WAITS.get(name.replace("-i32]", "]"))
    if wait is not None:
        return FoundBuiltin(PlainBuiltin(wait, (False,)), signature(2, 1), MEMORY)
    return _context(name) or _error_context(name)


def _context(name: str) -> FoundBuiltin | None:
    match = _CONTEXT.fullmatch(name)
    if match is None:
        return None
    slot = ordinal(match[3])
    if slot is None or slot >= _CONTEXT_SLOTS:
        raise ComponentizeError(f"a context has the slots 0 to {_CONTEXT_SLOTS - 1} only")
    type = ValType.I64 if match[2] == "i64" else I32
    if match[1] == "get":
        return FoundBuiltin(PlainBuiltin(BuiltinOp.CONTEXT_GET, (type, slot)), FuncType((), (type,)))
    return FoundBuiltin(PlainBuiltin(BuiltinOp.CONTEXT_SET, (type, slot)), FuncType((type,)))


def ordinal(digits: str) -> int | None:
    """The number that a name has in decimal digits; None where it does not fit in 32 bits.

    Long sequences of digits are not converted: Python refuses some of them.
    """
    significant = digits.lstrip("0") or "0"
    if len(significant) > len(str(_LARGEST_ORDINAL)):
        return None
    number = int(significant)
    return number if number <= _LARGEST_ORDINAL else None


def _error_context(name: str) -> FoundBuiltin | None:
    match = _ERROR_CONTEXT.fullmatch(name)
    encoding = None if match is None else _ENCODINGS.get(match[2])
    if match is None or encoding is None:
        return None
    if match[1] == "new":
        needs, op, type = NeededOptions(True, False, True), BuiltinOp.ERROR_CONTEXT_NEW, signature(2, 1)
    else:
        needs, op, type = NeededOptions(True, True, True), BuiltinOp.ERROR_CONTEXT_DEBUG_MESSAGE, signature(2)
    return FoundBuiltin(PlainBuiltin(op), type, needs, encoding)
