"""Every equilibrium of two similar countries by exhaustion: a judge that shares no code.

Nothing is imported from the package, and the route is another one. The plane of relative output
and relative wage is cut into boxes. Interval arithmetic drops a box that can hold no equilibrium;
interval Newton shows that another holds exactly one; what is left is halved. Every box is decided
in the end, or the judge says how many are not. Rounding is not directed outwards, so this is a
thorough check and not a certificate.

The equations are those of the paper: the location rule (GRH12-1, 2, delta, loc), costs (GRH12-4,
5), demand (GRH12-6), employment (GRH12-11, 12). :func:`residuals` evaluates all of them task by
task, and :func:`digits` does so in as many digits as wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from mpmath import mp, mpf

# ---------------------------------------------------------------- a world


@dataclass(frozen=True)
class World:
    """Two countries, in plain numbers.

    The schedule t(i) is linear, first + second i; exponential, first e^(second i); or power,
    (1 - i)^(-first).
    """

    beta: float
    theta: float
    sigma: float
    L: float
    H: float
    L_star: float
    H_star: float
    kind: str = "linear"
    first: float = 1.0
    second: float = 1.0
    f: float = 1.0

    def mirror(self) -> World:
        """The same world with the names of the countries exchanged."""
        return replace(self, L=self.L_star, H=self.H_star, L_star=self.L, H_star=self.H)


def similar(beta, theta, sigma, L, **more) -> World:
    """H = L and L + L* = 2, the paper's way to vary size."""
    return World(beta, theta, sigma, L, L, 2 - L, 2 - L, **more)


# ---------------------------------------------------------------- task by task (plain numbers)


def cost(world, i, lib=np):
    """The schedule t(i), infinite at i = 1 if it is the power schedule."""
    if world.kind == "linear":
        return world.first + world.second * i
    if world.kind == "exponential":
        return world.first * lib.exp(world.second * i)
    return (1 - i) ** -world.first if i < 1 else lib.inf


def beyond(world, t, lib=np):
    """The measure of tasks that cost more than t, and the integral of the costs up to t.

    Costs, not tasks, are the variable: near i = 1 the number 1 - i would have lost its digits.
    """
    a, b = world.first, world.second
    t = max(t, cost(world, 0, lib))
    if world.kind == "power":
        left, k = t ** (-1 / a), 1 - a
        return left, (lib.log(t) if k == 0 else (1 - left**k) / k)
    i = (t - a) / b if world.kind == "linear" else lib.log(t / a) / b
    i = min(i, t * 0 + 1)
    if world.kind == "linear":
        return 1 - i, i * (a + b * i / 2)
    return 1 - i, a * (lib.exp(b * i) - 1) / b


def place(world, t, N, N_star, w, lib=np):
    """Where a task of cost t is done: E, W or B, from the costs of everybody (GRH12-loc)."""
    A, bt = lambda X: X**world.theta, world.beta * t
    X = N + N_star
    east_holds = bt * w / A(X) <= 1 / A(N_star)  # no Western coalition leaves East (GRH12-1)
    west_holds = bt / A(X) <= w / A(N)  # no Eastern coalition leaves West (GRH12-2)
    if east_holds and west_holds:
        dearer_in_east = (w - bt) * N + (bt * w - 1) * N_star > 0  # GRH12-delta
        return "W" if dearer_in_east else "E"
    return "E" if east_holds else "W" if west_holds else "B"


