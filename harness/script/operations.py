"""What an interpreter is told to do, as data (interpreters/PROTOCOL.md, "Script").

Values here are the interpreter's: kinds and raw numbers, no WIT types. The model also uses them as the interpreter's
values at run time; then they contain neither `Register` nor `Argument`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique

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


HandleOp = New | Rep | Drop | ErrorContextNew | ErrorContextMessage
"""Operations on resources and error contexts."""
Op = Set | Pick | Call | HandleOp | Return | Trap


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
