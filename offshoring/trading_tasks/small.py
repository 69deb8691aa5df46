"""Small economies that move tasks, with two goods or one, and one that moves workers instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.residuals import checked
from offshoring.trading_tasks.margin import find_margin, share_at, warn_if_easier_abroad
from offshoring.trading_tasks.price_taker import PriceTaker, Rules, TwoGoods
from offshoring.trading_tasks.skilled import SmallTaskTraders
from offshoring.trading_tasks.small_equilibrium import (
    MigrationEquilibrium,
    SmallEquilibrium,
    SpecializedEquilibrium,
)
from offshoring.validation import Array, Value, freeze, not_negative


@dataclass(frozen=True, kw_only=True, eq=False)
class _MovesTasks(PriceTaker, SmallTaskTraders):
    """A price taker who offshores L-tasks and perhaps H-tasks."""

    _nothing_moves = "no offshoring"

    def _rules(self) -> tuple[list[str], Rules]:
        problems, rules = super()._rules()
        more_problems, more_rules = self._skill_rules()
        return problems + more_problems, rules | more_rules

    def _warn(self) -> None:
        self._warn_of_both_kinds()

    def log_marginal_cost(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log(beta w* t(i) Omega(i)): GRH08-1 put into omega = w Omega(I)."""
        return np.log(self.beta * self.w_star * self.schedule.t_Omega(i, m))

    def log_labour(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of L / ((1 - i) H): GRH08-4 over GRH08-5."""
        m = 1 - np.asarray(i, dtype=float) if m is None else np.asarray(m, dtype=float)
        with np.errstate(divide="ignore"):  # no task left at home: k is infinite
            return np.log(self.L) - np.log(self.H) - np.log(m)

    def _margins(self) -> tuple[Array, Array]:
        if not self.moves_H:
            return super()._margins()
        u_H = find_margin(self._gap_H, np.arange(int(np.prod(self.shape))))
        return self._margin_L(np.where(np.isfinite(u_H), u_H, 0.0)), u_H

    def _gap_H(self, u_H: Array, point: NDArray[np.intp]) -> Array:
        """log cost less log worth of the marginal H-task, with the L-tasks where they belong."""
        at, last = self.take(point), np.isinf(u_H)
        finite = np.where(last, 0.0, u_H)
        u = at._margin_L(finite)
        log_k = at.log_labour(*share_at(u)) - finite
        by_cutoff = at._wages(u, finite, log_k, cutoff_of_L=True)
        by_labour = at._prices.at(log_k)
        # where no L-task moves the former would take the price of H-tasks from the cutoff itself
        worth = np.where(u > 0, by_cutoff[0] - by_cutoff[1], by_labour[0] - by_labour[1])
        worth = np.where(last, at._worth_of_last_H(), worth)
        with np.errstate(invalid="ignore"):  # inf - inf: the last task costs and is worth no end
            return at.log_marginal_cost_H(*share_at(u_H)) - worth

    def _worth_of_last_H(self) -> Array:
        """log of what a bundle of H-tasks is worth where all tasks of both kinds are abroad."""
        log_omega = self.log_marginal_cost(1.0, 0.0)
        worth = [g.log_high_skill_wage(log_omega, np.log(price)) for _, g, price in self._offers()]
        return np.maximum.reduce(np.broadcast_arrays(*worth))

    def _solved(self) -> dict[str, Any]:
        """Fields of the equilibrium."""
        u, u_H = self.flat()._margins()
        values = self._settle(u, u_H, every_H_task=np.isinf(u_H), every_task=np.isinf(u))
        there = np.isfinite(values["I"])
        for name, share in zip(("I_H", "m_H"), share_at(u_H), strict=True):
            values[name] = np.where(there, share.reshape(self.shape), np.nan)
        Omega_H: ArrayLike = 1.0
        if self.schedule_H is not None:
            Omega_H = self.schedule_H.Omega(values["I_H"], values["m_H"])
        values["w"] = values.pop("omega") / self.schedule.Omega(values["I"], values["m"])
        values["s"] = values.pop("omega_H") / Omega_H
        return values

    def _words(self, failure: str, at: dict[str, Any], u_H: Array) -> str:
        if failure != "every_H_task":
            return super()._words(failure, at, u_H)
        costs = self.log_marginal_cost_H(1.0, 0.0), self.log_marginal_cost(1.0, 0.0)
        all_H, all_L, worth = (np.exp(v).flat[0] for v in (*costs, self._worth_of_last_H()))
        return (
            f"every H-task would move abroad, because beta_H s_star T_H(1) = {all_H:.6g} is not "
            f"above {worth:.6g}, what a bundle of H-tasks is worth when one of L-tasks costs "
            f"beta w_star T(1) = {all_L:.6g}. "
            "Raise a cost shift or a foreign wage, or take a steeper schedule"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallEconomy(TwoGoods, _MovesTasks):
    """A small open economy that can offshore tasks (GRH08, Sections I, IIA and III).

    Parameters
    ----------
    schedule : Schedule
        Relative cost t(i) of doing L-task i abroad, the same in both industries.
    beta : float or array
        Shift of all offshoring costs, > 0; pure number. The paper has beta t(0) >= 1; below that
        a warning is given.
    x, y : Technology
        Technologies of X, the numeraire, and of Y, the labour-intensive good.
    p : float or array
        World price of Y in units of X, inside the range in which both goods can break even.
    w_star : float or array
        Foreign low-skill wage, > 0; units of X.
    L, H : float or array
        Endowments of low-skilled and high-skilled labour, > 0.
    schedule_H, beta_H, s_star : Schedule, float or array, float or array; optional
        The same for H-tasks, s_star being the foreign high-skill wage. Left out, H-tasks stay.

    The array parameters (also those of schedule and technologies) broadcast together; their common
    shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    def solve(self) -> SmallEquilibrium:
        """The equilibrium, whichever goods it makes.

        Returns
        -------
        SmallEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and there is none. Either every task would move abroad,
            or Leontief technologies would leave a factor idle or its price undetermined, or the
            goods are mislabelled at the solution (only if the elasticities differ), or the answer
            is beyond floats. If H-tasks stay, every L-task would move only if some good has
            sigma > 1. With array parameters such points carry NaN, and ``exists`` says where.

        Notes
        -----
        log(beta w* t Omega) does not fall in I and log omega(k) does not rise in it, so one sign
        change is all there can be; the bracket in u = -log(1 - I) grows until it holds it. With
        H-tasks a second such root encloses the first.
        The equilibrium is unique but for two knife edges: on a flat portion of t, with both goods
        made, every I of the flat can be an equilibrium at one single beta (GRH08-fn10), and the
        solver returns one of them; with Leontief technologies see above.
        A warning is given if a residual is above 1e-9, as near a jump of a schedule.

        Examples
        --------
        >>> from offshoring.schedules import Linear
        >>> from offshoring.technologies import CES
        >>> econ = SmallEconomy(schedule=Linear(a=1, b=2), beta=[3.2, 2.5, 1.5, 1.0], p=1.0,
        ...                     x=CES(0.3, 0.8), y=CES(0.7, 0.8), w_star=0.4, L=0.35, H=1.0)
        >>> eq = econ.solve()
        >>> [str(regime) for regime in eq.regime]
        ['no offshoring', 'only x', 'both goods', 'only y']
        >>> eq.w.round(4), eq.s.round(4)
        (array([1.1923, 1.1295, 1.1072, 1.1325]), array([0.9256, 0.9498, 1.    , 1.6358]))
        """
        return checked(SmallEquilibrium(**self._solved()))


@dataclass(frozen=True, kw_only=True, eq=False)
class SpecializedEconomy(_MovesTasks):
    """A small economy that makes one good, the numeraire (GRH08, Sections IIC and III).

    Whether Y could be made is not asked: in the paper its cost exceeds its price. Parameters are
    those of :class:`SmallEconomy` without ``y`` and ``p``.
    """

    def solve(self) -> SpecializedEquilibrium:
        """The unique equilibrium.

        Returns
        -------
        SpecializedEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            As :meth:`SmallEconomy.solve`. With Leontief technology a factor is idle unless its
            offshoring stops where the good employs both.

        Examples
        --------
        Where the wage is lowest, and where it is back (GRH08-IIC-3):

        >>> from offshoring.schedules import Power
        >>> from offshoring.technologies import CobbDouglas
        >>> econ = SpecializedEconomy(schedule=Power(eta=2), beta=[99.0, 5.0, 1.0],
        ...                           x=CobbDouglas(0.5), w_star=0.05, L=1.0, H=1.0)
        >>> econ.solve().w.round(4)
        array([1.    , 0.938 , 1.2404])
        """
        return checked(SpecializedEquilibrium(**self._solved()))


@dataclass(frozen=True, kw_only=True, eq=False)
class MigrationEconomy(TwoGoods):
    """The same economy when workers move instead of tasks (GRH08-IIA-5).

    Migrant i keeps 1 / (beta t(i)) of her working time, so she comes if w / (beta t(i)) > w*. All
    low-skilled labour earns w. Parameters are those of :class:`SmallEconomy`, H-tasks apart, and

    N : float or array
        Number of potential migrants, >= 0; numbered from cheap to dear moves, i in [0, 1].
    """

    N: Value

    _nothing_moves = "no migration"

    def _rules(self) -> tuple[list[str], Rules]:
        freeze(self, *self._positive, "N")
        problems, rules = super()._rules()
        return problems, rules | {"N": not_negative(self.N)}

    def _warn(self) -> None:
        warn_if_easier_abroad(self, self.beta * self.schedule.t(0.0))

    def log_marginal_cost(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log(beta w* t(i)): the home wage at which i is the marginal migrant."""
        return np.log(self.beta * self.w_star * self.schedule.t(i, m))

    def log_labour(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of (L + inflow) / H, where the inflow is N / beta times the integral of 1/t."""
        inflow = self.N / self.beta * self.schedule.working_time(i, m)
        return np.log(self.L + inflow) - np.log(self.H)

    def solve(self) -> MigrationEquilibrium:
        """The unique equilibrium; I = 1 where every potential migrant comes.

        Returns
        -------
        MigrationEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            As :meth:`SmallEconomy.solve`, except that all may move.
        """
        values = self._settle(*self.flat()._margins())
        w, s = values.pop("omega"), values.pop("omega_H")
        return checked(MigrationEquilibrium(w=w, s=s, **values))
