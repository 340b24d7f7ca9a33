"""The results for mutants, as data and as JSON (`mutants.schema.json`)."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from reports.model import Tool
from reports.schemas import load_schema

FORMAT = 2
"""Incremented when a reader of older results would misunderstand newer ones. The first was a list without a head."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong tool. `shown`: its small world noticed it; None if that was not tried, here and below. `cases`: those
    that noticed it. `fuzzed`: random worlds noticed it, after `seconds` and `worlds`. `level`, `kind`, `message`: what
    was seen, `level` 0 and empty texts if nothing was. `error`: the harness itself failed at it."""

    name: str
    area: str
    wrong: str
    needs: str
    shown: bool | None
    cases: tuple[str, ...] | None
    fuzzed: bool | None
    seconds: float | None
    worlds: int | None
    level: int
    kind: str
    message: str
    error: str = ""

    @property
    def killed(self) -> bool:
        return bool(self.shown or self.cases or self.fuzzed)

    @property
    def tried(self) -> bool:
        """Whether anything could notice it: no random program has what some mutants of link cases need."""
        return not (self.shown is None and self.cases is None and self.fuzzed is None)


@dataclass(frozen=True, slots=True)
class MutantsRun:
    """`stopped`: why it broke off; empty after a complete run."""

    started: str
    seconds: float
    command: str
    tools: tuple[Tool, ...]
    planned: int
    mutants: tuple[Mutant, ...] = ()
    stopped: str = ""

    @property
    def complete(self) -> bool:
        return not self.stopped and len(self.mutants) >= self.planned


def to_json(run: MutantsRun) -> dict[str, Any]:
    """The results in the form of `mutants.schema.json`."""
    plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(run)))
    return {"format": FORMAT, **plain}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what `harness mutants --json` writes."""
    return load_schema("mutants")
