"""The meaning of a text of WIT, by names: a resolution as JSON (`component wit --json`) without its indices.

Neither WIT.md nor Binary.md defines the order of a resolution's types, or whether two occurrences of `list<u8>` share
an entry: each reader decides that. So a named type is an entry of its owner with references `owner#name`, a type
without a name is written out at every use, and arenas become tables by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any

_REMARKS = ("external_id",)
"""Members of any item. Documentation and gates are left out: items behind closed gates are already gone, and open gates
have no effect on a run."""
_WITH_DOCS = ("external_id", "docs", "stability")
_NO_DOCS = {"contents": ""}
ABSENT = "(nothing)"
_LONGEST = 200
OTHER_SHAPES = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""The errors of readings of JSON with another shape."""


def first_parting(one: Json, other: Json, path: str = "") -> tuple[str, Json, Json] | None:
    """The first place where two readings differ, with both; None if there is none."""
    if type(one) is type(other) and isinstance(one, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            found = first_parting(one.get(key, ABSENT), other.get(key, ABSENT), f"{path}.{key}" if path else key)
            if found:
                return found
        return None
    if type(one) is type(other) and isinstance(one, list):
        for index in range(max(len(one), len(other))):
            left, right = (items[index] if index < len(items) else ABSENT for items in (one, other))
            if found := first_parting(left, right, f"{path}[{index}]"):
                return found
        return None
    return None if one == other else (path, one, other)


def shown(value: Json) -> str:
    """A part of a reading for people, cut off where it is long."""
    text = value if value == ABSENT else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def by_names(resolution: Mapping[str, Json], docs: bool = False) -> dict[str, Json]:
    """Worlds and interfaces by their ids. `docs`: with documentation, gates, and the contents of packages. Unknown keys
    are left out. Raises `OTHER_SHAPES`."""
    return _Reading(resolution, docs).whole()


class _Reading:
    def __init__(self, resolution: Mapping[str, Json], docs: bool) -> None:
        self._docs = docs
        self._worlds: list[Json] = resolution["worlds"]
        self._interfaces: list[Json] = resolution["interfaces"]
        self._types: list[Json] = resolution["types"]
        self._packages: list[Json] = resolution["packages"]
        self._inline: dict[int, str] = {}
        for world in self._worlds:
            for way in ("imports", "exports"):
                for label, item in world[way].items():
                    if "interface" in item:
                        self._inline.setdefault(item["interface"]["id"], f"{self._id(world)}/{way}/{label}")

    def whole(self) -> dict[str, Json]:
        return {
            "packages": {package["name"]: self._package(package) for package in self._packages},
            "worlds": {self._id(world): self._world(world) for world in self._worlds},
            "interfaces": {
                self._id(interface): self._interface(interface)
                for interface in self._interfaces
                if interface["name"] is not None
            },
        }

    def _package(self, package: Json) -> Json:
        if not self._docs:
            return {}
        arenas = {"worlds": self._worlds, "interfaces": self._interfaces}
        items = {
            word: {name: self._id(arena[index]) for name, index in package[word].items()}
            for word, arena in arenas.items()
        }
        return {**items, **self._remarks(package)}

    def _id(self, item: Json) -> str:
        """The id of a world, or of a named interface."""
        package = item["package"]
        return f"{'' if package is None else self._packages[package]['name']}/{item['name']}"

    def _interface_id(self, index: int) -> str:
        interface = self._interfaces[index]
        return self._inline[index] if interface["name"] is None else self._id(interface)

    def _world(self, world: Json) -> Json:
        ways = {
            way: {self._key(key): self._item(item) for key, item in world[way].items()}
            for way in ("imports", "exports")
        }
        return {**ways, **self._remarks(world)}

    def _key(self, key: str) -> str:
        prefix, _, index = key.partition("interface-")
        return self._interface_id(int(index)) if not prefix and index.isdecimal() else key

    def _item(self, item: Json) -> Json:
        if "function" in item:
            return {"function": self._function(item["function"])}
        if "type" in item:
            return {"type": self._definition(item["type"])}
        of = item["interface"]
        interface = self._interfaces[of["id"]]
        meant = self._interface(interface) if interface["name"] is None else self._id(interface)
        return {"interface": meant, **self._remarks(of)}

    def _interface(self, interface: Json) -> Json:
        types = {name: self._definition(index) for name, index in interface["types"].items()}
        functions = {name: self._function(function) for name, function in interface["functions"].items()}
        return {"types": types, "functions": functions, **self._remarks(interface)}

    def _function(self, function: Json) -> Json:
        kind = function["kind"]
        params = [{"name": param["name"], "type": self._type(param["type"])} for param in function["params"]]
        return {
            "name": function["name"],
            "kind": kind if isinstance(kind, str) else {word: self._type(of) for word, of in kind.items()},
            "params": params,
            "result": self._type(function.get("result")),
            **self._remarks(function),
        }

    def _type(self, type_: Json) -> Json:
        """A use of a type: a primitive's name, the name of a named type, or the whole type."""
        if type_ is None or isinstance(type_, str):
            return type_
        definition = self._types[type_]
        return self._kind(definition["kind"]) if definition["name"] is None else self._type_id(definition)

    def _type_id(self, definition: Json) -> str:
        owner = definition["owner"]
        if "world" in owner:
            return f"{self._id(self._worlds[owner['world']])}#{definition['name']}"
        return f"{self._interface_id(owner['interface'])}#{definition['name']}"

    def _definition(self, index: int) -> Json:
        definition = self._types[index]
        return {"id": self._type_id(definition), "kind": self._kind(definition["kind"]), **self._remarks(definition)}

    def _kind(self, kind: Json) -> Json:
        if isinstance(kind, str):
            return kind  # a resource
        ((word, of),) = kind.items()
        return {word: self._parts.get(word, _Reading._type)(self, of)}

    def _fields(self, of: Json) -> Json:
        ((word, parts),) = of.items()
        return {word: [self._field(part) for part in parts]}

    def _field(self, part: Json) -> Json:
        type_ = {"type": self._type(part["type"])} if "type" in part else {}
        return {"name": part["name"], **type_, **self._remarks(part)}

    def _each(self, of: Json) -> Json:
        return {word: self._type(type_) for word, type_ in of.items()}

    def _tuple(self, of: Json) -> Json:
        return [self._type(type_) for type_ in of["types"]]

    def _map(self, of: Json) -> Json:
        return [self._type(type_) for type_ in of]

    def _sized(self, of: Json) -> Json:
        element, size = of
        return [self._type(element), size]

    def _remarks(self, item: Json) -> dict[str, Json]:
        """An empty comment documents nothing: no specification tells it from none, and tools differ."""
        known = _WITH_DOCS if self._docs else _REMARKS
        return {word: item[word] for word in known if word in item and item[word] != _NO_DOCS}

    _parts: Mapping[str, Callable[[_Reading, Json], Json]] = {
        "record": _fields,
        "variant": _fields,
        "enum": _fields,
        "flags": _fields,
        "tuple": _tuple,
        "result": _each,
        "handle": _each,
        "map": _map,
        "fixed-length-list": _sized,
    }
    """The content of a kind if it is not a single type."""
