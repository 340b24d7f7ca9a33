"""The site in a browser, if one is installed: it loads from disk, fits a phone, and filters without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reports.inputs import Inputs
from reports.site.build import Site
from tests.reports import chromium
from tests.reports.samples import BETTER, FUZZ, MUTANTS, PASSED, RUN, hostile_inputs, inputs, wide_run

pytestmark = pytest.mark.skipif(bool(chromium.why_not()), reason=chromium.why_not() or "-")

SMALLEST, PHONE, DESK = 320, 390, 1280
WIDE = (
    "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth"
    " && !e.closest('.scroll, pre')).map(e => e.outerHTML.slice(0, 200))"
)
WIDTHS = "(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])(document.documentElement)"
"""On a desktop, a bar to scroll down takes 15 pixels."""
SIDEWAYS = (
    "[...document.querySelectorAll('.scroll, .plot, table')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    ".map(e => e.innerText.slice(0, 80))"
)
STACKED = (
    "[...document.querySelectorAll('.stacked')].map(t => ["
    "[...t.tHead.rows[t.tHead.rows.length - 1].cells].filter(h => h.rowSpan == 1).map(h => h.firstChild.textContent),"
    "[...(t.tBodies[0].rows[0] ?? {cells: []}).cells].map(c => getComputedStyle(c, '::before').content)])"
)
"""For each table its last row of headings, and the text before each cell of its first row."""
SHOWN = (
    "[...document.querySelectorAll('.matrix tbody tr')].filter(r => r.getClientRects().length)"
    ".map(r => r.cells[0].innerText)"
)
TALLY = "getComputedStyle(document.querySelector('.tally'), '::before').content"


def drawn(folder: Path, inputs: Inputs) -> Path:
    for path, text in Site(inputs).pages():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Browser]:
    program = chromium.find()
    assert program is not None
    with chromium.Browser(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("site"), inputs(RUN, BETTER, FUZZ, MUTANTS, RUN))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("hostile"), hostile_inputs())


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many toolchains in many runs, and long names."""
    return drawn(tmp_path_factory.mktemp("wide"), inputs(FUZZ, MUTANTS, *[wide_run()] * 30))


@pytest.mark.parametrize("width", [SMALLEST, PHONE, DESK])
@pytest.mark.parametrize("kind", ["site", "hostile", "wide"])
def test_every_page_loads_and_fits(
    browser: chromium.Browser, width: int, kind: str, request: pytest.FixtureRequest
) -> None:
    """No page scrolls sideways, and on a phone nothing in it does: rows of tables are stacked, and charts have a
    narrow form."""
    folder: Path = request.getfixturevalue(kind)
    browser.look(width, 800, "light")
    browser.complaints.clear()
    for page in sorted(folder.rglob("*.html")):
        browser.open(page)
        assert browser.value("getComputedStyle(document.body).margin") == "0px", "the style sheet is there"
        assert browser.value(WIDTHS) in ([width, width], [width - 15, width - 15]), (page.name, browser.value(WIDE))
        assert width == DESK or browser.value(SIDEWAYS) == [], page.name
    assert browser.complaints == []


LOW = (
    "[...document.querySelectorAll('nav a, label, summary, .name a, .squares .hit a')].filter(e => "
    "e.getClientRects().length && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 120))"
)
OUTSIDE = (
    "[...document.querySelectorAll('caption')].filter(e => e.getClientRects().length && "
    "e.getBoundingClientRect().right > innerWidth).map(e => e.innerText)"
)
SMALL = (
    "[...document.querySelectorAll('svg text')].filter(e => e.getScreenCTM().a * parseFloat(getComputedStyle(e)"
    ".fontSize) < 11).length"
)


@pytest.mark.parametrize(
    "page", ["index", "matrix", "findings", "history", "comparison", "fuzz", "mutants", "coverage"]
)
def test_a_stacked_cell_names_its_column(browser: chromium.Browser, site: Path, page: str) -> None:
    """The cells of a row that follow its heading, on a narrow screen only."""
    browser.look(PHONE, 800, "light")
    browser.open(site / f"{page}.html")
    tables = browser.value(STACKED)
    assert tables
    for heads, before in tables:
        count = len(before) - 1
        assert before[0] == "none" and count > 0
        for head, label in zip(heads[-count:], before[1:], strict=True):
            assert label.endswith(f'{head}: " / ""'), (head, label)
    browser.look(DESK, 800, "light")
    assert {label for _, before in browser.value(STACKED) for label in before} == {"none"}


@pytest.mark.parametrize("page", ["index", "matrix", "findings", "coverage", "history", "comparison", "fuzz"])
def test_a_finger_can_use_it(browser: chromium.Browser, site: Path, page: str) -> None:
    browser.look(PHONE, 800, "light")
    browser.open(site / f"{page}.html")
    assert browser.value("document.querySelectorAll('nav a').length > 5")
    assert browser.value(LOW) == []
    assert browser.value(OUTSIDE) == []
    assert browser.value(SMALL) == 0


@pytest.mark.parametrize("width", [SMALLEST, PHONE, DESK])
def test_a_chart_has_a_form_for_each_screen(browser: chromium.Browser, wide: Path, width: int) -> None:
    browser.look(width, 800, "light")
    browser.open(wide / "history.html")
    shown = "[...document.querySelectorAll('.plot svg')].filter(e => e.getClientRects().length)"
    kind = "on-wide" if width == DESK else "on-narrow"
    assert browser.value(f"{shown}.map(e => e.getAttribute('class'))") == [kind] * 3
    outside = "e => { const at = e.getBoundingClientRect(); return at.left < 0 || at.right > innerWidth }"
    assert browser.value(f"{shown}.flatMap(e => [...e.querySelectorAll('text')]).filter({outside}).length") == 0
    assert browser.value(f"{shown}.flatMap(e => [...e.querySelectorAll('text')]).length") > 20
    boxes = "[...e.querySelectorAll('text')].map(t => t.getBoundingClientRect())"
    over = "(a, at, all) => all.slice(at + 1).some(b => a.right > b.left && b.right > a.left && a.bottom > b.top + 2"
    over += " && b.bottom > a.top + 2)"
    assert browser.value(f"{shown}.flatMap(e => {boxes}.filter({over})).length") == 0, "no text lies on another"
    size = f"{shown}.flatMap(e => [...e.querySelectorAll('text')]).map(e => e.getBoundingClientRect().height)"
    assert min(browser.value(size)) >= 11


