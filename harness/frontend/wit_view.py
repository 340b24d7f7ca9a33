"""The harness's view of a world of a `Resolve`: each type is resolved at its place of use.

The set of types that `use x.{t}` refers to depends on the side (WIT.md, "use" in worlds): an exported interface uses
the exported `x` if the world exports it, everything else uses the imported one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.resolved import model
from generator.resolved import types as w
from harness.world import types as t
from harness.world import world as h

_PRIMITIVES = {primitive: t.Prim(primitive.value) for primitive in w.Primitive}


@dataclass(frozen=True)
class _Place:
    """An import or export of the world, as the viewpoint for types. `key` None: the world itself."""

    key: model.WorldKey | None
    interface: model.InterfaceId | None
    exported: bool


class WorldView:
    """Converts one world, and each type once for each place that it belongs to."""

    def __init__(self, resolve: model.Resolve, world: model.WorldId) -> None:
        self._resolve = resolve
        self._world = resolve.worlds[world]
        self._named: dict[tuple[str | None, bool, w.TypeId], t.Type] = {}
        self._anonymous: dict[tuple[_Place, w.TypeId], t.Type] = {}
        self._resources: dict[tuple[str | None, bool, w.TypeId], t.Resource] = {}
        self._places = {
            False: self._interfaces(self._world.imports, False),
            True: self._interfaces(self._world.exports, True),
        }

    def world(self) -> h.World:
        return h.World(self._world.name, self._side(self._world.imports, False), self._side(self._world.exports, True))

    def _interfaces(
        self, items: dict[model.WorldKey, model.WorldItem], exported: bool
    ) -> dict[model.InterfaceId, _Place]:
        """The source of types that others use on one side. An interface under a label satisfies no `use`."""
        places: dict[model.InterfaceId, _Place] = {}
        for key, item in items.items():
            if isinstance(item, model.InterfaceItem) and isinstance(key, model.InterfaceKey):
                places[item.id] = _Place(key, item.id, exported)
        return places

    def _side(self, items: dict[model.WorldKey, model.WorldItem], exported: bool) -> dict[str | None, h.Interface]:
        out: dict[str | None, h.Interface] = {}
        own = [item.id for item in items.values() if isinstance(item, model.TypeItem)]
        root = h.Interface(None, uses=self._uses(own, None))
        for key, item in items.items():
            name = self._resolve.world_key_name(key)
            match item:
                case model.InterfaceItem():
                    out[name] = self._interface(name, _Place(key, item.id, exported), item.id)
                case model.FunctionItem(function):
                    out[None] = root
                    root.functions[function.name] = self._function(None, function, _Place(None, None, False))
                case model.TypeItem(id):
                    out[None] = root
                    self._add_type(root, name, id, _Place(None, None, False))
        return out

    def _interface(self, name: str, place: _Place, id: model.InterfaceId) -> h.Interface:
        interface = self._resolve.interfaces[id]
        out = h.Interface(name, uses=self._uses(interface.types.values(), id))
        for label, type in interface.types.items():
            self._add_type(out, label, type, place)
        for function in interface.functions.values():
            out.functions[function.name] = self._function(name, function, place)
        return out

    def _uses(self, types: Iterable[w.TypeId], own: model.InterfaceId | None) -> tuple[tuple[str, str], ...]:
        found = []
        for id in types:
            kind = self._resolve.types[id].kind
            if isinstance(kind, w.Alias) and isinstance(kind.type, int):
                target = self._resolve.types[kind.type]
                owner = target.owner
                if isinstance(owner, model.InterfaceOwner) and owner.id != own and target.name is not None:
                    found.append((self._resolve.world_key_name(model.InterfaceKey(owner.id)), target.name))
        return tuple(found)

    def _add_type(self, out: h.Interface, name: str, id: w.TypeId, place: _Place) -> None:
        target = self._dealias(id)
        if isinstance(target, int) and isinstance(self._resolve.types[target].kind, w.Resource):
            out.resources[name] = self._resource(target, place)
        else:
            out.types[name] = self._type(target, place)

    def _function(self, interface: str | None, function: model.Function, place: _Place) -> h.Function:
        params = tuple(t.Param(param.name, self._type(param.type, place)) for param in function.params)
        result = self._optional(function.result, place)
        return h.Function(interface, function.name, params, result, function.is_async)

    def _dealias(self, type: w.Type) -> w.Type:
        while isinstance(type, int):
            kind = self._resolve.types[type].kind
            if not isinstance(kind, w.Alias):
                break
            type = kind.type
        return type

    def _locate(self, owner: model.Owner, place: _Place) -> tuple[str | None, _Place]:
        """The world's key for types of `owner` as seen from `place`, and that place."""
        if isinstance(owner, model.WorldOwner):
            return None, _Place(None, None, False)
        if owner.id == place.interface:
            found = place
        elif place.exported and owner.id in self._places[True]:
            found = self._places[True][owner.id]
        else:
            found = self._places[False].get(owner.id, place)
        assert found.key is not None
        return self._resolve.world_key_name(found.key), found

    def _optional(self, type: w.Type | None, place: _Place) -> t.Type | None:
        return None if type is None else self._type(type, place)

    def _type(self, type: w.Type, place: _Place) -> t.Type:
        target = self._dealias(type)
        if isinstance(target, w.Primitive):
            return _PRIMITIVES[target]
        definition = self._resolve.types[target]
        if definition.owner is None or definition.name is None:
            key = (place, target)
            found = self._anonymous.get(key)
            if found is None:
                found = self._anonymous[key] = self._kind(definition.kind, None, place)
            return found
        name, home = self._locate(definition.owner, place)
        named_key = (name, home.exported, target)
        found = self._named.get(named_key)
        if found is None:
            canonical = t.qualified(name, definition.name)
            found = self._named[named_key] = self._kind(definition.kind, canonical, home)
        return found

    def _resource(self, id: w.TypeId, place: _Place) -> t.Resource:
        target = self._dealias(id)
        assert isinstance(target, int)
        definition = self._resolve.types[target]
        assert definition.owner is not None and definition.name is not None
        name, home = self._locate(definition.owner, place)
        key = (name, home.exported, target)
        found = self._resources.get(key)
        if found is None:
            found = self._resources[key] = t.Resource(name, definition.name, home.exported)
        return found

    def _kind(self, kind: w.TypeKind, name: str | None, place: _Place) -> t.Type:
        match kind:
            case w.Record(fields):
                return t.Record(name or "", tuple(t.Param(f.name, self._type(f.type, place)) for f in fields))
            case w.Variant(cases):
                return t.Variant(
                    name or "", tuple(t.CaseType(case.name, self._optional(case.type, place)) for case in cases)
                )
            case w.EnumType(labels):
                return t.EnumType(name or "", tuple(label.name for label in labels))
            case w.Flags(labels):
                return t.Flags(name or "", tuple(label.name for label in labels))
            case w.Tuple(types):
                return t.Tuple(tuple(self._type(type, place) for type in types), name)
            case w.Option(type):
                return t.Option(self._type(type, place), name)
            case w.Result(ok, err):
                return t.Result(self._optional(ok, place), self._optional(err, place), name)
            case w.List(type):
                return t.List(self._type(type, place), name)
            case w.FixedLengthList(type, size):
                return t.FixedLengthList(self._type(type, place), size, name)
            case w.Map(key, value):
                return t.Map(self._type(key, place), self._type(value, place), name)
            case w.Future(payload):
                return t.Future(self._optional(payload, place), name)
            case w.Stream(payload):
                return t.Stream(self._optional(payload, place), name)
            case w.Own(resource):
                return t.Own(self._resource(resource, place))
            case w.Borrow(resource):
                return t.Borrow(self._resource(resource, place))
            case w.Alias(type):
                return self._type(type, place)
            case w.Resource():
                raise AssertionError("a resource is not a value type")
