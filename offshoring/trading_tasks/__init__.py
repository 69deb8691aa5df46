"""Trading tasks (Grossman and Rossi-Hansberg 2008).

``SmallEconomy`` moves tasks, ``MigrationEconomy`` moves workers; both take goods prices as given.
"""

from offshoring.trading_tasks.equilibria import MigrationEquilibrium, SmallEquilibrium
from offshoring.trading_tasks.small import MigrationEconomy, SmallEconomy

__all__ = ["MigrationEconomy", "MigrationEquilibrium", "SmallEconomy", "SmallEquilibrium"]
