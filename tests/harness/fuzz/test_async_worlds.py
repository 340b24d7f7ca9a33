"""Random worlds with asynchronous code: ours refuses nothing that the reference builds, and what it makes is valid."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.engine.engine import Engine
from harness.fuzz.choices import RandomSource
from harness.fuzz.worlds.packages import random_world
from harness.fuzz.worlds.profile import FuzzWorld, Profile
from harness.toolchains import ours
from harness.toolchains.protocol import Built, GenerateOptions, Library, LinkOptions
from harness.toolchains.reference_binary import NoReference, find
from harness.toolchains.wasm_tools import WasmTools
from tests.generator.link.stubs import stub_interpreter

try:
    EXECUTABLE = find()
except NoReference as error:
    pytest.skip(str(error), allow_module_level=True)

_ASYNC = re.compile(r"async |stream|future")
_PROFILE = Profile(error_contexts=False, fixed_length_lists=False, accessors=False, stretched=False)
"""The profile leaves out what the reference's generator or front end does not support."""


def worlds(seed: int) -> Iterator[FuzzWorld]:
    """Random worlds with asynchronous functions."""
    generator = random.Random(seed)
    while True:
        world = random_world(RandomSource(generator), _PROFILE)
        if _ASYNC.search(world.wit):
            yield world


@pytest.mark.parametrize("seed", range(4))
def test_ours_builds_what_the_reference_builds(seed: int, tmp_path: Path) -> None:
    reference, our, engine = WasmTools(EXECUTABLE, tmp_path), ours.OurToolchain(), Engine()
    built = 0
    for world, _ in zip(worlds(seed), range(8), strict=False):
        options = GenerateOptions(features=world.features)
        theirs = reference.generate(world.wit, world.world, options).result()
        if not isinstance(theirs, Built):
            continue
        mine = our.generate(world.wit, world.world, options).result()
        assert isinstance(mine, Built), (world.wit, mine)
        assert engine.refusal(mine.data) is None, world.wit
        libraries = [Library("i.so", stub_interpreter(mine.data)), Library("w.so", mine.data)]
        linked = our.link(libraries, LinkOptions()).result()
        by_reference = reference.link(libraries, LinkOptions()).result()
        if isinstance(by_reference, Built):
            assert isinstance(linked, Built), (world.wit, linked)
            assert engine.component_refusal(linked.data) is None, world.wit
            built += 1
    assert built, "some worlds must get so far"
