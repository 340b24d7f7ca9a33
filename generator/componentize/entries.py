"""The places where a component enters its core modules: functions of the modules, or functions of the shim that also
call hooks."""

from __future__ import annotations

from generator.canonical.flatten import AsyncAbi
from generator.componentize.core_exports import LiftedFunction
from generator.componentize.core_instances import CoreInstances
from generator.componentize.late import LateFunctions
from generator.componentize.plan import CoreExport, EncodingPlan
from generator.componentize.task_hooks import NOTHING, Around, EntryKind, choose

_LIFTS = {AsyncAbi.CALLBACK: EntryKind.ASYNC, AsyncAbi.STACKFUL: EntryKind.STACKFUL}


class ShimEntries:
    """All are added before the shim is instantiated."""

    def __init__(self, plan: EncodingPlan, late: LateFunctions, instances: CoreInstances) -> None:
        self._plan = plan
        self._late = late
        self._instances = instances
        self._hooks = choose(plan.task_hooks)
        self._numbers: dict[CoreExport, int] = {}
        """The index in the shim of a function with hooks."""

    def around(self, entry: EntryKind) -> Around:
        """The hooks around an entry."""
        return NOTHING if self._hooks is None else self._hooks.around(entry)

    def add(self, export: CoreExport, entry: EntryKind) -> None:
        around = self.around(entry)
        if around is NOTHING or export in self._numbers:
            return
        type = self._plan.module(export.module).module.export_func_type(export.name)
        assert type is not None, "the entered function has been found before"
        self._numbers[export] = self._late.add(export, type, f"hook-{export.name}", around)

    def add_lifted(self, lifted: LiftedFunction) -> None:
        """A lifted function and its companions."""
        module = lifted.module
        if lifted.async_abi is AsyncAbi.SYNC:
            entry = EntryKind.SYNC if lifted.post_return is None else EntryKind.SYNC_BEFORE_POST_RETURN
        else:
            entry = _LIFTS[lifted.async_abi]
        self.add(CoreExport(module.name, lifted.core_name), entry)
        for name, its_entry in ((lifted.post_return, EntryKind.POST_RETURN), (lifted.callback, EntryKind.CALLBACK)):
            if name is not None:
                self.add(CoreExport(module.name, name), its_entry)
        self.add_realloc(module.options.export_realloc, needed=lifted.needs.realloc)

    def add_realloc(self, realloc: CoreExport | None, *, needed: bool) -> None:
        if needed and realloc is not None:
            self.add(realloc, EntryKind.REALLOC)

    def exists(self, export: CoreExport, earlier: set[str]) -> bool:
        """Whether it can be entered when the modules of these names are instantiated."""
        return export.module in earlier or export in self._numbers

    def index(self, export: CoreExport) -> int:
        """The index of the function that callers outside call."""
        number = self._numbers.get(export)
        return self._instances.alias(export) if number is None else self._late.function(number)
