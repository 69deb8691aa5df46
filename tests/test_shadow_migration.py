"""Offshoring as shadow migration: the closed forms, their conditions, and what follows."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from offshoring.shadow_migration import (
    ClosedEconomy,
    GoodsOffshoring,
    HeckscherOhlin,
    Inputs,
    MonopolisticCompetition,
    ServiceOffshoring,
    TwoWayOffshoring,
    markup,
    random_economies,
)
from offshoring.validation import NoEquilibrium

A = Inputs(1, 0.6, 0.4, 1.2)
A_1 = Inputs(0.25, 0.10, 0.05, 0.15)
BASE = {"A": A, "gamma": 2.0, "alpha": 0.5, "L": 10.0, "K": 11.0, "L_star": 30.0, "K_star": 20.0}
FIELDS = ("p", "w", "r", "w_star", "r_star", "X", "Y", "X_star", "Y_star")
SERVICE = {"BRN-12", "BRN-13", "BRN-14", "BRN-16", "BRN-17", "BRN-T3"}
GOODS = {"BRN-26", "BRN-27", "BRN-28", "BRN-G1", "BRN-G2"}
BOTH = {"BRN-4", "BRN-balance", "BRN-GNP"}


def service(**changes):
    return ServiceOffshoring(**BASE | {"A_1": A_1} | changes)


def goods(**changes):
    return GoodsOffshoring(**BASE | {"A_1": A_1} | changes)


def worst(eq):
    return max(float(np.nanmax(np.abs(r))) for r in eq.residuals().values())


def drawn(n, model=ServiceOffshoring, seed=2012, **settings):
    return random_economies(np.random.default_rng(seed), n, model, **settings)


def found(n=40000, model=ServiceOffshoring, **settings):
    """The equilibria that exist among random economies, in one row."""
    eq = drawn(n, model, **settings).solve().existing()
    assert eq.exists.all()
    assert eq.p.size > 0.05 * n
    return eq


# Worked numbers, from an independent 40-digit solution of the nine equations.

NAMES = (
    "p", "w", "r", "w_star", "r_star", "X", "Y", "X_star", "Y_star", "S_X", "S_Y", "Delta_L",
    "Delta_K", "M_X", "M_Y", "M_T_X", "M_T_Y", "iit", "E", "U", "U_star",
)  # fmt: skip
WORKED = {
    "W1": (service(), """1.6590289143 .6625035721 1.1591462826 .2793689762 .5515775596 8.1632653061
        7.7551020408 11.2308673469 3.9349489796 .1261620851 .1294487681 2.8163265306 1.5714285714
        1.5245571087 -1.9156484116 .7952744655 .8582845304 1.7165690608 19.3756448297
        15.0428175232 15.0715245888"""),
    "W2": (service(chi_X=1.2, chi_Y=1.5), """1.6597100379 .6604037769 1.1080374457 .2792270754
        .5519323114 8.1632653061 7.7551020408 10.9406887755 3.7553146259 .1036187552 .0661771632
        2.8163265306 1.5714285714 1.2329595300 -2.0937367290 .9541556026 1.2878807331 2.5757614663
        18.7924496722 14.5870437511 15.0706346112"""),
    "W3": (goods(), """1.8416666667 .5582329317 1.3641231593 .2791164659 .6820615797 8.1632653061
        7.7551020408 13.1379395132 3.8111630194 .1038821954 .1302208835 2.8163265306 1.5714285714
        2.1305767287 -2.1656855513 .8480179220 1.0098762397 2.0197524793 20.5876840696
        15.1705728843 16.2221256962"""),
    "W4": (service(A_1=Inputs(0.4, 0.15, 0.05, 0.1)), """1.9576259095 .6299283650 1.4280675202
        .2171612688 .7070968279 12.0398009950 6.1691542289 9.2925995025 4.7279228856 .2011553731
        .1340121337 5.7412935323 1.2189054726 -1.0357878091 -.5480531123 1.4714966389 .6371741426
        3.3459239033 22.0080263719 15.7295480935 14.7637831943"""),
    "W5": (service(A_1=Inputs(0.2, 0.12, 0, 0)), """1.8 .5625 1.25 .25 .625 8.75 6.25 10.9375 4.6875
        .0625 .0375 2.5 0 .9375 -.8680555556 .4375 .1875 .375 19.375 14.4412723547
        14.9071198500"""),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKED)
def test_worked_economies(name):
    economy, numbers = WORKED[name]
    eq = economy.solve()
    expected = [float(number) for number in numbers.split()]
    for field, value in zip(NAMES, expected, strict=True):
        assert getattr(eq, field) == pytest.approx(value, abs=1e-10), field
    assert worst(eq) <= 1e-13
    assert eq.regime == "offshoring"
    assert not any(eq.violations().values())


def test_goods_trade_of_the_baseline_in_fractions():
    eq = HeckscherOhlin(**BASE).solve()
    F = Fraction
    expected = (F(87, 55), F(13, 22), F(45, 44), F(13, 44), F(45, 88), 5.625, F(175, 24), 12.5,
                F(25, 6))  # fmt: skip
    for name, value in zip(FIELDS, expected, strict=True):
        assert getattr(eq, name) == pytest.approx(float(value), abs=1e-13), name
    assert pytest.approx(65 / 22, abs=1e-13) == eq.M_X
    assert pytest.approx(65 / 22, abs=1e-13) == eq.predicted_M_X()
    assert pytest.approx(-1.8678160920, abs=1e-10) == eq.M_Y
    assert (eq.E, eq.E_star) == pytest.approx((17.1590909091, 19.0909090909), abs=1e-10)
    assert (eq.U, eq.U_star) == pytest.approx((13.6431920817, 15.1791805942), abs=1e-10)
    assert eq.economy.window() == pytest.approx((11 / 40, 55 / 84), abs=1e-14)
    assert set(eq.residuals()) == {
        "BRN-2", "BRN-3", "BRN-4", "BRN-FPE", "BRN-balance", "BRN-GNP",
    }  # fmt: skip
    assert worst(eq) <= 1e-13


def test_home_autarky_and_the_degenerate_one_abroad():
    home, abroad = HeckscherOhlin(**BASE).autarky()
    eq = home.solve()
    assert (eq.p, eq.w, eq.r) == pytest.approx((27 / 35, 13 / 14, 5 / 28), abs=1e-14)
    assert eq.regime == "autarky"
    assert not any(eq.violations().values())
    assert set(eq.residuals()) == {"BRN-2", "BRN-3", "BRN-4", "BRN-GNP"}
    assert worst(eq) <= 1e-13
    # p* = 3 = a_KY / a_KX leaves nothing for labour
    assert HeckscherOhlin(**BASE).price_at(abroad.k) == pytest.approx(3, abs=1e-14)
    assert abroad.window()[1] == pytest.approx(0.5, abs=1e-14)
    with pytest.raises(NoEquilibrium, match=r"both factors paid: w = .* must be > 0"):
        abroad.solve()


def test_offshoring_of_every_task():
    eq = HeckscherOhlin(**BASE).extreme().solve()
    got = (eq.p, eq.w, eq.r, eq.X, eq.Y)
    assert got == pytest.approx((1.96, 13 / 30, 17 / 12, 30.625, 15.625), abs=1e-12)


def test_further_facts_of_the_worked_economies():
    two, three, five = (WORKED[name][0].solve() for name in ("W2", "W3", "W5"))
    assert (two.used_L, two.used_K) == pytest.approx((3.6122448980, 2.2346938776), abs=1e-10)
    assert (two.Delta_L_star, two.Delta_K_star) == pytest.approx((-two.used_L, -two.used_K))
    assert (two.S_X_star, two.S_Y_star) == (0, 0)
    assert (three.w / three.w_star, three.r / three.r_star) == pytest.approx((2, 2), abs=1e-14)
    assert (three.S_X_star, three.S_Y_star) == pytest.approx((three.S_X, three.S_Y), abs=1e-14)
    migrants = three.Delta_L_star, three.Delta_K_star
    assert migrants == pytest.approx((0.8492746496, -0.3428571429), abs=1e-10)
    assert three.p == pytest.approx(221 / 120, abs=1e-14)
    M = three.economy.technology
    assert pytest.approx((0.875, 0.55, 0.375, 1.125), abs=1e-15) == (M.LX, M.LY, M.KX, M.KY)
    change = five.w - five.before.w
    by_savings = A.pay(five.S_Y, five.S_X)[0]
    by_terms_of_trade = A.pay(five.p - five.before.p, 0.0)[0]
    assert (by_savings, by_terms_of_trade) == pytest.approx((1 / 16, -1 / 11), abs=1e-14)
    assert change == pytest.approx(-5 / 176, abs=1e-14)
    four = WORKED["W4"][0].solve()
    hat = four.exchange()
    assert pytest.approx((12.8706467662, 11.6094527363), abs=1e-10) == (hat.L, hat.K)
    assert four.economy.k > four.economy.without_offshoring().k_world > four.economy.k_star


def test_an_offshoring_country_that_loses():
    economy = ServiceOffshoring(
        A=Inputs(1, 0.5, 0.8, 1), A_1=Inputs(0.1, 0, 0.6, 0.2), L=10, K=15, L_star=70, K_star=65,
        gamma=2.3, alpha=0.3,
    )  # fmt: skip
    eq = economy.solve()
    got = (eq.Delta_L, eq.Delta_K, eq.X - eq.before.X)
    assert got == pytest.approx((0.0806451613, 4.1935483871, -3.3602150538), abs=1e-10)
    assert pytest.approx((13.9992600, 13.1970731), abs=5.1e-8) == (eq.before.U, eq.U)
    assert (eq.before.p, eq.p) == pytest.approx((0.7384747, 0.5715042), abs=5e-8)
    assert pytest.approx((0.0703624, 0.0026171), abs=5e-8) == (eq.S_X, eq.S_Y)
    assert eq.q == pytest.approx(52, abs=1e-10)


# Draw the answer, then the economy that has it.


@pytest.mark.parametrize("model", [ServiceOffshoring, GoodsOffshoring])
def test_finds_the_equilibrium_it_was_built_from(model):
    n, rng = 60000, np.random.default_rng(7)
    a = np.exp(rng.uniform(np.log(0.2), np.log(5), (4, n)))
    swap = a[2] * a[1] > a[3] * a[0]
    a[:, swap] = a[:, swap][[1, 0, 3, 2]]
    shares = rng.uniform(0, 0.6, (4, n))
    gamma = rng.uniform(1.1, 4, n)
    chi = rng.uniform(1, gamma, (2, n))
    rest, used = a * (1 - shares), a * shares * np.array([chi[0], chi[1], chi[0], chi[1]])
    b = gamma * (a if model is ServiceOffshoring else rest) + (model is GoodsOffshoring) * used
    Q, Q_star = rng.uniform(0.2, 3, (2, n)), rng.uniform(0.2, 5, (2, n))
    share = rng.uniform(0.02, 0.98, n)
    w_star, r_star = share / b[0], (1 - share) / b[2]
    p = b[1] * w_star + b[3] * r_star
    c_X = 1 - used[0] * w_star - used[2] * r_star
    c_Y = p - used[1] * w_star - used[3] * r_star
    det = rest[0] * rest[3] - rest[1] * rest[2]
    w, r = (rest[3] * c_X - rest[2] * c_Y) / det, (rest[0] * c_Y - rest[1] * c_X) / det
    L, K = rest[0] * Q[0] + rest[1] * Q[1], rest[2] * Q[0] + rest[3] * Q[1]
    L_star = b[0] * Q_star[0] + b[1] * Q_star[1] + used[0] * Q[0] + used[1] * Q[1]
    K_star = b[2] * Q_star[0] + b[3] * Q_star[1] + used[2] * Q[0] + used[3] * Q[1]
    odds = p * (Q[1] + Q_star[1]) / (Q[0] + Q_star[0])
    economy = model(
        A=Inputs(*a), A_1=Inputs(*(a * shares)), gamma=gamma, alpha=odds / (1 + odds),
        L=L, K=K, L_star=L_star, K_star=K_star, chi_X=chi[0], chi_Y=chi[1],
    )  # fmt: skip
    eq = economy.solve()
    sizes = economy.violations()
    saved = a * shares * np.array([w, w, r, r]) - used * np.array([w_star, w_star, r_star, r_star])
    wanted = {
        "w": w > 0,
        "r": r > 0,
        "S_X": saved[0] + saved[2] > 0,
        "S_Y": saved[1] + saved[3] > 0,
    }
    for name, holds in wanted.items():
        clear = np.abs(det) > 1e-3 * rest[0] * rest[3]
        assert ((sizes[name] == 0) == holds)[clear].mean() > 0.9999, name
    before = np.all([v == 0 for name, v in sizes.items() if name.endswith("before")], axis=0)
    np.testing.assert_array_equal(
        eq.exists, before & np.all([sizes[name] == 0 for name in wanted], axis=0)
    )
    assert eq.exists.sum() > 5000
    answer = dict(zip(FIELDS, (p, w, r, w_star, r_star, *Q, *Q_star), strict=True))
    apart = np.minimum(np.abs(det) / (rest[0] * rest[3] + rest[1] * rest[2]),
                       (a[0] * a[3] - a[1] * a[2]) / (a[0] * a[3] + a[1] * a[2]))  # fmt: skip
    well = eq.exists & (apart > 0.05) & (np.minimum(w * rest[0], r * rest[2]) > 0.01)
    assert well.sum() > 3000
    for name, value in answer.items():
        np.testing.assert_allclose(getattr(eq, name)[well], value[well], rtol=1e-10, err_msg=name)
    for name in FIELDS:
        assert (getattr(eq, name)[eq.exists] > 0).all()
        assert np.isnan(getattr(eq, name)[~eq.exists]).all()
    assert worst(eq) <= 1e-13


@pytest.mark.parametrize("model, ids", [(ServiceOffshoring, SERVICE), (GoodsOffshoring, GOODS)])
@pytest.mark.parametrize("chi", ["one", "common", "by sector"])
def test_residuals_are_rounding(model, ids, chi):
    eq = drawn(100000, model, chi=chi).solve()
    assert set(eq.residuals()) == ids | BOTH
    assert worst(eq) <= 1e-13
    assert set(np.unique(eq.regime)) == {"offshoring", "no equilibrium"}
    assert ((eq.regime == "offshoring") == eq.exists).all()
    missing = np.logical_or.reduce([v > 0 for v in eq.violations().values()])
    assert (missing == ~eq.exists).all()


SPOILT = {
    "p": {"BRN-4"}, "w": {"BRN-GNP"}, "r": {"BRN-GNP"}, "w_star": {"BRN-GNP"},
    "r_star": {"BRN-GNP"}, "X": {"BRN-4", "BRN-GNP"}, "Y": {"BRN-4", "BRN-GNP"},
    "X_star": {"BRN-4"}, "Y_star": {"BRN-4"},
}  # fmt: skip
PAY, MADE = {"p", "w", "r", "w_star", "r_star"}, {"X", "Y", "X_star", "Y_star"}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("eq", [service().solve(), goods().solve()])
def test_residuals_notice_a_wrong_answer(eq, name):
    caught = SPOILT[name] | {"BRN-T3" if "BRN-12" in eq.residuals() else "BRN-G2"}
    levels, pay, made = ("BRN-12", "BRN-17", "BRN-16") if "BRN-12" in eq.residuals() else (
        "BRN-26", "BRN-27", "BRN-28")  # fmt: skip
    caught |= {levels, pay if name in PAY else made}
    if levels == "BRN-12":
        caught |= {"BRN-14"} if name in PAY else {"BRN-13"}
    elif name in PAY - {"p"}:
        caught |= {"BRN-G1"}
    if name in {"X_star", "Y_star"}:
        caught -= {"BRN-T3", "BRN-G2"}
    wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
    assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, caught, wrong)


def test_balance_notices_a_wrong_price_of_tasks():
    eq = service().solve()
    wrong = replace(eq, w_star=2 * eq.w_star).residuals()
    assert abs(wrong["BRN-balance"]) > 0.01


def test_residuals_of_goods_trade_notice_a_wrong_answer():
    eq = HeckscherOhlin(**BASE).solve()
    for name, caught in {
        "p": {"BRN-2", "BRN-4", "BRN-GNP"}, "w": {"BRN-2", "BRN-FPE", "BRN-GNP", "BRN-balance"},
        "r": {"BRN-2", "BRN-FPE"}, "w_star": {"BRN-2", "BRN-FPE"}, "r_star": {"BRN-2", "BRN-FPE"},
        "X": {"BRN-3", "BRN-4", "BRN-GNP"}, "Y": {"BRN-3", "BRN-4"}, "X_star": {"BRN-3", "BRN-4"},
        "Y_star": {"BRN-3", "BRN-4"},
    }.items():  # fmt: skip
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, wrong)
    home = HeckscherOhlin(**BASE).autarky()[0].solve()
    for name, caught in {
        "p": {"BRN-2", "BRN-4", "BRN-GNP"}, "w": {"BRN-2", "BRN-GNP"}, "r": {"BRN-2", "BRN-GNP"},
        "X": {"BRN-3", "BRN-4"}, "Y": {"BRN-3", "BRN-4"},
    }.items():  # fmt: skip
        wrong = replace(home, **{name: 1.01 * getattr(home, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in caught), (name, wrong)


def single(economy, j):
    """One point of a flat economy as an economy of plain numbers."""
    values = {}
    for name in ("A", "A_1"):
        part = getattr(economy, name)
        values[name] = Inputs(*(float(getattr(part, e)[j]) for e in ("LX", "LY", "KX", "KY")))
    for name in ("gamma", "alpha", "L", "K", "L_star", "K_star", "chi_X", "chi_Y"):
        values[name] = float(np.broadcast_to(getattr(economy, name), economy.shape)[j])
    return type(economy)(**values)


@pytest.mark.parametrize("model", [ServiceOffshoring, GoodsOffshoring])
def test_arrays_and_numbers_agree_exactly(model):
    many = drawn(150, model, seed=3, chi="by sector")
    eq = many.solve()
    names = (*FIELDS, *NAMES, "real_w", "real_r", "real_w_star", "real_r_star", "E_star", "share",
             "Delta_L_star", "Delta_K_star", "q", "used_L", "used_K")  # fmt: skip
    assert 5 < eq.exists.sum() < 100
    for j in range(150):
        one = single(many, j)
        assert {n: v > 0 for n, v in one.violations().items()} == {
            n: v[j] > 0 for n, v in many.violations().items()
        }
        if not eq.exists[j]:
            with pytest.raises(NoEquilibrium):
                one.solve()
            continue
        alone = one.solve()
        for name in names:
            assert getattr(alone, name) == getattr(eq, name)[j], name
        for name, values in eq.residuals().items():
            assert alone.residuals()[name] == values[j], name
        assert alone.exchange() == tuple(v[j] for v in eq.exchange())


def test_shapes_broadcast_across_the_parts():
    eq = service(L_star=np.array([[30.0], [31.0]]), chi_X=np.array([1.0, 1.1, 2.5])).solve()
    assert eq.p.shape == eq.X.shape == eq.before.p.shape == eq.regime.shape == (2, 3)
    assert eq.violations()["w"].shape == (2, 3)
    assert eq.X[1, 0] == service().solve().X
    assert eq.p[1, 1] == service(L_star=31.0, chi_X=1.1).solve().p
    assert np.array_equal(eq.existing().p, eq.p.ravel())


@pytest.mark.parametrize("model", [ServiceOffshoring, GoodsOffshoring])
@pytest.mark.parametrize("chi", ["one", "by sector"])
def test_swapping_goods_and_factors_only_renames(model, chi):
    def mirror(a):
        return Inputs(a.KY, a.KX, a.LY, a.LX)

    e = drawn(20000, model, seed=5, chi=chi)
    other = model(
        A=mirror(e.A), A_1=mirror(e.A_1), gamma=e.gamma, alpha=1 - e.alpha, L=e.K, K=e.L,
        L_star=e.K_star, K_star=e.L_star, chi_X=e.chi_Y, chi_Y=e.chi_X,
    )  # fmt: skip
    a, b = e.solve(), other.solve()
    assert (a.exists == b.exists).all()
    well = a.exists & (np.minimum.reduce([a.w * e.A.LX, a.r * e.A.KX]) > 1e-3)
    well &= e.A.det > 1e-2 * e.A.LX * e.A.KY
    well &= np.abs(e.R.det) > 1e-2 * e.R.LX * e.R.KY
    assert well.sum() > 1000
    pairs = {"X": a.Y, "Y": a.X, "X_star": a.Y_star, "Y_star": a.X_star, "w": a.r / a.p,
             "r": a.w / a.p, "w_star": a.r_star / a.p, "r_star": a.w_star / a.p, "p": 1 / a.p,
             "M_T_X": a.M_T_Y / a.p, "iit": a.iit / a.p, "U": a.U, "S_X": a.S_Y / a.p,
             "Delta_L": a.Delta_K}  # fmt: skip
    for name, value in pairs.items():
        np.testing.assert_allclose(
            getattr(b, name)[well], value[well], rtol=1e-8, atol=1e-12, err_msg=name
        )


@given(st.floats(0.01, 100))
def test_only_relative_endowments_matter(size):
    a = service().solve()
    b = service(**{n: size * BASE[n] for n in ("L", "K", "L_star", "K_star")}).solve()
    assert (b.p, b.w, b.r_star) == pytest.approx((a.p, a.w, a.r_star), rel=1e-12)
    assert pytest.approx((size * a.X, size * a.M_X, size * a.U), rel=1e-12) == (b.X, b.M_X, b.U)


# The window, the theorems of trade in goods, and their elasticities.


def test_pay_is_positive_exactly_in_the_window():
    economy = drawn(60000).without_offshoring()
    low, high = economy.window()
    sizes = economy.violations()
    inside = (low < economy.alpha) & (economy.alpha < high)
    assert (inside == ((sizes["w"] == 0) & (sizes["r"] == 0))).all()
    assert 0.2 < inside.mean() < 0.3
    eq = economy.solve()
    clear = eq.exists & (economy.A.det > 0.1 * economy.A.LX * economy.A.KY)
    np.testing.assert_allclose(eq.p[clear], economy.price_at(economy.k_world)[clear], rtol=1e-9)
    np.testing.assert_allclose(
        (eq.M_X / eq.E)[clear], (eq.predicted_M_X() / eq.E)[clear], atol=1e-10
    )
    assert (eq.M_X[eq.exists] > -1e-12).all()  # k >= k* in all of them


def test_price_and_output_elasticities_of_trade_in_goods():
    eq = HeckscherOhlin(**BASE).solve()
    k, p = 1.1, eq.p
    pay = eq.price_elasticities()
    assert pay["w"] == pytest.approx(-p / (3 - p), abs=1e-13)
    assert pay["r"] == pytest.approx(p / (p - 0.6), abs=1e-13)
    assert (pay["w_star"], pay["r_star"]) == pytest.approx((pay["w"], pay["r"]), abs=1e-13)
    by_L, by_K = eq.output_elasticities("L"), eq.output_elasticities("K")
    assert (by_L["X"], by_L["Y"]) == pytest.approx((2 / (2 - k), -0.4 / (k - 0.4)), abs=1e-13)
    assert (by_K["X"], by_K["Y"]) == pytest.approx((-k / (2 - k), k / (k - 0.4)), abs=1e-13)
    with pytest.raises(ValueError, match=r"factor = 'H' must be 'L' or 'K'"):
        eq.output_elasticities("H")


def central(f, h=1e-4):
    """Fourth-order central difference of a function of log(x) at 0."""
    return (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h)


@pytest.mark.parametrize("model", [ServiceOffshoring, GoodsOffshoring])
@pytest.mark.parametrize("factor", ["L", "K"])
def test_output_elasticities_equal_central_differences(model, factor):
    eq = found(n=60000, model=model, chi="by sector")
    e = eq.economy
    well = (np.abs(e.R.det) > 0.3 * e.R.LX * e.R.KY) & (e.A.det > 0.3 * e.A.LX * e.A.KY)
    well &= (eq.X > 0.02 * e.L / e.A.LX) & (eq.Y > 0.02 * e.L / e.A.LY)
    assert well.sum() > 1000
    closed, fixed = eq.output_elasticities(factor, full=True), eq.output_elasticities(factor)
    came = {"L": eq.Delta_L, "K": eq.Delta_K}

    def outputs(step, made_by, add):
        V = {n: getattr(e, n) * (np.exp(step) if n == factor else 1.0) for n in "LK"}
        return made_by.outputs(V["L"] + add * came["L"], V["K"] + add * came["K"])

    for j, good in enumerate("XY"):
        slope = central(lambda h, j=j: np.log(outputs(h, e.R, 0)[j][well]))
        np.testing.assert_allclose(closed[good][well], slope, rtol=1e-7, atol=1e-7)
        slope = central(lambda h, j=j: np.log(outputs(h, e.A, 1)[j][well]))
        np.testing.assert_allclose(fixed[good][well], slope, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("model", [ServiceOffshoring, GoodsOffshoring])
def test_price_elasticities_equal_central_differences(model):
    eq = found(n=60000, model=model, chi="by sector")
    e = eq.economy
    well = (np.abs(e.R.det) > 0.3 * e.R.LX * e.R.KY) & (e.A.det > 0.3 * e.A.LX * e.A.KY)
    well &= np.minimum(eq.w * e.A.LX, eq.r * e.A.KX) > 0.02
    well &= np.minimum(eq.w_star * e.A.LX, eq.r_star * e.A.KX) * e.gamma > 0.02
    assert well.sum() > 1000

    def moved(step):
        p = eq.p * np.exp(step)
        w_star, r_star = e.B.pay(p)
        cost_X, cost_Y = e.C.costs(w_star, r_star)
        w, r = e.R.pay(p - cost_Y, 1 - cost_X)
        return {"w": w, "r": r, "w_star": w_star, "r_star": r_star}

    def given_savings(step):
        p = eq.p * np.exp(step)
        w, r = e.A.pay(p + eq.S_Y, 1 + eq.S_X)
        w_star, r_star = e.A.times(e.gamma).pay(p + eq.S_Y_star, 1 + eq.S_X_star)
        return {"w": w, "r": r, "w_star": w_star, "r_star": r_star}

    for full, pay in ((True, moved), (False, given_savings)):
        closed = eq.price_elasticities(full=full)
        for name in closed:
            slope = central(lambda h, name=name, pay=pay: np.log(pay(h)[name][well]))
            np.testing.assert_allclose(closed[name][well], slope, rtol=1e-7, atol=1e-7)


# What offshoring does.


def test_price_outputs_and_pay_move_as_the_propositions_say():
    eq = found()
    e, b = eq.economy, eq.before
    L, K = e.without_offshoring().effective_world()
    by_world = eq.Delta_L / L - eq.Delta_K / K
    clear = np.abs(by_world) > 1e-9
    assert (np.sign(eq.p - b.p) == np.sign(by_world))[clear].all()
    for made, was, gap in (
        (eq.X, b.X, e.A.kappa_Y - eq.q), (eq.Y, b.Y, eq.q - e.A.kappa_X),
    ):  # fmt: skip
        clear = np.abs(gap) > 1e-6
        assert (np.sign(made - was) == np.sign(gap))[clear].all()
    w, r = e.A.pay(eq.S_Y, eq.S_X)
    ratio = eq.S_X / eq.S_Y
    assert ((w > 0) == (ratio > e.A.KX / e.A.KY)).all()
    assert ((r > 0) == (ratio < e.A.LX / e.A.LY)).all()
    both_fall = (eq.real_w < b.real_w) & (eq.real_r < b.real_r)
    assert not both_fall.any()
    # the condition that the paper's text leaves out: w rises, and r more
    assert ((w / b.w < r / b.r) & (w > 0)).mean() > 0.1


def test_fn10_and_magnification():
    eq = found()
    e, b = eq.economy, eq.before
    well = e.A.det > 0.1 * e.A.LX * e.A.KY
    formula = eq.Delta_L / e.L / (1 - e.k / e.A.kappa_Y) - eq.Delta_K / e.K / (
        e.A.kappa_Y / e.k - 1
    )
    np.testing.assert_allclose((eq.X / b.X - 1)[well], formula[well], rtol=1e-7, atol=1e-9)
    ordered = np.array([eq.X / b.X - 1, eq.Delta_L / e.L, eq.Delta_K / e.K, eq.Y / b.Y - 1])
    first = ordered[1] > ordered[2]
    assert (np.diff(ordered[:, first], axis=0) < 1e-9).all()
    assert (np.diff(ordered[:, ~first], axis=0) > -1e-9).all()


def test_final_goods_imports_in_three_ways():
    """BRN-19, BRN-21pre and BRN-T3 give the imports of X that spending gives."""
    for chi in ("one", "common", "by sector"):
        eq = found(chi=chi)
        e, b = eq.economy, eq.before
        well = e.A.det > 0.1 * e.A.LX * e.A.KY
        w, r = e.A.pay(eq.S_Y + eq.p - b.p, eq.S_X)
        change = (1 - e.alpha) * (w * e.L + r * e.K) - (eq.X - b.X)
        payments = eq.w_star * eq.used_L + eq.r_star * eq.used_K
        L, K = eq.effective_world()
        k_w, L_O = K / L, e.L + eq.Delta_L
        k_O = (e.K + eq.Delta_K) / L_O
        by_shadow = e.alpha * L_O / e.A.LX * (k_O - k_w) / (k_w - e.A.kappa_X)
        hat = eq.exchange()
        clean = e.alpha * hat.L / e.A.LX * (hat.K / hat.L - k_w) / (k_w - e.A.kappa_X)
        for found_M_X in (
            b.M_X + change, by_shadow - (1 - e.alpha) * payments, clean - (eq.X - hat.X),
        ):  # fmt: skip
            np.testing.assert_allclose((found_M_X / eq.E)[well], (eq.M_X / eq.E)[well], atol=1e-9)
        np.testing.assert_allclose(hat.M_X / eq.E, (eq.M_X + eq.X - hat.X) / eq.E, atol=1e-12)
        np.testing.assert_allclose(eq.p * hat.M_Y / eq.E, -hat.M_X / eq.E, atol=1e-12)
        assert hat.X_star == pytest.approx(b.X_star, rel=1e-9)
        assert hat.Y_star == pytest.approx(b.Y_star, rel=1e-9)


def test_pay_is_a_mixture_of_two_technologies():
    eq = found(chi="common")
    e = eq.economy
    part = e.chi_X / e.gamma
    well = np.abs(e.R.det) > 0.1 * e.R.LX * e.R.KY
    slopes = eq.price_elasticities(full=True)
    by_hand = -(part * e.A.KX / e.A.det + (1 - part) * e.R.KX / e.R.det)
    np.testing.assert_allclose((slopes["w"] * eq.w / eq.p)[well], by_hand[well], rtol=1e-8)
    for pay, whole, rest in zip((eq.w, eq.r), e.A.pay(eq.p), e.R.pay(eq.p), strict=True):
        np.testing.assert_allclose(
            pay[well], (part * whole + (1 - part) * rest)[well], rtol=1e-9, atol=1e-10
        )


def test_home_gains_if_shadow_migration_is_inside_the_cone():
    eq = found(n=100000)
    inside = (eq.q >= eq.economy.A.kappa_X) & (eq.q <= eq.economy.A.kappa_Y)
    assert (eq.U > eq.before.U)[inside].all()
    loses = eq.U < eq.before.U
    assert 0 < loses.sum() < 0.002 * loses.size
    assert (eq.q > eq.economy.A.kappa_Y)[loses].all()


def test_sector_neutral_shares_augment_factors():
    base = drawn(30000)
    rng = np.random.default_rng(4)
    s_L, s_K = rng.uniform(0, 0.6, (2, 30000))
    a = base.A
    eq = base.replace(A_1=Inputs(a.LX * s_L, a.LY * s_L, a.KX * s_K, a.KY * s_K)).solve()
    e, there = eq.economy, eq.exists
    assert there.sum() > 1000
    w, r = e.A.pay(eq.p)
    more = 1 - 1 / e.gamma
    for pay, whole, came in ((eq.w, w, eq.Delta_L / e.L), (eq.r, r, eq.Delta_K / e.K)):
        np.testing.assert_allclose(
            pay[there], (whole * (1 + more * came))[there], rtol=1e-8, atol=1e-10
        )
    assert min(eq.S_X[there].min(), eq.S_Y[there].min()) > 0


def test_two_way_trade_within_sectors_has_three_cases():
    eq = found(chi="by sector")
    both = 2 * np.minimum(-eq.M_X, eq.M_T_X) + 2 * np.minimum(-eq.p * eq.M_Y, eq.M_T_Y)
    cases = [eq.M_X >= 0, (eq.M_X < 0) & (eq.M_Y >= 0), (eq.M_X < 0) & (eq.M_Y < 0)]
    assert all(case.sum() > 100 for case in cases)
    assert np.sum(cases, axis=0).tolist() == [1] * eq.p.size
    by_row = np.select(cases, [2 * eq.M_T_Y, 2 * eq.M_T_X, both])
    np.testing.assert_allclose(eq.iit, by_row, rtol=1e-9)
    assert (eq.iit > 0).all()


def test_goods_variant_is_a_standard_economy_with_its_own_technology():
    eq = found(model=GoodsOffshoring, chi="by sector")
    e = eq.economy
    M = e.technology
    well = np.abs(M.det) > 0.1 * M.LX * M.KY
    world = e.L + e.L_star / e.gamma, e.K + e.K_star / e.gamma
    for got, wanted in zip(eq.effective_world(), world, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-13)
    hat = eq.exchange()
    np.testing.assert_allclose(hat.L, e.L, rtol=1e-12)
    np.testing.assert_allclose(hat.K, e.K, rtol=1e-12)
    w, r = M.pay(eq.p)
    np.testing.assert_allclose(eq.w[well], w[well], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(eq.r[well], r[well], rtol=1e-8, atol=1e-10)
    assert min(eq.S_X.min(), eq.S_Y.min()) > 0


# Sectors whose tasks stay.


def test_tasks_that_cost_too_much_stay():
    trade = HeckscherOhlin(**BASE).solve()
    for economy in (service(chi_X=2.0, chi_Y=7.0), goods(chi_X=3, chi_Y=2)):
        eq = economy.solve()
        assert eq.regime == "no offshoring"
        assert [getattr(eq, n) for n in FIELDS] == [getattr(trade, n) for n in FIELDS]
        assert (eq.Delta_L, eq.S_X, eq.iit, eq.M_T_Y) == (0, 0, 0, 0)
        assert np.isnan(eq.q)
        assert worst(eq) <= 1e-13
    only_X = service(chi_X=1.2, chi_Y=3.0).solve()
    no_Y = service(chi_X=1.2, A_1=Inputs(0.25, 0, 0.05, 0)).solve()
    assert [getattr(only_X, n) for n in FIELDS] == [getattr(no_Y, n) for n in FIELDS]
    assert only_X.regime == "offshoring"


def test_a_task_that_stays_at_gamma_may_want_to_leave():
    """X-tasks raise w / w* above gamma, so labour in Y would leave at chi_Y = gamma."""
    with pytest.raises(
        NoEquilibrium, match=r"stays_Y = -0.0\d+ must be >= 0 \(the loss if the tas"
    ):
        service(A_1=Inputs(0.25, 0.1, 0, 0), chi_Y=2.0).solve()
    economy = service(A_1=Inputs(0.25, 0.1, 0, 0), chi_Y=np.array([1.9, 2.0, 2.5, 4.0]))
    assert economy.solve().exists.tolist() == [True, False, True, True]
    assert economy.violations()["stays_Y"][1] > 0.001
    # and at a chi_Y below gamma a task of capital would rather stay
    with pytest.raises(
        NoEquilibrium, match=r"S_Y = -0.0\d+ must be >= 0 \(the saving per unit of Y"
    ):
        service(A_1=Inputs(0.25, 0, 0, 0.1), chi_Y=1.95).solve()


# Words on what is wrong.


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"alpha": 0.15}, r"both factors paid: r before = -0.334225 must be > 0; r = -0.\d+ must"),
        ({"alpha": 0.9}, r"w before = -4.68182 must be > 0"),
        ({"K": 25.0}, r"X before = -3.125 must be > 0; r before = -0.25 must be > 0; X = -3.265"),
        ({"K_star": 61.0}, r"X_star before = -0.3125 must be > 0; r before = -0.45"),
        ({"L_star": 2.0, "K_star": 2.0}, r"factors paid: X_star = -0.644133 must be > 0$"),
    ],
)
def test_no_equilibrium_names_every_condition_and_its_size(changes, words):
    with pytest.raises(NoEquilibrium, match=words):
        service(**changes).solve()
    eq = service(**changes, gamma=np.array([2.0, 2.0])).solve() if "gamma" not in changes else None
    assert not eq.exists.any()
    assert np.isnan(eq.U).all()
    assert np.isnan(eq.before.p).all()
    assert eq.regime.tolist() == ["no equilibrium"] * 2
    assert any((v > 0).all() for v in eq.violations().values())


def test_no_trade_equilibrium_is_named():
    with pytest.raises(NoEquilibrium, match=r"HeckscherOhlin: .* r = -0.334225 must be > 0$"):
        HeckscherOhlin(**BASE | {"alpha": 0.15}).solve()
    eq = HeckscherOhlin(**BASE | {"alpha": np.array([0.15, 0.5])}).solve()
    assert eq.regime.tolist() == ["no equilibrium", "trade"]
    assert eq.violations()["r"] == pytest.approx([0.334225, 0], abs=1e-6)


def test_values_beyond_floats_are_no_equilibrium():
    # outputs overflow, prices are no number
    huge = HeckscherOhlin(**BASE | {"L": 1e308, "K": 1.1e308, "L_star": 1e308, "K_star": 1e308})
    with np.errstate(all="ignore"), pytest.raises(NoEquilibrium):
        huge.replace(A=Inputs(1e-3, 0.6e-3, 0.4e-3, 1.2e-3)).solve()


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"gamma": 1.0, "alpha": 1.0},
            r"ServiceOffshoring: alpha = 1 must be .*; gamma = 1 must be finite",
        ),
        ({"alpha": [0.5, 0.0]}, r"alpha = 0 \(1 of 2 values\) must be strictly between 0 and 1"),
        ({"chi_X": 0.9, "chi_Y": np.nan}, r"chi_X = 0.9 must be finite and >= 1; chi_Y = nan must"),
        (
            {"gamma": 0.5, "chi_X": 0.5, "A_1": 1},
            r"gamma = 0.5 must .*; chi_X = 0.5 must .*; A_1 = 1 m",
        ),
        ({"L": 0, "K_star": np.inf}, r"L = 0 must be finite and > 0; K_star = inf must be finite"),
        ({"K": "much"}, r"K = 'much' must be a number or an array of numbers"),
        ({"A": 3}, r"A = 3 must be an Inputs"),
        ({"A_1": 3}, r"A_1 = 3 must be an Inputs"),
        ({"A": Inputs(1, 0.6, 0.4, 0)}, r"A.KY = 0 must be > 0"),
        ({"A": Inputs(0.6, 1, 1.2, 0.4)}, r"det A = -0.96 must be > 0, so that Y is the capital-i"),
        ({"A": Inputs(1, 2, 3, 6)}, r"det A = 0 must be > 0"),
        ({"A_1": Inputs(0.25, 0.7, 0.05, 0.15)}, r"A_1.LY = 0.7 must be <= A.LY"),
        ({"A_1": Inputs(1, [0.1, 0.7], 0.05, 0.15)}, r"A_1.LY = 0.7 \(1 of 2 values\) must be"),
        ({"A_1": A}, r"det\(A - A_1\) = 0 must be different from 0: what stays at Home"),
        ({"L": [1, 2], "K": [1, 2, 3]}, r"L \(2,\), K \(3,\).* must broadcast together"),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        service(**changes)


def test_bad_unit_inputs_are_named():
    with pytest.raises(ValueError, match=r"Inputs: LX = -1 must be finite and >= 0; KY = inf must"):
        Inputs(-1, 0, 0, np.inf)
    with pytest.raises(
        ValueError, match=r"the shapes LX \(2,\), LY \(3,\) must broadcast together"
    ):
        Inputs([1, 2], [1, 2, 3], 1, 1)
    with pytest.raises(ValueError, match=r"ClosedEconomy: det A = -0.96 must be > 0"):
        ClosedEconomy(A=Inputs(0.6, 1, 1.2, 0.4), alpha=0.5, L=1, K=1)
    with pytest.raises(
        ValueError, match=r"ClosedEconomy: the shapes A.LX \(2,\), alpha \(3,\) must"
    ):
        ClosedEconomy(A=Inputs([1, 2], 0.6, 0.4, 1.2), alpha=[0.5] * 3, L=1, K=1)


@given(st.lists(st.floats(0.1, 9), min_size=4, max_size=4), st.floats(0.1, 9), st.floats(0.1, 9))
def test_unit_inputs_do_what_their_names_say(entries, x, y):
    a = Inputs(*entries)
    assume(abs(a.det) > 1e-3)
    assert a.outputs(*a.employment(x, y)) == pytest.approx((x, y), rel=1e-9)
    c_X, c_Y = a.costs(x, y)
    assert a.pay(c_Y, c_X) == pytest.approx((x, y), rel=1e-9)
    L, K = a.employment(x, y)
    assert x * c_X + y * c_Y == pytest.approx(L * x + K * y, rel=1e-12)  # transposed
    b = a.plus(a.times(2)).minus(a.columns(2, 2))
    assert pytest.approx(entries, rel=1e-12) == [b.LX, b.LY, b.KX, b.KY]
    assert a.columns(2, 3).det == pytest.approx(6 * a.det, rel=1e-12)
    assert a.kappa_Y - a.kappa_X == pytest.approx(a.det / (a.LX * a.LY), rel=1e-9, abs=1e-12)
    matrix = np.array(entries).reshape(2, 2)
    near = {"rtol": 1e-8, "atol": 1e-10}
    np.testing.assert_allclose(a.outputs(x, y), np.linalg.solve(matrix, [x, y]), **near)
    np.testing.assert_allclose(a.pay(y), np.linalg.solve(matrix.T, [1, y]), **near)


# Two-way offshoring.

TASK = Inputs(0.2, 0.1, 0.1, 0.3)
TWO_WAY = {
    "A_1": TASK, "A_2": Inputs(0.6, 0.4, 0.2, 0.6), "A_3": TASK, "gamma_1": 1.5, "gamma_3": 1.5,
    "alpha": 0.5, "L": 10.0, "K": 11.0, "L_star": 20.0, "K_star": 22.0,
}  # fmt: skip


def test_worked_two_way_economy():
    eq = TwoWayOffshoring(**TWO_WAY).solve()
    b = eq.before
    got = (b.p, b.w, b.r, b.X, b.Y)
    expected = (0.8355263158, 0.8167825223, 0.2256427232, 5.3249475891, 6.3731656184)
    assert got == pytest.approx(expected, abs=1e-10)
    got = (eq.p, eq.w, eq.r, eq.X, eq.Y)
    assert got == pytest.approx((27 / 35, 13 / 14, 5 / 28, 5.625, 175 / 24), abs=1e-13)
    assert (b.regime, eq.regime) == ("no offshoring", "two-way offshoring")
    assert set(eq.residuals()) == {"BRN-4", "BRN-29", "BRN-30", "BRN-balance", "BRN-GNP"}
    assert set(b.residuals()) == {"BRN-4", "BRN-29", "BRN-balance", "BRN-GNP"}
    assert max(worst(eq), worst(b)) <= 1e-13
    assert pytest.approx((0, 0), abs=1e-13) == (eq.M_X, eq.M_Y)
    assert (b.S_X, b.S_Y) == (0, 0)
    saved = eq.economy.B.minus(eq.economy.A).costs(eq.w, eq.r)
    assert pytest.approx(saved, abs=1e-15) == (eq.S_X, eq.S_Y)
    assert eq.price_elasticities()["w"] == pytest.approx(-eq.p / (3 - eq.p), abs=1e-13)
    assert b.price_elasticities()["r_star"] == pytest.approx(
        b.p / (b.p - b.technology.LY / b.technology.LX), abs=1e-12
    )
    assert eq.output_elasticities("L")["X"] == pytest.approx(2 / 0.9, abs=1e-13)
    low, high = eq.economy.window()
    assert low < 0.5 < high
    assert not any(eq.violations().values())


def test_two_way_offshoring_raises_an_output_and_a_real_pay():
    n, rng = 8000, np.random.default_rng(30)
    gamma_1, gamma_3 = rng.uniform(1.1, 3, (2, n))
    tasks = rng.uniform(0.02, 0.3, (4, n))
    swap = tasks[2] * tasks[1] > tasks[3] * tasks[0]
    tasks[:, swap] = tasks[:, swap][[1, 0, 3, 2]]
    third = tasks * (gamma_1 - 1) / (gamma_3 - 1)
    k = rng.uniform(0.6, 1.6, n)
    economy = TwoWayOffshoring(
        **TWO_WAY
        | {"A_1": Inputs(*tasks), "A_3": Inputs(*third), "gamma_1": gamma_1, "gamma_3": gamma_3,
           "K": 10 * k, "K_star": 20 * k, "alpha": rng.uniform(0.2, 0.8, n)}
    )  # fmt: skip
    eq = economy.solve()
    b, there = eq.before, eq.exists
    assert there.sum() > 500
    assert ((eq.X > b.X) | (eq.Y > b.Y))[there].all()
    assert ((eq.real_w > b.real_w) | (eq.real_r > b.real_r))[there].all()
    assert max(worst(eq), worst(b)) <= 1e-13
    B, B_star = economy.B, economy.B_star
    np.testing.assert_allclose(B.LX, B_star.LX, rtol=1e-14)
    np.testing.assert_allclose(B.KY, B_star.KY, rtol=1e-14)


def test_residuals_of_two_way_offshoring_notice_a_wrong_answer():
    eq = TwoWayOffshoring(**TWO_WAY).solve()
    for name, key in dict.fromkeys(FIELDS, "BRN-30").items():
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert abs(wrong[key]) > 1e-4, name
        old = replace(eq.before, **{name: 1.01 * getattr(eq.before, name)})
        assert abs(replace(eq, before=old).residuals()["BRN-29"]) > 1e-4, name
    for name, keys in {"p": {"BRN-4", "BRN-GNP"}, "w": {"BRN-GNP", "BRN-balance"}}.items():
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert all(abs(wrong[key]) > 1e-4 for key in keys)


def test_two_way_arrays_and_failures():
    alphas = np.array([0.05, 0.5])
    eq = TwoWayOffshoring(**TWO_WAY | {"alpha": alphas}).solve()
    assert eq.exists.tolist() == [False, True]
    assert eq.before.exists.tolist() == [False, True]
    assert eq.p[1] == TwoWayOffshoring(**TWO_WAY).solve().p
    assert eq.violations()["r"].tolist() > [0, 0]
    with pytest.raises(NoEquilibrium, match=r"TwoWayOffshoring: .* r before = -0.\d+ must be > 0"):
        TwoWayOffshoring(**TWO_WAY | {"alpha": 0.05}).solve()


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"gamma_1": 1.0}, r"gamma_1 = 1 must be finite and > 1"),
        ({"A_2": None}, r"A_2 = None must be an Inputs"),
        (
            {"gamma_3": 1.6},
            r"\(gamma_3 - 1\) A_3.LX = 0.12 must be \(gamma_1 - 1\) A_1.LX, so that",
        ),
        ({"K_star": 23.0}, r"k / k_star = 0.956522 must be 1, so that there is no reason to trade"),
        ({"A_2": Inputs(0.2, 0.9, 0.9, 0.2)}, r"det A = .* must be > 0"),
    ],
)
def test_bad_two_way_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        TwoWayOffshoring(**TWO_WAY | changes)


# Monopolistic competition.


def test_worked_economy_with_varieties():
    eq = MonopolisticCompetition(economy=service(), sigma_X=4, sigma_Y=4).solve()
    assert eq.goods.p == pytest.approx(service().solve().p, abs=1e-13)
    got = (eq.goods.w, eq.goods.r, eq.goods.X, eq.n_X, eq.n_Y, eq.P, eq.real_w)
    expected = (0.4968776791, 0.8693597120, 6.1224489796, 4.8485331633, 2.9225127551,
                0.8280041496, 0.6000908079)  # fmt: skip
    assert got == pytest.approx(expected, abs=1e-10)
    assert eq.before.real_w == pytest.approx(0.5401945946, abs=1e-10)
    assert worst(eq) <= 1e-13
    assert "BRN-31" in eq.residuals()
    assert not any(eq.violations().values())
    # more varieties are worth the world's gain to the power 1 / (sigma - 1)
    b = eq.before
    world, was = (x.goods.U + x.goods.U_star for x in (eq, b))
    gain = eq.real_r / b.real_r / (eq.goods.real_r / b.goods.real_r)
    assert gain == pytest.approx((world / was) ** (1 / 3), abs=1e-13)
    assert eq.U + eq.U_star == pytest.approx((eq.goods.E + eq.goods.E_star) / eq.P)
    assert eq.real_w_star / eq.real_r_star == pytest.approx(eq.goods.w_star / eq.goods.r_star)
    assert markup([2, 4]) == pytest.approx([2, 4 / 3])


@pytest.mark.parametrize("model", ["trade", "service", "goods"])
def test_each_firm_breaks_even_with_its_own_elasticity(model):
    economy = {
        "trade": HeckscherOhlin(**BASE), "service": service(chi_X=1.2), "goods": goods(),
    }[model]  # fmt: skip
    market = MonopolisticCompetition(
        economy=economy, sigma_X=np.array([3.0, 4.0]), sigma_Y=4.5, F_X=0.5, F_Y=2.0
    )
    eq = market.solve()
    assert eq.exists.tolist() == [True, True]
    assert eq.n_Y.shape == (2,)
    assert worst(eq) <= 1e-13
    for name in ("n_X", "n_Y"):
        wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
        assert (np.abs(wrong["BRN-31"]) > 1e-3).all()
    spoilt = replace(eq, goods=replace(eq.goods, w=1.01 * eq.goods.w)).residuals()
    assert (np.abs(spoilt["BRN-31"]) > 1e-4).all()
    assert (eq.before.P == eq.P).all() == (model == "trade")
    assert market.violations()["w"].shape == (2,)


def test_bad_market_input_is_named():
    with pytest.raises(ValueError, match=r"F_X = 0 must be .*; sigma_X = 1 must be finite and > 1"):
        MonopolisticCompetition(economy=service(), sigma_X=1, sigma_Y=3, F_X=0)
    with pytest.raises(ValueError, match=r"sigma = 1 \(1 of 2 values\) must be finite and > 1"):
        markup([2.0, 1.0])
    words = r"economy = 3 must be a HeckscherOhlin, ServiceOffshoring or GoodsOffshoring"
    with pytest.raises(ValueError, match=words):
        MonopolisticCompetition(economy=3, sigma_X=2, sigma_Y=3)
    with pytest.raises(NoEquilibrium, match="w before = "):
        MonopolisticCompetition(economy=service(alpha=0.9), sigma_X=2, sigma_Y=3).solve()


# ---------------------------------------------------------------- random economies


def test_random_economies_follow_their_description():
    e = drawn(200000, chi="by sector")
    logs = np.log([e.A.LX, e.A.LY, e.A.KX, e.A.KY])
    assert logs.min() >= np.log(0.2)
    assert logs.max() <= np.log(5)
    assert np.allclose(logs.mean(axis=1), 0, atol=0.6)  # columns are sorted, rows are not
    assert logs[:2].mean() == pytest.approx(0, abs=0.01)
    assert np.all(e.A.kappa_Y > e.A.kappa_X)
    part = np.array([getattr(e.A_1, n) / getattr(e.A, n) for n in ("LX", "LY", "KX", "KY")])
    inside = (np.log(e.k) - np.log(e.A.kappa_X)) / np.log(e.A.kappa_Y / e.A.kappa_X)
    below = (np.log(e.k_star) - np.log(e.A.kappa_X)) / np.log(e.k / e.A.kappa_X)
    uniform = {0.0: (part, 0.6), 1.1: (e.gamma, 4.0), 0.05: (e.alpha, 0.95),
               np.log(0.3): (np.log(e.L_star), np.log(30))}  # fmt: skip
    draws = [((v - low) / (high - low)).ravel() for low, (v, high) in uniform.items()]
    draws += [inside, below, (e.chi_X - 1) / (e.gamma - 1), (e.chi_Y - 1) / (e.gamma - 1)]
    for v in draws:
        grid = np.linspace(0.1, 0.9, 9)
        assert np.quantile(v, grid) == pytest.approx(grid, abs=0.01)
    assert np.corrcoef(e.chi_X - e.gamma, e.chi_Y - e.gamma)[0, 1] < 0.9
    assert np.all(np.asarray(e.L) == 1)


@pytest.mark.parametrize("tasks", ["X", "Y", "L", "K", "neutral"])
def test_random_tasks_have_only_the_inputs_asked_for(tasks):
    every, some = drawn(50), drawn(50, tasks=tasks, model=GoodsOffshoring, chi="common")
    assert isinstance(some, GoodsOffshoring)
    for name in ("LX", "LY", "KX", "KY"):
        assert np.array_equal(getattr(every.A, name), getattr(some.A, name))
        part = getattr(some.A_1, name) / getattr(some.A, name)
        whole = getattr(every.A_1, name) / getattr(every.A, name)
        if tasks == "neutral":
            kept = getattr(every.A_1, name[0] + "X") / getattr(every.A, name[0] + "X")
            assert part == pytest.approx(kept)
        else:
            assert np.array_equal(part, whole if tasks in name else np.zeros(50))
    assert np.array_equal(some.chi_X, some.chi_Y)
    assert np.all(some.chi_X > 1)
    assert np.all(every.chi_X == 1)
    assert np.array_equal(every.L_star, some.L_star)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"n": 0}, "n = 0 must be a whole number >= 1"),
        ({"n": 2.0}, "n = 2.0 must be a whole number >= 1"),
        ({"n": 3, "chi": "two"}, "chi = 'two' must be one of 'one', 'common', 'by sector'"),
        ({"n": 3, "tasks": "Z"}, "tasks = 'Z' must be one of 'all', 'X', 'Y', 'L', 'K', 'neutral'"),
    ],
)
def test_bad_requests_for_random_economies_are_named(asked, words):
    with pytest.raises(ValueError, match=words):
        random_economies(np.random.default_rng(0), **asked)
