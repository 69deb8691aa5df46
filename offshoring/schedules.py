"""The cost of doing task i abroad: four kinds of schedule with one face.

Tasks are numbered from cheap to dear, i in [0, 1]. A task done abroad needs ``beta t(i)`` times
the labour it needs at home. Every method is elementwise: tasks in, an array of the same shape out
(broadcast with the schedule's parameters, if these are arrays).

Every method takes ``m = 1 - i``, the share of tasks left at home, as a second argument. Give it
when i is so close to one that ``1 - i`` would have lost its digits; otherwise leave it out.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator, PPoly

from offshoring.roots import find_root
from offshoring.validation import Array, Parameters, Value, check, freeze, not_negative, positive


def _tasks(i: ArrayLike, m: ArrayLike | None) -> tuple[Array, Array]:
    """The pair (i, 1 - i) as arrays. NaN stays NaN; anything outside [0, 1] is an error."""
    i = np.asarray(i, dtype=float)
    m = 1 - i if m is None else np.asarray(m, dtype=float)
    outside = (i < 0) | (i > 1)
    if outside.any():
        raise ValueError(f"i = {i[outside].flat[0]:g} must be in [0, 1], the range of tasks")
    return i, m


class Schedule(Parameters):
    """Relative cost t(i) of doing task i abroad, up to the shift ``beta``.

    A kind of schedule gives ``t``, ``dt``, ``T``, ``inverse``, ``stay_home`` and ``working_time``;
    the rest follows. It overrides what follows only where the general form fails (0 times
    infinity).
    """

    @abstractmethod
    def t(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Cost t(i) > 0, not decreasing (pure number)."""

    @abstractmethod
    def dt(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Slope t'(i) >= 0."""

    @abstractmethod
    def T(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Integral of t over [0, i]: labour for the tasks done abroad (below GRH08-3)."""

    @abstractmethod
    def inverse(self, cost: ArrayLike) -> Array:
        """First task whose cost reaches ``cost``: 0 below t(0), 1 above t(1)."""

    @abstractmethod
    def stay_home(self, cost: ArrayLike) -> Array:
        """Share of tasks that cost ``cost`` or more: 1 - :meth:`inverse` with all its digits."""

    @abstractmethod
    def working_time(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Integral of 1/t over [0, i]: working time that migrants keep (GRH08-IIA-5)."""

    @property
    @abstractmethod
    def rises(self) -> NDArray[np.bool_]:
        """Whether no two tasks cost the same: t is strictly increasing."""

    def t_Omega(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """t(i) Omega(i) = (1 - i) t(i) + T(i), with slope (1 - i) t'(i) >= 0 (GRH08-fn21)."""
        i, m = _tasks(i, m)
        return m * self.t(i, m) + self.T(i, m)

    def Omega(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Cost of all tasks relative to the home wage once [0, i] is abroad (below GRH08-3)."""
        i, m = _tasks(i, m)
        return m + self.T(i, m) / self.t(i, m)

    def R(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Foreign over home bill for tasks, T / ((1 - i) t); infinite at i = 1 (GRH08-IIA-2)."""
        i, m = _tasks(i, m)
        with np.errstate(divide="ignore"):  # the limit at i = 1 is meant
            return self.T(i, m) / (m * self.t(i, m))

    def gamma(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """Foreign share of the bill for tasks, T / (T + (1 - i) t), in [0, 1]."""
        i, m = _tasks(i, m)
        return self.T(i, m) / self.t_Omega(i, m)

    def elasticity(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """The paper's eta(i) = t'(i) (1 - i) / t(i) >= 0."""
        i, m = _tasks(i, m)
        return self.dt(i, m) * m / self.t(i, m)


@dataclass(frozen=True, eq=False)
class Linear(Schedule):
    """The schedule t(i) = a + b i.

    Parameters
    ----------
    a : float or array
        Cost of the first task, > 0; pure number.
    b : float or array
        Rise in cost from the first task to the last, >= 0.

    Examples
    --------
    >>> Linear(a=1, b=1).Omega([0, 0.25, 1])
    array([1.   , 0.975, 0.75 ])
    """

    a: Value
    b: Value

    def __post_init__(self) -> None:
        freeze(self, "a", "b")
        check(
            self,
            self.shape_problem(),
            a=positive(self.a),
            b=not_negative(self.b),
        )

    def t(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self.a + self.b * i

    def dt(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self.b + 0 * i + 0 * self.a

    def T(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return i * (self.a + self.b * i / 2)

    def inverse(self, cost: ArrayLike) -> Array:
        rise = np.asarray(cost, dtype=float) - self.a
        with np.errstate(divide="ignore", invalid="ignore"):  # b = 0: a step, taken care of below
            inside = np.clip(rise / self.b, 0, 1)
        return np.where(np.asarray(self.b) > 0, inside, np.where(np.isnan(rise), rise, rise > 0))[
            ()
        ]

    def stay_home(self, cost: ArrayLike) -> Array:
        cost = np.asarray(cost, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):  # b = 0: as in inverse
            inside = np.clip((self.a + self.b - cost) / self.b, 0, 1)
        return np.where(np.asarray(self.b) > 0, inside, 1 - self.inverse(cost))[()]

    def working_time(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        b = np.where(np.asarray(self.b) > 0, self.b, 1.0)
        return np.where(np.asarray(self.b) > 0, np.log1p(b * i / self.a) / b, i / self.a)[()]

    @property
    def rises(self) -> NDArray[np.bool_]:
        return np.asarray(self.b) > 0


@dataclass(frozen=True, eq=False)
class Power(Schedule):
    r"""The constant-elasticity schedule :math:`t(i) = (1 - i)^{-\eta}`.

    Parameters
    ----------
    eta : float or array
        Elasticity t'(i) (1 - i) / t(i), >= 0; pure number. From one upwards the last task is so
        dear that T(1) is infinite.

    Examples
    --------
    >>> Power(eta=2).Omega([0, 0.5, 1])
    array([1.  , 0.75, 0.  ])
    """

    eta: Value

    def __post_init__(self) -> None:
        freeze(self, "eta")
        check(self, eta=not_negative(self.eta))

    def t(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, m = _tasks(i, m)
        with np.errstate(divide="ignore"):  # t(1) is infinite, and meant
            return m ** -np.asarray(self.eta)

    def dt(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, m = _tasks(i, m)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = self.eta * m ** (-1 - np.asarray(self.eta))
        return np.where(np.asarray(self.eta) > 0, slope, 0 * m)[()]

    def T(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        return _saturating(1 - np.asarray(self.eta), _depth(*_tasks(i, m)))

    def inverse(self, cost: ArrayLike) -> Array:
        log_cost = np.log(np.maximum(np.asarray(cost, dtype=float), 1.0))
        eta = np.where(np.asarray(self.eta) > 0, self.eta, np.finfo(float).tiny)  # a step, if flat
        with np.errstate(over="ignore"):
            return -np.expm1(-log_cost / eta)

    def stay_home(self, cost: ArrayLike) -> Array:
        log_cost = np.log(np.maximum(np.asarray(cost, dtype=float), 1.0))
        eta = np.where(np.asarray(self.eta) > 0, self.eta, np.finfo(float).tiny)
        with np.errstate(over="ignore"):
            return np.exp(-log_cost / eta)

    def working_time(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        return _saturating(1 + np.asarray(self.eta), _depth(*_tasks(i, m)))

    @property
    def rises(self) -> NDArray[np.bool_]:
        return np.asarray(self.eta) > 0

    # Closed forms, finite at i = 1 where the general ones are 0 * inf or inf / inf.
    # With u = -log(1 - i): T = (1 - e^{-ku}) / k for k = 1 - eta, and (1 - i) t = e^{-ku}.

    def t_Omega(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, m = _tasks(i, m)
        with np.errstate(divide="ignore", over="ignore"):
            return m ** (1 - np.asarray(self.eta)) + self.T(i, m)

    def Omega(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, m = _tasks(i, m)
        u, k = _depth(i, m), 1 - np.asarray(self.eta)
        # T / t is e^{-min(eta, 1) u} times a factor that is bounded except for k = 0
        factor = np.where((k == 0) & (m == 0), 0.0, _saturating(np.abs(k), u))
        return m + m ** np.minimum(self.eta, 1.0) * factor

    def R(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        return _saturating(np.asarray(self.eta) - 1, _depth(*_tasks(i, m)))

    def gamma(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        R = self.R(i, m)
        with np.errstate(invalid="ignore"):  # inf / inf where R is infinite: the share is one
            return np.where(np.isinf(R), 1.0, R / (1 + R))[()]

    def elasticity(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self.eta + 0 * i


def _depth(i: Array, m: Array) -> Array:
    """u = -log(1 - i), with all digits at both ends; infinite at i = 1."""
    with np.errstate(divide="ignore"):
        return -np.where(i < 0.5, np.log1p(-i), np.log(m)) + 0.0  # + 0.0: no minus zero


def _saturating(k: ArrayLike, u: Array) -> Array:
    """Integral of e^{-kv} over v in [0, u]: (1 - e^{-ku}) / k, and u itself for k = 0."""
    k = np.asarray(k, dtype=float)
    safe = np.where(k == 0, 1.0, k)
    with np.errstate(over="ignore", invalid="ignore"):  # e^{inf}; and 0 * inf where k = 0
        return np.where(k == 0, u, -np.expm1(-k * u) / safe)[()]


@dataclass(frozen=True, eq=False)
class Exponential(Schedule):
    """The schedule t(i) = a e^{k i}.

    Parameters
    ----------
    a : float or array
        Cost of the first task, > 0; pure number.
    k : float or array
        Growth rate of the cost along the tasks, >= 0.

    Examples
    --------
    >>> Exponential(a=1, k=2).Omega([0, 0.5, 1]).round(4)
    array([1.    , 0.8161, 0.4323])
    """

    a: Value
    k: Value

    def __post_init__(self) -> None:
        freeze(self, "a", "k")
        check(
            self,
            self.shape_problem(),
            a=positive(self.a),
            k=not_negative(self.k),
        )

    def t(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self.a * np.exp(self.k * i)

    def dt(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        return self.k * self.t(i, m)

    def T(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self.a * _saturating(-np.asarray(self.k), i)

    def inverse(self, cost: ArrayLike) -> Array:
        log_ratio = np.log(np.maximum(np.asarray(cost, dtype=float) / self.a, 1.0))
        k = np.where(np.asarray(self.k) > 0, self.k, np.finfo(float).tiny)  # a step, if flat
        with np.errstate(over="ignore"):
            return np.minimum(log_ratio / k, 1.0)

    def stay_home(self, cost: ArrayLike) -> Array:
        log_ratio = np.log(np.maximum(np.asarray(cost, dtype=float) / self.a, 1.0))
        k = np.where(np.asarray(self.k) > 0, self.k, np.finfo(float).tiny)
        with np.errstate(over="ignore"):
            return np.clip((k - log_ratio) / k, 0, 1)

    def working_time(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return _saturating(self.k, i) / self.a

    @property
    def rises(self) -> NDArray[np.bool_]:
        return np.asarray(self.k) > 0


@dataclass(frozen=True, eq=False)
class Tabulated(Schedule):
    """A schedule through given points, smooth and monotone between them (PCHIP).

    Parameters
    ----------
    tasks : sequence of float
        Points on the axis of tasks, increasing from 0 to 1.
    costs : sequence of float
        Cost t at these points, > 0 and not decreasing. Equal neighbours make a flat portion,
        on which t is exactly constant.

    Notes
    -----
    One schedule is one curve: unlike the other kinds it does not broadcast.

    Examples
    --------
    >>> step = Tabulated(tasks=[0, 0.4, 0.6, 1], costs=[1, 1, 2, 2])
    >>> step.t([0.2, 0.5, 0.9]), step.inverse([1, 2])
    (array([1. , 1.5, 2. ]), array([0. , 0.6]))
    """

    tasks: tuple[float, ...]
    costs: tuple[float, ...]
    _t: PPoly = field(init=False, repr=False)
    _dt: PPoly = field(init=False, repr=False)
    _T: PPoly = field(init=False, repr=False)
    _time_at_knots: tuple[float, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        freeze(self, "tasks", "costs")
        i, t = np.atleast_1d(self.tasks), np.atleast_1d(self.costs)
        if i.ndim > 1 or i.shape != t.shape or i.size < 2:
            raise ValueError(
                f"Tabulated: tasks {i.shape} and costs {t.shape} must be two rows of equal length, "
                "of two points or more"
            )
        check(
            self,
            _order_problem("tasks", i, strict=True),
            _order_problem("costs", t, strict=False),
            ""
            if i[0] == 0 and i[-1] == 1
            else f"tasks run from {i[0]:g} to {i[-1]:g} and must cover [0, 1] from 0 to 1",
            costs=positive(t),
        )
        object.__setattr__(self, "tasks", tuple(i.tolist()))  # tuples: nothing here broadcasts
        object.__setattr__(self, "costs", tuple(t.tolist()))
        curve = PchipInterpolator(i, t)
        object.__setattr__(self, "_t", curve)
        object.__setattr__(self, "_dt", curve.derivative())
        object.__setattr__(self, "_T", curve.antiderivative())
        pieces = self._time_within(i[:-1], i[1:])
        object.__setattr__(self, "_time_at_knots", tuple(np.cumsum([0.0, *pieces]).tolist()))

    def t(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self._t(i)[()]

    def dt(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self._dt(i)[()]

    def T(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        return self._T(i)[()]

    def inverse(self, cost: ArrayLike) -> Array:
        cost = np.asarray(cost, dtype=float)
        result = np.where(cost > self.costs[-1], 1.0, np.where(np.isnan(cost), np.nan, 0.0))
        inside = (cost > self.costs[0]) & (cost <= self.costs[-1])
        target = cost[inside]
        knots = np.asarray(self.tasks)
        right = np.searchsorted(self.costs, target, side="left")  # first knot that reaches it
        result[inside] = find_root(
            lambda i, goal: self._t(i) - goal, knots[right - 1], knots[right], args=(target,)
        )
        return result[()]

    def stay_home(self, cost: ArrayLike) -> Array:
        return 1 - self.inverse(cost)

    def working_time(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        i, _ = _tasks(i, m)
        knots = np.asarray(self.tasks)
        left = np.clip(np.searchsorted(knots, i, side="right") - 1, 0, knots.size - 2)
        return (np.asarray(self._time_at_knots)[left] + self._time_within(knots[left], i))[()]

    @property
    def rises(self) -> NDArray[np.bool_]:
        return np.asarray(np.all(np.diff(self.costs) > 0))

    def _time_within(self, start: Array, end: Array) -> Array:
        """Integral of 1/t inside one piece, where 1/t is smooth: 32 Gauss points."""
        nodes, weights = np.polynomial.legendre.leggauss(32)
        half = (end - start) / 2
        at = start[..., None] + half[..., None] * (1 + nodes)
        return half * (weights / self._t(at)).sum(axis=-1)


def _order_problem(name: str, values: Array, *, strict: bool) -> str:
    """Words on the first pair of neighbours out of order; empty if there is none."""
    steps = np.diff(values)
    bad = np.flatnonzero(~(steps > 0) if strict else steps < 0)
    if not bad.size:
        return ""
    k = bad[0]
    rule = "increase" if strict else "not decrease"
    return f"{name} go from {values[k]:g} to {values[k + 1]:g} at position {k + 1} and must {rule}"
