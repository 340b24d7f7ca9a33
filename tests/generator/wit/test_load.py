"""Files, folders, dependencies and packages in braces (WIT.md, "Filesystem structure"); the choice of a world."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.errors import WitError
from generator.resolved.model import PackageName
from generator.sources.load import load, load_text, select_world
from generator.wit.binary.encode import encode_package
from tests.generator.wit.refusals import refusal
from tests.generator.wit.texts import FEATURES, TEXTS


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def package_names(path: Path) -> list[str]:
    resolve, main = load(path)
    names = [str(package.name) for package in resolve.packages]
    return [str(resolve.packages[main].name), *sorted(names)]


def test_a_folder_is_one_package(tmp_path: Path) -> None:
    files = {
        "a.wit": "interface one { use two.{t}; }",
        "b.wit": "package test:folder@1.0.0;\ninterface two { type t = u8; }",
        "c.wit": "package test:folder@1.0.0;\nworld w { import one; }",
        "readme.md": "package no:wit;",
        "sub/d.wit": "package other:package;",
    }
    resolve, main = load(tree(tmp_path, files))
    package = resolve.packages[main]
    assert package.name == PackageName("test", "folder", "1.0.0")
    assert list(package.interfaces) == ["two", "one"]
    assert list(package.worlds) == ["w"]
    assert len(resolve.packages) == 1


def test_toplevel_use_is_seen_in_its_file_only(tmp_path: Path) -> None:
    files = {
        "a.wit": "package a:b; use x as y; interface x { type t = u8; } interface ok { use y.{t}; }",
        "b.wit": "interface bad { use y.{t}; }",
    }
    with pytest.raises(WitError, match="no interface or world `y`") as error:
        load(tree(tmp_path, files))
    assert error.value.span is not None
    assert error.value.span.file == str(tmp_path / "b.wit")


def test_deps(tmp_path: Path) -> None:
    files = {
        "root.wit": "package a:root; world w { import d:folder/i; import d:file/i@1.0.0; import d:nested/i; }",
        "deps/folder/x.wit": "package d:folder; interface i { use d:file/i@1.0.0.{t}; }",
        "deps/folder/y.wit": "interface j { }",
        "deps/folder/deps/no.wit": "package d:never;",
        "deps/file.wit": "package d:file@1.0.0; interface i { type t = u8; } package d:nested { interface i { } }",
        "deps/.DS_Store": "junk",
        "deps/notes.txt": "junk",
    }
    expected = ["a:root", "a:root", "d:file@1.0.0", "d:folder", "d:nested"]
    assert package_names(tree(tmp_path, files)) == expected


def test_binary_deps(tmp_path: Path) -> None:
    dependency = """package d:one@1.0.0;
      interface i { use d:two/i.{t, r}; f: func(x: borrow<r>) -> t; }
      world v { import i; }
      package d:two { interface i { record t { a: u8 } resource r; type unused = u8; } }"""
    other = """package d:three;
      interface i { use d:two/i.{unused, r}; g: func(x: r) -> unused; }
      package d:two { interface i { record t { a: u8 } resource r; type unused = u8; } }"""
    text = """package a:root;
      interface i { use d:one/i@1.0.0.{t}; use d:three/i.{r}; f: func(x: r) -> t; }
      world w { import i; include d:one/v@1.0.0; }"""
    root = tree(tmp_path, {"root.wit": text})
    (root / "deps").mkdir()
    for name, content in (("x", dependency), ("y", other)):
        resolve, package = load_text(content)
        (root / "deps" / f"{name}.wasm").write_bytes(encode_package(resolve, package))
    resolve, main = load(root)
    assert package_names(root) == ["a:root", "a:root", "d:one@1.0.0", "d:three", "d:two"]
    world = resolve.worlds[select_world(resolve, main, None)]
    imports = [resolve.world_key_name(key) for key in world.imports]
    assert imports == ["d:two/i", "d:one/i@1.0.0", "d:three/i", "a:root/i"]
    assert len([interface for interface in resolve.interfaces if interface.name == "i"]) == 4


def test_a_component_is_no_dependency(tmp_path: Path) -> None:
    root = tree(tmp_path, {"root.wit": "package a:b;", "deps/x.txt": ""})
    (root / "deps" / "x.wasm").write_bytes(b"\0asm\x0d\0\1\0")
    with pytest.raises(WitError, match="not a WIT package"):
        load(root)


DEPENDENCY = """(component
  (type (component (type (component (type (instance)) (export "d:x/i" (instance (type 0))))) (export "d:x/w"
    (component (type 0)))))
  (export "w" (type 0)))
