"""What is no interpreter, what one lacks, and one that uses our own interfaces."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import interpreters
from harness.binary.sections import section
from harness.judge.party import OfInterpreter
from harness.toolchains.interpreter import MAX_BYTES, BadInterpreter, Interpreter, NamedFile
from interpreters.echo import echo
from reports.outcomes import Outcome
from tests.harness.guests import bench, examined, plan
from tests.harness.hostile_guests import HOST, hostile_interpreter


def test_missing_functions_are_named(tmp_path: Path) -> None:
    data = echo().read_bytes().replace(b"wit_dylib_push_map", b"wit_dylib_push_mop")
    library = tmp_path / "old.so"
    library.write_bytes(data)
    maps = "package a:b; world w { export f: func(a: map<u8, u8>) -> map<u8, u8>; }"
    tools = bench(tmp_path, library)
    found = examined(tools, plan(wit=maps))
    assert found.verdict.outcome is Outcome.SKIP
    needs = "which the library by ours for version 3 of the interface needs (--abi-version)"
    assert found.verdict.reason == f"old.so has no wit_dylib_push_map, {needs}"
    assert examined(tools, plan()).verdict.outcome is Outcome.PASS


def test_exceptions_need_another_engine(tmp_path: Path) -> None:
    """Winch has none. Nothing is built then, so any module with a tag will do."""
    library = tmp_path / "mine.so"
    library.write_bytes(echo().read_bytes() + section(13, b"\x01\x00\x00"))
    found = examined(bench(tmp_path, library), plan())
    assert found.verdict.outcome is Outcome.SKIP
    assert found.verdict.reason == "mine.so uses exceptions, which Winch does not run: --engine cranelift does"


def test_an_old_interface_has_no_maps(tmp_path: Path) -> None:
    maps = "package a:b; world w { export f: func(a: map<u8, u8>) -> map<u8, u8>; }"
    found = examined(bench(tmp_path, echo(2), 2), plan(wit=maps))
    assert found.verdict.outcome is Outcome.SKIP
    assert found.verdict.reason == "the world has maps, which version 2 of the interpreter's interface lacks"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\0asm\x0d\0\x01\0", "not a core WebAssembly module"),
        (b"\0asm\x01\0\0\0", "no section dylink.0"),
        (b"\0asm\x01\0\0\0\x00\x09\x08dylink.0", "exports no wit_dylib_initialize and no cabi_realloc"),
        (b"\0asm\x01\0\0\0\x00\x7f", "reaches past the end"),
    ],
)
def test_what_is_no_interpreter(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(data)
    with pytest.raises(BadInterpreter, match=why):
        Interpreter(path).read()


def test_a_file_without_an_end_is_no_interpreter(tmp_path: Path) -> None:
    """Nor is it an adapter or a library; nothing is opened that might block."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (tmp_path / "large").open("wb") as large:
        large.truncate(MAX_BYTES + 1)
    for path, why in (
        (pipe, "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        (Path(large.name), "MiB"),
    ):
        for found in (Interpreter(path), Interpreter(echo(), 3, (NamedFile("x", path),), (NamedFile("y", path),))):
            with pytest.raises(BadInterpreter, match=why):
                found.read()


def test_an_interpreter_with_our_own_interfaces_is_at_fault(tmp_path: Path) -> None:
    """It exports `control` and imports `host`, but has no script; a component that only imports `host` gets none."""
    found = examined(bench(tmp_path, interpreters.boxed()), plan(calls=5)).verdict
    assert (found.outcome, found.minority) == (Outcome.FAIL, (OfInterpreter("boxed-v3.so"),))
    alone = hostile_interpreter(b"export_start 0\n")
    (tmp_path / "hostile.so").write_bytes(alone)
    found = examined(bench(tmp_path, tmp_path / "hostile.so"), plan(calls=5)).verdict
    assert (found.outcome, found.minority) == (Outcome.INVALID_OUTPUT, (OfInterpreter("hostile.so"),)), found.findings
    assert all(f"imports {HOST}, which nothing provides" in finding.message for _, finding in found.findings)
