"""The game with four firms: thresholds, every equilibrium judged by brute force, its switches."""

from functools import cache
from itertools import product

import numpy as np
import pytest

from offshoring.schedules import Linear
from offshoring.similar_countries.four_firms import OUTCOMES, FourFirms
from offshoring.similar_countries.four_firms_market import NOBODY, SPECIALIST, Profile
from offshoring.similar_countries.location import TaskLocation

EXAMPLE = {"theta": 0.7, "N": 4.0, "N_star": 1.0, "w": 1.5, "mu": 1.01}
ALL_EAST, ALL_WEST, HOME = (
    Profile(places) for places in ((0, 0, 0, 0, 0), (1, 1, 1, 1, 0), (0, 0, 1, 1, 0))
)


def example(multiple, **changes):
    return FourFirms(multiple=multiple, **EXAMPLE | changes)


def prize(game):
    """What serving all earns once they have switched to the cheaper country (GRH12-game)."""
    k, N, M, w = game.multiple, game.N, game.N_star, game.w
    return (game.mu - 1) * np.minimum(w * N + k * w * M, k * N + M) / (N + M) ** game.theta


def thresholds(game):
    """Multiples at I (GRH12-1) and I* (GRH12-2)."""
    N, M, w, theta = game.N, game.N_star, game.w, game.theta
    return (1 + N / M) ** theta / w, w * (1 + M / N) ** theta


def worlds(size, seed=2012, **changes):
    """Games of all kinds, away from the strips of width mu - 1 along the thresholds."""
    rng = np.random.default_rng(seed)
    rows = []
    while len(rows) < size:
        u, theta, w = rng.uniform(-1.5, 1.5), rng.uniform(0.2, 0.95), np.exp(rng.uniform(-0.5, 0.5))
        mu = 1 + 10 ** rng.uniform(-3, -2)
        N, M = 2 * np.exp(u / 2), 2 * np.exp(-u / 2)
        at_I, at_I_star = (1 + N / M) ** theta / w, (1 + M / N) ** theta * w
        k = rng.uniform(1, max(1.1, 1.2 * max(at_I, at_I_star)))
        lead = abs((w - k) * N + (k * w - 1) * M) / (w * N + M)
        if min(abs(np.log(k / at_I)), abs(np.log(k / at_I_star)), lead) > 5 * (mu - 1):
            rows.append((k, theta, N, M, w, mu))
    names = ("multiple", "theta", "N", "N_star", "w", "mu")
    return FourFirms(**dict(zip(names, np.array(rows).T, strict=True)), **changes)


def rule(game):
    """GRH12-loc, from the package's own thresholds: a flat schedule is not allowed, so task 0."""
    world = TaskLocation(
        schedule=Linear(a=1, b=1), beta=game.multiple, theta=game.theta,
        N=game.N, N_star=game.N_star, w=game.w,
    )  # fmt: skip
    return world.location(0.0)


def test_the_rule_of_the_paper_comes_out_of_the_game():
    game = worlds(80)
    siting, place = game.equilibria(), rule(game)
    floors = {name: siting.floor(name) / prize(game) for name in OUTCOMES}
    easy = game.multiple < np.minimum(*thresholds(game))
    for name in OUTCOMES:
        assert (floors[name][place == name] == 0).all()  # the right place always stands
        assert np.isinf(floors[name][(place != name) & ~(easy & np.isin(place, ["E", "W"]))]).all()
        assert siting.ceiling(name).max() <= 0  # nobody pays for capability
    wrong = np.where(place == "E", floors["W"], floors["E"])[easy]
    disciplined = np.isfinite(wrong)
    assert wrong[disciplined] == pytest.approx(1.0, rel=1e-6)  # GRH12-game
    assert disciplined.sum() > 8
    assert (~disciplined).any()
    assert all(np.isinf(floors[name][easy]).all() for name in ("B", "other"))


