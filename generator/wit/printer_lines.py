"""Lines of WIT: indentation, comments and attributes."""

from __future__ import annotations

from generator.resolved.model import Stability
from generator.wit.string_literal import encode_string_literal


class Lines:
    def __init__(self, docs: bool) -> None:
        self._with_docs = docs
        self.indent = ""
        self.lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def line(self, text: str) -> None:
        self.lines.append(f"{self.indent}{text}")

    def open(self, head: str) -> None:
        self.line(f"{head} {{")
        self.indent += "  "

    def close(self) -> None:
        self.indent = self.indent[:-2]
        self.line("}")

    def docs(self, docs: str | None, indent: str = "") -> None:
        """The comment of an item. `indent`: additional indentation, for lines that contain theirs."""
        if docs is not None and self._with_docs:
            for line in docs.split("\n"):
                self.line(f"{indent}/// {line}" if line else f"{indent}///")

    def attributes(self, stability: Stability, external_id: str | None = None) -> None:
        """The gates of an item, and its external id."""
        for attribute in stability.attributes:
            self.line(attribute)
        if external_id is not None:
            self.line(f"@external-id({encode_string_literal(external_id)})")
