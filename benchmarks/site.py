"""Time to open the pages of a large report in a browser: `python -m benchmarks.site [RESULT]`.

The cases of a result of the suite are repeated under other names until there are `--cases` of them, and drawn as a
site. Chromium opens its pages at the width of a desktop and of a phone, without scripts. A time begins with the
navigation and ends with a picture of what is in view; the processor time is that of the process that draws the page.
Both are the least of several runs. The last column compares with the same page of a site of few cases.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from reports.inputs import Inputs, ResultFile
from reports.model import Run
from reports.reading import read
from reports.site.build import Site
from tests.reports import chromium

PAGES = ("index", "matrix", "findings", "coverage")
WIDTHS = {"desktop": 1280, "phone": 390}
HEIGHT = 800
_SUITE = "import sys; from harness.cli import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Opened:
    """What it took to open a page: seconds until a picture, processor seconds of the page's process."""

    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Row:
    page: str
    screen: str
    bytes: int
    many: Opened
    few: Opened


def repeated(run: Run, count: int) -> Run:
    """A run of `count` cases: those of `run` again and again, each under a name of its own, in the order of names."""
    rounds = math.ceil(count / len(run.cases))
    cases = [replace(case, name=f"{case.name}-{number}") for number in range(rounds) for case in run.cases]
    ordered = tuple(sorted(cases[:count], key=lambda case: case.name))
    return replace(run, cases=ordered, planned=count, stopped="")


def of_suite() -> Run:
    """The results of the suite, run here."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        words = [sys.executable, "-c", _SUITE, "run", "cases", "--json", str(result)]
        done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL)
        if not result.is_file():
            raise click.ClickException(f"the suite wrote no results: exit code {done.returncode}")
        return _run(result)


def _run(result: Path) -> Run:
    found = read(str(result), result.read_text(encoding="utf-8"))
    if not isinstance(found, Run) or not found.cases:
        raise click.ClickException(f"{result} has no cases: `harness run cases/ --json {result}` writes some")
    return found


def drawn(run: Run, folder: Path) -> int:
    """Draw the site of a run into an existing folder; its bytes."""
    size = 0
    for path, text in Site(Inputs((ResultFile("result.json", run),))).pages():
        (folder / path).parent.mkdir(exist_ok=True)
        size += (folder / path).write_bytes(text.encode())
    return size


def opened(browser: chromium.Browser, page: Path, blank: Path, runs: int) -> Opened:
    """The least of several runs, each after a page with nothing on it."""
    seen = [_opened_once(browser, page, blank) for _ in range(runs)]
    return Opened(min(one.seconds for one in seen), min(one.cpu for one in seen))


def _opened_once(browser: chromium.Browser, page: Path, blank: Path) -> Opened:
    browser.open(blank)
    browser.ask("Page.captureScreenshot")
    before = _process_seconds(browser)
    started = time.perf_counter()
    browser.open(page)
    browser.ask("Page.captureScreenshot")
    seconds = time.perf_counter() - started
    after = _process_seconds(browser)
    # a navigation may be given a new process, whose time begins at 0
    return Opened(seconds, after - before if after >= before else after)


def _process_seconds(browser: chromium.Browser) -> float:
    metrics = browser.ask("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "ProcessTime")


def measured(many: Path, few: Path, pages: Sequence[str], runs: int, profile: Path) -> Iterator[Row]:
    """The pages of both sites, each at each width."""
    program = chromium.find()
    assert program is not None, "the command has checked it"
    blank = profile / "blank.html"
    profile.mkdir()
    blank.write_text("<!DOCTYPE html><title>blank</title>", encoding="utf-8")
    with chromium.Browser(program, profile) as browser:
        browser.ask("Performance.enable")
        for screen, width in WIDTHS.items():
            browser.look(width, HEIGHT, "light")
            for name in pages:
                page = f"{name}.html"
                large, small = (opened(browser, site / page, blank, runs) for site in (many, few))
                yield Row(name, screen, (many / page).stat().st_size, large, small)


@click.command()
@click.argument("result", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--cases", default=5000, show_default=True, type=click.IntRange(1), help="Cases of the large site.")
@click.option("--few", default=100, show_default=True, type=click.IntRange(1), help="Cases of the small site.")
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1), help="Runs of each page.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Leave the sites in this folder.")
def main(result: Path | None, cases: int, few: int, runs: int, keep: Path | None) -> None:
    """Measure how long the pages of a report take to open.

    RESULT is a file of `harness run cases/ --json`; without it, the suite is run first.
    """
    if reason := chromium.why_not():
        raise click.ClickException(reason)
    run = _run(result) if result is not None else of_suite()
    table = Table("page", "screen", "HTML kB", "ms", "CPU ms", "of the small site, by CPU")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = keep or Path(temporary)
        sites = {}
        for name, count in (("many", cases), ("few", few)):
            sites[name] = folder / name
            sites[name].mkdir(parents=True, exist_ok=True)
            started = time.process_time()
            size = drawn(repeated(run, count), sites[name])
            seconds = time.process_time() - started
            click.echo(f"site of {count} cases: {size / 1e6:.1f} MB, drawn in {seconds:.1f} processor seconds")
        for row in measured(sites["many"], sites["few"], PAGES, runs, Path(temporary) / "profile"):
            table.add_row(
                row.page,
                row.screen,
                f"{row.bytes / 1000:.0f}",
                f"{row.many.seconds * 1000:.0f}",
                f"{row.many.cpu * 1000:.0f}",
                f"{row.many.cpu / row.few.cpu:.1f}",
            )
    Console().print(table)


if __name__ == "__main__":
    main()
