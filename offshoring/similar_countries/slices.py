"""Worlds in which the ratio of outputs is given and the wage clears the labour markets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offshoring.roots import find_root, narrow
from offshoring.schedules import Schedule
from offshoring.validation import Array, Parameters, Value

DIFF = 1e-7  # step of forward differences
CHART = 3.0  # the wage is looked for along y in [0, CHART]


class Pattern(NamedTuple):
    """Who does what if East has the larger output: W = [0, easy], E = (easy, hard], B the rest."""

    easy: Array
    hard: Array
    M_E: Array
    T_E: Array
    T_W: Array
    M_B: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Side(Parameters):
    """A world seen from the country that has the larger output, here called East.

    Every equilibrium with N > N* belongs to the side of East, every other one to the side of West,
    with the names exchanged. ``lam`` is L / L*, ``nu`` is log(n / n*). The labour markets clear at
    a log wage between ``-low`` and ``high`` at most, and equilibria are looked for up to ``top``.
    """

    schedule: Schedule
    beta: Value
    theta: Value
    sigma: Value
    lam: Value
    nu: Value
    first: Value  # 1 / (beta t(0))
    last: Value  # 1 / (beta t(1)), zero if t has no bound
    low: Value
    high: Value
    top: Value

    @property
    def u_alone(self) -> Value:
        """u = log(N / N*) without offshoring, log(lambda) / (1 - theta) (GRH12-noff)."""
        return np.log(self.lam) / (1 - self.theta)

    @property
    def v_alone(self) -> Value:
        """log w without offshoring (GRH12-noff)."""
        return (self.nu + (self.theta * self.sigma - 1) * self.u_alone) / self.sigma

    def jump(self) -> tuple[NDArray[np.bool_], Array, Array]:
        """Where G jumps at ``u_alone``, and its limits from the left and from the right.

        There the labour markets clear at all wages between two bounds, at which the first task
        starts to be concentrated in East, or in West. Nothing is offshored in equilibrium where
        the limits enclose zero; a limit within a part in 10^12 of zero is put on that side.
        """
        u, log_first = self.u_alone, np.log(self.first)
        low = self.theta * np.logaddexp(0, u) + log_first
        high = -self.theta * np.logaddexp(0, -u) - log_first
        left, right = (u - self.nu + self.sigma * (v - self.theta * u) for v in (low, high))
        near = 1e-12 * self.sigma
        left = np.where(np.abs(left) <= near, -near, left)
        return low <= high + 1e-12, left, np.where(np.abs(right) <= near, near, right)

    def at(self, u: Array) -> Slice:
        """The slice at u >= 0."""
        q, q_star = 1 / (1 + np.exp(-u)), 1 / (1 + np.exp(u))
        v_first, v_last = (
            np.log1p(np.expm1(u) * (1 - kappa) / (1 + np.exp(u) * kappa))
            for kappa in (self.first, self.last)
        )
        return Slice(
            schedule=self.schedule,
            beta=self.beta,
            lam=self.lam,
            first=self.first,
            last=self.last,
            q=q,
            q_star=q_star,
            alone=q**-self.theta,
            alone_star=q_star**-self.theta,
            below=self.low + v_first,
            above=np.maximum(self.high - v_last, 0),
        )

    def errors(self, u: Array, y: Array) -> tuple[Array, Array]:
        """Relative excess demand for East's labour, and G, at u and chart point y."""
        world = self.at(u)
        w = world.wage(y)
        p = world.pattern(y, w)
        D, D_star = world.labour(p)
        C, C_star = world.costs(p, w)
        gap = (D - self.lam * D_star) / (D + self.lam * D_star)
        return gap, u - self.nu + self.sigma * np.log(C / C_star)

    def jacobian(self, u: Array, y: Array) -> tuple[tuple[Array, Array], ...]:
        """:meth:`errors`, and their derivatives by u and by y, as forward differences."""
        F, G = self.errors(u, y)
        moved = self.errors(u + DIFF, y), self.errors(u, y + DIFF)
        return (F, G), *(((F_m - F) / DIFF, (G_m - G) / DIFF) for F_m, G_m in moved)

    def excess_signed(self, u: Array) -> tuple[Array, Array]:
        """G at u, with the wage only as exact as the sign of G needs it; and the slope of G."""
        world = self.at(u)
        points = np.arange(u.size)
        left, right = np.zeros(u.size), np.full(u.size, CHART)
        G = np.empty(u.size)
        for width in (1e-4, 1e-8, 1e-15):
            part, at = world.take(points), self.take(points)
            left[points], right[points] = part.clearing(left[points], right[points], width=width)
            ends = [at.errors(u[points], y[points])[1] for y in (left, right)]
            G[points] = (ends[0] + ends[1]) / 2
            points = points[np.sign(ends[0]) != np.sign(ends[1])]
        _, (F_u, G_u), (F_y, G_y) = self.jacobian(u, left)
        with np.errstate(divide="ignore", invalid="ignore"):  # on the plateau the wage is free
            return G, G_u - G_y * F_u / F_y

    def excess_exact(self, u: Array) -> Array:
        """G at u, with the wage to the last digit."""
        world = self.at(u)
        return u - self.nu + self.sigma * world.log_relative_cost(world.clearing_point())


