"""docs/reports.md: its commands are run, one after the other."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.harness.command import harness_here
from tests.harness.test_cli import CASE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reports.md"


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


def test_the_commands_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "byte.toml").write_text(CASE)
    found = commands()
    assert len(found) >= 7
    for words in found:
        assert words[0] == "harness"
        done = harness_here(*words[1:], cwd=tmp_path)
        assert done.code == 0, (words, done.said)
        if words[1] == "run":
            (tmp_path / "old.json").write_bytes((tmp_path / "new.json").read_bytes())
    assert (tmp_path / "report" / "comparison.html").is_file()
    for name in ("summary.md", "junit.xml", "badge.svg"):
        assert (tmp_path / name).stat().st_size


def test_the_picture_is_small() -> None:
    picture = PAGE.with_name("report.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) < 200_000
