"""Every isolated equilibrium with offshoring on one side: the roots of G."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offshoring.roots import find_root
from offshoring.similar_countries.slices import CHART, Side
from offshoring.validation import Array

KINK = 1e-12  # distance of the nodes that enclose the jump of G, relative to the range of u
FIRST = [1e-5, 1e-4, 1e-3, 1e-2]  # nodes near u = 0, where G can turn fast
STRETCH = 6.0  # beyond this u nodes are spaced by the logarithm
PACES = (2.0, 1.5, 1.2)  # how much faster than it is seen to move G may move between nodes ...
ZOOM = 8  # ... and into how many cells a cell is divided where it might then return
NEWTON = 12  # steps, before the root is bracketed
EPS = np.finfo(float).eps


class Roots(NamedTuple):
    """Roots u of G with their chart points y, the side they belong to, and the sign of G'."""

    side: NDArray[np.intp]
    u: Array
    y: Array
    slope: Array


class _Cells(NamedTuple):
    """Intervals of u on some side at whose ends G has opposite signs, but for rounding."""

    side: NDArray[np.intp]
    left: Array
    right: Array
    slope: Array  # sign of G at the right end


def find_roots(sides: Side, steps: int) -> Roots:
    """All roots of G on (0, top] of every side, except in the jump of the plateau.

    Parameters
    ----------
    sides : Side
        Rows of worlds.
    steps : int
        Cells of the first scan; they are denser near u = 0.

    Notes
    -----
    A sign change of G between neighbouring nodes is a root, for G is continuous outside the jump.
    A cell without one is divided further where G could reach zero and return, if it moved
    somewhat faster than its slopes at the nodes show.
    """
    u, G, slope, jump = _first_scan(sides, steps)
    cells = [_sign_changes(u, G, jump), *_pairs(sides, u, G, slope, jump)]
    found = _stacked(cells)
    u, y = _polished(sides.take(found.side), found)
    real = np.isfinite(u)
    return Roots(found.side[real], u[real], y[real], found.slope[real])


def _stacked(cells: list[_Cells]) -> _Cells:
    side = np.concatenate([part.side for part in cells])
    left, right, slope = (np.concatenate([part[k] for part in cells]) for k in (1, 2, 3))
    return _Cells(side, left, right, slope)


def _polished(sides: Side, cells: _Cells) -> tuple[Array, Array]:
    """The root u and the chart point y in every cell, to the last digits.

    Newton's method settles most cells; where it stalls, as at a kink, the root is bracketed. NaN
    where the sign of G at the cell's ends was a rounding error.
    """
    u, y, done = _newton(sides, cells)
    rest = np.flatnonzero(~done)
    ends = [sides.take(rest).excess_exact(end[rest]) for end in (cells.left, cells.right)]
    none = (ends[0] < 0) == (ends[1] < 0)
    u[rest[none]] = np.nan
    rest = rest[~none]
    at = sides.take(rest)
    u[rest] = find_root(
        lambda u, point: at.take(point).excess_exact(u),
        cells.left[rest],
        cells.right[rest],
        args=(np.arange(rest.size),),
    )
    y[rest] = at.at(u[rest]).clearing_point()
    return u, y


