"""The last task (or migrant) to move: one root in u = -log(1 - I), common to all environments."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offshoring.roots import find_root_above
from offshoring.validation import Array

DEEP = 700.0  # range of u, and of log wages: e^-700 is nearly the smallest float


def find_margin(gap: Callable[[Array, NDArray[np.intp]], Array], points: NDArray[np.intp]) -> Array:
    """u = -log(1 - I) at each point, where the cost of moving one more reaches its worth.

    Parameters
    ----------
    gap : callable
        ``gap(u, point)``: log cost less log worth of the marginal one, not decreasing in u.
    points : array of int
        Points of the flat parameters.

    Returns
    -------
    array
        0 where nothing moves; infinity where even the last one wants to move; NaN where the margin
        is so close to the last one that 1 - I is no longer a float.
    """
    u = np.zeros(points.size)
    moving = points[gap(u, points) < 0]
    inside = gap(np.full(moving.size, np.inf), moving) > 0
    u[moving[~inside]] = np.inf
    u[moving[inside]] = find_root_above(gap, 0.0, DEEP, args=(moving[inside],))
    return u


def share_at(u: Array) -> tuple[Array, Array]:
    """The share I that has moved and m = 1 - I, each with all its digits."""
    return -np.expm1(-u), np.exp(-u)


def warn_if_easier_abroad(owner: object, first: Array, words: str = "beta t(0)") -> None:
    """Warn where beta t(0) < 1: the paper rules it out, the solvers do not need it."""
    if np.any(first < 1):
        warnings.warn(
            f"{type(owner).__name__}: {words} < 1 somewhere, so that the first task needs "
            "less labour abroad than at home; the paper rules this out (GRH08-1)",
            stacklevel=4,
        )
