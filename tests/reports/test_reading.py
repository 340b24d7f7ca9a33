"""Result files read again: what cannot be read names the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import fuzz, json_form, mutants
from reports.json_places import Step, line_and_column
from reports.model import Run
from reports.reading import Results, UnreadableResults, read
from tests.reports.samples import BROKEN, FUZZ, MUTANTS, RUN, hostile_run

WRITERS: dict[str, tuple[Results, Callable[[Any], dict[str, Any]], dict[str, Any]]] = {
    "run": (RUN, json_form.to_json, json_form.schema()),
    "broken off": (BROKEN, json_form.to_json, json_form.schema()),
    "hostile": (hostile_run(("<b>", "\x00", "\n")), json_form.to_json, json_form.schema()),
    "fuzz": (FUZZ, fuzz.to_json, fuzz.schema()),
    "mutants": (MUTANTS, mutants.to_json, mutants.schema()),
}


def written(results: Any = RUN, to_json: Callable[[Any], dict[str, Any]] = json_form.to_json) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(to_json(results)))
    return data


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_is_read(name: str) -> None:
    results, to_json, schema = WRITERS[name]
    data = written(results, to_json)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)
    assert read("x.json", json.dumps(data)) == results


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.json:1:1: not JSON: Expecting value; was it written to its end?"),
        ('{\n "format": 2,\n "cases": [', "x.json:3:12: not JSON: Expecting value"),
        ("{}", "x.json: no result file; `harness run|check|smoke|fuzz|mutants --json FILE` writes one"),
        ("7", "x.json: no result file"),
        ('{"cases": []}', "x.json: no result file"),
        ("[" * 100_000, "x.json: no result file"),
        ('{"format": 2, "cases": [' + "9" * 5000 + "]}", "x.json: no result file"),
        ('{"format": 1, "cases": []}', "(format 1, this one reads 2): run `harness run` with --json again"),
        ('{"format": 1, "refusals": []}', "an older harness wrote it (format 1, this one reads 2): run `harness fuzz"),
        ('[{"name": "m", "wrong": "w"}]', "(format 1, this one reads 2): run `harness mutants`"),
        ('{"format": 99, "cases": []}', "a newer harness wrote it (format 99, this one reads 2): update this one"),
        ('{"format": true, "cases": []}', "`format` is not a number of a format"),
        ('{"format": 0, "cases": []}', "`format` is not a number of a format"),
    ],
)  # fmt: skip
def test_no_result_file(text: str, said: str) -> None:
    with pytest.raises(UnreadableResults) as raised:
        read("x.json", text)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("seconds",), -1, "seconds: a number from 0 on is needed, not -1"),
        (("seconds",), None, "seconds: a number from 0 on is needed, not null"),
        (("cases", 1, "outcome"), "fine", "cases[1].outcome: no outcome is called 'fine'"),
        (
            ("cases", 1, "opinions", 1, "findings", 0, "level"),
            "3",
            "level: a whole number from 0 on is needed, not '3'",
        ),
        (("cases", 1, "ran", "calls"), True, "cases[1].ran.calls: a whole number from 0 on is needed, not true"),
        (("cases", 0, "wit"), ["x"], "cases[0].wit: a text is needed, not a list"),
        (("cases", 0), "x", "cases[0]: an object is needed, not 'x'"),
        (("cases",), {}, "cases: a list is needed, not an object"),
        (("options", "seed"), 7, "options.seed: a text is needed, not 7"),
        (("colour",), "red", "colour: this key is unknown"),
    ],
)
def test_what_does_not_fit_names_the_place(path: tuple[Step, ...], value: object, said: str) -> None:
    data = written()
    target: Any = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    text = json.dumps(data, indent=1)
    with pytest.raises(UnreadableResults) as raised:
        read("x.json", text)
    line, column = line_and_column(text, path)
    assert f"x.json:{line}:{column}: " in str(raised.value) and said in str(raised.value)
    assert "run `harness run` with --json again" in str(raised.value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_form.schema())


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e400", "NaN", "-Infinity"])
def test_no_number_is_too_large_for_a_message(number: str) -> None:
    """JSON has such numbers, and so has Python; a number of seconds is none of them."""
    text = json.dumps(written() | {"seconds": "X"}).replace('"X"', number)
    with pytest.raises(UnreadableResults, match="seconds: a number from 0 on is needed, not") as raised:
        read("x.json", text)
    assert len(str(raised.value)) < 400


def test_a_key_that_is_missing() -> None:
    data = written()
    del data["cases"][2]["made"]
    with pytest.raises(UnreadableResults, match=r"^x\.json:\d+:\d+: cases\[2\]: `made` is missing"):
        read("x.json", json.dumps(data, indent=1))


def test_keys_that_older_results_of_the_format_lack() -> None:
    data = written()
    for case in data["cases"]:
        del case["checklist"]
        for opinion in case["opinions"]:
            del opinion["party"]
            for finding in opinion["findings"]:
                del finding["rule"]
                del finding["topic"]
    found = read("x.json", json.dumps(data))
    assert isinstance(found, Run)
    assert {case.checklist for case in found.cases} == {()}
    findings = [finding for case in found.cases for opinion in case.opinions for finding in opinion.findings]
    assert {(finding.rule, finding.topic) for finding in findings} == {("", None)}
    assert {opinion.party for case in found.cases for opinion in case.opinions} == {None}


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ('{"a": 1}', ("a",), (1, 7)),
        ('{"a": 1,\n "b": [2,\n 3]}', ("b", 1), (3, 2)),
        ('{"a": 1, "a": 2}', ("a",), (1, 15)),
        ('{"\\"a]": [{"x": "}"}, {"b": 4}]}', ('"a]', 1, "b"), (1, 29)),
        ('{"a": {"b": 1}}', ("a", "c"), (1, 7)),
        ("[]", (0,), (1, 1)),
        (" 7", (), (1, 2)),
    ],
)
def test_places(text: str, path: tuple[Step, ...], place: tuple[int, int]) -> None:
    json.loads(text)
    assert line_and_column(text, path) == place


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.data())
def test_a_place_is_where_the_value_begins(data: st.DataObject) -> None:
    value = data.draw(PLAIN)
    indent = data.draw(st.sampled_from([None, 1]))
    text = json.dumps(value, indent=indent)
    path: list[Step] = []
    while isinstance(value, dict | list) and value:
        steps: list[Any] = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        path.append(data.draw(st.sampled_from(steps)))
        value = value[path[-1]]  # type: ignore[index]  # a key of a dict, an index of a list
    line, column = line_and_column(text, tuple(path))
    rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
    assert json.JSONDecoder().raw_decode(rest)[0] == value
