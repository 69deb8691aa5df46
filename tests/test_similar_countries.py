"""Task trade between similar countries: every equilibrium of a world, and each exact."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offshoring.branches import _tracks
from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.similar_countries import SimilarCountries, search
from offshoring.similar_countries.bounds import FARTHEST, top_of_search

ROUND = Linear(a=1, b=1)


def world(L=1.1, **changes):
    """The paper's worlds: t = 1 + i, f = 1, and managers in proportion to workers."""
    values = {"schedule": ROUND, "beta": 2.0, "theta": 0.8, "sigma": 2.0, "f": 1.0}
    values |= {"L": L, "H": L, "L_star": 2 - L, "H_star": 2 - L}
    return SimilarCountries(**values | changes)


def draws(n=300, seed=2012, **ranges):
    """Worlds at random, similar unless endowments are given."""
    rng = np.random.default_rng(seed)
    ends = {"beta": (1, 2.2), "theta": (0.3, 0.95), "sigma": (1.3, 5), "L": (0.5, 1.5)} | ranges
    return world(**{name: rng.uniform(*pair, n) for name, pair in ends.items()})


def largest(residuals):
    return max(np.abs(np.nan_to_num(r)).max() for r in residuals.values())


SCHEDULES = {
    "linear": Linear(a=1.1, b=0.7),
    "steep": Linear(a=1, b=40),
    "flat": Linear(a=1, b=0.05),
    "exponential": Exponential(a=1, k=1.2),
    "power": Power(eta=0.6),
    "steep power": Power(eta=1.7),
    "cliff": Power(eta=0.01),
    "tabulated": Tabulated(tasks=[0, 0.2, 0.5, 0.7, 1], costs=[1, 1.02, 1.5, 1.55, 3]),
}

# ---------------------------------------------------------------- worked examples, digit by digit

WE2 = {
    "w": 2.05660002787, "I": 0.444230173035, "I_star": 0.126576766805, "J": 0.288020154325,
    "M_E": 0.31765340623, "M_W": 0.126576766805, "M_B": 0.555769826965, "T_E": 0.408312790599,
    "T_W": 0.134587605753, "x": 2.88941483126, "x_star": 0.523819949074, "c": 0.734115991887,
    "c_star": 1.72416417351, "s": 2.12116563483, "s_star": 0.903151589561, "P": 0.953010843615,
    "share": 0.892172461519, "welfare": 5.26050551137, "welfare_star": 1.59759071143,
}  # fmt: skip
WE3 = {
    "w": [0.964992696459, 1, 1.09467411911], "I": [0.530881591387, 0.582819205993, 0.757080198693],
    "I_star": [0.647219805439, 0.582819205993, 0.481515328302],
    "J": [0.357349950071, np.nan, 0.389594131168],
    "x": [2.60834414539, 2.60747897066, 4.1292978789],
    "x_star": [3.25230573608, 2.71390668375, 2.76969144194],
    "welfare": [5.73395645166, 5.39850865795, 7.49096579712],
    "welfare_star": [5.9261127209, 5.23894158452, 6.22615349479],
}  # fmt: skip
WE4 = {
    "w": [1.25326799083, 2.24944837243, 2.52077759391], "I": [0, 0.0830131868366, 1],
    "I_star": [0, 0.175850214678, 0.274918927052], "x": [np.nan, 1.87099942118, 2.27544223534],
    "x_star": [np.nan, 0.175860171491, 0.0536405571736],
    "welfare": [1.54889780272, 1.94432082888, 2.21615950711],
    "welfare_star": [1.01118039372, 0.582490490076, 0.538576239755],
}  # fmt: skip


def test_no_offshoring_world():
    """WE1, also in closed form: GRH12-noff."""
    eq = world().equilibria()[0]
    assert eq.w == pytest.approx((11 / 9) ** 2, rel=1e-14)
    assert eq.kind == "no offshoring"
    assert eq.panel == ""
    assert eq.stability == 1
    got = [eq.x, eq.x_star, eq.c, eq.c_star, eq.s, eq.s_star, eq.P, eq.welfare, eq.welfare_star]
    want = [1.4641, 0.6561, 1.02030405061, 1.52415790276, 1.49382716049, 1, 1.19860961285]
    np.testing.assert_allclose(got[:7], want, rtol=5e-12)
    np.testing.assert_allclose(got[7:], [2.74186, 1.50174], rtol=2e-6)


