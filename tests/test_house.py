"""The allowed imports between packages: the table of docs/house.md is enforced. Names of classes with one meaning."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.layers import LAYERS, Layers

ROOT = Path(__file__).parent.parent
OPTIONAL = {
    "generator/preinit/engine_child.py": {"wasmtime"},
    "generator/preinit/imports_child.py": {"wasmtime"},
    "generator/text_format/engine_child.py": {"wasmtime"},
}
"""Modules of the generator that run as processes of their own, and the packages that they use if they are installed."""
OURS = ("generator", "interpreters", "harness", "reports", "cases", "benchmarks", "tests")

ALLOWED = (
    # the first row whose prefix fits a module says which of our packages it may import
    ("generator", {"generator"}),
    ("interpreters", {"interpreters"}),
    ("harness/toolchains", {"harness", "generator", "interpreters"}),
    ("harness/frontend", {"harness", "generator"}),
    ("harness/mutants", {"harness", "generator", "interpreters"}),
    ("harness/cli", {"harness", "interpreters", "reports"}),
    ("harness", {"harness", "interpreters"}),
    ("reports", {"reports"}),
    ("cases", {"harness", "cases", "reports"}),
)


def modules() -> Iterator[str]:
    for prefix in dict.fromkeys(row[0].split("/")[0] for row in ALLOWED):
        for path in sorted((ROOT / prefix).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix()


WORDS = "reports.outcomes"
"""A list of words, which all of `harness` uses."""


def imported(module: str) -> set[str]:
    """The first words of everything that the module imports, inside functions as well. `WORDS` apart."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            if node.module != WORDS or not module.startswith("harness/"):
                found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("module", list(modules()))
def test_imports_go_one_way(module: str) -> None:
    allowed = next(packages for prefix, packages in ALLOWED if module.startswith(prefix))
    found = imported(module)
    assert found & set(OURS) <= allowed
    if module.startswith("generator/"):
        found -= OPTIONAL.get(module, set())
        assert found - {"generator"} <= sys.stdlib_module_names, "the generator needs the standard library only"


def folder_of(module: str) -> str:
    return module.rpartition("/")[0]


def folders_imported(root: Path, module: str) -> set[str]:
    """The folders of our own packages from which a module imports anything, inside functions as well."""
    found = set()
    for node in ast.walk(ast.parse((root / module).read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] in OURS:
                while parts and not (root.joinpath(*parts).with_suffix(".py")).is_file() and not is_folder(root, parts):
                    parts.pop()
                found.add("/".join(parts) if is_folder(root, parts) else "/".join(parts[:-1]))
    return found


def is_folder(root: Path, parts: list[str]) -> bool:
    return root.joinpath(*parts, "__init__.py").is_file()


def broken_layers(root: Path, package: str, layers: Layers) -> list[str]:
    """Violations of the table: imports that do not go down, folders without a row, rows without a folder."""
    height = {folder: at for at, layer in enumerate(layers) for folder in layer}
    modules = [path.relative_to(root).as_posix() for path in sorted((root / package).rglob("*.py"))]
    folders = {folder_of(module) for module in modules if not module.endswith("/__init__.py")}
    wrong = [f"{folder} has no layer" for folder in sorted(folders - set(height))]
    wrong += [f"{folder} has a layer and no modules" for folder in sorted(set(height) - folders)]
    for module in modules:
        folder = folder_of(module)
        for target in sorted(folders_imported(root, module) - {folder}):
            if target.split("/")[0] == package and height.get(target, -1) >= height.get(folder, len(layers)):
                wrong.append(f"{module} imports {target}, which is not below")
    return wrong


@pytest.mark.parametrize("package", LAYERS)
def test_folders_import_lower_layers_only(package: str) -> None:
    assert broken_layers(ROOT, package, LAYERS[package]) == []


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ((("p/a",), ("p/b",)), []),
        ((("p/b",), ("p/a",)), [f"p/b/{module}.py imports p/a, which is not below" for module in "no"]),
        ((("p/a", "p/b"),), [f"p/b/{module}.py imports p/a, which is not below" for module in "no"]),
        ((("p/a",),), ["p/b has no layer"]),
        ((("p/a",), ("p/b",), ("p/c",)), ["p/c has a layer and no modules"]),
    ],
)
def test_what_does_not_fit_the_layers(
    layers: Layers, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.test_house.OURS", ("p",))
    for path, text in {
        "p/__init__.py": "",
        "p/a/__init__.py": "",
        "p/a/m.py": "import sys\n",
        "p/b/__init__.py": "",
        "p/b/n.py": "from p.a import m\n",
        "p/b/o.py": "def f():\n    import p.a.m\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert broken_layers(tmp_path, "p", layers) == expected


SHARED = {
    "WIT has it, in the words of WIT.md: resolved, as the harness sees it, as the fuzzer writes it": {
        *("Alias", "Borrow", "EnumType", "Extern", "FixedLengthList", "Flags", "Function", "Future", "Interface"),
        *("Library", "List", "Map", "Option", "Own", "Package", "Param", "Record", "Resource", "Result", "Signature"),
        *("Stream", "Tuple", "Variant", "World"),
    },
    "a shape or a layout of the Canonical ABI, worked out by the generator and by the harness for itself": {
        *("Handle", "Layout", "Product", "Scalar", "Sequence", "Sum"),
    },
    "the Canonical ABI has it: synchronous and asynchronous, or the definition and what carries it out": {
        *("Lift", "Lower", "Subtask", "Task", "TaskReturn", "Trap"),
    },
    "the binary format has it: for modules and for components, or read by the generator and by the harness": {
        *("BinaryError", "Dylink", "Export", "FuncType", "Import", "ModuleType", "Reader"),
    },
    "the interpreter's hooks: their calls, and the event of a call": {"InitTask", "TaskHook"},
    "a child process that ended": {"Completed"},
    "options of a link: ours, and those of any toolchain": {"LinkOptions"},
    "results have a model of their own": {"Covered", "Excerpt", "Finding", "Made", "Mutant", "Ran", "Used"},
}
"""Names of several classes that mean the same, by the reason why there are several."""


def several(packages: tuple[str, ...]) -> set[str]:
    """The names of public classes that several modules define."""
    found: Counter[str] = Counter()
    for package in packages:
        for path in (ROOT / package).rglob("*.py"):
            found.update(set(re.findall(r"^class ([A-Z]\w*)", path.read_text(encoding="utf-8"), re.MULTILINE)))
    return {name for name, count in found.items() if count > 1}


def test_a_name_of_a_class_has_one_meaning() -> None:
    """A second class of a name takes another one, or gets a place in the table if it means the same."""
    assert several(("generator", "harness", "interpreters", "reports")) == set().union(*SHARED.values())
