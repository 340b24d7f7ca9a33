"""Wrong `component wit` of WIT packages: text, JSON and the binary."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import generator.wit.binary.encode as encode
import generator.wit.binary.package_docs as package_docs
from generator.component.component import Custom
from generator.resolved.model import PackageId, Resolve
from generator.wit.printer_lines import Lines
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Here, Member
from harness.toolchains import ours

PACKAGES = Table(Area.EMBEDDER)
_row = PACKAGES.function
_SHOWN = "packages"
_TEXT, _JSON, _WASM = Here(ours, "print_all"), Here(ours, "resolve_json"), Here(ours, "encode_package")

Original = Callable[..., Any]


@_row(
    "wit-text-names-another-package",
    _TEXT,
    "`wit` prints the main package under another name",
    needs="any package",
    shown_by=_SHOWN,
)
def _(original: Original, *args: Any, **options: Any) -> str:
    text: str = original(*args, **options)
    return re.sub("^package ", "package x", text, count=1, flags=re.MULTILINE)


@_row(
    "wit-text-names-another-world",
    _TEXT,
    "`wit` prints a world under another name",
    needs="any package with a world",
    shown_by=_SHOWN,
)
def _(original: Original, *args: Any, **options: Any) -> str:
    text: str = original(*args, **options)
    return re.sub("^world %?", "world x", text, flags=re.MULTILINE)


@_row("wit-text-without-docs", _TEXT, "`wit` prints no documentation", needs="documentation", shown_by=_SHOWN)
def _(original: Original, resolve: Resolve, package: PackageId, **_options: Any) -> str:
    text: str = original(resolve, package, docs=False)
    return text


@_row("wit-text-without-gates", Member(Lines, "attributes"), "`wit` prints no gates", needs="a gate", shown_by=_SHOWN)
def _(original: Original, *args: Any) -> None:
    pass


@_row(
    "wit-text-with-byte-order-mark",
    _TEXT,
    "`wit` prints a byte order mark",
    needs="any package",
    shown_by=_SHOWN,
)
def _(original: Original, *args: Any, **options: Any) -> str:
    return f"\ufeff{original(*args, **options)}"


@_row(
    "wit-text-with-another-package",
    _TEXT,
    "`wit` prints a package that is not there",
    needs="any package",
    shown_by=_SHOWN,
)
def _(original: Original, *args: Any, **options: Any) -> str:
    return f"{original(*args, **options)}package x:y {{ interface i {{}} }}\n"


@_row(
    "wit-json-without-results",
    _JSON,
    "`wit --json` calls the result of a function `results`",
    needs="a function with a result",
    shown_by=_SHOWN,
)
def _(original: Original, resolve: Resolve) -> Any:
    json = original(resolve)
    for interface in json["interfaces"]:
        for function in interface["functions"].values():
            function["results"] = function.pop("result", None)
    return json


@_row(
    "wit-json-without-docs",
    _JSON,
    "`wit --json` leaves out the documentation of worlds",
    needs="a world with documentation",
    shown_by=_SHOWN,
)
def _(original: Original, resolve: Resolve) -> Any:
    json = original(resolve)
    for world in json["worlds"]:
        world.pop("docs", None)
    return json


@_row(
    "wit-json-with-other-names",
    _JSON,
    "`wit --json` lists the interfaces of a package under another name",
    needs="an interface",
    shown_by=_SHOWN,
)
def _(original: Original, resolve: Resolve) -> Any:
    json = original(resolve)
    for package in json["packages"]:
        package["interfaces"] = {f"{name}-x": index for name, index in package["interfaces"].items()}
    return json


@_row(
    "wit-wasm-without-docs",
    Here(encode, "package_docs_section"),
    "`wit --wasm` writes neither documentation nor gates",
    needs="documentation or a gate",
    shown_by=_SHOWN,
)
def _(original: Original, *args: Any) -> Custom:
    return Custom(package_docs.SECTION, bytes((package_docs.VERSION,)) + b"{}")


@_row(
    "wit-wasm-without-gates",
    Here(package_docs, "stability_json"),
    "`wit --wasm` writes no gates",
    needs="a gate",
    shown_by=_SHOWN,
)
def _(original: Original, *args: Any) -> None:
    return None


@_row(
    "wit-wasm-of-another-package",
    _WASM,
    "`wit --wasm` writes another package than the main one",
    needs="several packages",
    shown_by=_SHOWN,
)
def _(original: Original, resolve: Resolve, package: PackageId) -> bytes:
    binary: bytes = original(resolve, PackageId((package + 1) % len(resolve.packages)))
    return binary
