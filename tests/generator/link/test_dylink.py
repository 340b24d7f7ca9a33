"""The `dylink.0` section."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.link.dylink import Dylink, SymbolFlags, read_dylink
from generator.wasm.encode import encode_bytes, encode_name, encode_vector
from tests.generator.link.libraries import dylink

SIZES = st.tuples(st.integers(0, (1 << 32) - 1), st.integers(0, 31))
NAMES = st.lists(st.text(max_size=8), max_size=4, unique=True)


@given(SIZES, SIZES, NAMES, NAMES, NAMES)
def test_round_trip(
    memory: tuple[int, int], table: tuple[int, int], needed: list[str], weak: list[str], tls: list[str]
) -> None:
    found = read_dylink(dylink(memory=memory, table=table, needed=needed, weak=weak, tls=tls))
    assert found == Dylink(
        *memory,
        *table,
        needed=tuple(needed),
        export_flags=dict.fromkeys(tls, int(SymbolFlags.TLS)),
        import_flags={("env", name): int(SymbolFlags.BINDING_WEAK) for name in weak},
    )


def test_subsections_may_be_absent_repeated_and_in_any_order() -> None:
    def needed(*names: str) -> bytes:
        return b"\x02" + encode_bytes(encode_vector([encode_name(name) for name in names]))

    runtime_path = b"\x05" + encode_bytes(encode_vector([encode_name("$ORIGIN")]))
    assert read_dylink(b"") == Dylink()
    found = read_dylink(needed("b") + runtime_path + b"\x01\x04\x10\x02\x03\x01" + needed("a", "b"))
    assert found == Dylink(16, 2, 3, 1, needed=("b", "a"), runtime_path=("$ORIGIN",))
