"""The file of a finding's case: it replaces an earlier case, but never a user's file."""

from __future__ import annotations

from pathlib import Path

from harness.fuzz.bucket import Bucket
from harness.fuzz.cases_of import bare_case
from harness.fuzz.findings import Found, case_file, write_case
from harness.suite.case import load_case
from harness.suite.provenance import Provenance

BUCKET = Bucket("ours", "fail", 3, "event", "x", "ours")
PARTS = bare_case("package a:b; world w { }", None, (), BUCKET)


def write(directory: Path) -> Path:
    path = case_file(directory, BUCKET)
    write_case(path, Found(BUCKET, "two\nlines", "", 0, "harness fuzz --index 0"), PARTS, ("ours 1", "a\x1bb"))
    return path


def test_it_says_where_it_comes_from(tmp_path: Path) -> None:
    made_by = load_case(write(tmp_path)).made_by
    assert made_by == Provenance("harness fuzz --index 0", "", ("ours 1", "a\\x1bb"))


def test_an_earlier_case_is_replaced(tmp_path: Path) -> None:
    assert write(tmp_path) == write(tmp_path) == tmp_path / f"{BUCKET.slug}.toml"


def test_what_a_user_put_there_stays(tmp_path: Path) -> None:
    precious = tmp_path / f"{BUCKET.slug}.toml"
    precious.write_text("title = 'mine'\n# Repeat: this is no head\n")
    home = tmp_path / "home.toml"
    home.write_text("# Repeat: this looks like a finding\n")
    (tmp_path / f"{BUCKET.slug}-2.toml").symlink_to(home)
    (tmp_path / f"{BUCKET.slug}-3.toml").mkdir()
    assert write(tmp_path) == write(tmp_path) == tmp_path / f"{BUCKET.slug}-4.toml"
    assert precious.read_text().startswith("title = 'mine'")
    assert home.read_text() == "# Repeat: this looks like a finding\n"
