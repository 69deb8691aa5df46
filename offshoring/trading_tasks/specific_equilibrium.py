"""What the solver of the economy with specific factors returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from offshoring.residuals import at_margin, larger, zero_profit
from offshoring.technologies import Technology
from offshoring.trading_tasks.equilibria import TaskTrade
from offshoring.trading_tasks.hats import Hats
from offshoring.validation import Array, Value


@dataclass(frozen=True, kw_only=True, eq=False)
class SpecificFactorsEquilibrium(TaskTrade):
    """What :meth:`SpecificFactorsEconomy.solve` returns; prices and incomes in units of good X.

    Attributes
    ----------
    economy : SpecificFactorsEconomy
    I, m : float or array
        Share of L-tasks abroad, and m = 1 - I with all its digits.
    w, s, r : float or array
        Home low-skill wage, and the returns to H (only in X) and to K (only in Y).
    x, y : float or array
        Outputs.
    regime : str or array of str
        'no offshoring', or the goods made with offshoring: 'only x', 'both goods', 'only y';
        'no equilibrium' where the other fields are NaN.
    """

    y: Array
    r: Array

    @property
    def task_imports(self) -> Array:
        """Wages paid abroad, w* times foreign labour; units of X."""
        return self.economy.w_star * self.foreign_labour

    @property
    def income(self) -> Array:
        """Home factor income w L + s H + r K, equal to x + p y less task imports; units of X."""
        e = self.economy
        return self.w * e.L + self.s * e.H + self.r * e.K

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        An inequality at a corner (no task abroad, a good not made, a factor that earns nothing) is
        violated by its wrong side only. GRH08-5 is full employment of H and of K; the larger error
        counts.
        """
        e = self.economy
        gap = e.beta * e.schedule.t(self.I, self.m) * e.w_star / self.w - 1
        x, y = self._costs()
        used = x["a_L"] * self.x + y["a_L"] * self.y
        return {
            "GRH08-1": at_margin(gap, self.I),
            "GRH08-4": used * self.m / e.L - 1,
            "GRH08-5": larger(x["full"], y["full"]),
            "GRH08-8": x["loss"],
            "GRH08-9": y["loss"],
        }

    def _costs(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """For X and for Y: a_L, shares in cost, the loss, and the error in the factor's market."""
        e = self.economy
        return (
            _costs(e.x, 1.0, self.omega, self.s, self.x, e.H),
            _costs(e.y, e.p, self.omega, self.r, self.y, e.K),
        )

    def effects(self) -> dict[str, Array]:
        """Coefficients mu_1 to mu_4 of GRH08-6 and GRH08-7, with specific factors.

        w^ = -Omega^ + mu_1 p^ - mu_2 dI / (1 - I) and s^ = -mu_3 p^ + mu_4 dI / (1 - I). NaN where
        H earns nothing (mu_3, mu_4) or both goods have fixed proportions (mu_1).
        """
        weight_x, weight_y, ratio = self._weights()
        with np.errstate(divide="ignore", invalid="ignore"):
            mu_1 = np.where(np.isinf(weight_y), 1.0, weight_y / (weight_x + weight_y))
            mu_2 = 1 / (weight_x + weight_y)
            return {"mu_1": mu_1[()], "mu_2": mu_2, "mu_3": ratio * mu_1, "mu_4": ratio * mu_2}

    def hats(self) -> Hats:
        """The full system of differentiated equilibrium conditions, Omega, p and I given.

        The factors are L, H and K. NaN unless both goods are made and both H and K earn something.
        """
        x, y = self._costs()
        both = (self.s > 0) & (self.r > 0)
        nothing = np.zeros_like(self.w)
        theta = np.array(
            [[x["theta_L"], x["theta_F"], nothing], [y["theta_L"], nothing, y["theta_F"]]]
        )
        labour = np.array([x["a_L"] * self.x, y["a_L"] * self.y])
        lam = np.array(
            [labour / labour.sum(axis=0), [nothing + 1, nothing], [nothing, nothing + 1]]
        )
        E = np.zeros((2, 3, 3, *np.shape(self.w)))
        for j, good in enumerate((self.economy.x, self.economy.y)):
            for f, g in ((0, 1 + j), (1 + j, 0)):
                E[j, f, g] = good.sigma * theta[j, g]
                E[j, f, f] = -E[j, f, g]
        theta, lam, E = (np.where(both, value, np.nan) for value in (theta, lam, E))
        return Hats(
            theta=np.moveaxis(theta, (0, 1), (-2, -1)),
            lam=np.moveaxis(lam, (0, 1), (-2, -1)),
            E=np.moveaxis(E, (0, 1, 2), (-3, -2, -1)),
            made=np.ones((*np.shape(self.w), 2), dtype=bool),
        )

    def _weights(self) -> tuple[Array, Array, Array]:
        """The two terms of Delta = sum of lambda_Lj sigma_j / theta_j, and theta_Lx / theta_Hx.

        An idle industry has weight zero; one with fixed proportions whose factor is idle in part
        has an infinite weight, since it takes any labour at its one wage.
        """
        e = self.economy
        weights = []
        for good, output, cost in zip((e.x, e.y), (self.x, self.y), self._costs(), strict=True):
            share = cost["a_L"] * output * self.m / e.L
            with np.errstate(divide="ignore", invalid="ignore"):
                weight = share * good.sigma / cost["theta_F"]
            slack = (cost["theta_F"] == 0) & (output > 0)
            weights.append(np.where(slack, np.inf, np.where(output == 0, 0.0, weight))[()])
        theta = self._costs()[0]
        with np.errstate(divide="ignore"):
            ratio = np.where(theta["theta_F"] == 0, np.nan, theta["theta_L"] / theta["theta_F"])[()]
        return weights[0], weights[1], ratio

    def elasticities(self, shock: str = "beta") -> dict[str, Array]:
        """Closed forms of d log / d log of a shock, by name of the field.

        Parameters
        ----------
        shock : str
            'beta', or 'p' for the price of Y.

        Returns
        -------
        dict
            For w, s, r, x, y, Omega and omega, and ``z`` = dI / (1 - I); NaN for the return and the
            output of an industry whose factor earns nothing. Where nothing is offshored, 'beta'
            changes nothing.
        """
        if shock not in ("beta", "p"):
            raise ValueError(f"shock = {shock!r} must be 'beta' or 'p'")
        e, moved = self.economy, self.I > 0
        gamma = e.schedule.gamma(self.I, self.m)
        eta = np.where(moved, e.schedule.elasticity(self.I, self.m), 0.0)[()]
        omega, z = self._margin_elasticities(shock, (1 - gamma) * eta)
        Omega = -gamma * eta * z
        price = 1.0 if shock == "p" else 0.0
        x, y = self._costs()
        with np.errstate(divide="ignore", invalid="ignore"):
            s = np.where(self.s > 0, -x["theta_L"] / x["theta_F"] * omega, np.nan)[()]
            r = np.where(self.r > 0, (price - y["theta_L"] * omega) / y["theta_F"], np.nan)[()]
        return {
            "z": z,
            "w": omega - Omega,
            "s": s,
            "r": r,
            "x": np.asarray(e.x.sigma) * s,
            "y": np.asarray(e.y.sigma) * (r - price),
            "Omega": Omega,
            "omega": omega,
        }

    def _margin_elasticities(self, shock: str, steepness: Array) -> tuple[Array, Array]:
        """omega^ and z = dI / (1 - I), per unit of the shock; ``steepness`` is (1 - gamma) eta.

        The cutoff says omega^ = beta^ + steepness z, the labour market omega^ = mu_1 p^ - mu_2 z.
        """
        mu = self.effects()
        moved = self.I > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            if shock == "beta":
                z = np.where(moved, -1 / (steepness + mu["mu_2"]), 0.0)[()]
                return np.where(moved, 1 / (1 + steepness / mu["mu_2"]), 0.0)[()], z
            stuck = np.isinf(mu["mu_2"])  # fixed proportions: no labour can be absorbed
            z = np.where(moved & ~stuck, mu["mu_1"] / (steepness + mu["mu_2"]), 0.0)[()]
            omega = np.where(moved, np.where(stuck, 0.0, steepness * z), mu["mu_1"])[()]
            return omega, z


def _costs(
    good: Technology, price: Value, omega: Array, factor_return: Array, output: Array, factor: Value
) -> dict[str, Array]:
    """Demand for L-tasks, cost shares, loss and factor market of one industry, from the fields."""
    with np.errstate(divide="ignore", invalid="ignore"):  # the factor may earn nothing
        log_q = np.log(omega) - np.log(factor_return)
        a_L = np.exp(log_a_L(good, np.log(omega), np.log(factor_return)))
        theta_F = good.share_H(log_q)
        a_F = a_L / np.exp(log_intensity(good, log_q))
        used = np.where(output > 0, a_F * output, 0.0 * output) / factor - 1
    loss = omega * a_L / np.where(theta_F == 0, 1.0, good.share_L(log_q)) / price - 1
    return {
        "a_L": a_L,
        "theta_L": good.share_L(log_q),
        "theta_F": theta_F,
        "loss": zero_profit(loss, output),
        "full": np.where(factor_return > 0, used, np.maximum(used, 0))[()],
    }


def log_intensity(good: Technology, log_q: Array) -> Array:
    """log of L-tasks per unit of the specific factor, also where the factor earns nothing."""
    with np.errstate(invalid="ignore"):  # sigma = 0 and q infinite
        return np.where(np.asarray(good.sigma) == 0, logit(good.lam), good.log_intensity(log_q))


def log_cost_in_w(good: Technology, log_q: Array) -> Array:
    """log of unit cost over omega, also where the specific factor earns nothing."""
    with np.errstate(invalid="ignore"):  # sigma = 1 and q infinite: cannot be an equilibrium
        return good.log_cost_in_w(log_q)


def log_a_L(good: Technology, log_omega: Array, log_return: Array) -> Array:
    """log of the L-tasks in a unit of the good, which costs its price."""
    log_q = log_omega - log_return
    return np.log(good.share_L(log_q)) + log_cost_in_w(good, log_q)
