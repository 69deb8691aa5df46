"""A 2x2 matrix of unit inputs by name: labour and capital for one unit of X and of Y."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offshoring.validation import Array, Parameters, Value, check, freeze, not_negative, problem

ROUNDING = 1e-12  # what counts as zero, relative to numbers of the same kind

ENTRIES = ("LX", "LY", "KX", "KY")


@dataclass(frozen=True, eq=False)
class Inputs(Parameters):
    """Inputs for one unit of each good: row L or K, column X or Y.

    The entries broadcast together. Sums, differences and multiples of matrices are matrices again;
    they are not validated, so that a difference may have negative entries.

    Parameters
    ----------
    LX, LY : float or array
        Labour for one unit of X and of Y, finite and >= 0.
    KX, KY : float or array
        Capital for one unit of X and of Y, finite and >= 0.

    Raises
    ------
    ValueError
        One message that lists every entry out of its range, its value and its rule.

    Examples
    --------
    >>> A = Inputs(1, 0.6, 0.4, 1.2)
    >>> [round(float(v), 10) for v in A.outputs(10, 11)]
    [5.625, 7.2916666667]
    >>> [round(float(v), 10) for v in A.pay(1.8)]
    [0.5, 1.25]
    """

    LX: Value
    LY: Value
    KX: Value
    KY: Value

    def __post_init__(self) -> None:
        freeze(self, *ENTRIES)
        check(
            self,
            self.shape_problem(),
            **{name: not_negative(getattr(self, name)) for name in ENTRIES},
        )

    @property
    def det(self) -> Value:
        """Determinant a_LX a_KY - a_LY a_KX; > 0 if Y is the capital-intensive good."""
        return self.LX * self.KY - self.LY * self.KX

    @property
    def singular(self) -> NDArray[np.bool_]:
        """Where the two columns are proportional, up to rounding."""
        return np.abs(self.det) <= ROUNDING * (self.LX * self.KY + self.LY * self.KX)

    @property
    def kappa_X(self) -> Value:
        """Capital per worker in X; inf without workers (BRN-1)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(self.KX, self.LX)

    @property
    def kappa_Y(self) -> Value:
        """Capital per worker in Y; inf without workers (BRN-1)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(self.KY, self.LY)

    def outputs(self, L: Value, K: Value) -> tuple[Array, Array]:
        """X and Y that employ L and K fully, A^-1 (L, K)' (BRN-5); negative outside the cone."""
        return _solve(self.LX, self.LY, self.KX, self.KY, L, K)

    def pay(self, p: Value, p_X: Value = 1.0) -> tuple[Array, Array]:
        """w and r at which unit costs are p_X and p, A'^-1 (p_X, p)' (BRN-5)."""
        return _solve(self.LX, self.KX, self.LY, self.KY, p_X, p)

    def employment(self, X: Value, Y: Value) -> tuple[Value, Value]:
        """Labour and capital that the outputs X and Y use, A (X, Y)' (BRN-3)."""
        return self.LX * X + self.LY * Y, self.KX * X + self.KY * Y

    def costs(self, w: Value, r: Value) -> tuple[Value, Value]:
        """Cost of the inputs for one unit of X and of Y, A' (w, r)' (BRN-2)."""
        return self.LX * w + self.KX * r, self.LY * w + self.KY * r

    def plus(self, other: Inputs) -> Inputs:
        """Both matrices together, entry by entry."""
        return _inputs(*(a + b for a, b in zip(self._entries(), other._entries(), strict=True)))

    def minus(self, other: Inputs) -> Inputs:
        """What is left of this matrix without the other, entry by entry."""
        return _inputs(*(a - b for a, b in zip(self._entries(), other._entries(), strict=True)))

    def columns(self, chi_X: Value, chi_Y: Value) -> Inputs:
        """Each column times its factor, A diag(chi)."""
        X, Y = np.asarray(chi_X)[()], np.asarray(chi_Y)[()]
        return _inputs(self.LX * X, self.LY * Y, self.KX * X, self.KY * Y)

    def times(self, scale: Value) -> Inputs:
        """The matrix times one number."""
        return self.columns(scale, scale)

    def _entries(self) -> Iterator[Value]:
        return (getattr(self, name) for name in ENTRIES)


def _inputs(LX: Value, LY: Value, KX: Value, KY: Value) -> Inputs:
    """A matrix computed from others; it skips validation, which those have passed."""
    new = object.__new__(Inputs)
    for name, value in zip(ENTRIES, (LX, LY, KX, KY), strict=True):
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        object.__setattr__(new, name, value)
    return new


def _solve(a: Value, b: Value, c: Value, d: Value, e: Value, f: Value) -> tuple[Array, Array]:
    """x and y of a x + b y = e, c x + d y = f; no numbers to use if the equations are singular."""
    e, f = np.asarray(e)[()], np.asarray(f)[()]
    with np.errstate(all="ignore"):
        det = np.asarray(a * d - b * c)[()]
        x, y = (d * e - b * f) / det, (a * f - c * e) / det
        # Cramer's rule alone misses the two equations where the columns are nearly proportional:
        # solve once more for what is missing
        e, f = e - (a * x + b * y), f - (c * x + d * y)
        return x + (d * e - b * f) / det, y + (a * f - c * e) / det


def entry_problems(name: str, inputs: Inputs, whole: bool = False) -> list[str]:
    """Words on every entry that is negative or no number, or 0 in a whole technology."""
    problems = []
    for entry in ENTRIES:
        value = np.asarray(getattr(inputs, entry))
        ok, rule = (value > 0, "> 0") if whole else (value >= 0, ">= 0")
        problems.append(problem(f"{name}.{entry}", value, ok, rule))
    return problems
