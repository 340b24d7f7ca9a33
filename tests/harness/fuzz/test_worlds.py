"""Random worlds: valid for two front ends, functions of their choices alone, simple where the choices are low."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.frontend.front_end import WitText, surround
from harness.fuzz.worlds import FuzzWorld, Profile, random_world
from harness.toolchains.reference_binary import NoReference, find
from tests.harness.fuzz.sources import GivenSource, seeded

SEEDS = range(300)


EVERYTHING = Profile(asynchronous=True)


@cache
def world_of(seed: int, profile: Profile = EVERYTHING) -> FuzzWorld:
    return random_world(seeded(seed), profile)


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_every_world_is_valid(first: int) -> None:
    for seed in range(first, first + 100):
        world = world_of(seed)
        surround(WitText(world.wit, f"seed {seed}"), world.world, world.features)


@given(st.lists(st.integers(0, 40), max_size=200))
def test_any_choices_give_a_valid_world(choices: list[int]) -> None:
    world = random_world(GivenSource(choices), Profile(asynchronous=True))
    surround(WitText(world.wit, "given.wit"), world.world, world.features)


def test_the_reference_agrees_that_they_are_valid(tmp_path: Path) -> None:
    try:
        executable = find(None).path
    except NoReference:
        pytest.skip("wasm-tools does not run here")
    refused = []
    for seed in range(60):
        world = world_of(seed)
        path = tmp_path / "world.wit"
        path.write_text(world.wit)
        features = [option for feature in world.features for option in ("--features", feature)]
        done = subprocess.run([executable, "component", "wit", path, *features], capture_output=True, check=False)
        if done.returncode:
            refused.append((seed, done.stderr.decode()))
    assert refused == []


def test_the_lowest_choices_give_the_simplest_world() -> None:
    world = random_world(GivenSource(), Profile(asynchronous=True))
    assert world.wit == "package a:a;\n\ninterface b {\n  a: func();\n}\n\nworld a {\n  import b;\n}\n"
    assert (world.world, world.features) == ("a", ())


@pytest.mark.parametrize("seed", range(20))
def test_kept_choices_give_the_same_world(seed: int) -> None:
    source = seeded(seed)
    world = random_world(source, Profile())
    assert random_world(GivenSource(source.choices), Profile()) == world


def test_worlds_do_not_depend_on_hashes() -> None:
    code = (
        "import hashlib\nfrom random import Random\nfrom harness.fuzz.choices import RandomSource\n"
        "from harness.fuzz.worlds import Profile, random_world\n"
        "texts = [random_world(RandomSource(Random(seed)), Profile()).wit for seed in range(40)]\n"
        "print(hashlib.sha256(''.join(texts).encode()).hexdigest())"
    )
    here = hashlib.sha256("".join(world_of(seed, Profile()).wit for seed in range(40)).encode()).hexdigest()
    for hash_seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == here


def texts() -> Iterator[str]:
    return (world_of(seed).wit for seed in SEEDS)


@pytest.mark.parametrize(
    "pattern",
    [
        r"package \S+@\S+ \{",  # several packages
        r"(?s)package (\S+)@1\.2\.3 \{.*package \1@",  # versions of one
        r"use \S+:\S+/\S+\.\{",  # from another package
        r"use \S+\.\{\S+ as \S+\}",
        r"(?m)^  use .*$",
        r"(?s)import (\S+);.*export \1;",  # both imported and exported
        r"import \S+: interface \{",
        r"export \S+: interface \{",
        r"import \S+: (async )?func",
        r"export \S+: (async )?func",
        r"import [\w-]+: [\w:/-]+;",  # labels
        r"export [\w-]+: [\w:/-]+;",
        r"(?m)^  include \S+;",
        r"(?m)^  include \S+ with \{ \S+ as \S+",
        r"(?m)^  include \S+ with \{ .*\S+ as (\S+), (.*, )?\1 as ",  # a name moves on
        r"(?m)^  resource ",  # of the world
        r"constructor\(.*\);",
        r"constructor\(.*\) -> result<",
        r": static func",
        r"borrow<",
        r"own<",
        r"(list|option|tuple)<borrow<",
        *(rf"map<{key}," for key in ("u8", "bool", "s8", "s16", "u32", "s64", "u64", "char", "string")),
        r"list<.*, \d+>",
        r"error-context",
        r"stream<",
        r"future",
        r"async func",
        r"enum \S+ \{ (\S+, ){254,256}\S+ \}",
        r"variant \S+ \{ (\S+, ){255,}",
        r"flags \S+ \{ (\S+, ){31}\S+ \}",
        r"func\(([^,]*, ){12,}",
        r"%interface|%func|%list|%type",
        r"memory|malloc|cabi-realloc|stack-pointer",
        r"get-URL|HTTP-v2|X-1",
        r"@since\(version = ",
        r"@unstable\(feature = ",
        r"///",
        r"(?s)import (v\d:lib/api@).*import \1",  # in several versions
    ],
)
def test_what_occurs(pattern: str) -> None:
    assert any(re.search(pattern, text) for text in texts())


@pytest.mark.parametrize(
    ("switch", "pattern"),
    [
        ("packages", r"package [^;]* \{|package \S+@"),
        ("resources", r"resource |borrow<|own<|constructor"),
        ("maps", r"map<"),
        ("fixed_length_lists", r"list<[^;]*, \d+>"),
        ("error_contexts", r"error-context"),
        ("labels", r"(im|ex)port [\w-]+: [\w:/-]+;"),
        ("includes", r"\n  include "),
        ("gates", r"@since|@unstable|///"),
        ("hard_names", r"%|memory|URL"),
        ("asynchronous", r"async|stream|future"),
        ("versions", r"v\d:lib/api"),
    ],
)
def test_what_is_switched_off(switch: str, pattern: str) -> None:
    off: dict[str, Any] = {switch: False}
    profile = replace(Profile(asynchronous=True, hard_names=False), **off)  # names would match patterns
    for seed in range(100):
        found = re.search(pattern, world_of(seed, profile).wit)
        assert found is None, found


def test_what_every_world_has() -> None:
    """The choices stay the same, so that a world that has it anyway is the same."""
    plain = Profile(error_contexts=False, hard_names=False)
    always = replace(plain, always=("asynchronous", "maps"))
    found: dict[bool, int] = {True: 0, False: 0}
    for seed in range(60):
        before, wit = world_of(seed, plain).wit, world_of(seed, always).wit
        same = before == wit
        found[same] += 1
        assert same or not re.search(r"async |stream|future", before) or "map<" not in before
    assert found[True] and found[False]
    often = [world_of(seed, replace(plain, functions=12, always=("asynchronous",))).wit for seed in range(60)]
    seldom = [world_of(seed, replace(plain, functions=12)).wit for seed in range(60)]
    counts = [sum(re.search(r"async |stream|future", wit) is not None for wit in texts) for texts in (often, seldom)]
    assert counts[0] > 50 > 20 > counts[1]


@pytest.mark.parametrize("functions", [1, 5, 12])
def test_sizes(functions: int) -> None:
    profile = Profile(
        functions=functions,
        resources=False,
        large_types=False,
        hard_names=False,
        stretched=False,
        versions=False,
        gates=False,
    )
    counts = [world_of(seed, profile).wit.count("func(") for seed in range(100)]
    assert max(counts) <= 4 * functions
    assert functions / 2 <= sum(counts) / len(counts) <= 2 * functions
