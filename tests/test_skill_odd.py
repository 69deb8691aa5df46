"""Skill upgrading: odd economies, odd inputs and near misses that must not go by in silence."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from offshoring.residuals import checked
from offshoring.skill_upgrading import (
    REGIMES,
    ClosedEconomy,
    Equilibrium,
    ExponentialProductivity,
    ExponentialSkill,
    GivenProductivity,
    GivenSkill,
    LognormalSkill,
    OpenEconomy,
    ParetoSkill,
    PowerProductivity,
    Skill,
    Targets,
    UniformSkill,
    calibrate,
    curve,
    responses,
)  # fmt: skip
from offshoring.skill_upgrading.workforce import workforce
from offshoring.validation import NoEquilibrium

PHI, SKILL = ExponentialProductivity(0.08, 0.30, 0.45), ExponentialSkill(1.0)
BASE = {"productivity": PHI, "skill": SKILL, "sigma": 3.0, "F_H": 1.6}
MANY = {
    "productivity": ExponentialProductivity(0.08, 0.73, 0.79), "skill": SKILL, "sigma": 3.75,
    "theta": 0.983, "F_H": 1.2,
}  # fmt: skip


def closed(**changes):
    return ClosedEconomy(**BASE | changes)


def opened(**changes):
    return OpenEconomy(**BASE | {"theta": 0.7, "F_I": 1.0} | changes)


def wide(n=20000, top=30.0):
    rng = np.random.default_rng(3)
    M, L = rng.uniform(0.02, 0.2, n), rng.uniform(0.65, 0.85, n)
    H, sigma = L + rng.uniform(0.01, 0.12, n), rng.uniform(2, 5, n)
    theta, F_H = rng.uniform(0.95, 0.999, n), 1 + rng.exponential(0.2, n)
    F_I = ((2 / (1 + theta)) ** sigma - 1) * rng.uniform(1, 6, n)
    return OpenEconomy(
        productivity=ExponentialProductivity(M, L, H), skill=UniformSkill(top), sigma=sigma,
        theta=theta, F_H=F_H, F_I=F_I,
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore")
def test_no_equilibrium_is_missed_where_output_beyond_a_cutoff_is_huge():
    eqs = wide().equilibria()
    assert np.all(eqs.count % 2 == 1)
    sign = np.where(np.arange(len(eqs)) % 2 == 0, 1.0, -1.0)
    assert np.all((eqs.stability == sign) | ~eqs.exists)


WIDE = [  # sigma, theta, F_H, F_I, slopes, top, Z_1
    (3.847852272190461, 0.9552367482822549, 1.088853920854424, 0.18311527222641066,
     (0.16950156009071132, 0.6529748823347221, 0.7215031661490325), 51.704182845177,
     [3.68736689, 5.97024002, 6.32971342]),
    (2.1960481343294123, 0.6746139039036194, 2.2834979882083495, 0.9778457159465214,
     (0.25263546552227856, 0.5360137826546614, 0.7986991863912433), 57.36786825049437,
     [3.12376349, 4.45388917, 5.36186773]),
]  # fmt: skip


@pytest.mark.parametrize("case", WIDE)
def test_three_equilibria_found_by_hand(case):
    """Roots of (26)-(27) from closed forms without cancellation."""
    sigma, theta, F_H, F_I, slopes, top, expected = case
    M, L, H = slopes

    def Z_1(Z_2):
        def net(z):  # output of L less that of M, both times top, over exp(L z)
            made = np.expm1(M * z) / M * np.exp(-L * z)
            return np.expm1(L * (Z_2 - z)) / L - made

        return brentq(net, 1e-9, Z_2, xtol=1e-14)

    def gap(Z_2):
        C_L = np.exp((M - L) * Z_1(Z_2))
        C_H = C_L * np.exp((L - H) * Z_2)
        return np.log((C_H + theta) / (C_L + 1)) + np.log(F_H + F_I) / sigma

    eqs = OpenEconomy(
        productivity=ExponentialProductivity(M, L, H), skill=UniformSkill(top), sigma=sigma,
        theta=theta, F_H=F_H, F_I=F_I,
    ).equilibria()  # fmt: skip
    assert pytest.approx(expected, rel=1e-7) == eqs.Z_1
    for Z_2 in eqs.Z_2[eqs.regime == 2]:
        assert abs(gap(float(Z_2))) < 1e-9


def test_the_market_residual_sees_an_error_that_high_tech_output_dwarfs():
    sigma, theta, F_H, F_I, slopes, top, _ = WIDE[1]
    eqs = OpenEconomy(
        productivity=ExponentialProductivity(*slopes), skill=UniformSkill(top), sigma=sigma,
        theta=theta, F_H=F_H, F_I=F_I,
    ).equilibria()  # fmt: skip
    eq = eqs[0]
    wrong = replace(eq, y_1=eq.y_1 * 1.01)
    assert abs(wrong.Q_L / wrong.M - 1) > 1e-3
    assert abs(wrong.residuals()["JM-27"]) > 1e-4


def test_M_is_nan_where_there_is_no_equilibrium():
    eqs = OpenEconomy(**MANY, F_I=[0.058, 0.2]).equilibria()
    assert np.isnan(eqs.M[~eqs.exists]).all()


@pytest.mark.filterwarnings("error")
def test_an_equilibrium_beyond_floats_is_told_of():
    """C_L is below the smallest float."""
    phi = ExponentialProductivity(0.1, 0.998, 0.999)
    with pytest.raises(NoEquilibrium, match="ClosedEconomy: the equilibrium is beyond floats"):
        closed(productivity=phi, F_H=1.05).solve()
    with pytest.warns(UserWarning, match="no equilibrium in floats at 1 of 2 points"):
        closed(productivity=phi, F_H=[1.05, 3.0], skill=ExponentialSkill([1.0, 3.0])).solve()


def test_infinite_output_of_bounded_skill_is_refused():
    with pytest.raises(ValueError, match="output of all workers"):
        opened(skill=UniformSkill(1e4))


@pytest.mark.filterwarnings("error")
def test_prices_with_very_close_substitutes():
    eq = opened(sigma=2000.0).equilibria()[0]  # all offshore: B = (C_L + theta)**sigma (F_L + F_I)
    log_B = 2000 * np.log(eq.C_L + 0.7) + np.log(2.0)
    P = np.exp((np.log(2000) + log_B - np.log(eq.E)) / 1999) * 2000 / 1999
    assert pytest.approx(P, rel=1e-9) == eq.P


@pytest.mark.parametrize(("slopes", "rel"), [((0.1, 0.9, 0.95), 1e-12), ((0.1, 0.98, 0.99), 1e-9)])
@pytest.mark.filterwarnings("ignore")
def test_average_wage_of_few_headquarters_workers(slopes, rel):
    eq = closed(productivity=ExponentialProductivity(*slopes), F_H=1.05).solve()
    exact = (eq.C_L * eq.Q_L + eq.C_H * eq.Q_H) / np.exp(-eq.Z_1)
    assert pytest.approx(exact, rel=rel) == eq.W_HQ


@pytest.mark.parametrize("key", [slice(0, 2), [0, 1]])
def test_only_one_equilibrium_can_be_taken(key):
    eqs = OpenEconomy(**MANY, F_I=[0.058, 0.2]).equilibria()
    with pytest.raises(TypeError):
        eqs[key]


def test_calibrate_meets_targets_where_the_saving_is_small():
    e = calibrate(Targets(sigma=3.8, theta=1 - 1e-12, H=0.45))
    eqs = e.equilibria()
    assert eqs.regime.tolist() == [1]
    assert eqs[0].import_share == pytest.approx(0.116, rel=1e-6)


@pytest.mark.parametrize("changes", [{"share_M": 0.999999}, {"H": 0.999999},
                                     {"revenue_share": 0.999999}])  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_targets_out_of_reach_are_refused_as_such(changes):
    targets = Targets(**{"sigma": 3.8, "theta": 0.65, "H": 0.45} | changes)
    assert not targets.attainable
    with pytest.raises(NoEquilibrium, match=next(iter(changes))):
        calibrate(targets)


def test_high_tech_output_at_a_cost_far_below_floats():
    """log C_H is -1e7 and half of all headquarters work is high-tech."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        eq = closed(productivity=ExponentialProductivity(0.08, 0.3, 1 - 1e-6)).solve()
    assert pytest.approx(eq.M, rel=1e-6) == eq.Q_L + eq.Q_H


