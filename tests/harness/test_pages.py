"""README and docs: each command is run, here or by the test that the tables name, or they say why not."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import interpreters
from tests.harness.test_cli import CASE
from tests.harness.test_page_commands import DOCS, blocks, said, shell

ROOT = DOCS.parent
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
WHOLE = {
    "embedding.md": "tests/interpreters/lua/test_page.py",
    "five-minutes.md": "tests/harness/test_page_commands.py",
    "reports.md": "tests/harness/test_reports_page.py",
    "verdict.md": "tests/harness/test_page_commands.py",
}
"""Pages whose commands another test runs, all of them."""
_FUZZ = "tests/harness/fuzz/test_fuzz_command.py"
_GUEST = "tests/harness/test_guest_command.py"
_SUBMIT = "tests/harness/test_submit_sources.py"
ELSEWHERE = {
    r"harness fuzz": _FUZZ,
    r"harness mutants": "tests/harness/fuzz/test_mutants_command.py",
    r"harness \S+ .*--interpreter my\.so": _GUEST,
    r"harness .*--init": "tests/harness/test_preinit.py",
    r"harness submit": _SUBMIT,
    r"harness import": "tests/harness/test_import_folder.py",
    r"harness upgrade": "tests/harness/test_upgrade.py",
    r"harness reduce": "tests/harness/test_reduce_case.py",
    r"pip install \.": "tests/harness/test_entry_points.py",
    r"python3 -m venv": ".ci/run",
    r"generator component init": "tests/interpreters/lua/test_page.py",
    r".*ziglang|echo '|for name in|(generator|wasm-tools) component (link|embed) (first|w\.wit)": (
        "tests/interpreters/test_libc_of_two.py"
    ),
    r"generator (wit-dylib my.wit --exclude|component link libworld)": "tests/generator/dylib/test_exclusions.py",
    r"generator \S+( link)? .*--several-worlds": "tests/interpreters/test_several_worlds.py",
}
"""The beginning of a command, and the test that runs it with files of its own: it takes long, or needs an option."""
NOT = {r"mkdir encoders|npm |cd \.\. && ENCODERS": "needs npm and its registry; measured by hand"}
"""Commands that no test runs, and why."""


def lines(page: Path) -> Iterator[str]:
    """The commands of a page, those of several lines joined."""
    for block in blocks(page, "sh"):
        yield from (line for line in block.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#"))


def elsewhere(line: str) -> str:
    return next((where for begin, where in {**ELSEWHERE, **NOT}.items() if re.match(begin, line)), "")


HERE = [(page, line) for page in PAGES if page.name not in WHOLE for line in lines(page) if not elsewhere(line)]


@pytest.mark.parametrize("where", sorted({*WHOLE.values(), *ELSEWHERE.values()}))
def test_the_tests_exist(where: str) -> None:
    assert (ROOT / where).is_file()


@pytest.mark.parametrize("begin", [*ELSEWHERE, *NOT])
def test_no_row_is_out_of_date(begin: str) -> None:
    assert [line for page in PAGES if page.name not in WHOLE for line in lines(page) if re.match(begin, line)]


@pytest.mark.slow
def test_all_other_commands_run(tmp_path: Path) -> None:
    """In their order; later ones read what earlier ones have written."""
    (tmp_path / "my.wit").write_text(
        "package a:b; interface x { f: func(a: s8) -> s8; } world w { import x; export x; }"
    )
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "borrow.toml").write_text(CASE)
    (tmp_path / "libinterp.so").write_bytes(Path(interpreters.boxed()).read_bytes())
    generator = f"generator() {{ {shlex.quote(sys.executable)} -c 'from generator.cli import main; main()' \"$@\"; }}\n"
    core = "generator component embed my.wit --world w --dummy-names standard32 -o core.wasm"
    assert shell(tmp_path, generator + core).returncode == 0
    assert len(HERE) >= 12
    for page, line in HERE:
        code, text = said(tmp_path, line, before=generator)
        assert code == 0, (page.name, line, text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_headings_are_short_and_stand_alone(page: Path) -> None:
    """A paragraph that was joined with its heading is one long heading."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in text.splitlines() if line.startswith("#") and len(line) > 70] == []
    assert text.endswith("\n")
