"""The small economy: recovers the answer it was built from, in every regime, or says why not."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offshoring import NoEquilibrium
from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.technologies import CES, CobbDouglas, Leontief
from offshoring.trading_tasks import MigrationEconomy, SmallEconomy
from offshoring.trading_tasks.factor_prices import Goods

STEP = Tabulated(tasks=[0, 0.3, 0.6, 1], costs=[1, 1.5, 1.5, 3])
SCHEDULES = [Linear(1, 1.5), Power(0.5), Power(1), Power(2), Exponential(1, 1.2), STEP]
IDS = {"GRH08-1", "GRH08-2", "GRH08-4", "GRH08-5", "GRH08-8", "GRH08-9"}
REGIMES = {"no offshoring", "only x", "both goods", "only y"}


def w2(**changes):
    """Worked example W2 of the model's specification."""
    settings = {
        "schedule": Linear(a=1, b=1.2), "beta": 1.5, "x": CobbDouglas(0.3), "y": CobbDouglas(0.6),
        "p": 1.0, "w_star": 0.5, "L": 1.0, "H": 1.2,
    }  # fmt: skip
    return SmallEconomy(**settings | changes)


def f7(**changes):
    """The economy of figure F7, which runs through all regimes."""
    settings = {
        "schedule": Linear(a=1, b=2), "beta": 2.5, "x": CES(0.3, 0.8), "y": CES(0.7, 0.8),
        "p": 1.0, "w_star": 0.4, "L": 0.35, "H": 1.0,
    }  # fmt: skip
    return SmallEconomy(**settings | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


# --- the answer it was built from --------------------------------------------------------------


@st.composite
def diversified(draw):
    """Draw the factor prices, outputs and margin first, then the data that make them right."""
    I, schedule = draw(st.floats(0.02, 0.9)), draw(st.sampled_from(SCHEDULES[:-1]))
    lam_x, gap = draw(st.floats(0.1, 0.5)), draw(st.floats(0.1, 0.4))
    x, y = CES(lam_x, draw(st.floats(0.2, 2))), CES(lam_x + gap, draw(st.floats(0.2, 2)))
    q = draw(st.floats(0.7, 1.4))
    s = 1 / float(x.cost(q, 1))
    omega = q * s
    out_x, out_y = draw(st.floats(0.1, 3)), draw(st.floats(0.1, 3))
    a_L, a_H = [float(g.a_L(omega, s)) for g in (x, y)], [float(g.a_H(omega, s)) for g in (x, y)]
    labelled = a_L[1] / a_H[1] > 1.02 * a_L[0] / a_H[0]
    if not labelled:  # swap the goods: X is the numeraire, so all prices change units
        x, y, a_L, a_H = y, x, a_L[::-1], a_H[::-1]
        s = 1 / float(x.cost(q, 1))
        omega = q * s
        a_L = [float(g.a_L(omega, s)) for g in (x, y)]
        a_H = [float(g.a_H(omega, s)) for g in (x, y)]
    beta = draw(st.floats(1.01, 3))
    return {
        "economy": SmallEconomy(
            schedule=schedule, beta=beta, x=x, y=y, p=float(y.cost(omega, s)),
            w_star=omega / (beta * float(schedule.t_Omega(I))),
            L=(1 - I) * (a_L[0] * out_x + a_L[1] * out_y), H=a_H[0] * out_x + a_H[1] * out_y,
        ),
        "I": I, "s": s, "w": omega / float(schedule.Omega(I)), "x": out_x, "y": out_y,
        "apart": abs(np.log(a_L[1] * a_H[0] / (a_H[1] * a_L[0]))),
    }  # fmt: skip


@given(diversified())
def test_finds_the_diversified_equilibrium_it_was_built_from(case):
    if case["apart"] < 0.05:  # nearly the same intensities: outputs are not determined
        return
    eq = case["economy"].solve()
    assert eq.regime == "both goods"
    for name in ("I", "w", "s"):
        assert getattr(eq, name) == pytest.approx(case[name], rel=1e-9), name
    for name in ("x", "y"):
        assert getattr(eq, name) == pytest.approx(case[name], rel=1e-8), name
    assert worst(eq) < 1e-12


@st.composite
def specialised(draw, good):
    """One good: draw k and the margin; p is chosen so that the other good makes a loss."""
    I, schedule = draw(st.floats(0.02, 0.9)), draw(st.sampled_from(SCHEDULES[:-1]))
    sigma = draw(st.floats(0.3, 0.95))
    lam_x = draw(st.floats(0.1, 0.4))
    x, y = CES(lam_x, sigma), CES(lam_x + draw(st.floats(0.15, 0.4)), sigma)
    own = x if good == "x" else y
    q, H = draw(st.floats(0.6, 1.6)), draw(st.floats(0.2, 3))
    loss = draw(st.floats(1.001, 1.05))
    p = float(y.cost(q, 1) / x.cost(q, 1)) / (loss if good == "x" else 1 / loss)
    s = (1.0 if good == "x" else p) / float(own.cost(q, 1))
    beta = draw(st.floats(1, 3))
    economy = SmallEconomy(
        schedule=schedule, beta=beta, x=x, y=y, p=p, H=H,
        w_star=q * s / (beta * float(schedule.t_Omega(I))),
        L=(1 - I) * H * float(own.a_L(q, 1) / own.a_H(q, 1)),
    )  # fmt: skip
    return economy, I, q * s / float(schedule.Omega(I)), s


@pytest.mark.parametrize("good", ["x", "y"])
@given(data=st.data())
def test_finds_the_specialised_equilibrium_it_was_built_from(good, data):
    economy, I, w, s = data.draw(specialised(good))
    eq = economy.solve()
    assert eq.regime == f"only {good}"
    assert (eq.y if good == "x" else eq.x) == 0
    assert (eq.I, eq.w, eq.s) == tuple(pytest.approx(v, rel=1e-9) for v in (I, w, s))
    assert worst(eq) < 1e-12


# --- wild draws: every condition, every regime ---------------------------------------------------


def wild(n, seed, kind):
    """Economies over orders of magnitude: reversals, Leontief, Cobb-Douglas, near cone edges."""
    rng = np.random.default_rng(seed)
    if kind == "equal elasticities":
        sigma = rng.uniform(0.02, 3, n)
        sigma[: n // 4] = 1
        low = rng.uniform(0.05, 0.5, n)
        x, y = CES(low, sigma), CES(low + rng.uniform(0.05, 0.45, n), sigma)
    else:
        sigmas = rng.uniform(0, 3, (2, n))
        sigmas[0, : n // 8], sigmas[1, n // 8 : n // 4] = 0, 0
        x, y = (CES(rng.uniform(0.05, 0.95, n), sigma) for sigma in sigmas)
    # the price from a relative wage at which Y is labour-intensive, so that it is admissible
    lead = np.log(y.lam / (1 - y.lam)) - np.log(x.lam / (1 - x.lam))
    edge = lead / (y.sigma - x.sigma + 1e-300)
    away = np.where(y.sigma == x.sigma, rng.normal(0, 2, n), 0)
    side = np.where(x.sigma > y.sigma, 1, -1)
    log_q = np.where(y.sigma == x.sigma, away, edge + side * (0.05 + rng.exponential(1.5, n)))
    apart = np.abs(x.sigma - y.sigma)
    keep = (np.abs(log_q) < 8) & ((apart == 0) | (apart > 0.05))
    q = np.exp(log_q[keep])
    x, y = (CES(g.lam[keep], g.sigma[keep]) for g in (x, y))
    m = keep.sum()
    return {
        "x": x, "y": y, "p": y.cost(q, 1) / x.cost(q, 1), "beta": rng.uniform(1, 3, m),
        "w_star": np.exp(rng.uniform(-4, 1, m)), "L": np.exp(rng.uniform(-3, 3, m)), "H": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["equal elasticities", "any elasticities"])
@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
def test_every_condition_holds_at_wild_economies(schedule, kind):
    economy = SmallEconomy(schedule=schedule, **wild(8000, 2008, kind))
    eq = economy.solve()
    assert worst(eq) < 1e-12
    assert set(np.unique(eq.regime)) >= REGIMES
    there = eq.exists
    for name in ("w", "s", "m"):
        assert (getattr(eq, name)[there] > 0).all()
    for name in ("x", "y", "I"):
        assert (getattr(eq, name)[there] >= 0).all()
    assert (eq.regime[~there] == "no equilibrium").all()
    income = eq.income - (eq.x + economy.p * eq.y - eq.task_imports)
    assert np.abs(income / eq.income)[there].max() < 1e-10


def at(parameters, j):
    """Economy j of a wild draw, as numbers."""
    pick = {k: v[j] if isinstance(v, np.ndarray) else v for k, v in parameters.items()}
    goods = {k: CES(parameters[k].lam[j], parameters[k].sigma[j]) for k in ("x", "y")}
    return pick | goods


def test_arrays_and_numbers_agree_and_both_say_where_there_is_no_equilibrium():
    parameters = wild(400, 7, "any elasticities")
    schedule = Exponential(1, 0.5)
    eq = SmallEconomy(schedule=schedule, **parameters).solve()
    seen = set()
    for j in range(eq.w.size):
        one = SmallEconomy(schedule=schedule, **at(parameters, j))
        if eq.exists[j]:
            alone = one.solve()
            assert alone.regime == eq.regime[j]
            for name in ("I", "m", "w", "s", "x", "y"):
                assert getattr(alone, name) == pytest.approx(getattr(eq, name)[j], rel=1e-12)
        else:
            with pytest.raises(NoEquilibrium) as error:
                one.solve()
            seen.add(re.sub(r"^SmallEconomy: (\w+ \w+).*", r"\1", str(error.value)))
    assert seen >= {"X is", "every task"}


def test_a_mislabelled_equilibrium_exists_with_the_goods_swapped():
    parameters = wild(400, 7, "any elasticities")
    schedule, found = Exponential(1, 0.5), 0
    for j in range(parameters["p"].size):
        one = at(parameters, j)
        try:
            SmallEconomy(schedule=schedule, **one).solve()
        except NoEquilibrium as error:
            if "swap x and y" not in str(error):
                continue
            # Y becomes the numeraire: all prices are divided by p
            other = {"x": one["y"], "y": one["x"], "p": 1 / one["p"]}
            swapped = one | other | {"w_star": one["w_star"] / one["p"]}
            eq = SmallEconomy(schedule=schedule, **swapped).solve()
            assert min(eq.x, eq.y) > 0
            assert worst(eq) < 1e-12
            found += 1
    assert found > 10


# --- comparative statics and symmetry ------------------------------------------------------------


@given(diversified(), st.floats(0.1, 10))
def test_only_relative_prices_and_relative_endowments_matter(case, k):
    economy = case["economy"]
    a, b = economy.solve(), economy.replace(L=k * economy.L, H=k * economy.H).solve()
    assert (b.I, b.w, b.s) == tuple(pytest.approx(v, rel=1e-11) for v in (a.I, a.w, a.s))
    assert (b.x, b.y) == (pytest.approx(k * a.x, rel=1e-8), pytest.approx(k * a.y, rel=1e-8))


@given(diversified())
def test_productivity_effect_equals_the_finite_difference(case):
    """GRH08-IIA-2: d log w / d log beta = -R(I), and s does not move, while both goods are made."""
    economy, h = case["economy"], 1e-4
    around = economy.replace(beta=economy.beta * np.exp([-2 * h, -h, h, 2 * h])).solve()
    if not (around.regime == "both goods").all():
        return
    slope = np.log(around.w) @ [1, -8, 8, -1] / (12 * h)  # central, of fourth order
    assert slope == pytest.approx(-float(economy.schedule.R(case["I"])), rel=1e-7, abs=1e-9)
    assert np.ptp(around.s) < 1e-12


def test_wage_falls_then_rises_then_falls_as_costs_fall():
    beta = np.linspace(3.6, 1, 400)
    eq = f7(beta=beta).solve()
    order = [list(dict.fromkeys(eq.regime))]
    assert order == [["no offshoring", "only x", "both goods", "only y"]]
    steps = np.diff(eq.w)
    inside = eq.regime[:-1] == eq.regime[1:]
    assert (steps[inside & (eq.regime[1:] == "only x")] < 0).all()
    assert (steps[inside & (eq.regime[1:] == "both goods")] > 0).all()
    assert (steps[inside & (eq.regime[1:] == "only y")] < 0).all()
    assert (np.diff(eq.I) >= 0).all()


def test_dear_offshoring_is_no_offshoring():
    eq = w2(beta=50.0).solve()
    assert (eq.regime, eq.I, eq.m, eq.Omega) == ("no offshoring", 0, 1, 1)
    assert eq.foreign_labour == 0


def test_a_schedule_steep_at_its_end_keeps_its_digits():
    """With eta = 0.05 and a wage gap of 4, m = 1 - I is about 1e-12 where I has no digits left."""
    # the diversified omega is one here, so t Omega = 1 / (beta w*), in closed form
    eta, v = 0.05, (1 - 1e-12 ** (0.95) * 0.05) / 0.95
    eq = w2(schedule=Power(eta), beta=1.0, w_star=1 / v, L=1e-12, H=1.0).solve()
    assert eq.regime == "both goods"
    assert eq.m == pytest.approx(1e-12, rel=1e-3)  # v itself has lost the other digits
    assert worst(eq) < 1e-12


# --- Leontief: factor prices jump, the margin stops ----------------------------------------------


def fixed(**changes):
    settings = {
        "schedule": Linear(a=1, b=2), "beta": 2.0, "x": Leontief(L=0.5, H=1.0),
        "y": Leontief(L=1.0, H=0.5), "p": 1.0, "w_star": 0.3, "L": 0.8, "H": 1.0,
    }  # fmt: skip
    return SmallEconomy(**settings | changes)


def test_leontief_makes_both_goods_inside_the_cone():
    # 0.5 omega + s = 1 and omega + 0.5 s = 1 give omega = s = 2/3
    eq = fixed().solve()
    assert eq.regime == "both goods"
    assert (eq.omega, eq.s) == (pytest.approx(2 / 3, rel=1e-14), pytest.approx(2 / 3, rel=1e-14))
    assert worst(eq) < 1e-13


def test_leontief_stops_the_margin_where_only_one_good_employs_everybody():
    """At L / ((1 - I) H) = 2 only Y is made; omega is between 0 and 2/3, from the cutoff."""
    beta = np.linspace(1.5, 1.0, 6)
    eq = fixed(L=1.9, beta=beta).solve()
    assert (eq.regime == "only y").all()
    assert pytest.approx(0.05, rel=1e-12) == eq.I
    assert eq.omega == pytest.approx(beta * 0.3 * float(Linear(1, 2).t_Omega(0.05)), rel=1e-13)
    assert worst(eq) < 1e-13
    # cheaper offshoring of the same tasks: omega falls with beta, and H gets the rest
    assert (np.diff(eq.omega) < 0).all()
    assert (np.diff(eq.s) > 0).all()


def test_leontief_stops_the_margin_on_the_side_of_x_too():
    """Below the cone H is idle; offshoring stretches L until X employs all of it, and stops."""
    eq = fixed(L=0.45, beta=2.5, w_star=0.6, schedule=Linear(1, 3)).solve()
    assert eq.regime == "only x"
    assert pytest.approx(0.1, rel=1e-12) == eq.I
    assert 2 / 3 < eq.omega < 2
    assert worst(eq) < 1e-13


def test_an_idle_factor_is_no_equilibrium():
    with pytest.raises(NoEquilibrium, match=r"idle at a price of zero, because k = .* = 0.1 "):
        fixed(L=0.1, beta=50.0).solve()
    with pytest.raises(NoEquilibrium, match=r"idle at a price of zero, because k = .* = 5 "):
        fixed(L=5.0).solve()
    eq = fixed(L=[0.1, 0.8, 5.0], beta=50.0).solve()
    assert eq.exists.tolist() == [False, True, False]


# --- flat portions -----------------------------------------------------------------------------


def test_the_margin_jumps_over_a_flat_portion_but_wages_do_not():
    """GRH08-fn10: with both goods made, I jumps at one beta; w and s are continuous there."""
    base = w2(schedule=STEP, L=0.6, H=1.2)
    omega = float(base.replace(beta=9.0).solve().w)
    jump = omega / (0.5 * float(STEP.t_Omega(0.45)))  # where the cutoff reaches the flat
    eq = base.replace(beta=jump * (1 + np.array([1e-9, -1e-9]))).solve()
    assert (eq.regime == "both goods").all()
    assert pytest.approx([0.3, 0.6], abs=1e-4) == eq.I
    assert np.ptp(eq.w) < 1e-8
    assert np.ptp(eq.s) < 1e-12


def test_the_margin_moves_along_a_flat_portion_when_one_good_is_made():
    """There w = beta t w* with t constant: the elasticity of the wage is one (trap 10)."""
    beta = np.linspace(1.76, 2.02, 40)
    eq = f7(schedule=STEP, beta=beta, L=0.25).solve()
    assert ((eq.I > 0.3) & (eq.I < 0.6)).all()
    assert (eq.regime == "only x").all()
    slope = np.diff(np.log(eq.w)) / np.diff(np.log(beta))
    assert slope == pytest.approx(1, abs=1e-9)


# --- migration ---------------------------------------------------------------------------------


def migration(economy, **more):
    names = ("schedule", "beta", "x", "y", "p", "w_star", "L", "H")
    return MigrationEconomy(**{k: getattr(economy, k) for k in names} | more)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
def test_every_condition_holds_with_migration(schedule):
    parameters = wild(8000, 5, "any elasticities")
    N = np.random.default_rng(6).uniform(0, 5, parameters["p"].size)
    eq = MigrationEconomy(schedule=schedule, N=N, **parameters).solve()
    assert worst(eq) < 1e-12
    assert set(np.unique(eq.regime)) >= {"no migration", "only x", "both goods", "only y"}
    assert (eq.rents[eq.exists] > -1e-12).all()


def test_migration_leaves_wages_alone_while_both_goods_are_made():
    eq = migration(w2(), N=np.linspace(0, 3, 7)).solve()
    assert (eq.regime == "both goods").all()
    assert np.ptp(eq.w) < 1e-14
    assert np.ptp(eq.s) < 1e-14
    assert np.ptp(eq.I) < 1e-14


def test_migration_lowers_the_wage_when_one_good_is_made():
    eq = migration(f7(L=3.0, beta=1.2), N=np.linspace(0, 3, 7)).solve()
    assert (eq.regime == "only y").all()
    assert (np.diff(eq.w) < 0).all()


def test_everybody_may_come():
    eq = migration(w2(beta=1.0, w_star=0.2), N=0.1).solve()
    assert (eq.I, eq.m) == (1, 0)
    assert worst(eq) < 1e-13
    assert eq.inflow == pytest.approx(0.1 * np.log(2.2) / 1.2, rel=1e-14)


def test_nobody_comes_for_less_than_the_wage_at_home():
    eq = migration(w2(beta=3.0), N=1.0).solve()
    assert (eq.regime, eq.inflow, eq.rents) == ("no migration", 0, 0)


# --- worked numbers ------------------------------------------------------------------------------


def test_worked_example_W2():
    """Fractions by hand: omega = s = 1, (1 - I)(1 + 1.2 I) + I + 0.6 I^2 = 4/3 gives I = 1/3."""
    eq = w2().solve()
    assert pytest.approx(1 / 3, abs=1e-14) == eq.I
    assert eq.Omega == pytest.approx(0.9523809524, abs=1e-10)
    numbers = (eq.w, eq.s, eq.x, eq.y, eq.foreign_labour)
    assert numbers == pytest.approx((1.05, 1.0, 0.4, 2.3, 0.9), abs=1e-12)
    assert eq.x + eq.y - eq.task_imports == pytest.approx(2.25, abs=1e-12)


def test_worked_example_W2_with_migrants():
    eq = migration(w2(), N=0.3).solve()
    numbers = (eq.w, eq.I, eq.inflow, eq.rents, eq.x, eq.y)
    expected = (1, 0.2777777778, 0.0479470121, 0.0062803454, 1.0027373172, 1.2452096948)
    assert numbers == pytest.approx(expected, abs=1e-10)


def test_worked_example_W2_as_labour_augmenting_progress():
    """GRH08-IIA-10: labour times 1.05 and no offshoring; the wage per worker is 1.05 omega."""
    twin = w2(L=1.05, beta=9.0).solve()
    assert twin.regime == "no offshoring"
    assert (1.05 * twin.w, twin.s, twin.x, twin.y) == pytest.approx((1.05, 1, 1, 1.25), abs=1e-12)
    assert twin.x + twin.y == pytest.approx(2.25, abs=1e-12)


def test_figure_F7_ends_of_the_regimes():
    """Exactly: 1 - I = (L / H) a_H / a_L at q = 1, with a_H / a_L = 7/3 for X and 3/7 for Y."""
    schedule = Linear(a=1, b=2)
    for share, good in ((1 - 0.35 * 7 / 3, "x"), (1 - 0.35 * 3 / 7, "y")):
        beta = 1 / (0.4 * float(schedule.t_Omega(share)))
        around = f7(beta=beta * (1 + np.array([1e-7, -1e-7]))).solve()
        expected = ["only x", "both goods"] if good == "x" else ["both goods", "only y"]
        assert around.regime.tolist() == expected
        assert pytest.approx(share, abs=1e-5) == around.I
    points = f7(beta=np.array([3.6, 1.8754, 1.2642, 1.0])).solve()
    assert points.w == pytest.approx([1.1923, 1.0252, 1.3654, 1.1325], abs=6e-5)
    assert points.s == pytest.approx([0.9256, 1, 1, 1.6358], abs=6e-5)


# --- a checker must be able to fail --------------------------------------------------------------


def test_residuals_cover_every_condition_and_notice_a_wrong_answer():
    for economy in (w2(), f7(beta=2.5), f7(beta=1.1)):
        eq = economy.solve()
        assert set(eq.residuals()) == IDS
        zero_profit = {"GRH08-8"} if eq.x else set()
        zero_profit |= {"GRH08-9"} if eq.y else set()
        for name, caught in {
            "w": {"GRH08-1", "GRH08-2"} | zero_profit, "s": {"GRH08-2", "GRH08-5"} | zero_profit,
            "I": {"GRH08-1"},
            "x": {"GRH08-4"} if eq.x else set(), "y": {"GRH08-4"} if eq.y else set(),
            "m": {"GRH08-4"},
        }.items():  # fmt: skip
            wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
            assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, wrong)


def test_residuals_notice_a_task_that_should_have_moved():
    eq = w2().solve()
    stayed = replace(eq, I=0.0, m=1.0, w=1.0)
    assert stayed.residuals()["GRH08-1"] == pytest.approx(1.5 * 0.5 - 1)


def test_residuals_notice_a_good_that_should_have_been_made():
    eq = w2().solve()
    assert replace(eq, y=0.0, s=0.9 * eq.s).residuals()["GRH08-9"] < -0.01
    assert replace(eq, y=0.0, s=1.1 * eq.s).residuals()["GRH08-9"] == 0  # a loss is right


def test_migration_residuals_notice_a_wrong_answer():
    eq = migration(w2(), N=0.3).solve()
    assert abs(replace(eq, w=1.01).residuals()["GRH08-IIA-5"]) > 0.005
    assert abs(replace(eq, I=0.5, m=0.5).residuals()["GRH08-4"]) > 0.005
    assert replace(eq, I=1.0, m=0.0).residuals()["GRH08-IIA-5"] > 0.1


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"beta": -2.0, "w_star": np.nan}, "beta = -2 must be finite and > 0; w_star = nan must"),
        ({"p": np.inf, "L": 0, "H": -1}, "p = inf must be .*; L = 0 must be .*; H = -1 must be"),
        ({"beta": [1.5, -2.0, np.nan]}, r"beta = -2 \(2 of 3 values\) must be finite and > 0"),
        ({"beta": "cheap"}, "beta = 'cheap' must be a number or an array of numbers"),
        ({"beta": True}, "beta = True must be a number"),
        (
            {"beta": np.ma.array([1.5, 2.0], mask=[False, True])},
            r"beta = masked_array[\s\S]* must be a",
        ),
        ({"beta": 1 + 1j}, r"beta = \(1\+1j\) must be a number"),
        ({"beta": [1.5, 2], "L": [1, 2, 3]}, r"beta \(2,\), L \(3,\) must broadcast together"),
        ({"beta": [1.5, 2], "x": CES(0.3, [1, 1, 1])}, r"beta \(2,\), x.sigma \(3,\) must broad"),
        ({"schedule": 1.5}, "schedule = 1.5 must be a Schedule"),
        ({"schedule": 1.5, "L": -1.0}, "L = -1 must be .*; schedule = 1.5 must be a Schedule"),
        ({"L": -1.0, "x": CobbDouglas(0.7)}, "L = -1 must be .*; Y must be the labour-intensive"),
        (
            {"L": -1.0, "x": CES(0.3, 0.5), "y": CES(0.6, 0.5), "p": 9.0},
            "p = 9 must .*; .*L = -1 m",
        ),
        ({"x": "steel"}, "x = 'steel' must be a Technology"),
        (
            {"x": CobbDouglas(0.6), "y": CobbDouglas(0.3)},
            "Y must be the labour-intensive good, but x puts the weight 0.6 on L-tasks and y 0.3",
        ),
        ({"x": CobbDouglas([0.1, 0.7]), "y": CobbDouglas(0.6)}, "x puts the weight 0.7"),
        (
            {"x": CES(0.3, 0.5), "y": CES(0.6, 0.5), "p": 9.0},
            r"p = 9 must be inside \(0.326531, 4\), or one of the goods can never break even",
        ),
        ({"x": CES(0.3, 0.5), "y": CES(0.6, 0.5), "p": [1, 0.2]}, r"p = 0.2 \(1 of 2 values\)"),
        ({"x": Leontief(1, 2), "y": Leontief(2, 1), "p": 3.0}, r"p = 3 must be inside \(0.5, 2\)"),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        w2(**changes)


