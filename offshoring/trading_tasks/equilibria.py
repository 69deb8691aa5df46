"""What all solvers return: the common fields and what follows from them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.validation import Array, NoEquilibrium, Parameters, Value, freeze


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibrium:
    """Fields that every equilibrium of this model has; prices and incomes in units of good X."""

    economy: Any = field(repr=False)
    w: Array
    s: Array
    x: Array
    regime: Any

    def __post_init__(self) -> None:
        freeze(self, *(f.name for f in fields(self) if f.name not in ("economy", "regime")))

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Where the economy has an equilibrium."""
        return np.isfinite(self.w)

    @abstractmethod
    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskTrade(Equilibrium):
    """What follows from the margins when tasks move; H-tasks too, if the economy moves them."""

    I: Array
    m: Array
    I_H: Value = 0.0
    m_H: Value = 1.0

    @property
    def Omega(self) -> Array:
        """Cost of a bundle of L-tasks relative to the home wage (below GRH08-3)."""
        return self.economy.schedule.Omega(self.I, self.m)

    @property
    def omega(self) -> Array:
        """Effective wage w Omega(I), the cost of a bundle of L-tasks; units of X."""
        return self.w * self.Omega

    @property
    def Omega_H(self) -> Value:
        """Cost of a bundle of H-tasks relative to the home wage s; one if H-tasks stay."""
        schedule = getattr(self.economy, "schedule_H", None)
        return 1.0 if schedule is None else schedule.Omega(self.I_H, self.m_H)

    @property
    def omega_H(self) -> Array:
        """Effective wage s Omega_H(I_H), the cost of a bundle of H-tasks; units of X."""
        return self.s * self.Omega_H

    @property
    def foreign_labour(self) -> Array:
        """Low-skilled labour hired abroad, beta T(I) L / (1 - I)."""
        e = self.economy
        return e.beta * e.schedule.T(self.I, self.m) * e.L / self.m

    @property
    def foreign_skill(self) -> Value:
        """High-skilled labour hired abroad, beta_H T_H(I_H) H / (1 - I_H); 0 if H-tasks stay."""
        e, schedule = self.economy, getattr(self.economy, "schedule_H", None)
        return (
            0.0 if schedule is None else e.beta_H * schedule.T(self.I_H, self.m_H) * e.H / self.m_H
        )

    def twin(self) -> Any:
        """The economy without offshoring in which each worker does the work of 1 / Omega.

        A skilled worker does that of 1 / Omega_H. It pays Omega w and Omega_H s for a unit of work
        if it is a true twin (GRH08-IIA-10, IIB-6). Where there is no equilibrium, the workers are
        left as they are.
        """
        e = self.economy
        better = {"L": np.where(self.exists, e.L / self.Omega, e.L)[()]}
        if getattr(e, "schedule_H", None) is not None:
            better["H"] = np.where(self.exists, e.H / self.Omega_H, e.H)[()]
        return e.without_offshoring().replace(**better)

    def _margin_shapes(self) -> tuple[Value, Value, Value, Value]:
        """gamma and eta of L-tasks, then of H-tasks, at their margins."""
        e = self.economy
        of_L = e.schedule.gamma(self.I, self.m), e.schedule.elasticity(self.I, self.m)
        if getattr(e, "schedule_H", None) is None:
            return *of_L, 0.0, 0.0
        H = e.schedule_H
        return *of_L, H.gamma(self.I_H, self.m_H), H.elasticity(self.I_H, self.m_H)


def shocks(economy: Any, shock: str) -> tuple[float, float]:
    """How d log beta and d log beta_H move with a shock, by name."""
    known = {"beta": (1.0, 0.0)}
    if economy.moves_H:
        known |= {"beta_H": (0.0, 1.0), "both": (1.0, 1.0)}
    if shock not in known:
        raise ValueError(f"shock = {shock!r} must be one of {', '.join(map(repr, known))}")
    return known[shock]


def settle(
    economy: Parameters,
    fields: dict[str, Array],
    regime: ArrayLike,
    failures: Mapping[str, NDArray[Any]],
    words: Callable[[str], str],
) -> dict[str, Any]:
    """What an equilibrium is made of: fields in the economy's shape, NaN where there is none.

    Parameters
    ----------
    economy : Parameters
        The economy that was solved.
    fields : dict of arrays
        Values by name of the field, one long row each.
    regime : array of str
        Names of the regimes, where there is an equilibrium.
    failures : dict of arrays of bool
        Where which condition fails; the first that fails is the one that is named.
    words : callable
        Why there is none, in words, by name of the condition.

    Raises
    ------
    NoEquilibrium
        If a single economy has none.
    """
    exists = ~np.logical_or.reduce(list(failures.values()))
    shape = economy.shape
    if shape == () and not exists[0]:
        first = next(name for name, failed in failures.items() if failed[0])
        raise NoEquilibrium(f"{type(economy).__name__}: {words(first)}")
    names = np.where(exists, regime, "no equilibrium").reshape(shape)
    values: dict[str, Any] = {
        name: np.where(exists, value, np.nan).reshape(shape) for name, value in fields.items()
    }
    return values | {"economy": economy, "regime": names if shape else str(names)}
