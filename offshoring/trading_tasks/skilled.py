"""Both kinds of tasks that can be done abroad: parameters, rules, cutoffs (GRH08, Section III)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from offshoring.schedules import Schedule
from offshoring.trading_tasks.margin import warn_if_easier_abroad
from offshoring.validation import Array, Parameters, Value, freeze, kind_problems, positive

PROHIBITIVE = 1e100  # a cost shift at which no task ever leaves


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskTraders(Parameters):
    """An economy that can offshore L-tasks and, if ``schedule_H`` is given, H-tasks too."""

    schedule: Schedule
    beta: Value
    schedule_H: Any = None  # a Schedule, or nothing
    beta_H: Any = None  # a Value where schedule_H is given

    _numbers_of_H: ClassVar[tuple[str, ...]] = ("beta_H",)  # numbers that H-tasks need

    @property
    def moves_H(self) -> bool:
        """Whether H-tasks can be done abroad."""
        return self.schedule_H is not None

    def without_offshoring(self) -> Self:
        """The same economy with offshoring prohibitively dear."""
        prohibitive = {"beta": PROHIBITIVE} | ({"beta_H": PROHIBITIVE} if self.moves_H else {})
        return self.replace(**prohibitive)

    def _skill_rules(self) -> tuple[list[str], dict[str, tuple[ArrayLike, str]]]:
        """Problems with H-tasks in words, and the rules of their numbers; turns these to floats."""
        names = ("schedule_H", *self._numbers_of_H)
        given = [name for name in names if getattr(self, name) is not None]
        if not given:
            return [], {}
        missing = [name for name in names if name not in given]
        problems = []
        if missing:
            together = f"{', '.join(names[:-1])} and {names[-1]}"
            problems = [
                f"{together} must be given together or not at all, and {' and '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} missing"
            ]
        if "schedule_H" in given:
            problems += kind_problems(self, schedule_H=Schedule)
        numbers = [name for name in given if name != "schedule_H"]
        freeze(self, *numbers)
        return problems, {name: positive(getattr(self, name)) for name in numbers}

    def _warn_of_both_kinds(self) -> None:
        warn_if_easier_abroad(self, self.beta * self.schedule.t(0.0))
        if self.schedule_H is not None:
            warn_if_easier_abroad(self, self.beta_H * self.schedule_H.t(0.0), "beta_H t_H(0)")


@dataclass(frozen=True, kw_only=True, eq=False)
class SmallTaskTraders(TaskTraders):
    """Task traders who take foreign wages as given."""

    w_star: Value
    s_star: Any = None

    _numbers_of_H: ClassVar[tuple[str, ...]] = ("beta_H", "s_star")

    def log_marginal_cost_H(self, i: ArrayLike, m: ArrayLike | None = None) -> Array:
        """log(beta_H s* t_H(i) Omega_H(i)): GRH08-18 put into omega_H = s Omega_H(I_H)."""
        return np.log(self.beta_H * self.s_star * self.schedule_H.t_Omega(i, m))
