"""Worlds from `wasm-tools wit-smith`: another tool's idea of a random world."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence

from harness.bench.workbench import Workbench
from harness.fuzz.choices import Source, chance, choose
from harness.fuzz.worlds.profile import FuzzWorld, Profile
from harness.process import children as process
from harness.process.launching import longest

_ATTEMPTS = 16
"""Many outputs have no world with anything in it."""

_SIZES = (4096, 1024, 16384)
"""Bytes of seed. If they run out, the tool draws the simplest form of everything left."""

_WORLD = re.compile(r"^world %?(\S+) \{\n(?=  )", re.MULTILINE)


_GATES = ("active", "inactive")
"""The features that wit-smith uses for gates. Without them its texts are often no valid WIT: they refer to disabled
items, or gate an interface and not its types."""


class SmithError(Exception):
    """wit-smith cannot be asked, or gave nothing that can be used."""


def smith_world(source: Source, bench: Workbench, profile: Profile | None = None) -> FuzzWorld:
    """A world that wit-smith makes from a seed of `source`. Raises `SmithError`."""
    reference = bench.settings.selection.reference
    if reference is None:
        raise SmithError("wit-smith is a command of wasm-tools, and there is none here")
    flags = _flags(source, profile or Profile())
    why = "no world with anything in it"
    for _ in range(_ATTEMPTS):
        size = choose(source, _SIZES)
        seed = source.integer(0, (1 << 64) - 1)
        try:
            text = _ask(bench, reference.path, flags, _stretched(seed, size))
        except SmithError as error:  # some seeds it cannot make valid WIT of
            why = str(error)
            continue
        worlds = _WORLD.findall(text)
        if worlds:
            return FuzzWorld(text, choose(source, worlds), _GATES)
    raise SmithError(f"{_ATTEMPTS} seeds gave nothing that can be used, the last one: {why}")


def _flags(source: Source, profile: Profile) -> list[str]:
    """Types for which the reference has no code are rare; otherwise its opinion would be missing too often."""
    on = [("--implements", "labels", 2), ("--world-include", "includes", 2)]
    on += [("--fixed-length-lists", "fixed_length_lists", 8), ("--error-context", "error_contexts", 8)]
    on += [(flag, "asynchronous", 2) for flag in ("--async", "--futures", "--streams")]
    return [
        flag
        for flag, switch, one_in in on
        if getattr(profile, switch) and (chance(source, one_in) or switch in profile.always)
    ]


def _stretched(seed: int, size: int) -> bytes:
    """`size` bytes from a seed, the same everywhere (xorshift64*, Vigna 2016)."""
    state = seed or 1
    out = bytearray()
    while len(out) < size:
        state ^= state >> 12
        state = (state ^ (state << 25)) & 0xFFFF_FFFF_FFFF_FFFF
        state ^= state >> 27
        out += ((state * 0x2545_F491_4F6C_DD1D) & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8, "little")
    return bytes(out[:size])


def _ask(bench: Workbench, path: str, flags: Sequence[str], seed: bytes) -> str:
    """The WIT text of one seed. The tool writes a binary; its own printer makes the text."""
    names = []
    try:
        names = [_file(bench, seed, ".seed"), _file(bench, b"", ".wasm")]
        _run(bench, [path, "wit-smith", *flags, names[0], "-o", names[1]])
        return _run(bench, [path, "component", "wit", "--no-docs", names[1]]).decode("utf-8", "replace")
    finally:
        for name in names:
            os.unlink(name)


def _file(bench: Workbench, data: bytes, suffix: str) -> str:
    with tempfile.NamedTemporaryFile(dir=bench.settings.directory, suffix=suffix, delete=False) as file:
        file.write(data)
    return file.name


def _run(bench: Workbench, command: Sequence[str]) -> bytes:
    limits = bench.settings.tool_limits
    try:
        with bench.steps.bounded(f"wasm-tools {command[1]}", longest(limits)):
            done = process.run(command, limits)
    except process.CannotStart as error:
        raise SmithError(f"{command[0]} cannot be started: {error.strerror}") from error
    except process.Killed as error:
        if not bench.steps.last_try:
            raise
        raise SmithError(f"{command[1]}: {error}") from error
    if done.timed_out:
        raise SmithError(f"{command[1]} did not end within {limits.seconds:g} s")
    if done.exit_code:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.exit_code}"])[0]
        raise SmithError(f"{command[1]}: {said}")
    return done.stdout