def test_bad_number_of_migrants_is_named():
    with pytest.raises(ValueError, match=r"N = -1 \(1 of 2 values\) must be finite and >= 0"):
        migration(w2(), N=[1.0, -1.0])
    with pytest.raises(ValueError, match=r"N = 'many' must be a number"):
        migration(w2(), N="many")
    with pytest.raises(ValueError, match=r"beta = -1 must be .*; N = nan must be"):
        MigrationEconomy(
            schedule=Linear(1, 1), beta=-1, x=CobbDouglas(0.3), y=CobbDouglas(0.6),
            p=1, w_star=1, L=1, H=1, N=np.nan,
        )  # fmt: skip


def test_all_tasks_abroad_is_no_equilibrium_and_says_by_how_much():
    # sigma = 2: with k without bound omega falls to p lam**(1 / (sigma - 1)) = 0.6 only
    econ = w2(x=CES(0.3, 2), y=CES(0.6, 2), beta=1.0, w_star=0.3)
    words = r"beta w_star T\(1\) = 0.48 is not above 0.6, the least that a bundle"
    with pytest.raises(NoEquilibrium, match=words):
        econ.solve()
    assert econ.replace(w_star=[0.3, 0.5]).solve().exists.tolist() == [False, True]


def test_a_margin_beyond_the_floats_is_said():
    # w / (beta w*) = 5 = (1 - I)**-0.001 has the solution 1 - I = 5**-1000
    econ = migration(w2(schedule=Power(1e-3), beta=1.0, w_star=0.2), N=0.1)
    with pytest.raises(NoEquilibrium, match=r"the last one that 1 - I is below e\^-700"):
        econ.solve()


