"""The option `--async` selects the async functions."""

from __future__ import annotations

import pytest

from generator.dylib.unsupported import UnsupportedError
from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.options import DylibOptions
from generator.errors import GeneratorError
from tests.generator.dylib.host import Host
from tests.generator.dylib.libraries import library

WIT = """
interface c { f: async func(); g: func(); resource r { m: async func(); s: static async func(); } }
world w { import c; export c; import lab: interface { f: async func(); } export top: async func(); }
"""
F, METHOD, STATIC = "a:b/c#f", "a:b/c#[method]r.m", "a:b/c#[static]r.s"
IMPORTS = {f"import:{name}" for name in (F, METHOD, STATIC, "lab#f")}
EXPORTS = {f"export:{name}" for name in (F, METHOD, STATIC, "top")}


def asynchronous(*filters: str) -> set[str]:
    """The functions that the library lowers or lifts async."""
    host = Host(library(WIT, DylibOptions(async_filters=AsyncFilters.parse(filters))))
    imports = {
        f"import:{module}#{name.removeprefix('[async-lower]')}"
        for module, name in host.imports
        if name.startswith("[async-lower]")
    }
    exports = {
        f"export:{name.removeprefix('[async-lift]')}" for name in host.export_names if name.startswith("[async-lift]")
    }
    return imports | exports


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], IMPORTS | EXPORTS),
        (["-all"], set()),
        (["-top"], (IMPORTS | EXPORTS) - {"export:top"}),
        ([f"-{F}"], (IMPORTS | EXPORTS) - {f"import:{F}", f"export:{F}"}),
        ([f"-import:{METHOD},-export:{STATIC}"], (IMPORTS | EXPORTS) - {f"import:{METHOD}", f"export:{STATIC}"}),
        ([f"-import:{F}", f"-export:{F}"], (IMPORTS | EXPORTS) - {f"import:{F}", f"export:{F}"}),
        (["lab#f", "-all"], {"import:lab#f"}),
        (["top,-all"], {"export:top"}),
        ([f"import:{F}", "-all", "all"], {f"import:{F}"}),
        (["-a:b/c#g"], IMPORTS | EXPORTS),
    ],
)
def test_the_first_filter_that_matches_decides(filters: list[str], expected: set[str]) -> None:
    assert asynchronous(*filters) == expected


@pytest.mark.parametrize("filters", [["all"], ["a:b/c#g"], ["import:a:b/c#g", "-all"], ["-top", "export:a:b/c#g"]])
def test_a_synchronous_function_cannot_be_async(filters: list[str]) -> None:
    with pytest.raises(UnsupportedError) as caught:
        asynchronous(*filters)
    assert caught.value.items == ("unsupported: --async for function a:b/c#g: it is not an `async func` (<text>:3:32)",)


@pytest.mark.parametrize(
    ("filters", "unused"),
    [
        (["import:top"], "import:top"),
        (["none"], "none"),
        (["import:all"], "import:all"),
        (["-all,top"], "top"),
        (["top,-top"], "-top"),
        (["top", "top"], "top"),
        (["f"], "f"),
        (["a:b/c@1.0.0#f"], "a:b/c@1.0.0#f"),
        (["import:-top", "x,y"], "import:-top,x,y"),
        ([""], ""),
    ],
)
def test_a_filter_that_decides_nothing(filters: list[str], unused: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        asynchronous(*filters)
    assert str(caught.value).startswith(f"--async {unused}: the world has no such function")
