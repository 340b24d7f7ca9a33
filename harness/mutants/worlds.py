"""Small worlds that each show several mutants, by topic."""

from __future__ import annotations

from harness.mutants.handle_worlds import HANDLE_WORLDS
from harness.mutants.large_worlds import LARGE_WORLDS
from harness.mutants.package_worlds import PACKAGE_WORLDS
from harness.mutants.value_worlds import VALUE_WORLDS

PROGRAMS = "programs"
"""Instead of a world: random link cases (`harness/fuzz/linking`)."""

WORLDS = {
    "initialized": "package m:initialized;\n\nworld w { export later: func(a: u32) -> string; }\n",
    **VALUE_WORLDS,
    **HANDLE_WORLDS,
    **LARGE_WORLDS,
    **PACKAGE_WORLDS,
}
