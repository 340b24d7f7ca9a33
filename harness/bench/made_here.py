"""Where a case comes from that the harness makes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from harness.bench.workbench import Workbench
from harness.suite.provenance import Provenance
from harness.toolchains.interpreter import Interpreter

_DIGITS = 16
_WASM = b"\0asm"


class _Tool(Protocol):
    @property
    def tool(self) -> str: ...
    @property
    def version(self) -> str: ...


def made_here(bench: Workbench, command: str, source: str) -> Provenance:
    """With the tools of this worker. `source`: what the case is made from."""
    return Provenance(command, source, tools_of(bench.toolchains.values(), bench.settings.interpreter))


def tools_of(toolchains: Iterable[_Tool], interpreter: Interpreter | None) -> tuple[str, ...]:
    """The tools that take part, each with its version. `interpreter`: one that is not ours."""
    tools = (f"{toolchain.tool} {toolchain.version}".strip() for toolchain in toolchains)
    guest = [f"interpreter {source_name(interpreter.path)}"] if interpreter is not None else []
    return (*dict.fromkeys(tools), *guest)


def source_name(path: Path) -> str:
    """A path as users name it; a binary, of which the case keeps only the world, also by its contents."""
    if not path.is_file():
        return str(path)
    with path.open("rb") as file:
        if file.read(len(_WASM)) != _WASM:
            return str(path)
        file.seek(0)
        return f"{path} (sha256 {hashlib.file_digest(file, 'sha256').hexdigest()[:_DIGITS]})"
