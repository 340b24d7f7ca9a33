"""`harness run`: cases, each judged by three opinions."""

from __future__ import annotations

import click


@click.command()
def run() -> None:
    """Run case files."""
