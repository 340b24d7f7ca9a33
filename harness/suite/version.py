"""The version of the format of suite files: cases, link cases, tables of negative cases.

A file without `version` has version 1, also when there is a newer one. A version is raised only when a reader of the
older one would misunderstand a file; a new optional key raises nothing, because an older harness refuses a key that it
does not know. `upgrading.py` knows the older formats.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from harness.text.json_schema import Schema
from harness.text.toml_lines import TomlFile, parse_toml, read_toml
from harness.text.toml_schema import validated

FIRST = 1
"""The version of files that do not say theirs."""
CURRENT = 1
VERSION: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": CURRENT,
    "description": f"The version of the format. Default: {FIRST}.",
}


def read_versioned(path: Path, schema: Schema) -> TomlFile:
    """A valid suite file. Raises `FileError`, for a newer version before anything else in the file is looked at."""
    return validated(known(read_toml(path)), schema)


def parse_versioned(text: str, name: str, schema: Schema) -> TomlFile:
    """The same for a text."""
    return validated(known(parse_toml(text, name)), schema)


def known(file: TomlFile) -> TomlFile:
    """The same file. Raises `FileError` if its version is newer than this harness."""
    version = file.data.get("version", FIRST)
    if isinstance(version, int) and version > CURRENT:
        own = metadata.version("wit-dylib-harness")
        raise file.error(
            ["version"],
            f"the file has version {version} of the format; this harness ({own}) knows versions up to {CURRENT}: "
            "install a newer harness to use the file",
        )
    return file
