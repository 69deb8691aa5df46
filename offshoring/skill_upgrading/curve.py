"""All equilibria of an economy with offshoring: the zeros of one function on one curve.

The curve
---------
Let x = C_L be the unit cost of low-tech headquarters. It fixes the skill Z_1 of the worker who is
paid the same there and in intermediates, S(Z_1) = x. Free entry fixes C_H: a low-tech firm that
breaks even at x, at home or with imported intermediates, whichever is cheaper, leaves a high-tech
firm the cost kappa(x), which rises with x. If kappa < x A(top) there are no high-tech firms, and if
kappa > x A(Z_1) no low-tech ones; otherwise A(Z_2) = kappa / x fixes Z_2. High-tech firms offshore
where C_H < C_H^A, which is below some x_H, and low-tech ones where x < x_L = C_L^A, which is below
x_H. So there are three stretches, and everything on the curve is known but x.

The function
------------
z(x) is what firms at home buy of intermediates less what is made of them there. As x rises,

- above x_H nobody offshores and z rises: at most one zero (regimes 0, 5, 7);
- at x_H it jumps up by Q_H: if it jumps over zero, some high-tech firms offshore (1, 6);
- between x_L and x_H, z = U - V with U the output of all workers beyond Z_1 in low-tech
  headquarters less the output of intermediates, which rises, and V that of the workers beyond Z_2.
  If kappa / x rises, so does V: zeros may be many (regime 2), and a stretch [a, b] has none if
  U(a) >= V(b) or U(b) <= V(a). If it falls, z < 0 while there is no low-tech firm, and from there
  on V falls: there is at most one;
- at x_L it jumps up by Q_L: if it jumps over zero, some low-tech firms offshore (3, 8);
- below x_L all offshore and z < 0; if x_L >= 1 all offshore at x = 1 (4, 9).

Near kappa = 0 the output of high-tech headquarters may change with log kappa, not with x, so log
kappa is the coordinate there, and all of Z_2 and C_H is computed in logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise

from offshoring.roots import find_root
from offshoring.skill_upgrading.regimes import (
    ALL_ABROAD,
    ALL_HOME,
    H_ABROAD,
    SOME_H,
    SOME_L,
    WITHOUT_H,
    WITHOUT_L,
)
from offshoring.skill_upgrading.workforce import Workforce
from offshoring.validation import Array

if TYPE_CHECKING:
    from offshoring.skill_upgrading.economy import OpenEconomy

LOWEST = -1e12  # log kappa below which nothing is looked for: high-tech output is nil there
WIDTH = 1e-6  # of the pieces of the curve, in log kappa, that decide how many zeros there are


class Stretch(NamedTuple):
    """Part of the curve on which the same firms offshore: kappa = k (x + 1) - m."""

    k: Array
    m: Array

    def log_kappa(self, x: ArrayLike) -> Array:
        """Log of kappa; -inf where kappa <= 0."""
        with np.errstate(divide="ignore"):
            return np.log(np.maximum(self.k * (np.asarray(x) + 1) - self.m, 0))

    def corner(self, low: Array, high: Array) -> Array:
        """x at which kappa is zero, if it is between two points; else the nearer of them."""
        with np.errstate(divide="ignore"):  # nobody can afford the fixed cost
            return np.clip(self.m / self.k - 1, low, high)

    def x(self, log_kappa: ArrayLike) -> Array:
        """x at which kappa is given."""
        return np.asarray((np.exp(log_kappa) + self.m) / self.k - 1)


class Place(NamedTuple):
    """A point of the curve."""

    x: Array
    log_C_H: Array
    y_1: Array
    y_2: Array
    no_L: NDArray[np.bool_]
    no_H: NDArray[np.bool_]


def place(workers: Workforce, x: ArrayLike, log_kappa: ArrayLike) -> Place:
    """Who works where at x, if free entry leaves high-tech firms the cost kappa."""
    with np.errstate(divide="ignore"):
        log_x = np.log(np.asarray(x, float))
    y_1 = np.maximum(workers.at_log_ratio("M", "L", np.minimum(log_x, 0)), 0)
    lowest, highest = workers.log_ratio("L", "H", workers.top), workers.log_ratio("L", "H", y_1)
    log_A = np.asarray(log_kappa) - log_x
    no_H = log_A <= lowest
    no_L = (log_A >= highest) & ~no_H
    inside = workers.at_log_ratio("L", "H", np.clip(log_A, lowest, highest))
    y_2 = np.where(no_H, workers.top, np.where(no_L, y_1, np.maximum(inside, y_1)))
    return Place(np.asarray(x), log_x + np.clip(log_A, lowest, highest), y_1, y_2, no_L, no_H)


def excess_demand(workers: Workforce, at: Place, H_buys: bool) -> Array:
    """z, what firms buy of Northern intermediates less what is made; low-tech firms buy there."""
    made = workers.output("M", 0.0, at.y_1)
    bought = workers.output("L", at.y_1, at.y_2)
    if H_buys:
        bought = bought + workers.output("H", at.y_2, workers.top)
    return np.asarray(bought - made)


class Search:
    """The search on rows of economies, one row each."""

    def __init__(self, rows: OpenEconomy) -> None:
        self.workers = workers = rows.workforce
        sigma, F_L, F_H, F_I = (np.asarray(v) for v in (rows.sigma, rows.F_L, rows.F_H, rows.F_I))
        n = int(np.prod(rows.shape))
        self.stretch_home = Stretch(full((F_L / F_H) ** (1 / sigma), n), np.ones(n))
        self.stretch_H = Stretch(full((F_L / (F_H + F_I)) ** (1 / sigma), n), full(rows.theta, n))
        larger = F_L + np.where(np.isinf(F_I), 0.0, F_I), F_H + np.where(np.isinf(F_I), 0.0, F_I)
        self.both_abroad = full((larger[0] / larger[1]) ** (1 / sigma), n)
        self.theta = full(rows.theta, n)
        least = np.exp(workers.log_ratio("M", "L", workers.top))
        self.lowest = full(np.maximum(least, np.finfo(float).tiny), n)
        self.x_L = full(rows.onset_cost("L"), n)
        self.C_H = full(rows.onset_cost("H"), n)
        self.x_H, self.log_kappa_H = self._onset()

    def _onset(self) -> tuple[Array, Array]:
        """x_H, and log kappa there; +inf where no low-tech firm is left."""
        workers, C = self.workers, self.C_H
        never, always = C <= 0, np.isinf(C)
        C = np.where(never | always, 0.5, C)
        by_entry = (C + 1) / self.stretch_home.k - 1
        with np.errstate(divide="ignore", over="ignore"):
            no_H = C / np.exp(workers.log_ratio("L", "H", workers.top))
        y = workers.at_log_ratio("M", "H", np.minimum(np.log(C), 0))
        no_L = np.where(C < 1, np.exp(workers.log_ratio("M", "L", y)), np.inf)
        x = np.maximum(np.minimum(by_entry, no_H), no_L)
        log_kappa = np.where(no_L == x, np.inf, np.log(C))
        return np.where(never, 0.0, np.where(always, np.inf, x)), log_kappa

    def run(self) -> dict[str, NDArray[Any]]:
        """All equilibria, one row each: their point, place and who offshores."""
        found = [self._all_home(), self._some_H(), *self._H_abroad(), self._some_L(), self._both()]
        return {name: np.concatenate([f[name] for f in found]) for name in found[0]}

    def _all_home(self) -> dict[str, NDArray[Any]]:
        """Nobody offshores: the only zero above x_H."""
        low = np.clip(self.x_H, self.lowest, 1.0)
        stretch, one = self.stretch_home, np.ones_like(low)
        start = self._z(stretch, low, H_buys=True)
        has = (self.x_H < 1) & (start < 0)
        points, x, log_kappa = self._monotone(has, stretch, low, one, H_buys=True)
        return self._rows(points, x, log_kappa, ALL_HOME)

    def _some_H(self) -> dict[str, NDArray[Any]]:
        """At x_H, where high-tech firms do not care where they buy."""
        inside = (self.x_H < 1) & (self.x_H > self.lowest)
        points = np.flatnonzero(inside)
        workers = self.workers.take(points)
        at = place(workers, self.x_H[points], self.log_kappa_H[points])
        over = excess_demand(workers, at, H_buys=True) >= 0
        under = excess_demand(workers, at, H_buys=False) < 0
        points = points[over & under]
        return self._rows(points, self.x_H[points], self.log_kappa_H[points], SOME_H)

    def _some_L(self) -> dict[str, NDArray[Any]]:
        """At x_L, where low-tech firms do not care where they buy."""
        x = self.x_L
        inside = (x < 1) & (x > self.lowest)
        points = np.flatnonzero(inside)
        workers = self.workers.take(points)
        log_kappa = self.stretch_H.log_kappa(x)[points]
        over = excess_demand(workers, place(workers, x[points], log_kappa), H_buys=False) >= 0
        points, log_kappa = points[over], log_kappa[over]
        return self._rows(points, x[points], log_kappa, SOME_L)

    def _both(self) -> dict[str, NDArray[Any]]:
        """Everybody offshores, and nobody makes intermediates."""
        points = np.flatnonzero(self.x_L >= 1)
        theta = self.theta[points]
        with np.errstate(divide="ignore"):
            log_kappa = np.log(np.maximum(self.both_abroad[points] * (1 + theta) - theta, 0))
        return self._rows(points, np.ones(points.size), log_kappa, ALL_ABROAD)

    def _H_abroad(self) -> list[dict[str, NDArray[Any]]]:
        """High-tech firms offshore and low-tech ones do not: the zeros between x_L and x_H."""
        stretch = self.stretch_H
        low = np.maximum(self.x_L, self.lowest)
        high = np.minimum(self.x_H, 1.0)
        some = low < high
        low, high = np.where(some, low, 0.5), np.where(some, high, 0.5)
        signs = self._z(stretch, low, H_buys=False) < 0, self._z(stretch, high, H_buys=False) >= 0
        falls = stretch.k >= stretch.m  # V falls, so that z rises
        one = self._monotone(some & falls & signs[0] & signs[1], stretch, low, high, H_buys=False)
        corner = stretch.corner(low, high)  # no high-tech firm below
        at_corner = self._z(stretch, corner, H_buys=False)
        flat = some & ~falls & signs[0] & (corner > low) & (at_corner >= 0)
        nobody = self._monotone(flat, stretch, low, corner, H_buys=False)
        many = self._many(some & ~falls & (corner < high), stretch, low, high)
        return [self._rows(*found, H_ABROAD) for found in (one, nobody, many)]

    def _z(self, stretch: Stretch, x: Array, H_buys: bool) -> Array:
        return excess_demand(self.workers, place(self.workers, x, stretch.log_kappa(x)), H_buys)

    def _monotone(
        self, has: NDArray[np.bool_], stretch: Stretch, low: Array, high: Array, H_buys: bool
    ) -> tuple[NDArray[np.intp], Array, Array]:
        """The one zero between two points of a stretch on which z rises from below zero."""
        corner = stretch.corner(low, high)
        empty = self._z(stretch, corner, H_buys) >= 0  # the zero is where kappa <= 0
        x, log_kappa = low.copy(), np.full(low.shape, -np.inf)

        def without_H(x: Array, row: Array) -> Array:
            workers = self.workers.take(row.astype(int))
            return excess_demand(workers, place(workers, x, -np.inf), H_buys)

        def with_H(t: Array, row: Array, k: Array, m: Array) -> Array:
            workers = self.workers.take(row.astype(int))
            return excess_demand(workers, place(workers, Stretch(k, m).x(t), t), H_buys)

        rows = np.flatnonzero(has & empty)
        x[rows] = rising_root(without_H, low[rows], corner[rows], (rows,))
        rows = np.flatnonzero(has & ~empty)
        part = Stretch(stretch.k[rows], stretch.m[rows])
        first, last = (np.maximum(stretch.log_kappa(end)[rows], LOWEST) for end in (corner, high))
        log_kappa[rows] = rising_root(with_H, first, last, (rows, *part))
        x[rows] = part.x(log_kappa[rows])
        points = np.flatnonzero(has)
        return points, x[points], log_kappa[points]

    def _many(
        self, mask: NDArray[np.bool_], stretch: Stretch, low: Array, high: Array
    ) -> tuple[NDArray[np.intp], Array, Array]:
        """All zeros on a stretch where U and V both rise: halve it, drop halves that have none."""
        row = np.flatnonzero(mask)
        a = np.maximum(stretch.log_kappa(low)[row], LOWEST)
        b = stretch.log_kappa(high)[row]
        at_a, at_b = self._cutoffs(row, a), self._cutoffs(row, b)
        while True:
            workers = self.workers.take(row)
            highest, lowest = net(workers, at_b[0], at_a[1]), net(workers, at_a[0], at_b[1])
            may = (lowest < 0) & (highest >= 0)
            row, a, b = row[may], a[may], b[may]
            at_a, at_b = at_a[:, may], at_b[:, may]
            if not np.any(wide := b - a > WIDTH * np.maximum(1, np.abs(b))):
                break
            middle = (a + b) / 2
            at_m = self._cutoffs(row[wide], middle[wide])
            row = np.concatenate([row[~wide], row[wide], row[wide]])
            a, b = (
                np.concatenate([a[~wide], a[wide], middle[wide]]),
                np.concatenate([b[~wide], middle[wide], b[wide]]),
            )
            at_a, at_b = (
                np.concatenate([at_a[:, ~wide], at_a[:, wide], at_m], axis=1),
                np.concatenate([at_b[:, ~wide], at_m, at_b[:, wide]], axis=1),
            )
        order = np.lexsort((a, row))
        workers = self.workers.take(row)
        z_a, z_b = net(workers, *at_a), net(workers, *at_b)
        ends = [v[order] for v in (a, b, z_a, z_b)]
        row, a, b = self._crossings(row[order], *ends)
        part = Stretch(stretch.k[row], stretch.m[row])
        t = find_root(self._gap, a, b, (row,))
        return row, part.x(t), t

    def _cutoffs(self, row: NDArray[np.intp], t: Array) -> Array:
        """y_1 and y_2 at log kappa = t, while high-tech firms offshore."""
        workers = self.workers.take(row)
        at = place(workers, Stretch(self.stretch_H.k[row], self.stretch_H.m[row]).x(t), t)
        return np.array([at.y_1, at.y_2])

    def _gap(self, t: Array, row: Array) -> Array:
        number = row.astype(int)
        return net(self.workers.take(number), *self._cutoffs(number, t))

    def _crossings(
        self, row: NDArray[np.intp], a: Array, b: Array, z_a: Array, z_b: Array
    ) -> tuple[NDArray[np.intp], Array, Array]:
        """Brackets of all zeros among the pieces that are left, which are sorted.

        Neighbours without a change of sign may hide two zeros: the extremum between them decides.
        """
        crossed = (z_a >= 0) != (z_b >= 0)
        # three ends in a row of which the middle one is nearest to zero
        same = (row[1:] == row[:-1]) & (b[:-1] == a[1:]) & ~crossed[1:] & ~crossed[:-1]
        side = np.sign(z_a[:-1])
        lowest = same & (side * z_b[:-1] <= side * z_a[:-1]) & (side * z_b[:-1] <= side * z_b[1:])
        left = np.flatnonzero(lowest)
        ends = row[left], a[left], b[left + 1]
        side = side[left]
        low = elementwise.find_minimum(
            lambda t, row, side: side * self._gap(t, row), (a[left], b[left], b[left + 1]),
            args=(ends[0], side),
        )  # fmt: skip
        if not np.all(low.success):  # two equilibria could be lost without a word
            raise RuntimeError(f"an extremum was not found: status {np.unique(low.status)}")
        twice = np.asarray(low.f_x) < 0
        extra = [v[twice] for v in (*ends, low.x)]
        rows = np.concatenate([row[crossed], extra[0], extra[0]])
        return (
            rows,
            np.concatenate([a[crossed], extra[1], extra[3]]),
            np.concatenate([b[crossed], extra[3], extra[2]]),
        )

    def _rows(
        self, row: NDArray[np.intp], x: Array, log_kappa: Array, regime: int
    ) -> dict[str, NDArray[Any]]:
        """Fields of the equilibria of one kind; where a sector has no firm the regime says so."""
        workers = self.workers.take(row)
        at = place(workers, x, log_kappa)
        M = workers.output("M", 0.0, at.y_1)
        Q_L = workers.output("L", at.y_1, at.y_2)
        Q_H = workers.output("H", at.y_2, workers.top)
        shares = {ALL_HOME: (0.0, 0.0), H_ABROAD: (1.0, 0.0), ALL_ABROAD: (1.0, 1.0)}
        with np.errstate(divide="ignore", invalid="ignore"):
            if regime == SOME_H:
                s_H, s_L = 1 - (M - Q_L) / Q_H, np.zeros_like(M)
            elif regime == SOME_L:
                s_H, s_L = np.ones_like(M), 1 - M / Q_L
            else:
                s_H, s_L = (np.full_like(M, share) for share in shares[regime])
        without_L, without_H = WITHOUT_L.get(regime, regime), WITHOUT_H.get(regime, regime)
        numbers = np.where(at.no_H, without_H, np.where(at.no_L, without_L, regime))
        return {
            "point": row, "y_1": at.y_1, "y_2": at.y_2, "C_L": at.x,
            "log_C_H": at.log_C_H,
            "s_L": np.where(at.no_L, 0.0, s_L), "s_H": np.where(at.no_H, 0.0, s_H),
            "regime": numbers,
        }  # fmt: skip


def full(value: ArrayLike, n: int) -> Array:
    """A row of n numbers."""
    return np.broadcast_to(np.asarray(value, float), (n,)).copy()


def rising_root(
    residual: Callable[..., Array], low: Array, high: Array, args: tuple[NDArray[Any], ...]
) -> Array:
    """Where a rising function meets zero in each bracket; an end of it, if only by rounding."""
    at_low, at_high = (residual(end, *args) for end in (low, high))
    inside = (at_low < 0) & (at_high > 0)
    found = np.where(at_low >= 0, low, high)
    found[inside] = find_root(residual, low[inside], high[inside], tuple(a[inside] for a in args))
    return found


def net(workers: Workforce, y_1: Array, y_2: Array) -> Array:
    """U - V: low-tech output between two cutoffs, negative if they cross, less intermediates.

    As one integral between the cutoffs it keeps digits that U and V, which may be huge, would not.
    """
    low, high = np.minimum(y_1, y_2), np.maximum(y_1, y_2)
    between = np.where(y_1 <= y_2, 1.0, -1.0) * workers.output("L", low, high)
    return np.asarray(between - workers.output("M", 0.0, y_1))
