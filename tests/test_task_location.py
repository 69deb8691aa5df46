"""One task's location: deviations computed one by one, the paper's rule, and their limits."""

# ruff: noqa: SIM300 (N, I and J are letters of the paper, not constants)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offshoring.schedules import Exponential, Linear, Power, Tabulated
from offshoring.similar_countries.location import TaskLocation, log_cost_J

ROUND = {"a": 1, "b": 1.5}
EXAMPLE = {
    "schedule": Linear(**ROUND), "beta": 1.5, "theta": 0.8, "N": 4.0, "N_star": 1.0, "w": 1.5,
}  # fmt: skip
KINDS = [Linear(1.1, 2.0), Power(0.7), Exponential(1.0, 1.3), Tabulated([0, 0.3, 1], [1, 1.2, 4])]


def example(**changes):
    return TaskLocation(**EXAMPLE | changes)


def many(schedule, n=25_000, seed=2012):
    """Worlds of all kinds: either country larger, either wage higher."""
    rng = np.random.default_rng(seed)
    return TaskLocation(
        schedule=schedule, beta=rng.uniform(1, 2.5, n), theta=rng.uniform(0.01, 0.99, n),
        N=np.exp(rng.normal(0, 2, n)), N_star=np.exp(rng.normal(0, 2, n)),
        w=np.exp(rng.normal(0, 0.8, n)),
    ), rng.uniform(0, 1, n)  # fmt: skip


def away_from_thresholds(world, i):
    far = world.log_distance(i)
    costs = (world.log_cost_I, world.log_cost_I_star, world.log_cost_J)
    return np.min([np.abs(far - c) for c in costs], axis=0) > 1e-12


# --- the two routes ------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", KINDS, ids=lambda s: type(s).__name__)
def test_the_one_outcome_that_survives_is_the_papers(schedule):
    """GRH12-loc at 100,000 random tasks in random worlds."""
    world, i = many(schedule)
    clear = away_from_thresholds(world, i)
    survivor, location = world.survivor(i), world.location(i)
    assert clear.mean() > 0.999
    assert (survivor == location)[clear].all()
    assert set(location) == {"E", "W", "B"}
    rich, large = world.w > 1, world.N > world.N_star
    assert set(location[rich & large]) == set(location[~rich & ~large]) == {"E", "W", "B"}
    assert set(location[~rich & large]) == {"E", "B"}  # cheap and large: never leave it
    assert set(location[rich & ~large]) == {"W", "B"}


def test_the_two_routes_would_notice_a_wrong_world():
    world, i = many(Linear(1, 1))
    for name in ("theta", "w", "N"):
        wrong = world.replace(**{name: 0.99 * getattr(world, name)})
        assert 10 < (wrong.location(i) != world.survivor(i)).sum() < 1000


def test_what_defeats_the_outcomes_of_the_example():
    tests = example().deviations(np.array([0.1, 0.2, 0.3, 0.6]))
    expected = {
        "E": {"East moves": [0, 0, 0, 0], "West moves": [0, 0, 0, 1], "supplier": [1, 0, 0, 0]},
        "W": {"East moves": [0, 1, 1, 1], "West moves": [0, 0, 0, 0], "supplier": [0, 0, 1, 0]},
        "B": {"East moves": [1, 0, 0, 0], "West moves": [1, 1, 1, 0]},
    }
    for outcome, rows in expected.items():
        for name, row in rows.items():
            assert tests[outcome][name].tolist() == [bool(x) for x in row], (outcome, name)
    viable = example().viable([0.1, 0.2, 0.6])
    assert [viable[k].tolist() for k in "EWB"] == [
        [True, True, False], [True, False, False], [False, False, True]
    ]  # fmt: skip


def test_coalitions_weigh_the_costs_of_the_place_they_leave_and_the_one_they_find():
    """All six coalitions, with the costs by hand."""
    world, i = many(Linear(1, 1))
    far, w, A = world.beta * world.schedule.t(i), world.w, lambda x: x**world.theta
    alone, alone_star, X = A(world.N), A(world.N_star), A(world.N + world.N_star)
    expected = {
        ("E", "East moves"): far / alone < w / X,
        ("E", "West moves"): 1 / alone_star < far * w / X,
        ("W", "East moves"): w / alone < far / X,
        ("W", "West moves"): far * w / alone_star < 1 / X,
        ("B", "East moves"): far / X < w / alone,
        ("B", "West moves"): far * w / X < 1 / alone_star,
    }
    tests = world.deviations(i)
    for (outcome, name), moves in expected.items():
        assert (tests[outcome][name] == moves).all()
        assert moves.sum() > 100


