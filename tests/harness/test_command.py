"""Toolchains by command templates."""
# ruff: noqa: E501 - messages as they are

from __future__ import annotations

import re
import sys
import tracemalloc
from pathlib import Path

import pytest

from harness.process.children import ProcessLimits
from harness.text.toml_lines import parse_toml
from harness.text.toml_schema import validated
from harness.toolchains.command import load
from harness.toolchains.command_file import ToolchainFileError
from harness.toolchains.command_schema import TOOLCHAIN_SCHEMA
from harness.toolchains.protocol import Built, GenerateOptions, Library, LinkOptions, Panicked, Refused
from harness.toolchains.reference_binary import find

ROOT = Path(__file__).resolve().parent.parent.parent
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
    toolchain = load(write(tmp_path, GOOD.format(tool=find().path)), files, ProcessLimits(30))
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
    ],
)
def test_broken_tools_are_results(tmp_path: Path, command: str, code: int, message: str) -> None:
    text = f'name = "mine"\ngenerate = {command}\nlink = ["true", "{{libraries}}", "{{output}}"]\n'
    toolchain = load(write(tmp_path, text), tmp_path, ProcessLimits(30))
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
    "many files": (
        "for i in 1 2 3 4 5 6 7 8 9; do head -c 900000 /dev/zero > $0.$i; done",
        "wrote more than 4 MiB in all",
    ),
    "many temporary files": (
        "cd $TMPDIR; for i in 1 2 3 4 5 6 7 8 9; do head -c 900000 /dev/zero > $i; done",
        "in all",
    ),
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
    toolchain = load(write(tmp_path, text), files, ProcessLimits(60, output=1 << 20, written=4 << 20))
    tracemalloc.start()
    try:
        result = toolchain.generator.generate("", "w", GenerateOptions()).result()
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert isinstance(result, Panicked)
    assert message in result.message
    assert not list(files.iterdir())


GENERATE = 'generate = ["true", "{wit}", "{output}"]\n'
LINK = 'link = ["true", "{libraries}", "{output}"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "1:8: not TOML"),
        (GENERATE, "1:1: 'name' is a required property"),
        ('name = "ours"\n' + GENERATE, "1:1: name: 'ours' does not match"),
        ('name = "reference"\n' + GENERATE, "not `ours` or `reference`"),
        ('name = "m"\ncolour = 1', "2:1: unknown key colour"),
        ('name = "../../m"\n' + GENERATE, "1:1: name: '../../m' does not match"),
        ('name = ".."\n' + GENERATE, "letters, digits"),
        ('name = "a b"\n' + GENERATE, "letters, digits"),
        ('name = "m\\u0000"\n' + GENERATE, "letters, digits"),
        ('name = "m\\n"\n' + GENERATE, "letters, digits"),
        (f'name = "{"m" * 65}"\n' + GENERATE, "at most 64"),
        ('name = "m"', "1:1: one of generate, link, new is missing"),
        ('name = "m"\ngenerate = "tool"', "2:1: generate: expected an array in square brackets, found 'tool'"),
        ('name = "m"\ngenerate = []', "2:1: generate: [] should be non-empty"),
        ('name = "m"\ngenerate = ["tool", "{wit}"]', "2:1: generate: must contain a word with {output}"),
        ('name = "m"\n' + GENERATE + 'link = ["t", "{output}"]', "3:1: link: must contain the word {libraries}"),
        ('name = "m"\nlink = ["true", "{libraries}", "-l{libraries}", "{output}"]', "2:1: {libraries} in `link` must be a separate word"),
        ('name = "m"\n' + LINK + "[link-options]\nsize = []", "4:1: unknown key size; known here are stack-size"),
        ('name = "m"\n' + LINK + '[link-options]\nstack-size = ["-s"]', "4:1: link-options.stack-size: must contain a word with {stack-size}"),
        ('name = "m"\n' + GENERATE + '[link-options]\nopenable = ["-o"]', "'link' is a dependency of 'link-options'"),
        ('name = "m"\nversion = 1\n' + GENERATE, "2:1: version: expected a string in quotes, found 1"),
        ('name = "m"\nversion-command = ["no-such-program"]\n' + GENERATE, "2:1: there is no program 'no-such-program'"),
        ('name = "m"\nversion = "1"\nversion-command = ["true"]\n' + GENERATE, "3:1: only one of version, version-command can be given"),
        ('name = "m"\nversion-command = ["true"]\nversion = "1"\n' + GENERATE, "3:1: only one of version, version-command can be given"),
        ('name = "m"\nexpectations = "wasm-tools"\n' + GENERATE, "2:1: known faults apply to versions such as 1.262.0; `version` or `version-command` says 'unknown'"),
    ],
)  # fmt: skip
def test_bad_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ToolchainFileError) as caught:
        load(write(tmp_path, text), tmp_path, ProcessLimits())
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'tool.toml'}:")


