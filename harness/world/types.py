"""WIT types of the harness: resolved, structural, from the view of one component of a composition.

A type belongs to a world: an interface that a world imports under a label and exports under its own id gives two sets
of types. Aliases are resolved (`type a = b;` and `use` lead to their targets).

Canonical names. Events name types and functions so that runs of different toolchains can be compared; the rule must
give the same text from WIT (`harness/frontend/front_end.py`) and from a `wit_t` (`harness/trace/names.py`):

* a type that has a name in WIT is `INTERFACE#NAME`, whatever its kind; INTERFACE is the `interface` string of the
  `wit_t` (the world's key: an interface id, a label, or the name of an inline interface), `-` for the world itself;
* a resource is `INTERFACE#NAME` too, with `[export]` before it where the component itself exports (defines) it;
* any other type is in WIT syntax: `list<u8>`, `list<u8, 4>`, `tuple<u8, a:b/c#r>`, `option<T>`, `result`, `result<T>`,
  `result<_, E>`, `result<T, E>`, `map<K, V>`, `future<T>`, `stream<T>`, `own<R>`, `borrow<R>`;
* an alias in a `wit_t` takes the name of its target; `own` and `borrow` never have a name of their own;
* a function is `INTERFACE#NAME`.

Names of named types do not repeat their structure, so a name is never longer than its WIT.

Types compare by identity (`canonical` compares by name): structural comparison of nested doubling is exponential.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from functools import cached_property

from harness.records.unguarded import unguarded


def qualified(interface: str | None, name: str) -> str:
    """`INTERFACE#NAME`, the canonical name of a named item."""
    return f"{interface if interface is not None else '-'}#{name}"


@unique
class Prim(Enum):
    """Types with a keyword of their own; the value is the keyword."""

    BOOL = "bool"
    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    S8 = "s8"
    S16 = "s16"
    S32 = "s32"
    S64 = "s64"
    F32 = "f32"
    F64 = "f64"
    CHAR = "char"
    STRING = "string"
    ERROR_CONTEXT = "error-context"

    def __init__(self, keyword: str) -> None:
        self.canonical = keyword
        self.holds_handles = keyword == "error-context"
        self.parts: tuple[Type, ...] = ()

    # Members are singletons; Enum hashes their names, which is slow.
    __hash__ = object.__hash__


UNSIGNED = {Prim.U8: 8, Prim.U16: 16, Prim.U32: 32, Prim.U64: 64}
SIGNED = {Prim.S8: 8, Prim.S16: 16, Prim.S32: 32, Prim.S64: 64}
FLOATS = {Prim.F32: 32, Prim.F64: 64}
NUMBERS = UNSIGNED | SIGNED | FLOATS
"""Number types and their width in bits; lists of these may be passed whole (interpreters/PROTOCOL.md, `lists`)."""


@dataclass(frozen=True, eq=False)
class Resource:
    """A resource type as one component sees it; `exported`: the component defines it."""

    interface: str | None
    name: str
    exported: bool

    @cached_property
    def canonical(self) -> str:
        return ("[export]" if self.exported else "") + qualified(self.interface, self.name)


@unguarded
@dataclass(frozen=True)
class Param:
    """A named value type: a parameter or a record field."""

    name: str
    type: Type


@unguarded
@dataclass(frozen=True)
class CaseType:
    name: str
    type: Type | None


class _Structure:
    """The properties of a type that are computed once."""

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return _parts(self)

    @cached_property
    def holds_handles(self) -> bool:
        return isinstance(self, (Own, Borrow, Future, Stream)) or any(part.holds_handles for part in self.parts)


class Members(_Structure):
    """A type whose values have a fixed number of parts: a product."""

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The steps of paths to the members of a value."""
        return _steps(self)


class Cases(_Structure):
    """A type whose values are one of several cases, each with its payload."""

    @cached_property
    def payloads(self) -> tuple[Type | None, ...]:
        return _payloads(self)

    @cached_property
    def case_names(self) -> tuple[str, ...]:
        return _case_names(self)


@dataclass(frozen=True, eq=False)
class Record(Members):
    canonical: str
    fields: tuple[Param, ...]


@dataclass(frozen=True, eq=False)
class Variant(Cases):
    canonical: str
    cases: tuple[CaseType, ...]


@dataclass(frozen=True, eq=False)
class EnumType(_Structure):
    canonical: str
    cases: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Flags(_Structure):
    canonical: str
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Tuple(Members):
    """`name` is the qualified name of a type that WIT names (`type pair = tuple<u8, u8>;`), here and below."""

    types: tuple[Type, ...]
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"tuple<{', '.join(t.canonical for t in self.types)}>"


