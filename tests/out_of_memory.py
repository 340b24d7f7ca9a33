"""A command in a process that may take little more memory than it has when it begins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_CODE = """
import resource, sys
from {module} import main
kind = getattr(resource, {kind!r})
used = int(open("/proc/self/statm").read().split()[0 if {kind!r} == "RLIMIT_AS" else 5]) * resource.getpagesize()
resource.setrlimit(kind, (used + {room}, used + {room}))
sys.exit(main())
"""


def run_with_little(module: str, words: list[str], room: int, kind: str) -> subprocess.CompletedProcess[str]:
    """`main` of a module with these arguments. `kind`: `RLIMIT_AS` or `RLIMIT_DATA`. `room`: bytes that it may take."""
    code = _CODE.format(module=module, kind=kind, room=room)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def write_large_wit(path: Path, functions: int) -> None:
    lines = "".join(
        f"  call-x{number}: func(a: list<tuple<u8, string>>) -> option<u64>;\n" for number in range(functions)
    )
    path.write_text("package a:b;\ninterface i {\n" + lines + "}\nworld w { export i; }\n")
