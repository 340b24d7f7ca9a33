"""A package beyond an engine's limits is refused before it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import cli
from generator.errors import LimitError
from generator.sources.load import load_text, select_world
from generator.wit.binary.limits import check_package, check_types, check_world


def doubling(levels: int) -> str:
    """Records of two records of two records: 3 * 2 ** levels - 1 types in the last one."""
    records = "".join(f"record r{n + 1} {{ a: r{n}, b: r{n} }} " for n in range(levels))
    return f"record r0 {{ a: u8 }} {records}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"record r {{ {', '.join(f'x{n}: u8' for n in range(10_001))} }}", "type `r` has 10001 parts"),
        (f"enum e {{ {', '.join(f'x{n}' for n in range(10_001))} }}", "type `e` has 10001 parts"),
        (f"f: func({', '.join(f'p{n}: u8' for n in range(1_001))});", "function `f` has 1001 parameters"),
        ("type a = list<u64, 33554432>;", "type `a` takes 268435456 bytes"),
        ("".join(f"record t{n + 1} {{ x: t{n} }} " for n in range(97)) + "record t0 { x: u8 }", "more than 97 levels"),
    ],
)
def test_types_beyond_a_limit(text: str, message: str) -> None:
    resolve, _ = load_text(f"package a:b; interface i {{ {text} }}")
    with pytest.raises(LimitError, match=message):
        check_types(resolve)


@pytest.mark.parametrize(
    ("world", "levels", "fits"),
    [
        ("import i;", 16, True),
        ("import i;", 17, False),
        ("export i;", 15, True),
        ("export i;", 16, False),
        ("import i; export i;", 14, True),
        ("import i; export i;", 16, False),
    ],
)
def test_worlds_that_are_large_when_written_out(world: str, levels: int, fits: bool) -> None:
    text = f"package a:b; interface i {{ {doubling(levels)} f: func(x: r{levels}); }} world w {{ {world} }}"
    resolve, package = load_text(text)
    id = select_world(resolve, package, None)
    if fits:
        check_world(resolve, id)
    else:
        with pytest.raises(LimitError, match="no engine accepts that"):
            check_world(resolve, id)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (f"interface i {{ {doubling(16)} }}", True),
        (f"interface i {{ {doubling(16)} }} world w {{ import i; }}", True),
        (f"interface i {{ {doubling(16)} }} world w {{ import i; export i; }}", False),
        (f"interface i {{ {doubling(16)} }} interface j {{ use i.{{r15}}; }} interface k {{ use j.{{r15}}; }}", False),
    ],
)
def test_packages_that_are_large_when_written_out(text: str, fits: bool) -> None:
    resolve, package = load_text(f"package a:b; {text}")
    if fits:
        check_package(resolve, package)
    else:
        with pytest.raises(LimitError, match="the package `a:b`"):
            check_package(resolve, package)


def test_validation_can_be_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.wit"
    path.write_text("package a:b; interface i { type a = list<u64, 33554432>; }")
    command = ["component", "wit", "--wasm", str(path), "-o", str(tmp_path / "x.wasm")]
    assert cli.main(command) == 1
    assert "type `a` takes 268435456 bytes" in capsys.readouterr().err
    assert not (tmp_path / "x.wasm").exists()
    assert cli.main([*command, "--skip-validation"]) == 0