def allocation(world, N, N_star, w, lib=np):
    """Measure and cost of the sets E, W, B: {"E": (M, T), ...}; also the thresholds I, I*."""
    A, X = lambda X: X**world.theta, N + N_star
    at_I, at_I_star = A(X) / A(N_star) / w / world.beta, A(X) / A(N) * w / world.beta
    ends = [at_I, at_I_star]
    across, along = w * N - N_star, N - w * N_star  # delta_d = 0 at beta t = across / along
    if across * along > 0:
        ends.append(across / along / world.beta)
    first, last = (cost(world, i, lib) for i in (N * 0, N * 0 + 1))
    ends = [first, *sorted(t for t in ends if first < t < last), last]
    sets = {name: [N * 0, N * 0] for name in "EWB"}
    for low, high in pairwise(ends):
        inner = (low + high) / 2 if high < lib.inf else 2 * low
        name = place(world, inner, N, N_star, w, lib)
        (left, done), (left_after, done_after) = (
            beyond(world, t, lib) if t < lib.inf else (N * 0, lib.inf) for t in (low, high)
        )
        sets[name][0] += left - left_after
        sets[name][1] += done_after - done  # T(B) is not needed, and may be infinite
    return sets, 1 - beyond(world, at_I, lib)[0], 1 - beyond(world, at_I_star, lib)[0]


def residuals(world, x, x_star, w, sets=None, lib=np):
    """Relative errors of (6), (11), (12), the rest of (4)-(12) being definitions."""
    z, n, n_star = world, world.H / world.f, world.H_star / world.f
    N, N_star = n * x, n_star * x_star
    A, X = lambda X: X**z.theta, N + N_star
    if sets is None:
        sets, _, _ = allocation(world, N, N_star, w, lib)
    (M_E, T_E), (M_W, T_W), (M_B, _) = sets["E"], sets["W"], sets["B"]
    c = (w * M_E + z.beta * T_W) / A(X) + w * M_B / A(N)
    c_star = (z.beta * w * T_E + M_W) / A(X) + M_B / A(N_star)
    work = (M_E * N + z.beta * T_E * N_star) / A(X) + M_B * N / A(N)
    work_star = (z.beta * T_W * N + M_W * N_star) / A(X) + M_B * N_star / A(N_star)
    return (
        x / x_star / (c / c_star) ** -z.sigma - 1,  # GRH12-6
        work / z.L - 1,  # GRH12-11
        work_star / z.L_star - 1,  # GRH12-12
    )


def describe(world, x, x_star, w, lib=np):
    """Everything that the paper reports of an equilibrium."""
    z, n, n_star = world, world.H / world.f, world.H_star / world.f
    N, N_star = n * x, n_star * x_star
    A, X = lambda X: X**z.theta, N + N_star
    sets, I, I_star = allocation(world, N, N_star, w, lib)
    (M_E, T_E), (M_W, T_W), (M_B, _) = sets["E"], sets["W"], sets["B"]
    c = (w * M_E + z.beta * T_W) / A(X) + w * M_B / A(N)
    c_star = (z.beta * w * T_E + M_W) / A(X) + M_B / A(N_star)
    s, s_star = (cost * out / z.f / (z.sigma - 1) for cost, out in ((c, x), (c_star, x_star)))
    p, p_star = (z.sigma / (z.sigma - 1) * cost for cost in (c, c_star))
    P = (n * p ** (1 - z.sigma) + n_star * p_star ** (1 - z.sigma)) ** (1 / (1 - z.sigma))
    return {
        "w": w, "u": lib.log(N / N_star), "share": N / X, "x": x, "x_star": x_star,
        "I": I, "I_star": I_star, "M_E": M_E, "M_W": M_W, "M_B": M_B, "T_E": T_E, "T_W": T_W,
        "c": c, "c_star": c_star, "s": s, "s_star": s_star, "P": P,
        "welfare": (w * z.L + s * z.H) / P, "welfare_star": (z.L_star + s_star * z.H_star) / P,
    }  # fmt: skip