def test_given_functions_are_named_in_errors():
    with pytest.raises(ValueError, match="pdf"):
        GivenSkill(3)
    with pytest.raises(ValueError, match="log_M"):
        GivenProductivity(1, 2, 3, 4, 5, 6)


def test_a_negative_density_is_refused():
    with pytest.raises(ValueError, match="pdf"):
        GivenSkill(lambda Z: 1 + 3 * np.cos(2 * np.pi * Z), top=1.0)


def test_nobody_is_above_the_top():
    assert GivenSkill(lambda Z: 6 * Z * (1 - Z), top=1.0).density(2.5) == 0


@pytest.mark.parametrize("skill", [UniformSkill(2.0), SKILL, GivenSkill(lambda Z: 1 + 0 * Z, 1.0)])
@pytest.mark.parametrize("rank", [-0.1, 1.5])
@pytest.mark.filterwarnings("ignore")
def test_a_rank_that_is_no_rank_gives_no_number(skill, rank):
    with pytest.raises(ValueError, match=rf"rank = {rank} must be >= 0 and <= 1"):
        skill.quantile(rank)


@pytest.mark.filterwarnings("error")
def test_stability_of_steep_economies_does_not_warn():
    phi = ExponentialProductivity(0.1, 0.3, 0.300001)
    assert closed(productivity=phi, F_H=1.05).solve().stability == 1


