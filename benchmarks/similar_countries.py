"""Every equilibrium of ``offshoring.similar_countries``: who finds how many, and how fast.

Run by hand: python benchmarks/similar_countries.py [--fast]

On the same 200 worlds, in the same run: a general root finder from 20 starts a world, with the
thresholds inside the equations; the solver, in one call; and the judge of the tests, in one call,
which decides every box of the plane by interval arithmetic. None shares code with another. Then
the solver alone on 10 000 worlds. ``--fast`` leaves the judge out: what is missed is then counted
against the solver's list.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import math
import resource
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
from scipy.optimize import root

from offshoring.schedules import Linear
from offshoring.similar_countries import SimilarCountries

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from similar_by_hand import judge, similar

POINTS, STARTS, MANY, SAME = 200, 20, 10_000, 1e-6
Draws = dict[str, np.ndarray]


def draw(points: int) -> Draws:
    """Random worlds with t = 1 + i, f = 1, H = L and L + L* = 2."""
    rng = np.random.default_rng(2012)
    ends = {"beta": (1, 2.2), "theta": (0.3, 0.95), "sigma": (1.3, 5), "L": (0.5, 1.5)}
    return {name: rng.uniform(*pair, points) for name, pair in ends.items()}


def build(z: Draws) -> SimilarCountries:
    """The package's economy of these worlds."""
    return SimilarCountries(
        schedule=Linear(1, 1), beta=z["beta"], theta=z["theta"], sigma=z["sigma"], f=1.0,
        L=z["L"], H=z["L"], L_star=2 - z["L"], H_star=2 - z["L"],
    )  # fmt: skip


# ---------------------------------------------------------------- a general root finder


def gaps(logs, beta, theta, sigma, L):
    """(6), (11), (12) at log x, log x*, log w, in logs, with t = 1 + i and n = L."""
    if np.abs(logs).max() > 50:  # a step far out of the range of equilibria
        return [1e3, 1e3, 1e3]
    x, x_star, w = (math.exp(v) for v in logs)
    N, N_star = L * x, (2 - L) * x_star
    X = N + N_star
    A, A_E, A_W = X**theta, N**theta, N_star**theta

    def task(bt):
        return min(max(bt / beta - 1, 0.0), 1.0)

    def J(N, N_star, w):
        """For w >= 1, the mirror image below."""
        return 1.0 if w * N_star >= N else task((w * N - N_star) / (N - w * N_star))

    I, I_star = task(A / A_W / w), task(w * A / A_E)
    if w >= 1:
        first = min(I_star, J(N, N_star, w))
        last = max(I, first)
        W, E = (0, first), (first, last)
    else:
        first = min(I, J(N_star, N, 1 / w))
        last = max(I_star, first)
        E, W = (0, first), (first, last)
    (M_E, M_W), M_B = (b - a for a, b in (E, W)), 1 - last
    bT_E, bT_W = (beta * (b - a) * (1 + (a + b) / 2) for a, b in (E, W))
    c = (w * M_E + bT_W) / A + w * M_B / A_E
    c_star = (w * bT_E + M_W) / A + M_B / A_W
    work = (M_E * N + bT_E * N_star) / A + M_B * N / A_E
    work_star = (bT_W * N + M_W * N_star) / A + M_B * N_star / A_W
    return [
        math.log(x / x_star) + sigma * math.log(c / c_star),
        math.log(work / L) if work > 0 else -50.0,
        math.log(work_star / (2 - L)) if work_star > 0 else -50.0,
    ]


def from_starts(rng, beta, theta, sigma, L):
    """Wages that the root finder reaches and that check, each once."""
    found: list[float] = []
    reach = sigma * math.log(2 * beta)
    for _ in range(STARTS):
        u, v = rng.uniform(-reach, reach), rng.uniform(-1, 1) * math.log(2 * beta)
        share = 1 / (1 + math.exp(-u))
        X = 2 ** (1 / (1 - theta))  # world output if nothing were offshored, roughly
        start = [math.log(share * X / L), math.log((1 - share) * X / (2 - L)), v]
        end = root(gaps, start, args=(beta, theta, sigma, L), method="hybr")
        w = math.exp(min(max(end.x[2], -50), 50))
        if np.abs(end.fun).max() < 1e-9 and all(abs(w / other - 1) > SAME for other in found):
            found.append(w)
    return sorted(found)