def test_a_coalition_that_leaves_its_own_country_never_decides():
    """If Eastern firms gain by leaving East together, a supplier or West's firms upset it too."""
    world, i = many(Linear(1, 1))
    tests = world.deviations(i)
    for outcome, own, other in (
        ("E", "East moves", "West moves"),
        ("W", "West moves", "East moves"),
    ):
        t = tests[outcome]
        assert 100 < t[own].sum()
        assert (t[other] | t["supplier"])[t[own]].all()


# --- thresholds ----------------------------------------------------------------------------------


@st.composite
def built(draw):
    """Draw the task first, then the wage that makes it a threshold."""
    schedule, i = draw(st.sampled_from(KINDS)), draw(st.floats(0.02, 0.98))
    beta, theta = draw(st.floats(1, 2)), draw(st.floats(0.05, 0.95))
    u = draw(st.floats(0.05, 4))
    settings = {"schedule": schedule, "beta": beta, "theta": theta, "N": np.exp(u), "N_star": 1.0}
    return settings, i, float(beta * schedule.t(i)), u


@given(built())
def test_finds_the_threshold_it_was_built_from(case):
    settings, i, far, u = case
    X, theta = 1 + np.exp(u), settings["theta"]
    I = TaskLocation(**settings, w=X**theta / far).I
    I_star = TaskLocation(**settings, w=far * (X / np.exp(u)) ** -theta).I_star
    J = TaskLocation(**settings, w=(1 + np.exp(u) * far) / (np.exp(u) + far)).J
    assert (I, I_star, J) == pytest.approx((i, i, i), abs=1e-8)


WORKED = [  # beta, theta, L, x, x*, w, then I, I*, J: two equilibria of one world come last
    (2.0, 0.8, 1.2, 2.88941483126, 0.523819949074, 2.05660002787,
     0.444230173035, 0.126576766805, 0.288020154325),
    (1.1, 0.8, 1.02, 4.1292978789, 2.76969144194, 1.09467411911,
     0.757080198693, 0.481515328302, 0.389594131168),
    (1.1, 0.8, 1.02, 2.60834414539, 3.25230573608, 0.964992696459,
     0.530881591387, 0.647219805439, 0.357349950071),
    (2.0, 0.6, 1.1, 1.87099942118, 0.175860171491, 2.24944837243,
     0.0830131868366, 0.175850214678, 0.313493149513),
    (2.0, 0.6, 1.1, 2.27544223534, 0.0536405571736, 2.52077759391,
     1.0, 0.274918927052, 0.31466349468),
]  # fmt: skip


@pytest.mark.parametrize("beta, theta, L, x, x_star, w, I, I_star, J", WORKED)
def test_worked_numbers(beta, theta, L, x, x_star, w, I, I_star, J):
    world = TaskLocation(
        schedule=Linear(1, 1), beta=beta, theta=theta, N=L * x, N_star=(2 - L) * x_star, w=w
    )
    assert (world.I, world.I_star, world.J) == pytest.approx((I, I_star, J), abs=1e-9)


def test_worked_number_of_the_efficient_margin():
    _, _, L, x, x_star, w, *_ = WORKED[0]
    world = TaskLocation(
        schedule=Linear(1, 1), beta=2, theta=0.8, N=L * x, N_star=(2 - L) * x_star, w=w
    )
    assert world.I_eff == pytest.approx(0.839615077344, abs=1e-9)


def test_thresholds_are_where_the_unreduced_costs_meet():
    """GRH12-1, 2, 3 on the axis of tasks, with the costs of each firm by hand."""
    world, _ = many(Power(0.7))
    X, A = world.N + world.N_star, lambda x: x**world.theta
    inside = (world.I > 0) & (world.I < 1)
    away, home = world.beta * world.schedule.t(world.I) * world.w / A(X), 1 / A(world.N_star)
    assert inside.sum() > 5000
    assert away[inside] == pytest.approx(home[inside], rel=1e-9)
    inside = (world.I_star > 0) & (world.I_star < 1)
    away, home = world.beta * world.schedule.t(world.I_star) / A(X), world.w / A(world.N)
    assert away[inside] == pytest.approx(home[inside], rel=1e-9)
    inside = (world.J > 0) & (world.J < 1)
    cost = world.costs(world.J)
    assert inside.sum() > 2000
    assert cost["E"][inside] == pytest.approx(cost["W"][inside], rel=1e-9)


