"""The command `component init`."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from generator.cli import main
from tests.generator.preinit.components import answers, counter

BINARY = counter("""
    (global $g (mut i32) (i32.const 0))
    (func (export "init") (global.set $g (i32.const 8)))
    (func (export "get") (result i32) (global.get $g))""")


def run(tmp_path: Path, *arguments: str) -> int:
    (tmp_path / "in.wasm").write_bytes(BINARY)
    return main(["component", "init", str(tmp_path / "in.wasm"), "-o", str(tmp_path / "out.wasm"), *arguments])


def test_a_component(tmp_path: Path) -> None:
    assert run(tmp_path, "--init-func", "init", "--env", "A=1", "--dir", f"{tmp_path}::/") == 0
    assert answers((tmp_path / "out.wasm").read_bytes(), "get") == [8]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "the following arguments are required: --init-func"),
        (("--init-func", "none"), 1, "in.wasm: `none` cannot be run: the component exports no function none"),
        (("--init-func", "init", "--env", "A"), 2, "--env `A`: expected NAME=VALUE"),
        (("--init-func", "init", "--dir", "nowhere::/"), 2, "--dir `nowhere::/`: there is no folder `nowhere`"),
        (("--init-func", "init", "--seconds", "0"), 2, "`0` is not a positive number of seconds"),
    ],
)
def test_refusals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert run(tmp_path, *arguments) == code
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out.wasm").exists()


def test_without_an_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert run(tmp_path, "--init-func", "init") == 2
    assert "needs the Python package wasmtime" in capsys.readouterr().err
