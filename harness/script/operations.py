"""An interpreter's instructions, and their script text (interpreters/PROTOCOL.md, "Script").

Values here are the interpreter's: kinds and raw numbers, no WIT types. The model also uses them as the interpreter's
values at run time; then they contain neither `Register` nor `Argument`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, unique
from typing import Any

REGISTERS = 256


@dataclass(frozen=True, slots=True)
class Number:
    """A scalar of `kind` bool, u8..u64, s8..s64, char, f32, f64, enum or flags; floats as their bits, unsigned.

    A value outside the kind is passed to `pop_*` unchanged, reduced only to the core type.
    """

    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Str:
    data: bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """A record, tuple or fixed-length list."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a variant, option or result."""

    discriminant: int
    payload: Value | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list, given element by element."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """A list given whole: its length and its canonical bytes."""

    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Entries:
    """A map as its entries, in order, duplicates kept."""

    pairs: tuple[tuple[Value, Value], ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A string or list as an address and a length, which may be invalid."""

    address: int
    length: int


ERROR_CONTEXT = "error-context"


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle by number; a handle that arrived or was made at run time has the canonical name of its resource.

    `resource` is `ERROR_CONTEXT` for an error context, None for a bare number from a script.
    """

    number: int
    resource: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Register:
    index: int


@dataclass(frozen=True, slots=True)
class Argument:
    """A copy of the n-th argument of the running frame."""

    index: int


Value = Number | Str | Fields | Case | Items | Raw | Entries | Pointer | Handle | Register | Argument


@dataclass(frozen=True, slots=True)
class Set:
    register: int
    value: Value


@dataclass(frozen=True, slots=True)
class Pick:
    """`register` := the part of `value` at `path`: field, element, payload 0; map entry k has its key at 2k."""

    register: int
    value: Value
    path: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """Call an imported function; its result goes into `register`, None if it has none."""

    interface: str | None
    name: str
    register: int | None
    args: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class New:
    """`resource.new` of a resource that the component exports."""

    register: int
    interface: str | None
    name: str
    rep: int


@dataclass(frozen=True, slots=True)
class Rep:
    register: int
    handle: Value


@dataclass(frozen=True, slots=True)
class Drop:
    """`resource.drop` or `error-context.drop`, by the handle's kind."""

    handle: Value


@dataclass(frozen=True, slots=True)
class ErrorContextNew:
    register: int
    message: Value


@dataclass(frozen=True, slots=True)
class ErrorContextMessage:
    register: int
    handle: Value


@dataclass(frozen=True, slots=True)
class Return:
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Trap:
    """The interpreter traps here (`fail_script_trap`)."""


Op = Set | Pick | Call | New | Rep | Drop | ErrorContextNew | ErrorContextMessage | Return | Trap


@dataclass(frozen=True, slots=True)
class OnRun:
    """The frame runs when the host calls `run`."""


@dataclass(frozen=True, slots=True)
class OnExport:
    """The frame answers one call of an exported function."""

    interface: str | None
    name: str


@dataclass(frozen=True, slots=True)
class OnDestructor:
    """The frame runs in the destructor of an exported resource."""

    interface: str | None
    name: str


FrameKey = OnRun | OnExport | OnDestructor


@dataclass(frozen=True, slots=True)
class Frame:
    key: FrameKey
    ops: tuple[Op, ...]


@unique
class Lists(Enum):
    """The lists that interpreters take and give whole; the value is the script's option."""

    BY_ELEMENT = ""
    NUMBERS = "lists"
    ANY = "lists-any"
    """Lists of any element type without handles."""


@dataclass(frozen=True, slots=True)
class Script:
    """`eager`: flush the trace at every event (runs that end in a trap)."""

    frames: tuple[Frame, ...]
    eager: bool = False
    lists: Lists = Lists.BY_ELEMENT
    dump: bool = True


def script_text(script: Script) -> str:
    """The text that the host's `script` function returns: one op on each line."""
    header = ["boxed1"]
    header += [word for word, on in (("wit", script.dump), ("eager", script.eager)) if on]
    header += [script.lists.value] if script.lists.value else []
    lines = [" ".join(header)]
    for frame in script.frames:
        lines.append(f"frame {_key(frame.key)}")
        lines.extend(_op(op) for op in frame.ops)
        lines.append("end")
    lines.append("")
    return "\n".join(lines)


def _name(interface: str | None, name: str) -> str:
    return f"{interface if interface is not None else '-'} {name}"


def _key(key: FrameKey) -> str:
    match key:
        case OnRun():
            return "run"
        case OnExport(interface, name):
            return f"export {_name(interface, name)}"
        case OnDestructor(interface, name):
            return f"dtor {_name(interface, name)}"


def _op(op: Op) -> str:
    return _OP[op.__class__](op)


def _pick(op: Pick) -> str:
    return _words("pick", op.register, value_text(op.value), len(op.path), *op.path)


def _call(op: Call) -> str:
    where = "-" if op.register is None else str(op.register)
    return " ".join(["call", _name(op.interface, op.name), where, str(len(op.args)), *map(value_text, op.args)])


_OP: dict[type, Callable[[Any], str]] = {
    Set: lambda op: f"set {op.register} {value_text(op.value)}",
    Pick: _pick,
    Call: _call,
    New: lambda op: f"new {op.register} {_name(op.interface, op.name)} {op.rep}",
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


def _write_case(value: Case, out: list[str]) -> None:
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
    Case: _write_case,
    Items: lambda value, out: _write_all("list", value.items, out),
    Raw: lambda value, out: out.append(f"raw {value.length} {value.data.hex() or '-'}"),
    Entries: _write_entries,
    Pointer: lambda value, out: out.append(f"ptr {value.address} {value.length}"),
    Handle: lambda value, out: out.append(f"handle {value.number}"),
    Register: lambda value, out: out.append(f"reg {value.index}"),
    Argument: lambda value, out: out.append(f"arg {value.index}"),
}


def _words(*words: str | int) -> str:
    return " ".join(map(str, words))
