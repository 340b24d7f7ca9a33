"""Libraries of Lua, and components with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interpreters.lua.libraries import Library, shared_libraries


@pytest.fixture(scope="session")
def lua(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return shared_libraries(tmp_path_factory).path


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_libraries(tmp_path_factory).sources()
