"""Trading tasks (Grossman and Rossi-Hansberg 2008).

Economies that take prices as given: ``SmallEconomy`` makes two goods or one of them,
``SpecializedEconomy`` one. Both move L-tasks and, if asked, H-tasks; ``MigrationEconomy`` moves
workers instead. ``SpecificFactorsEconomy`` has a third factor, and in ``IndustryEconomy`` each
industry has a schedule of its own. ``LargeEconomy`` moves tasks between two countries that make
world prices, and ``TaxedEconomy`` taxes what crosses the border between them.
"""

from offshoring.trading_tasks.hats import Hats
from offshoring.trading_tasks.industries import IndustryEconomy
from offshoring.trading_tasks.industry_equilibrium import IndustryEquilibrium
from offshoring.trading_tasks.large import LargeEconomy
from offshoring.trading_tasks.large_equilibrium import LargeEquilibrium
from offshoring.trading_tasks.small import MigrationEconomy, SmallEconomy, SpecializedEconomy
from offshoring.trading_tasks.small_equilibrium import (
    MigrationEquilibrium,
    SmallEquilibrium,
    SpecializedEquilibrium,
)
from offshoring.trading_tasks.specific_equilibrium import SpecificFactorsEquilibrium
from offshoring.trading_tasks.specific_factors import SpecificFactorsEconomy
from offshoring.trading_tasks.taxed_equilibrium import TaxedEquilibrium
from offshoring.trading_tasks.trade_taxes import TaxedEconomy

__all__ = [
    "Hats",
    "IndustryEconomy",
    "IndustryEquilibrium",
    "LargeEconomy",
    "LargeEquilibrium",
    "MigrationEconomy",
    "MigrationEquilibrium",
    "SmallEconomy",
    "SmallEquilibrium",
    "SpecializedEconomy",
    "SpecializedEquilibrium",
    "SpecificFactorsEconomy",
    "SpecificFactorsEquilibrium",
    "TaxedEconomy",
    "TaxedEquilibrium",
]
