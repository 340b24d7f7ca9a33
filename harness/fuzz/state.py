"""The state of a campaign next to its findings, so that a killed run can continue: `--resume`."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError

from harness.fuzz.bucket import Bucket
from harness.fuzz.findings import Found, Ledger
from harness.fuzz.same_cause import Likeness
from harness.fuzz.state_schema import STATE_SCHEMA
from harness.fuzz.trial import Recipe
from harness.fuzz.worlds import Profile
from harness.text import atomic
from harness.text.files import read_text_file

FILE = "campaign.json"
FORMAT = 9
MAX_BYTES = 256 << 20
"""No campaign writes a larger file."""


class CannotResume(Exception):
    """There is no state to resume, or another version wrote it. The message says what to do."""


@dataclass(frozen=True, slots=True)
class CampaignState:
    recipe: Recipe
    next_index: int
    first: int
    ledger: Ledger
    settings: tuple[str, ...] = ()
    """Options that choose toolchains; a resumed run must use the same."""
    wanted: int | None = None
    """The requested number of worlds in all; None if the campaign ends by time."""


def save(directory: Path, state: CampaignState) -> None:
    """Raises `atomic.CannotWrite`."""
    ledger = state.ledger
    data = {
        "format": FORMAT,
        "version": metadata.version("wit-dylib-harness"),
        "recipe": dataclasses.asdict(state.recipe),
        "settings": list(state.settings),
        "first": state.first,
        "next": state.next_index,
        "wanted": state.wanted,
        "worlds": ledger.worlds,
        "calls": ledger.calls,
        "outcomes": dict(ledger.outcomes),
        "refusals": [[tool, reason, count] for (tool, reason), count in ledger.refusals.items()],
        "findings": [dataclasses.asdict(found) for found in ledger.found.values()],
    }
    atomic.write(directory / FILE, json.dumps(data, indent=1) + "\n")


def put_aside(directory: Path) -> Path | None:
    """Give the state of an earlier campaign another name. Returns that name, or None if there is no state. Raises
    `atomic.CannotWrite`."""
    path = directory / FILE
    if not path.is_file():
        return None
    number = 1
    while (aside := path.with_suffix(f".{number}.json")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError as error:
        raise atomic.CannotWrite(f"{path} cannot be renamed: {error.strerror or error}") from error
    return aside


def load(directory: Path) -> CampaignState:
    """Raises `CannotResume`."""
    path = directory / FILE
    try:
        if not path.exists():
            raise CannotResume(f"there is no campaign to continue: {path} does not exist")
        data = json.loads(read_text_file(path, MAX_BYTES))
    except RecursionError:
        raise CannotResume(f"{path} is damaged (nested too deep); remove it to begin anew") from None
    except (OSError, ValueError) as error:
        raise CannotResume(f"{path}: {error}; remove it to begin anew") from error
    try:
        version = metadata.version("wit-dylib-harness")
        if (data["format"], data["version"]) != (FORMAT, version):
            written = f"version {data['version']}, form {data['format']}"
            raise CannotResume(f"{path} is of {written}, this is version {version}, form {FORMAT}: begin anew")
        jsonschema.validate(data, STATE_SCHEMA, jsonschema.Draft202012Validator)
        settings, wanted = tuple(data["settings"]), data["wanted"]
        return CampaignState(_recipe(data["recipe"]), data["next"], data["first"], _ledger(data), settings, wanted)
    except ValidationError as error:
        problem = f"{error.json_path}: {error.message[:200]}"
        raise CannotResume(f"{path} is damaged ({problem}); remove it to begin anew") from error
    except (KeyError, TypeError, ValueError) as error:
        raise CannotResume(f"{path} is damaged ({error!r}); remove it to begin anew") from error


def _recipe(data: dict[str, Any]) -> Recipe:
    profile = data["profile"]
    return Recipe(**{**data, "profile": Profile(**{**profile, "always": tuple(profile["always"])})})


def _ledger(data: dict[str, Any]) -> Ledger:
    found = {}
    for item in data["findings"]:
        bucket = Bucket(**item["bucket"])
        likeness = None if item["likeness"] is None else Likeness(**item["likeness"])
        found[bucket, item["known"]] = Found(**{**item, "bucket": bucket, "likeness": likeness})
    refusals = Counter({(tool, reason): count for tool, reason, count in data["refusals"]})
    return Ledger(data["worlds"], data["calls"], Counter(data["outcomes"]), refusals, found)
