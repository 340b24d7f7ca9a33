"""`harness schema`: the JSON Schemas of the files that the harness reads and writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import click

from harness.cli.terminal import echo
from harness.suite.expectations_schema import EXPECTATIONS_SCHEMA
from harness.suite.link_case_schema import LINK_CASE_SCHEMA
from harness.suite.schema import CASE_SCHEMA, NEGATIVE_CASES_SCHEMA
from harness.text.json_schema import Schema
from harness.toolchains.command_schema import TOOLCHAIN_SCHEMA
from reports import fuzz, json_form, mutants

DOCUMENTS: Mapping[str, Callable[[], Schema]] = {
    "case": lambda: CASE_SCHEMA,
    "negative-cases": lambda: NEGATIVE_CASES_SCHEMA,
    "link-case": lambda: LINK_CASE_SCHEMA,
    "expectations": lambda: EXPECTATIONS_SCHEMA,
    "toolchain": lambda: TOOLCHAIN_SCHEMA,
    "result": json_form.schema,
    "fuzz": fuzz.schema,
    "mutants": mutants.schema,
}


FORMER = {"refusals": "negative-cases", "program": "link-case"}
"""Old names, which work for one release."""


class _Name(click.Choice[str]):
    """The name of a document; an old name stands for the new one."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        name = FORMER.get(value)
        if name is None:
            return super().convert(value, param, ctx)
        echo(f"Warning: `harness schema {value}` is an old name: use `harness schema {name}`", err=True)
        return name


@click.command()
@click.argument("what", type=_Name(sorted(DOCUMENTS)), default="case")
def schema(what: str) -> None:
    """Print the JSON Schema of a file that people write, or of results.

    case, negative-cases, link-case: files of a suite. expectations: known faults. toolchain: files for --toolchain.
    result, fuzz, mutants: output of --json, the last two for the commands of these names.
    """
    echo(json.dumps(DOCUMENTS[what](), indent=2))
