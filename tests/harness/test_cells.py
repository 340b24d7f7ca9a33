"""The cells that run."""

from __future__ import annotations

import pytest

from harness.engine.results import EngineKind
from harness.plan.roles import Role
from harness.toolchains.cells import (
    BOTH_WAYS_EVERY,
    OURS,
    REFERENCE,
    Build,
    Cell,
    First,
    default_cells,
    first_cells,
    full_cells,
)
from tests.harness.verdicts import ROLES


class TestCells:
    def test_default(self) -> None:
        names = [str(cell) for cell in default_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH)]
        assert names == [
            "ours@winch",
            "reference@winch",
            "subject=reference,driver=ours@winch",
            "subject=ours,driver=reference@winch",
        ]

    def test_default_of_one_component_or_toolchain(self) -> None:
        assert len(default_cells([Role.SUBJECT], [OURS, REFERENCE], EngineKind.WINCH)) == 2
        assert len(default_cells(ROLES, [OURS], EngineKind.CRANELIFT)) == 1

    @pytest.mark.parametrize("turn", range(2 * BOTH_WAYS_EVERY))
    @pytest.mark.parametrize("first", First)
    @pytest.mark.parametrize("roles", [[Role.SUBJECT], ROLES, list(Role)])
    @pytest.mark.parametrize("toolchains", [[OURS], [OURS, REFERENCE], [OURS, "other", REFERENCE]])
    def test_first(self, roles: list[Role], toolchains: list[str], first: First, turn: int) -> None:
        """No cell that is not run again where something is wrong; every toolchain takes part."""
        cells = first_cells(roles, toolchains, EngineKind.WINCH, first, turn)
        assert set(cells) <= set(default_cells(roles, toolchains, EngineKind.WINCH))
        assert {build.toolchain for cell in cells for _, build in cell.builds} == set(toolchains)

    @pytest.mark.parametrize(
        ("first", "turn", "names"),
        [
            (First.BOTH_WAYS, 1, ["subject=reference,driver=ours@winch", "subject=ours,driver=reference@winch"]),
            (First.SUBJECT_BOTH_WAYS, 0, ["ours@winch", "subject=reference,driver=ours@winch"]),
            (First.SUBJECT_BOTH_WAYS, 1, ["subject=ours,driver=reference@winch", "reference@winch"]),
            (First.IN_TURNS, 0, ["subject=reference,driver=ours@winch", "subject=ours,driver=reference@winch"]),
            (First.IN_TURNS, 1, ["subject=ours,driver=reference@winch"]),
            (First.IN_TURNS, 2, ["subject=reference,driver=ours@winch"]),
            (First.IN_TURNS, BOTH_WAYS_EVERY + 1, ["subject=ours,driver=reference@winch"]),
        ],
    )
    def test_which_come_first(self, first: First, turn: int, names: list[str]) -> None:
        cells = first_cells(ROLES, [OURS, REFERENCE], EngineKind.WINCH, first, turn)
        assert [str(cell) for cell in cells] == names

    def test_full(self) -> None:
        cells = full_cells(ROLES, [OURS, REFERENCE])
        assert len(cells) == len(set(cells)) == 4 * 4 * 2 + 1
        assert Cell(tuple((role, Build(OURS, OURS, 2)) for role in ROLES), EngineKind.WINCH) in cells
        assert sum(cell.toolchain == OURS for cell in cells) == 2, "one for each engine; the old interface is its own"

    @pytest.mark.parametrize(
        ("mine", "builds"),
        [
            (("mine", "mine"), ["ours", "ours+mine", "mine+ours", "mine"]),
            (("mine", OURS), ["ours", "mine"]),
            ((OURS, "mine"), ["ours", "mine"]),
        ],
    )
    def test_what_is_lent_is_not_built_twice(self, mine: tuple[str, str], builds: list[str]) -> None:
        """A toolchain without a linker of its own uses ours: with ours as the generator, that is ours."""
        makers = {OURS: (OURS, OURS), "mine": mine}
        cells = full_cells([Role.SUBJECT], [OURS, "mine"], frozenset({"map"}), makers)
        assert [str(cell) for cell in cells] == [f"{build}@{kind.value}" for kind in EngineKind for build in builds]
        assert len(full_cells(ROLES, [OURS, "mine"], frozenset({"map"}), makers)) == 2 * len(builds) ** 2

    def test_full_with_maps_leaves_the_old_interface_out(self) -> None:
        cells = full_cells(ROLES, [OURS, REFERENCE], frozenset({"map"}))
        assert cells == full_cells(ROLES, [OURS, REFERENCE])[:-1]
