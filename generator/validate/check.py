"""Whether a component's parts fit together, as far as that is visible without running it (Explainer.md, "Component
Definitions"; CanonicalABI.md, validation of options). `UNCHECKED` lists what is left out."""

from __future__ import annotations

from collections.abc import Sequence

from generator.component.canon import Builtin, BuiltinOp, CanonOptions, Lift, Lower
from generator.component.component import (
    Component,
    CoreInlineExports,
    CoreInstantiate,
    CoreModule,
    Definition,
    EncodedComponent,
    Export,
)
from generator.component.errors import BinaryError
from generator.component.evaluate import Evaluator
from generator.component.read import read_component
from generator.component.types import AliasCoreExport, Import, ResourceType, Sort
from generator.names.component_names import canonical_name
from generator.validate.externs import Extern, ModuleType, fits, module_type, show
from generator.wasm.decode import DecodedModule
from generator.wasm.errors import WasmFormatError
from generator.wasm.types import ExternKind, FuncType, ValType

UNCHECKED = (
    "the code of core modules, the core types of lowered and lifted functions, "
    "the types of the arguments of nested components"
)

_REALLOC = FuncType((ValType.I32,) * 4, (ValType.I32,))
_CALLBACK = FuncType((ValType.I32,) * 3, (ValType.I32,))
_DESTRUCTOR = FuncType((ValType.I32,))
_KINDS = {
    Sort.CORE_FUNC: ExternKind.FUNC,
    Sort.CORE_TABLE: ExternKind.TABLE,
    Sort.CORE_MEMORY: ExternKind.MEMORY,
    Sort.CORE_GLOBAL: ExternKind.GLOBAL,
    Sort.CORE_TAG: ExternKind.TAG,
}


def check_component(binary: bytes) -> None:
    """Raises BinaryError, with the place, for a component whose parts do not fit."""
    component = read_component(binary)
    Evaluator().component(component)
    _Checker(component).check()


