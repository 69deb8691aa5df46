r"""Where one task is done, at given wages and outputs.

Three outcomes are candidates for a task: all firms do it in East (``"E"``), all do it in West
(``"W"``), or each does it at home (``"B"``, both). :class:`TaskLocation` answers twice and by
different routes.

- ``survivor`` builds the costs of every firm in each outcome, as they are, and tries the
  deviations: a coalition of all firms of one nationality moves, or a supplier to everybody does.
- ``location`` uses the paper's rule (GRH12-loc), made of the thresholds I, I* and J.

Thresholds are kept as logs of the cost of distance, beta t, and compared there. With
u = log(N / N*), v = log w and A(X) = X^theta they are

    log beta t(I)  = -v + theta log(1 + e^u)                                   (GRH12-1)
    log beta t(I*) =  v + theta log(1 + e^-u)                                  (GRH12-2)
    log beta t(J)  =  v + log(1 - e^-(u + v)) - log(1 - e^-(u - v)),  u >= 0   (GRH12-3)

The last is GRH12-3 without its cancellation at equal countries. West is the mirror of East:
exchange u, v for -u, -v.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.schedules import Schedule
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    check,
    freeze,
    kind_problems,
    open_unit,
    positive,
)

Flags = NDArray[np.bool_]
Names = NDArray[np.str_]

FAR = 40.0  # a log ratio of outputs from which the smaller one no longer counts in a sum


def log_cost_I(u: Value, v: Value, theta: Value) -> Array:
    """log beta t(I), not clipped: above it Western firms leave East (GRH12-1)."""
    return np.asarray(theta * np.logaddexp(0.0, u) - v)[()]


def log_cost_I_star(u: Value, v: Value, theta: Value) -> Array:
    """log beta t(I*), not clipped: above it Eastern firms leave West (GRH12-2)."""
    return log_cost_I(-u, -v, theta)


def log_cost_J(u: Value, v: Value) -> Array:
    """log beta t(J), not clipped (GRH12-3): below it the country with less output is cheaper.

    Minus infinity where that country is cheaper for no task at all, infinity where it is for
    every task. Equal outputs count as East being the larger. NaN where outputs and wages are both
    equal: there the two countries cost the same for every task.
    """
    lead = np.abs(u)
    wage = np.where(np.asarray(u) < 0, -v, v)  # of the country with more output
    inside = np.abs(wage) < lead
    a, b = np.where(inside, lead + wage, 1.0), np.where(inside, lead - wage, 1.0)
    middle = wage + np.log(-np.expm1(-a)) - np.log(-np.expm1(-b))
    outside = np.select([wage > 0, wage < 0], [np.inf, -np.inf], np.nan)
    return np.where(inside, middle, outside)[()]


def distance_problems(schedule: Schedule, beta: Value) -> list[str]:
    """What is wrong with the cost of distance, in words."""
    problems = []
    if not np.all(schedule.rises):
        problems.append(f"schedule = {schedule!r} must be strictly increasing")
    first = np.asarray(beta * schedule.t(0.0))
    if (first < 1 - 1e-12).any():  # one, but for rounding, is allowed
        least = f"beta t(0) = {first.min():g}"
        problems.append(f"{least} must be >= 1: distance never makes a task cheaper")
    return problems


def _check_above(name: str, value: Value, least: float) -> None:
    bad = ~(np.asarray(value) > least)
    if bad.any():
        raise ValueError(f"{name} = {np.asarray(value)[bad].flat[0]:g} must be > {least:g}")


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskLocation(Parameters):
    """Two countries with given outputs and wages, and the tasks that their firms share.

    Parameters
    ----------
    schedule : Schedule
        Relative cost t(i) of doing task i abroad, strictly increasing.
    beta : float or array
        Shift of all offshoring costs, with beta t(0) >= 1; pure number.
    theta : float or array
        Elasticity of the external economies A(X) = X^theta, strictly between 0 and 1.
    N, N_star : float or array
        Output of all firms of East, and of West, > 0; units of final goods.
    w : float or array
        East's wage, > 0; in units of West's wage.

    Notes
    -----
    All parameters broadcast together, and with the tasks. At a threshold itself two outcomes
    survive; there rounding decides.

    Examples
    --------
    >>> import numpy as np
    >>> from offshoring.schedules import Linear
    >>> world = TaskLocation(schedule=Linear(a=1, b=1.5), beta=1.5, theta=0.8, N=4, N_star=1, w=1.5)
    >>> world.I_star.round(4), world.J.round(4), world.I.round(4)
    (np.float64(0.1303), np.float64(0.2222), np.float64(0.4071))
    >>> world.location([0.1, 0.2, 0.3, 0.6])
    array(['W', 'E', 'E', 'B'], dtype='<U3')
    >>> world.efficient([0.1, 0.2, 0.3, 0.6])
    array(['W', 'W', 'E', 'E'], dtype='<U3')
    """

    schedule: Schedule
    beta: Value
    theta: Value
    N: Value
    N_star: Value
    w: Value

    def __post_init__(self) -> None:
        numbers = ("beta", "theta", "N", "N_star", "w")
        freeze(self, *numbers)
        problems = [*kind_problems(self, schedule=Schedule), self.shape_problem()]
        if not any(problems):
            problems += distance_problems(self.schedule, self.beta)
        rules = {name: positive(getattr(self, name)) for name in numbers}
        check(self, *problems, **rules | {"theta": open_unit(self.theta)})

    # ---------------------------------------------------------------- thresholds

    @property
    def _u(self) -> Array:
        u = np.log(self.N) - np.log(self.N_star)
        near = np.abs(u) < FAR  # there the ratio keeps digits that the difference loses
        return np.where(near, np.log(self.N / np.where(near, self.N_star, self.N)), u)

    @property
    def _v(self) -> Array:
        return np.asarray(np.log(self.w))

    @property
    def log_cost_I(self) -> Array:
        """log beta t(I), not clipped to the costs that tasks have."""
        return log_cost_I(self._u, self._v, self.theta)

    @property
    def log_cost_I_star(self) -> Array:
        """log beta t(I*), not clipped to the costs that tasks have."""
        return log_cost_I_star(self._u, self._v, self.theta)

    @property
    def log_cost_J(self) -> Array:
        """log beta t(J), not clipped; infinite where one country is cheaper for every task."""
        return log_cost_J(self._u, self._v)

    @property
    def I(self) -> Array:  # noqa: E743 (the letter of the papers)
        """The last task that can be concentrated in East (GRH12-1); 0 if none, 1 if all can."""
        return self._task(self.log_cost_I)

    @property
    def I_star(self) -> Array:
        """The last task that can be concentrated in West (GRH12-2); 0 if none, 1 if all can."""
        return self._task(self.log_cost_I_star)

    @property
    def J(self) -> Array:
        """The last task that is cheaper in the country with less output, in [0, 1] (GRH12-3).

        With N >= N* it is zero if East is cheaper for every task and one if West is. With N < N*
        it is the J of the mirrored world: zero if West is cheaper for every task and one if East
        is. NaN where N = N* and w = 1.
        """
        return self._task(self.log_cost_J)

    @property
    def I_eff(self) -> Array:
        """The last task for which East costs all firms together no more than each at home does."""
        return self._task(_log_cost_eff(self._u, self._v, self.theta))

    @property
    def I_star_eff(self) -> Array:
        """The last task for which West costs all firms together no more than each at home does."""
        return self._task(_log_cost_eff(-self._u, -self._v, self.theta))

    def _task(self, log_cost: Array) -> Array:
        """The last task whose cost of distance is not above a cost; clipped to [0, 1]."""
        with np.errstate(over="ignore"):  # an infinite cost is above that of every task
            return self.schedule.inverse(np.exp(log_cost - np.log(self.beta)))

    # ---------------------------------------------------------------- costs

    def log_distance(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log beta t(i); give m = 1 - i where i has lost its digits."""
        i = np.asarray(i, dtype=float)
        if np.isnan(i).any():
            raise ValueError("i = nan must be in [0, 1], the range of tasks")
        return np.log(self.beta) + np.log(self.schedule.t(i, m))

    def _log_unit_costs(self, i: ArrayLike, m: ArrayLike | None) -> dict[str, dict[str, Array]]:
        """log cost of one unit of the task, by the firm's nation and by where it is done.

        ``home alone``: at home, when only firms of that nation are there; ``home all``: at home,
        when everybody is; ``away alone`` and ``away all``: in the other country.
        """
        far = self.log_distance(i, m)
        alone = {"E": np.log(self.N), "W": np.log(self.N_star)}
        wage: dict[str, Array] = {"E": self._v, "W": np.zeros(())}
        everybody = self.theta * np.logaddexp(alone["E"], alone["W"])
        costs = {}
        for nation, other in (("E", "W"), ("W", "E")):
            own = self.theta * alone[nation]
            costs[nation] = {
                "home alone": wage[nation] - own,
                "home all": wage[nation] - everybody,
                "away alone": far + wage[other] - own,
                "away all": far + wage[other] - everybody,
            }
        return costs

    def costs(self, i: ArrayLike, m: ArrayLike | None = None) -> dict[str, Array]:
        """What the task costs all firms together in each outcome, in units of West's wage.

        Infinite in ``"E"`` and ``"W"`` if beta t(i) is.
        """
        east, west = self._log_unit_costs(i, m).values()
        pairs = {
            "E": (east["home all"], west["away all"]),
            "W": (east["away all"], west["home all"]),
            "B": (east["home alone"], west["home alone"]),
        }
        with np.errstate(over="ignore"):  # infinite where distance is
            total = [self.N * np.exp(a) + self.N_star * np.exp(b) for a, b in pairs.values()]
        return {
            name: np.array(c)[()]
            for name, c in zip(pairs, np.broadcast_arrays(*total), strict=True)
        }

    def margin(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """The deviant's margin: cost in East less cost in West, in West's wage (GRH12-delta).

        Positive where West is cheaper. It is
        ``[(w N - N*) - beta t(i) (N - w N*)] / A(N + N*)``.
        """
        level, slope = self.w * self.N - self.N_star, self.N - self.w * self.N_star
        with np.errstate(over="ignore", invalid="ignore"):
            far = np.exp(self.log_distance(i, m))
            gap = level - np.where(slope == 0, 0.0, slope * far)  # 0 times infinity is meant as 0
        return gap / np.asarray(self.N + self.N_star) ** self.theta

    # ---------------------------------------------------------------- the supplier

    def supplier_profit(self, i: ArrayLike, mu: Value, m: ArrayLike | None = None) -> Array:
        """What a supplier to everybody earns once all others have switched (GRH12-game).

        The supplier sits in the country that is cheaper for the task. Customers who have switched
        would pay mu > 1 times its cost when producing for themselves, and that is its price.
        """
        _check_above("mu", mu, 1)
        cost = self.costs(i, m)
        return (np.asarray(mu) - 1) * np.minimum(cost["E"], cost["W"])

    def capability_bound(self, i: ArrayLike, salary: Value, m: ArrayLike | None = None) -> Array:
        """The value of phi / (mu - 1) below which the supplier's profit pays for phi managers."""
        _check_above("salary", salary, 0)
        return self.supplier_profit(i, 2.0, m) / np.asarray(salary)

    # ---------------------------------------------------------------- the game

    def deviations(self, i: ArrayLike, m: ArrayLike | None = None) -> dict[str, dict[str, Flags]]:
        """Which deviation defeats which outcome.

        Returns
        -------
        dict of dict of bool array
            By outcome and deviation. ``"East moves"``, ``"West moves"``: all firms of a nation
            go to the other place together and gain. ``"supplier"``: a supplier in the country
            that is cheaper for the task offers to do it for everybody, and no nation would rather
            do it at home. The dispersed outcome needs no test of suppliers: a nation that can be
            won over by one would also move by itself.
        """
        east, west = self._log_unit_costs(i, m).values()
        cost = self.costs(i, m)
        return {
            "E": {
                "East moves": east["away alone"] < east["home all"],
                "West moves": west["home alone"] < west["away all"],
                # Western customers of a supplier in West are at home; Eastern ones must be won
                "supplier": (cost["W"] < cost["E"]) & (east["away all"] <= east["home alone"]),
            },
            "W": {
                "East moves": east["home alone"] < east["away all"],
                "West moves": west["away alone"] < west["home all"],
                "supplier": (cost["E"] < cost["W"]) & (west["away all"] <= west["home alone"]),
            },
            "B": {
                "East moves": east["away all"] < east["home alone"],
                "West moves": west["away all"] < west["home alone"],
            },
        }

    def viable(self, i: ArrayLike, m: ArrayLike | None = None) -> dict[str, Flags]:
        """Which outcomes no nation wants to leave: what is left without any supplier."""
        tests = self.deviations(i, m)
        return {name: ~(t["East moves"] | t["West moves"]) for name, t in tests.items()}

    def survivor(self, i: ArrayLike, m: ArrayLike | None = None) -> Names:
        """The outcome that no deviation defeats; several letters if there are several."""
        tests = self.deviations(i, m).items()
        defeated = {name: reduce(np.logical_or, test.values()) for name, test in tests}
        return self._names({name: ~bad for name, bad in defeated.items()}, i)

    def location(self, i: ArrayLike, m: ArrayLike | None = None) -> Names:
        """Where the task is done by the paper's rule: ``"E"``, ``"W"`` or ``"B"`` (GRH12-loc).

        ``"EW"``: in one of the two, and which one is not determined (N = N* and w = 1).
        """
        far = self.log_distance(i, m)
        in_east, in_west = far <= self.log_cost_I, far <= self.log_cost_I_star
        J = self.log_cost_J
        small, large = np.where(self._u < 0, "E", "W"), np.where(self._u < 0, "W", "E")
        either = np.where(np.isnan(J), "EW", np.where(far <= J, small, large))
        one = np.where(in_east, "E", np.where(in_west, "W", "B"))
        return np.where(in_east & in_west, either, one).astype("<U3")[()]

    def efficient(self, i: ArrayLike, m: ArrayLike | None = None) -> Names:
        """The outcome that costs all firms together least, given wages and outputs.

        Several letters where outcomes cost the same up to four roundings.
        """
        cost = self.costs(i, m)
        least = reduce(np.minimum, cost.values()) * (1 + 4 * np.finfo(float).eps)
        return self._names({name: value <= least for name, value in cost.items()}, i)

    def _names(self, holds: dict[str, Flags], i: ArrayLike) -> Names:
        """The letters of the outcomes for which something holds, at each point."""
        names: Names = np.zeros(np.broadcast_shapes(np.shape(i), self.shape), dtype="<U3")
        for name, here in holds.items():
            names = np.char.add(names, np.where(here, name, ""))
        return np.asarray(names, dtype="<U3")[()]


def _log_cost_eff(u: Array, v: Array, theta: Value) -> Array:
    """log beta t(I_eff): where concentration in East and dispersion cost the same (GRH12-eff).

    The cost is beta t(I) + (N / N*) [(X / N)^theta - 1]; far out the second term goes to theta.
    """
    saved = theta * np.logaddexp(0.0, -np.minimum(u, FAR))
    second = np.where(u < FAR, u + saved + np.log(-np.expm1(-saved)), np.log(theta))
    return np.logaddexp(log_cost_I(u, v, theta), second)