def test_where_the_wrong_place_falls_without_a_supplier():
    """Eastern firms leave East together if k < mu w (N / X)^theta, whatever the others do."""
    edge = 1.01 * 1.5 * 0.8**0.7
    floor = example(edge * np.array([0.999, 1.001])).equilibria().floor("E")
    assert np.isinf(floor[0])
    assert floor[1] == pytest.approx(prize(example(edge * 1.001)), rel=1e-9)


def test_the_strip_below_the_second_threshold():
    """West stands up to beta t = beta t(I*) / mu only: Eastern firms go home and West follows."""
    at_I_star = thresholds(example(1.0))[1]
    siting = example(at_I_star / 1.01 * np.array([0.9999, 1.0001])).equilibria()
    assert siting.stands(0.01, "W").tolist() == [True, False]
    assert siting.stands(0.01, "E").tolist() == [False, True]


def squeeze_gain(game):
    """What a supplier gains in the dearer country, if all have switched to the cheaper one."""
    k, theta, mu = game.multiple, game.theta, game.mu
    in_west = (game.w - k) * game.N + (k * game.w - 1) * game.N_star > 0
    N, M = np.where(in_west, (game.N, game.N_star), (game.N_star, game.N))
    w, X = np.where(in_west, game.w, 1 / game.w), N + M
    cost = w * N + k * w * M
    first_own = k * N + M * (X / M) ** theta - cost  # then those at home in the cheaper one pay
    first_other = M + k * N * (X / N) ** theta - cost
    return mu * np.maximum(first_own, first_other) - (mu - 1) * (k * N + M)


def test_any_quote_ends_discipline_exactly_where_the_squeeze_pays():
    game = worlds(80, squeeze=True)
    easy = game.multiple < np.minimum(*thresholds(game))
    siting, place = game.equilibria(), rule(game)
    wrong = np.where(place == "E", siting.floor("W"), siting.floor("E"))
    right = np.where(place == "E", siting.floor("E"), siting.floor("W"))
    asked = easy & np.isfinite(wrong)
    expected = np.where(squeeze_gain(game) > 0, 0.0, prize(game))
    assert wrong[asked] == pytest.approx(expected[asked], rel=1e-6, abs=1e-12)
    assert {0.0} < set(expected[asked])  # both cases are there
    assert (right[easy] == 0).all()


def test_a_squeeze_that_pays_leaves_the_entry_without_a_continuation():
    """Entry in the cheaper country, and in the dearer one, which is the game of GRH12-fn15."""
    game = worlds(120, seed=7)
    k, place, theta = game.multiple, rule(game), game.theta
    easy, in_west = k < np.minimum(*thresholds(game)), place == "W"
    into_west, into_east = (Profile((a, a, a, a, 1 - a), SPECIALIST) for a in (0, 1))
    N, M = np.where(in_west, (game.N, game.N_star), (game.N_star, game.N))
    w, X = np.where(in_west, game.w, 1 / game.w), N + M
    win_one = np.maximum(k * N + M * (X / M) ** theta, M + k * N * (X / N) ** theta)
    pays_there = win_one > w * N + k * w * M  # from the dearer country, nobody having switched
    for any_quote in (False, True):
        played = game.replace(squeeze=any_quote)
        west, east = (played.continuations(p).exist for p in (into_west, into_east))
        cheaper, dearer = np.where(in_west, (west, east), (east, west)).astype(bool)
        assert (cheaper[easy] == ~(any_quote & (squeeze_gain(game) > 0))[easy]).all()
        assert (dearer[easy] == ~(any_quote & pays_there)[easy]).all()
    assert set(pays_there[easy]) == {True, False}


def test_a_large_supplier_moves_the_last_task_half_way_to_the_efficient_one():
    N, M, w = 4.0, 1.0, 1.5
    at_I = 5**0.7 / w
    half = at_I + N / M / 2 * (1.25**0.7 - 1)
    k = np.array([half - 0.01, half + 0.01])
    siting = example(k, capable="producer").equilibria()
    own = N / 2 * w * (N**-0.7 - 5**-0.7)  # what the supplier saves on its own output
    loss = M * (k * w * 5**-0.7 - 1)  # what it loses on Western firms
    assert siting.floor("B") == pytest.approx(np.maximum(own - loss, 0), rel=1e-6, abs=1e-12)
    assert siting.ceiling("E") == pytest.approx(np.where(own > loss, own - loss, -np.inf))


