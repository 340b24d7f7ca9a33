from __future__ import annotations

import pytest

from generator.names.component_names import (
    InterfaceName,
    bad_label,
    canonical_version,
    is_label,
    parse_interface_name,
)


@pytest.mark.parametrize("text", ["a", "a1", "A1", "ab-cd", "a-1b", "a-B2", "IS-xml", "x-1"])
def test_labels(text: str) -> None:
    assert is_label(text)


@pytest.mark.parametrize("text", ["", "1a", "a-", "-a", "a--b", "aB", "Ab", "a_b", "a.b", "ä", "a\n"])
def test_not_labels(text: str) -> None:
    assert not is_label(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a:b/c", InterfaceName("a", "b", "c", None)),
        ("a-1:b2/C-d@1.2.3-rc.1+x", InterfaceName("a-1", "b2", "C-d", "1.2.3-rc.1+x")),
        ("a:b/c@0.2", InterfaceName("a", "b", "c", "0.2")),
        ("a:b", None),
        ("a/b", None),
        ("A:b/c", None),
        ("a:b/c/d", None),
        ("a:b:c/d", None),
        ("a:b/c@", None),
    ],
)
def test_interface_names(text: str, name: InterfaceName | None) -> None:
    assert parse_interface_name(text) == name


@pytest.mark.parametrize(
    ("version", "parts"),
    [
        ("1.2.3", ("1", ".2.3")),
        ("10.0.0+b", ("10", ".0.0+b")),
        ("0.2.6", ("0.2", ".6")),
        ("0.0.1", ("0.0.1", "")),
        ("0.0.0", ("0.0.0", "")),
        ("0.2.6-rc.1+b", ("0.2.6-rc.1", "+b")),
    ],
)
def test_canonical_version(version: str, parts: tuple[str, str]) -> None:
    assert canonical_version(version) == parts


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        (("a", "b"), None),
        ((), None),
        (("a", "b c"), "'b c' is not a kebab-case name"),
        (("a", "a"), "'a' appears twice"),
        (("a", "A"), "'A' is the same name as 'a'"),
        (("a-b", "c", "aB-x", "ab"), "'aB-x' is not a kebab-case name"),
        (("a-b", "c", "AB"), "'AB' is the same name as 'a-b'"),
        (("a1", "a-1"), "'a-1' is the same name as 'a1'"),
    ],
)
def test_labels_of_one_scope(labels: tuple[str, ...], problem: str | None) -> None:
    assert bad_label(labels) == problem
