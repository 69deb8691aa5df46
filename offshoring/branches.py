"""Several equilibria a point: one axis for them, the last, filled up where there are fewer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from operator import index
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from offshoring.validation import Array

One = TypeVar("One")
Change = Callable[[NDArray[Any]], NDArray[Any]]


def missing(dtype: np.dtype[Any]) -> Any:
    """What stands where there is no equilibrium: no word, -1 or NaN."""
    return {"U": "", "i": -1}.get(dtype.kind, np.nan)


def stack(
    shape: tuple[int, ...], point: NDArray[np.intp], key: Array, rows: dict[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Arrays of a shape with one more axis from rows, each at a point; sorted by a key there."""
    order = np.lexsort((key, point))
    point = point[order]
    size = int(np.prod(shape))
    count = np.bincount(point, minlength=size)
    rank = np.arange(point.size) - np.repeat(np.cumsum(count) - count, count)
    width = int(count.max(initial=1))
    values = {}
    for name, row in rows.items():
        whole = np.full((size, width), missing(row.dtype), dtype=row.dtype)
        whole[point, rank] = row[order]
        values[name] = whole.reshape(*shape, width)
    return values


class Branches(Generic[One]):
    """Equilibria along the last axis; ``one[k]`` is the k-th at every point.

    The equilibria of a single economy can be iterated over.
    """

    economy: Any
    one: ClassVar[type]  # class of the equilibria without their axis

    @property
    @abstractmethod
    def exists(self) -> NDArray[np.bool_]:
        """Where there is an equilibrium."""

    @classmethod
    def stacked(cls, economy: Any, key: str, rows: Mapping[str, NDArray[Any]]) -> Self:
        """All equilibria of an economy from one row each, sorted by the key at every point.

        Among the rows 'point' says where each belongs.
        """
        others = {name: row for name, row in rows.items() if name != "point"}
        values: dict[str, Any] = dict(stack(economy.shape, rows["point"], rows[key], others))
        return cls(**values | {"economy": economy._map(lambda value: value[..., None])})

    def _changed(self, change: Change, economy: Any) -> dict[str, Any]:
        """All fields, each changed but the economy, which is given."""
        names = [f.name for f in fields(self) if f.name != "economy"]  # type: ignore[arg-type]
        return {"economy": economy} | {name: change(getattr(self, name)) for name in names}

    def _taken(self, change: Change) -> One:
        """The equilibria without their axis, each field changed."""
        economy = self.economy._map(lambda value: value[..., 0])
        found: One = self.one(**self._changed(change, economy))
        return found

    @property
    def count(self) -> NDArray[np.intp]:
        """Number of equilibria at every point."""
        return self.exists.sum(axis=-1)

    @abstractmethod
    def _path(self) -> tuple[Array, Array]:
        """Along a path: where the equilibria are, and a number that only a fold changes."""

    def follow(self) -> Self:
        """The same equilibria along a path of economies, so that each column is one curve.

        Neighbours on the path are joined if they have the same stability, as they have but for a
        fold, and are nearest. Where a curve ends, its column goes on with NaN.

        Raises
        ------
        ValueError
            If the parameters are not a row.
        """
        if np.ndim(self.exists) != 2:
            raise ValueError(
                f"follow: the parameters have shape {np.shape(self.exists)[:-1]} and must be one "
                "row"
            )
        tracks = _tracks(*self._path())
        none = tracks < 0

        def moved(value: NDArray[Any]) -> NDArray[Any]:
            along = np.take_along_axis(value, np.maximum(tracks, 0), axis=1)
            return np.where(none, missing(value.dtype), along)

        return type(self)(**self._changed(moved, self.economy))

    def __len__(self) -> int:
        """Length of the branch axis: the largest number of equilibria at any point."""
        return int(np.shape(self.exists)[-1])

    def __getitem__(self, k: int) -> One:
        """The k-th equilibrium at every point; k is one whole number."""
        place = index(k)
        return self._taken(lambda value: value[..., place])

    def __iter__(self) -> Iterator[One]:
        return (self[k] for k in range(len(self)))

    def pick(self, where: NDArray[np.bool_]) -> One:
        """The one equilibrium at every point for which a condition holds; NaN where there is none.

        Parameters
        ----------
        where : array of bool
            The condition, of the shape of the fields.

        Raises
        ------
        ValueError
            If it holds for several equilibria at some point, or has another shape.
        """
        where, shape = np.asarray(where), np.shape(self.exists)
        if where.dtype != bool or where.shape != shape:
            raise ValueError(
                f"pick: the condition is {where.dtype} of shape {where.shape} and must be bool of "
                f"shape {shape}"
            )
        where = where & self.exists
        number = where.sum(axis=-1)
        if np.any(number > 1):
            raise ValueError(
                f"pick: the condition holds for {number.max()} equilibria at some point and must "
                "hold for at most one"
            )
        first, none = where.argmax(axis=-1)[..., None], (number == 0)

        def chosen(value: NDArray[Any]) -> NDArray[Any]:
            one = np.take_along_axis(value, first, axis=-1)[..., 0]
            return np.where(none, missing(value.dtype), one)[()]

        return self._taken(chosen)


def _tracks(place: Array, stability: Array) -> NDArray[np.intp]:
    """For each point of a path and each curve, the place of the equilibrium; -1 where none."""
    tracks: list[NDArray[np.intp]] = []  # one row a curve
    ends: dict[int, int] = {}  # curve: its place at the last point
    for point in range(len(place)):
        here = np.flatnonzero(np.isfinite(place[point]))
        curves = list(ends)
        before = [ends[curve] for curve in curves]
        apart = (
            np.abs(place[point, here] - place[point - 1, before, None])
            if point
            else np.empty((0, 0))
        )
        turned = stability[point, here] != stability[point - 1, before, None] if point else apart
        rows, columns = linear_sum_assignment(apart + 1e6 * turned) if point else ([], [])
        joined = {
            int(here[j]): curves[i] for i, j in zip(rows, columns, strict=True) if not turned[i, j]
        }
        ends = {}
        for spot in here.tolist():
            if spot not in joined:
                joined[spot] = len(tracks)
                tracks.append(np.full(len(place), -1))
            tracks[joined[spot]][point] = spot
            ends[joined[spot]] = spot
    return np.array(tracks, dtype=int).reshape(len(tracks), len(place)).T
