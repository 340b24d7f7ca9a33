"""United worlds: equal items become one, contradictions are reported."""

from __future__ import annotations

import pytest

from generator.resolved.model import Resolve, WorldId
from generator.sources.load import load_text
from generator.wit.merge import MergeError, Union
from generator.wit.printer import print_all
from generator.wit.semver import merge_imports_by_version
from tests.generator.componentize.modules import load_world


def united(*sources: str) -> str:
    union = Union()
    for source in sources:
        union.add(*load_world(source))
    union.finish()
    package = union.resolve.worlds[union.world].package
    assert package is not None
    return print_all(union.resolve, package)


def normal(text: str) -> str:
    resolve, package = load_text(text)
    return print_all(resolve, package)


UNITED = {
    "one": (
        ["package a:b; interface i { f: func(); } world w { import i; export g: func(); }"],
        "import a:b/i; export g: func();",
        "interface i { f: func(); }",
    ),
    "the same world twice": (
        ["package a:b; interface i { f: func(); } world w { import i; }"] * 2,
        "import a:b/i;",
        "interface i { f: func(); }",
    ),
    "two views of an interface": (
        [
            "package a:b; interface i { type t = u8; record r { t: t } f: func(r: r); } world v { import i; }",
            "package a:b; interface i { type t = u8; enum e { x } g: func(t: t) -> e; } world w { import i; }",
        ],
        "import a:b/i;",
        "interface i { type t = u8; record r { t: t } enum e { x } f: func(r: r); g: func(t: t) -> e; }",
    ),
    "an inline interface in both": (
        [
            "package a:b; world v { import x: interface { f: func(); } }",
            "package a:b; world w { import x: interface { f: func(); g: func(); } }",
        ],
        "import x: interface { f: func(); g: func(); }",
        "",
    ),
    "types and functions of the world": (
        [
            "package a:b; world v { resource r { m: func(); } type t = list<r>; import f: func(t: t); }",
            "package a:b; world w { resource r { m: func(); } type t = list<r>; export g: func(t: t); }",
        ],
        "resource r { m: func(); } type t = list<r>; import f: func(t: t); export g: func(t: t);",
        "",
    ),
    "an interface used by the other's": (
        [
            "package a:b; interface i { record t { x: u8 } } interface j { use i.{t}; f: func(t: t); }"
            " world v { import j; }",
            "package a:b; interface i { record t { x: u8 } g: func(); } world w { export i; }",
        ],
        "import a:b/i; import a:b/j; export a:b/i;",
        "interface i { record t { x: u8 } g: func(); } interface j { use i.{t}; f: func(t: t); }",
    ),
    "imported by one, exported by the other": (
        [
            "package a:b; interface i { f: func(); } world v { import i; }",
            "package a:b; interface i { f: func(); } world w { export i; }",
        ],
        "import a:b/i; export a:b/i;",
        "interface i { f: func(); }",
    ),
}


@pytest.mark.parametrize(("sources", "items", "interfaces"), UNITED.values(), ids=UNITED)
def test_union(sources: list[str], items: str, interfaces: str) -> None:
    package = f"package a:b {{ {interfaces} }}" if interfaces else ""
    assert united(*sources) == normal(f"package root:component; world root {{ {items} }} {package}")


@pytest.mark.parametrize("order", [("export i;", "export uses-i;"), ("export uses-i;", "export i;")])
def test_export_that_uses_what_another_source_exports(order: tuple[str, str]) -> None:
    """The united world uses the export, which comes before it, in any order of the sources."""
    interfaces = "interface i { type t = u8; } interface j {} interface uses-i { use i.{t}; }"
    sources = [f"package a:b; {interfaces} world w{n} {{ {text} }}" for n, text in enumerate(order)]
    world = united(*sources).split("}")[0]
    assert [line.strip() for line in world.splitlines() if "port " in line][-2:] == [
        "export a:b/i;",
        "export a:b/uses-i;",
    ]


def test_exports_stay_in_the_order_of_the_sources() -> None:
    union = Union()
    one, two = "export i; import x:y/z@1.0.0;", "export f: func(); export j; import x:y/z@1.1.0;"
    for items in (f"world v {{ {one} }}", f"world w {{ {two} }}"):
        union.add(*load_world(f"package a:b; interface i {{}} interface j {{}} {items} {Z}"))
    union.finish()
    merge_imports_by_version(union.resolve, union.world)
    names = [union.resolve.world_key_name(key) for key in union.resolve.worlds[union.world].exports]
    assert names == ["a:b/i", "f", "a:b/j"]