@pytest.mark.parametrize(
    ("economy", "numbers"),
    [
        (world(1.2), {name: [value] for name, value in WE2.items()}),
        (world(1.02, beta=1.1), WE3),
        (world(theta=0.6, sigma=4.0), WE4),
    ],
    ids=["WE2", "WE3", "WE4"],
)
def test_worked_examples(economy, numbers):
    eqs = economy.equilibria()
    assert eqs.count == len(eqs) == len(numbers["w"])
    assert largest(eqs.residuals()) < 1e-13
    for name, values in numbers.items():
        got, want = np.asarray(getattr(eqs, name)), np.array(values, dtype=float)
        given_ = np.isfinite(want)
        np.testing.assert_allclose(got[given_], want[given_], rtol=1e-10, atol=1e-15, err_msg=name)


def test_kinds_panels_and_stability():
    eqs = world(1.02, beta=1.1).equilibria()
    assert list(eqs.kind) == ["offshoring", "equal wages", "offshoring"]
    assert list(eqs.panel) == ["d", "", "d"]
    assert list(eqs.stability) == [1, -1, 1]
    four = world(theta=0.6, sigma=4.0).equilibria()
    assert list(four.panel) == ["", "b", "a"]
    assert list(four.stability) == [1, -1, 1]
    five = world(1.05, beta=1.8, theta=0.65, sigma=4.5).equilibria()
    want = [0.41716, 0.47729, 1.15554, 1.83543, 2.33140]
    np.testing.assert_allclose(five.w, want, atol=5e-6)


# ---------------------------------------------------------------- structure of the answer


def test_each_equilibrium_checks_itself():
    eqs = draws().equilibria()
    assert set(eqs.residuals()) == {f"GRH12-{k}" for k in range(1, 13)} | {"GRH12-loc"}
    assert largest(eqs.residuals()) < 1e-12
    assert (eqs.count % 2 == 1).all()
    assert eqs.count.max() >= 3


def test_an_even_world_among_others_is_put_back_in_its_place(monkeypatch):
    economy = world(np.array([1.1, 1.2, 1.3]))
    right = economy.equilibria()
    real = search.find_roots

    def careless(sides, steps):
        roots = real(sides, steps)
        keep = np.ones(roots.u.size, dtype=bool)
        if steps == search.STEPS:
            keep[roots.side == 1] = False
        return type(roots)(*(part[keep] for part in roots))

    monkeypatch.setattr(search, "find_roots", careless)
    np.testing.assert_allclose(economy.equilibria().w, right.w, rtol=1e-13)


def test_the_tie_at_one_is_panel_d():
    """Nothing is dispersed: I = I* = 1, and J divides the tasks."""
    eqs = world(beta=1.0, schedule=Linear(a=1, b=0.3)).equilibria()
    np.testing.assert_allclose([eqs.w, eqs.J], [[1.0235831303], [0.4614183028]], rtol=1e-9)
    assert list(eqs.panel) == ["d"]
    assert eqs.I == eqs.I_star == 1


def test_prices_beyond_the_powers_of_floats():
    eqs = world(1.02, theta=0.98, sigma=40.0, beta=1.0).equilibria()
    assert np.isfinite(eqs.welfare).all()
    assert (eqs.P > 0).all()


def test_values_beyond_floats_are_warned_of():
    with pytest.warns() as caught:
        world(
            theta=0.9985, sigma=4.0, beta=1.0, L=90.0, H=90.0, L_star=1.0, H_star=1.0
        ).equilibria()
    assert any("value is beyond floats" in str(w.message) for w in caught)


