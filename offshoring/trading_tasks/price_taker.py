"""What all economies share that take goods prices and foreign wages as given.

How the equilibrium is found
----------------------------
With the tasks [0, I] abroad, a bundle of L-tasks costs omega = w Omega(I), and the labour force
is stretched to k = L / ((1 - I) H) per unit of H. Two curves meet:

- the cutoff (GRH08-1) says omega = beta w* t(I) Omega(I), which does not fall in I;
- zero profits and full employment (GRH08-4, 5, 8, 9) say omega = omega(k), which does not rise
  in k and so not in I.

So there is at most one equilibrium, whatever goods it makes. It is bracketed, not searched for.
The unknown is u = -log(1 - I), which keeps its digits however few tasks stay at home.

If H-tasks can move too, k = (1 - I_H) L / ((1 - I) H), and each I_H has its own I as above. There
the cutoff of H-tasks (GRH08-18) is a second such pair of curves: the more H-tasks leave, the more
the marginal one costs, and the less a bundle of them is worth, because k does not rise: if it did,
omega would not rise and fewer L-tasks would leave, so k could not rise.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.equilibria import settle
from offshoring.trading_tasks.factor_prices import (
    BOTH,
    FAR,
    GOODS,
    ONLY_X,
    ONLY_Y,
    FactorPrices,
    Goods,
    OneGood,
    cone_rule,
    label_problem,
    output_of,
)
from offshoring.trading_tasks.margin import DEEP, find_margin, share_at
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    check,
    freeze,
    kind_problems,
    positive,
)

Rules = dict[str, tuple[ArrayLike, str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class PriceTaker(Parameters):
    """One good, X, at the price one. :class:`TwoGoods` adds the second."""

    schedule: Schedule
    beta: Value
    x: Technology
    w_star: Value
    L: Value
    H: Value
    _prices: FactorPrices | OneGood = field(init=False, repr=False)

    _nothing_moves: ClassVar[str]  # the name of the regime
    _positive: ClassVar[tuple[str, ...]] = ("beta", "w_star", "L", "H")
    _kinds: ClassVar[dict[str, type]] = {"schedule": Schedule, "x": Technology}

    def __post_init__(self) -> None:
        problems, rules = self._rules()
        problems = kind_problems(self, **self._kinds) + problems
        problems += filter(None, [self.shape_problem()])
        if not problems:
            problems += self._goods_problems(rules)
        check(self, *problems, **rules)
        object.__setattr__(self, "_prices", self._find_prices())
        self._warn()

    def _rules(self) -> tuple[list[str], Rules]:
        """Turn the numbers into floats, and say what each must be; problems in words."""
        freeze(self, *self._positive)
        return [], {name: positive(getattr(self, name)) for name in self._positive}

    def _goods_problems(self, rules: Rules) -> list[str]:
        """What is wrong with the goods as a pair: with one good, nothing."""
        return []

    def _find_prices(self) -> FactorPrices | OneGood:
        return OneGood(self.x)

    @abstractmethod
    def _warn(self) -> None:
        """Warnings on parameters that are allowed but odd."""

    @abstractmethod
    def log_marginal_cost(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of the omega at which i is the marginal one to move; it does not fall in i."""

    @abstractmethod
    def log_labour(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of effective labour per unit of H once [0, i] has moved; it does not fall in i."""

    def _offers(self) -> list[tuple[int, Technology, Value]]:
        """The goods that can be made alone: code, technology and price."""
        return [(ONLY_X, self.x, 1.0)]

    # ---------------------------------------------------------------- margins, on flat parameters

    def _margin_L(self, u_H: Array) -> Array:
        """u = -log(1 - I) at each point, given u_H; see :func:`find_margin`."""

        def gap(u: Array, point: NDArray[np.intp]) -> Array:
            at = self.take(point)
            i, m = share_at(u)
            return at.log_marginal_cost(i, m) - at._prices.at(at.log_labour(i, m) - u_H[point])[0]

        return find_margin(gap, np.arange(u_H.size))

    def _margins(self) -> tuple[Array, Array]:
        """u and u_H at each point."""
        u_H = np.zeros(int(np.prod(self.shape)))
        return self._margin_L(u_H), u_H

    # ---------------------------------------------------------------- the rest, given the margins

    def _outcome(self, u: Array, u_H: Array) -> dict[str, Any]:
        """Factor prices, outputs and goods at the margins, on flat parameters; and what fails."""
        i, m = share_at(u)
        log_k = self.log_labour(i, m) - u_H
        log_omega, log_q, goods, undetermined = self._wages(u, u_H, log_k)
        idle = np.abs(log_q) >= FAR
        beyond = ~(np.maximum(np.abs(log_omega), np.abs(log_omega - log_q)) < DEEP) & ~idle
        lost = idle | beyond  # any number will do there
        log_omega, log_q = (np.where(lost, 0.0, v) for v in (log_omega, log_q))
        prices = {"omega": np.exp(log_omega), "omega_H": np.exp(log_omega - log_q)}
        found = {"I": i, "m": m, "goods": goods, "idle": idle, "undetermined": undetermined}
        outputs = self._outputs(log_k, log_q, goods, self.H * np.exp(u_H), **prices)
        return found | prices | outputs | {"beyond": beyond}

    def _outputs(
        self, log_k: Array, log_q: Array, goods: Array, H: Array, omega: Array, omega_H: Array
    ) -> dict[str, Array]:
        """Outputs that employ effective H, and whether the goods are mislabelled."""
        return {"x": H / self.x.a_H(omega, omega_H), "mislabelled": np.zeros(H.shape, dtype=bool)}

    def _wages(
        self, u: Array, u_H: Array, log_k: Array, *, cutoff_of_L: bool = False
    ) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """log omega, log q, the goods made, and where the first two are not determined.

        Where proportions are stiff and both kinds move, the cutoff of the dearer kind gives its
        price and zero profit the other, or that of L-tasks does if so asked.
        """
        log_omega, log_q, goods = self._prices.at(log_k)
        cutoff, skilled = self.log_marginal_cost(*share_at(u)), np.zeros(u.shape)
        moves_H = u_H > 0
        if moves_H.any():
            skilled = self.log_marginal_cost_H(*share_at(u_H))  # type: ignore[attr-defined]
        undetermined = np.zeros(u.shape, dtype=bool)
        for made, good, price in self._offers():
            at_edge, stiff = self._is_stiff(made, good, goods, log_k, log_q, u, u_H)
            nothing_moves = (u == 0) & ~moves_H
            undetermined |= at_edge & (np.asarray(good.sigma) == 0) & nothing_moves
            stiff &= ~nothing_moves & (u < np.inf)
            log_p = np.log(price)
            by_L = good.log_high_skill_wage(cutoff, log_p)  # zero profit gives the other price
            by_H = good.log_low_skill_wage(skilled, log_p)
            with np.errstate(invalid="ignore"):  # no such price: not in use there
                cheap_L = good.share_L(cutoff - by_L) <= 0.5
            use_L = (u > 0) & (cutoff_of_L | ~moves_H | cheap_L)
            omega_here = np.where(use_L, cutoff, by_H)
            log_s = np.where(use_L, by_L, skilled)
            log_omega = np.where(stiff, omega_here, log_omega)
            log_q = np.where(stiff, np.clip(omega_here - log_s, -FAR, FAR), log_q)
            goods = np.where(stiff, made, goods)
        return log_omega, log_q, goods, undetermined

    @staticmethod
    def _is_stiff(
        made: int,
        good: Technology,
        goods: Array,
        log_k: Array,
        log_q: Array,
        u: Array,
        u_H: Array,
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where one good with (nearly) fixed proportions is made, so that k says too little of q.

        There the cutoff gives omega and zero profit gives the price of H-tasks, or the other way
        round if only H-tasks move. With sigma = 0 the economy makes one good and employs everybody
        only at the good's one intensity, its edge, where omega(k) jumps and the margin stops. With
        a small sigma the slope of omega(k), theta_H / sigma, would magnify the rounding of k;
        above a hundred we avoid it. Returned are the points at the edge, up to a few roundings,
        and the stiff points.
        """
        sigma, alone = np.asarray(good.sigma), goods == made
        edge = good.log_intensity(np.where(goods == BOTH, log_q, 0.0))
        roundings = 8 * np.finfo(float).eps * (1 + np.abs(log_k) + np.abs(edge) + u + u_H)
        at_edge = (np.abs(log_k - edge) <= roundings) & (alone | (goods == BOTH))
        # the slope of the price that the cutoff would give otherwise, times sigma
        steep = np.where(u > 0, good.share_H(log_q), good.share_L(log_q)) > 100 * sigma
        fixed = sigma < 1e-13  # then the edge is all that k can say
        by_edge = np.where((alone & fixed) | steep, at_edge, False)
        return at_edge, by_edge | (alone & steep & (np.abs(log_q) < FAR))

    def _settle(self, u: Array, u_H: Array, **failures: Array) -> dict[str, Any]:
        """The equilibrium at the margins: fields in the economy's shape, NaN where there is none.

        Raises :class:`NoEquilibrium` with words and sizes if a single point has none.
        """
        flat = self.flat()
        fields_ = flat._outcome(u, np.where(np.isfinite(u_H), u_H, 0.0))
        names = ("undetermined", "idle", "mislabelled", "beyond")
        failures |= {name: fields_.pop(name) for name in names}
        deep: Any = np.isnan(u) | np.isnan(u_H)
        failures["beyond"] = failures["beyond"] | deep
        failures["idle"] = np.where(deep, False, failures["idle"])
        goods = GOODS[fields_.pop("goods")]
        regime = np.where((u > 0) | (u_H > 0), goods, self._nothing_moves)
        return settle(self, fields_, regime, failures, lambda name: flat._words(name, fields_, u_H))

    def _words(self, failure: str, at: dict[str, Any], u_H: Array) -> str:
        """Why a single economy has no equilibrium, with the size of what fails."""
        if failure == "idle":
            k = float(np.exp(self.log_labour(at["I"], at["m"]) - u_H)[0])
            return (
                "one factor would be idle at a price of zero, because k = L / ((1 - I) H) = "
                f"{k:.6g} is an intensity that no technology in use can employ (with fixed "
                "proportions L / H must be able to reach the cone)"
            )
        if failure == "undetermined":
            return (
                "factor prices are not determined, because L / H is exactly the one intensity of a "
                "Leontief technology and nothing moves: any omega between two bounds is possible"
            )
        if failure == "beyond":
            return (
                "floats cannot hold the answer: a wage is beyond e^700 or below e^-700, or the "
                "margin is so close to the last one that 1 - I is below e^-700"
            )
        least = float(np.exp(self._prices.at(np.array([np.inf]))[0])[0])
        most = float(np.exp(self.log_marginal_cost(1.0, 0.0)))
        return (
            f"every task would move abroad, because beta w_star T(1) = {most:.6g} is not above "
            f"{least:.6g}, the least that a bundle of L-tasks is worth however many there are. "
            "Raise beta or w_star, or take a steeper schedule"
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoGoods(PriceTaker):
    """X at the price one, and Y, the labour-intensive good, at the price p."""

    y: Technology
    p: Value

    _positive: ClassVar = ("beta", "p", "w_star", "L", "H")
    _kinds: ClassVar = PriceTaker._kinds | {"y": Technology}

    def _goods_problems(self, rules: Rules) -> list[str]:
        goods = Goods(self.x, self.y, self.p)
        problems = list(filter(None, [label_problem(goods)]))
        if not problems and np.all(rules["p"][0]):
            rules["p"] = cone_rule(goods)
        return problems

    def _find_prices(self) -> FactorPrices:
        return FactorPrices.of(self.x, self.y, self.p)

    def _offers(self) -> list[tuple[int, Technology, Value]]:
        return [(ONLY_X, self.x, 1.0), (ONLY_Y, self.y, self.p)]

    def _outputs(
        self, log_k: Array, log_q: Array, goods: Array, H: Array, omega: Array, omega_H: Array
    ) -> dict[str, Array]:
        log_q = np.where(goods == BOTH, log_q, 0.0)
        k_x, k_y = (np.exp(good.log_intensity(log_q)) for good in (self.x, self.y))
        with np.errstate(divide="ignore", invalid="ignore"):  # k_x = k_y: not in a cone, not used
            share = np.clip((np.exp(log_k) - k_x) / (k_y - k_x), 0, 1)
        H_in_y = H * np.where(goods == BOTH, share, goods == ONLY_Y)
        return {
            "x": output_of(H - H_in_y, self.x.a_H(omega, omega_H)),
            "y": output_of(H_in_y, self.y.a_H(omega, omega_H)),
            "mislabelled": (goods == BOTH) & (k_y <= k_x),
        }

    def _words(self, failure: str, at: dict[str, Any], u_H: Array) -> str:
        if failure == "mislabelled":
            turn = np.atleast_1d(Goods(self.x, self.y, self.p).turning_point()[0])
            return (
                "X is the labour-intensive good in this equilibrium, on the far side of a "
                f"factor-intensity reversal at q = {np.exp(turn[0]):.6g} "
                f"(q = omega / s is {float(at['omega'][0] / at['omega_H'][0]):.6g}): swap x and y"
            )
        return super()._words(failure, at, u_H)
