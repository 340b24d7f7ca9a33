"""Messages over a socket, with descriptors: the length (4 bytes), then the marshalled content.

The connections of `multiprocessing` do not send descriptors with a message, and their import would slow down the
start of the launcher.
"""

from __future__ import annotations

import marshal
import socket
import struct
from collections.abc import Sequence
from typing import Any

_MOST_DESCRIPTORS = 5


def send(to: socket.socket, content: tuple[Any, ...], descriptors: Sequence[int]) -> None:
    """Raises `ConnectionError` if the other end is gone."""
    body = marshal.dumps(content)
    socket.send_fds(to, [struct.pack("<I", len(body))], descriptors)
    to.sendall(body)


def receive(control: socket.socket) -> tuple[tuple[Any, ...], list[int]] | None:
    """A message and its descriptors. None when the other end is gone, even in the middle of a message."""
    try:
        head, descriptors, _, _ = socket.recv_fds(control, 4, _MOST_DESCRIPTORS)
        if len(head) < 4:
            return None
        (length,) = struct.unpack("<I", head)
        body = bytearray()
        while len(body) < length:
            part = control.recv(length - len(body))
            if not part:
                return None
            body += part
    except ConnectionError:
        return None
    return marshal.loads(body), descriptors
