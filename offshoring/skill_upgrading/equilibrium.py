"""What the solvers return: cutoffs, costs, wages, firms, prices, residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.branches import Branches
from offshoring.residuals import larger, zero_profit
from offshoring.skill_upgrading import responses
from offshoring.skill_upgrading.productivity import ACTIVITIES
from offshoring.skill_upgrading.regimes import WITHOUT_H, WITHOUT_L
from offshoring.validation import Array, array_names, freeze


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibrium:
    """One equilibrium at every point; costs, pay and incomes in Northern intermediates.

    Attributes
    ----------
    economy : OpenEconomy
        A closed economy is one whose fixed cost of offshoring is infinite.
    y_1, y_2 : float or array
        Indices of the skills at which workers change activity.
    C_L : float or array
        Unit cost of low-tech headquarter services; without such firms, what it would be at least.
    log_C_H : float or array
        Log of the same of high-tech ones, which may be too small for floats.
    s_L, s_H : float or array
        Share of the sector's output whose firms import intermediates.
    regime : int or array of int
        Number of the regime, a key of ``REGIMES``; -1 where there is no equilibrium.
    """

    economy: Any
    y_1: Array
    y_2: Array
    C_L: Array
    log_C_H: Array
    s_L: Array
    s_H: Array
    regime: NDArray[np.intp]

    def __post_init__(self) -> None:
        freeze(self, *array_names(self))
        regime = np.array(self.regime)
        regime.flags.writeable = False
        object.__setattr__(self, "regime", regime if regime.ndim else int(regime))

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Where there is such an equilibrium."""
        return np.isfinite(self.C_L)

    @property
    def Z_1(self) -> Array:
        """Least skilled worker in headquarters, the cutoff between intermediates and them."""
        return self.economy.productivity.skill(self.y_1)

    @property
    def Z_2(self) -> Array:
        """Least skilled worker in high-tech headquarters; the top or inf if there is none."""
        return self.economy.productivity.skill(self.y_2)

    @property
    def C_H(self) -> Array:
        """Unit cost of high-tech headquarter services."""
        return np.exp(self.log_C_H)

    @property
    def M(self) -> Array:
        """Northern output of intermediates."""
        return self.economy.workforce.output("M", 0.0, self.y_1)

    @property
    def Q_L(self) -> Array:
        """Output of low-tech headquarter services."""
        return self.economy.workforce.output("L", self.y_1, self.y_2)

    @property
    def Q_H(self) -> Array:
        """Output of high-tech headquarter services."""
        return self.economy.workforce.output("H", self.y_2, self.economy.workforce.top)

    @property
    def imports(self) -> Array:
        """Intermediates bought in the South."""
        return self.s_H * self.Q_H + self.s_L * self.Q_L

    @property
    def import_share(self) -> Array:
        """Share of all intermediates that come from the South, by number."""
        return self.imports / (self.Q_L + self.Q_H)

    @property
    def W(self) -> Array:
        """Northern income, the average wage (JM-10)."""
        return self.M + self.C_L * self.Q_L + self.C_H * self.Q_H

    @property
    def E(self) -> Array:
        """Spending on varieties, Northern and Southern (JM-19)."""
        return self.W + self.economy.theta * self.imports

    @property
    def unit_costs(self) -> dict[str, Array]:
        """Unit costs of the final good, by kind of firm: LD, LO, HD, HO.

        In a closed economy no firm is of the kinds LO and HO, and their costs mean nothing.
        """
        theta = self.economy.theta
        return {
            "LD": self.C_L + 1, "LO": self.C_L + theta, "HD": self.C_H + 1, "HO": self.C_H + theta
        }  # fmt: skip

    @property
    def fixed_costs(self) -> dict[str, Array]:
        """Fixed costs in units of output, by kind of firm."""
        e = self.economy
        return {"LD": e.F_L, "LO": e.F_L + e.F_I, "HD": e.F_H, "HO": e.F_H + e.F_I}

    @property
    def firms(self) -> dict[str, Array]:
        """Numbers of firms by kind (JM-18, 31)."""
        Q_L, Q_H = self.Q_L, self.Q_H
        outputs = {
            "LD": (1 - self.s_L) * Q_L, "LO": self.s_L * Q_L,
            "HD": (1 - self.s_H) * Q_H, "HO": self.s_H * Q_H,
        }  # fmt: skip
        fixed = self.fixed_costs
        return {kind: Q / (self.economy.sigma * fixed[kind]) for kind, Q in outputs.items()}

    @property
    def N_L(self) -> Array:
        """Number of low-tech firms."""
        firms = self.firms
        return firms["LD"] + firms["LO"]

    @property
    def N_H(self) -> Array:
        """Number of high-tech firms."""
        firms = self.firms
        return firms["HD"] + firms["HO"]

    @property
    def N(self) -> Array:
        """Number of firms, each with a variety."""
        return np.asarray(sum(self.firms.values()))[()]

    @property
    def rho_P(self) -> Array:
        """Price index times rho (JM-17, 33)."""
        power = 1 - np.asarray(self.economy.sigma)
        costs = self.unit_costs
        least = self.C_H + self.economy.theta  # of all unit costs; a large power of it underflows
        total = sum(n * (costs[kind] / least) ** power for kind, n in self.firms.items())
        with np.errstate(divide="ignore"):  # no firm in floats
            return np.asarray(least * total ** (1 / power))[()]

    @property
    def P(self) -> Array:
        """Price index of all varieties."""
        return self.rho_P / (1 - 1 / np.asarray(self.economy.sigma))

    @property
    def B(self) -> Array:
        """Size of the market, to which c**sigma F of each kind of firm adjusts."""
        with np.errstate(over="ignore", under="ignore"):  # of order c**sigma
            return np.exp(self.log_B)

    @property
    def log_B(self) -> Array:
        """Log of B, which is beyond floats for a very large sigma."""
        sigma = np.asarray(self.economy.sigma)
        return np.asarray(np.log(self.E / sigma) + (sigma - 1) * np.log(self.rho_P))[()]

    @property
    def welfare(self) -> Array:
        """Real income of the North, W / P, which is what it consumes (JM-E3)."""
        return self.W / self.P

    @property
    def share_M(self) -> Array:
        """Share of workers who make intermediates, G(Z_1)."""
        return self.economy.workforce.share_below(self.y_1)

    @property
    def W_M(self) -> Array:
        """Average wage in intermediates; NaN if nobody makes them (JM-30)."""
        share = np.asarray(self.share_M)
        with np.errstate(invalid="ignore"):
            return np.where(share > 0, self.M / np.where(share > 0, share, 1.0), np.nan)[()]

    @property
    def W_HQ(self) -> Array:
        """Average wage in headquarters."""
        paid = self.C_L * self.Q_L + self.C_H * self.Q_H
        return paid / self.economy.workforce.share_above(self.y_1)

    @property
    def gini(self) -> Array:
        """Gini coefficient of wages."""
        w = self.economy.workforce
        ranked = (
            w.ranked_output("M", 0.0, self.y_1)
            + self.C_L * w.ranked_output("L", self.y_1, self.y_2)
            + self.C_H * w.ranked_output("H", self.y_2, w.top)
        )
        return 1 - 2 * ranked / self.W

    def wage(self, Z: ArrayLike) -> Array:
        """Wage of a worker of skill Z >= 0, the most that any activity pays (JM-6).

        Skills broadcast with the fields; above the top, what such a worker would earn.

        Raises
        ------
        ValueError
            If a skill is negative.
        """
        if np.any(negative := np.asarray(Z) < 0):
            raise ValueError(f"Z = {np.asarray(Z)[negative].flat[0]:g} must be >= 0")
        phi = self.economy.productivity
        y = phi.index(Z)
        logs = [np.zeros_like(self.C_L), np.log(self.C_L), self.log_C_H]
        pay = [c + phi.log_phi(j, y) for c, j in zip(logs, ACTIVITIES, strict=True)]
        return np.exp(np.maximum(np.maximum(pay[0], pay[1]), pay[2]))[()]

    def real_wage(self, Z: ArrayLike) -> Array:
        """Wage of a worker of skill Z in baskets of all varieties."""
        return self.wage(Z) / self.P

    def wage_at(self, rank: ArrayLike) -> Array:
        """Wage of the worker with the share ``rank`` of all workers below, from 0 to 1."""
        return self.wage(self.economy.skill.quantile(rank))

    @property
    def stability(self) -> Array:
        """-1 where D > 0, so that more offshoring raises its profit, else +1; NaN where none.

        Where some firms do not care whether they offshore, or all do the same, it is +1.
        """
        D = np.asarray(responses.D(self))
        return np.where(self.exists, np.where(D > 0, -1.0, 1.0), np.nan)[()]

    def partials(self) -> dict[str, Array]:
        """The paper's derivatives with respect to Z_2, at given F_I; see :mod:`responses`."""
        return responses.partials(self)

    def totals(self) -> dict[str, Array]:
        """Derivatives with respect to Z_2 with F_I moving along; see :mod:`responses`."""
        return responses.totals(self)

    def closed_responses(self) -> dict[str, Array]:
        """Derivatives of a closed economy with respect to F_H; see :mod:`responses`."""
        return responses.closed_responses(self)

    def margins(self) -> dict[str, Array]:
        """By how much the paper's conditions hold, by id; > 0 where they do.

        JM-22 is what a low-tech firm would lose by offshoring, JM-22b what a high-tech firm gains
        by it, as shares of the firm's costs; JM-23 is 2 less relative revenue of high-tech firms;
        JM-24 the smaller of C_L - C_H and theta - C_L, of which C_L < 1 is always true; JM-T7 is
        theta**-sigma - (F_H + F_I) / F_L, > 0 where there can be only one equilibrium. NaN where
        there is none, and in a closed economy.
        """
        e, c = self.economy, self.unit_costs
        fixed = {kind: np.asarray(F) for kind, F in self.fixed_costs.items()}
        power = 1 / np.asarray(e.sigma)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            worth = {j: (fixed[f"{j}O"] / fixed[f"{j}D"]) ** power for j in "LH"}
            found = {
                "JM-22": 1 - c["LD"] / (c["LO"] * worth["L"]),
                "JM-22b": 1 - c["HO"] * worth["H"] / c["HD"],
                "JM-23": 2 - c["HO"] * fixed["HO"] / (c["LD"] * fixed["LD"]),
                "JM-24": np.minimum(self.C_L - self.C_H, e.theta - self.C_L),
                "JM-T7": np.asarray(e.theta) ** -np.asarray(e.sigma) - fixed["HO"] / fixed["LD"],
            }
        there = self.exists & np.isfinite(e.F_I)
        return {name: np.where(there, value, np.nan)[()] for name, value in found.items()}

    def residuals(self) -> dict[str, Array]:
        """Relative error of every condition, from the fields alone.

        JM-7 is equal pay of the workers at the cutoffs; JM-12 and JM-21 zero profit of domestic
        and of offshoring firms, of those that do not exist no profit; JM-27 (JM-15 if closed) the
        market for Northern intermediates; JM-9 spending and sales.
        """
        e, w = self.economy, self.economy.workforce
        has_L = ~np.isin(self.regime, list(WITHOUT_L.values()))
        has_H = ~np.isin(self.regime, list(WITHOUT_H.values()))
        log_C_L = np.log(self.C_L)
        margin_1 = np.where(
            has_L,
            log_C_L - w.log_ratio("M", "L", self.y_1),
            self.log_C_H - w.log_ratio("M", "H", self.y_1),
        )
        with np.errstate(invalid="ignore"):  # no worker is at an infinite cutoff
            margin_2 = self.log_C_H - log_C_L - w.log_ratio("L", "H", self.y_2)
        margin_2 = np.where(has_L & has_H, margin_2, 0.0)
        costs, fixed, firms, log_B = self.unit_costs, self.fixed_costs, self.firms, self.log_B
        M, Q_L, Q_H = self.M, self.Q_L, self.Q_H
        profits = {}
        for kind, c in costs.items():
            loss = c * np.exp((np.log(fixed[kind]) - log_B) / e.sigma) - 1
            profits[kind] = zero_profit(loss, firms[kind])
        used = (1 - self.s_L) * Q_L + (1 - self.s_H) * Q_H
        with np.errstate(invalid="ignore"):
            sales = sum(
                np.where(n > 0, n * e.sigma * costs[kind] * fixed[kind], 0.0)
                for kind, n in firms.items()
            )
        # the market's size, with all of a sector in which some firms buy at home
        size = M + Q_L + np.where(self.s_H < 1, Q_H, 0)
        return {
            "JM-7": larger(margin_1, margin_2),
            "JM-9": sales / self.E - 1,
            "JM-12": larger(profits["LD"], profits["HD"]),
            "JM-21": larger(profits["LO"], profits["HO"]),
            "JM-27": (used - M) / np.where(size > 0, size, 1.0),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibria(Equilibrium, Branches[Equilibrium]):
    """All equilibria at every point, along the last axis, sorted by Z_1; see :class:`Equilibrium`.

    ``economy`` holds the parameters with that axis added. ``eqs[k]`` is the k-th equilibrium at
    every point; the equilibria of a single economy can be iterated over.
    """

    one = Equilibrium

    def _path(self) -> tuple[Array, Array]:
        return np.asarray(self.y_1), np.asarray(self.stability)
