"""What the solvers of the small economies return: fields, residuals, responses to a shock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from offshoring.residuals import at_margin, larger, zero_profit
from offshoring.trading_tasks.equilibria import Equilibrium, TaskTrade, shocks
from offshoring.trading_tasks.hats import Hats, effects_of_one_good, effects_of_two_goods, rises
from offshoring.validation import Array, Value


@dataclass(frozen=True, kw_only=True, eq=False)
class _TwoGoods(Equilibrium):
    """What the two equilibria at given goods prices have in common."""

    y: Array

    def _production_residuals(
        self, omega: Array, omega_H: Array, L: Array, H: Array
    ) -> dict[str, Array]:
        """GRH08-4, 5, 8 and 9 at the effective wages and the effective labour given."""
        e = self.economy
        a_L = e.x.a_L(omega, omega_H) * self.x + e.y.a_L(omega, omega_H) * self.y
        a_H = e.x.a_H(omega, omega_H) * self.x + e.y.a_H(omega, omega_H) * self.y
        loss_x, loss_y = (_loss(g, omega, omega_H) for g in (e.x, e.y))
        return {
            "GRH08-4": a_L / L - 1,
            "GRH08-5": a_H / H - 1,
            "GRH08-8": zero_profit(loss_x - 1, self.x),
            "GRH08-9": zero_profit(loss_y / e.p - 1, self.y),
        }


def _loss(good: Any, omega: Array, omega_H: Array) -> Array:
    """Unit cost, input by input."""
    return omega * good.a_L(omega, omega_H) + omega_H * good.a_H(omega, omega_H)


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallTaskTrade(TaskTrade):
    """What the small economies that move tasks have in common, with one good or two."""

    @property
    def task_imports(self) -> Array:
        """Wages paid abroad; units of X."""
        e = self.economy
        skilled = e.s_star * self.foreign_skill if e.moves_H else 0.0
        return e.w_star * self.foreign_labour + skilled

    @property
    def income(self) -> Array:
        """Home factor income w L + s H, equal to output less task imports; units of X."""
        return self.w * self.economy.L + self.s * self.economy.H

    def _bundles(self) -> tuple[Array, Array]:
        """Cost of a bundle of each kind, task by task, with the foreign wage bill written out."""
        e = self.economy
        of_L = self.w * self.m + e.w_star * e.beta * e.schedule.T(self.I, self.m)
        if not e.moves_H:
            return of_L, self.s
        return of_L, self.s * self.m_H + e.s_star * e.beta_H * e.schedule_H.T(self.I_H, self.m_H)

    def _cutoff_residuals(self) -> dict[str, Array]:
        """GRH08-1, and GRH08-18 if H-tasks can move."""
        e = self.economy
        gap = e.beta * e.schedule.t(self.I, self.m) * e.w_star / self.w - 1
        found = {"GRH08-1": at_margin(gap, self.I)}
        if e.moves_H:
            gap = e.beta_H * e.schedule_H.t(self.I_H, self.m_H) * e.s_star / self.s - 1
            found["GRH08-18"] = at_margin(gap, self.I_H)
        return found

    def _shares(self, good: Any) -> tuple[Array, Array]:
        """Shares of L and of H in the cost of a good."""
        prices = self.omega, self.omega_H
        return good.theta_L(*prices), good.theta_H(*prices)

    def _one_good_rises(self, good: Any, by: tuple[float, float]) -> dict[str, Array]:
        """Responses where one good is made (GRH08-IIC-4, III-3), per unit of d log beta."""
        shapes = self._margin_shapes()
        return rises(
            self._shares(good), good.sigma, self.I > 0, np.asarray(self.I_H) > 0, shapes, by
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallEquilibrium(SmallTaskTrade, _TwoGoods):
    """What :meth:`SmallEconomy.solve` returns.

    Attributes
    ----------
    economy : SmallEconomy
    I, m : float or array
        Share of L-tasks abroad, and m = 1 - I with all its digits.
    I_H, m_H : float or array
        The same for H-tasks; 0 and 1 if these stay.
    w, s : float or array
        Home low-skill and high-skill wage; units of X.
    x, y : float or array
        Outputs.
    regime : str or array of str
        'no offshoring', or the goods made with offshoring: 'only x', 'both goods', 'only y';
        'no equilibrium' where the other fields are NaN.
    """

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        An inequality at a corner (no task abroad, a good not made) is violated by its wrong side
        only. GRH08-2 is zero profit with the foreign wage bills written out; of the two goods the
        larger error counts.
        """
        e, omega, omega_H = self.economy, self.omega, self.omega_H
        of_L, of_H = self._bundles()
        bills = [of_L * g.a_L(omega, omega_H) + of_H * g.a_H(omega, omega_H) for g in (e.x, e.y)]
        losses = zero_profit(bills[0] - 1, self.x), zero_profit(bills[1] / e.p - 1, self.y)
        return self._cutoff_residuals() | {
            "GRH08-2": larger(*losses),
            **self._production_residuals(omega, omega_H, e.L / self.m, e.H / self.m_H),
        }

    def elasticities(self, shock: str = "beta") -> dict[str, Array]:
        """Closed forms of d log / d log beta inside a regime, by name of the field.

        Parameters
        ----------
        shock : {'beta', 'beta_H', 'both'}
            Which cost shift moves; the last two only if H-tasks can be done abroad.

        Notes
        -----
        GRH08-IIA-2 and III-1 where both goods are made, GRH08-IIC-4 and III-3 where one is. Two
        sides differ at the border of a regime and where the first task leaves: the value there is
        that of the regime which the equilibrium names.
        """
        e, by = self.economy, shocks(self.economy, shock)
        only_x, only_y = (self._one_good_rises(good, by) for good in (e.x, e.y))
        R = e.schedule.R(self.I, self.m) * by[0]
        R_H = e.schedule_H.R(self.I_H, self.m_H) * by[1] if e.moves_H else 0.0
        both = {"Omega": R, "Omega_H": R_H, "omega": 0.0, "omega_H": 0.0, "w": -R, "s": -R_H}
        return {name: self._by_goods(both[name], only_x[name], only_y[name]) for name in both}

    def effects(self) -> dict[str, Array]:
        """mu_1 to mu_4 of the decomposition GRH08-6, 7, by formula."""
        e = self.economy
        in_x, in_y = self._shares(e.x), self._shares(e.y)
        both = effects_of_two_goods(in_x, in_y)
        only_x = effects_of_one_good(in_x, e.x.sigma, numeraire=True)
        only_y = effects_of_one_good(in_y, e.y.sigma, numeraire=False)
        return {name: self._by_goods(both[name], only_x[name], only_y[name]) for name in both}

    def hats(self) -> Hats:
        """The full system of differentiated equilibrium conditions, Omega, p and I given."""
        e, omega, omega_H = self.economy, self.omega, self.omega_H
        return Hats.of_two_factors((e.x, e.y), omega, omega_H, np.stack([self.x, self.y], axis=-1))

    def _by_goods(self, both: Value, only_x: Value, only_y: Value) -> Array:
        """The value of the goods made; NaN where there is no equilibrium."""
        one = np.where(self.y > 0, only_y, only_x)
        value = np.where((self.x > 0) & (self.y > 0), both, one)
        return np.where(self.exists, value, np.nan)[()]


