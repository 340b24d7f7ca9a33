"""`harness schema`: the JSON Schemas of what the harness reads and writes."""

from __future__ import annotations

import json

import click

from harness.schema import CASE_SCHEMA, REFUSALS_SCHEMA
from reports import json_form


@click.command()
@click.argument("what", type=click.Choice(["case", "result"]), default="case")
def schema(what: str) -> None:
    """Print the JSON Schema of a case file, or of the results that --json writes."""
    if what == "result":
        document = json_form.schema()
    else:
        document = case_schema()
    click.echo(json.dumps(document, indent=2))
