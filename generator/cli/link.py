"""`component link`: reads libraries and writes the component."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.named_modules import name_and_path, read_binary, read_named_adapter
from generator.cli.outputs import check_output, write_output
from generator.cli.validated import validate
from generator.cli.visible import visible
from generator.componentize.encoder import ComponentizeOptions
from generator.componentize.extern_names import InterfaceNaming
from generator.errors import UsageError
from generator.link import Library, LinkOptions, link, read_library
from generator.link.layout import DEFAULT_STACK_SIZE


def run(args: argparse.Namespace) -> int:
    """Raises LinkError or another GeneratorError for libraries that do not link, UsageError for options."""
    _refuse_unsupported(args)
    libraries = [_read(word) for word in args.libraries]
    libraries += [_read(word, dl_openable=True) for word in args.dl_openable]
    options = LinkOptions(
        DEFAULT_STACK_SIZE if args.stack_size is None else args.stack_size,
        args.stub_missing_functions,
        args.use_built_in_libdl,
        tuple([read_named_adapter(word) for word in args.adapt]),
        args.realloc_via_memory_grow,
        args.several_worlds,
    )
    componentize_options = ComponentizeOptions(
        merge_imports_based_on_semver=args.merge_imports_based_on_semver,
        naming=InterfaceNaming(canonical=args.emit_canonical_names),
        debug_names=args.debug_names,
        legacy_names=not args.reject_legacy_names,
        return_call_ref=args.return_call_ref,
    )
    component = link(libraries, options, componentize_options, warn=_warn)
    if args.validate:
        validate(component)
    write_output(args, component)
    return 0


def _warn(warning: str) -> None:
    print(visible(f"warning: {warning}"), file=sys.stderr)


def _read(word: str, *, dl_openable: bool = False) -> Library:
    """A library's name is the part before the first `=`, else the last part of its path."""
    name, path = name_and_path(word)
    return read_library(name or Path(path).name, read_binary(path), dl_openable=dl_openable)


def _refuse_unsupported(args: argparse.Namespace) -> None:
    if not args.libraries and not args.dl_openable:
        raise UsageError("no library is given")
    check_output(args)
