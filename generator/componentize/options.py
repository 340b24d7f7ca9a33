"""The canonical options that a function needs (CanonicalABI.md, "canon lift" and "canon lower", validation)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.canonical.flatten import AsyncAbi, Context, CoreSignature, Flattening
from generator.resolved.despecialize import Handle, Product, Scalar, Sequence, Shape, Sum, shape_of
from generator.resolved.model import Function, Resolve
from generator.resolved.types import Alias, Primitive, Type, TypeId


@dataclass(frozen=True, slots=True)
class NeededOptions:
    memory: bool = False
    realloc: bool = False
    string_encoding: bool = False


class TypeContents:
    """The parts of types that live in memory, each computed once."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._known: dict[TypeId, tuple[bool, bool]] = {}
        for index in range(len(resolve.types)):  # most types follow those that they mention: recursion stays shallow
            self._definition(TypeId(index))

    def of(self, types: Iterable[Type | None]) -> tuple[bool, bool]:
        """Whether any of the types holds something of variable length (a string, list or map), and whether a string."""
        pointers = strings = False
        for type in types:
            if isinstance(type, int):
                has_pointers, has_strings = self._definition(type)
                pointers |= has_pointers
                strings |= has_strings
            elif type is Primitive.STRING:
                pointers = strings = True
        return pointers, strings

    def _definition(self, id: TypeId) -> tuple[bool, bool]:
        found = self._known.get(id)
        if found is None:
            kind = self._resolve.types[id].kind
            found = self.of([kind.type]) if isinstance(kind, Alias) else self._shape(shape_of(kind))
            self._known[id] = found
        return found

    def _shape(self, shape: Shape) -> tuple[bool, bool]:
        match shape:
            case Scalar() | Handle():  # for any target of a handle
                return False, False
            case Product(types):
                return self.of(types)
            case Sum(cases):
                return self.of(cases)
            case Sequence(types):
                return True, self.of(types)[1]

    def to_lower(self, function: Function, signature: CoreSignature) -> NeededOptions:
        """The needs of an imported function: it reads parameters from memory and writes results to it."""
        params, param_strings = self.of(param.type for param in function.params)
        result, result_strings = self.of([function.result])
        indirect = signature.indirect_params or signature.result_pointer
        return NeededOptions(params or result or indirect, result, param_strings or result_strings)

    def to_lift(self, function: Function, signature: CoreSignature) -> NeededOptions:
        """The needs of an exported function: it writes parameters to memory and reads results from it."""
        params, param_strings = self.of(param.type for param in function.params)
        result, result_strings = self.of([function.result])
        realloc = params or signature.indirect_params
        return NeededOptions(realloc or result or signature.result_pointer, realloc, param_strings or result_strings)

    def to_lift_async(self, function: Function, flattening: Flattening) -> NeededOptions:
        """Like `to_lift`, for a function whose result goes through `task.return`. `task.return` itself has the same
        memory and string encoding, even if only a parameter needs them: the options of both must be equal
        (CanonicalABI.md, `canon task.return`: `LiftOptions.equal`).

        A result of more than one flat value has a memory, as if it were lifted synchronously. The specification asks
        for it only above `MAX_FLAT_PARAMS`; this rule was learnt from the reference's output.
        """
        core = flattening.flatten_functype(function, Context.LIFT, AsyncAbi.CALLBACK)
        needs = self.to_lift(function, core)
        synchronous = flattening.flatten_functype(function, Context.LIFT)
        return replace(needs, memory=needs.memory or synchronous.result_pointer)

    def to_return(self, function: Function, flattening: Flattening) -> NeededOptions:
        """The needs of `task.return`, which never allocates."""
        return replace(self.to_lift_async(function, flattening), realloc=False)
