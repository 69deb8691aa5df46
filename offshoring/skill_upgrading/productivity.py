"""What a worker of given skill produces in each of three activities.

They are intermediates M, low-tech headquarters L and high-tech headquarters H. Productivity rises
with skill in all three, most steeply in H and least in M (JM-5), so the able have a comparative
advantage in headquarters, above all in high-tech ones.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offshoring.roots import find_root
from offshoring.validation import Array, Parameters, Value, check, freeze

ACTIVITIES = ("M", "L", "H")


class Productivity(Parameters):
    """Logs of productivity in the three activities, as functions of a skill index y.

    The index is skill itself unless a subclass says otherwise. It is what the solvers work with:
    the model does not change if skill is renamed by an increasing function.
    """

    @abstractmethod
    def log_phi(self, activity: str, y: ArrayLike) -> Array:
        """Log of productivity in an activity, 0 at y = 0."""

    @abstractmethod
    def slope(self, activity: str, y: ArrayLike) -> Array:
        """Slope of :meth:`log_phi` in y."""

    def log_ratio(self, low: str, high: str, y: ArrayLike) -> Array:
        """log phi_low - log phi_high, which falls from 0."""
        return self.log_phi(low, y) - self.log_phi(high, y)

    @abstractmethod
    def at_log_ratio(self, low: str, high: str, log_ratio: ArrayLike, top: Value) -> Array:
        """Index at which log phi_low - log phi_high is the given number <= 0; ``top`` if beyond."""

    def index(self, Z: ArrayLike) -> Array:
        """The index of a skill."""
        return np.asarray(Z, dtype=float)[()]

    def skill(self, y: ArrayLike) -> Array:
        """The skill of an index."""
        return np.asarray(y, dtype=float)[()]

    def stretch(self, y: ArrayLike) -> Array:
        """Skill per unit of the index, dZ/dy."""
        return np.ones_like(np.asarray(y, dtype=float))[()]


@dataclass(frozen=True, eq=False)
class _Steady(Productivity):
    """Productivities that are exponential in the index."""

    M: Value
    L: Value
    H: Value

    def __post_init__(self) -> None:
        freeze(self, *ACTIVITIES)
        M, L, H = (np.asarray(getattr(self, name)) for name in ACTIVITIES)
        check(
            self,
            self.shape_problem(),
            M=(np.isfinite(M) & (M > 0), "finite and > 0"),
            H=(np.isfinite(H), "finite"),
        )
        check(self, L=(M < L, "> M"), H=(L < H, "> L"))

    def log_phi(self, activity: str, y: ArrayLike) -> Array:
        return np.asarray(getattr(self, activity) * np.asarray(y))[()]

    def slope(self, activity: str, y: ArrayLike) -> Array:
        return np.broadcast_arrays(getattr(self, activity), np.asarray(y, float))[0][()]

    def log_ratio(self, low: str, high: str, y: ArrayLike) -> Array:
        gap = np.asarray(getattr(self, high)) - getattr(self, low)
        return np.asarray(-gap * y)[()]  # y may be inf

    def at_log_ratio(self, low: str, high: str, log_ratio: ArrayLike, top: Value) -> Array:
        gap = np.asarray(getattr(self, high)) - getattr(self, low)
        return np.minimum(-np.asarray(log_ratio) / gap, top)[()]


@dataclass(frozen=True, eq=False)
class ExponentialProductivity(_Steady):
    """phi_j = exp(a_j Z).

    Parameters
    ----------
    M, L, H : float or array
        Slopes a_j of log productivity in skill, 0 < M < L < H; per unit of skill.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.

    Examples
    --------
    >>> phi = ExponentialProductivity(0.08, 0.30, 0.45)
    >>> round(float(np.exp(phi.log_phi("L", 2.0))), 6)
    1.822119
    """


@dataclass(frozen=True, eq=False)
class PowerProductivity(_Steady):
    """phi_j = (1 + Z)**b_j; the index is log(1 + Z).

    Parameters
    ----------
    M, L, H : float or array
        Powers b_j, 0 < M < L < H; pure numbers.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    def index(self, Z: ArrayLike) -> Array:
        return np.log1p(Z)

    def skill(self, y: ArrayLike) -> Array:
        with np.errstate(over="ignore"):  # a skill beyond floats is inf
            return np.expm1(y)

    def stretch(self, y: ArrayLike) -> Array:
        with np.errstate(over="ignore"):
            return np.exp(y)


