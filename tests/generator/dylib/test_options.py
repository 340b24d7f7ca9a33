"""Options, refusals, sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import main
from generator.dylib.unsupported import UnsupportedError
from generator.dylib.world.options import DylibOptions, Optimize
from generator.wasm.decode import DecodedModule
from tests.generator.dylib.libraries import library


@pytest.mark.parametrize("items", ["f: func();", "resource r;"])
def test_an_import_called_env_is_refused(items: str) -> None:
    with pytest.raises(UnsupportedError, match="unsupported: imported interface env"):
        library(f"world w {{ import env: interface {{ {items} }} }}")


def test_env_may_be_exported_and_may_name_types() -> None:
    library("world w { import env: interface { type t = u8; } export env: interface { f: func(); } }")


def test_maps_need_version_3() -> None:
    with pytest.raises(UnsupportedError, match="unsupported: map in function a:b/c#f"):
        library("interface c { f: func(a: option<map<u8, u8>>); } world w { import c; }", DylibOptions(abi_version=2))


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("f: func(x: list<u64, 33554432>);", r"type list<u64, 33554432>: it takes 268435456 bytes"),
        ("f: func() -> list<list<u8, 4294967295>>;", "type list<u8, 4294967295>: it takes 4294967295 bytes"),
        ("f: func() -> list<list<list<u64, 4294967295>, 4294967295>, 2>;", r"type list<u64, 4294967295>:"),
        ("type t = list<string, 16777216>;", "type t: it takes 268435456 bytes"),  # pointers count as 64 bits
        ("type s = stream<list<u64, 4294967295>>; f: func(x: s);", "type list<u64, 4294967295>"),
        (f"f: func({', '.join(f'p{n}: list<u64, 33554431>' for n in range(17))});", "function a:b/i#f: 45634"),
    ],
)
def test_oversized_types(items: str, message: str) -> None:
    with pytest.raises(UnsupportedError, match=f"^unsupported: {message}"):
        library(f"interface i {{ {items} }} world w {{ import i; export i; }}")


@pytest.mark.parametrize("type", ["list<u64, 33554431>", "list<string, 16777215>", "list<list<u64, 33554431>>"])
def test_largest_types(type: str) -> None:
    wit = f"interface i {{ f: func(x: {type}) -> {type}; }} world w {{ import i; export i; }}"
    assert DecodedModule(library(wit)).exports


def test_size_grows_with_types_not_with_paths() -> None:
    records = "".join(f"record r{n} {{ a: r{n - 1}, b: r{n - 1} }} " for n in range(1, 16))
    wit = f"interface i {{ record r0 {{ a: u8, b: u8 }} {records} f: func(x: r15) -> r15; }}"
    assert len(library(wit + " world w { import i; export i; }")) < 8 << 10


def test_deep_types() -> None:
    records = "".join(f"record r{n} {{ a: r{n - 1} }} " for n in range(1, 400))
    wit = f"interface i {{ record r0 {{ a: string }} {records} f: func(x: list<r399>, y: r399) -> r399; }}"
    assert DecodedModule(library(wit + " world w { import i; export i; }")).exports


@pytest.fixture
def wit_file(tmp_path: Path) -> Path:
    path = tmp_path / "w.wit"
    path.write_text("package a:b; world w { import f: func(); } world v { }")
    return path


def test_command(wit_file: Path) -> None:
    output = wit_file.parent / "w.wasm"
    assert main(["wit-dylib", str(wit_file), "-w", "w", "--interpreter", "x.so", "-o", str(output)]) == 0
    names = [section.name for section in DecodedModule(output.read_bytes()).customs]
    assert names == ["dylink.0", "name", "component-type"]


def test_canonical_names(wit_file: Path) -> None:
    """`a:b/i@1`, and beside it the suffix `.2.3`."""
    wit_file.write_text("package a:b@1.2.3; interface i { f: func(); } world w { import i; }")
    sections = []
    for arguments in ([], ["--emit-canonical-names"]):
        output = wit_file.parent / "w.wasm"
        assert main(["wit-dylib", str(wit_file), *arguments, "-o", str(output)]) == 0
        sections.append(DecodedModule(output.read_bytes()).customs[-1].data)
    assert [b"a:b/i@1.2.3" in section for section in sections] == [True, False]
    assert b"\x07a:b/i@1\x01\x01\x04.2.3" in sections[1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["-w", "w", "--encoding", "utf16"], 2, "--encoding utf16 is not supported"),
        (["-w", "w", "--validate"], 2, "--validate is not supported"),
        (["-w", "w", "--async", "all"], 1, "unsupported: --async for function f: it is not an `async func`"),
        (["-w", "w", "--async=-nope"], 1, "--async -nope: the world has no such function"),
        ([], 1, "several worlds"),
        (["-w", "nope"], 1, "nope"),
        (["-w", "w", "--abi-version", "4"], 2, "--abi-version"),
    ],
)
def test_refusals(
    arguments: list[str], code: int, message: str, wit_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["wit-dylib", str(wit_file), "-o", str(wit_file.parent / "x.wasm"), *arguments]) == code
    error = capsys.readouterr().err
    assert message in error and "Traceback" not in error


def test_several_unsupported_functions_are_told_in_lines_with_their_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wit = tmp_path / "w.wit"
    wit.write_text("package a:b;\ninterface i { f: func(); }\nworld w { import i;\n  export g: func(); }")
    assert main(["wit-dylib", str(wit), "--async", "all", "-o", str(tmp_path / "x.wasm")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"error: unsupported: --async for function a:b/i#f: it is not an `async func` ({wit}:2:15)",
        f"  unsupported: --async for function g: it is not an `async func` ({wit}:4:10)",
    ]


SMALL = "record p { a: u8, b: u8 } f: func(x: list<p>, y: option<p>, z: list<tuple<p, p>>) -> list<p>;"
LARGE = f"record q {{ {', '.join(f'f{n}: u8' for n in range(20))} }} f: func(x: list<q>, y: list<option<q>>);"
MORE = LARGE + " g: func(x: q, y: q);"
NESTED = (
    "record r { a: p, b: p, c: p, d: p, e: p, f: p } record p { a: u8, b: u8 } f: func(x: list<r>, y: list<option<r>>);"
)


@pytest.mark.parametrize(
    ("items", "optimize", "helpers"),
    [
        (SMALL, Optimize.SPEED, set()),
        (SMALL, Optimize.SIZE, {"lift p"}),
        (LARGE, Optimize.SPEED, set()),
        (LARGE, Optimize.SIZE, {"lift q"}),
        (MORE, Optimize.SPEED, {"lift q"}),
        (NESTED, Optimize.SPEED, set()),
        (NESTED, Optimize.SIZE, {"lift p", "lift r"}),
    ],
)
def test_small_conversions_are_functions_for_size_only(items: str, optimize: Optimize, helpers: set[str]) -> None:
    module = DecodedModule(
        library(f"interface i {{ {items} }} world w {{ export i; }}", DylibOptions(optimize=optimize))
    )
    assert {name for name in module.function_names.values() if name.startswith("lift ")} == helpers
