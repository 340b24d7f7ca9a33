"""`harness schema`: the JSON Schemas of what the harness reads and writes."""

from __future__ import annotations

import json

import click

from harness.cli.terminal import echo
from harness.programs.schema import PROGRAM_SCHEMA
from harness.schema import CASE_SCHEMA, REFUSALS_SCHEMA
from reports import json_form


@click.command()
@click.argument("what", type=click.Choice(["case", "refusals", "program", "result"]), default="case")
def schema(what: str) -> None:
    """Print the JSON Schema of a case file, a table of refusals, a program, or the results that --json writes."""
    documents = {
        "case": CASE_SCHEMA,
        "refusals": REFUSALS_SCHEMA,
        "program": PROGRAM_SCHEMA,
        "result": json_form.schema(),
    }
    echo(json.dumps(documents[what], indent=2))
