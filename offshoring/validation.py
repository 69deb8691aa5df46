"""Parameters that are checked once, in words, and cannot change afterwards."""

from __future__ import annotations

import copy
from abc import ABC
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Value = float | Array  # one number, or an array that broadcasts with the others


class NoEquilibrium(ValueError):
    """Admissible parameters for which no equilibrium of the promised kind exists."""


def freeze(owner: object, *names: str) -> None:
    """Turn the named fields of a frozen dataclass into floats or read-only float arrays.

    Raises
    ------
    ValueError
        One message for all fields that are not numbers.
    """
    problems = []
    for name in names:
        raw = getattr(owner, name)
        value = numbers(raw)
        if value is None:
            problems.append(f"{name} = {raw!r} must be a number or an array of numbers")
            continue
        value.flags.writeable = False
        object.__setattr__(owner, name, value if value.ndim else float(value))
    _raise(owner, problems)


def array_names(owner: Any) -> list[str]:
    """Fields of a dataclass annotated as ``Array``, in a module of deferred annotations."""
    return [field.name for field in fields(owner) if field.type == "Array"]


def numbers(raw: object) -> Array | None:
    """A float copy of a number or an array of numbers; nothing if it is anything else."""
    if np.ma.isMaskedArray(raw):
        return None  # the mask would be lost
    try:
        value = np.array(raw)
    except ValueError:  # ragged nested lists
        return None
    exact = value.dtype == object and all(
        isinstance(entry, Real) and not isinstance(entry, bool) for entry in value.flat
    )
    try:
        return value.astype(float) if exact or value.dtype.kind in "iuf" else None
    except OverflowError:  # an integer beyond floats
        return None


def check(owner: object, *others: str, **rules: tuple[ArrayLike, str]) -> None:
    """Raise one ``ValueError`` that lists every parameter breaking its rule.

    Parameters
    ----------
    owner
        The object whose fields are checked.
    *others
        Problems found elsewhere, already in words; an empty string is no problem.
    **rules
        Field name to ``(ok, rule in words)``; ``ok`` has the shape of the field or broader.
    """
    problems = [problem(name, getattr(owner, name), *rule) for name, rule in rules.items()]
    _raise(owner, [words for words in (*problems, *others) if words])


def problem(name: str, value: ArrayLike, ok: ArrayLike, rule: str) -> str:
    """Words on a number that breaks its rule; empty if it does not."""
    bad = ~np.asarray(ok)
    if not bad.any():
        return ""
    worst = np.broadcast_to(value, bad.shape)[bad].flat[0]
    count = f" ({bad.sum()} of {bad.size} values)" if bad.ndim else ""
    return f"{name} = {worst:g}{count} must be {rule}"


def positive(value: Value) -> tuple[ArrayLike, str]:
    """The rule of a number that must be finite and > 0, for :func:`check`."""
    return np.isfinite(value) & (np.asarray(value) > 0), "finite and > 0"


def not_negative(value: Value) -> tuple[ArrayLike, str]:
    """The rule of a number that must be finite and >= 0, for :func:`check`."""
    return np.isfinite(value) & (np.asarray(value) >= 0), "finite and >= 0"


def above_one(value: Value) -> tuple[ArrayLike, str]:
    """The rule of a number that must be finite and > 1, for :func:`check`."""
    return np.isfinite(value) & (np.asarray(value) > 1), "finite and > 1"


def at_least_one(value: Value) -> tuple[ArrayLike, str]:
    """The rule of a number that must be finite and >= 1, for :func:`check`."""
    return np.isfinite(value) & (np.asarray(value) >= 1), "finite and >= 1"


def open_unit(value: Value) -> tuple[ArrayLike, str]:
    """The rule of a share or weight strictly between 0 and 1, for :func:`check`."""
    return (np.asarray(value) > 0) & (np.asarray(value) < 1), "strictly between 0 and 1"


def kind_problems(owner: object, **kinds: type) -> list[str]:
    """Words on every named field that is not of its kind."""
    return [
        f"{name} = {getattr(owner, name)!r} must be {article(kind.__name__)}"
        for name, kind in kinds.items()
        if not isinstance(getattr(owner, name), kind)
    ]


def article(noun: str) -> str:
    """The noun with a or an."""
    return f"{'an' if noun[0] in 'AEIOU' else 'a'} {noun}"


def _raise(owner: object, problems: list[str]) -> None:
    if problems:
        raise ValueError(f"{type(owner).__name__}: " + "; ".join(problems))


@dataclass(frozen=True, eq=False)
class Parameters(ABC):  # noqa: B024 (abstract methods of subclasses count)
    """Base of everything that is described by parameters: schedules, technologies, models.

    Numbers and arrays may be mixed; arrays broadcast together, also across the
    parts of a model (its schedule and its technologies).
    """

    def replace(self, **changes: Any) -> Self:
        """The same object with some parameters changed, and validated again."""
        return replace(self, **changes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Common shape of all parameters; ``()`` if all are plain numbers."""
        return np.broadcast_shapes(*(value.shape for _, value in self._arrays()))

    def shape_problem(self) -> str:
        """Words on parameters whose shapes do not broadcast together; empty if they do."""
        try:
            np.broadcast_shapes(*(value.shape for _, value in self._arrays()))
        except ValueError:
            shapes = ", ".join(f"{name} {value.shape}" for name, value in self._arrays())
            return f"the shapes {shapes} must broadcast together"
        return ""

    def flat(self) -> Self:
        """The same parameters with every array broadcast to the common shape, then one long row."""
        shape = self.shape
        return self._map(lambda value: np.broadcast_to(value, shape).ravel())

    def take(self, points: NDArray[np.intp]) -> Self:
        """The parameters at some points of a :meth:`flat` object only."""
        return self._map(lambda value: value[points])

    def _arrays(self, prefix: str = "") -> Iterator[tuple[str, Array]]:
        for field in fields(self):
            value = getattr(self, field.name, None)  # None: not derived yet
            if isinstance(value, Parameters):
                yield from value._arrays(f"{prefix}{field.name}.")
            elif isinstance(value, np.ndarray):
                yield prefix + field.name, value

    def _map(self, change: Callable[[Array], Array]) -> Self:
        """A copy with every array changed; it skips validation, which the original has passed."""
        new = copy.copy(self)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Parameters):
                object.__setattr__(new, field.name, value._map(change))
            elif isinstance(value, np.ndarray):
                object.__setattr__(new, field.name, change(value))
        return new
