"""Random programs, linked by ours and by the reference, answer what they say."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.generator.link import test_reference as tools
from tests.generator.link.programs import APP, Program, programs
from tests.generator.wit.test_reference import EXECUTABLE


def linkable(program: Program) -> tools.Program:
    answers = program.answers()
    libraries = program.libraries()
    binaries = {name: tools.binary(builder, *(answers if name == APP else ())) for name, builder in libraries.items()}
    return tools.Program(binaries, {**answers})


def check(program: Program, linker: tools.Link) -> None:
    found = linkable(program)
    with tempfile.TemporaryDirectory() as folder:
        answers, _ = tools.run(linker(found, Path(folder)), list(found.answers))
    assert answers == found.answers


@settings(deadline=None)
@given(programs())
def test_ours(program: Program) -> None:
    check(program, tools.ours)


@pytest.mark.skipif(EXECUTABLE is None, reason="wasm-tools does not run here")
@settings(deadline=None, max_examples=30)
@given(programs())
def test_reference(program: Program) -> None:
    check(program, tools.reference)
