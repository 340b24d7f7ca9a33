"""The expected events, by the specification alone: runs scripts under the rules of the Canonical ABI."""

from harness.model.concurrency.predict import ModelRun, run_model
from harness.model.crossing import Crossings
from harness.model.table import Unpredictable

__all__ = ["Crossings", "ModelRun", "Unpredictable", "run_model"]
