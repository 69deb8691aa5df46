"""The small economy, through all its regimes.

Two goods, X (the numeraire) and Y at the world price p, are made from a set of L-tasks and a set
of H-tasks. An L-task i can be done abroad at the wage w* with beta t(i) times the labour. Y is the
labour-intensive good.

How the equilibrium is found
----------------------------
With the tasks [0, I] abroad, a bundle of L-tasks costs omega = w Omega(I), and the labour force
is stretched to k = L / ((1 - I) H) per unit of H. Two curves meet:

- the cutoff (GRH08-1) says omega = beta w* t(I) Omega(I), which does not fall in I;
- zero profits and full employment (GRH08-4, 5, 8, 9) say omega = omega(k), which does not rise
  in k and so not in I.

So there is at most one equilibrium, whatever goods it makes. It is bracketed, not searched for.
The unknown is u = -log(1 - I), which keeps its digits however few tasks stay at home.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.equilibria import MigrationEquilibrium, SmallEquilibrium, checked
from offshoring.trading_tasks.factor_prices import (
    BOTH,
    FAR,
    ONLY_X,
    ONLY_Y,
    FactorPrices,
    Goods,
    cone_rule,
    label_problem,
)
from offshoring.trading_tasks.margin import DEEP, find_margin, share_at, warn_if_easier_abroad
from offshoring.validation import (
    Array,
    NoEquilibrium,
    Parameters,
    Value,
    check,
    freeze,
    kind_problems,
    not_negative,
    positive,
)

GOODS = np.array(["only x", "both goods", "only y"])


@dataclass(frozen=True, kw_only=True, eq=False)
class _SmallModel(Parameters):
    """What the economy that moves tasks and the one that moves workers have in common."""

    schedule: Schedule
    beta: Value
    x: Technology
    y: Technology
    p: Value
    w_star: Value
    L: Value
    H: Value
    _prices: FactorPrices = field(init=False, repr=False)

    _nothing_moves: ClassVar[str]  # the name of the regime
    _positive: ClassVar = ("beta", "p", "w_star", "L", "H")

    def __post_init__(self) -> None:
        rules = self._rules()
        problems = kind_problems(self, schedule=Schedule, x=Technology, y=Technology)
        problems += filter(None, [self.shape_problem()])
        if not problems:
            goods = Goods(self.x, self.y, self.p)
            problems += filter(None, [label_problem(goods)])
            if not problems and np.all(rules["p"][0]):
                rules["p"] = cone_rule(goods)
        check(self, *problems, **rules)
        object.__setattr__(self, "_prices", FactorPrices.of(self.x, self.y, self.p))
        warn_if_easier_abroad(self, self.beta * self.schedule.t(0.0))

    def _rules(self) -> dict[str, tuple[ArrayLike, str]]:
        """Turn the numbers into floats, and say what each must be."""
        freeze(self, *self._positive)
        return {name: positive(getattr(self, name)) for name in self._positive}

    @abstractmethod
    def log_marginal_cost(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of the omega at which i is the marginal one to move; it does not fall in i."""

    @abstractmethod
    def log_labour(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log k: effective labour per unit of H once [0, i] has moved; it does not fall in i."""

    def _margin(self) -> Array:
        """u = -log(1 - I) at each point, one long row; see :func:`find_margin`."""
        flat = self.flat()

        def gap(u: Array, point: NDArray[np.intp]) -> Array:
            at = flat.take(point)
            i, m = share_at(u)
            return at.log_marginal_cost(i, m) - at._prices.at(at.log_labour(i, m))[0]

        return find_margin(gap, np.arange(int(np.prod(self.shape))))

    def _outcome(self, u: Array) -> dict[str, Array]:
        """Factor prices, outputs and goods at the margin u, on flat parameters; and what fails."""
        i, m = share_at(u)
        log_k = self.log_labour(i, m)
        log_omega, log_q, goods, undetermined = self._wages(u, log_k)
        idle = np.abs(log_q) >= FAR
        beyond = ~(np.maximum(np.abs(log_omega), np.abs(log_omega - log_q)) < DEEP) & ~idle
        lost = idle | beyond  # any number will do there
        log_omega, log_q = (np.where(lost, 0.0, v) for v in (log_omega, log_q))
        omega, s = np.exp(log_omega), np.exp(log_omega - log_q)

        log_q = np.where(goods == BOTH, log_q, 0.0)
        k_x, k_y = (np.exp(good.log_intensity(log_q)) for good in (self.x, self.y))
        with np.errstate(divide="ignore", invalid="ignore"):  # k_x = k_y: not in a cone, not used
            share = np.clip((np.exp(log_k) - k_x) / (k_y - k_x), 0, 1)
        H_in_y = self.H * np.where(goods == BOTH, share, goods == ONLY_Y)
        return {
            "I": i,
            "m": m,
            "omega": omega,
            "s": s,
            "x": _output(self.H - H_in_y, self.x.a_H(omega, s)),
            "y": _output(H_in_y, self.y.a_H(omega, s)),
            "goods": goods,
            "idle": idle,
            "mislabelled": (goods == BOTH) & (k_y <= k_x),
            "undetermined": undetermined,
            "beyond": beyond,
        }

    def _wages(self, u: Array, log_k: Array) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """log omega, log q, the goods made, and where the first two are not determined."""
        log_omega, log_q, goods = self._prices.at(log_k)
        cutoff = self.log_marginal_cost(*share_at(u))
        undetermined = np.zeros(u.shape, dtype=bool)
        for made, good, price in ((ONLY_X, self.x, 1.0), (ONLY_Y, self.y, self.p)):
            at_edge, stiff = self._is_stiff(made, good, goods, log_k, log_q, u)
            undetermined |= at_edge & (np.asarray(good.sigma) == 0) & (u == 0)
            stiff &= (u > 0) & (u < np.inf)
            log_omega = np.where(stiff, cutoff, log_omega)
            log_s = good.log_high_skill_wage(log_omega, np.log(price))
            log_q = np.where(stiff, log_omega - log_s, log_q)
            goods = np.where(stiff, made, goods)
        return log_omega, log_q, goods, undetermined

    @staticmethod
    def _is_stiff(
        made: int, good: Technology, goods: Array, log_k: Array, log_q: Array, u: Array
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where one good with (nearly) fixed proportions is made, so that k says too little of q.

        There the cutoff gives omega and zero profit gives s. With sigma = 0 the economy makes one
        good and employs everybody only at the good's one intensity, its edge, where omega(k) jumps
        and the margin stops. With a small sigma the slope of omega(k), theta_H / sigma, would
        magnify the rounding of u; above a hundred we avoid it. Returned are the points at the
        edge, up to a few roundings, and the stiff points.
        """
        sigma, alone = np.asarray(good.sigma), goods == made
        edge = good.log_intensity(np.where(goods == BOTH, log_q, 0.0))
        roundings = 8 * np.finfo(float).eps * (1 + np.abs(log_k) + np.abs(edge) + u)
        at_edge = (np.abs(log_k - edge) <= roundings) & (alone | (goods == BOTH))
        steep = good.share_H(log_q) > 100 * sigma
        fixed = sigma < 1e-13  # below, sigma times any sensible log q is one rounding
        stiff = np.where(alone & ~fixed, steep & (np.abs(log_q) < FAR), at_edge & (alone | steep))
        return at_edge, stiff

    def _settle(self, u: Array, **failures: Array) -> dict[str, Any]:
        """The equilibrium at the margin u: fields in the economy's shape, NaN where there is none.

        Raises :class:`NoEquilibrium` with words and sizes if a single point has none.
        """
        flat, fields_ = self.flat(), self.flat()._outcome(u)
        names = ("undetermined", "idle", "mislabelled", "beyond")
        failures |= {name: fields_.pop(name) for name in names}
        failures["beyond"] = failures["beyond"] | np.isnan(u)
        exists = ~np.logical_or.reduce(list(failures.values()))
        if self.shape == () and not exists[0]:
            first = next(name for name, failed in failures.items() if failed[0])
            raise NoEquilibrium(f"{type(self).__name__}: {flat._words(first, fields_)}")
        moves = np.where(u > 0, GOODS[fields_.pop("goods")], self._nothing_moves)
        regime = np.where(exists, moves, "no equilibrium").reshape(self.shape)
        values = {
            name: np.where(exists, value, np.nan).reshape(self.shape)
            for name, value in fields_.items()
        }
        return values | {"economy": self, "regime": regime if self.shape else str(regime)}

    def _words(self, failure: str, at: dict[str, Array]) -> str:
        """Why a single economy has no equilibrium, with the size of what fails."""
        if failure == "mislabelled":
            return (
                "X is the labour-intensive good in this equilibrium, on the far side of a "
                f"factor-intensity reversal at q = {np.exp(self._prices.turning_point()[0]):.6g} "
                f"(q = omega / s is {float(at['omega'][0] / at['s'][0]):.6g}): swap x and y"
            )
        if failure == "idle":
            return (
                "one factor would be idle at a price of zero, because k = L / ((1 - I) H) = "
                f"{float(np.exp(self.log_labour(at['I'], at['m']))[0]):.6g} is an intensity that "
                "no technology in use can employ (with fixed proportions L / H must be able to "
                "reach the cone)"
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
class SmallEconomy(_SmallModel):
    """A small open economy that can offshore L-tasks (GRH08, Sections I and IIA).

    Parameters
    ----------
    schedule : Schedule
        Relative cost t(i) of doing L-task i abroad, the same in both industries.
    beta : float or array
        Shift of all offshoring costs, > 0; pure number. The paper has beta t(0) >= 1; below that
        a warning is given.
    x, y : Technology
        Technologies of X, the numeraire, and of Y, the labour-intensive good.
    p : float or array
        World price of Y in units of X, inside the range in which both goods can break even.
    w_star : float or array
        Foreign low-skill wage, > 0; units of X.
    L, H : float or array
        Endowments of low-skilled and high-skilled labour, > 0.

    The array parameters (also those of schedule and technologies) broadcast together; their common
    shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    _nothing_moves = "no offshoring"

    def log_marginal_cost(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log(beta w* t(i) Omega(i)): GRH08-1 put into omega = w Omega(I)."""
        return np.log(self.beta * self.w_star * self.schedule.t_Omega(i, m))

    def log_labour(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of L / ((1 - i) H): GRH08-4 over GRH08-5."""
        m = 1 - np.asarray(i, dtype=float) if m is None else np.asarray(m, dtype=float)
        with np.errstate(divide="ignore"):  # no task left at home: k is infinite
            return np.log(self.L) - np.log(self.H) - np.log(m)

    def solve(self) -> SmallEquilibrium:
        """The equilibrium, whichever goods it makes.

        Returns
        -------
        SmallEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and there is none. Either every task would move abroad
            (only if some good has sigma > 1), or Leontief technologies would leave a factor idle
            or its price undetermined, or the goods are mislabelled at the solution (only if the
            elasticities differ), or the answer is beyond floats. With array parameters such points
            carry NaN, and ``exists`` says where.

        Notes
        -----
        log(beta w* t Omega) does not fall in I and log omega(k) does not rise in it, so one sign
        change is all there can be; the bracket in u = -log(1 - I) grows until it holds it.
        The equilibrium is unique but for two knife edges: on a flat portion of t, with both goods
        made, every I of the flat can be an equilibrium at one single beta (GRH08-fn10), and the
        solver returns one of them; with Leontief technologies see above.
        A warning is given if a residual is above 1e-9, as near a jump of a schedule.

        Examples
        --------
        >>> from offshoring.schedules import Linear
        >>> from offshoring.technologies import CES
        >>> econ = SmallEconomy(schedule=Linear(a=1, b=2), beta=[3.2, 2.5, 1.5, 1.0], p=1.0,
        ...                     x=CES(0.3, 0.8), y=CES(0.7, 0.8), w_star=0.4, L=0.35, H=1.0)
        >>> eq = econ.solve()
        >>> [str(regime) for regime in eq.regime]
        ['no offshoring', 'only x', 'both goods', 'only y']
        >>> eq.w.round(4), eq.s.round(4)
        (array([1.1923, 1.1295, 1.1072, 1.1325]), array([0.9256, 0.9498, 1.    , 1.6358]))
        """
        u = self._margin()
        values = self._settle(u, every_task=np.isinf(u))
        Omega = self.schedule.Omega(values["I"], values["m"])
        return checked(SmallEquilibrium(w=values.pop("omega") / Omega, **values))


@dataclass(frozen=True, kw_only=True, eq=False)
class MigrationEconomy(_SmallModel):
    """The same economy when workers move instead of tasks (GRH08-IIA-5).

    Migrant i keeps 1 / (beta t(i)) of her working time, so she comes if w / (beta t(i)) > w*. All
    low-skilled labour earns w. Parameters are those of :class:`SmallEconomy` and

    N : float or array
        Number of potential migrants, >= 0; numbered from cheap to dear moves, i in [0, 1].
    """

    N: Value

    _nothing_moves = "no migration"

    def _rules(self) -> dict[str, tuple[ArrayLike, str]]:
        freeze(self, *self._positive, "N")
        return super()._rules() | {"N": not_negative(self.N)}

    def log_marginal_cost(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log(beta w* t(i)): the home wage at which i is the marginal migrant."""
        return np.log(self.beta * self.w_star * self.schedule.t(i, m))

    def log_labour(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log of (L + inflow) / H, where the inflow is N / beta times the integral of 1/t."""
        inflow = self.N / self.beta * self.schedule.working_time(i, m)
        return np.log(self.L + inflow) - np.log(self.H)

    def solve(self) -> MigrationEquilibrium:
        """The unique equilibrium; I = 1 where every potential migrant comes.

        Returns
        -------
        MigrationEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            As :meth:`SmallEconomy.solve`, except that all may move.
        """
        values = self._settle(self._margin())
        return checked(MigrationEquilibrium(w=values.pop("omega"), **values))


def _output(H_used: Array, a_H: Array) -> Array:
    """Output of a good; zero where it uses nothing, even if a_H is too small for a float."""
    return np.divide(H_used, a_H, out=np.zeros_like(H_used), where=H_used > 0)
