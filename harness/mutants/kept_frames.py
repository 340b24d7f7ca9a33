"""Adapters that never release their frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from generator.dylib.adapters.kit import Kit
from generator.dylib.code.assembly import Body, Func
from generator.dylib.code.frame import Frames
from generator.dylib.world.functions import FunctionUse


class _KeptFrames(Frames):
    def leave(self, body: Body, frame: int, size: int) -> None:
        body.free_local(frame)


def write_without_leaving(write: Callable[..., Any], kit: Kit, adapter: Func, use: FunctionUse) -> None:
    """Write an adapter that does not restore the stack pointer."""
    frames = _KeptFrames(kit.assembly, kit.frames.place)
    write(replace(kit, frames=frames), adapter, use)
    kit.frames.uses_global |= frames.uses_global