def digits(world, guess, sets=None, count=40):
    """An equilibrium (or a solution at given sets) near ``guess`` = (x, x*, w), in many digits.

    Returns the three numbers and the largest residual. Newton's method on the unreduced (6), (11),
    (12), with the sets chosen task by task at every step unless they are given.
    """
    with mp.workdps(count + 10):
        exact = replace(
            world, **{k: mpf(repr(v)) for k, v in vars(world).items() if isinstance(v, float)}
        )

        def system(*logs):
            return residuals(exact, *(mp.exp(v) for v in logs), sets=sets, lib=mp)

        start = [mp.log(mpf(float(v))) for v in guess]
        found = mp.findroot(system, start, tol=mpf(10) ** (-2 * count), maxsteps=50)
        return tuple(mp.exp(v) for v in found), max(abs(r) for r in system(*found))


# ---------------------------------------------------------------- intervals with slopes


class Jet:
    """Rows of intervals: a value and its slopes along the two sides of a box.

    ``lo`` and ``hi`` have three rows (value, two slopes) and one column a box. At a kink the slope
    is the hull of the slopes on both sides.
    """

    __array_ufunc__ = None  # array * jet is the jet's business

    def __init__(self, lo, hi):
        self.lo, self.hi = lo, hi

    @staticmethod
    def side(lo, hi, row):
        """The coordinate along one side of the boxes."""
        low, high = np.zeros((3, lo.size)), np.zeros((3, lo.size))
        low[0], high[0] = lo, hi
        low[row] = high[row] = 1
        return Jet(low, high)

    def __add__(self, other):
        if isinstance(other, Jet):
            return Jet(self.lo + other.lo, self.hi + other.hi)
        lo, hi = self.lo.copy(), self.hi.copy()
        lo[0] += other
        hi[0] += other
        return Jet(lo, hi)

    __radd__ = __add__

    def __neg__(self):
        return Jet(-self.hi, -self.lo)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if not isinstance(other, Jet):
            ends = self.lo * other, self.hi * other
            return Jet(np.minimum(*ends), np.maximum(*ends))
        value = times(self.lo[0], self.hi[0], other.lo[0], other.hi[0])
        left = times(self.lo[1:], self.hi[1:], other.lo[0], other.hi[0])
        right = times(self.lo[0], self.hi[0], other.lo[1:], other.hi[1:])
        lo, hi = np.empty_like(self.lo), np.empty_like(self.hi)
        lo[0], hi[0] = value
        lo[1:], hi[1:] = left[0] + right[0], left[1] + right[1]
        return Jet(lo, hi)

    __rmul__ = __mul__

    def rising(self, f, slope):
        """f of the value, for f that does not fall; ``slope`` gives the ends of f' on the box."""
        lo, hi = np.empty_like(self.lo), np.empty_like(self.hi)
        lo[0], hi[0] = f(self.lo[0]), f(self.hi[0])
        steep = slope(self.lo[0], self.hi[0], lo[0], hi[0])
        lo[1:], hi[1:] = times(*steep, self.lo[1:], self.hi[1:])
        return Jet(lo, hi)

    def exp(self):
        """e to the value."""
        return self.rising(np.exp, lambda a, b, fa, fb: (fa, fb))

    def log(self):
        """Logarithm of a positive value."""
        return self.rising(np.log, lambda a, b, fa, fb: (1 / b, 1 / a))

    def log_one_plus_exp(self):
        """log(1 + e^value)."""
        return self.rising(
            lambda x: np.logaddexp(0, x),
            lambda a, b, *_: (1 / (1 + np.exp(-a)), 1 / (1 + np.exp(-b))),
        )

    def larger(self, other):
        """The larger of two; where the boxes do not tell which, the hull of both slopes."""
        lo, hi = np.maximum(self.lo, other.lo), np.maximum(self.hi, other.hi)
        low = np.minimum(self.lo, other.lo)
        first, second = self.lo[0] >= other.hi[0], other.lo[0] >= self.hi[0]
        for row in (1, 2):
            lo[row] = np.where(first, self.lo[row], np.where(second, other.lo[row], low[row]))
            hi[row] = np.where(first, self.hi[row], np.where(second, other.hi[row], hi[row]))
        return Jet(lo, hi)

    def smaller(self, other):
        """The smaller of two."""
        return -((-self).larger(-other))


