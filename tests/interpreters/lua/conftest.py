"""Libraries of Lua, and components with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interpreters.lua.libraries import Libraries, Library
from tests.interpreters.shared import shared_folder


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory, zig_cache: Path) -> Libraries:
    return Libraries(shared_folder(tmp_path_factory, "lua-libraries"), zig_cache)


@pytest.fixture(scope="session")
def lua(libraries: Libraries) -> Library:
    return libraries.path


@pytest.fixture(scope="session")
def sources(libraries: Libraries) -> Path:
    return libraries.sources()
