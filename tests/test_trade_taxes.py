"""Taxes on goods and tasks: recovers the taxed world it was built from, however it trades."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from offshoring import NoEquilibrium
from offshoring.schedules import Exponential, Linear, Power
from offshoring.technologies import CES, CobbDouglas, Leontief
from offshoring.trading_tasks import LargeEconomy
from offshoring.trading_tasks.factor_prices import Goods
from offshoring.trading_tasks.trade_taxes import TRADE, TaxedEconomy

SCHEDULES = [Linear(1, 1.5), Power(0.5), Power(1), Power(2), Exponential(1, 1.2)]
IDS = {f"GRH08-{n}" for n in ("1", "4", "5", "8", "9", "10", "11", "IIB-2", "IIB-3")}
IDS |= {"market for X", "market for Y", "home budget", "foreign budget", "tariff"}


def example(**changes):
    """The world of the worked numbers: unit elasticities, home imports Y."""
    settings = {
        "schedule": Linear(a=1, b=1.5), "beta": 1.6, "A_star": 2.0, "mu": 0.5, "eps": 1.0,
        "x": CobbDouglas(0.3), "y": CobbDouglas(0.7),
        "L": 1.0, "H": 1.6, "L_star": 3.0, "H_star": 1.6,
    }  # fmt: skip
    return LargeEconomy(**settings | changes)


def taxed(tau=0.0, tau_task=0.0, **changes):
    return TaxedEconomy(world=example(**changes), tau=tau, tau_task=tau_task)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


@st.composite
def taxed_worlds(draw):
    """Draw techniques, margin, taxes, consumption and the pattern of trade; build their world."""
    schedule, I = draw(st.sampled_from(SCHEDULES)), draw(st.floats(0.02, 0.6))
    sigma, lam_x = draw(st.floats(0.2, 2)), draw(st.floats(0.1, 0.4))
    x, y = CES(lam_x, sigma), CES(lam_x + draw(st.floats(0.2, 0.4)), sigma)
    trade, tau_task = draw(st.sampled_from(TRADE)), draw(st.floats(-0.2, 0.5))
    # relative wages: abroad, and at home by a step that the tariff makes
    q_star, step = draw(st.floats(0.7, 1.4)), draw(st.floats(1.02, 1.25))
    q = q_star * {"x": 1 / step, "y": step, "h": 1}[trade[-1]]
    p, home_p = (float(y.cost(r, 1) / x.cost(r, 1)) for r in (q_star, q))
    wedge = max(home_p / p, p / home_p)
    tau = (wedge - 1) * (1 if "imports" in trade else draw(st.floats(1.2, 3)))
    tau = draw(st.floats(0, 0.3)) if trade == "exports both" else tau
    prices = (wedge, p) if trade[-1] == "x" else (1.0, home_p)
    s, omega_star = prices[0] / float(x.cost(q, 1)), q_star / float(x.cost(q_star, 1))
    omega = q * s
    beta = draw(st.floats(1.05, 2)) * max(1, omega / omega_star) / min(1, 1 + tau_task)
    w_star = omega / (beta * (1 + tau_task) * float(schedule.t_Omega(I)))
    A_star = omega_star / w_star
    # outputs that leave what is eaten after paying for goods and tasks; r is the share imported
    eat, r = [draw(st.floats(0.3, 3)) for _ in "xy"], draw(st.floats(0.05, 0.6))
    a_L, a_H = ([float(getattr(g, f)(omega, s)) for g in (x, y)] for f in ("a_L", "a_H"))
    for_tasks = w_star * beta * float(schedule.T(I))  # paid abroad for each bundle
    r = r if "imports" in trade else 0
    if trade[-1] == "y":
        made_y = (1 - r) * eat[1]
        paid = eat[0] + p * r * eat[1] + for_tasks * a_L[1] * made_y
        made = [paid / (1 - for_tasks * a_L[0]), made_y]
    elif trade[-1] == "x":
        made_x = (1 - r) * eat[0]
        paid = p * eat[1] + r * eat[0] + for_tasks * a_L[0] * made_x
        made = [made_x, paid / (p - for_tasks * a_L[1])]
    else:
        part = draw(st.floats(0.1, 0.9))
        bill = for_tasks * (a_L[0] * eat[0] + a_L[1] * eat[1])
        bill /= 1 - for_tasks * (a_L[0] * part + a_L[1] * (1 - part) / p)
        made = [eat[0] + part * bill, eat[1] + (1 - part) * bill / p]
    eps = draw(st.floats(0.3, 2))
    odds = eat[1] / eat[0] * (home_p**eps)
    abroad = [eat[0] - made[0], eat[1] - made[1]]  # imports; foreign supplies them
    demand = odds * p**-eps
    eat_x_star = draw(st.floats(0.3, 3)) + max(-abroad[0], -abroad[1] / demand, 0)
    made_star = [eat_x_star + abroad[0], demand * eat_x_star + abroad[1]]
    bundles = a_L[0] * made[0] + a_L[1] * made[1]
    b_L, b_H = ([A_star * float(getattr(g, f)(q_star, 1)) for g in (x, y)] for f in ("a_L", "a_H"))
    world = LargeEconomy(
        schedule=schedule, beta=beta, A_star=A_star, x=x, y=y, mu=odds / (1 + odds), eps=eps,
        L=(1 - I) * bundles, H=a_H[0] * made[0] + a_H[1] * made[1],
        L_star=b_L[0] * made_star[0] + b_L[1] * made_star[1] + for_tasks / w_star * bundles,
        H_star=b_H[0] * made_star[0] + b_H[1] * made_star[1],
    )  # fmt: skip
    answer = {
        "p": p, "I": I, "s": s, "w_star": w_star, "x": made[0], "y": made[1], "c_x": eat[0],
        "c_y": eat[1], "x_star": made_star[0], "y_star": made_star[1], "price_x": prices[0],
        "price_y": prices[1] if trade[-1] != "x" else p, "c_x_star": eat_x_star,
    }  # fmt: skip
    return TaxedEconomy(world=world, tau=tau, tau_task=tau_task), trade, answer


@settings(max_examples=60)
@given(taxed_worlds())
def test_finds_the_taxed_world_it_was_built_from(case):
    economy, trade, answer = case
    found = economy.equilibria()
    eq = min(found, key=lambda e: abs(e.p - answer["p"]))
    assert eq.regime == trade
    for name, value in answer.items():
        assert getattr(eq, name) == pytest.approx(value, rel=1e-7), name
    assert set(eq.residuals()) == IDS
    assert max(worst(e) for e in found) < 1e-12


def many_worlds(n, seed=2008, **changes):
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(0.2, 1.5, n)
    return example(
        schedule=Power(0.5), beta=rng.uniform(1.1, 1.95, n),
        x=CES(rng.uniform(0.1, 0.4, n), sigma), y=CES(rng.uniform(0.5, 0.9, n), sigma),
        L=rng.uniform(0.5, 3, n), H=rng.uniform(0.5, 2, n), L_star=rng.uniform(1, 5, n),
        H_star=rng.uniform(0.5, 4, n), mu=rng.uniform(0.2, 0.8, n), eps=rng.uniform(0.2, 2, n),
        **changes,
    )  # fmt: skip


def test_without_taxes_it_is_the_large_economy():
    world = many_worlds(3000)
    free, eq = world.solve(), TaxedEconomy(world=world, tau=0.0, tau_task=0.0).solve()
    assert (eq.exists == free.exists).all()
    assert 0.2 < eq.exists.mean() < 0.8
    there = eq.exists
    for name in ("I", "w", "s", "w_star", "s_star", "p", "x", "y", "x_star", "y_star"):
        a, b = getattr(eq, name)[there], getattr(free, name)[there]
        assert np.abs(a - b).max() < 1e-10, name
    assert {"imports y", "imports x", "no equilibrium"} < set(np.unique(eq.regime))


def test_all_conditions_hold_in_every_pattern_of_trade():
    rng = np.random.default_rng(5)
    world = many_worlds(1500, seed=5)
    eq = TaxedEconomy(
        world=world,
        tau=rng.choice([0.02, 0.1, 0.4], 1500),
        tau_task=rng.choice([0, 0.1, 0.5], 1500),
    ).solve()
    assert worst(eq) < 1e-12
    assert set(np.unique(eq.regime)) == {*TRADE, "no equilibrium"}
    walras = (eq.c_x + eq.c_x_star - eq.x - eq.x_star) + eq.p * (
        eq.c_y + eq.c_y_star - eq.y - eq.y_star
    )
    assert np.nanmax(np.abs(walras)) < 1e-12
    assert np.nanmax(np.abs(eq.imports["x"] + eq.imports["y"] + eq.imports["tasks"])) < 1e-12


def test_numbers_and_arrays_agree():
    tau, tau_task = np.array([0, 0.03, 0.08, 0.15])[:, None], np.array([0, 0.1, 0.3])
    eq = taxed(tau, tau_task).solve()
    assert eq.w.shape == (4, 3)
    for j in np.ndindex(4, 3):
        one = taxed(float(tau[j[0], 0]), float(tau_task[j[1]])).solve()
        assert isinstance(one.w, float)
        assert one.regime == eq.regime[j]
        for name in ("I", "w", "p", "y_star", "price_y"):
            assert getattr(one, name) == pytest.approx(getattr(eq, name)[j], rel=1e-12), name
        assert one.welfare == pytest.approx(eq.welfare[j], rel=1e-12)


def test_worked_numbers_of_the_gain_from_taxes():
    eq = taxed(
        tau=np.array([0, 0.05, 0.05, 0.05, 0]), tau_task=np.array([0, 0, 0.05, 0.1, 0.01])
    ).solve()
    gain = 100 * (eq.welfare / eq.welfare[0] - 1)
    assert gain.round(3).tolist() == [0, 0.430, 0.679, 0.707, -0.003]
    assert (eq.regime == "imports y").all()


def test_a_tariff_on_x_keeps_y_alive_at_prices_that_free_trade_rules_out():
    """Home imports X, so that its price of Y relative to X is below the world's."""
    world = example(
        schedule=Power(0.5), beta=1.21, x=CES(0.374, 1.257), y=CES(0.503, 1.257), L=5.066, H=0.759,
        L_star=4.054, H_star=3.057, mu=0.345, eps=1.7,
    )  # fmt: skip
    eq = TaxedEconomy(world=world, tau=0.4, tau_task=0.0).solve()
    k_y = world.L / world.H  # no home price above this one lets X and Y be made there
    q = float(np.exp(world.y.log_relative_wage(np.log(k_y))))
    highest = world.y.cost(q, 1) / world.x.cost(q, 1)
    assert eq.regime.endswith("x")
    assert eq.p / eq.price_x < highest < eq.p
    assert worst(eq) < 1e-12


