"""A package beyond an engine's limits is refused before it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import cli
from generator.errors import LimitError
from generator.resolved.model import WorldId
from generator.sources.load import load_bytes, load_text, select_world
from generator.wit import resolve_world, world_sizes
from generator.wit.binary import limits
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


def chain(worlds: int, items: str) -> str:
    """Worlds that each include the one before, and have `items`, in which `#` is the number of the world."""
    own = (items.replace("#", str(n)) for n in range(worlds))
    rest = " ".join(f"world w{n} {{ include w{n - 1}; {text} }}" for n, text in enumerate(own, 1))
    return f"package a:b; world w0 {{ }} {rest}"


@pytest.mark.parametrize(
    "items",
    [
        "record t# { a: u8 } import op#: func(x: t#);",
        "import op#: func(x: u32) -> u8;",
        "resource r# { m: func(); } export op#: func();",
        "import n#: interface { f: func(); } import a#: func(); export b#: func();",
    ],
)
def test_many_worlds_are_refused_before_their_items_are_copied(
    items: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world_sizes, "LARGEST_TREE", 5_000)
    path = tmp_path / "x.wit"
    path.write_text(chain(100, items))
    copied: list[WorldId] = []
    monkeypatch.setattr(resolve_world, "include", lambda *arguments: copied.append(arguments[2]))
    for form in ("--wasm", "--wat"):
        assert cli.main(["component", "wit", form, str(path), "-o", str(tmp_path / "x.wasm")]) == 1
        assert "the package `a:b` has more than 1,000,000 types" in capsys.readouterr().err
    assert not copied or "interface" in items  # inline interfaces have places: worlds are finished one by one
    monkeypatch.undo()
    assert cli.main(["component", "wit", str(path), "-o", str(tmp_path / "x.out")]) == 0


LARGE_WORLDS = [
    chain(6, "record t# { a: u8, b: string } import op#: func(x: t#) -> t#; export p#: func(x: list<t#>);"),
    "package a:b; interface i { type t = u8; } world v { use i.{t}; type a = t; enum e { x } flags f { x } }"
    " world w { include v; export i; export x: interface { use i.{t}; f: func(a: t); } }",
    "package a:b; world v { resource r { constructor(); m: func(); } type o = r; import f: func(x: borrow<r>) -> o; }"
    " world w { include v; resource s; } world x { include v with { r as q, f as g, o as p } include w; }",
]


@pytest.mark.parametrize("text", LARGE_WORLDS)
def test_the_early_count_refuses_only_what_is_too_large(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_bytes(text.encode(), "x.wit")
    refused_early = 0
    for largest in range(1, 120):
        monkeypatch.setattr(world_sizes, "LARGEST_TREE", largest)
        monkeypatch.setattr(limits, "LARGEST_TREE", largest)
        try:
            load_bytes(text.encode(), "x.wit", for_binary=True)
        except LimitError:
            refused_early += 1
            with pytest.raises(LimitError):
                check_package(loaded.resolve, loaded.package)
    assert refused_early > 5
