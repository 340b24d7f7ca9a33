"""Malformed components: every error is a BinaryError that names section and offset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.component.builder import ComponentBuilder
from generator.component.canon import BuiltinOp, CanonOptions
from generator.component.errors import BinaryError
from generator.component.read import read_component
from generator.component.type_builder import InstanceTypeBuilder
from generator.component.types import FuncType, OwnType, PrimValType, RecordType, Sort, SubResource, TypedExtern

PREAMBLE = "00 61 73 6d 0d 00 01 00"

MALFORMED = [
    ("", "does not begin with", 0),
    ("00 61 73 6d 01 00 00 00", "not a component: a core module", 4),
    ("00 61 73 6d 0c 00 01 00", "not a component: version 0c 00 01 00", 4),
    (f"{PREAMBLE} 0c 00", "unknown section 12", 8),
    (f"{PREAMBLE} 09 01 00", "the start section is not supported (start section, offset 0xa)", 10),
    (f"{PREAMBLE} 07 05 00", "5 bytes expected, 1 left", 10),
    (f"{PREAMBLE} 07 02 00 00", "1 bytes too many", 11),
    (f"{PREAMBLE} 07 01 05", "vector of 5 elements is longer", 10),
    (f"{PREAMBLE} 07 02 01 60", "unknown type 0x60", 11),
    (f"{PREAMBLE} 07 03 01 70 65", "0x65 is not a primitive type or an index", 12),
    (f"{PREAMBLE} 07 08 01 70 ff ff ff ff 7f 00", "negative type index", 12),
    (f"{PREAMBLE} 07 03 01 6e 01", "vector of 1 elements is longer", 12),
    (f"{PREAMBLE} 07 07 01 71 01 01 61 00 01", "refined variant cases", 16),
    (f"{PREAMBLE} 07 05 01 40 00 01 01", "named results are not supported", 14),
    (f"{PREAMBLE} 07 04 01 42 01 03", "unknown declarator 0x03", 13),
    (f"{PREAMBLE} 07 04 01 3f 60 00", "core type 0x60", 12),
    (f"{PREAMBLE} 0a 06 01 00 01 61 09 00", "unknown sort 0x09", 14),
    (f"{PREAMBLE} 0a 06 01 00 01 61 02 00", "sort value are not supported", 14),
    (f"{PREAMBLE} 0a 06 01 03 01 61 01 00", "unknown form of a name 0x03", 11),
    (f"{PREAMBLE} 0a 06 01 00 01 ff 01 00", "name is not UTF-8", 12),
    (f"{PREAMBLE} 0a 09 01 02 01 61 01 03 00 01 00", "unknown attribute 0x03", 15),
    (f"{PREAMBLE} 0a 0b 01 02 01 61 02 00 00 00 00 01 00", "appears twice", 17),
    (f"{PREAMBLE} 06 05 01 03 03 00 00", "unknown target of an alias 0x03", 12),
    (f"{PREAMBLE} 08 02 01 07", "canonical definition 0x07 is not supported", 11),
    (f"{PREAMBLE} 08 06 01 01 00 00 01 08", "canonical option 0x08", 15),
    (f"{PREAMBLE} 08 07 01 01 00 00 02 00 01", "canonical option 0x01 appears twice", 16),
    (f"{PREAMBLE} 08 03 01 06 02", "expected 0 or 1, found 0x02", 12),
    (f"{PREAMBLE} 02 06 01 00 00 01 00 11", "is not an instance", 15),
    (f"{PREAMBLE} 03 04 01 4f 00 40", "type form 0x40 is not supported", 13),
]


@pytest.mark.parametrize(("binary", "message", "offset"), MALFORMED)
def test_malformed(binary: str, message: str, offset: int) -> None:
    with pytest.raises(BinaryError) as error:
        read_component(bytes.fromhex(binary))
    assert message in str(error.value)
    assert error.value.offset == offset


def test_nesting_is_bounded() -> None:
    binary = bytes.fromhex(PREAMBLE)
    for _ in range(150):
        builder = ComponentBuilder()
        builder.component(binary)
        binary = builder.finish()
    with pytest.raises(BinaryError, match="nested deeper than 100"):
        read_component(binary)


def test_types_in_types_are_bounded() -> None:
    body = b"\x42\x00"
    for _ in range(2000):
        body = b"\x42\x01\x01" + body
    size = len(body) + 1
    section = b"\x07" + bytes((size & 127 | 128, size >> 7)) + b"\x01" + body
    with pytest.raises(BinaryError, match="nested deeper than 100"):
        read_component(bytes.fromhex(PREAMBLE) + section)


def _sample() -> bytes:
    scope = InstanceTypeBuilder()
    resource = scope.export("r", SubResource())
    own = scope.type(OwnType(resource))
    scope.export("f", TypedExtern(Sort.FUNC, scope.type(FuncType((("a", own),), PrimValType.STRING, True))))
    builder = ComponentBuilder()
    builder.import_("i", TypedExtern(Sort.INSTANCE, builder.type(scope.finish())))
    builder.type(RecordType((("a", PrimValType.U8),)))
    builder.lower(builder.alias_export(0, "f", Sort.FUNC), CanonOptions(memory=0, realloc=0))
    builder.builtin(BuiltinOp.TASK_RETURN, None, CanonOptions())
    builder.export("x", Sort.INSTANCE, 0)
    return builder.finish()


SAMPLE = _sample()


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    _read_or_refuse(SAMPLE[:8] + data)


@given(st.data())
def test_mutations(data: st.DataObject) -> None:
    mutated = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        mutated[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(mutated)))
    _read_or_refuse(bytes(mutated))
    _read_or_refuse(bytes(mutated[:end]))


def _read_or_refuse(binary: bytes) -> None:
    try:
        component = read_component(binary)
    except BinaryError as error:
        assert 0 <= error.offset <= len(binary)
    else:
        assert len(component.offsets) == len(component.definitions)
