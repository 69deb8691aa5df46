"""Calibration: economies are recovered from what they look like, or refused in words."""

import numpy as np
import pytest

from offshoring.skill_upgrading import (
    ExponentialProductivity,
    ExponentialSkill,
    OpenEconomy,
)
from offshoring.skill_upgrading.calibration import Targets, _shortfall, calibrate
from offshoring.validation import NoEquilibrium

BASE = {"sigma": 3.8, "theta": 0.65, "H": 0.45}
GRID = dict(
    zip(
        ("theta", "sigma", "H"),
        np.meshgrid([0.5, 0.65, 0.8], [2.5, 3.8, 5.0, 6.0], [0.42, 0.45, 0.48], indexing="ij"),
        strict=True,
    )
)


def parameters(economy):
    phi = economy.productivity
    return np.array([phi.M, phi.L, phi.H, economy.F_H, economy.F_I])


def looks(eq):
    """The targets as an equilibrium has them."""
    sales = {
        j: n * eq.economy.sigma * eq.unit_costs[j] * eq.fixed_costs[j] for j, n in eq.firms.items()
    }
    return {
        "share_M": eq.share_M,
        "relative_wage": eq.W_HQ / eq.W_M,
        "import_share": eq.imports / (eq.imports + eq.M),
        "revenue_share": (sales["HD"] + sales["HO"]) / sum(sales.values()),
    }


def random_economies(n=4000, seed=2009):
    """Economies in which some high-tech firms offshore, and that equilibrium."""
    rng = np.random.default_rng(seed)
    M = rng.uniform(0.02, 0.4, n)
    L = M + rng.uniform(0.02, 0.4, n)
    H = L + rng.uniform(0.02, 0.95 - L)
    Z_1 = rng.uniform(0.1, 2, n)
    Z_2 = Z_1 + rng.uniform(0.05, 3, n)
    theta, sigma = rng.uniform(0.05, 0.95, n), rng.uniform(1.2, 8, n)
    C_L = np.exp((M - L) * Z_1)
    C_H = C_L * np.exp((L - H) * Z_2)
    F_H = ((C_L + 1) / (C_H + 1)) ** sigma
    economy = OpenEconomy(
        productivity=ExponentialProductivity(M, L, H), skill=ExponentialSkill(1.0), sigma=sigma,
        theta=theta, F_H=F_H, F_I=((C_L + 1) / (C_H + theta)) ** sigma - F_H,
    )  # fmt: skip
    made = economy.workforce.output
    output = made("M", 0.0, Z_1), made("L", Z_1, Z_2), made("H", Z_2, np.inf)
    some = (output[0] > 1.001 * output[1]) & (output[0] < 0.999 * (output[1] + output[2]))
    economy = economy.flat().take(np.flatnonzero(some))
    eqs = economy.equilibria()
    which = (eqs.regime == 1).argmax(-1)
    eq = eqs.pick(np.arange(eqs.regime.shape[-1]) == which[:, None])
    assert np.all(eq.regime == 1)
    assert pytest.approx(Z_1[some], rel=1e-9) == eq.Z_1
    return economy, eq


def test_the_economy_is_recovered_from_what_it_looks_like():
    economy, eq = random_economies()
    assert eq.Z_1.size > 500
    found = calibrate(
        Targets(sigma=economy.sigma, theta=economy.theta, H=economy.productivity.H, **looks(eq))
    )
    assert np.all(found.F_L == 1)
    assert parameters(found) == pytest.approx(parameters(economy), rel=1e-7, abs=1e-9)


def test_the_targets_are_met():
    rng = np.random.default_rng(3)
    n = 3000
    given = {
        "share_M": rng.uniform(0.3, 0.9, n), "relative_wage": rng.uniform(1.1, 3, n),
        "import_share": rng.uniform(0.01, 0.5, n), "revenue_share": rng.uniform(0.2, 0.8, n),
    }  # fmt: skip
    targets = Targets(
        sigma=rng.uniform(1.2, 8, n),
        theta=rng.uniform(0.1, 0.95, n),
        H=rng.uniform(0.2, 0.9, n),
        **given,
    )
    ok = targets.attainable
    assert 100 < ok.sum() < n
    assert ok.tolist() == (targets.fit()[1] > 0).tolist()
    eqs = calibrate(targets.take(np.flatnonzero(ok))).equilibria()
    eq = eqs.pick(np.arange(eqs.regime.shape[-1]) == (eqs.regime == 1).argmax(-1)[:, None])
    assert np.all(eq.regime == 1)
    plain = eq.C_H > 1e-6  # below, F_I says little of a C_H that is added to theta
    assert plain.sum() > 0.95 * ok.sum()
    for name, value in looks(eq).items():
        assert value == pytest.approx(given[name][ok], rel=1e-6), name
        assert value[plain] == pytest.approx(given[name][ok][plain], rel=1e-9), name
    assert max(np.abs(r).max() for r in eq.residuals().values()) < 1e-10


def test_no_targets_of_a_random_sample_have_a_second_fit():
    """A scan ten times as fine as the one that calibrates finds the same fits."""
    rng = np.random.default_rng(1)
    n = 2000
    targets = Targets(
        sigma=3.0, theta=rng.uniform(0.1, 0.95, n), H=rng.uniform(0.2, 0.9, n),
        share_M=rng.uniform(0.3, 0.9, n), relative_wage=rng.uniform(1.1, 3, n),
        import_share=rng.uniform(0.01, 0.5, n), revenue_share=rng.uniform(0.2, 0.8, n),
    )  # fmt: skip
    k, h, l = targets.bills()
    low, high = np.maximum(h * k / (h + l), k - 1), np.minimum(h, k - l / 2)
    some = high > low
    ends = np.geomspace(1e-12, 1e-3, 301)[:-1]
    steps = np.concatenate([ends, np.linspace(1e-3, 1 - 1e-3, 1001), 1 - ends[::-1]])
    q = low + (high - low) * steps[:, None]
    args = (k, h, l, targets.H, -np.log1p(-targets.share_M))
    gap = _shortfall(q[:, some], *(a[some] for a in args))
    fits = (gap[1:] * gap[:-1] < 0).sum(0)
    assert set(fits) == {0, 1}
    assert np.isfinite(targets.fit()[1])[some].tolist() == (fits == 1).tolist()
    assert np.isnan(targets.fit()[1])[~some].all()


