"""Core exports of WIT: which module has the core function of each function that the world exports
(the names are those of `generator.canonical.names`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.canonical.flatten import AsyncAbi, Context, Flattening
from generator.canonical.names import callback_name, export_name
from generator.component.canon import StringEncoding
from generator.componentize.builtins import signature
from generator.componentize.errors import ComponentizeError
from generator.componentize.options import NeededOptions, TypeContents
from generator.componentize.plan import EncodingPlan, PlanModule
from generator.componentize.signatures import check_signature
from generator.componentize.standard_names import ExportNames, dtor_export_names, function_export_names
from generator.componentize.world import ComponentWorld
from generator.resolved.instances import Instances, InterfaceInstance
from generator.resolved.model import Function, WorldKey
from generator.resolved.types import TypeId
from generator.wasm.types import FuncType


@dataclass(frozen=True, slots=True)
class LiftedFunction:
    """A core function to be lifted, and the core functions that go with it."""

    function: Function
    module: PlanModule
    core_name: str
    async_abi: AsyncAbi
    needs: NeededOptions
    encoding: StringEncoding
    post_return: str | None = None
    callback: str | None = None


class CoreExports:
    """Finds the world's exports in the plan's modules."""

    def __init__(
        self,
        plan: EncodingPlan,
        world: ComponentWorld,
        homes: Instances,
        contents: TypeContents,
        *,
        legacy_names: bool = True,
    ) -> None:
        self._legacy_names = legacy_names
        self.world = world
        self.homes = homes
        self.resolve = world.resolve
        self.contents = contents
        self.flattening = Flattening(world.resolve)
        self._modules = {module.name: module for module in plan.modules}
        self._priority = tuple(plan.priority) or tuple(self._modules)
        self._taken: dict[tuple[str, str], WorldKey] = {}
        """The export of the world behind a module's core function with a standard name."""

    def _candidates(self, key: WorldKey) -> Iterator[PlanModule]:
        """Modules whose own world exports the item, then all, each in the order of priority."""
        for owner in (True, False):
            for name in self._priority:
                if (key in self.world.modules[name].exports) is owner:
                    yield self._modules[name]

    def _find(self, key: WorldKey, core_name: str) -> tuple[PlanModule, FuncType] | None:
        for module in self._candidates(key):
            type = module.module.export_func_type(core_name)
            if type is not None:
                return module, type
        return None

    def _take(self, module: PlanModule, name: str, key: WorldKey) -> None:
        """Standard names do not distinguish compatible versions: one core function must not become an item of two.

        Raises ComponentizeError."""
        other = self._taken.setdefault((module.name, name), key)
        if other != key:
            versions = " and ".join(f"`{self.resolve.world_key_name(version)}`" for version in (other, key))
            where = f"module `{module.name}`: export `{name}`"
            raise ComponentizeError(f"{where}: the name does not say which of compatible versions it means: {versions}")

    def function(self, key: WorldKey, home: InterfaceInstance, function: Function) -> LiftedFunction:
        """The core function of an exported function; `home` is the world for a function of its own.

        Raises ComponentizeError if no module has it, or has it with another core type.
        """
        legacy, standard = function_export_names(self.resolve, home.key, function)
        for names in (legacy, standard) if self._legacy_names else (standard,):
            found = self._find(key, names.function)
            if found is not None:
                if names is standard:
                    self._take(found[0], names.function, key)
                return self.lifted(key, home, function, AsyncAbi.SYNC, names, *found)
        for abi in (AsyncAbi.CALLBACK, AsyncAbi.STACKFUL) if self._legacy_names else ():
            core_name = export_name(self.resolve, home.key, function, abi)
            found = self._find(key, core_name)
            if found is not None and not function.is_async:
                # CanonicalABI.md, "canon lift" (component-model PR 646): `async` needs an async function type.
                raise ComponentizeError(f"export `{core_name}`: `{function.name}` is not an async function")
            if found is not None:
                return self.lifted(key, home, function, abi, ExportNames(core_name, ""), *found)
        core_name = export_name(self.resolve, home.key, function) if self._legacy_names else standard.function
        owner = self.homes.describe(home)
        raise ComponentizeError(
            f"no module exports `{core_name}`, the core function of `{function.name}` that {owner} exports"
        )

    def lifted(
        self,
        key: WorldKey,
        home: InterfaceInstance,
        function: Function,
        abi: AsyncAbi,
        names: ExportNames,
        module: PlanModule,
        type: FuncType,
    ) -> LiftedFunction:
        """The definition that lifts a core export, with all of its options."""
        core_name = names.function
        core = self.flattening.flatten_functype(function, Context.LIFT, abi)
        check_signature(f"module `{module.name}`: export `{core_name}`", core.type, type)
        if abi is AsyncAbi.SYNC:
            needs = self.contents.to_lift(function, core)
        else:
            needs = self.contents.to_lift_async(function, self.flattening)
        encoding = self.world.modules[module.name].exports.get(key)
        if encoding is None and needs.string_encoding:
            raise ComponentizeError(
                f"module `{module.name}`: export `{core_name}`: the module does not say which string encoding it uses: "
                f"its `component-type` sections do not mention `{self.resolve.world_key_name(key)}`"
            )
        post_return = callback = None
        if abi is AsyncAbi.SYNC:
            post_return = self.companion(module, names.post_return, FuncType(core.type.results))
        elif abi is AsyncAbi.CALLBACK:
            name = callback_name(self.resolve, home.key, function)
            callback = self.companion(module, name, signature(3, 1))
            if callback is None:
                raise ComponentizeError(f"module `{module.name}` exports `{core_name}`, but not its callback `{name}`")
        return LiftedFunction(
            function, module, core_name, abi, needs, encoding or StringEncoding.UTF8, post_return, callback
        )

    def companion(self, module: PlanModule, name: str, expected: FuncType) -> str | None:
        """The name of the companion function of an export (post-return, callback); None if the module has none."""
        type = module.module.export_func_type(name)
        if type is None:
            return None
        check_signature(f"module `{module.name}`: export `{name}`", expected, type)
        return name

    def destructor(self, home: InterfaceInstance, resource: TypeId) -> tuple[PlanModule, str] | None:
        """The core function of an exported resource's destructor; None if no module has one."""
        assert home.key is not None
        legacy, standard = dtor_export_names(self.resolve, home.key, resource)
        for name in (*legacy, standard) if self._legacy_names else (standard,):
            found = self._find(home.key, name)
            if found is not None:
                module, type = found
                if name == standard:
                    self._take(module, name, home.key)
                check_signature(f"module `{module.name}`: export `{name}`", signature(1), type)
                return module, name
        return None
