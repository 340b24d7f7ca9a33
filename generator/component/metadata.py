"""Custom sections about a component: `component-name` (Binary.md, "Name Section"), `producers` (tool-conventions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.component.component import Custom
from generator.component.encode_types import encode_index, encode_text
from generator.component.types import Sort


def component_name_section(name: str | None, names: Mapping[Sort, Sequence[tuple[int, str]]]) -> Custom:
    """`name` is the component's own; `names` contains index and name for each sort."""
    out = bytearray()
    if name is not None:
        body = bytearray()
        encode_text(body, name)
        _subsection(out, 0, body)
    for sort, assocs in names.items():
        body = bytearray(sort.value)
        encode_index(body, len(assocs))
        for index, text in sorted(assocs):
            encode_index(body, index)
            encode_text(body, text)
        _subsection(out, 1, body)
    return Custom("component-name", bytes(out))


def _subsection(out: bytearray, id: int, body: bytearray) -> None:
    out.append(id)
    encode_index(out, len(body))
    out += body


def producers_section(fields: Mapping[str, Mapping[str, str]]) -> Custom:
    """`fields`: for each field (`processed-by`, `language`, `sdk`) names and versions."""
    out = bytearray()
    encode_index(out, len(fields))
    for field, values in fields.items():
        encode_text(out, field)
        encode_index(out, len(values))
        for name, version in values.items():
            encode_text(out, name)
            encode_text(out, version)
    return Custom("producers", bytes(out))
