"""`lua`: Lua 5.4 behind `wit_dylib_*`, as an example of a real interpreter (docs/embedding.md).

`src/` is the glue in C; `sources.py` finds the sources of Lua, which are not part of this project, `build.py` makes the
library, `program.py` makes a library of a program. `python -m interpreters.lua` is the command.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent
ECHO = ROOT / "echo.lua"
"""The program that the harness expects of every interpreter (docs/interpreters.md)."""
COPIES = ROOT / "copies.lua"
"""The same with copies of streams and futures; it requires `ECHO`."""
