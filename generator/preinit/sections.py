"""The sections of a module or component as bytes, so that unchanged ones are copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from generator.wasm.decode import SECTION_ORDER
from generator.wasm.leb128 import encode_unsigned
from generator.wasm.reader import Reader

PREAMBLE_SIZE = 8
Part: TypeAlias = bytes | bytearray | memoryview
"""Bytes of a result. They are joined once, at the end, because a memory may be large."""


@dataclass(frozen=True, slots=True)
class RawSection:
    """Positions. `start`: of its number; `body`: of its contents; `end`: after them."""

    id: int
    start: int
    body: int
    end: int


def raw_sections(binary: bytes) -> list[RawSection]:
    """Raises WasmFormatError for sections that do not fill the binary exactly."""
    reader = Reader(binary, PREAMBLE_SIZE)
    sections = []
    while not reader.at_end:
        start = reader.position
        id = reader.byte()
        contents = reader.sub(reader.unsigned())
        sections.append(RawSection(id, start, contents.position, contents.end))
    return sections


def section_of(id: int, parts: Sequence[Part]) -> list[Part]:
    """A section with these contents."""
    return [bytes([id]) + encode_unsigned(sum(map(len, parts))), *parts]


def with_sections(module: bytes, replacements: Mapping[int, Sequence[Part]]) -> list[Part]:
    """A core module with other sections: by number, each with its header; empty to leave it out.

    A section that the module does not have yet is inserted where it must come.
    """
    waiting = sorted(replacements, key=SECTION_ORDER.__getitem__)
    whole = memoryview(module)
    out: list[Part] = [whole[:PREAMBLE_SIZE]]
    for section in raw_sections(module):
        if section.id:
            while waiting and SECTION_ORDER[waiting[0]] < SECTION_ORDER[section.id]:
                out += replacements[waiting.pop(0)]
        if section.id and waiting and waiting[0] == section.id:
            out += replacements[waiting.pop(0)]
        else:
            out.append(whole[section.start : section.end])
    for id in waiting:
        out += replacements[id]
    return out
