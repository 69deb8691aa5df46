"""All equilibria of ``offshoring.skill_upgrading``: who finds how many, and how fast.

Run by hand: python benchmarks/skill_upgrading.py

On the same economies, in the same run: the solver in one call, and for each economy a scan of the
paper's two conditions on a grid of Z_2 with Z_1 by a root finder inside, polished by bisection. The
scan knows only the regime in which all high-tech firms offshore and no low-tech firm does. Then a
path of 200 fixed costs of offshoring, and 10 000 economies of all regimes.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
from scipy.optimize import brentq

from offshoring.skill_upgrading import (
    ExponentialProductivity,
    ExponentialSkill,
    LognormalSkill,
    OpenEconomy,
    PowerProductivity,
)

POINTS, GRID, MANY = 100, 200, 10_000


def draw(n, seed=2009):
    """Economies in which several equilibria are common."""
    rng = np.random.default_rng(seed)
    L = rng.uniform(0.70, 0.75, n)
    return OpenEconomy(
        productivity=ExponentialProductivity(rng.uniform(0.06, 0.1, n), L, L + 0.06),
        skill=ExponentialSkill(np.ones(n)), sigma=rng.uniform(3.5, 4, n), theta=0.983,
        F_H=rng.uniform(1.15, 1.25, n), F_I=rng.uniform(0.05, 0.065, n),
    )  # fmt: skip


def anything(n, powers=False, seed=2009):
    """Economies of every regime."""
    rng = np.random.default_rng(seed)
    M = rng.uniform(0.02, 0.3, n)
    L = M + rng.uniform(0.02, 0.5, n)
    H = L + rng.uniform(0.02, 0.3, n)
    kind = PowerProductivity if powers else ExponentialProductivity
    rate = H * rng.uniform(1.05, 3, n)
    skill = LognormalSkill(rng.normal(0, 0.3, n), rng.uniform(0.1, 0.8, n))
    return OpenEconomy(
        productivity=kind(M, L, H), skill=skill if powers else ExponentialSkill(rate),
        sigma=rng.uniform(1.2, 8, n), F_H=1 + rng.exponential(1, n),
        theta=rng.uniform(0.05, 0.995, n), F_I=np.exp(rng.uniform(-4, 3, n)),
    )  # fmt: skip


def scan(e):
    """Z_1 of each equilibrium of the paper's regime, from definitions."""
    M, L, H = (float(getattr(e.productivity, j)) for j in "MLH")
    sigma, theta, F = float(e.sigma), float(e.theta), float(e.F_H + e.F_I)

    def tail(c, z):
        return np.exp((c - 1) * z) / (1 - c)

    def Z_1(Z_2):
        def gap(z):
            return tail(M, 0.0) - tail(M, z) - tail(L, z) + tail(L, Z_2)

        return brentq(gap, 0, Z_2, xtol=1e-14)

    def gap(Z_2):
        C_L = np.exp((M - L) * Z_1(Z_2))
        return np.log((C_L * np.exp((L - H) * Z_2) + theta) / (C_L + 1)) + np.log(F) / sigma

    grid = np.linspace(1e-6, 40, GRID)
    values = [gap(z) for z in grid]
    found = []
    for k in range(GRID - 1):
        if values[k] * values[k + 1] < 0:
            Z_2 = brentq(gap, grid[k], grid[k + 1], xtol=1e-13)
            z = Z_1(Z_2)
            C_L = np.exp((M - L) * z)
            C_H = C_L * np.exp((L - H) * Z_2)
            stays = ((C_L + 1) / (C_L + theta)) ** sigma <= 1 + float(e.F_I)
            leaves = ((C_H + 1) / (C_H + theta)) ** sigma >= 1 + float(e.F_I / e.F_H)
            if stays and leaves:
                found.append(z)
    return found


def timed(work):
    """Seconds that the work took, and what it gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def worst(eqs):
    """The largest residual of all equilibria."""
    return max(float(np.nanmax(np.abs(r))) for r in eqs.residuals().values())


def main() -> None:
    """Print all times."""
    economies = draw(POINTS)
    mine, eqs = timed(economies.equilibria)
    flat = economies.flat()
    other, lists = timed(lambda: [sorted(scan(flat.take(k))) for k in range(POINTS)])
    ours = [eqs.Z_1[k][eqs.regime[k] == 2] for k in range(POINTS)]
    gaps = [
        np.abs(np.subtract(a, b)).max(initial=0)
        for a, b in zip(ours, lists, strict=True)
        if len(a) == len(b)
    ]
    print(
        f"{POINTS} economies, {eqs.count.sum()} equilibria, {sum(map(len, ours))} of them in the "
        f"paper's regime: {mine / POINTS * 1e3:.2f} ms each in one call; a scan of {GRID} points "
        f"finds {sum(map(len, lists))} of these in {other / POINTS * 1e3:.1f} ms each, "
        f"{other / mine:.0f} times as long; largest gap {max(gaps):.0e}"
    )
    path = flat.take(0).replace(F_I=np.linspace(0.001, 0.1, 200))
    seconds, eqs = timed(path.equilibria)
    print(f"a path of 200 fixed costs of offshoring: {seconds:.3f} s, at most {eqs.count.max()}")
    for powers, kind in ((False, "exponential"), (True, "lognormal")):
        n = MANY if not powers else MANY // 10
        seconds, eqs = timed(anything(n, powers).equilibria)
        print(
            f"{n} economies of {np.unique(eqs.regime[eqs.exists]).size} regimes, {kind} skill: "
            f"{seconds:.2f} s, {eqs.count.sum()} equilibria, residuals <= {worst(eqs):.0e}"
        )


if __name__ == "__main__":
    main()
