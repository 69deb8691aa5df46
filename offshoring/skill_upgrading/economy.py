"""The economies: closed, and open to imported intermediates."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from offshoring.residuals import checked
from offshoring.skill_upgrading.curve import Search
from offshoring.skill_upgrading.equilibrium import Equilibria, Equilibrium
from offshoring.skill_upgrading.productivity import Productivity
from offshoring.skill_upgrading.skill import Skill
from offshoring.skill_upgrading.workforce import Workforce, workforce
from offshoring.validation import (
    Array,
    NoEquilibrium,
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
class _Economy(Parameters):
    """What the closed and the open economy share."""

    productivity: Productivity
    skill: Skill
    sigma: Value
    F_H: Value
    F_L: Value = 1.0
    workforce: Workforce = field(init=False, repr=False)

    def __post_init__(self) -> None:
        numbers = ("sigma", "F_H", "F_L", *self._further_numbers())
        freeze(self, *numbers)
        rules = {name: positive(getattr(self, name)) for name in ("F_L", "F_H")}
        rules["sigma"] = above_one(self.sigma)
        kinds = kind_problems(self, productivity=Productivity, skill=Skill)
        check(self, *kinds, self.shape_problem(), **rules | self._further_rules())
        check(self, F_H=(np.asarray(self.F_H) > self.F_L, "> F_L"))
        object.__setattr__(self, "workforce", workforce(self.productivity, self.skill))

    def _further_numbers(self) -> tuple[str, ...]:
        return ()

    def _further_rules(self) -> dict[str, tuple[ArrayLike, str]]:
        return {}


@dataclass(frozen=True, kw_only=True, eq=False)
class ClosedEconomy(_Economy):
    """Heterogeneous workers, low-tech and high-tech firms, no trade.

    Parameters
    ----------
    productivity : Productivity
        What each worker can do: ``ExponentialProductivity`` or another.
    skill : Skill
        How skill is distributed: ``ExponentialSkill`` or another.
    sigma : float or array
        Elasticity of substitution between varieties, > 1; pure number.
    F_H, F_L : float or array
        Fixed cost of a high-tech and of a low-tech firm, 0 < F_L < F_H; in units of its output.

    All parameters broadcast together; their common shape is that of the equilibrium.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule; or if the
        output of all workers is infinite.
    """

    def solve(self) -> Equilibrium:
        """The equilibrium; there is always one, and only one (JM-E1).

        Returns
        -------
        Equilibrium
            Fields have the broadcast shape of the parameters.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and the equilibrium is beyond floats. Array parameters
            carry NaN there, and a warning says so.

        Examples
        --------
        >>> from offshoring.skill_upgrading import ExponentialProductivity, ExponentialSkill
        >>> economy = ClosedEconomy(productivity=ExponentialProductivity(0.08, 0.30, 0.45),
        ...                         skill=ExponentialSkill(1.0), sigma=3, F_H=1.6)
        >>> eq = economy.solve()
        >>> [round(float(v), 10) for v in (eq.Z_1, eq.Z_2, eq.welfare)]
        [1.3122865102, 2.7555622457, 0.2273718822]
        """
        return self._open()._solved(type(self).__name__)[0]

    def _open(self) -> OpenEconomy:
        """The same economy if no firm can ever afford to offshore."""
        return OpenEconomy(
            productivity=self.productivity, skill=self.skill, sigma=self.sigma, F_H=self.F_H,
            F_L=self.F_L, theta=0.5, F_I=np.inf,  # no theta counts if nobody can pay F_I
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class OpenEconomy(_Economy):
    """The same economy where firms can buy intermediates in a low-wage South.

    Parameters
    ----------
    productivity, skill, sigma, F_H, F_L
        See :class:`ClosedEconomy`.
    theta : float or array
        Cost of a Southern intermediate, relative to a Northern one, strictly between 0 and 1.
    F_I : float or array
        Fixed cost of offshoring, >= 0 and perhaps inf; in units of the firm's output.

    All parameters broadcast together; their common shape is that of the equilibria.

    Raises
    ------
    ValueError
        One message that lists every parameter out of its range, its value and its rule; or if the
        output of all workers is infinite.
    """

    theta: Value
    F_I: Value

    def _further_numbers(self) -> tuple[str, ...]:
        return ("theta", "F_I")

    def _further_rules(self) -> dict[str, tuple[ArrayLike, str]]:
        return {"theta": open_unit(self.theta), "F_I": (np.asarray(self.F_I) >= 0, ">= 0")}

    def closed(self) -> ClosedEconomy:
        """The same economy without trade."""
        return ClosedEconomy(
            productivity=self.productivity, skill=self.skill, sigma=self.sigma, F_H=self.F_H,
            F_L=self.F_L,
        )  # fmt: skip

    def onset_cost(self, kind: str) -> Array:
        """C_j^A: a firm offshores if its headquarters cost less; < 0 if it never does.

        Raises
        ------
        ValueError
            If kind is neither 'L' nor 'H'.
        """
        if kind not in ("L", "H"):
            raise ValueError(f"kind = {kind!r} must be 'L' or 'H'")
        F = getattr(self, f"F_{kind}")
        gain = np.expm1(np.log1p(np.asarray(self.F_I) / F) / self.sigma)
        with np.errstate(divide="ignore"):
            return ((1 - np.asarray(self.theta)) / gain - self.theta)[()]

    def equilibria(self) -> Equilibria:
        """All equilibria, of all regimes, sorted by Z_1.

        There is always one, and their number is odd but where two meet, at a fold or at the edge of
        a regime. Two that are nearer to each other than a millionth in log C_H may be missed. A
        warning tells of points with an even number, and of those where the equilibrium is beyond
        floats: a C_L below 1e-308, or a sector of fewer workers at the very top than digits.

        Returns
        -------
        Equilibria
            Fields have the broadcast shape of the parameters and a last axis for the equilibria.

        Raises
        ------
        NoEquilibrium
            If all parameters are numbers and the equilibrium is beyond floats.

        Examples
        --------
        >>> from offshoring.skill_upgrading import ExponentialProductivity, ExponentialSkill
        >>> economy = OpenEconomy(productivity=ExponentialProductivity(0.08, 0.73, 0.79),
        ...                       skill=ExponentialSkill(1.0), sigma=3.75, F_H=1.2, theta=0.983,
        ...                       F_I=0.058)
        >>> eqs = economy.equilibria()
        >>> [round(float(eq.Z_1), 10) for eq in eqs], eqs.regime.tolist()
        ([1.9160786029, 2.1768735004, 3.0332216879], [2, 2, 3])
        """
        return self._solved(type(self).__name__)

    def _solved(self, name: str) -> Equilibria:
        """All equilibria of the economy that the user calls by a name."""
        eqs = Equilibria.stacked(self, "y_1", Search(self.flat()).run())
        self._tell(eqs, name)
        return checked(eqs, depth=4)

    def _tell(self, eqs: Equilibria, name: str) -> None:
        """Warn of points without an equilibrium in floats, and of an even number of them."""
        none, even = eqs.count == 0, (eqs.count > 0) & (eqs.count % 2 == 0)
        if none.any() and self.shape == ():
            raise NoEquilibrium(f"{name}: the equilibrium is beyond floats")
        for points, words in ((none, "no equilibrium in floats"), (even, "an even number of them")):
            if points.any():
                warnings.warn(
                    f"{name}: {words} at {points.sum()} of {points.size} points",
                    stacklevel=4,
                )
