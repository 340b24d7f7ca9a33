"""Libraries of Lua, and components with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interpreters.lua.libraries import ASYNC, Libraries, Library
from tests.interpreters.lua.passing import PROGRAMS, WIT
from tests.interpreters.lua.running import Compiled, composed
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


@pytest.fixture(scope="session")
def passing(lua: Library, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The programs of `passing.py`, with exceptions."""
    return Compiled(composed(tmp_path_factory.mktemp("passing"), lua(ASYNC), WIT, PROGRAMS))
