"""The data segments of a core module (core specification, 5.5.14)."""

from __future__ import annotations

from dataclasses import dataclass

from generator.preinit.sections import raw_sections
from generator.wasm.decode import DecodedModule
from generator.wasm.decode_items import skip_constant
from generator.wasm.reader import Reader

_DATA, _DATA_COUNT = 11, 12
_PASSIVE, _WITH_MEMORY = 1, 2


@dataclass(frozen=True, slots=True)
class EncodedSegment:
    """`head`: its binary form up to the size of its data; `raw`: all of it."""

    active: bool
    head: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class DataSegments:
    """`counted`: the module has a data count section, so its code may name segments by their index."""

    segments: tuple[EncodedSegment, ...]
    counted: bool

    @classmethod
    def read(cls, module: DecodedModule) -> DataSegments:
        """Raises WasmFormatError for a malformed section."""
        segments: tuple[EncodedSegment, ...] = ()
        counted = False
        for section in raw_sections(module.binary):
            counted = counted or section.id == _DATA_COUNT
            if section.id == _DATA:
                reader = Reader(module.binary, section.body, section.end, "data")
                segments = tuple([_segment(reader) for _ in range(reader.count())])
                reader.expect_end()
        return cls(segments, counted)

    def done(self) -> list[bytes]:
        """Their binary forms after instantiation has copied the active ones. These are left out; where code may name
        segments by their index, they keep their places without data."""
        kept = []
        for segment in self.segments:
            if not segment.active:
                kept.append(segment.raw)
            elif self.counted:
                kept.append(segment.head + b"\0")
        return kept


def _segment(reader: Reader) -> EncodedSegment:
    start = reader.position
    kind = reader.unsigned()
    if kind > _WITH_MEMORY:
        raise reader.error(f"unknown kind {kind} of a data segment", start)
    if kind == _WITH_MEMORY:
        reader.unsigned()
    if kind != _PASSIVE:
        skip_constant(reader)
    head = reader.data[start : reader.position]
    reader.bytes(reader.unsigned())
    return EncodedSegment(kind != _PASSIVE, head, reader.data[start : reader.position])
