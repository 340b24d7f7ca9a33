"""Level 2: the built-in behind a core import that has the name of one.

The names are those of core modules in wasm-tools 1.262 (docs/specification.md); opcodes: Binary.md, "Canonical
Definitions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.binary.canon_definitions import CanonDefinitions
from harness.judge.difference import Difference
from harness.plan.roles import Role

_OPCODES = {
    "resource.new": 0x02,
    "resource.drop": 0x03,
    "resource.rep": 0x04,
    "task.cancel": 0x05,
    "subtask.cancel": 0x06,
    "task.return": 0x09,
    "context.get": 0x0A,
    "context.set": 0x0B,
    "thread.yield": 0x0C,
    "subtask.drop": 0x0D,
    "stream.new": 0x0E,
    "stream.read": 0x0F,
    "stream.write": 0x10,
    "stream.cancel-read": 0x11,
    "stream.cancel-write": 0x12,
    "stream.drop-readable": 0x13,
    "stream.drop-writable": 0x14,
    "future.new": 0x15,
    "future.read": 0x16,
    "future.write": 0x17,
    "future.cancel-read": 0x18,
    "future.cancel-write": 0x19,
    "future.drop-readable": 0x1A,
    "future.drop-writable": 0x1B,
    "error-context.new": 0x1C,
    "error-context.debug-message": 0x1D,
    "error-context.drop": 0x1E,
    "waitable-set.new": 0x1F,
    "waitable-set.wait": 0x20,
    "waitable-set.poll": 0x21,
    "waitable-set.drop": 0x22,
    "waitable.join": 0x23,
    "backpressure.inc": 0x24,
    "backpressure.dec": 0x25,
    "stream.forward": 0x2E,
    "future.forward": 0x2F,
}
_BY_NAME = {text.replace(".", "-"): text for text in _OPCODES}
_BY_OPCODE = {opcode: text for text, opcode in _OPCODES.items()}
_NAME = re.compile(
    rf"(?:\[async-lower\])?\[({'|'.join(_BY_NAME)})(?:-(?:i32-|i64-)?\d+|-unit|-utf8|-utf16|-latin1\+utf16)?\]"
)
"""Neither `[thread-yield-then-resume]` nor a function of WIT, such as `[method]r.f`."""


def wrong_built_ins(definitions: CanonDefinitions, role: Role) -> Iterator[Difference]:
    """Imports that are defined as something else than their name says."""
    for (module, name), several in definitions.others.items():
        found = _NAME.match(name)
        if found is None:
            continue
        right = _BY_NAME[found[1]]
        for definition in several:
            if definition.opcode != _OPCODES[right]:
                yield Difference(2, "canonical definition", role, f"{module} {name}", right, _word(definition.opcode))


def other_kinds(expected: CanonDefinitions, actual: CanonDefinitions, role: Role) -> Iterator[Difference]:
    """Imports of one name that are definitions of other kinds in another toolchain's component."""
    for module, name in sorted(expected.others.keys() & actual.others.keys()):
        one, other = (
            ", ".join(sorted({_word(each.opcode) for each in found.others[module, name]}))
            for found in (expected, actual)
        )
        if one != other:
            yield Difference(2, "canonical definition", role, f"{module} {name}", one, other)


def _word(opcode: int) -> str:
    return _BY_OPCODE.get(opcode, f"the definition with opcode {opcode:#04x}")
