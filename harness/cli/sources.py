"""The WIT or binary that a user names."""

from __future__ import annotations

from pathlib import Path

from harness.cli.exits import UsedWrongly


def check_source(path: Path) -> None:
    """Raises `UsedWrongly` for a pipe or a device, which may have no end, also among the files of a folder of WIT."""
    for found in (path, *path.glob("*.wit"), *path.glob("deps/*"), *path.glob("deps/*/*.wit")):
        if not found.is_file() and not found.is_dir():
            raise UsedWrongly(f"{found} is neither a regular file nor a folder")
