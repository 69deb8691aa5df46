"""Monopolistic competition: the same economies with a mark-up on technology (BRN-31).

A firm's fixed cost is a bundle of the inputs of its good, those of task 1 included, and free entry
fixes its output at F (sigma - 1). A sector that makes X in n firms then needs sigma / (sigma - 1)
times its inputs in all, so prices, pay and trade are those of the economy with such technologies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import checked, larger
from offshoring.shadow_migration.heckscher_ohlin import HeckscherOhlin, TwoCountryEquilibrium
from offshoring.shadow_migration.tasks_abroad import GoodsOffshoring, ServiceOffshoring
from offshoring.shadow_migration.tasks_equilibrium import OffshoringEquilibrium
from offshoring.validation import (
    Array,
    NoEquilibrium,
    Parameters,
    Value,
    above_one,
    array_names,
    check,
    freeze,
    numbers,
    positive,
    problem,
)

MODELS = (HeckscherOhlin, ServiceOffshoring, GoodsOffshoring)


def markup(sigma: Value) -> Array:
    """Price over marginal cost, sigma / (sigma - 1).

    Raises
    ------
    ValueError
        If sigma is no number, or not finite and > 1 everywhere.
    """
    found = numbers(sigma)
    if found is None:
        raise ValueError(f"sigma = {sigma!r} must be a number or an array of numbers")
    value = found[()]
    ok, rule = above_one(value)
    if not np.all(ok):
        raise ValueError(problem("sigma", value, ok, rule))
    return value / (value - 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class MonopolisticCompetition(Parameters):
    """Sectors of differentiated varieties in an economy with trade in goods, or in tasks too.

    Parameters
    ----------
    economy : HeckscherOhlin, ServiceOffshoring or GoodsOffshoring
        Its technologies are those of marginal cost.
    sigma_X, sigma_Y : float or array
        Elasticities of substitution between varieties, > 1; pure numbers.
    F_X, F_Y : float or array
        Fixed cost, in units of the good, > 0.

    All parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    economy: HeckscherOhlin | ServiceOffshoring | GoodsOffshoring
    sigma_X: Value
    sigma_Y: Value
    F_X: Value = 1.0
    F_Y: Value = 1.0

    def __post_init__(self) -> None:
        freeze(self, "sigma_X", "sigma_Y", "F_X", "F_Y")
        rules = {name: positive(getattr(self, name)) for name in ("F_X", "F_Y")}
        for name in ("sigma_X", "sigma_Y"):
            rules[name] = above_one(getattr(self, name))
        kinds = " or ".join([", ".join(k.__name__ for k in MODELS[:-1]), MODELS[-1].__name__])
        known = isinstance(self.economy, MODELS)
        kind = "" if known else f"economy = {self.economy!r} must be a {kinds}"
        check(self, kind, self.shape_problem(), **rules)

    def plain(self) -> HeckscherOhlin | ServiceOffshoring | GoodsOffshoring:
        """The economy of perfect competition with the same prices: technologies times mark-ups."""
        factors = markup(self.sigma_X), markup(self.sigma_Y)
        tasks = {} if isinstance(self.economy, HeckscherOhlin) else {"A_1": self.economy.A_1}
        matrices = {"A": self.economy.A, **tasks}
        return self.economy.replace(**{n: m.columns(*factors) for n, m in matrices.items()})

    def solve(self) -> VarietyEquilibrium:
        """The equilibrium with free entry; unique, as that of the plain economy is.

        Returns
        -------
        VarietyEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and the plain economy has no equilibrium, or the price of
            the basket is beyond floats, as for a sigma very close to 1. With array
            parameters such points carry NaN, and ``exists`` says where.

        Examples
        --------
        >>> from offshoring.shadow_migration import Inputs
        >>> trade = HeckscherOhlin(A=Inputs(1, 0.6, 0.4, 1.2), gamma=2, alpha=0.5, L=10, K=11,
        ...                        L_star=30, K_star=20)
        >>> eq = MonopolisticCompetition(economy=trade, sigma_X=4, sigma_Y=4).solve()
        >>> round(eq.goods.w, 10), round(float(eq.real_w), 9)
        (0.4431818182, 0.540194595)
        """
        eq = checked(self._firms(self.plain().solve()))
        if self.shape == () and not eq.exists:
            raise NoEquilibrium(
                f"MonopolisticCompetition: the price of the basket is beyond floats with "
                f"sigma_X = {self.sigma_X:g} and sigma_Y = {self.sigma_Y:g}"
            )
        return eq

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the plain economy fails, by name; 0 where it holds."""
        shape = self.shape
        found = self.plain().violations()
        return {name: np.broadcast_to(v, shape).copy()[()] for name, v in found.items()}

    def _firms(self, goods: TwoCountryEquilibrium) -> VarietyEquilibrium:
        """The numbers of firms that make the world's goods."""
        n_X = goods.X_world / (self.F_X * (np.asarray(self.sigma_X) - 1))
        n_Y = goods.Y_world / (self.F_Y * (np.asarray(self.sigma_Y) - 1))
        n_X, n_Y = (np.broadcast_to(n, self.shape) for n in (n_X, n_Y))
        return VarietyEquilibrium(economy=self, goods=goods, n_X=n_X[()], n_Y=n_Y[()])


