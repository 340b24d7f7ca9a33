"""Work side by side, and alone."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager

from harness.runs.gate import Gate


class Entered:
    """A thread that enters and stays until it may leave."""

    def __init__(self, way: AbstractContextManager[None]) -> None:
        self.inside = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._go, args=(way,), daemon=True)
        self._thread.start()

    def _go(self, way: AbstractContextManager[None]) -> None:
        with way:
            self.inside.set()
            self._leave.wait(60)

    def leave(self) -> None:
        self._leave.set()
        self._thread.join(60)


def test_alone_waits_for_all_and_keeps_all_out() -> None:
    gate = Gate()
    first, second = Entered(gate.together()), Entered(gate.together())
    assert first.inside.wait(60) and second.inside.wait(60)
    alone = Entered(gate.alone())
    assert not alone.inside.wait(0.1)
    late = Entered(gate.together())
    first.leave()
    assert not alone.inside.wait(0.1) and not late.inside.wait(0.1)
    second.leave()
    assert alone.inside.wait(60) and not late.inside.wait(0.1)
    other = Entered(gate.alone())
    assert not other.inside.wait(0.1)
    alone.leave()
    assert other.inside.wait(60) and not late.inside.wait(0.1)
    other.leave()
    assert late.inside.wait(60)
    late.leave()
