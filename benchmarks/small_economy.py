"""The time of 100 000 small economies.

Run by hand: python benchmarks/small_economy.py

Compares one vectorised call with a loop that brackets each economy by scipy.optimize.brentq, in
the same run. The loop shares no code with the solver: it works on the unreduced definitions, and
its answers are compared with the solver's. The loop runs on a sample and is scaled up.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
from scipy.optimize import brentq

from offshoring.schedules import Power
from offshoring.technologies import CES
from offshoring.trading_tasks import SmallEconomy

POINTS, SAMPLE, ETA = 100_000, 2_000, 0.5


def draw(n: int) -> dict[str, np.ndarray]:
    """Parameters of n economies, each of the eight different at each point."""
    rng = np.random.default_rng(2008)
    return {
        "beta": rng.uniform(1, 3, n),
        "p": rng.uniform(0.95, 1.05, n),
        "w_star": rng.uniform(0.1, 0.9, n),
        "L": rng.uniform(0.2, 3, n),
        "H": rng.uniform(0.2, 3, n),
        "lam_x": rng.uniform(0.1, 0.4, n),
        "lam_y": rng.uniform(0.5, 0.8, n),
        "sigma": rng.uniform(0.3, 0.95, n),
    }


def effective_wage(k, p, lam_x, lam_y, sigma):
    """omega at k L-tasks per H: the slope of the largest revenue, from the three cases in turn."""
    r = 1 - sigma

    def cost(lam, q):
        return (lam * q**r + 1 - lam) ** (1 / r)

    def gap(log_q):
        q = np.exp(log_q)
        return np.log(cost(lam_y, q) / cost(lam_x, q) / p)

    q_x, q_y = (((lam / (1 - lam)) / k) ** (1 / sigma) for lam in (lam_x, lam_y))
    if cost(lam_y, q_x) >= p * cost(lam_x, q_x):
        return q_x / cost(lam_x, q_x)
    if cost(lam_y, q_y) <= p * cost(lam_x, q_y):
        return p * q_y / cost(lam_y, q_y)
    q = np.exp(brentq(gap, np.log(q_x), np.log(q_y), xtol=1e-14))
    return q / cost(lam_x, q)


def margin(beta, p, w_star, L, H, lam_x, lam_y, sigma):
    """The share abroad of one economy."""

    def gap(m):
        index = (1 - ETA * m ** (1 - ETA)) / (1 - ETA)
        return beta * w_star * index - effective_wage(L / (m * H), p, lam_x, lam_y, sigma)

    return 0.0 if gap(1.0) >= 0 else 1 - brentq(gap, 1e-12, 1.0, xtol=1e-14)


def main() -> None:
    """Print times, the ratio and the agreement."""
    z = draw(POINTS)
    start = time.perf_counter()
    economy = SmallEconomy(
        schedule=Power(eta=ETA), x=CES(z["lam_x"], z["sigma"]), y=CES(z["lam_y"], z["sigma"]),
        **{name: z[name] for name in ("beta", "p", "w_star", "L", "H")},
    )  # fmt: skip
    built = time.perf_counter()
    eq = economy.solve()
    solved = time.perf_counter()
    worst = max(np.abs(r).max() for r in eq.residuals().values())

    before = time.perf_counter()
    loop = np.array([margin(**{name: v[j] for name, v in z.items()}) for j in range(SAMPLE)])
    per_point = (time.perf_counter() - before) / SAMPLE

    names, counts = np.unique(eq.regime, return_counts=True)
    print(f"{POINTS} economies:", dict(zip(names.tolist(), counts.tolist(), strict=True)))
    print(f"validation {built - start:.2f} s, solve() {solved - built:.2f} s, one core")
    print(f"largest residual {worst:.1e}")
    print(f"brentq loop: {per_point * POINTS:.0f} s, scaled up from {SAMPLE} economies")
    print(f"ratio: {per_point * POINTS / (solved - start):.0f}")
    print(f"largest difference in I on the sample: {np.abs(loop - eq.I[:SAMPLE]).max():.1e}")


if __name__ == "__main__":
    main()
