"""Shadow migration: odd numbers, odd inputs and near misses that must not go by in silence."""

from dataclasses import replace

import numpy as np
import pytest

from offshoring.shadow_migration import (
    ClosedEconomy,
    GoodsOffshoring,
    HeckscherOhlin,
    Inputs,
    MonopolisticCompetition,
    ServiceOffshoring,
    Task,
    TwoWayOffshoring,
    WorldEconomy,
    markup,
    random_economies,
)
from offshoring.validation import NoEquilibrium

A = Inputs(1, 0.6, 0.4, 1.2)
A_1 = Inputs(0.25, 0.10, 0.05, 0.15)
BASE = {"A": A, "gamma": 2.0, "alpha": 0.5, "L": 10.0, "K": 11.0, "L_star": 30.0, "K_star": 20.0}
TASK = Inputs(0.2, 0.1, 0.1, 0.3)
TWO_WAY = {
    "A_1": TASK, "A_2": Inputs(0.6, 0.4, 0.2, 0.6), "A_3": TASK, "gamma_1": 1.5, "gamma_3": 1.5,
    "alpha": 0.5, "L": 10.0, "K": 11.0, "L_star": 20.0, "K_star": 22.0,
}  # fmt: skip


def service(**changes):
    return ServiceOffshoring(**BASE | {"A_1": A_1} | changes)


def goods(**changes):
    return GoodsOffshoring(**BASE | {"A_1": A_1} | changes)


def world(**changes):
    return WorldEconomy(**BASE | {"tasks": (Task(A_1),)} | changes)


def two_way(**changes):
    return TwoWayOffshoring(**TWO_WAY | changes)


@pytest.mark.parametrize("unit", [1.0, 1e8])
def test_at_chi_equal_to_gamma_nothing_moves_in_any_unit_of_Y(unit):  # b, c, d
    e = random_economies(np.random.default_rng(1), 20000, GoodsOffshoring)
    e = e.replace(
        A=e.A.columns(1.0, unit), A_1=e.A_1.columns(1.0, unit), chi_X=e.gamma, chi_Y=e.gamma
    )
    eq, trade = e.solve(), e.without_offshoring().solve()
    assert trade.exists.sum() > 1000
    assert (eq.exists == trade.exists).all()
    assert set(eq.regime) == {"no offshoring", "no equilibrium"}
    np.testing.assert_array_equal(eq.w, trade.w)


def test_two_way_outputs_must_be_positive():
    with pytest.raises(NoEquilibrium, match=r"X before = -\d.*; X = -\d\S* must be > 0"):
        two_way(K=30.0, K_star=60.0).solve()
    assert two_way(K=[30.0], K_star=[60.0]).violations()["X"][0] > 1


@pytest.mark.parametrize("changes", [{"K_star": 22.0 * (1 + 1e-6)}, {"gamma_3": 1.5 + 1e-6}])
def test_nearly_symmetric_is_not_symmetric(changes):
    with pytest.raises(ValueError, match="must be"):
        two_way(**changes)


def test_a_small_activity_still_runs():
    eq = world(alpha=1e-7).solve()
    assert any(name.startswith(("Home Y", "Foreign Y")) for name in eq.in_use)
    assert eq.Y_world > 0


def test_near_corners_are_told_apart():
    tasks = tuple(
        Task(Inputs(0.075 * (1 + t), 0.03 * (1 - t), 0.015 * (1 - t), 0.045 * (1 + t)),
             1 + 5e-5 * t, 1 + 1e-5 * (3 - 5 * t))
        for t in (0.0, 0.2, 0.4)
    )  # fmt: skip
    eq = world(tasks=tasks, L_star=1.5, K_star=1.2, alpha=0.3).solve()
    assert max(abs(float(r)) for r in eq.residuals().values()) < 1e-10


def test_no_activity_uses_less_than_nothing():
    thirds = tuple(Task(A.times(share).replace()) for share in (0.3, 0.6, 0.1))
    for activity in world(tasks=thirds, goods=True).activities():
        assert min(activity.uses) >= 0, activity


