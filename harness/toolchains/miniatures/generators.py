"""All wrong generators."""

from __future__ import annotations

from harness.toolchains.miniatures.asking import ASKING
from harness.toolchains.miniatures.description import DESCRIPTION
from harness.toolchains.miniatures.layout import LAYOUT
from harness.toolchains.miniatures.memory import MEMORY
from harness.toolchains.miniatures.ownership import OWNERSHIP
from harness.toolchains.miniatures.values import VALUES

GENERATORS = (*VALUES.rows, *LAYOUT.rows, *OWNERSHIP.rows, *MEMORY.rows, *DESCRIPTION.rows, *ASKING.rows)
