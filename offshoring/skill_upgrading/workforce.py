"""Workers: how skill is distributed together with what it produces.

What the solvers need is the same for every kind of productivity and of distribution: the skill at
which two activities pay the same, and the output of the workers between two skills. Where both are
of families that fit, output is in closed form; otherwise it is an integral by Gauss's rule in a
coordinate in which the distribution is smooth.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import exprel

from offshoring.skill_upgrading.productivity import (
    ACTIVITIES,
    ExponentialProductivity,
    PowerProductivity,
    Productivity,
)
from offshoring.skill_upgrading.skill import (
    ACCURACY,
    ExponentialSkill,
    ParetoSkill,
    Skill,
    UniformSkill,
    integral,
)
from offshoring.validation import Array, Parameters, Value, freeze

CLOSED: dict[tuple[type, type], Callable[[Any], tuple[Value, Value]]] = {
    (ExponentialProductivity, ExponentialSkill): lambda skill: (skill.rate, np.inf),
    (ExponentialProductivity, UniformSkill): lambda skill: (0.0, skill.top),
    (PowerProductivity, ParetoSkill): lambda skill: (skill.alpha, np.inf),
    (PowerProductivity, UniformSkill): lambda skill: (-1.0, np.log1p(skill.top)),
}
STEEP = 20.0  # growth of a log over a panel up to which 16 nodes leave an error of rounding size


@dataclass(frozen=True, eq=False)
class Workforce(Parameters):
    """Output of workers by the index y of their skill, which runs from 0 to ``top``."""

    productivity: Productivity
    skill: Skill
    top: Value

    @abstractmethod
    def output(self, activity: str, low: ArrayLike, high: ArrayLike) -> Array:
        """Integral of phi dG between two indices."""

    @abstractmethod
    def ranked_output(self, activity: str, low: ArrayLike, high: ArrayLike) -> Array:
        """Integral of phi (1 - G) dG between two indices, for the Gini coefficient."""

    def log_ratio(self, low: str, high: str, y: ArrayLike) -> Array:
        """log phi_low - log phi_high, which falls from 0."""
        return self.productivity.log_ratio(low, high, y)

    def at_log_ratio(self, low: str, high: str, log_ratio: ArrayLike) -> Array:
        """Index with that :meth:`log_ratio`; ``top`` where no worker reaches it."""
        return self.productivity.at_log_ratio(low, high, log_ratio, self.top)

    def density(self, y: ArrayLike) -> Array:
        """Workers per unit of the index."""
        Z, stretch = self.productivity.skill(y), np.asarray(self.productivity.stretch(y))
        end = np.isinf(stretch)  # nobody is there
        return np.where(end, 0.0, self.skill.density(Z) * np.where(end, 0.0, stretch))[()]

    def share_below(self, y: ArrayLike) -> Array:
        """Share of workers with a lower index."""
        return self.skill.share_below(self.productivity.skill(y))

    def share_above(self, y: ArrayLike) -> Array:
        """Share of workers with a higher index."""
        return self.skill.share_above(self.productivity.skill(y))


@dataclass(frozen=True, eq=False)
class _ClosedForm(Workforce):
    """Productivities exponential in y and a density proportional to exp(-rate y) on [0, top]."""

    rate: Value

    def __post_init__(self) -> None:
        freeze(self, "top", "rate")
        steep, rate, top = np.broadcast_arrays(self._slope("H"), self.rate, self.top)
        bad = (steep >= rate) & np.isinf(top)
        if bad.any():
            name = "alpha" if isinstance(self.skill, ParetoSkill) else "rate"
            raise ValueError(
                f"productivity.H = {steep[bad][0]:g} must be < skill.{name} = {rate[bad][0]:g}, or "
                "the output of all workers is infinite"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            total = self.output("H", 0.0, self.top)
        if not np.all(np.isfinite(total)):
            raise ValueError(
                "skill, productivity: the output of all workers in H is beyond floats; a lower top "
                "of skill or flatter productivities are allowed"
            )

    def _slope(self, activity: str) -> Value:
        slope: Value = getattr(self.productivity, activity)
        return slope

    @property
    def _whole(self) -> Array:
        """Integral of exp(-rate y) over all workers."""
        return _exponential(-np.asarray(self.rate), 0.0, self.top)

    def output(self, activity: str, low: ArrayLike, high: ArrayLike) -> Array:
        growth = self._slope(activity) - np.asarray(self.rate)
        return _exponential(growth, low, high) / self._whole

    def ranked_output(self, activity: str, low: ArrayLike, high: ArrayLike) -> Array:
        slope = np.asarray(self._slope(activity))
        rate = np.asarray(self.rate)
        if np.all(np.isinf(self.top)):
            return _exponential(slope - 2 * rate, low, high) * rate

        def integrand(y: Array) -> Array:
            wide = (..., None, None)
            rest = _exponential(-rate[wide], y, np.asarray(self.top)[wide])
            return np.exp((slope - rate)[wide] * y) * rest

        growth = (np.abs(slope) + np.abs(rate)) * (np.asarray(high) - low)
        panels = max(4, math.ceil(np.nanmax(growth, initial=0.0) / STEEP))
        return integral(integrand, panels, low, high) / self._whole**2


@dataclass(frozen=True, eq=False)
class _Integrated(Workforce):
    """Any productivity with any distribution, by integrals in the distribution's coordinate."""

    def __post_init__(self) -> None:
        freeze(self, "top")
        edges = self.skill.edges
        halves = np.sort(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2]))
        for activity in ACTIVITIES:
            with np.errstate(over="ignore", invalid="ignore"):
                total = self.output(activity, 0.0, self.top)
                finer = self._integral(activity, 0.0, self.top, halves)
                tail = self._integral(activity, 0.0, self.top, edges[-2:])
            with np.errstate(invalid="ignore"):  # both infinite
                exact = np.abs(finer - total) <= ACCURACY * total
            if not np.all(exact & ((tail <= ACCURACY * total) | np.isfinite(self.skill.top))):
                raise ValueError(
                    f"skill, productivity: the output of all workers in {activity} is infinite or "
                    f"too much of it is in the tail: {np.max(total):g} of which {np.max(tail):g}; "
                    "thinner tails or flatter productivities are allowed"
                )

    def output(self, activity: str, low: ArrayLike, high: ArrayLike) -> Array:
        return self._integral(activity, low, high, self.skill.edges)

    def ranked_output(self, activity: str, low: ArrayLike, high: ArrayLike) -> Array:
        return self._integral(activity, low, high, self.skill.edges, ranked=True)

    def _integral(
        self, activity: str, low: ArrayLike, high: ArrayLike, edges: Array, ranked: bool = False
    ) -> Array:
        wide = self._map(lambda value: value[..., None, None])
        skill, productivity = wide.skill, wide.productivity

        def integrand(x: Array) -> Array:
            Z = skill.from_x(x)
            weight = np.asarray(skill.weight(x))
            with np.errstate(over="ignore", invalid="ignore"):  # skills that nobody has
                made = np.exp(productivity.log_phi(activity, productivity.index(Z))) * weight
            made = np.where(weight > 0, made, 0.0)
            return made * skill.share_above(Z) if ranked else made

        ends = [self._coordinate(y) for y in (low, high)]
        return integral(integrand, edges, *ends)

    def _coordinate(self, y: ArrayLike) -> Array:
        """Where the integral starts or ends for an index; ends of the range stand for 0 and top."""
        x = self.skill.to_x(self.productivity.skill(y))
        return np.clip(x, self.skill.edges[0], self.skill.edges[-1])


def workforce(productivity: Productivity, skill: Skill) -> Workforce:
    """The workers of an economy, in closed form where the two families fit."""
    find = CLOSED.get((type(productivity), type(skill)))
    if find is None:
        reach = productivity.index(skill.from_x(skill.edges[-1]))
        return _Integrated(productivity, skill, reach)
    rate, top = find(skill)
    return _ClosedForm(productivity, skill, top, rate)


def _exponential(slope: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    """Integral of exp(slope y) between two points; an infinite end needs a slope < 0."""
    slope, low, high = (np.asarray(v, float) for v in (slope, low, high))
    finite = ~np.isinf(high)  # a NaN stays one
    width = np.where(finite, high - np.where(finite, low, 0.0), 0.0)
    bounded = width * exprel(slope * width)
    with np.errstate(divide="ignore", invalid="ignore"):
        endless = np.where(np.isinf(low), 0.0, -1 / slope)
    start = np.exp(np.where(np.isinf(low), 0.0, slope * low))
    return (start * np.where(finite, bounded, endless))[()]