def test_price_index_weighs_each_good_with_its_own_share_and_elasticity():
    market = MonopolisticCompetition(
        economy=service(alpha=0.45), sigma_X=3.0, sigma_Y=6.0, F_X=0.5, F_Y=2.0
    )
    eq = market.solve()
    # utility of one unit of income: CES bundles of n varieties at prices 1 and p
    X, Y = 0.55, 0.45 / eq.goods.p
    bundle_X = eq.n_X ** (3 / 2) * (X / eq.n_X)
    bundle_Y = eq.n_Y ** (6 / 5) * (Y / eq.n_Y)
    most = 0.55**0.55 * 0.45**0.45  # the index is normalised so that it is p^alpha at n = 1
    assert bundle_X**0.55 * bundle_Y**0.45 / most == pytest.approx(1 / eq.P, rel=1e-12)
    assert eq.n_Y == pytest.approx(eq.goods.Y_world / 10, rel=1e-14)


def test_a_value_that_is_no_number_violates_every_condition():
    ends = {"L": 1e308, "K": 1.1e308, "L_star": 1e308, "K_star": 1e308}
    huge = HeckscherOhlin(**BASE | ends | {"A": Inputs(1e-3, 0.6e-3, 0.4e-3, 1.2e-3)})
    with np.errstate(all="ignore"):
        found = huge.violations()
    assert found["w"] == np.inf
    assert not any(np.isnan(v) for v in found.values())


def test_two_way_whole_goods_must_not_swap_intensities():
    tasks = Inputs(0.1, 0.4, 0.4, 0.1)
    third = tasks.times(0.5).replace()
    with pytest.raises(ValueError, match=r"det B = -\S* must be > 0"):
        two_way(A_1=tasks, A_3=third, gamma_1=3.0, gamma_3=5.0,
                A_2=Inputs(0.7, 0.0, 0.0, 0.7))  # fmt: skip


def test_columns_that_are_proportional_up_to_rounding_are_refused():
    a = Inputs(0.1, 0.7, 0.3, 2.1)
    assert a.det > 0  # by rounding alone
    assert a.singular
    with pytest.raises(ValueError, match=r"det A = .* must be > 0"):
        HeckscherOhlin(**BASE | {"A": a})


@pytest.mark.parametrize("name", ["X", "Y", "w", "r", "p"])
def test_two_way_changes_notice_a_wrong_past(name):
    eq = two_way().solve()
    old = replace(eq.before, **{name: 1.01 * getattr(eq.before, name)})
    assert abs(replace(eq, before=old).residuals()["BRN-30"]) > 1e-4


def test_two_way_window_is_that_of_pay_with_offshoring():
    low, high = two_way().window()
    for alpha, name in ((low - 1e-6, "r"), (high + 1e-6, "w")):
        assert two_way(alpha=alpha).violations()[name] > 0
    for alpha in (low + 1e-6, high - 1e-6):
        sizes = two_way(alpha=alpha).violations()
        assert sizes["w"] == sizes["r"] == 0


def test_foreign_autarky_uses_foreign_technology():
    abroad = HeckscherOhlin(**BASE | {"K_star": 33.0}).autarky()[1].solve()
    home = ClosedEconomy(A=A, alpha=0.5, L=10, K=11).solve()  # equal capital per worker
    assert abroad.p == pytest.approx(home.p, rel=1e-14)
    assert (2 * abroad.w, 2 * abroad.r) == pytest.approx((home.w, home.r), rel=1e-13)
    assert pytest.approx(1.5 * home.X, rel=1e-13) == abroad.X


def test_levels_notice_wrong_pay_abroad_without_offshoring():
    for model, key in ((service, "BRN-12"), (goods, "BRN-26")):
        eq = model(chi_X=3.0, chi_Y=3.0).solve()
        for name in ("w_star", "r_star"):
            wrong = replace(eq, **{name: 1.01 * getattr(eq, name)}).residuals()
            assert abs(wrong[key]) > 1e-4