@pytest.mark.parametrize("schedule", [Exponential(1, 15), Linear(1, 1e6)])
def test_costs_of_any_size(schedule):
    eqs = world(1.1, schedule=schedule, sigma=50.0, beta=1.1).equilibria()
    assert eqs.count % 2 == 1
    assert largest(eqs.residuals()) < 1e-9


SPOILS = {
    "w": {"GRH12-1", "GRH12-2", "GRH12-3", "GRH12-4", "GRH12-5"},
    "c": {"GRH12-4", "GRH12-6", "GRH12-7"},
    "c_star": {"GRH12-5", "GRH12-6", "GRH12-8"},
    "x": {"GRH12-1", "GRH12-2", "GRH12-3", "GRH12-4", "GRH12-6", "GRH12-7", "GRH12-11"},
    "s": {"GRH12-7"},
    "s_star": {"GRH12-8"},
    "n": {"GRH12-9", "GRH12-11"},
    "n_star": {"GRH12-10", "GRH12-12"},
    "I": {"GRH12-1"},
    "I_star": {"GRH12-2", "GRH12-loc"},
    "J": {"GRH12-3"},
    "M_E": {"GRH12-4", "GRH12-11", "GRH12-loc"},
    "M_W": {"GRH12-5", "GRH12-12", "GRH12-loc"},
    "M_B": {"GRH12-4", "GRH12-5", "GRH12-11", "GRH12-12", "GRH12-loc"},
    "T_E": {"GRH12-5", "GRH12-11", "GRH12-loc"},
    "T_W": {"GRH12-4", "GRH12-12", "GRH12-loc"},
    "hard": {"GRH12-loc"},
}


@pytest.mark.parametrize("field", SPOILS)
def test_residuals_notice_a_wrong_field(field):
    eq = world(1.2).equilibria()[0]
    wrong = replace(eq, **{field: getattr(eq, field) * (1 + 1e-6)})
    noticed = {name for name, r in wrong.residuals().items() if abs(r) > 1e-8}
    assert SPOILS[field] <= noticed


@pytest.mark.parametrize(
    ("changes", "noticed"),
    [
        ({"I": 1.0, "m": 0.0}, "GRH12-1"),
        ({"I_star": 1.0, "m_star": 0.0}, "GRH12-2"),
        ({"J": 0.0, "m_J": 1.0}, "GRH12-3"),
        ({"J": 1.0, "m_J": 0.0}, "GRH12-3"),
        ({"T_W": 0.2346, "T_E": 0.3083}, "GRH12-loc"),
    ],
)
def test_residuals_notice_a_wrong_corner(changes, noticed):
    eq = world(1.2).equilibria()[0]
    assert abs(replace(eq, **changes).residuals()[noticed]) > 1e-3


def test_residuals_notice_a_wrong_family():
    eq = world(1.02, beta=1.1).equilibria()[1]
    assert eq.kind == "equal wages"
    assert np.isnan(eq.J)
    assert np.isnan(eq.easy)
    for field, step in (("T_E", 0.1), ("w", 0.01), ("M_E", 0.01)):
        wrong = replace(eq, **{field: getattr(eq, field) + step})
        assert largest(wrong.residuals()) > 1e-4


def test_arrays_are_scalars_side_by_side():
    L, beta = np.array([[0.8], [1.02], [1.1]]), np.array([1.1, 1.8, 2.0])
    grid = world(L, beta=beta).equilibria()
    assert grid.w.shape == (3, 3, 3)
    assert grid.count.shape == (3, 3)
    for place in np.ndindex(3, 3):
        alone = world(L[place[0], 0], beta=beta[place[1]]).equilibria()
        assert grid.count[place] == alone.count
        for name in ("w", "I", "x_star", "welfare", "T_E", "stability"):
            got = getattr(grid, name)[place]
            np.testing.assert_allclose(got[: len(alone)], getattr(alone, name), rtol=1e-12)
            assert np.isnan(got[len(alone) :]).all()
        assert list(grid.kind[place][: len(alone)]) == list(alone.kind)
        assert (grid.kind[place][len(alone) :] == "").all()
    assert largest(grid.residuals()) < 1e-13


