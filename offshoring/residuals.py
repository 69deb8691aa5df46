"""Residuals: what counts as an error of an equilibrium condition, and a warning if one is large."""

from __future__ import annotations

import warnings
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from offshoring.validation import Array, Value


class _Solved(Protocol):
    @property
    def exists(self) -> NDArray[np.bool_]: ...

    def residuals(self) -> dict[str, Array]: ...


Result = TypeVar("Result", bound=_Solved)


def at_margin(gap: Array, I: Value) -> Array:
    """The gap at the margin; at the corner I = 0 only a task that wants to leave is an error."""
    return np.where(np.asarray(I) > 0, gap, np.minimum(gap, 0))[()]


def zero_profit(loss: Array, output: Array) -> Array:
    """The relative loss where the good is made; where it is not, only a profit is an error."""
    return np.where(output > 0, loss, np.minimum(loss, 0))[()]


def larger(first: Array, *others: Array) -> Array:
    """Of several errors the one that is largest in size, elementwise; NaN where any is."""
    for other in others:
        first = np.where((np.abs(first) > np.abs(other)) | np.isnan(first), first, other)[()]
    return first


def checked(eq: Result, depth: int = 3) -> Result:
    """The equilibrium itself, with a warning if a residual is a thousand times what is promised.

    A residual that is no number counts as infinite where there is an equilibrium. The warning
    points at the line ``depth`` calls up.
    """
    residuals = {
        name: np.where(np.isnan(r) & eq.exists, np.inf, np.abs(r))
        for name, r in eq.residuals().items()
    }
    worst = np.asarray(np.fmax.reduce(list(residuals.values())))
    bad = worst > 1e-9
    if bad.any():
        largest = np.nanmax(worst)
        name = next(name for name, r in residuals.items() if np.any(r == largest))
        warnings.warn(
            f"{type(eq).__name__}: the largest residual is {largest:.1e} ({name}), above 1e-9 at "
            f"{bad.sum()} of {bad.size} points: rounding is magnified there, as by a nearly "
            "vertical or nearly flat schedule or a cost share near zero, or a value is beyond "
            "floats",
            stacklevel=depth,
        )
    return eq