@pytest.mark.parametrize(
    "economy",
    [
        service(), goods(), two_way(), world(), HeckscherOhlin(**BASE),
        HeckscherOhlin(**BASE).autarky()[0],
        MonopolisticCompetition(economy=service(), sigma_X=3, sigma_Y=3),
    ],
)  # fmt: skip
def test_every_solver_warns_of_a_large_residual(economy, monkeypatch):
    kind = type(economy.solve())
    monkeypatch.setattr(kind, "residuals", lambda self: {"BRN-4": np.full(np.shape(1.0), 1.0)})
    with pytest.warns(UserWarning, match=r"largest residual is 1.0e\+00 \(BRN-4\)"):
        economy.solve()


def test_the_exchange_economy_of_the_goods_variant():
    """A market of two bundles of goods, solved by itself, has the prices and incomes (BRN-T2)."""
    eq = goods(chi_X=1.2, chi_Y=1.5).solve()
    hat = eq.exchange()
    p = (hat.X + hat.X_star) / (hat.Y + hat.Y_star)  # alpha = 1 / 2
    assert p == pytest.approx(eq.p, rel=1e-13)
    assert hat.X_star + p * hat.Y_star == pytest.approx(eq.E_star, rel=1e-13)
    assert hat.X + hat.X_star == pytest.approx(eq.X_world, rel=1e-13)


@pytest.mark.parametrize("size", [1e7, 1e8, 1e12])
def test_world_equilibrium_of_large_countries(size):
    ends = {n: size * BASE[n] for n in ("L", "K", "L_star", "K_star")}
    eq = world(**ends).solve()
    assert eq.p == pytest.approx(service().solve().p, rel=1e-12)
    assert pytest.approx(size * service().solve().X, rel=1e-10) == eq.X


@pytest.mark.parametrize("unit", [1e-8, 1e-12])
def test_world_equilibrium_in_small_units_of_Y(unit):
    eq = world(A=A.columns(1.0, unit), tasks=(Task(A_1.columns(1.0, unit)),)).solve()
    assert eq.p == pytest.approx(unit * service().solve().p, rel=1e-12)


@pytest.mark.parametrize("part", [A_1.minus(Inputs(0.3, 0, 0, 0)), A_1.times(np.nan)])
def test_derived_tasks_are_validated(part):
    with pytest.raises(ValueError, match=r"A_1.LX = (-0.05|nan) must be"):
        service(A_1=part)
    with pytest.raises(ValueError, match=r"LX = (-0.05|nan) must be"):
        Task(part)
    with pytest.raises(ValueError, match=r"LX = (-0.05|nan) must be"):
        two_way(A_2=part.plus(Inputs(0, 0.3, 0.15, 0.45)))


def test_a_condition_that_does_not_bind_is_not_reported():
    """p < 0 makes the tolerance of S and stays negative."""
    economy = service(K=9.0, K_star=1e-3)
    assert economy.violations()["stays_Y"] == 0  # chi_Y = 1 < gamma: the task moves
    with pytest.raises(NoEquilibrium) as error:
        economy.solve()
    assert "stays_Y" not in str(error.value)


@pytest.mark.parametrize(
    "a", [Inputs(1, 0.6, 1e-12, 1.2), Inputs(1, 1e-12, 0.4, 1.2), Inputs(1, 1e-13, 1e-13, 1.2)]
)
def test_nearly_specific_factors_have_an_equilibrium(a):
    """One good uses next to nothing of a factor; r = 0.19 and Y = 5.8 are refused as not > 0."""
    near = HeckscherOhlin(**BASE | {"A": Inputs(*(max(v, 1e-9) for v in (a.LX, a.LY, a.KX, a.KY)))})
    eq, same = HeckscherOhlin(**BASE | {"A": a}).solve(), near.solve()
    assert (eq.p, eq.r, eq.Y) == pytest.approx((same.p, same.r, same.Y), rel=1e-7)


def test_nobody_changes_a_parameter_behind_the_validation():
    part = A_1.times(np.array([1.0, 1.1]))
    economy = service(A_1=part)
    with pytest.raises(ValueError, match="read-only"):
        part.LX[0] = 5.0
    assert economy.A_1.LX[0] == 0.25


