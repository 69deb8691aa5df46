"""One industry of a small economy: its cutoff, its zero-profit curve, its economy with one good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.factor_prices import FAR
from offshoring.trading_tasks.margin import DEEP, find_margin, share_at
from offshoring.validation import Array, Parameters, Value

FIXED = 1e-13  # an elasticity below it is zero: labour says nothing of prices


@dataclass(frozen=True, eq=False)
class Industry(Parameters):
    """One industry at given costs abroad; without a schedule it cannot offshore.

    ``abroad`` is beta w*, what an hour's task costs abroad before t. Wages are in logarithms.
    """

    schedule: Schedule | None
    technology: Technology
    price: Value
    abroad: Value

    def cutoff(self, log_w: ArrayLike) -> tuple[Array, Array]:
        """The share of tasks abroad at a home wage (GRH08-1), and the share at home."""
        log_w = np.asarray(log_w, dtype=float)
        if self.schedule is None:
            return np.zeros(log_w.shape), np.ones(log_w.shape)
        cost = self._relative_cost(log_w)
        return self.schedule.inverse(cost), self.schedule.stay_home(cost)

    def log_bundle(self, log_w: ArrayLike) -> Array:
        """log of the cost of a bundle of L-tasks, each done where it is cheaper (GRH08-3a)."""
        log_w = np.asarray(log_w, dtype=float)
        if self.schedule is None:
            return log_w
        i, m = self.cutoff(log_w)
        at_home = m * self._relative_cost(log_w)
        with np.errstate(divide="ignore"):  # a wage of zero, where nothing is abroad
            split = np.log(self.abroad) + np.log(at_home + self.schedule.T(i, m))
        return np.where(i > 0, split, log_w)

    def log_high_skill_wage(self, log_w: ArrayLike) -> Array:
        """log s at which the good breaks even; minus or plus infinity where no s does."""
        return self.technology.log_high_skill_wage(self.log_bundle(log_w), np.log(self.price))

    def log_intensity(self, log_w: Array, log_s: Array, m: Array) -> Array:
        """log of home low-skilled per high-skilled worker, with m of the L-tasks at home."""
        with np.errstate(divide="ignore", invalid="ignore"):  # m = 0: nobody low-skilled at home
            return self.technology.log_intensity(self.log_bundle(log_w) - log_s) + np.log(m)

    def margin_alone(self, log_k: Array) -> Array:
        """u = -log(1 - I) if the economy made this good alone with k = L / H, on flat parameters.

        Infinite where every task would move, NaN where it is beyond floats.
        """
        schedule = self.schedule
        if schedule is None:
            return np.zeros(log_k.shape)

        def gap(u: Array, point: NDArray[np.intp]) -> Array:
            at = self.take(point)
            return at._log_cutoff_cost(u) - at.worth(log_k[point] + u)[0]

        return find_margin(gap, np.arange(log_k.size))

    def wages_alone(self, u: Array, log_k: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """log w, log s and whether a factor is idle, in the economy that makes this good alone.

        The bundle's cost follows from full employment or from the cutoff, at the margin u both at
        once. The one that moves less with u is taken, because u is rounded.
        """
        log_omega, log_q = self.worth(log_k + u)
        log_s, idle = log_omega - log_q, np.abs(log_q) >= FAR
        if self.schedule is None:
            return log_omega, log_s, idle
        i, m = share_at(u)
        log_cut = self._log_cutoff_cost(u)
        log_s_cut = self.technology.log_high_skill_wage(log_cut, np.log(self.price))
        with np.errstate(invalid="ignore"):  # infinite log s: not taken below
            theta_H = self.technology.share_H(log_cut - log_s_cut)
        sigma = np.asarray(self.technology.sigma)
        home_share = 1 - self.schedule.gamma(i, m)
        steady = sigma * self.schedule.elasticity(i, m) * home_share <= theta_H
        by_edge = (sigma < FIXED) & self.at_edge(log_k + u)
        take_cut = (by_edge | (steady & ~idle)) & (u > 0)
        log_omega = np.where(take_cut, log_cut, log_omega)
        log_w = log_omega - np.log(self.schedule.Omega(i, m))
        return log_w, np.where(take_cut, log_s_cut, log_s), idle & ~take_cut

    def at_edge(self, log_k: Array) -> NDArray[np.bool_]:
        """Where k is the good's one intensity if sigma = 0, up to a few roundings."""
        edge = self.technology.log_intensity(0.0)
        return np.abs(log_k - edge) <= 1e-14 * (1 + np.abs(log_k) + np.abs(edge))

    def worth(self, log_k: Array) -> tuple[Array, Array]:
        """log of what a bundle of L-tasks is worth, and log q, with k bundles per unit of H."""
        log_q = np.clip(self.technology.log_relative_wage(log_k), -FAR, FAR)
        return np.log(self.price) - self.technology.log_cost_in_w(log_q), log_q

    def _log_cutoff_cost(self, u: Array) -> Array:
        """log(beta w* t Omega), the bundle's cost at the wage at which u is the margin."""
        schedule = cast(Schedule, self.schedule)
        return np.log(self.abroad * schedule.t_Omega(*share_at(u)))

    def _relative_cost(self, log_w: Array) -> Array:
        """w / (beta w*), at which t_j is cut off; finite, so that it can be multiplied by 0."""
        return np.exp(np.minimum(log_w - np.log(self.abroad), DEEP))
