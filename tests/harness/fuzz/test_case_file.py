"""Where the case of a finding is written: in place of an earlier one, never of a user's file."""

from __future__ import annotations

from pathlib import Path

from harness.fuzz.cases_of import bare_case
from harness.fuzz.findings import Found, case_file, write_case
from harness.fuzz.signature import Signature

SIGNATURE = Signature("ours", "fail", 3, "event", "x", "ours")
PARTS = bare_case("package a:b; world w { }", None, (), SIGNATURE)


def write(directory: Path) -> Path:
    path = case_file(directory, SIGNATURE)
    write_case(path, Found(SIGNATURE, "two\nlines", "", 0, "harness fuzz --index 0"), PARTS)
    return path


def test_an_earlier_case_is_replaced(tmp_path: Path) -> None:
    assert write(tmp_path) == write(tmp_path) == tmp_path / f"{SIGNATURE.slug}.toml"


def test_what_a_user_put_there_stays(tmp_path: Path) -> None:
    precious = tmp_path / f"{SIGNATURE.slug}.toml"
    precious.write_text("title = 'mine'\n# Repeat: this is no head\n")
    home = tmp_path / "home.toml"
    home.write_text("# Repeat: this looks like a finding\n")
    (tmp_path / f"{SIGNATURE.slug}-2.toml").symlink_to(home)
    (tmp_path / f"{SIGNATURE.slug}-3.toml").mkdir()
    assert write(tmp_path) == write(tmp_path) == tmp_path / f"{SIGNATURE.slug}-4.toml"
    assert precious.read_text().startswith("title = 'mine'")
    assert home.read_text() == "# Repeat: this looks like a finding\n"
