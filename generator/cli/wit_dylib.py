"""`wit-dylib`: reads a world and writes its library."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.cli.outputs import check_output, write_output
from generator.dylib.generate import generate
from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.exclusions import Exclusions
from generator.dylib.world.options import DylibOptions, Optimize, StackPointer
from generator.errors import UsageError
from generator.sources.load import load, select_world


def run(args: argparse.Namespace) -> int:
    """Raises WitError for bad WIT, UnsupportedError for unsupported functions, UsageError for options."""
    _refuse_unsupported(args)
    resolve, package = load(Path(args.wit), args.features, args.all_features)
    options = DylibOptions(
        interpreter=args.interpreter,
        async_filters=AsyncFilters.parse(args.async_filters),
        abi_version=args.abi_version,
        stack_pointer=StackPointer(args.stack_pointer),
        optimize=Optimize(args.optimize),
        canonical_names=args.emit_canonical_names,
        several_worlds=args.several_worlds,
        exclusions=Exclusions.parse(args.exclude_interface, args.exclude_world),
    )
    library = generate(resolve, select_world(resolve, package, args.world), options)
    write_output(args, library)
    return 0


def _refuse_unsupported(args: argparse.Namespace) -> None:
    if args.encoding != "utf8":
        # The interpreter's functions have no notion of an encoding: they would read UTF-16 bytes as UTF-8.
        raise UsageError(f"--encoding {args.encoding} is not supported: interpreters expect UTF-8")
    if args.validate:
        raise UsageError("--validate is not supported: nothing here validates core code")
    check_output(args)