def test_a_supplier_with_output_of_its_own_has_more_to_gain():
    game = example([1.5, 1.7])
    alone, producer = (game.replace(capable=c).equilibria() for c in ("specialist", "producer"))
    assert alone.floor("E") == pytest.approx(prize(game))
    assert (producer.floor("E") > 5 * prize(game)).all()


# the refinements at work


def test_without_coalitions_failures_of_coordination_survive():
    hard, middle = example([2.3, 1.9], coalitions=False).equilibria().stands(0.05, "E")
    assert hard
    assert middle
    assert example(2.3, coalitions=False).equilibria().stands(0.05, "W")
    assert not example(2.3).equilibria().stands(0.05, "E")


def test_without_avoidance_nothing_is_left_between_I_star_and_J():
    game = example(1.9)
    assert game.equilibria().stands(0.01, "E")
    lost = game.replace(avoid=False).equilibria()
    assert not any(lost.stands(phi, name) for phi in (0.0, 0.01, 1.0) for name in OUTCOMES)
    assert not game.continuations(Profile((0, 0, 0, 0, 1), SPECIALIST)).exist.any()


def test_without_inertia_threats_to_move_protect_the_wrong_place():
    game = example(1.6)
    lax = game.replace(inertia=False).equilibria().floor("E")
    assert 0 < lax < 0.5 * prize(game)
    assert game.equilibria().floor("E") == pytest.approx(prize(game))


# an independent judge: scalars, loops, all make-or-buy patterns


