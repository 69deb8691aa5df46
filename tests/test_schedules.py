"""Schedules: each formula against an independent route, both ends exactly, bad input in words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from offshoring.schedules import Exponential, Linear, Power, Schedule, Tabulated

STEP = Tabulated(tasks=[0, 0.2, 0.4, 0.6, 1], costs=[1, 1, 1.5, 1.5, 3])
KINDS = [
    Linear(a=1, b=2),
    Linear(a=1.5, b=0),
    Power(eta=0.5),
    Power(eta=1),
    Power(eta=1 + 1e-9),
    Power(eta=2),
    Power(eta=0),
    Exponential(a=1, k=1.2),
    Exponential(a=2, k=0),
    Tabulated(tasks=[0, 0.3, 0.35, 1], costs=[1, 1.05, 2, 2.2]),
    STEP,
]
IDS = [f"{type(s).__name__}-{k}" for k, s in enumerate(KINDS)]
INSIDE = np.array([0.0, 1e-9, 0.05, 0.3, 0.5, 0.77, 0.95])
every_kind = pytest.mark.parametrize("schedule", KINDS, ids=IDS)


@every_kind
def test_T_is_the_integral_of_t(schedule):
    knots = [0.2, 0.3, 0.35, 0.4, 0.6]
    for i in INSIDE:
        area = quad(schedule.t, 0, i, epsabs=0, epsrel=1e-12, points=knots, limit=200)[0]
        assert schedule.T(i) == pytest.approx(area, rel=1e-11, abs=1e-300)


@every_kind
def test_working_time_is_the_integral_of_one_over_t(schedule):
    knots = [0.2, 0.3, 0.35, 0.4, 0.6]
    for i in [*INSIDE, 1.0]:
        area = quad(lambda v: 1 / schedule.t(v) if v < 1 else 0.0, 0, i, epsrel=1e-12, points=knots)
        assert schedule.working_time(i) == pytest.approx(area[0], rel=1e-9, abs=1e-300)


@every_kind
def test_dt_is_the_slope_of_t(schedule):
    h = 1e-6
    for i in [0.05, 0.25, 0.33, 0.5, 0.77, 0.95]:
        slope = (schedule.t(i + h) - schedule.t(i - h)) / (2 * h)
        assert schedule.dt(i) == pytest.approx(slope, rel=1e-6, abs=1e-8)


@every_kind
def test_derived_quantities_follow_from_t_and_T(schedule):
    """The definitions of the paper, which the kinds replace by closed forms here and there."""
    i = INSIDE[2:]
    t, T, dt = schedule.t(i), schedule.T(i), schedule.dt(i)
    assert schedule.t_Omega(i) == pytest.approx((1 - i) * t + T, rel=1e-13)
    assert schedule.Omega(i) == pytest.approx(1 - i + T / t, rel=1e-13)
    assert schedule.R(i) == pytest.approx(T / ((1 - i) * t), rel=1e-12)
    assert schedule.gamma(i) == pytest.approx(T / (T + (1 - i) * t), rel=1e-12)
    assert schedule.elasticity(i) == pytest.approx(dt * (1 - i) / t, rel=1e-12, abs=1e-12)


@every_kind
def test_first_task(schedule):
    assert schedule.T(0) == 0
    assert schedule.working_time(0) == 0
    assert schedule.Omega(0) == 1
    assert schedule.gamma(0) == 0
    assert schedule.R(0) == 0
    assert schedule.t_Omega(0) == schedule.t(0)


@every_kind
def test_last_task_is_finite_or_infinite_never_nan(schedule):
    values = [
        getattr(schedule, name)(1.0)
        for name in ("t", "dt", "T", "t_Omega", "Omega", "R", "gamma", "elasticity", "working_time")
    ]
    assert not np.isnan(values).any()


@pytest.mark.parametrize(
    "eta, T, Omega, gamma", [(0.5, 2, 0, 1), (1, np.inf, 0, 1), (2, np.inf, 0, 0.5)]
)
def test_the_power_schedule_ends_at_its_limits(eta, T, Omega, gamma):
    s = Power(eta=eta)
    assert (s.T(1), s.Omega(1), s.gamma(1)) == (T, Omega, gamma)
    assert s.t_Omega(1) == T  # Phi(1) = T(1), finite or not
    assert s.t(1) == np.inf


@pytest.mark.parametrize("schedule", [Linear(a=1, b=2), Exponential(a=1, k=2)])
def test_bounded_schedules_end_at_their_limits(schedule):
    assert schedule.t_Omega(1) == schedule.T(1)
    assert schedule.Omega(1) == schedule.T(1) / schedule.t(1)
    assert (schedule.gamma(1), schedule.elasticity(1), schedule.R(1)) == (1, 0, np.inf)


@pytest.mark.parametrize("schedule", [s for s in KINDS if s.t(0.5) > s.t(0) and s is not STEP])
def test_inverse_gives_the_task_back(schedule):
    i = np.array([0.0, 0.1, 0.32, 0.5, 0.9, 1.0])
    assert schedule.inverse(schedule.t(i)) == pytest.approx(i, abs=1e-13)
    first, last = schedule.t(0.0), schedule.t(1.0)
    assert schedule.inverse(0.5 * first) == 0
    assert schedule.inverse(first) == 0
    assert schedule.inverse(last) == 1
    assert np.isinf(last) or schedule.inverse(2 * last) == 1
    assert np.isnan(schedule.inverse(np.nan))


@every_kind
def test_what_stays_home_is_the_rest(schedule):
    cost = np.array([0.5, 1.0, 1.2, 1.5, 1.7, 2.5, 9.0])
    assert schedule.stay_home(cost) == pytest.approx(1 - schedule.inverse(cost), abs=1e-15)


def test_what_stays_home_keeps_its_digits():
    """Power(0.05) with a wage gap of 4: 1 - I is 4**-20, about 1e-12."""
    assert Power(eta=0.05).stay_home(4.0) == pytest.approx(4.0**-20, rel=1e-13)
    near = np.exp(2 * (1 - 1e-12))
    assert Exponential(a=1, k=2).stay_home(near) == pytest.approx(1e-12, rel=1e-3)
    assert Linear(a=1, b=2).stay_home(3 - 2e-12) == pytest.approx(1e-12, rel=1e-3)


def test_inverse_on_a_flat_portion_is_its_first_task():
    assert STEP.inverse([1.0, 1.5]) == pytest.approx([0.0, 0.4], abs=0)
    for flat in (Linear(a=1.5, b=0), Exponential(a=1.5, k=0)):
        assert flat.inverse([1.4, 1.5, 1.6]).tolist() == [0, 0, 1]
    assert Power(eta=0).inverse([0.9, 1, 1.1]).tolist() == [0, 0, 1]


def test_a_flat_portion_is_exactly_flat():
    i = np.linspace(0.4, 0.6, 11)
    assert (STEP.t(i) == 1.5).all()
    assert (STEP.dt(i) == 0).all()
    assert np.ptp(STEP.t_Omega(i)) < 1e-15
    assert np.ptp(STEP.Omega(i)) < 1e-15


def test_omega_of_the_quadratic_power_schedule():
    """With eta = 2 the index is 1 - I^2 (a closed form by hand)."""
    i = np.linspace(0, 1, 11)
    assert Power(eta=2).Omega(i) == pytest.approx(1 - i**2, abs=1e-15)


def test_worked_numbers():
    # GRH08 block: t = 1 + i at the cutoff I = 7/18, fractions by hand
    s, I = Linear(a=1, b=1), 7 / 18
    assert s.T(I) == pytest.approx(0.4645061728, abs=1e-10)
    assert s.Omega(I) == pytest.approx(0.9455555556, abs=1e-10)
    assert s.elasticity(I) == pytest.approx(0.44, abs=1e-12)
    assert s.gamma(I) == pytest.approx(0.3537015276, abs=1e-10)


def test_R_need_not_increase():
    # GRH08-IIA-3: PCHIP through four points, numbers from an independent quadrature
    steep = Tabulated(tasks=[0, 0.3, 0.35, 1], costs=[1, 1.05, 2, 2.2])
    assert steep.R([0.3, 0.34]) == pytest.approx([0.4140, 0.2882], abs=5e-5)


@given(st.floats(0.05, 4), st.floats(1e-13, 1e-3))
def test_m_keeps_the_digits_near_the_last_task(eta, m):
    """With m given, nothing is lost where 1 - i has no digits: compare with exact powers of m."""
    s = Power(eta=eta)
    assert s.t(1 - m, m) == pytest.approx(m**-eta, rel=1e-14)
    if abs(eta - 1) > 1e-3:
        exact = (m**eta - eta * m) / (1 - eta)
        assert s.Omega(1 - m, m) == pytest.approx(exact, rel=1e-11)


@given(st.floats(0.05, 4), st.floats(1e-14, 1e-6))
def test_small_shares_keep_their_digits(eta, i):
    """To second order T = i + eta i^2 / 2, so for small i the relative error is of order i^2."""
    s = Power(eta=eta)
    second = eta * (eta + 1) * i**2
    assert s.T(i) == pytest.approx(i * (1 + eta * i / 2), rel=1e-14 + second)
    assert s.R(i) == pytest.approx(i * (1 + (2 - eta) * i / 2), rel=1e-14 + 10 * second + 10 * i**2)


def test_parameters_broadcast_with_tasks():
    eta = np.array([[0.5], [1.0], [2.0]])
    table = Power(eta=eta).Omega(INSIDE)
    assert table.shape == (3, INSIDE.size)
    for row, one in zip(table, eta.ravel(), strict=True):
        assert row == pytest.approx(Power(eta=one).Omega(INSIDE), rel=1e-14)
    assert Linear(a=[1, 2], b=1).dt(0.5).tolist() == [1, 1]
    assert Linear(a=[1, 2], b=[0, 1]).inverse(2.5).tolist() == [1, 0.5]


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: Linear(a=-1, b=np.nan), "a = -1 must be finite and > 0; b = nan must be finite"),
        (lambda: Linear(a=1, b=-0.5), "b = -0.5 must be finite and >= 0"),
        (lambda: Linear(a=[1, 2], b=[1, 2, 3]), r"shapes a \(2,\), b \(3,\) must broadcast"),
        (lambda: Linear(a="x", b=1), "a = 'x' must be a number"),
        (lambda: Linear(a=[[1], [2, 3]], b=1), r"a = \[\[1\], \[2, 3\]\] must be a number"),
        (lambda: Power(eta=-1), "eta = -1 must be finite and >= 0"),
        (lambda: Power(eta=[1, np.inf]), r"eta = inf \(1 of 2 values\)"),
        (lambda: Exponential(a=0, k=-1), "a = 0 must be finite and > 0; k = -1 must be"),
        (lambda: Tabulated([0, 1], [2, 1]), "costs go from 2 to 1 at position 1 and must not dec"),
        (lambda: Tabulated([0, 0.5, 0.5, 1], [1, 2, 3, 4]), "tasks go from 0.5 to 0.5 at pos"),
        (lambda: Tabulated([0.1, 0.9], [1, 2]), "run from 0.1 to 0.9 and must cover"),
        (lambda: Tabulated([0, 1], [0, 2]), r"costs = 0 \(1 of 2 values\) must be finite and > 0"),
        (lambda: Tabulated([0, 1], [1, np.nan]), r"costs = nan \(1 of 2 values\)"),
        (lambda: Tabulated([0, np.nan, 1], [1, 2, 3]), "tasks go from 0 to nan"),
        (lambda: Tabulated([0, 1], [1, 2, 3]), r"tasks \(2,\) and costs \(3,\) must be two rows"),
        (lambda: Tabulated(0.5, 1.0), "two points or more"),
        (lambda: Tabulated("ab", [1, 2]), "tasks = 'ab' must be a number"),
        (lambda: Linear(a=1, b=1).t(1.5), r"i = 1.5 must be in \[0, 1\]"),
        (lambda: Power(eta=1).Omega([-0.1, 0]), r"i = -0.1 must be in \[0, 1\]"),
    ],
)
def test_bad_input_is_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_nan_tasks_stay_nan():
    for schedule in (s for s in KINDS if s.t(0.5) > s.t(0)):  # a constant is one even at NaN
        for name in ("t", "dt", "T", "t_Omega", "Omega", "R", "gamma", "elasticity"):
            assert np.isnan(getattr(schedule, name)(np.nan)), (schedule, name)


def test_a_schedule_cannot_be_changed():
    values = np.array([1.0, 2.0])
    s = Linear(a=values, b=1)
    values[0] = 9  # the caller's array
    assert s.a.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        s.a[0] = 9
    with pytest.raises(AttributeError):
        s.b = 3
    assert isinstance(s.replace(b=3), Linear)
    assert isinstance(s, Schedule)
