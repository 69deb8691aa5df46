"""Slopes and fixed costs that make the model meet a handful of targets in a benchmark year."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.roots import find_root
from offshoring.skill_upgrading.economy import OpenEconomy
from offshoring.skill_upgrading.productivity import ExponentialProductivity
from offshoring.skill_upgrading.skill import ExponentialSkill
from offshoring.validation import (
    Array,
    NoEquilibrium,
    Parameters,
    Value,
    above_one,
    check,
    freeze,
    open_unit,
)

# where the scan looks for a fit, close to the ends as well
_ENDS = np.geomspace(1e-12, 0.01, 31)[:-1]
SCAN = np.concatenate([_ENDS, np.linspace(0.01, 0.99, 99), 1 - _ENDS[::-1]])


@dataclass(frozen=True, kw_only=True, eq=False)
class Targets(Parameters):
    """What an economy should look like in a year when some high-tech firms offshore.

    Skill is exponential with rate 1 and phi_j = exp(a_j Z). The rate is a choice of unit: with
    another one all three slopes would be that many times as large.

    Parameters
    ----------
    sigma : float or array
        Elasticity of substitution between varieties, > 1; pure number.
    theta : float or array
        Cost of a Southern intermediate, relative to a Northern one, strictly between 0 and 1.
    H : float or array
        Slope a_H, strictly between 0 and 1; 1 / a_H is the Pareto index of high wages.
    share_M : float or array
        Share of workers who make intermediates, G(Z_1), strictly between 0 and 1.
    relative_wage : float or array
        Average wage in headquarters over that in intermediates, > 1.
    import_share : float or array
        Share of all intermediates that come from the South, by number, strictly between 0 and 1.
    revenue_share : float or array
        Share of high-tech firms in revenue, strictly between 0 and 1.

    All parameters broadcast together. F_L = 1. The defaults are those of the book's benchmark year,
    orders of magnitude for American manufacturing around 1990.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    sigma: Value
    theta: Value
    H: Value
    share_M: Value = 0.70
    relative_wage: Value = 1.65
    import_share: Value = 0.116
    revenue_share: Value = 0.55

    def __post_init__(self) -> None:
        shares = ("theta", "H", "share_M", "import_share", "revenue_share")
        freeze(self, "sigma", "relative_wage", *shares)
        rules = {name: open_unit(getattr(self, name)) for name in shares}
        rules |= {name: above_one(getattr(self, name)) for name in ("sigma", "relative_wage")}
        check(self, self.shape_problem(), **rules)

    @property
    def attainable(self) -> NDArray[np.bool_]:
        """Where :func:`calibrate` finds an economy that meets all targets."""
        return (np.asarray(self.fit()[1]) > 0)[()]

    def bills(self) -> tuple[Array, Array, Array]:
        """The targets for wages, imports and revenue in three other numbers, relative to M.

        Returns
        -------
        tuple of arrays
            Q_L + Q_H, (C_H + 1) Q_H and (C_L + 1) Q_L over Northern output of intermediates M.
        """
        k = 1 / (1 - np.asarray(self.import_share))
        pay = np.asarray(self.relative_wage) * (1 - np.asarray(self.share_M)) / self.share_M
        saved = (1 - np.asarray(self.theta)) * (k - 1)
        h = self.revenue_share * (pay + k - saved) + saved
        return k, h, pay + k - h

    def fit(self) -> tuple[Array, Array]:
        """High-tech output relative to M and the slope a_M that meet the targets.

        Returns
        -------
        tuple of arrays
            Q_H / M and a_M, of the common shape. A slope <= 0 is no fit, but says why there is
            none. NaN where no headquarter costs C_H < C_L < 1 meet the targets at any slope.

        Notes
        -----
        Given Q_H / M, both unit costs are explicit (:meth:`bills`), and one slope a_M makes
        high-tech output what it is. What is left is one function of Q_H / M, whether low-tech
        output fits; it is scanned for its first change of sign.
        """
        k, h, l = self.bills()
        # what is left by C_H < C_L < 1, 0 < C_H and imports below high-tech output
        low = np.maximum(h * k / (h + l), k - 1)
        high = np.minimum(h, k - l / 2)
        rows = np.broadcast_arrays(low, high, k, h, l, self.H, -np.log1p(-np.asarray(self.share_M)))
        q_H, a_M = np.full(rows[0].shape, np.nan), np.full(rows[0].shape, np.nan)
        open_ = np.flatnonzero(rows[1] > rows[0])
        low, high, *args = (np.asarray(row).ravel()[open_] for row in rows)
        q = low[:, None] + (high - low)[:, None] * SCAN
        gap = _shortfall(q, *(a[:, None] for a in args))
        cross = gap[:, 1:] * gap[:, :-1] <= 0
        found, first = np.flatnonzero(cross.any(1)), cross.argmax(1)
        left, right = q[found, first[found]], q[found, first[found] + 1]
        inside = tuple(a[found] for a in args)
        best = find_root(_shortfall, left, right, args=inside)
        q_H.flat[open_[found]] = best
        a_M.flat[open_[found]] = _economy(best, *inside)[0]
        return q_H[()], a_M[()]


