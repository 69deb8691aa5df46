"""From a world to the rows of all its equilibria."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offshoring.similar_countries.bounds import FARTHEST, log_wage_bounds, top_of_search
from offshoring.similar_countries.closed_forms import equal_wage_family, no_offshoring
from offshoring.similar_countries.location import log_cost_J
from offshoring.similar_countries.scan import find_roots
from offshoring.similar_countries.slices import Side

STEPS = 12  # cells of the first scan on each side
CLOSE_STEPS = 200  # the same where the number of equilibria came out even
FAR = 3  # times as many where t has no bound, for the search goes far there
BLOCK = 2_000  # worlds that are solved at once: their arrays stay in the cache
CLOSE_BLOCK = 50  # the same where the scan is close

Rows = dict[str, NDArray[Any]]  # by name of the field; "point" is the world's place in its row


def all_rows(world: Any) -> Rows:
    """All equilibria of a world of any shape, in no order."""
    flat, size = world.flat(), int(np.prod(world.shape))
    parts = []
    for points in np.array_split(np.arange(size), max(1, -(-size // BLOCK))):
        rows = _block(flat.take(points), points.size)
        rows["point"] += points[0] if points.size else 0
        parts.append(rows)
    rows = _joined(*parts)
    _warn_if_even(world, np.bincount(rows["point"], minlength=size))
    return rows


def side_of(world: Any, size: int | None = None, *, mirrored: bool = False) -> Side:
    """The world seen from East, or from West; as so many rows, if their number is given."""
    names = ("L_star", "L", "H_star", "H") if mirrored else ("L", "L_star", "H", "H_star")
    L, L_star, H, H_star = (getattr(world, name) for name in names)
    lam, nu = L / L_star, np.log(H / H_star)
    if size is not None:
        lam, nu = np.broadcast_to(lam, size), np.broadcast_to(nu, size)
    schedule, beta, theta, sigma = world.schedule, world.beta, world.theta, world.sigma
    low, high = log_wage_bounds(schedule, beta, lam)
    return Side(
        schedule=schedule,
        beta=beta,
        theta=theta,
        sigma=sigma,
        lam=lam,
        nu=nu,
        first=1 / (beta * schedule.t(0.0)),
        last=1 / (beta * schedule.t(1.0, 0.0)),
        low=low,
        high=high,
        top=top_of_search(schedule, beta, theta, sigma, lam, nu),
    )


def _block(worlds: Any, size: int) -> Rows:
    """The equilibria of a row of worlds."""
    points = np.arange(size)
    closed = _joined(_without_offshoring(worlds, size), _with_equal_wages(worlds, size))
    rows = _joined(closed, _with_offshoring(worlds, size, STEPS))
    even = points[np.bincount(rows["point"], minlength=size) % 2 == 0]
    if even.size:
        stays = ~np.isin(rows["point"], even) | (rows["kind"] != "offshoring")
        rows = {name: value[stays] for name, value in rows.items()}
        rows = _joined(rows, *_closely(worlds, even))
    return rows


def _closely(worlds: Any, points: NDArray[np.intp]) -> Iterator[Rows]:
    """Equilibria with offshoring of some of the worlds, from many more nodes."""
    for part in np.array_split(points, -(-points.size // CLOSE_BLOCK)):
        rows = _with_offshoring(worlds.take(part), part.size, CLOSE_STEPS)
        yield rows | {"point": part[rows["point"]]}


def _with_offshoring(worlds: Any, size: int, steps: int) -> Rows:
    """Equilibria with unequal outputs and offshoring, from both sides."""
    sides = _both_sides(worlds, size)
    roots = find_roots(sides, steps if _bounded(worlds) else FAR * steps)
    here = sides.take(roots.side).at(roots.u)
    w = here.wage(roots.y)
    p = here.pattern(roots.y, w)
    J, m_J = here.threshold_J(roots.y)
    east = roots.side < size  # else the names are exchanged
    rows = {
        "point": roots.side % size, "stability": roots.slope,
        "u": np.where(east, roots.u, -roots.u), "w": np.where(east, w, 1 / w),
        "J": J, "m_J": m_J, "easy": p.easy, "hard": p.hard, "M_B": p.M_B,
        "M_E": np.where(east, p.M_E, p.easy), "M_W": np.where(east, p.easy, p.M_E),
        "T_E": np.where(east, p.T_E, p.T_W), "T_W": np.where(east, p.T_W, p.T_E),
    }  # fmt: skip
    return _kept(rows, p.hard > 0, "offshoring")


def _bounded(world: Any) -> bool:
    return bool(np.isfinite(world.schedule.t(1.0, 0.0)).all())


def _both_sides(worlds: Any, size: int) -> Side:
    """The worlds seen from East, then the same worlds seen from West."""
    sides = [side_of(worlds, size, mirrored=mirrored) for mirrored in (False, True)]
    apart = {
        name: np.concatenate([getattr(side, name) for side in sides])
        for name in ("lam", "nu", "low", "high", "top")
    }
    return sides[0]._map(lambda value: np.concatenate([value, value])).replace(**apart)


def _without_offshoring(worlds: Any, size: int) -> Rows:
    side = side_of(worlds, size)
    u, v, exists = (np.broadcast_to(value, size) for value in no_offshoring(side))
    cost_J = np.exp(log_cost_J(u, v)) / side.beta
    J, m_J = side.schedule.inverse(cost_J), side.schedule.stay_home(cost_J)
    zero, one = np.zeros(size), np.ones(size)
    rows = {
        "point": np.arange(size), "stability": one, "u": u, "w": np.exp(v),
        "J": J, "m_J": m_J, "easy": zero, "hard": zero, "M_B": one,
        "M_E": zero, "T_E": zero, "M_W": zero, "T_W": zero,
    }  # fmt: skip
    return _kept(rows, exists, "no offshoring")


def _with_equal_wages(worlds: Any, size: int) -> Rows:
    family = equal_wage_family(side_of(worlds, size))
    nan, one = np.full(size, np.nan), np.ones(size)
    rows = {
        "point": np.arange(size), "stability": -one, "u": 0 * one, "w": one,
        "J": nan, "m_J": nan, "easy": nan, "hard": family.I0, "M_B": family.m,
        "M_E": family.M_E, "T_E": family.T_E, "M_W": family.M_W, "T_W": family.T_W,
    }  # fmt: skip
    return _kept(rows, family.feasible, "equal wages")


def _kept(rows: dict[str, Any], where: NDArray[np.bool_], kind: str) -> Rows:
    """The rows that are equilibria, under their name."""
    size = where.size
    values = {name: np.broadcast_to(value, size)[where] for name, value in rows.items()}
    return values | {"kind": np.full(int(where.sum()), kind, dtype="<U13")}


def _joined(*parts: Rows) -> Rows:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _warn_if_even(world: Any, count: NDArray[np.intp]) -> None:
    even = np.flatnonzero(count % 2 == 0)
    if not even.size:
        return
    where = f", first at index {np.unravel_index(even[0], world.shape)}" if world.shape else ""
    far = "" if _bounded(world) else f", or one has outputs further apart than e^{FARTHEST:g}"
    warnings.warn(
        f"SimilarCountries: {count[even[0]]} equilibria found, an even number, at {even.size} of "
        f"{count.size} points{where}. Either one was missed, or the world is on a knife edge (a "
        f"tangency, or a border of the equal-wage or no-offshoring region){far}",
        stacklevel=4,
    )
