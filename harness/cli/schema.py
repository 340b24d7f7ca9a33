"""`harness schema`: the JSON Schemas of the files that the harness reads and writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import click

from harness.cli.terminal import echo
from harness.suite.expectations_schema import EXPECTATIONS_SCHEMA
from harness.suite.program_schema import PROGRAM_SCHEMA
from harness.suite.schema import CASE_SCHEMA, REFUSALS_SCHEMA
from harness.text.json_schema import Schema
from harness.toolchains.command_schema import TOOLCHAIN_SCHEMA
from reports import fuzz, json_form, mutants

DOCUMENTS: Mapping[str, Callable[[], Schema]] = {
    "case": lambda: CASE_SCHEMA,
    "refusals": lambda: REFUSALS_SCHEMA,
    "program": lambda: PROGRAM_SCHEMA,
    "expectations": lambda: EXPECTATIONS_SCHEMA,
    "toolchain": lambda: TOOLCHAIN_SCHEMA,
    "result": json_form.schema,
    "fuzz": fuzz.schema,
    "mutants": mutants.schema,
}


@click.command()
@click.argument("what", type=click.Choice(sorted(DOCUMENTS)), default="case")
def schema(what: str) -> None:
    """Print the JSON Schema of a file that people write, or of results.

    case, refusals, program: files of a suite. expectations: known faults. toolchain: files for --toolchain. result,
    fuzz, mutants: output of --json, the last two for the commands of these names.
    """
    echo(json.dumps(DOCUMENTS[what](), indent=2))
