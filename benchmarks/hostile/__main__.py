"""Damaged libraries and components: `python -m benchmarks.hostile [--inputs N] [--seed S] [--first K] [--keep DIR]`.

Puts damaged inputs to `component link`, `new`, `wit`, `embed` and `wit-dylib`: each must end with 0, or with 1 and an
error, in bounded time and memory. Nothing else is judged: damage may be harmless, or in code, which the commands copy.
An input is a function of seed and number. If Python itself dies, the file `index` in the folder for temporary files has
the number. Exit codes: 0 nothing found, 1 wrong answers.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click

from benchmarks.hostile.corpus import corpus
from benchmarks.hostile.trial import Finding, trial

CASES = Path(__file__).resolve().parents[2] / "cases"
_EVERY = 5_000
"""Inputs between two lines about the progress."""


@click.command()
@click.option("--inputs", default=100_000, show_default=True, type=click.IntRange(1), help="Number of inputs.")
@click.option("--seed", default=1, show_default=True, help="Inputs are drawn from it.")
@click.option("--first", default=0, show_default=True, type=click.IntRange(0), help="Number of the first input.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files of one input of each kind."
)
def main(inputs: int, seed: int, first: int, keep: Path | None) -> None:
    """Put damaged inputs to the generator's commands."""
    whole = corpus(CASES)
    click.echo(f"{len(whole.links)} links and {len(whole.described)} other inputs are damaged, seed {seed}")
    started = time.monotonic()
    codes: Counter[int | None] = Counter()
    kinds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        for index in range(first, first + inputs):
            folder = Path(name) / "input"
            folder.mkdir()
            (Path(name) / "index").write_text(str(index))
            done = trial(whole, folder, seed, index)
            codes[done.code] += 1
            if done.finding is not None:
                kinds[done.finding.kind] += 1
                if kinds[done.finding.kind] == 1:
                    _tell(done.finding, keep, folder)
            shutil.rmtree(folder)
            if (index + 1 - first) % _EVERY == 0:
                click.echo(f"{index + 1 - first} inputs, {time.monotonic() - started:.0f} s", err=True)
    click.echo(f"{inputs} inputs: {codes[0]} accepted, {codes[1]} refused, {sum(kinds.values())} wrong answers")
    for kind, count in kinds.most_common():
        click.echo(f"  {count} times: {kind}")
    sys.exit(1 if kinds else 0)


def _tell(finding: Finding, keep: Path | None, folder: Path) -> None:
    click.echo(f"input {finding.index}: {finding.kind}\n  generator {' '.join(finding.words)}")
    if finding.said:
        click.echo(f"  it says: {finding.said.strip()[:500]}")
    if keep is not None:
        target = keep / str(finding.index)
        with contextlib.suppress(FileExistsError):
            shutil.copytree(folder, target)
        click.echo(f"  its files: {target}{os.sep}")


if __name__ == "__main__":
    main()
