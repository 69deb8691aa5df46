"""What the solvers with offshoring return: fields, trade, shadow endowments, residuals."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from offshoring.residuals import larger
from offshoring.shadow_migration.closed import relative
from offshoring.shadow_migration.heckscher_ohlin import (
    TradeEquilibrium,
    TwoCountryEquilibrium,
)
from offshoring.validation import Array, Value


class Exchange(NamedTuple):
    """The exchange economy with the same prices, incomes and consumption (BRN-T2, T3).

    Attributes
    ----------
    X, Y : float or array
        Home's bundle of goods, net of those that its payments for tasks buy.
    X_star, Y_star : float or array
        Foreign's bundle, B^-1 V*.
    L, K : float or array
        Home factors that would make its bundle.
    M_X, M_Y : float or array
        Home's net imports of goods, those that pay for tasks included.
    """

    X: Array
    Y: Array
    X_star: Array
    Y_star: Array
    L: Value
    K: Value
    M_X: Array
    M_Y: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class OffshoringEquilibrium(TwoCountryEquilibrium):
    """What follows from prices and outputs when tasks move; prices and incomes in units of X.

    Attributes
    ----------
    economy : ServiceOffshoring or GoodsOffshoring
    before : TradeEquilibrium
        The same countries with trade in goods alone.
    p : float or array
        World price of Y.
    w, r, w_star, r_star : float or array
        Pay of labour and capital at Home and abroad.
    X, Y, X_star, Y_star : float or array
        Outputs of Home and of Foreign firms.
    regime : str or array of str
        'offshoring', or 'no offshoring' if no task moves; 'no equilibrium' where the other fields
        are NaN.
    """

    before: TradeEquilibrium

    @abstractmethod
    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone."""

    def _at(self, points: NDArray[np.intp], economy: Any) -> Self:
        before = self.before._at(points, economy.without_offshoring())
        return replace(super()._at(points, economy), before=before)

    @property
    def Delta_L(self) -> Array:
        """Shadow migration of labour, Home labour that offshoring saves (BRN-13)."""
        return self._Delta()[0]

    @property
    def Delta_K(self) -> Array:
        """Shadow migration of capital, Home capital that offshoring saves (BRN-13)."""
        return self._Delta()[1]

    @property
    def q(self) -> Array:
        """Capital per worker of the shadow migrants, Delta_K / Delta_L; inf or NaN without them."""
        L, K = self._Delta()
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(K, L)

    @property
    def used_L(self) -> Array:
        """Foreign labour in the offshore units of Home firms."""
        return self._used()[0]

    @property
    def used_K(self) -> Array:
        """Foreign capital in the offshore units of Home firms."""
        return self._used()[1]

    @property
    def Delta_L_star(self) -> Array:
        """Shadow migration of labour into Foreign, gamma A Q* - V* (BRN-13, 26)."""
        return self._Delta_star()[0]

    @property
    def Delta_K_star(self) -> Array:
        """Shadow migration of capital into Foreign, gamma A Q* - V* (BRN-13, 26)."""
        return self._Delta_star()[1]

    @property
    def S_X(self) -> Array:
        """Cost saving per unit of X at Home (BRN-14)."""
        return self._savings()[0]

    @property
    def S_Y(self) -> Array:
        """Cost saving per unit of Y at Home, in units of X (BRN-14)."""
        return self._savings()[1]

    @property
    def S_X_star(self) -> Array:
        """Cost saving per unit of X abroad; zero in the service variant (BRN-26)."""
        return self._savings_abroad()[0]

    @property
    def S_Y_star(self) -> Array:
        """Cost saving per unit of Y abroad; zero in the service variant (BRN-26)."""
        return self._savings_abroad()[1]

    @property
    def M_T_X(self) -> Array:
        """Value of the tasks that Home's X-firms import."""
        return self.economy.C.costs(self.w_star, self.r_star)[0] * self.X

    @property
    def M_T_Y(self) -> Array:
        """Value of the tasks that Home's Y-firms import, in units of X."""
        return self.economy.C.costs(self.w_star, self.r_star)[1] * self.Y

    @property
    def iit(self) -> Array:
        """Two-way trade within sectors, tasks booked in theirs (BRN-20, corrected)."""
        exports_X, exports_Y = np.maximum(-self.M_X, 0), np.maximum(-self.p * self.M_Y, 0)
        return 2 * np.minimum(exports_X, self.M_T_X) + 2 * np.minimum(exports_Y, self.M_T_Y)

    def exchange(self) -> Exchange:
        """The economy in which payments for tasks are counted as goods (BRN-T2, T3)."""
        e = self.economy
        X_paid, Y_paid = e.B.outputs(*self._used())
        X, Y = self.X - X_paid, self.Y - Y_paid
        L, K = e.technology.employment(X, Y)
        M_X = (1 - e.alpha) * self.E - X
        M_Y = e.alpha * self.E / self.p - Y
        X_star, Y_star = e.B.outputs(e.L_star, e.K_star)
        return Exchange(X, Y, X_star, Y_star, L, K, M_X, M_Y)

    def effective_world(self) -> tuple[Value, Value]:
        """Labour and capital that make the world's goods with ``economy.technology`` (BRN-13)."""
        return self.economy.technology.employment(self.X_world, self.Y_world)

    def price_elasticities(self, full: bool = False) -> dict[str, Array]:
        """d ln pay / d ln p, by name of the pay.

        At given cost savings (BRN-22); with ``full`` these move with pay (BRN-T1).
        """
        if not full:
            return super().price_elasticities()
        e = self.economy
        w_star, r_star = e.B.pay(1.0, 0.0)
        cost_X, cost_Y = e.C.costs(w_star, r_star)
        w, r = e.R.pay(1 - cost_Y, -cost_X)
        slopes = {"w": w, "r": r, "w_star": w_star, "r_star": r_star}
        return {name: self.p * slope / getattr(self, name) for name, slope in slopes.items()}

    def output_elasticities(self, factor: str = "L", full: bool = False) -> dict[str, Array]:
        """d ln output / d ln L or K at Home, by name of the good.

        At given shadow migration (BRN-23); with ``full`` it moves with output (BRN-23full).
        """
        if not full:
            return super().output_elasticities(factor)
        return self._output_elasticities(self.economy.R, factor)

    def _Delta(self) -> tuple[Array, Array]:
        return self.economy.moved.employment(self.X, self.Y)

    def _used(self) -> tuple[Array, Array]:
        return self.economy.C.employment(self.X, self.Y)

    def _Delta_star(self) -> tuple[Array, Array]:
        """What better tasks save Foreign firms, less what Home firms use."""
        e = self.economy
        saved = e.A.times(e.gamma).minus(e.B).employment(self.X_star, self.Y_star)
        used = self._used()
        return saved[0] - used[0], saved[1] - used[1]

    def _savings(self) -> tuple[Array, Array]:
        e = self.economy
        saved = e.moved.costs(self.w, self.r)
        paid = e.C.costs(self.w_star, self.r_star)
        return saved[0] - paid[0], saved[1] - paid[1]

    def _savings_abroad(self) -> tuple[Array, Array]:
        e = self.economy
        return e.A.times(e.gamma).minus(e.B).costs(self.w_star, self.r_star)

    def _payments(self) -> Array:
        """Home's payments for tasks, as the income of the Foreign factors that do them."""
        used_L, used_K = self._used()
        return self.w_star * used_L + self.r_star * used_K

    # Errors of the conditions that both variants share.

    def _levels(self) -> Array:
        """Zero profits and full employment of the inputs that are used: R, C and B."""
        e, at_market = self.economy, (1.0, self.p)
        own, paid = e.R.costs(self.w, self.r), e.C.costs(self.w_star, self.r_star)
        used, left = self._used(), e.B.employment(self.X_star, self.Y_star)
        errors = [
            relative((own[0] + paid[0], own[1] + paid[1]), at_market),
            relative(e.B.costs(self.w_star, self.r_star), at_market),
            relative(e.R.employment(self.X, self.Y), (e.L, e.K)),
            relative((left[0] + used[0], left[1] + used[1]), (e.L_star, e.K_star)),
        ]
        return larger(*errors)

    def _shadow_pricing(self) -> Array:
        """Zero profits of the whole technologies A and gamma A, with cost savings."""
        e = self.economy
        errors = []
        for costs, (S_X, S_Y) in (
            (e.A.costs(self.w, self.r), self._savings()),
            (e.A.times(e.gamma).costs(self.w_star, self.r_star), self._savings_abroad()),
        ):
            errors.append(relative(costs, (1 + S_X, self.p + S_Y), (1.0, self.p)))
        return larger(*errors)

    def _shadow_employment(self) -> Array:
        """Full employment of the whole technologies A and gamma A, with shadow migrants."""
        e, came, left = self.economy, self._Delta(), self._Delta_star()
        home = (e.L + came[0], e.K + came[1])
        abroad = (e.L_star + left[0], e.K_star + left[1])
        whole = e.A.times(e.gamma)
        return larger(
            relative(e.A.employment(self.X, self.Y), home, (e.L, e.K)),
            relative(whole.employment(self.X_star, self.Y_star), abroad, (e.L_star, e.K_star)),
        )

    def _output_changes(self) -> Array:
        """Outputs change as if the shadow migrants had come: A dQ = Delta, gamma A dQ* = Delta*."""
        e, b = self.economy, self.before
        home = e.A.employment(self.X - b.X, self.Y - b.Y)
        whole = e.A.times(e.gamma)
        abroad = whole.employment(self.X_star - b.X_star, self.Y_star - b.Y_star)
        return larger(
            relative(home, self._Delta(), (e.L, e.K)),
            relative(abroad, self._Delta_star(), (e.L_star, e.K_star)),
        )

    def _pay_changes(self) -> Array:
        """Pay changes as savings and the price say: A' dw = (S_X, S_Y + dp), and abroad."""
        e, b = self.economy, self.before
        home = e.A.costs(self.w - b.w, self.r - b.r)
        whole = e.A.times(e.gamma)
        abroad = whole.costs(self.w_star - b.w_star, self.r_star - b.r_star)
        (S_X, S_Y), (S_X_star, S_Y_star) = self._savings(), self._savings_abroad()
        dp, scale = self.p - b.p, (1.0, self.p)
        return larger(
            relative(home, (S_X, S_Y + dp), scale),
            relative(abroad, (S_X_star, S_Y_star + dp), scale),
        )

    def _factor_content(self) -> Array:
        """Trade in goods and tasks embodies shadow endowments less a share of the world's."""
        e, used, hat = self.economy, self._used(), self.exchange()
        traded = e.technology.employment(-self.M_X, -self.M_Y)
        world = self.effective_world()
        errors = []
        for content, tasks, own, total in zip(traded, used, (hat.L, hat.K), world, strict=True):
            errors.append((content - tasks / e.gamma - own + self.share * total) / total)
        return larger(*errors)

    def _accounts(self) -> dict[str, Array]:
        payments = self._payments()
        trade = self.M_X + self.p * self.M_Y + self.M_T_X + self.M_T_Y
        return {
            "BRN-4": self._demand_gap(),
            "BRN-balance": trade / self.E,
            "BRN-GNP": (self.X + self.p * self.Y - payments - self.E) / self.E,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class ServiceEquilibrium(OffshoringEquilibrium):
    """What :meth:`ServiceOffshoring.solve` returns; see :class:`OffshoringEquilibrium`."""

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        Of the errors under one id the largest counts.
        """
        return self._accounts() | {
            "BRN-12": self._levels(),
            "BRN-13": self._shadow_employment(),
            "BRN-14": self._shadow_pricing(),
            "BRN-16": self._output_changes(),
            "BRN-17": self._pay_changes(),
            "BRN-T3": self._factor_content(),
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class GoodsEquilibrium(OffshoringEquilibrium):
    """What :meth:`GoodsOffshoring.solve` returns; see :class:`OffshoringEquilibrium`."""

    def residuals(self) -> dict[str, Array]:
        """Relative error of every equilibrium condition, from the fields alone.

        BRN-26 in levels and in shadow form, BRN-G1 in the cost of what stays at Home; of the errors
        under one id the largest counts.
        """
        e = self.economy
        gap = self.w - e.gamma * self.w_star, self.r - e.gamma * self.r_star
        shadow = larger(self._shadow_pricing(), self._shadow_employment())
        return self._accounts() | {
            "BRN-26": larger(self._levels(), shadow),
            "BRN-27": self._pay_changes(),
            "BRN-28": self._output_changes(),
            "BRN-G1": relative(e.R.costs(*gap), (0.0, 0.0), (1.0, self.p)),
            "BRN-G2": self._factor_content(),
        }
