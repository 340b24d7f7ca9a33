"""The `package-docs` section: what it holds, and malformed ones."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from generator.component.builder import encode_component
from generator.component.component import Custom
from generator.component.errors import BinaryError
from generator.component.read import read_component
from generator.resolved.model import FunctionItem, InterfaceItem, Stability
from generator.sources.load import load_text
from generator.wit.binary.decode import decode_package
from generator.wit.binary.encode import encode_package

TEXT = """
package a:b@1.0.0;
interface i { record t { a: u8 } f: func(); }
world w { import i; import f: func(); import x: interface {} type t = u8; export f: func(); }
"""


def with_docs(data: bytes) -> bytes:
    resolve, package = load_text(TEXT)
    component = read_component(encode_package(resolve, package))
    definitions = tuple(item for item in component.definitions if not isinstance(item, Custom))
    return encode_component(replace(component, definitions=(*definitions, Custom("package-docs", data))))


def with_json(content: Any) -> bytes:
    return with_docs(b"\x01" + json.dumps(content).encode())


def test_what_is_written() -> None:
    resolve, package = load_text(
        """
    /// P
    package a:b@1.0.0;
    interface i { /// F
      @since(version = 1.0.0) @deprecated(version = 1.0.0) f: func(); record r { /// A
      a: u8 } }
    world w { /// I
      @unstable(feature = x) import i; }
    """,
        all_features=True,
    )
    (docs,) = [
        item for item in read_component(encode_package(resolve, package)).definitions if isinstance(item, Custom)
    ]
    assert docs.data[0] == 1
    assert json.loads(docs.data[1:]) == {
        "docs": "P",
        "worlds": {
            "w": {
                "interface_import_stability": {"a:b/i@1.0.0": {"unstable": {"feature": "x"}}},
                "interface_import_docs": {"a:b/i@1.0.0": "I"},
            }
        },
        "interfaces": {
            "i": {
                "funcs": {"f": {"docs": "F", "stability": {"stable": {"since": "1.0.0", "deprecated": "1.0.0"}}}},
                "types": {"r": {"items": {"a": "A"}}},
            }
        },
    }


def test_version_0_has_docs_of_functions_alone() -> None:
    binary = with_docs(b"\x00" + json.dumps({"interfaces": {"i": {"funcs": {"f": "text"}}}}).encode())
    resolve, _ = decode_package(binary)
    assert resolve.interfaces[0].functions["f"].docs == "text"


def test_a_name_that_is_imported_and_exported() -> None:
    """`funcs` means the import where there is one; `func_exports` the export."""
    content = {"worlds": {"w": {"funcs": {"f": {"docs": "in"}}, "func_exports": {"f": {"docs": "out"}}}}}
    resolve, _ = decode_package(with_json(content))
    world = resolve.worlds[0]
    imported, exported = world.imports["f"], world.exports["f"]
    assert isinstance(imported, FunctionItem)
    assert isinstance(exported, FunctionItem)
    assert (imported.function.docs, exported.function.docs) == ("in", "out")


def test_gate_of_an_inline_interface() -> None:
    content = {"worlds": {"w": {"interfaces": {"x": {"stability": {"stable": {"since": "1.0.0"}}}}}}}
    resolve, _ = decode_package(with_json(content))
    item = resolve.worlds[0].imports["x"]
    assert isinstance(item, InterfaceItem)
    assert item.stability == Stability(since="1.0.0")


UNKNOWN_STABILITY: dict[str, Any] = {"interfaces": {"i": {"stability": {"other": {}}}}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "unknown version"),
        (b"\x02{}", "unknown version"),
        (b"\x01{", "it is not JSON"),
        (b"\x01\xff", "it is not JSON"),
        (b"\x01" + b"[" * 100_000, "it is not JSON"),
        (b"\x01[]", "an object is expected"),
        (b'\x01{"docs":1}', "docs must be a string"),
        (b'\x01{"interfaces":[]}', "an object is expected"),
        (b'\x01{"interfaces":{"j":{}}}', "there is no interface 'j'"),
        (b'\x01{"worlds":{"v":{}}}', "there is no world 'v'"),
        (b'\x01{"interfaces":{"i":{"funcs":{"g":{}}}}}', "there is no function 'g'"),
        (b'\x01{"interfaces":{"i":{"types":{"g":{}}}}}', "there is no type 'g'"),
        (b'\x01{"interfaces":{"i":{"types":{"t":{"items":{"b":"x"}}}}}}', "there is no field, case or flag 'b'"),
        (b'\x01{"worlds":{"w":{"interface_import_docs":{"f":"x"}}}}', "there is no interface 'f' in the world"),
        (b'\x01{"worlds":{"w":{"interface_exports":{"x":{}}}}}', "there is no interface 'x' in the world"),
        (b'\x01{"worlds":{"w":{"funcs":{"x":{}}}}}', "there is no function 'x' in the world"),
        (b'\x01{"worlds":{"w":{"types":{"f":{}}}}}', "there is no type 'f'"),
        (b"\x01" + json.dumps(UNKNOWN_STABILITY).encode(), "unknown stability"),
        (b'\x01{"interfaces":{"i":{"stability":{"stable":{"since":"1"}}}}}', "`stable` needs `since`"),
        (b'\x01{"interfaces":{"i":{"stability":{"unstable":{"feature":"X y"}}}}}', "`unstable` needs `feature`"),
        (
            b'\x01{"interfaces":{"i":{"stability":{"stable":{"since":"1.0.0","deprecated":1}}}}}',
            "`deprecated` is not a version",
        ),
    ],
)
def test_malformed(data: bytes, message: str) -> None:
    binary = with_docs(data)
    with pytest.raises(BinaryError, match=message) as error:
        decode_package(binary)
    assert error.value.section == "custom"
    assert binary[error.value.offset :].startswith(b"\x0cpackage-docs")


def test_two_sections() -> None:
    component = read_component(with_docs(b"\x01{}"))
    twice = replace(component, definitions=(*component.definitions, component.definitions[-1]))
    with pytest.raises(BinaryError, match="appears twice"):
        decode_package(encode_component(twice))