def test_labour_cheaper_abroad_per_task_is_a_warning():
    with pytest.warns(UserWarning, match=r"beta t\(0\) < 1 somewhere"):
        w2(beta=0.9)


def test_an_economy_cannot_be_changed_behind_its_validation():
    beta = np.array([1.5, 1.6])
    econ = w2(beta=beta)
    beta[0] = -1
    assert econ.beta.tolist() == [1.5, 1.6]
    with pytest.raises(ValueError, match="read-only"):
        econ.beta[0] = -1
    with pytest.raises(AttributeError):
        econ.p = 2.0
    eq = econ.solve()
    with pytest.raises(ValueError, match="read-only"):
        eq.w[0] = 9


def test_results_of_numbers_are_numbers():
    eq = w2().solve()
    assert type(eq.w) is float
    assert type(eq.I) is float
    assert eq.exists


def test_parameters_of_two_dimensions_keep_their_places():
    beta, L = np.array([[1.45], [1.8]]), np.array([1.0, 1.3, 2.1])
    table = w2(beta=beta, L=L, x=CobbDouglas(np.array([0.2, 0.3, 0.35]))).solve()
    assert table.w.shape == (2, 3)
    for k in range(2):
        for j, lam in enumerate((0.2, 0.3, 0.35)):
            one = w2(beta=beta[k, 0], L=L[j], x=CobbDouglas(lam)).solve()
            assert (one.w, one.I) == pytest.approx((table.w[k, j], table.I[k, j]), rel=1e-13)
            assert one.regime == table.regime[k, j]


