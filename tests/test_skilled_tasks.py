"""One good, and two kinds of tasks: recovers the answer it was built from, or says why not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offshoring import NoEquilibrium
from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.technologies import CES, CobbDouglas, Leontief
from offshoring.trading_tasks import LargeEconomy, SmallEconomy, SpecializedEconomy

STEP = Tabulated(tasks=[0, 0.3, 0.6, 1], costs=[1, 1.5, 1.5, 3])
SCHEDULES = [Linear(1, 1.5), Power(0.5), Power(1), Power(2), Exponential(1, 1.2)]
SHOCKS = ("beta", "beta_H", "both")


def w8(**changes):
    """Worked example W8: one good, both kinds of tasks."""
    settings = {
        "schedule": Linear(1, 2), "beta": 1.2, "w_star": 0.5, "x": CobbDouglas(0.5), "L": 1.0,
        "H": 1.0, "schedule_H": Linear(1, 1), "beta_H": 1.2, "s_star": 0.6,
    }  # fmt: skip
    return SpecializedEconomy(**settings | changes)


def w7(**changes):
    """Worked example W7: two large countries, both kinds of tasks."""
    settings = {
        "schedule": Power(0.5), "schedule_H": Power(0.5), "beta": 1.7, "beta_H": 1.7, "A_star": 2.0,
        "x": CES(0.3, 0.5), "y": CES(0.7, 0.5), "eps": 1.0, "mu": 0.5, "L": 1.0, "H": 1.2,
        "L_star": 4.0, "H_star": 2.6,
    }  # fmt: skip
    return LargeEconomy(**settings | changes)


def tour(**changes):
    """A small economy that passes through all regimes."""
    settings = {
        "schedule": Linear(1, 2), "beta": 2.0, "x": CES(0.3, 0.8), "y": CES(0.7, 0.8), "p": 1.0,
        "w_star": 0.4, "L": 0.35, "H": 1.0, "schedule_H": Linear(1, 1.5), "beta_H": 1.5,
        "s_star": 0.5,
    }  # fmt: skip
    return SmallEconomy(**settings | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


def central(near, name, h):
    return np.array([1, -8, 8, -1]) @ np.log(getattr(near, name)) / (12 * h)


def around(economy, shock, h):
    """The economy at four nearby cost shifts."""
    moved = {"beta": ["beta"], "beta_H": ["beta_H"], "both": ["beta", "beta_H"]}[shock]
    steps = np.exp(h * np.array([[-2], [-1], [1], [2]]))
    return economy.replace(**{name: getattr(economy, name) * steps for name in moved}).solve()


# --- one good ------------------------------------------------------------------------------------


@st.composite
def one_good(draw, both):
    """Draw the margins and factor prices first, then the economy that has them."""
    sigma = draw(st.one_of(st.floats(0.05, 3), st.just(1.0)))
    x = CES(draw(st.floats(0.1, 0.9)), sigma)
    q = draw(st.floats(0.3, 3))
    omega_H = 1 / float(x.cost(q, 1))
    omega, H = q * omega_H, draw(st.floats(0.2, 3))
    I, schedule = draw(st.floats(0.02, 0.95)), draw(st.sampled_from(SCHEDULES))
    I_H, schedule_H = draw(st.floats(0.02, 0.95)), draw(st.sampled_from(SCHEDULES))
    beta, beta_H = draw(st.floats(1, 3)), draw(st.floats(1, 3))
    if not both:
        I_H = 0.0
    k = float(x.a_L(omega, omega_H) / x.a_H(omega, omega_H))
    skilled = {
        "schedule_H": schedule_H, "beta_H": beta_H,
        "s_star": omega_H / (beta_H * float(schedule_H.t_Omega(I_H))),
    }  # fmt: skip
    economy = SpecializedEconomy(
        schedule=schedule, beta=beta, w_star=omega / (beta * float(schedule.t_Omega(I))), x=x, H=H,
        L=k * H * (1 - I) / (1 - I_H), **(skilled if both else {}),
    )  # fmt: skip
    s = omega_H / float(schedule_H.Omega(I_H))
    return economy, {"I": I, "I_H": I_H, "w": omega / float(schedule.Omega(I)), "s": s}


@given(st.one_of(one_good(both=False), one_good(both=True)))
def test_finds_the_economy_with_one_good_it_was_built_from(case):
    economy, answer = case
    eq = economy.solve()
    assert eq.regime == "only x"
    for name, value in answer.items():
        assert getattr(eq, name) == pytest.approx(value, rel=1e-7, abs=1e-12), name
    expected = {"GRH08-1", "GRH08-2", "GRH08-8", "GRH08-14", "GRH08-15"}
    assert set(eq.residuals()) == expected | ({"GRH08-18"} if economy.moves_H else set())
    assert worst(eq) < 1e-12


def random_one_good(n, seed=2008):
    rng = np.random.default_rng(seed)
    return SpecializedEconomy(
        schedule=Power(rng.uniform(0.2, 2, n)), beta=rng.uniform(1, 3, n),
        w_star=rng.uniform(0.05, 0.5, n), x=CES(rng.uniform(0.2, 0.8, n), rng.uniform(0.1, 2, n)),
        L=rng.uniform(0.5, 2, n), H=rng.uniform(0.5, 2, n), schedule_H=Exponential(1, 2.0),
        beta_H=rng.uniform(1, 3, n), s_star=rng.uniform(0.1, 0.6, n),
    )  # fmt: skip


@pytest.mark.parametrize("both", [False, True])
def test_every_condition_holds_with_one_good(both):
    economy = random_one_good(4000)
    if not both:
        economy = economy.replace(schedule_H=None, beta_H=None, s_star=None)
    eq = economy.solve()
    assert eq.exists.mean() > 0.9
    assert worst(eq) < 1e-12
    kinds = 2 * (eq.I > 0) + (eq.I_H > 0)  # which tasks leave: none, some of one kind, of both
    assert np.unique(kinds).tolist() == ([0, 1, 2, 3] if both else [0, 2])


@pytest.mark.parametrize("shock", SHOCKS)
def test_elasticities_with_one_good_equal_central_differences(shock):
    """GRH08-IIC-4 and III-3 at more than 1000 economies, corners included."""
    economy, h = random_one_good(3000), 1e-5
    eq, near = economy.solve(), around(economy, shock, h)
    stays = ((near.I > 0) == (eq.I > 0)).all(axis=0) & ((near.I_H > 0) == (eq.I_H > 0)).all(axis=0)
    there = near.exists.all(axis=0) & stays
    assert there.sum() > 1000
    closed = eq.elasticities(shock)
    for name in ("w", "s", "Omega", "Omega_H", "omega", "omega_H"):
        slope = central(near, name, h)[there]
        assert closed[name][there] == pytest.approx(slope, rel=1e-7, abs=1e-7), name
    for z, m in (("z", "m"), ("z_H", "m_H")):
        assert closed[z][there] == pytest.approx(-central(near, m, h)[there], rel=1e-7, abs=1e-7)


def test_one_good_is_what_the_small_economy_is_when_it_makes_one():
    beta = np.linspace(3.6, 1, 131)
    two = tour(beta=beta, schedule_H=None, beta_H=None, s_star=None).solve()
    one = SpecializedEconomy(
        schedule=Linear(1, 2), beta=beta, w_star=0.4, x=CES(0.3, 0.8), L=0.35, H=1.0
    ).solve()
    same = two.y == 0
    assert 20 < same.sum() < 131
    for name in ("I", "w", "s", "x", "omega", "foreign_labour", "task_imports", "income"):
        assert getattr(one, name)[same] == pytest.approx(getattr(two, name)[same], rel=1e-13), name
    for name in ("w", "s", "Omega"):
        pair = (e.elasticities()[name][same] for e in (one, two))
        assert next(pair) == pytest.approx(next(pair), rel=1e-11, abs=1e-14)


def test_worked_example_W5():
    econ = w8(schedule=Power(2), w_star=0.05, beta=5.0, schedule_H=None, beta_H=None, s_star=None)
    eq = econ.solve()
    numbers = (eq.I, eq.Omega, eq.w, eq.s)
    expected = (0.4837431533, 0.7659925616, 0.9380119255, 1.3917687722)
    assert numbers == pytest.approx(expected, abs=1e-10)
    slopes = eq.elasticities()
    assert (-slopes["Omega"], slopes["omega"]) == pytest.approx(
        (-0.3528561713, 0.2705712343), abs=1e-10
    )
    end = econ.replace(beta=1.0).solve()
    assert (end.I, end.w, end.s) == pytest.approx(
        (0.7992275733, 1.2404003148, 2.2317624483), abs=1e-10
    )
    # pure augmentation by 1 / Omega: 1 / sqrt(Omega) per worker
    twin = end.twin().solve()
    assert twin.w / end.Omega == pytest.approx(1.6638, abs=5e-5)
    assert (twin.regime, twin.foreign_labour) == ("no offshoring", 0)


def test_worked_example_W8():
    eq = w8().solve()
    numbers = (eq.I, eq.I_H, eq.w, eq.s, eq.x)
    expected = (0.4524111073, 0.4737652943, 1.1428933287, 1.0611110119, 3.7257433682)
    assert numbers == pytest.approx(expected, abs=1e-10)
    assert eq.income == pytest.approx(eq.x - eq.task_imports, rel=1e-13)
    assert eq.foreign_skill == pytest.approx(1.2 * (eq.I_H + eq.I_H**2 / 2) / eq.m_H, rel=1e-13)


def test_the_two_kinds_of_tasks_are_mirror_images():
    """Rename L and H: weights, schedules, wages and shocks change places exactly."""
    a = w8(x=CES(0.3, 0.6), H=1.4).solve()
    b = w8(
        x=CES(0.7, 0.6), L=1.4, schedule=Linear(1, 1), schedule_H=Linear(1, 2), w_star=0.6,
        s_star=0.5,
    ).solve()  # fmt: skip
    assert (a.I, a.w, a.x) == pytest.approx((b.I_H, b.s, b.x), rel=1e-12)
    for shock, mirror in (("beta", "beta_H"), ("beta_H", "beta"), ("both", "both")):
        pair = a.elasticities(shock)["w"], b.elasticities(mirror)["s"]
        assert pair[0] == pytest.approx(pair[1], rel=1e-11)


def test_the_margin_moves_along_a_flat_portion_with_both_kinds():
    eq = w8(schedule=STEP, beta=np.linspace(1.0, 1.6, 200)).solve()
    assert worst(eq) < 1e-12
    on_flat = (eq.I > 0.3) & (eq.I < 0.6)
    assert on_flat.sum() > 20
    assert eq.elasticities("beta")["w"][on_flat] == pytest.approx(1, abs=1e-12)


# --- Leontief, and no equilibrium ----------------------------------------------------------------


def test_leontief_employs_everybody_through_either_margin():
    """One good at one intensity: the margin of the abundant kind's complement must reach it."""
    good = Leontief(L=1.0, H=1.0)
    more_L = w8(x=good, L=0.8, schedule_H=None, beta_H=None, s_star=None).solve()
    assert more_L.m == pytest.approx(0.8, rel=1e-13)  # L / (1 - I) = H
    more_H = w8(x=good, H=0.8, beta=5.0, w_star=0.9).solve()
    assert (more_H.I, more_H.m_H) == (0, pytest.approx(0.8, rel=1e-13))
    assert more_H.omega == pytest.approx(1 - more_H.omega_H, rel=1e-13)
    both = w8(x=good, L=0.9, w_star=0.3, s_star=0.3).solve()
    assert both.m / both.m_H == pytest.approx(0.9, rel=1e-12)
    for eq in (more_L, more_H, both):
        assert worst(eq) < 1e-12


