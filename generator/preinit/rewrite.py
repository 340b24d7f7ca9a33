"""A component with another initial state: only its core modules with state change; everything else stays byte for byte.

In these modules globals begin with the values of the snapshot, memories with its size and contents, and there are no
start functions. Active data segments have done their work, so they are left out; in a module that counts its segments
(because its code names them by index) they stay as empty ones.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from generator.component.component import SectionId
from generator.preinit.data_segments import DataSegments
from generator.preinit.kept_pages import PAGE_SIZE
from generator.preinit.sections import PREAMBLE_SIZE, Part, raw_sections, section_of, with_sections
from generator.preinit.snapshot import Contents, Snapshot
from generator.preinit.state import StatefulModule
from generator.wasm.encode import encode_global, encode_limits, encode_section, encode_vector
from generator.wasm.leb128 import encode_signed, encode_unsigned
from generator.wasm.module import Global
from generator.wasm.types import Limits, RefType, ValType

MEMORY, GLOBAL, START, DATA, DATA_COUNT = 5, 6, 8, 11, 12
MOST_SEGMENTS = 10_000
"""Of one memory. Engines limit the segments of a module to 100,000."""
_SMALLEST_GAP = 16
"""Zeros between two segments; for fewer, another segment would take more room."""
_ZEROS = re.compile(rb"\0*")


def rewrite(binary: bytes, modules: tuple[StatefulModule, ...], snapshot: Snapshot) -> bytes:
    """`binary`: the component that `modules` and `snapshot` belong to."""
    changed = {module.module: _module(module, snapshot) for module in modules}
    whole = memoryview(binary)
    out: list[Part] = [whole[:PREAMBLE_SIZE]]
    ordinal = 0
    for section in raw_sections(binary):
        if section.id == SectionId.CORE_MODULE and ordinal in changed:
            out += section_of(section.id, changed[ordinal])
        else:
            out.append(whole[section.start : section.end])
        ordinal += section.id == SectionId.CORE_MODULE
    return b"".join(out)


def _module(module: StatefulModule, snapshot: Snapshot) -> list[Part]:
    decoded = module.decoded
    replacements: dict[int, list[Part]] = {}
    if decoded.start is not None:
        replacements[START] = []
    if module.globals:
        replacements[GLOBAL] = [encode_globals(module, snapshot)]
    if module.memories:
        replacements[MEMORY] = [encode_memories(module, snapshot)]
    segments = DataSegments.read(decoded)
    data: list[list[Part]] = [[segment] for segment in segments.done()]
    for index in module.memories:
        data += [data_segment(index, start, part) for start, part in runs(snapshot.memories[module.module, index])]
    if decoded.has_data or data:
        parts = [encode_unsigned(len(data)), *chain.from_iterable(data)]
        replacements[DATA] = section_of(DATA, parts) if data else []
    if segments.counted:
        replacements[DATA_COUNT] = [encode_section(DATA_COUNT, encode_unsigned(len(data)))]
    return with_sections(decoded.binary, replacements)


def encode_globals(module: StatefulModule, snapshot: Snapshot) -> bytes:
    """The global section, with the values of the snapshot."""
    decoded = module.decoded
    first = len(decoded.globals) - len(decoded.defined_globals)
    items = []
    for index, item in enumerate(decoded.defined_globals, first):
        bits = snapshot.globals.get((module.module, index))
        items.append(encode_global(item if bits is None else Global(item.type, constant(item.type.type, bits))))
    return encode_section(GLOBAL, encode_vector(items))


def constant(type: ValType | RefType, bits: int) -> bytes:
    """The constant expression of a number by its bits, without its `end`."""
    match type:
        case ValType.I32:
            return b"\x41" + encode_signed(_signed(bits, 32))
        case ValType.I64:
            return b"\x42" + encode_signed(_signed(bits, 64))
        case ValType.F32:
            return b"\x43" + struct.pack("<I", bits)
        case ValType.F64:
            return b"\x44" + struct.pack("<Q", bits)
        case ValType.V128:
            return b"\xfd\x0c" + bits.to_bytes(16, "little")
    raise AssertionError(f"{type} was refused")


def _signed(bits: int, width: int) -> int:
    return bits - (1 << width) if bits >> (width - 1) else bits


def encode_memories(module: StatefulModule, snapshot: Snapshot) -> bytes:
    """The memory section, with the sizes of the snapshot."""
    limits = []
    for index in module.memories:
        pages = len(snapshot.memories[module.module, index]) // PAGE_SIZE
        limits.append(encode_limits(Limits(pages, module.decoded.memories[index].limits.maximum)))
    return encode_section(MEMORY, encode_vector(limits))


def runs(contents: Contents) -> list[tuple[int, Part]]:
    """The parts of a memory that are not zero, with their addresses; short gaps belong to a part."""
    found = list(islice(_runs(contents, _SMALLEST_GAP), MOST_SEGMENTS + 1))
    return found if len(found) <= MOST_SEGMENTS else list(_runs(contents, _gap_for_most(contents)))


def _runs(contents: Contents, gap: int) -> Iterator[tuple[int, Part]]:
    """`gap`: the smallest number of zeros between two parts, at least `_SMALLEST_GAP`."""
    whole, size = memoryview(contents), len(contents)
    start = 0
    for end, after in chain(_gaps(contents), [(size, size)]):
        if after - end < gap and after != size:
            continue
        start = _zeros_end(contents, start)  # the memory itself may begin or end with fewer zeros
        while end > start and not contents[end - 1]:
            end -= 1
        if start < end:
            yield start, whole[start:end]
        start = after


def _gaps(contents: Contents) -> Iterator[tuple[int, int]]:
    """All places with at least `_SMALLEST_GAP` zeros: their beginnings and ends."""
    zeros, after = bytes(_SMALLEST_GAP), 0
    while (start := contents.find(zeros, after)) >= 0:
        after = _zeros_end(contents, start)
        yield start, after


def _zeros_end(contents: Contents, start: int) -> int:
    found = _ZEROS.match(contents, start)
    assert found is not None
    return found.end()


def _gap_for_most(contents: Contents) -> int:
    """The smallest power of two that leaves at most `MOST_SEGMENTS` parts. To try one after the other would take time
    for each, and sizes of single gaps would take memory."""
    by_size = Counter((after - start).bit_length() for start, after in _gaps(contents))
    left, bits = MOST_SEGMENTS - 1, max(by_size)
    while by_size[bits] <= left:
        left -= by_size[bits]
        bits -= 1
    return 1 << bits


def data_segment(memory: int, start: int, data: Part) -> list[Part]:
    """An active data segment."""
    head = b"\0" if memory == 0 else b"\2" + encode_unsigned(memory)
    return [head + constant(ValType.I32, start) + b"\x0b" + encode_unsigned(len(data)), data]
