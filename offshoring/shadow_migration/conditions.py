"""When an interior equilibrium is one: every output, every pay and every saving has its sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.shadow_migration.inputs import ROUNDING, Inputs
from offshoring.validation import Array, NoEquilibrium, Parameters, Value


class Condition(NamedTuple):
    """A number that must be > 0, or >= 0 if ``strict`` is false, up to rounding of ``scale``."""

    value: Value
    scale: Value
    strict: bool = True
    note: str = ""

    @property
    def floor(self) -> Array:
        """The least value that passes: a little above zero if strict, else a little below."""
        return np.asarray(self.scale) * (ROUNDING if self.strict else -ROUNDING)

    @property
    def holds(self) -> NDArray[np.bool_]:
        """Where the condition holds; nowhere where the value is no number."""
        return np.asarray(self.value) >= self.floor

    def size(self) -> Array:
        """How far the value is below its floor; 0 where the condition holds."""
        missing = self.floor - self.value
        return np.where(self.holds, 0.0, np.where(np.isnan(missing), np.inf, missing))

    def words(self, name: str) -> str:
        """The condition of a single economy, with the value that breaks it."""
        return f"{name} = {self.value:.6g} must be {'> 0' if self.strict else '>= 0'}" + (
            f" ({self.note})" if self.note else ""
        )


def of_outputs(
    A: Inputs, L: Value, K: Value, X: Array, Y: Array, tag: str = ""
) -> dict[str, Condition]:
    """Both outputs are positive; the most that L and K can make gives the scale."""
    return {
        f"X{tag}": Condition(X, np.minimum(L / np.asarray(A.LX), K / np.asarray(A.KX))),
        f"Y{tag}": Condition(Y, np.minimum(L / np.asarray(A.LY), K / np.asarray(A.KY))),
    }


def of_pay(A: Inputs, p: Array, w: Array, r: Array, tag: str = "") -> dict[str, Condition]:
    """Both factors are paid; the most that the prices 1 and p can pay gives the scale."""
    return {
        f"w{tag}": Condition(w, np.minimum(1 / np.asarray(A.LX), np.abs(p) / A.LY)),
        f"r{tag}": Condition(r, np.minimum(1 / np.asarray(A.KX), np.abs(p) / A.KY)),
    }


def settle(
    economy: Parameters,
    fields: Mapping[str, ArrayLike],
    conditions: Mapping[str, Condition],
    regime: ArrayLike,
) -> dict[str, Any]:
    """What an equilibrium is made of: fields in the economy's shape, NaN where there is none.

    Raises
    ------
    NoEquilibrium
        If a single economy has none; the message names every condition that fails, with its value.
    """
    shape = economy.shape
    exists = np.logical_and.reduce(
        np.broadcast_arrays(*(c.holds for c in conditions.values()), np.ones(shape, bool))
    )
    if shape == () and not exists:
        failed = [c.words(name) for name, c in conditions.items() if not c.holds]
        raise NoEquilibrium(
            f"{type(economy).__name__}: no equilibrium with both goods made in each country and "
            "both factors paid: " + "; ".join(failed)
        )
    return filled(economy, fields, exists, regime)


def filled(
    economy: Parameters,
    fields: Mapping[str, ArrayLike],
    exists: NDArray[np.bool_],
    regime: ArrayLike,
) -> dict[str, Any]:
    """The same at points that are known to have an equilibrium or none."""
    names = np.where(exists, regime, "no equilibrium")
    values: dict[str, Any] = {
        name: np.where(exists, value, np.nan)[()] for name, value in fields.items()
    }
    return values | {"economy": economy, "regime": names if names.ndim else str(names)}


def sizes(economy: Parameters, conditions: Mapping[str, Condition]) -> dict[str, Array]:
    """By how much each condition fails, in the economy's shape; 0 where it holds."""
    return {
        name: np.broadcast_to(c.size(), economy.shape).copy()[()] for name, c in conditions.items()
    }
