"""Roots of many equations at once, each in a bracket of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise

from offshoring.validation import Array

Residual = Callable[..., Any]


def find_root(
    residual: Residual, low: ArrayLike, high: ArrayLike, args: tuple[ArrayLike, ...] = ()
) -> Array:
    """Root of an elementwise function between two points, for every element.

    Parameters
    ----------
    residual : callable
        ``residual(x, *args)``, elementwise. Solved elements are dropped on the way, so every
        array it needs must come through ``args``, never by closure.
    low, high : float or array
        Ends of the brackets; they broadcast with each other and with ``args``.
    args : tuple of arrays
        Further arguments of ``residual``.

    Returns
    -------
    array
        The roots, of the common shape: points where the residual changes sign. Where it is
        continuous and monotone that is the only root in the bracket; a jump over zero counts too.

    Raises
    ------
    ValueError
        If the residual has the same sign (or no value) at both ends of some bracket, or if the
        bracket does not shrink within the allowed number of steps. The message shows the first
        such bracket and both residuals.

    Notes
    -----
    The method is Chandrupatla's, from ``scipy.optimize.elementwise``, with its default tolerances:
    the bracket shrinks to a few units in the last place of the root.

    Examples
    --------
    >>> find_root(lambda x, a: x * x - a, 0.0, [2.0, 3.0], args=([1.0, 4.0],))
    array([1., 2.])
    """
    found, low, high = _search(residual, low, high, args, None)
    _check(found, low, high)
    return np.asarray(found.x, dtype=float)[()]


def narrow(
    residual: Residual,
    low: ArrayLike,
    high: ArrayLike,
    args: tuple[ArrayLike, ...] = (),
    *,
    width: float,
) -> tuple[Array, Array]:
    """A bracket no wider than ``width`` round the root between two points, for every element.

    For roots that are needed roughly, with a guarantee. See :func:`find_root` for the rest.

    Returns
    -------
    tuple of arrays
        Lower and upper ends, between which the residual changes sign; the same point twice where
        the method met the root itself.

    Examples
    --------
    >>> left, right = narrow(lambda x: x * x - 2, 0.0, 2.0, width=0.1)
    >>> bool(left < 2**0.5 < right), bool(right - left <= 0.1)
    (True, True)
    """
    found, low, high = _search(residual, low, high, args, {"xatol": width})
    _check(found, low, high)
    (left, right), exact = found.bracket, found.f_x == 0
    return np.where(exact, found.x, left)[()], np.where(exact, found.x, right)[()]


def find_root_above(
    residual: Residual, low: float, limit: float, args: tuple[NDArray[Any], ...]
) -> Array:
    """Root of an increasing elementwise function that is negative at ``low``.

    The bracket grows from ``[low, low + 1]`` by doubling until the residual changes sign; elements
    without a sign change up to ``limit`` come back as NaN. ``args`` are rows of equal length. See
    :func:`find_root` for the rest.

    Examples
    --------
    >>> find_root_above(lambda x, a: x - a, 0.0, 50.0, args=(np.array([0.5, 20.0, 99.0]),))
    array([ 0.5, 20. ,  nan])
    """
    result = np.full(args[0].shape, np.nan)
    low_end = np.full(args[0].shape, low)
    open_, width = np.arange(result.size), 1.0
    while open_.size:
        high = min(low + width, limit)
        part = tuple(a[open_] for a in args)
        crossed = residual(np.full(open_.size, high), *part) >= 0
        done = open_[crossed]
        result[done] = find_root(residual, low_end[done], high, args=tuple(a[done] for a in args))
        open_ = open_[~crossed]
        low_end[open_] = high
        if high == limit:
            break
        width *= 2
    return result


def _search(
    residual: Residual,
    low: ArrayLike,
    high: ArrayLike,
    args: tuple[ArrayLike, ...],
    tolerances: dict[str, float] | None,
) -> tuple[Any, Array, Array]:
    """What scipy finds, and the ends of the brackets in the common shape."""
    low, high, *rest = np.broadcast_arrays(*(np.asarray(a) for a in (low, high, *args)))
    low, high = low.astype(float), high.astype(float)
    with np.errstate(invalid="ignore"):  # inside the method: a square root that rounds below zero
        found = elementwise.find_root(
            residual, (low, high), args=tuple(rest), tolerances=tolerances
        )
    return found, low, high


def _check(found: Any, low: Array, high: Array) -> None:
    bad = ~np.asarray(found.success)
    if not bad.any():
        return
    left, right = found.bracket
    f_left, f_right = found.f_bracket
    first = tuple(np.argwhere(bad)[0])
    a, b, fa, fb = (float(np.asarray(v)[first]) for v in (left, right, f_left, f_right))
    count = f" ({bad.sum()} of {bad.size} brackets)" if bad.ndim else ""
    words = {-1: "no sign change", -2: "no convergence", -3: "no value"}
    what = words[int(np.asarray(found.status)[first])]
    raise ValueError(
        f"find_root: {what} between x = {low[first]:.6g} and x = {high[first]:.6g}{count}: "
        f"the residual is {fa:.6g} at {a:.6g} and {fb:.6g} at {b:.6g}"
    )
