"""Technologies: one CES form for all three, against the textbook formulas and Shephard's lemma."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offshoring.technologies import CES, CobbDouglas, Leontief

prices = st.floats(0.05, 20)
weights = st.floats(0.05, 0.95)


@given(weights, st.sampled_from([0.0, 0.3, 0.8, 1.5, 3.0]), prices, prices)
def test_cost_is_the_textbook_formula(lam, sigma, w, s):
    r = 1 - sigma
    expected = (lam * w**r + (1 - lam) * s**r) ** (1 / r)
    assert CES(lam, sigma).cost(w, s) == pytest.approx(expected, rel=1e-12)


@given(weights, prices, prices)
def test_cobb_douglas_and_leontief_are_special_cases(lam, w, s):
    assert CobbDouglas(lam).cost(w, s) == pytest.approx(w**lam * s ** (1 - lam), rel=1e-13)
    assert CES(lam, 1).cost(w, s) == pytest.approx(CobbDouglas(lam).cost(w, s), rel=1e-14)
    fixed = Leontief(L=2 * lam, H=3 * (1 - lam))
    assert fixed.cost(w, s) == pytest.approx(2 * lam * w + 3 * (1 - lam) * s, rel=1e-13)
    assert fixed.a_L(w, s) == pytest.approx(2 * lam, rel=1e-13)
    assert fixed.a_H(w, s) == pytest.approx(3 * (1 - lam), rel=1e-13)


@given(weights, st.floats(-1e-7, 1e-7), prices, prices)
def test_nothing_breaks_near_unit_elasticity(lam, d, w, s):
    near, exact = CES(lam, 1 + d).cost(w, s), CobbDouglas(lam).cost(w, s)
    # to first order in d the log costs differ by -d lam (1 - lam) log(w / s)^2 / 2
    shift = -d * lam * (1 - lam) * np.log(w / s) ** 2 / 2
    assert np.log(near / exact) == pytest.approx(shift, abs=1e-12)


@given(weights, st.floats(0, 3), prices, prices)
def test_demands_are_the_slopes_of_cost(lam, sigma, w, s):
    tech, h = CES(lam, sigma), 1e-5
    slope_w = (tech.cost(w * (1 + h), s) - tech.cost(w * (1 - h), s)) / (2 * h * w)
    slope_s = (tech.cost(w, s * (1 + h)) - tech.cost(w, s * (1 - h))) / (2 * h * s)
    assert tech.a_L(w, s) == pytest.approx(slope_w, rel=1e-6)
    assert tech.a_H(w, s) == pytest.approx(slope_s, rel=1e-6)
    assert w * tech.a_L(w, s) + s * tech.a_H(w, s) == pytest.approx(tech.cost(w, s), rel=1e-13)
    assert tech.theta_L(w, s) == pytest.approx(w * tech.a_L(w, s) / tech.cost(w, s), rel=1e-13)


@given(weights, st.floats(0.05, 3), st.floats(-5, 5))
def test_relative_wage_inverts_intensity(lam, sigma, log_q):
    tech = CES(lam, sigma)
    log_k = tech.log_intensity(log_q)
    assert tech.log_relative_wage(log_k) == pytest.approx(log_q, abs=1e-11)
    q = np.exp(log_q)
    assert np.exp(tech.log_a_H(log_q)) == pytest.approx(tech.a_H(q, 1), rel=1e-12)
    assert np.exp(log_k) == pytest.approx(tech.a_L(q, 1) / tech.a_H(q, 1), rel=1e-11)


NEAR_AND_FAR = [0, 0.3, 0.999, 1, 1.001, 2, 5]


@given(weights, st.sampled_from(NEAR_AND_FAR), st.floats(-2, 2), st.floats(-3, 3))
def test_high_skill_wage_restores_the_price(lam, sigma, log_price, log_q):
    tech = CES(lam, sigma)
    log_s = log_price - tech.log_cost(log_q)
    again = tech.log_high_skill_wage(log_s + log_q, log_price)
    # where L-tasks take nearly the whole price, what is left for s has few digits
    assert again == pytest.approx(log_s, abs=1e-14 / tech.share_H(log_q))


def test_high_skill_wage_is_zero_or_infinite_where_labour_alone_settles_the_price():
    assert Leontief(L=1, H=1).log_high_skill_wage(np.log([1.0, 2.0]), 0.0).tolist() == [-np.inf] * 2
    # sigma = 2: c = 1 / (lam / w + (1 - lam) / s), at most w / lam
    least = CES(0.4, 2).log_high_skill_wage(np.log([0.3, 0.4, 0.41]), 0.0)
    assert least[:2].tolist() == [np.inf] * 2
    assert np.exp(least[2]) == pytest.approx(0.6 / (1 - 0.4 / 0.41), rel=1e-12)


@pytest.mark.parametrize("sigma", [0, 0.5, 1, 2])
def test_extreme_relative_wages_do_not_overflow(sigma):
    tech = CES(0.4, sigma)
    for log_q in (-1000.0, 1000.0):
        values = [tech.log_cost(log_q), tech.log_cost_in_w(log_q), tech.log_intensity(log_q)]
        assert np.isfinite(values).all()
        assert tech.log_cost(log_q) - tech.log_cost_in_w(log_q) == pytest.approx(log_q, rel=1e-12)


def test_each_form_of_the_cost_keeps_its_digits_on_its_side():
    """c(1, 1/q) tends to lam**(1 / (1 - sigma)) as q grows, and c(q, 1) to the mirror image."""
    for sigma in (0, 0.5):
        tech = CES(0.4, sigma)
        limits = np.log(0.4) / (1 - sigma), np.log(0.6) / (1 - sigma)
        assert tech.log_cost_in_w(500.0) == pytest.approx(limits[0], abs=2e-16)
        assert tech.log_cost(-500.0) == pytest.approx(limits[1], abs=2e-16)


def test_factor_prices_may_lie_far_apart():
    tech = CobbDouglas(0.5)
    assert tech.cost(1e200, 1e-200) == pytest.approx(1, rel=1e-12)
    assert tech.theta_L(1e-200, 1e200) == 0.5


def test_leontief_has_one_intensity():
    tech = Leontief(L=0.5, H=2)
    edge = np.log(0.5 / 2)
    assert tech.log_relative_wage(edge - 1) == np.inf
    assert tech.log_relative_wage(edge + 1) == -np.inf


def test_arrays_and_numbers_agree():
    lam, sigma, w = np.array([0.2, 0.4]), np.array([[0.0], [1.0], [2.0]]), 1.7
    table = CES(lam, sigma).cost(w, 1.0)
    assert table.shape == (3, 2)
    for k in range(3):
        for j in range(2):
            assert table[k, j] == CES(lam[j], sigma[k, 0]).cost(w, 1.0)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: CES(0, 1), "CES: lam = 0 must be strictly between 0 and 1"),
        (lambda: CES(1.2, -1), "lam = 1.2 must be strictly between 0 and 1; sigma = -1 must be"),
        (lambda: CES(0.5, np.nan), "sigma = nan must be finite and >= 0"),
        (lambda: CES([0.1, 0.2], [1, 2, 3]), r"lam \(2,\), sigma \(3,\) must broadcast"),
        (lambda: CobbDouglas([0.1, 1.0]), r"lam = 1 \(1 of 2 values\) must be strictly"),
        (lambda: Leontief(L=-1, H=0), "L = -1 must be finite and > 0; H = 0 must be finite"),
        (lambda: CobbDouglas(0.5).cost(-1, 1), "w = -1 must be > 0"),
        (lambda: CobbDouglas(0.5).a_H(1, [1, 0]), "s = 0 must be > 0"),
    ],
)
def test_bad_input_is_named(make, words):
    with pytest.raises(ValueError, match=words):
        make()
