"""Where a case comes from that a worker makes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.bench.workbench import Workbench
from harness.suite.provenance import Provenance

_DIGITS = 16
_WASM = b"\0asm"


def made_here(bench: Workbench, command: str, source: str) -> Provenance:
    """With the tools of this worker. `source`: what the case is made from."""
    tools = (f"{toolchain.tool} {toolchain.version}".strip() for toolchain in bench.toolchains.values())
    interpreter = bench.settings.interpreter
    guest = [f"interpreter {source_name(interpreter.path)}"] if interpreter is not None else []
    return Provenance(command, source, (*dict.fromkeys(tools), *guest))


def source_name(path: Path) -> str:
    """A path as users name it; a binary, of which the case keeps only the world, also by its contents."""
    if not path.is_file():
        return str(path)
    data = path.read_bytes()
    return f"{path} (sha256 {hashlib.sha256(data).hexdigest()[:_DIGITS]})" if data.startswith(_WASM) else str(path)
