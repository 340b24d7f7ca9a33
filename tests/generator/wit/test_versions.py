from __future__ import annotations

import pytest

from generator.names.versions import compatible_track, is_version, version_key

# semver.org, item 11, with more around it; each is lower than the next.
ASCENDING = (
    "0.0.1-0",
    "0.0.1",
    "0.2.0",
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.2.0",
    "1.10.0",
    "2.0.0",
)


def test_precedence() -> None:
    assert sorted(sorted(ASCENDING), key=version_key) == list(ASCENDING)


@pytest.mark.parametrize("text", [*ASCENDING, "1.0.0+build.01", "1.0.0-a-b.--1+x-y", f"{2**64 - 1}.0.0", "0.0.0"])
def test_versions(text: str) -> None:
    assert is_version(text)
    version_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.0",
        "1.0.0.0",
        "01.0.0",
        "1.00.0",
        "1.0.0-",
        "1.0.0-01",
        "1.0.0-a..b",
        "1.0.0+",
        "1.0.0-é",
        "v1.0.0",
        "18446744073709551616.0.0",
        "9" * 5000 + ".0.0",
    ],
)
def test_not_versions(text: str) -> None:
    assert not is_version(text)


def test_long_numeric_pre_release_is_compared_by_value() -> None:
    assert version_key("1.0.0-" + "9" * 5000) > version_key("1.0.0-" + "9" * 4999)


@pytest.mark.parametrize(
    ("text", "track"),
    [
        ("1.2.3", "1"),
        ("0.2.1", "0.2"),
        ("0.0.3", "0.0.3"),
        ("1.0.0-rc.1", "1.0.0-rc.1"),
        ("1.0.0-rc.1+b", "1.0.0-rc.1"),
        ("2.0.0+b", "2"),
    ],
)
def test_compatible_track(text: str, track: str) -> None:
    assert compatible_track(text) == track