class Judge:
    """One game after one profile, in scalars. A customer buys only if its quote is lower."""

    def __init__(self, game, profile):
        self.g, (self.tentative, self.boss) = game, profile
        self.q = [game.N / 2, game.N / 2, game.N_star / 2, game.N_star / 2, 0.0]
        self.customers = [f for f in range(4) if f != self.boss]
        sizes = {a * self.q[0] + b * self.q[2] for a in range(3) for b in range(3) if a + b}
        self.levels = [
            [self.unit(f, nation, at, X) for f in self.customers if f // 2 == nation
             for at in (0, 1) for X in sizes] for nation in (0, 1)
        ]  # fmt: skip
        self.known = {}

    def unit(self, firm, nation, place, X):
        labour = self.g.multiple if place != nation else 1.0
        wage = self.g.w if place == 0 else 1.0
        switch = self.g.mu if place != self.tentative[firm] else 1.0
        return wage * labour * switch / X**self.g.theta

    def done(self, final, makers):
        """Where each producer's task is done."""
        return tuple(final[f if f in makers or f == self.boss else self.boss] for f in range(4))

    def scale(self, places, at):
        return sum(self.q[f] for f in range(4) if places[f] == at)

    def play(self, final, quotes):
        """Stage 3 by trying every set of makers; of several equilibria the largest one."""
        if (final, *quotes) in self.known:
            return self.known[final, *quotes]
        found = []
        for flags in product((False, True), repeat=len(self.customers)):
            makers = {f for f, flag in zip(self.customers, flags, strict=True) if flag}
            own = {}
            for f in self.customers:
                X = self.scale(self.done(final, makers | {f}), final[f])
                own[f] = self.unit(f, f // 2, final[f], X)
            if all((quotes[f // 2] >= own[f]) == (f in makers) for f in self.customers):
                found.append((makers, own))
        makers, own = max(found, key=lambda pair: len(self.away(final, pair[0])))
        assert all(self.away(final, other) <= makers for other, _ in found)
        cost, places = np.zeros(5), self.done(final, makers)
        boss, seat = self.boss, final[self.boss]
        for f in self.customers:
            cost[f] = self.q[f] * (own[f] if f in makers else quotes[f // 2])
            if f not in makers:
                unit = self.unit(boss, f // 2, seat, self.scale(places, seat))
                cost[boss] -= cost[f] - self.q[f] * unit
        if boss not in (NOBODY, SPECIALIST):
            unit = self.unit(boss, boss // 2, seat, self.scale(places, seat))
            cost[boss] += self.q[boss] * unit
        self.known[final, *quotes] = cost, places
        return cost, places

    def away(self, final, makers):
        return {f for f in makers if final[f] != final[self.boss]}

    def costs(self, final, quotes):
        return self.play(final, quotes)[0]

    def cap(self, final, nation):
        ours = [f for f in self.customers if f // 2 == nation]
        return max(self.unit(f, nation, final[f], self.scale(final, final[f])) for f in ours)

    def offers(self, final, tick, grid):
        """What the supplier can do, given the others: all places and quotes."""
        for seat in (0, 1):
            there = tuple(seat if f == self.boss else p for f, p in enumerate(final))
            lists = []
            for nation, levels in enumerate(self.levels):
                top = np.inf if self.g.squeeze else self.cap(there, nation)
                values = {*levels, *np.geomspace(min(levels), max(levels), grid)}
                lists.append([v - tick for v in values if v <= top * (1 + 1e-9)] + [np.inf])
            yield from ((there, pair) for pair in product(*lists))

    def best(self, final, tick, grid):
        return min(self.costs(*offer)[self.boss] for offer in self.offers(final, tick, grid))

    def leads(self, final, quotes, slack):
        """Whether the supplier gains by moving with its twin, which then stays."""
        f, now = self.boss ^ 1, self.costs(final, quotes)
        with_it = swap(final, f)
        best = self.best(with_it, 0.0, 2)
        if best > now[self.boss] - slack:
            return False
        replies = [
            o for o in self.offers(with_it, 0.0, 2) if self.costs(*o)[self.boss] < best + slack
        ]
        return any(
            self.costs(*o)[f] < now[f] - slack
            and self.costs(swap(o[0], f), o[1])[f] > self.costs(*o)[f] - slack
            for o in replies
        )

    def leave(self, final, quotes, pair, slack):
        """Whether two customers gain by moving together, and neither then goes back."""
        now, both = self.costs(final, quotes), swap(final, *pair)
        then = self.costs(both, quotes)
        return all(
            then[f] < now[f] - slack and self.costs(swap(both, f), quotes)[f] > then[f] - slack
            for f in pair
        )


def swap(final, *firms):
    return tuple(p ^ (f in firms) for f, p in enumerate(final))


def played(game):
    """All profiles of a game with their continuations, one by one."""
    for profile in game.profiles:
        after = game.continuations(profile)
        for n in np.flatnonzero(after.outcome[0] >= 0):
            final = tuple(np.maximum(after.final[0, n], 0).tolist())
            yield profile, after.cost[0, n], final, after.quotes[0, n], after.outcome[0, n]


@pytest.mark.parametrize("tick", [1e-6, 1e-8])
@pytest.mark.parametrize(
    "options",
    [{}, {"squeeze": True}, {"capable": "producer"}, {"coalitions": False, "inertia": False}],
    ids=str,
)
def test_no_single_deviation_beats_a_continuation(options, tick):
    """A tick below the quotes, of any size, the judge finds the same costs and no gain."""
    game = example(1.55, **options)
    count = 0
    for profile, cost, final, quotes, _ in played(game):
        judge, bought = Judge(game, profile), tuple(quotes - tick)
        assert judge.costs(final, bought) == pytest.approx(cost, abs=20 * tick)
        for f in judge.customers:
            assert judge.costs(swap(final, f), bought)[f] > cost[f] - 20 * tick
        if profile.supplier != NOBODY:
            assert judge.best(final, tick, grid=8) > cost[profile.supplier] - 20 * tick
        count += 1
    assert count >= 16


@pytest.mark.parametrize("capable", ["specialist", "producer"])
@pytest.mark.parametrize("k, mu", [(2.4, 1.5), (1.8, 1.01), (2.5, 1.2)])
def test_coalitions_remove_what_a_judge_removes(capable, k, mu):
    """And outcomes have the names that the judge gives them; a dear switch allows all four."""
    game = example(k, mu=mu, capable=capable, coalitions=False, inertia=False)
    refined, slack, names, removed = game.replace(coalitions=True), 1e-7, set(), 0
    for profile, cost, final, quotes, outcome in played(game):
        judge, bought = Judge(game, profile), tuple(quotes * (1 - 1e-11))
        places = judge.play(final, bought)[1]
        name = {(0, 0, 0, 0): "E", (1, 1, 1, 1): "W", (0, 0, 1, 1): "B"}.get(places, "other")
        assert name == OUTCOMES[outcome]
        pairs = [pair for pair in ((0, 1), (2, 3)) if judge.boss not in pair]
        gone = any(judge.leave(final, bought, pair, slack) for pair in pairs)
        gone |= len(pairs) == 1 and judge.leads(final, bought, slack)
        after = refined.continuations(profile).cost[0]
        kept = bool((np.abs(after - cost).max(axis=1) < slack).any())
        assert kept != gone
        names.add(name)
        removed += gone
    assert removed
    assert mu < 1.5 or "other" in names


@pytest.mark.parametrize("tick", [1e-3, 1e-6])
def test_no_continuation_means_none_on_a_grid_of_quotes_either(tick):
    """Between I* and J after the entry of a supplier (GRH12-fn16): somebody always gains much."""
    game, profile = example(1.9), Profile((0, 0, 0, 0, 1), SPECIALIST)
    judge, regret = Judge(game, profile), []
    for final in product((0, 1), repeat=5):
        least = judge.best(final, tick, grid=5)
        lists = [
            [*(v - tick for v in {*levels, *np.geomspace(min(levels), max(levels), 5)}), np.inf]
            for levels in judge.levels
        ]
        for quotes in product(*lists):
            cost = judge.costs(final, quotes)
            gains = [cost[f] - judge.costs(swap(final, f), quotes)[f] for f in range(4)]
            regret.append(max(*gains, cost[SPECIALIST] - least))
    assert min(regret) > 0.03  # at either tick; the task costs 2.8 in all


def first_stage_by_hand(game, phi, candidate, cost):
    """Whether no firm gains alone in stage 1, expecting the worst, with all names spelled out."""
    profile = candidate
    own = game.capable == "producer"
    for f in (0, 1, 2, 3, 4):
        for place, capable in product((0, 1), (False, True)):
            supplier = profile.supplier
            may = (f == SPECIALIST) != own and supplier in (NOBODY, f)
            if capable != (supplier == f) and not may:
                continue
            new = supplier if capable == (supplier == f) else (f if capable else NOBODY)
            if f == SPECIALIST and not capable and place:
                continue  # nobody there
            places = tuple(place if g == f else p for g, p in enumerate(profile.places))
            after = costs_after(game, Profile(places, new))
            if (
                after
                and max(after, key=lambda c: c[f])[f] + phi * capable
                < cost[f] + phi * (supplier == f) - 1e-7
            ):
                return False
    return True


@cache
def costs_after(game, profile):
    """Costs after any profile, solved as it stands: no use is made of twins."""
    after = game.continuations(profile)
    return [c for c, o in zip(after.cost[0], after.outcome[0], strict=True) if o >= 0]


@pytest.mark.parametrize("capable", ["specialist", "producer"])
@pytest.mark.parametrize("k", [1.55, 2.2])
def test_stage_one_by_hand(capable, k):
    """All named profiles, one deviation at a time, for three costs of capability."""
    game = example(k, capable=capable, coalitions=False)
    siting = game.equilibria()
    for phi in np.array([0.3, 0.9, 4.0]) * prize(game):
        found = {name: bool(siting.stands(phi, name)) for name in OUTCOMES}
        by_hand = dict.fromkeys(OUTCOMES, False)
        for places in product((0, 1), repeat=5):
            suppliers = (NOBODY, SPECIALIST) if capable == "specialist" else (NOBODY, 0, 1, 2, 3)
            for supplier in suppliers:
                profile = Profile(places, supplier)
                after = game.continuations(profile)
                for cost, outcome in zip(after.cost[0], after.outcome[0], strict=True):
                    if outcome >= 0 and first_stage_by_hand(game, phi, profile, cost):
                        by_hand[OUTCOMES[outcome]] = True
        assert found == by_hand


# forms


def test_every_profile_is_examined():
    """27 = 9 x (absent, East, West) and 33 = 9 + 4 x (2 x 2 x 3) / 2 up to names."""
    for capable, count in (("specialist", 27), ("producer", 33)):
        game = example(1.5, capable=capable)
        profiles = game.profiles
        assert len(profiles) == len(set(profiles)) == count
        suppliers = (NOBODY, SPECIALIST) if capable == "specialist" else (NOBODY, 0, 1, 2, 3)
        for places, supplier in product(product((0, 1), repeat=4), suppliers):
            assert Profile((*places, 0), supplier).canonical()[0] in profiles


def test_twins_have_the_same_costs_under_either_name():
    game = example(1.55, capable="producer")
    for places, supplier in (((0, 1, 1, 0, 0), 1), ((1, 0, 0, 1, 0), 3), ((1, 0, 1, 1, 0), NOBODY)):
        profile = Profile(places, supplier)
        twin, gone_to = profile.canonical()
        named, other = game.continuations(profile), game.continuations(twin)
        moved = other.cost[0][:, gone_to]
        order = [np.lexsort(np.round(c, 9).T) for c in (named.cost[0], moved)]
        assert named.cost[0][order[0]] == pytest.approx(moved[order[1]], abs=1e-12, nan_ok=True)


def test_names_of_the_countries_do_not_matter():
    game = example(np.array([1.2, 1.6, 1.9, 2.2]))
    mirror = game.replace(N=game.N_star, N_star=game.N, w=1 / game.w)
    here, there = game.equilibria(), mirror.equilibria()
    for ours, theirs in (("E", "W"), ("W", "E"), ("B", "B"), ("other", "other")):
        assert here.floor(ours) == pytest.approx(there.floor(theirs) * game.w, abs=1e-12)


def test_an_array_is_its_elements():
    k = np.array([[1.2, 1.6], [1.9, 2.2]])
    whole = example(k, mu=[1.01, 1.02]).equilibria()
    assert whole.stands(0.01, "E").shape == whole.floor("W").shape == (2, 2)
    for a, b in product((0, 1), repeat=2):
        one = example(k[a, b], mu=[1.01, 1.02][b]).equilibria()
        for name in OUTCOMES:
            assert one.floor(name) == whole.floor(name)[a, b]
            assert one.ceiling(name) == whole.ceiling(name)[a, b]
            assert one.stands(0.05, name) == whole.stands(0.05, name)[a, b]


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"multiple": 0.9}, r"FourFirms: multiple = 0.9 must be finite and >= 1"),
        ({"mu": [1.0, 1.1]}, r"mu = 1 \(1 of 2 values\) must be finite and > 1"),
        ({"theta": 1.0}, r"theta = 1 must be strictly between 0 and 1"),
        ({"w": -1.0, "N": 0.0}, r"N = 0 must be finite and > 0; w = -1 must be"),
        ({"capable": "all"}, r"capable = 'all' must be 'specialist' or 'producer'"),
        ({"N": [1.0, 2.0], "w": [1.0, 2.0, 3.0]}, r"must broadcast together"),
    ],
)
def test_bad_input_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        example(**{"multiple": 1.5} | changes)


def test_odd_questions_to_the_game_are_refused_in_words():
    game = FourFirms(multiple=1.3, theta=0.7, N=4, N_star=1, w=1.5, mu=1.01)
    with pytest.raises(ValueError, match="outcome = 'X' must be one of E, W"):
        game.equilibria().stands(0.01, "X")
    with pytest.raises(ValueError, match="squeeze = 'no' must be a bool"):
        game.replace(squeeze="no")
    with pytest.raises(ValueError, match="must be 'specialist' or 'producer'"):
        game.replace(capable=np.array(["producer", "specialist"]))
