"""The tests' host with asynchronous calls: imports that are started and finish later, exports that become tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.generator.dylib.host import Host

MARGIN = 16
PATTERN = 0xA5


@dataclass(frozen=True)
class Started:
    """A call of an async import: `status` is what the component's side answered."""

    which: int
    cx: int
    area: int
    status: int


class TaskHost(Host):
    """`on_event(event, waitable, payload, which)` is the callback of exports; a call of an export answers `code`."""

    def __init__(
        self,
        library: bytes,
        import_call: Callable[[str, str, tuple[Any, ...]], Any] | None = None,
        on_event: Callable[..., int] | None = None,
        whole_lists: bool = False,
    ) -> None:
        self.tasks: list[tuple[int, int]] = []
        """Context and index of each call of an export, in order."""
        self.code = 1
        self.on_event = on_event
        super().__init__(library, import_call, None, whole_lists)

    def _import_entry(self, which: int) -> tuple[Any, ...]:
        assert self.wit is not None
        return self.wit.arrays["imports"][which]

    def start_import(self, which: int, args: list[Any]) -> Started:
        """Call an import with an area that has a margin on each side."""
        entry = self._import_entry(which)
        assert not entry[2] and entry[3] and entry[4], "lowered async"
        size, alignment = entry[7:9]
        start = self.reserve(size + 2 * MARGIN + alignment, alignment)
        self.write(start, bytes([PATTERN]) * (size + 2 * MARGIN + alignment))
        area = -(-(start + MARGIN) // alignment) * alignment
        cx = self.new_context()
        self.contexts[cx].stack += reversed(args)
        status = self.call_pointer(entry[3], cx, area)
        assert self.contexts[cx].stack == []
        return Started(which, cx, area, status)

    def finish_import(self, call: Started) -> Any:
        """Lift the result of a call that has returned; its memory ends here."""
        entry = self._import_entry(call.which)
        self.call_pointer(entry[4], call.cx, call.area)
        stack = self.contexts[call.cx].stack
        self.end_context(call.cx)
        for margin in (call.area - MARGIN, call.area + entry[7]):
            assert self.read(margin, MARGIN) == bytes([PATTERN]) * MARGIN, "written beside the area"
        assert len(stack) == (entry[6] is not None)
        return stack[0] if stack else None

    def export_async_call(self, cx: int, which: int) -> int:
        self.tasks.append((cx, which))
        return self.code

    def export_async_callback(self, event: int, waitable: int, payload: int, which: int) -> int:
        assert self.on_event is not None
        return self.on_event(event, waitable, payload, which)

    def task_return(self, which: int, answer: list[Any]) -> None:
        """Return from an export as an interpreter does, with any context."""
        assert self.wit is not None
        cx = self.new_context()
        self.contexts[cx].stack += answer
        self.call_pointer(self.wit.arrays["exports"][which][2], cx)
        assert self.contexts[cx].stack == []
        self.end_context(cx)