def test_the_examples_of_the_documentation_are_valid() -> None:
    page = (ROOT / "docs" / "toolchains.md").read_text()
    blocks = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    examples = [block for block in blocks if "[project" not in block]  # the other one is a pyproject.toml
    assert (len(examples), len(blocks)) == (2, 3)
    for example in examples:
        validated(parse_toml(example, "docs/toolchains.md"), TOOLCHAIN_SCHEMA)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolchainFileError, match=r"gone\.toml"):
        load(tmp_path / "gone.toml", tmp_path, ProcessLimits())


PAIR = 'name = "m"\ngenerate = {}\nlink = {}\n'


@pytest.mark.parametrize(
    ("generate", "link", "more", "message"),
    [
        ('["true", "{wit}", "{output}", "{nope}"]', '["true", "{libraries}", "{output}"]', "", "tool.toml:2:1: unknown placeholder {nope} in `generate`"),
        ('["true", "{wit}", "{output}"]', '["true", "{libraries}", "{output}", "{world}"]', "", "tool.toml:3:1: unknown placeholder {world} in `link`"),
        ('["true", "{wit}", "{output}"]', '["true", "{libraries}", "{output}"]', '[link-options]\nopenable = ["{size}"]', "tool.toml:5:1: unknown placeholder {size}"),
        ('["no-such-program-anywhere", "{wit}", "{output}"]', '["true", "{libraries}", "{output}"]', "", "tool.toml:2:1: there is no program 'no-such-program-anywhere'"),
        ('["true", "{wit}", "{output}"]', '["/no/such/program", "{libraries}", "{output}"]', "", "tool.toml:3:1: there is no program '/no/such/program'"),
        ('["true", "{wit}", "{output}"]', '["true", "{libraries}", "{output}"]', 'new = ["true", "{module}", "{output}", "{wit}"]', "tool.toml:4:1: unknown placeholder {wit} in `new`"),
        ('["true", "{wit}", "{output}"]', '["true", "{libraries}", "{output}"]', 'embed = ["true", "{wit}", "{world}", "{output}"]', "tool.toml:4:1: embed: must contain a word with {encoding}"),
        ('["true", "{wit}", "{output}"]', '["true", "{libraries}", "{output}"]', 'wit = ["no-such-program", "{component}", "{output}"]', "tool.toml:4:1: there is no program 'no-such-program'"),
    ],
)  # fmt: skip
def test_placeholders_and_programs_are_checked_at_load(
    tmp_path: Path, generate: str, link: str, more: str, message: str
) -> None:
    with pytest.raises(ToolchainFileError) as caught:
        load(write(tmp_path, PAIR.format(generate, link) + more), tmp_path, ProcessLimits(30))
    assert message in str(caught.value)


def test_features_that_the_file_has_no_way_to_ask_for(tmp_path: Path) -> None:
    text = PAIR.format('["true", "{wit}", "{output}"]', '["true", "{libraries}", "{output}"]')
    toolchain = load(write(tmp_path, text), tmp_path, ProcessLimits(30))
    result = toolchain.generator.generate("", "w", GenerateOptions(features=("x",))).result()
    assert isinstance(result, Refused) and "no {features}" in result.message


def test_the_version_of_the_interface_can_be_asked_for(tmp_path: Path) -> None:
    text = PAIR.format(
        """["sh", "-c", "echo $0 >$1", "{abi-version}", "{output}", "{wit}"]""", '["true", "{libraries}", "{output}"]'
    )
    toolchain = load(write(tmp_path, text), tmp_path, ProcessLimits(30))
    result = toolchain.generator.generate("", "w", GenerateOptions(abi_version=2)).result()
    assert result == Built(b"2\n")


@pytest.mark.parametrize(
    ("world", "more"),
    [
        (["--world", "{world}"], []),
        (["--world={world}"], []),
        (["{world}"], []),
        (["plain", "{world}", "-x"], ["plain", "-x"]),
        (["-v", "--world", "{world}"], ["-v"]),
    ],
)
def test_the_only_world_is_not_named(tmp_path: Path, world: list[str], more: list[str]) -> None:
    words = ["sh", "-c", 'echo "$@" > $0', "{output}", *world, "{wit}"]
    text = PAIR.format(words, '["true", "{libraries}", "{output}"]')
    toolchain = load(write(tmp_path, text), tmp_path, ProcessLimits(30))
    unnamed = toolchain.generator.generate(Path("a.wit"), None, GenerateOptions()).result()
    assert unnamed == Built(" ".join([*more, "a.wit"]).encode() + b"\n")
    named = toolchain.generator.generate(Path("a.wit"), "w", GenerateOptions()).result()
    assert named == Built(" ".join([*(word.replace("{world}", "w") for word in world), "a.wit"]).encode() + b"\n")
