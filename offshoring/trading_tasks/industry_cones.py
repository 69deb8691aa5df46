"""All wages at which both goods break even, by convexity and not by a scan.

On a cell [a, b] of wages the slope of s_y - s_x is k_x - k_y, and neither k_j rises with the wage.
So it lies between k_x(b) - k_y(a) and k_x(a) - k_y(b). That either proves that the cell holds no
crossing, or that the difference is monotone and holds at most one, or the cell is split.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offshoring.roots import find_root
from offshoring.validation import Array

if TYPE_CHECKING:
    from offshoring.trading_tasks.industry import Industry

NARROW = 1e-7  # relative width below which a cell is not split: two crossings that close together
# differ from none by about its square, which is near the rounding of the frontiers
MANY = 50_000  # cells at once: more only if the frontiers nearly coincide, and then all stay open


@dataclass(frozen=True)
class Cone:
    """Factor prices at which both goods break even, and the range of L / H that goes with them.

    Attributes
    ----------
    w, s : float
        Wages; units of X.
    I_x, I_y : float
        Share of each industry's L-tasks abroad.
    kappa_x, kappa_y : float
        Home low-skilled per high-skilled worker in each industry.
    """

    w: float
    s: float
    I_x: float
    I_y: float
    kappa_x: float
    kappa_y: float

    @property
    def edges(self) -> tuple[float, float]:
        """The least and the largest L / H at which both goods can be made."""
        return min(self.kappa_x, self.kappa_y), max(self.kappa_x, self.kappa_y)

    @property
    def is_reversed(self) -> bool:
        """Whether Y employs fewer home low-skilled per high-skilled worker than X."""
        return self.kappa_y < self.kappa_x


@dataclass(frozen=True)
class Cones:
    """What :meth:`IndustryEconomy.cones` returns.

    Attributes
    ----------
    found : tuple of Cone
        In order of the wage.
    unresolved : tuple of (float, float)
        Intervals of wages in which crossings may merge: too narrow to split, or too many because
        the frontiers coincide up to rounding.
    scanned : (float, float)
        The range of wages; outside it nothing is said.
    """

    found: tuple[Cone, ...]
    unresolved: tuple[tuple[float, float], ...]
    scanned: tuple[float, float]


@dataclass(frozen=True, eq=False)
class _Points:
    """Both frontiers at some wages: s, home intensity k, one row for each industry."""

    w: Array
    s: Array
    k: Array

    def lead(self) -> Array:
        """s_y - s_x; a curve that is infinite leads by infinity."""
        with np.errstate(invalid="ignore"):
            return self.s[1] - self.s[0]


def find_cones(x: Industry, y: Industry, low: float, high: float) -> Cones:
    """Certified enumeration on [low, high], for two industries with scalar parameters."""
    cells = np.geomspace(low, high, 65)
    a, b = cells[:-1], cells[1:]
    brackets, unresolved = [], []
    while a.size:
        left, right = _at(x, y, a), _at(x, y, b)
        with np.errstate(invalid="ignore"):  # both infinite: nothing is known
            lowest, highest = right.k[0] - left.k[1], left.k[0] - right.k[1]
        empty = _is_empty(left, right, lowest, highest)
        monotone = ~empty & ((lowest > 0) | (highest < 0))
        crosses = np.sign(left.lead()) * np.sign(right.lead()) < 0
        ends = monotone & (crosses | (right.lead() == 0) | ((a == low) & (left.lead() == 0)))
        brackets += list(zip(a[ends], b[ends], strict=True))
        open_ = ~(empty | monotone)
        narrow = open_ & ((b - a <= NARROW * b) | (a.size > MANY))
        unresolved += list(zip(a[narrow], b[narrow], strict=True))
        split = open_ & ~narrow
        a, b = _halves(a[split], b[split])
    found = [_cone(x, y, *bracket) for bracket in sorted(brackets)]
    return Cones(tuple(found), _merged(unresolved), (float(low), float(high)))


def _at(x: Industry, y: Industry, w: Array) -> _Points:
    log_w, rows_s, rows_k = np.log(w), [], []
    for industry in (x, y):
        log_s = industry.log_high_skill_wage(log_w)
        log_k = industry.log_intensity(log_w, log_s, industry.cutoff(log_w)[1])
        with np.errstate(over="ignore"):  # infinite, or beyond floats
            rows_s.append(np.exp(log_s))
            rows_k.append(np.where(log_s == -np.inf, 0.0, np.exp(log_k)))
    return _Points(w, np.array(rows_s), np.array(rows_k))


def _is_empty(left: _Points, right: _Points, lowest: Array, highest: Array) -> NDArray[np.bool_]:
    """Cells without a crossing, given the least and the largest slope of s_y - s_x in each.

    Either a good cannot pay there, or the values are apart (both curves fall, so s_y - s_x lies
    between s_y(b) - s_x(a) and s_y(a) - s_x(b)), or values and slopes together leave no room: the
    difference stays on the far side of two lines through its ends, which meet at ``least``.
    """
    no_pay = (left.s == 0).any(axis=0) | np.isinf(right.s).any(axis=0)
    apart = (right.s[1] > left.s[0]) | (right.s[0] > left.s[1])
    width = right.w - left.w
    with np.errstate(invalid="ignore", divide="ignore"):  # infinite ends: split until they are out
        sign = np.sign(left.lead())
        a, b = sign * left.lead(), sign * right.lead()
        falls, rises = np.where(sign > 0, lowest, -highest), np.where(sign > 0, highest, -lowest)
        turn = np.clip((a - b + rises * width) / (rises - falls), 0, width)
        least = np.maximum(a + falls * turn, b - rises * (width - turn))
        return no_pay | apart | ((b > 0) & (least > 0))


def _halves(a: Array, b: Array) -> tuple[Array, Array]:
    middle = np.sqrt(a * b)
    return np.concatenate([a, middle]), np.concatenate([middle, b])


def _cone(x: Industry, y: Industry, a: float, b: float) -> Cone:
    """The crossing in a monotone cell."""

    def lead(log_w: Array) -> Array:
        return np.tanh((y.log_high_skill_wage(log_w) - x.log_high_skill_wage(log_w)) / 2)

    ends = np.log([a, b])
    at_ends = lead(ends)
    exact = ends[at_ends == 0]
    log_w = float(exact[0]) if exact.size else float(find_root(lead, *ends))
    log_s = float(x.log_high_skill_wage(log_w))
    (i_x, m_x), (i_y, m_y) = x.cutoff(log_w), y.cutoff(log_w)
    k_x, k_y = (
        float(np.exp(j.log_intensity(np.array(log_w), np.array(log_s), m)))
        for j, m in ((x, m_x), (y, m_y))
    )
    return Cone(float(np.exp(log_w)), float(np.exp(log_s)), float(i_x), float(i_y), k_x, k_y)


def _merged(intervals: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Neighbouring intervals joined, in order."""
    joined: list[tuple[float, float]] = []
    for a, b in sorted(intervals):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], float(b))
        else:
            joined.append((float(a), float(b)))
    return tuple(joined)
