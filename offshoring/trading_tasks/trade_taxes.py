"""Two large countries, one of which taxes what it buys abroad (GRH08, Section IV).

Home levies one tax on imported goods and one on imported tasks, and pays the revenue out to its
residents. Foreign levies none. A tariff drives the home price of a good away from the world price,
so that factor prices are no longer equalised, not even in adjusted form.

How the equilibrium is found
----------------------------
One unknown is left, the foreign relative wage q* = w* / s*.

- Zero profits abroad give w*, s* and the world price p of Y, which rises with q*.
- Home is a price taker at p and w*. The wedge b = log(home relative price / p) lies between
  -log(1 + tau) and log(1 + tau). At the upper end home imports Y, at the lower end it imports X, at
  zero it exports both (they pay for the tasks), and in between it does not trade Y (b > 0) or does
  not trade X (b < 0). One b fits, because imports of a good fall as its home price rises:
  - Let the home price of a good be 1 + t times the world's, E = L / (1 - I) home's bundles of
    L-tasks and V = x + p y - w* F its spending, at world prices. Firms choose outputs and margin,
    so dV = a omega dE - t dz, where a = tau_task / (1 + tau_task) and dz is the change of the
    output of the good at world prices. Output rises with its price at given E, and by reciprocity
    (1 + t) dz >= n omega |dE|, where n = theta_Hx / (theta_Ly - theta_Lx) > 1 for Y and
    n = theta_Hy / (theta_Ly - theta_Lx) for X. E rises with the price of Y and falls with that of
    X. So imports change by at most a positive number times (share a - n) |dE| for Y and
    (-share a - n) |dE| for X, where share is that of the good in home spending at home prices.
  - As a < 1 < n, imports of Y fall whatever tau_task > -1 is. Imports of X fall with any tax, and
    with a subsidy if share |tau_task| / (1 + tau_task) < n. That is sufficient and not checked:
    where it fails several b may fit, of which one is taken.
  Both hold while home makes both goods and spends something.
- q* then has to clear the world market for Y. Excess demand is continuous in it if one b fits, but
  we have no proof that it falls. It is computed at 33 values of q* that span all at which both
  countries could make both goods, and each change of sign is solved to the last digit.
- A solution at which an output would be negative can hide the true one in the same step. So at
  points where nothing admissible was found the steps are cut into 32 parts each and scanned again,
  except steps at both ends of which the same condition fails (the same output is negative, foreign
  labour does not suffice, ...). All admissible solutions found are reported. Where several b fit or
  home would not make both goods excess demand can jump over zero; a jump is no solution.

What can be missed: where one equilibrium was found, others that share its step, or share another
step with each other or with an inadmissible solution; where several b fit, those with another b;
where none was found, one that shares one of the 32 parts with another solution, or lies in a step
at both ends of which the same condition fails; and relative wages beyond exp(15).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import checked
from offshoring.roots import find_root
from offshoring.schedules import Schedule
from offshoring.technologies import Technology
from offshoring.trading_tasks.factor_prices import Goods
from offshoring.trading_tasks.large import LargeEconomy
from offshoring.trading_tasks.margin import find_margin, share_at
from offshoring.trading_tasks.taxed_equilibrium import TaxedEquilibrium
from offshoring.validation import (
    Array,
    NoEquilibrium,
    Parameters,
    Value,
    check,
    freeze,
    kind_problems,
    not_negative,
)

Points = NDArray[np.intp]
SCAN = 33  # values of q* tried first, and again in each step that is looked at more closely
STEEP = 15.0  # range of |log q| that is searched; beyond it a price does not fix wages in floats
LAST = 40.0  # u = -log(1 - I) where every task would move: such a point is never an equilibrium

TRADE = ("imports y", "no trade in y", "exports both", "no trade in x", "imports x")
FAILURES = {
    "apart": "no price of Y lets both countries make both goods: foreign needs p above {low:.6g}, "
    "home p below {high:.6g}",
    "none": "the world market for Y clears nowhere between p = {low:.6g} and {high:.6g}, as far as "
    "excess demand tells at {scan:.0f} prices, and at {more:.0f} more in each step that may hold "
    "admissible ones",
    "every_task": "every task would move abroad at any price between {low:.6g} and {high:.6g}, "
    "because omega / (beta (1 + tau_task) w_star) is not below T(1) = {T_end:.6g}",
    "exhausted": "home tasks would need {used:.6g} of the {L_star:.6g} foreign low-skilled workers",
    "beyond": "no wages let home make both goods if what it imports costs {taxed:.6g} times the "
    "world price",
    "bankrupt": "the subsidy on tasks, {paid:.6g}, would leave home nothing to spend",
    "jump": "excess demand for Y jumps over zero at p = {p:.6g}, where home changes what it trades",
    "specialised": "a country would specialise: outputs would be x = {x:.6g}, y = {y:.6g} at home "
    "and x_star = {x_star:.6g}, y_star = {y_star:.6g} abroad, and none may be negative",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class TaxedEconomy(Parameters):
    """A world of two large countries in which home taxes imported goods and imported tasks.

    Parameters
    ----------
    world : LargeEconomy
        Technologies, endowments, tastes and the cost of offshoring; only L-tasks can move.
    tau : float or array
        Tax on imported goods, >= 0; a share of their world price.
    tau_task : float or array
        Tax on wages paid for tasks abroad, > -1; a share of these wages. Negative: a subsidy, paid
        for by home residents.

    The array parameters broadcast together, with those of the world too.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.
    """

    world: LargeEconomy
    tau: Value
    tau_task: Value

    def __post_init__(self) -> None:
        freeze(self, "tau", "tau_task")
        problems = kind_problems(self, world=LargeEconomy)
        problems += filter(None, [self.shape_problem()])
        if getattr(self.world, "schedule_H", None) is not None:
            problems.append("world.schedule_H must be None: skilled tasks cannot move here")
        above = np.isfinite(self.tau_task) & (np.asarray(self.tau_task) > -1), "finite and > -1"
        check(self, *problems, tau=not_negative(self.tau), tau_task=above)

    @property
    def schedule(self) -> Schedule:
        """Relative cost t(i) of doing L-task i abroad."""
        return self.world.schedule

    def without_offshoring(self) -> TaxedEconomy:
        """The same economy with offshoring prohibitively dear."""
        return self.replace(world=self.world.without_offshoring())

    def solve(self) -> TaxedEquilibrium:
        """The equilibrium in which both countries make both goods.

        Returns
        -------
        TaxedEquilibrium
            Fields have the broadcast shape of the parameters. If the scan finds several equilibria
            at some point, this is the one with the lowest p there, and a warning says so.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and no such equilibrium is found. The message gives the
            condition that fails. With array parameters such points carry NaN.

        Examples
        --------
        >>> from offshoring.schedules import Linear
        >>> from offshoring.technologies import CobbDouglas
        >>> world = LargeEconomy(schedule=Linear(a=1, b=1.5), beta=1.6, A_star=2.0, mu=0.5, eps=1.0,
        ...     x=CobbDouglas(0.3), y=CobbDouglas(0.7), L=1.0, H=1.6, L_star=3.0, H_star=1.6)
        >>> free = TaxedEconomy(world=world, tau=0.0, tau_task=0.0).solve()
        >>> both = TaxedEconomy(world=world, tau=0.05, tau_task=0.05).solve()
        >>> both.regime, f"{100 * (both.welfare / free.welfare - 1):.3f} per cent"
        ('imports y', '0.679 per cent')
        """
        found = self.equilibria()
        if len(found) > 1:
            warnings.warn(
                f"TaxedEconomy: {np.sum(found[1].exists)} of {np.size(found[1].p)} points have "
                "more than one equilibrium; this is the one with the lowest p",
                stacklevel=2,
            )
        return found[0]

    def equilibria(self) -> tuple[TaxedEquilibrium, ...]:
        """All equilibria that the scan finds, in the order of p at each point.

        The tuple is as long as the largest number found at one point, and at least one; the others
        are NaN where there are fewer. See :meth:`solve` for what is raised.
        """
        flat = self.flat()
        low, high = flat._interval()
        steps, wide = _steps(low, high), np.nonzero(low < high)[0]
        z, point = flat._roots(steps[:, wide], wide)
        fields, failures = flat._outcome(z, point)
        lost = np.setdiff1d(wide, point[_accepted(failures)])
        if lost.size:
            more, where = flat._look_closer(steps[:, lost], lost)
            z, point = np.append(z, more), np.append(point, where)
            fields, failures = flat._outcome(z, point)
        good = _accepted(failures)
        if self.shape == () and not good.any():
            flat._explain(fields, failures, float(low[0]), float(high[0]))
        order = np.lexsort((fields["p"], point))
        order = order[good[order]]
        rank = np.arange(order.size) - np.searchsorted(point[order], point[order])
        return tuple(
            self._shaped(fields, order[rank == k], point[order[rank == k]])
            for k in range(int(rank.max(initial=0)) + 1)
        )

    def _roots(self, grid: Array, point: Points) -> tuple[Array, Points]:
        """Where excess demand changes sign on a grid of z, one column for each point."""
        every = np.tile(point, len(grid))
        negative = self._excess_demand(grid.ravel(), every).reshape(grid.shape) < 0
        step, column = np.nonzero(negative[1:] != negative[:-1])
        ends = grid[step, column], grid[step + 1, column]
        return find_root(self._excess_demand, *ends, args=(point[column],)), point[column]

    def _look_closer(self, grid: Array, point: Points) -> tuple[Array, Points]:
        """The same on a finer grid, without the steps at both ends of which one condition fails."""
        at = self.take(np.tile(point, len(grid)))
        failed = at._failed(at._at(np.sinh(grid.ravel()))).reshape(-1, *grid.shape)
        open_ = ~(failed[:, 1:] & failed[:, :-1]).any(axis=0)
        step, column = np.nonzero(open_)
        return self._roots(_steps(grid[step, column], grid[step + 1, column]), point[column])

    def _shaped(self, fields: dict[str, Array], chosen: Points, point: Points) -> TaxedEquilibrium:
        """The chosen solutions at their points, NaN elsewhere."""
        values = {}
        for name, value in fields.items():
            whole = np.full(int(np.prod(self.shape)), np.nan)
            whole[point] = value[chosen]
            values[name] = whole.reshape(self.shape)
        code = values.pop("trade")
        names = np.array([*TRADE, "no equilibrium"])
        regime = names[np.where(np.isnan(code), len(TRADE), code).astype(int)]
        label = regime if self.shape else str(regime)
        return checked(TaxedEquilibrium(economy=self, regime=label, **values))

    def _explain(
        self,
        fields: dict[str, Array],
        failures: dict[str, NDArray[np.bool_]],
        low: float,
        high: float,
    ) -> None:
        """Raise NoEquilibrium with the condition that fails and its size, for a single economy."""
        ends = np.exp(Goods(self.world.x, self.world.y, 1.0).cost_gap(np.sinh([low, high])))
        sizes = {"low": float(ends[0]), "high": float(ends[1])}
        sizes |= {"scan": SCAN, "more": SCAN - 2}
        sizes |= {"T_end": float(np.ravel(self.schedule.T(1.0))[0])}
        sizes |= {"L_star": float(np.ravel(self.world.L_star)[0])}
        tried = self.take(np.zeros(SCAN, dtype=int))._at(np.sinh(np.linspace(low, high, SCAN)))
        all_move = (tried["m"] <= np.exp(-LAST)).all()
        name = "apart" if low >= high else "every_task" if all_move else "none"
        if fields["p"].size:
            name = next(key for key, failed in failures.items() if failed[0])
            sizes |= {key: float(value[0]) for key, value in fields.items()}
            sizes["taxed"] = 1 + float(np.ravel(self.tau)[0])
            sizes["paid"] = float((-self.tau_task * self._paid_abroad(fields))[0])
            sizes["used"] = float(self._labour_abroad(fields["I"], fields["m"])[0])
        raise NoEquilibrium(f"TaxedEconomy: {FAILURES[name].format(**sizes)}")

    # ---- everything below works on flat parameters

    def _interval(self) -> tuple[Array, Array]:
        """Ends of z = arcsinh(log q*): no equilibrium in which both make both goods is outside.

        Foreign makes X, so X may not need more labour per H than foreign has at most, L* / H*. Home
        makes Y, so Y may not need less than home has at least, L / H, at the highest home price.
        """
        e, size = self.world, int(np.prod(self.shape))
        goods = Goods(e.x, e.y, 1.0)
        ends = _side(goods)
        low = np.clip(e.x.log_relative_wage(np.log(e.L_star / e.H_star)), *ends)
        home = np.clip(e.y.log_relative_wage(np.log(e.L / e.H)), *ends)
        top = np.broadcast_to(goods.cost_gap(home) + np.log1p(self.tau), size)
        high = _log_relative_wage(goods, top)
        return np.broadcast_to(np.arcsinh(low), size), np.arcsinh(high)

    def _labour_abroad(self, I: Array, m: Array) -> Array:
        """Foreign labour on home tasks, beta T(I) L / (1 - I)."""
        e = self.world
        return e.beta * e.schedule.T(I, m) * e.L / m

    def _paid_abroad(self, fields: dict[str, Array]) -> Array:
        """Wages that home pays for tasks abroad."""
        return fields["w_star"] * self._labour_abroad(fields["I"], fields["m"])

    def _excess_demand(self, z: Array, point: Points) -> Array:
        """Excess demand for Y, both countries together, at z = arcsinh(log q*)."""
        f = self.take(point)._at(np.sinh(z))
        return f["c_y"] - f["y"] + f["c_y_star"] - f["y_star"]

    def _outcome(
        self, z: Array, point: Points
    ) -> tuple[dict[str, Array], dict[str, NDArray[np.bool_]]]:
        """All fields at z = arcsinh(log q*), and where which condition fails."""
        at = self.take(point)
        f = at._at(np.sinh(z))
        failed = at._failed(f)
        names = "beyond", "exhausted", "bankrupt"
        failures = dict(zip(names, failed, strict=False)) | {"specialised": failed[3:].any(axis=0)}
        made = f["y"] + f["y_star"]
        gap = np.abs(f["c_y"] + f["c_y_star"] - made)
        return f, failures | {"jump": ~(gap < 1e-6 * np.abs(made))}  # a root leaves a rounding

    def _failed(self, f: dict[str, Array]) -> NDArray[np.bool_]:
        """Whether home's prices, foreign labour, home's spending or an output is out of range."""
        wedge = np.abs(np.log(f["price_y"] / f["price_x"] / f["p"]))
        imports = (f["trade"] == 0) | (f["trade"] == 4)
        beyond = imports & (wedge < np.log1p(self.tau) - 1e-9)
        exhausted = self._labour_abroad(f["I"], f["m"]) >= self.world.L_star
        outputs = (f[name] < 0 for name in ("x", "y", "x_star", "y_star"))
        return np.array([beyond, exhausted, f["c_x"] <= 0, *outputs])

    def _at(self, log_q_star: Array) -> dict[str, Array]:
        """Both countries at the foreign relative wage q*, home with the trade that fits it."""
        e = self.world
        log_p = Goods(e.x, e.y, 1.0).cost_gap(log_q_star)
        log_w_star = -e.x.log_cost_in_w(log_q_star) - np.log(e.A_star)
        log_q, trade = self._trade(log_q_star, log_p, log_w_star)
        f = self._home(log_q, log_p, log_w_star)
        p, w_star = np.exp(log_p), np.exp(log_w_star)
        s_star = np.exp(-e.x.log_cost(log_q_star)) / e.A_star
        left = (e.L_star - self._labour_abroad(f["I"], f["m"])) / e.A_star
        x_star, y_star = _outputs(e.x, e.y, left, e.H_star / e.A_star, log_q_star)
        c_x_star = (w_star * e.L_star + s_star * e.H_star) / (1 + p * self.demand(log_p))
        return f | {
            "p": p, "w_star": w_star, "s_star": s_star, "x_star": x_star, "y_star": y_star,
            "c_x_star": c_x_star, "c_y_star": c_x_star * self.demand(log_p), "trade": trade,
        }  # fmt: skip

    def _trade(self, free: Array, log_p: Array, log_w_star: Array) -> tuple[Array, Array]:
        """Home's log q, which is ``free`` at the world price; and its trade's place in TRADE."""
        goods, top = Goods(self.world.x, self.world.y, 1.0), np.log1p(self.tau)
        at_free = self._home(free, log_p, log_w_star)
        wants = {g: at_free[f"c_{g}"] > at_free[g] for g in "xy"}
        wedge = np.where(wants["y"], top, np.where(wants["x"], -top, 0.0))
        end = np.where(wedge == 0, free, _log_relative_wage(goods, log_p + wedge))

        def imports(log_q: Array, k: Points) -> Array:
            part = self.take(k)
            f = part._home(log_q, log_p[k], log_w_star[k])
            return np.where(wants["y"][k], f["c_y"] - f["y"], f["c_x"] - f["x"])

        every = np.arange(log_p.size)
        corner = every[(wedge != 0) & (imports(end, every) < 0)]
        log_q = end
        log_q[corner] = find_root(imports, free[corner], end[corner], args=(corner,))
        trade = np.where(wants["y"], 0.0, np.where(wants["x"], 4.0, 2.0))
        trade[corner] = np.where(wants["y"][corner], 1.0, 3.0)
        return log_q, trade

    def _home(self, log_q: Array, log_p: Array, log_w_star: Array) -> dict[str, Array]:
        """Home at the relative effective wage q: prices, margin, outputs, consumption."""
        e = self.world
        log_home_p = Goods(e.x, e.y, 1.0).cost_gap(log_q)
        wedge = log_home_p - log_p
        log_price_x = np.maximum(-wedge, 0.0)
        log_omega = log_price_x - e.x.log_cost_in_w(log_q)
        target = log_omega - np.log(e.beta) - np.log1p(self.tau_task) - log_w_star

        def gap(u: Array, k: Points) -> Array:
            return np.log(e.schedule.take(k).t_Omega(*share_at(u))) - target[k]

        u = find_margin(gap, np.arange(log_q.size))
        I, m = share_at(np.where(np.isfinite(u), u, LAST))
        x, y = _outputs(e.x, e.y, e.L / m, e.H, log_q)
        p, home_demand = np.exp(log_p), self.demand(log_home_p)
        c_x = (x + p * y - np.exp(log_w_star) * self._labour_abroad(I, m)) / (1 + p * home_demand)
        return {
            "I": I, "m": m, "w": np.exp(log_omega) / e.schedule.Omega(I, m),
            "s": np.exp(log_price_x - e.x.log_cost(log_q)), "x": x, "y": y,
            "price_x": np.exp(log_price_x), "price_y": np.exp(log_p + np.maximum(wedge, 0.0)),
            "c_x": c_x, "c_y": c_x * home_demand,
        }  # fmt: skip

    def demand(self, log_p: Array) -> Array:
        """D(p) = mu / (1 - mu) p**-eps, consumption of Y for each X (GRH08-IIB-3)."""
        mu = np.asarray(self.world.mu)
        return mu / (1 - mu) * np.exp(-self.world.eps * log_p)


def _steps(low: Array, high: Array) -> Array:
    """A grid from low to high, one column for each."""
    return low + (high - low) * np.linspace(0, 1, SCAN)[:, None]


def _accepted(failures: dict[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Where no condition fails."""
    return ~np.logical_or.reduce(list(failures.values()))