def test_an_unreduced_system_agrees():
    """All 14 unknowns at once, by a general solver, from the equations of Cobb-Douglas goods."""
    tau, tt = 0.05, 0.1

    def system(z):
        w, s, W, S, p, I, x, y, X, Y, cx, cy, CX, CY = z
        T, t = I + 0.75 * I**2, 1 + 1.5 * I
        om, hired = w * (1 - I + T / t), 1.6 * T / (1 - I)
        income = w + 1.6 * s + tau * p * (cy - y) + tt * W * hired
        return [
            om**0.3 * s**0.7 - 1, om**0.7 * s**0.3 - p * (1 + tau),
            2 * W**0.3 * S**0.7 - 1, 2 * W**0.7 * S**0.3 - p, w - 1.6 * (1 + tt) * t * W,
            0.3 * x / om + 0.7 * p * (1 + tau) * y / om - 1 / (1 - I),
            0.7 * x / s + 0.3 * p * (1 + tau) * y / s - 1.6,
            0.3 * X / W + 0.7 * p * Y / W + hired - 3, 0.7 * X / S + 0.3 * p * Y / S - 1.6,
            cx - income / 2, p * (1 + tau) * cy - income / 2,
            CX - (3 * W + 1.6 * S) / 2, p * CY - (3 * W + 1.6 * S) / 2, cy + CY - y - Y,
        ]  # fmt: skip

    eq = taxed(tau, tt).solve()
    names = ("w", "s", "w_star", "s_star", "p", "I", "x", "y", "x_star", "y_star", "c_x", "c_y",
             "c_x_star", "c_y_star")  # fmt: skip
    cold = root(system, [1, 1, 0.5, 0.5, 1, 0.1, 2, 1, 0.5, 1.5, 1.2, 1.2, 0.8, 0.8], tol=1e-13)
    assert [getattr(eq, n) for n in names] == pytest.approx(cold.x, rel=1e-9)
    assert eq.welfare == pytest.approx(eq.income / (1.05 * eq.p) ** 0.5, rel=1e-12)


