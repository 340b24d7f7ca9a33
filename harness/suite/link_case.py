"""A link case: one TOML file with libraries as WAT, link options, and the expected behaviour of the component.

```toml
title = "The order on the command line decides"
why = "Two libraries export `f`; who needs it gets that of the first."
origin = "https://github.com/bytecodealliance/wasm-tools/pull/1258"
wit = "package a:b; world w { export run: func() -> u32; }"

[[library]]
name = "libapp.so"
wat = '''
(module (@dylink.0 (needed "libone.so" "libtwo.so"))
  (import "env" "f" (func $f (result i32)))
  (func (export "run") (result i32) call $f))
'''

[[library]]
name = "libone.so"
wat = '(module (@dylink.0) (func (export "f") (result i32) i32.const 1))'

[[step]]
call = "run"
result = "1"
```

A row with `module = true` is a complete module: `component new` makes the component of it and of adapters.

The world's imports are functions that return nothing; the host records their calls. `starts` lists the calls during
instantiation, or one of the lists of `starts-also` does; `logs` lists the calls during a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.engine.results import EngineKind
from harness.plan.outcomes import TrapClass
from harness.suite.conditions import UNCONDITIONAL, Conditions, read_conditions
from harness.suite.link_case_schema import LINK_CASE_SCHEMA
from harness.suite.version import parse_versioned, read_versioned
from harness.text.toml_lines import TomlFile
from harness.toolchains.protocol import LinkOptions


@dataclass(frozen=True)
class LinkCaseLibrary:
    """`world`: the world of its component-type section, the only one if empty; None: it has no such section. `module`:
    a complete module instead of a library."""

    name: str
    wat: str
    world: str | None
    openable: bool
    adapter: bool
    module: bool


@dataclass(frozen=True)
class LinkCaseStep:
    """A call of an export. Values are WAVE text; `logs` are calls of imports, as text."""

    call: str
    args: tuple[str, ...] = ()
    result: str | None = None
    trap: TrapClass | None = None
    logs: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkCase:
    """`refusal`: a part of our message, if linkers must refuse it; then there are no steps. There are none either in a
    case whose component is only compiled."""

    title: str
    why: str
    origin: tuple[str, ...]
    file: TomlFile
    wit: str
    world: str | None
    libraries: tuple[LinkCaseLibrary, ...]
    options: LinkOptions
    starts: tuple[str, ...]
    starts_also: tuple[tuple[str, ...], ...]
    """Lists that are as correct as `starts`, if the order of constructors is left open."""
    steps: tuple[LinkCaseStep, ...]
    refusal: str | None
    conditions: Conditions = UNCONDITIONAL
    engine: EngineKind | None = None
    """The only compiler that runs it."""

    @property
    def alone(self) -> bool:
        """Whether `component new` makes it of one module; else `component link` makes it of libraries."""
        return any(library.module for library in self.libraries)


def load_link_case(path: Path) -> LinkCase:
    """Read the file of a link case; raises `FileError` with file and line."""
    return _link_case(read_versioned(path, LINK_CASE_SCHEMA))


def parse_link_case(text: str, name: str = "<link case>") -> LinkCase:
    return _link_case(parse_versioned(text, name, LINK_CASE_SCHEMA))


def _link_case(file: TomlFile) -> LinkCase:
    data = file.data
    origin = data["origin"]
    link = data.get("link", {})
    _check_names(file, data["library"])
    _check_module(file, data)
    return LinkCase(
        data["title"],
        data["why"],
        (origin,) if isinstance(origin, str) else tuple(origin),
        file,
        data["wit"],
        data.get("world"),
        _libraries(data["library"], data.get("world", "")),
        LinkOptions(
            link.get("stub-missing-functions", False),
            link.get("stack-size"),
            link.get("built-in-libdl", False),
            link.get("several-worlds", False),
            return_call_ref=link.get("return-call-ref", False),
        ),
        tuple(data.get("starts", ())),
        tuple(map(tuple, data.get("starts-also", ()))),
        tuple(map(_step, data.get("step", ()))),
        data.get("refusal"),
        read_conditions(file),
        EngineKind(data["engine"]) if "engine" in data else None,
    )


def _check_names(file: TomlFile, rows: Sequence[dict[str, Any]]) -> None:
    """Only an adapter has the name of an interface. Raises `FileError`."""
    for index, row in enumerate(rows):
        if "/" in row["name"] and not row.get("adapter", False):
            raise file.error(
                ["library", index, "name"], f"{row['name']!r} has a `/`, which only names of adapters have"
            )


def _check_module(file: TomlFile, data: dict[str, Any]) -> None:
    """A complete module must be the only row apart from adapters. Raises `FileError`."""
    rows = data["library"]
    if not any(row.get("module", False) for row in rows):
        return
    found = [index for index, row in enumerate(rows) if not row.get("adapter", False)]
    if len(found) != 1 or not rows[found[0]].get("module", False):
        raise file.error(["library", 0], "`component new` takes one row with `module`, and adapters")
    if rows[found[0]].get("openable", False):
        raise file.error(["library", found[0], "openable"], "`openable` is for `component link`")
    if "link" in data:
        raise file.error(["link"], "`link` has options of `component link`, `module` is for `component new`")


def _libraries(rows: Sequence[dict[str, Any]], world: str) -> tuple[LinkCaseLibrary, ...]:
    told = any("world" in row for row in rows)
    return tuple(
        LinkCaseLibrary(
            row["name"],
            row["wat"],
            row.get("world", None if told or index else world),
            row.get("openable", False),
            row.get("adapter", False),
            row.get("module", False),
        )
        for index, row in enumerate(rows)
    )


def _step(row: dict[str, Any]) -> LinkCaseStep:
    trap = TrapClass(row["trap"]) if "trap" in row else None
    return LinkCaseStep(row["call"], tuple(row.get("args", ())), row.get("result"), trap, tuple(row.get("logs", ())))
