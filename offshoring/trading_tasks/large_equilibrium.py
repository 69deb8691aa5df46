"""What the solver of the large economy returns: fields, residuals, elasticities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offshoring.residuals import at_margin, larger
from offshoring.trading_tasks.equilibria import TaskTrade, shocks
from offshoring.trading_tasks.hats import Effects, Hats, effects_of_two_goods
from offshoring.validation import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class LargeEquilibrium(TaskTrade):
    """What :meth:`LargeEconomy.solve` returns; prices and incomes in units of good X.

    Attributes
    ----------
    economy : LargeEconomy
    I, m : float or array
        Share of home L-tasks done abroad, and m = 1 - I with all its digits.
    I_H, m_H : float or array
        The same for H-tasks; 0 and 1 if these stay.
    w, s, w_star, s_star : float or array
        Low-skill and high-skill wages at home and abroad.
    p : float or array
        World price of Y.
    x, y, x_star, y_star : float or array
        Outputs of home firms and of foreign firms.
    regime : str or array of str
        'offshoring' or 'no offshoring'; 'no equilibrium' where the other fields are NaN.
    """

    y: Array
    w_star: Array
    s_star: Array
    p: Array
    x_star: Array
    y_star: Array

    @property
    def nu(self) -> Array:
        """Share of Y in consumption spending."""
        e = self.economy
        spent = e.mu * self.p ** (1 - np.asarray(e.eps))
        return spent / (1 - np.asarray(e.mu) + spent)

    @property
    def P(self) -> Array:
        """Price of the consumption basket, in units of X: one where p is one."""
        mu, r = np.asarray(self.economy.mu), 1 - np.asarray(self.economy.eps)
        log_p = np.log(self.p)
        with np.errstate(divide="ignore", invalid="ignore"):  # eps = 1 is the second form
            power_mean = np.log1p(mu * np.expm1(r * log_p)) / r
        return np.exp(np.where(r == 0, mu * log_p, power_mean))[()]

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        GRH08-IIB-2 is foreign full employment; of the two factors the larger error counts. If
        H-tasks can move, GRH08-18 and GRH08-III-2 are their two forms of the cutoff.
        """
        e, omega, omega_H = self.economy, self.omega, self.omega_H
        use = {
            (f, g): getattr(getattr(e, g), f)(omega, omega_H) for f in ("a_L", "a_H") for g in "xy"
        }
        a_Lx, a_Ly, a_Hx, a_Hy = (use[f, g] for f in ("a_L", "a_H") for g in "xy")
        gap = e.beta * e.schedule.t(self.I, self.m) * self.w_star / self.w - 1
        margin = e.beta * e.schedule.t_Omega(self.I, self.m) / e.A_star - 1
        det = a_Hx * a_Ly - a_Lx * a_Hy
        L_world = e.L_star / e.A_star + e.L / self.Omega
        H_world = e.H / self.Omega_H + e.H_star / e.A_star
        X, Y = self.x + self.x_star, self.y + self.y_star
        abroad_L = e.A_star * (a_Lx * self.x_star + a_Ly * self.y_star) + self.foreign_labour
        abroad_H = e.A_star * (a_Hx * self.x_star + a_Hy * self.y_star) + self.foreign_skill
        errors = abroad_L / e.L_star - 1, abroad_H / e.H_star - 1
        demand = np.asarray(e.mu) / (1 - np.asarray(e.mu)) * self.p ** -np.asarray(e.eps)
        return self._skill_residuals() | {
            "GRH08-1": at_margin(gap, self.I),
            "GRH08-4": (a_Lx * self.x + a_Ly * self.y) * self.m / e.L - 1,
            "GRH08-5": (a_Hx * self.x + a_Hy * self.y) * self.m_H / e.H - 1,
            "GRH08-8": omega * a_Lx + omega_H * a_Hx - 1,
            "GRH08-9": (omega * a_Ly + omega_H * a_Hy) / self.p - 1,
            "GRH08-10": e.A_star * (self.w_star * a_Lx + self.s_star * a_Hx) - 1,
            "GRH08-11": e.A_star * (self.w_star * a_Ly + self.s_star * a_Hy) / self.p - 1,
            "GRH08-12": (a_Ly * H_world - a_Hy * L_world) / det / X - 1,
            "GRH08-13": (a_Hx * L_world - a_Lx * H_world) / det / Y - 1,
            "GRH08-IIB-2": larger(*errors),
            "GRH08-IIB-3": Y / X / demand - 1,
            "GRH08-IIB-4": at_margin(margin, self.I),
        }

    def _skill_residuals(self) -> dict[str, Array]:
        """The two forms of the cutoff of H-tasks."""
        e = self.economy
        if not e.moves_H:
            return {}
        gap = e.beta_H * e.schedule_H.t(self.I_H, self.m_H) * self.s_star / self.s - 1
        margin = e.beta_H * e.schedule_H.t_Omega(self.I_H, self.m_H) / e.A_star - 1
        return {"GRH08-18": at_margin(gap, self.I_H), "GRH08-III-2": at_margin(margin, self.I_H)}

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

    def s_H(self) -> Array:
        """Home's share of the world's effective high-skilled labour."""
        home = self.economy.H / self.Omega_H
        return home / (home + self.economy.H_star / self.economy.A_star)

    def elasticities(self, shock: str = "beta") -> dict[str, Array]:
        """Closed forms of d log / d log beta (GRH08-IIB-7, III-2), by name of the field.

        'real w' and so on are in units of the consumption basket. All are zero where nothing is
        offshored.

        Parameters
        ----------
        shock : {'beta', 'beta_H', 'both'}
            Which cost shift moves; the last two only if H-tasks can be done abroad.
        """
        e, (by_L, by_H) = self.economy, shocks(self.economy, shock)
        theta, _, _ = self._shares()
        apart = theta["y"] - theta["x"]
        Omega = by_L * e.schedule.R(self.I, self.m)
        Omega_H = by_H * e.schedule_H.R(self.I_H, self.m_H) if e.moves_H else np.zeros_like(Omega)
        # the world's effective labour changes by -s_L Omega and -s_H Omega_H
        pull = (self.s_L() * Omega - self.s_H() * Omega_H) / self.sigma_agg()
        p, w_star, s_star = apart * pull, (1 - theta["x"]) * pull, -theta["x"] * pull
        nominal = {
            "Omega": Omega, "Omega_H": Omega_H, "p": p, "w": w_star - Omega, "s": s_star - Omega_H,
            "w_star": w_star, "s_star": s_star,
        }  # fmt: skip
        wages = ("w", "s", "w_star", "s_star")
        return nominal | {f"real {name}": nominal[name] - self.nu * p for name in wages}

    def effects(self) -> Effects:
        """mu_1 to mu_4 of the decomposition GRH08-6, 7, by formula: as in the small economy."""
        pairs = [
            (g.theta_L(self.omega, self.omega_H), g.theta_H(self.omega, self.omega_H))
            for g in (self.economy.x, self.economy.y)
        ]
        return effects_of_two_goods(*pairs)

    def hats(self) -> Hats:
        """The full system of differentiated home conditions, Omega, p and I given."""
        e, made = self.economy, np.stack([self.x, self.y], axis=-1)
        return Hats.of_two_factors((e.x, e.y), self.omega, self.omega_H, made)

    def _shares(self) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
        """Cost shares of L, and the shares of the world's L and H used in each good."""
        e, omega, s = self.economy, self.omega, self.omega_H
        made = {"x": self.x + self.x_star, "y": self.y + self.y_star}
        theta = {g: getattr(e, g).theta_L(omega, s) for g in "xy"}
        used_L = {g: getattr(e, g).a_L(omega, s) * made[g] for g in "xy"}
        used_H = {g: getattr(e, g).a_H(omega, s) * made[g] for g in "xy"}
        lam_L = {g: used_L[g] / (used_L["x"] + used_L["y"]) for g in "xy"}
        lam_H = {g: used_H[g] / (used_H["x"] + used_H["y"]) for g in "xy"}
        return theta, lam_L, lam_H
