"""The two equilibria that need no search: no offshoring, and equal wages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offshoring.similar_countries.slices import Side
from offshoring.validation import Value


def no_offshoring(side: Side) -> tuple[Value, Value, NDArray[np.bool_]]:
    """u and log w without offshoring, and where no task is worth concentrating (GRH12-noff)."""
    jumps, left, right = side.jump()
    return side.u_alone, side.v_alone, jumps & (left < 0) & (right > 0)


@dataclass(frozen=True, kw_only=True, eq=False)
class EqualWageFamily:
    """Equilibria with w = w* and N = N*: which tasks are in E is open, but not their number.

    Attributes
    ----------
    I0, m : array
        The threshold, beta t(I0) = 2^theta, and 1 - I0; tasks beyond it are dispersed.
    M_E, T_E, M_W, T_W : array
        Measures of E and W and integrals of t over them, the same in the whole family.
    low, high : array
        What T_E can be for a set of that measure within [0, I0]: the cheapest and the dearest.
    feasible : array of bool
        Whether such a set exists and any task is traded.
    """

    I0: Value
    m: Value
    M_E: Value
    T_E: Value
    M_W: Value
    T_W: Value
    low: Value
    high: Value
    feasible: NDArray[np.bool_]


def equal_wage_family(side: Side) -> EqualWageFamily:
    """The family of equal-wage equilibria (GRH12-EW)."""
    schedule, beta, both = side.schedule, side.beta, 2.0**side.theta
    I0, rest = schedule.inverse(both / beta), schedule.stay_home(both / beta)
    dispersed, T0 = rest * both, schedule.T(I0, rest)
    total = I0 + beta * T0 + 2 * dispersed
    sales = 1 / (1 + np.exp(-side.nu / side.sigma))  # East's share of revenue
    labour = side.lam / (1 + side.lam)
    M_E = ((sales + labour) * total - beta * T0 - 2 * dispersed) / 2
    T_E = ((labour - sales) * total + beta * T0) / (2 * beta)
    inside = (M_E >= 0) & (M_E <= I0) & (I0 > 0)
    within = np.where(inside, M_E, 0.0)
    low, high = schedule.T(within), T0 - schedule.T(np.clip(I0 - within, 0, 1))
    low, high = (np.where(inside, end, np.nan)[()] for end in (low, high))
    with np.errstate(invalid="ignore"):
        feasible = inside & (low <= T_E) & (high >= T_E)
    return EqualWageFamily(
        I0=I0, m=rest, M_E=M_E, T_E=T_E, M_W=I0 - M_E, T_W=T0 - T_E,
        low=low, high=high, feasible=feasible,
    )  # fmt: skip
