"""All equilibria of a world, on a common branch axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from offshoring.similar_countries.equilibrium import Equilibrium
from offshoring.similar_countries.location import log_cost_I, log_cost_I_star
from offshoring.validation import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibria(Equilibrium):
    """All equilibria of a world at every point, along the last axis; see :class:`Equilibrium`.

    ``economy`` holds the parameters with that axis added. ``eqs[k]`` is the k-th equilibrium at
    every point; the equilibria of a single world can be iterated over.
    """

    @classmethod
    def of(cls, world: Any, rows: dict[str, NDArray[Any]]) -> Self:
        """All equilibria of a world, from one row each; sorted by the wage, padded with NaN."""
        rows = _completed(world.flat().take(rows["point"]), rows)
        order = np.lexsort((rows["w"], rows["point"]))
        point = rows.pop("point")[order]
        size = int(np.prod(world.shape))
        count = np.bincount(point, minlength=size)
        rank = np.arange(point.size) - np.repeat(np.cumsum(count) - count, count)
        shape = (size, int(count.max(initial=1)))
        values = {}
        for name, row in rows.items():
            whole = np.full(shape, "" if name == "kind" else np.nan, dtype=row.dtype)
            whole[point, rank] = row[order]
            values[name] = whole.reshape(*world.shape, shape[1])
        return cls(economy=world._map(lambda value: value[..., None]), **values)

    @property
    def count(self) -> NDArray[np.intp]:
        """Number of equilibria at every point; the equal-wage family counts as one."""
        return self.exists.sum(axis=-1)

    def __len__(self) -> int:
        """Length of the branch axis: the largest number of equilibria at any point."""
        return int(np.shape(self.w)[-1])

    def __getitem__(self, k: int) -> Equilibrium:
        """The k-th equilibrium at every point."""
        return self._taken(lambda value: value[..., k])

    def __iter__(self) -> Iterator[Equilibrium]:
        return (self[k] for k in range(len(self)))

    def pick(self, where: NDArray[np.bool_]) -> Equilibrium:
        """The one equilibrium at every point for which a condition holds; NaN where there is none.

        Parameters
        ----------
        where : array of bool
            The condition, of the shape of the fields; for instance ``eqs.w > 1``.

        Raises
        ------
        ValueError
            If it holds for several equilibria at some point, or has another shape.
        """
        where = np.asarray(where)
        if where.dtype != bool or where.shape != np.shape(self.w):
            raise ValueError(
                f"pick: the condition is {where.dtype} of shape {where.shape} and must be bool of "
                f"shape {np.shape(self.w)}"
            )
        where = where & self.exists
        number = where.sum(axis=-1)
        if np.any(number > 1):
            raise ValueError(
                f"pick: the condition holds for {number.max()} equilibria at some point and must "
                "hold for at most one"
            )
        index, none = where.argmax(axis=-1)[..., None], (number == 0)

        def chosen(value: NDArray[Any]) -> NDArray[Any]:
            one = np.take_along_axis(value, index, axis=-1)[..., 0]
            return np.where(none, "" if value.dtype.kind == "U" else np.nan, one)[()]

        return self._taken(chosen)

    def follow(self) -> Equilibria:
        """The same equilibria along a path of worlds, so that each column is one curve.

        Neighbours on the path are joined if they have the same stability, as they have but for a
        fold, and are nearest in u. Where a curve ends, its column goes on with NaN.

        Raises
        ------
        ValueError
            If the parameters are not a row.
        """
        if np.ndim(self.w) != 2:
            raise ValueError(
                f"follow: the parameters have shape {np.shape(self.w)[:-1]} and must be one row"
            )
        tracks = _tracks(np.asarray(self.u), np.asarray(self.stability))
        none = tracks < 0

        def moved(value: NDArray[Any]) -> NDArray[Any]:
            along = np.take_along_axis(value, np.maximum(tracks, 0), axis=1)
            return np.where(none, "" if value.dtype.kind == "U" else np.nan, along)

        values = {f.name: moved(getattr(self, f.name)) for f in fields(self) if f.name != "economy"}
        return type(self)(economy=self.economy, **values)

    def _taken(self, change: Any) -> Equilibrium:
        """The equilibria without the branch axis, each field changed."""
        values = {
            f.name: change(getattr(self, f.name)) for f in fields(self) if f.name != "economy"
        }
        return Equilibrium(economy=self.economy._map(lambda value: value[..., 0]), **values)


def _tracks(u: Array, stability: Array) -> NDArray[np.intp]:
    """For each point of a path and each curve, the place of the equilibrium; -1 where none."""
    tracks: list[NDArray[np.intp]] = []  # one row a curve
    ends: dict[int, int] = {}  # curve: its place at the last point
    for point in range(len(u)):
        here = np.flatnonzero(np.isfinite(u[point]))
        curves = list(ends)
        before = [ends[curve] for curve in curves]
        apart = np.abs(u[point, here] - u[point - 1, before, None]) if point else np.empty((0, 0))
        turned = stability[point, here] != stability[point - 1, before, None] if point else apart
        rows, columns = linear_sum_assignment(apart + 1e6 * turned) if point else ([], [])
        joined = {
            int(here[j]): curves[i] for i, j in zip(rows, columns, strict=True) if not turned[i, j]
        }
        ends = {}
        for place in here.tolist():
            if place not in joined:
                joined[place] = len(tracks)
                tracks.append(np.full(len(u), -1))
            tracks[joined[place]][point] = place
            ends[joined[place]] = place
    return np.array(tracks, dtype=int).reshape(len(tracks), len(u)).T


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
