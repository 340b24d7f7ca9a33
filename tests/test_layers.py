"""The layers of folders: a module imports from its own folder and from the rows below it (docs/house.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

HARNESS = (
    # from the bottom; folders of one row do not know each other
    ("records",),
    ("text", "process", "world", "binary"),
    ("values",),
    ("script", "trace"),
    ("plan",),
    ("composition", "frontend"),
    ("model", "engine"),
    ("toolchains",),
    ("mutants", "suite"),
    ("planner", "judge"),
    ("host_end", "explain"),
    ("bench",),
    ("link_cases",),
    ("runs",),
    ("fuzz",),
    ("mutation", "submission"),
    ("cli",),
)
"""The wrong tools are reached from below by name only (`harness/toolchains/named.py`)."""

WITH_AN_ENGINE = {"engine", "host_end", "bench", "link_cases", "runs", "fuzz", "mutation", "submission", "cli"}
"""Folders whose work takes an engine. The import of any other module loads none."""


def _modules(package: str) -> list[Path]:
    return [path for path in sorted((ROOT / package).rglob("*.py")) if path.parent != ROOT / package]


def _folders_imported(path: Path, package: str) -> Iterator[str]:
    """The folders of `package` that a module imports from, inside functions as well."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            words = (node.module or "").split(".")
            if words[0] == package:
                yield from [words[1]] if len(words) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                words = alias.name.split(".")
                if words[0] == package and len(words) > 1:
                    yield words[1]


def test_every_folder_has_a_layer() -> None:
    found = {path.relative_to(ROOT / "harness").parts[0] for path in _modules("harness")}
    assert found == {folder for row in HARNESS for folder in row}


def test_nothing_lies_beside_the_folders() -> None:
    assert [path.name for path in (ROOT / "harness").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("path", _modules("harness"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down(path: Path) -> None:
    folder = path.relative_to(ROOT / "harness").parts[0]
    own = next(index for index, row in enumerate(HARNESS) if folder in row)
    below = {name for row in HARNESS[:own] for name in row}
    assert set(_folders_imported(path, "harness")) <= below | {folder}


def test_other_folders_load_no_engine() -> None:
    paths = [path for path in _modules("harness") if path.relative_to(ROOT / "harness").parts[0] not in WITH_AN_ENGINE]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    loading = f"[name for name in {names} if importlib.import_module(name) and 'wasmtime' in sys.modules]"
    code = f"import importlib, sys; print({loading})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n", "the first of these loads wasmtime"


WORKERS_ALONE = ("wasmtime", "generator", "jsonschema", "hypothesis", "rich", "harness.model", "harness.planner")
"""Modules that only workers or a terminal need: they take long to load."""


@pytest.mark.parametrize("command", ["run", "check", "smoke"])
def test_a_command_loads_data_only(command: str) -> None:
    code = f"import harness.cli.{command}, sys; print([name for name in {WORKERS_ALONE} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
