"""Settings of all tests."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A machine that runs tests may be busy: a slow example is no failure.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")
