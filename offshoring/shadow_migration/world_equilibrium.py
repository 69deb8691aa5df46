"""The world equilibrium in whatever regime: which activities run, and what factors are paid.

How the equilibrium is found
----------------------------
An activity makes one good in the firms of one country, with some of its tasks abroad; it uses fixed
amounts of Home and Foreign labour and capital. Tastes are the same everywhere, only income scales
them, and nothing distorts prices, so a competitive equilibrium maximises
(1 - alpha) log X + alpha log Y over what the activities can make of the world's factors.

The frontier of X and Y is a polygon. A linear programme at a price p finds a corner of it, and
factor pay as the values of its constraints. Two corners that bracket the optimum are moved
together: the programme at the price that makes them equal either finds a corner between them, or
says that they are neighbours. At that price consumers with the new corner's income would buy more Y
than it has, or less, which says on which side the optimum is. With two neighbours left it is one of
them, and demand sets p, or it is on the edge between them, and the activities set p. World outputs
and p are unique; pay need not be, at a corner where more constraints bind than activities run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from offshoring.residuals import checked
from offshoring.shadow_migration.closed import technology_problems
from offshoring.shadow_migration.heckscher_ohlin import ENDOWMENTS, Accounts, TwoCountries
from offshoring.shadow_migration.inputs import ENTRIES, ROUNDING, Inputs, entry_problems
from offshoring.shadow_migration.tasks_abroad import GoodsOffshoring, ServiceOffshoring
from offshoring.validation import (
    Array,
    Parameters,
    above_one,
    at_least_one,
    check,
    freeze,
    kind_problems,
)

SINGLE = "must be one number each: this economy is solved one at a time"
IDLE = 1e-9  # the part of a factor that an activity must use to count as running
TOLERANCE = 1e-10  # the finest that the linear programme allows
SAME = 1e-11  # corners whose values differ by less are on one edge: rounding, with a margin
UNPAID = 1e-9  # the part of the cost of X that a factor must be able to earn to count as paid
MOST_TASKS = 12  # in one good; the number of activities doubles with each


@dataclass(frozen=True, eq=False)
class Task(Parameters):
    """A task that can be done abroad: its inputs at Home, and what abroad needs relative to them.

    Parameters
    ----------
    A : Inputs
        Home's inputs for the task, per unit of each good, >= 0.
    chi_X, chi_Y : float
        Inputs abroad relative to Home in each sector, finite and >= 1; pure numbers.
    """

    A: Inputs
    chi_X: float = 1.0
    chi_Y: float = 1.0

    def __post_init__(self) -> None:
        freeze(self, "chi_X", "chi_Y")
        check(
            self,
            *kind_problems(self, A=Inputs),
            *(entry_problems("A", self.A) if isinstance(self.A, Inputs) else []),
            chi_X=at_least_one(self.chi_X),
            chi_Y=at_least_one(self.chi_Y),
        )


class Activity(NamedTuple):
    """One way to make one unit of a good.

    Attributes
    ----------
    firm : str
        'Home' or 'Foreign'.
    good : str
        'X' or 'Y'.
    tasks : tuple of int
        Tasks done abroad with Home's technology, counted from 1.
    uses : tuple of float
        Home labour and capital, Foreign labour and capital.
    """

    firm: str
    good: str
    tasks: tuple[int, ...]
    uses: tuple[float, float, float, float]

    @property
    def name(self) -> str:
        """The activity in words."""
        tasks = " and ".join(map(str, self.tasks))
        if not tasks:
            return f"{self.firm} {self.good}"
        return f"{self.firm} {self.good} with task {tasks} offshore"


@dataclass(frozen=True, kw_only=True, eq=False)
class WorldEconomy(TwoCountries):
    """Two countries and any number of tasks that Home firms can do abroad; one single economy.

    Parameters
    ----------
    A : Inputs
        Home's inputs for one unit of X, the numeraire, and of Y, the capital-intensive good; > 0.
    tasks : tuple of Task
        The tasks that can be done abroad; together they need no more than ``A``.
    gamma : float
        Inputs that Foreign firms need, relative to Home, > 1; pure number.
    alpha : float
        Share of spending on Y, in (0, 1).
    L, K, L_star, K_star : float
        Labour and capital at Home and abroad, > 0.
    goods : bool
        Whether offshore units sell to Foreign firms too.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule; also if a
        parameter is an array. Tasks that need more than the whole goods are named once every
        parameter is in its range.
    """

    A: Inputs
    tasks: tuple[Task, ...]
    gamma: float
    goods: bool = False

    def __post_init__(self) -> None:
        rules = self._freeze("gamma") | {"gamma": above_one(self.gamma)}
        tasks = self.tasks if isinstance(self.tasks, tuple | list) else (self.tasks,)
        object.__setattr__(self, "tasks", tuple(tasks))
        check(
            self, *kind_problems(self, A=Inputs, goods=bool), *self._kind_problems(),
            *technology_problems(self.A), **rules,
        )  # fmt: skip
        check(self, *self._task_problems())

    def _kind_problems(self) -> list[str]:
        """Words on tasks that are none, and on arrays where one number is needed."""
        words = [
            f"tasks[{n}] = {task!r} must be a Task"
            for n, task in enumerate(self.tasks)
            if not isinstance(task, Task)
        ]
        parts = [self, *(task for task in self.tasks if isinstance(task, Task))]
        if arrays := [name for part in parts for name, _ in part._arrays()]:
            return [*words, f"{', '.join(arrays)} {SINGLE}"]
        for good in "XY":
            number = sum(isinstance(t, Task) and _is_used(t, good) for t in self.tasks)
            if number > MOST_TASKS:
                words.append(f"tasks has {number} tasks of {good} and must have <= {MOST_TASKS}")
        return words

    def _task_problems(self) -> list[str]:
        found = []
        for entry in ENTRIES:
            total = sum(float(getattr(task.A, entry)) for task in self.tasks)
            whole = float(getattr(self.A, entry))
            if total > whole * (1 + ROUNDING):
                found.append(f"the tasks' {entry} = {total:g} must be <= A.{entry} = {whole:g}")
        return found

    @classmethod
    def of(cls, economy: ServiceOffshoring | GoodsOffshoring) -> WorldEconomy:
        """The same world as an economy with one task, in whatever regime it is."""
        e = economy
        if not isinstance(e, ServiceOffshoring | GoodsOffshoring):
            raise ValueError(
                f"WorldEconomy: economy = {e!r} must be a ServiceOffshoring or a GoodsOffshoring"
            )
        if arrays := [name for name, _ in e._arrays()]:
            raise ValueError(f"WorldEconomy: {', '.join(arrays)} {SINGLE}")
        return cls(
            A=e.A, tasks=(Task(e.A_1, float(e.chi_X), float(e.chi_Y)),), gamma=float(e.gamma),
            alpha=float(e.alpha), L=float(e.L), K=float(e.K), L_star=float(e.L_star),
            K_star=float(e.K_star), goods=isinstance(e, GoodsOffshoring),
        )  # fmt: skip

    def activities(self) -> tuple[Activity, ...]:
        """All ways to make a good: one per firm, sector and set of tasks that are offshore."""
        found = []
        for good in "XY":
            sets = _subsets([n for n, task in enumerate(self.tasks, 1) if _is_used(task, good)])
            found += [self._activity("Home", good, tasks) for tasks in sets]
            choices = sets if self.goods else [()]
            found += [self._activity("Foreign", good, tasks) for tasks in choices]
        return tuple(found)

    def interior(self) -> tuple[str, ...]:
        """The interior's activities: all firms make both goods, tasks with chi < gamma move."""
        names = []
        for good in "XY":
            moved = tuple(
                n
                for n, task in enumerate(self.tasks, 1)
                if _is_used(task, good) and getattr(task, f"chi_{good}") < self.gamma
            )
            names.append(self._activity("Home", good, moved).name)
            names.append(self._activity("Foreign", good, moved if self.goods else ()).name)
        return tuple(names)

    def _activity(self, firm: str, good: str, tasks: tuple[int, ...]) -> Activity:
        own = [float(getattr(self.A, factor + good)) for factor in "LK"]
        offshore = [0.0, 0.0]
        for number in tasks:
            task = self.tasks[number - 1]
            chi = float(getattr(task, f"chi_{good}"))
            for row, factor in enumerate("LK"):
                part = float(getattr(task.A, factor + good))
                own[row] = max(own[row] - part, 0.0)  # rounding, where all tasks are offshore
                offshore[row] += chi * part
        if firm == "Home":
            return Activity(firm, good, tasks, (own[0], own[1], offshore[0], offshore[1]))
        abroad = [self.gamma * a + b for a, b in zip(own, offshore, strict=True)]
        return Activity(firm, good, tasks, (0.0, 0.0, abroad[0], abroad[1]))

    def solve(self) -> WorldEquilibrium:
        """The world equilibrium; outputs of the world and p are unique.

        Where two activities do equally well, as with chi = gamma, what each country makes, trade
        and ``regime`` are those of one solution among many.

        Returns
        -------
        WorldEquilibrium
            Numbers, no arrays.

        Raises
        ------
        RuntimeError
            If the linear programme fails, as it may for numbers of very different sizes.

        Examples
        --------
        >>> economy = ServiceOffshoring(
        ...     A=Inputs(1, 0.6, 0.4, 1.2), A_1=Inputs(0.25, 0.1, 0.05, 0.15), gamma=2, alpha=0.5,
        ...     L=10, K=11, L_star=30, K_star=20)
        >>> eq = WorldEconomy.of(economy).solve()
        >>> round(eq.p, 9), round(eq.w, 9), eq.regime
        (1.659028914, 0.662503572, ('interior',))
        """
        return checked(_optimum(self))


