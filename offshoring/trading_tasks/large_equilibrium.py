"""What the solver of the large economy returns: fields, residuals, elasticities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offshoring.trading_tasks.equilibria import TaskTrade
from offshoring.validation import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class LargeEquilibrium(TaskTrade):
    """What :meth:`LargeEconomy.solve` returns; prices and incomes in units of good X.

    Attributes
    ----------
    economy : LargeEconomy
    I, m : float or array
        Share of home L-tasks done abroad, and m = 1 - I with all its digits.
    w, s, w_star, s_star : float or array
        Low-skill and high-skill wages at home and abroad.
    p : float or array
        World price of Y.
    x, y, x_star, y_star : float or array
        Outputs of home firms and of foreign firms.
    regime : str or array of str
        'offshoring' or 'no offshoring'; 'no equilibrium' where the other fields are NaN.
    """

    w_star: Array
    s_star: Array
    p: Array
    x_star: Array
    y_star: Array

    @property
    def foreign_labour(self) -> Array:
        """Foreign low-skilled labour on home tasks, beta T(I) L / (1 - I)."""
        e = self.economy
        return e.beta * e.schedule.T(self.I, self.m) * e.L / self.m

    @property
    def nu(self) -> Array:
        """Share of Y in consumption spending."""
        e = self.economy
        spent = e.mu * self.p ** (1 - np.asarray(e.eps))
        return spent / (1 - np.asarray(e.mu) + spent)

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        GRH08-IIB-2 is foreign full employment; of the two factors the larger error counts.
        """
        e, omega, s = self.economy, self.omega, self.s
        use = {(f, g): getattr(getattr(e, g), f)(omega, s) for f in ("a_L", "a_H") for g in "xy"}
        a_Lx, a_Ly, a_Hx, a_Hy = (use[f, g] for f in ("a_L", "a_H") for g in "xy")
        gap = e.beta * e.schedule.t(self.I, self.m) * self.w_star / self.w - 1
        cutoff = e.beta * e.schedule.t_Omega(self.I, self.m) / e.A_star - 1
        stays = self.I == 0
        det = a_Hx * a_Ly - a_Lx * a_Hy
        L_world = e.L_star / e.A_star + e.L / self.Omega
        H_world = e.H + e.H_star / e.A_star
        X, Y = self.x + self.x_star, self.y + self.y_star
        abroad_L = e.A_star * (a_Lx * self.x_star + a_Ly * self.y_star) + self.foreign_labour
        abroad_H = e.A_star * (a_Hx * self.x_star + a_Hy * self.y_star)
        errors = abroad_L / e.L_star - 1, abroad_H / e.H_star - 1
        demand = np.asarray(e.mu) / (1 - np.asarray(e.mu)) * self.p ** -np.asarray(e.eps)
        return {
            "GRH08-1": np.where(stays, np.minimum(gap, 0), gap)[()],
            "GRH08-4": (a_Lx * self.x + a_Ly * self.y) * self.m / e.L - 1,
            "GRH08-5": (a_Hx * self.x + a_Hy * self.y) / e.H - 1,
            "GRH08-8": omega * a_Lx + s * a_Hx - 1,
            "GRH08-9": (omega * a_Ly + s * a_Hy) / self.p - 1,
            "GRH08-10": e.A_star * (self.w_star * a_Lx + self.s_star * a_Hx) - 1,
            "GRH08-11": e.A_star * (self.w_star * a_Ly + self.s_star * a_Hy) / self.p - 1,
            "GRH08-12": (a_Ly * H_world - a_Hy * L_world) / det / X - 1,
            "GRH08-13": (a_Hx * L_world - a_Lx * H_world) / det / Y - 1,
            "GRH08-IIB-2": np.where(np.abs(errors[0]) > np.abs(errors[1]), *errors)[()],
            "GRH08-IIB-3": Y / X / demand - 1,
            "GRH08-IIB-4": np.where(stays, np.minimum(cutoff, 0), cutoff)[()],
        }

    def sigma_agg(self) -> Array:
        """The world's aggregate elasticity of substitution, tastes included (GRH08-IIB-7)."""
        theta, lam_L, lam_H = self._shares()
        e = self.economy
        substitution = sum(
            np.asarray(getattr(e, g).sigma) * (lam_L[g] * (1 - theta[g]) + lam_H[g] * theta[g])
            for g in "xy"
        )
        return substitution + e.eps * (lam_L["y"] - lam_H["y"]) * (theta["y"] - theta["x"])

    def s_L(self) -> Array:
        """Home's share of the world's effective low-skilled labour."""
        home = self.economy.L / self.Omega
        return home / (home + self.economy.L_star / self.economy.A_star)

    def elasticities(self) -> dict[str, Array]:
        """Closed forms of d log / d log beta (GRH08-IIB-7), by name of the field.

        'real w' and so on are in units of the consumption basket. All are zero where nothing is
        offshored.
        """
        theta, _, _ = self._shares()
        R = self.economy.schedule.R(self.I, self.m)  # elasticity of Omega
        pull = self.s_L() / self.sigma_agg() * R
        p = (theta["y"] - theta["x"]) * pull
        w = -R + (1 - theta["x"]) * pull
        s = -theta["x"] * pull
        w_star = w + R
        basket = self.nu * p
        nominal = {"Omega": R, "p": p, "w": w, "s": s, "w_star": w_star, "s_star": s}
        real = {f"real {n}": nominal[n] - basket for n in ("w", "s", "w_star", "s_star")}
        return nominal | real

    def _shares(self) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
        """Cost shares of L, and the shares of the world's L and H used in each good."""
        e, omega, s = self.economy, self.omega, self.s
        made = {"x": self.x + self.x_star, "y": self.y + self.y_star}
        theta = {g: getattr(e, g).theta_L(omega, s) for g in "xy"}
        used_L = {g: getattr(e, g).a_L(omega, s) * made[g] for g in "xy"}
        used_H = {g: getattr(e, g).a_H(omega, s) * made[g] for g in "xy"}
        lam_L = {g: used_L[g] / (used_L["x"] + used_L["y"]) for g in "xy"}
        lam_H = {g: used_H[g] / (used_H["x"] + used_H["y"]) for g in "xy"}
        return theta, lam_L, lam_H
