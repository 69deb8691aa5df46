"""Technologies with two inputs: sets of L-tasks and H-tasks, at effective costs w and s.

All three kinds are one function, the CES unit cost with weight ``lam`` on L-tasks, elasticity
``sigma`` and scale ``scale``:

    c(w, s) = scale * (lam * w**(1 - sigma) + (1 - lam) * s**(1 - sigma)) ** (1 / (1 - sigma)),

Cobb-Douglas at sigma = 1 and Leontief at sigma = 0. It is evaluated in logarithms, in a form that
keeps its digits through sigma = 1 and does not overflow at extreme relative wages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit, logit

from offshoring.validation import (
    Array,
    Parameters,
    Value,
    check,
    freeze,
    not_negative,
    open_unit,
    positive,
)


class Technology(Parameters):
    """Unit cost and input demands of one good; elementwise in the two factor prices."""

    lam: Value
    sigma: Value
    scale: Value

    def cost(self, w: ArrayLike, s: ArrayLike) -> Array:
        """Unit cost c(w, s), in the units of w and s (GRH08-8)."""
        w, s = _prices(w, s)
        return np.exp(np.log(s) + self.log_cost(np.log(w) - np.log(s)))

    def theta_L(self, w: ArrayLike, s: ArrayLike) -> Array:
        """Share of L-tasks in unit cost, in (0, 1)."""
        w, s = _prices(w, s)
        return self.share_L(np.log(w) - np.log(s))

    def theta_H(self, w: ArrayLike, s: ArrayLike) -> Array:
        """Share of H-tasks in unit cost: 1 - :meth:`theta_L` with all its digits."""
        w, s = _prices(w, s)
        return self.share_H(np.log(w) - np.log(s))

    def a_L(self, w: ArrayLike, s: ArrayLike) -> Array:
        """L-tasks for one unit of the good, the slope of c in w (Shephard's lemma)."""
        w, s = _prices(w, s)
        return self.theta_L(w, s) * self.cost(w, s) / w

    def a_H(self, w: ArrayLike, s: ArrayLike) -> Array:
        """H-tasks for one unit of the good, the slope of c in s (Shephard's lemma)."""
        w, s = _prices(w, s)
        return self.share_H(np.log(w) - np.log(s)) * self.cost(w, s) / s

    # The same in logarithms of the relative wage q = w / s, for the solvers.

    def log_cost(self, log_q: ArrayLike) -> Array:
        """log c(q, 1): unit cost in units of the high-skill wage."""
        return np.log(self.scale) + _log_mean(self.lam, 1 - np.asarray(self.sigma), log_q)

    def log_cost_in_w(self, log_q: ArrayLike) -> Array:
        """log c(1, 1/q): unit cost in units of the low-skill wage."""
        log_s = -np.asarray(log_q)
        weight = 1 - np.asarray(self.lam)
        return np.log(self.scale) + _log_mean(weight, 1 - np.asarray(self.sigma), log_s)

    def log_intensity(self, log_q: ArrayLike) -> Array:
        """log(a_L / a_H) at the relative wage q; it falls in q with slope sigma."""
        return logit(self.lam) - np.asarray(self.sigma) * log_q

    def log_a_H(self, log_q: ArrayLike) -> Array:
        """log of the H-tasks for one unit of the good."""
        return log_expit(-self._log_odds(log_q)) + self.log_cost(log_q)

    def log_relative_wage(self, log_k: ArrayLike) -> Array:
        """log q at which the good uses k L-tasks per H-task; infinite if sigma = 0."""
        gap = logit(self.lam) - np.asarray(log_k)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # 0: any q, or none
            return np.where(gap == 0, 0.0, gap / np.asarray(self.sigma))[()]

    def log_high_skill_wage(self, log_w: ArrayLike, log_price: ArrayLike) -> Array:
        """log s at which the unit cost c(w, s) equals the price.

        Minus infinity where L-tasks alone cost the price or more (only if sigma < 1), plus infinity
        where they are so cheap that no s makes the good cost so much (only if sigma > 1).
        """
        log_price = np.asarray(log_price) - np.log(self.scale)
        return log_price + _log_other(self.lam, self.sigma, np.asarray(log_w) - log_price)

    def log_low_skill_wage(self, log_s: ArrayLike, log_price: ArrayLike) -> Array:
        """log w at which the unit cost equals the price; as :meth:`log_high_skill_wage`."""
        log_price = np.asarray(log_price) - np.log(self.scale)
        weight = 1 - np.asarray(self.lam)
        return log_price + _log_other(weight, self.sigma, np.asarray(log_s) - log_price)

    def share_L(self, log_q: ArrayLike) -> Array:
        """Share of L-tasks in unit cost."""
        return expit(self._log_odds(log_q))

    def share_H(self, log_q: ArrayLike) -> Array:
        """Share of H-tasks in unit cost: not 1 - share_L, which would lose its digits."""
        return expit(-self._log_odds(log_q))

    def _log_odds(self, log_q: ArrayLike) -> Array:
        return logit(self.lam) + (1 - np.asarray(self.sigma)) * log_q


def _prices(w: ArrayLike, s: ArrayLike) -> tuple[Array, Array]:
    w, s = np.asarray(w, dtype=float), np.asarray(s, dtype=float)
    for name, value in (("w", w), ("s", s)):
        bad = value <= 0
        if bad.any():
            raise ValueError(f"{name} = {value[bad].flat[0]:g} must be > 0, as a factor price is")
    return w, s


def _log_other(weight: ArrayLike, sigma: ArrayLike, log_own: ArrayLike) -> Array:
    """log of the second price that makes the unit cost one, given the log of the first.

    ``weight`` is that of the first. No positive and finite price: see ``log_high_skill_wage``.
    """
    weight, r = np.asarray(weight), 1 - np.asarray(sigma)
    odds = weight / (1 - weight)
    with np.errstate(over="ignore", invalid="ignore"):  # 0 * inf: r = 0 has a form of its own
        rest = -odds * np.expm1(r * log_own)  # the second price to the power r, less one
    none = rest <= -1
    safe_r = np.where(r == 0, 1.0, r)
    log_price = np.where(r == 0, -odds * log_own, np.log1p(np.where(none, 0.0, rest)) / safe_r)
    return np.where(none & (r != 0), -np.inf * np.sign(safe_r), log_price)[()]


def _log_mean(weight: ArrayLike, r: ArrayLike, log_q: ArrayLike) -> Array:
    """log of the power mean ((1 - weight) + weight q^r)^(1/r); weight * log q at r = 0.

    The larger of 1 and q^r is taken out first, so that expm1 sees a number <= 0.
    """
    weight, r = np.asarray(weight, dtype=float), np.asarray(r, dtype=float)
    log_q = np.asarray(log_q, dtype=float)
    power = r * log_q
    out = power > 0
    inner = np.where(out, 1 - weight, weight) * np.expm1(-np.abs(power))
    mean = np.where(out, log_q, 0.0) + np.log1p(inner) / np.where(r == 0, 1.0, r)
    return np.where(r == 0, weight * log_q, mean)[()]


@dataclass(frozen=True, eq=False)
class CES(Technology):
    """Constant elasticity of substitution between the two sets of tasks.

    Parameters
    ----------
    lam : float or array
        Weight of L-tasks in unit cost (the paper's lambda), in (0, 1).
    sigma : float or array
        Elasticity of substitution, >= 0; 1 is Cobb-Douglas, 0 is Leontief.

    Examples
    --------
    >>> CES(lam=0.3, sigma=[0, 0.5, 1, 2]).cost(2.0, 1.0).round(4)
    array([1.3   , 1.264 , 1.2311, 1.1765])
    """

    lam: Value
    sigma: Value
    scale = 1.0

    def __post_init__(self) -> None:
        freeze(self, "lam", "sigma")
        check(
            self,
            self.shape_problem(),
            lam=open_unit(self.lam),
            sigma=not_negative(self.sigma),
        )


@dataclass(frozen=True, eq=False)
class CobbDouglas(Technology):
    """Unit cost w^lam s^(1 - lam): L-tasks have the constant cost share ``lam``, in (0, 1).

    Examples
    --------
    >>> float(CobbDouglas(lam=0.5).cost(4.0, 1.0))
    2.0
    """

    lam: Value
    sigma = 1.0
    scale = 1.0

    def __post_init__(self) -> None:
        freeze(self, "lam")
        check(self, lam=open_unit(self.lam))


@dataclass(frozen=True, eq=False)
class Leontief(Technology):
    """Fixed proportions: ``L`` L-tasks and ``H`` H-tasks for a unit of the good, both > 0.

    Examples
    --------
    >>> float(Leontief(L=0.5, H=2.0).cost(3.0, 1.0))
    3.5
    """

    L: Value
    H: Value
    sigma = 0.0

    def __post_init__(self) -> None:
        freeze(self, "L", "H")
        check(
            self,
            self.shape_problem(),
            L=positive(self.L),
            H=positive(self.H),
        )

    @property
    def scale(self) -> Value:  # type: ignore[override]
        """Unit cost at w = s = 1."""
        return self.L + self.H

    @property
    def lam(self) -> Value:  # type: ignore[override]
        """Weight of L-tasks in unit cost."""
        return self.L / (self.L + self.H)
