"""docs/house.md and the tree: the tables name each folder and module of the packages in `BASES` once, and the page
names nothing that is missing in the tree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.layers import GENERATOR
from tests.test_layers import HARNESS

ROOT = Path(__file__).parent.parent
PAGE = "docs/house.md"
BASES = {"generator": "generator", "harness": "harness", "harness/fuzz": "harness/fuzz", "reports": "reports"}
"""Headings with tables of modules, and the folder that their paths are relative to."""
OUTSIDE = {"deps/", "findings/", "component-type/"}
"""Folders of users, not of the tree."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its heading, the table's first cell, and the words in backquotes of its own two cells."""

    heading: str
    table: str
    names: tuple[str, ...]
    mentioned: tuple[str, ...]


def spans(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", text))


def rows(page: str) -> Iterator[Row]:
    heading = table = ""
    for line in page.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif not line.startswith("|"):
            table = ""
        else:
            first, _, second = line.strip("| ").partition(" | ")
            if not table:
                table = first
            elif not first.startswith("---"):
                yield Row(heading, table, spans(first), spans(second))


def modules(root: Path, package: str) -> set[str]:
    """An `__init__.py` belongs to its folder, which has a name of its own."""
    return {p.relative_to(root).as_posix() for p in (root / package).rglob("*.py") if p.name != "__init__.py"}


def meant(root: Path, base: str, name: str) -> list[str]:
    """The modules that an entry of a table names: a folder stands for the modules directly in it."""
    pattern = f"{name}*.py" if name.endswith("/") else name
    found = sorted(path for path in (root / base).glob(pattern) if path.name != "__init__.py")
    return [path.relative_to(root).as_posix() for path in found]


def wrong_entries(root: Path, page: str) -> list[str]:
    """Entries without a module, modules without an entry or with two."""
    named: Counter[str] = Counter()
    wrong = []
    for row in rows(page):
        if row.table != "module":
            continue
        for name in row.names:
            found = meant(root, BASES[row.heading], name)
            named.update(found)
            wrong += [] if found else [f"{BASES[row.heading]}/{name} is not in the tree"]
    present = modules(root, "generator") | modules(root, "harness") | modules(root, "reports")
    wrong += [f"{module} has no entry" for module in sorted(present - set(named))]
    return wrong + [f"{module} has {count} entries" for module, count in sorted(named.items()) if count > 1]


def missing_paths(root: Path, page: str) -> list[str]:
    """Paths anywhere in the page that are the end of no path in the tree. A path may begin below its package."""
    present = [
        f"/{path.relative_to(root).as_posix()}" + ("/" if path.is_dir() else "")
        for package in ("generator", "harness", "interpreters", "tests", "docs", "reports", "cases")
        for path in (root / package, *(root / package).rglob("*"))
    ]
    named = dict.fromkeys(re.findall(r"[`(]([\w*/.-]+(?:\.(?:py|md|toml)|/))[`)]", page))
    return [
        name
        for name in named
        if name not in OUTSIDE
        and not any(re.search(f"/{re.escape(name).replace(chr(92) + '*', '[^/]*')}$", path) for path in present)
    ]


def page() -> str:
    return (ROOT / PAGE).read_text(encoding="utf-8")


def test_each_module_has_one_entry() -> None:
    assert wrong_entries(ROOT, page()) == []


def test_nothing_on_the_page_is_missing_in_the_tree() -> None:
    assert missing_paths(ROOT, page()) == []


def test_the_folders_of_the_harness() -> None:
    """The page lists the folders in an order in which each comes after those that it may import."""
    folders = [name for row in rows(page()) if row.table == "folder" for name in row.names]
    height = {folder: at for at, layer in enumerate(HARNESS) for folder in layer}
    assert sorted(folders) == sorted(height)
    assert [height[folder] for folder in folders] == sorted(height.values())


def test_the_layers_of_the_generator() -> None:
    layers = [row.mentioned for row in rows(page()) if row.table == "layer"]
    # the first layer is the package's own modules, which its row names
    assert [set(layer) for layer in layers[1:]] == [
        {folder.removeprefix("generator/") for folder in layer} for layer in GENERATOR[1:]
    ]


TREE = ("harness/a/m.py", "harness/a/__init__.py", "harness/b/n.py", "generator/c.py")
HEAD = "## harness\n| module | reason |\n|---|---|\n| `a/` | x |\n"
TAIL = "## generator\n| module | reason |\n|---|---|\n| `c.py` | x |\n"


@pytest.mark.parametrize(
    ("text", "entries", "paths"),
    [
        (HEAD + "| `b/n.py` | x |\n" + TAIL, [], []),
        (HEAD + "| `b/*.py` | uses `a/m.py` |\n" + TAIL, [], []),
        (HEAD + TAIL, ["harness/b/n.py has no entry"], []),
        (HEAD + "| `b/` | x |\n| `b/n.py` | x |\n" + TAIL, ["harness/b/n.py has 2 entries"], []),
        (HEAD + "| `b/` | x |\n| `d/` | x |\n" + TAIL, ["harness/d/ is not in the tree"], ["d/"]),
        (HEAD + "| `b/` | like `a/o.py` |\n" + TAIL + "see `p.py`\n", [], ["a/o.py", "p.py"]),
    ],
)  # fmt: skip
def test_a_page_that_does_not_fit(text: str, entries: list[str], paths: list[str], tmp_path: Path) -> None:
    for path in TREE:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert wrong_entries(tmp_path, text) == entries
    assert missing_paths(tmp_path, text) == paths