# ---------------------------------------------------------------- comparison


def missed(wages, truth):
    """How many of the true wages are not in the list."""
    return sum(all(abs(w / other - 1) > SAME for other in wages) for w in truth)


def report(name: str, lists, truth, families: int, seconds: float) -> None:
    """One line on what was found on the same worlds."""
    isolated = sum(map(len, lists))
    gaps_ = [missed(wages, true) for wages, true in zip(lists, truth, strict=True)]
    extra = sum(missed(true, wages) for wages, true in zip(lists, truth, strict=True))
    print(
        f"{name}: {isolated} isolated, {families} families; {sum(gaps_)} isolated missed at "
        f"{np.count_nonzero(gaps_)} points, {extra} not in the reference; "
        f"{1e3 * seconds / POINTS:.2f} ms a point"
    )


def alone(eqs) -> list[list[float]]:
    """Wages of the isolated equilibria, point by point."""
    return [
        [w for w, kind in zip(*row, strict=True) if kind not in ("", "equal wages")]
        for row in zip(eqs.w, eqs.kind, strict=True)
    ]


def compare(with_judge: bool) -> None:
    """The three on the same worlds."""
    z = draw(POINTS)
    points = [tuple(float(v) for v in row) for row in zip(*z.values(), strict=True)]
    build({k: v[:10] for k, v in z.items()}).equilibria()  # the first call imports

    start = time.perf_counter()
    eqs = build(z).equilibria()
    ours = time.perf_counter() - start
    lists, families = alone(eqs), int((eqs.kind == "equal wages").sum())

    rng = np.random.default_rng(2012)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a start that leads nowhere
        general = [from_starts(rng, *point) for point in points]
    theirs = time.perf_counter() - start

    truth = lists
    if with_judge:
        start = time.perf_counter()
        found = judge([similar(*point) for point in points])
        by_hand = time.perf_counter() - start
        truth = [[eq["w"] for eq in one.isolated] for one in found]
        known = sum(one.family is not None for one in found)
        undecided = sum(one.undecided > 0 for one in found)
        print(f"{POINTS} worlds, {undecided} with undecided boxes; the reference is the judge")
        report("judge", truth, truth, known, by_hand)
    else:
        print(f"{POINTS} worlds; the reference is the solver")
    report(f"scipy.optimize.root, {STARTS} starts", general, truth, 0, theirs)
    report("offshoring, one call", lists, truth, families, ours)
    print(f"  root finder / solver: {theirs / ours:.0f} times the time")
    if with_judge:
        apart = max(
            (abs(a / b - 1) for one, two in zip(lists, truth, strict=True)
             for a, b in zip(one, two, strict=len(one) == len(two))), default=0.0,
        )  # fmt: skip
        print(
            f"  judge / solver: {by_hand / ours:.0f} times; largest relative gap in w {apart:.1e}"
        )


def many() -> None:
    """The solver on many worlds."""
    z = draw(MANY)
    economy = build(z)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        eqs = economy.equilibria()
        seconds.append(time.perf_counter() - start)
    worst = max(float(np.nanmax(np.abs(r))) for r in eqs.residuals().values())
    numbers, times = np.unique(eqs.count, return_counts=True)
    print(f"{MANY} worlds in one call: {1e3 * min(seconds) / MANY:.3f} ms a point, best of three")
    print(f"  {int(eqs.count.sum())} equilibria; points by their number:",
          ", ".join(f"{n}: {k}" for n, k in zip(numbers, times, strict=True)))  # fmt: skip
    print(f"  largest residual {worst:.1e}")
    tracemalloc.start()
    economy.equilibria()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"  peak of the call's arrays {peak:.0f} MB, of the whole process {whole:.0f} MB")
    one = build({name: value[0] for name, value in z.items()})
    start = time.perf_counter()
    for _ in range(20):
        one.equilibria()
    print(f"one world alone: {1e3 * (time.perf_counter() - start) / 20:.1f} ms")


def main() -> None:
    """Print what each finds, and the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fast", action="store_true", help="leave the judge out")
    compare(with_judge=not parser.parse_args().fast)
    many()


if __name__ == "__main__":
    main()
