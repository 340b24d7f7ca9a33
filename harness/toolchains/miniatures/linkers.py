"""All wrong linkers."""

from __future__ import annotations

from harness.toolchains.miniatures.componentizing import COMPONENTIZING
from harness.toolchains.miniatures.linking import LINKING
from harness.toolchains.miniatures.sizes import LINKED_SIZES

LINKERS = (*LINKING.rows, *COMPONENTIZING.rows, *LINKED_SIZES.rows)
