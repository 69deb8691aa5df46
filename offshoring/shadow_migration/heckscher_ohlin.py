"""Trade in goods between two countries, Home the better at everything by the factor gamma.

Both countries make both goods, so that goods prices fix pay: w = gamma w*, r = gamma r*. The world
is one economy with V + V* / gamma effective factors, and its outputs do not depend on prices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offshoring.residuals import checked, larger
from offshoring.shadow_migration.closed import (
    ClosedEconomy,
    Solved,
    demand_gap,
    price,
    relative,
    technology_problems,
    window_of,
)
from offshoring.shadow_migration.conditions import Condition, of_outputs, of_pay, settle, sizes
from offshoring.shadow_migration.inputs import Inputs
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    above_one,
    check,
    freeze,
    kind_problems,
    open_unit,
    positive,
)

ENDOWMENTS = ("L", "K", "L_star", "K_star")
Rules = dict[str, tuple[ArrayLike, str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoCountries(Parameters):
    """What all models of two countries share: tastes and endowments."""

    alpha: Value
    L: Value
    K: Value
    L_star: Value
    K_star: Value

    def _freeze(self, *more: str) -> Rules:
        """Freeze these numbers and those of a subclass; return the rules of these."""
        freeze(self, "alpha", *ENDOWMENTS, *more)
        rules: Rules = {name: positive(getattr(self, name)) for name in ENDOWMENTS}
        return rules | {"alpha": open_unit(self.alpha)}

    @property
    def k(self) -> Value:
        """Capital per worker at Home."""
        return self.K / self.L

    @property
    def k_star(self) -> Value:
        """Capital per worker abroad."""
        return self.K_star / self.L_star


@dataclass(frozen=True, kw_only=True, eq=False)
class TechnologyGap(TwoCountries):
    """Home needs fewer inputs for everything, by the same factor."""

    A: Inputs
    gamma: Value

    def __post_init__(self) -> None:
        rules = self._freeze("gamma", *self._further_numbers())
        rules["gamma"] = above_one(self.gamma)
        problems = kind_problems(self, A=Inputs) + technology_problems(self.A)
        more, more_rules = self._further_rules()
        check(self, *problems, *more, self.shape_problem(), **rules | more_rules)

    def _further_numbers(self) -> tuple[str, ...]:
        return ()

    def _further_rules(self) -> tuple[list[str], Rules]:
        """Problems in words, and rules, of parameters that only some models have."""
        return [], {}

    def effective_world(self) -> tuple[Value, Value]:
        """The world's labour and capital in units of Home's, V + V* / gamma."""
        return self.L + self.L_star / self.gamma, self.K + self.K_star / self.gamma


@dataclass(frozen=True, kw_only=True, eq=False)
class HeckscherOhlin(TechnologyGap):
    """Two countries that trade goods and no tasks.

    Parameters
    ----------
    A : Inputs
        Home's inputs for one unit of X, the numeraire, and of Y, the capital-intensive good; > 0.
    gamma : float or array
        Inputs that Foreign needs, relative to Home, > 1; pure number.
    alpha : float or array
        Share of spending on Y, in (0, 1).
    L, K, L_star, K_star : float or array
        Labour and capital at Home and abroad, > 0.

    All parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    @property
    def k_world(self) -> Value:
        """The world's effective capital per effective worker."""
        L, K = self.effective_world()
        return K / L

    def price_at(self, k: ArrayLike) -> Array:
        """p of an economy with k units of capital per worker (BRN-6).

        It is a price where k lies between the capital intensities, kappa_X < k < kappa_Y.
        """
        A, k = self.A, np.asarray(k, dtype=float)
        odds = self.alpha / (1 - np.asarray(self.alpha))
        with np.errstate(divide="ignore"):
            return odds * (A.kappa_Y - k) / (A.LX / A.LY * (k - A.kappa_X))

    def window(self) -> tuple[Array, Array]:
        """Between which values of alpha both factors are paid under trade (BRN-window)."""
        return window_of(self.A, *self.effective_world())

    def autarky(self) -> tuple[ClosedEconomy, ClosedEconomy]:
        """Home and Foreign without trade; each is solved on its own."""
        abroad = self.A.times(self.gamma)
        return (
            ClosedEconomy(A=self.A, alpha=self.alpha, L=self.L, K=self.K),
            ClosedEconomy(A=abroad, alpha=self.alpha, L=self.L_star, K=self.K_star),
        )

    def extreme(self) -> ClosedEconomy:
        """Every task can be done abroad at no cost: one economy with all factors (BRN-extreme)."""
        return ClosedEconomy(
            A=self.A, alpha=self.alpha, L=self.L + self.L_star, K=self.K + self.K_star
        )

    def solve(self) -> TradeEquilibrium:
        """The equilibrium with both goods made in both countries and both factors paid; unique.

        Returns
        -------
        TradeEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and an output or a pay is not positive; the message names
            each. With array parameters such points carry NaN, and ``exists`` says where.

        Examples
        --------
        >>> trade = HeckscherOhlin(A=Inputs(1, 0.6, 0.4, 1.2), gamma=2, alpha=0.5, L=10, K=11,
        ...                        L_star=30, K_star=20)
        >>> eq = trade.solve()
        >>> round(eq.p, 10), round(eq.w, 10), round(eq.M_X, 10)
        (1.5818181818, 0.5909090909, 2.9545454545)
        """
        values = self._values()
        parts = settle(self, values, self._conditions(values), "trade")
        return checked(TradeEquilibrium(**parts))

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds."""
        return sizes(self, self._conditions(self._values()))

    def _values(self) -> dict[str, Array]:
        X, Y = self.A.outputs(self.L, self.K)
        abroad = self.A.times(self.gamma)
        X_star, Y_star = abroad.outputs(self.L_star, self.K_star)
        p = price(self.alpha, X + X_star, Y + Y_star)
        w, r = self.A.pay(p)
        w_star, r_star = abroad.pay(p)
        return {
            "p": p, "w": w, "r": r, "w_star": w_star, "r_star": r_star,
            "X": X, "Y": Y, "X_star": X_star, "Y_star": Y_star,
        }  # fmt: skip

    def _conditions(self, v: dict[str, Array], tag: str = "") -> dict[str, Condition]:
        abroad = self.A.times(self.gamma)
        return {
            **of_outputs(self.A, self.L, self.K, v["X"], v["Y"], tag),
            **of_outputs(abroad, self.L_star, self.K_star, v["X_star"], v["Y_star"], "_star" + tag),
            **of_pay(self.A, v["p"], v["w"], v["r"], tag),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Accounts(Solved):
    """Incomes and trade of two countries, from prices, pay and outputs."""

    w_star: Array
    r_star: Array
    X_star: Array
    Y_star: Array

    @property
    def X_world(self) -> Array:
        """World output of X."""
        return self.X + self.X_star

    @property
    def Y_world(self) -> Array:
        """World output of Y."""
        return self.Y + self.Y_star

    @property
    def E_star(self) -> Array:
        """Foreign income, in units of X."""
        return self.w_star * self.economy.L_star + self.r_star * self.economy.K_star

    @property
    def U_star(self) -> Array:
        """Real income abroad, E* / p**alpha."""
        return self.E_star / self.cost_of_living

    @property
    def real_w_star(self) -> Array:
        """Pay of Foreign labour in baskets."""
        return self.w_star / self.cost_of_living

    @property
    def real_r_star(self) -> Array:
        """Pay of Foreign capital in baskets."""
        return self.r_star / self.cost_of_living

    @property
    def share(self) -> Array:
        """Home's share s of world income."""
        return self.E / (self.E + self.E_star)

    @property
    def M_X(self) -> Array:
        """Home's net imports of X: what it consumes less what its firms make."""
        return (1 - self.economy.alpha) * self.E - self.X

    @property
    def M_Y(self) -> Array:
        """Home's net imports of Y, in units of Y."""
        return self.economy.alpha * self.E / self.p - self.Y

    def _demand_gap(self) -> Array:
        """Relative error of the world's relative demand (BRN-4)."""
        return demand_gap(self.economy.alpha, self.p, self.X_world, self.Y_world)


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoCountryEquilibrium(Accounts):
    """What the equilibria with trade in goods alone and with offshoring share."""

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds."""
        return self.economy.violations()

    def price_elasticities(self) -> dict[str, Array]:
        """d ln pay / d ln p at given cost savings, by name of the pay (BRN-8; BRN-22)."""
        w, r = self.economy.A.pay(1.0, 0.0)
        gamma = self.economy.gamma
        found = {"w": w / self.w, "r": r / self.r}
        abroad = {"w_star": w / gamma / self.w_star, "r_star": r / gamma / self.r_star}
        return {name: self.p * slope for name, slope in (found | abroad).items()}

    def output_elasticities(self, factor: str = "L") -> dict[str, Array]:
        """d ln output / d ln L or K at Home at given shadow migration (BRN-9; BRN-23)."""
        return self._output_elasticities(self.economy.A, factor)

    def _output_elasticities(self, technology: Inputs, factor: str) -> dict[str, Array]:
        """d ln output / d ln factor if Home's factors make goods with that technology."""
        units = {"L": (1.0, 0.0), "K": (0.0, 1.0)}
        if factor not in units:
            raise ValueError(f"factor = {factor!r} must be 'L' or 'K'")
        X, Y = technology.outputs(*units[factor])
        endowment = getattr(self.economy, factor)
        return {"X": endowment * X / self.X, "Y": endowment * Y / self.Y}