def test_claim_1_cost_in_east_less_cost_in_west_changes_sign_at_most_once():
    """GRH12-Claim1 and its mirror: the country with less output is cheaper below J only."""
    world, _ = many(Linear(1, 1), n=2000)
    i = np.linspace(0, 1, 101)[:, None]
    small_is_cheaper = np.where(world.N >= world.N_star, 1, -1) * world.margin(i) > 0
    clear = np.abs(i - world.J) > 1e-9
    assert (small_is_cheaper == (i < world.J))[clear].all()
    dear_is_smaller = (world.w > 1) == (world.N <= world.N_star)
    assert set(world.J[dear_is_smaller]) == {0.0}  # seen from the larger country
    assert {0.0, 1.0} < set(world.J[~dear_is_smaller])


def test_the_margin_is_what_the_deviant_earns_on_both_groups_of_customers():
    """GRH12-delta, bracket by bracket, against the reduced form and the aggregate costs."""
    world, i = many(Exponential(1, 1))
    far, A = world.beta * world.schedule.t(i), (world.N + world.N_star) ** world.theta
    east, west = (world.w - far) / A * world.N, (far * world.w - 1) / A * world.N_star
    scale = (np.abs(east) + np.abs(west)) * 1e-13
    cost = world.costs(i)
    assert (np.abs(world.margin(i) - (east + west)) < scale).all()
    assert (np.abs(cost["E"] - cost["W"] - (east + west)) < 100 * scale).all()


# --- Lemma 1 and more ----------------------------------------------------------------------------


def test_no_world_has_J_between_I_and_I_star():
    """GRH12-L1 and GRH12-L1p, before and after clipping, for w > 1 < N / N*."""
    rng, n = np.random.default_rng(1), 400_000
    rho, w = np.exp(rng.exponential(1.5, n)), np.exp(rng.exponential(0.7, n))
    world = TaskLocation(
        schedule=Linear(1, 2), beta=rng.uniform(1, 2, n), theta=rng.uniform(0.01, 0.99, n),
        N=rho, N_star=1.0, w=w,
    )  # fmt: skip
    a, b, c = world.log_cost_I, world.log_cost_I_star, world.log_cost_J
    assert (b >= a).sum() > 10_000 < (c < b).sum()
    assert (c > b)[b >= a].all()
    I, I_star, J = world.I, world.I_star, world.J
    assert ((I > I_star) | (I == 1))[J < I].all()  # Lemma 1, with its tie at I = I* = 1
    assert not ((J < I_star) & (I < I_star)).any()  # panel c


def test_the_tie_of_lemma_1():
    """All tasks can be concentrated in either country: I = I* = 1 although J < I."""
    world = example(schedule=Linear(1, 0.3), beta=1.0, N=1.2, w=1.0235831303)
    assert (world.I, world.I_star) == (1.0, 1.0)
    assert 0 < world.J < 1
    assert world.location([0.0, 1.0]).tolist() == ["W", "E"]


# --- efficiency ----------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", KINDS, ids=lambda s: type(s).__name__)
def test_too_few_tasks_are_concentrated_and_none_too_many(schedule):
    """GRH12-eff: every concentrated task is cheaper than at home, not every other one dearer."""
    world, i = many(schedule)
    location, efficient, cost = world.location(i), world.efficient(i), world.costs(i)
    assert (world.I_eff >= world.I).all()
    assert (world.I_star_eff >= world.I_star).all()
    at_home = location == "B"
    chosen = np.where(location == "E", cost["E"], cost["W"])
    assert (chosen < cost["B"])[~at_home].all()
    assert (efficient != "B")[at_home].sum() > 500
    last = np.maximum(world.I_eff, world.I_star_eff)
    assert ((efficient == "B") == (i > last)).all()
    cheap = np.where(world.margin(i) > 0, "W", "E")
    assert (efficient == cheap)[efficient != "B"].all()


def test_costs_meet_at_the_efficient_margin():
    world, _ = many(Power(0.7))
    for name, task in (("E", world.I_eff), ("W", world.I_star_eff)):
        inside = (task > 0) & (task < 1)
        cost = world.costs(task)
        assert inside.sum() > 5000
        assert cost[name][inside] == pytest.approx(cost["B"][inside], rel=1e-9)