def test_regime_cannot_be_changed():
    eqs = opened().equilibria()
    with pytest.raises(ValueError, match="read-only"):
        eqs.regime[0] = 7


def test_equal_fixed_costs_are_refused():
    with pytest.raises(ValueError, match=r"F_H = 1 must be > F_L"):
        closed(F_H=1.0)


def test_the_closed_economy_keeps_the_fixed_cost_of_low_tech_firms():
    one, five = closed().solve(), closed(F_L=5.0, F_H=8.0).solve()
    assert pytest.approx(one.Z_2, rel=1e-12) == five.Z_2
    assert pytest.approx(one.N, rel=1e-12) == 5 * five.N
    e = opened(F_L=5.0, F_H=8.0).closed()
    assert (e.F_L, e.F_H) == (5.0, 8.0)


def test_regimes_without_high_tech_firms():
    eqs = opened(F_H=100.0, F_I=[1.0, 0.65, 0.1]).equilibria()
    assert eqs.regime[:, 0].tolist() == [7, 8, 9]
    assert eqs.s_H[:, 0].tolist() == [0, 0, 0]
    assert eqs.s_L[:, 0] == pytest.approx([0, 0.8322645, 1], abs=1e-6)
    shut = opened(F_H=100.0, F_I=np.inf).equilibria()
    assert (shut.regime[0], shut.s_H[0]) == (7, 0)


def test_high_tech_output_far_below_the_smallest_float_of_C_H():
    eq = closed(productivity=ExponentialProductivity(0.08, 0.30, 0.999)).solve()
    assert eq.regime == 0
    assert eq.log_C_H == pytest.approx(-4775.686419, rel=1e-9)
    assert pytest.approx(eq.M, rel=1e-12) == eq.Q_L + eq.Q_H


def test_the_fold_is_found_to_twelve_digits():
    """Greatest F_I at which (26) and (27) hold on the first hump, from closed forms."""
    M, L, H, sigma, theta = 0.08, 0.73, 0.79, 3.75, 0.983

    def F_I(Z_2):
        def net(z):
            low = (np.exp((L - 1) * z) - np.exp((L - 1) * Z_2)) / (1 - L)
            return -np.expm1((M - 1) * z) / (1 - M) - low

        S = np.exp((M - L) * brentq(net, 0.0, Z_2, xtol=1e-15))
        return ((S * np.exp((L - H) * Z_2) + theta) / (S + 1)) ** -sigma - 1.2

    top = -minimize_scalar(lambda z: -F_I(z), (3.9, 4.1, 4.4), tol=1e-10).fun
    for gap, number in ((2e-13, 3), (-2e-13, 1)):
        assert OpenEconomy(**MANY, F_I=top - gap).equilibria().count == number


