"""The rule behind each feature of a link case, and the document that has it.

The words for features are those of the coverage (`coverage.py`), so a new feature needs a row here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.link_cases import coverage as features

_CONVENTIONS = "tool-conventions, DynamicLinking.md"
_PAGE = "docs/linking.md"


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A sentence, and the documents behind it."""

    says: str
    where: str

    def __str__(self) -> str:
        return f"{self.says} ({self.where})"


def _page(section: str) -> str:
    return f'{_PAGE}, "{section}"'


_ADAPTER = "an adapter implements the imports from the module of its name, in the component itself"
_HOOKS = LinkRule("the component calls the hook of a library at every entry", _page("Task hooks"))

RULES: Mapping[str, LinkRule] = {
    features.ONE_MODULE: LinkRule(
        "`component new` makes a component of a module: the module's imports come from the component's imports, and "
        "its exports are lifted by the world in its `component-type` section",
        "component-model, CanonicalABI.md, canon_lift and canon_lower",
    ),
    features.ONE_LIBRARY: LinkRule(
        "the linker gives a library its memory, its table, and the addresses that it asks for in `dylink.0`",
        f'{_CONVENTIONS}, "The dylink.0 Section"; {_page("Memory and table")}',
    ),
    features.SEVERAL_LIBRARIES: LinkRule(
        "a library comes after those that it needs; the first on the command line that exports a symbol defines it",
        f'{_CONVENTIONS}, "The dylink.0 Section"; {_page("Choices")}',
    ),
    features.REFUSAL: LinkRule("what no correct component can be made of is refused", _page("Choices")),
    "stack-size": LinkRule("`--stack-size` is the size of the stack, rounded up to 16", _page("Choices")),
    "stub-missing-functions": LinkRule(
        "with `--stub-missing-functions` a function that nobody defines traps when it is called", _page("Choices")
    ),
    "built-in-libdl": LinkRule("`--use-built-in-libdl` adds a library with dlopen and dlsym", _page("Choices")),
    "several-worlds": LinkRule("several generated libraries share an interpreter", _page("Several worlds")),
    "return-call-ref": LinkRule(
        "`--return-call-ref`: functions that exist before their targets reach them by references, in tail calls",
        "WebAssembly core specification, return_call_ref",
    ),
    "threading": LinkRule(
        "each thread has a stack pointer and a base of thread-local storage in its context", _page("Tasks and threads")
    ),
    "custom-page-sizes": LinkRule(
        "a memory may have pages of one byte, and its limits count these", "WebAssembly proposal custom-page-sizes"
    ),
    "tags": LinkRule("a tag that a library imports is the one that another library exports", _page("Choices")),
    "openable": LinkRule(
        "dlopen finds a library of `--dl-openable` by its name; dlsym gives a table slot for a function and an address "
        "for data",
        _page("Memory and table"),
    ),
    "adapt": LinkRule(_ADAPTER, _page("Adapters")),
    features.ANY_ORDER: LinkRule(
        "within a circle of `needed` no order of constructors is prescribed, only that each runs once and after all "
        "relocations",
        f'{_CONVENTIONS}, "The dylink.0 Section"; {_page("Choices")}',
    ),
    features.TRAPS: LinkRule("a trap ends the instance", "component-model, CanonicalABI.md"),
    features.SEVERAL_SECTIONS: LinkRule(
        "the component's world is the union of the worlds of its libraries", _page("Choices")
    ),
    features.ADDRESSES_OF_DATA: LinkRule(
        "`GOT.mem` has the address of data, wherever it is defined", f'{_CONVENTIONS}, "Imports"'
    ),
    features.ADDRESSES_OF_FUNCTIONS: LinkRule(
        "`GOT.func` has the table slot of a function; one function has one slot in all libraries",
        f'{_CONVENTIONS}, "Imports"; {_page("Memory and table")}',
    ),
    features.OF_ANOTHER: LinkRule(
        "what a library imports from `env` is what another library exports under this name",
        f'{_CONVENTIONS}, "Imports"',
    ),
    features.CONSTRUCTORS: LinkRule(
        "`__wasm_call_ctors` of each library runs once, after all relocations and before any export is called",
        f"{_CONVENTIONS}; {_page('Modules of the component, in the order of instantiation')}",
    ),
    features.INITIALIZE: LinkRule(
        "`_initialize` runs once, before any export is called",
        f"WASI, application ABI of reactors; {_page('Modules of the component, in the order of instantiation')}",
    ),
    features.RELOCATIONS: LinkRule(
        "`__wasm_apply_data_relocs` of all libraries runs before the first constructor",
        f"{_CONVENTIONS}; {_page('Modules of the component, in the order of instantiation')}",
    ),
    features.HOOKS: _HOOKS,
    features.ALLOCATOR: LinkRule(
        "what the component passes to a library lies in memory that an allocator of the libraries returned",
        f"component-model, CanonicalABI.md, the option `realloc`; {_page('Choices')}",
    ),
    features.ASYNCHRONOUS: LinkRule(
        "an export with `[async-lift]` is a task that returns by `task.return`",
        "component-model, CanonicalABI.md, canon_lift and canon_task_return; docs/async.md",
    ),
}
"""A feature by the words of the coverage."""


def of_features(found: Iterable[str]) -> list[LinkRule]:
    """The rules of features, each once."""
    return list(dict.fromkeys(RULES[feature] for feature in found))