@dataclass(frozen=True, kw_only=True, eq=False)
class Slice(Parameters):
    r"""Worlds with a given u = log(N / N*) >= 0; all arrays are rows of equal length.

    The wage runs along a chart y in [0, 3] that keeps its digits where u vanishes: J = 0 on
    [0, 1], J rises from 0 to 1 on [1, 2], J = 1 on [2, 3]. On the middle piece GRH12-3 gives the
    wage, :math:`w = (\rho + \kappa) / (1 + \rho \kappa)` with :math:`\kappa = 1 / (\beta t(J))`.
    """

    schedule: Schedule
    beta: Value
    lam: Value
    first: Value
    last: Value
    q: Array
    q_star: Array
    alone: Array  # q^-theta: labour for a dispersed task in East, relative to a concentrated one
    alone_star: Array
    below: Array  # lengths of the outer pieces of the chart, in logs of the wage
    above: Array

    def wage(self, y: Array) -> Array:
        """East's wage at chart points (West's wage is one)."""
        kappa = self._kappa(y)
        middle = (self.q + self.q_star * kappa) / (self.q_star + self.q * kappa)
        outer = np.minimum(y - 1, 0) * self.below + np.maximum(y - 2, 0) * self.above
        return middle * np.exp(outer)

    def _kappa(self, y: Array) -> Array:
        return self.first + np.clip(y - 1, 0, 1) * (self.last - self.first)

    def cost_J(self, y: Array) -> Array:
        """beta t(J); zero where J = 0 and infinite where J = 1, since the formula binds nothing."""
        with np.errstate(divide="ignore"):  # kappa = 0 only at the end of the middle piece
            middle = 1 / self._kappa(y)
        return np.where(y <= 1, 0.0, np.where(y >= 2, np.inf, middle))

    def threshold_J(self, y: Array) -> tuple[Array, Array]:
        """J and 1 - J."""
        cost = self.cost_J(y) / self.beta
        return self.schedule.inverse(cost), self.schedule.stay_home(cost)

    def pattern(self, y: Array, w: Array) -> Pattern:
        """Where tasks go: GRH12-loc, with thresholds compared as costs (GRH12-Fig5)."""
        easy_cost = np.minimum(self.cost_J(y), w * self.alone)
        hard_cost = np.maximum(self.alone_star / w, easy_cost) / self.beta
        easy = self.schedule.inverse(easy_cost / self.beta)
        hard, M_B = self.schedule.inverse(hard_cost), self.schedule.stay_home(hard_cost)
        T_W = self.schedule.T(easy)
        return Pattern(easy, hard, hard - easy, self.schedule.T(hard, M_B) - T_W, T_W, M_B)

    def labour(self, p: Pattern) -> tuple[Array, Array]:
        """Demands for labour in East and West, times X^(theta - 1): GRH12-11 and 12."""
        D = (p.M_E + p.M_B * self.alone) * self.q + self.beta * p.T_E * self.q_star
        D_star = (
            self.beta * p.T_W * self.q
            + p.easy * self.q_star
            + p.M_B * self.q_star * self.alone_star
        )
        return D, D_star

    def costs(self, p: Pattern, w: Array) -> tuple[Array, Array]:
        """Unit costs in East and West, times X^theta: GRH12-4 and 5."""
        C = w * (p.M_E + p.M_B * self.alone) + self.beta * p.T_W
        return C, self.beta * w * p.T_E + p.easy + p.M_B * self.alone_star

    def excess_labour(self, y: Array) -> Array:
        """Excess demand for East's labour relative to West's, not increasing in y: GRH12-LAB."""
        D, D_star = self.labour(self.pattern(y, self.wage(y)))
        return D - self.lam * D_star

    def log_relative_cost(self, y: Array) -> Array:
        """log(c / c*)."""
        w = self.wage(y)
        C, C_star = self.costs(self.pattern(y, w), w)
        return np.log(C / C_star)

    def clearing(self, left: Array, right: Array, width: float) -> tuple[Array, Array]:
        """Brackets of chart points at which the labour markets clear."""
        return narrow(self._excess_at, left, right, (np.arange(self.q.size),), width=width)

    def clearing_point(self) -> Array:
        """The chart points at which the labour markets clear."""
        return find_root(self._excess_at, 0.0, CHART, args=(np.arange(self.q.size),))

    def _excess_at(self, y: Array, point: NDArray[np.intp]) -> Array:
        return self.take(point).excess_labour(y)
