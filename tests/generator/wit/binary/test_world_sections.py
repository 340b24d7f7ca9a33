"""The custom sections in which core modules carry their world, and the older binary forms of WIT."""

from __future__ import annotations

import pytest
import wasmtime

from generator.component.builder import ComponentBuilder
from generator.component.errors import BinaryError
from generator.component.types import PrimValType, Sort
from generator.sources.load import load_text, select_world
from generator.wasm.builder import ModuleBuilder
from generator.wasm.encode import encode_custom, encode_name
from generator.wasm.module import CustomSection
from generator.wit.binary.any_binary import BinaryKind, decode_binary
from generator.wit.binary.decode import decode_world
from generator.wit.binary.encode import encode_package, encode_world, section_name
from generator.wit.printer import print_all


def test_core_module_with_two_worlds() -> None:
    module = ModuleBuilder().encode()
    for item in ("import f: func();", "export g: func();"):
        resolve, package = load_text(f"package a:b; world {item[0]} {{ {item} }}")
        section = encode_world(resolve, select_world(resolve, package, None))
        module += encode_custom(CustomSection(section_name(item[0]), section))
    kind, decoded, decoded_package = decode_binary(module)
    assert kind is BinaryKind.MODULE
    text = print_all(decoded, decoded_package)
    both = "package root:root; world root { import f: func(); export g: func(); } "
    parts = "package a:b { world i { import f: func(); } world e { export g: func(); } }"
    assert text.split() == (both + parts).split()


def test_worlds_of_a_core_module_share_their_interfaces() -> None:
    module = ModuleBuilder().encode()
    wit = "package a:b; interface i { record r { a: u8, } f: func(r: r); } world v { import i; } world w { export i; }"
    for world in "vw":
        resolve, package = load_text(wit)
        section = encode_world(resolve, select_world(resolve, package, world))
        module += encode_custom(CustomSection(section_name(world), section))
    _, decoded, decoded_package = decode_binary(module)
    text = print_all(decoded, decoded_package)
    root = "package root:root; world root { import a:b/i; export a:b/i; } "
    assert text.split() == (root + wit.replace("package a:b;", "package a:b {") + " }").split()


def test_core_module_without_a_world() -> None:
    with pytest.raises(BinaryError, match="it contains no WIT"):
        decode_binary(ModuleBuilder().encode())


@pytest.mark.parametrize(
    ("custom", "message"),
    [
        (None, "there is no custom section 'wit-component-encoding'"),
        (b"\x03\x00", "unknown version"),
        (b"\x04", "unknown version"),
        (b"\x04\x03", "unknown string encoding 3"),
    ],
)
def test_world_sections_refused(custom: bytes | None, message: str) -> None:
    builder = ComponentBuilder()
    if custom is not None:
        builder.custom("wit-component-encoding", custom)
    with pytest.raises(BinaryError, match=message):
        decode_world(builder.finish())


PACKAGE = "package a:b; interface i { f: func(); } world v { } world w { import i; }"


@pytest.mark.parametrize(("byte", "encoding"), [(0, "utf8"), (1, "utf16"), (2, "compact-utf16")])
def test_older_form_of_a_world_section(byte: int, encoding: str) -> None:
    package = encode_package(*load_text(PACKAGE))
    resolve, world, found = decode_world(bytes([3, byte, 1]) + b"w" + package)
    assert (resolve.worlds[world].name, found) == ("w", encoding)
    assert [resolve.world_key_name(key) for key in resolve.worlds[world].imports] == ["a:b/i"]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\x03", "unexpected end"),
        (b"\x03\x00\x09w", "unexpected end: 9 bytes expected"),
        (b"\x03\x03\x01w", "unknown string encoding 3"),
        (b"\x03\x00\x01x", "its package has no world 'x'"),
    ],
)
def test_older_form_that_is_malformed(head: bytes, message: str) -> None:
    rest = encode_package(*load_text(PACKAGE)) if len(head) == 4 and head[2] == 1 else b""
    with pytest.raises(BinaryError, match=message):
        decode_world(head + rest)


def test_world_section_with_two_exports() -> None:
    builder = ComponentBuilder()
    builder.custom("wit-component-encoding", b"\x04\x00")
    builder.type(PrimValType.U8)
    builder.export("a", Sort.TYPE, 0)
    builder.export("b", Sort.TYPE, 0)
    with pytest.raises(BinaryError, match="exports exactly one type"):
        decode_world(builder.finish())


FIRST_FORM = """(component
  (type (component
    (type (instance (type (record (field "a" u8))) (export "t" (type (eq 0)))))
    (import "x:y/types" (instance (type 0)))
    (alias export 0 "t" (type))
    (type (instance
      (alias outer 1 1 (type)) (export "t" (type (eq 0)))
      (type (func (param "p" 1) (result string))) (export "f" (func (type 2)))))
    (export "a:b/i" (instance (type 2)))
    (type (component
      (type (instance (type (record (field "a" u8))) (export "t" (type (eq 0)))))
      (import "x:y/types" (instance (type 0)))
      (alias export 0 "t" (type))
      (type (instance
        (alias outer 1 1 (type)) (export "t" (type (eq 0)))
        (type (func (param "p" 1) (result string))) (export "f" (func (type 2)))))
      (import "a:b/i" (instance (type 2)))
      (type (func)) (export "run" (func (type 3)))))
    (export "a:b/w" (component (type 3)))
  ))
  (export "a:b/wit" (type 0)))"""


def test_package_in_the_first_binary_form() -> None:
    """One exported type holds the whole package; tools of 2023 wrote it."""
    kind, resolve, package = decode_binary(bytes(wasmtime.wat2wasm(FIRST_FORM)))
    assert kind is BinaryKind.PACKAGE
    expected = """
        package a:b;
        interface i { use x:y/types.{t}; f: func(p: t) -> string; }
        world w { import x:y/types; import i; export run: func(); }
        package x:y { interface types { record t { a: u8, } } }
        """
    assert print_all(resolve, package).split() == expected.split()


def test_world_of_a_module_in_the_first_binary_form() -> None:
    package = bytes(wasmtime.wat2wasm(FIRST_FORM))
    resolve, world, encoding = decode_world(b"\x03\x01" + encode_name("w") + package)
    assert (resolve.worlds[world].name, encoding) == ("w", "utf16")