def test_exact_numbers_are_numbers():
    from fractions import Fraction

    assert w2(beta=Fraction(3, 2), L=1, H=Fraction(6, 5)).solve().w == w2().solve().w
    assert w2(L=[]).solve().w.shape == (0,)


# --- far from ordinary parameters ----------------------------------------------------------------


def test_cobb_douglas_always_has_an_equilibrium():
    """Elasticity one: omega falls without bound, so some tasks stay, however few."""
    # by hand: only Y, and omega = beta w* Phi(1) = 0.3 = (99 / k)**0.01 with k = 1 / m
    econ = w2(
        schedule=Linear(1, 1), beta=1.0, w_star=0.2, x=CobbDouglas(0.01), y=CobbDouglas(0.99), H=1.0
    )
    eq = econ.solve()
    assert eq.regime == "only y"
    assert eq.omega == pytest.approx(0.3, rel=1e-12)
    assert np.log(eq.m) == pytest.approx(100 * np.log(0.3) - np.log(99), rel=1e-12)
    assert worst(eq) < 1e-12


def test_a_price_far_from_one_is_inside_the_cone_of_cobb_douglas():
    eq = w2(x=CobbDouglas(0.30), y=CobbDouglas(0.31), p=3.0).solve()  # log q = 110 with both goods
    assert eq.regime == "only y"
    assert worst(eq) < 1e-12


