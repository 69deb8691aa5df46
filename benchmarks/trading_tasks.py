"""The time of 100 000 economies of each environment of ``offshoring.trading_tasks``.

Run by hand: python benchmarks/trading_tasks.py

Compares one vectorised call with a loop that brackets each economy by scipy.optimize.brentq, in
the same run. The loops share no code with the solvers: they work on the unreduced definitions, and
their answers are compared with the solvers'. A loop runs on a sample and is scaled up.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from offshoring.schedules import Power
from offshoring.technologies import CES
from offshoring.trading_tasks import LargeEconomy, SmallEconomy, SpecializedEconomy

POINTS, SAMPLE, ETA, A_STAR = 100_000, 2_000, 0.5, 2.0
Draws = dict[str, np.ndarray]


def draw(seed: int, **ranges: tuple[float, float]) -> Draws:
    """Parameters, each different at each point."""
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(*ends, POINTS) for name, ends in ranges.items()}


GOODS = {"lam_x": (0.1, 0.4), "lam_y": (0.5, 0.8), "sigma": (0.3, 0.95)}
SMALL = GOODS | {
    "beta": (1, 3), "p": (0.95, 1.05), "w_star": (0.1, 0.9), "L": (0.2, 3), "H": (0.2, 3)
}  # fmt: skip
ONE = {
    "beta": (1, 3), "w_star": (0.1, 0.9), "L": (0.2, 3), "H": (0.2, 3), "lam_x": (0.2, 0.8),
    "sigma": (0.3, 0.95),
}  # fmt: skip
SKILLED = ONE | {"beta_H": (1, 3), "s_star": (0.1, 0.9)}
LARGE = GOODS | {
    "beta": (1.3, 1.95), "L": (0.8, 1.2), "H": (1.2, 2), "L_star": (3, 5), "H_star": (1.5, 3),
    "mu": (0.4, 0.6), "eps": (0.3, 2),
}  # fmt: skip


# ---------------------------------------------------------------- one economy, by brentq


def cost(lam, sigma, q):
    """c(q, 1)."""
    return (lam * q ** (1 - sigma) + 1 - lam) ** (1 / (1 - sigma))


def index(m):
    """t Omega of the power schedule."""
    return (1 - ETA * m ** (1 - ETA)) / (1 - ETA)


def margin(gap: Callable[[float], float], deep: float = 60) -> float:
    """The share at home where the gap vanishes; one if it starts positive there."""
    if gap(1.0) >= 0:
        return 1.0
    return np.exp(brentq(lambda log_m: gap(np.exp(log_m)), -deep, 0.0, xtol=1e-14))


def wage_of_one_good(k, lam, sigma):
    """omega at k L-tasks per H if X is made alone."""
    q = (lam / (1 - lam) / k) ** (1 / sigma)
    return q / cost(lam, sigma, q)


def wage_of_two_goods(k, p, lam_x, lam_y, sigma):
    """omega at k L-tasks per H: the slope of the largest revenue, from the three cases in turn."""
    q_x, q_y = (((lam / (1 - lam)) / k) ** (1 / sigma) for lam in (lam_x, lam_y))

    def gap(log_q):
        q = np.exp(log_q)
        return np.log(cost(lam_y, sigma, q) / cost(lam_x, sigma, q) / p)

    if gap(np.log(q_x)) >= 0:
        return q_x / cost(lam_x, sigma, q_x)
    if gap(np.log(q_y)) <= 0:
        return p * q_y / cost(lam_y, sigma, q_y)
    q = np.exp(brentq(gap, np.log(q_x), np.log(q_y), xtol=1e-14))
    return q / cost(lam_x, sigma, q)


def small(beta, p, w_star, L, H, **goods):
    """The share at home of a small economy."""
    return margin(lambda m: beta * w_star * index(m) - wage_of_two_goods(L / (m * H), p, **goods))


def one_good(beta, w_star, L, H, lam_x, sigma):
    """The share at home of a specialised economy."""
    return margin(lambda m: beta * w_star * index(m) - wage_of_one_good(L / (m * H), lam_x, sigma))


def both_kinds(beta, w_star, L, H, lam_x, sigma, beta_H, s_star):
    """The share of L-tasks at home if H-tasks can leave too: a root inside a root."""

    def m_L(m_H):
        return one_good(beta, w_star, L, H / m_H, lam_x, sigma)

    def gap(m_H):
        k = L * m_H / (m_L(m_H) * H)
        worth = wage_of_one_good(1 / k, 1 - lam_x, sigma)  # the mirror image
        return beta_H * s_star * index(m_H) - worth

    return m_L(margin(gap, deep=30))


def large(beta, L, H, L_star, H_star, mu, eps, lam_x, lam_y, sigma):
    """The world price of Y: world supply from allocations, demand from tastes."""
    m = brentq(lambda m: beta * index(m) - A_STAR, 1e-12, 1.0, xtol=1e-14)
    Omega = index(m) * m**ETA
    L_world, H_world = L / Omega + L_star / A_STAR, H + H_star / A_STAR

    def price(q):
        return cost(lam_y, sigma, q) / cost(lam_x, sigma, q)

    def excess(log_q):
        q = np.exp(log_q)
        a_H = [(1 - lam) * cost(lam, sigma, q) ** sigma for lam in (lam_x, lam_y)]
        a_L = [lam * (cost(lam, sigma, q) / q) ** sigma for lam in (lam_x, lam_y)]
        X, Y = np.linalg.solve([a_L, a_H], [L_world, H_world])
        return Y * (1 - mu) * price(q) ** eps - mu * X

    ends = [np.log((lam / (1 - lam)) * H_world / L_world) / sigma for lam in (lam_x, lam_y)]
    return price(np.exp(brentq(excess, *ends, xtol=1e-14)))


# ---------------------------------------------------------------- many economies, by the package


def goods(z: Draws) -> dict[str, CES]:
    """Technologies of the goods that the draws describe."""
    return {g: CES(z[f"lam_{g}"], z["sigma"]) for g in "xy" if f"lam_{g}" in z}


def build(kind: type, z: Draws, **more: object) -> object:
    """An economy of many points."""
    numbers = {name: value for name, value in z.items() if name not in GOODS}
    return kind(schedule=Power(eta=ETA), **goods(z), **numbers, **more)


CASES = [
    ("small", SmallEconomy, draw(2008, **SMALL), {}, small, "m"),
    ("specialised", SpecializedEconomy, draw(2008, **ONE), {}, one_good, "m"),
    ("specialised, both kinds of tasks", SpecializedEconomy, draw(2008, **SKILLED),
     {"schedule_H": Power(eta=ETA)}, both_kinds, "m"),
    ("large", LargeEconomy, draw(2008, **LARGE), {"A_star": A_STAR}, large, "p"),
]  # fmt: skip


def main() -> None:
    """Print times, ratios and agreement."""
    for name, kind, z, more, alone, field in CASES:
        start = time.perf_counter()
        economy = build(kind, z, **more)
        built = time.perf_counter()
        eq = economy.solve()
        solved = time.perf_counter()
        worst = max(np.nanmax(np.abs(r)) for r in eq.residuals().values())

        there = np.flatnonzero(eq.exists)[: SAMPLE if name != CASES[2][0] else SAMPLE // 20]
        before = time.perf_counter()
        loop = np.array([alone(**{n: v[j] for n, v in z.items()}) for j in there])
        per_point = (time.perf_counter() - before) / there.size
        apart = np.abs(loop - getattr(eq, field)[there]).max()

        print(f"{name}: {POINTS} economies, {eq.exists.sum()} with an equilibrium")
        print(f"  validation {built - start:.2f} s, solve() {solved - built:.2f} s, one core")
        print(f"  largest residual {worst:.1e}; largest difference in {field} {apart:.1e}")
        print(f"  brentq loop {per_point * POINTS:.0f} s, scaled up from {there.size} economies")
        print(f"  ratio {per_point * POINTS / (solved - start):.0f}")


if __name__ == "__main__":
    main()
