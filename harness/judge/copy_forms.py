"""Level 1: the form in which a library imports the built-ins of streams and futures.

Interpreters rely on it: a read or write of the interface (`wit_stream`, `wit_future`) does not wait and may answer
BLOCKED; a cancellation waits for its end, so that its answer is never BLOCKED. wit_dylib.h does not say so: learnt from
the libraries of wasm-tools 1.262.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.binary.core_module import core_interface
from harness.binary.sections import BinaryError
from harness.judge.difference import Difference
from harness.plan.roles import Role

_COPY = re.compile(r"(\[async-lower\])?\[(?:stream|future)-(cancel-)?(?:read|write)-(?:\d+|unit)\]")
_WORDS = (b"[stream-", b"[future-")
"""The name of each such import has one of them, so a library without them, as most are, need not be read."""


def judge_copy_forms(library: bytes, role: Role) -> list[Difference]:
    """The differences of a generated library."""
    if not any(word in library for word in _WORDS):
        return []
    try:
        imports = core_interface(library).imports
    except BinaryError:
        return []  # told where the library is compared
    return list(_wrong(imports, role))


def _wrong(imports: dict[tuple[str, str], str], role: Role) -> Iterator[Difference]:
    for module, name in imports:
        found = _COPY.match(name)
        if found is not None and bool(found[1]) == bool(found[2]):
            bare = name.removeprefix("[async-lower]")
            right = bare if found[2] else f"[async-lower]{bare}"
            yield Difference(1, "dylib", role, f"import {module}", right, name)
