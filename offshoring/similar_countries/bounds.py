"""Bounds within which every equilibrium lies, also where no finite cost caps the last task."""

from __future__ import annotations

import numpy as np

from offshoring.schedules import Schedule
from offshoring.validation import Array, Value

FARTHEST = 300.0  # no search goes beyond u = log(N / N*) = 300, however dear distance can be


def log_wage_bounds(schedule: Schedule, beta: Value, lam: Value) -> tuple[Value, Value]:
    r"""Bounds of -log w and log w at which the labour markets can clear if N >= N*.

    At w = 1 / (beta t(1)) all tasks are in East, at w = beta t(1) all are in West. If t has no
    bound, East's excess demand is positive already where the tasks outside E are so few that
    :math:`M(B) \le 1 / (2 \lambda)`, since :math:`D_E \ge q` and
    :math:`D_W \le M(B) q_*^{1 - \theta}` there; and it is negative where those outside W are at
    most :math:`\lambda / (\lambda + 2)`, since each needs less than two hours in East and each
    task in W at least one in West.
    """
    bounded = np.isfinite(schedule.t(1.0, 0.0))
    low = np.where(bounded, 0.0, np.minimum(1.0, 1 / (2 * lam)))
    high = np.where(bounded, 0.0, lam / (lam + 2))
    return np.log(beta * schedule.t(1 - low, low))[()], np.log(beta * schedule.t(1 - high, high))[
        ()
    ]


def top_of_search(
    schedule: Schedule, beta: Value, theta: Value, sigma: Value, lam: Value, nu: Value
) -> Value:
    r"""A bound of u = log(N / N*) in equilibria with N >= N*; 0 if there can be none.

    Each task costs East's firms at least 1 / (beta t(1)) times what it costs West's, so GRH12-DEM
    needs :math:`u \le \nu + \sigma \log \beta t(1)`. A bound above 300 is cut there.
    """
    with np.errstate(over="ignore"):
        capped = nu + sigma * np.log(beta * schedule.t(1.0, 0.0))
    top = np.clip(capped, 0.0, FARTHEST)
    if np.isfinite(capped).all():
        return top[()]
    free = _top_without_cap(schedule, beta, theta, sigma, lam, nu)
    return np.where(np.isfinite(capped), top, free)


def _top_without_cap(
    schedule: Schedule, beta: Value, theta: Value, sigma: Value, lam: Value, nu: Value
) -> Array:
    r"""The same for the power schedule, whose t(1) is infinite.

    Beyond :math:`u_0 = \log(2 \lambda) / (1 - \theta)` East's wage is at least one (else W is
    empty, and labour markets cannot clear). Labour also bounds the tasks outside W from below,
    by :math:`\mu = 1 / (1 + 4 / (\lambda \beta))`. Then :math:`c^* / c` is at most the mean of
    :math:`\min(\beta t, 2^\theta e^{\theta u})` over the dearest tasks :math:`(1 - \mu, 1]`, and
    at least :math:`2^{-\theta}` times the integral of :math:`\min(\beta t, e^{\theta u} / \bar w)`
    over them, :math:`\bar w` being :math:`\beta t(1 - \mu)`. That makes a lower and an upper bound
    of G, both convex in u. G has no root beyond a point where the lower one is positive and has
    begun to rise, nor between one where the upper one is negative and the end of the search, if
    it is negative there too.
    """
    mu = 1 / (1 + 4 / (lam * beta))
    cap = beta * schedule.t(1 - mu, mu)

    def dear(log_ceiling: Value) -> Array:
        """Integral of min(beta t, ceiling) over (1 - mu, 1]."""
        ceiling = np.exp(log_ceiling)
        beyond = np.minimum(schedule.stay_home(ceiling / beta), mu)
        inside = schedule.T(1 - beyond, beyond) - schedule.T(1 - mu, mu)
        return beta * inside + ceiling * beyond

    def at_least(u: Array) -> Array:
        return u - nu - sigma * np.log(dear(theta * (u + np.log(2))) / mu)

    def at_most(u: Value) -> Array:
        return u - nu - sigma * (np.log(dear(theta * u - np.log(cap))) - theta * np.log(2))

    start = np.maximum(np.log(2 * lam) / (1 - theta), 1.0)
    top = np.full(np.broadcast_shapes(*(np.shape(v) for v in (start, mu, cap, nu, sigma))), np.nan)
    u = np.broadcast_to(np.minimum(start, FARTHEST / 2), top.shape)  # 2 u is within reach
    while (u < FARTHEST).any():
        rising = (at_least(u) > 0) & (at_least(2 * u) >= at_least(u))
        falling = (at_most(u) < 0) & (at_most(FARTHEST) < 0)
        top = np.where(np.isnan(top) & (rising | falling), 2 * u, top)
        u = np.minimum(2 * u, FARTHEST)
    return np.where(np.isnan(top), FARTHEST, np.minimum(top, FARTHEST))
