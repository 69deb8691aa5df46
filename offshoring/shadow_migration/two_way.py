"""Two-way offshoring: each country is the better at one task, and both tasks move (BRN-29, 30).

Home firms are worse at task 3 by gamma_3, Foreign firms at task 1 by gamma_1, and the two handicaps
are such that whole goods need the same inputs in both countries. With equal capital per worker
there is no reason to trade goods, before or after. Once tasks move, everybody buys each of them
from the firms that are best at it. As everywhere in this model a technique belongs to a firm, which
can use it with the factors of either country; so it does not matter how large the countries are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import checked, larger
from offshoring.shadow_migration.closed import (
    price,
    relative,
    technology_problems,
    window_of,
)
from offshoring.shadow_migration.conditions import Condition, of_outputs, of_pay, settle, sizes
from offshoring.shadow_migration.heckscher_ohlin import (
    TwoCountries,
    TwoCountryEquilibrium,
)
from offshoring.shadow_migration.inputs import ENTRIES, Inputs, entry_problems
from offshoring.validation import (
    Array,
    Value,
    above_one,
    check,
    kind_problems,
    problem,
)

SAME = 1e-9  # how far two numbers may differ that must be equal, relative to their size


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoWayOffshoring(TwoCountries):
    """Two countries with the same inputs for whole goods and the same capital per worker.

    Parameters
    ----------
    A_1, A_2, A_3 : Inputs
        Inputs of the three tasks where each is done best, >= 0.
    gamma_1 : float or array
        Inputs that Foreign needs for task 1, relative to Home, > 1; pure number.
    gamma_3 : float or array
        Inputs that Home needs for task 3, relative to Foreign, > 1; pure number.
    alpha : float or array
        Share of spending on Y, in (0, 1).
    L, K, L_star, K_star : float or array
        Labour and capital at Home and abroad, > 0.

    All parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule. Once
        all are in their ranges, also if (gamma_3 - 1) A_3 and (gamma_1 - 1) A_1 differ, if K / L
        and K_star / L_star do, or if Y is not the capital-intensive good.
    """

    A_1: Inputs
    A_2: Inputs
    A_3: Inputs
    gamma_1: Value
    gamma_3: Value

    def __post_init__(self) -> None:
        rules = self._freeze("gamma_1", "gamma_3")
        rules |= {name: above_one(getattr(self, name)) for name in ("gamma_1", "gamma_3")}
        kinds = kind_problems(self, A_1=Inputs, A_2=Inputs, A_3=Inputs)
        parts = [
            words
            for name in ("A_1", "A_2", "A_3")
            if isinstance(matrix := getattr(self, name), Inputs)
            for words in entry_problems(name, matrix)
        ]
        check(self, *kinds, *parts, self.shape_problem(), **rules)
        check(self, *self._symmetry_problems())

    def _symmetry_problems(self) -> list[str]:
        problems = technology_problems(self.A) + technology_problems(self.B, "B")
        better, worse = self.A_1.times(self.gamma_1 - 1), self.A_3.times(self.gamma_3 - 1)
        for entry in ENTRIES:
            a, b = np.asarray(getattr(worse, entry)), np.asarray(getattr(better, entry))
            rule = f"(gamma_1 - 1) A_1.{entry}, so that whole goods need the same inputs everywhere"
            problems.append(
                problem(f"(gamma_3 - 1) A_3.{entry}", a, np.abs(a - b) <= SAME * (a + b), rule)
            )
        ratio = np.asarray(self.k / self.k_star)
        rule = "1, so that there is no reason to trade goods"
        problems.append(problem("k / k_star", ratio, np.abs(ratio - 1) <= SAME, rule))
        return problems

    @property
    def A(self) -> Inputs:
        """Inputs of whole goods when each task is done where it is done best."""
        return self.A_1.plus(self.A_2).plus(self.A_3)

    @property
    def B(self) -> Inputs:
        """Inputs of whole goods when all tasks are done at home (BRN-29)."""
        return self.A_1.plus(self.A_2).plus(self.A_3.times(self.gamma_3))

    @property
    def B_star(self) -> Inputs:
        """The same abroad; equal to :attr:`B` (BRN-29)."""
        return self.A_1.times(self.gamma_1).plus(self.A_2).plus(self.A_3)

    def window(self) -> tuple[Array, Array]:
        """Between which values of alpha both factors are paid with offshoring (BRN-window)."""
        return window_of(self.A, self.L, self.K)

    def solve(self) -> TwoWayEquilibrium:
        """The equilibrium with both tasks moved, both goods made and both factors paid; unique.

        How the tasks that are traded are split is not determined, as pay is the same everywhere;
        outputs are those that each country's own factors make with the best technology.

        Returns
        -------
        TwoWayEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and an output or a pay, before or after, is not positive.
            With array parameters such points carry NaN, and ``exists`` says where.

        Examples
        --------
        >>> tasks = Inputs(0.2, 0.1, 0.1, 0.3)
        >>> economy = TwoWayOffshoring(
        ...     A_1=tasks, A_2=Inputs(0.6, 0.4, 0.2, 0.6), A_3=tasks, gamma_1=1.5, gamma_3=1.5,
        ...     alpha=0.5, L=10, K=11, L_star=20, K_star=22)
        >>> eq = economy.solve()
        >>> round(eq.before.w, 10), round(eq.w, 10)
        (0.8167825223, 0.9285714286)
        """
        before, after = self._values(self.B), self._values(self.A)
        conditions = self._all_conditions(before, after)
        parts = settle(self, after, conditions, "two-way offshoring")
        old = TwoWayEquilibrium(**settle(self, before, conditions, "no offshoring"), before=None)
        return checked(TwoWayEquilibrium(**parts, before=old))

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds.

        Conditions on the world before offshoring have names that end in 'before'.
        """
        return sizes(self, self._all_conditions(self._values(self.B), self._values(self.A)))

    def _values(self, T: Inputs) -> dict[str, Array]:
        X, Y = T.outputs(self.L, self.K)
        X_star, Y_star = T.outputs(self.L_star, self.K_star)
        p = price(self.alpha, X + X_star, Y + Y_star)
        w, r = T.pay(p)
        return {
            "p": p, "w": w, "r": r, "w_star": w, "r_star": r,
            "X": X, "Y": Y, "X_star": X_star, "Y_star": Y_star,
        }  # fmt: skip

    def _all_conditions(
        self, before: dict[str, Array], after: dict[str, Array]
    ) -> dict[str, Condition]:
        found: dict[str, Condition] = {}
        for T, v, tag in ((self.B, before, " before"), (self.A, after, "")):
            found |= of_outputs(T, self.L, self.K, v["X"], v["Y"], tag)
            found |= of_pay(T, v["p"], v["w"], v["r"], tag)
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoWayEquilibrium(TwoCountryEquilibrium):
    """What :meth:`TwoWayOffshoring.solve` returns; prices and incomes in units of X.

    Attributes
    ----------
    economy : TwoWayOffshoring
    before : TwoWayEquilibrium or None
        The same countries before any task moved; None in that equilibrium itself.
    p : float or array
        Price of Y, the same everywhere.
    w, r, w_star, r_star : float or array
        Pay of labour and capital, the same everywhere.
    X, Y, X_star, Y_star : float or array
        Outputs of Home and of Foreign firms.
    regime : str or array of str
        'two-way offshoring' or, before, 'no offshoring'; 'no equilibrium' where the other fields
        are NaN.
    """

    before: TwoWayEquilibrium | None

    def _at(self, points: NDArray[np.intp], economy: Any) -> Self:
        before = self.before and self.before._at(points, economy)
        return replace(super()._at(points, economy), before=before)

    @property
    def technology(self) -> Inputs:
        """Inputs of whole goods in this equilibrium."""
        return self.economy.B if self.before is None else self.economy.A

    @property
    def S_X(self) -> Array:
        """Saving per unit of X at this pay, against doing all tasks at home (BRN-30)."""
        return self._savings()[0]

    @property
    def S_Y(self) -> Array:
        """Saving per unit of Y at this pay, against doing all tasks at home (BRN-30)."""
        return self._savings()[1]

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        BRN-29 are the conditions before offshoring, BRN-30 those after and the changes.
        """
        e, T = self.economy, self.technology
        levels = larger(
            relative(T.costs(self.w, self.r), (1.0, self.p)),
            relative(T.costs(self.w_star, self.r_star), (1.0, self.p)),
            relative(T.employment(self.X, self.Y), (e.L, e.K)),
            relative(T.employment(self.X_star, self.Y_star), (e.L_star, e.K_star)),
        )
        accounts = {
            "BRN-4": self._demand_gap(),
            "BRN-balance": larger(self.M_X / self.E, self.p * self.M_Y / self.E),
            "BRN-GNP": (self.X + self.p * self.Y) / self.E - 1,
        }
        if self.before is None:
            return accounts | {"BRN-29": levels}
        return accounts | {
            "BRN-29": self.before.residuals()["BRN-29"],
            "BRN-30": larger(levels, self._changes(self.before)),
        }

    def _savings(self) -> tuple[Array, Array]:
        return self.economy.B.minus(self.technology).costs(self.w, self.r)

    def _changes(self, b: TwoWayEquilibrium) -> Array:
        """B' dw = (B - A)' w + (0, dp) and B dQ = (B - A) Q."""
        e, (S_X, S_Y) = self.economy, self._savings()
        paid = e.B.costs(self.w - b.w, self.r - b.r)
        used = e.B.employment(self.X - b.X, self.Y - b.Y)
        saved = e.B.minus(e.A).employment(self.X, self.Y)
        return larger(
            relative(paid, (S_X, S_Y + (self.p - b.p)), (1.0, self.p)),
            relative(used, saved, (e.L, e.K)),
        )

    def price_elasticities(self) -> dict[str, Array]:
        """d ln pay / d ln p, by name of the pay: the theorem of Stolper and Samuelson (BRN-8)."""
        w, r = self.technology.pay(1.0, 0.0)
        found = {"w": self.p * w / self.w, "r": self.p * r / self.r}
        return found | {"w_star": found["w"], "r_star": found["r"]}

    def output_elasticities(self, factor: str = "L") -> dict[str, Array]:
        """d ln output / d ln L or K at Home, by name of the good (BRN-9)."""
        return self._output_elasticities(self.technology, factor)
