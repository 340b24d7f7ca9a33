"""`component link`: dynamic libraries, and the worlds that they carry, as a component."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator.cli.parser import Switch
from generator.componentize.encoder import ComponentizeOptions
from generator.componentize.extern_names import InterfaceNaming
from generator.errors import UsageError
from generator.link import Library, LinkOptions, link, read_library
from generator.link.adapter import Adapter, read_adapter
from generator.link.errors import LinkError
from generator.link.layout import DEFAULT_STACK_SIZE

_STANDARD_STREAM = "-"
_DESCRIPTION = (
    "Link dynamic libraries (tool-conventions, DynamicLinking.md) into a component whose world is the union of theirs. "
    "Of several libraries that export a symbol, the first one given defines it. Libraries that nothing reaches from an "
    "export of the world are left out."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "link", help="make a component of dynamic libraries", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument(
        "libraries",
        nargs="*",
        metavar="[NAME=]MODULE",
        help="library, and its name where others need it by one that is not the file's",
    )
    parser.add_argument("-o", "--output", metavar="OUTPUT", help="where to write the component; stdout if not given")
    parser.add_argument(
        "--stack-size", type=_size, default=DEFAULT_STACK_SIZE, metavar="BYTES", help="of the stack all libraries share"
    )
    parser.add_argument(
        "--stub-missing-functions", action="store_true", help="functions that no library exports trap when called"
    )
    parser.add_argument(
        "--merge-imports-based-on-semver",
        action=Switch,
        default=True,
        help="import the highest of compatible versions only",
    )
    parser.add_argument("--debug-names", action=Switch, default=True, help="name modules and functions that are added")
    parser.add_argument(
        "--realloc-via-memory-grow",
        action="store_true",
        help="adapters allocate with memory.grow, not with the libraries' cabi_realloc",
    )
    parser.add_argument("-v", "--verbose", action="count", default=0, help="no effect")
    parser.add_argument("--color", default="auto", help="no effect")
    parser.add_argument("--validate", action=Switch, default=False, help="only false is supported")
    parser.add_argument("--return-call-ref", action=Switch, default=False, help="only false is supported")
    parser.add_argument(
        "--emit-canonical-names", action="store_true", help="names have only the version that compatible ones share"
    )
    parser.add_argument(
        "--dl-openable",
        action="append",
        default=[],
        metavar="[NAME=]MODULE",
        help="library that dlopen finds; after all others in priority",
    )
    parser.add_argument("--use-built-in-libdl", action="store_true", help="add a library with dlopen, dlsym and so on")
    parser.add_argument("--reject-legacy-names", action="store_true", help="not supported")
    parser.add_argument(
        "--adapt",
        action="append",
        default=[],
        metavar="[NAME=]MODULE",
        help="gives libraries what they import from the module NAME (else the file's name up to its first dot)",
    )
    parser.add_argument("-t", "--wat", action="store_true", help="not supported")


def run(args: argparse.Namespace) -> int:
    """Raises LinkError or another GeneratorError for libraries that do not link, UsageError for options."""
    _refuse_unsupported(args)
    libraries = [_read(word) for word in args.libraries]
    libraries += [_read(word, dl_openable=True) for word in args.dl_openable]
    options = LinkOptions(
        args.stack_size,
        args.stub_missing_functions,
        args.use_built_in_libdl,
        tuple([_read_adapter(word) for word in args.adapt]),
        args.realloc_via_memory_grow,
    )
    componentize_options = ComponentizeOptions(
        merge_imports_based_on_semver=args.merge_imports_based_on_semver,
        naming=InterfaceNaming(canonical=args.emit_canonical_names),
        debug_names=args.debug_names,
    )
    component = link(libraries, options, componentize_options)
    if args.output is None or args.output == _STANDARD_STREAM:
        sys.stdout.buffer.write(component)
    else:
        Path(args.output).write_bytes(component)
    return 0


def _size(text: str) -> int:
    try:
        size = int(text)
    except ValueError:
        size = -1
    if not 0 <= size < 1 << 32:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of bytes from 0 to {(1 << 32) - 1}")
    return size


def _read(word: str, *, dl_openable: bool = False) -> Library:
    """A library's name is what stands before the first `=`, else the last part of its path."""
    name, path = _name_and_path(word)
    return read_library(name or Path(path).name, _read_binary(path), dl_openable=dl_openable)


def _read_adapter(word: str) -> Adapter:
    """An adapter's name is what stands before the first `=`, else the file's name up to the first dot."""
    name, path = _name_and_path(word)
    return read_adapter(name or Path(path).name.partition(".")[0], _read_binary(path))


def _name_and_path(word: str) -> tuple[str, str]:
    """The name is empty if none is given."""
    name, equals, path = word.partition("=")
    if not equals:
        name, path = "", word
    if not path or (equals and not name):
        raise UsageError(f"`{word}`: expected [NAME=]MODULE")
    return name, path


def _read_binary(path: str) -> bytes:
    try:
        binary = Path(path).read_bytes()
    except OSError as error:
        raise LinkError(f"{path}: {error.strerror or error}") from error
    if not binary.startswith(b"\0asm") and binary.lstrip().startswith(b"("):
        raise LinkError(f"{path}: the text format is not supported; a binary module is needed")
    return binary


def _refuse_unsupported(args: argparse.Namespace) -> None:
    for flag, given in (
        ("--validate=true", args.validate),
        ("--return-call-ref=true", args.return_call_ref),
        ("--reject-legacy-names", args.reject_legacy_names),
        ("--wat", args.wat),
    ):
        if given:
            raise UsageError(f"{flag} is not supported")
    if not args.libraries and not args.dl_openable:
        raise UsageError("no library is given")
    if args.output is None and sys.stdout.isatty():
        raise UsageError("binary output does not go to a terminal; say where with --output")
