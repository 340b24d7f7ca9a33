"""The version of the format of suite files: cases, link cases, tables of negative cases.

A file without `version` has the current one. A version is raised only when a reader of the older one would
misunderstand a file; a new optional key raises nothing, because an older harness refuses a key that it does not know.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from harness.text.json_schema import Schema
from harness.text.toml_lines import TomlFile, parse_toml, read_toml
from harness.text.toml_schema import validated

CURRENT = 1
VERSION: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": CURRENT,
    "description": f"The version of the format. Default: the current one, {CURRENT}.",
}


def read_versioned(path: Path, schema: Schema) -> TomlFile:
    """A valid suite file. Raises `FileError`, for a newer version before anything else in the file is looked at."""
    return validated(_known(read_toml(path)), schema)


def parse_versioned(text: str, name: str, schema: Schema) -> TomlFile:
    """The same for a text."""
    return validated(_known(parse_toml(text, name)), schema)


def _known(file: TomlFile) -> TomlFile:
    version = file.data.get("version", CURRENT)
    if isinstance(version, int) and version > CURRENT:
        own = metadata.version("wit-dylib-harness")
        raise file.error(
            ["version"],
            f"the file has version {version} of the format; this harness ({own}) knows versions up to {CURRENT}: "
            "install a newer harness to use the file",
        )
    return file