def times(a, b, c, d):
    """The product of the intervals [a, b] and [c, d]."""
    ends = a * c, a * d, b * c, b * d
    return (
        np.minimum(np.minimum(ends[0], ends[1]), np.minimum(ends[2], ends[3])),
        np.maximum(np.maximum(ends[0], ends[1]), np.maximum(ends[2], ends[3])),
    )


class Curve(NamedTuple):
    """The schedules of many worlds of one kind, one entry a box, as functions of log t."""

    kind: str
    first: np.ndarray
    second: np.ndarray

    def ends(self):
        """Logarithms of t(0) and t(1)."""
        a, b = self.first, self.second
        if self.kind == "power":
            return 0 * a, a + np.inf
        return np.log(a), np.log(a + b) if self.kind == "linear" else np.log(a) + b

    def beyond(self, log_t):
        """The measure of dearer tasks, as a jet of the jet ``log_t``."""
        return -log_t.rising(lambda x: -self._left(x), self._slope(lambda t: 1))

    def spent(self, log_t):
        """The integral of costs up to t, as a jet of the jet ``log_t``."""
        return log_t.rising(self._spent, self._slope(lambda t: t))

    def _left(self, x):
        first, last = self.ends()
        x = np.clip(x, first, last)
        if self.kind == "linear":
            return 1 - (np.exp(x) - self.first) / self.second
        return (
            1 - (x - first) / self.second if self.kind == "exponential" else np.exp(-x / self.first)
        )

    def _spent(self, x):
        first, last = self.ends()
        x, a, b = np.clip(x, first, last), self.first, self.second
        if self.kind == "linear":
            return (np.exp(2 * x) - a * a) / (2 * b)
        if self.kind == "exponential":
            return (np.exp(x) - a) / b
        k = np.where(a == 1, 1.0, (1 - a) / a)
        return np.where(a == 1, x, -np.expm1(-k * x) / (k * a))

    def _slope(self, weight):
        """Slope of the tasks up to log t, each with its weight: monotone between the ends."""
        first, last = self.ends()

        def slope(a, b, *_):
            two = []
            for x in (np.clip(a, first, last), np.clip(b, first, last)):
                t = np.exp(x)
                if self.kind == "linear":
                    tasks = t / self.second
                else:
                    tasks = (
                        1 / self.second
                        if self.kind == "exponential"
                        else self._left(x) / self.first
                    )
                two.append(tasks * weight(t))
            kinked, flat = (a <= first) | (b >= last), (b <= first) | (a >= last)
            return np.where(kinked, 0, np.minimum(*two)), np.where(flat, 0, np.maximum(*two))

        return slope


# ---------------------------------------------------------------- the two equations on boxes


@dataclass
class Setting:
    """Parameters of many worlds of one kind, one entry a box."""

    curve: Curve
    log_beta: np.ndarray
    theta: np.ndarray
    sigma: np.ndarray
    log_size: np.ndarray  # log L / L*
    log_firms: np.ndarray  # log n / n*

    @staticmethod
    def of(worlds):
        """From worlds whose schedules are of one kind."""
        column = {k: np.array([getattr(z, k) for z in worlds]) for k in World.__dataclass_fields__}
        return Setting(
            Curve(worlds[0].kind, column["first"], column["second"]),
            np.log(column["beta"]), column["theta"], column["sigma"],
            np.log(column["L"] / column["L_star"]), np.log(column["H"] / column["H_star"]),
        )  # fmt: skip

    def at(self, rows):
        """The setting of some boxes."""
        curve = Curve(self.curve.kind, self.curve.first[rows], self.curve.second[rows])
        rest = {k: v[rows] for k, v in vars(self).items() if k != "curve"}
        return Setting(curve, **rest)