@pytest.mark.parametrize("sigma", [1e-6, 1e-3, 0.01])
def test_nearly_fixed_proportions_keep_their_digits(sigma):
    rng = np.random.default_rng(3)
    eq = w8(x=CES(0.5, sigma), L=rng.uniform(0.6, 1.6, 500)).solve()
    assert eq.exists.mean() > 0.5
    assert worst(eq) < 1e-12


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"w_star": 0.1, "s_star": 0.1},
         r"SpecializedEconomy: every H-task would move abroad, because beta_H s_star T_H\(1\) = "
         r"0.18 is not above 4.16667, what a bundle of H-tasks is worth when one of L-tasks costs "
         r"beta w_star T\(1\) = 0.24"),
        ({"x": CES(0.5, 2), "w_star": 0.1},
         r"beta_H s_star T_H\(1\) = 1.08 is not above inf, what a bundle"),
        ({"x": CES(0.5, 2), "w_star": 0.1, "schedule_H": None, "beta_H": None, "s_star": None},
         r"every task would move abroad, because beta w_star T\(1\) = 0.24 is not above 0.5"),
        ({"x": Leontief(L=1, H=1), "beta": 50.0, "beta_H": 50.0, "L": 2.0},
         r"idle at a price of zero, because k = L / \(\(1 - I\) H\) = 2 is an intensity"),
    ],
)  # fmt: skip
def test_no_equilibrium_names_the_condition_and_its_size(changes, words):
    with pytest.raises(NoEquilibrium, match=words):
        w8(**changes).solve()
    eq = w8(**changes | {"L": [changes.get("L", 1.0)] * 2}).solve()
    assert not eq.exists.any()
    assert np.isnan(eq.w).all()
    assert np.isnan(eq.elasticities()["w"]).all()


