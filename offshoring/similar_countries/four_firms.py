"""The location game of one task with four firms, solved by backward induction (GRH12-game).

Two producers in East and two in West make half of their country's output each.

1. All choose a tentative place. One firm may buy the capability to serve others: either a
   specialist without output of its own, or one of the four.
2. That firm quotes one price to each nationality, while everybody chooses a final place. A switch
   multiplies the variable cost by ``mu``.
3. Every other firm makes the task itself, or buys it.

What one task costs a firm is its output times unit cost, plus ``phi`` if it is capable (managers a
unit of task times their salary: a fixed sum, whatever the output), less its profit with others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from offshoring.similar_countries.four_firms_market import (
    COALITIONS,
    EAST,
    NOBODY,
    OUTCOMES,
    SPECIALIST,
    TIE,
    WEST,
    Continuations,
    Flags,
    Index,
    Market,
    Profile,
)
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    above_one,
    at_least_one,
    check,
    freeze,
    kind_problems,
    open_unit,
    positive,
)


@dataclass(frozen=True, eq=False)
class Siting:
    """The pure equilibria of the whole game: candidates by games.

    Attributes
    ----------
    profile : list of Profile
        Stage 1 of each candidate, up to the names of twins.
    outcome : array (candidates, games)
        Index into ``OUTCOMES``; -1 where the profile has no further continuation.
    low, high : array (candidates, games)
        The candidate is an equilibrium for low <= phi <= high; nowhere if low > high.
    shape : tuple of int
        Shape of the game's parameters, and of what the methods return.
    """

    profile: list[Profile]
    outcome: Index
    low: Array
    high: Array
    shape: tuple[int, ...]

    def stands(self, phi: Value, outcome: str) -> Flags:
        """Whether some equilibrium has this outcome if the capability costs ``phi``."""
        phi = np.broadcast_to(phi, self.shape).ravel()
        here = (self.low <= phi) & (phi <= self.high) & self._is(outcome)
        return here.any(axis=0).reshape(self.shape)[()]

    def floor(self, outcome: str) -> Array:
        """Smallest phi from which on the outcome stands without a supplier; inf if it never does.

        Larger values only make a supplier's entry less attractive.
        """
        free = np.array([p.supplier == NOBODY for p in self.profile])[:, None]
        here = free & (self.low <= self.high) & self._is(outcome)
        return np.where(here, self.low, np.inf).min(axis=0).reshape(self.shape)[()]

    def ceiling(self, outcome: str) -> Array:
        """Largest phi up to which the outcome stands with a supplier; -inf if it never does."""
        supplied = np.array([p.supplier != NOBODY for p in self.profile])[:, None]
        here = supplied & (self.low <= self.high) & self._is(outcome)
        return np.where(here, self.high, -np.inf).max(axis=0).reshape(self.shape)[()]

    def _is(self, outcome: str) -> Any:
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome = {outcome!r} must be one of {', '.join(OUTCOMES)}")
        return self.outcome == OUTCOMES.index(outcome)


@dataclass(frozen=True, kw_only=True, eq=False)
class FourFirms(Parameters):
    """The game for one task, or for an array of tasks.

    Parameters
    ----------
    multiple : float or array
        Labour needed abroad for one unit at home, beta t(i) >= 1.
    theta : float or array
        Elasticity of the external economies A(X) = X^theta, strictly between 0 and 1.
    N, N_star : float or array
        Output of the two firms of East, and of West, > 0.
    w : float or array
        East's wage, > 0; in units of West's wage.
    mu : float or array
        Variable cost after a switch of place over the cost without, > 1.
    capable : {"specialist", "producer"}
        Who may buy the capability: one more firm without output of its own, or one of the four.
    squeeze : bool
        If not, a quote may not exceed what the dearest customer of that nationality would pay
        in-house if nobody bought.
    coalitions : bool
        Whether the producers of a nationality may also change places together, if both gain and
        neither would then move back alone (GRH12-fn10).
    avoid : bool
        Whether nobody moves to a profile without a pure continuation (GRH12-fn9). If not, a
        profile from which somebody could is no equilibrium.
    inertia : bool
        Whether all stay at their tentative places in stage 2 if that is an equilibrium there.

    Notes
    -----
    Where a move in stage 1 leaves several continuations, a lone firm expects the one that is worst
    for it, and a coalition moves only if both gain in all of them. In stage 3 the customers away
    from the supplier settle on the largest set of makers that holds together, with or without
    ``coalitions``.

    Examples
    --------
    >>> game = FourFirms(multiple=1.3, theta=0.7, N=4, N_star=1, w=1.5, mu=1.01)
    >>> siting = game.equilibria()
    >>> [bool(siting.stands(0.01, place)) for place in OUTCOMES]
    [False, True, False, False]
    >>> float(round(siting.floor("E"), 6))  # (mu - 1) times the cost of the task in West
    0.020096
    """

    multiple: Value
    theta: Value
    N: Value
    N_star: Value
    w: Value
    mu: Value
    capable: str = "specialist"
    squeeze: bool = False
    coalitions: bool = True
    avoid: bool = True
    inertia: bool = True

    def __post_init__(self) -> None:
        freeze(self, "multiple", "theta", "N", "N_star", "w", "mu")
        known = isinstance(self.capable, str) and self.capable in ("specialist", "producer")
        switches = ("squeeze", "coalitions", "avoid", "inertia")
        check(
            self,
            self.shape_problem(),
            "" if known else f"capable = {self.capable!r} must be 'specialist' or 'producer'",
            *kind_problems(self, **dict.fromkeys(switches, bool)),
            multiple=at_least_one(self.multiple),
            theta=open_unit(self.theta),
            N=positive(self.N),
            N_star=positive(self.N_star),
            w=positive(self.w),
            mu=above_one(self.mu),
        )

    @property
    def profiles(self) -> list[Profile]:
        """Stage 1 up to the names of twins: 27 profiles with a specialist, 33 without."""
        alone = self.capable == "specialist"
        suppliers = (NOBODY, SPECIALIST) if alone else (NOBODY, 0, 1, 2, 3)
        every = (
            Profile((*places, seat), supplier)
            for places in product((EAST, WEST), repeat=4)
            for supplier in suppliers
            for seat in ((EAST, WEST) if supplier == SPECIALIST else (EAST,))
        )
        return sorted({profile.canonical()[0] for profile in every})

    def continuations(self, profile: Profile) -> Continuations:
        """The pure equilibria of stages 2 and 3 after a profile."""
        return Market(self.flat(), profile).equilibria()

    def equilibria(self) -> Siting:
        """Every pure equilibrium, with the costs of capability for which it is one."""
        return _FirstStage(self).siting()


class _FirstStage:
    """Stage 1, given the continuations of all profiles. Arrays: (numbers, firms, games)."""

    def __init__(self, game: FourFirms) -> None:
        self.game, flat = game, game.flat()
        self.after = {profile: flat.continuations(profile) for profile in game.profiles}
        w, N, N_star, theta = (
            np.broadcast_to(v, game.shape).ravel()
            for v in (game.w, game.N, game.N_star, game.theta)
        )
        self.eps = TIE * (w * N + N_star) * (N + N_star) ** -theta

    def siting(self) -> Siting:
        """All candidates, with the interval of phi for which each is an equilibrium."""
        rows = [(p, *row) for p in self.after for row in zip(*self._intervals(p), strict=True)]
        profile, outcome, low, high = zip(*rows, strict=True)
        return Siting(
            profile=list(profile),
            outcome=np.stack(outcome),
            low=np.stack(low),
            high=np.stack(high),
            shape=self.game.shape,
        )

    def _intervals(self, p: Profile) -> tuple[Index, Array, Array]:
        """Outcome, low and high of every continuation of a profile."""
        here, avoid = self.after[p], self.game.avoid
        cost, outcome = here.cost.transpose(1, 2, 0), here.outcome.T
        low = np.where(outcome >= 0, 0.0, np.inf)
        high = np.where(outcome >= 0, np.inf, -np.inf)
        for f, there, bought in self._moves(p):
            worst, exist = self._worst(there, f)
            gain = cost[:, f] - worst  # from the move, before phi
            gain = np.where(np.abs(gain) > self.eps, gain, 0.0)
            if bought < 0:
                need = np.zeros_like(gain)
                high = np.minimum(high, np.where(exist, -gain, np.inf))
            else:
                need = gain if bought else np.where(gain > 0, np.inf, 0.0)
            low = np.maximum(low, np.where(exist, need, 0.0 if avoid else np.inf))
        for pair in COALITIONS if self.game.coalitions else ():
            low = np.where(self._leave(p, pair, cost), np.inf, low)
        return outcome, low, high

    def _worst(self, p: Profile, firm: int) -> tuple[Array, Flags]:
        """The firm's largest cost in the continuations of a profile, and whether it has any."""
        twin, gone_to = p.canonical()
        return self.after[twin].worst(gone_to[firm]), self.after[twin].exist

    def _moves(self, p: Profile) -> list[tuple[int, Profile, int]]:
        """What one firm can do alone: the firm, the new profile, capability bought (or dropped)."""
        moves = [(f, p.move(f), 0) for f in range(4)]
        if p.supplier == SPECIALIST:
            gone = Profile((*p.places[:4], EAST))
            return [*moves, (SPECIALIST, p.move(SPECIALIST), 0), (SPECIALIST, gone, -1)]
        if p.supplier != NOBODY:
            gone = p._replace(supplier=NOBODY)
            return [*moves, (p.supplier, gone, -1), (p.supplier, gone.move(p.supplier), -1)]
        for f in (SPECIALIST,) if self.game.capable == "specialist" else range(4):
            enter = p._replace(supplier=f)
            moves += [(f, enter, 1), (f, enter.move(f), 1)]
        return moves

    def _leave(self, p: Profile, pair: tuple[int, int], cost: Array) -> Flags:
        """Where both producers of a nationality gain by changing tentative places together."""
        there = p.move(*pair)
        twin, gone_to = there.canonical()
        leave = np.broadcast_to(self.after[twin].exist, cost[:, 0].shape)
        for new in self.after[twin].cost.transpose(1, 2, 0):
            both = np.ones(leave.shape, dtype=bool)
            for f in pair:
                mine = new[gone_to[f]]
                back, exist = self._worst(there.move(f), f)
                stays = ~exist | (back >= mine - self.eps)
                both &= (mine < cost[:, f] - self.eps) & stays
            leave = leave & (both | np.isnan(new[0]))  # in every continuation there is
        return leave
