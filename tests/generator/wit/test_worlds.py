"""Worlds turned around (`--importize-world`, `--exportize-world`)."""

from __future__ import annotations

import pytest

from generator.errors import WitError
from generator.resolved.model import Resolve, WorldId
from generator.sources.load import load_text, select_world
from generator.wit.worlds import exportize, importize

TEXT = """package a:b;
interface types { type t = u8; }
interface uses { use types.{t}; f: func(x: t); }
world w {
  resource r { m: func(); }
  import types; import uses; import one: types;
  import f: func(); export g: func(x: borrow<r>); export uses;
}
world other { }
"""


def turned(world: str = "w") -> tuple[Resolve, WorldId]:
    resolve, package = load_text(TEXT)
    return resolve, select_world(resolve, package, world)


def keys(resolve: Resolve, id: WorldId) -> tuple[list[str], list[str]]:
    world = resolve.worlds[id]
    imports, exports = ([resolve.world_key_name(key) for key in items] for items in (world.imports, world.exports))
    return imports, exports


def test_importize() -> None:
    resolve, id = turned()
    importize(resolve, id)
    assert keys(resolve, id) == (["a:b/types", "a:b/uses", "r", "g"], [])
    assert resolve.worlds[id].name == "w-importized"
    assert list(resolve.packages[0].worlds) == ["other", "w-importized"]


def test_exportize() -> None:
    resolve, id = turned()
    exportize(resolve, id, "turned")
    assert keys(resolve, id) == (["r", "[method]r.m"], ["f", "a:b/types", "a:b/uses", "one"])
    assert resolve.packages[0].worlds["turned"] == id


@pytest.mark.parametrize(
    ("only", "imports", "exports"),
    [
        (["f"], ["a:b/types", "a:b/uses", "one", "r", "[method]r.m"], ["f"]),
        (["uses"], ["a:b/types", "one", "r", "f", "[method]r.m"], ["a:b/uses"]),
        (["one", "types"], ["a:b/uses", "r", "f", "[method]r.m"], ["a:b/types", "one"]),
    ],
)
def test_exportize_only(only: list[str], imports: list[str], exports: list[str]) -> None:
    resolve, id = turned()
    if only == ["one", "types"]:
        # `uses` stays an import and needs `types` as an import, beside the export.
        imports = ["a:b/types", *imports]
    exportize(resolve, id, only=only)
    assert keys(resolve, id) == (imports, exports)


def test_names_must_be_free() -> None:
    resolve, id = turned()
    with pytest.raises(WitError, match="already a world `other`"):
        importize(resolve, id, "other")
    resolve, package = load_text("package a:b; world w { type t = u8; export t: func(); }")
    with pytest.raises(WitError, match="`t` has the name of an imported type"):
        importize(resolve, select_world(resolve, package, None))
    resolve, package = load_text("package a:b; world w { type a-b = u8; export ab: func(); }")
    with pytest.raises(WitError, match="import `ab` of the new world would have the same name as `a-b`"):
        importize(resolve, select_world(resolve, package, None))
