"""Trading tasks (Grossman and Rossi-Hansberg 2008).

``SmallEconomy`` moves tasks and ``MigrationEconomy`` moves workers; both take goods prices as
given. ``LargeEconomy`` moves tasks between two countries that make world prices.
"""

from offshoring.trading_tasks.equilibria import MigrationEquilibrium, SmallEquilibrium
from offshoring.trading_tasks.large import LargeEconomy
from offshoring.trading_tasks.large_equilibrium import LargeEquilibrium
from offshoring.trading_tasks.small import MigrationEconomy, SmallEconomy

__all__ = [
    "LargeEconomy",
    "LargeEquilibrium",
    "MigrationEconomy",
    "MigrationEquilibrium",
    "SmallEconomy",
    "SmallEquilibrium",
]
