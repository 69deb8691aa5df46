"""The world equilibrium in any regime against closed forms, optimality conditions and the cliff."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offshoring.shadow_migration import (
    GoodsOffshoring,
    HeckscherOhlin,
    Inputs,
    ServiceOffshoring,
    Task,
    WorldEconomy,
    world_equilibrium,
)

A = Inputs(1, 0.6, 0.4, 1.2)
A_1 = Inputs(0.25, 0.10, 0.05, 0.15)
ENDOWMENTS = {"L": 10.0, "K": 11.0, "L_star": 30.0, "K_star": 20.0}
BASE = {"A": A, "gamma": 2.0, "alpha": 0.5, **ENDOWMENTS}
FIELDS = ("p", "w", "r", "w_star", "r_star", "X", "Y", "X_star", "Y_star")
IDS = {"BRN-4", "BRN-GNP", "factors", "idle", "pay", "outputs", "profit", "loss"}


def world(**changes):
    return WorldEconomy(**BASE | {"tasks": (Task(A_1),)} | changes)


def worst(eq):
    return max(abs(float(r)) for r in eq.residuals().values())


@st.composite
def economies(draw):
    """Coefficients log-uniform on [.2, 5], task shares up to .6, k* < k in the cone of A."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    a = np.exp(rng.uniform(np.log(0.2), np.log(5), 4))
    if a[2] * a[1] > a[3] * a[0]:
        a = a[[1, 0, 3, 2]]
    tasks = a * rng.uniform(0, 0.6, 4)
    low, high = np.log(a[2] / a[0]), np.log(a[3] / a[1])
    k = low + (high - low) * rng.uniform()
    k_star, L_star = low + (k - low) * rng.uniform(), np.exp(rng.uniform(np.log(0.3), np.log(30)))
    gamma = rng.uniform(1.1, 4)
    chi = {"one": (1.0, 1.0), "sector": tuple(rng.uniform(1, gamma, 2))}
    costs = chi[draw(st.sampled_from(["one", "sector"]))]
    model = draw(st.sampled_from([ServiceOffshoring, GoodsOffshoring]))
    return model(
        A=Inputs(*a), A_1=Inputs(*tasks), gamma=gamma, alpha=rng.uniform(0.05, 0.95), L=1.0,
        K=np.exp(k), L_star=L_star, K_star=L_star * np.exp(k_star), chi_X=costs[0], chi_Y=costs[1],
    )  # fmt: skip


def after(economy):
    """By how much the conditions of the equilibrium with offshoring fail, whatever was before."""
    sizes = economy.violations().items()
    return {name: size for name, size in sizes if size > 0 and not name.endswith("before")}


@settings(max_examples=250)
@given(economies())
def test_is_the_closed_form_exactly_where_that_is_admissible(economy):
    eq = WorldEconomy.of(economy).solve()
    assert set(eq.residuals()) == IDS
    assert worst(eq) < 1e-10
    values, failed = economy._values(), after(economy)
    if failed:
        assert eq.regime != ("interior",), failed
        return
    assert eq.regime == ("interior",)
    for name in FIELDS:
        assert getattr(eq, name) == pytest.approx(float(values[name]), rel=1e-10), name


def test_both_outcomes_are_drawn_by_that_test():
    rng, interior = np.random.default_rng(1), 0
    for L_star in rng.uniform(1, 40, 40):
        eq = world(L_star=L_star).solve()
        interior += eq.regime == ("interior",)
        assert worst(eq) < 1e-12
    assert 5 < interior < 35


@pytest.mark.parametrize("goods", [False, True])
def test_without_tasks_it_is_trade_in_goods(goods):
    eq = world(tasks=(), goods=goods).solve()
    trade = HeckscherOhlin(**BASE).solve()
    assert eq.regime == ("interior",)
    assert list(eq.in_use) == ["Home X", "Foreign X", "Home Y", "Foreign Y"]
    for name in FIELDS:
        assert getattr(eq, name) == pytest.approx(getattr(trade, name), abs=1e-12), name


