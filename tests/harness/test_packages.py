"""What toolchains print of WIT packages: read again, judged, blamed by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.bench.examination import Options
from harness.bench.examine import examine
from harness.fuzz.bucket import hits
from harness.fuzz.cases_of import bare_case
from harness.fuzz.oracle import Oracle
from harness.judge.packages import unprinted
from harness.toolchains import ours
from harness.toolchains.command_schema import PACKAGE_FORMS, WIT_JSON, WIT_TEXT, WIT_WASM
from harness.toolchains.printed_package import UnreadablePackage, first_wrong, meaning_of, read_printed
from harness.toolchains.protocol import Built
from harness.toolchains.reference_binary import find
from reports.outcomes import Outcome
from tests.harness.minorities import alone
from tests.harness.test_embedding import bench_of, plan_of, shell

PACKAGE = """/// The package.
package a:b@1.2.0;
interface i { use c:d/i.{t}; /// A field.
  record r { /// Of it.
    a: t }
  @since(version = 1.0.0) f: func(a: r) -> u8; }
/// The world.
world w { import i; /// An export.
  @unstable(feature = x) export g: func() -> string; }
package c:d { interface i { type t = u16; f: func(); } }
"""
FEATURES = ("x",)
FLAGS = {WIT_TEXT: "", WIT_JSON: "--json", WIT_WASM: "--wasm"}
PRINTS = {
    form: ["{tool}", "component", "wit", "{wit}", *filter(None, [flag]), "--features", "{features}", "-o", "{output}"]
    for form, flag in FLAGS.items()
}


def printed(form: str) -> bytes:
    result = ours.OurToolchain().print_package(form, PACKAGE, FEATURES).result()
    assert isinstance(result, Built)
    return result.data


def through(folder: Path, form: str, filter_: str) -> dict[str, list[str]]:
    """The reference, behind a filter of its output."""
    folder.mkdir(exist_ok=True)
    script = folder / "filtered.sh"
    script.write_text(f'{find().path} component wit "$1" {FLAGS[form]} --features "$2" {filter_} > "$3"')
    return {form: ["sh", str(script), "{wit}", "{features}", "{output}"]}


def findings(folder: Path, commands: Mapping[str, list[str]]) -> dict[str, list[str]]:
    bench = bench_of(folder, commands, reference=True)
    found = bench.packages.judge(plan_of(PACKAGE, "utf8", features=FEATURES), bench.toolchains.values())
    return {name: [finding.message for finding in about] for name, about in found.items() if about}


def test_ours_and_the_reference(tmp_path: Path) -> None:
    assert findings(tmp_path, PRINTS) == {}


WRONG = {
    "root": (WIT_TEXT, "| sed 's/^package a:b@/package a:x@/'", 'root): expected "a:b@1.2.0", got "a:x@1.2.0"'),
    "version": (WIT_TEXT, "| sed 's/^package a:b@1.2.0/package a:b@1.2.1/'", "root): expected"),
    "world": (WIT_TEXT, "| sed 's/^world w/world v/'", "packages.a:b@1.2.0.worlds.w): expected"),
    "docs": (WIT_TEXT, "| grep -v '/// An export'", "worlds.a:b@1.2.0/w.exports.g.function.docs): expected"),
    "docs of a field": (WIT_TEXT, "| sed 's/Of it/Of him/'", "kind.record.fields[0].docs.contents): expected"),
    "gate": (WIT_TEXT, "| grep -v @since", "functions.f.stability): expected"),
    "another package": (WIT_TEXT, "| sed -e 's/c:d/x:y/g'", "packages.c:d): expected"),
    "extra package": (WIT_TEXT, "| sed -e '$apackage x:y {}'", "packages.x:y): expected (nothing), got "),
    "byte order mark": (WIT_TEXT, "| sed '1s/^/\\xef\\xbb\\xbf/'", "got it begins with a byte order mark"),
    "json mark": (WIT_JSON, "| sed '1s/^/\\xef\\xbb\\xbf/'", "got it begins with a byte order mark"),
    "json cut": (WIT_JSON, "| head -c 99", "expected a package that can be read, got"),
    "json field": (WIT_JSON, '| sed \'s/"result":/"results":/\'', 'function.result): expected "string", got null'),
    "json docs": (WIT_JSON, '| sed \'s/"contents"/"content"/\'', "docs.contents): expected"),
    "json gate": (WIT_JSON, '| sed \'s/"since"/"Since"/\'', "stability.stable.since): expected"),
    "json name": (WIT_JSON, '| sed \'s/"name": "w"/"name": "v"/\'', "worlds.w): expected"),
    "no json": (WIT_JSON, '| sed \'s/"kind"/"sort"/\'', "got its shape is unknown: KeyError"),
    "binary": (WIT_WASM, "| sed 's/1.0.0/1.0.1/'", "functions.f.stability.stable.since): expected"),
    "no binary": (WIT_WASM, "| tail -c +2", "got it is no binary"),
}


@pytest.mark.parametrize(("form", "filter_", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_about_the_toolchain_by_name(tmp_path: Path, form: str, filter_: str, message: str) -> None:
    found = findings(tmp_path, through(tmp_path, form, filter_))
    assert list(found) == ["mine"]
    (said,) = found["mine"]
    assert said.startswith(f"component wit (subject, {form}: ") or "can be read" in said
    assert message in said


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo no >&2; exit 1", "refused to wit-text: no"),
        ("exit 3", "wit-text panicked"),
        (":", "wit-text panicked"),
    ],
)
def test_a_tool_without_output(tmp_path: Path, script: str, message: str) -> None:
    found = findings(tmp_path, {WIT_TEXT: shell(script, "{wit}", "{output}", "{features}")})
    assert list(found) == ["mine"]
    assert found["mine"][0].startswith("`wit-text` of the subject: ") and message in found["mine"][0]


def test_it_is_judged_with_all_else(tmp_path: Path) -> None:
    """Documentation alone is lost."""
    bench = bench_of(tmp_path, through(tmp_path, WIT_TEXT, "| grep -v '/// '"), reference=True)
    plan = plan_of(PACKAGE, "utf8", features=FEATURES)
    verdict = examine(bench, "w", plan, Options(artifacts=None)).verdict
    assert (verdict.outcome, verdict.minority) == (Outcome.FAIL, alone("mine"))
    without = plan_of(PACKAGE, features=FEATURES)
    assert bench.packages.judge(without, bench.toolchains.values()) == {}


def test_a_reduction_keeps_the_form(tmp_path: Path) -> None:
    """Two forms are wrong in the same way; where only the text is, the finding about JSON does not show."""
    commands = {
        **through(tmp_path / "1", WIT_TEXT, "| sed 's/Of it/Of him/'"),
        **through(tmp_path / "2", WIT_JSON, "| sed 's/Of it, too/Of him, too/'"),
    }
    bench, options = bench_of(tmp_path, commands, reference=True), Options(artifacts=None)
    both, text_alone = PACKAGE.replace("Of it", "Of it, too"), PACKAGE
    verdict = examine(bench, "w", plan_of(both, "utf8", features=FEATURES), options).verdict
    found = {hit.bucket.form: hit.bucket for hit in hits(verdict, lambda _, findings: [""] * len(findings))}
    assert found.keys() == {WIT_TEXT, WIT_JSON}
    assert replace(found[WIT_TEXT], form=WIT_JSON) == found[WIT_JSON]
    oracle = Oracle(bench, found[WIT_JSON], options)
    shows = [
        oracle.message_of(bare_case(wit, None, FEATURES, found[WIT_JSON], ("utf8",))) for wit in (both, text_alone)
    ]
    assert list(map(bool, shows)) == [True, False]


def test_a_command_without_features_is_not_tried(tmp_path: Path) -> None:
    commands = {WIT_TEXT: shell('echo wrong > "$0"', "{output}", "{wit}")}
    bench = bench_of(tmp_path, commands)
    plan = plan_of(PACKAGE, "utf8", features=FEATURES)
    assert not bench.packages.judge(plan, bench.toolchains.values())["mine"]
    why = "its file has no {features} there, and the world has gates to open"
    assert unprinted(plan, bench.toolchains.values()) == [f"`wit-text` of mine is not tried: {why}"]
    closed = plan_of(PACKAGE, "utf8")
    assert unprinted(closed, bench.toolchains.values()) == []
    assert bench.packages.judge(closed, bench.toolchains.values())["mine"]


def _reversed(item: Any) -> Any:
    """The same JSON with the members of all objects in reverse, and another one that nobody knows."""
    if isinstance(item, dict):
        return {**{key: _reversed(part) for key, part in reversed(item.items())}}
    return [_reversed(part) for part in item] if isinstance(item, list) else item


FREE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "comments": (WIT_TEXT, lambda output: output + b"// mine\n/* and here */"),
    "blanks": (WIT_TEXT, lambda output: output.replace(b"\n", b"\n\n  ")),
    "order of members": (WIT_JSON, lambda output: json.dumps(_reversed(json.loads(output))).encode()),
    "further members": (WIT_JSON, lambda output: json.dumps({**json.loads(output), "more": 1}).encode()),
    "custom sections": (WIT_WASM, lambda output: output + b"\0\4\3own"),
}


@pytest.mark.parametrize(("form", "change"), FREE.values(), ids=FREE)
def test_what_is_free(form: str, change: Callable[[bytes], bytes]) -> None:
    assert change(printed(form)) != printed(form)
    found = first_wrong(form, meaning_of(PACKAGE, FEATURES), read_printed(form, change(printed(form)), FEATURES))
    assert found is None


@pytest.mark.parametrize("form", PACKAGE_FORMS)
@pytest.mark.parametrize("output", [b"", b"\xff", b"\0asm", b"{}", b"[" * 100_000, b"[1]", b"null", b"\0asm\r\0\1\0"])
def test_what_is_no_package(form: str, output: bytes) -> None:
    with pytest.raises(UnreadablePackage):
        read_printed(form, output, ())