def test_welfare_is_the_utility_of_what_is_eaten():
    eq = taxed(0.04, 0.1, eps=0.6, mu=0.3).solve()

    def utility(c_x, c_y):  # CES with elasticity 0.6 and weight 0.3 on Y
        r = (0.6 - 1) / 0.6
        return (0.7 ** (1 / 0.6) * c_x**r + 0.3 ** (1 / 0.6) * c_y**r) ** (1 / r)

    assert eq.welfare == pytest.approx(utility(eq.c_x, eq.c_y), rel=1e-12)
    assert eq.welfare_star == pytest.approx(utility(eq.c_x_star, eq.c_y_star), rel=1e-12)


def test_a_tariff_beyond_the_prohibitive_one_changes_nothing():
    eq = taxed(tau=np.array([0.07, 0.1, 0.5])).solve()
    assert (eq.regime == "no trade in y").all()
    assert np.ptp(eq.p) < 1e-13
    assert np.ptp(eq.welfare) < 1e-13
    assert np.abs(eq.revenue).max() < 1e-13
    lifted = float(eq.price_y[0] / eq.p[0] - 1)  # the tariff that stops imports
    ends = taxed(tau=lifted * np.array([0.999, 1.001])).solve()
    assert ends.regime.tolist() == ["imports y", "no trade in y"]
    assert ends.imports["y"][0] == pytest.approx(0, abs=1e-2)


