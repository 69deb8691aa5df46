"""Two countries in which Home firms move task 1 of each sector abroad: shadow migration.

How the equilibrium is found
----------------------------
With R = A - A_1 done at Home, C = A_1 diag(chi) used abroad, and B the inputs of Foreign firms
(gamma A if offshore units serve Home firms only, gamma R + C if they serve Foreign firms too):

- Home factors fix Home's outputs, Q = R^-1 V, and what is left abroad fixes Foreign's,
  Q* = B^-1 (V* - C Q);
- demand fixes the price, p = alpha / (1 - alpha) (X + X*) / (Y + Y*);
- zero profits fix pay, first abroad, omega* = B'^-1 v, then at Home, omega = R'^-1 (v - C' omega*).

Each step has one solution, so there is at most one equilibrium with these activities. It is one if
every output and every pay is positive and no firm would rather have its task 1 elsewhere.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from offshoring.residuals import checked
from offshoring.shadow_migration.closed import price
from offshoring.shadow_migration.conditions import (
    Condition,
    filled,
    of_outputs,
    of_pay,
    settle,
    sizes,
)
from offshoring.shadow_migration.heckscher_ohlin import (
    HeckscherOhlin,
    Rules,
    TechnologyGap,
    TradeEquilibrium,
)
from offshoring.shadow_migration.inputs import ENTRIES, Inputs, entry_problems
from offshoring.shadow_migration.tasks_equilibrium import (
    GoodsEquilibrium,
    ServiceEquilibrium,
)
from offshoring.validation import (
    Array,
    Value,
    at_least_one,
    check,
    kind_problems,
    problem,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class _TasksAbroad(TechnologyGap):
    """What the service and the goods variant share; they differ in the inputs of Foreign firms."""

    A_1: Inputs
    chi_X: Value = 1.0
    chi_Y: Value = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self, *self._task_problems())

    def _further_rules(self) -> tuple[list[str], Rules]:
        rules: Rules = {name: at_least_one(getattr(self, name)) for name in ("chi_X", "chi_Y")}
        return kind_problems(self, A_1=Inputs), rules

    def _further_numbers(self) -> tuple[str, ...]:
        return ("chi_X", "chi_Y")

    def _task_problems(self) -> list[str]:
        """Words on tasks that need more than the whole good, or leave proportional rests."""
        problems = entry_problems("A_1", self.A_1)
        for entry in ENTRIES:
            whole, task = getattr(self.A, entry), getattr(self.A_1, entry)
            fits = task <= np.asarray(whole)
            problems.append(problem(f"A_1.{entry}", task, fits, f"<= A.{entry}"))
        if not any(problems):
            R = self.R
            rule = (
                "different from 0: what stays at Home must not need labour and capital in the same "
                "proportion in both goods"
            )
            problems.append(problem("det(A - A_1)", R.det, ~R.singular, rule))
        return problems

    @property
    def moved(self) -> Inputs:
        """Home factors saved per unit of each good; no saving in a sector with chi >= gamma.

        There the move does not pay at the pay of goods trade (BRN-11), so its tasks stay.
        """
        gamma = np.asarray(self.gamma)
        if np.all((self.chi_X < gamma) & (self.chi_Y < gamma)):
            return self.A_1
        moves_X = np.where(self.chi_X < gamma, 1.0, 0.0)[()]
        moves_Y = np.where(self.chi_Y < gamma, 1.0, 0.0)[()]
        return self.A_1.columns(moves_X, moves_Y)

    @property
    def R(self) -> Inputs:
        """Home's inputs per unit of each good at Home: all tasks but those moved."""
        return self.A.minus(self.moved)

    @property
    def C(self) -> Inputs:
        """Foreign factors used per unit of each good of Home firms: moved tasks, at cost chi."""
        return self.moved.columns(self.chi_X, self.chi_Y)

    @property
    @abstractmethod
    def B(self) -> Inputs:
        """Foreign factors used per unit of each good of Foreign firms."""

    @property
    def technology(self) -> Inputs:
        """B / gamma, the technology of the standard economy that trades like this one."""
        return self.B.times(1 / np.asarray(self.gamma))

    def without_offshoring(self) -> HeckscherOhlin:
        """The same two countries if no task can move."""
        return HeckscherOhlin(
            A=self.A, gamma=self.gamma, alpha=self.alpha, L=self.L, K=self.K,
            L_star=self.L_star, K_star=self.K_star,
        )  # fmt: skip

    def violations(self) -> dict[str, Array]:
        """By how much each condition of the equilibrium fails, by name; 0 where it holds.

        Conditions on goods trade before offshoring have names that end in 'before'. 'S_X' is the
        saving of a firm that moves its X-task, 'stays_X' the loss of one that would, if it stays.
        """
        before = self.without_offshoring()
        return sizes(
            self, self._conditions(self._values(), before._conditions(before._values(), " before"))
        )

    def _fields(self) -> dict[str, Any]:
        """What the equilibrium is made of, goods trade before offshoring included."""
        values, before = self._values(), self.without_offshoring()
        old, moved = before._values(), self.moved
        parts = [np.asarray(getattr(moved, entry)) > 0 for entry in ENTRIES]
        moves = np.logical_or.reduce(np.broadcast_arrays(*parts))
        regime = np.where(moves, "offshoring", "no offshoring")
        found = settle(
            self, values, self._conditions(values, before._conditions(old, " before")), regime
        )
        goods = TradeEquilibrium(**filled(before, old, np.isfinite(found["w"]), "trade"))
        return found | {"before": goods}

    def _values(self) -> dict[str, Array]:
        R, C, B = self.R, self.C, self.B
        X, Y = R.outputs(self.L, self.K)
        used_L, used_K = C.employment(X, Y)
        X_star, Y_star = B.outputs(self.L_star - used_L, self.K_star - used_K)
        p = price(self.alpha, X + X_star, Y + Y_star)
        w_star, r_star = B.pay(p)
        cost_X, cost_Y = C.costs(w_star, r_star)
        w, r = R.pay(p - cost_Y, 1 - cost_X)
        return {
            "p": p, "w": w, "r": r, "w_star": w_star, "r_star": r_star,
            "X": X, "Y": Y, "X_star": X_star, "Y_star": Y_star,
        }  # fmt: skip

    def _conditions(
        self, v: dict[str, Array], before: dict[str, Condition]
    ) -> dict[str, Condition]:
        abroad = self.A.times(self.gamma)
        return {
            **before,
            **of_outputs(self.A, self.L, self.K, v["X"], v["Y"]),
            **of_outputs(abroad, self.L_star, self.K_star, v["X_star"], v["Y_star"], "_star"),
            **of_pay(self.A, v["p"], v["w"], v["r"]),
            **of_pay(abroad, v["p"], v["w_star"], v["r_star"], "_star"),
            **self._choices(v),
        }

    def _choices(self, v: dict[str, Array]) -> dict[str, Condition]:
        """No firm would rather have its task 1 in the other country."""
        saved = self.A_1.costs(v["w"], v["r"])
        paid = self.A_1.columns(self.chi_X, self.chi_Y).costs(v["w_star"], v["r_star"])
        found = {}
        scales: tuple[Value, Value] = (1.0, np.abs(v["p"]))
        for j, good in enumerate("XY"):
            moves = getattr(self, f"chi_{good}") < np.asarray(self.gamma)
            gain, scale = saved[j] - np.asarray(paid[j]), scales[j]
            note = f"the saving per unit of {good}, whose tasks move"
            found[f"S_{good}"] = Condition(np.where(moves, gain, 0.0), scale, False, note)
            note = f"the loss if the tasks of {good} moved: their chi_{good} >= gamma, so they stay"
            found[f"stays_{good}"] = Condition(np.where(moves, 0.0, -gain), scale, False, note)
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class ServiceOffshoring(_TasksAbroad):
    """Offshore units carry Home's technology abroad and serve Home firms only (BRN-12).

    Parameters
    ----------
    A : Inputs
        Home's inputs for one unit of X, the numeraire, and of Y, the capital-intensive good; > 0.
    A_1 : Inputs
        Of these, the inputs of task 1, which can be done abroad; 0 <= A_1 <= A.
    gamma : float or array
        Inputs that Foreign firms need, relative to Home, > 1; pure number.
    alpha : float or array
        Share of spending on Y, in (0, 1).
    L, K, L_star, K_star : float or array
        Labour and capital at Home and abroad, > 0.
    chi_X, chi_Y : float or array
        Inputs that task 1 needs abroad, relative to Home, >= 1; pure numbers. In a sector with
        chi >= gamma the tasks stay.

    All parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule. A task that
        needs more than its good, or that leaves the two goods with proportional inputs at Home, is
        named once every parameter is in its range.
    """

    @property
    def B(self) -> Inputs:
        """Foreign factors used per unit of each good of Foreign firms: gamma A."""
        return self.A.times(self.gamma)

    def solve(self) -> ServiceEquilibrium:
        """The equilibrium in which task 1 is abroad and both countries make both goods.

        Returns
        -------
        ServiceEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and a condition fails: an output or a pay that is not
            positive, before offshoring or with it, or a firm that would rather have its task
            elsewhere. The message names each with its value. With array parameters such points
            carry NaN, and ``exists`` says where. An economy that was not diversified before
            offshoring is refused too, though it may have an equilibrium with it: there would be
            nothing to compare with.

        Examples
        --------
        >>> economy = ServiceOffshoring(
        ...     A=Inputs(1, 0.6, 0.4, 1.2), A_1=Inputs(0.25, 0.1, 0.05, 0.15), gamma=2, alpha=0.5,
        ...     L=10, K=11, L_star=30, K_star=20)
        >>> eq = economy.solve()
        >>> round(eq.p, 10), round(eq.w, 10), round(eq.M_X, 10)
        (1.6590289143, 0.6625035721, 1.5245571087)
        """
        eq = ServiceEquilibrium(**self._fields())
        checked(eq.existing())
        return eq


