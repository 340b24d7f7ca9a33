"""docs/five-minutes.md, docs/verdict.md and docs/downstream: their commands are run, one after the other."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.command import harness_here
from tests.harness.test_cli import CASE, environment

DOCS = Path(__file__).resolve().parents[2] / "docs"
HARNESS = f"harness() {{ {shlex.quote(sys.executable)} -c 'from harness.cli import main; main()' \"$@\"; }}\n"
"""A shell function in place of the installed command."""
_DEFAULT = re.compile(r"^  (\w+):\n(?:    .*\n)*?    default: (.*)", re.MULTILINE)
"""An input of an action."""
SELF = """name = "mine"
version = "1.0"
generate = [{words}, "wit-dylib", "{{wit}}", "--world", "{{world}}", "--interpreter", "{{interpreter}}",
  "--features", "{{features}}", "-o", "{{output}}"]
"""


def shell(folder: Path, line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    words = ["sh", "-c", HARNESS + line]
    env = {**environment(), **variables}
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300, env=env)


def said(folder: Path, line: str, before: str = "") -> tuple[int, str]:
    """The exit code of a line and what it says. A command of the harness alone, without anything that a shell changes,
    runs in this process (`command.py`). `before`: what the shell does first."""
    command = re.sub(r"\s+#.*", "", line)
    words = shlex.split(command)
    if words[:1] == ["harness"] and not set(command) & set("$`&|;<>*?~(){}\\"):
        done = harness_here(*words[1:], cwd=folder)
        return done.code, done.said
    ran = shell(folder, before + line)
    return ran.returncode, ran.stdout + ran.stderr


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run_all(page: Path, folder: Path) -> int:
    """Each command, with the exit code that stands behind it; returns their number."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    for line in lines:
        expected = re.search(r"# exit code (\d)", line)
        code, text = said(folder, line)
        assert code == (int(expected[1]) if expected else 0), (line, text)
    return len(lines)


@pytest.mark.slow
def test_five_minutes(tmp_path: Path) -> None:
    (wit,) = blocks(DOCS / "five-minutes.md", "wit")
    (tmp_path / "my.wit").write_text(wit)
    assert run_all(DOCS / "five-minutes.md", tmp_path) == 10
    case = (tmp_path / "cases" / "values" / "negative-balance.toml").read_text()
    assert 'title = "A negative balance"' in case and "s8" in case and "string" not in case
    assert (tmp_path / "report" / "comparison.html").is_file()


def test_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "cases" / "values").mkdir(parents=True)
    (tmp_path / "cases" / "values" / "byte.toml").write_text(CASE)
    assert run_all(DOCS / "verdict.md", tmp_path) == 2


def test_the_action(tmp_path: Path) -> None:
    """Its steps apart from the installation, with our own tool as the toolchain."""
    text = (DOCS / "downstream" / "action.yml").read_text(encoding="utf-8")
    steps = re.findall(r"- run: (.*)", text)
    assert steps[0].startswith("python -m pip install") and len(steps) == 5
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "byte.toml").write_text(CASE)
    generator = [sys.executable, "-c", "from generator.cli import main; main()"]
    words = ", ".join(f"'{word}'" if '"' in word else f'"{word}"' for word in generator)
    (tmp_path / "toolchain.toml").write_text(SELF.format(words=words))
    named = {name.upper(): value for name, value in _DEFAULT.findall(text)}
    assert named == {"TOOLCHAIN": "toolchain.toml", "CASES": "cases/"}
    for step in steps[1:]:
        done = shell(tmp_path, step, **named, GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
        assert done.returncode == 0, (step, done.stdout + done.stderr)
    assert (tmp_path / "report" / "index.html").is_file()
    assert "| pass | 1 |" in (tmp_path / "summary.md").read_text()


def test_the_hook(tmp_path: Path) -> None:
    """pre-commit runs `entry` with the names of changed files that `files` matches."""
    text = (DOCS / "downstream" / "pre-commit-config.yaml").read_text(encoding="utf-8")
    (entry,), (pattern,) = re.findall(r"entry: (.*)", text), re.findall(r"files: (.*)", text)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "byte.toml").write_text(CASE)
    (tmp_path / "cases" / "wrong.toml").write_text(CASE.replace("title", "titel"))
    changed = [name for name in ("cases/byte.toml", "cases/x.wit", "src/a.toml") if re.search(pattern, name)]
    assert changed == ["cases/byte.toml"]
    assert said(tmp_path, f"{entry} {' '.join(changed)}")[0] == 0
    assert said(tmp_path, f"{entry} cases/wrong.toml")[0] == 2
