"""Stages 2 and 3 of the location game with four firms: quotes, final places, make or buy.

Quotes are a continuum, but a customer compares its quote with its own cost in-house, and that cost
takes finitely many values: a place, with or without a switch, and a scale (a N + b N*) / 2. While a
quote moves between two neighbours of this list, no decision of stage 3 changes; so the supplier's
profit does not fall in the quote, and nobody's gain from another place rises. The values
themselves, bought at when indifferent (the limit of a small tick), and "no quote" therefore give
the costs of every pure equilibrium.

Arrays have the axes (final places, games, quotes to East, quotes to West).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offshoring.validation import Array, Value

if TYPE_CHECKING:
    from offshoring.similar_countries.four_firms import FourFirms

Flags = NDArray[np.bool_]
Index = NDArray[np.intp]
Points = tuple[Index, ...]  # along the axes of the arrays

EAST, WEST = 0, 1
OUTCOMES = ("E", "W", "B", "other")  # all in East, all in West, each at home, anything else
NOBODY, SPECIALIST = -1, 4  # as supplier; the producers are 0, 1 (East), 2, 3 (West)
COALITIONS = ((0, 1), (2, 3))
TIE = 1e-9  # cost differences below this share of the cost of the task are ties


class Profile(NamedTuple):
    """Stage 1: tentative places of firms 0 to 3 and of a specialist, and who is capable."""

    places: tuple[int, ...]
    supplier: int = NOBODY

    def canonical(self) -> tuple[Profile, list[int]]:
        """The same profile with the twins in order, and where each firm has gone."""
        order = list(range(5))
        for pair in COALITIONS:
            first = min(pair, key=lambda f: (f != self.supplier, self.places[f], f))
            order[pair[0]], order[pair[1]] = first, sum(pair) - first
        supplier = NOBODY if self.supplier == NOBODY else order.index(self.supplier)
        places = tuple(self.places[f] for f in order)
        return Profile(places, supplier), [order.index(f) for f in range(5)]

    def move(self, *firms: int) -> Profile:
        """The profile after these firms have chosen the other tentative place."""
        return self._replace(places=tuple(p ^ (f in firms) for f, p in enumerate(self.places)))


@dataclass(frozen=True, eq=False)
class Continuations:
    """Pure equilibria of stages 2 and 3 after one profile, by game and number.

    Attributes
    ----------
    cost : array (games, numbers, 5)
        Each firm's cost of the task less what it earns with others, before ``phi``; NaN after the
        last equilibrium.
    outcome : array (games, numbers)
        Index into ``OUTCOMES``; -1 after the last.
    final : array (games, numbers, 5)
        Final places, -1 for a specialist that is not there. Equilibria with the same costs count
        as one, with the places and quotes of the first.
    quotes : array (games, numbers, 2)
        Quotes to Eastern and to Western firms; infinite for no quote.
    """

    cost: Array
    outcome: Index
    final: Index
    quotes: Array

    @property
    def exist(self) -> Flags:
        """Games with at least one."""
        return self.outcome[:, 0] >= 0

    def worst(self, firm: int) -> Array:
        """The firm's largest cost over the equilibria, -inf where there is none."""
        cost = self.cost[:, :, firm]
        return np.where(np.isnan(cost), -np.inf, cost).max(axis=1)


