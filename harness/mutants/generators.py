"""All wrong generators."""

from __future__ import annotations

from harness.mutants.asking import ASKING
from harness.mutants.async_calls import ASYNC_CALLS
from harness.mutants.async_numbers import ASYNC_NUMBERS
from harness.mutants.both_ends import BOTH_ENDS
from harness.mutants.copying import COPYING
from harness.mutants.description import DESCRIPTION
from harness.mutants.identity import IDENTITY
from harness.mutants.kinship import KINSHIP
from harness.mutants.layout import LAYOUT
from harness.mutants.memory import MEMORY
from harness.mutants.ownership import OWNERSHIP
from harness.mutants.resolving import RESOLVING
from harness.mutants.sizes import SIZES
from harness.mutants.values import VALUES

_TABLES = (
    VALUES,
    LAYOUT,
    BOTH_ENDS,
    OWNERSHIP,
    MEMORY,
    IDENTITY,
    KINSHIP,
    SIZES,
    RESOLVING,
    DESCRIPTION,
    ASKING,
    ASYNC_CALLS,
    ASYNC_NUMBERS,
    COPYING,
)

GENERATORS = tuple(row for table in _TABLES for row in table.rows)
