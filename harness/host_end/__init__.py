"""The engine's own lifting and lowering at the other end: it names the toolchain whose two ends share a fault."""

from harness.host_end.ask import HOSTS, ask_host

__all__ = ["HOSTS", "ask_host"]
