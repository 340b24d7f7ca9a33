"""All wrong linkers."""

from __future__ import annotations

from harness.mutants.async_builtins import ASYNC_BUILTINS
from harness.mutants.async_hooks import ASYNC_HOOKS
from harness.mutants.async_options import ASYNC_OPTIONS
from harness.mutants.componentizing import COMPONENTIZING
from harness.mutants.generated import GENERATED
from harness.mutants.hooks import HOOKS
from harness.mutants.linking import LINKING
from harness.mutants.merging import MERGING
from harness.mutants.programs import PROGRAMS
from harness.mutants.sizes import LINKED_SIZES

LINKERS = (
    *LINKING.rows,
    *COMPONENTIZING.rows,
    *LINKED_SIZES.rows,
    *PROGRAMS.rows,
    *HOOKS.rows,
    *ASYNC_HOOKS.rows,
    *GENERATED.rows,
    *MERGING.rows,
    *ASYNC_OPTIONS.rows,
    *ASYNC_BUILTINS.rows,
)