Z = "package x:y@1.0.0 { interface z { f: func(); } } package x:y@1.1.0 { interface z { f: func(); } }"


def test_versions_are_different_packages() -> None:
    one, two = (f"package a:b@{v}; interface i {{ f: func(); }} world w {{ import i; }}" for v in ("1.0.0", "2.0.0"))
    imports = [line.strip() for line in united(one, two).splitlines() if "import" in line]
    assert imports == ["import a:b/i@1.0.0;", "import a:b/i@2.0.0;"]


def in_interface(name: str, body: str) -> str:
    return f"package a:b; interface i {{ {body} }} world {name} {{ import i; }}"


CONTRADICTIONS = {
    "other field": ("record t { x: u8 } ", "record t { y: u8 }", ["type `t`", "a:b/i", "record of x", "record of y"]),
    "other field type": ("record t { x: u8 } ", "record t { x: u16 }", ["type `t`", "a:b/i"]),
    "other kind": ("record t { x: u8 } ", "flags t { x }", ["type `t`", "record of x", "flags of x"]),
    "other element": ("type t = list<option<u8>>;", "type t = list<option<s8>>;", ["type `t`"]),
    "other length": ("type t = list<u8, 3>;", "type t = list<u8, 4>;", ["type `t`"]),
    "other parameter": ("f: func(a: u8);", "f: func(b: u8);", ["function `f`", "a:b/i"]),
    "other result": ("f: func() -> u8;", "f: func();", ["function `f`"]),
    "async or not": ("f: func();", "f: async func();", ["function `f`"]),
    "resource or alias": ("resource t;", "type t = u32;", ["type `t`"]),
    "other hyphens": ("f-f: func();", "ff: func();", ["`ff`", "`f-f`", "a:b/i"]),
    "other hyphens, type and function": ("f-f: func();", "type ff = u8;", ["`ff`", "`f-f`", "a:b/i"]),
    "own or borrow": ("resource t; f: func(t: t);", "resource t; f: func(t: borrow<t>);", ["function `f`"]),
}


@pytest.mark.parametrize(("one", "two", "words"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradicting_interfaces(one: str, two: str, words: list[str]) -> None:
    with pytest.raises(MergeError) as raised:
        united(in_interface("v", one), in_interface("w", two))
    assert all(word in str(raised.value) for word in words), str(raised.value)


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ("import x: func();", "import x: func(a: u8);", ["import `x`"]),
        ("import x: func();", "import x: interface {}", ["import `x`", "a function", "an interface"]),
        ("export x: func();", "export x: interface {}", ["export `x`"]),
        ("type x = u8;", "type x = u16;", ["type `x` of the world"]),
        ("import x: i;", "import x: interface {}", ["`x`", "inline", "label"]),
        ("import x-x: func();", "import xx: func();", ["import `xx`", "`x-x`"]),
        ("export x-x: func();", "export XX: func();", ["export `XX`", "`x-x`"]),
        ("type x-x = u8;", "import xx: interface {}", ["import", "`xx`", "`x-x`"]),
        ("import x: i;", "import x: j;", ["import `x`", "two different interfaces"]),
    ],
)
def test_contradicting_worlds(one: str, two: str, words: list[str]) -> None:
    interfaces = "interface i { type t = u8; } interface j {} interface uses-i { use i.{t}; }"
    sources = [f"package a:b; {interfaces} world {name} {{ {text} }}" for name, text in (("v", one), ("w", two))]
    with pytest.raises(MergeError) as raised:
        united(*sources)
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_two_descriptions_of_one_world() -> None:
    with pytest.raises(MergeError, match="world `a:b/w` differ: import `g` is in one of them only"):
        united(
            "package a:b; world w { import f: func(); }", "package a:b; world w { import f: func(); import g: func(); }"
        )


