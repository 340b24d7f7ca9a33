"""`component embed`: puts a world into a core module, or makes a module from a world."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.canonical.flatten import AsyncAbi
from generator.cli.named_modules import read_input
from generator.cli.outputs import check_output, write_output
from generator.component.read import is_component
from generator.dummy.asynchronous import async_dummy_module
from generator.dummy.module import dummy_module
from generator.dummy.schemes import SCHEMES
from generator.errors import GeneratorError, UsageError
from generator.resolved.model import Resolve, WorldId
from generator.sources.load import load, select_world
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from generator.wasm.errors import WasmFormatError
from generator.wasm.module import CustomSection
from generator.wit.binary.encode import encode_world, section_name
from generator.wit.semver import merge_imports_by_version

_DEFAULT_SCHEME = "standard32"


def run(args: argparse.Namespace) -> int:
    """Raises GeneratorError for bad input, UsageError for unsupported options."""
    _refuse_unsupported(args)
    resolve, package = load(Path(args.wit), args.features, args.all_features)
    world = select_world(resolve, package, args.world)
    if args.emit_canonical_names:  # compatible versions would have one name (as in the reference)
        merge_imports_by_version(resolve, world)
    section = encode_world(resolve, world, args.encoding, canonical_names=args.emit_canonical_names)
    output = section if args.only_custom else _module(args, resolve, world) + _custom(section)
    write_output(args, output)
    return 0


def _refuse_unsupported(args: argparse.Namespace) -> None:
    for flag, given in (
        ("--async-callback", args.async_callback),
        ("--async-stackful", args.async_stackful),
    ):
        if given and args.dummy_names != "legacy":
            raise UsageError(f"{flag} needs `--dummy-names legacy`: other names have no form for the asynchronous ABI")
    check_output(args)


def _custom(section: bytes) -> bytes:
    return encode_custom(CustomSection(section_name(), section))


def _module(args: argparse.Namespace, resolve: Resolve, world: WorldId) -> bytes:
    """The core module that gets the section."""
    if args.async_callback or args.async_stackful:
        abi = AsyncAbi.CALLBACK if args.async_callback else AsyncAbi.STACKFUL
        return async_dummy_module(resolve, world, abi)
    if args.dummy or args.dummy_names is not None:
        return dummy_module(resolve, world, SCHEMES[args.dummy_names or _DEFAULT_SCHEME])
    binary, name = read_input(args)
    if is_component(binary):
        raise GeneratorError(f"{name}: this is already a component; a core module is needed")
    if not binary.startswith(b"\0asm"):
        raise GeneratorError(f"{name}: not a core module")
    try:
        DecodedModule(binary)
    except WasmFormatError as error:
        raise GeneratorError(f"{name}: {error}") from error
    return binary
