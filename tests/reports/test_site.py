"""The site: its structure, its links, and what of hostile texts arrives in it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from reports.inputs import Inputs
from reports.model import CaseResult, Run
from reports.outcomes import Outcome
from reports.shown import one_line, shown
from reports.site.build import Site
from reports.site.names import case_files
from tests.reports.pages import Element, Malformed, parse
from tests.reports.samples import (
    BETTER,
    BROKEN,
    CASES,
    FAILED,
    FUZZ,
    HOSTILE,
    MUTANTS,
    PASSED,
    RUN,
    hostile_inputs,
    inputs,
    wide_run,
)

LABELS = re.compile(r"--c\d+: '(?:[\w .,+/-]|\\[0-9a-f]+ )*'(?:; --c\d+: '(?:[\w .,+/-]|\\[0-9a-f]+ )*')*", re.ASCII)
"""The only styles of elements: names of columns, in which every other character is an escape."""
EVERY_OUTCOME = replace(
    RUN,
    cases=tuple(replace(PASSED, name=f"x/{outcome}", outcome=outcome) for outcome in Outcome),
    planned=len(Outcome),
)
SITES: dict[str, Inputs] = {
    "one run": inputs(RUN),
    "all kinds": inputs(RUN, BETTER, FUZZ, MUTANTS),
    "broken off": inputs(BROKEN),
    "nothing": inputs(replace(RUN, cases=(), planned=0, tools=(), stages={})),
    "no run": inputs(FUZZ, MUTANTS),
    "outcomes": inputs(EVERY_OUTCOME),
    "hostile": hostile_inputs(),
    "wide": inputs(wide_run(), wide_run()),
}


@cache
def site(name: str) -> dict[str, str]:
    return dict(Site(SITES[name]).pages())


@cache
def pages(name: str) -> dict[str, Element]:
    return {path: parse(text) for path, text in site(name).items() if path.endswith(".html")}


def page(inputs: Inputs, path: str) -> Element:
    return parse(dict(Site(inputs).pages())[path])


every_site = pytest.mark.parametrize("name", SITES)


@every_site
def test_links_lead_somewhere(name: str) -> None:
    for path, root in pages(name).items():
        for element in root.all("a", "link"):
            target = element.attributes["href"]
            if target == "data:,":  # no icon
                continue
            assert re.fullmatch(r"(\.\./)*[\w./-]+|#[\w-]+", target), target
            if target.startswith("#"):
                assert target[1:] in [e.attributes.get("id") for e in root.all()]
            else:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in site(name), target


@every_site
def test_every_case_has_a_page(name: str) -> None:
    runs = SITES[name].runs
    cases = runs[-1][1].cases if runs else ()
    drawn = [path for path in pages(name) if path.startswith("cases/")]
    assert len(drawn) == len(cases)
    for case, path in zip(cases, drawn, strict=True):
        assert pages(name)[path].one("h1").text.startswith(one_line(case.name))
    if cases:
        linked = [a.attributes["href"] for a in pages(name)["matrix.html"].one("table").all("a")]
        assert linked == drawn


@every_site
def test_ids_are_unique(name: str) -> None:
    for path, root in pages(name).items():
        ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids)), path


@every_site
def test_headings_are_in_order(name: str) -> None:
    for path, root in pages(name).items():
        levels = [int(element.tag[1]) for element in root.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1 and levels.count(1) == 1, path
        assert all(below <= above + 1 for above, below in pairwise(levels)), (path, levels)


@every_site
def test_it_can_be_heard_and_used_by_keyboard(name: str) -> None:
    for path, root in pages(name).items():
        assert root.one("html").attributes["lang"] == "en"
        assert root.one("head").one("title").text.strip()
        for landmark in ("header", "nav", "main", "footer"):
            assert len(list(root.all(landmark))) == 1, (path, landmark)
        first = next(root.one("body").all("a"))
        assert first.attributes["href"] == f"#{root.one('main').attributes['id']}"
        for region in (e for e in root.all("div") if "scroll" in e.attributes.get("class", "").split()):
            assert region.attributes["tabindex"] == "0" and region.attributes["aria-label"].strip(), path
        for control in root.all("input"):
            assert control.attributes["type"] == "radio"
        labels = [label for label in root.all("label") if list(label.all("input"))]
        assert len(labels) == len(list(root.all("input"))) and all(label.text.strip() for label in labels)
        assert all(list(group.all("legend")) for group in root.all("fieldset"))
        for picture in root.all("svg"):
            assert picture.attributes.get("role") == "img" or picture.attributes.get("aria-hidden") == "true"


@every_site
def test_tables_have_captions_and_headers(name: str) -> None:
    for path, root in pages(name).items():
        for table in root.all("table"):
            parts = [child.tag for child in table.children]
            assert parts == ["caption", "thead", *["tbody"] * (len(parts) - 2)] and len(parts) > 2, path
            assert len(parts) == 3 or path == "matrix.html", "groups of rows"
            heads = list(table.all("th"))
            assert all(head.attributes["scope"] in ("col", "row", "colgroup") for head in heads), path
            width = sum(int(th.attributes.get("colspan", "1")) for th in next(table.one("thead").all("tr")).children)
            for row in (row for body in table.all("tbody") for row in body.all("tr")):
                assert row.children[0].tag == "th" and row.children[0].attributes["scope"] == "row"
                assert len(row.children) == width, (path, table.one("caption").text)


@every_site
def test_it_needs_no_script(name: str) -> None:
    for path, root in pages(name).items():
        assert not list(root.all("script", "iframe", "object", "embed", "img", "base")), path
        for element in root.all():
            assert not [key for key in element.attributes if key.startswith("on")], (
                path,
                element.tag,
            )
            if "style" in element.attributes:
                assert element.tag == "table" and LABELS.fullmatch(element.attributes["style"]), path
    text = "".join(site(name).values())
    assert "http://" not in re.sub(r"http://(www\.w3\.org|z)", "", text) and "https://" not in text


def test_hostile_texts_arrive_as_texts() -> None:
    drawn = [root for path, root in pages("hostile").items() if path.startswith("cases/")]
    for text, root in zip(HOSTILE, drawn, strict=True):
        blocks = [code.text for pre in root.all("pre") for code in pre.all("code")]
        if text:
            assert blocks.count(shown(text)) >= 3, "the command, the WIT and the file"
        assert one_line(text) in root.one("head").one("title").text
    for path, text in site("hostile").items():
        assert text.encode(), "no lone surrogates"
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text), path
    assert "{{ 7 * 7 }}{% raw %}" in drawn[HOSTILE.index("{{ 7 * 7 }}{% raw %}")].text, "no template of its own"


def test_files_of_cases_have_plain_names_of_their_own() -> None:
    names = [*HOSTILE, "a/b", "A/B", "a/b", "x" * 500, "ä/ö"]
    files = case_files(names)
    assert len({file.lower() for file in files}) == len(names)
    assert all(re.fullmatch(r"cases/[a-z0-9-]{1,90}\.html", file) for file in files)
    assert files == case_files(names)
    assert case_files(["a/b"]) == case_files(["a/b", "c"])[:1], "a page keeps its address"


@pytest.mark.parametrize("name", ["broken off", "hostile"])
def test_a_run_that_broke_off_is_marked_on_every_page(name: str) -> None:
    for path, root in pages(name).items():
        banners = [p.text for p in root.all("p") if p.attributes.get("class") == "banner" and "Not complete" in p.text]
        assert banners, path
    assert "2 of 5 cases came to an outcome" in pages("broken off")["index.html"].text
    assert "cases pass" not in pages("broken off")["index.html"].text


def test_a_complete_run_is_not_marked() -> None:
    for path, root in pages("one run").items():
        assert "Not complete" not in root.text and "not complete" not in root.text, path


def test_a_run_with_fewer_cases_than_planned_is_marked() -> None:
    assert "Not complete" in page(inputs(replace(RUN, planned=9)), "index.html").text


def test_the_matrix_has_an_outcome_for_each_case_and_column() -> None:
    table = pages("one run")["matrix.html"].one("table")
    rows = [[cell.text for cell in row.children] for row in table.all("tr")]
    assert rows == [
        ["Case", "Outcome", "ours", "reference", "subject by reference, rest by ours", "Calls"],
        ["scalars/byte", "pass", "pass", "pass", "pass", "3"],
        ["lists/of-bytes", "fail", "pass", "fail", "fail", "3"],
        ["lists/known", "known", "pass", "known", "–", "3"],
        ["maps/of-maps", "skip", "–", "–", "–", "0"],
        ["alone", "pass", "pass", "pass", "pass", "3"],
    ]


def rows_of_matrix() -> list[tuple[str, list[str]]]:
    """The name in each row and the classes that filters look at: of the row, and of its group, which is of one area."""
    bodies = pages("one run")["matrix.html"].all("tbody")
    rows = [(row, body.attributes["class"].split()) for body in bodies for row in body.all("tr")]
    return [(row.children[0].text, [*row.attributes["class"].split(), *classes]) for row, classes in rows]


def test_filters_hide_exactly_the_rows_without_their_class() -> None:
    """Each radio button has one rule, and its number is that of the rows that stay."""
    root = pages("one run")["matrix.html"]
    rules = re.findall(
        r"main:has\(#(\w+):checked\) \.matrix (tbody|tbody tr):not\(\.(\w+)\) \{ display: none; \}",
        site("one run")["matrix.html"],
    )
    rows = [classes for _, classes in rows_of_matrix()]
    buttons = [e for e in root.all("input") if "id" in e.attributes]
    hides = {"area": "tbody", "outcome": "tbody tr", "tool": "tbody tr"}
    assert [(e.attributes["id"], hides[e.attributes["name"]], e.attributes["id"]) for e in buttons] == rules
    for label in root.all("label"):
        button = label.one("input")
        count = int(re.findall(r"\((\d+)\)", label.text)[-1])
        id = button.attributes.get("id")
        assert count == (len(rows) if id is None else sum(id in row for row in rows)), label.text
        assert ("checked" in button.attributes) == (id is None)


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("lists", ["lists/of-bytes", "lists/known"]),
        ("(none)", ["alone"]),
        ("expected failure", ["lists/known"]),
        ("reference", ["lists/of-bytes", "lists/known"]),
        ("ours", []),
        ("subject by reference, rest by ours", ["lists/of-bytes"]),
    ],
)
def test_what_a_filter_shows(label: str, names: list[str]) -> None:
    root = pages("one run")["matrix.html"]
    (button,) = [la.one("input") for la in root.all("label") if la.text.strip().startswith(f"{label} (")]
    assert [name for name, classes in rows_of_matrix() if button.attributes["id"] in classes] == names


def test_a_page_of_a_failure() -> None:
    root = pages("one run")[case_files([FAILED.name])[0]]
    text = root.text
    for part in (
        FAILED.title,
        FAILED.wit,
        FAILED.source,
        FAILED.repeat,
        FAILED.calls[0],
        FAILED.artifacts,
        "reference",
    ):
        assert part in text
    trace = next(table for table in root.all("table") if "trace" in table.attributes.get("class", "").split())
    assert [[cell.text for cell in row.children] for row in trace.one("tbody").all("tr")] == [
        ["4", "ap", "a"],
        ["5", "push_u8 1q", "▶ first differencepush_u8 255"],
        ["6", "z", "(nothing)"],
    ]
    assert [row.attributes.get("class") for row in trace.one("tbody").all("tr")] == [None, "first", None]


def test_findings_name_the_minority() -> None:
    fresh, known, skipped = pages("one run")["findings.html"].all("tbody")
    assert [cell.text for cell in next(fresh.all("tr")).children][:3] == ["lists/of-bytes", "fail", "reference"]
    assert [cell.text for cell in next(known.all("tr")).children] == [
        "it-panicsno code yet", "reference", "1", "lists/known"
    ]  # fmt: skip
    assert [row.children[0].text for row in skipped.all("tr")] == ["maps/of-maps", "alone"]


def test_empty_squares_stand_out() -> None:
    root = pages("one run")["coverage.html"]
    types = next(root.all("table"))
    (row,) = [row for row in types.one("tbody").all("tr") if row.children[0].text == "u8"]
    assert [cell.text for cell in row.children[1:]] == ["4"] + ["none"] * 7
    assert [cell.attributes["class"] for cell in row.children[1:]] == ["hit"] + ["empty"] * 7
    assert "1 of 2 functions between library and interpreter ran" in root.text


def test_what_nothing_noticed_comes_first() -> None:
    rows = list(pages("all kinds")["mutants.html"].one("tbody").all("tr"))
    found = [(row.children[0].text, row.children[2].text) for row in rows]
    assert found == [("unseena wrong slot", "no"), ("seena wrong sign", "yes")]


def test_a_comparison_names_what_changed() -> None:
    root = pages("all kinds")["comparison.html"]
    text = re.sub(r"\s+", " ", root.text)
    assert "wasm-tools 1.262.0wasm-tools 1.263.0 (changed)" in text
    headings = {h.text: None for h in root.all("h2")}
    assert list(headings) == [
        "Tools",
        "Outcomes",
        "Worse",
        "Better",
        "Changed otherwise",
        "Only after",
        "Only before",
        "Sizes",
    ]
    changed = [[c.text for c in row.children] for body in root.all("tbody") for row in body.all("tr")]
    by_whom = "reference: fail → passsubject by reference, rest by ours, winch: fail → pass"
    assert ["lists/of-bytes", "fail", "pass", by_whom] in changed
    assert ["alone", "pass", "–", ""] in changed
    assert ["ours", "3", "900", "900", "+0.0 %"] in changed


def test_several_runs_are_a_line() -> None:
    root = pages("all kinds")["history.html"]
    pictures = [svg for svg in root.all("svg") if svg.attributes.get("role") == "img"]
    assert len(pictures) == 3 * 2, "for a wide and for a narrow screen"
    for svg in pictures:
        named = svg.attributes["aria-labelledby"].split()
        assert named == [e.attributes["id"] for e in svg.all("title", "desc")]
    assert len(list(pictures[0].all("polyline"))) == 2, "a line for each toolchain"
    assert len(list(pictures[0].all("circle"))) == 4


def test_malformed_pages_would_be_seen() -> None:
    for text in ("<p><b></p></b>", "<div>", "<p/>", '<a id="x" id="y"></a>'):
        with pytest.raises(Malformed):
            parse(text)


def test_many_cases_keep_their_own_pages() -> None:
    cases: tuple[CaseResult, ...] = tuple(replace(PASSED, name=f"many/{number}") for number in range(300))
    run: Run = replace(RUN, cases=cases, planned=300)
    files = [path for path, _ in Site(inputs(run)).pages()]
    assert len(files) == len(set(files)) == 300 + 6
    assert len(CASES) == 5


@pytest.mark.parametrize("bad", [False, True])
@pytest.mark.parametrize(("count", "words"), [(1, "case"), (2, "cases")])
def test_numbers_and_nouns(count: int, words: str, bad: bool) -> None:
    cases = tuple(replace(FAILED if bad else PASSED, name=f"x/{number}") for number in range(count))
    run = replace(RUN, cases=cases, planned=count)
    drawn = {
        path: parse(text).one("main").text for path, text in Site(inputs(run, run)).pages() if path.endswith(".html")
    }
    assert f" of {count} {words} shown" in drawn["matrix.html"]
    assert f"{count} {words} came out the same" in drawn["comparison.html"]
    lead = f"Look at {count} of {count} {words}" if bad else "All 2 cases pass" if count > 1 else "The case passes"
    assert lead in drawn["index.html"]
    assert not bad or f"{count} {words} with findings" in drawn["findings.html"]
    for path, text in drawn.items():
        assert not re.search(r"\b1 cases|\bcases passes", text), path