def test_the_border_of_existence_is_where_all_foreign_tasks_make_the_good_for_its_price():
    """c(beta w* T(1), beta_H s* T_H(1)) = 1 (trap 11): just above there is an equilibrium."""
    s_star = 1 / (1.2 * 0.5 * 2) / 1.2 / 1.5  # Cobb-Douglas one half each
    assert w8(s_star=s_star * 1.001).solve().I_H > 0.9
    with pytest.raises(NoEquilibrium, match="every H-task would move"):
        w8(s_star=s_star * 0.999).solve()


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"beta_H": None}, "schedule_H, beta_H and s_star must be given together or not at all, "
                           "and beta_H is missing"),
        ({"beta_H": None, "s_star": None}, "and beta_H and s_star are missing"),
        ({"schedule_H": None}, "and schedule_H is missing"),
        ({"schedule_H": 3}, "schedule_H = 3 must be a Schedule"),
        ({"L": 10**400}, "L = 10+ must be a number or an array of numbers"),
        ({"beta_H": -1, "s_star": np.nan}, r"beta_H = -1 must be finite and > 0; s_star = nan"),
        ({"L": [1, 2], "s_star": [1, 2, 3]}, "must broadcast together"),
        ({"x": None, "w_star": 0}, "x = None must be a Technology|w_star = 0 must be"),
    ],
)  # fmt: skip
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        w8(**changes)