class Market:
    """Stages 2 and 3 of a flat game after one profile.

    The first player is the supplier; if nobody is capable, a specialist that quotes nothing.
    """

    def __init__(self, game: FourFirms, profile: Profile) -> None:
        def column(value: Value) -> Array:
            return np.broadcast_to(value, game.shape).reshape(-1, 1, 1)

        k, w, N, N_star = (column(v) for v in (game.multiple, game.w, game.N, game.N_star))
        self.game, self.a, self.mu = game, profile.places, column(game.mu)
        self.silent = profile.supplier == NOBODY
        self.boss = SPECIALIST if self.silent else profile.supplier
        self.customers = [f for f in range(4) if f != self.boss]
        self.players = [self.boss, *self.customers]
        self.q = [N / 2, N / 2, N_star / 2, N_star / 2, 0 * N]
        self.labour = [[w, k], [k * w, 1 + 0 * w]]  # by nationality and place
        scale = [(a * N + b * N_star) / 2 for a in range(3) for b in range(3)]
        scale[0] = N  # nobody is there, nobody asks
        self.inverse_A = np.stack(scale) ** -column(game.theta)
        self.eps = TIE * (w * N + N_star) * self.inverse_A[8]
        self.finals = np.array(list(product((EAST, WEST), repeat=len(self.players))))
        self.quotes = [self._list(EAST)[:, :, None], self._list(WEST)[:, None, :]]
        self._play()

    def equilibria(self) -> Continuations:
        """All pure equilibria, those with equal costs counted once."""
        j, game, east, west = self._stable()
        cost = self.cost[j, :, game, east, west]
        outcome = self.outcome[j, game, east, west]
        unit = self.eps[game, 0, 0] / TIE
        keys = np.column_stack([game, outcome, np.round(cost / unit[:, None], 7) + 0.0])
        _, first = np.unique(keys, axis=0, return_index=True)  # sorted by game, then outcome
        j, game, east, west = (index[first] for index in (j, game, east, west))
        number = np.arange(first.size) - np.searchsorted(game, game)
        shape = (self.mu.shape[0], max(1, int(number.max(initial=-1)) + 1))
        found = Continuations(
            cost=np.full((*shape, 5), np.nan),
            outcome=np.full(shape, -1),
            final=np.full((*shape, 5), -1),
            quotes=np.full((*shape, 2), np.nan),
        )
        found.cost[game, number], found.outcome[game, number] = cost[first], outcome[first]
        present = self.customers if self.silent else self.players
        for f in present:
            found.final[game, number, f] = self.finals[j, self.players.index(f)]
        found.quotes[game, number, EAST] = self.quotes[EAST][game, east, 0]
        found.quotes[game, number, WEST] = self.quotes[WEST][game, 0, west]
        return found

    # stage 3

    def _unit(self, firm: int, nation: int, place: int, scale: Array) -> Array:
        """Unit cost of the task if this firm does it in a place for a nationality."""
        switch = self.mu if place != self.a[firm] else 1.0
        return self.labour[nation][place] * switch * scale

    def _list(self, nation: int) -> Array:
        """Infinity, and all values that an in-house cost of this nationality can take."""
        none = np.full(self.mu.shape, np.inf)
        if self.silent:
            return none[:, :, 0]
        kinds = {self.a[f]: f for f in self.customers if f // 2 == nation}.values()
        counts = [(a, b) for a in range(3) for b in range(3) if (a, b)[nation]]
        values = [
            self._unit(f, nation, place, self.inverse_A[3 * a + b])
            for f in kinds
            for place in (EAST, WEST)
            for a, b in counts
        ]
        return np.concatenate([*values, none], axis=1)[:, :, 0]

    def _scale(self, done: dict[int, Flags]) -> Array:
        """1 / A at a place where the tasks of these producers are done, if their flag is set."""
        zero = np.zeros((1, 1, 1), dtype=np.intp)
        a, b = (sum((done[f] for f in done if f // 2 == n), zero) for n in (EAST, WEST))
        return self.inverse_A[3 * a + b, np.arange(self.mu.shape[0])[:, None, None], 0, 0]

    def _play(self) -> None:
        """Costs, outcome and permitted quotes, for all final places and quotes."""
        shape = np.broadcast_shapes(*(quote.shape for quote in self.quotes))
        self.cost = np.zeros((len(self.finals), 5, *shape))
        self.outcome = np.zeros((len(self.finals), *shape), dtype=np.intp)
        self.allowed = np.ones((len(self.finals), *shape), dtype=bool)
        for j, places in enumerate(self.finals.tolist()):
            final = dict(zip(self.players, places, strict=True))
            names = self._renamed(final)
            twin = int("".join(str(final[names[f]]) for f in self.players), 2)
            if twin < j:  # the same with the names of twins exchanged
                self.cost[j] = self.cost[twin][names]
                self.outcome[j], self.allowed[j] = self.outcome[twin], self.allowed[twin]
                continue
            self._book(j, final, *self._make_or_buy(final, np.ones(shape, dtype=bool)))
            if not self.game.squeeze:
                self.allowed[j] = self._below_cap(final)

    def _renamed(self, final: dict[int, int]) -> list[int]:
        """Names of the firms after customers with the same tentative place are put in order."""
        names = list(range(5))
        for f, g in COALITIONS:
            if self.boss not in (f, g) and self.a[f] == self.a[g] and final[f] > final[g]:
                names[f], names[g] = g, f
        return names

    def _make_or_buy(
        self, final: dict[int, int], yes: Flags
    ) -> tuple[dict[int, Flags], dict[int, Array], Array]:
        """Who makes, at which own cost, and the scale at the supplier's place.

        Only customers away from the supplier move a task by buying. They settle on the largest
        set of makers that holds together, which all of them like best: it is what remains when,
        from all in-house, those whose quote is not dearer drop out until nobody does.
        """
        near = [f for f in self.customers if final[f] == final[self.boss]]
        away = [f for f in self.customers if final[f] != final[self.boss]]
        make, own = dict.fromkeys(away, yes), dict[int, Array]()

        def dearer(f: int) -> Flags:  # its quote than its own cost
            return self.quotes[f // 2] > own[f] * (1 + 1e-12)

        for _ in range(len(away) + 1):
            scale = self._scale(make)
            own |= {f: self._unit(f, f // 2, final[f], scale) for f in away}
            make = {f: make[f] & dearer(f) for f in away}
        done = {f: yes for f in (*near, self.boss) if f != SPECIALIST}
        here = self._scale(done | {f: ~make[f] for f in away})
        own |= {f: self._unit(f, f // 2, final[f], here) for f in near}
        return make | {f: dearer(f) & yes for f in near}, own, here

    def _book(
        self,
        j: int,
        final: dict[int, int],
        make: dict[int, Flags],
        own: dict[int, Array],
        here: Array,
    ) -> None:
        """Enter costs and outcome of final places number j."""
        boss, seat = self.boss, final[self.boss]
        bill = self.q[boss] * self._unit(boss, boss // 2 % 2, seat, here)
        places = {} if boss == SPECIALIST else {boss: np.asarray(seat)}
        for f, in_house in make.items():
            paid = np.where(in_house, own[f], self.quotes[f // 2])
            self.cost[j, f] = self.q[f] * paid
            bill = bill - self.q[f] * (paid - self._unit(boss, f // 2, seat, here)) * ~in_house
            places[f] = np.where(in_house, final[f], seat)
        self.cost[j, boss] = bill
        in_west = sum(places.values())
        at_home = sum((place == f // 2) * 1 for f, place in places.items())
        self.outcome[j] = np.select([in_west == 0, in_west == 4, at_home == 4], [0, 1, 2], 3)

    def _below_cap(self, final: dict[int, int]) -> Flags:
        """Quotes not above the dearest in-house cost of their nationality if nobody bought."""
        cap: list[Array] = [np.zeros(self.mu.shape)] * 2
        for f in self.customers:
            with_it = [g // 2 for g in self.players if g < 4 and final[g] == final[f]]
            scale = self.inverse_A[3 * with_it.count(EAST) + with_it.count(WEST)]
            cost = self._unit(f, f // 2, final[f], scale)
            cap[f // 2] = np.maximum(cap[f // 2], cost)
        fits = [(q <= c * (1 + 1e-12)) | np.isinf(q) for q, c in zip(self.quotes, cap, strict=True)]
        return fits[EAST] & fits[WEST]

    # stage 2

    def _stable(self) -> Points:
        """Final places and quotes from which nobody moves, alone or in a coalition."""
        boss, every = self.boss, np.arange(len(self.finals))
        payoff = np.where(self.allowed, self.cost[:, boss], np.inf)
        best = payoff.min(axis=(2, 3), keepdims=True)
        best = np.minimum(best, best[self._flip(every, boss)])
        replies = payoff <= best + self.eps
        points: Points = np.nonzero(replies)
        for f in self.customers:
            points = _keep(points, ~self._gains(points, self._moved(points, f), f))
        for pair in COALITIONS if self.game.coalitions else ():
            leave = (
                self._leads(points, replies, best) if boss in pair else self._leave(points, pair)
            )
            points = _keep(points, ~leave)
        if self.game.inertia:
            stay = (self.finals[points[0]] == [self.a[f] for f in self.players]).all(axis=1)
            points = _keep(points, stay | ~np.isin(points[1], points[1][stay]))
        return points

    def _flip(self, j: Index, *firms: int) -> Index:
        """Number of the final places in which these firms have moved."""
        last = len(self.players) - 1
        return j ^ sum(1 << (last - self.players.index(f)) for f in firms)

    def _moved(self, points: Points, *firms: int) -> Points:
        return (self._flip(points[0], *firms), *points[1:])

    def _at(self, points: Points, f: int) -> Array:
        return self.cost[(points[0], f, *points[1:])]

    def _gains(self, old: Points, new: Points, f: int) -> Flags:
        """Where a firm pays less in the new points, by more than a tie."""
        return self._at(new, f) < self._at(old, f) - self.eps[old[1], 0, 0]

    def _leave(self, points: Points, pair: tuple[int, int]) -> Flags:
        """Where two customers gain by moving together, and neither would move back alone."""
        both = self._moved(points, *pair)
        out = np.ones(points[0].shape, dtype=bool)
        for f in pair:
            back = self._moved(both, f)
            out &= self._gains(points, both, f) & ~self._gains(both, back, f)
        return out

    def _leads(self, points: Points, replies: Flags, best: Array) -> Flags:
        """Where a supplying producer gains by moving with its twin, with any place and quotes."""
        boss, every = self.boss, np.arange(len(self.finals))
        f = boss ^ 1  # the twin
        holds = self.cost[self._flip(every, f), f] >= self.cost[:, f] - self.eps
        twin = np.where(holds & replies, self.cost[:, f], np.inf).min(axis=(2, 3))
        twin = np.minimum(twin, twin[self._flip(every, boss)])  # wherever the supplier then sits
        there, game = self._flip(points[0], f), points[1]
        eps = self.eps[game, 0, 0]
        leads = best[there, game, 0, 0] < self._at(points, boss) - eps
        return leads & (twin[there, game] < self._at(points, f) - eps)


def _keep(points: Points, which: Flags) -> Points:
    return tuple(index[which] for index in points)
