"""Damaged libraries: an error of ours or another library, never a traceback of Python."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.link import LinkOptions, plan_link, read_library
from generator.wasm.code import const_global
from tests.generator.link.libraries import REALLOC, THUNK, UNARY, LibraryBuilder, dylink


def _library() -> bytes:
    builder = LibraryBuilder(dylink(memory=(16, 4), table=(2, 0), needed=["b"], weak=["w", "x"], tls=["v"]))
    builder.memory()
    builder.table()
    base = builder.env_global("__memory_base")
    builder.env_global("__stack_pointer", mutable=True)
    for name in ("f", "w"):
        builder.env(name, UNARY)
    builder.import_function("$root", "outside", THUNK)
    for name in ("d", "x", "__heap_base"):
        builder.data_address(name)
    builder.function_address("f")
    builder.add_data(const_global(base), b"data")
    builder.define("f", UNARY, lambda code: code.local_get(0))
    builder.define("cabi_realloc", REALLOC, lambda code: code.local_get(0))
    builder.define("__wasm_call_ctors", THUNK, lambda code: None)
    builder.data("d", 0)
    builder.data("v", 4)
    builder.root()
    return builder.encode()


LIBRARY = _library()


def test_the_library_itself_links() -> None:
    plan = plan_link([read_library(name, LIBRARY) for name in "ab"], LinkOptions())
    assert [module.name for module in plan.modules] == ["link:main", "link:stubs", "a", "b", "link:init"]


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, len(LIBRARY) - 1), st.integers(0, 255)), min_size=1, max_size=4), st.booleans()
)
def test_damage(changes: list[tuple[int, int]], stub_missing_functions: bool) -> None:
    binary = bytearray(LIBRARY)
    for place, value in changes:
        binary[place] = value
    try:
        libraries = [read_library("a", bytes(binary)), read_library("b", LIBRARY)]
        plan = plan_link(libraries, LinkOptions(stub_missing_functions=stub_missing_functions))
    except GeneratorError as error:
        assert str(error)
    else:
        assert plan.modules[0].name == "link:main"
