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
    Entries,
    ErrorContextMessage,
    ErrorContextNew,
    Fields,
    FrameKey,
    Handle,
    Items,
    New,
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
        lines.extend(_op(op) for op in frame.ops)
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
    out: list[str] = []
    _WRITE[value.__class__](value, out)
    return " ".join(out)


def _write_number(value: Number, out: list[str]) -> None:
    digits = _DIGITS.get(value.kind)
    number = value.value if digits is None else format(value.value, digits)
    out.append(f"{value.kind} {number}")


def _write_case(value: CaseValue, out: list[str]) -> None:
    if value.payload is None:
        out.append(f"var {value.discriminant}")
    else:
        out.append(f"varp {value.discriminant}")
        _WRITE[value.payload.__class__](value.payload, out)


def _write_entries(value: Entries, out: list[str]) -> None:
    _write_all("map", [part for pair in value.pairs for part in pair], out, len(value.pairs))


def _write_all(word: str, items: Sequence[Value], out: list[str], count: int | None = None) -> None:
    out.append(f"{word} {len(items) if count is None else count}")
    for item in items:
        _WRITE[item.__class__](item, out)


_DIGITS = {"f32": "08x", "f64": "016x", "char": "x", "flags": "x"}
"""Kinds that are not written in decimal."""

_WRITE: dict[type, Callable[[Any, list[str]], None]] = {
    Number: _write_number,
    Str: lambda value, out: out.append(f"str {value.data.hex() or '-'}"),
    Fields: lambda value, out: _write_all("rec", value.items, out),
    CaseValue: _write_case,
    Items: lambda value, out: _write_all("list", value.items, out),
    Raw: lambda value, out: out.append(f"raw {value.length} {value.data.hex() or '-'}"),
    Entries: _write_entries,
    Pointer: lambda value, out: out.append(f"ptr {value.address} {value.length}"),
    Handle: lambda value, out: out.append(f"handle {value.number}"),
    BareEnd: lambda value, out: out.append(bare_end_text(value)),
    Register: lambda value, out: out.append(f"reg {value.index}"),
    Argument: lambda value, out: out.append(f"arg {value.index}"),
}


def _words(*words: str | int) -> str:
    return " ".join(map(str, words))