@dataclass(frozen=True, eq=False)
class Option(Cases):
    type: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"option<{self.type.canonical}>"


@dataclass(frozen=True, eq=False)
class Result(Cases):
    ok: Type | None
    err: Type | None
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        if self.name:
            return self.name
        if self.err is not None:
            return f"result<{self.ok.canonical if self.ok is not None else '_'}, {self.err.canonical}>"
        return f"result<{self.ok.canonical}>" if self.ok is not None else "result"


@dataclass(frozen=True, eq=False)
class List(_Structure):
    type: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"list<{self.type.canonical}>"


@dataclass(frozen=True, eq=False)
class FixedLengthList(Members):
    type: Type
    size: int
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"list<{self.type.canonical}, {self.size}>"


@dataclass(frozen=True, eq=False)
class Map(_Structure):
    key: Type
    value: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"map<{self.key.canonical}, {self.value.canonical}>"


@dataclass(frozen=True, eq=False)
class Own(_Structure):
    resource: Resource

    @cached_property
    def canonical(self) -> str:
        return f"own<{self.resource.canonical}>"


@dataclass(frozen=True, eq=False)
class Borrow(_Structure):
    resource: Resource

    @cached_property
    def canonical(self) -> str:
        return f"borrow<{self.resource.canonical}>"


@dataclass(frozen=True, eq=False)
class Future(_Structure):
    type: Type | None
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or (f"future<{self.type.canonical}>" if self.type is not None else "future")


@dataclass(frozen=True, eq=False)
class Stream(_Structure):
    type: Type | None
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or (f"stream<{self.type.canonical}>" if self.type is not None else "stream")


Type = (
    Prim
    | Record
    | Variant
    | EnumType
    | Flags
    | Tuple
    | Option
    | Result
    | List
    | FixedLengthList
    | Map
    | Own
    | Borrow
    | Future
    | Stream
)

End = Future | Stream
Handle = Own | Borrow | End
"""Types whose values are handles, apart from `error-context`."""


def parts(type: Type) -> tuple[Type, ...]:
    """The direct parts of a type, in the order of their values."""
    return type.parts


def _parts(type: object) -> tuple[Type, ...]:
    match type:
        case Record():
            return tuple(field.type for field in type.fields)
        case Tuple():
            return type.types
        case Variant() | Result():
            return tuple(payload for payload in type.payloads if payload is not None)
        case Map():
            return (type.key, type.value)
        case Option() | List() | FixedLengthList():
            return (type.type,)
        case Future() | Stream():
            return (type.type,) if type.type is not None else ()
        case _:
            return ()


def reachable(*roots: Type | None, payloads: bool = True) -> list[Type]:
    """Every type that values of `roots` contain, each once, parts before wholes. `payloads`: also those of streams and
    futures, which other definitions than those of a function move."""
    seen: set[int] = set()
    order: list[Type] = []

    def visit(type: Type) -> None:
        if id(type) in seen:
            return
        seen.add(id(type))
        for part in parts(type) if payloads or not isinstance(type, Future | Stream) else ():
            visit(part)
        order.append(type)

    for root in roots:
        if root is not None:
            visit(root)
    return order


def holds_handles(type: Type) -> bool:
    """Whether values of the type can contain handles or error contexts."""
    return type.holds_handles


def payloads(type: Variant | Option | Result) -> tuple[Type | None, ...]:
    """The payload type of each case, after despecialization (CanonicalABI.md, "Despecialization")."""
    return type.payloads


def _payloads(type: object) -> tuple[Type | None, ...]:
    match type:
        case Variant():
            return tuple(case.type for case in type.cases)
        case Option():
            return (None, type.type)
        case Result():
            return (type.ok, type.err)
    raise TypeError(f"{type!r} has no cases")


def _case_names(type: object) -> tuple[str, ...]:
    match type:
        case Variant():
            return tuple(case.name for case in type.cases)
        case Option():
            return ("none", "some")
        case Result():
            return ("ok", "err")
    raise TypeError(f"{type!r} has no cases")


def _steps(type: object) -> tuple[str, ...]:
    match type:
        case Record():
            return tuple(f".{field.name}" for field in type.fields)
        case Tuple():
            return tuple(f".{index}" for index in range(len(type.types)))
        case FixedLengthList():
            return tuple(f"[{index}]" for index in range(type.size))
    raise TypeError(f"{type!r} has no members")