def calibrate(targets: Targets) -> OpenEconomy:
    """The economy that meets the targets, at the fixed cost of offshoring of the benchmark year.

    Parameters
    ----------
    targets : Targets
        What it should look like.

    Returns
    -------
    OpenEconomy
        Its parameters have the common shape of the targets. It has an equilibrium in which some
        high-tech firms offshore (regime 1) and all targets hold.

    Raises
    ------
    ValueError
        If ``targets`` is no ``Targets``.
    NoEquilibrium
        If the targets cannot be met at some point, see ``targets.attainable``; the message gives
        the first such point and what stands in the way.

    Notes
    -----
    The slopes do not depend on sigma; the fixed costs do. In 2,000 sets of targets drawn at random
    none had a second fit; if there are several, the one with the smallest Q_H / M is returned.

    Examples
    --------
    >>> economy = calibrate(Targets(sigma=3.8, theta=0.65, H=0.45))
    >>> phi = economy.productivity
    >>> [round(float(v), 8) for v in (phi.M, phi.L, economy.F_H, economy.F_I)]
    [0.07436352, 0.27253778, 1.8653625, 3.18784115]
    >>> eq = economy.equilibria()[0]
    >>> [round(float(v), 8) for v in (eq.share_M, eq.W_HQ / eq.W_M, eq.import_share)]
    [0.7, 1.65, 0.116]
    """
    if not isinstance(targets, Targets):
        raise ValueError(f"calibrate: targets = {targets!r} must be a Targets")
    q_H, a_M = targets.fit()
    bad = ~(np.asarray(a_M) > 0)
    if bad.any():
        raise NoEquilibrium(_why_not(targets, np.asarray(a_M), bad))
    k, h, l = targets.bills()
    Z_1 = -np.log1p(-np.asarray(targets.share_M))
    a_M, a_L, _, C_L, C_H = _economy(q_H, k, h, l, targets.H, Z_1)
    sigma = np.asarray(targets.sigma)
    F_H = ((C_L + 1) / (C_H + 1)) ** sigma  # zero profit of both kinds of domestic firms
    saved = (1 - np.asarray(targets.theta)) / (C_H + np.asarray(targets.theta))
    F_I = F_H * np.expm1(sigma * np.log1p(saved))  # and of offshoring
    return OpenEconomy(
        productivity=ExponentialProductivity(a_M, a_L, targets.H), skill=ExponentialSkill(1.0),
        sigma=targets.sigma, theta=targets.theta, F_H=F_H, F_I=F_I,
    )  # fmt: skip


def _economy(
    q: ArrayLike, k: ArrayLike, h: ArrayLike, l: ArrayLike, H: ArrayLike, Z_1: ArrayLike
) -> tuple[Array, Array, Array, Array, Array]:
    """Slopes a_M and a_L, Z_2, C_L and C_H that make high-tech output q times M."""
    q, k, h, l, H, Z_1 = (np.asarray(v, float) for v in (q, k, h, l, H, Z_1))
    with np.errstate(all="ignore"):
        C_L, C_H = l / (k - q) - 1, h / q - 1
        top = H + np.log(C_L) / Z_1  # of a_M: there a_L = a_H
        ratio = np.log(C_L / C_H)  # = (a_H - a_L) Z_2, and a_H - a_L = top - a_M

    def excess(u: Array, q: Array, H: Array, Z_1: Array, top: Array, ratio: Array) -> Array:
        """Log of q M over high-tech output at a_M = top - exp(u); it falls."""
        return np.log(q * (1 - H) * _made(top - np.exp(u), Z_1)) + (1 - H) * ratio * np.exp(-u)

    # at the lower end Z_2 = exp(12), a skill that nobody has; at the upper one M is next to nothing
    args = (q, H, Z_1, top, ratio)
    with np.errstate(all="ignore"):  # targets at the edge of what there is
        low, high = np.broadcast_arrays(np.log(ratio) - 12, 40.0)
        inside = (excess(low, *args) > 0) & (excess(high, *args) < 0)
    u = np.full(inside.shape, np.nan)
    parts = tuple(np.broadcast_to(arg, inside.shape)[inside] for arg in args)
    u[inside] = find_root(excess, low[inside], high[inside], args=parts)
    a_M = top - np.exp(u)
    return a_M, a_M - np.log(C_L) / Z_1, ratio * np.exp(-u), C_L, C_H


def _shortfall(q: Array, k: Array, h: Array, l: Array, H: Array, Z_1: Array) -> Array:
    """Low-tech output relative to what the targets ask for, less 1."""
    a_M, a_L, Z_2, _, _ = _economy(q, k, h, l, H, Z_1)
    Q_L = np.exp(-(1 - a_L) * Z_1) - np.exp(-(1 - a_L) * Z_2)
    return Q_L / (1 - a_L) / ((k - q) * _made(a_M, Z_1)) - 1


def _made(a_M: Array, Z_1: Array) -> Array:
    """Northern output of intermediates."""
    return -np.expm1(-(1 - a_M) * Z_1) / (1 - a_M)


def _why_not(targets: Targets, a_M: Array, bad: NDArray[np.bool_]) -> str:
    """Words on the first point at which the targets cannot be met."""
    first = tuple(np.argwhere(bad)[0])
    slope = a_M[first]
    values = ", ".join(
        f"{f.name} = {np.broadcast_to(getattr(targets, f.name), bad.shape)[first]:g}"
        for f in fields(targets)
    )
    where = f" at {bad.sum()} of {bad.size} points, first" if bad.ndim else ""
    reason = (
        "no unit costs C_H < C_L < 1 of headquarters fit"
        if np.isnan(slope)
        else f"the slope a_M would be {slope:.3g}, and productivity must rise with skill"
    )
    return f"calibrate: the targets cannot be met{where} with {values}: {reason}"