@dataclass(frozen=True, kw_only=True, eq=False)
class SpecializedEquilibrium(SmallTaskTrade):
    """What :meth:`SpecializedEconomy.solve` returns.

    Attributes as those of :class:`SmallEquilibrium`, without y. The regime is 'only x',
    'no offshoring' or 'no equilibrium'.
    """

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        As :meth:`SmallEquilibrium.residuals`, with GRH08-14 and 15 for full employment.
        """
        e, omega, omega_H = self.economy, self.omega, self.omega_H
        a_L, a_H = e.x.a_L(omega, omega_H), e.x.a_H(omega, omega_H)
        of_L, of_H = self._bundles()
        return self._cutoff_residuals() | {
            "GRH08-2": of_L * a_L + of_H * a_H - 1,
            "GRH08-8": omega * a_L + omega_H * a_H - 1,
            "GRH08-14": a_L * self.x * self.m / e.L - 1,
            "GRH08-15": a_H * self.x * self.m_H / e.H - 1,
        }

    def elasticities(self, shock: str = "beta") -> dict[str, Array]:
        """Closed forms of d log / d log beta (GRH08-IIC-4, III-3), by name of the field.

        Besides prices there are ``z`` = dI / (1 - I) and ``z_H``. For ``shock`` see
        :meth:`SmallEquilibrium.elasticities`.
        """
        return self._one_good_rises(self.economy.x, shocks(self.economy, shock))

    def effects(self) -> dict[str, Array]:
        """mu_1 to mu_4 of the decomposition GRH08-6, 7, by formula."""
        good = self.economy.x
        return effects_of_one_good(self._shares(good), good.sigma, numeraire=True)

    def hats(self) -> Hats:
        """The full system of differentiated equilibrium conditions, Omega and I given."""
        made = np.asarray(self.x)[..., None]
        return Hats.of_two_factors((self.economy.x,), self.omega, self.omega_H, made)


@dataclass(frozen=True, kw_only=True, eq=False)
class MigrationEquilibrium(_TwoGoods):
    """What :meth:`MigrationEconomy.solve` returns.

    Fields as in :class:`SmallEquilibrium`, except that I is the share of potential migrants who
    come and the regime without movement is called 'no migration'.
    """

    I: Array
    m: Array

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
            "GRH08-IIA-5": at_margin(at_most, self.I),
            **self._production_residuals(self.w, self.s, e.L + self.inflow, e.H),
        }
