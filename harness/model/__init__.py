"""What must be seen, by the specification alone: scripts executed under the Canonical ABI's rules."""

from harness.model.machine import Component, ModelRun, Unpredictable, run_model

__all__ = ["Component", "ModelRun", "Unpredictable", "run_model"]
