"""What the solvers return: fields, derived quantities, residuals of the small economy."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from offshoring.validation import Array, freeze


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibrium:
    """Fields that every equilibrium of this model has; prices and incomes in units of good X."""

    economy: Any = field(repr=False)
    I: Array
    m: Array
    w: Array
    s: Array
    x: Array
    y: Array
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


Result = TypeVar("Result", bound=Equilibrium)


class TaskTrade(Equilibrium):
    """What follows from the margin when tasks move."""

    @property
    def Omega(self) -> Array:
        """Cost of a bundle of L-tasks relative to the home wage (below GRH08-3)."""
        return self.economy.schedule.Omega(self.I, self.m)

    @property
    def omega(self) -> Array:
        """Effective wage w Omega(I), the cost of a bundle of L-tasks; units of X."""
        return self.w * self.Omega


class _SmallResult(Equilibrium):
    """What the two equilibria at given goods prices have in common."""

    def _production_residuals(self, omega: Array, labour: Array) -> dict[str, Array]:
        """GRH08-4, 5, 8 and 9 at the effective wage omega and the effective labour given."""
        e, s = self.economy, self.s
        a_L = e.x.a_L(omega, s) * self.x + e.y.a_L(omega, s) * self.y
        a_H = e.x.a_H(omega, s) * self.x + e.y.a_H(omega, s) * self.y
        return {
            "GRH08-4": a_L / labour - 1,
            "GRH08-5": a_H / e.H - 1,
            "GRH08-8": _zero_profit(omega * e.x.a_L(omega, s) + s * e.x.a_H(omega, s) - 1, self.x),
            "GRH08-9": _zero_profit(
                (omega * e.y.a_L(omega, s) + s * e.y.a_H(omega, s)) / e.p - 1, self.y
            ),
        }


def _zero_profit(loss: Array, output: Array) -> Array:
    """The relative loss where the good is made; where it is not, only a profit is an error."""
    return np.where(output > 0, loss, np.minimum(loss, 0))[()]


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallEquilibrium(TaskTrade, _SmallResult):
    """What :meth:`SmallEconomy.solve` returns.

    Attributes
    ----------
    economy : SmallEconomy
    I, m : float or array
        Share of L-tasks abroad, and m = 1 - I with all its digits.
    w, s : float or array
        Home low-skill and high-skill wage; units of X.
    x, y : float or array
        Outputs.
    regime : str or array of str
        'no offshoring', or the goods made with offshoring: 'only x', 'both goods', 'only y';
        'no equilibrium' where the other fields are NaN.
    """

    @property
    def foreign_labour(self) -> Array:
        """Labour hired abroad, beta T(I) times the L-tasks in all output."""
        e = self.economy
        tasks = e.x.a_L(self.omega, self.s) * self.x + e.y.a_L(self.omega, self.s) * self.y
        return e.beta * e.schedule.T(self.I, self.m) * tasks

    @property
    def task_imports(self) -> Array:
        """Wages paid abroad, w* times foreign labour; units of X."""
        return self.economy.w_star * self.foreign_labour

    @property
    def income(self) -> Array:
        """Home factor income w L + s H, equal to x + p y less task imports; units of X."""
        return self.w * self.economy.L + self.s * self.economy.H

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        An inequality at a corner (no task abroad, a good not made) is violated by its wrong side
        only. GRH08-2 is zero profit with the foreign wage bill written out; of the two goods the
        larger error counts.
        """
        e, omega, s = self.economy, self.omega, self.s
        t, T = e.schedule.t(self.I, self.m), e.schedule.T(self.I, self.m)
        gap = e.beta * t * e.w_star / self.w - 1
        bundle = self.w * self.m + e.w_star * e.beta * T
        loss_x = bundle * e.x.a_L(omega, s) + s * e.x.a_H(omega, s) - 1
        loss_y = (bundle * e.y.a_L(omega, s) + s * e.y.a_H(omega, s)) / e.p - 1
        losses = _zero_profit(loss_x, self.x), _zero_profit(loss_y, self.y)
        return {
            "GRH08-1": np.where(self.I > 0, gap, np.minimum(gap, 0))[()],
            "GRH08-2": np.where(np.abs(losses[0]) > np.abs(losses[1]), *losses)[()],
            **self._production_residuals(omega, e.L / self.m),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class MigrationEquilibrium(_SmallResult):
    """What :meth:`MigrationEconomy.solve` returns.

    Fields as in :class:`SmallEquilibrium`, except that I is the share of potential migrants who
    come and the regime without movement is called 'no migration'.
    """

    @property
    def inflow(self) -> Array:
        """Low-skilled labour that the migrants add, N / beta times the integral of 1/t."""
        e = self.economy
        return e.N / e.beta * e.schedule.working_time(self.I, self.m)

    @property
    def rents(self) -> Array:
        """What the migrants gain over staying: their wages less w* each; units of X."""
        return self.w * self.inflow - self.economy.N * self.economy.w_star * self.I

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone."""
        e = self.economy
        gap = e.beta * e.schedule.t(self.I, self.m) * e.w_star / self.w - 1
        at_most = np.where(self.I < 1, gap, np.maximum(gap, 0))
        return {
            "GRH08-IIA-5": np.where(self.I > 0, at_most, np.minimum(gap, 0))[()],
            **self._production_residuals(self.w, e.L + self.inflow),
        }


def checked(eq: Result) -> Result:
    """The equilibrium itself, with a warning if a residual is a thousand times what is promised."""
    worst = np.asarray(np.fmax.reduce([np.abs(r) for r in eq.residuals().values()]))
    bad = worst > 1e-9
    if bad.any():
        warnings.warn(
            f"{type(eq).__name__}: the largest residual is {np.nanmax(worst):.1e}, above 1e-9 at "
            f"{bad.sum()} of {bad.size} points; is the schedule nearly vertical there?",
            stacklevel=3,
        )
    return eq
