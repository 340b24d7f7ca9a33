"""Data of 32-bit words with addresses and strings, for placement at `__memory_base`."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

WORD = 4


@dataclass(frozen=True, slots=True)
class Image:
    """Bytes for `__memory_base`. The words in `*_relocations` contain offsets until the base is added."""

    data: bytes
    memory_relocations: list[int]
    """Indices of words that are addresses: relative to `__memory_base`."""
    table_relocations: list[int]
    """Indices of words that are table indices: relative to `__table_base`."""


@dataclass(slots=True)
class Words:
    """Collects words one after another. An address is given as the index of the word that it points to."""

    words: list[int] = field(default_factory=list)
    memory_relocations: list[int] = field(default_factory=list)
    table_relocations: list[int] = field(default_factory=list)
    _strings: dict[str, list[int]] = field(default_factory=dict)
    """For each string, the words that point to it."""

    def here(self) -> int:
        """The index of the next word."""
        return len(self.words)

    def value(self, value: int) -> None:
        self.words.append(value)

    def pointer(self, target: int | None) -> None:
        if target is None:
            self.words.append(0)
            return
        self.memory_relocations.append(len(self.words))
        self.words.append(target * WORD)

    def element(self, element: int | None) -> None:
        """A function pointer: a place in the module's part of the table."""
        if element is None:
            self.words.append(0)
            return
        self.table_relocations.append(len(self.words))
        self.words.append(element)

    def string(self, text: str | None) -> None:
        if text is None:
            self.words.append(0)
            return
        self._strings.setdefault(text, []).append(len(self.words))
        self.pointer(0)

    def image(self) -> Image:
        """All words, then all strings, each with its final NUL."""
        words = self.words.copy()
        strings = bytearray()
        start = len(words) * WORD
        for text, users in self._strings.items():
            for user in users:
                words[user] = start + len(strings)
            strings += text.encode() + b"\0"
        data = struct.pack(f"<{len(words)}I", *words) + strings
        return Image(data, self.memory_relocations, self.table_relocations)
