"""A small economy with specific factors: L-tasks work with H in X and with K in Y (GRH08-IIC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from offshoring.residuals import checked
from offshoring.roots import find_root
from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.equilibria import settle
from offshoring.trading_tasks.factor_prices import FAR, GOODS
from offshoring.trading_tasks.margin import DEEP, find_margin, share_at, warn_if_easier_abroad
from offshoring.trading_tasks.skilled import PROHIBITIVE
from offshoring.trading_tasks.specific_equilibrium import (
    SpecificFactorsEquilibrium,
    log_a_L,
    log_cost_in_w,
    log_intensity,
)
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    check,
    freeze,
    kind_problems,
    positive,
)

ROUNDINGS = 1e-13  # labour and a step of labour demand this close together are equal


class Sector(NamedTuple):
    """One good, its price, and the factor that only this good uses."""

    good: Technology
    log_price: Array
    factor: Value

    def log_return(self, log_omega: Array) -> Array:
        """log of the specific return at zero profit: -inf if idle, +inf if all labour is wanted."""
        return self.good.log_high_skill_wage(log_omega, self.log_price)

    def log_labour(self, log_omega: Array, log_return: Array) -> Array:
        """log of the L-tasks wanted, with the whole specific factor in use; -inf if idle."""
        log_k = log_intensity(self.good, np.subtract(log_omega, log_return))
        return np.where(log_return == -np.inf, -np.inf, np.log(self.factor) + log_k)

    def log_return_at(self, log_labour: Array, log_omega: Array) -> Array:
        """log of the specific return at which so much labour is wanted.

        With fixed proportions that is minus infinity if there is less labour than the specific
        factor could use, for then a part of it is idle, and plus infinity if there is more.
        """
        with np.errstate(over="ignore"):  # infinite also with a tiny sigma
            return log_omega - self.good.log_relative_wage(log_labour - np.log(self.factor))

    def log_loss(self, log_omega: Array, log_return: Array) -> Array:
        """log of unit cost over price."""
        return log_omega + log_cost_in_w(self.good, log_omega - log_return) - self.log_price

    def log_bound(self) -> Array:
        """log omega at which L-tasks alone cost the price: a ceiling if sigma < 1, a floor if > 1.

        At sigma = 1 there is neither.
        """
        with np.errstate(divide="ignore"):
            bound = np.log(self.good.lam) / (np.asarray(self.good.sigma) - 1)
        return bound + self.log_price - np.log(self.good.scale)


@dataclass(frozen=True, kw_only=True, eq=False)
class SpecificFactorsEconomy(Parameters):
    """A small open economy with three factors and two goods that can offshore L-tasks.

    X is made of L-tasks and H, Y of L-tasks and K. There are more factors than goods, so that the
    labour-supply effect is at work (GRH08-IIC-6).

    Parameters
    ----------
    schedule : Schedule
        Relative cost t(i) of doing L-task i abroad, the same in both industries.
    beta : float or array
        Shift of all offshoring costs, > 0; pure number. The paper has beta t(0) >= 1; below that
        a warning is given.
    x, y : Technology
        Technologies of X, the numeraire, and of Y. In y the second factor, called H in a
        technology, is K. Neither good has to be the labour-intensive one.
    p : float or array
        World price of Y in units of X, > 0.
    w_star : float or array
        Foreign low-skill wage, > 0; units of X.
    L, H, K : float or array
        Endowments of low-skilled labour, of the factor of X and of the factor of Y, > 0.

    The array parameters (also those of schedule and technologies) broadcast together; their common
    shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    schedule: Schedule
    beta: Value
    x: Technology
    y: Technology
    p: Value
    w_star: Value
    L: Value
    H: Value
    K: Value

    _positive: ClassVar = ("beta", "p", "w_star", "L", "H", "K")

    def __post_init__(self) -> None:
        freeze(self, *self._positive)
        problems = kind_problems(self, schedule=Schedule, x=Technology, y=Technology)
        check(
            self,
            *problems,
            "" if problems else self.shape_problem(),
            **{name: positive(getattr(self, name)) for name in self._positive},
        )
        warn_if_easier_abroad(self, self.beta * self.schedule.t(0.0))

    def without_offshoring(self) -> SpecificFactorsEconomy:
        """The same economy with offshoring so dear that no task moves."""
        return self.replace(beta=np.full_like(self.beta, PROHIBITIVE))

    def solve(self) -> SpecificFactorsEquilibrium:
        """The unique equilibrium.

        Returns
        -------
        SpecificFactorsEquilibrium
            Fields have the broadcast shape of the parameters. With sigma < 1 an industry in which
            L-tasks alone cost the price is idle and its factor earns nothing. With sigma = 0 its
            factor can also be idle in part, and then earns nothing either.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and there is none: every task would move abroad (only if
            a good has sigma > 1), or fixed proportions leave low-skilled workers idle at any wage
            or their wage undetermined, or the answer is beyond floats. With array parameters such
            points carry NaN, and ``exists`` says where.

        Notes
        -----
        At the effective wage omega zero profits give s and r, and these the L-tasks that the two
        industries want. That demand does not rise in omega. So there is one u = -log(1 - I) at
        which demand at omega = beta w* t(I) Omega(I) equals L / (1 - I), or nothing moves and one
        root in log omega remains. On a flat portion of t the margin moves on continuously.
        A warning is given if a residual is above 1e-9, as near a jump of a schedule.

        Examples
        --------
        >>> from offshoring.schedules import Linear
        >>> from offshoring.technologies import CobbDouglas
        >>> econ = SpecificFactorsEconomy(schedule=Linear(a=1, b=1.5), beta=[3.0, 1.2], w_star=0.5,
        ...     x=CobbDouglas(0.4), y=CobbDouglas(0.6), p=1.0, L=1.0, H=1.0, K=1.0)
        >>> eq = econ.solve()
        >>> eq.I.round(4), eq.w.round(4), eq.r.round(4)
        (array([0.    , 0.5716]), array([1.4173, 1.1144]), array([0.5926, 1.051 ]))
        """
        flat = self.flat()
        points = np.arange(int(np.prod(self.shape)))
        u = find_margin(flat._gap, points)
        fields, failures = flat._outcome(u, points)
        goods = GOODS[np.where(fields["x"] > 0, np.where(fields["y"] > 0, 1, 0), 2)]
        regime = np.where(u > 0, goods, "no offshoring")
        values = settle(self, fields, regime, failures, self._words)
        Omega = self.schedule.Omega(values["I"], values["m"])
        return checked(SpecificFactorsEquilibrium(w=values.pop("omega") / Omega, **values))

    def _industries(self) -> tuple[Sector, Sector]:
        return Sector(self.x, np.zeros(()), self.H), Sector(self.y, np.log(self.p), self.K)

    def _log_cost(self, i: ArrayLike, m: ArrayLike) -> Array:
        """log(beta w* t(i) Omega(i)): the omega at which i is the marginal task (GRH08-1)."""
        log_cost: Array = np.log(self.beta) + np.log(self.w_star)
        with np.errstate(over="ignore"):  # a cost beyond floats is infinite, and then too high
            return log_cost + np.log(self.schedule.t_Omega(i, m))

    def _log_demand(self, log_omega: Array) -> Array:
        """log of the L-tasks that both industries want; it does not rise in omega."""
        wanted = (
            ind.log_labour(log_omega, ind.log_return(log_omega)) for ind in self._industries()
        )
        return np.logaddexp(*wanted)

    def _gap(self, u: Array, point: NDArray[np.intp]) -> Array:
        """Supply over demand of L-tasks, in logs, once u has moved, on flat parameters."""
        at = self.take(point)
        demand = at._log_demand(at._log_cost(*share_at(u)))
        endless = demand == np.inf
        supply = np.log(at.L) + np.where(endless, 0.0, u)
        return np.clip(supply - demand, -FAR, FAR)

    def _log_omega_at_home(self, points: NDArray[np.intp]) -> Array:
        """log omega if nothing moves; NaN where even free labour would not all be employed.

        One industry wants all the labour at a lower omega, and half of it at a higher one, than
        both want all together. That gives the bracket.
        """

        def gap(log_omega: Array, point: NDArray[np.intp]) -> Array:
            at = self.take(point)
            return np.clip(np.log(at.L) - at._log_demand(log_omega), -FAR, FAR)

        at = self.take(points)
        low, high = (at._log_omega_of_one(np.log(at.L) - part) for part in (0.0, np.log(2)))
        low, high = (np.broadcast_to(end, points.shape) for end in (low - 1, high + 1))
        result = np.full(points.shape, np.nan)
        meet = gap(low, points) <= 0
        result[meet] = find_root(gap, low[meet], high[meet], args=(points[meet],))
        return result

    def _log_omega_of_one(self, log_labour: Array) -> Array:
        """log omega up to which at least one of the industries wants so much labour for itself."""
        ends = []
        for ind in self._industries():
            with np.errstate(over="ignore"):  # infinite with a tiny sigma
                log_q = ind.good.log_relative_wage(log_labour - np.log(ind.factor))
            ends.append(ind.log_price - ind.good.log_cost_in_w(np.clip(log_q, -FAR, FAR)))
        return np.maximum(*ends)

    def _outcome(
        self, u: Array, points: NDArray[np.intp]
    ) -> tuple[dict[str, Array], dict[str, NDArray[np.bool_]]]:
        """All fields at the margin u, on flat parameters, and where which condition fails."""
        every_task, deep = np.isposinf(u), np.isnan(u)
        u = np.where(every_task | deep, 0.0, u)
        i, m = share_at(u)
        stays = points[u == 0]
        log_omega = self._log_cost(i, m) + 0 * u
        log_omega[stays] = self._log_omega_at_home(stays)
        unemployed = np.isnan(log_omega)
        log_omega = np.where(unemployed, 0.0, log_omega)
        log_labour, log_returns = self._use(log_omega, np.log(self.L) + u)
        sizes = [np.where(value == -np.inf, 0.0, np.abs(value)) for value in log_returns]
        failures = {
            "every_task": every_task,
            "undetermined": (u <= ROUNDINGS) & self._on_a_step(),
            "unemployed": unemployed,
            "beyond": deep | ~(np.maximum.reduce([*sizes, np.abs(log_omega)]) < DEEP),
        }
        lost = np.logical_or.reduce(list(failures.values()))
        log_omega = np.where(lost, 0.0, log_omega)
        fields = {"I": i, "m": m, "omega": np.exp(log_omega)}
        names = zip("xy", "sr", self._industries(), log_labour, log_returns, strict=True)
        for output, name, ind, labour, log_return in names:
            log_return = np.where(lost, 0.0, log_return)
            fields[name] = np.exp(log_return)
            fields[output] = np.exp(labour - log_a_L(ind.good, log_omega, log_return))
        return fields, failures

    def _use(self, log_omega: Array, log_supply: Array) -> tuple[list[Array], list[Array]]:
        """log of the L-tasks used in X and Y, and log s and log r, at a known omega.

        Zero profits give s and r, and these the labour. But where L-tasks take nearly the whole
        price, the labour an industry wants is so steep in omega (sigma over the cost share of its
        factor) that the rounding of omega spoils full employment, and with sigma = 0 it jumps.
        There the labour that the other industry leaves gives the return, and zero profit is the
        insensitive condition. Of the three ways the one with the smallest error counts.
        """
        industries = self._industries()
        returns = [ind.log_return(log_omega) for ind in industries]
        labour = [
            ind.log_labour(log_omega, value) for ind, value in zip(industries, returns, strict=True)
        ]
        error = np.abs(np.logaddexp(*labour) - log_supply)
        best_labour, best_returns = list(labour), list(returns)
        for k, ind in enumerate(industries):
            with np.errstate(divide="ignore", over="ignore"):  # nothing is left: idle
                left = log_supply + np.log(np.maximum(-np.expm1(labour[1 - k] - log_supply), 0))
            other = ind.log_return_at(left, log_omega)
            loss = np.abs(ind.log_loss(log_omega, other))
            better = loss < error
            error = np.where(better, loss, error)
            for j in (0, 1):
                new = (left, other) if j == k else (labour[j], returns[j])
                best_labour[j] = np.where(better, new[0], best_labour[j])
                best_returns[j] = np.where(better, new[1], best_returns[j])
        return best_labour, best_returns

    def _on_a_step(self) -> NDArray[np.bool_]:
        """Where L is all that industries with fixed proportions want, at a whole range of omega."""
        x, y = self._industries()
        fixed_x, fixed_y = (np.asarray(ind.good.sigma) == 0 for ind in (x, y))
        wants_x, wants_y = (np.log(ind.factor) + logit(ind.good.lam) for ind in (x, y))
        ceiling_x, ceiling_y = (
            np.where(np.asarray(ind.good.sigma) < 1, ind.log_bound(), np.inf) for ind in (x, y)
        )

        def meets(labour: Array) -> NDArray[np.bool_]:
            return np.abs(np.log(self.L) - labour) < ROUNDINGS

        return (
            (fixed_x & fixed_y & meets(np.logaddexp(wants_x, wants_y)))
            | (fixed_x & (ceiling_y < ceiling_x) & meets(wants_x))
            | (fixed_y & (ceiling_x < ceiling_y) & meets(wants_y))
        )

    def _words(self, failure: str) -> str:
        """Why a single economy has no equilibrium, with the size of what fails."""
        if failure == "undetermined":
            return (
                "the low-skill wage is not determined, because nothing moves and L is exactly what "
                "industries with fixed proportions employ at a whole range of wages"
            )
        if failure == "unemployed":
            most = float(np.exp(self._log_demand(np.asarray(-FAR))))
            return (
                f"some low-skilled workers would be idle at a wage of zero, because L = {self.L:g} "
                f"is above {most:.6g}, the most that H and K can employ in fixed proportions"
            )
        if failure == "beyond":
            return (
                "floats cannot hold the answer: a factor price is beyond e^700 or below e^-700, or "
                "the margin is so close to the last one that 1 - I is below e^-700"
            )
        floors = {
            name: float(np.exp(ind.log_bound()))
            for name, ind in zip("XY", self._industries(), strict=True)
            if ind.good.sigma > 1
        }
        good = max(floors, key=lambda name: floors[name])
        return (
            "every task would move abroad, because beta w_star T(1) = "
            f"{float(np.exp(self._log_cost(1.0, 0.0))):.6g} is not above {floors[good]:.6g}, the "
            f"effective wage at which {good} employs any number (its sigma is above 1). Raise beta "
            "or w_star, or take a steeper schedule"
        )
