"""Files of known faults: read, matched with versions, refused with a reason."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import pytest

from harness.runs.runner import default_expectations
from harness.suite.expectations import Expectation, Expectations
from harness.suite.expectations_file import ExpectationsError, load, nearest_version
from harness.suite.expectations_schema import EXPECTATIONS_SCHEMA
from harness.suite.faults.condition import Told, WorldFacts
from harness.suite.faults.keys import KEYS, Key

HEAD = 'tool = "wasm-tools"\nversions = ">=1.262.0, <1.263.0"\n'
ENTRY = '[[expect]]\nid = "a"\ncases = ["x"]\noutcome = "fail"\nreason = "r"\nlink = "https://example.org"\n'


def explained(
    items: Expectations, case: str, outcome: str, message: str, calls: Sequence[str] = (), beside: Sequence[str] = ()
) -> Expectation | None:
    """What explains a failure of the reference, in a world where the failures `beside` show, too."""
    others = [Told(outcome, other) for other in beside]
    return items.explain("wasm-tools", case, [Told(outcome, message, calls), *others])[0]


def write(path: Path, text: str) -> Path:
    file = path / "known.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("version", "count"), [("1.262.0", 1), ("1.262.7", 1), ("1.263.0", 0), ("1.261.9", 0), ("1.300.0-dev", 0)]
)
def test_versions(tmp_path: Path, version: str, count: int) -> None:
    assert len(load([write(tmp_path, HEAD + ENTRY)], {"wasm-tools": version}).items) == count


@pytest.mark.parametrize(
    ("versions", "version", "holds"),
    [
        ("==1.262.*", "1.262.9", True),
        ("==1.262.*", "1.263.0", False),
        ("~=1.262.1", "1.262.4", True),
        ("!=1.262.1", "1.262.1", False),
        (">=1.262.0", "1.262.0-rc.1", False),
        (">=1.261.0", "1.262.0-rc.1", True),
        (">=1.262.0", "1.262.3 (5f1e9 2026-01-02)", True),
        (">=1.262.0", "of yesterday", False),
    ],
)
def test_ranges_of_versions(tmp_path: Path, versions: str, version: str, holds: bool) -> None:
    """PEP 440, and the numbers of what is no version there."""
    file = write(tmp_path, HEAD.replace(">=1.262.0, <1.263.0", versions) + ENTRY)
    assert bool(load([file], {"wasm-tools": version}).items) is holds


def test_another_tool(tmp_path: Path) -> None:
    assert not load([write(tmp_path, HEAD + ENTRY)], {"generator": "1.262.0"}).items


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tool = 1", "`tool` must be a string"),
        (HEAD.replace(">=", "~"), "'~1.262.0' is not like `>=1.262.0`"),
        (HEAD + "colour = 1\n", "nothing else"),
        (HEAD + ENTRY + ENTRY, "twice"),
        (HEAD + ENTRY.replace("fail", "pass"), "`outcome` must be one of"),
        (HEAD + ENTRY.replace("link", "lnk"), "unknown key `lnk`"),
        (HEAD + ENTRY.replace('link = "https://example.org"', ""), "needs a `link` or a `reproduction`"),
        (HEAD + ENTRY.replace('cases = ["x"]', ""), "would explain everything"),
        (HEAD + ENTRY.replace('cases = ["x"]', "cases = 1"), "list of names"),
        (HEAD + ENTRY.replace('cases = ["x"]', 'message = "("'), "not a regular expression"),
        (HEAD + ENTRY + 'wit = "["', "not a regular expression"),
        (HEAD + ENTRY + 'run = "["', "not a regular expression"),
        (HEAD + ENTRY + "label-names-only = 1", "true or false"),
        (HEAD + ENTRY + 'beside = "b"', "must name an entry without `beside`"),
        (HEAD + ENTRY + 'beside = "a"', "must name an entry without `beside`"),
        ("tool = \n", "known.toml"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ExpectationsError) as caught:
        load([write(tmp_path, text)], {"wasm-tools": "1.262.0"})
    assert message in str(caught.value)
    assert "known.toml" in str(caught.value)


def test_a_fault_that_depends_on_the_world(tmp_path: Path) -> None:
    known = load([write(tmp_path, HEAD + ENTRY + "wit = 'import \\S+: \\S+;'")], {"wasm-tools": "1.262.0"})
    question = ("x", "fail", "")
    assert explained(known, *question) is None
    assert explained(known.about(WorldFacts("world w { import y; }")), *question) is None
    found = explained(known.about(WorldFacts("world w { import p: y; }")), *question)
    assert found is not None and found.id == "a"


@pytest.mark.parametrize(
    ("expected", "actual", "known"),
    [
        ("pop_variant a:a/c#e = 0", "pop_variant p#e = 0", True),
        ("pop_tuple tuple<p#a, a:b/c#d>", "pop_tuple tuple<q#a, a:b/c#d>", True),
        ("pop_variant a:a/c#e = 0", "pop_variant p#e = 1", False),
        ("pop_result result<a:a/c#e> = 0", "pop_result result<a:a/c#e> = 1", False),
        ("pop_variant a:a/c#e = 0", "pop_variant a:a/d#e = 0", False),
        ("pop_variant a:a/c#e = 0", "pop_variant p#f = 0", False),
        ("pop_tuple tuple<p#a, a:b/c#d>", "pop_tuple tuple<q#a>", False),
        ("pop_variant p#e = 0", "pop_variant z#e = 0", False),
        ("pop_variant a:a/c#e = 0", "pop_variant z#e = 0", False),
        ("pop_borrow p#r = 1", "pop_borrow q#r = 1", False),
        ("import_call p#f", "import_call q#f", False),
        ("export_start p#f", "export_start q#f", False),
        ("export_call a:a/c#f", "export_call p#f", False),
        ("resource_dtor p#r 1", "resource_dtor q#r 1", False),
    ],
)
def test_a_fault_that_changes_labels_only(tmp_path: Path, expected: str, actual: str, known: bool) -> None:
    items = load([write(tmp_path, HEAD + ENTRY + "label-names-only = true")], {"wasm-tools": "1.262.0"})
    items = items.about(WorldFacts("world w { import p: a:a/c; import q: c; import z: d; import a:a/c; }"))
    message = f"event (subject, event 1, call 1 f): expected {expected}, got {actual}"
    assert (explained(items, "x", "fail", message) is not None) is known
    place = "event (subject, event 9 of all components, task 2, call 1 f)"
    message = f"{place}: expected `{expected}` (subject, task 2), got {actual}"
    assert (explained(items, "x", "fail", message) is not None) is known
    message = f"{place}: expected `{expected}` (subject, task 2) or 3 others, got {actual}"
    assert explained(items, "x", "fail", message) is None


def test_a_fault_that_depends_on_the_run(tmp_path: Path) -> None:
    known = load([write(tmp_path, HEAD + ENTRY + "run = '^with !var'")], {"wasm-tools": "1.262.0"})
    assert explained(known, "x", "fail", "") is None
    assert explained(known, "x", "fail", "", ["f(1)", "with !str"]) is None
    assert explained(known, "x", "fail", "", ["f(1)", "with !var 2"]) is not None


def test_a_fault_that_shows_beside_another(tmp_path: Path) -> None:
    other = ENTRY.replace('"a"', '"b"').replace('cases = ["x"]', 'cases = ["x"]\nmessage = "cause"')
    file = write(tmp_path, HEAD + ENTRY.replace("reason", 'message = "result"\nbeside = "b"\nreason') + other)
    known = load([file], {"wasm-tools": "1.262.0"})
    assert explained(known, "x", "fail", "result") is None
    assert explained(known, "x", "fail", "result", (), ["another result"]) is None
    assert explained(known, "x", "fail", "result", (), ["the cause"]) is not None
    assert explained(known, "y", "fail", "result", (), ["the cause"]) is None
    assert known.explain("another", "x", [Told("fail", "result"), Told("fail", "the cause")]) == [None, None]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_every_condition_has_a_row_in_the_documentation(key: Key) -> None:
    assert f"\n| `{key.name}` | " in (Path(__file__).parents[2] / "docs/expectations.md").read_text()


def test_the_files_of_the_project_are_good() -> None:
    files = default_expectations()
    assert files
    assert load(files, {"wasm-tools": "1.262.0"}).items


FEATURES = {
    "fixed": "interface x { f: func(a: list<u8, 4>); } world w { import x; }",
    "context": "world w { import f: func(x: error-context); }",
    "stream": "interface x { type s = stream<u8>; g: func(); } world w { export x; }",
    "used stream": "interface x { type s = stream<u8>; g: func(a: s); } world w { export x; }",
    "renamed label": "interface s { record e { k: u8 } f: func(x: e); } world v { import q: s; import s; } world w { include v with { q as z }; }",
    "id-and-label": "interface s { record e { k: u8 } f: func(x: e); } world w { import s; import q: s; }",
    "one label twice": "interface s { record e { k: u8 } f: func() -> e; } interface t { g: func(); } world w { import s; export q: s; import q: t; }",
    "labels": "interface s { resource r; record e { k: u8 } f: func() -> e; } world w { import p: s; import q: s; }",
    "acronyms": "interface x { record A { a: u8 } } world w { export x; }",
    "env": "world w { import env: interface { f: func(); } }",
    "resources": "interface x { resource r { f-g: func(); } resource r-f { g: func(); } } world w { export x; }",
    "plain": "interface x { f: func(a: list<u8>) -> u8; } world w { import x; }",
    "made of lower": "package a:b@1.1.0 { interface x { use a:b/x@1.0.0.{e as d}; } } package a:b@1.0.0 { interface x { enum e { f } } }",
    "lower first": "package a:b@1.0.0 { interface x { enum e { f } } } package a:b@1.1.0 { interface x { use a:b/x@1.0.0.{e as d}; } }",
    "one version": "package a:b@1.0.0 { interface x { enum e { f } } interface y { use a:b/x@1.0.0.{e as d}; } }",
    "apart": "package a:b@1.0.0 { interface x { enum e { f } } } package c:d@1.1.0 { interface y { use a:b/x@1.0.0.{e as d}; } }",
    "both": "interface x { resource r; g: func() -> stream<r>; } world w { import x; export x; }",
    "use and export": "interface user { use l:v/a@1.0.0.{r}; } world w { import l:v/a@1.0.0; import l:v/a@1.1.0; export l:v/a@1.0.0; export user; }",
    "two": "interface x { f: func(r: result); } world w { import x; }",
}
BOTH_SIDES = "async/payloads/own-on-both-sides"
BUILT_IN = "wit_t (subject, {}): expected the built-in for {}, got that for {} (core import {})"
OTHER_SIDE = "stream stream<a:b/x#rec>, new", "own<[export]a:b/x#r>", "own<a:b/x#r>", "a:b/x [stream-new-0]g"
OTHER_SIDE_OF_FUTURE = ("future future<own<[export]x#r>>, new", "own<[export]x#r>", "own<x#r>", "x [future-new-0]g")
EXCHANGED = "stream stream<u8>, read", "u8", "u32", "a:b/x [async-lower][stream-read-0]h"
STREAM_TYPE, FUTURE_TYPE = (f"handle-type: handle is a {kind} of a different type" for kind in ("stream", "future"))
STREAM_TRAP = "outcome (call 1 a:b/x#g): expected `stream_lower s 0` (subject, task 1), got a trap ({}) in driver-run"
AT_12 = "event (subject, event 12 of all components, task 1): expected {}, got {}"
PANIC = "the subject of reference@winch: generate panicked (exit code 101): thread 'main' panicked at {}:\n{}"
JOINED = "import name `import-{}` conflicts with previous name `import-{}`"
HOOK = "event (subject, event {}): expected init_task 0, got {}"
LATE_HOOK = (
    "event (subject, before event {} of all components, {} of the component): expected "
    "`init_task {}` (subject, task 1), got {}"
)
END_HOOK = "event (subject, at the end, after event {} of the component): expected init_task {}, got {}"
STUB = "refused to link: error: unresolved symbol(s):\n libworld.so needs {} (function [] -> [])"
TRAP = "outcome: expected a trap (invalid-discriminant or unreachable), got {}"
LOOKED_UP = (
    "link panicked (exit code 101): thread 'main' panicked at crates/wit-parser/src/resolve/{}:\nno entry found for key"
)
NOT_MERGED = "link (subject, imports in compatible versions): expected a refusal to merge them ({}), got {}"
_NEW_FAILS = "refused to {}: error: failed to encode a component from module\n\nCaused by:\n    0: "
UPGRADED = _NEW_FAILS + "failed to upgrade `{}` to `{}`, was this semver-compatible update not semver compatible?"
UNRESOLVED = _NEW_FAILS.format("new") + "failed to resolve import `{}`"
BOTH_WAYS = _NEW_FAILS.format("link") + "interface `{}` transitively depends on an interface in incompatible ways"
NO_IMPORT = "wit (subject, import {}#f): expected a function, got (nothing)"
NOTHING_FITS = "reference@winch: not compiled: resource types are not the same (ResourceId {} vs. ResourceId {}) (at offset 0x8704)"
NO_ENTRY = "new panicked (exit code 101): thread 'main' panicked at crates/wit-component/src/encoding.rs:674:38:\nno entry found for key"
OTHER_VERSION = "wit (subject, export a:b/user#f, parameter a): expected {}, got {}"
NO_TYPE = "the type e of lib:v/api@1.1.0 is missing"
LOOKED_UP_THERE = (
    "Panicked at link: thread 'main' panicked at crates/wit-parser/src/resolve/mod.rs:2626:66: no entry found for key"
)
NO_RESOURCE = "a:a/c@1.2.3 has no resource a"
OTHER_TYPE = "the type b of c:d/i@1.2.3 is another one"
NO_HANDLE = "InvalidOutput at link: error: failed to encode a component from modules: type index 1 is not a resource type (at offset 0xa5)"
UPGRADE = "the subject of reference@winch: refused to link: error: no\n0: failed to upgrade `{}` to `{}`, was this semver-compatible update not semver compatible?\n1: failed"
BARE_RESOURCE = "Panicked at link: thread 'main' panicked at crates/wit-parser/src/abi.rs:326:42: not yet implemented note: run with"
BARE_ELEMENT = NO_HANDLE.replace("a resource type", "a defined type")
NO_METHOD = "a:a/c@1.2.3 has no function [method]b.a"
OVERFLOW = "Panicked at {}: thread 'main' has overflowed its stack fatal runtime error: stack overflow, aborting"
NO_END = "{}: {} did not end within 30 s"
BAD = ("with !var 2 in f: result at r",)
CUT = ("with !enum 256 in f: e (3 cases) at l",)
CLAIMED = ("with !ptr 0 536870912 in f: list<u64> at l",)
OVERFLOWING = "traps/list-length-overflow-by-element"
NO_MEMORY = "outcome: expected a trap (too-long or unreachable), got {}"
AFTER_THE_END = "event (subject, event 3, after the last event): expected (nothing), got push_u8 2"
WENT_ON = "event (provider, event 13 of all components, task 1): expected a trap ({}), got export_start a:b/x#f"
LATE = "event (provider, before event 22 of all components, 4 of the component): expected a trap ({}), got export_finish a:b/x#f"


@pytest.mark.parametrize(
    ("world", "case", "outcome", "message", "run", "known"),
    [
        ("fixed", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: fixed-length-list"), (), True),
        ("plain", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: fixed-length-list"), (), False),
        ("fixed", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: map"), (), False),
        ("context", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: error-context"), (), True),
        ("plain", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: error-context"), (), False),
        ("stream", "x", "tool panicked", PANIC.format("a", "encountered stream type not used in any function"), (), True),
        ("used stream", "x", "tool panicked", PANIC.format("a", "encountered stream type not used in any function"), (), False),
        ("plain", "x", "tool panicked", PANIC.format("a", "encountered stream type not used in any function"), (), False),
        ("labels", "x", "tool panicked", PANIC.format("a", "assertion failed: prev.is_none()"), (), True),
        ("plain", "x", "tool panicked", PANIC.format("a", "assertion failed: prev.is_none()"), (), False),
        ("plain", "x", "invalid output", "generate gave an invalid output: function body size count exceeds limit", (), True),
        ("plain", "x", "invalid output", "generate gave an invalid output: type mismatch", (), False),
        ("acronyms", "x", "invalid output", "import name `import-type-a` conflicts with previous name `import-type-A`", (), True),
        ("acronyms", "x", "invalid output", "import name `import-type-a` conflicts with previous name `import-type-b`", (), False),
        ("plain", "x", "invalid output", "import name `import-type-a1` conflicts with previous name `import-type-a-1`", (), True),
        ("plain", "x", "invalid output", "import name `import-type-fo-o` conflicts with previous name `import-type-foo`", (), True),
        ("plain", "x", "invalid output", "import name `import-type-foo` conflicts with previous name `import-type-fo-oo`", (), False),
        ("plain", "x", "invalid output", "import name `import-type-abc` conflicts with previous name `import-type-A-b-c`", (), True),
        ("plain", "x", "invalid output", "import name `import-type-foo` conflicts with previous name `import-type-foo`", (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f-g", "method-r-f-g"), (), True),
        ("resources", "x", "invalid output", JOINED.format("static-r-f-g", "static-r-f-g"), (), True),
        ("resources", "x", "invalid output", JOINED.format("method-ab-c", "method-a-bc"), (), True),
        ("resources", "x", "invalid output", JOINED.format("method-get-r-f-g", "method-get-r-f-g"), (), True),
        ("resources", "x", "invalid output", JOINED.format("method-get-r-f", "method-get-r-f"), (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f", "method-r-f"), (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f-g", "static-r-f-g"), (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f-g", "method-r-f-h"), (), False),
        ("resources", "x", "invalid output", JOINED.format("func-r-f-g", "func-r-f-g"), (), False),
        ("resources", "x", "fail", JOINED.format("method-r-f-g", "method-r-f-g"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "import_call a:b/x#f"), (), True),
        ("plain", "x", "fail", HOOK.format("1, call 1 a:b/x#f", "export_start a:b/x#f"), (), True),
        ("plain", "x", "fail", HOOK.format("12", "import_call a:b/x#f"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "(nothing)"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "init_task 1"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "export_start a:b/x#f").replace("subject", "driver"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "task_start").replace("init_task 0", "export_start a:b/x#f"), (), False),
        ("labels", "x", "invalid output", JOINED.format("method-r-f-g", "method-r-f-g"), (), False),
        ("plain", "x", "invalid output", "import name `foo` conflicts with previous name `fo-o`", (), False),
        ("env", "x", "fail", STUB.format("f"), (), True),
        ("env", "x", "fail", STUB.format("wit_dylib_pop_u8"), (), False),
        ("plain", "x", "fail", STUB.format("f"), (), False),
        ("two", "x", "fail", TRAP.format("every entry returns"), BAD, True),
        ("two", "x", "fail", TRAP.format("every entry returns"), ("with !str in f: string at s",), False),
        ("two", "x", "fail", TRAP.format("a trap (out-of-bounds: x) in driver-run"), BAD, False),
        ("two", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), BAD, True),
        ("two", "x", "fail", WENT_ON.format("out-of-bounds"), BAD, False),
        ("two", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), ("with !str in f: string at s",), False),
        ("two", "x", "fail", LATE.format("invalid-discriminant or unreachable"), BAD, True),
        ("two", "x", "fail", LATE.format("out-of-bounds"), BAD, False),
        ("two", "x", "fail", LATE.format("invalid-discriminant or unreachable"), ("with !str in f: string at s",), False),
        ("plain", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), CUT, True),
        ("plain", "x", "fail", LATE.format("invalid-discriminant or unreachable"), CUT, True),
        ("plain", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), ("with !enum 3 in f: e (3 cases) at l",), False),
        ("two", "traps/result-discriminant", "fail", TRAP.format("a trap (interpreter: stack) in subject-run"), (), True),
        ("two", "traps/result-discriminant", "fail", TRAP.format("a trap (out-of-bounds: x) in subject-run"), (), False),
        ("two", "traps/result-discriminant", "fail", "event (subject, event 2): expected (nothing), got pop_u8 = 1", (), False),
        ("plain", OVERFLOWING, "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), (), True),
        ("plain", OVERFLOWING, "fail", NO_MEMORY.format("every entry returns"), (), False),
        ("plain", OVERFLOWING, "fail", NO_MEMORY.format("a trap (interpreter: dealloc) in subject-run"), (), False),
        ("plain", OVERFLOWING, "fail", AFTER_THE_END, (), False),
        ("plain", OVERFLOWING, "fail", "event (subject, event 3, after the last event): expected (nothing), got pop_map_iter_next map<u8, bool>", (), True),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), (), False),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), CLAIMED, True),
        ("plain", "x", "fail", NO_MEMORY.format("every entry returns"), CLAIMED, False),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), ("with !ptr 8 9 in f: list<u64> at l",), False),
        ("plain", "x", "fail", NO_MEMORY.format("a trap (interpreter: iterator) in subject-run"), ("with !ptr 0 9 in f: string at l",), False),
        ("plain", "x", "fail", "event (subject, event 3, after the last event): expected (nothing), got pop_list_iter_next list<u64>", CLAIMED, False),
        ("plain", "x", "fail", WENT_ON.format("invalid-discriminant or unreachable"), ("with !enum 65536 in f: e (3 cases) at l",), True),
        ("labels", "x", "fail", "event (subject, event 1, call 1): expected push_record p#e, got push_record q#e", (), True),
        ("id-and-label", "x", "fail", "event (driver, event 165 of all components, task 1): expected `stream_new q#e = 5 3` (driver, task 1), got stream_new a:b/s#e = 5 3", (), True),
        ("id-and-label", "x", "fail", "event (driver, event 165 of all components, task 1): expected `stream_new q#e = 5 3` (driver, task 1), got stream_new a:b/s#e = 5 4", (), False),
        ("labels", "x", "fail", "wit_t (subject, import p#f, result): expected record p#e { k }, got record q#e { k }", (), True),
        ("labels", "x", "fail", "wit_t (subject, import p#f, result): expected record p#e { k }, got record q#e { z }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("renamed label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record z#e { k }", (), True),
        ("renamed label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record y#e { k }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected record a:b/s#e { k }, got record t#e { k }", (), False),
        ("one label twice", "x", "fail", "wit_t (subject, export a:b/s#f, result): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("one label twice", "x", "fail", "wit_t (subject, export a:b/s#f, result): expected record a:b/t#e { k }, got record q#e { k }", (), True),
        ("one label twice", "x", "fail", "wit_t (subject, export a:b/s#f, result): expected record a:b/u#e { k }, got record q#e { k }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, alias a:b/t#d): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("id-and-label", "x", "fail", "wit_t (subject, record a:b/t#p.first): expected record a:b/s#e { k }, got record q#e { k }", (), True),
        ("id-and-label", "x", "fail", "wit_t (subject, record a:b/t#p.first): expected record a:b/s#e { k }, got record q#e { z }", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, record a:b/t#p.first): expected own<a:b/s#r>, got own<q#r>", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f, parameter x): expected own<a:b/s#r>, got own<q#r>", (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, resource a:b/s#r): expected a:b/s#r, got q#r", (), False),
        ("id-and-label", "x", "fail", AT_12.format("`stream_new stream<a:b/s#e> = 10 11` (subject, task 1)", "stream_new stream<q#e> = 10 11"), (), True),
        ("id-and-label", "x", "fail", AT_12.format("`future_read future<a:b/s#e> 3 1 = 4294967295` (subject, task 1)", "future_read future<q#e> 3 1 = 4294967295"), (), True),
        ("id-and-label", "x", "fail", AT_12.format("`stream_new stream<a:b/s#e> = 10 11` (subject, task 1)", "stream_new stream<q#e> = 11 10"), (), False),
        ("id-and-label", "x", "fail", AT_12.format("`stream_new stream<own<a:b/s#r>> = 10 11` (subject, task 1)", "stream_new stream<own<q#r>> = 10 11"), (), False),
        ("id-and-label", "x", "fail", AT_12.format("`task_return a:b/s#f` (subject, task 1)", "task_return q#f"), (), False),
        ("id-and-label", "x", "fail", "wit_t (subject, import a:b/s#f): expected record a:b/s#e { k }, got record q#e { k }", (), False),
        ("labels", "x", "fail", "event (provider, event 1, call 1): expected export_start p#f, got export_start q#f", (), False),
        ("labels", "labels/with-records", "fail", "event (provider, event 1): expected export_start a#get, got export_start b#get", (), False),
        ("made of lower", "x", "tool panicked", LOOKED_UP.format("mod.rs:2626:66"), (), True),
        ("lower first", "x", "tool panicked", LOOKED_UP.format("mod.rs:2626:66"), (), True),
        ("made of lower", "x", "tool panicked", LOOKED_UP.format("clone.rs:26:6"), (), False),
        ("made of lower", "x", "tool panicked", LOOKED_UP.format("mod.rs:2626:66").replace("link", "generate"), (), False),
        ("made of lower", "x", "fail", LOOKED_UP.format("mod.rs:2626:66"), (), False),
        ("one version", "x", "tool panicked", LOOKED_UP.format("mod.rs:2626:66"), (), False),
        ("apart", "x", "tool panicked", LOOKED_UP.format("mod.rs:2626:66"), (), False),
        ("plain", "x", "tool panicked", LOOKED_UP.format("mod.rs:2626:66"), (), False),
        ("made of lower", "x", "fail", UPGRADED.format("link", "a:b/x@1.0.0", "a:b/x@1.1.0"), (), True),
        ("made of lower", "x", "fail", UPGRADED.format("new", "a:b/x@1.0.0", "a:b/x@1.1.0"), (), True),
        ("made of lower", "x", "fail", UPGRADED.format("new", "a:b/x@1.0.0", "a:b/x@1.2.0"), (), False),
        ("made of lower", "x", "fail", UPGRADED.format("new", "a:b/y@1.0.0", "a:b/y@1.1.0"), (), False),
        ("one version", "x", "fail", UPGRADED.format("new", "a:b/x@1.0.0", "a:b/x@1.1.0"), (), False),
        ("made of lower", "x", "fail", UNRESOLVED.format("a:b/x@1.0.0::f"), (), True),
        ("made of lower", "x", "fail", UNRESOLVED.format("a:b/x@1.1.0::f"), (), False),
        ("one version", "x", "fail", UNRESOLVED.format("a:b/x@1.0.0::f"), (), False),
        ("made of lower", "x", "fail", BOTH_WAYS.format("a:b/user"), (), True),
        ("one version", "x", "fail", BOTH_WAYS.format("a:b/user"), (), False),
        ("made of lower", "x", "fail", NO_IMPORT.format("a:b/x@1.0.0"), (), True),
        ("made of lower", "x", "fail", NO_IMPORT.format("a:b/x@1.1.0"), (), False),
        ("one version", "x", "fail", NO_IMPORT.format("a:b/x@1.0.0"), (), False),
        ("made of lower", "x", "fail", OTHER_VERSION.format("borrow<[export]a:b/x@1.0.0#r>", "borrow<a:b/x@1.1.0#r>"), (), True),
        ("made of lower", "x", "fail", OTHER_VERSION.format("own<a:b/x@1.0.0#r>", "own<[export]a:b/x@1.1.0#r>"), (), True),
        ("made of lower", "x", "fail", OTHER_VERSION.format("own<a:b/x@1.0.0#r>", "borrow<[export]a:b/x@1.1.0#r>"), (), False),
        ("made of lower", "x", "fail", OTHER_VERSION.format("own<a:b/x@1.0.0#r>", "own<[export]a:b/x@1.1.0#q>"), (), False),
        ("made of lower", "x", "fail", OTHER_VERSION.format("own<a:b/x@1.1.0#r>", "own<a:b/x@1.0.0#r>"), (), False),
        ("made of lower", "x", "fail", OTHER_VERSION.format("record a:b/x@1.0.0#r { a }", "record a:b/x@1.1.0#r { a }"), (), True),
        ("made of lower", "x", "fail", OTHER_VERSION.format("record a:b/x@1.0.0#r { a }", "record a:b/x@1.1.0#r { b }"), (), False),
        ("made of lower", "x", "invalid output", NOTHING_FITS, (), True),
        ("one version", "x", "invalid output", NOTHING_FITS, (), False),
        ("made of lower", "x", "tool panicked", NO_ENTRY, (), True),
        ("one version", "x", "tool panicked", NO_ENTRY, (), False),
        ("one version", "x", "fail", OTHER_VERSION.format("own<a:b/x@1.0.0#r>", "own<[export]a:b/x@1.1.0#r>"), (), False),
        ("made of lower", "x", "tool panicked", "link panicked (exit code 134): thread 'main' has overflowed its stack", (), True),
        ("one version", "x", "tool panicked", "link panicked (exit code 134): thread 'main' has overflowed its stack", (), False),
        ("made of lower", "x", "timed out", NO_END.format("the subject of reference@winch", "link"), (), True),
        ("lower first", "x", "timed out", NO_END.format("the subject of subject=reference,provider=ours@winch", "link"), (), True),
        ("made of lower", "x", "timed out", NO_END.format("`component new` of the subject, utf8", "new"), (), True),
        ("made of lower", "x", "timed out", NO_END.format("the driver of reference@winch", "link"), (), False),
        ("made of lower", "x", "timed out", NO_END.format("the subject of reference@winch", "generate"), (), False),
        ("made of lower", "x", "timed out", NO_END.format("`component embed` of the subject, utf8", "embed"), (), False),
        ("made of lower", "x", "timed out", "subject-run: did not end within 30 s", (), False),
        ("made of lower", "x", "fail", NO_END.format("the subject of reference@winch", "link"), (), False),
        ("one version", "x", "timed out", NO_END.format("the subject of reference@winch", "link"), (), False),
        ("apart", "x", "timed out", NO_END.format("the subject of reference@winch", "link"), (), False),
        ("plain", "x", "timed out", NO_END.format("the subject of reference@winch", "link"), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, LOOKED_UP_THERE), (), True),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, LOOKED_UP_THERE.replace("key", "name")), (), False),
        ("plain", "x", "fail", NOT_MERGED.format("the function f of a:b/c is missing", LOOKED_UP_THERE), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, "TimedOut at link: 60 s"), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, NO_HANDLE), (), True),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, NO_HANDLE), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, NO_HANDLE.replace("a resource", "a function")), (), False),
        ("use and export", "x", "fail", UPGRADE.format("l:v/a@1.0.0", "l:v/a@1.1.0"), (), True),
        ("use and export", "x", "fail", UPGRADE.format("l:v/a@1.0.0", "l:v/b@1.1.0"), (), False),
        ("use and export", "x", "tool panicked", UPGRADE.format("l:v/a@1.0.0", "l:v/a@1.1.0"), (), False),
        ("use and export", "x", "fail", "the subject of reference@winch: refused to link: error: no", (), False),
        ("plain", "x", "fail", UPGRADE.format("l:v/a@1.0.0", "l:v/a@1.1.0"), (), False),
        ("both", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_RESOURCE), (), True),
        ("both", "x", "fail", NOT_MERGED.format(NO_TYPE, BARE_RESOURCE), (), False),
        ("both", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_ELEMENT), (), True),
        ("both", "x", "fail", NOT_MERGED.format(NO_TYPE, BARE_ELEMENT), (), False),
        ("both", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_ELEMENT.replace("defined", "function")), (), False),
        ("both", "x", "tool panicked", NOT_MERGED.format(OTHER_TYPE, BARE_ELEMENT), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_ELEMENT), (), False),
        ("both", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_RESOURCE.replace("abi", "resolve/mod")), (), False),
        ("both", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_RESOURCE.replace(" note", ": map note")), (), False),
        ("both", "x", "tool panicked", NOT_MERGED.format(OTHER_TYPE, BARE_RESOURCE), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, BARE_RESOURCE), (), False),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), True),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("new")).replace("link (", "component new ("), (), True),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_RESOURCE, LOOKED_UP_THERE), (), True),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_RESOURCE, "a component (reference)"), (), False),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_RESOURCE, "TimedOut at link: 60 s"), (), False),
        ("made of lower", "x", "fail", NOT_MERGED.format("the function f of a:b/c is missing", OVERFLOW.format("link")), (), False),
        ("made of lower", "x", "tool panicked", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), False),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_METHOD, LOOKED_UP_THERE), (), True),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_METHOD, OVERFLOW.format("link")), (), False),
        ("made of lower", "x", "fail", NOT_MERGED.format(NO_METHOD, "a component (reference)"), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_METHOD, LOOKED_UP_THERE), (), False),
        ("one version", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), False),
        ("plain", "x", "fail", "event (subject, event 1): expected init_task 0, got import_call a:b/x#f", (), True),
        ("plain", "x", "fail", "event (subject, event 9, call 2 a:b/x#f): expected init_task 0, got export_start a:b/x#f", (), False),
        ("plain", "x", "fail", "event (subject, event 1): expected import_call a:b/x#f, got init_task 0", (), False),
        ("plain", "x", "fail", "event (subject, event 1): expected init_task 0, got init_task 1", (), False),
        ("plain", "x", "fail", "event (driver, event 1): expected init_task 0, got import_call a:b/x#f", (), False),
        # in an asynchronous world
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0", "export_start a:b/x#f"), (), True),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0` (subject, task 2) or `init_task 0", "export_start f"), (), True),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0` (subject, task 2) or `import_call f", "export_start f"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("9", "2", "0", "export_start a:b/x#f"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "1", "export_start a:b/x#f"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0", "init_task 1"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0", "export_start f").replace("subject,", "driver,", 1), (), False),
        ("plain", "x", "fail", END_HOOK.format("0", "0", "(nothing)"), (), True),
        ("plain", "x", "fail", END_HOOK.format("2", "0", "(nothing)"), (), False),
        ("plain", "x", "fail", END_HOOK.format("0", "1", "(nothing)"), (), False),
        ("plain", "x", "fail", END_HOOK.format("0", "0", "init_task 1"), (), False),
        ("both", BOTH_SIDES, "fail", BUILT_IN.format(*OTHER_SIDE), (), True),
        ("both", BOTH_SIDES, "fail", BUILT_IN.format(*EXCHANGED), (), False),
        ("both", BOTH_SIDES, "fail", STREAM_TRAP.format(STREAM_TYPE), (), False),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE_OF_FUTURE), (), True),
        # a function that the world exports is about imported resources; that of an exported interface is not
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE[:3], "[export]$root [stream-cancel-read-1]a"), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE[:3], "$root [stream-drop-writable-0]a"), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE[:3], "[export]a:b/y [stream-cancel-read-1]a"), (), False),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE_OF_FUTURE[:3], "[export]$root [future-cancel-read-1]a"), (), True),
        ("both", "x", "fail", BUILT_IN.format(*OTHER_SIDE_OF_FUTURE[:3], "[export]x [future-read-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<a:b/x#r>", "own<[export]a:b/x#r>", "[export]$root [stream-new-0]a"), (), False),
        ("both", "x", "fail", BUILT_IN.format(*EXCHANGED), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<[export]a:b/x#r>", "own<a:b/x#q>", "a:b/x [stream-new-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<a:b/x#r>", "own<[export]a:b/x#r>", "[export]a:b/x [stream-new-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format(OTHER_SIDE[0], "own<[export]a:b/x#r>", "own<a:b/x#r>", "[export]a:b/x [stream-new-0]g"), (), False),
        ("both", "x", "fail", BUILT_IN.format("stream stream<own<[export]a:b/x#r>>, new", "own<[export]a:b/x#r>", "u8", "a:b/x [stream-new-0]h"), (), False),
        ("both", "x", "fail", "wit_t (subject, stream stream<own<[export]a:b/x#r>>, new): expected the built-in `new`, got core import a:b/x [stream-drop-readable-0]g", (), False),
        ("both", "x", "fail", STREAM_TRAP.format(STREAM_TYPE), (), False),
    ],
)  # fmt: skip
def test_what_the_projects_file_excuses_and_what_not(
    world: str, case: str, outcome: str, message: str, run: tuple[str, ...], known: bool
) -> None:
    """A wrong tool in a world where a fault is known is not excused for it."""
    items = load(default_expectations(), {"wasm-tools": "1.262.0"})
    wit = f"package a:b; {FEATURES[world]}"
    kept = [("a:b/x@1.0.0", "a:b/x@1.1.0")] if world in ("made of lower", "lower first") else []
    kept += [("l:v/a@1.0.0", "l:v/a@1.1.0")] if world == "use and export" else []
    found = explained(items.about(WorldFacts(wit, world == "stream", tuple(kept))), case, outcome, message, run)
    assert (found is not None) is known, found


TYPES = (
    '(func (export "f"){} i32.const 1)\n(func (export "g") (result i32) i32.const 1)\n(func (export "f"){} i32.const 2)'
)
DUPLICATE = PANIC.format(
    "crates/wit-component/src/linking.rs:1:2", "one or more duplicate items detected when collecting into set or map"
)
NO_FIT = "the program of reference@winch: not compiled: mismatch in memory limits at offset 9"
MISALIGNED = "call 1 (program): expected stack-misaligned-a() -> 0, got stack-misaligned-a() -> 8"


@pytest.mark.parametrize(
    ("program", "outcome", "message", "known"),
    [
        ('(import "env" "memory" (memory 0 300))', "invalid output", NO_FIT, True),
        ('(import "env" "memory" (memory 30))', "invalid output", NO_FIT, True),
        ('(import "env" "memory" (memory 0))', "invalid output", NO_FIT, False),
        ('(import "env" "memory" (memory 1))', "invalid output", NO_FIT, False),
        ("", "invalid output", NO_FIT, False),  # a random world, whose name is the same
        (TYPES.format(" (result i32)", " (param i32) (result i32)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32)", " (param i64)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32) (result i32)", " (param i32)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32)", " (param i32) (result i32)"), "tool panicked", DUPLICATE, True),
        (TYPES.format(" (param i32) (result i32)", " (param i32) (result i32)"), "tool panicked", DUPLICATE, False),
        (TYPES.format(" (result i32)", " (result i32)"), "tool panicked", DUPLICATE, False),
        (TYPES.format("", ""), "tool panicked", DUPLICATE, False),
        ("", "tool panicked", DUPLICATE, False),
        ("link = { stack-size = 4097, built-in-libdl = true }", "fail", MISALIGNED, True),
        ("link = { stack-size = 8 }", "fail", MISALIGNED, True),
        ("link = { stack-size = 4096 }", "fail", MISALIGNED, False),
        ("link = { stack-size = 16 }", "fail", MISALIGNED, False),
        ("", "fail", MISALIGNED, False),
    ],
)  # fmt: skip
def test_a_random_link_case_is_excused_only_for_what_is_in_it(
    program: str, outcome: str, message: str, known: bool
) -> None:
    items = load(default_expectations(), {"wasm-tools": "1.262.0"})
    about = items.about(
        WorldFacts("package a:b; world w { export stack-misaligned-a: func() -> u32; }", program=program)
    )
    assert (explained(about, "fuzz", outcome, message) is not None) is known


@pytest.mark.parametrize(
    ("run", "beside", "known"),
    [
        (BAD, [TRAP.format("every entry returns")], True),
        (CUT, [TRAP.format("every entry returns")], True),
        (BAD, [], False),
        (BAD, [TRAP.format("a trap (out-of-bounds: x) in driver-run")], False),
        (("with !str in f: string at s",), [TRAP.format("every entry returns")], False),
    ],
)
def test_a_run_that_goes_on_is_excused_only_beside_the_missing_trap(
    run: tuple[str, ...], beside: list[str], known: bool
) -> None:
    items = load(default_expectations(), {"wasm-tools": "1.262.0"}).about(WorldFacts(f"package a:b; {FEATURES['two']}"))
    failures = [Told("fail", AFTER_THE_END, run), *(Told("fail", message, run) for message in beside)]
    assert (items.explain("wasm-tools", "x", failures)[0] is not None) is known


@pytest.mark.parametrize(
    ("case", "trap", "beside", "known"),
    [
        ("x", STREAM_TYPE, [OTHER_SIDE], True),
        ("x", FUTURE_TYPE, [OTHER_SIDE_OF_FUTURE], True),
        (BOTH_SIDES, STREAM_TYPE, [OTHER_SIDE], True),
        ("x", STREAM_TYPE, [EXCHANGED, OTHER_SIDE], True),  # what is exchanged is itself not excused, see above
        ("x", STREAM_TYPE, [EXCHANGED], False),
        ("x", STREAM_TYPE, [], False),
        ("x", STREAM_TYPE, [OTHER_SIDE_OF_FUTURE], False),
        ("x", FUTURE_TYPE, [OTHER_SIDE], False),
        ("x", "handle-type: handle is not a stream", [OTHER_SIDE], False),
        ("x", "unreachable: wasm trap", [OTHER_SIDE], False),
    ],
)
def test_a_trap_is_excused_only_beside_the_wrong_built_in(
    case: str, trap: str, beside: list[tuple[str, ...]], known: bool
) -> None:
    """A tool that exchanges the built-ins of `stream<u8>` and `stream<u32>` traps in the same way."""
    items = load(default_expectations(), {"wasm-tools": "1.262.0"}).about(
        WorldFacts(f"package a:b; {FEATURES['both']}")
    )
    others = [BUILT_IN.format(*parts) for parts in beside]
    for message in (STREAM_TRAP, STREAM_TRAP.replace(" (call 1 a:b/x#g)", "")):
        assert (explained(items, case, "fail", message.format(trap), (), others) is not None) is known


@pytest.mark.parametrize("path", sorted(default_expectations()), ids=lambda path: path.name)
def test_the_files_of_the_project_follow_the_schema(path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text()), EXPECTATIONS_SCHEMA)


@pytest.mark.parametrize("without", ["id", "outcome", "reason", "message", "reproduction"])
def test_the_schema_asks_for_what_the_reader_asks_for(tmp_path: Path, without: str) -> None:
    entry = {"id": "a", "outcome": "fail", "message": "m", "reason": "r", "reproduction": "w"}
    data = {"tool": "t", "versions": ">=1", "expect": [entry]}
    jsonschema.validate(data, EXPECTATIONS_SCHEMA)
    del entry[without]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, EXPECTATIONS_SCHEMA)
    lines = [f'{key} = "{value}"\n' for key, value in entry.items()]
    (tmp_path / "x.toml").write_text('tool = "t"\nversions = ">=1"\n[[expect]]\n' + "".join(lines))
    with pytest.raises(ExpectationsError):
        load([tmp_path / "x.toml"], {"t": "1.0"})


@pytest.mark.parametrize(
    ("version", "nearest"),
    [("1.263.0", "1.262.0"), ("1.270.1", "1.268.0"), ("1.266.0", "1.268.0"), ("0.9", "1.262.0"), ("3.0.0", "2.1.0")],
)
def test_the_nearest_version_that_a_file_is_about(tmp_path: Path, version: str, nearest: str) -> None:
    ranges = (">=1.262.0, <1.263.0", "==1.268.0", ">=2.0.0, <=2.1.0")
    for number, versions in enumerate(ranges):
        (tmp_path / f"{number}.toml").write_text(f'tool = "wasm-tools"\nversions = "{versions}"\n')
    files = sorted(tmp_path.glob("*.toml"))
    assert nearest_version(files, "wasm-tools", version) == nearest
    assert nearest_version(files, "another", version) is None


def test_the_files_travel_with_the_package() -> None:
    """Found as data of a package that setup installs, with all files of the source tree."""
    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert {path.name for path in default_expectations()} == {
        path.name for path in (root / "expectations").glob("*.toml")
    }
    assert "expectations*" in project["packages"]["find"]["include"]
    assert project["package-data"]["expectations"] == ["*.toml"]
