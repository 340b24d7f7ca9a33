"""Trapping functions in place of functions that nobody defines: weak functions, or all with
`--stub-missing-functions`."""

from __future__ import annotations

from collections.abc import Iterable

from generator.link.symbols import STUBS, FunctionSymbol, describe
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Op
from generator.wasm.types import ExternKind


def stub_export(function: FunctionSymbol) -> str:
    """Two stubs may have one name and different types."""
    return f"{function.name} {describe(function.type)}"


def build_stubs_module(stubs: Iterable[FunctionSymbol], debug_names: bool) -> bytes:
    """Each function traps under a name that contains the missing function."""
    builder = ModuleBuilder()
    for function in stubs:
        code = Code(len(function.type.params))
        code.op(Op.UNREACHABLE)
        index = builder.add_function(function.type, code.body(), f"missing function {function.name}")
        builder.export(stub_export(function), ExternKind.FUNC, index)
    return builder.encode(names=debug_names, name=STUBS)
