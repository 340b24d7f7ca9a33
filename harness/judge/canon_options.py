"""Canonical options on level 2: the requirements of the specification, and differences between two toolchains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.binary.canon import read_definitions
from harness.binary.canon_definitions import ENCODINGS, CanonDefinition, CanonDefinitions
from harness.binary.sections import BinaryError
from harness.judge.difference import NOTHING, Difference
from harness.judge.opcodes import other_kinds, wrong_built_ins
from harness.plan.roles import Role
from harness.world.merging import canonical_name
from harness.world.types import Prim
from harness.world.walk import reachable
from harness.world.world import Function, World

_TASK_RETURN = "[task-return]"
_ASYNC_LOWER = "[async-lower]"
_HAVE_FORMS = frozenset((0x01, 0x06, 0x0F, 0x10, 0x11, 0x12, 0x16, 0x17, 0x18, 0x19))
"""The opcodes of `lower`, `subtask.cancel`, and reads, writes and cancellations of streams and futures (Binary.md)."""
_EXPORT = "[export]"
_ROOT = "$root"
STANDARD_PREFIX = "cm32p2"
"""The prefix of standard names of core modules (BuildTargets.md)."""


def judge_options(component: bytes, role: Role, *, hooked: bool = False) -> list[Difference]:
    """By the specification: strings are UTF-8, the encoding of the generated libraries; a lift has `post-return` if the
    library has a function for it; `task.return` and its lift have equal options (CanonicalABI.md, `canon task.return`);
    what is imported with `[async-lower]`, and nothing else, has the option `async`; a built-in is what its name says.

    `hooked`: lifts refer to functions that the linker made, not to those of the library. Then nothing here says which
    have a `post-return`; that it is called shows in the traces.
    """
    try:
        found = read_definitions(component)
    except (BinaryError, IndexError, KeyError) as error:
        return [_difference(role, "", "canonical definitions that can be read", str(error))]
    post_returns = () if hooked else _post_returns(found, role)
    named = wrong_built_ins(found, role)
    return [*_encodings(found, role), *post_returns, *_task_returns(found, role), *_forms(found, role), *named]


def judge_embedded_options(component: bytes, world: World, encoding: str, role: Role) -> list[Difference]:
    """Differences from the specification, in a component of one core module with everything in `world`: each function
    with strings has the module's `encoding` (of `ENCODINGS`), and no other function has another encoding."""
    try:
        found = read_definitions(component)
    except (BinaryError, IndexError, KeyError) as error:
        return [_difference(role, "", "canonical definitions that can be read", str(error))]
    named: list[tuple[str, Function, Sequence[CanonDefinition]]] = [
        (f"lift {function.canonical}", function, [found.lifts[function.canonical]])
        for function in world.export_functions()
        if function.canonical in found.lifts
    ]
    named += [
        (f"{module} {function.name}", function, found.others.get((module, function.name), ()))
        for function in world.import_functions()
        for module in _core_modules(function)
    ]
    wrong = [
        _difference(role, path, encoding, definition.options.encoding)
        for path, function, definitions in named
        for definition in definitions
        if definition.options.encoding not in _right(function, encoding)
    ]
    return [*wrong, *_post_returns(found, role)]


def _right(function: Function, encoding: str) -> tuple[str, ...]:
    types = reachable(*(param.type for param in function.params), function.result, payloads=False)
    has_strings = any(type is Prim.STRING for type in types)
    return (encoding,) if has_strings else (encoding, ENCODINGS[0])  # the default, if there is no option


def _core_modules(function: Function) -> tuple[str, str]:
    """The module that a core module imports a function from, by the names of tools or the standard names."""
    if function.interface is None:
        return _ROOT, STANDARD_PREFIX
    return function.interface, f"{STANDARD_PREFIX}|{canonical_name(function.interface)}"


def options_beside(expected: bytes, actual: bytes, role: Role) -> list[Difference]:
    """Definitions of one name that are of another kind or have different options in another toolchain's component."""
    try:
        first, second = read_definitions(expected), read_definitions(actual)
    except (BinaryError, IndexError, KeyError):
        return []  # reported by `judge_options`
    found = list(other_kinds(first, second, role))
    known, other = dict(_named(first)), dict(_named(second))
    for name in sorted(known.keys() & other.keys()):
        if known[name] != other[name]:
            found.append(_difference(role, name, known[name], other[name]))
    return found


def _difference(role: Role, path: str, expected: str, actual: str) -> Difference:
    return Difference(2, "canonical options", role, path, expected, actual)


def _named(definitions: CanonDefinitions) -> Iterator[tuple[str, str]]:
    """Each definition's name with its options in words; definitions of one name in several modules are together."""
    for name, lift in definitions.lifts.items():
        yield f"lift {name}", lift.options.words()
    for (module, name), several in definitions.others.items():
        yield f"{module} {name}", "; ".join(sorted({each.options.words() for each in several}))


def _all(definitions: CanonDefinitions) -> Iterator[tuple[str, CanonDefinition]]:
    yield from ((f"lift {name}", lift) for name, lift in definitions.lifts.items())
    for (module, name), several in definitions.others.items():
        yield from ((f"{module} {name}", each) for each in several if "[error-context-" not in name)


def _encodings(definitions: CanonDefinitions, role: Role) -> Iterator[Difference]:
    for name, definition in _all(definitions):
        if definition.options.encoding != ENCODINGS[0]:
            yield _difference(role, name, ENCODINGS[0], definition.options.encoding)


def _post_returns(definitions: CanonDefinitions, role: Role) -> Iterator[Difference]:
    for name, lift in definitions.lifts.items():
        has = lift.options.post_return is not None
        if lift.core is not None and not lift.options.is_async and has != (lift.core in definitions.post_returns):
            words = ("post-return", NOTHING) if not has else (NOTHING, "post-return")
            yield _difference(role, f"lift {name}", *words)


def _forms(definitions: CanonDefinitions, role: Role) -> Iterator[Difference]:
    """The prefix `[async-lower]` of a core import is the option `async` of its definition: of functions, of reads,
    writes and cancellations."""
    for (module, name), several in definitions.others.items():
        wanted = name.startswith(_ASYNC_LOWER)
        for definition in several:
            if definition.opcode in _HAVE_FORMS and definition.options.is_async is not wanted:
                words = ("async", "synchronous") if wanted else ("synchronous", "async")
                yield _difference(role, f"{module} {name}", *words)


def _task_returns(definitions: CanonDefinitions, role: Role) -> Iterator[Difference]:
    for (module, name), several in definitions.others.items():
        if not name.startswith(_TASK_RETURN) or not module.startswith(_EXPORT):
            continue
        interface, function = module.removeprefix(_EXPORT), name.removeprefix(_TASK_RETURN)
        lift = definitions.lifts.get(function if interface == _ROOT else f"{interface}#{function}")
        if lift is None or not lift.options.is_async:
            continue
        expected = (lift.options.encoding, lift.options.memory)
        for definition in several:
            if (definition.options.encoding, definition.options.memory) != expected:
                wanted = f"the options of its lift ({lift.options.words()})"
                yield _difference(role, f"{module} {name}", wanted, definition.options.words())
