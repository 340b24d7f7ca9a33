"""What known faults may ask of a link case."""

from __future__ import annotations

from harness.suite.faults.condition import WorldFacts
from harness.suite.faults.link_program import ProgramOfCase
from harness.suite.link_case import LinkCase


def facts_of_link_case(case: LinkCase) -> WorldFacts:
    """The facts about a link case that has been prepared, so its texts have no errors."""
    wats = tuple(library.wat for library in case.libraries)
    return WorldFacts(case.wit, case.world, program=ProgramOfCase(case.file.text, case.options.stack_size, wats))