@dataclass(frozen=True, kw_only=True, eq=False)
class GoodsOffshoring(_TasksAbroad):
    """Offshore units sell task 1 to Foreign firms too, at Home's technology (BRN-26).

    Parameters and errors are those of :class:`ServiceOffshoring`.
    """

    @property
    def B(self) -> Inputs:
        """Foreign factors used per unit of each good of Foreign firms: gamma R + C."""
        return self.R.times(self.gamma).plus(self.C)

    def solve(self) -> GoodsEquilibrium:
        """The equilibrium in which task 1 is abroad and both countries make both goods.

        Returns and raises as :meth:`ServiceOffshoring.solve` does. No firm ever wants its task
        elsewhere: pay at Home is gamma times pay abroad, before and after (BRN-G1).

        Examples
        --------
        >>> economy = GoodsOffshoring(
        ...     A=Inputs(1, 0.6, 0.4, 1.2), A_1=Inputs(0.25, 0.1, 0.05, 0.15), gamma=2, alpha=0.5,
        ...     L=10, K=11, L_star=30, K_star=20)
        >>> eq = economy.solve()
        >>> round(eq.p, 10), round(eq.w / eq.w_star, 10)
        (1.8416666667, 2.0)
        """
        eq = GoodsEquilibrium(**self._fields())
        checked(eq.existing())
        return eq
