"""`component new`: a core module that carries its world, as a component."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.parser import Switch
from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.extern_names import InterfaceNaming
from generator.componentize.single import plan_single
from generator.errors import UsageError
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError

_STANDARD_STREAM = "-"
_DESCRIPTION = (
    "Make a component of a core module that carries its world in `component-type` sections, as `component embed` and "
    "compilers leave it. What the module does not use of the world's imports is left out."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "new", help="make a component of a core module", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument("input", nargs="?", default=_STANDARD_STREAM, metavar="INPUT", help="core module; - is stdin")
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="where to write the component; stdout if not given")
    parser.add_argument(
        "--import-name", action="append", default=[], metavar="OLD=NEW", help="rename an imported interface"
    )
    parser.add_argument(
        "--merge-imports-based-on-semver",
        action=Switch,
        default=True,
        help="import the highest of compatible versions only",
    )
    parser.add_argument(
        "--emit-canonical-names", action="store_true", help="names have only the version that compatible ones share"
    )
    parser.add_argument("--debug-names", action=Switch, default=True, help="name modules and functions that are added")
    parser.add_argument("--realloc-via-memory-grow", action="store_true", help="no effect: matters to adapters only")
    parser.add_argument("-g", action="store_true", help="no effect: matters to the text format only")
    parser.add_argument("--generate-dwarf", metavar="lines|full", help="no effect: matters to the text format only")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")
    parser.add_argument("--validate", action=Switch, default=False, help="only false is supported")
    parser.add_argument("--return-call-ref", action=Switch, default=False, help="only false is supported")
    parser.add_argument("--reject-legacy-names", action="store_true", help="not supported")
    parser.add_argument(
        "--adapt", action="append", default=[], metavar="[NAME=]MODULE", help="not supported (`component link` has it)"
    )
    parser.add_argument("-t", "--wat", action="store_true", help="not supported")


def run(args: argparse.Namespace) -> int:
    """Raises ComponentizeError or another GeneratorError for a module or its world, UsageError for options."""
    _refuse_unsupported(args)
    binary = sys.stdin.buffer.read() if args.input == _STANDARD_STREAM else _read(Path(args.input))
    options = ComponentizeOptions(
        args.merge_imports_based_on_semver,
        InterfaceNaming(_renames(args.import_name), args.emit_canonical_names),
        args.debug_names,
    )
    try:
        component = componentize(plan_single(DecodedModule(binary)), options)
    except WasmFormatError as error:
        name = "standard input" if args.input == _STANDARD_STREAM else args.input
        raise ComponentizeError(f"{name}: {error}") from error
    if args.output is None or args.output == _STANDARD_STREAM:
        sys.stdout.buffer.write(component)
    else:
        Path(args.output).write_bytes(component)
    return 0


def _read(path: Path) -> bytes:
    try:
        binary = path.read_bytes()
    except OSError as error:
        raise ComponentizeError(f"{path}: {error.strerror or error}") from error
    if not binary.startswith(b"\0asm") and binary.lstrip().startswith(b"("):
        raise ComponentizeError(f"{path}: the text format is not supported; a binary module is needed")
    return binary


def _renames(words: list[str]) -> dict[str, str]:
    renames = {}
    for word in words:
        old, equals, new = word.partition("=")
        if not equals or not old or not new:
            raise UsageError(f"--import-name `{word}`: expected OLD=NEW")
        renames[old] = new
    return renames


def _refuse_unsupported(args: argparse.Namespace) -> None:
    for flag, given in (
        ("--adapt", args.adapt),
        ("--validate=true", args.validate),
        ("--return-call-ref=true", args.return_call_ref),
        ("--reject-legacy-names", args.reject_legacy_names),
        ("--wat", args.wat),
    ):
        if given:
            raise UsageError(f"{flag} is not supported")
    if args.output is None and sys.stdout.isatty():
        raise UsageError("binary output does not go to a terminal; say where with --output")