@dataclass(frozen=True, kw_only=True, eq=False)
class WorldEquilibrium(Accounts):
    """What :meth:`WorldEconomy.solve` returns; prices and incomes in units of X.

    Attributes
    ----------
    economy : WorldEconomy
    p : float
        World price of Y.
    w, r, w_star, r_star : float
        Pay of labour and capital at Home and abroad; 0 for a factor that is not fully employed.
    X, Y, X_star, Y_star : float
        Outputs of Home and of Foreign firms.
    levels : array
        Output of each activity, in the order of ``economy.activities()``.
    regime : tuple of str
        ('interior',), or in what the equilibrium differs from it: interior activities that do not
        run, others that do, and factors that are unpaid.
    """

    levels: Array

    @property
    def in_use(self) -> dict[str, float]:
        """Outputs of the activities that run, by their names."""
        return _running(self.economy, self.levels)

    def residuals(self) -> dict[str, Array]:
        """Relative error of every condition of the optimum and of the equilibrium.

        'factors' is what is used beyond an endowment, 'idle' the pay of what is not used, 'profit'
        the largest profit of any activity per unit of revenue, 'loss' the loss of those that run in
        world income; all from the fields alone.
        """
        e, activities = self.economy, self.economy.activities()
        uses = np.array([activity.uses for activity in activities])
        prices = np.array([1.0 if a.good == "X" else self.p for a in activities])
        pay = np.array([self.w, self.r, self.w_star, self.r_star])
        endowments = np.array([getattr(e, name) for name in ENDOWMENTS])
        used, income = self.levels @ uses / endowments, self.E + self.E_star
        profit = 1 - uses @ pay / prices
        made = {
            (firm, good): sum(
                level
                for a, level in zip(activities, self.levels, strict=True)
                if (a.firm, a.good) == (firm, good)
            )
            for firm in ("Home", "Foreign")
            for good in "XY"
        }
        outputs = {"X": ("Home", "X"), "Y": ("Home", "Y"), "X_star": ("Foreign", "X"),
                   "Y_star": ("Foreign", "Y")}  # fmt: skip
        missed = [getattr(self, n) - made[key] for n, key in outputs.items()]
        return {
            "BRN-4": self._demand_gap(),
            "BRN-GNP": (self.X_world + self.p * self.Y_world) / income - 1,
            "factors": np.maximum(used - 1, 0).max(),
            "idle": np.abs((1 - used) * pay * endowments).max() / income,
            "pay": np.minimum(pay * endowments / income, 0).min(),
            "outputs": np.abs(missed).max() / income,
            "profit": np.maximum(profit, 0).max(),
            "loss": np.abs(profit * self.levels * prices).max() / income,
        }