def test_blocks_do_not_show(monkeypatch):
    economy = draws(40)
    whole = economy.equilibria()
    monkeypatch.setattr(search, "BLOCK", 7)
    parts = economy.equilibria()
    np.testing.assert_allclose(parts.w, whole.w, rtol=1e-13)


def test_an_empty_grid():
    eqs = world(np.ones(0)).equilibria()
    assert eqs.w.shape == (0, 1)
    assert eqs.count.shape == (0,)


def test_mirror_symmetry_is_exact():
    """GRH12-fn19: exchanging endowments exchanges the names."""
    economy = draws(200)
    here, there = economy.equilibria(), economy.mirror().equilibria()
    np.testing.assert_array_equal(here.count, there.count)
    back = np.argsort(np.where(here.exists, -here.u, np.inf), axis=-1)
    order = np.argsort(np.where(there.exists, there.u, np.inf), axis=-1)

    def sorted_(value, by):
        return np.take_along_axis(np.asarray(value), by, axis=-1)

    for name in ("w", "u"):
        mirrored = 1 / here.w if name == "w" else -here.u
        np.testing.assert_allclose(
            sorted_(mirrored, back), sorted_(getattr(there, name), order), rtol=1e-13, atol=1e-13
        )
    pairs = (("I", "I_star"), ("M_E", "M_W"), ("T_E", "T_W"), ("x", "x_star"), ("N", "N_star"),
             ("welfare", "welfare_star"), ("real_wage", "real_wage_star"),
             ("real_salary", "real_salary_star"), ("welfare_per_head", "welfare_per_head_star"),
             ("J", "J"), ("hard", "hard"), ("easy", "easy"),
             ("stability", "stability"))  # fmt: skip
    for a, b in pairs:
        for one, other in ((a, b), (b, a)):
            np.testing.assert_allclose(
                sorted_(getattr(here, one), back), sorted_(getattr(there, other), order),
                rtol=1e-12, atol=1e-13, err_msg=f"{one} {other}",
            )  # fmt: skip
    money = sorted_(here.income_star / here.w, back)  # the mirrored numeraire is East's wage
    np.testing.assert_allclose(money, sorted_(there.income, order), rtol=1e-12)


def test_accounts():
    """World income is world sales; managers get a share 1 / sigma of sales, workers the rest."""
    economy = draws(100)
    eqs = economy.equilibria()
    sigma = economy.sigma[:, None]
    sales = eqs.p * eqs.N + eqs.p_star * eqs.N_star
    np.testing.assert_allclose(eqs.income + eqs.income_star, sales, rtol=1e-12)
    salaries = eqs.s * eqs.economy.H + eqs.s_star * eqs.economy.H_star
    np.testing.assert_allclose(salaries, sales / sigma, rtol=1e-12)
    np.testing.assert_allclose(eqs.X, eqs.N / eqs.share, rtol=1e-12)
    np.testing.assert_allclose(eqs.M_E + eqs.M_W + eqs.M_B, np.where(eqs.exists, 1, np.nan))


def test_sets():
    a = world(1.2).equilibria()[0].sets()
    np.testing.assert_allclose(a["W"], [(0, WE2["I_star"])], rtol=1e-10)
    np.testing.assert_allclose(a["E"], [(WE2["I_star"], WE2["I"])], rtol=1e-10)
    np.testing.assert_allclose(a["B"], [(WE2["I"], 1)], rtol=1e-10)
    assert world(0.8).equilibria()[0].sets()["E"][0] == pytest.approx(a["W"][0])
    assert world().equilibria()[0].sets() == {"E": [], "W": [], "B": [(0.0, 1.0)]}
    eq = world(1.02, beta=1.1).equilibria()[1]
    (low, high), t = eq.sets()["E"][0], ROUND.T
    assert high - low == pytest.approx(eq.M_E, rel=1e-13)
    assert t(high) - t(low) == pytest.approx(eq.T_E, rel=1e-13)
    assert sum(b - a for a, b in eq.sets()["W"]) == pytest.approx(eq.M_W, rel=1e-12)
    with pytest.raises(ValueError, match=r"shape \(3,\); pick one"):
        world(1.02, beta=1.1).equilibria().sets()