def _newton(sides: Side, cells: _Cells) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Newton's method on both conditions at once, kept within the cells; and where it arrived.

    It has arrived where both errors are a few units in the last place of what they are made of.
    """
    u = (cells.left + cells.right) / 2
    y = sides.at(u).clearing(0 * u, 0 * u + CHART, width=1e-2)[0]
    done, active = np.zeros(u.size, dtype=bool), np.arange(u.size)
    for _ in range(NEWTON):
        part, u_here, y_here = sides.take(active), u[active], y[active]
        (F, G), (F_u, G_u), (F_y, G_y) = part.jacobian(u_here, y_here)
        done[active] = (np.abs(F) < 4 * EPS) & (np.abs(G) < 16 * EPS * (1 + part.sigma))
        with np.errstate(divide="ignore", invalid="ignore"):  # a flat piece: left to the brackets
            det = F_u * G_y - F_y * G_u
            u_next, y_next = u_here - (F * G_y - G * F_y) / det, y_here - (F_u * G - G_u * F) / det
        go = ~done[active] & np.isfinite(u_next) & np.isfinite(y_next)
        active = active[go]
        u[active] = np.clip(u_next[go], cells.left[active], cells.right[active])
        y[active] = np.clip(y_next[go], 0, CHART)
    return u, y, done


def _first_scan(sides: Side, steps: int) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Nodes in ascending order, G and its slope there, and the cells that hold the jump of G."""
    u = _nodes(sides, steps)
    jumps, *limits = sides.jump()
    jumps = jumps & (sides.u_alone >= 0) & (sides.u_alone <= sides.top)
    G, slope = np.empty_like(u), np.zeros_like(u)
    open_ = np.ones_like(u, dtype=bool)
    open_[jumps, -2:] = False
    G[jumps, -2:] = np.stack(limits, axis=1)[jumps]
    side = np.nonzero(open_)[0]
    G[open_], slope[open_] = sides.take(side).excess_signed(u[open_])
    order = np.argsort(u, axis=1, kind="stable")
    u, G, slope = (np.take_along_axis(value, order, axis=1) for value in (u, G, slope))
    u_alone = _column(sides.u_alone)
    jump = _column(jumps) & (u[:, :-1] <= u_alone) & (u_alone <= u[:, 1:])
    return u, G, slope, jump


def _nodes(sides: Side, steps: int) -> Array:
    """Nodes from 0 to the top; the last two enclose the jump, if there is one."""
    top, u_alone = _column(sides.top), _column(sides.u_alone)
    width = KINK * np.maximum(np.abs(u_alone), top)
    pair = np.clip(u_alone + width * [-1, 1], 0, top)
    grid = STRETCH * np.sinh(np.arcsinh(top / STRETCH) * np.linspace(0, 1, steps + 1) ** 2)
    return np.concatenate([grid, np.minimum(top, FIRST), pair], axis=1)


def _column(value: NDArray[Any] | float) -> NDArray[Any]:
    return np.reshape(value, (-1, 1))


def _sign_changes(u: Array, G: Array, jump: NDArray[np.bool_]) -> _Cells:
    change = (G[:, :-1] < 0) != (G[:, 1:] < 0)
    side, k = np.nonzero(change & ~jump)
    return _Cells(side, u[side, k], u[side, k + 1], np.where(G[side, k + 1] < 0, -1.0, 1.0))


def _pairs(sides: Side, u: Array, G: Array, slope: Array, jump: NDArray[np.bool_]) -> list[_Cells]:
    """Sign changes that a finer look finds in cells whose ends have the same sign."""
    found = []
    side, known = np.arange(len(u)), jump
    for pace in PACES:
        row, k = np.nonzero(_may_hide_a_pair(u, G, slope, pace) & ~known)
        if not row.size:
            break
        side, ends = side[row], [a[row[:, None], k[:, None] + [0, 1]] for a in (u, G, slope)]
        u = np.linspace(ends[0][:, 0], ends[0][:, 1], ZOOM + 1, axis=1)
        inner = sides.take(np.repeat(side, ZOOM - 1)).excess_signed(u[:, 1:-1].ravel())
        G, slope = (
            np.concatenate([end[:, :1], new.reshape(-1, ZOOM - 1), end[:, 1:]], axis=1)
            for end, new in zip(ends[1:], inner, strict=True)
        )
        cells = _sign_changes(u, G, np.zeros_like(u[:, 1:], dtype=bool))
        found.append(cells._replace(side=side[cells.side]))
        known = np.zeros_like(u[:, 1:], dtype=bool)
        known[cells.side] = True
    return found


def _may_hide_a_pair(u: Array, G: Array, slope: Array, pace: float) -> NDArray[np.bool_]:
    """Cells in which G could reach zero and return if it moved ``pace`` times as fast as it does.

    How fast it moves is known from the slopes at both ends and the mean slope between them.
    """
    size, step = np.abs(G), np.diff(u)
    with np.errstate(divide="ignore", invalid="ignore"):  # nodes that coincide
        moved = np.abs(np.diff(G)), *(np.abs(end) * step for end in (slope[:, :-1], slope[:, 1:]))
    most = np.fmax.reduce(moved)
    same = (G[:, :-1] < 0) == (G[:, 1:] < 0)
    return same & (step > 0) & (size[:, :-1] + size[:, 1:] < pace * most)
