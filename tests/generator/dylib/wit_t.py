"""Reads a `wit_t` out of memory, as wit_dylib.h declares it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS_V3 = [
    "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "bool", "char", "f32", "f64", "string", "error-context",
    "record", "own", "borrow", "flags", "tuple", "variant", "enum", "option", "result", "list", "map", "fixed",
    "future", "stream", "alias",
]  # fmt: skip
KINDS_V2 = [kind for kind in KINDS_V3 if kind != "map"]

FIELDS = {
    "imports": "ss ppp T t uu",
    "exports": "ss p T t",
    "resource": "ss ppp",
    "record": "ss F",
    "flags": "ss N",
    "tuple": "ss T",
    "variant": "ss F",
    "enum": "ss N",
    "option": "ss t",
    "result": "ss tt",
    "list": "ss t",
    "map": "ss tt",
    "fixed": "ss ut",
    "future": "ss t ppppppp pp uu",
    "stream": "ss t ppppppp pp uu",
    "alias": "ss t",
}
"""s string, p function pointer, u number, t type; arrays with their length: T of types, N of names, F of both."""

TypeRef = tuple[str, int] | None


@dataclass(frozen=True)
class World:
    version: int
    arrays: dict[str, list[tuple[Any, ...]]]

    def resolve(self, type: TypeRef) -> TypeRef:
        """Through aliases."""
        while type is not None and type[0] == "alias":
            type = self.arrays["alias"][type[1]][2]
        return type


class Reader:
    def __init__(self, read: Callable[[int, int], bytes], address: int) -> None:
        self.read = read
        self.version = self.u32(address)
        self.kinds = KINDS_V3 if self.version == 3 else KINDS_V2
        names = [name for name in FIELDS if name != "map" or self.version == 3]
        arrays = {}
        for index, name in enumerate(names):
            count, start = self.u32(address + 4 + 8 * index), self.u32(address + 8 + 8 * index)
            assert (count == 0) == (start == 0)
            arrays[name] = self.structures(FIELDS[name].replace(" ", ""), count, start)
        self.world = World(self.version, arrays)

    def u32(self, address: int) -> int:
        (value,) = struct.unpack("<I", self.read(address, 4))
        assert isinstance(value, int)
        return value

    def string(self, address: int) -> str | None:
        if address == 0:
            return None
        end = address
        while self.read(end, 1) != b"\0":
            end += 1
        return self.read(address, end - address).decode()

    def type(self, word: int) -> TypeRef:
        return None if word & 0xFF == 0xFF else (self.kinds[word & 0xFF], word >> 8)

    def structures(self, fields: str, count: int, address: int) -> list[tuple[Any, ...]]:
        result = []
        for _ in range(count):
            row: list[Any] = []
            for field in fields:
                word = self.u32(address)
                address += 4
                if field in "TNF":
                    row.append(self.array(field, word, self.u32(address)))
                    address += 4
                else:
                    row.append(self.scalar(field, word))
            result.append(tuple(row))
        return result

    def scalar(self, field: str, word: int) -> Any:
        if field == "s":
            return self.string(word)
        return self.type(word) if field == "t" else word

    def array(self, field: str, count: int, address: int) -> list[Any]:
        inner = {"T": "t", "N": "s", "F": "st"}[field]
        rows = self.structures(inner, count, address)
        return rows if field == "F" else [row[0] for row in rows]
