"""Core modules and the worlds that they carry as one component (Explainer.md, "Component Definitions")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from generator.canonical.names import resource_name
from generator.component.builder import ComponentBuilder
from generator.component.canon import BuiltinOp
from generator.component.types import Sort
from generator.componentize.builtins import signature
from generator.componentize.canonical import CanonicalDefinitions, required_exports
from generator.componentize.core_exports import CoreExports, LiftedFunction
from generator.componentize.core_imports import CoreImports
from generator.componentize.core_instances import CoreInstances, Exports
from generator.componentize.definitions import CoreImport, LoweredFunction, NewThread, PlainBuiltin
from generator.componentize.duplicates import with_unique_imports
from generator.componentize.entries import ShimEntries
from generator.componentize.errors import ComponentizeError
from generator.componentize.extern_names import InterfaceNaming, UniqueNames
from generator.componentize.interface_export import instance_of_interface
from generator.componentize.late import LateFunctions, LoweredLate
from generator.componentize.live import LiveTypes
from generator.componentize.plan import CoreExport, EncodingPlan, LateInstance, PlanModule, SynthesizedInstance
from generator.componentize.root_types import RootTypes
from generator.componentize.shim import ByReference, ByTable
from generator.componentize.task_hooks import EntryKind
from generator.componentize.types import extern_name
from generator.componentize.world import unite_worlds
from generator.componentize.world_imports import WorldImports
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import Function, FunctionItem, InterfaceItem, TypeItem, WorldKey
from generator.resolved.types import Resource, TypeId
from generator.wasm.module import Import
from generator.wasm.types import FuncIndex, FuncType


@dataclass(frozen=True, slots=True)
class ComponentizeOptions:
    merge_imports_based_on_semver: bool = True
    naming: InterfaceNaming = field(default_factory=InterfaceNaming)
    debug_names: bool = True
    """Write name sections for modules that are added, as the reference does. In the component's own name section,
    modules and instances always have names."""
    legacy_names: bool = True
    """Whether core imports and exports mean anything by other names than those of `standard_names`."""
    return_call_ref: bool = False
    """The shim calls function references, by tail calls, instead of elements of a table."""


def componentize(plan: EncodingPlan, options: ComponentizeOptions = ComponentizeOptions()) -> bytes:
    """The component of a plan. Raises ComponentizeError, MergeError or another GeneratorError if the modules do not fit
    their worlds."""
    return _Encoder(plan, options).encode()


class _Encoder:
    def __init__(self, plan: EncodingPlan, options: ComponentizeOptions) -> None:
        unique = [with_unique_imports(module) for module in plan.modules]
        self.plan = plan = replace(plan, modules=tuple([module for module, _ in unique]))
        self.original_names = {module.name: originals for module, originals in unique}
        self.options = options
        self.world = unite_worlds(plan, options.merge_imports_based_on_semver)
        self.resolve = self.world.resolve
        self.items = self.resolve.worlds[self.world.world]
        self.homes = Instances(self.resolve, self.resolve.worlds[self.world.world])
        self.core_imports = CoreImports(self.world, self.homes, legacy_names=options.legacy_names)
        self.core_exports = CoreExports(
            plan, self.world, self.homes, self.core_imports.contents, legacy_names=options.legacy_names
        )
        self.builder = ComponentBuilder()
        self.root = RootTypes(self.homes, self.builder)
        self.live = LiveTypes(self.homes)
        self.wit_imports: dict[str, dict[str, list[tuple[str, CoreImport]]]] = {}
        """By module of the plan and namespace: name and meaning."""
        self.late_numbers: dict[tuple[str, str, str], int] = {}
        self.lifts: dict[tuple[InterfaceInstance, str], LiftedFunction] = {}
        """By home and name of the function."""
        self.export_names = UniqueNames("export")
        self.context: tuple[object, str] | None = None
        """The type of a context's values, and the first module that asked for it."""

    def encode(self) -> bytes:
        self.live.add_world_types(self.items)
        lowered = self._classify_imports()
        self.live.add_exports(self.items)
        self.imports = WorldImports(self.root, self.live, self.options.naming)
        self.imports.write(self.items, lowered)
        self.instances = CoreInstances(self.plan, self.builder)
        self.late = LateFunctions(
            self.builder,
            self.instances,
            ByReference() if self.options.return_call_ref else ByTable(),
            self.options.debug_names,
        )
        self.entries = ShimEntries(self.plan, self.late, self.instances)
        self.canonical = CanonicalDefinitions(self.root, self.imports, self.instances, self.entries)
        self._plan_late_imports()
        destructors = self._plan_destructors()
        self._plan_lifts()
        if self.late:
            self.late.instantiate()
        for home, resource, number in destructors:
            self.root.define_resource(home, resource, None if number is None else self.late.function(number))
        self._instantiate_modules()
        self._export()
        return self.builder.finish()

    def _classify_imports(self) -> set[tuple[InterfaceInstance, str]]:
        """Find the meanings of the modules' imports of WIT, and the imported functions that are used."""
        lowered: set[tuple[InterfaceInstance, str]] = set()
        for module in self.plan.modules:
            found = self.wit_imports[module.name] = {}
            for item in module.module.imports:
                if _is_provided(module, item):
                    continue
                if not isinstance(item.desc, FuncIndex):
                    raise ComponentizeError(
                        f"module `{module.name}`: import `{item.module}` `{item.name}` is not a function, "
                        "and no other module provides it"
                    )
                type = module.module.import_func_type(item)
                name = self.original_names[module.name].get((item.module, item.name), item.name)
                core_import = self.core_imports.find(module, item.module, name, type)
                found.setdefault(item.module, []).append((item.name, core_import))
            for (_, name), core_import in _all(found):
                self._check_context(module.name, name, core_import)
                self.live.add_import(core_import)
                if isinstance(core_import.meaning, LoweredFunction):
                    home, function = core_import.meaning.home, core_import.meaning.function
                    lowered.add((home, function.name))
                    getter = self.core_imports.imported_getter(home, function)
                    if getter is not None:  # a setter is valid beside its getter only
                        lowered.add((home, getter.name))
                        self.live.add_function(home, getter)
        return lowered

    def _check_context(self, module: str, name: str, core_import: CoreImport) -> None:
        """All `context.{get,set}` of a component have one type (Binary.md, "Canonical Definitions"; PR 645)."""
        meaning = core_import.meaning
        if isinstance(meaning, PlainBuiltin) and meaning.op in (BuiltinOp.CONTEXT_GET, BuiltinOp.CONTEXT_SET):
            self.context = self.context or (meaning.immediates[0], f"module `{module}`: `{name}`")
            type, first = self.context
            if meaning.immediates[0] != type:
                raise ComponentizeError(f"{first} and module `{module}`: `{name}`: a context has values of one type")

    # The shim

    def _plan_late_imports(self) -> None:
        earlier: set[str] = set()
        for module in self.plan.modules:
            for (namespace, name), item in _all(self.wit_imports[module.name]):
                where = f"module `{module.name}`: import `{namespace}` `{name}`"
                realloc = module.options.import_realloc
                needed = required_exports(where, item.needs, module.options.memory, realloc)
                if isinstance(item.meaning, NewThread):
                    needed.append(self.canonical.table_of(where, module))
                self.entries.add_realloc(realloc, needed=item.needs.realloc)
                if not module.after_fixup and not all(self.entries.exists(export, earlier) for export in needed):
                    number = self.late.add(LoweredLate(item, module), item.type, f"indirect-{namespace}-{name}")
                    self.late_numbers[module.name, namespace, name] = number
            for namespace, name, type, target in self._late_instances(module):
                number = self.late.add(target, type, f"adapt-{namespace}-{name}")
                self.late_numbers[module.name, namespace, name] = number
            earlier.add(module.name)

    def _late_instances(self, module: PlanModule) -> Iterator[tuple[str, str, FuncType, CoreExport]]:
        """Module, name and type of each import from a module that is instantiated later, and the export there."""
        for item in module.module.imports:
            source = module.imports.get(item.module)
            if isinstance(source, LateInstance):
                name = self.original_names[module.name].get((item.module, item.name), item.name)
                yield item.module, item.name, module.module.import_func_type(item), CoreExport(source.module, name)

    def _plan_destructors(self) -> list[tuple[InterfaceInstance, TypeId, int | None]]:
        """Instance, id and number in the shim of the destructor of each exported resource: the resource must be defined
        before the module that has the destructor, because that module imports its built-ins."""
        resources = []
        for home in self.homes.exports.values():
            assert home.interface is not None
            for id in self.resolve.interfaces[home.interface].types.values():
                if not isinstance(self.resolve.types[id].kind, Resource):
                    continue
                found = self.core_exports.destructor(home, id)
                number = None
                if found is not None:
                    module, name = found
                    debug_name = f"dtor-{resource_name(self.resolve, id)}"
                    around = self.entries.around(EntryKind.DESTRUCTOR)
                    number = self.late.add(CoreExport(module.name, name), signature(1), debug_name, around)
                resources.append((home, id, number))
        return resources

    def _plan_lifts(self) -> None:
        """Find the core functions of the world's exports; if hooks surround them, they are functions of the shim."""
        for key, item in self.items.exports.items():
            match item:
                case FunctionItem(function):
                    self._plan_lift(key, self.homes.root, function)
                case InterfaceItem(id):
                    for function in self.resolve.interfaces[id].functions.values():
                        self._plan_lift(key, self.homes.exports[key], function)
                case TypeItem():
                    raise AssertionError("worlds do not export types")

    def _plan_lift(self, key: WorldKey, home: InterfaceInstance, function: Function) -> None:
        lifted = self.lifts[home, function.name] = self.core_exports.function(key, home, function)
        self.entries.add_lifted(lifted)

    def _instantiate_modules(self) -> None:
        filled = not self.late
        for module in self.plan.modules:
            if module.after_fixup and not filled:
                self.late.fill(self.canonical.core_function)
                filled = True
            self.instances.instantiate(module, self._wit_instances(module))
        if not filled:
            self.late.fill(self.canonical.core_function)

    def _wit_instances(self, module: PlanModule) -> dict[str, Exports]:
        wit: dict[str, Exports] = {}
        for (namespace, name), item in _all(self.wit_imports[module.name]):
            number = self.late_numbers.get((module.name, namespace, name))
            index = self.canonical.core_function(item, module) if number is None else self.late.function(number)
            wit.setdefault(namespace, []).append((name, Sort.CORE_FUNC, index))
        for namespace, name, _, _ in self._late_instances(module):
            index = self.late.function(self.late_numbers[module.name, namespace, name])
            wit.setdefault(namespace, []).append((name, Sort.CORE_FUNC, index))
        return wit

    # Exports

    def _export(self) -> None:
        root = self.homes.root
        for key, item in self.items.exports.items():
            match item:
                case FunctionItem(function):
                    index = self.canonical.lift(self.lifts[root, function.name], root)
                    self.builder.export(extern_name(function), Sort.FUNC, index)
                case InterfaceItem():
                    self._export_interface(key, self.homes.exports[key], item)
                case TypeItem():
                    raise AssertionError("worlds do not export types")

    def _export_interface(self, key: WorldKey, home: InterfaceInstance, item: InterfaceItem) -> None:
        functions = self.resolve.interfaces[item.id].functions.values()
        used = LiveTypes(self.homes)
        for function in functions:
            used.add_function(home, function)
        for type_home, type in used.order:
            self.root.type_index(type_home, type)
        lifted = [(function, self.canonical.lift(self.lifts[home, function.name], home)) for function in functions]
        instance = instance_of_interface(self.root, home, used.order, lifted)
        name = self.options.naming.of(self.resolve, key, item, exported=True)
        self.export_names.claim(name, self.resolve.world_key_name(key))
        self.root.set_exported(home, self.builder.export(name, Sort.INSTANCE, instance))


def _is_provided(module: PlanModule, item: Import) -> bool:
    """Whether another module has an item that a module imports, by the plan."""
    source = module.imports.get(item.module)
    return source is not None and not (isinstance(source, SynthesizedInstance) and item.name not in source.items)


def _all(imports: Mapping[str, list[tuple[str, CoreImport]]]) -> Iterator[tuple[tuple[str, str], CoreImport]]:
    for namespace, items in imports.items():
        for name, item in items:
            yield (namespace, name), item
