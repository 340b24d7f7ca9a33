"""Wrong `component embed`, `component new` and `component wit`: no generated and linked library shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import generator.componentize.core_imports as core_imports
import generator.componentize.world as world
import generator.dummy.schemes as schemes
import generator.wit.printer as printer
import generator.wit.printer_types as printer_types
from generator.component.canon import StringEncoding
from generator.componentize.core_exports import CoreExports
from generator.componentize.encoder import ComponentizeOptions
from generator.dummy.module import DummyModule
from generator.resolved.model import Function, Resolve, WorldKey
from generator.resolved.types import Borrow, Flags, Own, Result, TypeKind, Variant
from harness.mutants.mutant import Area, Table
from harness.mutants.patch import Here, MappingEntry, Member
from harness.toolchains import ours
from harness.toolchains.protocol import LEGACY_NAMES, STANDARD_NAMES

EMBEDDING = Table(Area.EMBEDDER)
_row = EMBEDDING.function
_STRINGS, _VERSIONS = "embedded", "embedded-versions"

Original = Callable[..., Any]


@_row(
    "embed-always-utf8",
    Here(ours, "encode_world"),
    "`embed` writes utf8 for every encoding",
    needs="another encoding",
    shown_by=_STRINGS,
)
def _(original: Original, resolve: Resolve, id: Any, encoding: str) -> bytes:
    section: bytes = original(resolve, id, "utf8")
    return section


@_row(
    "dummy-without-imports-of-the-world",
    Member(DummyModule, "import_function"),
    "`embed --dummy` leaves out the functions that the world itself imports",
    needs="an imported function of the world",
    shown_by=_STRINGS,
)
def _(original: Original, self: DummyModule, key: WorldKey | None, function: Function) -> None:
    if key is not None:
        original(self, key, function)


EMBEDDING.value(
    "embed-with-earlier-names",
    MappingEntry(schemes, "SCHEMES", STANDARD_NAMES),
    schemes.SCHEMES[LEGACY_NAMES],
    "`embed` writes the names of earlier tools where standard names are asked for",
    needs="any world",
    shown_by=_STRINGS,
)


@_row(
    "standard-names-with-whole-versions",
    Here(schemes, "interface_text"),
    "standard names have the whole version instead of the common part of compatible versions",
    needs="an interface with a version",
    shown_by=_STRINGS,
)
def _(original: Original, resolve: Resolve, key: WorldKey | None) -> str:
    return "" if key is None else resolve.world_key_name(key)


@_row(
    "new-takes-compact-for-utf16",
    Here(world, "StringEncoding"),
    "`new` treats compact-utf16 as utf16",
    needs="the encoding compact-utf16",
    shown_by=_STRINGS,
)
def _(original: Original, word: str) -> StringEncoding:
    return StringEncoding(word.removeprefix("compact-"))


@_row(
    "new-imports-in-utf8",
    Member(core_imports.CoreImports, "string_encoding"),
    "`new` lowers in utf8 regardless of the module's encoding",
    needs="another encoding and an imported function with strings",
    shown_by=_STRINGS,
)
def _(original: Original, *args: Any) -> StringEncoding:
    return StringEncoding.UTF8


@_row(
    "new-exports-in-utf8",
    Member(CoreExports, "lifted"),
    "`new` lifts in utf8 regardless of the module's encoding",
    needs="another encoding and an exported function with strings",
    shown_by=_STRINGS,
)
def _(original: Original, *args: Any) -> Any:
    return replace(original(*args), encoding=StringEncoding.UTF8)


@_row(
    "new-without-standard-post-return",
    Member(CoreExports, "companion"),
    "`new` does not know the standard name of `post-return` functions",
    needs="standard names and an exported function",
    shown_by=_STRINGS,
)
def _(original: Original, self: CoreExports, module: Any, name: str, *args: Any) -> str | None:
    found: str | None = None if name.endswith("_post") else original(self, module, name, *args)
    return found


@_row(
    "new-keeps-versions",
    Here(ours, "componentize"),
    "`new` does not merge imports in compatible versions",
    needs="imports in compatible versions",
    shown_by=_VERSIONS,
)
def _(original: Original, plan: Any) -> bytes:
    component: bytes = original(plan, ComponentizeOptions(merge_imports_based_on_semver=False))
    return component


@_row(
    "wit-prints-borrow-as-own",
    Here(printer_types, "kind_text"),
    "`wit` prints `own` for `borrow`",
    needs="a borrowed handle",
    shown_by=_STRINGS,
)
def _(original: Original, resolve: Resolve, kind: TypeKind, known: Any) -> str:
    text: str = original(resolve, Own(kind.resource) if isinstance(kind, Borrow) else kind, known)
    return text


@_row(
    "wit-prints-err-as-ok",
    Here(printer_types, "result_text"),
    "`wit` prints `result<t>` for `result<_, t>`",
    needs="a result without a first type",
    shown_by=_STRINGS,
)
def _(original: Original, resolve: Resolve, kind: Result, known: Any) -> str:
    text: str = original(resolve, replace(kind, ok=kind.ok or kind.err, err=kind.err if kind.ok else None), known)
    return text


@_row(
    "wit-reverses-flags",
    Here(printer, "definition_lines"),
    "`wit` prints the labels of flags in reverse",
    needs="flags with two labels",
    shown_by=_STRINGS,
)
def _(original: Original, resolve: Resolve, name: str, kind: TypeKind) -> Any:
    return original(resolve, name, replace(kind, flags=kind.flags[::-1]) if isinstance(kind, Flags) else kind)


@_row(
    "wit-prints-cases-without-types",
    Here(printer, "definition_lines"),
    "`wit` prints cases of variants without their types",
    needs="a variant whose case has a type",
    shown_by=_STRINGS,
)
def _(original: Original, resolve: Resolve, name: str, kind: TypeKind) -> Any:
    if isinstance(kind, Variant):
        kind = replace(kind, cases=tuple([replace(case, type=None) for case in kind.cases]))
    return original(resolve, name, kind)
