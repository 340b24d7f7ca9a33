"""Our own generator and linker, in this process."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from generator.adapt.adapter import read_adapter
from generator.adapt.alone import plan_with_adapters
from generator.componentize.encoder import ComponentizeOptions, componentize
from generator.dummy.module import dummy_module
from generator.dummy.schemes import SCHEMES
from generator.dylib.generate import generate
from generator.dylib.world.async_filter import AsyncFilters
from generator.dylib.world.options import DylibOptions
from generator.errors import GeneratorError
from generator.link import link
from generator.link.library import read_library
from generator.link.options import LinkOptions as OurLinkOptions
from generator.preinit.initialize import initialize
from generator.preinit.snapshot import InitOptions
from generator.resolved.model import PackageId, Resolve
from generator.sources.load import load, load_bytes, load_text, select_world
from generator.wasm.decode import DecodedModule
from generator.wasm.encode import encode_custom
from generator.wasm.module import CustomSection
from generator.wit.binary.encode import encode_package, encode_world, section_name
from generator.wit.binary.limits import check_package, check_types
from generator.wit.json_form import resolve_json
from generator.wit.printer import print_all
from harness.composition.initial_wasi import ENVIRONMENT
from harness.toolchains.command_schema import WIT_JSON, WIT_WASM
from harness.toolchains.protocol import (
    DEFAULT_ENCODING,
    INITIALIZE,
    OUR_COMMANDS,
    BuildResult,
    Built,
    EmbedOptions,
    GenerateOptions,
    Job,
    Library,
    LinkOptions,
    Panicked,
    Refused,
    Toolchain,
)

NAME = "ours"
INIT_SECONDS = 60
"""Of wall time, for the process that initialises a component."""


class _LazyJob:
    """Works on demand, in this process, so a limit on its time must be a limit on the process."""

    def __init__(self, stage: str, work: Callable[[], bytes]) -> None:
        self._stage = stage
        self._work = work
        self._result: BuildResult | None = None

    def result(self) -> BuildResult:
        if self._result is None:
            self._result = self._do()
        return self._result

    def _do(self) -> BuildResult:
        try:
            return Built(self._work())
        except GeneratorError as error:
            return Refused(str(error), self._stage)
        except MemoryError:  # the cache of the whole worker, which caches much else
            raise
        except Exception:  # any other exception is a fault of the tool, like a panic of the reference
            return Panicked(1, traceback.format_exc(), self._stage)


class OurToolchain:
    def generate(self, wit: str | Path, world: str | None, options: GenerateOptions) -> Job:
        return _LazyJob("generate", lambda: _generate(wit, world, options))

    def link(self, libraries: Sequence[Library], options: LinkOptions) -> Job:
        return _LazyJob("link", lambda: _link(libraries, options))

    def embed(self, wit: str, world: str, options: EmbedOptions) -> Job:
        return _LazyJob("embed", lambda: _embed(wit, world, options))

    def new(self, module: bytes, adapters: Sequence[Library] = ()) -> Job:
        return _LazyJob("new", lambda: _new(module, adapters))

    def wit(self, component: bytes) -> Job:
        return _LazyJob("wit", lambda: _wit(component))

    def print_package(self, form: str, wit: str, features: tuple[str, ...]) -> Job:
        return _LazyJob(form, lambda: _print_package(form, wit, features))

    def initialize(self, component: bytes, function: str | None) -> Job:
        options = InitOptions(function, ENVIRONMENT, seconds=INIT_SECONDS)
        return _LazyJob(INITIALIZE, lambda: initialize(component, options)[0])


def _generate(wit: str | Path, world: str | None, options: GenerateOptions) -> bytes:
    if options.encoding != DEFAULT_ENCODING:
        raise GeneratorError("this adapter does not support an encoding")
    resolve, package = _load(wit, options.features)
    dylib_options = DylibOptions(
        interpreter=options.interpreter,
        async_filters=AsyncFilters.parse(options.async_filters),
        abi_version=options.abi_version,
    )
    return generate(resolve, select_world(resolve, package, world), dylib_options)


@lru_cache(maxsize=4)
def _load(wit: str | Path, features: tuple[str, ...]) -> tuple[Resolve, PackageId]:
    """The components of a composition come from one text, one after the other."""
    if isinstance(wit, Path):
        return load(wit, features)
    return load_text(wit, "world.wit", features)


def _link(libraries: Sequence[Library], options: LinkOptions) -> bytes:
    adapters = tuple([read_adapter(item.name, item.data) for item in libraries if item.adapter])
    read = [read_library(item.name, item.data, dl_openable=item.openable) for item in libraries if not item.adapter]
    ours = OurLinkOptions(
        stub_missing_functions=options.stub_missing_functions,
        built_in_libdl=options.built_in_libdl,
        adapters=adapters,
        several_worlds=options.several_worlds,
    )
    if options.stack_size is not None:
        ours = replace(ours, stack_size=options.stack_size)
    encoding = ComponentizeOptions(
        merge_imports_based_on_semver=options.merge_versions, return_call_ref=options.return_call_ref
    )
    return link(read, ours, encoding)


def _new(module: bytes, adapters: Sequence[Library]) -> bytes:
    read = [read_adapter(item.name, item.data) for item in adapters]
    return componentize(plan_with_adapters(DecodedModule(module), read))


def _embed(wit: str, world: str, options: EmbedOptions) -> bytes:
    resolve, package = _load(wit, options.features)
    found = select_world(resolve, package, world)
    section = CustomSection(section_name(), encode_world(resolve, found, options.encoding))
    return dummy_module(resolve, found, SCHEMES[options.names]) + encode_custom(section)


def _wit(component: bytes) -> bytes:
    loaded = load_bytes(component, "component.wasm")
    return print_all(loaded.resolve, loaded.package, docs=True).encode()


def _print_package(form: str, wit: str, features: tuple[str, ...]) -> bytes:
    resolve, package = _load(wit, features)
    if form == WIT_JSON:
        return json.dumps(resolve_json(resolve)).encode()
    if form == WIT_WASM:
        check_types(resolve)
        check_package(resolve, package)
        return encode_package(resolve, package)
    return print_all(resolve, package, docs=True).encode()


def toolchain() -> Toolchain:
    tool = OurToolchain()
    return Toolchain(
        NAME,
        "generator",
        metadata.version("wit-dylib-harness"),
        tool,
        tool,
        in_process=True,
        commands=OUR_COMMANDS,
        embedder=tool,
        printer=tool,
        initializer=tool,
    )
