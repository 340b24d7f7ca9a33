"""Settings of all tests."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# A machine that runs tests may be busy: a slow example is no failure.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

# Whoever starts the tests may ignore signals, and then all children do: SIGINT and SIGQUIT in the background of a
# shell, SIGHUP under nohup. Tests send them.
for _name in ("SIGINT", "SIGQUIT", "SIGHUP"):
    _signal = getattr(signal, _name, None)
    if _signal is not None and signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, signal.default_int_handler if _name == "SIGINT" else signal.SIG_DFL)
