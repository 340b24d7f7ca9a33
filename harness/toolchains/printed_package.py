"""A WIT package as a tool prints it (`component wit` of WIT): text, JSON or binary, and what it means by names.

Our front end reads text and binaries. No specification defines the JSON and the documentation in a binary
(`package-docs`): the harness expects the form of wasm-tools. Neither comments that are no documentation nor any order
of items count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.errors import GeneratorError
from generator.resolved.model import PackageId, Resolve
from generator.sources.load import load_bytes, load_text
from generator.text_format.detect import BINARY_MAGIC
from generator.wit.json_form import resolve_json
from harness.toolchains.command_schema import WIT_JSON, WIT_WASM
from harness.toolchains.reading import OTHER_SHAPES, Json, by_names, first_parting

_BYTE_ORDER_MARK = "\ufeff"


class UnreadablePackage(ValueError):
    """The output cannot be read as a WIT package; the message gives the reason."""


@dataclass(frozen=True)
class PackageMeaning:
    """`root`: the name of the main package; empty where the form does not say it (JSON). `names`: all packages, by
    names (`reading.py`)."""

    root: str
    names: Json


def meaning_of(wit: str, features: Iterable[str]) -> PackageMeaning:
    """The meaning of the text that a tool has to print. Raises `GeneratorError`."""
    return _meaning(*load_text(wit, "world.wit", features))


def read_printed(form: str, output: bytes, features: Iterable[str]) -> PackageMeaning:
    """The meaning of an output in one of the forms `PACKAGE_FORMS`. Raises `UnreadablePackage`."""
    try:
        if form == WIT_WASM:
            return _of_binary(output)
        text = output.decode("utf-8")
        if text.startswith(_BYTE_ORDER_MARK):
            raise UnreadablePackage("it begins with a byte order mark")
        if form == WIT_JSON:
            return PackageMeaning("", by_names(json.loads(text), docs=True))
        return _meaning(*load_text(text, "package.wit", features))
    except (GeneratorError, UnreadablePackage, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnreadablePackage(str(error)) from error
    except (RecursionError, *OTHER_SHAPES) as error:
        raise UnreadablePackage(f"its shape is unknown: {type(error).__name__}: {error}") from error


def _of_binary(output: bytes) -> PackageMeaning:
    if not output.startswith(BINARY_MAGIC):
        raise UnreadablePackage("it is no binary")
    loaded = load_bytes(output, "package.wasm")
    if loaded.world is not None:
        raise UnreadablePackage("it is no WIT package")
    return _meaning(loaded.resolve, loaded.package)


def first_wrong(form: str, expected: PackageMeaning, printed: PackageMeaning) -> tuple[str, Json, Json] | None:
    """The first place where the output means something else than its input, with both; None if there is none."""
    if form == WIT_WASM:
        return first_parting(_own(expected, expected.root), _own(printed, expected.root)) or _foreign(expected, printed)
    roots = {"root": expected.root} if printed.root else {}
    mine, theirs = {**roots, **expected.names}, {**({"root": printed.root} if printed.root else {}), **printed.names}
    return first_parting(mine, theirs)


def _meaning(resolve: Resolve, package: PackageId) -> PackageMeaning:
    names = by_names(json.loads(json.dumps(resolve_json(resolve))), docs=True)
    return PackageMeaning(str(resolve.packages[package].name), names)


def _own(meaning: PackageMeaning, root: str) -> Json:
    """The main package: all that a binary says, with documentation and gates."""
    names = meaning.names
    return {
        "root": meaning.root,
        "package": names["packages"].get(root, {}),
        "worlds": {id: world for id, world in names["worlds"].items() if _package(id) == root},
        "interfaces": {id: interface for id, interface in names["interfaces"].items() if _package(id) == root},
    }


def _foreign(expected: PackageMeaning, printed: PackageMeaning) -> tuple[str, Json, Json] | None:
    """A binary repeats the parts of other packages that the main one uses, without documentation and gates."""
    known: Mapping[str, Json] = expected.names["interfaces"]
    for id, interface in printed.names["interfaces"].items():
        if _package(id) == expected.root:
            continue
        for word in ("types", "functions"):
            part = {name: _bare(item) for name, item in interface[word].items()}
            whole = known.get(id, {}).get(word, {})
            found = first_parting({name: _bare(whole[name]) for name in part if name in whole}, part, f"{id}.{word}")
            if found:
                return found
    return None


def _bare(item: Json) -> Json:
    """Without documentation and gates, at any depth."""
    if isinstance(item, dict):
        return {key: _bare(part) for key, part in item.items() if key not in ("docs", "stability")}
    return [_bare(part) for part in item] if isinstance(item, list) else item


def _package(id: str) -> str:
    return id.partition("/")[0]
