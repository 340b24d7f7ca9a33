"""The tools for writing adapters."""

from __future__ import annotations

from dataclasses import dataclass

from generator.canonical.layout import Layout
from generator.dylib.code.assembly import Assembly
from generator.dylib.code.frame import Frames
from generator.dylib.code.lift import Lift
from generator.dylib.code.lower import Lower


@dataclass(frozen=True, slots=True)
class Kit:
    """The assembly for adapters, and the writers of their code."""

    assembly: Assembly
    layout: Layout
    lift: Lift
    lower: Lower
    frames: Frames
