"""What a link case covers: features of linking, and features of WIT that its calls went through."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from harness.bench.coverage import EXPORT, IMPORT, covered_by
from harness.binary.core_module import CoreInterface, core_interface, has_tags
from harness.binary.sections import BinaryError
from harness.judge.exhibits import Covered
from harness.link_cases.prepare import Prepared
from harness.suite.link_case import LinkCase
from harness.toolchains.lending import asked_of_linker
from harness.toolchains.protocol import Library
from harness.world.types import qualified
from harness.world.world import Function

LINK, LIBRARIES = "link", "libraries"
ONE_MODULE, ONE_LIBRARY, SEVERAL_LIBRARIES = "one module", "one library", "several libraries"
REFUSAL, ANY_ORDER, TRAPS = "refusal", "constructors in any order", "traps"
SEVERAL_SECTIONS, OF_ANOTHER = "several worlds in libraries", "functions of another library"
ADDRESSES_OF_DATA, ADDRESSES_OF_FUNCTIONS = "addresses of data", "addresses of functions"
CONSTRUCTORS, INITIALIZE, RELOCATIONS = "constructors", "_initialize", "data relocations"
HOOKS, ALLOCATOR, ASYNCHRONOUS = "task hooks", "an allocator of its own", "asynchronous exports"
OF_IMPORTS = {"GOT.mem": ADDRESSES_OF_DATA, "GOT.func": ADDRESSES_OF_FUNCTIONS}
OF_EXPORTS = {
    "__wasm_call_ctors": CONSTRUCTORS,
    "_initialize": INITIALIZE,
    "__wasm_apply_data_relocs": RELOCATIONS,
    "__wasm_task_hook": HOOKS,
    "__wasm_init_task": HOOKS,
    "cabi_realloc": ALLOCATOR,
}
ASYNC_EXPORT = "[async-lift]"


def link_coverage(case: LinkCase, prepared: Prepared) -> tuple[Covered, ...]:
    """Of a case that ran, or that was refused as it must be."""
    found = Covered(LINK, LIBRARIES, tuple(sorted(set(features(case, prepared)))))
    return (found, *covered_by(_called(prepared)))


def features(case: LinkCase, prepared: Prepared) -> Iterator[str]:
    """The features of linking that a case has, in words; one may come several times."""
    yield ONE_MODULE if case.alone else ONE_LIBRARY if len(case.libraries) == 1 else SEVERAL_LIBRARIES
    if case.refusal is not None:
        yield REFUSAL
    yield from asked_of_linker(case.options, case.libraries)
    yield from sorted(prepared.needs() & {"threading", "custom-page-sizes"})
    if any(map(_has_tags, prepared.libraries)):
        yield "tags"
    if case.starts_also:
        yield ANY_ORDER
    if any(step.trap is not None for step in case.steps):
        yield TRAPS
    if sum(library.world is not None for library in case.libraries) > 1:
        yield SEVERAL_SECTIONS
    interfaces = list(_interfaces(prepared))
    others = {name for interface in interfaces for name in interface.exports}
    for interface in interfaces:
        yield from (OF_IMPORTS[module] for module, _ in interface.imports if module in OF_IMPORTS)
        if any(module == "env" and name in others for module, name in interface.imports):
            yield OF_ANOTHER
        yield from (OF_EXPORTS[name] for name in interface.exports if name in OF_EXPORTS)
        if any(name.startswith(ASYNC_EXPORT) for name in interface.exports):
            yield ASYNCHRONOUS


def _interfaces(prepared: Prepared) -> Iterator[CoreInterface]:
    """Those that can be read: libraries that must be refused may have parts that this reader does not know."""
    for library in prepared.libraries:
        with contextlib.suppress(BinaryError):
            yield core_interface(library.data)


def _has_tags(library: Library) -> bool:
    try:
        return has_tags(library.data)
    except BinaryError:
        return False


def _called(prepared: Prepared) -> Iterator[tuple[str, Function]]:
    for call in prepared.calls:
        yield EXPORT, call.function
    imported = [*prepared.starts[0], *(line for call in prepared.calls for line in call.lines[:-1])]
    logs = {line.function for line in imported}
    for function in prepared.world.import_functions():
        if function.canonical.removeprefix(qualified(None, "")) in logs:
            yield IMPORT, function
