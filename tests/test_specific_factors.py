"""Specific factors: recovers the economy it was built from, at its corners too."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from offshoring import NoEquilibrium
from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.technologies import CES, CobbDouglas, Leontief
from offshoring.trading_tasks.specific_factors import SpecificFactorsEconomy

SCHEDULES = [Linear(1, 1.5), Power(0.5), Power(1), Power(2), Exponential(1, 1.2)]
IDS = {f"GRH08-{n}" for n in ("1", "4", "5", "8", "9")}
FIELDS = ("I", "m", "w", "s", "r", "x", "y")


def w6(**changes):
    """Worked example W6 of the model's specification."""
    settings = {
        "schedule": Linear(1, 1.5), "beta": 1.2, "w_star": 0.5, "x": CobbDouglas(0.4),
        "y": CobbDouglas(0.6), "p": 1.0, "L": 1.0, "H": 1.0, "K": 1.0,
    }  # fmt: skip
    return SpecificFactorsEconomy(**settings | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


def random_economies(n, seed=2008, *, sigma=(0.2, 2.0)):
    rng = np.random.default_rng(seed)
    draw = rng.uniform
    return SpecificFactorsEconomy(
        schedule=Linear(1, 1.5), beta=draw(1, 3, n), w_star=draw(0.1, 1, n),
        x=CES(draw(0.1, 0.9, n), draw(*sigma, n)), y=CES(draw(0.1, 0.9, n), draw(*sigma, n)),
        p=draw(0.5, 2, n), L=draw(0.2, 3, n), H=draw(0.2, 3, n), K=draw(0.2, 3, n),
    )  # fmt: skip


@st.composite
def economies(draw):
    """Draw the answer (margin, wages, outputs) first, then the economy that has it."""
    I, schedule = draw(st.floats(0.02, 0.9)), draw(st.sampled_from(SCHEDULES))
    x, y = (CES(draw(st.floats(0.1, 0.9)), draw(st.floats(0, 3))) for _ in "xy")
    omega, s, r = (draw(st.floats(0.3, 3)) for _ in range(3))
    scale = float(x.cost(omega, s))  # make X the numeraire
    omega, s, r = omega / scale, s / scale, r / scale
    X, Y = draw(st.floats(0.2, 3)), draw(st.floats(0.2, 3))
    beta = draw(st.floats(1.05, 3))
    economy = SpecificFactorsEconomy(
        schedule=schedule, beta=beta, x=x, y=y, p=float(y.cost(omega, r)),
        w_star=omega / (beta * float(schedule.t_Omega(I))),
        L=(1 - I) * (float(x.a_L(omega, s)) * X + float(y.a_L(omega, r)) * Y),
        H=float(x.a_H(omega, s)) * X, K=float(y.a_H(omega, r)) * Y,
    )  # fmt: skip
    w = omega / float(schedule.Omega(I))
    return economy, {"I": I, "w": w, "s": s, "r": r, "x": X, "y": Y}


@given(economies())
def test_finds_the_economy_it_was_built_from(case):
    economy, answer = case
    eq = economy.solve()
    assert eq.regime == "both goods"
    for name, value in answer.items():
        assert getattr(eq, name) == pytest.approx(value, rel=1e-7), name
    assert set(eq.residuals()) == IDS
    assert worst(eq) < 1e-12


@given(economies(), st.floats(0.1, 10))
def test_only_relative_endowments_matter(case, k):
    economy, _ = case
    bigger = economy.replace(**{name: k * getattr(economy, name) for name in "LHK"})
    a, b = economy.solve(), bigger.solve()
    for name in ("w", "s", "r"):
        assert getattr(b, name) == pytest.approx(getattr(a, name), rel=1e-9)
    assert (b.x, b.y) == (pytest.approx(k * a.x, rel=1e-9), pytest.approx(k * a.y, rel=1e-9))


@given(economies())
def test_the_two_industries_can_change_places(case):
    """With Y as the numeraire and the names of the goods and factors exchanged."""
    e, answer = case
    mirror = e.replace(x=e.y, y=e.x, p=1 / e.p, w_star=e.w_star / e.p, H=e.K, K=e.H).solve()
    assert mirror.w * e.p == pytest.approx(answer["w"], rel=1e-7)
    assert mirror.s * e.p == pytest.approx(answer["r"], rel=1e-7)
    assert (mirror.x, mirror.y) == (
        pytest.approx(answer["y"], rel=1e-7), pytest.approx(answer["x"], rel=1e-7),
    )  # fmt: skip


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("sigma", [(0.0, 3.0), (0.0, 0.2), (1.0, 1.0), (0.02, 0.02), (1.5, 12.0)])
def test_all_conditions_hold_wherever_there_is_an_equilibrium(schedule, sigma):
    economy = random_economies(4000, seed=1, sigma=sigma).replace(schedule=schedule)
    eq = economy.solve()
    assert worst(eq) < 1e-12
    assert eq.exists.mean() > 0.4
    spent = eq.x + economy.p * eq.y
    assert np.nanmax(np.abs((eq.income + eq.task_imports) / spent - 1)) < 1e-12
    for name in ("s", "r", "x", "y"):
        assert (getattr(eq, name)[eq.exists] >= 0).all()
    assert (eq.I[eq.exists] < 1).all()


@pytest.mark.parametrize("pair", [(0.0, 0.0), (0.0, 0.5), (0.7, 0.0), (0.0, 1.0), (2.0, 0.0)])
def test_all_conditions_hold_with_fixed_proportions(pair):
    many = random_economies(4000, seed=4)
    x, y = CES(many.x.lam, pair[0]), CES(many.y.lam, pair[1])
    eq = many.replace(x=x, y=y).solve()
    assert worst(eq) < 1e-12
    assert eq.exists.mean() > 0.4
    assert ((eq.s == 0) | (eq.r == 0)).any() == (pair != (2.0, 0.0) or (eq.r == 0).any())


def test_worked_example_W6():
    eq = w6().solve()
    numbers = (eq.I, eq.w, eq.s, eq.r, eq.x, eq.y, *eq.effects().values())
    expected = (
        0.5715697758, 1.1144127982, 1.0223404096, 1.0509690737, 1.7039006827, 2.6274226843,
        0.7762618445, 0.4447476311, 0.5175078963, 0.2964984207,
    )  # fmt: skip
    assert numbers == pytest.approx(expected, abs=1e-10)
    found = eq.elasticities()
    assert (found["Omega"], found["omega"], found["w"], found["s"], found["r"]) == pytest.approx(
        (0.2847005422, 0.7225659087, 0.4378653664, -0.4817106058, -1.0838488631), abs=1e-10
    )


def test_worked_example_W6_with_other_methods():
    """Cobb-Douglas in closed form: demand for L-tasks is a sum of two powers of omega."""

    def demand(v):
        return 0.4 / 0.6 * v ** (-1 / 0.6) + 0.6 / 0.4 * v ** (-1 / 0.4)

    def excess(I):
        return demand(0.6 * (1 + 1.5 * (I - I**2 / 2))) - 1 / (1 - I)

    I = brentq(excess, 0, 0.99, xtol=1e-15)
    eq = w6().solve()
    assert (eq.I, eq.w) == (pytest.approx(I, abs=1e-13), pytest.approx(0.6 * (1 + 1.5 * I)))
    assert eq.foreign_labour == pytest.approx(1.2 * (I + 0.75 * I**2) / (1 - I), rel=1e-12)
    assert eq.task_imports == pytest.approx(0.5 * eq.foreign_labour, rel=1e-15)
    closed = w6().without_offshoring().solve()
    assert closed.w == pytest.approx(brentq(lambda v: demand(v) - 1, 0.1, 9, xtol=1e-15))


@pytest.mark.parametrize("shock", ["beta", "p"])
def test_analytic_elasticities_equal_finite_differences_of_the_whole_equilibrium(shock):
    economy, h = random_economies(6000), 1e-4
    eq = economy.solve()
    value = getattr(economy, shock)
    steps = np.exp(h * np.array([[-2], [-1], [1], [2]]))
    near = economy.replace(**{shock: value * steps}).solve()
    same = (near.regime == eq.regime).all(axis=0) & eq.exists
    # theta > 0.05 keeps clear of the ceiling, where the difference of four points is too coarse
    same &= (eq.r > 0.05) & (eq.s > 0.05) & (eq.m > 0.05)
    moved = same & (eq.I > 0)
    assert moved.sum() > 1000
    assert (same & (eq.I == 0)).sum() > 500
    closed = eq.elasticities(shock)

    def central(values):
        return np.array([1, -8, 8, -1]) @ np.log(values[:, same]) / (12 * h)

    assert closed["z"][same] == pytest.approx(-central(near.m), abs=1e-7)
    for name in ("w", "s", "r", "x", "y", "Omega", "omega"):
        assert closed[name][same] == pytest.approx(central(getattr(near, name)), abs=1e-7), name


def test_the_table_of_effects_solves_the_differentiated_system():
    """GRH08-6 and 7: the four coefficients by formula and from five equations in five unknowns."""
    eq = random_economies(3000).solve()
    both = (eq.s > 1e-3) & (eq.r > 1e-3)
    assert both.sum() > 1000
    formula, system = eq.effects(), eq.hats().effects()
    for name in ("mu_1", "mu_2", "mu_3", "mu_4"):
        assert formula[name][both] == pytest.approx(system[name][both], rel=1e-9), name
    assert ((formula["mu_1"] > 0) & (formula["mu_1"] < 1))[both].all()
    assert (formula["mu_4"] > 0)[both].all()  # GRH08-IIC-7: H gains
    one = w6().solve()
    assert one.hats().effects() == pytest.approx(one.effects(), rel=1e-12)


def test_with_an_idle_industry_the_effects_are_those_of_one_good():
    """GRH08-6: rows 2 and 3 of the table, once one factor earns nothing."""
    x, y = CES(0.6, 0.4), CES(0.6, 0.5)
    eq = w6(x=x, y=y, p=[0.05, 20.0], w_star=[0.5, 3.0]).solve()
    assert eq.regime.tolist() == ["only x", "only y"]
    assert (eq.r[0], eq.y[0], eq.s[1], eq.x[1]) == (0, 0, 0, 0)
    mu, theta = eq.effects(), x.theta_L(eq.omega[0], eq.s[0])
    assert (mu["mu_1"][0], mu["mu_1"][1]) == (0, 1)
    assert mu["mu_2"][0] == pytest.approx((1 - theta) / 0.4, rel=1e-12)
    assert mu["mu_4"][0] == pytest.approx(theta / 0.4, rel=1e-12)
    theta_y = y.theta_L(eq.omega[1], eq.r[1])
    assert mu["mu_2"][1] == pytest.approx((1 - theta_y) / 0.5, rel=1e-12)
    assert np.isnan([mu["mu_3"][1], mu["mu_4"][1]]).all()
    found = eq.elasticities()
    assert np.isnan([found["r"][0], found["y"][0], found["s"][1], found["x"][1]]).all()
    assert np.isfinite([*found["w"], found["s"][0], found["r"][1]]).all()
    assert np.isnan(eq.hats().effects()["mu_1"]).all()


@given(economies(), st.floats(1.01, 1.2))
def test_residuals_notice_a_wrong_answer(case, factor):
    eq = case[0].solve()
    blame = {
        "w": {"GRH08-1", "GRH08-8", "GRH08-9"}, "s": {"GRH08-8"}, "r": {"GRH08-9"},
        "x": {"GRH08-4", "GRH08-5"}, "y": {"GRH08-4", "GRH08-5"}, "m": {"GRH08-4"},
    }  # fmt: skip
    for name, ids in blame.items():
        for change in (factor, 1 / factor):
            spoilt = replace(eq, **{name: change * getattr(eq, name)}).residuals()
            for ident in ids:
                assert abs(spoilt[ident]) > 1e-7, (name, ident)


def test_residuals_notice_wrong_corners():
    closed = w6(beta=9.0).solve()
    assert closed.regime == "no offshoring"
    assert worst(closed) < 1e-12
    assert replace(closed, w=20 * closed.w).residuals()["GRH08-1"] < -0.5  # tasks want to leave
    idle = w6(x=CES(0.6, 0.4), y=CES(0.6, 0.5), p=0.05).solve()
    assert replace(idle, w=0.05 * idle.w).residuals()["GRH08-9"] < -0.3  # Y makes a profit
    slack = w6(x=Leontief(L=1.0, H=1.0), L=2.0, beta=9.0).solve()
    assert (slack.s, slack.x) == (0, pytest.approx(0.5, rel=1e-12))
    assert replace(slack, x=30 * slack.x).residuals()["GRH08-5"] > 0.5  # more H than there is
    assert replace(slack, w=1.3 * slack.w).residuals()["GRH08-8"] > 0.1


def test_arrays_and_numbers_agree():
    many = random_economies(60, seed=3, sigma=(0.0, 2.0))
    eq = many.solve()
    assert 0 < eq.exists.sum() < 60
    for j in range(60):
        pick = {k: float(getattr(many, k)[j]) for k in ("beta", "w_star", "p", "L", "H", "K")}
        x, y = (CES(float(g.lam[j]), float(g.sigma[j])) for g in (many.x, many.y))
        one = w6(x=x, y=y, **pick)
        if eq.exists[j]:
            alone = one.solve()
            assert alone.regime == eq.regime[j]
            for name in FIELDS:
                assert getattr(alone, name) == pytest.approx(getattr(eq, name)[j], rel=1e-12)
        else:
            with pytest.raises(NoEquilibrium):
                one.solve()


def test_the_margin_moves_on_along_a_flat_portion():
    """GRH08-fn10 fails with specific factors: no jump, Omega constant, w falls with beta."""
    step = Tabulated(tasks=[0, 0.3, 0.6, 1], costs=[1, 1.4, 1.4, 2.4])
    first = w6(schedule=step, beta=np.linspace(1.55, 1.15, 400)).solve()
    on_flat = (first.I > 0.3) & (first.I < 0.6)
    assert on_flat.sum() > 30
    assert np.diff(first.I).max() < 0.02
    assert np.ptp(first.Omega[on_flat]) < 1e-13
    assert first.elasticities()["w"][on_flat] == pytest.approx(1, abs=1e-12)
    assert worst(first) < 1e-12


def test_the_twin_differs_because_offshoring_also_brings_labour():
    eq = w6().solve()
    twin = eq.twin().solve()
    assert twin.regime == "no offshoring"
    assert twin.economy.L * eq.Omega == pytest.approx(1, rel=1e-15)
    assert twin.w > eq.omega * 1.05  # a worker's wage per unit of effective labour
    assert twin.s < eq.s
    closed = w6(beta=9.0).solve()
    assert closed.twin().solve().w == pytest.approx(closed.w, rel=1e-14)
    none = w6(x=CES(0.6, 3.0), beta=[1.2, 9.0], w_star=0.01).solve()
    assert none.twin().solve().exists.all()


# fixed proportions: X takes all H at omega below 1 / a_Lx = 2, Y all K below 1 / a_Ly = 1.25
LEONTIEF = {"x": Leontief(L=0.5, H=1.0), "y": Leontief(L=0.8, H=1.0)}


def test_fixed_proportions_with_part_of_a_factor_idle():
    # X takes half of L and leaves half for 0.625 of Y, at the wage at which K earns nothing
    eq = w6(**LEONTIEF, L=1.0, beta=9.0).solve()
    assert (eq.w, eq.s, eq.r) == (pytest.approx(1.25, rel=1e-14), pytest.approx(0.375), 0)
    assert (eq.x, eq.y) == (pytest.approx(1.0, rel=1e-14), pytest.approx(0.625, rel=1e-12))
    assert worst(eq) < 1e-13
    assert eq.effects()["mu_1"] == 1
    assert eq.effects()["mu_2"] == 0
    moving = w6(**LEONTIEF, L=1.0, beta=2.2).solve()  # omega stays: only the productivity effect
    assert moving.I > 0
    assert moving.omega == pytest.approx(1.25, rel=1e-13)
    found = moving.elasticities()
    assert found["omega"] == 0
    assert found["w"] == pytest.approx(-moving.economy.schedule.R(moving.I), rel=1e-12)
    assert moving.elasticities("p")["omega"] == pytest.approx(1, rel=1e-12)
    low = w6(**LEONTIEF, L=0.3, beta=9.0).solve()  # Y is idle, X uses 0.6 of H
    assert (low.x, low.y, low.s, low.r) == (pytest.approx(0.6, rel=1e-12), 0, 0, 0)


def test_a_good_that_has_no_ceiling_always_settles_the_wage():
    """L is all that X can employ, but Y takes some of it at any wage."""
    eq = w6(x=Leontief(L=1.0, H=1.0), beta=9.0, p=0.5).solve()
    assert (eq.regime, eq.s) == ("no offshoring", 0)
    assert eq.w == pytest.approx(1, rel=1e-14)  # X just breaks even
    assert eq.x + 0.3 * eq.y == pytest.approx(1, rel=1e-12)  # a_Ly = 0.6 p / omega
    assert worst(eq) < 1e-12


def test_fixed_proportions_and_more_labour_than_they_can_employ_fix_the_margin():
    # all of L / (1 - I) = 0.5 + 0.8, so 1 - I = 1 / 1.3 whatever beta is
    eq = w6(**LEONTIEF, beta=[1.2, 1.5]).solve()
    assert eq.m == pytest.approx(1 / 1.3, rel=1e-13)
    assert eq.omega == pytest.approx(eq.economy.beta * 0.5 * Linear(1, 1.5).t_Omega(1 - 1 / 1.3))
    found = eq.elasticities()
    assert found["z"] == pytest.approx(0, abs=0)
    assert found["w"] == pytest.approx(1, rel=1e-12)
    assert np.isnan(eq.effects()["mu_1"]).all()
    assert eq.elasticities("p")["w"] == pytest.approx(0, abs=0)


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"x": CES(0.6, 3.0), "w_star": 0.2, "beta": 1.0},
            r"every task would move abroad, because beta w_star T\(1\) = 0.35 is not above "
            r"0.774597, the effective wage at which X employs any number",
        ),
        (
            {**LEONTIEF, "L": 1.4},
            r"some low-skilled workers would be idle .* because L = 1.4 is above 1.3, the most",
        ),
        ({**LEONTIEF, "L": 1.3, "beta": 2.0}, r"the low-skill wage is not determined"),
        ({**LEONTIEF, "L": 0.5, "beta": 9.0}, r"the low-skill wage is not determined"),
        (  # Y alone, at any omega between the two ceilings of 2 and 5
            {"x": Leontief(L=0.5, H=10.0), "y": Leontief(L=0.2, H=0.2), "beta": 30.0},
            r"the low-skill wage is not determined",
        ),
        (
            {"x": CES(0.6, 0.5), "y": Leontief(L=0.4, H=1.0), "L": 0.4, "p": 1.5, "beta": 19.0},
            r"the low-skill wage is not determined",
        ),
        ({"x": CES(0.4, 1e-4), "y": CES(0.6, 1e-4), "L": 9.0}, r"floats cannot hold the answer"),
        ({"x": CES(0.9, 1.02), "w_star": 0.9**50 * (1 + 1e-8) / 1.75, "beta": 1.0}, r"floats"),
    ],
)  # fmt: skip
def test_says_why_there_is_no_equilibrium(changes, words):
    with pytest.raises(NoEquilibrium, match=rf"SpecificFactorsEconomy: {words}"):
        w6(**changes).solve()
    many = w6(**changes | {"p": np.array([changes.get("p", 1.0)] * 2)}).solve()
    assert not many.exists.any()
    assert (many.regime == "no equilibrium").all()
    assert np.isnan([getattr(many, name) for name in FIELDS]).all()


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"beta": -1.0}, r"beta = -1 must be finite and > 0"),
        ({"w_star": [0.5, np.nan]}, r"w_star = nan \(1 of 2 values\) must be finite and > 0"),
        ({"p": 0.0, "K": -2}, r"p = 0 must be finite and > 0; K = -2 must be finite and > 0"),
        ({"x": 0.4}, r"x = 0.4 must be a Technology"),
        ({"schedule": None}, r"schedule = None must be a Schedule"),
        ({"L": [1, 2], "H": [1, 2, 3]}, r"the shapes L \(2,\), H \(3,\) must broadcast together"),
        ({"L": "much"}, r"L = 'much' must be a number"),
    ],
)
def test_bad_input_is_refused_in_words(changes, words):
    with pytest.raises(ValueError, match=rf"SpecificFactorsEconomy: {words}"):
        w6(**changes)


def test_unknown_shock_is_refused():
    with pytest.raises(ValueError, match=r"shock = 'beta_H' must be 'beta' or 'p'"):
        w6().solve().elasticities("beta_H")


def test_warns_where_the_first_task_is_easier_abroad():
    with pytest.warns(UserWarning, match=r"SpecificFactorsEconomy: beta t\(0\) < 1 somewhere"):
        w6(beta=0.9)


def test_shapes_broadcast():
    eq = w6(beta=np.array([[1.2], [2.0]]), p=[0.9, 1.0, 1.1]).solve()
    assert all(getattr(eq, name).shape == (2, 3) for name in FIELDS)
    assert eq.regime.shape == (2, 3)
    assert eq.hats().theta.shape == (2, 3, 2, 3)
    assert w6(beta=np.empty(0)).solve().w.shape == (0,)
