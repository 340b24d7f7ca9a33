"""All wrong linkers."""

from __future__ import annotations

from harness.toolchains.miniatures.componentizing import COMPONENTIZING
from harness.toolchains.miniatures.linking import LINKING

LINKERS = (*LINKING.rows, *COMPONENTIZING.rows)
