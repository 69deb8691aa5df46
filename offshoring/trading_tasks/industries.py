"""A small economy whose two industries differ in what it costs them to move tasks.

How the equilibrium is found
----------------------------
At a home wage w, industry j sends away the tasks that are cheaper abroad, so that its bundle of
L-tasks costs B_j(w), the integral of min(w, beta w* t_j). It breaks even at the high-skill wage
s_j(w). This curve falls, with slope minus its home labour intensity k_j = (1 - I_j) a_Lj / a_Hj,
and it is convex, because k_j does not rise in w. Competition makes w L + s H as small as it can be
without a profit in either industry: s is the larger of s_x(w) and s_y(w), and the sum of convex
functions has one minimum.

- Alone, industry j employs everybody at the wage w_j where k_j = L / H.
- X alone is right if Y makes no profit at w_x, and Y alone if X makes none at w_y.
- Otherwise L / H lies between k_x and k_y at every wage between w_x and w_y, so s_x - s_y is
  monotone there, and both goods are made where it vanishes.

Three roots, each in a bracket of its own; nothing is searched for, so nothing can be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.residuals import checked
from offshoring.roots import find_root
from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.equilibria import settle
from offshoring.trading_tasks.factor_prices import (
    BOTH,
    GOODS,
    ONLY_X,
    ONLY_Y,
    Goods,
    label_problem,
    output_of,
)
from offshoring.trading_tasks.industry import Industry
from offshoring.trading_tasks.industry_cones import Cones, find_cones
from offshoring.trading_tasks.industry_equilibrium import IndustryEquilibrium
from offshoring.trading_tasks.margin import DEEP, share_at, warn_if_easier_abroad
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    check,
    freeze,
    kind_problems,
    positive,
)

Cut = tuple[Array, Array]  # a share abroad and the share at home

FAILURES = {
    "every_task": "every task of industry {good} would move abroad, because beta w_star T(1) = "
    "{most:.6g} is not above {least:.6g}, at or below which the good can be sold at a profit "
    "whatever home labour costs. Raise beta or w_star, or take a steeper schedule",
    "undetermined": "factor prices are not determined, because L / H = {k:.6g} is exactly the one "
    "intensity of a Leontief technology and none of its tasks moves: any wage between two bounds "
    "is possible",
    "idle": "one factor would be idle at a price of zero, because no good that pays can employ "
    "L / H = {k:.6g} (with fixed proportions L / H must be able to reach a cone)",
    "beyond": "floats cannot hold the answer: a wage is beyond e^700 or below e^-700, or the "
    "margin is so close to the last task that 1 - I is below e^-700",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class IndustryEconomy(Parameters):
    """A small open economy with a cost schedule for each industry (GRH08, Section IIA).

    Parameters
    ----------
    schedule_x, schedule_y : Schedule or None
        Relative cost t_j(i) of doing L-task i of industry j abroad; None if it cannot be done.
    beta : float or array
        Shift of all offshoring costs, > 0; pure number. The paper has beta t(0) >= 1; below that
        a warning is given.
    x, y : Technology
        Technologies of X, the numeraire, and of Y. With equal elasticities Y must have the larger
        weight on L-tasks.
    p : float or array
        World price of Y, > 0; units of X.
    w_star : float or array
        Foreign low-skill wage, > 0; units of X.
    L, H : float or array
        Endowments of low-skilled and high-skilled labour, > 0.

    The array parameters (also those of schedules and technologies) broadcast together; their
    common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    schedule_x: Schedule | None
    schedule_y: Schedule | None
    beta: Value
    x: Technology
    y: Technology
    p: Value
    w_star: Value
    L: Value
    H: Value

    def __post_init__(self) -> None:
        names = ("beta", "p", "w_star", "L", "H")
        freeze(self, *names)
        given = {
            name: Schedule
            for name in ("schedule_x", "schedule_y")
            if getattr(self, name) is not None
        }
        problems = kind_problems(self, x=Technology, y=Technology, **given)
        problems += filter(None, [self.shape_problem()])
        if not problems:
            problems += filter(None, [label_problem(Goods(self.x, self.y, self.p))])
        check(self, *problems, **{name: positive(getattr(self, name)) for name in names})
        for g, schedule in (("x", self.schedule_x), ("y", self.schedule_y)):
            if schedule is not None:
                warn_if_easier_abroad(self, self.beta * schedule.t(0.0), f"beta t_{g}(0)")

    def industries(self) -> tuple[Industry, Industry]:
        """Industries X and Y, each on its own."""
        abroad = self.beta * self.w_star
        return (
            Industry(self.schedule_x, self.x, 1.0, abroad),
            Industry(self.schedule_y, self.y, self.p, abroad),
        )

    def without_offshoring(self) -> IndustryEconomy:
        """The same economy if no industry can offshore."""
        return self.replace(schedule_x=None, schedule_y=None)

    def frontiers(self, w: ArrayLike) -> tuple[Array, Array]:
        """High-skill wages at which X and at which Y breaks even if low-skilled workers earn w.

        They fall and are convex in w. Zero where L-tasks alone cost the price or more (only if
        sigma < 1), infinite where they are so cheap that no high-skill wage eats up the price (only
        if sigma > 1).

        Raises
        ------
        ValueError
            If a wage is not positive.
        """
        w = np.asarray(w, dtype=float)
        if (w <= 0).any():
            raise ValueError(f"w = {w[w <= 0].flat[0]:g} must be > 0, as a wage is")
        with np.errstate(over="ignore"):  # beyond floats: infinite too
            s_x, s_y = (np.exp(j.log_high_skill_wage(np.log(w))) for j in self.industries())
        return s_x, s_y

    def cones(self, low: float = 1e-6, high: float = 1e6) -> Cones:
        """Every wage between ``low`` and ``high`` at which both goods break even, with its cone.

        Each cone is a range of L / H in which the economy makes both goods at these factor prices.

        Parameters
        ----------
        low, high : float
            Home wages between which to look; units of X.

        Returns
        -------
        Cones
            ``found`` in order of the wage; ``unresolved`` lists intervals of wages that were not
            split further and in which crossings may merge. If it is empty, ``found`` is complete
            for the range, up to the rounding of floats.

        Raises
        ------
        ValueError
            If the parameters are arrays, or not 0 < low < high < inf.

        Examples
        --------
        >>> from offshoring.schedules import Power
        >>> from offshoring.technologies import CobbDouglas
        >>> econ = IndustryEconomy(schedule_x=None, schedule_y=Power(eta=0.5), beta=2.25, p=1.0,
        ...                        x=CobbDouglas(0.4), y=CobbDouglas(0.55), w_star=0.4, L=0.72, H=1)
        >>> for cone in econ.cones().found:
        ...     print(round(cone.w, 4), [round(k, 4) for k in cone.edges], cone.is_reversed)
        1.0422 [0.6223, 0.8669] False
        1.6121 [0.2135, 0.3008] True
        """
        if self.shape != ():
            raise ValueError(
                f"cones: the economy has the shape {self.shape} and must be a single one"
            )
        if not 0 < low < high < np.inf:
            raise ValueError(
                f"cones: low = {low:g} and high = {high:g} must be 0 < low < high < inf"
            )
        return find_cones(*self.industries(), low, high)

    def solve(self) -> IndustryEquilibrium:
        """The equilibrium, whichever goods it makes.

        Returns
        -------
        IndustryEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and there is none. Either every task of an industry
            with sigma > 1 would move and its profit would know no bound; or Leontief technologies
            would leave a factor idle or its price undetermined; or the answer is beyond floats.
            With array parameters such points carry NaN, and ``exists`` says where.

        Notes
        -----
        An industry with sigma <= 1 can send all its tasks abroad (I_j = 1) while the other employs
        all low-skilled workers; that is an equilibrium. Wages are unique where there are any.
        Outputs and margins are too but for knife edges: with both goods made at a wage at which
        a schedule is flat, or at which both use the same home intensity, several are right, and
        the solver returns one of them. A warning is given if a residual is above 1e-9.

        Examples
        --------
        >>> from offshoring.schedules import Power
        >>> from offshoring.technologies import CobbDouglas
        >>> econ = IndustryEconomy(schedule_x=None, schedule_y=Power(eta=0.5), beta=2.25, p=1.0,
        ...                        x=CobbDouglas(0.4), y=CobbDouglas(0.55), w_star=0.4,
        ...                        L=[0.2, 0.26, 0.4, 0.72, 1], H=1)
        >>> eq = econ.solve()
        >>> [str(regime) for regime in eq.regime]
        ['only y', 'both goods', 'only x', 'both goods', 'only y']
        >>> eq.w.round(4), eq.is_reversed.tolist()
        (array([1.6496, 1.6121, 1.3587, 1.0422, 1.0032]), [False, True, False, False, False])
        """
        flat = self.flat()
        values, failures = flat._outcome(np.arange(int(np.prod(self.shape))))
        regime = GOODS[values.pop("goods").astype(int)]

        def words(failure: str) -> str:
            return FAILURES[failure].format(**self._sizes())

        return checked(IndustryEquilibrium(**settle(self, values, regime, failures, words)))

    def _outcome(
        self, points: NDArray[np.intp]
    ) -> tuple[dict[str, Array], dict[str, NDArray[np.bool_]]]:
        """All fields, on flat parameters, and where which condition fails."""
        log_k = np.broadcast_to(np.log(self.L) - np.log(self.H), points.shape)
        margins = [industry.margin_alone(log_k) for industry in self.industries()]
        log_w, log_s, cuts, goods, idle = self._wages(log_k, margins, points)
        beyond = ~(np.maximum(np.abs(log_w), np.abs(log_s)) < DEEP) & ~idle
        for made, u in zip((ONLY_X, ONLY_Y), margins, strict=True):
            beyond |= (goods == made) & np.isnan(u)
        lost = idle | beyond  # any numbers will do there
        log_w, log_s = np.where(lost, 0.0, log_w), np.where(lost, 0.0, log_s)
        skilled = self._employment(log_k, log_w, log_s, cuts, goods)
        omega_x, omega_y = (np.exp(j.log_bundle(log_w)) for j in self.industries())
        s = np.exp(log_s)
        values = {
            "I_x": cuts[0][0], "m_x": cuts[0][1], "I_y": cuts[1][0], "m_y": cuts[1][1],
            "w": np.exp(log_w), "s": s, "goods": goods,
            "x": output_of(skilled[0], self.x.a_H(omega_x, s)),
            "y": output_of(skilled[1], self.y.a_H(omega_y, s)),
        }  # fmt: skip
        failures = {
            "every_task": np.isposinf(margins[0]) | np.isposinf(margins[1]),
            "undetermined": self._undetermined(log_k, skilled, cuts),
            "idle": idle,
            "beyond": beyond,
        }
        return values, failures

    def _wages(
        self, log_k: Array, margins: list[Array], points: NDArray[np.intp]
    ) -> tuple[Array, Array, list[Cut], Array, NDArray[np.bool_]]:
        """log w, log s, the cutoffs of both industries, the goods made, and where one is idle.

        Where a margin is no number, its economy with one good is far off, and any will do that
        keeps the order: the sign of the profits there is that of the limit.
        """
        tame = [np.where(np.isposinf(u), 0.0, np.where(np.isnan(u), DEEP, u)) for u in margins]
        alone = [
            industry.wages_alone(u, log_k)
            for industry, u in zip(self.industries(), tame, strict=True)
        ]
        log_w, goods = self._goods_made(alone[0][0], alone[1][0], points)
        log_s, cuts = self._common_wage(log_w)
        idle = np.zeros(points.shape, dtype=bool)
        for j, made in enumerate((ONLY_X, ONLY_Y)):
            only = goods == made
            log_s = np.where(only, alone[j][1], log_s)
            idle |= only & alone[j][2]
            cuts[j] = _where(only, share_at(tame[j]), cuts[j])
        return log_w, log_s, cuts, goods, idle

    def _lead(self, log_w: Array) -> Array:
        """(s_x - s_y) / (s_x + s_y) at a wage: in [-1, 1], with the digits of the difference."""
        log_s_x, log_s_y = (j.log_high_skill_wage(log_w) for j in self.industries())
        with np.errstate(invalid="ignore"):  # neither good can pay: not a number, and meant
            return np.tanh((log_s_x - log_s_y) / 2)

    def _goods_made(
        self, log_w_x: Array, log_w_y: Array, points: NDArray[np.intp]
    ) -> tuple[Array, Array]:
        """log w and the goods made, given the wage in the economy with X alone and with Y alone."""
        only_x = ~(self._lead(log_w_x) < 0)
        only_y = ~only_x & ~(self._lead(log_w_y) > 0)
        log_w = np.where(only_x, log_w_x, log_w_y)
        both = points[~(only_x | only_y)]
        log_w[both] = find_root(
            lambda log_w, point: self.take(point)._lead(log_w),
            np.minimum(log_w_x, log_w_y)[both],
            np.maximum(log_w_x, log_w_y)[both],
            args=(both,),
        )
        return log_w, np.where(only_x, ONLY_X, np.where(only_y, ONLY_Y, BOTH))

    def _common_wage(self, log_w: Array) -> tuple[Array, list[Cut]]:
        """log s if both goods are made at the wage w, and the cutoffs there.

        Of the two industries the one that spends more on H-tasks gives s: its curve is flatter.
        """
        industries = self.industries()
        log_s = [j.log_high_skill_wage(log_w) for j in industries]
        with np.errstate(invalid="ignore"):  # infinite log s of an industry that is idle
            shares = [
                j.technology.share_H(j.log_bundle(log_w) - v)
                for j, v in zip(industries, log_s, strict=True)
            ]
        return np.where(shares[0] > shares[1], *log_s), [j.cutoff(log_w) for j in industries]

    def _employment(
        self, log_k: Array, log_w: Array, log_s: Array, cuts: list[Cut], goods: Array
    ) -> list[Array]:
        """High-skilled workers in X and in Y; on flats of the schedules margins are moved to suit.

        Each share has a formula of its own, because one may be too small to be one less the other.
        """

        def shares(m_x: Array, m_y: Array) -> list[Array]:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # not in use there
                k_x, k_y = (
                    np.exp(j.log_intensity(log_w, log_s, m))
                    for j, m in zip(self.industries(), (m_x, m_y), strict=True)
                )
                k = np.exp(log_k)
                return [(k_y - k) / (k_y - k_x), (k - k_x) / (k_y - k_x)]

        found = shares(cuts[0][1], cuts[1][1])
        for side in (-1e-14, 1e-14):
            off = (goods == BOTH) & (np.minimum(*found) < -1e-9)
            if not off.any():
                break
            beside = [j.cutoff(log_w + side) for j in self.industries()]
            there = shares(beside[0][1], beside[1][1])
            off &= np.minimum(*there) >= 0
            found = [np.where(off, *pair) for pair in zip(there, found, strict=True)]
            for j in (0, 1):
                cuts[j] = _where(off, beside[j], cuts[j])
        return [
            self.H * np.where(goods == BOTH, np.clip(share, 0, 1), goods == only)
            for share, only in zip(found, (ONLY_X, ONLY_Y), strict=True)
        ]

    def _undetermined(
        self, log_k: Array, skilled: list[Array], cuts: list[Cut]
    ) -> NDArray[np.bool_]:
        """Where a Leontief good employs everybody at its one intensity and sends nothing away."""
        result = np.zeros(log_k.shape, dtype=bool)
        for industry, cut, other in zip(self.industries(), cuts, skilled[::-1], strict=True):
            stiff = np.asarray(industry.technology.sigma) == 0
            alone = other < 1e-12 * np.asarray(self.H)
            result |= stiff & industry.at_edge(log_k) & (cut[0] < 1e-14) & alone
        return result

    def _sizes(self) -> dict[str, Any]:
        """Numbers for the words on why a single economy has no equilibrium."""
        worst: dict[str, Any] = {"good": "", "most": np.nan, "least": np.nan}
        for name, industry in zip("XY", self.industries(), strict=True):
            if industry.schedule is not None:
                least = np.exp(industry.worth(np.array(np.inf))[0])
                most = industry.abroad * industry.schedule.t_Omega(1.0, 0.0)
                if most <= least:
                    worst = {"good": name, "most": float(most), "least": float(least)}
        return worst | {"k": self.L / self.H}


def _where(condition: NDArray[np.bool_], cut: Cut, other: Cut) -> Cut:
    """One cutoff where the condition holds, the other elsewhere."""
    return np.where(condition, cut[0], other[0]), np.where(condition, cut[1], other[1])