def test_margins_are_what_they_say():
    eq = opened(F_L=2.0, F_H=3.2, F_I=2.0).equilibria()[0]
    C_L, C_H, F = float(eq.C_L), float(eq.C_H), 5.2 / 2
    margins = eq.margins()
    assert margins["JM-22"] == pytest.approx(1 - (C_L + 1) / (C_L + 0.7) / 2 ** (1 / 3))
    assert margins["JM-22b"] == pytest.approx(1 - (C_H + 0.7) / (C_H + 1) * (5.2 / 3.2) ** (1 / 3))
    assert margins["JM-23"] == pytest.approx(2 - (C_H + 0.7) / (C_L + 1) * F)
    assert margins["JM-T7"] == pytest.approx(0.7**-3 - F)
    near = closed(productivity=ExponentialProductivity(0.08, 0.7, 0.71), F_H=1.01)
    other = OpenEconomy(
        productivity=near.productivity, skill=SKILL, sigma=3.0, F_H=1.01, theta=0.99, F_I=9.0
    ).equilibria()[0]
    assert 0.99 - other.C_L > other.C_L - other.C_H
    assert other.margins()["JM-24"] == pytest.approx(other.C_L - other.C_H)


def test_stability_is_nan_where_there_is_none():
    eqs = OpenEconomy(**MANY, F_I=[0.058, 0.2]).equilibria()
    np.testing.assert_array_equal(eqs.stability[1], [1, np.nan, np.nan])


@pytest.mark.parametrize(("F_I", "name"), [(0.4, "JM-21"), (1.0, "JM-21")])
def test_residuals_see_a_firm_that_would_enter(F_I, name):
    eq = closed().solve()
    assert abs(replace(eq, economy=opened(F_I=F_I)).residuals()[name]) > 1e-3


def test_residuals_see_a_domestic_firm_that_would_enter():
    eq = opened(F_I=0.4).equilibria()[0]
    assert abs(replace(eq, economy=opened(F_I=3.0)).residuals()["JM-12"]) > 1e-3


def test_skill_as_thin_as_productivity_is_steep_is_refused():
    with pytest.raises(ValueError, match=r"productivity.H = 0.45 must be < skill.rate = 0.45"):
        closed(skill=ExponentialSkill(0.45))
    with pytest.raises(ValueError, match=r"H = 2 must be < skill.alpha = 2"):
        closed(productivity=PowerProductivity(0.5, 1, 2), skill=ParetoSkill(2.0))


def test_output_that_is_mostly_in_the_tail_is_refused():
    """The integral is exact to 740 / rate; beyond, too much may be cut off."""
    a = (0.1, 0.3, 0.965)
    phi = GivenProductivity(
        *(lambda Z, k=k: k * Z for k in a), *(lambda Z, k=k: k + 0 * Z for k in a)
    )
    with pytest.raises(ValueError, match="too much of it is in the tail"):
        closed(productivity=phi)


def test_nobody_is_above_the_top_of_uniform_skill():
    assert UniformSkill(2.0).density([1.0, 2.0, 2.1]).tolist() == [0.5, 0.5, 0.0]


def test_follow_joins_equilibria_of_the_same_stability():
    """The one at the first point is nearest to the unstable one at the second."""
    row = MANY | {"theta": [0.99, 0.98], "F_I": [0.0315, 0.066]}
    eqs = OpenEconomy(**row).equilibria().follow()
    assert eqs.Z_1[:, 0] == pytest.approx([2.37098951, 2.60858597], rel=1e-7)
    assert eqs.stability[:, 0].tolist() == [1, 1]
    assert np.isnan(eqs.Z_1[0, 1:]).all()


