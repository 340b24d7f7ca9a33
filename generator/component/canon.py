"""Canonical definitions as data (Component Model, Binary.md, "Canonical Definitions")."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from generator.component.types import ValType
from generator.wasm.types import ValType as CoreValType


@unique
class StringEncoding(Enum):
    """The encoding of strings in linear memory; the value is the word of `--encoding`."""

    UTF8 = "utf8"
    UTF16 = "utf16"
    LATIN1_UTF16 = "compact-utf16"


@dataclass(frozen=True, slots=True)
class CanonOptions:
    """`opts`: a missing string encoding means UTF-8; all except `is_async` and the encoding are core indices."""

    string_encoding: StringEncoding | None = None
    memory: int | None = None
    realloc: int | None = None
    post_return: int | None = None
    is_async: bool = False
    callback: int | None = None


NO_OPTIONS = CanonOptions()


@dataclass(frozen=True, slots=True)
class Lift:
    """`(canon lift core_func options type)`; adds a component function."""

    core_func: int
    type: int
    options: CanonOptions = NO_OPTIONS


@dataclass(frozen=True, slots=True)
class Lower:
    """`(canon lower func options)`; adds a core function."""

    func: int
    options: CanonOptions = NO_OPTIONS


@unique
class Immediate(Enum):
    """The immediates after the opcode of a built-in."""

    INDEX = "index"
    """An unsigned integer: an index of a type, a memory, a table, or a slot."""
    FLAG = "flag"
    """One byte, 0 or 1: `async?` or `cancel?`."""
    SHARED = "sh?"
    """One byte, 0 or 1, in Binary.md; wasm-tools 1.262 neither writes nor reads it. Its value is None then."""
    CORE_VAL_TYPE = "core valtype"
    RESULT = "resultlist"
    OPTIONS = "opts"


_INDEX, _FLAG, _OPTIONS = (Immediate.INDEX,), (Immediate.FLAG,), (Immediate.OPTIONS,)
_SHARED = (Immediate.SHARED,)
_CONTEXT = (Immediate.CORE_VAL_TYPE, Immediate.INDEX)


class BuiltinOp(Enum):
    """Built-ins: name in the text format, opcode, immediates. All add a core function.

    `stream.forward` and `future.forward` (component-model PR 717) have the opcodes that wasm-tools 1.262 writes.
    """

    RESOURCE_NEW = ("resource.new", 0x02, _INDEX)
    RESOURCE_DROP = ("resource.drop", 0x03, _INDEX)
    RESOURCE_REP = ("resource.rep", 0x04, _INDEX)
    TASK_CANCEL = ("task.cancel", 0x05, ())
    SUBTASK_CANCEL = ("subtask.cancel", 0x06, _FLAG)
    TASK_RETURN = ("task.return", 0x09, (Immediate.RESULT, Immediate.OPTIONS))
    CONTEXT_GET = ("context.get", 0x0A, _CONTEXT)
    CONTEXT_SET = ("context.set", 0x0B, _CONTEXT)
    THREAD_YIELD = ("thread.yield", 0x0C, _FLAG)
    SUBTASK_DROP = ("subtask.drop", 0x0D, ())
    STREAM_NEW = ("stream.new", 0x0E, _INDEX)
    STREAM_READ = ("stream.read", 0x0F, _INDEX + _OPTIONS)
    STREAM_WRITE = ("stream.write", 0x10, _INDEX + _OPTIONS)
    STREAM_CANCEL_READ = ("stream.cancel-read", 0x11, _INDEX + _FLAG)
    STREAM_CANCEL_WRITE = ("stream.cancel-write", 0x12, _INDEX + _FLAG)
    STREAM_DROP_READABLE = ("stream.drop-readable", 0x13, _INDEX)
    STREAM_DROP_WRITABLE = ("stream.drop-writable", 0x14, _INDEX)
    FUTURE_NEW = ("future.new", 0x15, _INDEX)
    FUTURE_READ = ("future.read", 0x16, _INDEX + _OPTIONS)
    FUTURE_WRITE = ("future.write", 0x17, _INDEX + _OPTIONS)
    FUTURE_CANCEL_READ = ("future.cancel-read", 0x18, _INDEX + _FLAG)
    FUTURE_CANCEL_WRITE = ("future.cancel-write", 0x19, _INDEX + _FLAG)
    FUTURE_DROP_READABLE = ("future.drop-readable", 0x1A, _INDEX)
    FUTURE_DROP_WRITABLE = ("future.drop-writable", 0x1B, _INDEX)
    ERROR_CONTEXT_NEW = ("error-context.new", 0x1C, _OPTIONS)
    ERROR_CONTEXT_DEBUG_MESSAGE = ("error-context.debug-message", 0x1D, _OPTIONS)
    ERROR_CONTEXT_DROP = ("error-context.drop", 0x1E, ())
    WAITABLE_SET_NEW = ("waitable-set.new", 0x1F, ())
    WAITABLE_SET_WAIT = ("waitable-set.wait", 0x20, _FLAG + _INDEX)
    WAITABLE_SET_POLL = ("waitable-set.poll", 0x21, _FLAG + _INDEX)
    WAITABLE_SET_DROP = ("waitable-set.drop", 0x22, ())
    WAITABLE_JOIN = ("waitable.join", 0x23, ())
    BACKPRESSURE_INC = ("backpressure.inc", 0x24, ())
    BACKPRESSURE_DEC = ("backpressure.dec", 0x25, ())
    THREAD_INDEX = ("thread.index", 0x26, ())
    THREAD_NEW_INDIRECT = ("thread.new-indirect", 0x27, _INDEX + _INDEX)
    THREAD_RESUME_LATER = ("thread.resume-later", 0x28, ())
    THREAD_SUSPEND = ("thread.suspend", 0x29, _FLAG)
    THREAD_SUSPEND_THEN_RESUME = ("thread.suspend-then-resume", 0x2A, _FLAG)
    THREAD_YIELD_THEN_RESUME = ("thread.yield-then-resume", 0x2B, _FLAG)
    THREAD_SUSPEND_THEN_PROMOTE = ("thread.suspend-then-promote", 0x2C, _FLAG)
    THREAD_YIELD_THEN_PROMOTE = ("thread.yield-then-promote", 0x2D, _FLAG)
    STREAM_FORWARD = ("stream.forward", 0x2E, _INDEX)
    FUTURE_FORWARD = ("future.forward", 0x2F, _INDEX)
    THREAD_SPAWN_REF = ("thread.spawn-ref", 0x40, _SHARED + _INDEX)
    THREAD_SPAWN_INDIRECT = ("thread.spawn-indirect", 0x41, _SHARED + _INDEX + _INDEX)
    THREAD_AVAILABLE_PARALLELISM = ("thread.available-parallelism", 0x42, _SHARED)

    def __init__(self, text: str, opcode: int, immediates: tuple[Immediate, ...]) -> None:
        self.text = text
        self.opcode = opcode
        self.immediates = immediates


BUILTIN_BY_OPCODE = {op.opcode: op for op in BuiltinOp}

ImmediateValue = int | bool | CoreValType | ValType | CanonOptions | None


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in with one value for each of `op.immediates`. An absent `resultlist` is None."""

    op: BuiltinOp
    immediates: tuple[ImmediateValue, ...] = ()


Canon = Lift | Lower | Builtin