class _Corner(NamedTuple):
    """A corner of the frontier: levels of activities, and each good relative to its most."""

    levels: Array
    X: float
    Y: float


class _Programme:
    """The linear programme of one world: what its activities can make of its factors."""

    def __init__(self, economy: WorldEconomy) -> None:
        activities = economy.activities()
        self.endowments = np.array([getattr(economy, name) for name in ENDOWMENTS])
        limits = np.array([a.uses for a in activities]).T / self.endowments[:, None]
        # levels in units of the most that the factors allow: the programme takes coefficients
        # below 1e-9 for zero
        self.scales = 1 / limits.max(axis=0)
        self.limits = limits * self.scales
        self.is_X = np.array([a.good == "X" for a in activities])
        self.most_X, self.most_Y = self.scales[self.is_X].max(), self.scales[~self.is_X].max()
        best = self.best(1.0, 0.0)[0], self.best(0.0, 1.0)[0]
        self.most_X, self.most_Y = self.most_X * best[0].X, self.most_Y * best[1].Y

    def best(self, a: float, b: float) -> tuple[_Corner, Array]:
        """The corner of greatest a X + b Y, and the value of each factor in these weights."""
        weights = self.scales * np.where(self.is_X, a / self.most_X, b / self.most_Y)
        found = linprog(
            -weights, A_ub=self.limits, b_ub=np.ones(4), method="highs-ds",
            options={
                "primal_feasibility_tolerance": TOLERANCE, "dual_feasibility_tolerance": TOLERANCE,
            },
        )  # fmt: skip
        if found.status != 0:  # there is an optimum: nothing can be made without inputs
            raise RuntimeError(f"WorldEconomy: the linear programme failed: {found.message}")
        x = found.x * self.scales
        corner = _Corner(x, x[self.is_X].sum() / self.most_X, x[~self.is_X].sum() / self.most_Y)
        return corner, -found.ineqlin.marginals