def test_pick_takes_no_equilibrium_that_is_not_there():
    eqs = OpenEconomy(**MANY, F_I=[0.058, 0.2]).equilibria()
    where = np.array([[True, False, False], [True, True, True]])
    assert pytest.approx(eqs.Z_1[:, 0]) == eqs.pick(where).Z_1
    with pytest.raises(ValueError, match="holds for 2 equilibria"):
        eqs.pick(np.array([[True, True, False], [False, False, False]]))


@pytest.mark.parametrize(
    ("phi", "skill", "F_H"),
    [
        (PowerProductivity(0.08, 0.30, 0.45), ParetoSkill(1.0), 1.4),
        (ExponentialProductivity(0.2, 2.2, 2.6), UniformSkill(1.0), 1.158),
    ],
)
def test_closed_responses_in_other_families(phi, skill, F_H):
    e, h = closed(productivity=phi, skill=skill, F_H=F_H), 1e-5
    eq = e.solve()
    assert eq.regime == 0
    a, b = (e.replace(F_H=F_H + step).solve() for step in (-h, h))
    found = eq.closed_responses()
    for name in ("Z_1", "Z_2", "C_L", "C_H"):
        slope = (getattr(b, name) - getattr(a, name)) / (2 * h)
        assert found[name] == pytest.approx(slope, rel=1e-6), name
    assert found["JM-16"] == pytest.approx((b.Z_1 - a.Z_1) / (b.Z_2 - a.Z_2), rel=1e-6)


def test_an_even_number_is_told_of():
    """At the edge of a regime two equilibria meet, and rounding may take one of them."""
    eqs = OpenEconomy(**MANY, F_I=[0.058, 0.2]).equilibria()
    odd = replace(eqs, C_L=np.where(np.arange(3) == 2, np.nan, eqs.C_L))
    with pytest.warns(UserWarning, match="an even number of them at 1 of 2 points"):
        OpenEconomy(**MANY, F_I=[0.058, 0.2])._tell(odd, "OpenEconomy")


def test_only_two_kinds_of_firms_have_an_onset():
    with pytest.raises(ValueError, match="kind = 'X' must be 'L' or 'H'"):
        opened().onset_cost("X")


def test_only_a_closed_economy_has_one_equilibrium_to_solve_for():
    assert not hasattr(opened(), "solve")
    assert not isinstance(opened(), ClosedEconomy)


def test_an_equilibrium_just_below_the_onset_is_no_error():
    """Low-tech firms begin to import where Northern output is 1e-18 of their needs."""
    economy = OpenEconomy(
        productivity=PowerProductivity(0.08, 0.30, 0.45), skill=LognormalSkill(0.0, 0.3),
        sigma=3.0, F_H=1.3, theta=0.9, F_I=0.1678,
    )  # fmt: skip
    eq = economy.equilibria()[0]
    assert eq.regime == 3
    assert eq.s_L == 1
    assert abs(eq.residuals()["JM-27"]) < 1e-15


def test_a_regime_that_is_none_has_its_own_name():
    eqs = OpenEconomy(**MANY, F_I=[0.058, 5.0]).equilibria()
    assert [REGIMES[r] for r in eqs.regime[1]] == ["closed", "no equilibrium", "no equilibrium"]


def test_a_field_without_a_number_is_an_error_in_every_condition_that_reads_it():
    eq = opened().equilibria()[0]
    assert np.isnan(replace(eq, y_1=np.nan).residuals()["JM-7"])
    with pytest.warns(UserWarning, match="largest residual is inf"):
        checked(replace(eq, y_1=np.nan))


def test_a_class_without_its_functions_cannot_be_made():
    with pytest.raises(TypeError, match="abstract"):
        Skill()


def test_the_point_that_breaks_a_rule_is_the_one_named():
    phi = ExponentialProductivity(0.08, 0.15, [0.3, 0.9])
    with pytest.raises(ValueError, match=r"productivity.H = 0.3 must be < skill.rate = 0.2, or"):
        closed(productivity=phi, skill=ExponentialSkill([0.2, 1.0]))
    power = PowerProductivity(0.08, 0.30, 0.45)
    with pytest.raises(ValueError, match=r"productivity.H = 0.45 must be < skill.alpha = 0.4"):
        closed(productivity=power, skill=ParetoSkill(0.4))
    with pytest.raises(ValueError, match=r"pdf = -0.0625 at Z = 0.5 must be >= 0"):
        GivenSkill(lambda Z: np.where(Z == 0.5, -0.0625, 1.0), top=1.0)
    with pytest.raises(ValueError, match="targets = None must be a Targets"):
        calibrate(None)
    with pytest.raises(ValueError, match="Z = -1 must be >= 0"):
        closed().solve().wage([2.0, -1.0])