def log_cosh(x):
    """Logarithm of the hyperbolic cosine, without overflow."""
    x = np.abs(x)
    return x + np.log1p(np.exp(-2 * x)) - np.log(2)


def wage(region, u, y, top):
    """The logarithms v = log w and s = log beta t(J), as jets, on the boxes (u, y).

    N >= N* here, u = log(N / N*). Three regions share the half plane; J is smooth in each.

    0, even: y = s in [0, top], and (3) reads tanh(v/2) = tanh(u/2) tanh(s/2).
    1, above: v is y above the upper end of region 0, where J is 1, or no less than I* (its log
    beta t is at most u + log 2); West is cheaper for all tasks that are candidates.
    2, below: v = y <= 0; East is cheaper for all tasks.
    """
    s = Jet.side(*(np.choose(region, (x[0], top, 0 * top)) for x in (y.lo, y.hi)), 2)
    v = Jet(np.zeros_like(u.lo), np.zeros_like(u.hi))
    (a, b), (c, d) = (u.lo[0], u.hi[0]), (s.lo[0], s.hi[0])
    v.lo[0], v.hi[0] = (log_cosh((x + k) / 2) - log_cosh((x - k) / 2) for x, k in ((a, c), (b, d)))
    # the slope along u falls in u and rises in s, that along s the other way round
    for row, sign, ends in ((1, -1, ((b, c), (a, d))), (2, 1, ((a, d), (b, c)))):
        for part, (x, k) in zip((v.lo, v.hi), ends, strict=True):
            part[row] = (np.tanh((x + k) / 2) + sign * np.tanh((x - k) / 2)) / 2
    for z in (v.lo, v.hi):
        z[1] *= region < 2
        z[2] *= region == 0
    v.lo += (region > 0) * y.lo
    v.hi += (region > 0) * y.hi
    for z in (s.lo, s.hi):
        z[0] += np.where(region == 1, 1e3, 0)  # J = 1
        z[2] *= region == 0
    return v, s


def equations(z, region, u, y, top):
    """Excess of (11) over (12), and (6), as jets; and the jet of the dearest task concentrated."""
    v, s = wage(region, u, y, top)
    more, less = u.log_one_plus_exp(), (-u).log_one_plus_exp()  # -log q* and -log q
    at_I, at_I_star = z.theta * more - v, z.theta * less + v  # logs of beta t: GRH12-1, 2
    at_m = at_I_star.smaller(s)  # W = [0, m], E = (m, e], B = (e, 1]
    at_e = at_I.larger(at_m)
    left_m, M_B = (z.curve.beyond(k - z.log_beta) for k in (at_m, at_e))
    beta = np.exp(z.log_beta)
    bT_W, all_bT = (beta * z.curve.spent(k - z.log_beta) for k in (at_m, at_e))
    M_W, M_E, bT_E = 1 - left_m, left_m - M_B, all_bT - bT_W
    for part in (bT_E, M_E, M_B):  # none is negative
        part.lo[0] = np.maximum(part.lo[0], 0)
    q, q_star, w = (-less).exp(), (-more).exp(), v.exp()
    lift, lift_star = (z.theta * less).exp(), (z.theta * more).exp()  # q^-theta, q*^-theta
    work = M_E * q + bT_E * q_star + M_B * (q * lift)
    work_star = bT_W * q + M_W * q_star + M_B * (q_star * lift_star)
    c = w * (M_E + M_B * lift) + bT_W
    c_star = w * bT_E + M_W + M_B * lift_star
    nearby = np.exp(z.log_beta + z.curve.ends()[0])  # no task costs less, wherever it is done
    c.lo[0] = np.maximum(c.lo[0], np.minimum(w.lo[0], nearby))
    c_star.lo[0] = np.maximum(c_star.lo[0], np.minimum(1, w.lo[0] * nearby))
    size = np.exp(z.log_size)
    balance = work * (1 / (1 + size)) - work_star * (size / (1 + size))
    demand = u - z.log_firms + z.sigma * (c.log() - c_star.log())
    return balance, demand * (1 / z.sigma), 1 - M_B


