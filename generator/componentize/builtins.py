"""Built-ins that stand beside the world's functions and mention no type of the world.

Names are a convention that wasm-tools 1.257 (component new) accepts; types and opcodes are those of CanonicalABI.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.component.canon import BuiltinOp, StringEncoding
from generator.componentize.definitions import PlainBuiltin
from generator.componentize.options import Needs
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32
NOTHING = Needs()
MEMORY = Needs(memory=True)


def signature(params: int, results: int = 0) -> FuncType:
    """`params` and `results` of type i32."""
    return FuncType((I32,) * params, (I32,) * results)


@dataclass(frozen=True, slots=True)
class FoundBuiltin:
    meaning: PlainBuiltin
    type: FuncType
    needs: Needs = NOTHING
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
    "[subtask-cancel]": ("[async-lower]", BuiltinOp.SUBTASK_CANCEL, signature(1, 1)),
    "[thread-suspend]": ("[cancellable]", BuiltinOp.THREAD_SUSPEND, signature(0, 1)),
    "[thread-yield]": ("[cancellable]", BuiltinOp.THREAD_YIELD, signature(0, 1)),
    "[thread-suspend-then-resume]": ("[cancellable]", BuiltinOp.THREAD_SUSPEND_THEN_RESUME, signature(1, 1)),
    "[thread-yield-then-resume]": ("[cancellable]", BuiltinOp.THREAD_YIELD_THEN_RESUME, signature(1, 1)),
    "[thread-suspend-then-promote]": ("[cancellable]", BuiltinOp.THREAD_SUSPEND_THEN_PROMOTE, signature(1, 1)),
    "[thread-yield-then-promote]": ("[cancellable]", BuiltinOp.THREAD_YIELD_THEN_PROMOTE, signature(1, 1)),
}
_WAITS = {
    "[waitable-set-wait]": BuiltinOp.WAITABLE_SET_WAIT,
    "[waitable-set-poll]": BuiltinOp.WAITABLE_SET_POLL,
}
_ENCODINGS = {
    "utf8": StringEncoding.UTF8,
    "utf16": StringEncoding.UTF16,
    "latin1+utf16": StringEncoding.LATIN1_UTF16,
}
_PREFIX = re.compile(r"\[(?:async-lower|cancellable)\]")
_CONTEXT = re.compile(r"\[context-(get|set)-(?:(i32|i64)-)?([0-9]+)\]")
_ERROR_CONTEXT = re.compile(r"\[error-context-(new|debug-message)-(.+)\]")

TASK_CANCEL = FoundBuiltin(PlainBuiltin(BuiltinOp.TASK_CANCEL), signature(0))


def root_builtin(name: str) -> FoundBuiltin | None:
    """The built-in of that name in the module `$root`; None if there is none."""
    if not name.startswith("["):
        return None
    if name in _PLAIN:
        op, type = _PLAIN[name]
        return FoundBuiltin(PlainBuiltin(op), type)
    prefix = _PREFIX.match(name)
    word = name if prefix is None else name[prefix.end() :]
    if word in _FLAGGED:
        allowed, op, type = _FLAGGED[word]
        if prefix is None or prefix[0] == allowed:
            return FoundBuiltin(PlainBuiltin(op, (prefix is not None,)), type)
    word = word.replace("-i32]", "]")
    if word in _WAITS and (prefix is None or prefix[0] == "[cancellable]"):
        return FoundBuiltin(PlainBuiltin(_WAITS[word], (prefix is not None,)), signature(2, 1), MEMORY)
    return _context(name) or _error_context(name)


def _context(name: str) -> FoundBuiltin | None:
    match = _CONTEXT.fullmatch(name)
    if match is None:
        return None
    type = ValType.I64 if match[2] == "i64" else I32
    if match[1] == "get":
        return FoundBuiltin(PlainBuiltin(BuiltinOp.CONTEXT_GET, (type, int(match[3]))), FuncType((), (type,)))
    return FoundBuiltin(PlainBuiltin(BuiltinOp.CONTEXT_SET, (type, int(match[3]))), FuncType((type,)))


def _error_context(name: str) -> FoundBuiltin | None:
    match = _ERROR_CONTEXT.fullmatch(name)
    encoding = None if match is None else _ENCODINGS.get(match[2])
    if match is None or encoding is None:
        return None
    if match[1] == "new":
        needs, op, type = Needs(True, False, True), BuiltinOp.ERROR_CONTEXT_NEW, signature(2, 1)
    else:
        needs, op, type = Needs(True, True, True), BuiltinOp.ERROR_CONTEXT_DEBUG_MESSAGE, signature(2)
    return FoundBuiltin(PlainBuiltin(op), type, needs, encoding)
