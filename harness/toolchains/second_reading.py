"""A second reading of WIT: the meaning of a text for wasm-tools, compared with our front end.

The model and every plan rely on our front end. If anything disagrees, `component wit --json` of the reference shows
whether the text was read correctly in the first place.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.sources.load import load_text
from generator.wit.json_form import resolve_json
from harness.process import children as process
from harness.process.children import CannotStart, Completed, ProcessLimits
from harness.toolchains.reading import OTHER_SHAPES, by_names, first_parting, shown
from harness.toolchains.tool_exit import REFUSALS

OURS, THEIRS = "our front end", "wasm-tools component wit"


class SecondReader:
    """Reads with one binary. Caches the last texts: cells, reductions and runs need the same text repeatedly."""

    def __init__(self, executable: str, directory: Path, limits: ProcessLimits) -> None:
        """`directory`: for temporary files."""
        self._executable = executable
        self._directory = directory
        self._limits = limits
        self.laxity = lru_cache(maxsize=64)(self._laxity)
        """`laxity(wit, features)`: why our front end may be too lax, if it accepts a text that the reference refuses;
        empty otherwise. Raises `OSError` as `difference` does."""
        self.difference = lru_cache(maxsize=64)(self._difference)
        """`difference(wit, features)`: the first difference of the two readings; empty if there is none, or no second
        reading because the reference refuses the text. Raises `OSError` if the machine lacks the resources."""

    def _difference(self, wit: str, features: tuple[str, ...]) -> str:
        theirs = self._read(wit, features)
        if theirs is None:
            return ""
        try:
            resolve, _ = load_text(wit, "world.wit", features)
        except GeneratorError as error:
            return f"{OURS} refuses it: {error}"
        return first_difference(by_names(json.loads(json.dumps(resolve_json(resolve)))), theirs)

    def _read(self, wit: str, features: Sequence[str]) -> Any:
        completed = self._run(wit, features)
        if completed is None or completed.exit_code != 0:
            return None
        try:
            return by_names(json.loads(completed.stdout))
        except (RecursionError, *OTHER_SHAPES):
            return None  # another version of the reference may write any of these

    def _laxity(self, wit: str, features: tuple[str, ...]) -> str:
        try:
            load_text(wit, "world.wit", features)
        except GeneratorError:
            return ""
        completed = self._run(wit, features)
        if completed is None or completed.exit_code not in REFUSALS:
            return ""
        said = completed.stderr.strip().splitlines()
        return f"{OURS} accepts it, {THEIRS} refuses it: {said[0] if said else ''}"

    def _run(self, wit: str, features: Sequence[str]) -> Completed | None:
        """Run the reader on a text. None if it could not be started or did not end by itself."""
        words = ["--features", ",".join(features)] if features else []
        with tempfile.TemporaryDirectory(dir=self._directory) as folder:
            path = Path(folder, "world.wit")
            path.write_text(wit)
            command = [self._executable, "component", "wit", "--json", str(path), *words]
            try:
                completed = process.run(command, self._limits)
            except CannotStart:
                return None
        return None if completed.timed_out or completed.flooded or completed.overfull else completed


def first_difference(ours: Any, theirs: Any) -> str:
    """The first place where two readings differ, with both; empty if there is none."""
    found = first_parting(ours, theirs)
    return f"{found[0]}: {OURS} reads {shown(found[1])}, {THEIRS} reads {shown(found[2])}" if found else ""
