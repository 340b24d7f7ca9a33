"""What must be seen, by the specification alone: scripts executed under the Canonical ABI's rules."""

from harness.model.crossing import Crossings
from harness.model.machine import ModelRun, Unpredictable, run_model

__all__ = ["Crossings", "ModelRun", "Unpredictable", "run_model"]
