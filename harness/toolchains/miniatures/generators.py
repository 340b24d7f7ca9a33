"""All wrong generators."""

from __future__ import annotations

from harness.toolchains.miniatures.asking import ASKING
from harness.toolchains.miniatures.both_ends import BOTH_ENDS
from harness.toolchains.miniatures.description import DESCRIPTION
from harness.toolchains.miniatures.identity import IDENTITY
from harness.toolchains.miniatures.kinship import KINSHIP
from harness.toolchains.miniatures.layout import LAYOUT
from harness.toolchains.miniatures.memory import MEMORY
from harness.toolchains.miniatures.ownership import OWNERSHIP
from harness.toolchains.miniatures.resolving import RESOLVING
from harness.toolchains.miniatures.sizes import SIZES
from harness.toolchains.miniatures.values import VALUES

_TABLES = (VALUES, LAYOUT, BOTH_ENDS, OWNERSHIP, MEMORY, IDENTITY, KINSHIP, SIZES, RESOLVING, DESCRIPTION, ASKING)

GENERATORS = tuple(row for table in _TABLES for row in table.rows)