@dataclass(frozen=True, kw_only=True, eq=False)
class TradeEquilibrium(TwoCountryEquilibrium):
    """What :meth:`HeckscherOhlin.solve` returns; prices and incomes in units of X.

    Attributes
    ----------
    economy : HeckscherOhlin
    p : float or array
        World price of Y.
    w, r, w_star, r_star : float or array
        Pay of labour and capital at Home and abroad.
    X, Y, X_star, Y_star : float or array
        Outputs of Home and of Foreign firms.
    regime : str or array of str
        'trade', or 'no equilibrium' where the other fields are NaN.
    """

    def predicted_M_X(self) -> Array:
        """Home's net imports of X from endowments alone, the theorem of Heckscher-Ohlin (BRN-7)."""
        e = self.economy
        return e.alpha * e.L / e.A.LX * (e.k - e.k_world) / (e.k_world - e.A.kappa_X)

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone."""
        e = self.economy
        at_home, abroad = (1.0, self.p), (1 / e.gamma, self.p / e.gamma)
        pricing = [
            relative(e.A.costs(self.w, self.r), at_home),
            relative(e.A.costs(self.w_star, self.r_star), abroad),
        ]
        used_abroad = tuple(e.gamma * v for v in e.A.employment(self.X_star, self.Y_star))
        employment = [
            relative(e.A.employment(self.X, self.Y), (e.L, e.K)),
            relative((used_abroad[0], used_abroad[1]), (e.L_star, e.K_star)),
        ]
        equal = (e.gamma * self.w_star, e.gamma * self.r_star)
        scale = (1 / e.A.LX, 1 / e.A.KX)  # one of the two may be near zero
        return {
            "BRN-2": larger(*pricing),
            "BRN-3": larger(*employment),
            "BRN-4": self._demand_gap(),
            "BRN-FPE": relative((self.w, self.r), equal, scale),
            "BRN-balance": (self.M_X + self.p * self.M_Y) / self.E,
            "BRN-GNP": (self.X + self.p * self.Y) / self.E - 1,
        }