def _side(goods: Goods) -> tuple[Array, Array]:
    """Lower and upper log q between which Y is the labour-intensive good."""
    turn, side = goods.turning_point()
    ends = np.clip(turn, -STEEP, STEEP), side * STEEP
    return np.minimum(*ends), np.maximum(*ends)


def _log_relative_wage(goods: Goods, log_p: Array) -> Array:
    """log q at which both goods break even at p; the nearest end if p is outside their range."""
    low, high = (np.broadcast_to(np.arcsinh(end), log_p.shape) for end in _side(goods))

    def gap(z: Array, k: Points) -> Array:  # arcsinh(log q) is small at both ends
        return goods.take(k).cost_gap(np.sinh(z)) - log_p[k]

    every = np.arange(log_p.size)
    below, above = gap(low, every) >= 0, gap(high, every) <= 0
    z = np.where(below, low, high)
    inside = every[~below & ~above]
    z[inside] = find_root(gap, low[inside], high[inside], args=(inside,))
    return np.sinh(z)


def _outputs(x: Technology, y: Technology, L: Array, H: Value, log_q: Array) -> tuple[Array, Array]:
    """Outputs that employ L and H at the techniques of q (GRH08-4, GRH08-5)."""
    log_k_x, log_k_y = x.log_intensity(log_q), y.log_intensity(log_q)
    k_x, k_y = np.exp(log_k_x), np.exp(log_k_y)
    spread = np.maximum(k_y - k_x, 1e-300)
    return (
        (k_y * H - L) / spread / np.exp(x.log_a_H(log_q)),
        (L - k_x * H) / spread / np.exp(y.log_a_H(log_q)),
    )
