"""Mutated and truncated binaries: decoded, or refused with a BinaryError; what is decoded can be printed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.component.builder import ComponentBuilder
from generator.component.errors import BinaryError
from generator.component.type_builder import ComponentTypeBuilder, InstanceTypeBuilder
from generator.component.types import FuncType, PrimValType, Sort, TupleType, TypedExtern, ValType
from generator.sources.load import load_text
from generator.wit.binary.any_binary import decode_binary
from generator.wit.binary.decode import decode_package, decode_world
from generator.wit.binary.encode import encode_package, encode_world
from generator.wit.printer import print_all
from tests.generator.wit.binary.test_round_trip import TEXTS


def _binaries() -> list[bytes]:
    binaries = []
    for text in TEXTS.values():
        resolve, package = load_text(text, all_features=True)
        binaries.append(encode_package(resolve, package))
        binaries += [encode_world(resolve, world) for world in resolve.packages[package].worlds.values()]
    return binaries


BINARIES = _binaries()


def decode_or_refuse(binary: bytes) -> None:
    try:
        _, resolve, package = decode_binary(binary)
    except BinaryError as error:
        assert 0 <= error.offset <= len(binary)
        return
    assert print_all(resolve, package)


@settings(max_examples=400)
@given(st.data())
def test_mutations(data: st.DataObject) -> None:
    mutated = bytearray(data.draw(st.sampled_from(BINARIES)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(8, len(mutated) - 1))
        mutated[at] = data.draw(st.integers(0, 255))
    decode_or_refuse(bytes(mutated))


@pytest.mark.parametrize("index", range(len(BINARIES)))
def test_truncations(index: int) -> None:
    binary = BINARIES[index]
    for end in range(0, len(binary), 7):
        decode_or_refuse(binary[:end])


def test_an_empty_component_is_no_package() -> None:
    with pytest.raises(BinaryError, match="exports no interface and no world"):
        decode_package(ComponentBuilder().finish())


def _export(name: str, wrapper: ComponentTypeBuilder) -> bytes:
    builder = ComponentBuilder()
    builder.custom("wit-component-encoding", b"\x04\x00")
    builder.export(name, Sort.TYPE, builder.type(wrapper.finish()))
    return builder.finish()


def test_export_of_another_type() -> None:
    builder = ComponentBuilder()
    builder.export("t", Sort.TYPE, builder.type(PrimValType.U8))
    with pytest.raises(BinaryError, match="'t' is not a component type"):
        decode_package(builder.finish())


def test_export_without_a_full_name() -> None:
    wrapper = ComponentTypeBuilder()
    wrapper.export("w", TypedExtern(Sort.COMPONENT, wrapper.type(ComponentTypeBuilder().finish())))
    with pytest.raises(BinaryError, match="'w' is not a full name"):
        decode_package(_export("w", wrapper))


def test_interface_in_place_of_a_world() -> None:
    resolve, package = load_text("package a:b; interface i {}")
    builder = ComponentBuilder()
    builder.custom("wit-component-encoding", b"\x04\x00")
    binary = encode_package(resolve, package)
    with pytest.raises(BinaryError, match="the exported type is not a world"):
        decode_world(builder.finish() + binary[8:])


def test_wrapper_with_two_exports() -> None:
    wrapper = ComponentTypeBuilder()
    inner = wrapper.type(ComponentTypeBuilder().finish())
    wrapper.export("a:b/w", TypedExtern(Sort.COMPONENT, inner))
    wrapper.export("a:b/v", TypedExtern(Sort.COMPONENT, inner))
    with pytest.raises(BinaryError, match="has 2 exports instead of one"):
        decode_world(_export("w", wrapper))


@pytest.mark.parametrize(("levels", "fits"), [(16, True), (20, False), (60, False)])
def test_types_without_names_that_are_shared(levels: int, fits: bool) -> None:
    """A tuple of the tuple before, twice: the text doubles at each level, the binary grows by 5 bytes."""
    scope = InstanceTypeBuilder()
    type: ValType = PrimValType.U8
    for _ in range(levels):
        type = scope.type(TupleType((type, type)))
    scope.export("f", TypedExtern(Sort.FUNC, scope.type(FuncType((("a", type),)))))
    builder = ComponentBuilder()
    builder.import_("a:b/c", TypedExtern(Sort.INSTANCE, builder.type(scope.finish())))
    if fits:
        _, resolve, package = decode_binary(builder.finish())
        assert print_all(resolve, package).count("u8") == 2**levels
    else:
        with pytest.raises(BinaryError, match="there are too many types without names, written out at their uses"):
            decode_binary(builder.finish())