def _optimum(economy: WorldEconomy) -> WorldEquilibrium:
    """The optimum on the frontier of X and Y, in units in which the most of each good is one."""
    programme, alpha = _Programme(economy), float(economy.alpha)
    low, high = programme.best(1.0, 0.0)[0], programme.best(0.0, 1.0)[0]  # much X, much Y
    while True:
        a, b = high.Y - low.Y, low.X - high.X  # weights at which the two are equal
        middle, pay = programme.best(a, b)
        value = a * low.X + b * low.Y
        if a * middle.X + b * middle.Y <= value * (1 + SAME):
            break
        if alpha * middle.X * a > (1 - alpha) * middle.Y * b:
            low = middle
        else:
            high = middle
    if alpha * value <= b * low.Y or alpha * value >= b * high.Y:
        corner = low if alpha * value <= b * low.Y else high
        a, b = (1 - alpha) / corner.X, alpha / corner.Y  # what consumers pay for this corner
        levels, pay = corner.levels, programme.best(a, b)[1]
    else:
        part = (alpha * value / b - low.Y) / (high.Y - low.Y)
        levels = (1 - part) * low.levels + part * high.levels
    of_X = a / programme.most_X  # price of X in these weights
    p = b / programme.most_Y / of_X
    return _equilibrium(economy, levels, float(p), pay / programme.endowments / of_X)


def _equilibrium(economy: WorldEconomy, levels: Array, p: float, pay: Array) -> WorldEquilibrium:
    made = dict.fromkeys(("Home X", "Home Y", "Foreign X", "Foreign Y"), np.zeros(()))
    for activity, level in zip(economy.activities(), levels, strict=True):
        name = f"{activity.firm} {activity.good}"
        made[name] = made[name] + level
    return WorldEquilibrium(
        economy=economy, p=np.asarray(p), w=pay[0], r=pay[1], w_star=pay[2], r_star=pay[3],
        X=made["Home X"], Y=made["Home Y"], X_star=made["Foreign X"], Y_star=made["Foreign Y"],
        levels=levels, regime=_regime(economy, levels, pay),
    )  # fmt: skip


def _regime(economy: WorldEconomy, levels: Array, pay: Array) -> tuple[str, ...]:
    """In what the equilibrium differs from the interior one, in words."""
    running, interior = _running(economy, levels), economy.interior()
    words = [f"{name} does not run" for name in interior if name not in running]
    words += [f"{name} runs" for name in running if name not in interior]
    A, gamma = economy.A, economy.gamma
    most = (1 / A.LX, 1 / A.KX, 1 / A.LX / gamma, 1 / A.KX / gamma)  # all cost is this factor's
    for name, value, scale in zip(ENDOWMENTS, pay, most, strict=True):
        if value <= UNPAID * scale:
            words.append(f"{name} is unpaid")
    return tuple(words) or ("interior",)


def _running(economy: WorldEconomy, levels: Array) -> dict[str, float]:
    """Levels of the activities that use more than a trace of some factor, by name."""
    found = {}
    for activity, level in zip(economy.activities(), levels, strict=True):
        parts = [
            use * level / getattr(economy, n)
            for use, n in zip(activity.uses, ENDOWMENTS, strict=True)
        ]
        if max(parts) > IDLE:
            found[activity.name] = float(level)
    return found


def _is_used(task: Task, good: str) -> bool:
    return max(float(getattr(task.A, factor + good)) for factor in "LK") > 0


def _subsets(numbers: list[int]) -> list[tuple[int, ...]]:
    every = (combinations(numbers, size) for size in range(len(numbers) + 1))
    return list(chain.from_iterable(every))