@dataclass(frozen=True, kw_only=True, eq=False)
class VarietyEquilibrium:
    """What :meth:`MonopolisticCompetition.solve` returns.

    Attributes
    ----------
    economy : MonopolisticCompetition
    goods : TradeEquilibrium, ServiceEquilibrium or GoodsEquilibrium
        Prices, pay, outputs and trade; outputs are those of all firms of a sector.
    n_X, n_Y : float or array
        Numbers of varieties in the world.
    """

    economy: Any = field(repr=False)
    goods: Any
    n_X: Array
    n_Y: Array

    def __post_init__(self) -> None:
        freeze(self, *array_names(self))

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Where the economy has an equilibrium, with a price of the basket that floats can hold."""
        return np.isfinite(self.P)

    @property
    def before(self) -> VarietyEquilibrium:
        """The same economy with trade in goods alone."""
        goods = self.goods.before if isinstance(self.goods, OffshoringEquilibrium) else self.goods
        return self.economy._firms(goods)

    @property
    def P(self) -> Array:
        """Price of the consumption basket; more varieties make it cheaper (BRN-31b)."""
        e, plain = self.economy, self.goods.economy
        with np.errstate(all="ignore"):  # beyond floats: no equilibrium
            of_X = np.power(self.n_X, 1 / (1 - np.asarray(e.sigma_X)))
            of_Y = np.power(self.n_Y, 1 / (1 - np.asarray(e.sigma_Y))) * self.goods.p
            P = np.power(of_X, 1 - np.asarray(plain.alpha)) * np.power(of_Y, plain.alpha)
        return np.where(np.isfinite(P) & np.greater(P, np.finfo(float).tiny), P, np.nan)[()]

    @property
    def U(self) -> Array:
        """Real income at Home, E / P."""
        return self.goods.E / self.P

    @property
    def U_star(self) -> Array:
        """Real income abroad, E* / P."""
        return self.goods.E_star / self.P

    @property
    def real_w(self) -> Array:
        """Pay of Home labour in baskets."""
        return self.goods.w / self.P

    @property
    def real_r(self) -> Array:
        """Pay of Home capital in baskets."""
        return self.goods.r / self.P

    @property
    def real_w_star(self) -> Array:
        """Pay of Foreign labour in baskets."""
        return self.goods.w_star / self.P

    @property
    def real_r_star(self) -> Array:
        """Pay of Foreign capital in baskets."""
        return self.goods.r_star / self.P

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds."""
        return self.economy.violations()

    def residuals(self) -> dict[str, Array]:
        """Those of the plain economy, and free entry: firms make F (sigma - 1) each (BRN-31).

        Zero profits of a firm say that its inputs, for F and for its output, cost its revenue. Full
        employment is that of the plain economy.
        """
        e, goods = self.economy, self.goods
        size = [F * (np.asarray(s) - 1) for F, s in ((e.F_X, e.sigma_X), (e.F_Y, e.sigma_Y))]
        firms = larger(
            self.n_X * size[0] / goods.X_world - 1, self.n_Y * size[1] / goods.Y_world - 1
        )
        model, revenue = e.economy, (size[0], goods.p * size[1])
        bundles = [e.F_X + size[0], e.F_Y + size[1]]  # fixed and variable, in units of the good
        if isinstance(model, HeckscherOhlin):
            costs = model.A.costs(goods.w, goods.r)
        else:
            own, paid = model.R.costs(goods.w, goods.r), model.C.costs(goods.w_star, goods.r_star)
            costs = own[0] + paid[0], own[1] + paid[1]
        profits = [c * b / v - 1 for c, b, v in zip(costs, bundles, revenue, strict=True)]
        return goods.residuals() | {"BRN-31": larger(firms, *profits)}
