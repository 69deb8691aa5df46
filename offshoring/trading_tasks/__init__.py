"""Trading tasks (Grossman and Rossi-Hansberg 2008).

Economies that take prices as given: ``SmallEconomy`` makes two goods or one of them,
``SpecializedEconomy`` one. Both move L-tasks and, if asked, H-tasks; ``MigrationEconomy`` moves
workers instead. ``LargeEconomy`` moves tasks between two countries that make world prices.
"""

from offshoring.trading_tasks.equilibria import (
    MigrationEquilibrium,
    SmallEquilibrium,
    SpecializedEquilibrium,
)
from offshoring.trading_tasks.hats import Hats
from offshoring.trading_tasks.large import LargeEconomy
from offshoring.trading_tasks.large_equilibrium import LargeEquilibrium
from offshoring.trading_tasks.small import MigrationEconomy, SmallEconomy, SpecializedEconomy

__all__ = [
    "Hats",
    "LargeEconomy",
    "LargeEquilibrium",
    "MigrationEconomy",
    "MigrationEquilibrium",
    "SmallEconomy",
    "SmallEquilibrium",
    "SpecializedEconomy",
    "SpecializedEquilibrium",
]
