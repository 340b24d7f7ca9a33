"""Suite files of older formats, brought to the current one. Comments and the layout of the file stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError

from harness.suite.version import CURRENT, FIRST, known
from harness.suite.wit_file import WitFileError, find
from harness.text.files import UnreadableFile, read_text_file
from harness.text.toml_lines import parse_toml

_VERSIONED = re.compile(r"[\w/-]@(\d+\.\d+\.\d+[\w.+-]*)")
_BODIES = ("step", "sample", "instantiate-only")
_IS_NO_CASE = ("refusal", "library")
"""Keys of tables of negative cases and of link cases."""

Edit: TypeAlias = Callable[[tomlkit.TOMLDocument, Path], bool]
"""Changes a document if it has the older form; whether it did. The folder is that of the file."""


@dataclass(frozen=True, slots=True)
class FormatChange:
    """A change of the format. `before`: files of lower versions may have the older form; 1: files from before there
    were versions, which do not say theirs."""

    before: int
    words: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Upgraded:
    """`text`: of the file in the current format. `changes`: what had to be changed, in words; empty if nothing."""

    text: str
    changes: tuple[str, ...]


def upgraded(text: str, name: str, folder: Path) -> Upgraded:
    """A suite file in the current format. Raises `FileError`; what it makes may still violate the schema."""
    file = known(parse_toml(text, name))
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:  # it is stricter than the standard parser, which has read the text
        raise file.error([], f"not upgraded: {error}") from error
    version = document.get("version", FIRST - 1)
    old = version if isinstance(version, int) else FIRST  # the schema refuses what is no number
    done = [change.words for change in CHANGES if old < change.before and change.edit(document, folder)]
    if not done:
        return Upgraded(text, ())
    _say_version(document)
    return Upgraded(document.as_string(), tuple(done))


def _say_version(document: tomlkit.TOMLDocument) -> None:
    document["version"] = CURRENT


def _nothing_called(document: tomlkit.TOMLDocument, folder: Path) -> bool:
    """A case without steps and without a sample was only instantiated; today a case says so."""
    if any(key in document for key in _IS_NO_CASE) or any(document.get(key) for key in _BODIES):
        return False
    if "sample" in document:
        return False  # an empty table has its defaults
    document.pop("step", None)
    document["instantiate-only"] = True
    if "merge-versions" not in document and _has_versions(document, folder):
        document["merge-versions"] = False
    return True


def _has_versions(document: Mapping[str, object], folder: Path) -> bool:
    """Whether the WIT names several versions, which linkers kept apart when such files were written."""
    return len(set(_VERSIONED.findall(_wit(document, folder)))) > 1


def _wit(document: Mapping[str, object], folder: Path) -> str:
    name = document.get("wit-file")
    if not isinstance(name, str):
        return str(document.get("wit", ""))
    try:
        path = find(folder, name)
        files = sorted(path.rglob("*.wit")) if path.is_dir() else [path]
        return "\n".join(map(read_text_file, files))
    except (WitFileError, UnreadableFile):
        return ""  # who reads the case says what is wrong


CHANGES = (
    FormatChange(
        FIRST,
        "a case that calls nothing says `instantiate-only = true`, and `merge-versions = false` if its world has "
        "several versions, which were kept apart then",
        _nothing_called,
    ),
)
"""In the order in which they came."""
