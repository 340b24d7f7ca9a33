"""Results to JSON and its schema."""

from __future__ import annotations

import dataclasses
from typing import Any

from reports.model import FORMAT, Run
from reports.schemas import load_schema


def to_json(run: Run) -> dict[str, Any]:
    """The results in the form of `result.schema.json`: every field, tuples as arrays."""
    return {"format": FORMAT, **_plain(dataclasses.asdict(run)), "counts": run.counts()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a run's results."""
    return load_schema("result")