def test_a_small_task_tax_moves_no_price_but_the_home_low_skill_wage():
    """GRH08-IV-1: w falls by what the tax yields per worker, all else is of second order."""
    h = 1e-4
    eq = taxed(tau_task=np.array([0, h, 2 * h])).solve()

    def slope(v):  # one-sided, of second order
        return (-3 * v[0] + 4 * v[1] - v[2]) / (2 * h)

    for name in ("p", "s", "w_star", "s_star", "omega"):
        assert abs(slope(getattr(eq, name))) < 1e-6, name
    assert abs(slope(eq.welfare)) < 1e-6
    assert slope(eq.w) == pytest.approx(-eq.imports["tasks"][0], rel=1e-5)


def test_equal_rates_are_a_tax_on_all_exports():
    """Lerner: divide home prices by 1 + tau. Income at these prices is what exporters leave."""
    eq = taxed(tau=0.08, tau_task=0.08).solve()
    assert eq.revenue == pytest.approx(0.08 * -eq.imports["x"], rel=1e-12)


def test_only_relative_endowments_matter():
    a = taxed(0.04, 0.1).solve()
    b = taxed(0.04, 0.1, L=3.0, H=4.8, L_star=9.0, H_star=4.8).solve()
    assert (b.w, b.p, b.y_star, b.welfare) == tuple(
        pytest.approx(v, rel=1e-12) for v in (a.w, a.p, 3 * a.y_star, 3 * a.welfare)
    )


def test_without_offshoring_the_task_tax_has_no_base():
    economy = taxed(0.02, np.array([0.0, 0.5])).without_offshoring()
    eq = economy.solve()
    assert (eq.I == 0).all()
    assert eq.w[0] == eq.w[1]
    assert (eq.foreign_labour == 0).all()


def test_leontief_goods():
    world = example(x=Leontief(L=0.3, H=1.0), y=Leontief(L=1.0, H=0.4), H=2.0, eps=2.0,
                    schedule=Power(0.5), H_star=2.2)  # fmt: skip
    free, eq = world.solve(), TaxedEconomy(world=world, tau=0.0, tau_task=0.0).solve()
    assert (eq.p, eq.w, eq.y_star) == pytest.approx((free.p, free.w, free.y_star), rel=1e-10)
    assert worst(TaxedEconomy(world=world, tau=0.02, tau_task=0.1).solve()) < 1e-12