# ---------------------------------------------------------------- every box is decided

ROUND = 1e-13  # more than rounding in the two equations and in coordinates
WIDTH = 1e-10  # a box that is not decided at this width stays so
ENOUGH = 50_000  # boxes examined for one world; those left after that stay undecided
TOGETHER = 8192  # boxes handled in one go


class Boxes(NamedTuple):
    """Boxes of several worlds: whose, which region, the two sides, and where the region ends."""

    world: np.ndarray
    region: np.ndarray
    top: np.ndarray
    lo: np.ndarray
    hi: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def at(self, rows):
        """Some of the boxes."""
        return Boxes(*(x[..., rows] for x in self))


def bounds(world, far):
    """How far the search goes: the longest u, the largest v and -v, and the end of region 0.

    No equilibrium with N >= N* has a larger or smaller v at these u: with E empty, (11) and (12)
    need L / (L + L*) of the tasks or more outside W; with W empty, L* / (L + L*) or more outside
    E. If t(1) is finite, c / c* lies between 1 / beta t(1) and beta t(1), task by task, and (6)
    bounds u; if it is not, u ends at ``far``.
    """
    z, part = world, world.L_star / (world.L + world.L_star)
    first, last, east, west = np.log([z.beta * cost(z, i) for i in (0.0, 1.0, 1 - part, part)])
    long = abs(np.log(z.H / z.H_star)) + z.sigma * last if np.isfinite(last) else far
    return long, max(z.theta * np.logaddexp(0, long) - first, west), east, min(last, long + 1)


def first_boxes(worlds, far, cells=8):
    """The three regions of every world, in cells * cells boxes each."""
    long, above, below, top = np.array([bounds(z, far) for z in worlds]).T
    world, region, j, k = (x.ravel() for x in np.indices((len(worlds), 3, cells, cells)))
    first = np.stack([0.0 * j, np.where(region == 2, -below[world], 0)])
    last = np.stack([long[world], np.choose(region, (top[world], above[world], 0 * j))])
    lo, hi = (first + (last - first) * (np.stack([j, k]) + side) / cells for side in (0, 1))
    return Boxes(world, region, top[world], lo, hi, first, last)


def decide(setting, boxes):
    """What boxes hold: -1 nothing, 1 exactly one equilibrium, 0 not known; and smaller boxes.

    Boxes without offshoring count as empty. The mean value form uses hulls of slopes, which hold
    across kinks; a box that the Newton operator maps into its interior holds exactly one root.
    """
    lo, hi, mid = boxes.lo, boxes.hi, (boxes.lo + boxes.hi) / 2
    with np.errstate(over="ignore", invalid="ignore"):  # a box too large for numbers is halved
        *F, dearest = equations(setting, boxes.region, *sides(lo, hi), boxes.top)
        *at_mid, _ = equations(setting, boxes.region, *sides(mid, mid), boxes.top)
    empty = (dearest.hi[0] <= 0) | np.any([(f.lo[0] > ROUND) | (f.hi[0] < -ROUND) for f in F], 0)
    low, high = (np.stack([getattr(f, k)[1:] for f in F]) for k in ("lo", "hi"))
    value, half = np.stack([f.lo[0] for f in at_mid]), (hi - lo) / 2
    with np.errstate(all="ignore"):
        steep = np.maximum(np.abs(low), np.abs(high)) * half
        empty |= (np.abs(value) > steep.sum(1) + ROUND).any(0)
        (a, b), (c, d) = (low + high) / 2
        inverse = np.array([[d, -b], [-c, a]]) / (a * d - b * c)
        # |1 - inverse * slopes| <= |inverse| * radius, as it is the inverse of the middle
        radius = np.einsum("ijk,jlk,lk->ik", np.abs(inverse), (high - low) / 2, half)
        radius += ROUND * (np.abs(inverse).sum(1) + np.abs(mid))
        centre = mid - np.einsum("ijk,jk->ik", inverse, value)
        image = centre - radius, centre + radius
    one = ((image[0] > lo) & (image[1] < hi)).all(0)
    lo, hi = np.fmax(lo, image[0]), np.fmin(hi, image[1])
    empty |= (lo > hi).any(0)
    state = np.where(empty, -1, np.where(one, 1, 0))
    return state, boxes._replace(lo=lo, hi=hi), steep.sum(0)