def test_an_unknown_shock_is_named():
    with pytest.raises(ValueError, match="shock = 'gamma' must be one of 'beta', 'beta_H', 'both'"):
        w8().solve().elasticities("gamma")
    only_L = tour(schedule_H=None, beta_H=None, s_star=None).solve()
    with pytest.raises(ValueError, match=r"shock = 'both' must be one of 'beta'$"):
        only_L.elasticities("both")


def test_skill_cheaper_abroad_per_task_is_a_warning():
    with pytest.warns(UserWarning, match=r"beta_H t_H\(0\) < 1 somewhere"):
        w8(beta_H=0.9)
    with pytest.warns(UserWarning, match=r"LargeEconomy: beta_H t_H\(0\) < 1 somewhere"):
        w7(beta_H=0.9)


# --- two goods -----------------------------------------------------------------------------------


def random_small(n, seed=5):
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(0.3, 1.2, n)
    return tour(
        beta=rng.uniform(1, 3, n), beta_H=rng.uniform(1, 3, n), w_star=rng.uniform(0.1, 0.6, n),
        s_star=rng.uniform(0.1, 0.6, n), L=rng.uniform(0.2, 3, n), p=rng.uniform(0.9, 1.1, n),
        x=CES(rng.uniform(0.2, 0.4, n), sigma), y=CES(rng.uniform(0.5, 0.8, n), sigma),
        schedule_H=Exponential(1, 1.5),
    )  # fmt: skip


