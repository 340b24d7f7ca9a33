"""A link case in words: its libraries, what the component must do, and the rules behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.binary.core_module import CoreInterface, core_interface
from harness.binary.sections import BinaryError
from harness.explain import rules as of_traps
from harness.explain.words import condition_words
from harness.judge.dylink import read_dylink
from harness.link_cases.coverage import features
from harness.link_cases.prepare import Prepared
from harness.link_cases.rules import of_features
from harness.suite.link_case import LinkCase, LinkCaseLibrary
from harness.text.visible import lines_of
from harness.toolchains.protocol import Library

MAX_NAMES = 12
"""Names that are listed for a library."""
_FROM_LINKER = ("memory", "__")
"""What the linker itself gives: the memory, and names that begin with two underscores."""
_ADDRESSES = {"GOT.mem": ", as the address of data", "GOT.func": ", as the address of a function"}


def link_case_words(case: LinkCase, prepared: Prepared) -> str:
    """`prepared`: of the case."""
    lines = [case.title, f"  why: {case.why}", *(f"  origin: {origin}" for origin in case.origin)]
    lines += [*condition_words(case.conditions), "", *_libraries(case, prepared), ""]
    lines += [*_expected(case, prepared), "", *_rules(case, prepared)]
    return lines_of(lines)


def _libraries(case: LinkCase, prepared: Prepared) -> Iterator[str]:
    rows = {row.name: row for row in case.libraries}
    undefined = "the linker's libdl" if case.options.built_in_libdl else "no library"
    interfaces = {library.name: _interface(library) for library in prepared.libraries}
    yield "`component new` makes a component of:" if case.alone else "`component link` takes, in this order:"
    for library in prepared.libraries:
        yield f"  {library.name}{_role(rows[library.name])}"
        yield from (f"    {line}" for line in _library(library, interfaces, undefined))
    yield from _options(case)


def _interface(library: Library) -> CoreInterface | None:
    """None for a library that must be refused and that this reader does not know either."""
    try:
        return core_interface(library.data)
    except BinaryError:
        return None


def _role(row: LinkCaseLibrary) -> str:
    if row.module:
        return ", a complete module"
    if row.adapter:
        return ", an adapter"
    return ", which dlopen can find" if row.openable else ""


def _library(library: Library, interfaces: Mapping[str, CoreInterface | None], undefined: str) -> Iterator[str]:
    """`undefined`: who gives what no library exports."""
    found = interfaces[library.name]
    if found is None:
        yield "its parts are not those of a library of C"
        return
    dylink = read_dylink(library.data)
    if dylink is not None and dylink.needed:
        yield f"needs {_listed(dylink.needed)}"
    by_giver: dict[str, list[str]] = {}
    for module, name in found.imports:
        giver, what = _giver(library.name, module, name, interfaces)
        by_giver.setdefault(f"{giver or undefined}{what}", []).append(name)
    for giver, names in by_giver.items():
        yield f"imports from {giver}: {_listed(names)}"
    if found.exports:
        yield f"exports {_listed(list(found.exports))}"


def _giver(own: str, module: str, name: str, interfaces: Mapping[str, CoreInterface | None]) -> tuple[str, str]:
    """Who gives an import, empty if no library does; and what is imported, if it is no function."""
    if module == "env" and name.startswith(_FROM_LINKER):
        return "the linker", ""
    if module in ("env", "GOT.mem", "GOT.func", "__main_module__"):
        givers = [other for other, found in interfaces.items() if found is not None and name in found.exports]
        others = [other for other in givers if other != own] or givers
        return " or ".join(others), _ADDRESSES.get(module, "")
    return (module if module in interfaces else f"the world ({module})"), ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return f"{', '.join(names[:MAX_NAMES])}{more}"


def _options(case: LinkCase) -> Iterator[str]:
    options = case.options
    words = {
        f"--stack-size {options.stack_size}": options.stack_size is not None,
        "--stub-missing-functions": options.stub_missing_functions,
        "--use-built-in-libdl": options.built_in_libdl,
        "--several-worlds": options.several_worlds,
        "--return-call-ref": options.return_call_ref,
    }
    given = [word for word, is_given in words.items() if is_given]
    if given:
        yield f"with {' '.join(given)}"


def _expected(case: LinkCase, prepared: Prepared) -> Iterator[str]:
    if case.refusal is not None:
        yield f"Every tool must refuse this. Ours says, among other words: {case.refusal}"
        return
    if not prepared.calls:
        yield "The component is made, its world is compared, and the engine compiles it; nothing is called."
        return
    for number, starts in enumerate(prepared.starts):
        order = "While it is instantiated" if number == 0 else "  or, which is as correct"
        if starts or number:
            yield f"{order}, it calls {', then '.join(map(str, starts)) or 'nothing'}."
    yield "Steps:"
    fresh = False
    for number, call in enumerate(prepared.calls, 1):
        if fresh:
            yield "  In a new instance:"
        *logs, end = call.lines
        fresh = call.traps
        trap = "" if end.trap is None else f" must trap: {end.trap.value}"
        yield f"  {number:2}. {end.told}{trap}"
        if logs:
            yield f"        before its end it calls {', then '.join(map(str, logs))}"


def _rules(case: LinkCase, prepared: Prepared) -> Iterator[str]:
    yield "What the documents say:"
    for step in case.steps:
        if step.trap is not None:
            yield f"  {step.trap.value}: {of_traps.TRAPS[step.trap]}"
    yield from (f"  {rule}" for rule in of_features(features(case, prepared)))
