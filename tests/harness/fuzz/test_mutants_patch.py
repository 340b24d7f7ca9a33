"""The means of mutants: patches of our tools, and functions around those that a library exports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import wasmtime

import generator.canonical.layout as layout
import generator.componentize.world as world
import generator.dylib.code.lift as lift
import generator.link.roots as roots
import generator.resolved.types as types
from generator.canonical.layout import Layout, discriminant_size
from generator.dylib.world.types import Kind
from generator.resolved.model import Resolve
from generator.resolved.types import Primitive
from generator.wasm.builder import ModuleBuilder
from generator.wasm.code import Code, Mem, Op
from generator.wasm.types import ExternKind, FuncType, ValType
from harness.mutants.patch import FunctionOf, Here, MappingEntry, Member, MissingTarget, NotTaken, Patch, Seam
from harness.mutants.toolchain import MUTANTS, BrokenMutant, toolchain
from harness.mutants.wrapping import wrap_export

I32 = ValType.I32


def seen(module: ModuleType, name: str) -> Any:
    """The function that a module calls by this name, even if it only imports it."""
    return vars(module)[name]


def doubled(original: Callable[[int], int], cases: int) -> int:
    return 2 * original(cases)


def test_a_function_is_replaced_wherever_it_is_called() -> None:
    with Patch(FunctionOf(layout, "discriminant_size"), doubled).applied():
        assert layout.discriminant_size(3) == seen(lift, "discriminant_size")(3) == 2
    assert layout.discriminant_size is seen(lift, "discriminant_size") is discriminant_size


def test_a_function_as_one_module_sees_it() -> None:
    with Patch(Here(lift, "discriminant_size"), doubled).applied():
        assert (layout.discriminant_size(3), seen(lift, "discriminant_size")(3)) == (1, 2)
    assert seen(lift, "discriminant_size") is discriminant_size


def test_a_number() -> None:
    with Patch(Here(types, "MAX_FLAGS"), 5).applied():
        assert types.MAX_FLAGS == 5
    assert types.MAX_FLAGS == 32


def test_a_method() -> None:
    def larger(original: Callable[[Layout, Primitive], int], self: Layout, type: Primitive) -> int:
        return original(self, type) + 100

    with Patch(Member(Layout, "elem_size"), larger).applied():
        assert Layout(Resolve()).elem_size(Primitive.U8) == 101
    assert Layout(Resolve()).elem_size(Primitive.U8) == 1


def test_an_entry_of_a_table() -> None:
    before = dict(lift.LOADS)
    with Patch(MappingEntry(lift, "LOADS", Kind.S8), Mem.I32_LOAD8_U).applied():
        assert lift.LOADS[Kind.S8] is Mem.I32_LOAD8_U
    assert before == lift.LOADS


def test_it_is_put_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), Patch(Here(types, "MAX_FLAGS"), 5).applied():
        raise ZeroDivisionError
    assert types.MAX_FLAGS == 32


def test_memories_are_its_own() -> None:
    right = world.decoded_world
    with Patch(Here(types, "MAX_FLAGS"), 5).applied():
        assert world.decoded_world is seen(roots, "decoded_world") is not right
        assert world.decoded_world.cache_info().currsize == 0
    assert world.decoded_world is seen(roots, "decoded_world") is right


@pytest.mark.parametrize(
    "seam",
    [
        FunctionOf(layout, "no_such"),
        Here(layout, "no_such"),
        Member(Layout, "no_such"),
        MappingEntry(lift, "no_such", 1),
        MappingEntry(lift, "LOADS", Kind.RECORD),
    ],
    ids=str,
)
def test_a_seam_that_is_not_there(seam: Seam) -> None:
    with pytest.raises(MissingTarget), Patch(seam, doubled).applied():
        pass


def test_a_place_that_keeps_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of another name for the function: the patch sees it, unless it came after the patch was resolved."""
    patch = Patch(FunctionOf(layout, "discriminant_size"), doubled)
    patch.resolve()
    monkeypatch.setattr(lift, "another_name", discriminant_size, raising=False)
    with pytest.raises(NotTaken, match=r"lift\.another_name is still the original"):
        patch.prove()
    assert layout.discriminant_size is discriminant_size


