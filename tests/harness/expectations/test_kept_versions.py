"""What the project's file excuses in worlds with versions that must stay apart."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

from tests.harness.expectations.known import excuses

LOOKED_UP = (
    "link panicked (exit code 101): thread 'main' panicked at crates/wit-parser/src/resolve/{}:\nno entry found for key"
)
_NEW_FAILS = "refused to {}: error: failed to encode a component from module\n\nCaused by:\n    0: "
UPGRADED = _NEW_FAILS + "failed to upgrade `{}` to `{}`, was this semver-compatible update not semver compatible?"
UNRESOLVED = _NEW_FAILS.format("new") + "failed to resolve import `{}`"
BOTH_WAYS = _NEW_FAILS.format("link") + "interface `{}` transitively depends on an interface in incompatible ways"
NO_IMPORT = "wit (subject, import {}#f): expected a function, got (nothing)"
NOTHING_FITS = "reference@winch: not compiled: resource types are not the same (ResourceId {} vs. ResourceId {}) (at offset 0x8704)"
NO_ENTRY = "new panicked (exit code 101): thread 'main' panicked at crates/wit-component/src/encoding.rs:674:38:\nno entry found for key"
OTHER_VERSION = "wit (subject, export a:b/user#f, parameter a): expected {}, got {}"
UPGRADE = "the subject of reference@winch: refused to link: error: no\n0: failed to upgrade `{}` to `{}`, was this semver-compatible update not semver compatible?\n1: failed"
NO_END = "{}: {} did not end within 30 s"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
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
        ("use and export", "x", "fail", UPGRADE.format("l:v/a@1.0.0", "l:v/a@1.1.0"), (), True),
        ("use and export", "x", "fail", UPGRADE.format("l:v/a@1.0.0", "l:v/b@1.1.0"), (), False),
        ("use and export", "x", "tool panicked", UPGRADE.format("l:v/a@1.0.0", "l:v/a@1.1.0"), (), False),
        ("use and export", "x", "fail", "the subject of reference@winch: refused to link: error: no", (), False),
        ("plain", "x", "fail", UPGRADE.format("l:v/a@1.0.0", "l:v/a@1.1.0"), (), False),
    ],
)  # fmt: skip
