"""One economy that trades nothing: autarky, the integrated world, and both sides of two-way trade.

Technology is fixed, so outputs follow from full employment alone, the price from demand, and pay
from zero profits: three lines, no root finding (BRN-2 to 6).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import checked, larger
from offshoring.shadow_migration.conditions import Condition, of_outputs, of_pay, settle, sizes
from offshoring.shadow_migration.inputs import Inputs, entry_problems
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    array_names,
    check,
    freeze,
    kind_problems,
    open_unit,
    positive,
    problem,
)


def price(alpha: Value, X: Value, Y: Value) -> Array:
    """p at which consumers spend the share alpha on Y, alpha / (1 - alpha) X / Y (BRN-4)."""
    with np.errstate(all="ignore"):  # no output at all: not an equilibrium
        return alpha * np.asarray(X) / ((1 - np.asarray(alpha)) * Y)


def window_of(A: Inputs, L: Value, K: Value) -> tuple[Array, Array]:
    """Shares of labour and of capital in Y; pay is positive iff alpha is between (BRN-window)."""
    _, Y = A.outputs(L, K)
    return A.LY * Y / L, A.KY * Y / K


def technology_problems(A: object, name: str = "A") -> list[str]:
    """Words on a technology that is no matrix, has an entry <= 0, or whose goods are swapped."""
    if not isinstance(A, Inputs):
        return []
    problems = entry_problems(name, A, whole=True)
    if not any(problems) and not A.shape_problem():
        ok = (np.asarray(A.det) > 0) & ~A.singular
        rule = "> 0, so that Y is the capital-intensive good (kappa_Y > kappa_X)"
        problems.append(problem(f"det {name}", A.det, ok, rule))
    return problems


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedEconomy(Parameters):
    """Two factors, two goods, fixed inputs, no trade.

    Parameters
    ----------
    A : Inputs
        Inputs for one unit of X and of Y, > 0; Y is the capital-intensive good.
    alpha : float or array
        Share of spending on Y, in (0, 1).
    L, K : float or array
        Labour and capital, > 0.

    All parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    A: Inputs
    alpha: Value
    L: Value
    K: Value

    def __post_init__(self) -> None:
        freeze(self, "alpha", "L", "K")
        problems = kind_problems(self, A=Inputs) + technology_problems(self.A)
        check(
            self,
            *problems,
            self.shape_problem(),
            alpha=open_unit(self.alpha),
            L=positive(self.L),
            K=positive(self.K),
        )

    @property
    def k(self) -> Value:
        """Capital per worker."""
        return self.K / self.L

    def window(self) -> tuple[Array, Array]:
        """Between which values of alpha both factors are paid (BRN-window)."""
        return window_of(self.A, self.L, self.K)

    def solve(self) -> ClosedEquilibrium:
        """The equilibrium with both goods made and both factors paid; it is unique.

        Returns
        -------
        ClosedEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and an output or a pay is not positive. With array
            parameters such points carry NaN, and ``exists`` says where.

        Examples
        --------
        >>> home = ClosedEconomy(A=Inputs(1, 0.6, 0.4, 1.2), alpha=0.5, L=10, K=11)
        >>> eq = home.solve()
        >>> round(eq.p, 10), round(eq.w, 10), round(eq.r, 10)
        (0.7714285714, 0.9285714286, 0.1785714286)
        """
        values = self._values()
        parts = settle(self, values, self._conditions(values), "autarky")
        return checked(ClosedEquilibrium(**parts))

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds."""
        return sizes(self, self._conditions(self._values()))

    def _values(self) -> dict[str, Array]:
        X, Y = self.A.outputs(self.L, self.K)
        p = price(self.alpha, X, Y)
        w, r = self.A.pay(p)
        return {"p": p, "w": w, "r": r, "X": X, "Y": Y}

    def _conditions(self, v: dict[str, Array]) -> dict[str, Condition]:
        return of_outputs(self.A, self.L, self.K, v["X"], v["Y"]) | of_pay(
            self.A, v["p"], v["w"], v["r"]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Solved:
    """What all equilibria of this model have; prices and incomes in units of good X."""

    economy: Any = field(repr=False)
    p: Array
    w: Array
    r: Array
    X: Array
    Y: Array
    regime: Any

    def __post_init__(self) -> None:
        freeze(self, *array_names(self))

    @property
    def exists(self) -> NDArray[np.bool_]:
        """Where the economy has this equilibrium."""
        return np.isfinite(self.w)

    def existing(self) -> Self:
        """The points that have an equilibrium, in one row; a single equilibrium is itself."""
        if np.ndim(self.exists) == 0 or (np.ndim(self.exists) == 1 and self.exists.all()):
            return self
        points = np.flatnonzero(self.exists)
        return self._at(points, self.economy.flat().take(points))

    def _at(self, points: NDArray[np.intp], economy: Parameters) -> Self:
        """The equilibrium at some points, counted in one row; their economy is given."""
        names = [*array_names(self), "regime"]
        row = {name: np.asarray(getattr(self, name)).ravel()[points] for name in names}
        return replace(self, economy=economy, **row)

    @property
    def cost_of_living(self) -> Array:
        """Price of the consumption basket, p**alpha; in units of X."""
        return np.power(self.p, self.economy.alpha)  # one loop for numbers and for arrays

    @property
    def E(self) -> Array:
        """Home income w L + r K, in units of X (BRN-4)."""
        return self.w * self.economy.L + self.r * self.economy.K

    @property
    def U(self) -> Array:
        """Real income at Home, E / p**alpha (BRN-fn7)."""
        return self.E / self.cost_of_living

    @property
    def real_w(self) -> Array:
        """Pay of labour at Home in baskets."""
        return self.w / self.cost_of_living

    @property
    def real_r(self) -> Array:
        """Pay of capital at Home in baskets."""
        return self.r / self.cost_of_living


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedEquilibrium(Solved):
    """What :meth:`ClosedEconomy.solve` returns.

    Attributes
    ----------
    economy : ClosedEconomy
    p, w, r : float or array
        Price of Y, pay of labour and of capital; in units of X.
    X, Y : float or array
        Outputs.
    regime : str or array of str
        'autarky', or 'no equilibrium' where the other fields are NaN.
    """

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds."""
        return self.economy.violations()

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone."""
        e = self.economy
        return {
            "BRN-2": relative(e.A.costs(self.w, self.r), (1.0, self.p)),
            "BRN-3": relative(e.A.employment(self.X, self.Y), (e.L, e.K)),
            "BRN-4": demand_gap(e.alpha, self.p, self.X, self.Y),
            "BRN-GNP": (self.X + self.p * self.Y) / self.E - 1,
        }


def relative(
    found: tuple[Value, Value],
    wanted: tuple[Value, Value],
    scale: tuple[Value, Value] | None = None,
) -> Array:
    """Of two relative errors the larger; ``scale`` if what is wanted may be zero."""
    size = wanted if scale is None else scale
    first, second = ((f - np.asarray(g)) / s for f, g, s in zip(found, wanted, size, strict=True))
    return larger(first, second)


def demand_gap(alpha: Value, p: Array, X: Array, Y: Array) -> Array:
    """Relative error of relative demand, p Y / X = alpha / (1 - alpha) (BRN-4)."""
    return (1 - np.asarray(alpha)) * p * Y / (alpha * X) - 1