def test_outcomes_that_cost_the_same_are_all_named():
    assert example().efficient(example().J) == "EW"
    assert example().efficient(example().I_eff) == "EB"


def test_misplaced_tasks_lie_between_I_star_and_the_smaller_of_J_and_I():
    """With w > 1 < N / N*; GRH12-fn20. None in panel b, because J >= I* there."""
    world, i = many(Linear(1, 1), n=100_000)
    location, efficient = world.location(i), world.efficient(i)
    rich = (world.w > 1) & (world.N > world.N_star)
    wrong = (location == "E") & (efficient == "W")
    between = (i > world.I_star) & (i < np.minimum(world.J, world.I))
    assert 100 < (wrong & rich).sum()
    assert (wrong == between)[rich].all()
    assert not ((location == "W") & (efficient == "E"))[rich].any()


# --- symmetry, limits, edges ---------------------------------------------------------------------


def test_exchanging_the_names_exchanges_the_answers():
    world, i = many(Linear(1, 1))
    mirror = world.replace(N=world.N_star, N_star=world.N, w=1 / world.w)
    swap = {"E": "W", "W": "E", "B": "B"}
    assert mirror.I == pytest.approx(world.I_star, abs=1e-12)
    assert mirror.I_eff == pytest.approx(world.I_star_eff, abs=1e-12)
    assert mirror.J == pytest.approx(world.J, abs=1e-10)
    assert mirror.margin(i) * world.w == pytest.approx(-world.margin(i), rel=1e-9, abs=1e-9)
    for method in ("location", "survivor", "efficient"):
        here, there = getattr(world, method)(i), getattr(mirror, method)(i)
        assert (np.vectorize(swap.get)(there) == here).mean() > 0.9999


def test_equal_countries_and_wages_leave_the_place_open():
    world = example(N=2.0, N_star=2.0, w=1.0)
    i = np.array([0.05, 0.9])
    assert np.isnan(world.J)
    assert world.I == world.I_star == pytest.approx((2**0.8 / 1.5 - 1) / 1.5)
    assert world.location(i).tolist() == ["EW", "B"]
    assert world.survivor(i).tolist() == ["EW", "B"]
    assert world.efficient(i).tolist() == ["EW", "B"]
    assert world.margin(i).tolist() == [0.0, 0.0]


def test_corners_of_J():
    """One country cheaper for every task; equal outputs count as East being the larger."""
    N, w = np.array([4, 4, 1, 1, 1, 1, 4, 1]), np.array([4.5, 0.9, 1.2, 0.8, 0.2, 2, 1, 0.25])
    world = example(N=N, N_star=np.array([1, 1, 1, 1, 4, 4, 1, 4]), w=w)
    assert world.J.tolist() == [1, 0, 1, 0, 1, 0, 0, 1]


def test_J_keeps_its_digits_at_nearly_equal_countries():
    """log beta t(J) for u = 3e-9, v = 1e-9: tanh-like sums give sinh(2e-9) / sinh(1e-9) = 2."""
    world = example(N=np.exp(3e-9), w=np.exp(1e-9))
    assert np.exp(log_cost_J(3e-9, 1e-9)) == pytest.approx(2.0, rel=1e-14)
    assert world.J == pytest.approx((2 / 1.5 - 1) / 1.5, abs=1e-6)  # N itself has lost digits


def test_a_task_that_is_infinitely_far_stays_at_home():
    world = example(schedule=Power(2.0))
    assert world.location(1.0) == world.survivor(1.0) == world.efficient(1.0) == "B"
    assert world.margin(1.0) == -np.inf
    assert example(schedule=Power(2.0), w=4.0).margin(1.0) == pytest.approx(15 / 5**0.8)
    assert world.costs(1.0)["E"] == np.inf


def test_one_minus_i_can_be_given_where_i_has_lost_it():
    """At 1 - i = 1e-100 the cost t is 10, far below the cost at I; at i = 1 it is infinite."""
    world = example(schedule=Power(0.01), N=1000.0)
    assert world.location(1.0, 1e-100) == world.survivor(1.0, 1e-100) == "E"
    assert world.location(1.0) == world.survivor(1.0) == "B"


def test_extreme_ratios_of_outputs():
    world = example(N=[1e-200, 1e200, 1e-160, 1e160], N_star=[1e200, 1e-200, 1e-200, 1e-200])
    assert np.isfinite([world.I, world.I_star, world.J, world.I_eff, world.I_star_eff]).all()
    assert world.location(0.5).tolist() == ["W", "E", "E", "E"]
    assert world.survivor(0.5).tolist() == ["W", "E", "E", "E"]


