"""Scripts and values as text (interpreters/PROTOCOL.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.script.async_text import TEXTS, bare_end_text, function_name
from harness.script.operations import (
    Argument,
    BareEnd,
    Call,
    CaseValue,
    Drop,
    End,
    Entries,
    ErrorContextMessage,
    ErrorContextNew,
    Fields,
    FrameKey,
    Handle,
    Items,
    New,
    NewWaitableSet,
    Number,
    OnDestructor,
    OnExport,
    OnRun,
    Op,
    Pick,
    Pointer,
    Raw,
    Register,
    Rep,
    Return,
    Script,
    Set,
    StartedCall,
    Str,
    Trap,
    Value,
)

_VERSION, _DUMP, _EAGER = "boxed1", "wit", "eager"


def eager_text(text: str) -> str:
    """The text of the same script with `eager`; a text that is no script stays as it is."""
    header, end, rest = text.partition("\n")
    version, *words = header.split(" ")
    if version != _VERSION or _EAGER in words:
        return text
    at = words.index(_DUMP) + 1 if _DUMP in words else 0
    return " ".join([version, *words[:at], _EAGER, *words[at:]]) + end + rest


def script_text(script: Script) -> str:
    """The text that the host's `script` function returns: one op on each line."""
    header = [_VERSION]
    header += [word for word, on in ((_DUMP, script.dump), (_EAGER, script.eager)) if on]
    header += [script.lists.value] if script.lists.value else []
    lines = [" ".join(header)]
    for frame in script.frames:
        lines.append(f"frame {'blocking ' if frame.blocking else ''}{_key(frame.key)}")
        lines.extend([_op(op) for op in frame.ops])
        lines.append("end")
    lines.append("")
    return "\n".join(lines)


def _key(key: FrameKey) -> str:
    match key:
        case OnRun():
            return "run"
        case OnExport(interface, name):
            return f"export {function_name(interface, name)}"
        case OnDestructor(interface, name):
            return f"dtor {function_name(interface, name)}"


def _op(op: Op) -> str:
    made = _OP.get(op.__class__)
    return TEXTS[op.__class__](op, value_text) if made is None else made(op)


def _pick(op: Pick) -> str:
    return _words("pick", op.register, value_text(op.value), len(op.path), *op.path)


def _call(op: Call) -> str:
    where = "-" if op.register is None else str(op.register)
    return " ".join(["call", function_name(op.interface, op.name), where, str(len(op.args)), *map(value_text, op.args)])


_OP: dict[type, Callable[[Any], str]] = {
    Set: lambda op: f"set {op.register} {value_text(op.value)}",
    Pick: _pick,
    Call: _call,
    New: lambda op: f"new {op.register} {function_name(op.interface, op.name)} {op.rep}",
    Rep: lambda op: f"rep {op.register} {value_text(op.handle)}",
    Drop: lambda op: f"drop {value_text(op.handle)}",
    ErrorContextNew: lambda op: f"ecnew {op.register} {value_text(op.message)}",
    ErrorContextMessage: lambda op: f"ecmsg {op.register} {value_text(op.handle)}",
    Return: lambda op: "ret" if op.value is None else f"ret {value_text(op.value)}",
    Trap: lambda op: "trap",
}


def value_text(value: Value) -> str:
    """A value in the script's notation."""
    return _TEXT[value.__class__](value)


def in_words(value: Value) -> str:
    """A value for a message: those of run time are not in the script's notation."""
    return _AT_RUN_TIME.get(value.__class__) or value_text(value)


_AT_RUN_TIME: dict[type, str] = {
    End: "an end of a stream or future",
    StartedCall: "a call",
    NewWaitableSet: "a waitable set",
}


def _number(value: Number) -> str:
    digits = _DIGITS.get(value.kind)
    return f"{value.kind} {value.value}" if digits is None else f"{value.kind} {value.value:{digits}}"


def _case(value: CaseValue) -> str:
    if value.payload is None:
        return f"var {value.discriminant}"
    return f"varp {value.discriminant} {value_text(value.payload)}"


def _entries(value: Entries) -> str:
    return _all("map", len(value.pairs), [part for pair in value.pairs for part in pair])


def _all(word: str, count: int, parts: Sequence[Value]) -> str:
    return " ".join([word, str(count), *[_TEXT[part.__class__](part) for part in parts]])


_DIGITS = {"f32": "08x", "f64": "016x", "char": "x", "flags": "x"}
"""Kinds that are not written in decimal."""

_TEXT: dict[type, Callable[[Any], str]] = {
    Number: _number,
    Str: lambda value: f"str {value.data.hex() or '-'}",
    Fields: lambda value: _all("rec", len(value.items), value.items),
    CaseValue: _case,
    Items: lambda value: _all("list", len(value.items), value.items),
    Raw: lambda value: f"raw {value.length} {value.data.hex() or '-'}",
    Entries: _entries,
    Pointer: lambda value: f"ptr {value.address} {value.length}",
    Handle: lambda value: f"handle {value.number}",
    BareEnd: bare_end_text,
    Register: lambda value: f"reg {value.index}",
    Argument: lambda value: f"arg {value.index}",
}


def _words(*words: str | int) -> str:
    return " ".join(map(str, words))