def test_pick():
    L = np.linspace(0.9, 1.1, 9)
    eqs = world(L, beta=1.1).equilibria()
    high = eqs.pick(eqs.w > 1)
    assert np.isfinite(high.w).tolist() == (L > 0.9608377492).tolist()
    assert (high.kind == np.where(L > 0.9608377492, "offshoring", "")).all()
    assert largest(high.residuals()) < 1e-13
    with pytest.raises(ValueError, match="holds for 3 equilibria"):
        eqs.pick(eqs.exists)


def test_follow_makes_each_column_one_curve():
    L = np.linspace(0.9, 1.1, 41)
    eqs = world(L, beta=1.1).equilibria().follow()
    assert eqs.w.shape == (41, 3)
    ends = sorted(tuple(np.flatnonzero(e)[[0, -1]]) for e in eqs.exists.T)
    inside = np.flatnonzero(np.abs(L - 1) < 1 - 0.9608377492)
    assert ends == sorted([(0, inside[-1]), (inside[0], 40), (inside[0], inside[-1])])
    for column in eqs.u.T:
        steps = np.abs(np.diff(column[np.isfinite(column)]))
        assert steps.max() < 0.15
    assert all(len(set(s[np.isfinite(s)])) == 1 for s in eqs.stability.T)
    assert {len(set(k[k != ""])) for k in eqs.kind.T} == {1}
    again = world(np.array([1.02, 0.5]), beta=1.1).equilibria().follow()
    assert again.exists.sum() == 4
    for shape in ((), (2, 2)):
        with pytest.raises(ValueError, match="must be one row"):
            world(np.full(shape, 1.1)[()]).equilibria().follow()


def test_follow_starts_a_new_curve_where_one_is_born():
    """Along WE4's parameters the pair beyond no offshoring exists only for larger countries."""
    L = np.linspace(1.0, 1.3, 61)
    eqs = world(L, theta=0.6, sigma=4.0).equilibria()
    curves = eqs.follow()
    assert eqs.count[0] == 1
    assert set(eqs.count) == {1, 3}
    assert curves.exists.sum() == eqs.exists.sum()
    jumps = np.abs(np.diff(curves.u, axis=0))
    assert np.nanmax(jumps) < 0.6


def test_follow_never_joins_stable_to_unstable():
    """Close to a fold the nearest neighbour is on the other curve."""
    u, stability = np.array([[0.0, 0.1], [0.06, 0.05]]), np.array([[1.0, -1.0], [1.0, -1.0]])
    assert _tracks(u, stability).tolist() == [[0, 1], [0, 1]]


def test_iteration_and_length():
    eqs = world(1.02, beta=1.1).equilibria()
    assert [float(eq.w) for eq in eqs] == eqs.w.tolist()
    assert len(eqs) == 3
    assert eqs[-1].w == eqs.w[2]
    assert "economy" not in repr(eqs[0])
    with pytest.raises(ValueError, match="read-only"):
        eqs.w[0] = 1


# ---------------------------------------------------------------- completeness


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_much_finer_scan_finds_no_more(name, monkeypatch):
    economy = draws(25 if name == "tabulated" else 150)
    economy = economy.replace(schedule=SCHEDULES[name])
    quick = economy.equilibria()
    monkeypatch.setattr(search, "STEPS", 100)
    close = economy.equilibria()
    np.testing.assert_array_equal(quick.count, close.count)
    np.testing.assert_allclose(quick.w, close.w, rtol=1e-9)
    assert largest(quick.residuals()) < 1e-11


