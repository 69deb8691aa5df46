"""All equilibria of a world, on a common branch axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from offshoring.branches import Branches
from offshoring.similar_countries.equilibrium import Equilibrium
from offshoring.similar_countries.location import log_cost_I, log_cost_I_star
from offshoring.validation import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibria(Equilibrium, Branches[Equilibrium]):
    """All equilibria of a world at every point, along the last axis; see :class:`Equilibrium`.

    ``economy`` holds the parameters with that axis added. ``eqs[k]`` is the k-th equilibrium at
    every point; the equilibria of a single world can be iterated over.
    """

    one = Equilibrium

    @classmethod
    def of(cls, world: Any, rows: dict[str, NDArray[Any]]) -> Self:
        """All equilibria of a world, from one row each; sorted by the wage, padded with NaN."""
        rows = _completed(world.flat().take(rows["point"]), rows)
        return cls.stacked(world, "w", rows)

    def _path(self) -> tuple[Array, Array]:
        return np.asarray(self.u), np.asarray(self.stability)


def _completed(world: Any, rows: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The fields of equilibria whose outputs' ratio, wage and sets are known."""
    u, w, beta, theta = rows["u"], rows["w"], world.beta, world.theta
    q, q_star = 1 / (1 + np.exp(-u)), 1 / (1 + np.exp(u))
    home = rows["M_E"] + rows["M_B"] * q**-theta
    abroad = rows["M_W"] + rows["M_B"] * q_star**-theta
    hours = (home + beta * rows["T_W"]) * q + (abroad + beta * rows["T_E"]) * q_star
    X = ((world.L + world.L_star) / hours) ** (1 / (1 - theta))
    n, n_star = world.H / world.f, world.H_star / world.f
    x, x_star = q * X / n, q_star * X / n_star
    c = (w * home + beta * rows["T_W"]) / X**theta
    c_star = (abroad + beta * w * rows["T_E"]) / X**theta
    v = np.log(w)
    (I, m), (I_star, m_star) = (
        (world.schedule.inverse(cost), world.schedule.stay_home(cost))
        for cost in (
            np.exp(log_cost(u, v, theta)) / beta for log_cost in (log_cost_I, log_cost_I_star)
        )
    )
    markup = world.f * (world.sigma - 1)
    more = {
        "I": I, "m": m, "I_star": I_star, "m_star": m_star, "n": n, "n_star": n_star,
        "x": x, "x_star": x_star, "c": c, "c_star": c_star,
        "s": c * x / markup, "s_star": c_star * x_star / markup,
    }  # fmt: skip
    return rows | {name: np.broadcast_to(value, u.shape) for name, value in more.items()}
