"""The JSON Schemas of this package (draft 2020-12): files, in which the words of `outcomes.py` are put."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from reports.outcomes import Outcome


def load_schema(name: str) -> dict[str, Any]:
    """A file `NAME.schema.json`; `#/$defs/outcome` is defined here."""
    loaded: dict[str, Any] = json.loads(resources.files("reports").joinpath(f"{name}.schema.json").read_text())
    loaded.setdefault("$defs", {})["outcome"] = {"enum": [outcome.value for outcome in Outcome]}
    return loaded
