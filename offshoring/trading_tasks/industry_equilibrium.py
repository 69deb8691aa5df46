"""What the solver of the economy with a schedule for each industry returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import at_margin, larger, zero_profit
from offshoring.trading_tasks.equilibria import Equilibrium
from offshoring.validation import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class IndustryEquilibrium(Equilibrium):
    """What :meth:`IndustryEconomy.solve` returns; prices and incomes in units of good X.

    Attributes
    ----------
    economy : IndustryEconomy
    I_x, I_y, m_x, m_y : float or array
        Share of each industry's L-tasks abroad, and m = 1 - I with all its digits. Of an industry
        that makes nothing: the share it would send away at this wage.
    w, s : float or array
        Home low-skill and high-skill wage.
    x, y : float or array
        Outputs.
    regime : str or array of str
        The goods made: 'only x', 'both goods', 'only y'; 'no equilibrium' where the other fields
        are NaN. Whether an industry offshores is said by I_x and I_y.
    """

    I_x: Array
    m_x: Array
    I_y: Array
    m_y: Array
    y: Array

    @property
    def Omega_x(self) -> Array:
        """Cost of a bundle of L-tasks in industry X relative to the home wage."""
        return self._Omega("x")

    @property
    def Omega_y(self) -> Array:
        """Cost of a bundle of L-tasks in industry Y relative to the home wage."""
        return self._Omega("y")

    @property
    def omega_x(self) -> Array:
        """Effective wage w Omega_x, the cost of a bundle of L-tasks in industry X."""
        return self.w * self.Omega_x

    @property
    def omega_y(self) -> Array:
        """Effective wage w Omega_y, the cost of a bundle of L-tasks in industry Y."""
        return self.w * self.Omega_y

    @property
    def kappa_x(self) -> Array:
        """Home low-skilled per high-skilled worker in X, (1 - I_x) a_Lx / a_Hx."""
        return self._home_intensity("x")

    @property
    def kappa_y(self) -> Array:
        """Home low-skilled per high-skilled worker in Y, (1 - I_y) a_Ly / a_Hy."""
        return self._home_intensity("y")

    @property
    def is_reversed(self) -> NDArray[np.bool_]:
        """Where both goods are made and Y employs fewer home low-skilled per high-skilled."""
        return (np.asarray(self.regime) == "both goods") & (self.kappa_y < self.kappa_x)

    @property
    def foreign_labour(self) -> Array:
        """Labour hired abroad, beta times the sum of T_j(I_j) over all L-tasks of industry j."""
        return self.economy.beta * sum(self._T(g) * self._tasks(g) for g in "xy")

    @property
    def task_imports(self) -> Array:
        """Wages paid abroad, w* times foreign labour."""
        return self.economy.w_star * self.foreign_labour

    @property
    def income(self) -> Array:
        """Home factor income w L + s H, equal to x + p y less task imports."""
        return self.w * self.economy.L + self.s * self.economy.H

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        An inequality at a corner (no task abroad, all tasks abroad, a good not made) is violated
        by its wrong side only. GRH08-1 and GRH08-2, zero profit with the foreign bill written out,
        hold in each industry; the larger error counts.
        """
        e, s = self.economy, self.s
        home = [getattr(self, f"m_{g}") * self._tasks(g) for g in "xy"]
        skilled = [self._technology(g).a_H(self._omega(g), s) * getattr(self, g) for g in "xy"]
        losses = {g: self._loss(g, self._omega(g), bill=self._omega(g)) for g in "xy"}
        written = [self._loss(g, self._omega(g), bill=self._bundle(g)) for g in "xy"]
        return {
            "GRH08-1": larger(*(self._cutoff_error(g) for g in "xy")),
            "GRH08-2": larger(*written),
            "GRH08-4": (home[0] + home[1]) / e.L - 1,
            "GRH08-5": (skilled[0] + skilled[1]) / e.H - 1,
            "GRH08-8": losses["x"],
            "GRH08-9": losses["y"],
        }

    def elasticities(self) -> dict[str, Array]:
        """Closed forms of d log / d log beta, by name of the field (GRH08-IIA-8).

        They hold inside a regime, where no schedule has a kink at the margin. Both goods: wages
        follow from the two zero-profit conditions alone. One good: from zero profit, the cutoff
        and full employment. Of an output that is zero there is none: NaN.
        """
        gamma = {g: self._gamma(g) for g in "xy"}
        with np.errstate(divide="ignore", invalid="ignore"):  # regimes that do not apply
            w = self._wage_elasticity(gamma)
            Omega = {g: gamma[g] * (1 - w) for g in "xy"}
            s = self._high_skill_elasticity(w, Omega)
            m = {g: self._home_share_elasticity(g, w) for g in "xy"}
            outputs = self._output_elasticities(w, s, Omega, m)
        result = {"w": w, "s": s} | {f"Omega_{g}": Omega[g] for g in "xy"}
        result |= {f"omega_{g}": w + Omega[g] for g in "xy"} | {f"m_{g}": m[g] for g in "xy"}
        return {name: np.asarray(value)[()] for name, value in (result | outputs).items()}

    def _wage_elasticity(self, gamma: dict[str, Array]) -> Array:
        k = {g: self._odds(g) for g in "xy"}
        gain = k["y"] * gamma["y"] - k["x"] * gamma["x"]
        both = -gain / (k["y"] * (1 - gamma["y"]) - k["x"] * (1 - gamma["x"]))
        alone = {g: 1 + self._eta(g) * self._z_alone(g, gamma[g]) for g in "xy"}
        moves = {g: getattr(self, f"I_{g}") > 0 for g in "xy"}
        alone = {g: np.where(moves[g], alone[g], 0.0) for g in "xy"}
        return np.where(self._only("x"), alone["x"], np.where(self._only("y"), alone["y"], both))

    def _high_skill_elasticity(self, w: Array, Omega: dict[str, Array]) -> Array:
        """From zero profit: of the good made, of two the one that spends more on H-tasks."""
        of_x, of_y = (-self._odds(g) * (w + Omega[g]) for g in "xy")
        by_y = self._only("y") | (~self._only("x") & (self._odds("y") < self._odds("x")))
        return np.where(by_y, of_y, of_x)

    def _z_alone(self, g: str, gamma: Array) -> Array:
        """z = dI / (1 - I) per d log beta in the economy with one good (GRH08-IIC-4)."""
        sigma = np.asarray(self._technology(g).sigma)
        theta_H = 1 / (1 + self._odds(g))
        return -sigma / ((1 - gamma) * self._eta(g) * sigma + theta_H)

    def _home_share_elasticity(self, g: str, w: Array) -> Array:
        """d log m: zero at the corners, by full employment with one good, else by the cutoff."""
        i, eta = getattr(self, f"I_{g}"), self._eta(g)
        by_cutoff = (1 - w) / eta
        alone = -self._z_alone(g, self._gamma(g))
        inside = (i > 0) & (i < 1)
        return np.where(inside, np.where(self._only(g), alone, by_cutoff), 0.0)

    def _output_elasticities(
        self, w: Array, s: Array, Omega: dict[str, Array], m: dict[str, Array]
    ) -> dict[str, Array]:
        """From full employment, at the input demands of the new factor prices."""
        shares_L, shares_H, push_L, push_H = {}, {}, 0.0, 0.0
        a_H = {}
        for g in "xy":
            technology, k = self._technology(g), self._odds(g)
            turn = np.asarray(technology.sigma) * (w + Omega[g] - s)
            a_H[g] = turn * k / (1 + k)
            H_used = technology.a_H(self._omega(g), self.s) * getattr(self, g)
            shares_H[g] = H_used / self.economy.H
            shares_L[g] = getattr(self, f"m_{g}") * self._tasks(g) / self.economy.L
            push_L = push_L - shares_L[g] * (m[g] - turn / (1 + k))
            push_H = push_H - shares_H[g] * a_H[g]
        det = shares_L["x"] * shares_H["y"] - shares_L["y"] * shares_H["x"]
        x = (push_L * shares_H["y"] - push_H * shares_L["y"]) / det
        y = (push_H * shares_L["x"] - push_L * shares_H["x"]) / det
        x = np.where(self._only("x"), -a_H["x"], np.where(self._only("y"), np.nan, x))
        y = np.where(self._only("y"), -a_H["y"], np.where(self._only("x"), np.nan, y))
        return {"x": x, "y": y}

    def _only(self, g: str) -> NDArray[np.bool_]:
        return np.asarray(self.regime) == f"only {g}"

    def _technology(self, g: str) -> Any:
        return getattr(self.economy, g)

    def _schedule(self, g: str) -> Any:
        return getattr(self.economy, f"schedule_{g}")

    def _of_schedule(self, name: str, g: str, none: float) -> Array:
        """A method of the industry's schedule at its margin; a number if it has no schedule."""
        i, m = getattr(self, f"I_{g}"), getattr(self, f"m_{g}")
        schedule = self._schedule(g)
        return none + 0 * i if schedule is None else getattr(schedule, name)(i, m)

    def _T(self, g: str) -> Array:
        return self._of_schedule("T", g, 0.0)

    def _eta(self, g: str) -> Array:
        return self._of_schedule("elasticity", g, 0.0)

    def _bundle(self, g: str) -> Array:
        """What a bundle of L-tasks costs, home and foreign bill written out (GRH08-2)."""
        e = self.economy
        return self.w * getattr(self, f"m_{g}") + e.w_star * e.beta * self._T(g)

    def _Omega(self, g: str) -> Array:
        """The cost index; with all tasks abroad the wage may be above the last task's cost."""
        all_abroad = getattr(self, f"m_{g}") == 0
        return np.where(all_abroad, self._bundle(g) / self.w, self._of_schedule("Omega", g, 1.0))[
            ()
        ]

    def _omega(self, g: str) -> Array:
        return self.w * self._Omega(g)

    def _gamma(self, g: str) -> Array:
        """Foreign share of the industry's bill for L-tasks."""
        e = self.economy
        return e.w_star * e.beta * self._T(g) / self._bundle(g)

    def _tasks(self, g: str) -> Array:
        """L-tasks in all output of the industry."""
        return self._technology(g).a_L(self._omega(g), self.s) * getattr(self, g)

    def _odds(self, g: str) -> Array:
        """theta_L / theta_H, the k_j of GRH08-IIA-8."""
        technology, omega = self._technology(g), self._omega(g)
        return omega * technology.a_L(omega, self.s) / (self.s * technology.a_H(omega, self.s))

    def _home_intensity(self, g: str) -> Array:
        technology, omega = self._technology(g), self._omega(g)
        ratio = technology.a_L(omega, self.s) / technology.a_H(omega, self.s)
        return getattr(self, f"m_{g}") * ratio

    def _cutoff_error(self, g: str) -> Array:
        e, i, m = self.economy, getattr(self, f"I_{g}"), getattr(self, f"m_{g}")
        schedule = self._schedule(g)
        if schedule is None:
            return 0 * i
        some = np.maximum(m, np.finfo(float).tiny)  # m may be too small for a float, and t finite
        gap = e.beta * schedule.t(i, some) * e.w_star / self.w - 1
        at_most = np.where(m > 0, gap, np.maximum(gap, 0))
        return at_margin(at_most, i)

    def _loss(self, g: str, omega: Array, bill: Array) -> Array:
        """Loss per unit of revenue, with the L-tasks chosen at omega and paid at the bill.

        Where the good is not made, only a profit is an error.
        """
        technology, s = self._technology(g), self.s
        price = 1.0 if g == "x" else self.economy.p
        loss = (bill * technology.a_L(omega, s) + s * technology.a_H(omega, s)) / price - 1
        return zero_profit(loss, getattr(self, g))