@pytest.mark.parametrize("shock", SHOCKS)
def test_small_economy_with_both_kinds_in_all_regimes(shock):
    economy, h = random_small(2500), 1e-5
    eq, near = economy.solve(), around(economy, shock, h)
    assert worst(eq) < 1e-12
    assert set(np.unique(eq.regime)) >= {"only x", "both goods", "only y"}
    same = (near.regime == eq.regime).all(axis=0) & ((near.I > 0) == (eq.I > 0)).all(axis=0)
    same &= ((near.I_H > 0) == (eq.I_H > 0)).all(axis=0) & eq.exists
    assert same.sum() > 1000
    closed = eq.elasticities(shock)
    for name in ("w", "s", "Omega", "Omega_H"):
        slope = central(near, name, h)[same]
        assert closed[name][same] == pytest.approx(slope, rel=1e-7, abs=1e-7), name


def test_small_diversified_economy_has_no_cross_effects():
    """GRH08-III-1: Omega w and Omega_H s are fixed by goods prices alone."""
    eq = tour(L=0.7, beta=np.array([[1.8], [1.9]]), beta_H=np.array([1.4, 1.5])).solve()
    assert (eq.regime == "both goods").all()
    assert np.ptp(eq.omega) < 1e-14
    assert np.ptp(eq.omega_H) < 1e-14
    assert np.ptp(eq.w, axis=1) == pytest.approx(0, abs=1e-14)
    assert eq.income == pytest.approx(eq.x + eq.y - eq.task_imports, rel=1e-13)


def test_the_twin_of_a_diversified_small_economy_pays_the_same():
    """GRH08-IIA-10 with both kinds; a point without equilibrium keeps its workers."""
    eq = tour(L=0.7, beta=[1.9, 1.8], s_star=[0.5, 0.45]).solve()
    twin = eq.twin().solve()
    assert (twin.regime == "no offshoring").all()
    assert (twin.w / eq.Omega, twin.s / eq.Omega_H) == tuple(
        pytest.approx(v, rel=1e-13) for v in (eq.w, eq.s)
    )
    none = w8(w_star=[0.5, 0.1], s_star=[0.6, 0.1]).solve()
    assert none.exists.tolist() == [True, False]
    assert none.twin().L.tolist() == [pytest.approx(1 / none.Omega[0]), 1.0]


def test_equal_schedules_give_equal_shares_at_one_foreign_wage_ratio_only():
    """GRH08-fn27: omega = omega_H = 1 here, so shares are equal where w* = s*."""
    econ = tour(L=0.7, schedule_H=Linear(1, 2), beta_H=2.0, s_star=np.array([0.35, 0.4, 0.45]))
    eq = econ.solve()
    assert (eq.regime == "both goods").all()
    assert np.sign(np.round(eq.I_H - eq.I, 12)).tolist() == [1, 0, -1]


# --- large ---------------------------------------------------------------------------------------


def random_worlds(n, seed=7):
    rng = np.random.default_rng(seed)
    sigma = rng.uniform(0.05, 2, n)
    return w7(
        beta=rng.uniform(1.1, 2.1, n), beta_H=rng.uniform(1.1, 2.1, n), H=rng.uniform(0.5, 2, n),
        x=CES(rng.uniform(0.1, 0.4, n), sigma), y=CES(rng.uniform(0.5, 0.9, n), sigma),
        L_star=rng.uniform(1, 5, n), H_star=rng.uniform(0.5, 4, n), mu=rng.uniform(0.2, 0.8, n),
        eps=rng.uniform(0.1, 2, n), schedule_H=Exponential(1, 1.5),
    )  # fmt: skip


@pytest.mark.parametrize("shock", SHOCKS)
def test_large_economy_with_both_kinds(shock):
    """GRH08-III-2: residuals, and closed forms at more than 1000 worlds."""
    economy, h = random_worlds(6000), 1e-5
    eq, near = economy.solve(), around(economy, shock, h)
    assert worst(eq) < 1e-12
    assert set(eq.residuals()) >= {"GRH08-18", "GRH08-III-2"}
    there = eq.exists & near.exists.all(axis=0) & ((near.I > 0) == (eq.I > 0)).all(axis=0)
    there &= ((near.I_H > 0) == (eq.I_H > 0)).all(axis=0)
    assert there.sum() > 1000
    closed = eq.elasticities(shock)
    for name in ("Omega", "Omega_H", "p", "w", "s", "w_star", "s_star"):
        slope = central(near, name, h)[there]
        assert closed[name][there] == pytest.approx(slope, rel=1e-7, abs=1e-7), name
    basket = np.array([1, -8, 8, -1]) @ np.log(near.s / near.P) / (12 * h)
    assert closed["real s"][there] == pytest.approx(basket[there], rel=1e-7, abs=1e-7)


