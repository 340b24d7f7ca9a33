"""What the project's file excuses where a linker must refuse to merge versions."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

from tests.harness.expectations.known import excuses

NOT_MERGED = "link (subject, imports in compatible versions): expected a refusal to merge them ({}), got {}"
NO_TYPE = "the type e of lib:v/api@1.1.0 is missing"
LOOKED_UP_THERE = (
    "Panicked at link: thread 'main' panicked at crates/wit-parser/src/resolve/mod.rs:2626:66: no entry found for key"
)
NO_RESOURCE = "a:a/c@1.2.3 has no resource a"
OTHER_TYPE = "the type b of c:d/i@1.2.3 is another one"
NO_HANDLE = "InvalidOutput at link: error: failed to encode a component from modules: type index 1 is not a resource type (at offset 0xa5)"
BARE_RESOURCE = "Panicked at link: thread 'main' panicked at crates/wit-parser/src/abi.rs:326:42: not yet implemented note: run with"
BARE_ELEMENT = NO_HANDLE.replace("a resource type", "a defined type")
NO_METHOD = "a:a/c@1.2.3 has no function [method]b.a"
OVERFLOW = "Panicked at {}: thread 'main' has overflowed its stack fatal runtime error: stack overflow, aborting"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, LOOKED_UP_THERE), (), True),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, LOOKED_UP_THERE.replace("key", "name")), (), False),
        ("plain", "x", "fail", NOT_MERGED.format("the function f of a:b/c is missing", LOOKED_UP_THERE), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, "TimedOut at link: 60 s"), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, NO_HANDLE), (), True),
        ("plain", "x", "fail", NOT_MERGED.format(NO_TYPE, NO_HANDLE), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, NO_HANDLE.replace("a resource", "a function")), (), False),
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
        ("two versions", "x", "fail", NOT_MERGED.format(NO_RESOURCE, LOOKED_UP_THERE), (), True),
        ("two versions", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), False),
        ("one version", "x", "fail", NOT_MERGED.format(NO_RESOURCE, LOOKED_UP_THERE), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_RESOURCE, LOOKED_UP_THERE), (), False),
        ("made of lower", "x", "fail", NOT_MERGED.format(OTHER_TYPE, LOOKED_UP_THERE), (), True),
        ("made of lower", "x", "fail", NOT_MERGED.format(OTHER_TYPE, OVERFLOW.format("link")), (), True),
        ("made of lower", "x", "fail", NOT_MERGED.format(OTHER_TYPE, "TimedOut at link: 60 s"), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(OTHER_TYPE, LOOKED_UP_THERE), (), False),
        ("one version", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), False),
        ("plain", "x", "fail", NOT_MERGED.format(NO_RESOURCE, OVERFLOW.format("link")), (), False),
    ],
)  # fmt: skip
