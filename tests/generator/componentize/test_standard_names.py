"""Standard names (`cm32p2`) leave out what distinguishes compatible versions: a name of two of them is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import wasmtime

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.plan import EncodingPlan
from generator.componentize.single import plan_single
from generator.errors import GeneratorError
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from tests.generator.componentize.modules import world_section

TWO = """package a:b;
world w {{ {0} l:c/a@1.0.0; {0} l:c/a@1.1.0; }}
world old {{ {0} l:c/a@1.0.0; }}
world new {{ {0} l:c/a@1.1.0; }}
package l:c@1.0.0 {{ interface a {{ resource r; f: func(a: u32); }} }}
package l:c@1.1.0 {{ interface a {{ resource r; f: func(a: u64); }} }}
"""
IMPORTS, EXPORTS = TWO.format("import"), TWO.format("export")
KEPT = ComponentizeOptions(merge_imports_based_on_semver=False)
WHICH = "the name does not say which of compatible versions it means: "
OLD = '(import "cm32p2|l:c/a@1" "f" (func (param i32)))'
NEW = '(import "cm32p2|l:c/a@1" "f" (func (param i64)))'
OLD_EXPORT = '(func (export "cm32p2|l:c/a@1|f") (param i32))'
NEW_EXPORT = '(func (export "cm32p2|l:c/a@1|f") (param i64))'


def module(fields: str, text: str, world: str) -> DecodedModule:
    return DecodedModule(bytes(wasmtime.wat2wasm(f"(module {fields})")) + encode_custom(world_section(text, world)))


def two(first: DecodedModule, second: DecodedModule) -> EncodingPlan:
    """Two modules of one component."""
    (one,), (other,) = plan_single(first).modules, plan_single(second).modules
    return EncodingPlan((one, replace(other, name="other")), ("main", "other"))


@pytest.mark.parametrize(
    ("fields", "text", "words"),
    [
        (
            OLD,
            IMPORTS,
            f"import `cm32p2|l:c/a@1` `f`: {WHICH}interface `l:c/a@1.0.0` and interface `l:c/a@1.1.0`",
        ),
        ('(import "cm32p2|l:c/a@1" "r_drop" (func (param i32)))', IMPORTS, f"`r_drop`: {WHICH}"),
        ('(import "l:c/a@1.0.5" "f" (func (param i32)))', IMPORTS, f"import `l:c/a@1.0.5` `f`: {WHICH}"),
        (
            '(import "cm32p2|_ex_l:c/a@1" "r_new" (func (param i32) (result i32)))'
            ' (func (export "l:c/a@1.0.0#f") (param i32)) (func (export "l:c/a@1.1.0#f") (param i64))',
            EXPORTS,
            f"`r_new`: {WHICH}",
        ),
        (OLD_EXPORT, EXPORTS, f"module `main`: export `cm32p2|l:c/a@1|f`: {WHICH}`l:c/a@1.0.0` and `l:c/a@1.1.0`"),
        (
            '(func (export "l:c/a@1.0.0#f") (param i32)) (func (export "l:c/a@1.1.0#f") (param i64))'
            ' (func (export "cm32p2|l:c/a@1|r_dtor") (param i32))',
            EXPORTS,
            f"export `cm32p2|l:c/a@1|r_dtor`: {WHICH}`l:c/a@1.0.0` and `l:c/a@1.1.0`",
        ),
    ],
)
def test_a_name_of_two_versions_is_refused(fields: str, text: str, words: str) -> None:
    with pytest.raises(GeneratorError) as raised:
        componentize(plan_single(module(fields, text, "w")), KEPT)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("fields", "text", "world"),
    [
        (OLD, IMPORTS, "old"),
        (NEW, IMPORTS, "new"),
        ('(import "l:c/a@1.0.0" "f" (func (param i32))) (import "l:c/a@1.1.0" "f" (func (param i64)))', IMPORTS, "w"),
        (OLD_EXPORT, EXPORTS, "old"),
        (
            '(func (export "l:c/a@1.0.0#f") (param i32)) (func (export "l:c/a@1.1.0#f") (param i64))'
            ' (func (export "l:c/a@1.0.0#[dtor]r") (param i32))',
            EXPORTS,
            "w",
        ),
    ],
)
def test_what_means_one_version(fields: str, text: str, world: str) -> None:
    assert componentize(plan_single(module(fields, text, world)), KEPT)


@pytest.mark.parametrize(("old", "new", "text"), [(OLD, NEW, IMPORTS), (OLD_EXPORT, NEW_EXPORT, EXPORTS)])
def test_the_own_world_of_a_module_decides(old: str, new: str, text: str) -> None:
    """The types of the two differ, so another choice would be refused."""
    older, newer = module(old, text, "old"), module(new, text, "new")
    assert componentize(two(older, newer), KEPT)
    assert componentize(two(newer, older), KEPT)
