"""The parts of JSON Schema that our schemas share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


DRAFT = "https://json-schema.org/draft/2020-12/schema"


def text(description: str, **more: Any) -> dict[str, Any]:
    """A string that is not blank. `more`: further keywords of the schema."""
    return {"type": "string", "minLength": 1, "description": description, **more}


def texts(description: str) -> dict[str, Any]:
    """A list of such strings."""
    return {"type": "array", "items": {"type": "string", "minLength": 1}, "description": description}


def one_of(*keys: str) -> dict[str, Any]:
    """Exactly one of these keys is present."""
    return {"oneOf": [{"required": [key]} for key in keys]}
