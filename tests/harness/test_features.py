"""The rows of features are true: the engine accepts a component with a feature exactly if the feature is on."""

from __future__ import annotations

import pytest
import wasmtime
from wasmtime import WasmtimeError
from wasmtime.component import Component

from harness.engine import features as rows
from harness.engine.engine import Engine
from harness.engine.features import features, missing
from harness.engine.results import EngineKind

STREAM = "(type $S (stream u8))"
MEMORY = """(core module $L (memory (export "memory") 1)) (core instance $l (instantiate $L))
  (alias core export $l "memory" (core memory $m))"""
LIFTED = """(core module $M (func (export "f"))) (core instance $i (instantiate $M))
  (func (export "f") async (canon lift (core func $i "f") HOW))"""

NEEDS = {
    "async": LIFTED.replace("HOW", ""),
    "more-async-builtins": f"{STREAM} {MEMORY} (core func (canon stream.read $S (memory $m)))",
    "stackful-async": LIFTED.replace("HOW", "async"),
    "threading": "(core func (canon thread.index))",
    "error-context": '(import "f" (func (param "e" error-context)))',
    "fixed-length-lists": '(import "f" (func (param "e" (list u32 4))))',
    "map": '(import "f" (func (param "e" (map u32 string))))',
    "custom-page-sizes": "(core module (memory 1 (pagesize 1)))",
    "context-i64": "(core func (canon context.get i64 0))",
    "forward": f"{STREAM} (core func (canon stream.forward $S))",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(EngineKind.WINCH)


@pytest.mark.parametrize("name", NEEDS)
def test_a_row(engine: Engine, name: str) -> None:
    binary = wasmtime.wat2wasm(f"(component {NEEDS[name]})")
    on = features()[name].why_not is None
    try:
        Component(engine.engine, binary)
    except WasmtimeError as error:
        assert not on, error
        assert "feature" in str(error)
    else:
        assert on


def test_a_feature_without_a_setter_is_missing_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rows._SETTERS, "stackful-async", "not_there")
    features.cache_clear()
    try:
        assert missing(frozenset({"async", "stackful-async", "forward"})) == [
            "forward: wasmtime has no setter for it",
            "stackful-async: this wasmtime has no setter for it",
        ]
        Engine(EngineKind.WINCH)
    finally:
        features.cache_clear()
