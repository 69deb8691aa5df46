"""The time of a million economies of ``offshoring.shadow_migration``, and of other ways to them.

Run by hand: python benchmarks/shadow_migration.py

In one run, on one core: the closed forms in one call; a general root finder on the nine equations
of each economy (zero profits, full employment, demand), scaled up from a sample; and the world
equilibrium by linear programmes, which needs no guess of the regime, scaled up too. The answers
are compared.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
import tracemalloc

import numpy as np
from scipy.optimize import root

from offshoring.shadow_migration import (
    GoodsOffshoring,
    ServiceOffshoring,
    WorldEconomy,
    random_economies,
)

MANY, NEWTON, PROGRAMMES = 1_000_000, 400, 200


def gaps(z, e):
    """Zero profits, full employment and demand of a service economy, at logs of nine unknowns."""
    p, w, r, w_star, r_star, X, Y, X_star, Y_star = np.exp(np.clip(z, -50, 50))
    A, C, R = e.A, e.C, e.R
    return [
        R.LX * w + R.KX * r + C.LX * w_star + C.KX * r_star - 1,
        (R.LY * w + R.KY * r + C.LY * w_star + C.KY * r_star) / p - 1,
        e.gamma * (A.LX * w_star + A.KX * r_star) - 1,
        e.gamma * (A.LY * w_star + A.KY * r_star) / p - 1,
        (R.LX * X + R.LY * Y) / e.L - 1,
        (R.KX * X + R.KY * Y) / e.K - 1,
        (e.gamma * (A.LX * X_star + A.LY * Y_star) + C.LX * X + C.LY * Y) / e.L_star - 1,
        (e.gamma * (A.KX * X_star + A.KY * Y_star) + C.KX * X + C.KY * Y) / e.K_star - 1,
        p * (Y + Y_star) / (X + X_star) * (1 - e.alpha) / e.alpha - 1,
    ]


def timed(work):
    """Seconds that the work took, and what it gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def one_call(model, chi):
    """A million economies in one call: time, memory, largest residual."""
    drawn = random_economies(np.random.default_rng(2012), MANY, model, chi=chi)
    seconds, eq = timed(drawn.solve)
    tracemalloc.start()
    drawn.solve()
    memory = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    worst = max(float(np.nanmax(np.abs(v))) for v in eq.residuals().values())
    print(
        f"{model.__name__}, chi {chi}: {seconds:.2f} s for {MANY:,} economies, "
        f"{eq.exists.mean():.1%} with an equilibrium, residuals <= {worst:.0e}, {memory:.0f} MB"
    )
    return seconds


def sample(size):
    """Single economies that have an interior equilibrium, with their closed forms."""
    drawn = random_economies(np.random.default_rng(2013), 20 * size, chi="by sector")
    eq = drawn.solve()
    points = np.flatnonzero(eq.exists)[:size]
    flat = drawn.flat()
    return [(flat.take(j), eq.p[j]) for j in points]


def by_newton(singles):
    """Prices by a general root finder from ones; NaN where it fails."""
    found = [root(gaps, np.zeros(9), args=(e,), tol=1e-12) for e in singles]
    return np.array([np.exp(f.x[0]) if f.success else np.nan for f in found])


def main() -> None:
    """Print all times."""
    seconds = one_call(ServiceOffshoring, "by sector")
    one_call(GoodsOffshoring, "by sector")

    pairs = sample(NEWTON)
    exact = np.array([p for _, p in pairs])
    each, prices = timed(lambda: by_newton([e for e, _ in pairs]))
    error, missed = np.abs(prices / exact - 1), np.isnan(prices).sum()
    slower = each / NEWTON * MANY / seconds
    print(
        f"general root finder: {each / NEWTON * 1e3:.2f} ms each, {slower:,.0f} times as long; "
        f"{missed} of {NEWTON} not found, gap of the others {np.nanmax(error):.0e}"
    )

    pairs = pairs[:PROGRAMMES]
    each, worlds = timed(lambda: [WorldEconomy.of(e).solve() for e, _ in pairs])
    error = np.abs([world.p / p - 1 for world, (_, p) in zip(worlds, pairs, strict=True)])
    slower = each / PROGRAMMES * MANY / seconds
    print(
        f"linear programmes: {each / PROGRAMMES * 1e3:.2f} ms each, {slower:,.0f} times as long; "
        f"gap {np.max(error):.0e}"
    )


if __name__ == "__main__":
    main()
