"""Minorities of toolchains and the model, as tables of tests write them."""

from __future__ import annotations

from harness.judge.party import MODEL, ByItself, Minority, OfModel


def alone(*names: str) -> Minority:
    """The toolchains of these names; `MODEL`: the model."""
    return tuple([OfModel() if name == MODEL else ByItself(name) for name in names])