@dataclass(frozen=True, eq=False)
class GivenProductivity(Productivity):
    """Productivities given as functions of skill: their logs and the slopes of these.

    Parameters
    ----------
    log_M, log_L, log_H : callable
        Elementwise functions of an array of skills >= 0; 0 at skill 0.
    slope_M, slope_L, slope_H : callable
        Their derivatives, with 0 < slope_M < slope_L < slope_H at every skill > 0.

    Raises
    ------
    ValueError
        If a log is not 0 at skill 0, or the slopes are out of order, or are not those of the logs,
        at one of a few hundred skills tried between 0 and 1000; the message says where.

    Examples
    --------
    >>> phi = GivenProductivity(
    ...     lambda Z: 0.1 * Z, lambda Z: 0.3 * Z, lambda Z: 0.3 * Z + 0.1 * Z**2 / (1 + Z),
    ...     lambda Z: 0.1 + 0 * Z, lambda Z: 0.3 + 0 * Z,
    ...     lambda Z: 0.3 + 0.1 * (Z**2 + 2 * Z) / (1 + Z) ** 2)
    >>> round(float(phi.at_log_ratio("M", "L", -0.5, 10.0)), 10)
    2.5
    """

    log_M: Callable[[Array], Array]
    log_L: Callable[[Array], Array]
    log_H: Callable[[Array], Array]
    slope_M: Callable[[Array], Array]
    slope_L: Callable[[Array], Array]
    slope_H: Callable[[Array], Array]

    def log_phi(self, activity: str, y: ArrayLike) -> Array:
        return np.asarray(getattr(self, f"log_{activity}")(np.asarray(y, float)), float)[()]

    def slope(self, activity: str, y: ArrayLike) -> Array:
        return np.asarray(getattr(self, f"slope_{activity}")(np.asarray(y, float)), float)[()]

    def __post_init__(self) -> None:
        Z = np.concatenate([np.linspace(0, 5, 301)[1:], np.geomspace(5, 1000, 100)])
        step = 1e-6 * (1 + Z)  # of central differences, right to about 1e-10 for smooth logs
        kinds = [f"{kind}_{name}" for kind in ("log", "slope") for name in ACTIVITIES]
        given = {name: getattr(self, name) for name in kinds}
        check(
            self,
            *(f"{k} = {v!r} must be a function" for k, v in given.items() if not callable(v)),
        )
        problems, last, before = [], np.zeros_like(Z), ""
        for name in ACTIVITIES:
            start = float(self.log_phi(name, 0.0))
            if start != 0:
                problems.append(f"log_{name}(0) = {start:g} must be 0")
            slope = self.slope(name, Z)
            rise = (self.log_phi(name, Z + step) - self.log_phi(name, Z - step)) / (2 * step)
            with np.errstate(invalid="ignore"):
                wrong = np.abs(slope - rise) > 1e-4 * (1 + np.abs(slope))  # far beyond their error
            rule = f"> slope_{before}" if before else "> 0"
            for bad, words in ((~(slope > last), rule), (wrong, f"the derivative of log_{name}")):
                if bad.any():
                    problems.append(
                        f"slope_{name} = {slope[bad][0]:g} at Z = {Z[bad][0]:g} must be {words}"
                    )
            last, before = slope, name
        check(self, *problems)

    def at_log_ratio(self, low: str, high: str, log_ratio: ArrayLike, top: Value) -> Array:
        target, end = np.broadcast_arrays(np.asarray(log_ratio, float), np.asarray(top, float))

        def gap(y: Array, target: Array) -> Array:
            return self.log_ratio(low, high, y) - target

        beyond = gap(end, target) >= 0
        inside = find_root(gap, 0.0, np.where(beyond, 0.0, end), (np.where(beyond, 0.0, target),))
        return np.where(beyond, end, inside)[()]