@given(
    theta=st.floats(0.05, 0.97), sigma=st.floats(1.05, 12), beta=st.floats(1, 6),
    b=st.floats(0.02, 30), L=st.floats(0.3, 1.7), H=st.floats(0.3, 1.7),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore:SimilarCountries. H / L differs")
def test_there_is_always_an_odd_number(theta, sigma, beta, b, L, H):
    """GRH12-exist; similar or not, and the stable ones are one more than the unstable."""
    economy = world(L, theta=theta, sigma=sigma, beta=beta, schedule=Linear(a=1, b=b))
    for one in (economy, economy.replace(H=H)):
        eqs = one.equilibria()
        assert eqs.count % 2 == 1
        assert eqs.stability.sum() == 1
        assert largest(eqs.residuals()) < 1e-10


def test_rising_G_is_what_stability_says():
    economy = world(1.05, beta=1.8, theta=0.65, sigma=4.5)
    eqs = economy.equilibria()
    eps = 1e-6
    slopes = np.sign(economy.excess(eqs.u + eps) - economy.excess(eqs.u - eps))
    np.testing.assert_array_equal(slopes, eqs.stability)
    offshoring = eqs.kind == "offshoring"
    assert np.abs(economy.excess(eqs.u[offshoring])).max() < 1e-13
    assert np.ndim(economy.excess(0.3)) == 0
    np.testing.assert_allclose(economy.mirror().excess([-0.5, 0.7]), -economy.excess([0.5, -0.7]))


def test_excess_wants_one_world():
    with pytest.raises(ValueError, match=r"excess: the parameters have shape \(2,\)"):
        world(np.array([1.0, 1.1])).excess(0.1)


BORDERS = [
    {"L": 1.120579581809641},  # offshoring starts, at sigma = 2 on both sides at once
    {"L": 1.120579581809641 * (1 + 1e-11)},
    {"L": 1.120579581809641 * (1 - 1e-11)},
    {"L": 0.9608377492 + 1e-9, "beta": 1.1},  # the family's border
    {"L": 0.9608377492 - 1e-9, "beta": 1.1},
    {"L": 1.0},
    {"L": 1.0, "beta": 1.1},
    {"L": 1.0, "beta": 2**0.8},
    {"L": 1.0, "beta": 1.0},
]


@pytest.mark.parametrize("border", BORDERS, ids=str)
def test_borders_lose_nothing(border):
    eqs = world(**border).equilibria()
    assert eqs.count in (1, 3)
    assert largest(eqs.residuals()) < 1e-11


@pytest.mark.parametrize(
    ("economy", "count"),
    [
        (world(1.1056098028671142, beta=1.8, theta=0.65, sigma=4.5), {5}),
        (world(1.4, beta=6.145536775162077), {1, 3}),  # a fold, to all digits
        (world(1.00179707, beta=1.69597926, theta=0.82018221, sigma=2.23439534), {3}),
        (world(1.3999883, beta=3.08558465, theta=0.91544854, sigma=4.57702305,
               schedule=Linear(a=1, b=0.04248385)), {3}),
        (world(0.8095998, beta=7.34454488, theta=0.70279699, sigma=2.74561839,
               schedule=Linear(a=1, b=0.04890459)), {3}),
        (world(0.97761214, beta=2.13424458, theta=0.90242779, sigma=2.62579558,
               schedule=SCHEDULES["tabulated"]), {7}),
    ],
)  # fmt: skip
def test_pairs_that_hide_between_nodes(economy, count):
    """Worlds in which a coarser search lost two equilibria between kinks of G."""
    eqs = economy.equilibria()
    assert int(eqs.count) in count
    assert largest(eqs.residuals()) < 1e-11


def test_the_equal_wage_family():
    family = world(1.02, beta=1.1).equal_wage_family()
    got = [family.I0, family.M_E, family.M_W, family.T_E, family.low, family.high]
    want = [0.582819205993, 0.312886203439, 0.269933002554, 0.382836352569, 0.361835091591,
            0.446293403943]  # fmt: skip
    np.testing.assert_allclose(got, want, rtol=1e-11)
    assert family.feasible
    assert family.m == pytest.approx(1 - family.I0)
    away = world(np.array([0.9, 1.02, 1.9]), beta=1.1).equal_wage_family()
    assert away.feasible.tolist() == [False, True, False]
    assert np.isnan(away.low[2])
    assert not world(1.0, beta=2.0).equal_wage_family().feasible


def test_dissimilar_countries():
    """Lemma 2 fails: East has the larger output and the lower wage."""
    with pytest.warns(UserWarning, match=r"H / L differs from H\* / L\* at 1 of 1 points"):
        economy = world(1.5, theta=0.5, sigma=3.0, H=0.6, H_star=1.4)
    eqs = economy.equilibria()
    np.testing.assert_allclose([eqs.w, eqs.share], [[0.9759197446], [0.8245193764]], rtol=1e-9)
    assert largest(eqs.residuals()) < 1e-13


# ---------------------------------------------------------------- costs without bound


def test_the_larger_country_may_have_no_high_wage_equilibrium():
    """Where t rises too steeply G falls without bound: only West is ahead."""
    economy = world(1.0234, schedule=Power(eta=1.5), beta=1.3981, theta=0.815, sigma=4.7857)
    eqs = economy.equilibria()
    np.testing.assert_allclose([eqs.u, eqs.w], [[-0.050972], [0.988003]], atol=5e-7)
    assert economy.excess(200.0) < -10


@pytest.mark.parametrize("eta", [0.3, 0.8, 0.95, 1.0, 1.1, 1.4, 3.0])
def test_beyond_the_search_G_keeps_its_sign(eta):
    rng = np.random.default_rng(int(10 * eta))
    checked = 0
    for _ in range(15):
        theta, sigma, L = rng.uniform(0.3, 0.95), rng.uniform(1.3, 12), rng.uniform(0.6, 1.4)
        economy = world(L, schedule=Power(eta=eta), theta=theta, sigma=sigma, beta=1.4)
        lam = L / (2 - L)
        top = top_of_search(economy.schedule, 1.4, theta, sigma, lam, np.log(lam))
        if top == FARTHEST:
            continue
        checked += 1
        G = economy.excess(np.linspace(top, FARTHEST, 60))
        up = sigma * theta * max(0, 1 - 1 / eta) < 1
        assert (np.sign(G) == (1 if up else -1)).all()
    assert checked >= 5


@pytest.mark.parametrize(
    ("eta", "sigma", "theta", "beta", "L", "u"),
    [
        (1.0, 7.35, 0.84, 2.0, 1.1, [-28.3017, -1.0662, 28.6651]),
        (0.8, 9.49, 0.754, 2.0, 1.0, [-21.4733, -0.8515, 0, 0.8515, 21.4733]),
        (1.2, 8.0, 0.7, 1.4, 1.0, [-241.99, 0, 241.99]),
    ],
)
def test_equilibria_far_apart_are_found(eta, sigma, theta, beta, L, u):
    """Where the upper bound of G falls at first and rises later."""
    eqs = world(L, schedule=Power(eta=eta), theta=theta, sigma=sigma, beta=beta).equilibria()
    np.testing.assert_allclose(np.sort(eqs.u), u, rtol=1e-4, atol=1e-4)
    assert eqs.stability.sum() == 1


def test_the_power_schedule_against_a_dense_scan():
    """Every sign change of G on a fine grid, jumps apart, holds a root of the solver's list."""
    grid = np.concatenate([-np.geomspace(300, 1e-5, 6000), np.geomspace(1e-5, 300, 6000)])
    rng = np.random.default_rng(7)
    several = 0
    for _ in range(30):
        theta, sigma, L = rng.uniform(0.3, 0.95), rng.uniform(1.3, 8), rng.uniform(0.6, 1.4)
        economy = world(L, schedule=Power(eta=1.3), theta=theta, sigma=sigma, beta=1.4)
        eqs = economy.equilibria()
        found = eqs.u[eqs.kind == "offshoring"]
        change = np.diff(np.sign(economy.excess(grid))) != 0
        jumps = (0, np.log(L / (2 - L)) / (1 - theta))
        lies_in = [(grid[:-1] < u) & (u < grid[1:]) for u in (*found, *jumps)]
        assert not (change & ~np.any(lies_in, axis=0)).any()
        several += found.size > 1
    assert several >= 3


def test_an_even_number_is_looked_at_again_and_warned_of(monkeypatch):
    steps = []
    real = search.find_roots

    def careless(sides, n):
        steps.append(n)
        roots = real(sides, n)
        return type(roots)(*(part[:-1] for part in roots))

    monkeypatch.setattr(search, "find_roots", careless)
    with pytest.warns(UserWarning, match=r"0 equilibria found, an even number, at 1 of 1 points\."):
        eqs = world(1.2).equilibria()
    assert steps == [search.STEPS, search.CLOSE_STEPS]
    assert eqs.count == 0
    assert np.isnan(eqs.pick(eqs.exists).w)
    with pytest.warns(UserWarning, match=r"first at index \(np.int64\(1\),\).*further apart"):
        world(np.array([1.2, 1.3]), schedule=Power(eta=0.5)).equilibria()


def test_kinks_are_bracketed(monkeypatch):
    """Without Newton's steps every root is bracketed, to the same digits."""
    economy = draws(60)
    quick = economy.equilibria()
    monkeypatch.setattr("offshoring.similar_countries.scan.NEWTON", 0)
    slow = economy.equilibria()
    np.testing.assert_allclose(slow.w, quick.w, rtol=1e-12)


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"theta": 1.0}, "theta = 1 must be strictly between 0 and 1"),
        ({"theta": 0.0}, "theta = 0 must be"),
        ({"sigma": 1.0}, "sigma = 1 must be finite and > 1"),
        ({"beta": 0.9}, r"beta t\(0\) = 0.9 must be >= 1"),
        ({"beta": np.nan}, "beta = nan must be finite and > 0"),
        ({"f": 0.0}, "f = 0 must be finite and > 0"),
        ({"L_star": -1.0}, "L_star = -1 must be"),
        ({"schedule": Linear(a=1, b=0)}, "must be strictly increasing"),
        ({"schedule": Tabulated([0, 0.5, 1], [1, 1, 2])}, "must be strictly increasing"),
        ({"schedule": 2.0}, "schedule = 2.0 must be a Schedule"),
        ({"H": "much"}, "H = 'much' must be a number"),
        ({"sigma": np.ones(2) * 2, "theta": np.ones(3) / 2}, "must broadcast together"),
        ({"beta": np.array([0.9, 1.1])}, r"beta t\(0\) = 0.9 must be >= 1"),
        ({"sigma": 0.5, "f": -1.0}, "sigma = 0.5 .* f = -1"),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        world(**{"H": 1.0, "H_star": 1.0, "L": 1.0, "L_star": 1.0} | changes)


