"""What the solver of the taxed world returns: fields, trade, welfare, residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from offshoring.residuals import at_margin, larger
from offshoring.technologies import CES
from offshoring.trading_tasks.equilibria import Equilibrium
from offshoring.validation import Array

if TYPE_CHECKING:
    from offshoring.trading_tasks.large import LargeEconomy


@dataclass(frozen=True, kw_only=True, eq=False)
class TaxedEquilibrium(Equilibrium):
    """What :meth:`TaxedEconomy.solve` returns; prices and incomes in units of X on world markets.

    Attributes
    ----------
    economy : TaxedEconomy
    I, m : float or array
        Share of home L-tasks done abroad, and m = 1 - I with all its digits.
    w, s, w_star, s_star : float or array
        Low-skill and high-skill wages at home and abroad.
    p : float or array
        World price of Y.
    price_x, price_y : float or array
        Home prices; the world's are 1 and p.
    x, y, x_star, y_star : float or array
        Outputs of home firms and of foreign firms.
    c_x, c_y, c_x_star, c_y_star : float or array
        Consumption.
    regime : str or array of str
        Home's trade in goods: 'imports y', 'no trade in y', 'exports both', 'no trade in x' or
        'imports x'; 'no equilibrium' where the other fields are NaN.
    """

    I: Array
    m: Array
    y: Array
    w_star: Array
    s_star: Array
    p: Array
    price_x: Array
    price_y: Array
    x_star: Array
    y_star: Array
    c_x: Array
    c_y: Array
    c_x_star: Array
    c_y_star: Array

    @property
    def Omega(self) -> Array:
        """Cost of a bundle of L-tasks, tax included, relative to the home wage."""
        return self.economy.schedule.Omega(self.I, self.m)

    @property
    def omega(self) -> Array:
        """Effective wage w Omega(I), the cost of a bundle of L-tasks."""
        return self.w * self.Omega

    @property
    def foreign_labour(self) -> Array:
        """Foreign low-skilled labour on home tasks, beta T(I) L / (1 - I)."""
        e = self.economy.world
        return e.beta * e.schedule.T(self.I, self.m) * e.L / self.m

    @property
    def imports(self) -> dict[str, Array]:
        """Home imports of 'x', 'y' and 'tasks' at world prices; negative if exported."""
        return {
            "x": self.c_x - self.x,
            "y": self.p * (self.c_y - self.y),
            "tasks": self.w_star * self.foreign_labour,
        }

    @property
    def revenue(self) -> Array:
        """What both taxes yield, less subsidies; home residents get it, or pay it if negative."""
        bought, e = self.imports, self.economy
        goods = np.maximum(bought["x"], 0) + np.maximum(bought["y"], 0)
        return e.tau * goods + e.tau_task * bought["tasks"]

    @property
    def income(self) -> Array:
        """Home factor income and tax revenue."""
        return self.w * self.economy.world.L + self.s * self.economy.world.H + self.revenue

    @property
    def welfare(self) -> Array:
        """Real income at home: income over the price of a unit of the consumption index."""
        return self.income / self._index(self.price_x, self.price_y)

    @property
    def welfare_star(self) -> Array:
        """Real income abroad."""
        e = self.economy.world
        return (self.w_star * e.L_star + self.s_star * e.H_star) / self._index(1.0, self.p)

    def _index(self, price_x: ArrayLike, price_y: ArrayLike) -> Array:
        """Price of a unit of the CES consumption index with weight mu on Y."""
        return CES(self.economy.world.mu, self.economy.world.eps).cost(price_y, price_x)

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        Where a row holds two conditions (foreign factors, demand at home and abroad, the tariffs on
        the two goods) the larger error counts. A tariff is violated if a home price is outside the
        range from the world price to the taxed one, if a good is imported below the taxed price, or
        if it is exported above the world price.
        """
        e, omega, s, p = self.economy.world, self.omega, self.s, self.p
        taxed = 1 + np.asarray(self.economy.tau_task)
        gap = e.beta * taxed * e.schedule.t(self.I, self.m) * self.w_star / self.w - 1
        a_Lx, a_Ly, a_Hx, a_Hy = _use(e, omega, s)
        b_Lx, b_Ly, b_Hx, b_Hy = (e.A_star * a for a in _use(e, self.w_star, self.s_star))
        L_star = b_Lx * self.x_star + b_Ly * self.y_star + self.foreign_labour
        H_star = b_Hx * self.x_star + b_Hy * self.y_star
        spent = self.price_x * self.c_x + self.price_y * self.c_y
        earned_star = self.w_star * e.L_star + self.s_star * e.H_star
        home_demand = self.economy.demand(np.log(self.price_y / self.price_x))
        return {
            "GRH08-1": at_margin(gap, self.I),
            "GRH08-4": (a_Lx * self.x + a_Ly * self.y) * self.m / e.L - 1,
            "GRH08-5": (a_Hx * self.x + a_Hy * self.y) / e.H - 1,
            "GRH08-8": (omega * a_Lx + s * a_Hx) / self.price_x - 1,
            "GRH08-9": (omega * a_Ly + s * a_Hy) / self.price_y - 1,
            "GRH08-10": self.w_star * b_Lx + self.s_star * b_Hx - 1,
            "GRH08-11": (self.w_star * b_Ly + self.s_star * b_Hy) / p - 1,
            "GRH08-IIB-2": larger(L_star / e.L_star - 1, H_star / e.H_star - 1),
            "GRH08-IIB-3": larger(
                self.c_y / self.c_x / home_demand - 1,
                self.c_y_star / self.c_x_star / self.economy.demand(np.log(p)) - 1,
            ),
            "market for X": (self.c_x + self.c_x_star) / (self.x + self.x_star) - 1,
            "market for Y": (self.c_y + self.c_y_star) / (self.y + self.y_star) - 1,
            "home budget": spent / self.income - 1,
            "foreign budget": (self.c_x_star + p * self.c_y_star) / earned_star - 1,
            "tariff": larger(
                self._tariff_error(self.price_x, self.imports["x"]),
                self._tariff_error(self.price_y / p, self.imports["y"]),
            ),
        }

    def _tariff_error(self, relative_price: Array, imports: Array) -> Array:
        """How far a home price, relative to the world's, is from agreeing with what is imported."""
        wedge, room = relative_price - 1, 1 + np.asarray(self.economy.tau) - relative_price
        bought = imports / self.income
        wrong_side = np.maximum(np.minimum(bought, room), np.minimum(-bought, wedge))
        return np.maximum(np.maximum(wrong_side, 0), np.maximum(-wedge, -room))


def _use(e: LargeEconomy, omega: Array, s: Array) -> tuple[Array, Array, Array, Array]:
    """L-tasks in X and in Y, H-tasks in X and in Y, for one unit."""
    return e.x.a_L(omega, s), e.y.a_L(omega, s), e.x.a_H(omega, s), e.y.a_H(omega, s)
