"""Offshoring as shadow migration (Baldwin and Robert-Nicoud 2007).

``ServiceOffshoring`` and ``GoodsOffshoring`` move one task of each sector from Home, which is the
better at everything, to Foreign; ``HeckscherOhlin`` is the same world with trade in goods alone,
and ``ClosedEconomy`` has no trade. ``TwoWayOffshoring`` lets each country be the better at one
task, ``MonopolisticCompetition`` adds varieties. ``WorldEconomy`` finds the equilibrium of any
number of tasks in whatever regime it is.
"""

from offshoring.shadow_migration.closed import ClosedEconomy, ClosedEquilibrium
from offshoring.shadow_migration.heckscher_ohlin import HeckscherOhlin, TradeEquilibrium
from offshoring.shadow_migration.inputs import Inputs
from offshoring.shadow_migration.sampling import random_economies
from offshoring.shadow_migration.tasks_abroad import GoodsOffshoring, ServiceOffshoring
from offshoring.shadow_migration.tasks_equilibrium import (
    Exchange,
    GoodsEquilibrium,
    ServiceEquilibrium,
)
from offshoring.shadow_migration.two_way import TwoWayEquilibrium, TwoWayOffshoring
from offshoring.shadow_migration.varieties import (
    MonopolisticCompetition,
    VarietyEquilibrium,
    markup,
)
from offshoring.shadow_migration.world_equilibrium import (
    Activity,
    Task,
    WorldEconomy,
    WorldEquilibrium,
)

__all__ = [
    "Activity",
    "ClosedEconomy",
    "ClosedEquilibrium",
    "Exchange",
    "GoodsEquilibrium",
    "GoodsOffshoring",
    "HeckscherOhlin",
    "Inputs",
    "MonopolisticCompetition",
    "ServiceEquilibrium",
    "ServiceOffshoring",
    "Task",
    "TradeEquilibrium",
    "TwoWayEquilibrium",
    "TwoWayOffshoring",
    "VarietyEquilibrium",
    "WorldEconomy",
    "WorldEquilibrium",
    "markup",
    "random_economies",
]
