"""Functions that exist before the functions that they call: definitions are acyclic (Explainer.md, "Instance
Definitions").

A lowered function may need the memory or `realloc` of the very module that imports it. Such a module is instantiated
with functions of the shim, which call through a table; once all needed instances exist, the fixup fills the table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Op, const_function, const_i32
from generator.wasm.leb128 import encode_signed
from generator.wasm.types import ExternKind, FuncType, GlobalType, Limits, RefType, TableType, ValType

TABLE = "$imports"
_SHIM, _FIXUP = "wit-component:shim", "wit-component:fixups"
"""The modules' debug names, as the reference has them: debuggers and profilers show them."""


@dataclass(frozen=True, slots=True)
class SlotCall:
    """A call of the function at a place of the table, with one number or none."""

    slot: int
    argument: int | None


@dataclass(frozen=True, slots=True)
class ShimFunction:
    """A function of the shim: it calls the function at its own place of the table, and others before and after it."""

    type: FuncType
    name: str
    """For debuggers."""
    before: SlotCall | None = None
    after: SlotCall | None = None
    paused: SlotCall | None = None
    """Replaces `after` if it returns a number other than 0."""


class Shim(Protocol):
    """The way in which functions of the shim reach their targets."""

    def module(self, functions: Sequence[ShimFunction], debug_names: bool) -> bytes:
        """A module that exports function `0`, `1`, ..., and `places`."""

    def fixup(self, types: Sequence[FuncType], debug_names: bool) -> bytes:
        """A module that imports these places and the functions that belong there, all from the module ``, and puts them
        there."""

    def places(self, count: int) -> list[tuple[str, ExternKind]]:
        """The exports that the fixup needs, for so many functions."""


class ByTable:
    """Through a table, each function at its own number."""

    def module(self, functions: Sequence[ShimFunction], debug_names: bool) -> bytes:
        return shim_module(functions, debug_names)

    def fixup(self, types: Sequence[FuncType], debug_names: bool) -> bytes:
        return fixup_module(types, debug_names)

    def places(self, count: int) -> list[tuple[str, ExternKind]]:
        return [(TABLE, ExternKind.TABLE)]


class ByReference:
    """Through global variables that hold function references, by tail calls where nothing follows
    (`--return-call-ref`). Until they are set, they hold functions that trap."""

    def module(self, functions: Sequence[ShimFunction], debug_names: bool) -> bytes:
        module = ModuleBuilder()
        stubs: dict[FuncType, int] = {}
        for function in functions:
            if function.type not in stubs:
                code = Code(len(function.type.params))
                code.op(Op.UNREACHABLE)
                stubs[function.type] = module.add_function(function.type, code.body(), "called before it is there")
        for number, function in enumerate(functions):
            place = module.add_global(_reference(module, function.type), const_function(stubs[function.type]))
            module.export(_global(number), ExternKind.GLOBAL, place)
        for number, function in enumerate(functions):
            body = _ReferenceBody(module, function).write(number)
            module.export(str(number), ExternKind.FUNC, module.add_function(function.type, body, function.name))
        return module.encode(names=debug_names, name=_SHIM)

    def fixup(self, types: Sequence[FuncType], debug_names: bool) -> bytes:
        module = ModuleBuilder()
        functions = [module.import_function("", str(number), type) for number, type in enumerate(types)]
        module.function_names.update({index: str(number) for number, index in enumerate(functions)})
        code = Code(0)
        for number, type in enumerate(types):
            place = module.import_global("", _global(number), _reference(module, type))
            code.ref_func(functions[number])
            code.global_set(place)
            # Code may refer only to functions that are also referred to outside of code.
            module.export(str(number), ExternKind.FUNC, functions[number])
        module.module.start = module.add_function(FuncType(()), code.body(), "fill")
        return module.encode(names=debug_names, name=_FIXUP)

    def places(self, count: int) -> list[tuple[str, ExternKind]]:
        return [(_global(number), ExternKind.GLOBAL) for number in range(count)]


def _global(number: int) -> str:
    return f"g{number}"


def _reference(module: ModuleBuilder, type: FuncType) -> GlobalType:
    """A variable with a reference to a function of a type; never null."""
    return GlobalType(RefType(b"\x64" + encode_signed(module.type_index(type))), mutable=True)


def shim_module(functions: Sequence[ShimFunction], debug_names: bool) -> bytes:
    """A module that exports function `0`, `1`, ..., each a call through the table `$imports` at its own number."""
    module = ModuleBuilder()
    table = module.add_table(_table(len(functions)))
    for number, function in enumerate(functions):
        body = _TableBody(module, function).write(number)
        index = module.add_function(function.type, body, function.name)
        module.export(str(number), ExternKind.FUNC, index)
    module.export(TABLE, ExternKind.TABLE, table)
    return module.encode(names=debug_names, name=_SHIM)


class ShimBody(ABC):
    """The code of one function of the shim."""

    def __init__(self, module: ModuleBuilder, function: ShimFunction) -> None:
        self.module = module
        self.function = function
        self.code = Code(len(function.type.params))

    def write(self, number: int) -> bytes:
        function, code = self.function, self.code
        self.call_hook(function.before)
        for param in range(len(function.type.params)):
            code.local_get(param)
        self.call(number, function.type, last=function.after is None and function.paused is None)
        if function.paused is not None:
            result = code.local(ValType.I32)
            code.local_tee(result)
            code.if_()
            self.call_hook(function.paused)
            code.else_()
            self.call_hook(function.after)
            code.end()
            code.local_get(result)
        else:  # the function's results stay on the stack meanwhile
            self.call_hook(function.after)
        return code.body()

    def call_hook(self, call: SlotCall | None) -> None:
        """A call of the task hook before or after the function, if there is one."""
        if call is None:
            return
        if call.argument is not None:
            self.code.i32_const(call.argument)
        self.call(call.slot, FuncType(() if call.argument is None else (ValType.I32,)), last=False)

    @abstractmethod
    def call(self, slot: int, type: FuncType, *, last: bool) -> None:
        """A call of the function at a place; the arguments are on the stack. `last`: nothing follows."""


class _TableBody(ShimBody):
    def call(self, slot: int, type: FuncType, *, last: bool) -> None:
        self.code.i32_const(slot)
        self.code.call_indirect(self.module.type_index(type))


class _ReferenceBody(ShimBody):
    def call(self, slot: int, type: FuncType, *, last: bool) -> None:
        self.code.global_get(slot)
        index = self.module.type_index(type)
        (self.code.return_call_ref if last else self.code.call_ref)(index)


def fixup_module(types: Sequence[FuncType], debug_names: bool) -> bytes:
    """A module that imports the table and the functions (all from the module ``) and puts them into the table."""
    module = ModuleBuilder()
    functions = [module.import_function("", str(number), type) for number, type in enumerate(types)]
    module.function_names.update({index: str(number) for number, index in enumerate(functions)})
    module.import_table("", TABLE, _table(len(types)))
    module.add_elements(const_i32(0), functions)
    return module.encode(names=debug_names, name=_FIXUP)


def _table(size: int) -> TableType:
    return TableType(Limits(size, size))
