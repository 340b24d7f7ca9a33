"""The expected events, by the specification alone: runs scripts under the rules of the Canonical ABI."""

from harness.model.crossing import Crossings
from harness.model.machine import ModelRun, Unpredictable, run_model

__all__ = ["Crossings", "ModelRun", "Unpredictable", "run_model"]