def test_the_far_branch_of_the_efficient_margin_joins_the_near_one():
    N = np.exp(np.array([39.999, 40.001]))
    world = example(schedule=Exponential(1, 200.0), beta=1.0, N=N)
    assert world.I_star_eff[0] == pytest.approx(world.I_star_eff[1], abs=1e-4)
    by_hand = np.log(N[1] ** 0.8 / 1.5) / 200  # the second term, theta, is far below the first
    assert world.I_eff[1] == pytest.approx(by_hand, rel=1e-6)
    dear = world.replace(w=N**0.8)  # here the first term is one
    assert dear.I_eff == pytest.approx(np.log(1.8) / 200, rel=1e-9)


def test_arrays_equal_scalars_and_broadcast():
    w, i = np.array([0.7, 1.5, 3.0]), np.array([[0.1], [0.5]])
    world = example(w=w, schedule=Linear(1, np.array([1.0, 1.5, 2.0])))
    for name in ("I", "I_star", "J", "I_eff", "I_star_eff"):
        each = [getattr(example(w=w[k], schedule=Linear(1, 1 + k / 2)), name) for k in range(3)]
        assert getattr(world, name).tolist() == each
    for method in ("location", "survivor", "efficient", "margin"):
        whole = getattr(world, method)(i)
        assert whole.shape == (2, 3)
        one = getattr(example(), method)(0.5)
        assert whole[1, 1] == one
        assert np.ndim(one) == 0
    assert [cost.shape for cost in example().costs([0.1, 0.2]).values()] == 3 * [(2,)]
    assert [np.ndim(cost) for cost in example().costs(0.1).values()] == [0, 0, 0]
    assert example(N=4).location(np.zeros((2, 2))).shape == (2, 2)


# --- the supplier --------------------------------------------------------------------------------


def test_profit_of_the_supplier():
    """(mu - 1) w* [beta t N + N*] / A(X) in West, (mu - 1) w [N + beta t N*] / A(X) in East."""
    world, far = example(), 1.5 * (1 + 1.5 * np.array([0.1, 0.3]))
    by_hand = 0.1 * np.array([far[0] * 4 + 1, 1.5 * (4 + far[1])]) / 5**0.8
    assert world.supplier_profit([0.1, 0.3], mu=1.1) == pytest.approx(by_hand, rel=1e-13)
    bound = world.capability_bound([0.1, 0.3], salary=2.0)
    assert bound == pytest.approx(by_hand / 0.1 / 2, rel=1e-13)


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"theta": 1.0}, r"TaskLocation: theta = 1 must be strictly between 0 and 1"),
        ({"theta": [0.5, 0.0]}, r"theta = 0 \(1 of 2 values\) must be strictly"),
        ({"N": 0.0}, r"N = 0 must be finite and > 0"),
        ({"N_star": -1.0}, r"N_star = -1 must be finite and > 0"),
        ({"w": np.nan}, r"w = nan must be finite and > 0"),
        ({"beta": 0.9}, r"beta t\(0\) = 0.9 must be >= 1: distance never makes a task cheaper"),
        ({"beta": np.inf}, r"beta = inf must be finite and > 0"),
        ({"schedule": Linear(1, 0)}, r"schedule = Linear\(a=1.0, b=0.0\) must be strictly increas"),
        ({"schedule": 3}, r"schedule = 3 must be a Schedule"),
        ({"N": [1, 2], "w": [1, 2, 3]}, r"the shapes N \(2,\), w \(3,\) must broadcast together"),
        ({"w": "dear"}, r"w = 'dear' must be a number"),
    ],
)
def test_bad_input_is_named(changes, words):
    with pytest.raises(ValueError, match=words):
        example(**changes)


def test_bad_tasks_are_named():
    for i in (np.nan, [0.1, np.nan]):
        with pytest.raises(ValueError, match=r"i = nan must be in \[0, 1\]"):
            example().location(i)
    with pytest.raises(ValueError, match=r"i = 1.5 must be in \[0, 1\]"):
        example().survivor([0.1, 1.5])


def test_the_suppliers_terms_are_checked():
    with pytest.raises(ValueError, match=r"mu = 0.9 must be > 1"):
        example().supplier_profit(0.1, 0.9)
    with pytest.raises(ValueError, match=r"salary = 0 must be > 0"):
        example().capability_bound(0.1, 0.0)