@pytest.mark.parametrize(
    "chi, peak", [(1.0, 2.5), (1.3, 0.65 + 0.35 * (3 + 1.3) / 1.3), (1.6, 0.8 + 0.2 * 4.6 / 1.6)]
)
def test_the_cliff(chi, peak):
    """BRN-cliff: proportional tasks, equal k, L* / L = 3, gamma = 2."""
    before = HeckscherOhlin(**BASE | {"L_star": 30.0, "K_star": 33.0}).solve()
    bar = 3 / (3 + chi)
    for s in (0.3, bar - 1e-4, bar + 1e-4, 0.95):
        eq = world(tasks=(Task(A.times(s).replace(), chi, chi),), K_star=33.0).solve()
        below = s < bar
        home = chi / 2 + (1 - chi / 2) / (1 - s) if below else 1.0
        abroad = 0.5 if below else 1 / chi
        assert eq.p == pytest.approx(before.p, rel=1e-12)
        assert (eq.w / before.w, eq.r / before.r) == pytest.approx((home, home), rel=1e-10)
        got = (eq.w_star / before.w, eq.r_star / before.r)
        assert got == pytest.approx((abroad, abroad), rel=1e-10)
        if abs(s - bar) < 1e-3 and below:
            assert home == pytest.approx(peak, rel=1e-2)
        assert (eq.regime == ("interior",)) == below


def three_tasks(tau):
    A_2 = Inputs(0.45, 0.25, 0.15, 0.45)
    parts = (A_1, A_2, A.minus(A_1).minus(A_2).replace())
    return tuple(
        Task(part, 1 + c * tau, 1 + c * tau) for part, c in zip(parts, (1, 2, 5), strict=True)
    )


def test_three_tasks_down_to_the_integrated_economy():
    integrated = HeckscherOhlin(**BASE).extreme().solve()
    eq = world(tasks=three_tasks(0.0)).solve()
    for name, value in {"p": integrated.p, "w": integrated.w, "r": integrated.r,
                        "w_star": integrated.w, "r_star": integrated.r,
                        "X_world": integrated.X, "Y_world": integrated.Y}.items():  # fmt: skip
        assert getattr(eq, name) == pytest.approx(value, abs=1e-10), name
    dear = world(tasks=three_tasks(1.05)).solve()
    assert dear.p == pytest.approx(HeckscherOhlin(**BASE).solve().p, abs=1e-12)
    gains = []
    for tau in np.linspace(1.05, 0, 22):
        eq = world(tasks=three_tasks(tau)).solve()
        assert worst(eq) < 1e-12
        gains.append(eq.U + eq.U_star)
    assert (np.diff(gains) > -1e-10).all()  # the world never loses from cheaper offshoring


def test_the_order_of_tasks_and_their_cutting_do_not_matter():
    tasks = three_tasks(0.4)
    a = world(tasks=tasks).solve()
    half = Task(tasks[0].A.times(0.5).replace(), tasks[0].chi_X, tasks[0].chi_Y)
    for other in (tasks[::-1], (half, *tasks[1:], half)):
        b = world(tasks=other).solve()
        for name in ("p", "w", "r", "w_star", "r_star", "X_world", "Y_world", "E", "U_star"):
            assert getattr(b, name) == pytest.approx(getattr(a, name), rel=1e-10), name


def test_regimes_in_words():
    eq = world(alpha=0.15).solve()
    assert eq.r == 0
    assert "K is unpaid" in eq.regime
    assert eq.regime == ("K is unpaid",)
    assert eq.r_star > 0
    assert worst(eq) < 1e-12
    eq = world(L_star=2.0, K_star=1.2).solve()
    assert eq.regime == (
        "Foreign X does not run", "Foreign Y does not run", "Home X runs", "Home Y runs",
    )  # fmt: skip
    assert (eq.X_star, eq.Y_star) == (0, 0)
    assert set(eq.in_use) == {
        "Home X", "Home Y", "Home X with task 1 offshore", "Home Y with task 1 offshore",
    }  # fmt: skip
    # labour only: at chi_Y = gamma the Y-task leaves too, which the interior does not allow
    eq = world(tasks=(Task(Inputs(0.25, 0.1, 0, 0), 1.0, 2.0),)).solve()
    assert any(word.endswith("Y with task 1 offshore runs") for word in eq.regime)
    names = [a.name for a in world(tasks=three_tasks(0.1), goods=True).activities()]
    assert "Foreign Y with task 1 and 3 offshore" in names
    assert len(names) == 32


