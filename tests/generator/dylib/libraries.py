"""Libraries from WIT text."""

from __future__ import annotations

from generator.dylib.generate import generate
from generator.dylib.world.options import DylibOptions
from generator.sources.load import load_text, select_world


def library(wit: str, options: DylibOptions | None = None) -> bytes:
    """The library of the only world in `wit`; `package a:b;` is put before it."""
    resolve, package = load_text("package a:b;\n" + wit)
    return generate(resolve, select_world(resolve, package, None), options)