@pytest.mark.parametrize("sigma", [0.0, 1e-20, 1e-15, 1e-13, 2e-12, 1e-9, 1e-6, 1e-4, 5e-3])
def test_nearly_fixed_proportions_are_like_fixed_ones(sigma):
    """With sigma = 0, X alone is made where L / ((1 - I) H) = 3/7, and the cutoff gives omega."""
    eq = w2(x=CES(0.3, sigma), y=CES(0.6, sigma), L=0.4, beta=2.0, w_star=0.6).solve()
    assert eq.regime == "only x"
    assert eq.m == pytest.approx(0.4 / 1.2 * 7 / 3, rel=20 * sigma + 1e-14)
    assert worst(eq) < 1e-12


@pytest.mark.parametrize("sigma", [1e-15, 1e-13, 1e-11, 1e-9, 1e-6, 1e-3])
def test_small_elasticities_over_a_grid(sigma):
    L, beta = np.meshgrid(np.geomspace(0.3, 2.5, 60), np.linspace(1, 2.5, 60))
    eq = w2(x=CES(0.3, sigma), y=CES(0.6, sigma), L=L, beta=beta).solve()
    assert eq.exists.mean() > 0.4  # elsewhere a factor is (nearly) free
    assert worst(eq) < 1e-12


def test_a_little_of_the_other_good_is_not_none():
    """Leontief, a share of 1e-9 of H in X: still both goods, not the edge."""
    x, y = Leontief(L=0.5, H=1.0), Leontief(L=1.0, H=0.5)
    eq = fixed(x=x, y=y, L=0.5e-9 + 2 * (1 - 1e-9), H=1.0, beta=50.0).solve()
    assert eq.x == pytest.approx(1e-9, rel=1e-6)
    assert eq.y > 1.9


