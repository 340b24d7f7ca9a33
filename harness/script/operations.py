"""The operations of a script, as data (interpreters/PROTOCOL.md, "Script").

`operands` has the values, `async_operations` the operations that only interpreters for asynchronous worlds have.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from harness.records.unguarded import unguarded
from harness.script.async_operations import AsyncOp, Got, NewSet, Start
from harness.script.operands import ERROR_CONTEXT as ERROR_CONTEXT
from harness.script.operands import Argument as Argument
from harness.script.operands import BareEnd as BareEnd
from harness.script.operands import CaseValue as CaseValue
from harness.script.operands import End as End
from harness.script.operands import Entries as Entries
from harness.script.operands import Fields as Fields
from harness.script.operands import Handle as Handle
from harness.script.operands import Items as Items
from harness.script.operands import NewWaitableSet as NewWaitableSet
from harness.script.operands import Number as Number
from harness.script.operands import Pointer as Pointer
from harness.script.operands import Raw as Raw
from harness.script.operands import Register as Register
from harness.script.operands import StartedCall as StartedCall
from harness.script.operands import Str as Str
from harness.script.operands import TypePlace as TypePlace
from harness.script.operands import Value as Value

REGISTERS = 256


@unguarded
@dataclass(frozen=True, slots=True)
class Set:
    register: int
    value: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Pick:
    """`register` := the part of `value` at `path`: field, element, payload 0; map entry k has its key at 2k."""

    register: int
    value: Value
    path: tuple[int, ...]


@unguarded
@dataclass(frozen=True, slots=True)
class Call:
    """Call an imported function; its result goes into `register`, None if it has none."""

    interface: str | None
    name: str
    register: int | None
    args: tuple[Value, ...]


@unguarded
@dataclass(frozen=True, slots=True)
class New:
    """`resource.new` of a resource that the component exports."""

    register: int
    interface: str | None
    name: str
    rep: int


@unguarded
@dataclass(frozen=True, slots=True)
class Rep:
    register: int
    handle: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Drop:
    """`resource.drop` or `error-context.drop`, by the handle's kind."""

    handle: Value


@unguarded
@dataclass(frozen=True, slots=True)
class ErrorContextNew:
    register: int
    message: Value


@unguarded
@dataclass(frozen=True, slots=True)
class ErrorContextMessage:
    register: int
    handle: Value


@unguarded
@dataclass(frozen=True, slots=True)
class Return:
    """The frame's result, and its end."""

    value: Value | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class Trap:
    """The interpreter traps here (`fail_script_trap`)."""


HandleOp = New | Rep | Drop | ErrorContextNew | ErrorContextMessage
"""Operations on resources and error contexts."""
Op = Set | Pick | Call | HandleOp | AsyncOp | Return | Trap
WritesRegister = Set | Pick | Call | New | Rep | ErrorContextNew | ErrorContextMessage | Start | Got | NewSet
"""Operations with a `register` that they write."""


@unguarded
@dataclass(frozen=True, slots=True)
class OnRun:
    """The frame runs when the host calls `run`."""


@unguarded
@dataclass(frozen=True, slots=True)
class OnExport:
    """The frame answers one call of an exported function."""

    interface: str | None
    name: str


@unguarded
@dataclass(frozen=True, slots=True)
class OnDestructor:
    """The frame runs in the destructor of an exported resource."""

    interface: str | None
    name: str


FrameKey = OnRun | OnExport | OnDestructor


@unguarded
@dataclass(frozen=True, slots=True)
class Frame:
    """`blocking`: waits block in place (asynchronous interpreters)."""

    key: FrameKey
    ops: tuple[Op, ...]
    blocking: bool = False


@unique
class Lists(Enum):
    """The lists that interpreters take and give whole; the value is the script's option."""

    BY_ELEMENT = ""
    NUMBERS = "lists"
    ANY = "lists-any"
    """Lists of any element type without handles."""


@unguarded
@dataclass(frozen=True, slots=True)
class Script:
    """`eager`: flush the trace at every event (runs that end in a trap)."""

    frames: tuple[Frame, ...]
    eager: bool = False
    lists: Lists = Lists.BY_ELEMENT
    dump: bool = True
