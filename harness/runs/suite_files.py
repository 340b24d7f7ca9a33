"""The files of a suite, their names, and their tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, unique
from pathlib import Path

from harness.bench.examination import Options
from harness.runs.tasks import ExplainCase, ExplainLinkCase, ExplainTable, RunCase, RunLinkCase, RunNegativeCases
from harness.text.files import UnreadableFile, read_text_file

ROOT = "cases"
"""The folder that names of cases are relative to."""

WORLDS = (".wit", ".wasm", ".wat")
"""Suffixes of files that are worlds, not cases."""

_ROWS = re.compile(r"^[ \t]*+\[\[[ \t]*+(refusal|library)[ \t]*+\]\]", re.MULTILINE)
"""The keys that distinguish a table of negative cases, and a link case, from a case."""


@unique
class FileKind(Enum):
    """The kind of a file."""

    CASE = "case"
    NEGATIVE_CASES = "refusal"
    LINK_CASE = "library"


class NoCases(Exception):
    """The paths hold no case. The message names the path."""


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """`name` is its name in expectations and reports: `values/list-s8`."""

    path: Path
    name: str

    @property
    def kind(self) -> FileKind:
        """A case if the kind is unclear: a worker then reports the error in it."""
        try:
            text = read_text_file(self.path)
        except UnreadableFile:
            return FileKind.CASE
        rows = _ROWS.search(text)
        return FileKind.CASE if rows is None else FileKind(rows[1])

    def task(self, options: Options) -> RunCase | RunNegativeCases | RunLinkCase:
        match self.kind:
            case FileKind.NEGATIVE_CASES:
                return RunNegativeCases(self.path, self.name, options.initializer)
            case FileKind.LINK_CASE:
                return RunLinkCase(self.path, self.name, options)
        return RunCase(self.path, self.name, options)

    def explanation(self) -> ExplainCase | ExplainTable | ExplainLinkCase:
        match self.kind:
            case FileKind.NEGATIVE_CASES:
                return ExplainTable(self.path, self.name)
            case FileKind.LINK_CASE:
                return ExplainLinkCase(self.path, self.name)
        return ExplainCase(self.path, self.name)


def find(paths: Iterable[Path], words: str = "") -> list[SuiteFile]:
    """The case files at and under these paths, sorted; those with `words` in their names. Raises `NoCases`."""
    found: dict[Path, SuiteFile] = {}
    for path in paths:
        if path.is_file() and path.suffix in WORLDS:
            raise NoCases(f"{path} is a world, not a case: `harness check {path}` runs it")
        if path.is_dir() and any(path.glob("*.wit")) and not any(path.rglob("*.toml")):
            raise NoCases(f"{path} contains WIT and no case: `harness check {path}` runs its world")
        files = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        if not files:
            raise NoCases(f"{path} contains no case (no .toml file)")
        for file in files:
            found.setdefault(file.resolve(), SuiteFile(file, name_of(file)))
    return [file for file in found.values() if words in file.name]


def name_of(file: Path) -> str:
    """The path below the nearest folder named `cases`, without the suffix; outside of one the bare name."""
    parts = file.resolve().with_suffix("").parts
    folders = parts[:-1]
    if ROOT in folders:
        return "/".join(parts[len(folders) - folders[::-1].index(ROOT) :])
    return parts[-1]