def test_a_row_of_the_matrix_on_a_phone(browser: chromium.Browser, wide: Path) -> None:
    """It names who did not pass, of many columns, too; the others are left out."""
    browser.look(PHONE, 800, "light")
    browser.open(wide / "matrix.html")
    assert browser.value("document.querySelector('.narrow').getClientRects().length") > 0
    first = "[...document.querySelector('.matrix tbody tr').cells]"
    seen = browser.value(f"{first}.filter(c => c.getClientRects().length).map(c => c.innerText)")
    wrong = sum(opinion.outcome != "pass" for opinion in wide_run().cases[0].opinions)
    assert len(seen) == 1 + 1 + wrong + 1 and set(seen[1:-1]) == {"fail"}
    texts = browser.value(f"{first}.slice(1).map(c => getComputedStyle(c, '::before').content)")
    assert len(texts) == len(set(texts)) == 32 and '"none: "' not in texts
    assert all(text.endswith(': " / ""') and len(text) > 10 for text in texts), "each has the name of its column"
    browser.look(DESK, 800, "light")
    assert browser.value("document.querySelector('.narrow').getClientRects().length") == 0
    assert browser.value(f"{first}.filter(c => c.getClientRects().length).length") == 33


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_it_follows_the_scheme_of_its_reader(browser: chromium.Browser, site: Path, scheme: str, dark: bool) -> None:
    browser.look(DESK, 800, scheme)
    browser.open(site / "index.html")
    colour = browser.value("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) < 64) is dark


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([], ["scalars/byte", "lists/of-bytes", "lists/known", "maps/of-maps", "alone"]),
        (["lists"], ["lists/of-bytes", "lists/known"]),
        (["fail"], ["lists/of-bytes"]),
        (["reference"], ["lists/of-bytes", "lists/known"]),
        (["lists", "expected failure", "reference"], ["lists/known"]),
        (["maps", "fail"], []),
    ],
)
def test_filters_work_without_a_script(
    browser: chromium.Browser, site: Path, labels: list[str], names: list[str]
) -> None:
    browser.look(DESK, 800, "light")
    browser.open(site / "matrix.html")
    for label in labels:
        found = f"[...document.querySelectorAll('label')].find(l => l.innerText.trim().startsWith('{label} ('))"
        browser.value(f"{found}.querySelector('input').click()")
    assert browser.value(SHOWN) == names
    browser.ask("Accessibility.enable")
    told = [node["name"]["value"] for node in browser.ask("Accessibility.getFullAXTree")["nodes"] if node.get("name")]
    assert f"{len(names)} of 5 cases shown" in "".join(told).replace("\n", " ")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_what_is_far_down_is_there(browser: chromium.Browser, tmp_path: Path, width: int) -> None:
    """For screen readers and for searches in the page: a matrix whose rows are drawn only near the screen would open
    faster, but Chromium keeps the others from both."""
    cases = tuple(replace(PASSED, name=f"a{number // 100}/{number}") for number in range(600))
    page = drawn(tmp_path, inputs(replace(RUN, cases=cases, planned=600))) / "matrix.html"
    browser.look(width, 800, "light")
    browser.open(page)
    browser.ask("Accessibility.enable")
    nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
    heads = [node["name"]["value"] for node in nodes if not node["ignored"] and node["role"]["value"] == "rowheader"]
    assert heads == [case.name for case in cases]
    assert browser.value("window.find('a5/599')") and browser.value("getSelection().toString()") == "a5/599"


def test_the_first_key_leads_to_the_content(browser: chromium.Browser, site: Path) -> None:
    browser.look(DESK, 800, "light")
    browser.open(site / "index.html")
    browser.press("Tab", 9)
    assert browser.value("document.activeElement.innerText") == "Skip to the content"
    assert browser.value("document.activeElement.getBoundingClientRect().left") >= 0, "it is seen"
    browser.press("Enter", 13)
    assert browser.value("document.activeElement.id") == "content"


def test_what_a_screen_reader_is_told(browser: chromium.Browser, site: Path) -> None:
    browser.look(PHONE, 800, "light")
    browser.open(site / "matrix.html")
    browser.ask("Accessibility.enable")
    nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert roles.count(landmark) == 1, landmark
    assert roles.count("rowheader") == len(RUN.cases)
    assert roles.count("columnheader") == 6
    assert roles.count("radiogroup") + roles.count("group") >= 3
    named = [node["name"]["value"] for node in nodes if node["role"]["value"] == "table"]
    assert named == ["Cases by toolchain and cell"]


def test_hostile_texts_do_nothing(browser: chromium.Browser, hostile: Path) -> None:
    """The pages run with scripts turned on."""
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    browser.look(DESK, 800, "light")
    browser.complaints.clear()
    for page in sorted(hostile.rglob("*.html")):
        browser.open(page)
        assert browser.value("document.scripts.length + document.images.length") == 0
        assert browser.value("[...document.querySelectorAll('*')].some(e => e.onload || e.onerror)") is False
    assert browser.complaints == []
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