def test_leontief_at_its_edge_does_not_determine_factor_prices():
    with pytest.raises(NoEquilibrium, match="not determined, because L / H is exactly the one int"):
        fixed(L=2.0, beta=50.0).solve()
    assert fixed(L=[1.9, 2.0], beta=50.0).solve().exists.tolist() == [True, False]


def test_a_schedule_that_is_nearly_vertical_is_warned_about():
    cliff = Tabulated(tasks=[0, 1e-9, 1 - 1e-9, 1], costs=[1, 1.5, 1.5, 1e9])
    with pytest.warns(UserWarning, match=r"the largest residual is .*, above 1e-9 at 1 of 1"):
        migration(w2(schedule=cliff, w_star=1e-4), N=0.1).solve()


def test_the_range_of_prices_is_exact():
    """With sigma = 1/2 it runs from ((1 - lam_y) / (1 - lam_x))**2 to (lam_y / lam_x)**2."""
    low, high = Goods(CES(0.3, 0.5), CES(0.6, 0.5), 1.0).price_range()
    assert (low, high) == (pytest.approx((4 / 7) ** 2, rel=1e-14), pytest.approx(4, rel=1e-14))
    low, high = Goods(Leontief(L=1, H=2), Leontief(L=2, H=1), 1.0).price_range()
    assert (low, high) == (pytest.approx(0.5, rel=1e-14), pytest.approx(2, rel=1e-14))
    assert Goods(CobbDouglas(0.3), CobbDouglas(0.6), 1.0).price_range() == (0, np.inf)
