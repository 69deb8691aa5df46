"""Evidence for a claim: proved by algebra, verified by numbers, or reproduced from print.

Each function raises :class:`EvidenceError` when the claim fails and prints one line when it holds,

    GRH08-fn14 · proved · the difference is exactly zero

so that a chapter shows what it has shown, its test compares it, and the ledger of the book can be
made from what the executed chapters printed.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


class EvidenceError(AssertionError):
    """A claim that does not hold."""


def prove(ident: str, left: Any, right: Any = 0, claim: str = "") -> None:
    """Prove that two symbolic expressions are equal: their difference simplifies to exactly zero.

    Parameters
    ----------
    ident : str
        Id of the ledger's row.
    left, right : sympy expression or matrix
        Derivatives and integrals in them are carried out. Floating-point numbers are refused: a
        proof has none.
    claim : str, optional
        What is proved, in words for the reader.

    Raises
    ------
    EvidenceError
        If the difference does not simplify to zero (the message shows what is left), if a side is
        infinite or undefined, or if there is nothing to compare.
    TypeError
        If an expression contains floating-point numbers.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x")
    >>> prove("toy-1", sp.diff(x**2, x), 2 * x, "the slope of a square")
    toy-1 · proved · the slope of a square: the difference is exactly zero
    """
    import sympy as sp

    sides = [_entries(side, sp) for side in (left, right)]
    for side in sides:
        if any(entry.atoms(sp.Float) for entry in side):
            numbers = _plain(side)
            raise TypeError(f"{ident}: {numbers} has floating-point numbers, so nothing is proved")
    if sides[1] == [0]:
        sides[1] = [sp.S.Zero] * len(sides[0])
    if not sides[0] or len(sides[0]) != len(sides[1]):
        shapes = f"{len(sides[0])} against {len(sides[1])} expressions"
        raise EvidenceError(f"{ident}: not proved, there is nothing to compare: {shapes}")
    done = [[entry.doit() for entry in side] for side in sides]
    if any(entry.has(sp.nan, sp.zoo, sp.oo, -sp.oo) for side in done for entry in side):
        raise EvidenceError(f"{ident}: not proved, a side is infinite or undefined: {done}")
    rest = [_simplest(a - b, sp) for a, b in zip(*done, strict=True)]
    if any(entry != 0 for entry in rest):
        raise EvidenceError(f"{ident}: not proved, the difference is {_plain(rest)}")
    _print(ident, "proved", claim, "the difference is exactly zero")


def _entries(side: Any, sp: Any) -> list[Any]:
    """The expressions of one side: a matrix is compared entry by entry."""
    return [sp.sympify(entry) for entry in (side if hasattr(side, "shape") else [side])]


def _simplest(difference: Any, sp: Any) -> Any:
    """The difference as simple as it gets; the cheap way first."""
    expanded = sp.expand(difference)
    return expanded if expanded == 0 else sp.simplify(difference)


def _plain(entries: list[Any]) -> Any:
    return entries[0] if len(entries) == 1 else entries


def verify(
    ident: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    rtol: float,
    atol: float = 0.0,
    claim: str = "",
) -> None:
    """Verify that two numbers or arrays agree: ``|left - right| <= atol + rtol |right|``.

    Parameters
    ----------
    ident : str
        Id of the ledger's row.
    left, right : float or array
        They broadcast together. The right side sets the scale, so it should be the trusted route.
    rtol : float
        Largest relative error allowed; the chapter says why it is what it is.
    atol : float, optional
        Absolute error allowed besides, for values that may be zero.
    claim : str, optional
        What is verified, in words for the reader.

    Raises
    ------
    EvidenceError
        If an error is too large, or a value is not finite, or there is no value at all.
    ValueError
        If a tolerance is negative or not finite, or a side is complex or masked.

    Examples
    --------
    >>> verify("toy-2", [1.0, 2.0], [1.0, 2.0], rtol=1e-12)
    toy-2 · verified · 2 values, largest relative error 0 (allowed 1e-12)
    """
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not 0 <= tolerance < np.inf:
            raise ValueError(f"{ident}: {name} = {tolerance} must be finite and >= 0")
    for side in (left, right):
        if np.iscomplexobj(side) or np.ma.isMaskedArray(side):
            raise ValueError(f"{ident}: {side!r} must be real and without a mask")
    a, b = np.broadcast_arrays(np.asarray(left, dtype=float), np.asarray(right, dtype=float))
    if not a.size:
        raise EvidenceError(f"{ident}: not verified, there is no value to compare")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise EvidenceError(f"{ident}: not verified, some values are not finite")
    error = np.abs(a - b)
    bad = error > atol + rtol * np.abs(b)
    if bad.any():
        first = tuple(np.argwhere(bad)[0])
        raise EvidenceError(
            f"{ident}: not verified, {bad.sum()} of {bad.size} values differ by more than the "
            f"relative error {rtol:g} (absolute {atol:g}), first {a[first]!r} against {b[first]!r}"
        )
    scale = np.where(b == 0, 1.0, np.abs(b))
    count = "1 value" if a.size == 1 else f"{a.size} values"
    allowed = f"{rtol:g}" + (f", or absolute {atol:g}" if atol else "")
    words = f"{count}, largest relative error {(error / scale).max():.1e} (allowed {allowed})"
    _print(ident, "verified", claim, words.replace("error 0.0e+00", "error 0"))


def reproduce(ident: str, fact: str, holds: object) -> None:
    """State a fact of a figure or table and check that it holds.

    Parameters
    ----------
    ident : str
        Id of the ledger's row.
    fact : str
        The fact, in words and with its number.
    holds : bool or array of bool
        Whether it holds; of an array, everywhere.

    Raises
    ------
    EvidenceError
        If it does not hold.
    TypeError
        If ``holds`` is not made of truth values, or is empty: such a check could not fail.

    Examples
    --------
    >>> reproduce("toy-3", "the curve ends at 2", abs(1.999 - 2) < 0.005)
    toy-3 · reproduced · the curve ends at 2
    """
    truth = np.asarray(holds)
    if truth.dtype != bool or not truth.size:
        raise TypeError(f"{ident}: holds = {holds!r} must be True or False, or an array of these")
    if not truth.all():
        raise EvidenceError(f"{ident}: not reproduced: {fact}")
    _print(ident, "reproduced", "", fact)


def as_printed(values: ArrayLike, digits: str) -> NDArray[np.bool_]:
    """Whether numbers agree with printed ones: within half a unit of each last printed digit.

    Parameters
    ----------
    values : float or sequence
        The measured numbers.
    digits : str
        The printed numbers as they stand, separated by blanks; as many as values. The number of
        decimals is the tolerance: 1 allows 0.5 to 1.5, and 1.000 allows 0.9995 to 1.0005.

    Examples
    --------
    >>> as_printed([1 / 3, 1.26], "0.333 1.2")
    array([ True, False])
    """
    measured, words = np.atleast_1d(np.asarray(values, dtype=float)), digits.split()
    if not all(re.fullmatch(r"-?\d+(\.\d+)?", word) for word in words):
        raise ValueError(f"as_printed: {digits!r} must be plain decimal numbers")
    if measured.shape != (len(words),):
        raise ValueError(f"as_printed: {measured.size} values against {len(words)} in {digits!r}")
    unit = np.array([10.0 ** -len(word.partition(".")[2]) for word in words])
    slack = 1e-12  # a number that ends in 5 may be rounded either way
    return np.abs(measured - np.array(words, dtype=float)) <= (0.5 + slack) * unit


def _print(ident: str, kind: str, claim: str, words: str) -> None:
    # one write, line end included: a notebook may show two writes with a blank line between them
    print(f"{ident} · {kind} · {claim + ': ' if claim else ''}{words}\n", end="")
