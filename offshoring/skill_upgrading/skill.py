"""How skill is distributed over a unit mass of workers: densities on [0, top)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from offshoring.roots import find_root
from offshoring.validation import Array, Parameters, Value, check, freeze, positive


class Skill(Parameters):
    """A distribution of skill Z >= 0 with a density.

    Integrals over workers are taken in a coordinate x in which they are smooth: skill is Z(x), and
    workers have the density ``weight(x)`` between the first and the last of ``edges``.
    """

    edges: ClassVar[Array]

    @property
    def top(self) -> Value:
        """Highest skill; inf unless a subclass says otherwise."""
        return np.inf

    @abstractmethod
    def to_x(self, Z: ArrayLike) -> Array:
        """The coordinate of a skill."""

    @abstractmethod
    def from_x(self, x: ArrayLike) -> Array:
        """The skill at a coordinate."""

    @abstractmethod
    def weight(self, x: ArrayLike) -> Array:
        """Workers per unit of the coordinate."""

    @abstractmethod
    def density(self, Z: ArrayLike) -> Array:
        """Workers per unit of skill, g(Z)."""

    @abstractmethod
    def share_above(self, Z: ArrayLike) -> Array:
        """Share of workers with more skill, 1 - G(Z)."""

    def quantile(self, rank: ArrayLike) -> Array:
        """Skill of the worker with the share ``rank`` of workers below.

        Raises
        ------
        ValueError
            If a rank is not between 0 and 1.
        """
        ranks = np.asarray(rank, float)
        if not np.all((ranks >= 0) & (ranks <= 1)):
            worst = ranks[~((ranks >= 0) & (ranks <= 1))].flat[0]
            raise ValueError(f"rank = {worst:g} must be >= 0 and <= 1")
        with np.errstate(divide="ignore"):  # the top may be inf
            return self._quantile(ranks)

    @abstractmethod
    def _quantile(self, u: Array) -> Array:
        """The same for ranks that are in order."""

    def share_below(self, Z: ArrayLike) -> Array:
        """Share of workers with less skill, G(Z)."""
        return 1 - self.share_above(Z)


ACCURACY = 1e-10  # relative error that an integral over all workers may have

# Where ranks are exp(-x): fine steps where most workers are, wide ones for what productivity that
# grows with skill makes of the tail
_TAIL = np.concatenate([np.linspace(0, 12, 13), np.geomspace(12, 740, 14)[1:]])


@dataclass(frozen=True, eq=False)
class ExponentialSkill(Skill):
    """1 - G(Z) = exp(-rate Z) on [0, inf).

    Parameters
    ----------
    rate : float or array
        Decline of the density, > 0; per unit of skill.

    Raises
    ------
    ValueError
        If the rate is not finite and > 0.
    """

    edges: ClassVar[Array] = _TAIL

    rate: Value = 1.0

    def __post_init__(self) -> None:
        freeze(self, "rate")
        check(self, rate=positive(self.rate))

    def density(self, Z: ArrayLike) -> Array:
        """Workers per unit of skill."""
        return np.where(np.asarray(Z) < 0, 0.0, self.rate * np.exp(-self.to_x(Z)))[()]

    def share_above(self, Z: ArrayLike) -> Array:
        """Share of workers with more skill."""
        return np.exp(-self.to_x(Z))

    def share_below(self, Z: ArrayLike) -> Array:
        """Share of workers with less skill."""
        return -np.expm1(-self.to_x(Z))

    def _quantile(self, u: Array) -> Array:
        return np.asarray(-np.log1p(-u) / self.rate)[()]

    def to_x(self, Z: ArrayLike) -> Array:
        """Minus the log of the share of workers above."""
        return np.asarray(self.rate * _from_zero(Z))[()]

    def from_x(self, x: ArrayLike) -> Array:
        """The skill at a coordinate."""
        return np.asarray(np.asarray(x, float) / self.rate)[()]

    def weight(self, x: ArrayLike) -> Array:
        """Workers per unit of the coordinate."""
        return np.exp(-np.asarray(x, float))


@dataclass(frozen=True, eq=False)
class UniformSkill(Skill):
    """The same density at every skill from 0 to ``top``.

    Parameters
    ----------
    top : float or array
        Highest skill, finite and > 0.

    Raises
    ------
    ValueError
        If the top is not finite and > 0.
    """

    edges: ClassVar[Array] = np.linspace(0, 1, 13)

    top: Value = 1.0

    def __post_init__(self) -> None:
        freeze(self, "top")
        check(self, top=positive(self.top))

    def density(self, Z: ArrayLike) -> Array:
        """Workers per unit of skill."""
        Z = np.asarray(Z)
        return np.where((Z >= 0) & (self.top >= Z), 1 / np.asarray(self.top), 0.0)[()]

    def share_above(self, Z: ArrayLike) -> Array:
        """Share of workers with more skill."""
        return np.clip(1 - np.asarray(Z) / self.top, 0, 1)[()]

    def share_below(self, Z: ArrayLike) -> Array:
        """Share of workers with less skill."""
        return np.clip(np.asarray(Z) / self.top, 0, 1)[()]

    def _quantile(self, u: Array) -> Array:
        return np.asarray(u * self.top)[()]

    def to_x(self, Z: ArrayLike) -> Array:
        """The share of workers below."""
        return self.share_below(Z)

    def from_x(self, x: ArrayLike) -> Array:
        """The skill at a coordinate."""
        return np.asarray(np.asarray(x, float) * self.top)[()]

    def weight(self, x: ArrayLike) -> Array:
        """Workers per unit of the coordinate."""
        return np.ones_like(np.asarray(x, float))[()]


@dataclass(frozen=True, eq=False)
class ParetoSkill(Skill):
    """1 - G(Z) = (1 + Z)**-alpha on [0, inf).

    Parameters
    ----------
    alpha : float or array
        Thinness of the tail, > 0; pure number.

    Raises
    ------
    ValueError
        If alpha is not finite and > 0.
    """

    edges: ClassVar[Array] = _TAIL

    alpha: Value = 2.0

    def __post_init__(self) -> None:
        freeze(self, "alpha")
        check(self, alpha=positive(self.alpha))

    def density(self, Z: ArrayLike) -> Array:
        """Workers per unit of skill."""
        x, log_Z = self.to_x(Z), np.log1p(_from_zero(Z))
        return np.where(np.asarray(Z) < 0, 0.0, self.alpha * np.exp(-x - log_Z))[()]

    def share_above(self, Z: ArrayLike) -> Array:
        """Share of workers with more skill."""
        return np.exp(-self.to_x(Z))

    def share_below(self, Z: ArrayLike) -> Array:
        """Share of workers with less skill."""
        return -np.expm1(-self.to_x(Z))

    def _quantile(self, u: Array) -> Array:
        return np.expm1(-np.log1p(-u) / self.alpha)

    def to_x(self, Z: ArrayLike) -> Array:
        """Minus the log of the share of workers above."""
        return np.asarray(self.alpha * np.log1p(_from_zero(Z)))[()]

    def from_x(self, x: ArrayLike) -> Array:
        """The skill at a coordinate."""
        with np.errstate(over="ignore"):  # a skill beyond floats is inf
            return np.expm1(np.asarray(x, float) / self.alpha)

    def weight(self, x: ArrayLike) -> Array:
        """Workers per unit of the coordinate."""
        return np.exp(-np.asarray(x, float))


@dataclass(frozen=True, eq=False)
class LognormalSkill(Skill):
    """Log skill is normal.

    Parameters
    ----------
    mu : float or array
        Mean of log skill, finite.
    s : float or array
        Standard deviation of log skill, > 0.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    edges: ClassVar[Array] = np.concatenate([np.linspace(-9, 9, 19), np.linspace(9, 38, 12)[1:]])

    mu: Value = 0.0
    s: Value = 0.5

    def __post_init__(self) -> None:
        freeze(self, "mu", "s")
        check(self, self.shape_problem(), mu=(np.isfinite(self.mu), "finite"), s=positive(self.s))

    def density(self, Z: ArrayLike) -> Array:
        """Workers per unit of skill."""
        Z, x = np.asarray(Z, float), np.asarray(self.to_x(Z))
        bell = np.exp(-np.minimum(x * x, 2e3) / 2) / np.sqrt(2 * np.pi)
        return np.divide(bell, self.s * Z, out=np.zeros_like(bell), where=Z > 0)[()]

    def share_above(self, Z: ArrayLike) -> Array:
        """Share of workers with more skill."""
        return np.asarray(ndtr(-np.asarray(self.to_x(Z))))[()]

    def share_below(self, Z: ArrayLike) -> Array:
        """Share of workers with less skill."""
        return np.asarray(ndtr(self.to_x(Z)))[()]

    def _quantile(self, u: Array) -> Array:
        return np.asarray(np.exp(self.mu + self.s * ndtri(u)))[()]

    def to_x(self, Z: ArrayLike) -> Array:
        """Standard deviations of log skill from its mean."""
        with np.errstate(divide="ignore"):  # nobody is less skilled than 0
            return np.asarray((np.log(_from_zero(Z)) - self.mu) / self.s)[()]

    def from_x(self, x: ArrayLike) -> Array:
        """The skill at a coordinate."""
        with np.errstate(over="ignore"):  # a skill beyond floats is inf
            return np.asarray(np.exp(self.mu + self.s * np.asarray(x, float)))[()]

    def weight(self, x: ArrayLike) -> Array:
        """Workers per unit of the coordinate."""
        return np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)


