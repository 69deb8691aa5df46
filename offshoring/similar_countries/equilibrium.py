"""An equilibrium of task trade between similar countries, and the check of its conditions."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import at_margin, larger
from offshoring.roots import find_root
from offshoring.validation import Array, freeze


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibrium:
    """One equilibrium at every point; NaN, and an empty ``kind``, where there is none.

    Prices, costs and incomes are in units of West's wage. Sets of tasks: W in West, E in East, B in
    both countries.

    Attributes
    ----------
    economy : SimilarCountries
        The parameters, which broadcast with the fields.
    kind : array of str
        'offshoring', 'no offshoring', 'equal wages' (the family, of which only the measures of the
        sets are determined), or ''.
    stability : array
        Sign of G': one if du/dt = -G, a process of adjustment that is ours, leads back to the
        equilibrium, else minus one.
    u : array
        log(N / N*).
    w : array
        East's wage.
    I, I_star, J, m, m_star, m_J : array
        Thresholds of GRH12-1 to 3, clipped to [0, 1], and what each leaves to one, with all
        digits. J is that of the mirrored world if N < N*, and NaN with equal wages.
    easy, hard : array
        Tasks up to ``easy`` are concentrated in the country with the lower output, tasks from
        there to ``hard`` in the other one; the rest is dispersed. ``easy`` is NaN in the family.
    M_E, M_W, M_B, T_E, T_W : array
        Measures of the sets, and integrals of t over them.
    n, n_star, x, x_star : array
        Numbers of firms, and output of each.
    c, c_star, s, s_star : array
        Unit costs and managers' salaries.
    """

    economy: Any = field(repr=False)
    kind: Any
    stability: Array
    u: Array
    w: Array
    I: Array
    I_star: Array
    J: Array
    m: Array
    m_star: Array
    m_J: Array
    easy: Array
    hard: Array
    M_E: Array
    M_W: Array
    M_B: Array
    T_E: Array
    T_W: Array
    n: Array
    n_star: Array
    x: Array
    x_star: Array
    c: Array
    c_star: Array
    s: Array
    s_star: Array

    def __post_init__(self) -> None:
        freeze(self, *(f.name for f in fields(self) if f.name not in ("economy", "kind")))
        kind = np.array(self.kind)
        kind.flags.writeable = False
        object.__setattr__(self, "kind", kind if kind.ndim else str(kind))

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Where there is an equilibrium."""
        return np.isfinite(self.w)

    @property
    def N(self) -> Array:
        """East's output n x."""
        return self.n * self.x

    @property
    def N_star(self) -> Array:
        """West's output n* x*."""
        return self.n_star * self.x_star

    @property
    def X(self) -> Array:
        """World output N + N*: how often a concentrated task is done."""
        return self.N + self.N_star

    @property
    def share(self) -> Array:
        """East's share of world output, N / X."""
        return 1 / (1 + np.exp(-self.u))

    @property
    def panel(self) -> NDArray[Any]:
        """Letter of Figure 5, mirrored if N < N*; empty without offshoring or with equal wages."""
        mirrored = self.u < 0
        I, I_star = np.where(mirrored, (self.I_star, self.I), (self.I, self.I_star))
        above = np.where(I_star <= I, "a", "b")
        below = np.where((I_star < I) | (I == 1), "d", "c")
        letter = np.where(I_star > self.J, below, above)
        return np.where(self.kind == "offshoring", letter, "")[()]

    @property
    def p(self) -> Array:
        """Price of a variety from East, sigma / (sigma - 1) times its cost."""
        return self.economy.sigma / (self.economy.sigma - 1) * self.c

    @property
    def p_star(self) -> Array:
        """Price of a variety from West."""
        return self.economy.sigma / (self.economy.sigma - 1) * self.c_star

    @property
    def P(self) -> Array:
        """Price index of all varieties."""
        power = 1 - self.economy.sigma  # of the ratio only: powers of small prices overflow
        varieties = self.n + self.n_star * (self.p_star / self.p) ** power
        return self.p * varieties ** (1 / power)

    @property
    def income(self) -> Array:
        """East's income w L + s H."""
        return self.w * self.economy.L + self.s * self.economy.H

    @property
    def income_star(self) -> Array:
        """West's income L* + s* H*."""
        return self.economy.L_star + self.s_star * self.economy.H_star

    @property
    def welfare(self) -> Array:
        """East's real income, income / P."""
        return self.income / self.P

    @property
    def welfare_star(self) -> Array:
        """West's real income."""
        return self.income_star / self.P

    @property
    def welfare_per_head(self) -> Array:
        """East's real income per worker and manager."""
        return self.welfare / (self.economy.L + self.economy.H)

    @property
    def welfare_per_head_star(self) -> Array:
        """West's real income per worker and manager."""
        return self.welfare_star / (self.economy.L_star + self.economy.H_star)

    @property
    def real_wage(self) -> Array:
        """w / P."""
        return self.w / self.P

    @property
    def real_wage_star(self) -> Array:
        """1 / P."""
        return 1 / self.P

    @property
    def real_salary(self) -> Array:
        """s / P."""
        return self.s / self.P

    @property
    def real_salary_star(self) -> Array:
        """s* / P."""
        return self.s_star / self.P

    def sets(self) -> dict[str, list[tuple[float, float]]]:
        """The sets E, W and B of a single equilibrium, as lists of intervals of tasks.

        With equal wages the sets are not determined; those returned are one choice, in which E is
        an interval.

        Raises
        ------
        ValueError
            If this is not a single equilibrium, or none.
        """
        if np.ndim(self.w):
            raise ValueError(f"sets: the equilibria have shape {np.shape(self.w)}; pick one")
        if not self.exists:
            raise ValueError("sets: there is no equilibrium here")
        if self.kind == "equal wages":
            start = self._interval_start()
            end = start + self.M_E
            parts: dict[str, list[tuple[Any, Any]]] = {
                "E": [(start, end)],
                "W": [(0.0, start), (end, self.hard)],
            }
        else:
            low, high = ("W", "E") if self.u >= 0 else ("E", "W")
            parts = {low: [(0.0, self.easy)], high: [(self.easy, self.hard)]}
        parts["B"] = [(self.hard, 1.0)]
        return {
            name: [(float(a), float(b)) for a, b in parts[name] if b > a]
            for name in ("E", "W", "B")
        }

    def _interval_start(self) -> float:
        """Where an interval of measure M_E has the integral T_E."""
        T, length = self.economy.schedule.T, float(self.M_E)
        return float(
            find_root(
                lambda a: T(np.minimum(a + length, 1)) - T(a) - self.T_E,
                0.0,
                float(self.hard) - length,
            )
        )

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        Keys are the ids of the paper's equations 1 to 12, and ``GRH12-loc``: the sets are those
        that the thresholds demand.
        """
        e, t = self.economy, self.economy.schedule.t
        A, A_N, A_N_star = (X**e.theta for X in (self.X, self.N, self.N_star))
        home, abroad = self.M_E + self.M_B * A / A_N, self.M_W + self.M_B * A / A_N_star
        labour = (home * self.N + e.beta * self.T_E * self.N_star) / A
        labour_star = (e.beta * self.T_W * self.N + abroad * self.N_star) / A
        sales, sales_star = self.c * self.x, self.c_star * self.x_star
        return {
            "GRH12-1": _at_threshold(
                np.log(e.beta * t(self.I, self.m) * self.w * A_N_star / A), self.I
            ),
            "GRH12-2": _at_threshold(
                np.log(e.beta * t(self.I_star, self.m_star) / self.w * A_N / A), self.I_star
            ),
            "GRH12-3": self._residual_J(),
            "GRH12-4": (self.w * home + e.beta * self.T_W) / A / self.c - 1,
            "GRH12-5": (e.beta * self.w * self.T_E + abroad) / A / self.c_star - 1,
            "GRH12-6": np.log(self.x / self.x_star) + e.sigma * np.log(self.c / self.c_star),
            "GRH12-7": self.s * e.f * (e.sigma - 1) / sales - 1,
            "GRH12-8": self.s_star * e.f * (e.sigma - 1) / sales_star - 1,
            "GRH12-9": self.n * e.f / e.H - 1,
            "GRH12-10": self.n_star * e.f / e.H_star - 1,
            "GRH12-11": labour / e.L - 1,
            "GRH12-12": labour_star / e.L_star - 1,
            "GRH12-loc": self._residual_sets(),
        }

    def _residual_J(self) -> Array:
        """The advantage of West over East for task J, relative to what the task costs.

        At a corner only the wrong sign is an error; where J is not defined the advantage must
        vanish for every task.
        """
        w, N, N_star = self.w, self.N, self.N_star
        none = np.isnan(self.J) & self.exists
        J, m_J = np.where(none, 0.0, self.J), np.where(none, 1.0, self.m_J)
        ease = 1 / (self.economy.beta * self.economy.schedule.t(J, m_J))
        gap = (w * N - N_star) * ease - (N - w * N_star)
        gap = gap / ((w * N + N_star) * ease + N + w * N_star)
        gap = np.where(self.u < 0, -gap, gap)
        at_corner = np.where(J == 1, np.minimum(gap, 0), np.where(J == 0, np.maximum(gap, 0), gap))
        return np.where(none, gap, at_corner)[()]

    def _residual_sets(self) -> Array:
        """The largest error in the sets, given the thresholds."""
        T, mirrored = self.economy.schedule.T, self.u < 0
        of_low, of_high = np.where(mirrored, (self.I, self.I_star), (self.I_star, self.I))
        free = np.isnan(self.easy)  # in the family only sums and bounds are given
        easy = np.where(free, 0.0, np.fmin(of_low, self.J))  # without J nothing but I binds
        hard = np.maximum(of_high, easy)
        exact = hard == self.hard  # then M_B holds the digits that 1 - hard has lost
        T_hard = T(hard, np.where(exact, self.M_B, 1 - hard))
        M_low, T_low = np.where(mirrored, (self.M_E, self.T_E), (self.M_W, self.T_W))
        wrong = [
            hard - self.hard,
            hard + self.M_B - 1,
            self.M_E + self.M_W - hard,
            (self.T_E + self.T_W - T_hard) / (1 + T_hard),
            np.where(free, self._out_of_reach(T_hard), M_low - easy),
            np.where(free, 0.0, T_low - T(easy)),
        ]
        worst = wrong[0]
        for error in wrong[1:]:
            worst = larger(worst, error)
        return worst

    def _out_of_reach(self, T_hard: Array) -> Array:
        """How far T_E is from what sets of measure M_E within [0, hard] can have."""
        T = self.economy.schedule.T
        cheapest, dearest = T(self.M_E), T_hard - T(self.M_W)
        return np.maximum(cheapest - self.T_E, 0) - np.maximum(self.T_E - dearest, 0)


def _at_threshold(gap: Array, I: Array) -> Array:
    """The gap at a threshold; at a corner only the wrong sign is an error.

    An infinite gap means that every task passes whose distance from the last one is a float.
    """
    return np.where(np.isinf(gap), 0.0, np.where(I == 1, np.maximum(gap, 0), at_margin(gap, I)))[()]
