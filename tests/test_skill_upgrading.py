"""Skill upgrading: worked economies, every regime, all equilibria against an independent scan."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import linprog

from offshoring.skill_upgrading import (
    ClosedEconomy,
    ExponentialProductivity,
    ExponentialSkill,
    GivenProductivity,
    GivenSkill,
    LognormalSkill,
    OpenEconomy,
    ParetoSkill,
    PowerProductivity,
    UniformSkill,
)
from offshoring.skill_upgrading.workforce import _Integrated, workforce

PHI = ExponentialProductivity(0.08, 0.30, 0.45)
SKILL = ExponentialSkill(1.0)
BASE = {"productivity": PHI, "skill": SKILL, "sigma": 3.0, "F_H": 1.6}
MANY = {
    "productivity": ExponentialProductivity(0.08, 0.73, 0.79), "skill": SKILL, "sigma": 3.75,
    "theta": 0.983, "F_H": 1.2, "F_I": 0.058,
}  # fmt: skip
IDS = {"JM-7", "JM-9", "JM-12", "JM-21", "JM-27"}


def closed(**changes):
    return ClosedEconomy(**BASE | changes)


def opened(**changes):
    return OpenEconomy(**BASE | {"theta": 0.7, "F_I": 1.0} | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


def random_economies(n, seed=2009, family="exponential"):
    """Economies of every regime, with any productivities and distribution of the family."""
    rng = np.random.default_rng(seed)
    M = rng.uniform(0.02, 0.3, n)
    L = M + rng.uniform(0.02, 0.5, n)
    H = L + rng.uniform(0.02, 0.3, n)
    rate, top = H * rng.uniform(1.05, 3, n), rng.uniform(0.5, 4, n)
    phi = (ExponentialProductivity if family in ("exponential", "uniform") else PowerProductivity)(
        M, L, H
    )
    skill = {
        "exponential": ExponentialSkill(rate), "uniform": UniformSkill(top),
        "Pareto": ParetoSkill(rate), "powers, uniform": UniformSkill(top),
        "lognormal": LognormalSkill(np.log(top / 2), rate / H / 4),
    }[family]  # fmt: skip
    return OpenEconomy(
        productivity=phi, skill=skill, sigma=rng.uniform(1.2, 8, n),
        F_H=1 + rng.exponential(1, n), theta=rng.uniform(0.05, 0.995, n),
        F_I=np.exp(rng.uniform(-4, 3, n)),
    )  # fmt: skip


# ---------------------------------------------------------------- worked economies

NAMES = (
    "Z_1", "Z_2", "C_L", "C_H", "M", "Q_H", "W", "W_M", "W_HQ", "N_L", "N_H", "P", "welfare",
    "s_H", "s_L", "gini",
)  # fmt: skip
WORKED = {  # 25-digit arithmetic and quadrature
    np.inf: """1.31228651023 2.75556224568 .749234670902 .495574606168 .761953883971 .399427808646
        1.23151726767 1.04263527842 1.74426719753 .120842025108 .0832141268012 5.41631293908
        .227371882224 0 0 .1447092057""",
    1.5: """1.16782611124 2.69481701766 .773428736471 .516260241256 .71575805677 .412998070083
        1.24930771429 1.03889997628 1.71536001082 .138058474392 .0748098697933 5.32584096168
        .234574731631 .269772293285 0 .1540213008""",
    1.0: """.669689303506 1.84014832219 .863007716227 .65484684501 .499957749233 .660839305769
        1.36417367905 1.02422567628 1.68835837461 .166652583078 .0847229879191 4.88802004688
        .279085123622 1 0 .2059417888""",
    0.65: """.226531877048 1.24611608621 .951384475213 .789185067649 .204484079816 .916194274562
        1.51924361218 1.00877135212 1.64902740208 .152497722067 .13573248512 4.52204244586
        .335964031821 1 .671220540546 .2483444229""",
    0.4: """0 1.40944385425 1 .809436802962 0 .837480650794 1.57383307011 nan 1.57383307011
        .213320335617 .139580108466 4.08134004284 .38561674685 1 1 .2458921716""",
}
REGIME = {np.inf: 0, 1.5: 1, 1.0: 2, 0.65: 3, 0.4: 4}
P10 = [0.1861902138, 0.1893530939, 0.2063134877, 0.2230108355, 0.2528858136]
P99 = [0.7267838962, 0.7699818471, 1.0641595849, 1.3862585085, 1.5753612786]


@pytest.mark.parametrize("F_I", WORKED)
def test_worked_economies(F_I):
    eqs = opened(F_I=F_I).equilibria()
    eq = eqs[0] if np.isfinite(F_I) else closed().solve()
    assert eqs.count == 1
    assert eq.regime == REGIME[F_I]
    expected = [float(v) for v in WORKED[F_I].split()]
    for name, value in zip(NAMES, expected, strict=True):
        assert getattr(eq, name) == pytest.approx(value, abs=1e-10, nan_ok=True), name
    k = list(WORKED).index(F_I)
    assert eq.wage_at(0.1) / eq.P == pytest.approx(P10[k], abs=1e-9)
    assert eq.real_wage(SKILL.quantile(0.99)) == pytest.approx(P99[k], abs=1e-9)
    assert set(eq.residuals()) == IDS
    assert worst(eq) < 1e-13


def test_three_equilibria():
    eqs = OpenEconomy(**MANY).equilibria()
    expected = {
        "Z_1": "1.9160786029 2.1768735004 3.0332216879",
        "Z_2": "3.8568740538 4.4381767069 7.534283822",
        "C_L": ".28781104962 .24293344178 .13923472554",
        "C_H": ".22835278686 .18613959468 .088597545364",
        "W": "1.643402071 1.5176913862 1.266858258",
        "P": "1.9298166669 1.9089449287 1.9291471323",
        "welfare": ".85158455678 .79504199592 .65669343553",
    }
    assert eqs.count == 3
    for name, values in expected.items():
        assert getattr(eqs, name) == pytest.approx([float(v) for v in values.split()], rel=1e-9)
    assert eqs.regime.tolist() == [2, 2, 3]
    assert eqs.s_L[2] == pytest.approx(0.11172013882, rel=1e-9)
    assert eqs.stability.tolist() == [1, -1, 1]
    assert np.sign(eqs.totals()["D"][:2]).tolist() == [-1, 1]
    margins = eqs.margins()
    for name in ("JM-22", "JM-22b", "JM-23", "JM-24"):
        assert np.all(margins[name][:2] > 0), name
    assert np.all(margins["JM-T7"] < 0)
    third = eqs[2].margins()
    assert third["JM-24"] > 0 >= third["JM-22"] - 1e-14
    assert worst(eqs) < 1e-13


def test_onset_and_breaks_of_the_regimes():
    onset = 1.5319454115
    breaks = [onset, 1.4222867500, 0.6778529347, 0.6283329941]
    assert pytest.approx((2 / 1.7) ** 3 - 1, abs=1e-10) == breaks[-1]
    for k, F_I in enumerate(breaks):
        around = opened(F_I=[F_I * (1 + 1e-8), F_I * (1 - 1e-8)]).equilibria()
        assert around[0].regime.tolist() == [k, k + 1]
    C_H = closed().solve().C_H
    assert pytest.approx(1.6 * (((C_H + 1) / (C_H + 0.7)) ** 3 - 1), abs=1e-9) == onset


def test_breaks_of_the_regimes_to_the_last_digit():
    """There the ends of brackets are zeros but for rounding."""
    around = []
    for low, high in ((0.5, 0.65), (0.64, 1.0), (1.0, 1.5), (1.5, 1.6)):
        for _ in range(60):
            middle = (low + high) / 2
            first = opened(F_I=[low, middle]).equilibria()[0].regime
            low, high = (middle, high) if first[0] == first[1] else (low, middle)
        around += [low, high, np.nextafter(low, 0), np.nextafter(high, 9)]
    eqs = opened(F_I=around).equilibria()
    assert np.all(eqs.count % 2 == 1)
    assert worst(eqs) < 1e-12
    for F_H in (1.6, 1.2):  # an onset from the cost of the closed economy
        C_H = float(closed(F_H=F_H).solve().C_H)
        exact = F_H * (((C_H + 1) / (C_H + 0.7)) ** 3 - 1)
        near = exact * (1 + np.arange(-40, 41) * 1e-16)
        assert np.all(opened(F_H=F_H, F_I=near).equilibria().count == 1), F_H


def test_falls_in_the_fixed_cost_of_high_tech_firms():
    falls = {
        (0.2, 2.2, 2.6): (UniformSkill(1.0), [1.158, 1.145], """.8837247462 .9060885829 .9906797291
            .9435870831 .1707679789 .1632982222 .1148967495 .1119601809"""),
        (0.08, 0.30, 0.45): (SKILL, [1.6, 1.5], """1.3122865102 1.3587030271 2.7555622457
            2.3482126518 .7492346709 .7416226924 .4955746062 .5214475610"""),
    }  # fmt: skip
    for slopes, (skill, F_H, numbers) in falls.items():
        economy = closed(productivity=ExponentialProductivity(*slopes), skill=skill, F_H=F_H)
        eq = economy.solve()
        values = np.concatenate([eq.Z_1, eq.Z_2, eq.C_L, eq.C_H])
        assert values == pytest.approx([float(v) for v in numbers.split()], abs=2e-10)


# ---------------------------------------------------------------- all equilibria

FAMILIES = ["exponential", "uniform", "Pareto", "powers, uniform", "lognormal"]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_economy_has_an_odd_number_and_small_residuals(family):
    n = 400 if family == "lognormal" else 20000
    eqs = random_economies(n, family=family).equilibria()
    assert np.all(eqs.count % 2 == 1)
    assert worst(eqs) < 1e-11
    regimes, count = np.unique(eqs.regime[eqs.exists], return_counts=True)
    if n > 400:
        assert set(regimes) >= {0, 1, 2, 3, 4, 5, 6, 7, 8}
        assert count.min() > 0
    assert np.all(np.diff(eqs.y_1, axis=-1)[eqs.exists[..., 1:]] >= 0)


def tail(c, rate, a):
    """Integral of exp(c Z) over workers above a, exponential skill."""
    return rate / (rate - c) * np.exp((c - rate) * a)


def scanned(e, points=20001):
    """All equilibria with offshoring high-tech and domestic low-tech firms, from a grid of Z_2.

    Full employment gives Z_1 by bisection, free entry must hold; nobody may want to deviate.
    """
    M, L, H = (float(getattr(e.productivity, j)) for j in "MLH")
    rate, sigma, theta = float(e.skill.rate), float(e.sigma), float(e.theta)
    F = float(e.F_H + e.F_I)

    def Z_1(Z_2):
        low, high = np.zeros_like(Z_2), Z_2.copy()
        for _ in range(80):
            z = (low + high) / 2
            gap = tail(M, rate, 0) - tail(M, rate, z) - tail(L, rate, z) + tail(L, rate, Z_2)
            low, high = np.where(gap < 0, z, low), np.where(gap < 0, high, z)
        return (low + high) / 2

    def gap(Z_2):
        z = Z_1(Z_2)
        C_L = np.exp((M - L) * z)
        return np.log(C_L * np.exp((L - H) * Z_2) + theta) - np.log(C_L + 1) + np.log(F) / sigma

    grid = np.linspace(1e-6, 40, points)
    values = gap(grid)
    found = []
    for k in np.flatnonzero(values[1:] * values[:-1] < 0):
        a, b = grid[k], grid[k + 1]
        for _ in range(60):
            m = (a + b) / 2
            a, b = (m, b) if gap(np.array([m]))[0] * values[k] > 0 else (a, m)
        z = Z_1(np.array([a]))[0]
        C_L = np.exp((M - L) * z)
        C_H = C_L * np.exp((L - H) * a)
        stays = ((C_L + 1) / (C_L + theta)) ** sigma <= 1 + float(e.F_I)
        leaves = ((C_H + 1) / (C_H + theta)) ** sigma >= 1 + float(e.F_I / e.F_H)
        if stays and leaves:
            found.append(z)
    return found


def test_all_equilibria_of_the_papers_regime_against_a_scan():
    rng = np.random.default_rng(4)
    n, several = 40, 0
    L = rng.uniform(0.72, 0.74, n)
    e = OpenEconomy(
        productivity=ExponentialProductivity(rng.uniform(0.07, 0.09, n), L, L + 0.06),
        skill=ExponentialSkill(np.ones(n)), sigma=rng.uniform(3.65, 3.85, n), theta=0.983,
        F_H=rng.uniform(1.18, 1.22, n), F_I=rng.uniform(0.053, 0.06, n),
    )  # fmt: skip
    eqs = e.equilibria()
    for k in range(n):
        mine = eqs.Z_1[k][eqs.regime[k] == 2]
        other = scanned(e.flat().take(k))
        assert mine == pytest.approx(sorted(other), abs=1e-8), k
        several += len(other) > 1
    assert several > 1


def test_a_nearly_closed_fold_is_seen_from_both_sides():
    """Two equilibria approach along F_I and vanish; the search sees them until they are one."""
    low, high = 0.058, 0.06
    for _ in range(60):
        middle = (low + high) / 2
        several = OpenEconomy(**MANY | {"F_I": middle}).equilibria().count == 3
        low, high = (middle, high) if several else (low, middle)
    assert low == pytest.approx(0.0585469, abs=1e-7)
    eqs = OpenEconomy(**MANY | {"F_I": [low, high]}).equilibria()
    assert eqs.count.tolist() == [3, 1]
    assert abs(eqs.Z_2[0, 1] - eqs.Z_2[0, 0]) < 1e-4


def test_no_corner_swallows_a_high_tech_sector():
    """Near the corner without high-tech firms their output is far out in the tail."""
    eq = OpenEconomy(**MANY | {"F_I": 0.065}).equilibria()
    last = eq[int(eq.count) - 1]
    assert last.regime == 2
    assert pytest.approx(43.88, abs=0.01) == last.Z_2
    assert worst(eq) < 1e-12


def test_follow_makes_one_column_a_curve():
    eqs = OpenEconomy(**MANY | {"F_I": np.linspace(0.05, 0.065, 300)}).equilibria().follow()
    steps = np.abs(np.diff(eqs.Z_1, axis=0))
    assert np.nanmax(steps) < 0.2
    with pytest.raises(ValueError, match="must be one row"):
        OpenEconomy(**MANY).equilibria().follow()


# ---------------------------------------------------------------- invariance


def test_renaming_skill_changes_nothing():
    """exp(a Z) with exponential skill is (1 + Y)**a with Pareto skill, Y = exp(Z) - 1."""
    one = random_economies(3000)
    other = one.replace(
        productivity=PowerProductivity(*(getattr(one.productivity, j) for j in "MLH")),
        skill=ParetoSkill(one.skill.rate),
    )
    a, b = one.equilibria(), other.equilibria()
    for name in ("C_L", "log_C_H", "W", "P", "N", "gini", "s_H", "s_L"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=1e-12, atol=1e-12)
    assert np.array_equal(a.regime, b.regime)
    np.testing.assert_allclose(np.log1p(b.Z_1), a.Z_1, rtol=1e-12)
    np.testing.assert_allclose(a.wage_at(0.7), b.wage_at(0.7), rtol=1e-12)


def test_only_relative_fixed_costs_matter():
    one = random_economies(2000)
    other = one.replace(F_L=5.0, F_H=5 * one.F_H, F_I=5 * one.F_I)
    a, b = one.equilibria(), other.equilibria()
    np.testing.assert_allclose(a.C_L, b.C_L, rtol=1e-13)
    np.testing.assert_allclose(a.N, 5 * b.N, rtol=1e-11)
    np.testing.assert_allclose(a.P * 5 ** (1 / (one.sigma[:, None] - 1)), b.P, rtol=1e-9)


def test_arrays_and_numbers_agree():
    e = random_economies(60, seed=5)
    eqs = e.equilibria()
    for k in range(60):
        one = e.flat().take(k).equilibria()
        assert one.count == eqs.count[k]
        for name in ("Z_1", "Z_2", "C_L", "P", "gini"):
            np.testing.assert_allclose(
                getattr(one, name), getattr(eqs, name)[k][: len(one)], rtol=1e-12, atol=1e-13
            )


def test_an_infinite_cost_of_offshoring_is_a_closed_economy():
    e = random_economies(500)
    shut = e.closed().solve()
    far = e.replace(F_I=np.inf).equilibria()[0]
    for name in ("Z_1", "Z_2", "P", "W"):
        np.testing.assert_allclose(getattr(shut, name), getattr(far, name), rtol=1e-14)
    assert set(shut.regime) <= {0, 5, 7}


# ---------------------------------------------------------------- facts of every equilibrium


def test_nobody_wants_another_activity_and_wages_are_the_envelope():
    e = random_economies(300)
    eqs = e.equilibria()
    eq = eqs[0]
    Z = np.linspace(0, 6, 61)[:, None]
    pay = eq.wage(Z)
    for j, cost in (("M", 1.0), ("L", eq.C_L), ("H", eq.C_H)):
        offered = cost * np.exp(e.productivity.log_phi(j, Z))
        assert np.all(pay >= offered * (1 - 1e-12))
        works = {"M": Z <= eq.Z_1, "L": (Z >= eq.Z_1) & (Z <= eq.Z_2), "H": Z >= eq.Z_2}[j]
        np.testing.assert_allclose(pay[works], np.broadcast_to(offered, pay.shape)[works])


def test_average_wage_and_gini_are_integrals_of_wages():
    for eq in (closed().solve(), *opened(F_I=[1.5, 1.0, 0.65, 0.4]).equilibria()):
        for k in np.ndindex(np.shape(eq.W)):

            def wage(Z, k=k, eq=eq):
                return np.asarray(eq.wage(Z))[k]

            cuts = [c for c in (eq.Z_1, eq.Z_2) if np.ndim(c) == 0] or [0.5, 1.5, 2.5]
            points = [0.0, *sorted(np.ravel(cuts)), 60.0]
            pairs = list(pairwise(points))
            mean = sum(quad(lambda Z: wage(Z) * np.exp(-Z), a, b)[0] for a, b in pairs)
            ranked = sum(quad(lambda Z: wage(Z) * np.exp(-2 * Z), a, b)[0] for a, b in pairs)
            W = np.asarray(eq.W)[k]
            assert mean == pytest.approx(W, rel=1e-6)
            assert 1 - 2 * ranked / W == pytest.approx(np.asarray(eq.gini)[k], abs=1e-6)


def test_the_north_consumes_its_income_whatever_the_south_buys():
    """W / P from quantities of every variety (JM-1, JM-E3)."""
    eq = opened(F_I=0.65).equilibria()[0]
    e = eq.economy
    rho = 1 - 1 / e.sigma
    fixed, firms = eq.fixed_costs, eq.firms
    X = sum(n * ((e.sigma - 1) * fixed[kind]) ** rho for kind, n in firms.items()) ** (1 / rho)
    assert pytest.approx(eq.E, rel=1e-12) == X * eq.P
    assert pytest.approx((eq.C_L + 1) ** e.sigma * e.F_L, rel=1e-12) == eq.B
    assert eq.import_share * (eq.Q_L + eq.Q_H) == pytest.approx(eq.imports, rel=1e-14)
    assert X - e.theta * eq.imports / eq.P == pytest.approx(eq.welfare, rel=1e-12)


def test_the_closed_economy_is_efficient():
    """Its assignment maximises output of a linear programme (JM-E1)."""
    eq = closed().solve()
    edges = np.append(SKILL.quantile(np.arange(400) / 400), np.inf)
    workers = workforce(PHI, SKILL)
    made = np.array([workers.output(j, edges[:-1], edges[1:]) for j in "MLH"])
    value = np.concatenate([0 * made[0], made[1], made[2] * 1.6 ** (-1 / 3)])
    balance = np.concatenate([made[0], -made[1], -made[2]])[None]
    people = np.tile(np.eye(400), 3)
    found = linprog(-value, A_eq=np.vstack([balance, people]), b_eq=np.r_[0, np.ones(400)])
    work = found.x.reshape(3, 400).mean(axis=1)
    assert work[0] == pytest.approx(eq.share_M, abs=0.003)
    assert work[2] == pytest.approx(np.exp(-eq.Z_2), abs=0.003)
    assert -found.fun == pytest.approx(eq.Q_L + eq.Q_H * 1.6 ** (-1 / 3), rel=1e-5)


@pytest.mark.parametrize("family", ["exponential", "uniform"])
def test_wages_are_never_below_those_of_the_closed_economy(family):
    e = random_economies(20000, family=family)
    eqs, shut = e.equilibria(), e.closed().solve()
    there = eqs.exists
    for name in ("C_L", "C_H", "welfare"):
        before = np.broadcast_to(np.asarray(getattr(shut, name))[:, None], there.shape)
        assert np.all(getattr(eqs, name)[there] >= before[there] * (1 - 1e-12)), name


# ---------------------------------------------------------------- responses


def test_printed_partials_and_totals_at_the_worked_economy():
    eq = opened().equilibria()[0]
    printed = {
        "JM-28": 0.2365694287, "JM-29": -0.1098906353, "JM-30": 0.03230874101,
        "JM-32": -0.004012080975, "JM-34": -0.001785813135, "JM-36": -0.03155763669,
        "log_P": 0.009481770862,
    }  # fmt: skip
    for name, value in printed.items():
        assert eq.partials()[name] == pytest.approx(value, rel=1e-9), name
    totals = {
        "D": -0.07354672449, "F_I": 1 / 1.743179307, "log_P": 0.06355208443,
        "log_welfare": -0.1441068092, "N": -0.02270537573, "W_HQ": -0.06486101946,
    }  # fmt: skip
    for name, value in totals.items():
        assert eq.totals()[name] == pytest.approx(value, rel=1e-9), name
    assert eq.margins()["JM-24"] < 0 < min(eq.margins()[k] for k in ("JM-22", "JM-22b", "JM-23"))


@pytest.mark.parametrize("family", ["exponential", "uniform", "Pareto", "powers, uniform"])
def test_totals_equal_finite_differences(family):
    e = random_economies(20000, seed=8, family=family)
    eq = e.equilibria()[0]
    inside = np.flatnonzero((eq.regime == 2) & (eq.stability > 0))[:300]
    e = e.flat().take(inside)
    h = 1e-5 * (1 + e.F_I)
    a, b = (e.replace(F_I=e.F_I + step).equilibria()[0] for step in (-h, h))
    middle = e.equilibria()[0]
    same = (a.regime == 2) & (b.regime == 2)
    assert same.sum() > 100
    move = b.Z_2 - a.Z_2
    totals = middle.totals()
    slopes = {
        "F_I": 2 * h, "C_L": b.C_L - a.C_L, "C_H": b.C_H - a.C_H, "W": b.W - a.W, "E": b.E - a.E,
        "N": b.N - a.N, "W_HQ": b.W_HQ - a.W_HQ, "log_P": np.log(b.P / a.P),
        "log_welfare": np.log(b.welfare / a.welfare),
    }  # fmt: skip
    for name, change in slopes.items():
        found, expected = change[same] / move[same], totals[name][same]
        size = np.maximum(np.abs(expected), np.abs(totals["W"][same]))
        assert np.median(np.abs(found - expected) / size) < 1e-6, name
        assert np.quantile(np.abs(found - expected) / size, 0.9) < 1e-4, name
    D = (np.log((b.C_H + e.theta) / (b.C_L + 1)) - np.log((a.C_H + e.theta) / (a.C_L + 1))) / move
    assert np.median(np.abs(D / totals["D"] - 1)[same]) < 1e-6


@pytest.mark.parametrize("family", ["exponential", "powers, uniform"])
def test_partials_hold_the_fixed_costs(family):
    """Move Z_2 along full employment and put the outputs into the definitions, F_I fixed."""
    e = random_economies(5000, seed=9, family=family)
    eq = e.equilibria()[0]
    inside = np.flatnonzero((eq.regime == 2) & (eq.y_1 > 0.01) & (eq.y_2 < 8))[:200]
    e = e.flat().take(inside)
    eq, w, phi = e.equilibria()[0], e.workforce, e.productivity

    def at(y_2):
        """C_L, C_H, W, N, (rho P)**(1 - sigma) at a given Z_2, Z_1 from full employment."""
        low, high = np.zeros_like(y_2), y_2.copy()
        for _ in range(70):
            m = (low + high) / 2
            less = w.output("M", 0.0, m) < w.output("L", m, y_2)
            low, high = np.where(less, m, low), np.where(less, high, m)
        y_1 = (low + high) / 2
        C_L = np.exp(w.log_ratio("M", "L", y_1))
        C_H = C_L * np.exp(w.log_ratio("L", "H", y_2))
        M, Q_H = w.output("M", 0.0, y_1), w.output("H", y_2, w.top)
        N_L, N_H = M / (e.sigma * e.F_L), Q_H / (e.sigma * (e.F_H + e.F_I))
        W = M * (C_L + 1) + C_H * Q_H
        index = N_L * (C_L + 1) ** (1 - e.sigma) + N_H * (C_H + e.theta) ** (1 - e.sigma)
        mean = M / w.share_below(y_1)
        return phi.skill(y_1), W, N_L + N_H, index, W ** (e.sigma - 1) * index, mean

    h = 1e-6 * np.minimum(eq.y_2, 1.0)
    up, down = at(eq.y_2 + h), at(eq.y_2 - h)
    move = phi.skill(eq.y_2 + h) - phi.skill(eq.y_2 - h)
    Z_1, W, N, index, gain, mean = ((a - b) / move for a, b in zip(up, down, strict=True))
    found = eq.partials()
    pairs = {"JM-28": Z_1, "JM-29": W, "JM-32": N, "JM-34": index, "JM-36": gain,
             "JM-30": mean / Z_1}  # fmt: skip
    for name, slope in pairs.items():
        assert np.median(np.abs(slope / found[name] - 1)) < 1e-6, name


def test_closed_responses_equal_finite_differences():
    e, h = closed(), 1e-5
    a, b = (e.replace(F_H=1.6 + step).solve() for step in (-h, h))
    found = e.solve().closed_responses()
    for name in ("Z_1", "Z_2", "C_L", "C_H"):
        slope = (getattr(b, name) - getattr(a, name)) / (2 * h)
        assert found[name] == pytest.approx(slope, rel=1e-7), name
    slope = np.log(b.welfare / a.welfare) / (2 * h)
    assert found["log_welfare"] == pytest.approx(slope, rel=1e-7)
    assert pytest.approx(-0.2425358 / 1.6, abs=1e-7) == found["log_welfare"]
    assert found["JM-16"] == pytest.approx((b.Z_1 - a.Z_1) / (b.Z_2 - a.Z_2), rel=1e-7)


def test_responses_are_nan_where_they_do_not_apply():
    assert np.isnan(opened(F_I=0.4).equilibria()[0].totals()["D"])
    assert np.isnan(closed().solve().partials()["JM-29"])
    assert np.isnan(opened().equilibria()[0].closed_responses()["Z_2"])


# ---------------------------------------------------------------- workers


def test_closed_forms_equal_integrals():
    pairs = [
        (PHI, SKILL), (PHI, UniformSkill(2.0)), (PowerProductivity(0.5, 1.0, 2.0), ParetoSkill(3)),
        (PowerProductivity(0.5, 1.0, 2.0), UniformSkill(2.0)),
    ]  # fmt: skip
    for phi, skill in pairs:
        closed_form = workforce(phi, skill)
        top = phi.index(skill.from_x(skill.edges[-1]))
        integrated = _Integrated(phi, skill, top)
        for j in "MLH":
            for ends in ((0.0, 0.4), (0.3, 0.9), (0.5, closed_form.top)):
                a, b = closed_form.output(j, *ends), integrated.output(j, *np.minimum(ends, top))
                assert a == pytest.approx(b, rel=1e-12)
                a, b = (w.ranked_output(j, *np.minimum(ends, t)) for w, t in
                        ((closed_form, closed_form.top), (integrated, top)))  # fmt: skip
                assert a == pytest.approx(b, rel=1e-12)
        Z = phi.skill(np.array([0.2, 0.8]))
        area = quad(lambda z, s=skill: s.density(z), Z[0], Z[1])[0]
        assert np.diff(skill.share_below(Z))[0] == pytest.approx(area, rel=1e-9)
        assert skill.share_below(Z) + skill.share_above(Z) == pytest.approx(1)
        assert skill.quantile(skill.share_below(Z)) == pytest.approx(Z, rel=1e-12)
        assert skill.from_x(skill.to_x(Z)) == pytest.approx(Z, rel=1e-12)


def test_given_functions_make_the_same_economy():
    phi = GivenProductivity(
        *(lambda Z, a=a: a * Z for a in (0.08, 0.30, 0.45)),
        *(lambda Z, a=a: a + 0 * Z for a in (0.08, 0.30, 0.45)),
    )
    for F_I in (1.5, 1.0, 0.65, 0.4):
        known = opened(F_I=F_I).equilibria()[0]
        for economy in (
            opened(F_I=F_I, productivity=phi),
            opened(F_I=F_I, skill=GivenSkill(lambda Z: np.exp(-Z))),
        ):
            eqs = economy.equilibria()
            assert eqs.count == 1
            for name in ("Z_1", "Z_2", "C_L", "P", "gini"):
                assert getattr(eqs[0], name) == pytest.approx(getattr(known, name), rel=1e-9), name


def test_a_given_density_without_a_top_has_nobody_there():
    skill = GivenSkill(lambda Z: np.exp(-Z))
    assert skill.weight(1.0) == skill.density(np.inf) == 0
    no_H = closed(skill=skill, F_H=9.0).solve()
    assert no_H.regime == 7
    assert np.isnan(no_H.closed_responses()["Z_2"])


def test_given_bounded_density():
    skill = GivenSkill(lambda Z: 6 * Z * (1 - Z) * (Z <= 1), top=1.0)
    phi = ExponentialProductivity(0.2, 1.2, 1.6)
    eqs = opened(productivity=phi, skill=skill, F_H=1.1, F_I=[0.05, 0.3, 2.0]).equilibria()
    assert np.all(eqs.count == 1)
    assert worst(eqs) < 1e-11
    grid = np.linspace(0.01, 0.99, 9)
    assert skill.share_below(skill.quantile(grid)) == pytest.approx(grid, abs=1e-12)


def test_lognormal_moments():
    skill, phi = LognormalSkill(-0.2, 0.6), PowerProductivity(0.5, 1.0, 2.0)
    w = workforce(phi, skill)
    mean, square = np.exp(-0.2 + 0.18), np.exp(-0.4 + 0.72)
    assert w.output("L", 0.0, w.top) == pytest.approx(1 + mean, rel=1e-13)
    assert w.output("H", 0.0, w.top) == pytest.approx(1 + 2 * mean + square, rel=1e-13)
    assert skill.share_below(skill.quantile(0.3)) == pytest.approx(0.3, rel=1e-13)
    area = quad(skill.density, 0.0, 1.5)[0]
    assert area == pytest.approx(skill.share_below(1.5), rel=1e-9)
    assert area == pytest.approx(1 - skill.share_above(1.5), rel=1e-9)
    assert skill.density(0.0) == 0


# ---------------------------------------------------------------- residuals, bad input


@pytest.mark.parametrize("name", ["y_1", "y_2", "C_L", "log_C_H", "s_H", "s_L"])
def test_residuals_notice_a_wrong_answer(name):
    eq = opened(F_I=[1.5, 0.65]).equilibria()[0]
    wrong = replace(eq, **{name: getattr(eq, name) * 1.01 + 0.001})
    assert worst(wrong) > 1e-5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sigma": 1.0}, "sigma = 1 must be finite and > 1"),
        ({"F_H": 0.9}, "F_H = 0.9 must be > F_L"),
        ({"F_H": np.inf}, "F_H = inf must be finite and > 0"),
        ({"F_L": -1.0}, "F_L = -1 must be finite and > 0"),
        ({"theta": 1.0}, "theta = 1 must be strictly between 0 and 1"),
        ({"F_I": -0.1}, "F_I = -0.1 must be >= 0"),
        ({"F_I": np.nan}, "F_I = nan must be >= 0"),
        ({"productivity": 3}, "productivity = 3 must be a Productivity"),
        ({"skill": None}, "skill = None must be a Skill"),
        ({"sigma": [2.0, 3.0], "F_I": [1.0, 2.0, 3.0]}, "must broadcast together"),
        ({"sigma": "high"}, "sigma = 'high' must be a number"),
        ({"skill": ExponentialSkill(0.4)}, "H = 0.45 must be < skill.rate = 0.4"),
        ({"skill": ParetoSkill(3.0)}, "output of all workers in M is infinite"),
        ({"skill": LognormalSkill()}, "output of all workers in M is infinite"),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        opened(**changes)


def test_bad_parts_are_named():
    with pytest.raises(ValueError, match=r"M = 0 must be finite and > 0; H = inf must be finite"):
        ExponentialProductivity(0, 1, np.inf)
    with pytest.raises(ValueError, match=r"L = 0.1 must be > M; H = 0.1 must be > L"):
        PowerProductivity(0.1, 0.1, 0.1)
    with pytest.raises(ValueError, match="rate = -1 must be finite and > 0"):
        ExponentialSkill(-1)
    with pytest.raises(ValueError, match="top = inf must be finite and > 0"):
        UniformSkill(np.inf)
    with pytest.raises(ValueError, match="alpha = 0 must be finite and > 0"):
        ParetoSkill(0)
    with pytest.raises(ValueError, match=r"mu = inf must be finite; s = 0 must be finite and > 0"):
        LognormalSkill(np.inf, 0)
    with pytest.raises(ValueError, match=r"the integral of pdf = 0\.5 must be 1"):
        GivenSkill(lambda Z: 0.5 * np.exp(-Z))
    with pytest.raises(ValueError, match="top and scale must be single numbers"):
        GivenSkill(lambda Z: np.exp(-Z), scale=[1.0, 2.0])
    steady = [lambda Z, a=a: a * Z for a in (0.1, 0.3, 0.4)]
    slopes = [lambda Z, a=a: a + 0 * Z for a in (0.1, 0.3, 0.4)]
    with pytest.raises(ValueError, match=r"log_M\(0\) = 1 must be 0"):
        GivenProductivity(lambda Z: 1 + 0.1 * Z, *steady[1:], *slopes)
    with pytest.raises(ValueError, match=r"slope_L = 0.1 at Z = \S+ must be > slope_M"):
        GivenProductivity(steady[0], steady[0], steady[2], slopes[0], slopes[0], slopes[2])
    with pytest.raises(ValueError, match=r"slope_H = 0.4 .* must be the derivative of log_H"):
        GivenProductivity(*steady[:2], lambda Z: 0.5 * Z, *slopes)