@pytest.mark.parametrize(
    ("newer", "words"),
    [
        ("f: func(); resource r;", ["has no type `t`"]),
        ("type t = u16; resource r; f: func();", ["type `t` differs"]),
        ("type t = u8; f: func();", ["has no type `r`"]),
        ("type t = u8; type r = u8; f: func();", ["type `r` differs"]),
        ("type t = u8; resource r;", ["has no function `f`"]),
        ("type t = u8; resource r; f: func(x: t);", ["function `f` differs"]),
    ],
)
def test_higher_version_that_is_not_compatible(newer: str, words: list[str]) -> None:
    text = (
        "package x:y; interface uses { use a:b/i@1.0.0.{t}; }"
        " world w { import a:b/i@1.0.0; import a:b/i@1.1.0; import uses; }"
        " package a:b@1.0.0 { interface i { type t = u8; resource r; f: func(); } }"
        f" package a:b@1.1.0 {{ interface i {{ {newer} }} }}"
    )
    with pytest.raises(MergeError) as raised:
        merge_imports_by_version(*load_world(text))
    assert all(word in str(raised.value) for word in ["`a:b/i@1.0.0` and `a:b/i@1.1.0`", *words]), str(raised.value)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("resource a; resource b; f: func(x: a);", "resource a; resource b; f: func(x: b);"),
        ("record t { x: u8 } f: func(x: t);", "record t { x: u8 } record n { y: u8 } f: func(x: n);"),
        ("type t = u8; f: func(x: t);", "type t = u8; type n = u16; f: func(x: n);"),
        ("resource t; f: func(x: t);", "resource t; f: func(x: borrow<t>);"),
    ],
)
def test_function_of_a_higher_version_with_another_type(older: str, newer: str) -> None:
    text = (
        "package x:y; world w { import a:b/i@1.0.0; import a:b/i@1.1.0; }"
        f" package a:b@1.0.0 {{ interface i {{ {older} }} }} package a:b@1.1.0 {{ interface i {{ {newer} }} }}"
    )
    with pytest.raises(MergeError, match="function `f` differs"):
        merge_imports_by_version(*load_world(text))


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("type t = string; f: func(x: list<t>);", "type t = string; type n = t; f: func(x: list<n>);"),
        ("type t = string; f: func(x: t);", "type t = string; f: func(x: string);"),
        ("record t { x: u8 } f: func(x: t);", "record t { x: u8 } type n = t; f: func(x: n);"),
        ("record t { x: u8 } f: func(x: t);", "record n { x: u8 } type t = n; f: func(x: t);"),
        ("resource t; type n = t; f: func(x: borrow<n>);", "resource t; type n = t; f: func(x: borrow<t>);"),
    ],
)
def test_higher_version_in_other_words(older: str, newer: str) -> None:
    """`wasi:http/types` calls the type of its header names `field-key`, then `field-name`."""
    text = (
        "package x:y; world w { import a:b/i@1.0.0; import a:b/i@1.1.0; }"
        f" package a:b@1.0.0 {{ interface i {{ {older} }} }} package a:b@1.1.0 {{ interface i {{ {newer} }} }}"
    )
    resolve, world = load_world(text)
    assert len(merge_imports_by_version(resolve, world)) == 1


@pytest.mark.parametrize(
    ("versions", "kept"),
    [
        (["1.0.0", "1.2.0", "2.0.0"], ["1.2.0", "2.0.0"]),
        (["0.1.0", "0.1.9", "0.1.10", "0.2.0"], ["0.1.10", "0.2.0"]),
        (["0.0.1", "0.0.2"], ["0.0.1", "0.0.2"]),
        (["1.0.0-rc.1", "1.0.0"], ["1.0.0", "1.0.0-rc.1"]),
        (["1.0.0-rc.1+b", "1.0.0-rc.1", "1.0.0-rc.2"], ["1.0.0-rc.1+b", "1.0.0-rc.2"]),
    ],
)
def test_which_versions_become_one(versions: list[str], kept: list[str]) -> None:
    imports = "".join(f"import a:b/i@{version}; " for version in versions)
    packages = "".join(f"package a:b@{version} {{ interface i {{ f: func(); }} }} " for version in versions)
    resolve, world = load_world(f"package x:y; world w {{ {imports} }} {packages}")
    merge_imports_by_version(resolve, world)
    names = [resolve.world_key_name(key) for key in resolve.worlds[world].imports]
    assert sorted(names) == sorted(f"a:b/i@{version}" for version in kept)