WORKED = [  # a general solver on the three targets in three unknowns
    ({}, "0.07436352198 0.27253777652 0.45 1.8653624969 3.1878411511"),
    ({"sigma": 6.0, "H": 0.42}, "0.0332659228 0.3330977096 0.42 1.5763247856 5.5595029905"),
    ({"import_share": 0.116 / (0.116 + 0.65 * 0.884)},
     "0.0197223563 0.3156847237 0.45 1.5608184521 2.6832107298"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "numbers"), WORKED)
def test_worked_numbers(changes, numbers):
    economy = calibrate(Targets(**BASE | changes))
    assert parameters(economy) == pytest.approx([float(v) for v in numbers.split()], abs=1.01e-10)
    eqs = economy.equilibria()
    assert eqs.count == 1
    assert eqs.regime.tolist() == [1]


def test_arrays_are_scalars_side_by_side_and_sigma_moves_fixed_costs_only():
    economy = calibrate(Targets(**GRID))
    assert economy.shape == (3, 4, 3)
    together = parameters(economy)
    for point in np.ndindex(3, 4, 3):
        alone = calibrate(Targets(**{name: value[point] for name, value in GRID.items()}))
        assert alone.shape == ()
        assert together[(slice(None), *point)] == pytest.approx(parameters(alone), rel=1e-12)
    assert np.ptp(together[:3], axis=2).max() < 1e-14
    assert np.all(np.diff(together[3:], axis=2) > 0)
    assert np.all(economy.equilibria().count == 1)


def test_a_target_that_is_moved_is_noticed():
    at = parameters(calibrate(Targets(**BASE)))
    moved = {"share_M": 0.71, "relative_wage": 1.66, "import_share": 0.117, "revenue_share": 0.56}
    for name, value in moved.items():
        other = parameters(calibrate(Targets(**BASE, **{name: value})))
        assert np.abs(other / at - 1).max() > 1e-3, name


def test_shares_of_value_fit_in_24_of_36():
    by_number = 0.116 / (0.116 + GRID["theta"] * 0.884)
    targets = Targets(**GRID, import_share=by_number)
    ok = targets.attainable
    assert ok.sum() == 24
    assert np.all(ok == ok[:, :1])
    eq = calibrate(targets.flat().take(np.flatnonzero(ok))).equilibria()[0]
    bill = eq.economy.theta * eq.imports
    assert bill / (eq.M + bill) == pytest.approx(0.116, rel=1e-10)
    with pytest.raises(NoEquilibrium, match=r"at 12 of 36 points, first with sigma = 2.5, theta"):
        calibrate(targets)


REFUSED = [
    ({"theta": 0.5, "import_share": 0.207885},
     "cannot be met with sigma = 3.8, theta = 0.5, H = 0.45, .*: the slope a_M would be -0.0238, "
     "and productivity must rise with skill"),
    ({"H": 0.36}, "H = 0.36, share_M = 0.7, .*: no unit costs C_H < C_L < 1 of headquarters fit"),
    ({"relative_wage": 5.0}, "relative_wage = 5, .*: no unit costs C_H < C_L < 1 of headquarters"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), REFUSED)
def test_targets_out_of_reach_are_refused_in_words(changes, words):
    targets = Targets(**BASE | changes)
    assert not targets.attainable
    with pytest.raises(NoEquilibrium, match=words) as caught:
        calibrate(targets)
    assert "points" not in str(caught.value)


def test_a_row_without_any_room_for_costs_is_no_fit():
    """Headquarters would have to cost more than intermediates, whatever high-tech firms make."""
    targets = Targets(**BASE, relative_wage=[1.65, 5.0])
    k, h, l = targets.bills()
    assert (np.minimum(h, k - l / 2) <= np.maximum(h * k / (h + l), k - 1)).tolist() == [
        False,
        True,
    ]
    q_H, a_M = targets.fit()
    assert np.isnan([q_H[1], a_M[1]]).all()
    assert targets.attainable.tolist() == [True, False]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sigma": 1.0}, "Targets: sigma = 1 must be finite and > 1"),
        ({"sigma": np.inf}, "sigma = inf must be finite and > 1"),
        ({"theta": 1.0}, "theta = 1 must be strictly between 0 and 1"),
        ({"H": [0.4, 1.2]}, r"H = 1.2 \(1 of 2 values\) must be strictly between 0 and 1"),
        ({"share_M": 0.0}, "share_M = 0 must be strictly"),
        ({"relative_wage": 0.9}, "relative_wage = 0.9 must be finite and > 1"),
        ({"import_share": 1.0}, "import_share = 1 must be strictly"),
        ({"revenue_share": -0.1, "theta": np.nan}, "theta = nan must be .*; revenue_share = -0.1"),
        ({"sigma": [2.0, 3.0], "H": [0.4, 0.45, 0.48]}, r"sigma \(2,\), H \(3,\) must broadcast"),
        ({"sigma": "3"}, "sigma = '3' must be a number"),
    ],
)
def test_bad_targets_are_named(changes, words):
    with pytest.raises(ValueError, match=words):
        Targets(**BASE | changes)
