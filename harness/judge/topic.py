"""What a finding is about, as data: the cell, the component that was not built, the package that was
not printed, the row of a table."""

from __future__ import annotations

from dataclasses import dataclass

from harness.plan.roles import Role


@dataclass(frozen=True, slots=True)
class OfCell:
    """A cell, by its name as reports show it. `role`: its component that was not built; None: the cell as a whole."""

    cell: str
    role: Role | None = None

    def __str__(self) -> str:
        return self.cell if self.role is None else f"the {self.role.value} of {self.cell}"


@dataclass(frozen=True, slots=True)
class OfProgram:
    """The program of a link case, which a toolchain did not build."""

    toolchain: str

    def __str__(self) -> str:
        return f"the program by {self.toolchain}"


@dataclass(frozen=True, slots=True)
class OfPackage:
    """The subject's WIT package, which a toolchain did not print. `form`: one of `PACKAGE_FORMS`."""

    form: str

    def __str__(self) -> str:
        return f"`{self.form}` of the subject"


@dataclass(frozen=True, slots=True)
class OfRow:
    """A row of a table of negative cases. `line`: where it begins in its file; `why`: its reason."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line} ({self.why})"


Topic = OfCell | OfProgram | OfPackage | OfRow