@dataclass(frozen=True, eq=False)
class GivenSkill(Skill):
    """A density given as a function of skill.

    Parameters
    ----------
    pdf : callable
        Elementwise function of an array of skills in [0, top): >= 0, smooth, with integral 1.
    top : float
        Highest skill, > 0; inf if there is none.
    scale : float
        Where ``top`` is inf, a skill in the middle of the distribution, > 0; integrals have half
        of their points below.

    Raises
    ------
    ValueError
        If a parameter is out of its range, the density is negative at one of a thousand skills, or
        its integral is not 1 to 1e-10.

    Examples
    --------
    >>> skill = GivenSkill(lambda Z: 6 * Z * (1 - Z), top=1.0)
    >>> round(float(skill.share_below(0.5)), 12), round(float(skill.quantile(0.5)), 12)
    (0.5, 0.5)
    """

    edges: ClassVar[Array] = np.concatenate(
        [np.linspace(0, 0.5, 9), 1 - np.geomspace(0.5, 2**-16, 16)[1:], [1.0]]
    )

    pdf: Callable[[Array], Array]
    top: float = np.inf
    scale: float = 1.0

    def __post_init__(self) -> None:
        freeze(self, "top", "scale")
        if not callable(self.pdf):
            raise ValueError(f"GivenSkill: pdf = {self.pdf!r} must be a function")
        single = "" if self.shape == () else "top and scale must be single numbers"
        check(self, single, top=(np.asarray(self.top) > 0, "> 0"), scale=positive(self.scale))
        tried = self.from_x(np.linspace(0, 1, 1001)[:-1])
        values = np.asarray(self.density(tried))
        bad = ~(values >= 0)
        if bad.any():
            raise ValueError(
                f"GivenSkill: pdf = {values[bad][0]:g} at Z = {tried[bad][0]:g} must be >= 0"
            )
        total = float(self.share_above(0.0))
        if not abs(total - 1) <= ACCURACY:
            raise ValueError(f"GivenSkill: the integral of pdf = {total:.12g} must be 1")

    def density(self, Z: ArrayLike) -> Array:
        """Workers per unit of skill."""
        Z = np.asarray(Z, float)
        inside = np.isfinite(Z) & (Z >= 0) & (self.top >= Z)  # nobody is infinitely skilled
        return np.where(inside, self.pdf(np.where(inside, Z, 0.0)), 0.0)[()]

    def share_above(self, Z: ArrayLike) -> Array:
        """Share of workers with more skill."""
        return integral(self.weight, self.edges, self.to_x(Z), 1.0)

    def _quantile(self, u: Array) -> Array:
        x = find_root(lambda x, u: self.share_below(self.from_x(x)) - u, 0.0, 1.0, (u,))
        return self.from_x(x)

    def to_x(self, Z: ArrayLike) -> Array:
        """Skill relative to the top; Z / (Z + scale) where there is none."""
        Z = _from_zero(Z)
        if np.isfinite(self.top):
            return np.minimum(Z / self.top, 1)[()]
        return (1 - self.scale / (self.scale + Z))[()]

    def from_x(self, x: ArrayLike) -> Array:
        """The skill at a coordinate."""
        x = np.asarray(x, float)
        if np.isfinite(self.top):
            return (x * self.top)[()]
        with np.errstate(divide="ignore"):  # x = 1 is infinite skill
            return (self.scale * x / (1 - x))[()]

    def weight(self, x: ArrayLike) -> Array:
        """Workers per unit of the coordinate."""
        x = np.asarray(x, float)
        if np.isfinite(self.top):
            return np.asarray(self.density(self.from_x(x)) * self.top)[()]
        rest = np.where(x < 1, 1 - x, 1.0)
        return np.asarray(self.density(self.from_x(x)) * self.scale / rest**2)[()]


def _from_zero(Z: ArrayLike) -> Array:
    """Skills, of which those below zero count as zero: nobody has them."""
    return np.maximum(np.asarray(Z, float), 0)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def integral(
    integrand: Callable[[Array], Array], edges: Array | int, low: ArrayLike, high: ArrayLike
) -> Array:
    """Integral of a smooth function from ``low`` to ``high``, by Gauss's rule on panels.

    The panels lie between ``edges``, or are that many of equal width. The function sees arrays
    with two axes more than the ends have: panels and nodes.
    """
    low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    if isinstance(edges, int):
        cuts = low[..., None] + (high - low)[..., None] * np.linspace(0, 1, edges + 1)
    else:
        cuts = np.clip(edges, low[..., None], high[..., None])
    half = np.diff(cuts) / 2
    x = cuts[..., :-1, None] + half[..., None] * (1 + _NODES)
    return np.asarray((integrand(x) * _WEIGHTS).sum(-1) * half).sum(-1)[()]
