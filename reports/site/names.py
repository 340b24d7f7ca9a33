"""Names of a site's files: the names of cases are hostile, and several may be alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_MAX = 60


def case_files(names: Iterable[str]) -> list[str]:
    """A separate path for each name, even for equal names and on file systems that ignore case. It depends on the
    name."""
    taken: set[str] = set()
    paths = []
    for name in names:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_MAX].strip("-")
        digest = hashlib.blake2b(name.encode(errors="backslashreplace"), digest_size=4).hexdigest()
        stem = path = f"{plain or 'case'}-{digest}"
        number = 1
        while path in taken:
            number += 1
            path = f"{stem}-{number}"
        taken.add(path)
        paths.append(f"cases/{path}.html")
    return paths