@pytest.mark.parametrize(
    "skill",
    [
        ExponentialSkill(1.0), UniformSkill(2.0), ParetoSkill(2.0), LognormalSkill(0.0, 0.5),
        GivenSkill(lambda Z: np.exp(-Z)), GivenSkill(lambda Z: 6 * Z * (1 - Z), top=1.0),
    ],
    ids=lambda skill: type(skill).__name__,
)  # fmt: skip
def test_nobody_has_less_than_no_skill(skill):
    assert skill.share_above([-1.0, 0.0]) == pytest.approx(1, abs=1e-12)
    assert skill.share_below(-1.0) == pytest.approx(0, abs=1e-12)
    assert skill.density(-1.0) == 0


def test_closed_economies_speak_of_themselves():
    assert all(np.isnan(v) for v in closed().solve().margins().values())


def test_numbers_of_firms_add_up():
    eq = opened(F_I=0.3).equilibria()[0]
    assert pytest.approx(eq.N_L + eq.N_H, rel=1e-15) == eq.N


def test_D_is_the_slope_of_the_condition_that_moves_Z_2():
    """JM-T0 by a difference: D = d log((C_H + theta) / (C_L + 1)) / dZ_2."""
    economy = opened(F_I=[1.0 - 1e-6, 1.0, 1.0 + 1e-6])
    eq = economy.equilibria()[0]
    assert np.all(eq.regime == 2)
    log_K = np.log((eq.C_H + 0.7) / (eq.C_L + 1))
    slope = (log_K[2] - log_K[0]) / (eq.Z_2[2] - eq.Z_2[0])
    assert responses.D(eq)[1] == pytest.approx(slope, rel=1e-6)


def test_warnings_point_at_the_line_that_asked(monkeypatch):
    phi = ExponentialProductivity(0.1, 0.998, 0.999)
    with pytest.warns(UserWarning, match="in floats") as told:
        closed(productivity=phi, F_H=[1.05, 3.0], skill=ExponentialSkill([1.0, 3.0])).solve()
    assert told[0].filename == __file__
    exact = Equilibrium.residuals
    monkeypatch.setattr(
        Equilibrium, "residuals", lambda eq: {k: r + 1e-3 for k, r in exact(eq).items()}
    )
    for solve in (opened().equilibria, closed().solve):
        with pytest.warns(UserWarning, match="largest residual") as told:
            solve()
        assert told[0].filename == __file__


def test_a_lost_extremum_is_told_of(monkeypatch):
    find = curve.elementwise.find_minimum

    def fails(*args, **kwargs):
        found = find(*args, **kwargs)
        found.success = np.zeros_like(found.success)
        return found

    monkeypatch.setattr(curve.elementwise, "find_minimum", fails)
    with pytest.raises(RuntimeError, match="an extremum was not found"):
        OpenEconomy(**MANY, F_I=np.linspace(0.05854, 0.05855, 60)).equilibria()


def test_a_density_whose_integral_is_nearly_one_is_refused():
    with pytest.raises(ValueError, match=r"the integral of pdf = 1.00000001 must be 1"):
        GivenSkill(lambda Z: 1.00000001 + 0 * Z, top=1.0)


@pytest.mark.parametrize("top", [10.0, 50.0, 100.0, 300.0])
def test_ranked_output_of_steep_productivity(top):
    """The integral of exp(2 y) (1 - y / top) / top, by hand."""
    phi = ExponentialProductivity(0.08, 0.1, 2.0)
    found = workforce(phi, UniformSkill(top)).ranked_output("H", 0.0, top)
    exact = (np.expm1(2 * top) / 4 - top / 2) / top**2
    assert found == pytest.approx(exact, rel=1e-12)
