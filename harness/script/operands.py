"""An interpreter's values, as data (interpreters/PROTOCOL.md, "Script", and ASYNC.md, "Values").

They are the interpreter's: kinds and raw numbers, no WIT types. The model also uses them as the interpreter's values at
run time; then they contain neither `Register` nor `Argument`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.records.unguarded import unguarded


@unguarded
@dataclass(frozen=True, slots=True)
class Number:
    """A scalar of `kind` bool, u8..u64, s8..s64, char, f32, f64, enum or flags; floats as their bits, unsigned.

    A value outside the kind is passed to `pop_*` unchanged, reduced only to the core type.
    """

    kind: str
    value: int


@unguarded
@dataclass(frozen=True, slots=True)
class Str:
    data: bytes


@unguarded
@dataclass(frozen=True, slots=True)
class Fields:
    """A record, tuple or fixed-length list."""

    items: tuple[Value, ...]


@unguarded
@dataclass(frozen=True, slots=True)
class CaseValue:
    """A case of a variant, option or result."""

    discriminant: int
    payload: Value | None = None


@unguarded
@dataclass(frozen=True, slots=True)
class Items:
    """A list, given element by element."""

    items: tuple[Value, ...]


@unguarded
@dataclass(frozen=True, slots=True)
class Raw:
    """A list given whole: its length and its canonical bytes."""

    length: int
    data: bytes


@unguarded
@dataclass(frozen=True, slots=True)
class Entries:
    """A map as its entries, in order, duplicates kept."""

    pairs: tuple[tuple[Value, Value], ...]


@unguarded
@dataclass(frozen=True, slots=True)
class Pointer:
    """A string or list as an address and a length, which may be invalid."""

    address: int
    length: int


ERROR_CONTEXT = "error-context"


@unguarded
@dataclass(frozen=True, slots=True)
class Handle:
    """A handle by number; a handle that arrived or was made at run time has the canonical name of its resource.

    `resource` is `ERROR_CONTEXT` for an error context, None for a bare number from a script.
    """

    number: int
    resource: str | None = field(default=None, compare=False)


@unguarded
@dataclass(frozen=True, slots=True)
class Register:
    index: int


@unguarded
@dataclass(frozen=True, slots=True)
class Argument:
    """A copy of the n-th argument of the running frame."""

    index: int


@unguarded
@dataclass(frozen=True, slots=True)
class TypePlace:
    """A stream or future type by a place in a function's signature (interpreters/ASYNC.md, "Values").

    `param` counts the parameters; the number of parameters stands for the result.
    """

    exported: bool
    interface: str | None
    name: str
    param: int
    path: tuple[int, ...] = ()


@unguarded
@dataclass(frozen=True, slots=True)
class BareEnd:
    """An end of a stream or future by its bare handle."""

    place: TypePlace
    number: int


@unguarded
@dataclass(frozen=True, slots=True)
class End:
    """At run time: the end of a stream or future that arrived or was made. It has no text."""

    type: object
    """A `Stream` or `Future` of `harness/world/types.py`, because an imported and an exported type may share a name."""
    number: int
    writable: bool = False


@unguarded
@dataclass(frozen=True, slots=True)
class StartedCall:
    """At run time: a call, by its number in its component. It has no text."""

    number: int


@unguarded
@dataclass(frozen=True, slots=True)
class NewWaitableSet:
    """At run time: a waitable set by its handle. It has no text."""

    number: int


RunTime = End | StartedCall | NewWaitableSet
Value = (
    Number
    | Str
    | Fields
    | CaseValue
    | Items
    | Raw
    | Entries
    | Pointer
    | Handle
    | BareEnd
    | RunTime
    | Register
    | Argument
)