def sides(lo, hi):
    """The two coordinates of boxes, as jets."""
    return Jet.side(lo[0], hi[0], 1), Jet.side(lo[1], hi[1], 2)


def inflate(boxes, by=0.05):
    """Larger boxes, that a root on an edge may lie inside; they stay in their region."""
    more = by * (boxes.hi - boxes.lo) + 10 * ROUND * (1 + np.abs(boxes.lo))
    return boxes._replace(
        lo=np.maximum(boxes.lo - more, boxes.first), hi=np.minimum(boxes.hi + more, boxes.last)
    )


def halve(boxes, effect):
    """Each box cut across the side that matters more to the equations."""
    across = np.argmax(effect, 0)
    middle = np.take_along_axis((boxes.lo + boxes.hi) / 2, across[None], 0)
    cut = np.arange(2)[:, None] == across
    parts = (
        boxes._replace(hi=np.where(cut, middle, boxes.hi)),
        boxes._replace(lo=np.where(cut, middle, boxes.lo)),
    )
    return Boxes(*(np.concatenate(pair, -1) for pair in zip(*parts, strict=True)))


def search(worlds, far):
    """Isolated equilibria with N >= N* and some offshoring, of many worlds of one kind.

    Returns the world's number, u and v of each (some twice, from neighbouring boxes), and the
    number of undecided boxes of each world.
    """
    setting = Setting.of(worlds)
    undecided, examined = np.zeros((2, len(worlds)), int)
    waiting, single = [first_boxes(worlds, far)], []
    while waiting:
        boxes = waiting.pop()
        if boxes.world.size > TOGETHER:
            rows = np.arange(boxes.world.size)
            waiting += [boxes.at(rows[: rows.size // 2]), boxes.at(rows[rows.size // 2 :])]
            continue
        np.add.at(examined, boxes.world, 1)
        larger = inflate(boxes)
        state, smaller, effect = decide(setting.at(boxes.world), larger)
        single.append(smaller.at(state == 1))
        lo, hi = np.maximum(boxes.lo, smaller.lo), np.minimum(boxes.hi, smaller.hi)
        left = (state == 0) & (lo <= hi).all(0)
        small = left & (((hi - lo) < WIDTH).all(0) | (examined > ENOUGH)[boxes.world])
        np.add.at(undecided, boxes.world[small], 1)
        left &= ~small
        if left.any():
            rest = boxes._replace(lo=lo, hi=hi).at(left)
            waiting.append(halve(rest, effect[:, left]))
    boxes = Boxes(*(np.concatenate(parts, -1) for parts in zip(*single, strict=True)))
    for _ in range(60):  # the interval Newton operator shrinks each box onto its root
        _, boxes, _ = decide(setting.at(boxes.world), boxes)
    middle = (boxes.lo + boxes.hi) / 2
    v, _ = wage(boxes.region, *sides(middle, middle), boxes.top)
    return boxes.world, middle[0], v.lo[0], undecided


# ---------------------------------------------------------------- the judge


class Found(NamedTuple):
    """All equilibria of a world, sorted by w."""

    isolated: list[dict[str, float]]  # what describe() says, with the largest residual
    family: dict[str, float] | None  # of equal wages: M_E, T_E and the ends of T_E
    undecided: int


def no_offshoring(world):
    """(x, x*, w) of the equilibrium in which everybody stays at home, if it is one."""
    z = world
    N, N_star = (size ** (1 / (1 - z.theta)) for size in (z.L, z.L_star))  # (11), (12)
    x, x_star = N * z.f / z.H, N_star * z.f / z.H_star
    w = (x / x_star) ** (-1 / z.sigma) * (N / N_star) ** z.theta  # (6) with (4), (5)
    _, I, I_star = allocation(z, N, N_star, w)
    return None if max(I, I_star) > 0 else (x, x_star, w)


def equal_wages(world):
    """The family with w = 1 and N = N*: M(E) and T(E) from (6) and (11) over (12), both linear."""
    z, q = world, 0.5
    M_B, T = beyond(z, 2**z.theta / z.beta)
    I, bT, alone = 1 - M_B, z.beta * T, q**-z.theta
    if I == 0:
        return None
    # unknown M_E, beta T_E; work = (M_E + bT_E) q + M_B q alone, work* from the other tasks
    rest = 2 * M_B * alone + I + bT
    east = z.L / (z.L + z.L_star)
    firms = (z.H / z.H_star) ** (1 / z.sigma)  # u = 0: c / c* = (n / n*)^(1/sigma)
    matrix = [[1.0, 1.0], [1 + firms, -1 - firms]]
    right = [east * rest - M_B * alone, firms * (I + M_B * alone) - bT - M_B * alone]
    M, bT_E = np.linalg.solve(matrix, right)
    M_W = I - M
    if not 0 <= M <= I:
        return None
    low, tail = (beyond(z, cost(z, share))[1] for share in (M, M_W))
    high = T - tail
    T_E = bT_E / z.beta
    inside = low <= T_E <= high
    return {"M_E": M, "T_E": T_E, "low": low, "high": high, "I": I} if inside else None


def from_shares(world, u, v):
    """(x, x*, w) at relative output e^u and relative wage e^v: all hands at work fix the scale."""
    z, q = world, 1 / (1 + np.exp(-u))
    q_star = 1 / (1 + np.exp(u))
    n, n_star, w = z.H / z.f, z.H_star / z.f, np.exp(v)
    _, work, work_star = residuals(z, q / n, q_star / n_star, w)
    used = (1 + work) * z.L + (1 + work_star) * z.L_star
    X = ((z.L + z.L_star) / used) ** (1 / (1 - z.theta))
    return q * X / n, q_star * X / n_star, w


def judge(worlds, far=300.0):
    """All equilibria of each world: a list of :class:`Found`."""
    roots = [[] for _ in worlds]
    undecided = np.zeros(len(worlds), int)
    for kind in {z.kind for z in worlds}:
        rows = [k for k, z in enumerate(worlds) if z.kind == kind]
        for mirrored in (False, True):
            group = [worlds[k].mirror() if mirrored else worlds[k] for k in rows]
            number, u, v, left = search(group, far)
            undecided[rows] += left
            for j, *at in zip(number, u, v, strict=True):
                x, x_star, w = from_shares(group[j], *at)
                roots[rows[j]].append((x_star, x, 1 / w) if mirrored else (x, x_star, w))
    return [
        Found(distinct(z, root), equal_wages(z), int(left))
        for z, root, left in zip(worlds, roots, undecided, strict=True)
    ]


def distinct(world, roots):
    """Each equilibrium once, by rising w, with all that the paper reports of it."""
    alone = no_offshoring(world)
    roots = sorted(roots + ([alone] if alone else []), key=lambda root: root[2])
    kept = []
    for root in roots:
        if not kept or not np.allclose(root, kept[-1], rtol=1e-9, atol=0):
            kept.append(root)
    return [
        describe(world, *root) | {"error": max(abs(r) for r in residuals(world, *root))}
        for root in kept
    ]
