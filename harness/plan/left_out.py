"""An item of a world that takes no part, with the reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`what`: its canonical name, or `import` or `export` and that name. `no_value`: the reason is that a component
    cannot make a value that it would have to give."""

    what: str
    why: str
    no_value: bool = False

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"