def test_a_lower_version_that_an_export_reaches_through_an_import_stays() -> None:
    """After a merge the export would reach an import of what it also exports."""
    text = (
        "package x:y; world w { import a:b/i@1.0.0; import a:b/i@1.1.0; export a:b/i@1.1.0; export user; }"
        " interface between { use a:b/i@1.0.0.{t}; } interface user { use between.{t}; f: func(x: t); }"
        " package a:b@1.0.0 { interface i { type t = u8; } } package a:b@1.1.0 { interface i { type t = u8; } }"
    )
    assert merge_imports_by_version(*load_world(text)) == {}


def test_a_higher_version_may_use_its_own_type() -> None:
    text = (
        "package x:y; world w { import a:b/i@1.0.0; import a:b/i@1.1.0; }"
        " package a:b@1.0.0 { interface i { type t = u8; f: func(x: t); } }"
        " package a:b@1.1.0 { interface j { type t = u8; } interface i { use j.{t}; f: func(x: t); } }"
    )
    resolve, world = load_world(text)
    merge_imports_by_version(resolve, world)
    assert imports_of(resolve, world) == ["a:b/j@1.1.0", "a:b/i@1.1.0"]


def test_other_worlds_follow_the_interfaces_that_changed() -> None:
    text = (
        "package x:y; world w { import a:b/user@1.0.0; import a:b/i@1.1.0; } world other { import a:b/user@1.0.0; }"
        " world apart { import a:b/apart@1.0.0; }"
        " package a:b@1.0.0 { interface i { type t = u8; }"
        " interface user { use i.{t}; } interface apart { use i.{t}; } }"
        " package a:b@1.1.0 { interface i { type t = u8; } }"
    )
    resolve, package = load_text(text)
    worlds = resolve.packages[package].worlds
    merge_imports_by_version(resolve, worlds["w"])
    assert {name: imports_of(resolve, id) for name, id in worlds.items()} == {
        "w": ["a:b/i@1.1.0", "a:b/user@1.0.0"],
        "other": ["a:b/i@1.0.0", "a:b/i@1.1.0", "a:b/user@1.0.0"],
        "apart": ["a:b/i@1.0.0", "a:b/apart@1.0.0"],
    }


def imports_of(resolve: Resolve, world: WorldId) -> list[str]:
    return [resolve.world_key_name(key) for key in resolve.worlds[world].imports]


PAIR = (
    "package a:b@1.0.0 { interface i { record t { a: u8 } } } package a:b@1.1.0 { interface i { record t { a: u8 } } } "
)
USES = PAIR + "interface z { use a:b/i@1.0.0.{t}; } "
BOTH = "import a:b/i@1.0.0; import a:b/i@1.1.0; "


@pytest.mark.parametrize(
    ("packages", "items", "imports"),
    [
        (PAIR, BOTH, ["a:b/i@1.1.0"]),
        (PAIR, BOTH + "export a:b/i@1.0.0;", ["a:b/i@1.1.0"]),
        (PAIR, BOTH + "export a:b/i@1.1.0;", ["a:b/i@1.1.0"]),
        (USES, BOTH + "import z;", ["a:b/i@1.1.0", "x:y/z"]),
        (USES, BOTH + "export z;", ["a:b/i@1.1.0"]),
        (USES, BOTH + "export z; export a:b/i@1.0.0;", ["a:b/i@1.0.0", "a:b/i@1.1.0"]),
        (USES, BOTH + "export z; export a:b/i@1.1.0;", ["a:b/i@1.0.0", "a:b/i@1.1.0"]),
        (
            PAIR.replace("1.1.0 { interface i { record t { a: u8 }", "1.1.0 { interface i { use a:b/i@1.0.0.{t};"),
            BOTH,
            ["a:b/i@1.0.0", "a:b/i@1.1.0"],
        ),
        (PAIR.replace("1.1.0 { interface i { record t { a: u8 }", "1.1.0 { interface i {"), BOTH, ["a:b/i@1.1.0"]),
        (PAIR.replace("1.1.0", "2.0.0"), BOTH.replace("1.1.0", "2.0.0"), ["a:b/i@1.0.0", "a:b/i@2.0.0"]),
    ],
)
def test_which_imports_are_merged(packages: str, items: str, imports: list[str]) -> None:
    resolve, world = load_world(f"package x:y; {packages} world w {{ {items} }}")
    merge_imports_by_version(resolve, world)
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == imports
