"""The text of CONTRIBUTING.md, and the files that it names."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGES = ("generator", "harness", "interpreters", "reports", "tests", "docs", "cases")


def section(title: str) -> str:
    """The text under the heading that starts with `title`."""
    (found,) = [part for part in TEXT.split("\n## ") if part.startswith(title)]
    return found


def paths(text: str) -> set[str]:
    """The files and folders of this repository that a text names."""
    return {word for word in re.findall(r"[`(]([\w./-]+)[`)]", text) if word.split("/")[0] in PACKAGES and "/" in word}