def test_a_value_that_is_the_right_one_is_no_fault() -> None:
    with pytest.raises(NotTaken, match="MAX_FLAGS"):
        Patch(Here(types, "MAX_FLAGS"), types.MAX_FLAGS).prove()


def test_a_function_with_other_parameters_is_no_replacement() -> None:
    def of_two(original: Callable[[int], int], cases: int, more: int) -> int:
        return original(cases + more)

    with pytest.raises(NotTaken, match="discriminant_size and its replacement have different parameters"):
        Patch(FunctionOf(layout, "discriminant_size"), of_two).prove()
    assert layout.discriminant_size is discriminant_size


def longer(text: str, more: str = "") -> str:
    return text + more


OTHER_CALLS = [
    (FunctionOf, lambda original, text, more: "", False),
    (FunctionOf, lambda original, text: "", False),
    (FunctionOf, lambda original, text, more="": "", True),
    (FunctionOf, lambda original, *args, **more: "", True),
    (Here, lambda original, text, more: "", True),
    (Here, lambda original, text: "", True),
    (Here, lambda original: "", False),
]
"""Replacements of `longer`: all callers may leave out what has a default; one module calls it in its own way."""


@pytest.mark.parametrize(("seam", "wrong", "fits"), OTHER_CALLS)
def test_calls_with_and_without_defaults(
    monkeypatch: pytest.MonkeyPatch, seam: type[FunctionOf | Here], wrong: Callable[..., str], fits: bool
) -> None:
    monkeypatch.setattr(layout, "longer", longer, raising=False)
    expected: AbstractContextManager[object] = nullcontext() if fits else pytest.raises(NotTaken, match="longer and")
    with expected:
        Patch(seam(layout, "longer"), wrong).prove()


@pytest.mark.parametrize("name", MUTANTS)
def test_every_patch_takes(name: str) -> None:
    fault = MUTANTS[name].fault
    if isinstance(fault, Patch):
        fault.prove()
        assert fault.resolve()


def test_calls_are_counted() -> None:
    patch = Patch(FunctionOf(layout, "discriminant_size"), doubled)
    patch.prove()
    with patch.applied():
        assert patch.calls == 0
        layout.discriminant_size(3)
    layout.discriminant_size(3)
    assert patch.calls == 1


def test_a_wrong_tool_whose_place_is_gone_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(MUTANTS["list-leaked"], fault=Patch(Member(Layout, "no_such"), doubled))
    monkeypatch.setitem(MUTANTS, "list-leaked", broken)
    with pytest.raises(BrokenMutant, match="mutant list-leaked: Layout has no no_such"):
        toolchain("list-leaked")


def names(seam: Seam) -> set[str]:
    return {word for word in vars(seam).values() if isinstance(word, str)}


@pytest.mark.parametrize("name", MUTANTS)
def test_places_are_seams(name: str) -> None:
    """A private name of generator may change whenever its module does."""
    fault = MUTANTS[name].fault
    if isinstance(fault, Patch):
        assert not [word for word in names(fault.seam) if word.startswith("_") and not word.endswith("__")]


def library() -> bytes:
    """Exports `next` (n + 1) and `twice`, which calls it two times."""
    builder = ModuleBuilder()
    code = Code(1)
    code.local_get(0)
    code.i32_const(1)
    code.op(Op.I32_ADD)
    next = builder.add_function(FuncType((I32,), (I32,)), code.body(), "next")
    code = Code(1)
    code.local_get(0)
    code.call(next)
    code.call(next)
    twice = builder.add_function(FuncType((I32,), (I32,)), code.body(), "twice")
    builder.export("next", ExternKind.FUNC, next)
    builder.export("twice", ExternKind.FUNC, twice)
    return builder.encode()


def negated(code: Code, original: int) -> None:
    code.i32_const(0)
    code.local_get(0)
    code.call(original)
    code.op(Op.I32_SUB)


def test_a_wrapped_export() -> None:
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    module = wasmtime.Module(engine, wrap_export(library(), "next", negated))
    exports = wasmtime.Instance(store, module, []).exports(store)
    next, twice = exports["next"], exports["twice"]
    assert isinstance(next, wasmtime.Func)
    assert isinstance(twice, wasmtime.Func)
    assert next(store, 4) == -5
    assert twice(store, 4) == 6  # calls from inside reach the original


def test_no_such_export() -> None:
    with pytest.raises(KeyError):
        wrap_export(library(), "previous", negated)
