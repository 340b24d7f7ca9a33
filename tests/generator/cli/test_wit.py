"""`component wit`: its forms of output and its flags."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from generator import cli
from generator.sources.load import load, load_text
from generator.wit.printer import print_all
from tests.generator.wit.structure import structure
from tests.generator.wit.texts import GATES, NESTED, TEXTS, WORLDS


@pytest.fixture
def wit(tmp_path: Path) -> Path:
    path = tmp_path / "input.wit"
    path.write_text(WORLDS, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> int:
    return cli.main(["component", "wit", *map(str, arguments)])


def out(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str | Path) -> bytes:
    assert run(*arguments) == 0, capfdbinary.readouterr().err.decode()
    return capfdbinary.readouterr().out


def test_text(wit: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    expected = print_all(*load_text(WORLDS)).encode()
    assert out(capfdbinary, wit) == expected
    assert out(capfdbinary, wit, "-o", wit.parent / "o.wit") == b""
    assert (wit.parent / "o.wit").read_bytes() == expected


def test_no_docs(wit: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert b"/// Types of the world itself." in out(capfdbinary, wit)
    assert b"///" not in out(capfdbinary, wit, "--no-docs")


@pytest.mark.parametrize("name", [[], ["-"]])
def test_stdin(name: list[str], capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"package a:b; world w { }")))
    assert out(capfdbinary, *name) == b"package a:b;\n\nworld w {\n}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"package")))
    assert run(*name) == 1
    assert capfdbinary.readouterr().err.startswith(b"<stdin>:1:8: error: ")


def test_json(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "x.wit"
    path.write_text(
        """package a:b@1.0.0;
        interface i { resource r { m: async func(a: map<u8, string>) -> list<u8, 3>; } }
        /// Docs.
        world w { @since(version = 1.0.0) import i; @external-id("x") export f: func(a: option<u8>); }"""
    )
    document = json.loads(out(capfdbinary, path, "--json"))
    assert document == {
        "worlds": [
            {
                "name": "w",
                "imports": {"interface-0": {"interface": {"id": 0, "stability": {"stable": {"since": "1.0.0"}}}}},
                "exports": {
                    "f": {
                        "function": {
                            "name": "f",
                            "kind": "freestanding",
                            "params": [{"name": "a", "type": 4}],
                            "external_id": "x",
                        }
                    }
                },
                "package": 0,
                "docs": {"contents": "Docs."},
            }
        ],
        "interfaces": [
            {
                "name": "i",
                "types": {"r": 0},
                "functions": {
                    "[method]r.m": {
                        "name": "[method]r.m",
                        "kind": {"async-method": 0},
                        "params": [{"name": "self", "type": 1}, {"name": "a", "type": 2}],
                        "result": 3,
                    }
                },
                "package": 0,
            }
        ],
        "types": [
            {"name": "r", "kind": "resource", "owner": {"interface": 0}},
            {"name": None, "kind": {"handle": {"borrow": 0}}, "owner": None},
            {"name": None, "kind": {"map": ["u8", "string"]}, "owner": None},
            {"name": None, "kind": {"fixed-length-list": ["u8", 3]}, "owner": None},
            {"name": None, "kind": {"option": "u8"}, "owner": None},
        ],
        "packages": [{"name": "a:b@1.0.0", "interfaces": {"i": 0}, "worlds": {"w": 0}}],
    }


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "empty"])
def test_binary_and_back(name: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source, binary = tmp_path / "x.wit", tmp_path / "x.wasm"
    source.write_text(TEXTS[name], encoding="utf-8")
    assert out(capfdbinary, source, "--wasm", "-o", binary, "--features", "active") == b""
    original, _ = load_text(TEXTS[name], features=["active"])
    decoded, main = load_text(out(capfdbinary, binary).decode(), features=["active"])
    package = str(decoded.packages[main].name)
    assert structure(decoded)[package] == structure(original)[package]


def test_canonical_names(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source, binary = tmp_path / "x.wit", tmp_path / "x.wasm"
    source.write_text("package a:b@0.2.3; interface i {} world w { import i; }", encoding="utf-8")
    assert out(capfdbinary, source, "--wasm", "-o", binary, "--emit-canonical-names") == b""
    assert b"a:b/i@0.2\x01\x01\x02.3" in binary.read_bytes()
    assert out(capfdbinary, binary) == print_all(*load(source)).encode()


def test_out_dir_is_a_folder_that_loads(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "x.wit"
    path.write_text(NESTED, encoding="utf-8")
    folder = tmp_path / "out"
    said = out(capfdbinary, path, "--out-dir", folder).decode()
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.wit"))
    assert files == ["deps/one@1.0.0.wit", "deps/one@2.0.0-rc.1+build.5.wit", "deps/two.wit", "nested.wit"]
    assert sorted(said.splitlines()) == sorted(f"Writing: {folder / file}" for file in files)
    assert structure(load(folder)[0]) == structure(load(path)[0])


def test_features(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "x.wit"
    path.write_text(GATES, encoding="utf-8")
    assert b"active" not in out(capfdbinary, path)
    assert b"= active" in out(capfdbinary, path, "--features", "active")
    assert b"inactive" not in out(capfdbinary, path, "--features", "active")
    assert b"inactive" in out(capfdbinary, path, "--features", "active", "--features=inactive")
    assert b"inactive" in out(capfdbinary, path, "--all-features")


def test_turned_around(wit: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert b"world order-importized {" in out(capfdbinary, wit, "--importize-world", "order")
    named = out(capfdbinary, wit, "--importize-world", "order", "--importize-out-world-name", "x")
    assert b"world x {" in named
    text = out(capfdbinary, wit, "--exportize-world", "order", "--exportize-import", "f").decode()
    assert (
        "world order-exportized {\n  import shared;\n  import host;\n  import h: func();\n\n  export f: func();\n}"
        in text
    )


def test_merge_by_version(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "x.wit"
    path.write_text(
        """package a:b; world w { import c:d/i@1.0.0; import c:d/i@1.2.0; import c:d/i@2.0.0; }
        package c:d@1.0.0 { interface i { f: func(); } }
        package c:d@1.2.0 { interface i { f: func(); g: func(); } }
        package c:d@2.0.0 { interface i { } }"""
    )
    text = out(capfdbinary, path, "--merge-world-imports-based-on-semver", "w").decode()
    assert "world w {\n  import c:d/i@1.2.0;\n  import c:d/i@2.0.0;\n}" in text


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--out-dir", "x", "--wat"], "--out-dir needs WIT text output"),
        (["--generate-nominal-type-ids", "w"], "--generate-nominal-type-ids is not supported"),
        (["--out-dir", "x", "--json"], "--out-dir needs WIT text output"),
        (["--out-dir", "x", "-o", "y"], "--out-dir needs WIT text output"),
        (["--importize-out-world-name", "x"], "needs --importize"),
        (["--exportize-import", "x"], "need --exportize"),
        (["--json", "--wasm"], "not allowed with"),
        (["--importize-world", "a", "--exportize-world", "b"], "not allowed with"),
        (["--nonsense"], "unrecognized arguments"),
        (["--json="], "ignored explicit argument"),
    ],
)
def test_wrong_use(wit: Path, flags: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(wit, *flags) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert message in captured.err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--importize-world", "missing"], "has no world `missing`"),
        (["--importize"], "has several worlds"),
    ],
)
def test_bad_worlds(wit: Path, flags: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(wit, *flags) == 1
    error = capfd.readouterr().err
    assert message in error
    assert "worlds to choose from: test:worlds/own-types@1.2.3, " in error
