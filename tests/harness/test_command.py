"""Toolchains by command templates."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path

import pytest

from harness.process import Limits
from harness.toolchains.command import ToolchainFileError, load
from harness.toolchains.protocol import Built, GenerateOptions, Library, LinkOptions, Panicked, Refused
from harness.toolchains.wasm_tools import find

GOOD = """
name = "mine"
version = "7"
generate = ["{tool}", "wit-dylib", "{{wit}}", "-w", "{{world}}", "--interpreter", "{{interpreter}}", "-o", "{{output}}"]
link = ["{tool}", "component", "link", "{{libraries}}", "-o", "{{output}}"]
"""


def write(path: Path, text: str) -> Path:
    file = path / "tool.toml"
    file.write_text(text)
    return file


def test_builds_by_templates(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    toolchain = load(write(tmp_path, GOOD.format(tool=find().path)), files, Limits(30))
    assert (toolchain.name, toolchain.version) == ("mine", "7")
    options = GenerateOptions(interpreter="libx.so")
    built = toolchain.generator.generate("package a:b; world w { export f: func(); }", "w", options).result()
    assert isinstance(built, Built)
    linked = toolchain.linker.link([Library("liba.so", built.data)], LinkOptions()).result()
    assert isinstance(linked, Refused), "the interpreter is missing"
    assert "libx.so" in linked.message
    assert not list(files.iterdir())


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ('["true", "{wit}", "{output}"]', 0, "wrote no output file"),
        ('["sh", "-c", "echo broken >&2; exit 9", "{wit}", "{output}"]', 9, "broken"),
        ('["no-such-program-anywhere", "{wit}", "{output}"]', 127, "cannot be started"),
    ],
)
def test_broken_tools_are_results(tmp_path: Path, command: str, code: int, message: str) -> None:
    text = f'name = "mine"\ngenerate = {command}\nlink = ["true", "{{libraries}}", "{{output}}"]\n'
    toolchain = load(write(tmp_path, text), tmp_path, Limits(30))
    result = toolchain.generator.generate("", "w", GenerateOptions()).result()
    assert isinstance(result, Panicked)
    assert result.exit_code == code
    assert message in result.message


OUTPUTS = {
    "a FIFO": ("rm -f $0; mkfifo $0", "its output is not a regular file"),
    "a folder": ("rm -f $0; mkdir $0", "its output is not a regular file"),
    "a link": ("rm -f $0; ln -s /etc/passwd $0", "its output is not a regular file"),
    "a device": ("rm -f $0; ln -s /dev/zero $0", "its output is not a regular file"),
    "a sparse file beyond the bound": ("truncate -s 1M $0 && truncate -s 2M $0", "wrote more than 1 MiB"),
    "a gigabyte": ("head -c 1000000000 /dev/zero > $0", "wrote more than 1 MiB"),
    "a gigabyte on standard output": ("head -c 1000000000 /dev/zero", "wrote more than 1 MiB"),
    "a gigabyte of complaints": ("head -c 1000000000 /dev/zero >&2", "wrote more than 1 MiB"),
    "nothing": ("true", "wrote no output file"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="no shell")
@pytest.mark.parametrize(("script", "message"), OUTPUTS.values(), ids=OUTPUTS)
def test_whatever_a_tool_leaves_is_looked_at_before_it_is_read(tmp_path: Path, script: str, message: str) -> None:
    """`exec`: the shell's own complaints are not what is tested."""
    script = f'{script}; exec sh -c "exit $?"'
    text = f"""name = "mine"
generate = ["sh", "-c", '{script}', "{{output}}", "{{wit}}"]
link = ["true", "{{libraries}}", "{{output}}"]
"""
    files = tmp_path / "files"
    files.mkdir()
    toolchain = load(write(tmp_path, text), files, Limits(60, output=1 << 20))
    tracemalloc.start()
    try:
        result = toolchain.generator.generate("", "w", GenerateOptions()).result()
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert isinstance(result, Panicked)
    assert message in result.message
    assert not list(files.iterdir())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "tool.toml"),
        ('name = "ours"', "`name` must be"),
        ('name = "m"\ncolour = 1', "unknown key `colour`"),
        ('name = "../../m"', "`name` must be letters"),
        ('name = ".."', "`name` must be letters"),
        ('name = "a b"', "`name` must be letters"),
        ('name = "m\\u0000"', "`name` must be letters"),
        (f'name = "{"m" * 65}"', "at most 64"),
        ('name = "m"\ngenerate = "tool"', "`generate` must be a list"),
        ('name = "m"\ngenerate = ["tool", "{wit}"]', "`generate` nowhere mentions {output}"),
        ('name = "m"\ngenerate = ["t", "{wit}", "{output}"]\nlink = ["t", "{output}"]', "mentions {libraries}"),
        (
            'name = "m"\nversion = 1\ngenerate = ["t", "{wit}{output}"]\nlink = ["t", "{libraries}", "{output}"]',
            "`version`",
        ),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ToolchainFileError) as caught:
        load(write(tmp_path, text), tmp_path, Limits())
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolchainFileError, match=r"gone\.toml"):
        load(tmp_path / "gone.toml", tmp_path, Limits())