def test_an_edge_of_the_frontier_sets_the_price():
    """Demand on an edge: the price is technological, the same for a range of tastes."""
    alphas = np.linspace(0.05, 0.95, 60)
    found = [world(alpha=a, L_star=2.0, K_star=2.0).solve() for a in alphas]
    assert max(worst(eq) for eq in found) < 1e-12
    prices = np.array([eq.p for eq in found])
    flat = np.abs(np.diff(prices)) < 1e-12 * prices[1:]
    assert 3 < flat.sum() < 59
    assert (np.diff(prices) > -1e-12).all()
    shares = [eq.p * eq.Y_world / (eq.X_world + eq.p * eq.Y_world) for eq in found]
    assert shares == pytest.approx(alphas, abs=1e-12)


def test_residuals_notice_a_wrong_answer():
    eq = world().solve()
    for name, caught in {
        "p": {"BRN-4", "BRN-GNP"}, "w": {"BRN-GNP"}, "r": {"BRN-GNP"}, "w_star": {"BRN-GNP"},
        "r_star": {"BRN-GNP"}, "X": {"BRN-4", "outputs"}, "Y": {"BRN-4", "outputs"},
        "X_star": {"BRN-4", "outputs"}, "Y_star": {"BRN-4", "outputs"}, "levels": {"factors"},
    }.items():  # fmt: skip
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, wrong)
        if name in {"w", "r", "w_star", "r_star"}:
            assert wrong["loss"] > 1e-4, name
            less = replace(eq, **{name: 0.99 * getattr(eq, name)}).residuals()
            assert less["profit"] > 1e-4, name
    assert replace(eq, levels=0.9 * eq.levels).residuals()["idle"] > 0.01
    assert replace(eq, w=-eq.w).residuals()["pay"] < -0.1


def test_only_one_economy_at_a_time():
    one = ServiceOffshoring(**BASE, A_1=A_1, chi_X=1.2, chi_Y=1.5)
    eq = WorldEconomy.of(one).solve()
    assert eq.p == pytest.approx(one.solve().p, abs=1e-13)
    for name in ("M_X", "M_Y", "U", "U_star", "real_w", "real_r_star", "share"):
        assert getattr(eq, name) == pytest.approx(getattr(one.solve(), name), rel=1e-12)
    assert eq.exists
    with pytest.raises(ValueError, match="must be one number each"):
        world(L=[1.0, 2.0])
    with pytest.raises(ValueError, match="WorldEconomy: L must be one number each"):
        WorldEconomy.of(one.replace(L=[10.0, 11.0]))
    with pytest.raises(ValueError, match="must be one number each"):
        world(tasks=(Task(Inputs([0.1, 0.2], 0, 0, 0)),))


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"gamma": 1.0, "alpha": 0},
            r"WorldEconomy: alpha = 0 must be .* 0 and 1; gamma = 1 must be finite and > 1",
        ),
        ({"L": -1}, r"L = -1 must be finite and > 0"),
        ({"A": None}, r"A = None must be an Inputs"),
        ({"A": Inputs(0.6, 1, 1.2, 0.4)}, r"det A = -0.96 must be > 0"),
        ({"tasks": 3, "goods": 1}, r"goods = 1 must be a bool; tasks\[0\] = 3 must be a Task"),
        ({"tasks": (A_1,)}, r"tasks\[0\] = Inputs\(.* must be a Task"),
        (
            {"tasks": (Task(A_1), Task(A))},
            r"the tasks' LX = 1.25 must be <= A.LX = 1; the tasks' ",
        ),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        world(**changes)


def test_bad_tasks_are_named():
    with pytest.raises(ValueError, match=r"Task: chi_X = 0.5 must be .*; A = 3 must be an Inputs"):
        Task(3, 0.5)
    with pytest.raises(ValueError, match=r"Task: chi_X = 0.5 must be finite and >= 1; chi_Y = inf"):
        Task(A_1, 0.5, np.inf)


def test_a_programme_that_fails_is_an_error(monkeypatch):
    def fails(*_, **__):
        return type("Result", (), {"status": 4, "message": "numerical trouble"})()

    monkeypatch.setattr(world_equilibrium, "linprog", fails)
    with pytest.raises(RuntimeError, match="the linear programme failed: numerical trouble"):
        world().solve()
