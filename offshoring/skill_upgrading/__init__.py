"""Offshoring and skill upgrading: heterogeneous workers sorted into heterogeneous firms."""

from offshoring.skill_upgrading.calibration import Targets, calibrate
from offshoring.skill_upgrading.economy import ClosedEconomy, OpenEconomy
from offshoring.skill_upgrading.equilibrium import Equilibria, Equilibrium
from offshoring.skill_upgrading.productivity import (
    ExponentialProductivity,
    GivenProductivity,
    PowerProductivity,
    Productivity,
)
from offshoring.skill_upgrading.regimes import REGIMES
from offshoring.skill_upgrading.skill import (
    ExponentialSkill,
    GivenSkill,
    LognormalSkill,
    ParetoSkill,
    Skill,
    UniformSkill,
)

__all__ = [
    "REGIMES",
    "ClosedEconomy",
    "Equilibria",
    "Equilibrium",
    "ExponentialProductivity",
    "ExponentialSkill",
    "GivenProductivity",
    "GivenSkill",
    "LognormalSkill",
    "OpenEconomy",
    "ParetoSkill",
    "PowerProductivity",
    "Productivity",
    "Skill",
    "Targets",
    "UniformSkill",
    "calibrate",
]
