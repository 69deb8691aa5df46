"""Two large countries: recovers the world it was built from, or says which condition fails."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offshoring import NoEquilibrium
from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.technologies import CES, CobbDouglas, Leontief
from offshoring.trading_tasks import LargeEconomy

SCHEDULES = [Linear(1, 1.5), Power(0.5), Power(1), Power(2), Exponential(1, 1.2)]
IDS = {f"GRH08-{n}" for n in ("1", "4", "5", "8", "9", "10", "11", "12", "13")}
IDS |= {"GRH08-IIB-2", "GRH08-IIB-3", "GRH08-IIB-4"}


def w4(**changes):
    """Worked example W4(a) of the model's specification."""
    settings = {
        "schedule": Power(eta=0.5), "beta": 1.6, "A_star": 2.0, "x": CES(0.3, 0.5),
        "y": CES(0.6, 0.5), "L": 1.0, "H": 1.6, "L_star": 3.0, "H_star": 2.2, "mu": 0.5, "eps": 0.8,
    }  # fmt: skip
    return LargeEconomy(**settings | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


@st.composite
def worlds(draw):
    """Draw the answer (margin, factor prices, four outputs) first, then the world that has it."""
    I, schedule = draw(st.floats(0.02, 0.9)), draw(st.sampled_from(SCHEDULES))
    sigma = draw(st.floats(0.1, 2))
    lam_x = draw(st.floats(0.1, 0.4))
    x, y = CES(lam_x, sigma), CES(lam_x + draw(st.floats(0.15, 0.4)), sigma)
    q = draw(st.floats(0.5, 2))
    s = 1 / float(x.cost(q, 1))
    omega, beta = q * s, draw(st.floats(1.05, 3))
    out = {name: draw(st.floats(0.2, 3)) for name in ("x", "y", "x_star", "y_star")}
    a_L, a_H = ([float(getattr(g, f)(omega, s)) for g in (x, y)] for f in ("a_L", "a_H"))
    A_star = beta * float(schedule.t_Omega(I))
    L = (1 - I) * (a_L[0] * out["x"] + a_L[1] * out["y"])
    tasks = beta * float(schedule.T(I)) * L / (1 - I)
    p, eps = float(y.cost(omega, s)), draw(st.floats(0.2, 2))
    odds = (out["y"] + out["y_star"]) / (out["x"] + out["x_star"]) * p**eps
    economy = LargeEconomy(
        schedule=schedule, beta=beta, A_star=A_star, x=x, y=y, eps=eps, mu=odds / (1 + odds), L=L,
        H=a_H[0] * out["x"] + a_H[1] * out["y"],
        L_star=A_star * (a_L[0] * out["x_star"] + a_L[1] * out["y_star"]) + tasks,
        H_star=A_star * (a_H[0] * out["x_star"] + a_H[1] * out["y_star"]),
    )  # fmt: skip
    return economy, out | {"I": I, "p": p, "s": s, "w": omega / float(schedule.Omega(I))}


@given(worlds())
def test_finds_the_world_it_was_built_from(case):
    economy, answer = case
    eq = economy.solve()
    assert eq.regime == "offshoring"
    for name, value in answer.items():
        assert getattr(eq, name) == pytest.approx(value, rel=1e-8), name
    assert set(eq.residuals()) == IDS
    assert worst(eq) < 1e-12


def random_worlds(n, seed=2008):
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(0.05, 2, n)
    return LargeEconomy(
        schedule=Power(0.5), A_star=2.0, beta=rng.uniform(1.1, 1.95, n), L=1.0,
        x=CES(rng.uniform(0.1, 0.4, n), sigma), y=CES(rng.uniform(0.5, 0.9, n), sigma),
        H=rng.uniform(0.5, 2, n), L_star=rng.uniform(1, 5, n), H_star=rng.uniform(0.5, 4, n),
        mu=rng.uniform(0.2, 0.8, n), eps=rng.uniform(0.1, 2, n),
    )  # fmt: skip


def test_analytic_elasticities_equal_finite_differences_of_the_whole_equilibrium():
    """GRH08-IIB-7 at more than 1000 random worlds."""
    economy, h = random_worlds(4000), 1e-4
    eq = economy.solve()
    around = economy.replace(beta=economy.beta * np.exp(h * np.array([[-2], [-1], [1], [2]])))
    near = around.solve()
    both = near.exists.all(axis=0) & eq.exists
    assert both.sum() > 1000

    def central(values):
        return np.array([1, -8, 8, -1]) @ np.log(values[:, both]) / (12 * h)

    closed = eq.elasticities()
    for name in ("Omega", "p", "w", "s", "w_star", "s_star"):
        assert closed[name][both] == pytest.approx(central(getattr(near, name)), abs=1e-7), name
    weight, e = np.asarray(economy.mu), np.asarray(economy.eps)
    index = ((1 - weight) + weight * near.p ** (1 - e)) ** (1 / (1 - e))
    assert closed["real w"][both] == pytest.approx(central(near.w / index), abs=1e-7)


def test_all_conditions_hold_and_all_outputs_are_positive_or_there_is_no_equilibrium():
    economy = random_worlds(20000, seed=1)
    eq = economy.solve()
    assert worst(eq) < 1e-12
    assert 0.2 < eq.exists.mean() < 0.8
    for name in ("x", "y", "x_star", "y_star"):
        assert (getattr(eq, name)[eq.exists] >= 0).all()
    assert (eq.foreign_labour < economy.L_star)[eq.exists].all()
    assert set(np.unique(eq.regime)) == {"offshoring", "no equilibrium"}


def test_arrays_and_numbers_agree():
    many = random_worlds(40, seed=3)
    eq = many.solve()
    for j in range(40):
        pick = {k: getattr(many, k) for k in ("beta", "H", "L_star", "H_star", "mu", "eps")}
        one = w4(
            **{k: v[j] for k, v in pick.items()},
            x=CES(many.x.lam[j], many.x.sigma[j]), y=CES(many.y.lam[j], many.y.sigma[j]),
        )  # fmt: skip
        if eq.exists[j]:
            alone = one.solve()
            for name in ("w", "s", "p", "x", "y_star"):
                assert getattr(alone, name) == pytest.approx(getattr(eq, name)[j], rel=1e-12)
        else:
            with pytest.raises(NoEquilibrium):
                one.solve()


@given(worlds(), st.floats(0.2, 5))
def test_only_relative_endowments_matter(case, k):
    economy, _ = case
    scaled = {n: k * getattr(economy, n) for n in ("L", "H", "L_star", "H_star")}
    a, b = economy.solve(), economy.replace(**scaled).solve()
    assert (b.w, b.p, b.y_star) == tuple(
        pytest.approx(v, rel=1e-9) for v in (a.w, a.p, k * a.y_star)
    )


def test_unit_elasticities_always_let_everybody_at_home_gain():
    """GRH08-IIB-7: with Cobb-Douglas technologies and tastes sigma_agg is exactly one."""
    n, rng = 2000, np.random.default_rng(8)
    eq = random_worlds(n).replace(
        x=CobbDouglas(rng.uniform(0.1, 0.4, n)), y=CobbDouglas(rng.uniform(0.5, 0.9, n)), eps=1.0
    ).solve()  # fmt: skip
    there = eq.exists
    assert there.sum() > 300
    assert eq.sigma_agg()[there] == pytest.approx(1, abs=1e-12)
    assert (eq.elasticities()["real w"][there] < 0).all()


def test_worked_example_W4a():
    eq = w4().solve()
    assert (eq.I, eq.Omega) == pytest.approx((0.4375, 0.9375), abs=1e-14)
    numbers = (eq.p, eq.w, eq.s, eq.w_star, eq.x, eq.y, eq.x_star, eq.y_star)
    expected = (0.9188179429, 0.8703151245, 1.0846182759, 0.4079602146,
                1.1915246776, 2.1706038579, 1.3410701407, 0.5394763213)  # fmt: skip
    assert numbers == pytest.approx(expected, abs=1e-10)
    assert (eq.s_L(), eq.sigma_agg()) == pytest.approx((0.4155844156, 0.5267410455), abs=1e-10)
    assert eq.elasticities()["real w"] == pytest.approx(-0.3599924304, abs=1e-10)


def test_worked_example_W4b():
    eq = w4(x=CES(0.3, 0.15), y=CES(0.6, 0.15), eps=0.3).solve()
    numbers = (eq.p, eq.w, eq.s, eq.sigma_agg())
    assert numbers == pytest.approx(
        (0.7749016326, 0.5225949827, 1.2330212695, 0.1610187541), abs=1e-10
    )
    found = eq.elasticities()
    assert (found["w"], found["real w"]) == pytest.approx((0.7725114782, 0.5822403673), abs=1e-10)


def test_no_offshoring_where_the_first_task_is_too_dear():
    eq = w4(beta=2.5).solve()
    assert (eq.regime, eq.I, eq.foreign_labour, eq.elasticities()["w"]) == (
        "no offshoring", 0, 0, 0,
    )  # fmt: skip
    assert worst(eq) < 1e-13


def test_the_margin_jumps_over_a_flat_portion_and_prices_do_not():
    """GRH08-fn10: at one beta I, outputs and foreign labour jump; p and the wages do not."""
    step = Tabulated(tasks=[0, 0.2, 0.4, 1], costs=[1, 1.3, 1.3, 3])
    econ = w4(schedule=step, L_star=6.0, H_star=4.4)
    jump = econ.A_star / float(step.t_Omega(0.3))
    eq = econ.replace(beta=jump * (1 + np.array([1e-9, -1e-9]))).solve()
    assert pytest.approx([0.2, 0.4], abs=1e-3) == eq.I
    for name in ("w", "s", "p", "w_star", "Omega"):
        assert np.ptp(getattr(eq, name)) < 1e-8, name
    for name in ("x", "y", "x_star", "y_star", "foreign_labour"):
        assert abs(np.diff(getattr(eq, name))) > 0.05, name
    assert eq.x + eq.x_star == pytest.approx((eq.x + eq.x_star)[0], rel=1e-8)


def test_the_basket_costs_what_its_weights_say():
    eq = w4(eps=[0.8, 1.0, 1 + 1e-9, 2.0]).solve()
    direct = (0.5 + 0.5 * eq.p[[0, 3]] ** [0.2, -1.0]) ** [5.0, -1.0]
    assert eq.P[[0, 3]] == pytest.approx(direct, rel=1e-13)
    assert eq.P[1:3] == pytest.approx(eq.p[1:3] ** 0.5, rel=1e-9)


def test_leontief_outputs_do_not_depend_on_wages_and_demand_sets_the_price():
    # outputs from two linear equations by hand, p from D(p), omega and s from zero profits
    eq = w4(x=Leontief(L=0.3, H=1.0), y=Leontief(L=1.0, H=0.4), H=2.0, eps=2.0).solve()
    X, Y = eq.x + eq.x_star, eq.y + eq.y_star
    L_world, H_world = 3 / 2 + 1 / 0.9375, 2.0 + 2.2 / 2
    by_hand = np.linalg.solve([[0.3, 1], [1, 0.4]], [L_world, H_world])
    assert np.allclose([X, Y], by_hand, rtol=1e-12, atol=0)
    assert eq.p == pytest.approx((X / Y) ** 0.5, rel=1e-12)
    assert worst(eq) < 1e-12


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"A_star": 3.6},
            r"every task would move abroad, because A_star / beta = 2.25 is not below",
        ),
        ({"L_star": 0.5}, r"home tasks would need 1.42222 of the 0.5 foreign low-skilled workers"),
        ({"H": 0.3}, r"outputs would be x = -0.595185, y = 2.39428 at home and .* y_star = -0.36"),
        ({"H_star": 0.2}, r"at home and x_star = -0.446559, y_star = 1.26241 abroad, and none"),
        (
            {"x": Leontief(L=0.3, H=1), "y": Leontief(L=1, H=0.4), "mu": 0.99, "eps": 0.5},
            "no positive factor prices clear the world's goods and factor markets",
        ),
        ({"x": CES(0.5, 0.2), "y": CES(0.5, 2.0), "H": 6.0}, r"X is the labour-intensive good"),
    ],
)
def test_no_equilibrium_names_the_condition_and_its_size(changes, words):
    with pytest.raises(NoEquilibrium, match=words):
        w4(**changes).solve()
    beta = np.array([changes.get("beta", 1.6)] * 2)
    eq = w4(**changes | {"beta": beta}).solve()
    assert not eq.exists.any()
    assert np.isnan(eq.w).all()


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"A_star": 1.0, "mu": 1.2},
            r"A_star = 1 must be finite and > 1; mu = 1.2 must be strictly",
        ),
        ({"eps": 0, "L_star": -1}, r"L_star = -1 must be finite and > 0; eps = 0 must be finite"),
        ({"mu": [0.5, np.nan]}, r"mu = nan \(1 of 2 values\) must be strictly between 0 and 1"),
        ({"schedule": None}, "schedule = None must be a Schedule"),
        ({"x": CES(0.7, 0.5)}, "Y must be the labour-intensive good"),
        ({"L": [1, 2], "H": [1, 2, 3]}, r"L \(2,\), H \(3,\) must broadcast together"),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        w4(**changes)