"""


def test_text_of_webassembly(tmp_path: Path) -> None:
    root = tree(tmp_path, {"root.wit": "package a:b;", "deps/x.wat": f";; d:x\n{DEPENDENCY}"})
    assert package_names(root) == ["a:b", "a:b", "d:x"]
    assert [package.name.name for package in load(root / "deps" / "x.wat")[0].packages] == ["x"]


def test_a_dependency_that_is_no_text_of_webassembly(tmp_path: Path) -> None:
    with pytest.raises(WitError, match=r"x\.wat: this is neither a binary nor in the text format"):
        load(tree(tmp_path, {"root.wit": "package a:b;", "deps/x.wat": "package d:x;"}))


SHARED = "package d:shared { interface i { type t = u8; } }"


def test_a_package_may_stand_in_two_dependencies_if_it_is_the_same(tmp_path: Path) -> None:
    files = {
        "root.wit": "package a:root; world w { import d:one/i; import d:two/i; }",
        "deps/one.wit": f"package d:one; interface i {{ use d:shared/i.{{t}}; }} {SHARED}",
        "deps/two.wit": f"package d:two; /// Other docs\ninterface i {{ use d:shared/i.{{t}}; }}\n\n {SHARED}",
    }
    assert package_names(tree(tmp_path, files))[1:] == ["a:root", "d:one", "d:shared", "d:two"]
    files["deps/two.wit"] = files["deps/two.wit"].replace("type t = u8", "type t = u16")
    with pytest.raises(WitError, match="`d:shared` is defined more than once"):
        load(tree(tmp_path, files))


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_in_binary_form(name: str, tmp_path: Path) -> None:
    resolve, package = load_text(TEXTS[name], features=FEATURES)
    if not (resolve.packages[package].interfaces or resolve.packages[package].worlds):
        pytest.skip("an empty package has no binary form")
    path = tmp_path / "package.wasm"
    path.write_bytes(encode_package(resolve, package))
    decoded, main = load(path)
    assert decoded.packages[main].name == resolve.packages[package].name
    assert list(decoded.packages[main].interfaces) == list(resolve.packages[package].interfaces)
    assert list(decoded.packages[main].worlds) == list(resolve.packages[package].worlds)


REFUSED_FOLDERS: list[tuple[dict[str, str], str, str]] = [
    ({}, "no .wit files", ""),
    ({"a.wit": "interface i { }", "b.wit": ""}, "no file of this folder names the package", "a.wit:1:1"),
    ({"a.wit": "package a:b;", "b.wit": "\npackage a:c;"}, "this file says package `a:c`", "b.wit:2:9"),
    ({"a.wit": "package a:b;", "b.wit": "package a:b@1.0.0;"}, "this file says package `a:b@1.0.0`", "b.wit:1:9"),
    (
        {"a.wit": "/// x\npackage a:b;", "b.wit": "/// x\npackage a:b;"},
        "also documents the package",
        "b.wit:2:9",
    ),
    (
        {"a.wit": "package a:b; interface i { }", "b.wit": "world i { }"},
        "interface or world `i` is already defined",
        "b.wit:1:7",
    ),
    ({"a.wit": "package a:b;", "deps/c/x.txt": ""}, "no .wit files", ""),
    (
        {"a.wit": "package a:b;", "deps/c.wit": "package a:b; world w { }"},
        "`a:b` is defined more than once",
        "c.wit:1:9",
    ),
    (
        {"a.wit": "package a:b; world w { import c:d/i; }", "deps/c.wit": "package c:d@1.0.0; interface i { }"},
        "unknown package `c:d`",
        "a.wit:1:31",
    ),
    (
        {
            "a.wit": "package a:b; world w { import c:d/i; }",
            "deps/c.wit": "package c:d; interface i { use e:f/i.{t}; }",
            "deps/e.wit": "package e:f; interface i { use c:d/i.{t}; }",
        },
        "the package `c:d` depends on itself",
        "e.wit:1:32",
    ),
]


@pytest.mark.parametrize(("files", "message", "where"), REFUSED_FOLDERS)
def test_refused_folders(files: dict[str, str], message: str, where: str, tmp_path: Path) -> None:
    with pytest.raises(WitError) as error:
        load(tree(tmp_path, files))
    assert message in error.value.message
    assert where in str(error.value)


def test_a_package_cannot_name_itself() -> None:
    error = refusal("package a:b; interface i { type t = u8; } interface j { use a:b/i.{t}; }")
    assert "depends on itself" in error.message
    assert error.hint is not None
    assert "bare names" in error.hint


def test_packages_of_one_file_may_not_repeat() -> None:
    assert "defined more than once" in refusal("package a:b; package c:d { } package c:d { }").message
    assert "defined more than once" in refusal("package a:b; package a:b { }").message


def test_long_chains_of_packages_need_no_deep_stack() -> None:
    chain = "".join(f"package c:p{n} {{ interface i {{ use c:p{n + 1}/i.{{t}}; }} }}" for n in range(2000))
    resolve, _ = load_text(f"package a:b; {chain} package c:p2000 {{ interface i {{ type t = u8; }} }}")
    assert len(resolve.packages) == 2002


def test_unreadable_input(tmp_path: Path) -> None:
    with pytest.raises(WitError, match="cannot read"):
        load(tmp_path / "missing.wit")
    path = tmp_path / "latin1.wit"
    path.write_bytes(b"package a:b;\n// caf\xe9\n")
    with pytest.raises(WitError, match="not valid UTF-8") as error:
        load(path)
    assert error.value.span is not None
    assert (error.value.span.line, error.value.span.column) == (2, 7)
    path.write_bytes(b"\0asm\1\0\0\0\xff")
    with pytest.raises(WitError, match=r"latin1\.wit"):
        load(path)


CHOICES = """package a:main@1.0.0;
world one { } world two { }
package b:single { world only { } }
package c:versions@1.0.0 { world w { } }
package c:versions@2.0.0 { world w { } world second { } }
"""


@pytest.mark.parametrize(
    ("name", "package", "world"),
    [
        ("one", "a:main@1.0.0", "one"),
        ("a:main/two", "a:main@1.0.0", "two"),
        ("a:main/two@1.0.0", "a:main@1.0.0", "two"),
        ("b:single/only", "b:single", "only"),
        ("c:versions/w@1.0.0", "c:versions@1.0.0", "w"),
        ("c:versions/w@2.0.0", "c:versions@2.0.0", "w"),
        ("c:versions/second", "c:versions@2.0.0", "second"),
    ],
)
def test_select_world(name: str, package: str, world: str) -> None:
    resolve, main = load_text(CHOICES)
    found = resolve.worlds[select_world(resolve, main, name)]
    assert found.package is not None
    assert (str(resolve.packages[found.package].name), found.name) == (package, world)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "several worlds"),
        ("three", "has no world `three`"),
        ("a:main/three", "does not exist"),
        ("a:main/one@2.0.0", "does not exist"),
        ("x:y/one", "does not exist"),
        ("c:versions/w", "several versions"),
        ("", "has no world"),
        ("/", "does not exist"),
    ],
)
def test_select_world_refused(name: str | None, message: str) -> None:
    resolve, main = load_text(CHOICES)
    with pytest.raises(WitError) as error:
        select_world(resolve, main, name)
    assert message in error.value.message
    assert error.value.hint is not None
    assert "a:main/one@1.0.0, a:main/two@1.0.0" in error.value.hint


def test_the_only_world_needs_no_name() -> None:
    resolve, main = load_text("package a:b; world w { } package c:d { world v { } }")
    assert resolve.worlds[select_world(resolve, main, None)].name == "w"
    resolve, main = load_text("package a:b; package c:d { world v { } }")
    with pytest.raises(WitError, match="has no world"):
        select_world(resolve, main, None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
@pytest.mark.parametrize("name", ["x.wit", "deps/x.wit", "deps/x.wasm", "deps/k/x.wit"])
@pytest.mark.parametrize("device", [False, True])
def test_what_a_folder_holds_must_have_an_end(tmp_path: Path, name: str, device: bool) -> None:
    (tmp_path / "w.wit").write_text("package a:b; world w {}")
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if device:
        path.symlink_to("/dev/zero")
    else:
        os.mkfifo(path)
    with pytest.raises(WitError, match=f"{path.name}: not a regular file"):
        load(tmp_path)


def test_a_file_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.sources.texts.MOST", 1 << 20)
    (tmp_path / "large.wit").write_text("package a:b;" + " " * (1 << 20))
    with pytest.raises(WitError, match=r"large\.wit: it has more than"):
        load(tmp_path / "large.wit")
