"""Dummy modules: the core imports and exports of a world under both schemes of names."""

from __future__ import annotations

import pytest

from generator.dummy.module import dummy_module
from generator.dummy.schemes import SCHEMES
from generator.errors import GeneratorError
from generator.sources.load import load_text, select_world
from generator.wasm.decode import DecodedModule

WIT = """
package a:b@1.2.3;
interface i {
  resource r { constructor(a: string); m: func() -> string; s: static func(x: r); }
  f: func(a: u8, b: s64) -> f64;
}
world w {
  import i;
  import g: func(a: list<u8>);
  import l: i;
  resource root-res;
  export i;
  export h: async func(a: string) -> tuple<u8, u8>;
  export inline: interface { k: func(); }
}
"""

IMPORTS = {
    "legacy": {
        ("a:b/i@1.2.3", "[constructor]r"): "ii-i",
        ("a:b/i@1.2.3", "[method]r.m"): "ii-",
        ("a:b/i@1.2.3", "[static]r.s"): "i-",
        ("a:b/i@1.2.3", "f"): "il-d",
        ("a:b/i@1.2.3", "[resource-drop]r"): "i-",
        ("l", "[constructor]r"): "ii-i",
        ("l", "[method]r.m"): "ii-",
        ("l", "[static]r.s"): "i-",
        ("l", "f"): "il-d",
        ("l", "[resource-drop]r"): "i-",
        ("$root", "[resource-drop]root-res"): "i-",
        ("$root", "g"): "ii-",
        ("[export]a:b/i@1.2.3", "[resource-drop]r"): "i-",
        ("[export]a:b/i@1.2.3", "[resource-new]r"): "i-i",
        ("[export]a:b/i@1.2.3", "[resource-rep]r"): "i-i",
    },
    "standard32": {
        ("cm32p2|a:b/i@1", "[constructor]r"): "ii-i",
        ("cm32p2|a:b/i@1", "[method]r.m"): "ii-",
        ("cm32p2|a:b/i@1", "[static]r.s"): "i-",
        ("cm32p2|a:b/i@1", "f"): "il-d",
        ("cm32p2|a:b/i@1", "r_drop"): "i-",
        ("cm32p2|l", "[constructor]r"): "ii-i",
        ("cm32p2|l", "[method]r.m"): "ii-",
        ("cm32p2|l", "[static]r.s"): "i-",
        ("cm32p2|l", "f"): "il-d",
        ("cm32p2|l", "r_drop"): "i-",
        ("cm32p2", "root-res_drop"): "i-",
        ("cm32p2", "g"): "ii-",
        ("cm32p2|_ex_a:b/i@1", "r_drop"): "i-",
        ("cm32p2|_ex_a:b/i@1", "r_new"): "i-i",
        ("cm32p2|_ex_a:b/i@1", "r_rep"): "i-i",
    },
}

EXPORTS = {
    "legacy": {
        "a:b/i@1.2.3#[constructor]r": "ii-i",
        "cabi_post_a:b/i@1.2.3#[constructor]r": "i-",
        "a:b/i@1.2.3#[method]r.m": "i-i",
        "cabi_post_a:b/i@1.2.3#[method]r.m": "i-",
        "a:b/i@1.2.3#[static]r.s": "i-",
        "cabi_post_a:b/i@1.2.3#[static]r.s": "-",
        "a:b/i@1.2.3#f": "il-d",
        "cabi_post_a:b/i@1.2.3#f": "d-",
        "a:b/i@1.2.3#[dtor]r": "i-",
        "h": "ii-i",
        "cabi_post_h": "i-",
        "inline#k": "-",
        "cabi_post_inline#k": "-",
        "memory": "",
        "cabi_realloc": "iiii-i",
        "_initialize": "-",
    },
    "standard32": {
        "cm32p2|a:b/i@1|[constructor]r": "ii-i",
        "cm32p2|a:b/i@1|[constructor]r_post": "i-",
        "cm32p2|a:b/i@1|[method]r.m": "i-i",
        "cm32p2|a:b/i@1|[method]r.m_post": "i-",
        "cm32p2|a:b/i@1|[static]r.s": "i-",
        "cm32p2|a:b/i@1|[static]r.s_post": "-",
        "cm32p2|a:b/i@1|f": "il-d",
        "cm32p2|a:b/i@1|f_post": "d-",
        "cm32p2|a:b/i@1|r_dtor": "i-",
        "cm32p2||h": "ii-i",
        "cm32p2||h_post": "i-",
        "cm32p2|inline|k": "-",
        "cm32p2|inline|k_post": "-",
        "cm32p2_memory": "",
        "cm32p2_realloc": "iiii-i",
        "cm32p2_initialize": "-",
    },
}

_LETTERS = {"I32": "i", "I64": "l", "F32": "f", "F64": "d"}


def _module(scheme: str) -> DecodedModule:
    resolve, package = load_text(WIT)
    return DecodedModule(dummy_module(resolve, select_world(resolve, package, "w"), SCHEMES[scheme]))


def _signature(module: DecodedModule, name: str) -> str:
    type = module.export_func_type(name)
    if type is None:
        return ""
    return "".join(_LETTERS[t.name] for t in type.params) + "-" + "".join(_LETTERS[t.name] for t in type.results)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_imports(scheme: str) -> None:
    module = _module(scheme)
    found = {}
    for item in module.imports:
        type = module.import_func_type(item)
        params, results = ("".join(_LETTERS[t.name] for t in types) for types in (type.params, type.results))
        found[item.module, item.name] = f"{params}-{results}"
    assert found == IMPORTS[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_exports(scheme: str) -> None:
    module = _module(scheme)
    assert {item.name: _signature(module, item.name) for item in module.exports} == EXPORTS[scheme]


def test_compatible_versions_have_one_standard_name() -> None:
    versions = ("0.1.0", "0.1.1")
    packages = "".join(f"package x:y@{version} {{ interface i {{ f: func(); }} }} " for version in versions)
    exports = "".join(f"export x:y/i@{version}; " for version in versions)
    resolve, package = load_text(f"package a:b; world w {{ {exports} }} {packages}")
    world = select_world(resolve, package, "w")
    legacy = DecodedModule(dummy_module(resolve, world, SCHEMES["legacy"]))
    assert {"x:y/i@0.1.0#f", "x:y/i@0.1.1#f"} <= legacy.exports_by_name.keys()
    with pytest.raises(GeneratorError, match=r"would have the name `cm32p2\|x:y/i@0.1\|f`"):
        dummy_module(resolve, world, SCHEMES["standard32"])
