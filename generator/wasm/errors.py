"""Errors in a core module's binary."""

from __future__ import annotations

from generator.errors import GeneratorError


class WasmFormatError(GeneratorError):
    """Malformed or unsupported binary. The text names the section and the offset in the file."""

    def __init__(self, message: str, offset: int, section: str | None = None) -> None:
        where = f"offset {offset:#x}" if section is None else f"{section} section, offset {offset:#x}"
        super().__init__(f"{message} ({where})")
        self.message = message
        self.offset = offset
        self.section = section
