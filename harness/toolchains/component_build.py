"""The results of building one component, as data."""

from __future__ import annotations

from dataclasses import dataclass

from harness.toolchains.protocol import (
    BuildFailure,
    BuildResult,
    Built,
)

INTERPRETER = "libboxed.so"
"""The interpreter's name for dylibs."""


WORLD = "libworld.so"
"""The name of a dylib in a link."""


@dataclass(frozen=True, slots=True)
class ComponentBuild:
    """The results of one component in one build. `component` is None if the generator already failed."""

    dylib: BuildResult
    component: BuildResult | None

    @property
    def failure(self) -> BuildFailure | None:
        for result in (self.dylib, self.component):
            if result is not None and not isinstance(result, Built):
                return result
        return None