def test_rounding_is_no_bad_input():
    assert world(schedule=Linear(1 / 49, 1), beta=49.0).equilibria().count == 1


def test_slightly_dissimilar_countries_are_told():
    with pytest.warns(UserWarning, match="H / L differs"):
        world(H=1.1 * 1.001)


def test_odd_questions_are_refused_in_words():
    eqs = world(np.array([1.02, 1.2]), beta=1.1).equilibria()
    with pytest.raises(ValueError, match=r"pick: the condition is float64 of shape \(2, 3\)"):
        eqs.pick(eqs.w)
    with pytest.raises(ValueError, match=r"pick: the condition is bool of shape \(2,\)"):
        eqs.pick(np.array([True, False]))
    with pytest.raises(ValueError, match="sets: there is no equilibrium here"):
        world(1.02, beta=1.1).equilibria().pick(np.zeros(3, dtype=bool)).sets()
    for u in (np.nan, np.inf, 800.0):
        with pytest.raises(ValueError, match=r"must be within \[-300, 300\]"):
            world().excess([0.1, u])
    assert world(np.ones(0)).equilibria().follow().w.shape == (0, 0)
    with pytest.raises(ValueError, match="read-only"):
        eqs.kind[0] = "x"


def test_no_warning_without_reason():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draws(200).equilibria()