def test_existing_points_come_in_one_row():
    eq = service(L=[[10.0, 10.1]]).solve()
    assert eq.existing().p.shape == (2,)


def test_a_paid_factor_is_not_called_unpaid():
    eq = world(gamma=1e9).solve()
    assert eq.r_star > 1e-10
    assert "K_star is unpaid" not in eq.regime


def test_wrong_classes_are_named():
    with pytest.raises(ValueError, match=r"economy = .* must be"):
        WorldEconomy.of(HeckscherOhlin(**BASE))
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"model = .* must be"):
        random_economies(rng, 3, HeckscherOhlin)
    with pytest.raises(ValueError, match=r"rng = 0 must be"):
        random_economies(0, 3)
    with pytest.raises(ValueError, match=r"n = True must be"):
        random_economies(rng, True)


@pytest.mark.parametrize("sigma", ["3", "a", [2, [3, 4]], 1 + 2j])
def test_markup_names_what_is_no_number(sigma):
    with pytest.raises(ValueError, match=r"sigma = .* must be"):
        markup(sigma)


def test_varieties_beyond_floats_are_no_quiet_infinity():
    market = MonopolisticCompetition(economy=service(), sigma_X=1.001, sigma_Y=3)
    with pytest.raises(NoEquilibrium, match=r"beyond floats with sigma_X = 1.001 and sigma_Y = 3"):
        market.solve()
    both = market.replace(sigma_X=[1.001, 3.0]).solve()
    assert both.exists.tolist() == [False, True]


def test_too_many_tasks_are_refused():
    small = tuple(Task(A_1.times(0.01).replace()) for _ in range(13))
    with pytest.raises(ValueError, match="tasks has 13 tasks of X and must have <= 12"):
        world(tasks=small)


def test_kappa_of_a_task_without_workers_is_inf():
    assert Inputs(0, 1, 1, 1).kappa_X == np.inf
    assert Inputs(1, 0, 1, 1).kappa_Y == np.inf


def test_unit_inputs_take_lists():
    assert A.pay([1.8])[0].shape == (1,)
    assert A.times([1, 2]).LX.tolist() == [1, 2]


def test_a_field_without_a_number_is_an_error_in_every_condition_that_reads_it():
    eq = service().solve()
    for name in ("w", "Y_star"):
        found = replace(eq, **{name: np.nan}).residuals()
        assert np.isnan(found["BRN-12"])


def test_every_equilibrium_has_its_existing_points():
    economy = HeckscherOhlin(**BASE | {"alpha": [0.15, 0.5, 0.6]})
    eq = economy.solve()
    there = eq.existing()
    assert there.economy.alpha.tolist() == economy.alpha[eq.exists].tolist() == [0.5, 0.6]
    np.testing.assert_array_equal(there.real_w, eq.real_w[eq.exists])
    alone = economy.autarky()[0].solve().existing()
    assert np.all(alone.exists)
    two = TwoWayOffshoring(**TWO_WAY | {"alpha": [0.01, 0.5]}).solve().existing()
    assert two.exists.tolist() == [True]
    assert two.before.w.shape == (1,)
    assert np.max(np.abs(two.residuals()["BRN-30"])) < 1e-14


def test_a_basket_beyond_floats_has_no_price():
    economy = MonopolisticCompetition(
        economy=HeckscherOhlin(**BASE), sigma_X=[4.0, 1.0005], sigma_Y=4.0
    )
    eq = economy.solve()
    assert eq.exists.tolist() == [True, False]
    for name in ("P", "U", "real_w"):
        assert np.isfinite(getattr(eq, name)).tolist() == [True, False]


def test_two_way_trade_knows_capital_per_worker():
    economy = TwoWayOffshoring(**TWO_WAY)
    assert economy.k == economy.k_star == 1.1


def test_an_equilibrium_knows_its_regime_before():
    eqs = service(alpha=[0.5, 0.01]).solve()
    assert eqs.before.regime.tolist() == ["trade", "no equilibrium"]
    eq = service().solve()
    assert (eq.regime, eq.before.regime) == ("offshoring", "trade")
    assert type(eq.regime) is type(eq.before.regime) is str
