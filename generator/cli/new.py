"""`component new`: a core module that carries its world, as a component."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.componentize.errors import ComponentizeError
from generator.componentize.single import plan_single
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError

_STANDARD_STREAM = "-"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("new", help="make a component of a core module", description=__doc__)
    parser.add_argument("input", nargs="?", default=_STANDARD_STREAM, metavar="INPUT", help="core module; - is stdin")
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="where to write the component; stdout if not given")
    parser.add_argument(
        "--import-name", action="append", default=[], metavar="OLD=NEW", help="rename an imported interface"
    )
    _add_switch(parser, "--merge-imports-based-on-semver", True, "import the highest of compatible versions only")
    _add_switch(parser, "--debug-names", False, "name functions that are added")
    _add_switch(parser, "--validate", False, "not supported: only false is accepted")
    _add_switch(parser, "--return-call-ref", False, "not supported: only false is accepted")
    parser.add_argument("--adapt", action="append", default=[], metavar="[NAME=]MODULE", help="not supported")
    parser.add_argument("--realloc-via-memory-grow", action="store_true", help="matters to adapters only")
    parser.add_argument("--reject-legacy-names", action="store_true", help="not supported")
    parser.add_argument("--emit-canonical-names", action="store_true", help="not supported")
    parser.add_argument("-t", "--wat", action="store_true", help="not supported")
    parser.add_argument("-g", "--generate-dwarf", nargs="?", help="matters to text input only")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")
    return parser


def _add_switch(parser: argparse.ArgumentParser, flag: str, default: bool, help: str) -> None:
    parser.add_argument(flag, nargs="?", type=_truth, const=True, default=default, metavar="true|false", help=help)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"`{text}` is neither true nor false")
    return text == "true"


def run(args: argparse.Namespace) -> int:
    """Raises GeneratorError for input that is not good, or an option that is not supported."""
    _refuse_unsupported(args)
    binary = sys.stdin.buffer.read() if args.input == _STANDARD_STREAM else _read(Path(args.input))
    options = ComponentizeOptions(args.merge_imports_based_on_semver, _renames(args.import_name), args.debug_names)
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
            raise ComponentizeError(f"--import-name `{word}`: expected OLD=NEW")
        renames[old] = new
    return renames


def _refuse_unsupported(args: argparse.Namespace) -> None:
    for flag, given in (
        ("--adapt", args.adapt),
        ("--validate=true", args.validate),
        ("--return-call-ref=true", args.return_call_ref),
        ("--reject-legacy-names", args.reject_legacy_names),
        ("--emit-canonical-names", args.emit_canonical_names),
        ("--wat", args.wat),
    ):
        if given:
            raise ComponentizeError(f"{flag} is not supported")
