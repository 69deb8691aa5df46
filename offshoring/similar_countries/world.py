"""Two countries that trade tasks, and all their equilibria."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from offshoring.residuals import checked
from offshoring.schedules import Schedule
from offshoring.similar_countries.bounds import FARTHEST
from offshoring.similar_countries.closed_forms import EqualWageFamily, equal_wage_family
from offshoring.similar_countries.equilibria import Equilibria
from offshoring.similar_countries.location import distance_problems
from offshoring.similar_countries.search import all_rows, side_of
from offshoring.validation import (
    Array,
    Parameters,
    Value,
    above_one,
    check,
    freeze,
    kind_problems,
    open_unit,
    positive,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class SimilarCountries(Parameters):
    """Task trade between two countries, East and West (starred), whose wage is the numeraire.

    All firms perform the same tasks. A task that is done X times in a country needs X^-theta
    hours there, and beta t(i) as many for a firm with headquarters in the other country.

    Parameters
    ----------
    schedule : Schedule
        Relative cost t(i) of doing task i away from headquarters; strictly increasing.
    beta : float or array
        Shift of all offshoring costs; beta t(0) >= 1, pure number.
    theta : float or array
        Elasticity of external economies, strictly between 0 and 1.
    sigma : float or array
        Elasticity of substitution between varieties, > 1.
    L, H, L_star, H_star : float or array
        Workers and managers in East and in West, > 0. A warning is given if H / L differs from
        H* / L*: the countries are not similar then, Lemma 2 can fail, and equal wages need not
        mean equal outputs.
    f : float or array
        Managers that a firm needs, > 0.

    The array parameters (also those of the schedule) broadcast together.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule.

    Examples
    --------
    >>> from offshoring.schedules import Linear
    >>> econ = SimilarCountries(schedule=Linear(a=1, b=1), beta=1.1, theta=0.8, sigma=2.0, f=1.0,
    ...                         L=1.02, H=1.02, L_star=0.98, H_star=0.98)
    >>> eqs = econ.equilibria()
    >>> eqs.w.round(6), [str(kind) for kind in eqs.kind]
    (array([0.964993, 1.      , 1.094674]), ['offshoring', 'equal wages', 'offshoring'])
    """

    schedule: Schedule
    beta: Value
    theta: Value
    sigma: Value
    L: Value
    H: Value
    L_star: Value
    H_star: Value
    f: Value

    def __post_init__(self) -> None:
        kinds = kind_problems(self, schedule=Schedule)
        names = ("beta", "theta", "sigma", "L", "H", "L_star", "H_star", "f")
        freeze(self, *names)
        rules = {name: positive(getattr(self, name)) for name in names}
        rules["theta"] = open_unit(self.theta)
        rules["sigma"] = above_one(self.sigma)
        check(self, *kinds, self.shape_problem(), **rules)
        check(self, *distance_problems(self.schedule, self.beta))
        uneven = np.abs(np.log(self.H / self.L) - np.log(self.H_star / self.L_star)) > 1e-12
        if np.any(uneven):
            warnings.warn(
                f"SimilarCountries: H / L differs from H* / L* at {np.sum(uneven)} of "
                f"{np.size(uneven)} points. The countries are not similar there: Lemma 2 need not "
                "hold, and equal wages need not mean equal outputs",
                stacklevel=3,
            )

    def mirror(self) -> Self:
        """The same world with the names of the countries exchanged (GRH12-fn19)."""
        return self.replace(L=self.L_star, H=self.H_star, L_star=self.L, H_star=self.H)

    def equilibria(self) -> Equilibria:
        """All equilibria, sorted by East's wage along the last axis.

        Returns
        -------
        Equilibria
            Fields have the broadcast shape of the parameters and one more axis, as long as the
            largest number of equilibria at any point; NaN after the last.

        Notes
        -----
        Given u = log(N / N*), the wage that clears the labour markets is one bracketed root, and
        GRH12-DEM leaves one function G(u). Its roots are bracketed by a scan of each side of
        u = 0, which ends where no equilibrium can be, or at 300. Its two jumps are filled by the
        two equilibria in closed form: no offshoring, and the family with equal wages, which counts
        as one. The number of equilibria is odd but for knife edges (tangencies and borders). Where
        it comes out even, the scan is repeated with many more nodes, and a warning is given if it
        stays even. An odd number is no proof that nothing was missed: two roots between the same
        nodes can be, if G turns between them much faster than its slopes at the nodes tell.
        Work is done in blocks, so memory does not grow with the grid but for the answer. A warning
        is given if a residual is above 1e-9.
        """
        return checked(Equilibria.of(self, all_rows(self)))

    def equal_wage_family(self) -> EqualWageFamily:
        """Measures and bounds of the equal-wage equilibria, and whether there are any (GRH12-EW).

        Returns
        -------
        EqualWageFamily
            Attributes have the broadcast shape of the parameters.
        """
        return equal_wage_family(side_of(self))

    def excess(self, u: ArrayLike) -> Array:
        """G(u) of GRH12-DEM at the wage that clears the labour markets, for a single world.

        An equilibrium is a root, or a jump over zero: at u = 0 if wages are equal there, and at
        log(L / L*) / (1 - theta) if nothing is offshored there. At a jump the value is that on
        one side of it.

        Parameters
        ----------
        u : array
            log(N / N*), of any sign.

        Raises
        ------
        ValueError
            If the parameters are arrays, or some u is not within [-300, 300].
        """
        if self.shape:
            raise ValueError(f"excess: the parameters have shape {self.shape} and must be numbers")
        u = np.asarray(u, dtype=float)
        outside = ~(np.abs(u) <= FARTHEST)
        if outside.any():
            raise ValueError(f"excess: u = {u[outside].flat[0]:g} must be within [-300, 300]")
        flat, G = np.abs(u).ravel(), np.empty(u.size)
        for sign in (1, -1):
            here = (u.ravel() >= 0) == (sign > 0)
            side = side_of(self, int(here.sum()), mirrored=sign < 0)
            G[here] = sign * side.excess_exact(flat[here])
        return G.reshape(u.shape)[()]