def test_worked_example_W7():
    eq = w7().solve()
    numbers = (eq.I, eq.I_H, eq.Omega, eq.p, eq.w, eq.s, eq.x, eq.y, eq.x_star, eq.y_star)
    expected = (0.3217993080, 0.3217993080, 0.9688581315, 0.8848290144, 0.8288864828,
                1.1260687580, 2.2432342304, 0.9847020017, 0.3590742421, 1.9563277680)  # fmt: skip
    assert numbers == pytest.approx(expected, abs=1e-10)
    joint = eq.elasticities("both")
    assert (joint["real w"], joint["real s"]) == pytest.approx(
        (-0.4866152143, -0.3775390102), abs=1e-10
    )


def test_cheaper_skilled_tasks_alone_raise_the_price_of_y_and_the_low_skill_wage():
    before, after = (w7(beta_H=b).solve() for b in (1.7, 1.68))
    assert after.p > before.p
    assert after.w > before.w
    assert after.I == before.I
    found = before.elasticities("beta_H")  # a fall in beta_H raises what has a negative slope
    assert max(found["p"], found["w"], found["real w"]) < 0 == found["Omega"]


def test_the_twin_of_a_large_economy_has_the_same_prices_and_world_outputs():
    eq = w7().solve()
    twin = eq.twin().solve()
    assert twin.regime == "no offshoring"
    for name in ("p", "w_star", "s_star"):
        assert getattr(twin, name) == pytest.approx(getattr(eq, name), rel=1e-12), name
    assert twin.w / eq.Omega == pytest.approx(eq.w, rel=1e-12)
    assert twin.x + twin.x_star == pytest.approx(eq.x + eq.x_star, rel=1e-12)
    assert abs(twin.x - eq.x) > 0.1


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"beta_H": 1.05, "A_star": 2.4, "schedule_H": Linear(1, 1)},
         r"every H-task would move abroad, because A_star / beta_H = 2.28571 is not below "
         r"T_H\(1\) = 1.5"),
        ({"H_star": 0.9, "beta_H": 1.2, "beta": 1.95},
         r"home tasks would need 17.28 of the 0.9 foreign high-skilled workers"),
        ({"beta_H": None}, "schedule_H and beta_H must be given together or not at all"),
    ],
)  # fmt: skip
def test_large_economy_names_what_fails_with_skilled_tasks(changes, words):
    with pytest.raises(ValueError, match=words):
        w7(**changes).solve()


def test_residuals_notice_a_wrong_answer():
    for eq, caught in (
        (w8().solve(), {"I": {"GRH08-1"}, "m": {"GRH08-14"}, "w": {"GRH08-1", "GRH08-2"},
                        "s": {"GRH08-18"}, "I_H": {"GRH08-18"}, "m_H": {"GRH08-15"},
                        "x": {"GRH08-14", "GRH08-15"}}),
        (w7().solve(), {"m_H": {"GRH08-18", "GRH08-III-2", "GRH08-5"},
                        "s": {"GRH08-18", "GRH08-8"}, "s_star": {"GRH08-18", "GRH08-10"}}),
    ):  # fmt: skip
        for name, ids in caught.items():
            wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
            assert all(abs(wrong[key]) > 1e-4 for key in ids), (name, wrong)


def test_arrays_and_numbers_agree():
    names = ("beta", "beta_H", "w_star", "s_star", "L", "H")
    many = random_one_good(30, seed=9)
    eq = many.solve()
    for j in range(30):
        one = w8(
            **{n: getattr(many, n)[j] for n in names}, schedule=Power(many.schedule.eta[j]),
            schedule_H=many.schedule_H, x=CES(many.x.lam[j], many.x.sigma[j]),
        )  # fmt: skip
        if eq.exists[j]:
            alone = one.solve()
            for name in ("I", "I_H", "w", "s", "x"):
                assert getattr(alone, name) == pytest.approx(getattr(eq, name)[j], rel=1e-11)
        else:
            with pytest.raises(NoEquilibrium):
                one.solve()


# --- faults that were found once ------------------------------------------------------------------


