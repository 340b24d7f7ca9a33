"""A library of a program: its module, and its exports from the component."""

from __future__ import annotations

from harness.fuzz.linking.checks import Checks
from harness.fuzz.linking.model import Model
from harness.fuzz.linking.module_text import ModuleText


class LibraryWriter:
    """`text`: the module. `checks`: its exports from the component."""

    def __init__(self, model: Model, index: int) -> None:
        module = ModuleText(model, index)
        checks = Checks(module).all() if module.library.exports else []
        self.checks = [check for check in checks if model.program.only in (None, check.name)]
        for check in self.checks:
            type = ("(param i32 i32) " if check.args else "") + ("" if check.answer is None else "(result i32)")
            module.functions.append(f'(func (export "{check.name}") {type} {check.body})')
        self.text = module.render()