class _Checker:
    """One component, without those in it that are only instantiated for their types."""

    def __init__(self, component: Component) -> None:
        self._component = component
        self._modules: list[ModuleType] = []
        self._instances: list[dict[str, Extern]] = []
        self._spaces: dict[ExternKind, list[Extern]] = {kind: [] for kind in ExternKind}
        self._names: dict[type, dict[str, None]] = {Import: {}, Export: {}}
        self._offset = 0

    def check(self) -> None:
        for item, offset in zip(self._component.definitions, self._component.offsets, strict=True):
            self._offset = offset
            self._definition(item)

    def _wrong(self, message: str) -> BinaryError:
        return BinaryError(message, self._offset)

    def _definition(self, item: Definition) -> None:
        match item:
            case CoreModule(binary):
                self._modules.append(self._module(binary))
            case CoreInstantiate(module, args):
                self._instantiate(module, dict(args))
            case CoreInlineExports(exports):
                self._inline(exports)
            case AliasCoreExport(sort, instance, name):
                self._alias(_KINDS[sort], instance, name)
            case Lift(core_func, _, options):
                self._lift(core_func, options)
            case Lower(_, options):
                self._options(options)
                self._add(Extern(ExternKind.FUNC, None))
            case Builtin(op, immediates):
                self._builtin(op, immediates)
            case ResourceType(dtor) if dtor is not None:
                self._function(dtor, "the destructor of a resource", _DESTRUCTOR)
            case Import(name) | Export(name):
                self._name(type(item), name.name)
            case Component() as nested:
                _Checker(nested).check()
            case EncodedComponent(binary):
                _Checker(read_component(binary)).check()

    def _module(self, binary: bytes) -> ModuleType:
        try:
            return module_type(DecodedModule(binary))
        except WasmFormatError as error:
            raise self._wrong(f"core module {len(self._modules)}: {error}") from error

    def _instantiate(self, module: int, args: dict[str, int]) -> None:
        if module >= len(self._modules):
            raise self._wrong(f"core module {module} is instantiated; there are {len(self._modules)}")
        wanted = self._modules[module]
        for namespace, name, import_ in wanted.imports:
            if namespace not in args:
                raise self._wrong(f"core module {module} imports from `{namespace}`, which it does not get")
            found = self._instance(args[namespace]).get(name)
            if found is None:
                raise self._wrong(f"core module {module} imports `{namespace}` `{name}`, which it does not get")
            if not fits(found, import_):
                raise self._wrong(
                    f"core module {module} imports `{namespace}` `{name}`, a {show(import_)}, and gets a {show(found)}"
                )
        self._instances.append(dict(wanted.exports))

    def _instance(self, index: int) -> dict[str, Extern]:
        if index >= len(self._instances):
            raise self._wrong(f"core instance {index} is used; there are {len(self._instances)}")
        return self._instances[index]

    def _inline(self, exports: Sequence[tuple[str, Sort, int]]) -> None:
        instance: dict[str, Extern] = {}
        for name, sort, index in exports:
            if name in instance:
                raise self._wrong(f"an instance has two exports `{name}`")
            instance[name] = self._at(_KINDS[sort], index, f"the export `{name}`")
        self._instances.append(instance)

    def _alias(self, kind: ExternKind, instance: int, name: str) -> None:
        found = self._instance(instance).get(name)
        if found is None or found.kind is not kind:
            raise self._wrong(f"core instance {instance} exports no {kind.name.lower()} `{name}`")
        self._add(found)

    def _add(self, item: Extern) -> None:
        self._spaces[item.kind].append(item)

    def _at(self, kind: ExternKind, index: int, what: str) -> Extern:
        space = self._spaces[kind]
        if index >= len(space):
            raise self._wrong(f"{what} is core {kind.name.lower()} {index}; there are {len(space)}")
        return space[index]

    def _function(self, index: int, what: str, type: FuncType | None) -> FuncType | None:
        """The type of a core function, which is the one that is given where there is one."""
        found = self._at(ExternKind.FUNC, index, what)
        if type is not None and not fits(found, Extern(ExternKind.FUNC, type)):
            raise self._wrong(f"{what} is a {show(found)}; it has to be a {show(Extern(ExternKind.FUNC, type))}")
        return found.type if isinstance(found.type, FuncType) else None

    def _options(self, options: CanonOptions) -> None:
        if options.memory is not None:
            self._at(ExternKind.MEMORY, options.memory, "the option `memory`")
        if options.realloc is not None:
            self._function(options.realloc, "the option `realloc`", _REALLOC)
            if options.memory is None:
                raise self._wrong("the option `realloc` stands without `memory`")

    def _lift(self, core_func: int, options: CanonOptions) -> None:
        type = self._function(core_func, "a lifted function", None)
        self._options(options)
        if options.post_return is not None:
            expected = None if type is None else FuncType(type.results)
            self._function(options.post_return, "the option `post-return`", expected)
            if options.is_async:
                raise self._wrong("the option `post-return` stands beside `async`")
        if options.callback is not None:
            self._function(options.callback, "the option `callback`", _CALLBACK)
            if not options.is_async:
                raise self._wrong("the option `callback` stands without `async`")

    def _builtin(self, op: BuiltinOp, immediates: Sequence[object]) -> None:
        for value in immediates:
            if isinstance(value, CanonOptions):
                self._options(value)
        if op in (BuiltinOp.WAITABLE_SET_WAIT, BuiltinOp.WAITABLE_SET_POLL):
            memory = immediates[-1]
            assert isinstance(memory, int)
            self._at(ExternKind.MEMORY, memory, f"the memory of `{op.text}`")
        self._add(Extern(ExternKind.FUNC, None))

    def _name(self, kind: type, name: str) -> None:
        names = self._names[kind]
        if canonical_name(name) in names:
            raise self._wrong(f"two {'imports' if kind is Import else 'exports'} have the name `{name}`")
        names[canonical_name(name)] = None
