"""`component new`: reads a core module and writes the component."""

from __future__ import annotations

import argparse

from generator.adapt.alone import plan_with_adapters
from generator.cli.named_modules import read_input, read_named_adapter
from generator.cli.outputs import check_output, write_output
from generator.cli.validated import validate
from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.extern_names import InterfaceNaming
from generator.errors import UsageError
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError


def run(args: argparse.Namespace) -> int:
    """Raises ComponentizeError or another GeneratorError for a module or its world, UsageError for options."""
    check_output(args)
    binary, name = read_input(args)
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
        raise ComponentizeError(f"{name}: {error}") from error
    if args.validate:
        validate(component)
    write_output(args, component)
    return 0


def _renames(words: list[str]) -> dict[str, str]:
    renames = {}
    for word in words:
        old, equals, new = word.partition("=")
        if not equals or not old or not new:
            raise UsageError(f"--import-name `{word}`: expected OLD=NEW")
        renames[old] = new
    return renames