def test_goods_with_array_prices_and_skilled_tasks():
    one, two = (tour(p=p, schedule_H=Linear(1, 2)).solve() for p in (1.0, [1.0, 1.1]))
    assert two.w[0] == pytest.approx(one.w, rel=1e-14)
    assert tour(x=CES([0.3, 0.31], 0.8)).solve().exists.all()


@pytest.mark.parametrize("sigma", [1e-9, 1e-4, 0.008, 0.02])
def test_only_skilled_tasks_move_with_nearly_fixed_proportions(sigma):
    """The margin of H-tasks by bisection on full employment: omega_H of k against its cost."""
    econ = w8(
        schedule=Linear(1, 1), beta=50.0, x=CES(0.7, sigma), w_star=1.0, L=3.0, beta_H=1.1,
        schedule_H=Linear(1, 2), s_star=0.05,
    )  # fmt: skip
    eq = econ.solve()
    low, high = 0.0, 1.0 - 1e-15
    for _ in range(200):
        i = (low + high) / 2
        log_q = econ.x.log_relative_wage(np.log(3.0 * (1 - i)))
        worth = -econ.x.log_cost(np.clip(log_q, -600, 600))  # log omega_H at zero profit
        cost = np.log(1.1 * 0.05 * Linear(1, 2).t_Omega(i))
        low, high = (i, high) if cost < worth else (low, i)
    assert eq.I == 0
    assert pytest.approx(low, abs=1e-9) == eq.I_H
    assert worst(eq) < 1e-12


def test_an_elasticity_below_rounding_is_fixed_proportions():
    econ = SpecializedEconomy(
        schedule=Exponential(a=1, k=0.6), beta=1.0, x=CES(0.26, 1e-14), w_star=0.0003, L=2.0, H=9.9
    )
    assert worst(econ.solve()) < 1e-12


def test_cost_shares_near_zero_keep_their_digits():
    """theta_H is about 3e-14 here; mu_2 = theta_H / sigma."""
    econ = SpecializedEconomy(
        schedule=Linear(1, 1), beta=1e6, x=CES(0.23, 0.0386), w_star=1e3, L=[0.05, 0.02], H=0.61
    )
    eq = econ.solve()
    theta_H = econ.x.a_H(eq.omega, eq.s) * eq.s / econ.x.cost(eq.omega, eq.s)
    assert eq.effects()["mu_2"] == pytest.approx(theta_H / 0.0386, rel=1e-9)
    assert eq.hats().effects()["mu_2"] == pytest.approx(eq.effects()["mu_2"], rel=1e-6)


def test_the_reason_is_the_one_that_applies():
    econ = SpecializedEconomy(
        schedule=Power(eta=0.17), beta=1.0, x=CES(0.503, 0.0), w_star=9.28 * 0.004, L=2.0, H=0.3,
        schedule_H=Power(eta=1.0), beta_H=1.0, s_star=0.0169 * 0.0074,
    )  # fmt: skip
    with pytest.raises(NoEquilibrium, match="floats cannot hold the answer"):
        econ.solve()


def test_fixed_proportions_with_both_kinds_have_no_slopes_and_no_warnings():
    both = w8(x=Leontief(L=1.0, H=1.0), L=0.9, w_star=0.3, s_star=0.3).solve()
    assert np.isnan(both.elasticities("both")["w"])


def test_fixed_proportions_with_a_negligible_factor_keep_their_digits():
    econ = w8(x=Leontief(L=1.0, H=1e-9), L=0.9, H=1e-9, w_star=0.45, s_star=1.0, beta_H=2.0)
    assert worst(econ.solve()) < 1e-12


def test_a_dear_kind_that_stays_does_not_spoil_the_digits_of_the_one_that_moves():
    """Only H-tasks move, and are a tiny part of costs: their cutoff gives their price."""
    L = np.random.default_rng(1).uniform(2.2e4, 6e4, 400)
    eq = w8(
        schedule=Linear(1, 1), beta=50.0, x=CES(0.99995, 1e-6), w_star=1.0, L=L, beta_H=1.1,
        schedule_H=Linear(1, 2), s_star=0.05,
    ).solve()  # fmt: skip
    assert (eq.I == 0).all()
    assert (eq.I_H > 0).all()
    assert worst(eq) < 1e-12
