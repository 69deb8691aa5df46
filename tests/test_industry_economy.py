"""A schedule for each industry: one equilibrium, whichever goods and tasks it moves."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import root

from offshoring import NoEquilibrium
from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.technologies import CES, CobbDouglas, Leontief
from offshoring.trading_tasks import SmallEconomy
from offshoring.trading_tasks.industries import IndustryEconomy

SCHEDULES = [None, Linear(1, 1.5), Power(0.5), Power(1), Power(2), Exponential(1, 1.2)]
FIELDS = ("I_x", "m_x", "I_y", "m_y", "w", "s", "x", "y")
IDS = {"GRH08-1", "GRH08-2", "GRH08-4", "GRH08-5", "GRH08-8", "GRH08-9"}


def w2(**changes):
    """Worked example W2 of the model's specification, with offshoring in X only."""
    settings = {
        "schedule_x": Linear(a=1, b=1.2), "schedule_y": None, "beta": 1.5, "x": CobbDouglas(0.3),
        "y": CobbDouglas(0.6), "p": 1.0, "w_star": 0.5, "L": 0.9, "H": 1.2,
    }  # fmt: skip
    return IndustryEconomy(**settings | changes)


def w3(**changes):
    """Worked example W3, with offshoring in Y only."""
    settings = {
        "schedule_x": None, "schedule_y": Power(eta=0.5), "beta": 2.25, "x": CobbDouglas(0.4),
        "y": CobbDouglas(0.55), "p": 1.0, "w_star": 0.4, "L": 0.72, "H": 1.0,
    }  # fmt: skip
    return IndustryEconomy(**settings | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


# --- the answer it was built from --------------------------------------------------------------


@st.composite
def economies(draw, goods):
    """Draw wages, margins and outputs first, then the data that make them the equilibrium."""
    schedules = {g: draw(st.sampled_from(SCHEDULES)) for g in "xy"}
    cost, beta = draw(st.floats(0.8, 3)), draw(st.floats(1, 3))
    I = {g: 0.0 if f is None else float(f.inverse(cost)) for g, f in schedules.items()}
    m = {g: 1.0 if f is None else float(f.stay_home(cost)) for g, f in schedules.items()}
    assume(all(i == 0 or i > 1e-3 for i in I.values()))  # a rounding of w is one of I / 1e-3
    lam_x, sigma = draw(st.floats(0.1, 0.45)), draw(st.floats(0.2, 2))
    technologies = {
        "x": CES(lam_x, sigma),
        "y": CES(lam_x + draw(st.floats(0.05, 0.45)), draw(st.sampled_from([sigma, 0.5, 1.0]))),
    }
    bundle = {  # at w = 1
        g: 1.0 if f is None else m[g] + float(f.T(I[g], m[g])) / cost for g, f in schedules.items()
    }
    s = float(np.exp(draw(st.floats(-1.5, 1.5))))
    loss = {g: 1.0 if g in goods else draw(st.floats(1.01, 2)) for g in "xy"}
    price = {g: float(technologies[g].cost(bundle[g], s)) / loss[g] for g in "xy"}
    unit = price["x"]  # X is the numeraire
    out = {g: draw(st.floats(0.1, 3)) if g in goods else 0.0 for g in "xy"}
    a_L, a_H = (
        {g: float(getattr(technologies[g], f)(bundle[g], s)) for g in "xy"} for f in ("a_L", "a_H")
    )
    k = {g: m[g] * a_L[g] / a_H[g] for g in "xy"}
    assume(max(m[g] for g in goods) > 0)  # somebody must employ the low-skilled
    assume(len(goods) == 1 or abs(k["y"] - k["x"]) > 0.03 * k["x"])  # outputs are determined
    economy = IndustryEconomy(
        schedule_x=schedules["x"], schedule_y=schedules["y"], beta=beta, **technologies,
        p=price["y"] / unit, w_star=1 / (cost * beta * unit),
        L=sum(m[g] * a_L[g] * out[g] for g in "xy"), H=sum(a_H[g] * out[g] for g in "xy"),
    )  # fmt: skip
    answer = {"w": 1 / unit, "s": s / unit} | out
    answer |= {f"I_{g}": I[g] for g in "xy"} | {f"m_{g}": m[g] for g in "xy"}
    return economy, answer, {"Omega": bundle, "k": k}


REGIMES = {"x": "only x", "xy": "both goods", "y": "only y"}


@pytest.mark.parametrize("goods", REGIMES)
@given(data=st.data())
def test_finds_the_equilibrium_it_was_built_from(goods, data):
    economy, answer, more = data.draw(economies(goods))
    eq = economy.solve()
    assert eq.exists
    assert eq.regime == REGIMES[goods]
    for name, value in answer.items():
        # roundings grow by 1 / |k_y / k_x - 1| where both goods are made, and by that of I above
        assert getattr(eq, name) == pytest.approx(value, rel=1e-9, abs=1e-12), name
    for g in "xy":
        assert getattr(eq, f"Omega_{g}") == pytest.approx(more["Omega"][g], rel=1e-9)
        assert getattr(eq, f"omega_{g}") == pytest.approx(eq.w * more["Omega"][g], rel=1e-9)
        assert getattr(eq, f"kappa_{g}") == pytest.approx(more["k"][g], rel=1e-8)
    assert eq.is_reversed == (goods == "xy" and more["k"]["y"] < more["k"]["x"])
    assert worst(eq) < 1e-12
    assert eq.income == pytest.approx(eq.x + economy.p * eq.y - eq.task_imports, rel=1e-11)


@given(economies("xy"), st.floats(0.1, 10))
def test_more_of_both_factors_means_more_of_both_goods(case, k):
    economy = case[0]
    a, b = economy.solve(), economy.replace(L=k * economy.L, H=k * economy.H).solve()
    assert (b.w, b.s) == (pytest.approx(a.w, rel=1e-9), pytest.approx(a.s, rel=1e-9))
    assert (b.x, b.y) == (pytest.approx(k * a.x, rel=1e-7), pytest.approx(k * a.y, rel=1e-7))


def wild(n, seed, **changes):
    """Economies over orders of magnitude, with reversals of all kinds."""
    rng = np.random.default_rng(seed)
    lam = np.sort(rng.uniform(0.05, 0.95, (2, n)), axis=0)
    sigma = rng.uniform(0.05, 2.0, (2, n))
    sigma[1, : n // 2] = sigma[0, : n // 2]
    sigma[:, : n // 4] = 1.0
    return {
        "schedule_x": Power(rng.uniform(0.2, 3, n)),
        "schedule_y": Linear(1, rng.uniform(0.1, 4, n)),
        "x": CES(lam[0], sigma[0]), "y": CES(lam[1], sigma[1]), "p": np.exp(rng.uniform(-1, 1, n)),
        "beta": rng.uniform(1, 3, n), "w_star": np.exp(rng.uniform(-4, 1, n)),
        "L": np.exp(rng.uniform(-3, 3, n)), "H": 1.0,
    } | changes  # fmt: skip


KINDS = {
    "power and linear": {},
    "only x": {"schedule_y": None},
    "only y": {"schedule_x": None},
    "neither": {"schedule_x": None, "schedule_y": None},
    "tabulated": {"schedule_x": Tabulated([0, 0.3, 0.6, 1], [1, 1.5, 1.5, 3])},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_condition_holds_at_wild_economies(kind):
    economy = IndustryEconomy(**wild(6000, 2008, **KINDS[kind]))
    eq = economy.solve()
    assert worst(eq) < 1e-12
    there = eq.exists
    assert set(np.unique(eq.regime[there])) == set(REGIMES.values())
    assert (eq.regime[~there] == "no equilibrium").all()
    assert all((getattr(eq, name)[there] >= 0).all() for name in FIELDS)
    gap = eq.income - (eq.x + economy.p * eq.y - eq.task_imports)
    assert np.abs(gap / eq.income)[there].max() < 1e-10


@pytest.mark.parametrize("kind", KINDS)
def test_factor_incomes_are_the_least_that_leave_no_profit(kind):
    # weak duality: no admissible pair of wages pays factors less than the equilibrium does
    economy = IndustryEconomy(**wild(500, 11, **KINDS[kind]))
    eq = economy.solve()
    for factor in np.exp(np.linspace(-3, 3, 61)):
        w = np.where(eq.exists, eq.w, 1.0) * factor
        s = np.maximum(*economy.frontiers(w))
        cost = w * economy.L + s * economy.H
        assert (cost >= eq.income * (1 - 1e-12))[eq.exists].all()


def test_a_solver_of_equation_systems_agrees():
    def system(z):
        w, s, x, y, I = z
        T = quad(lambda i: (1 - i) ** -0.5, 0, I)[0]
        bundle = w * (1 - I) + 2.25 * 0.4 * T
        c_x, c_y = w**0.4 * s**0.6, bundle**0.55 * s**0.45
        return [
            w - 2.25 * 0.4 * (1 - I) ** -0.5, c_x - 1, c_y - 1,
            0.4 * c_x / w * x + (1 - I) * 0.55 * c_y / bundle * y - 0.26,
            0.6 * c_x / s * x + 0.45 * c_y / s * y - 1,
        ]  # fmt: skip

    eq = w3(L=0.26).solve()
    cold = root(system, [1.5, 0.75, 0.6, 0.7, 0.6], tol=1e-13).x
    assert [eq.w, eq.s, eq.x, eq.y, eq.I_y] == pytest.approx(cold, rel=1e-9)


# --- the same as the small economy if the schedules are the same ---------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES[1:], ids=lambda s: type(s).__name__)
def test_equal_schedules_give_the_small_economy(schedule):
    rng = np.random.default_rng(5)
    n = 4000
    lam, sigma = rng.uniform(0.05, 0.5, n), rng.uniform(0.02, 2.0, n)
    x, y = CES(lam, sigma), CES(lam + rng.uniform(0.05, 0.45, n), sigma)
    q = np.exp(rng.normal(0, 1, n))
    common = {
        "x": x, "y": y, "p": y.cost(q, 1) / x.cost(q, 1), "beta": rng.uniform(1, 3, n),
        "w_star": np.exp(rng.uniform(-4, 1, n)), "L": np.exp(rng.uniform(-3, 3, n)), "H": 1.0,
    }  # fmt: skip
    small = SmallEconomy(schedule=schedule, **common).solve()
    eq = IndustryEconomy(schedule_x=schedule, schedule_y=schedule, **common).solve()
    there = small.exists
    moved = small.I > 0
    assert {"only x", "both goods", "only y"} <= set(np.unique(small.regime))
    assert (eq.regime[moved] == small.regime[moved]).all()
    assert (eq.exists == there).all()
    for name, other in (("I_x", "I"), ("I_y", "I"), ("w", "w"), ("s", "s")):
        ours, theirs = getattr(eq, name)[there], getattr(small, other)[there]
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-11), name
    clear = there & (
        (eq.regime != "both goods") | (np.abs(eq.kappa_y - eq.kappa_x) > 0.1 * eq.kappa_x)
    )
    for name in ("x", "y", "income", "foreign_labour", "task_imports"):
        ours, theirs = getattr(eq, name)[clear], getattr(small, name)[clear]
        assert ours == pytest.approx(theirs, rel=1e-8, abs=1e-10), name


def test_without_offshoring_is_the_small_economy_in_which_it_is_too_dear():
    small = SmallEconomy(
        schedule=Linear(1, 1), beta=1e6, x=CobbDouglas(0.3), y=CobbDouglas(0.6), p=1.0, w_star=0.5,
        L=0.9, H=1.2,
    ).solve()  # fmt: skip
    eq = w2().without_offshoring().solve()
    for name in ("w", "s", "x", "y"):
        assert getattr(eq, name) == pytest.approx(getattr(small, name), rel=1e-13)
    assert (eq.I_x, eq.I_y, eq.foreign_labour) == (0, 0, 0)


# --- worked examples -----------------------------------------------------------------------------


def test_worked_example_W2_with_offshoring_in_X_only():
    eq = w2().solve()
    expected = {
        "w": 0.9872113437, "s": 1.0194942823, "I_x": 0.2635681597, "x": 1.1517969669,
        "y": 1.0428381548, "I_y": 0.0,
    }  # fmt: skip
    for name, value in expected.items():
        assert getattr(eq, name) == pytest.approx(value, abs=1e-10), name
    assert eq.elasticities()["w"] == pytest.approx(0.0874200480, abs=1e-10)
    assert eq.regime == "both goods"


W3A = {
    "w": 1.0422184983, "s": 0.9728087805, "I_y": 0.2542942970, "Omega_y": 0.9813793592,
    "x": 0.9735057916, "y": 0.8637895680,
}  # fmt: skip
W3B = {
    "w": 1.6121265385, "s": 0.7273340427, "I_y": 0.6883359110, "Omega_y": 0.8048735754,
    "x": 0.6457144081, "y": 0.7553453287,
}  # fmt: skip


@pytest.mark.parametrize(
    "L, expected, slopes",
    [(0.72, W3A, {"w": -1.1200800394}), (0.26, W3B, {"w": 3.8726269558, "s": -2.5817513039})],
)
def test_worked_example_W3_with_offshoring_in_Y_only(L, expected, slopes):
    eq = w3(L=L).solve()
    for name, value in expected.items():
        assert getattr(eq, name) == pytest.approx(value, abs=1e-10), name
    for name, value in slopes.items():
        assert eq.elasticities()[name] == pytest.approx(value, abs=1e-9), name
    assert eq.is_reversed == (L == 0.26)


# --- elasticities --------------------------------------------------------------------------------


def test_elasticities_are_the_slopes_of_the_solved_economies():
    parameters = wild(3000, 23)
    parameters["beta"] += 0.01  # so that a little less is still admissible
    economy = IndustryEconomy(**parameters)
    h = 1e-4
    around = economy.replace(beta=economy.beta * np.exp(h * np.array([[-2], [-1], [1], [2]])))
    sides, eq = around.solve(), economy.solve()
    kinked = np.zeros(eq.w.shape, dtype=bool)
    for name in ("I_x", "I_y"):
        v = getattr(sides, name)
        corners = np.array([(v == 0).sum(axis=0), (v == 1).sum(axis=0)])
        kinked |= ((corners > 0) & (corners < 4)).any(axis=0)
    steep = np.abs(eq.elasticities()["w"]) > 20  # near a tangency: too curved for this step
    steep |= ~(np.abs(np.log(eq.s)) < 10)  # a tiny s is a small difference of large numbers
    same = (sides.regime == eq.regime).all(axis=0) & eq.exists & ~kinked & ~steep
    assert same.sum() > 1000
    assert set(np.unique(eq.regime[same])) == set(REGIMES.values())
    weights = np.array([1, -8, 8, -1]) / (12 * h)  # error of order h^4
    for name, slopes in eq.elasticities().items():
        levels = getattr(sides, name)[:, same]
        positive = (levels > 1e-6).all(axis=0)
        measured = weights @ np.log(np.where(positive, levels, 1.0))
        expected = slopes[same]
        curved = np.abs(expected) > 50  # outputs near a corner of the cone
        use = positive & ~curved
        assert use.sum() > 300, name
        assert np.abs(measured - expected)[use] == pytest.approx(0, abs=1e-7), name
    # s without bound: X, of which almost all the cost is L-tasks, says nothing about it
    far = (sides.regime == "both goods").all(axis=0) & ~kinked & (np.log(eq.s) > 10)
    slopes = eq.elasticities()["s"][far]
    assert slopes.min() < -100
    assert weights @ np.log(sides.s[:, far]) == pytest.approx(slopes, rel=1e-6)


def test_an_output_that_is_zero_has_no_elasticity():
    slopes = w3(L=0.4).solve().elasticities()
    assert np.isnan(slopes["y"])
    assert slopes["x"] == 0


def test_offshoring_in_X_only_pays_for_the_high_skilled():
    parameters = wild(6000, 31, schedule_y=None)
    sigma = parameters["x"].sigma  # equal elasticities up to one: Y is the labour-intensive good
    sigma = np.minimum(sigma, 1)
    economy = IndustryEconomy(
        **parameters | {g: CES(parameters[g].lam, sigma) for g in "xy"}
    ).solve()
    moves = (economy.regime == "both goods") & (economy.I_x > 1e-6)
    assert moves.sum() > 300
    slopes = economy.elasticities()
    usual = economy.kappa_y > economy.kappa_x
    assert usual[moves].all()
    assert (slopes["w"][moves] > 0).all()
    assert (slopes["s"][moves] < 0).all()


def test_one_good_on_a_flat_portion_keeps_its_margin_in_step():
    # on a flat portion w = beta t w*, so w and beta rise together
    flat = Tabulated([0, 0.2, 0.8, 1], [1, 1.5, 1.5, 3])
    econ = w3(schedule_x=flat, y=CobbDouglas(0.41), p=0.5, w_star=0.45, beta=1.2, L=0.6)
    eq = econ.solve()
    assert eq.regime == "only x"
    assert 0.2 < eq.I_x < 0.8
    assert eq.elasticities()["w"] == pytest.approx(1, abs=1e-12)
    assert worst(eq) < 1e-12


# --- arrays --------------------------------------------------------------------------------------


def test_arrays_and_numbers_agree():
    parameters = wild(60, 3, schedule_y=Power(np.linspace(0.2, 3, 60)))
    eq = IndustryEconomy(**parameters).solve()
    for j in range(60):
        one = {k: v[j] if isinstance(v, np.ndarray) else v for k, v in parameters.items()}
        one |= {k: CES(parameters[k].lam[j], parameters[k].sigma[j]) for k in "xy"}
        one |= {k: Power(parameters[k].eta[j]) for k in ("schedule_x", "schedule_y")}
        economy = IndustryEconomy(**one)
        if not eq.exists[j]:
            with pytest.raises(NoEquilibrium):
                economy.solve()
            continue
        alone = economy.solve()
        assert isinstance(alone.regime, str)
        assert alone.regime == eq.regime[j]
        for name in FIELDS:
            assert getattr(alone, name) == pytest.approx(getattr(eq, name)[j], rel=1e-12)
        for name, slope in alone.elasticities().items():
            whole = eq.elasticities()[name][j]
            assert slope == pytest.approx(whole, rel=1e-9, nan_ok=True), name


def test_parameters_of_two_dimensions_keep_their_places():
    L, beta = np.array([[0.26], [0.72]]), np.array([2.2, 2.25, 2.3])
    eq = w3(L=L, beta=beta).solve()
    assert eq.w.shape == eq.regime.shape == (2, 3)
    assert eq.w[1, 1] == pytest.approx(W3A["w"], abs=1e-10)
    assert eq.w[0, 1] == pytest.approx(W3B["w"], abs=1e-10)


# --- zero-profit curves and cones ----------------------------------------------------------------


def test_frontiers_break_even_task_by_task():
    econ = w3(schedule_x=Exponential(1.1, 0.7))
    abroad = {"x": lambda i: 0.99 * np.exp(0.7 * i), "y": lambda i: 0.9 * (1 - i) ** -0.5}
    for w in (0.8, 1.1, 1.6):
        kinks = econ.schedule_x.inverse(w / 0.9), econ.schedule_y.inverse(w / 0.9)
        for g, s, kink in zip("xy", econ.frontiers(w), kinks, strict=True):
            bundle = w * (1 - kink) + quad(abroad[g], 0, kink, epsabs=1e-13)[0]
            assert getattr(econ, g).cost(bundle, s) == pytest.approx(1, rel=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_frontiers_fall_and_are_convex(kind):
    economy = IndustryEconomy(**wild(300, 17, **KINDS[kind]))
    w = np.linspace(0.2, 3, 400)[:, None]
    for s in economy.frontiers(w):
        s = np.where(s > 1e4, np.nan, s)
        assert not (np.diff(s, axis=0) > 1e-12).any()
        scale = np.abs(np.diff(s, axis=0)[1:]) + 1e-9
        assert not (np.diff(s, 2, axis=0) < -1e-6 * scale).any()


def test_frontiers_refuse_a_wage_that_is_none():
    with pytest.raises(ValueError, match="w = 0 must be > 0, as a wage is"):
        w3().frontiers([1.0, 0.0])


def test_cones_of_figure_F6():
    # printed: wages 1 and 3.542 (s = .430) at beta = 3; no pair below the merger at 2.1534
    far = w3(beta=3.0).cones().found
    assert [cone.w for cone in far] == pytest.approx([1, 3.542], abs=5e-4)
    assert far[1].s == pytest.approx(0.430, abs=5e-4)
    assert [cone.is_reversed for cone in far] == [False, True]
    for beta, count in ((2.3, 2), (2.2, 2), (2.15345, 2), (2.1533, 0), (2.0, 0)):
        cones = w3(beta=beta).cones()
        assert (len(cones.found), cones.unresolved) == (count, ()), beta
        assert cones.scanned == (1e-6, 1e6)


def test_cones_are_where_the_solver_makes_both_goods():
    econ = w3()
    edges = [edge for cone in econ.cones().found for edge in cone.edges]
    assert sorted(edges) == pytest.approx([0.2135, 0.3008, 0.6223, 0.8669], abs=5e-5)
    L = np.exp(np.linspace(-3, 1, 2001))
    eq = econ.replace(L=L).solve()
    inside = sum((cone.edges[0] < L) & (cone.edges[1] > L) for cone in econ.cones().found)
    assert (inside == (eq.regime == "both goods")).all()
    for cone in econ.cones().found:
        here = (cone.edges[0] < L) & (cone.edges[1] > L)
        assert eq.w[here] == pytest.approx(cone.w, rel=1e-12)
        assert (eq.is_reversed[here] == cone.is_reversed).all()
        for name in ("s", "I_x", "I_y", "kappa_x", "kappa_y"):
            assert getattr(eq, name)[here] == pytest.approx(getattr(cone, name), rel=1e-11), name


def test_cones_at_their_merger_are_reported_and_not_dropped():
    none, some = 2.1533, 2.15345  # bisect for the first beta at which anything is found
    while some - none > 1e-15:
        beta = (none + some) / 2
        cones = w3(beta=beta).cones()
        if cones.found or cones.unresolved:
            some = beta
        else:
            none = beta
        if beta in (none, some) and some - none < 5e-16 * some:
            break
    beta = some
    assert beta == pytest.approx(2.1534, abs=5e-5)
    cones = w3(beta=beta).cones()
    assert len(cones.found) == 0
    ((a, b),) = cones.unresolved
    assert 1.21 < a < b < 1.23
    assert b - a < 1e-5


@pytest.mark.parametrize("kind", ["power and linear", "only x", "only y", "neither"])
def test_cones_hold_every_crossing_that_a_fine_grid_sees(kind):
    parameters = wild(40, 29, **KINDS[kind])
    seen = 0
    for j in range(40):
        one = {k: v[j] if isinstance(v, np.ndarray) else v for k, v in parameters.items()}
        one |= {k: CES(parameters[k].lam[j], parameters[k].sigma[j]) for k in "xy"}
        if one["schedule_x"] is not None:
            one["schedule_x"] = Power(parameters["schedule_x"].eta[j])
        if one["schedule_y"] is not None:
            one["schedule_y"] = Linear(1, parameters["schedule_y"].b[j])
        econ = IndustryEconomy(**one)
        w = np.geomspace(1e-3, 1e3, 20001) * 1.0000123
        s_x, s_y = econ.frontiers(w)
        pay = (s_x > 0) & (s_y > 0) & np.isfinite(s_x) & np.isfinite(s_y)
        lead = np.where(pay, np.sign(np.where(pay, s_y, 1) - np.where(pay, s_x, 0)), np.nan)
        at = w[:-1][lead[1:] * lead[:-1] < 0]
        cones = econ.cones(low=w[0], high=w[-1])
        assert cones.unresolved == ()
        assert [cone.w for cone in cones.found] == pytest.approx(at, rel=1e-3)
        for cone in cones.found:
            pair = econ.frontiers(cone.w)
            assert pair == (pytest.approx(cone.s, rel=1e-9), pytest.approx(cone.s, rel=1e-9))
        seen += len(at)
    assert seen > 20


def test_a_crossing_at_an_end_of_the_range_counts_once():
    # without offshoring both goods break even at w = 1 = s exactly
    for low, high in ((1.0, 2.0), (0.5, 1.0), (0.25, 4.0), (0.5, 8.0)):
        (cone,) = w2().without_offshoring().cones(low=low, high=high).found
        assert cone.w == pytest.approx(1, abs=1e-15)
        assert cone.edges == pytest.approx((3 / 7, 3 / 2))


def test_frontiers_that_coincide_up_to_rounding_stay_unresolved():
    alike = {"x": CobbDouglas(0.4), "y": CobbDouglas(np.nextafter(0.4, 1))}
    cones = w3(**alike).without_offshoring().cones()
    assert cones.unresolved
    assert any(a <= 1 <= b for a, b in cones.unresolved) or len(cones.found) == 1


def test_cones_refuse_arrays_and_odd_ranges():
    with pytest.raises(ValueError, match=re.escape("has the shape (2,) and must be a single one")):
        w3(L=[0.2, 0.3]).cones()
    with pytest.raises(ValueError, match="low = 2 and high = 1 must be 0 < low < high < inf"):
        w3().cones(low=2, high=1)


# --- corners, flats, fixed proportions -----------------------------------------------------------


def test_one_industry_may_send_all_its_tasks_abroad():
    # X moves everything at t(1) = 1.2 and employs skilled labour only; Y stays at home
    econ = w2(schedule_x=Linear(1, 0.2), beta=1.0, w_star=0.4, p=1.2, L=1.0)
    eq = econ.solve()
    assert (eq.I_x, eq.m_x, eq.regime) == (1, 0, "both goods")
    assert eq.w > 1.2 * 0.4
    assert eq.omega_x == pytest.approx(0.4 * 1.1, rel=1e-14)  # beta w* T(1)
    assert eq.foreign_labour == pytest.approx(1.1 * 0.3 * eq.x / (0.4 * 1.1), rel=1e-13)
    assert worst(eq) < 1e-13
    wrong = replace(eq, w=0.9 * 1.2 * 0.4).residuals()
    assert wrong["GRH08-1"] > 0.1  # then the last task should stay


def test_both_goods_at_a_wage_on_a_flat_portion():
    # t = 1 up to i = .4 and w = s = 1 = beta w*: any I <= .4 costs the same, and L / H picks one
    start = Tabulated([0, 0.4, 1], [1, 1, 2])
    for L in (0.28, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4):
        eq = w2(schedule_x=start, schedule_y=start, beta=2.0, L=L, H=1.0).solve()
        assert eq.w == pytest.approx(1, abs=1e-13)
        assert eq.I_x <= 0.4 + 1e-7  # the slope is zero there, so t keeps only half of its digits
        assert worst(eq) < 1e-12
    assert w2(schedule_x=start, schedule_y=start, beta=2.0, L=0.6, H=1.0).solve().y > 0
    # the same at many economies, so that roundings fall either way
    parameters = wild(4000, 37, schedule_x=None, schedule_y=None)
    w0 = IndustryEconomy(**parameters).solve()
    both = (w0.regime == "both goods") & (w0.w > 0)
    w_star = np.where(both, w0.w, 9.0) / parameters["beta"]
    moved = {"schedule_x": start, "schedule_y": start, "w_star": w_star}
    for stretch in (1.0, 0.99, 0.8, 0.65):
        labour = {"L": stretch * parameters["L"]}
        eq = IndustryEconomy(**parameters | moved | labour).solve()
        assert worst(eq) < 1e-12
        assert eq.w[both] == pytest.approx(w0.w[both], rel=1e-11) or stretch < 1


def test_leontief_makes_both_goods_inside_the_cone():
    goods = {"x": Leontief(1, 2), "y": Leontief(2, 1)}
    eq = w3(**goods, L=1.0, H=1.0, w_star=0.125).solve()
    assert eq.regime == "both goods"
    assert eq.w + 2 * eq.s == pytest.approx(1)
    assert 2 * eq.omega_y + eq.s == pytest.approx(1)
    assert worst(eq) < 1e-13


def test_leontief_alone_stops_the_margin_where_all_are_employed():
    # Y takes 2 (1 - I) low-skilled to one high-skilled worker; with L / H = 1 that is I = 1/2
    goods = {"x": Leontief(1, 2), "y": Leontief(2, 1)}
    eq = w3(**goods, p=1.9, L=1.0, H=1.0, w_star=0.2, beta=1.5).solve()
    assert eq.regime == "only y"
    assert eq.I_y == pytest.approx(0.5, abs=1e-13)
    assert eq.w == pytest.approx(0.3 * 2**0.5, rel=1e-13)
    assert worst(eq) < 1e-13
    assert eq.elasticities()["w"] == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("sigma", [0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-4])
def test_small_elasticities_over_a_grid(sigma):
    eq = w3(
        x=CES(0.3, sigma), y=CES(0.6, sigma), L=np.linspace(0.45, 1.45, 41), beta=1.3, w_star=0.4
    ).solve()
    assert eq.exists.mean() > 0.9
    assert worst(eq) < 1e-12


# --- no equilibrium ------------------------------------------------------------------------------


def test_profits_without_bound_are_no_equilibrium_and_say_by_how_much():
    # sigma = 2: with L-tasks alone a unit of Y costs .48 / .6 = .8, less than its price
    econ = w2(
        schedule_x=None, schedule_y=Linear(1, 1.2), x=CES(0.3, 2), y=CES(0.6, 2), beta=1.0,
        w_star=0.3,
    )  # fmt: skip
    words = r"industry Y would move abroad, because beta w_star T\(1\) = 0.48 is not above 0.6, at"
    with pytest.raises(NoEquilibrium, match=words):
        econ.solve()
    eq = econ.replace(w_star=[0.3, 0.4]).solve()
    assert eq.exists.tolist() == [False, True]
    assert eq.regime[0] == "no equilibrium"
    assert np.isnan([eq.w[0], eq.x[0], eq.elasticities()["w"][0]]).all()
    words = "industry X would move abroad, because beta w_star T"
    with pytest.raises(NoEquilibrium, match=words):
        econ.replace(schedule_x=Linear(1, 0), schedule_y=None, w_star=0.2).solve()


def test_an_idle_factor_is_no_equilibrium():
    goods = {"x": Leontief(1, 2), "y": Leontief(2, 1)}
    for L in (0.4, 5.0):
        with pytest.raises(NoEquilibrium, match=f"no good that pays can employ L / H = {L:g}"):
            w3(**goods, L=L).without_offshoring().solve()
    # with tasks leaving from w = .3 on, X alone stops at (1 - I) / 2 = .4 and nobody is idle
    moves = w3(**goods, schedule_x=Power(1), L=0.4, w_star=0.2, beta=1.5).solve()
    assert (moves.regime, moves.I_x) == ("only x", pytest.approx(0.2, abs=1e-13))
    assert worst(moves) < 1e-13


def test_leontief_at_its_edge_does_not_determine_factor_prices():
    goods = {"x": Leontief(1, 2), "y": Leontief(2, 1)}
    for L in (0.5, 2.0):
        with pytest.raises(NoEquilibrium, match=f"because L / H = {L:g} is exactly the one"):
            w3(**goods, L=L, beta=3.0).without_offshoring().solve()


def test_a_margin_beyond_the_floats_is_said():
    # Y alone: 1 - I must be 1000^-1 of ... with eta so small that it is below e^-700
    econ = w3(schedule_y=Power(1e-3), y=CobbDouglas(0.999), w_star=1e-3, beta=1.0, p=50.0)
    with pytest.raises(NoEquilibrium, match=r"floats cannot hold the answer"):
        econ.solve()


# --- a checker must be able to fail --------------------------------------------------------------


@pytest.mark.parametrize(
    "economy", [w2(), w3(), w3(L=0.26), w3(L=1.0), w2(L=0.1), w2(schedule_y=Power(1))]
)
def test_residuals_cover_every_condition_and_notice_a_wrong_answer(economy):
    eq = economy.solve()
    assert set(eq.residuals()) == IDS
    profit = {"GRH08-8"} if eq.x else set()
    profit |= {"GRH08-9"} if eq.y else set()
    caught = {"s": {"GRH08-2", "GRH08-5"} | profit, "w": {"GRH08-2"} | profit}
    for g in "xy":
        moves = getattr(eq, f"I_{g}") > 0
        by_I = isinstance(getattr(economy, f"schedule_{g}"), Linear)  # t of Power needs m alone
        caught[f"I_{g}"] = {"GRH08-1"} if moves and by_I else set()
        caught[f"m_{g}"] = {"GRH08-4"} if getattr(eq, g) else set()
        caught[g] = {"GRH08-4", "GRH08-5"} if getattr(eq, g) else set()
        if moves:
            caught["w"].add("GRH08-1")
    for name, keys in caught.items():
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in keys), (name, wrong)


def test_residuals_notice_a_task_that_should_have_moved():
    eq = w2().solve()
    stayed = replace(eq, I_x=0.0, m_x=1.0)
    assert stayed.residuals()["GRH08-1"] == pytest.approx(1.5 * 0.5 / eq.w - 1)


def test_residuals_notice_a_good_that_should_have_been_made():
    eq = w2().solve()
    assert replace(eq, y=0.0, s=0.9 * eq.s).residuals()["GRH08-9"] < -0.01
    assert replace(eq, y=0.0, s=1.1 * eq.s).residuals()["GRH08-9"] == 0  # a loss is right


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"beta": -2.0, "w_star": np.nan}, "beta = -2 must be finite and > 0; w_star = nan must"),
        ({"p": np.inf, "L": 0, "H": -1}, "p = inf must be .*; L = 0 must be .*; H = -1 must be"),
        ({"beta": [1.5, -2.0, np.nan]}, r"beta = -2 \(2 of 3 values\) must be finite and > 0"),
        ({"beta": "cheap"}, "beta = 'cheap' must be a number or an array of numbers"),
        ({"beta": [1.5, 2], "L": [1, 2, 3]}, r"beta \(2,\), L \(3,\) must broadcast together"),
        ({"schedule_x": 1.5}, "schedule_x = 1.5 must be a Schedule"),
        ({"schedule_y": "dear"}, "schedule_y = 'dear' must be a Schedule"),
        ({"x": "steel"}, "x = 'steel' must be a Technology"),
        (
            {"x": CobbDouglas(0.6), "y": CobbDouglas(0.3)},
            "Y must be the labour-intensive good, but x puts the weight 0.6 on L-tasks and y 0.3",
        ),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        w2(**changes)


def test_labour_cheaper_abroad_per_task_is_a_warning():
    with pytest.warns(UserWarning, match=r"IndustryEconomy: beta t_x\(0\) < 1 somewhere"):
        w2(beta=0.9)
    w2(schedule_x=None, beta=0.9)  # nothing can move, so nothing is easier abroad


def test_an_equilibrium_cannot_be_changed():
    eq = w3(L=[0.26, 0.72]).solve()
    with pytest.raises(ValueError, match="read-only"):
        eq.w[0] = 9


def test_a_margin_too_small_for_a_float_is_no_error():
    """m_y underflows with eta = 0.004; wages and outputs are right, and nothing is warned about."""
    econ = IndustryEconomy(
        schedule_x=None, schedule_y=Power(eta=0.004), beta=1.0, x=CobbDouglas(0.4),
        y=CobbDouglas(0.55), p=0.05, w_star=0.02, L=0.72, H=1.0,
    )  # fmt: skip
    eq = econ.solve()
    assert eq.m_y == 0
    assert max(abs(r) for r in eq.residuals().values()) < 1e-12


def test_no_economies_have_no_equilibria():
    econ = IndustryEconomy(
        schedule_x=None, schedule_y=Power(eta=0.5), beta=[], x=CobbDouglas(0.4), p=1.0,
        y=CobbDouglas(0.55), w_star=0.4, L=0.72, H=1.0,
    )  # fmt: skip
    assert econ.solve().w.shape == (0,)
