"""Two large countries that trade goods and tasks at world prices (GRH08, Section IIB).

How the equilibrium is found
----------------------------
Under adjusted factor-price equalisation, Omega w = A* w* and Omega_H s = A* s*, the world is one
economy with L / Omega + L* / A* effective low-skilled and H / Omega_H + H* / A* effective
high-skilled workers. If H-tasks stay, Omega_H = 1.

- The cutoff becomes beta t(I) Omega(I) = A* (GRH08-IIB-4). Its left side does not fall in I. The
  cutoff of H-tasks is a root of its own (GRH08-III-2).
- At a relative wage q between those at which the world would make X alone and Y alone, supply of Y
  relative to X rises with q from nothing to infinity, and demand does not rise. They meet once.

Both roots are bracketed. Then the four national outputs are computed, and an economy in which one
of them is negative is outside adjusted factor-price equalisation: no equilibrium of this kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.residuals import checked
from offshoring.roots import find_root
from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.equilibria import settle
from offshoring.trading_tasks.factor_prices import FAR, Goods, label_problem
from offshoring.trading_tasks.large_equilibrium import LargeEquilibrium
from offshoring.trading_tasks.margin import DEEP, find_margin, share_at
from offshoring.trading_tasks.skilled import TaskTraders
from offshoring.validation import (
    Array,
    Value,
    above_one,
    check,
    freeze,
    kind_problems,
    open_unit,
    positive,
)

FAILURES = {
    "every_task": "every task would move abroad, because A_star / beta = {A_over_beta:.6g} is not "
    "below T(1) = {T_end:.6g}. Raise beta, lower A_star, or take a steeper schedule",
    "every_H_task": "every H-task would move abroad, because A_star / beta_H = {A_over_beta_H:.6g} "
    "is not below T_H(1) = {T_H_end:.6g}. Raise beta_H, lower A_star, or take a steeper schedule",
    "idle": "no positive factor prices clear the world's goods and factor markets: with fixed "
    "proportions the price that demand asks for, or the world's {k:.6g} low-skilled per "
    "high-skilled, is out of reach",
    "mislabelled": "X is the labour-intensive good at the world's factor prices: swap x and y",
    "exhausted": "home tasks would need {used:.6g} of the {L_star:.6g} foreign low-skilled workers",
    "exhausted_H": "home tasks would need {used_H:.6g} of the {H_star:.6g} foreign high-skilled "
    "workers",
    "specialised": "outside adjusted factor-price equalisation: outputs would be x = {x:.6g}, "
    "y = {y:.6g} at home and x_star = {x_star:.6g}, y_star = {y_star:.6g} abroad, and none may be "
    "negative",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class LargeEconomy(TaskTraders):
    """Home and foreign, both making both goods; home is the better at either by the factor A*.

    Parameters
    ----------
    schedule : Schedule
        Relative cost t(i) of doing L-task i abroad, the same in both industries.
    beta : float or array
        Shift of all offshoring costs, > 0; pure number.
    x, y : Technology
        Technologies of X, the numeraire, and of Y, the labour-intensive good.
    A_star : float or array
        Input that foreign firms need, relative to home firms, > 1; pure number.
    L, H, L_star, H_star : float or array
        Endowments at home and abroad, > 0.
    mu : float or array
        Taste weight of Y, in (0, 1).
    eps : float or array
        Elasticity of relative demand, > 0: Y / X = mu / (1 - mu) p**-eps.
    schedule_H, beta_H : Schedule, float or array; optional
        Relative cost of doing H-task i abroad, and its shift. Left out, H-tasks stay.

    The array parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    x: Technology
    y: Technology
    A_star: Value
    L: Value
    H: Value
    L_star: Value
    H_star: Value
    mu: Value
    eps: Value

    def __post_init__(self) -> None:
        above_zero = ("beta", "L", "H", "L_star", "H_star", "eps")
        freeze(self, *above_zero, "A_star", "mu")
        rules = {name: positive(getattr(self, name)) for name in above_zero}
        rules["A_star"] = above_one(self.A_star)
        rules["mu"] = open_unit(self.mu)
        problems = kind_problems(self, schedule=Schedule, x=Technology, y=Technology)
        more_problems, more_rules = self._skill_rules()
        problems += more_problems
        problems += filter(None, [self.shape_problem()])
        if not problems:
            problems += filter(None, [label_problem(Goods(self.x, self.y, 1.0))])
        check(self, *problems, **rules | more_rules)
        self._warn_of_both_kinds()

    def solve(self) -> LargeEquilibrium:
        """The unique equilibrium with adjusted factor-price equalisation.

        Returns
        -------
        LargeEquilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and there is none of this kind: every task would move
            abroad, foreign labour does not suffice for the tasks, a national output would be
            negative, the goods are mislabelled at the solution, or (Leontief) a factor would be
            free. With array parameters such points carry NaN, and ``exists`` says where.

        Examples
        --------
        >>> from offshoring.schedules import Power
        >>> from offshoring.technologies import CES
        >>> econ = LargeEconomy(schedule=Power(eta=0.5), beta=1.6, A_star=2.0, mu=0.5, eps=0.8,
        ...     x=CES(0.3, 0.5), y=CES(0.6, 0.5), L=1.0, H=1.6, L_star=3.0, H_star=2.2)
        >>> eq = econ.solve()
        >>> round(eq.I, 10), round(eq.p, 10), round(eq.w, 10)
        (0.4375, 0.9188179429, 0.8703151245)
        """
        flat = self.flat()
        points = np.arange(int(np.prod(self.shape)))
        u, u_H = flat._margin(points), np.zeros(points.size)
        if self.moves_H:
            u_H = flat._margin(points, of_H=True)
        lost = {"every_task": ~np.isfinite(u), "every_H_task": ~np.isfinite(u_H)}
        u, u_H = (np.where(np.isfinite(v), v, 0.0) for v in (u, u_H))
        fields, failures = flat._outcome(u, u_H, points)
        regime = np.where((u > 0) | (u_H > 0), "offshoring", "no offshoring")

        def words(failure: str) -> str:
            return FAILURES[failure].format(**flat._sizes(fields))

        return checked(LargeEquilibrium(**settle(self, fields, regime, lost | failures, words)))

    def _margin(self, points: NDArray[np.intp], *, of_H: bool = False) -> Array:
        """u = -log(1 - I) from beta t(I) Omega(I) = A*; not finite where every task would move."""

        def gap(u: Array, point: NDArray[np.intp]) -> Array:
            at = self.take(point)
            beta, schedule = (at.beta_H, at.schedule_H) if of_H else (at.beta, at.schedule)
            return np.log(beta * schedule.t_Omega(*share_at(u)) / at.A_star)

        return find_margin(gap, points)

    def _outcome(
        self, u: Array, u_H: Array, points: NDArray[np.intp]
    ) -> tuple[dict[str, Array], dict[str, NDArray[np.bool_]]]:
        """All fields at the margins, on flat parameters, and where which condition fails."""
        i, m = share_at(u)
        I_H, m_H = share_at(u_H)
        Omega, Omega_H = self.schedule.Omega(i, m), self._of_H("Omega", 1.0, I_H, m_H)
        H_world = self.H / Omega_H + self.H_star / self.A_star
        log_k = np.log((self.L / Omega + self.L_star / self.A_star) / H_world)
        log_q = self._relative_wage(log_k, points)
        idle = ~(np.abs(log_q) < DEEP / 2)
        log_q = np.where(idle, 0.0, log_q)
        omega_H = np.exp(-self.x.log_cost(log_q))
        omega = np.exp(-self.x.log_cost_in_w(log_q))
        used, used_H = self._foreign_workers(i, m, I_H, m_H)
        home = self._outputs(self.L / m, self.H / m_H, omega, omega_H)
        L_left, H_left = (self.L_star - used) / self.A_star, (self.H_star - used_H) / self.A_star
        abroad = self._outputs(L_left, H_left, omega, omega_H)
        fields = {
            "I": i, "m": m, "I_H": I_H, "m_H": m_H, "w": omega / Omega, "s": omega_H / Omega_H,
            "w_star": omega / self.A_star, "s_star": omega_H / self.A_star,
            "p": np.exp(self.y.log_cost(log_q) - self.x.log_cost(log_q)),
            "x": home[0], "y": home[1], "x_star": abroad[0], "y_star": abroad[1],
        }  # fmt: skip
        failures = {
            "idle": idle,
            "mislabelled": self.y.log_intensity(log_q) <= self.x.log_intensity(log_q),
            "exhausted": used >= self.L_star,
            "exhausted_H": used_H >= self.H_star,
            "specialised": np.minimum.reduce([*home, *abroad]) < 0,
        }
        return fields, failures

    def _foreign_workers(self, i: Array, m: Array, I_H: Array, m_H: Array) -> tuple[Array, Array]:
        """Foreign low-skilled and high-skilled labour on home tasks (below GRH08-IIB-1)."""
        of_L = self.beta * self.schedule.T(i, m) * self.L / m
        if self.schedule_H is None:
            return of_L, np.zeros_like(of_L)
        return of_L, self.beta_H * self.schedule_H.T(I_H, m_H) * self.H / m_H

    def _of_H(self, name: str, without: float, I_H: Array, m_H: Array) -> Value:
        """A function of the schedule of H-tasks, or its value if these stay."""
        return without if self.schedule_H is None else getattr(self.schedule_H, name)(I_H, m_H)

    def _relative_wage(self, log_k: Array, points: NDArray[np.intp]) -> Array:
        """log q at which relative supply meets relative demand; NaN where it never does."""

        def gap(log_q: Array, log_k: Array, point: NDArray[np.intp]) -> Array:
            at = self.take(point)
            return at._log_relative_supply(log_q, log_k) - at._log_relative_demand(log_q)

        ends = [np.clip(g.log_relative_wage(log_k), -FAR, FAR) for g in (self.x, self.y)]
        low, high = np.minimum(*ends), np.maximum(*ends)
        crosses = np.sign(gap(low, log_k, points)) * np.sign(gap(high, log_k, points)) < 0
        result = np.full(log_k.shape, np.nan)
        args = (log_k[crosses], points[crosses])
        result[crosses] = find_root(gap, low[crosses], high[crosses], args=args)
        return result

    def _log_relative_supply(self, log_q: ArrayLike, log_k: Array) -> Array:
        """log of (y + y*) / (x + x*) at full employment (GRH08-13 over GRH08-12).

        Very low or very high where the world makes X or Y alone.
        """
        log_k_x, log_k_y = self.x.log_intensity(log_q), self.y.log_intensity(log_q)
        with np.errstate(over="ignore"):  # one of the two, far outside the range of wages
            # H in Y over H in X is (k - k_x) / (k_y - k), positive with either labelling
            from_x = np.maximum(np.abs(np.expm1(log_k - log_k_x)), 1e-300)
            from_y = np.maximum(np.abs(np.expm1(log_k - log_k_y)), 1e-300)
        split = np.log(from_x) - np.log(from_y) + log_k_x - log_k_y
        return split + self.x.log_a_H(log_q) - self.y.log_a_H(log_q)

    def _log_relative_demand(self, log_q: ArrayLike) -> Array:
        """log of D(p) = mu / (1 - mu) p**-eps at the p of relative wage q (GRH08-IIB-3)."""
        log_p = Goods(self.x, self.y, 1.0).cost_gap(log_q)
        return np.log(self.mu) - np.log1p(-np.asarray(self.mu)) - self.eps * log_p

    def _outputs(self, L: Array, H: Value, omega: Array, s: Array) -> tuple[Array, Array]:
        """Outputs that employ L and H at the world's techniques; negative outside the cone."""
        a_Lx, a_Ly = self.x.a_L(omega, s), self.y.a_L(omega, s)
        a_Hx, a_Hy = self.x.a_H(omega, s), self.y.a_H(omega, s)
        k_x, k_y = a_Lx / a_Hx, a_Ly / a_Hy
        with np.errstate(
            divide="ignore", invalid="ignore"
        ):  # equal intensities: not an equilibrium
            return (
                (k_y * H - L) / (k_y - k_x) / a_Hx,
                (L - k_x * H) / (k_y - k_x) / a_Hy,
            )

    def _sizes(self, fields: dict[str, Array]) -> dict[str, float]:
        """Numbers for the words on why a single economy has no equilibrium."""
        margins = [fields[name] for name in ("I", "m", "I_H", "m_H")]
        Omega, Omega_H = self.schedule.Omega(*margins[:2]), self._of_H("Omega", 1.0, *margins[2:])
        used, used_H = self._foreign_workers(*margins)
        H_world = self.H / Omega_H + self.H_star / self.A_star
        sizes = fields | {
            "A_over_beta": self.A_star / self.beta,
            "T_end": self.schedule.T(1.0),
            "A_over_beta_H": self.A_star / self.beta_H if self.moves_H else 0.0,
            "T_H_end": self._of_H("T", 0.0, np.ones(1), np.zeros(1)),
            "k": (self.L / Omega + self.L_star / self.A_star) / H_world,
            "used": used, "used_H": used_H, "L_star": self.L_star, "H_star": self.H_star,
        }  # fmt: skip
        return {name: float(np.asarray(value).flat[0]) for name, value in sizes.items()}
