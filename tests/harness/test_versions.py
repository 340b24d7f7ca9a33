"""The version of the format of suite files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.suite.case import parse_case
from harness.suite.link_case import parse_link_case
from harness.suite.negative_cases import parse_negative_cases
from harness.text.toml_lines import FileError

WIT = 'wit = "package a:b; world w { }"\n'
HEAD = 'title = "t"\nwhy = "w"\norigin = "own"\n'
CASE = f"{HEAD}{WIT}instantiate-only = true\n"
LINK_CASE = f'{HEAD}{WIT}[[library]]\nname = "a.so"\nwat = "(module (@dylink.0))"\n[[step]]\ncall = "f"\n'
NEGATIVE = f'title = "t"\n[[refusal]]\nwhy = "w"\n{WIT}stage = "wit"\nmessage = "m"\nreference = "refuses"\n'
READERS: list[tuple[Callable[[str, str], object], str]] = [
    (parse_case, CASE),
    (parse_link_case, LINK_CASE),
    (parse_negative_cases, NEGATIVE),
]


@pytest.mark.parametrize(("read", "text"), READERS)
@pytest.mark.parametrize("version", ["", "version = 1\n"])
def test_the_current_version_need_not_be_written(read: Callable[[str, str], object], text: str, version: str) -> None:
    assert read(version + text, "x.toml") is not None


@pytest.mark.parametrize(("read", "text"), READERS)
def test_a_newer_version_is_refused_before_its_unknown_keys(read: Callable[[str, str], object], text: str) -> None:
    with pytest.raises(FileError) as raised:
        read(f"new-key = 1\nversion = 2\n{text}", "x.toml")
    message = str(raised.value)
    assert message.startswith("x.toml:2:") and "version 2" in message and "install a newer harness" in message


@pytest.mark.parametrize("version", ["0", "-1", '"1"', "1.5", "true", "[]"])
@pytest.mark.parametrize(("read", "text"), READERS)
def test_what_is_no_version(read: Callable[[str, str], object], text: str, version: str) -> None:
    with pytest.raises(FileError, match=r"^x\.toml:1:.*version"):
        read(f"version = {version}\n{text}", "x.toml")
