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

from abc import abstractmethod
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
    """What a type consists of. Each property is computed once."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Type, ...]:
        """The direct parts of the type, in the order of their values."""

    @cached_property
    def holds_handles(self) -> bool:
        """Whether values of the type can contain handles or error contexts."""
        return isinstance(self, (Own, Borrow, Future, Stream)) or any(part.holds_handles for part in self.parts)


class _Whole(_Structure):
    """A type without parts."""

    @property
    def parts(self) -> tuple[Type, ...]:
        return ()


class Members(_Structure):
    """A type whose values have a fixed number of parts: a product."""

    @property
    @abstractmethod
    def steps(self) -> tuple[str, ...]:
        """The steps of paths to the members of a value."""


class Cases(_Structure):
    """A type whose values are one of several cases, each with its payload."""

    @property
    @abstractmethod
    def payloads(self) -> tuple[Type | None, ...]:
        """The payload type of each case, after despecialization (CanonicalABI.md, "Despecialization")."""

    @property
    @abstractmethod
    def case_names(self) -> tuple[str, ...]: ...

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return tuple(payload for payload in self.payloads if payload is not None)


@dataclass(frozen=True, eq=False)
class Record(Members):
    canonical: str
    fields: tuple[Param, ...]

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return tuple(field.type for field in self.fields)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        return tuple(f".{field.name}" for field in self.fields)


@dataclass(frozen=True, eq=False)
class Variant(Cases):
    canonical: str
    cases: tuple[CaseType, ...]

    @cached_property
    def payloads(self) -> tuple[Type | None, ...]:
        return tuple(case.type for case in self.cases)

    @cached_property
    def case_names(self) -> tuple[str, ...]:
        return tuple(case.name for case in self.cases)


@dataclass(frozen=True, eq=False)
class EnumType(_Whole):
    canonical: str
    cases: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Flags(_Whole):
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

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return self.types

    @cached_property
    def steps(self) -> tuple[str, ...]:
        return tuple(f".{index}" for index in range(len(self.types)))


@dataclass(frozen=True, eq=False)
class Option(Cases):
    type: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"option<{self.type.canonical}>"

    @cached_property
    def payloads(self) -> tuple[Type | None, ...]:
        return (None, self.type)

    @cached_property
    def case_names(self) -> tuple[str, ...]:
        return ("none", "some")


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

    @cached_property
    def payloads(self) -> tuple[Type | None, ...]:
        return (self.ok, self.err)

    @cached_property
    def case_names(self) -> tuple[str, ...]:
        return ("ok", "err")


@dataclass(frozen=True, eq=False)
class List(_Structure):
    type: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"list<{self.type.canonical}>"

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return (self.type,)


@dataclass(frozen=True, eq=False)
class FixedLengthList(Members):
    type: Type
    size: int
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"list<{self.type.canonical}, {self.size}>"

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return (self.type,)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        return tuple(f"[{index}]" for index in range(self.size))


@dataclass(frozen=True, eq=False)
class Map(_Structure):
    key: Type
    value: Type
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or f"map<{self.key.canonical}, {self.value.canonical}>"

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return (self.key, self.value)


@dataclass(frozen=True, eq=False)
class Own(_Whole):
    resource: Resource

    @cached_property
    def canonical(self) -> str:
        return f"own<{self.resource.canonical}>"


@dataclass(frozen=True, eq=False)
class Borrow(_Whole):
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

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return (self.type,) if self.type is not None else ()


@dataclass(frozen=True, eq=False)
class Stream(_Structure):
    type: Type | None
    name: str | None = None

    @cached_property
    def canonical(self) -> str:
        return self.name or (f"stream<{self.type.canonical}>" if self.type is not None else "stream")

    @cached_property
    def parts(self) -> tuple[Type, ...]:
        return (self.type,) if self.type is not None else ()


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
