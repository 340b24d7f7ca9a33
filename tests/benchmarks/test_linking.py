"""The libraries that `benchmarks.linking` measures: of the size that was asked for, and a component that runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime
import wasmtime.component
from click.testing import CliRunner

from benchmarks.linking import LIBRARIES, libraries, main
from generator.cli import main as generator


def test_libraries_link_and_run(tmp_path: Path) -> None:
    words = libraries(tmp_path, 0.2)
    assert len(words) == LIBRARIES
    assert sum(Path(word).stat().st_size for word in words) == pytest.approx(200_000, rel=0.2)
    out = tmp_path / "out.wasm"
    assert generator(["component", "link", *words, "-o", str(out)]) == 0
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    component = wasmtime.component.Component(engine, out.read_bytes())
    instance = wasmtime.component.Linker(engine).instantiate(store, component)
    index = instance.get_export_index(store, "run")
    assert index is not None
    run = instance.get_func(store, index)
    assert run is not None
    first = run(store, 5)
    run.post_return(store)
    assert (run(store, 6) - first) % (1 << 32) == 1, "every function adds constants, and calls another at most once"


def test_the_command_reports_each_row() -> None:
    done = CliRunner().invoke(main, ["--runs", "1", "--megabytes", "0.05"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    for what in ("--version", "help of link", "link 0.05 MB"):
        assert what in done.output
