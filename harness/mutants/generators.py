"""All wrong generators."""

from __future__ import annotations

from harness.mutants.asking import ASKING
from harness.mutants.async_description import ASYNC_DESCRIPTION
from harness.mutants.async_exports import ASYNC_EXPORTS
from harness.mutants.async_imports import ASYNC_IMPORTS
from harness.mutants.async_numbers import ASYNC_NUMBERS
from harness.mutants.both_ends import BOTH_ENDS
from harness.mutants.copy_builtins import COPY_BUILTINS
from harness.mutants.copy_imports import COPY_IMPORTS
from harness.mutants.copy_payloads import COPY_PAYLOADS
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
    ASYNC_IMPORTS,
    ASYNC_EXPORTS,
    ASYNC_DESCRIPTION,
    ASYNC_NUMBERS,
    COPY_PAYLOADS,
    COPY_BUILTINS,
    COPY_IMPORTS,
)

GENERATORS = tuple(row for table in _TABLES for row in table.rows)
