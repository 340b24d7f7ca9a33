"""`component new`: reads a core module and writes the component."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.adapt.alone import plan_with_adapters
from generator.cli.named_modules import read_binary, read_named_adapter
from generator.cli.validated import validate
from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.extern_names import InterfaceNaming
from generator.errors import UsageError
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError

_STANDARD_STREAM = "-"


def run(args: argparse.Namespace) -> int:
    """Raises ComponentizeError or another GeneratorError for a module or its world, UsageError for options."""
    _refuse_unsupported(args)
    binary = sys.stdin.buffer.read() if args.input == _STANDARD_STREAM else read_binary(args.input)
    options = ComponentizeOptions(
        args.merge_imports_based_on_semver,
        InterfaceNaming(_renames(args.import_name), args.emit_canonical_names),
        args.debug_names,
        legacy_names=not args.reject_legacy_names,
        return_call_ref=args.return_call_ref,
    )
    try:
        adapters = [read_named_adapter(word) for word in args.adapt]
        plan = plan_with_adapters(
            DecodedModule(binary),
            adapters,
            via_memory_grow=args.realloc_via_memory_grow,
            legacy_names=not args.reject_legacy_names,
        )
        component = componentize(plan, options)
    except WasmFormatError as error:
        name = "standard input" if args.input == _STANDARD_STREAM else args.input
        raise ComponentizeError(f"{name}: {error}") from error
    if args.validate:
        validate(component)
    if args.output is None or args.output == _STANDARD_STREAM:
        sys.stdout.buffer.write(component)
    else:
        Path(args.output).write_bytes(component)
    return 0


def _renames(words: list[str]) -> dict[str, str]:
    renames = {}
    for word in words:
        old, equals, new = word.partition("=")
        if not equals or not old or not new:
            raise UsageError(f"--import-name `{word}`: expected OLD=NEW")
        renames[old] = new
    return renames


def _refuse_unsupported(args: argparse.Namespace) -> None:
    for flag, given in (("--wat", args.wat),):
        if given:
            raise UsageError(f"{flag} is not supported")
    if args.output is None and sys.stdout.isatty():
        raise UsageError("binary output does not go to a terminal; use --output")