APART = {"L_star": 0.3, "H_star": 5.0, "L": 5.0, "H": 0.5}
STIFF = {
    "x": CES(0.3, 0.0713), "y": CES(0.45, 0.0713), "A_star": 2.408, "L": 0.2081, "H": 2.3949,
    "L_star": 1.6121, "H_star": 2.7991,
}  # fmt: skip
SUBSIDY = {
    "schedule": Power(2), "beta": 9.78, "L": 0.605, "H": 1.07, "L_star": 10.5, "H_star": 2.53,
    "eps": 1.12,
}  # fmt: skip
SMALL = "outputs would be x = 2.37171, y = 0.418687 at home and x_star = -0.38048, y_star = 1.85949"


@pytest.mark.parametrize(
    "changes, words",
    [
        (APART, "foreign needs p above 2.19558, home p below 0.558715"),
        (
            {"A_star": 3.6},
            r"every task would move .* between 0.554126 and 1.69371, .* T\(1\) = 1.75",
        ),
        (
            {"L_star": 0.3},
            "clears nowhere between p = 1.3919 and 1.69371, as far as excess demand tells at 33 "
            "prices, and at 31 more in each step",
        ),
        (
            {"L_star": 0.3, "H_star": 0.1},
            "tasks would need 0.409082 of the 0.3 foreign low-skilled",
        ),
        ({"H_star": 0.4}, SMALL),
        (SUBSIDY, "the subsidy on tasks, 3.88374, would leave home nothing to spend"),
        (STIFF, "no wages let home make both goods if what it imports costs 1.1 times the world"),
    ],
)
def test_no_equilibrium_names_the_condition_and_its_size(changes, words):
    tau = 0.1 if changes is STIFF else 0.0
    tau_task = -0.92 if changes is SUBSIDY else 0.0
    with pytest.raises(NoEquilibrium, match=words):
        taxed(tau, tau_task, **changes).solve()
    eq = taxed(tau, np.full(2, tau_task), **changes).solve()
    assert not eq.exists.any()
    assert (eq.regime == "no equilibrium").all()
    assert np.isnan(eq.welfare).all()


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"tau": -0.1, "tau_task": np.inf},
            r"tau = -0.1 must be finite and >= 0; tau_task = inf must be finite and > -1",
        ),
        ({"tau_task": -1.0}, r"tau_task = -1 must be finite and > -1"),
        ({"tau": [0.1, np.nan]}, r"tau = nan \(1 of 2 values\) must be finite and >= 0"),
        ({"tau": "high"}, r"tau = 'high' must be a number"),
        ({"world": None}, "world = None must be a LargeEconomy"),
        (
            {"tau": [0, 0.1], "tau_task": [0, 0.1, 0.2]},
            r"tau \(2,\), tau_task \(3,\) must broadcast",
        ),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        TaxedEconomy(**{"world": example(), "tau": 0.0, "tau_task": 0.0} | changes)


def test_skilled_tasks_are_refused():
    world = example()
    object.__setattr__(world, "schedule_H", Linear(1, 1))
    with pytest.raises(ValueError, match="schedule_H must be None: skilled tasks cannot move"):
        TaxedEconomy(world=world, tau=0.0, tau_task=0.0)


def test_residuals_notice_a_wrong_answer():
    eq = taxed(0.03, 0.1).solve()
    for name, caught in {
        "w": {"GRH08-1", "GRH08-8", "home budget"}, "s": {"GRH08-8", "home budget"},
        "I": {"GRH08-1"}, "m": {"GRH08-4"}, "w_star": {"GRH08-1", "GRH08-10", "foreign budget"},
        "s_star": {"GRH08-11"}, "p": {"GRH08-11", "tariff"}, "price_x": {"GRH08-8", "tariff"},
        "price_y": {"GRH08-9", "tariff", "GRH08-IIB-3"}, "x": {"GRH08-4", "market for X"},
        "y": {"GRH08-5", "market for Y"}, "x_star": {"GRH08-IIB-2"}, "y_star": {"GRH08-IIB-2"},
        "c_x": {"GRH08-IIB-3", "home budget"}, "c_y": {"market for Y", "home budget"},
        "c_x_star": {"market for X", "foreign budget"}, "c_y_star": {"GRH08-IIB-3"},
    }.items():  # fmt: skip
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, wrong)


