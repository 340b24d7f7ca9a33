"""Streams and futures: their built-ins, and the conversion of one payload (CanonicalABI.md, `canon stream.new` and the
following; `wit_stream_t` and `wit_future_t`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.canonical.names import CopyIntrinsic, copy_import_name
from generator.dylib.code.assembly import Assembly
from generator.dylib.code.helpers import Helpers
from generator.dylib.code.plan import Conversion, Mode
from generator.dylib.world.functions import FunctionUse
from generator.dylib.world.type_table import TypeTable
from generator.dylib.world.types import Kind, Node
from generator.resolved.walk import copy_types
from generator.wasm.types import FuncType, ValType

I32 = ValType.I32


@dataclass(frozen=True, slots=True)
class CopyUse:
    """A stream or future type and the function whose name its built-ins have: the first that uses it."""

    node: Node
    use: FunctionUse
    ordinal: int


@dataclass(frozen=True, slots=True)
class CopyEntry:
    """Places in the table, and size and alignment of a payload."""

    builtins: tuple[int | None, ...]
    lift: int | None
    lower: int | None
    size: int
    alignment: int


def find_copies(table: TypeTable, functions: Iterable[FunctionUse]) -> dict[Node, CopyUse]:
    """All stream and future types that functions use."""
    found: dict[Node, CopyUse] = {}
    if not table.entries[Kind.STREAM] and not table.entries[Kind.FUTURE]:
        return found
    for use in functions:
        ids = copy_types(table.resolve, use.function)
        for id in dict.fromkeys(ids):
            node = table.use(id, use.instance).node
            found.setdefault(node, CopyUse(node, use, ids.index(id)))
    return found


def payload_conversions(copies: Iterable[CopyUse]) -> list[Conversion]:
    """Helpers that must exist: the wit_t points to them."""
    payloads = [payload for copy in copies for payload in copy.node.parts if payload is not None]
    return [(payload, mode) for payload in payloads for mode in (Mode.LIFT_MEMORY, Mode.LOWER_MEMORY)]


_ASYNC = frozenset({CopyIntrinsic.READ, CopyIntrinsic.WRITE})


def _type(intrinsic: CopyIntrinsic, kind: Kind) -> FuncType:
    match intrinsic:
        case CopyIntrinsic.NEW:
            return FuncType((), (ValType.I64,))
        case CopyIntrinsic.READ | CopyIntrinsic.WRITE:
            return FuncType((I32, I32, I32) if kind is Kind.STREAM else (I32, I32), (I32,))
        case CopyIntrinsic.CANCEL_READ | CopyIntrinsic.CANCEL_WRITE:
            return FuncType((I32,), (I32,))
        case _:
            return FuncType((I32,))


def copy_entry(assembly: Assembly, helpers: Helpers, table: TypeTable, copy: CopyUse) -> CopyEntry:
    """Import the built-ins of a stream or future type; reads and writes do not block (`async`)."""
    instance, function, kind = copy.use.instance, copy.use.function, copy.node.kind
    builtins = []
    for intrinsic in CopyIntrinsic:  # in the order of the fields of wit_stream_t
        name = copy_import_name(
            table.resolve,
            instance.key,
            function,
            kind.word,
            intrinsic,
            copy.ordinal,
            exported=copy.use.exported,
            async_lower=intrinsic in _ASYNC,
        )
        builtins.append(assembly.element(assembly.import_function(name, _type(intrinsic, kind))))
    (payload,) = copy.node.parts
    if payload is None:
        return CopyEntry(tuple(builtins), None, None, 0, 1)
    lift, lower = helpers.find(payload, Mode.LIFT_MEMORY), helpers.find(payload, Mode.LOWER_MEMORY)
    assert lift is not None and lower is not None, "payloads are converted by helpers"
    return CopyEntry(tuple(builtins), assembly.element(lift), assembly.element(lower), payload.size, payload.alignment)
