"""`generator component embed`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from generator.cli import main
from generator.resolved.model import Resolve, WorldId
from generator.wasm.builder import ModuleBuilder
from generator.wasm.decode import DecodedModule
from generator.wit.binary.decode import decode_world
from generator.wit.binary.encode import section_name

WIT = """
package a:b@1.0.0;
world one { import f: func(s: string); @unstable(feature = new) import g: func(); }
world two { export f: func(); }
"""
MODULE = ModuleBuilder().encode()


@pytest.fixture
def wit(tmp_path: Path) -> str:
    path = tmp_path / "a.wit"
    path.write_text(WIT)
    return str(path)


@pytest.fixture
def module(tmp_path: Path) -> str:
    path = tmp_path / "m.wasm"
    path.write_bytes(MODULE)
    return str(path)


def embed(tmp_path: Path, *args: str) -> bytes:
    output = tmp_path / "out.wasm"
    assert main(["component", "embed", *args, "-o", str(output)]) == 0
    return output.read_bytes()


def world_in(binary: bytes) -> tuple[Resolve, WorldId, str]:
    section = DecodedModule(binary).custom(section_name())
    assert section is not None
    return decode_world(section)


def test_the_module_stays_as_it_is(tmp_path: Path, wit: str, module: str) -> None:
    binary = embed(tmp_path, wit, module, "--world", "one")
    assert binary.startswith(MODULE)
    resolve, world, encoding = world_in(binary)
    assert (resolve.worlds[world].name, encoding) == ("one", "utf8")
    assert list(resolve.worlds[world].imports) == ["f"]


@pytest.mark.parametrize("feature", [("--features", "new"), ("--all-features",)])
def test_features(tmp_path: Path, wit: str, module: str, feature: tuple[str, ...]) -> None:
    resolve, world, _ = world_in(embed(tmp_path, wit, module, "-w", "a:b/one@1.0.0", *feature))
    assert list(resolve.worlds[world].imports) == ["f", "g"]


def test_only_custom(tmp_path: Path, wit: str) -> None:
    resolve, world, encoding = decode_world(embed(tmp_path, wit, "-w", "two", "--only-custom", "--encoding", "utf16"))
    assert (resolve.worlds[world].name, encoding) == ("two", "utf16")


@pytest.mark.parametrize(
    ("flags", "export"),
    [
        (("--dummy",), "cm32p2||f"),
        (("--dummy-names", "standard32"), "cm32p2||f"),
        (("--dummy-names", "legacy"), "f"),
    ],
)
def test_dummy(tmp_path: Path, wit: str, flags: tuple[str, ...], export: str) -> None:
    binary = embed(tmp_path, wit, "-w", "two", *flags)
    assert export in DecodedModule(binary).exports_by_name
    assert world_in(binary)[2] == "utf8"


def test_standard_streams(wit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MODULE)))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output))
    assert main(["component", "embed", wit, "-w", "two"]) == 0
    assert world_in(output.getvalue())[0].worlds[0].name == "two"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"(module", "expected `)`"),
        (b"", "not a core module"),
        (b"\0asm\x0d\0\x01\0", "already a component"),
        (b"\0asm\x01\0\0\0\x01\x05", "5 bytes expected, 0 left"),
    ],
)
def test_bad_modules(
    tmp_path: Path, wit: str, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    path = tmp_path / "bad.wasm"
    path.write_bytes(content)
    assert main(["component", "embed", wit, str(path), "-w", "two"]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert str(path) in error


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        ((), 1, "several worlds"),
        (("-w", "three"), 1, "no world `three`"),
        (("-w", "two", "-g", "--generate-dwarf", "full"), 2, "not allowed with"),
        (("-w", "two", "--async-callback"), 2, "--async-callback needs `--dummy-names legacy`"),
        (("-w", "two", "--encoding", "latin1"), 2, "invalid choice"),
        (("-w", "two", "--dummy-names", "x"), 2, "invalid choice"),
    ],
)
def test_bad_use(
    tmp_path: Path,
    wit: str,
    module: str,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    assert main(["component", "embed", wit, module, "-o", str(tmp_path / "out"), *flags]) == code
    assert message in capsys.readouterr().err


def test_missing_files(tmp_path: Path, wit: str, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "no.wasm")
    assert main(["component", "embed", wit, missing, "-w", "two"]) == 1
    assert missing in capsys.readouterr().err


def test_canonical_names_stand_for_the_highest_of_compatible_versions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "v.wit"
    path.write_text(
        "package x:y; world w { import a:b/i@1.0.0; import a:b/i@1.1.0; }"
        " package a:b@1.0.0 { interface i { f: func(); } } package a:b@1.1.0 { interface i { f: func(); } }"
    )
    resolve, world, _ = world_in(embed(tmp_path, str(path), "--dummy", "--emit-canonical-names"))
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == ["a:b/i@1.1.0"]
    command = ["component", "wit", str(path), "--wasm", "-o", str(tmp_path / "v.wasm")]
    assert main([*command, "--emit-canonical-names"]) == 1
    assert "`a:b/i@1.0.0` and `a:b/i@1.1.0` would both be called `a:b/i@1`" in capsys.readouterr().err
    assert main(command) == 0
