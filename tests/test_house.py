"""Who imports whom: the table of docs/house.md, held to."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
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


def imported(module: str) -> set[str]:
    """The first words of everything that the module imports, inside functions as well."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("module", list(modules()))
def test_imports_go_one_way(module: str) -> None:
    allowed = next(packages for prefix, packages in ALLOWED if module.startswith(prefix))
    found = imported(module)
    assert found & set(OURS) <= allowed
    if module.startswith("generator/"):
        assert found - {"generator"} <= sys.stdlib_module_names, "the generator needs the standard library only"
