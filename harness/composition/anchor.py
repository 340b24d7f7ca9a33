"""A library that keeps another library alive.

A linker drops a library that is not reachable from outside. This happens to the dylib of a world without exports: only
the interpreter's own exports are reachable, and the interpreter finds the dylib's functions through pointers. The
anchor exports a function of the component, so it is reachable, and it needs the dylib.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.binary.core_module import core_interface
from harness.binary.sections import COMPONENT_PREAMBLE, MODULE_PREAMBLE, BinaryError, name, section, unsigned, vector

EXPORT = "harness-anchor"
"""The function that the component exports because of it. It does nothing."""


def needs_anchor(dylib: bytes) -> bool:
    """Whether a dylib exports only functions for linkers."""
    try:
        exports = core_interface(dylib).exports
    except BinaryError:
        return False
    return all(export == "cabi_realloc" or export.startswith("__wasm_") for export in exports)


def anchor(needed: str) -> bytes:
    """The library; `needed` is the name of the library to keep."""
    no_memory = section(1, unsigned(0) * 4)  # dylink.0, WASM_DYLINK_MEM_INFO
    dylink = no_memory + section(2, vector([name(needed)]))  # WASM_DYLINK_NEEDED
    module = (
        MODULE_PREAMBLE
        + section(0, name("dylink.0") + dylink)
        + section(1, vector([b"\x60\x00\x00"]))
        + section(3, vector([b"\x00"]))
        + section(7, vector([name(EXPORT) + b"\x00\x00"]))
        + section(10, vector([b"\x02\x00\x0b"]))
    )
    return exporting(module)


_ANCHOR = (b"\x01\x40\x00\x01\x00", b"\x04\x00" + name(EXPORT) + b"\x01\x00")
"""`export harness-anchor: func();`"""


def exporting(module: bytes, members: Sequence[bytes] = _ANCHOR, world: str = "anchor") -> bytes:
    """`module` with a section that declares the exports of `members`, declarations of a component type, as its own from
    the component."""
    return module + section(0, name(f"component-type:harness-{world}") + _component_type(members, world))


def _component_type(members: Sequence[bytes], label: str) -> bytes:
    """A world of these members, as tools write a world (WIT.md, "Package Format")."""
    world = b"\x41" + vector(list(members))
    package = b"\x41" + vector([b"\x01" + world, b"\x04\x00" + name(f"harness:boxed/{label}@0.1.0") + b"\x04\x00"])
    return (
        COMPONENT_PREAMBLE
        + section(0, name("wit-component-encoding") + b"\x04\x00")
        + section(7, vector([package]))
        + section(11, vector([b"\x00" + name(label) + b"\x03\x00\x00"]))
    )
