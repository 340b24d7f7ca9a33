"""What toolchains made of one component, as data."""

from __future__ import annotations

from dataclasses import dataclass

from harness.toolchains.protocol import (
    BuildFailure,
    BuildResult,
    Built,
)

INTERPRETER = "libboxed.so"
"""The name that dylibs call the interpreter by."""


WORLD = "libworld.so"
"""The name that a dylib is linked under."""


@dataclass(frozen=True, slots=True)
class ComponentBuild:
    """What came of one component under one build. `component` is None where the generator already failed."""

    dylib: BuildResult
    component: BuildResult | None

    @property
    def failure(self) -> BuildFailure | None:
        for result in (self.dylib, self.component):
            if result is not None and not isinstance(result, Built):
                return result
        return None
