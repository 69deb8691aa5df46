"""Factor prices at given goods prices: zero profits and full employment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from offshoring.roots import find_root
from offshoring.technologies import Technology
from offshoring.validation import Array, Parameters, Value

ONLY_X, BOTH, ONLY_Y = 0, 1, 2
GOODS = np.array(["only x", "both goods", "only y"])  # names of the regimes, in this order
FAR = 1e6  # range of |log q|, far beyond any wages that floats can tell apart


@dataclass(frozen=True, eq=False)
class Goods(Parameters):
    """Two technologies and the price of Y: what zero profits say about q = omega / s."""

    x: Technology
    y: Technology
    p: Value

    def cost_gap(self, log_q: ArrayLike) -> Array:
        """log c_y - log c_x - log p: GRH08-9 over GRH08-8. Y is too dear to make where positive."""
        in_s = self.y.log_cost(log_q) - self.x.log_cost(log_q)
        in_w = self.y.log_cost_in_w(log_q) - self.x.log_cost_in_w(log_q)
        return np.where(np.asarray(log_q) > 0, in_w, in_s) - np.log(self.p)  # digits on both sides

    def turning_point(self) -> tuple[Array, Array]:
        """log q of the factor-intensity reversal, and the side where Y is labour-intensive.

        There the cost gap, as a function of log q, turns; on that side it rises. With equal
        elasticities there is no reversal and the turning point is the end -FAR.
        """
        bend = np.asarray(self.x.sigma) - np.asarray(self.y.sigma)
        lead = logit(self.y.lam) - logit(self.x.lam)  # log odds of the L-shares at q = 1
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = np.where(bend == 0, -np.inf, -lead / bend)
        return np.clip(turn, -FAR, FAR), np.where(bend < 0, -1.0, 1.0)

    def crossing(self, start: Array, end: Array) -> Array:
        """log q between two points, on one side of the turning point, where both goods break even.

        NaN where there is none. The unknown is arcsinh(log q), which is small at both ends.
        """
        points = np.arange(start.size)
        low, high = np.arcsinh(start), np.arcsinh(end)

        def gap(z: Array, point: NDArray[np.intp]) -> Array:
            return self.take(point).cost_gap(np.sinh(z))

        points = points[np.sign(gap(low, points)) * np.sign(gap(high, points)) < 0]
        result = np.full(start.shape, np.nan)
        result[points] = np.sinh(find_root(gap, low[points], high[points], args=(points,)))
        return result

    def price_range(self) -> tuple[Array, Array]:
        """Prices p between which both goods can break even with Y labour-intensive."""
        turn, side = self.turning_point()
        with np.errstate(over="ignore"):  # without limit, up to infinity
            ends = (self.p * np.exp(self.cost_gap(end)) for end in (turn, side * FAR))
            low, high = np.sort(np.broadcast_arrays(*ends), axis=0)
        return low, high


@dataclass(frozen=True, eq=False)
class FactorPrices(Goods):
    """Effective factor prices (omega, s) of a small economy as functions of k.

    At high q the economy makes X, at low q it makes Y, and where both break even it makes both.
    ``cone`` is log q where it does and Y is labour-intensive; ``reversed_cone`` the one beyond a
    factor-intensity reversal, NaN where there is none (always, if the elasticities are equal).
    """

    cone: Array
    reversed_cone: Array

    @classmethod
    def of(cls, x: Technology, y: Technology, p: Value) -> FactorPrices:
        goods = Goods(x, y, p)
        shape = goods.shape
        turn, side = (np.broadcast_to(a, shape).ravel() for a in goods.turning_point())
        cones = (goods.flat().crossing(turn, end * FAR).reshape(shape) for end in (side, -side))
        return cls(x, y, p, *cones)

    def at(self, log_k: Array) -> tuple[Array, Array, Array]:
        """log omega, log q and the goods made, at effective labour k per unit of H.

        X alone is right if Y cannot break even at X's factor prices, and the other way round.
        Otherwise the cost gap differs in sign between those two relative wages, and both goods
        are made at the one point between them where it vanishes.
        """
        q_x = np.clip(self.x.log_relative_wage(log_k), -FAR, FAR)
        q_y = np.clip(self.y.log_relative_wage(log_k), -FAR, FAR)
        only_x = self.cost_gap(q_x) >= 0
        only_y = ~only_x & (self.cost_gap(q_y) <= 0)
        low, high = np.fmin(q_x, q_y), np.fmax(q_x, q_y)
        is_reversed = _distance(self.reversed_cone, low, high) < _distance(self.cone, low, high)
        q_both = np.where(is_reversed, self.reversed_cone, self.cone)
        log_q = np.where(only_x, q_x, np.where(only_y, q_y, q_both))
        log_p = np.log(self.p)
        log_omega = np.where(
            only_y, log_p - self.y.log_cost_in_w(log_q), -self.x.log_cost_in_w(log_q)
        )
        return log_omega, log_q, np.where(only_x, ONLY_X, np.where(only_y, ONLY_Y, BOTH))


@dataclass(frozen=True, eq=False)
class OneGood(Parameters):
    """Effective factor prices of an economy that can make X only, as functions of k."""

    x: Technology

    def at(self, log_k: Array) -> tuple[Array, Array, Array]:
        """log omega, log q and the good made, as :meth:`FactorPrices.at`."""
        log_q = np.clip(self.x.log_relative_wage(log_k), -FAR, FAR)
        return -self.x.log_cost_in_w(log_q), log_q, np.full(log_q.shape, ONLY_X)


def _distance(point: Array, low: Array, high: Array) -> Array:
    """How far a point lies outside an interval; 0 inside, NaN for a point that does not exist."""
    return np.maximum(np.maximum(low - point, point - high), 0.0)


def label_problem(goods: Goods) -> str:
    """Words on goods whose elasticities agree but whose labour intensities are the wrong way."""
    x, y = goods.x, goods.y
    bad = np.asarray((np.asarray(x.sigma) == y.sigma) & (np.asarray(x.lam) >= y.lam))
    if not bad.any():
        return ""
    lam_x, lam_y = (np.broadcast_to(g.lam, bad.shape)[bad].flat[0] for g in (x, y))
    return (
        f"Y must be the labour-intensive good, but x puts the weight {lam_x:g} on L-tasks and y "
        f"{lam_y:g} at the same elasticity: swap x and y"
    )


def cone_rule(goods: Goods) -> tuple[ArrayLike, str]:
    """Both goods must be able to break even at some relative wage: p inside the price range."""
    low, high = np.broadcast_arrays(*goods.price_range())
    inside = np.asarray((low < goods.p) & (np.asarray(goods.p) < high))
    if inside.all():
        return inside, ""
    a, b = (np.broadcast_to(end, inside.shape)[~inside].flat[0] for end in (low, high))
    return inside, (
        f"inside ({a:.6g}, {b:.6g}), or one of the goods can never break even while Y is the "
        "labour-intensive one"
    )


def output_of(H_used: Array, a_H: Array) -> Array:
    """Output of a good; zero where it uses nothing, even if a_H is too small for a float."""
    return np.divide(H_used, a_H, out=np.zeros_like(H_used), where=H_used > 0)