@pytest.mark.parametrize(
    "tau, now, later",
    [
        (0.1, {"price_y": 1.1}, "home imports nothing, so its price may not be the taxed one"),
        (0.03, {"price_y": 1.01}, "home imports, so its price may not be below the taxed one"),
        (0.03, {"price_y": 1.1}, "above the taxed price"),
        (0.03, {"price_y": 0.99}, "below the world price"),
        (0.03, {"price_x": 1.02}, "home exports X, so its price is the world's"),
    ],
)
def test_the_tariff_residual_knows_which_side_is_wrong(tau, now, later):
    eq = taxed(tau).solve()
    exports = replace(eq, c_y=0.9 * eq.c_y) if tau == 0.1 else eq
    name, factor = next(iter(now.items()))
    price = factor * (eq.p if name == "price_y" else 1)
    assert abs(replace(exports, **{name: price}).residuals()["tariff"]) > 0.005, later
    assert abs(eq.residuals()["tariff"]) < 1e-15


HIDDEN = {
    "schedule": Linear(1, 3.541), "beta": 0.5825609, "A_star": 1.94, "mu": 0.167982, "eps": 1.2149,
    "x": CES(0.4767288573492466, 0.06174589657274548), "L": 1.0, "H": 0.7165731,
    "y": CES(0.6564882075999795, 0.06174589657274548), "L_star": 1.5652426, "H_star": 0.2332051,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*the paper rules this out")
def test_a_solution_with_a_negative_output_does_not_hide_the_true_one():
    """Both lie between two neighbouring prices of the first scan, where no sign changes."""
    found = taxed(3.6288, **HIDDEN).equilibria()
    assert len(found) == 1
    assert (found[0].p, found[0].I) == pytest.approx((0.63853814, 0.47321114), rel=1e-7)
    assert found[0].regime == "no trade in x"
    assert worst(found[0]) < 1e-12
    among_others = taxed(np.array([0.1, 3.6288]), **HIDDEN).solve()
    assert among_others.p[1] == pytest.approx(found[0].p, rel=1e-12)


def rigid_worlds(n, seed):
    """Worlds with little substitution, some with high taxes: the hard cases of the scan."""
    rng = np.random.default_rng(seed)
    sigma, lam = np.exp(rng.uniform(np.log(0.05), 0, n)), rng.uniform(0.1, 0.5, n)
    world = example(
        schedule=Linear(1, rng.uniform(0.3, 5, n)), beta=rng.uniform(1, 2.5, n),
        A_star=rng.uniform(1.2, 3, n), mu=rng.uniform(0.1, 0.9, n), eps=rng.uniform(0.1, 3, n),
        x=CES(lam, sigma), y=CES(lam + rng.uniform(0.05, 0.4, n), sigma),
        H=rng.uniform(0.2, 4, n), L_star=rng.uniform(0.3, 6, n), H_star=rng.uniform(0.2, 6, n),
    )  # fmt: skip
    return TaxedEconomy(
        world=world, tau=rng.uniform(0, 4, n) * rng.choice([0, 1], n), tau_task=rng.uniform(0, 1, n)
    )


def test_an_even_finer_scan_finds_no_more(monkeypatch):
    economy = rigid_worlds(150, 7)
    found = economy.equilibria()
    monkeypatch.setattr("offshoring.trading_tasks.trade_taxes.SCAN", 1601)
    fine = economy.flat()
    grid = np.linspace(*fine._interval(), 1601)
    wide = np.nonzero(grid[0] < grid[-1])[0]
    z, point = fine._roots(grid[:, wide], wide)
    _, failures = fine._outcome(z, point)
    good = point[~np.logical_or.reduce(list(failures.values()))]
    assert len(found) == 1
    assert np.nonzero(found[0].exists)[0].tolist() == sorted(good)
    assert 30 < good.size < 120


@pytest.mark.parametrize("good", "xy")
@pytest.mark.parametrize("tau_task", [-0.5, 0.0, 3.0])
def test_imports_of_a_good_fall_as_its_home_price_rises(good, tau_task):
    """The wedge is unique; with a subsidy and imports of X only where the condition holds."""
    n = 4000
    world = replace(rigid_worlds(n, 11), tau_task=tau_task).flat()
    rng = np.random.default_rng(3)
    free = np.log(rng.uniform(0.3, 3, n))
    goods = Goods(world.world.x, world.world.y, 1.0)
    log_p, log_w_star = goods.cost_gap(free), -np.log(rng.uniform(1, 4, n))
    log_q = free + rng.uniform(0, 0.5, n) * (1 if good == "y" else -1)
    near = [world._home(log_q + d, log_p, log_w_star) for d in (-1e-6, 1e-6)]
    imports = [f[f"c_{good}"] - f[good] for f in near]
    f = near[0]
    theta_x, theta_y = (g.theta_L(np.exp(log_q), 1.0) for g in (world.world.x, world.world.y))
    spent = f[f"price_{good}"] * f[f"c_{good}"]
    share = spent / (f["price_x"] * f["c_x"] + f["price_y"] * f["c_y"])
    n_x, size = (1 - theta_y) / (theta_y - theta_x), abs(tau_task) / (1 + tau_task)
    holds = (good == "y") | (tau_task >= 0) | (share * size < n_x)
    here = (np.minimum(f["x"], f["y"]) > 0) & (f["c_x"] > 0) & (f["I"] > 0) & (f["I"] < 0.99)
    towards = 1 if good == "y" else -1
    fall = towards * (imports[1] - imports[0]) < 0
    assert (here & holds).sum() > 50
    assert fall[here & holds].all()


def test_a_subsidy_on_tasks_can_be_best_where_home_imports_x():
    world = example(H=1.0, L_star=1.5, H_star=2.5)
    tau = 0.0774 + 0.002 * np.array([0, 1, -1, 0, 0])
    tau_task = -0.75 * 0.0774 + 0.002 * np.array([0, 0, 0, 1, -1])
    eq = TaxedEconomy(world=world, tau=tau, tau_task=tau_task).solve()
    free = TaxedEconomy(world=world, tau=0.0, tau_task=0.0).solve()
    assert (eq.regime == "imports x").all()
    assert eq.welfare.argmax() == 0
    assert 100 * (eq.welfare[0] / free.welfare - 1) == pytest.approx(0.336, abs=5e-4)
    assert worst(eq) < 1e-12
    assert eq.revenue[0] < 0.0774 * eq.imports["x"][0]


def test_all_sign_changes_of_the_scan_are_reported():
    """Excess demand with a second root added: two answers, in the order of p, and a warning."""
    true = taxed(0.02).solve()

    class Wavy(TaxedEconomy):
        def _excess_demand(self, z, point):
            away = z - np.arcsinh(np.log(true.w_star / true.s_star)) - 0.05
            return super()._excess_demand(z, point) * away

        def _outcome(self, z, point):  # the added root does not clear the market
            fields, failures = super()._outcome(z, point)
            return fields, failures | {"jump": np.zeros(z.shape, dtype=bool)}

    wavy = Wavy(world=example(), tau=np.array([0.02, 0.02]), tau_task=0.0)
    with pytest.warns(UserWarning, match="the largest residual"):
        both = wavy.equilibria()
    assert len(both) == 2
    assert both[0].p == pytest.approx([true.p] * 2, rel=1e-12)
    assert (both[1].p > true.p * 1.005).all()
    with (
        pytest.warns(UserWarning, match="the largest residual"),
        pytest.warns(UserWarning, match="2 of 2 points have more than one equilibrium"),
    ):
        assert wavy.solve().p == pytest.approx(both[0].p, rel=1e-15)


def test_a_jump_of_excess_demand_is_no_equilibrium():
    """With a large subsidy home's trade changes its kind at p = 1.666, and demand jumps there."""
    seller = LargeEconomy(
        schedule=Power(eta=0.5), beta=1.6, A_star=1.8, x=CES(0.25, 0.05), y=CES(0.7, 0.05), L=1.0,
        H=0.7, L_star=3.0, H_star=4.4, mu=0.35, eps=0.4,
    )  # fmt: skip
    (eq,) = TaxedEconomy(world=seller, tau=1.5, tau_task=-0.4).equilibria()
    assert eq.p == pytest.approx(0.95302, abs=5e-6)
    assert max(abs(r) for r in eq.residuals().values()) < 1e-11
