"""Values as core parameters and results (CanonicalABI.md, "Flattening"), for 32-bit memories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from generator.resolved.despecialize import Handle, Product, Scalar, Sequence, Sum, known_alias, shape_of
from generator.resolved.model import Function, Resolve
from generator.resolved.types import Alias, Primitive, Type, TypeId
from generator.wasm.types import FuncType, ValType

MAX_FLAT_PARAMS = 16
MAX_FLAT_ASYNC_PARAMS = 4
MAX_FLAT_RESULTS = 1

I32 = ValType.I32

_PRIMITIVE_FLAT = dict.fromkeys(Primitive, (I32,)) | {
    Primitive.S64: (ValType.I64,),
    Primitive.U64: (ValType.I64,),
    Primitive.F32: (ValType.F32,),
    Primitive.F64: (ValType.F64,),
    Primitive.STRING: (I32, I32),
}


@unique
class Context(Enum):
    """The side of a function that a core signature belongs to (`context` of `flatten_functype`)."""

    LIFT = "lift"
    """The lifted core function: an export."""
    LOWER = "lower"
    """The lowered core function: an import."""


@unique
class AsyncAbi(Enum):
    """The options `async` and `callback` of `canon lift` and `canon lower`."""

    SYNC = "sync"
    CALLBACK = "callback"
    """Async; lifted with a callback. For imports the same as `STACKFUL`."""
    STACKFUL = "stackful"


@dataclass(frozen=True, slots=True)
class CoreSignature:
    """A core function type, and which parts of it go through memory."""

    type: FuncType
    indirect_params: bool
    """The one parameter is a pointer to a tuple of the parameters."""
    result_pointer: bool
    """The result is in memory: the last parameter (lower) or the result (lift) points to it."""


def join(a: ValType, b: ValType) -> ValType:
    """The core type that can hold the bits of either type (`join`)."""
    if a is b:
        return a
    if {a, b} == {I32, ValType.F32}:
        return I32
    return ValType.I64


class Flattening:
    """Flat types of the types of one `Resolve`.

    No core signature uses more than `MAX_FLAT_PARAMS` flat values of a type, so a longer list is never built:
    a few lines of WIT can describe a type of millions.
    """

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self._known: dict[TypeId, tuple[ValType, ...] | None] = {}

    def flatten_type(self, type: Type) -> tuple[ValType, ...] | None:
        """The flat types of a type, or None if they are more than `MAX_FLAT_PARAMS`."""
        if isinstance(type, Primitive):
            return _PRIMITIVE_FLAT[type]
        if type in self._known:
            return self._known[type]
        flat = self._known[type] = self._compute(type)
        return flat

    def flatten_types(self, types: tuple[Type, ...]) -> tuple[ValType, ...] | None:
        """The flat types of a sequence, or None if they are more than `MAX_FLAT_PARAMS`."""
        flat: list[ValType] = []
        for type in types:
            part = self.flatten_type(type)
            if part is None or len(flat) + len(part) > MAX_FLAT_PARAMS:
                return None
            flat += part
        return tuple(flat)

    def _compute(self, id: TypeId) -> tuple[ValType, ...] | None:
        kind = known_alias(self.resolve, id, self._known)
        if isinstance(kind, Alias):
            return self.flatten_type(kind.type)
        match shape_of(kind):
            case Scalar(type):
                return _PRIMITIVE_FLAT[type]
            case Product(types, times):
                flat, times = self.flatten_types(types), times or 1
                return None if flat is None or len(flat) * times > MAX_FLAT_PARAMS else flat * times
            case Sum(cases):
                return self._flatten_variant(cases)
            case Sequence():
                return (I32, I32)
            case Handle():
                return (I32,)

    def _flatten_variant(self, cases: tuple[Type | None, ...]) -> tuple[ValType, ...] | None:
        flat = [I32]
        for type in cases:
            if type is None:
                continue
            part = self.flatten_type(type)
            if part is None or len(part) >= MAX_FLAT_PARAMS:
                return None
            for index, core in enumerate(part, 1):
                if index < len(flat):
                    flat[index] = join(flat[index], core)
                else:
                    flat.append(core)
        return tuple(flat)

    def flatten_functype(
        self, function: Function, context: Context, async_abi: AsyncAbi = AsyncAbi.SYNC
    ) -> CoreSignature:
        """The core signature of a function, lifted or lowered.

        With `AsyncAbi.CALLBACK` or `STACKFUL` and `Context.LOWER` the result, if any, always goes through memory.
        """
        async_lower = async_abi is not AsyncAbi.SYNC and context is Context.LOWER
        max_params = MAX_FLAT_ASYNC_PARAMS if async_lower else MAX_FLAT_PARAMS
        flat = self.flatten_types(tuple([param.type for param in function.params]))
        indirect = flat is None or len(flat) > max_params
        params = (I32,) if flat is None or indirect else flat
        if async_abi is AsyncAbi.SYNC:
            return self._sync(params, indirect, function.result, context)
        if context is Context.LOWER:
            has_result = function.result is not None
            return CoreSignature(FuncType(params + (I32,) * has_result, (I32,)), indirect, has_result)
        return CoreSignature(FuncType(params, (I32,) if async_abi is AsyncAbi.CALLBACK else ()), indirect, False)

    def _sync(
        self, params: tuple[ValType, ...], indirect: bool, result: Type | None, context: Context
    ) -> CoreSignature:
        results = () if result is None else self.flatten_type(result)
        if results is not None and len(results) <= MAX_FLAT_RESULTS:
            return CoreSignature(FuncType(params, results), indirect, False)
        if context is Context.LIFT:
            return CoreSignature(FuncType(params, (I32,)), indirect, True)
        return CoreSignature(FuncType((*params, I32)), indirect, True)

    def task_return_type(self, function: Function) -> CoreSignature:
        """The core signature of `task.return` for a function: its result as parameters (`canon task.return`)."""
        if function.result is None:
            return CoreSignature(FuncType(()), False, False)
        flat = self.flatten_type(function.result)
        return CoreSignature(FuncType((I32,) if flat is None else flat), flat is None, False)