def test_residuals_notice_a_wrong_answer():
    eq = w4(schedule=Linear(1, 1.5)).solve()
    for name, caught in {
        "w": {"GRH08-1", "GRH08-8", "GRH08-9"}, "s": {"GRH08-8"}, "I": {"GRH08-1", "GRH08-IIB-4"},
        "w_star": {"GRH08-10", "GRH08-1"}, "s_star": {"GRH08-11"}, "p": {"GRH08-9", "GRH08-IIB-3"},
        "x": {"GRH08-4", "GRH08-5", "GRH08-12"}, "y": {"GRH08-4", "GRH08-13", "GRH08-IIB-3"},
        "x_star": {"GRH08-IIB-2", "GRH08-12"}, "y_star": {"GRH08-IIB-2", "GRH08-13"},
        "m": {"GRH08-4"},
    }.items():  # fmt: skip
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, wrong)


def test_labour_cheaper_abroad_per_task_is_a_warning():
    with pytest.warns(UserWarning, match=r"LargeEconomy: beta t\(0\) < 1 somewhere"):
        w4(beta=0.95)


def test_rounding_inside_the_root_finder_is_no_warning():
    """A point at which scipy takes the square root of a number just below zero, and recovers."""
    eq = w4(
        beta=np.array([1.5204680501143841]), x=CES(0.14751969264718592, s := 0.01593962454282671),
        y=CES(0.8649755215768693, s), eps=0.440370884144187, mu=0.518176149731009,
        H=0.6029818221002349, L_star=1.0586152672690596, H_star=1.7814579840357139,
        schedule_H=Power(0.5), beta_H=1.5204680501143841,
    ).solve()  # fmt: skip
    assert eq.regime.tolist() == ["no equilibrium"]
