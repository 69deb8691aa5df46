"""Solvers for models of offshoring: the package behind the book *Trading Tasks*.

>>> from offshoring.schedules import Linear
>>> from offshoring.technologies import CobbDouglas
>>> from offshoring.trading_tasks import SmallEconomy
>>> econ = SmallEconomy(schedule=Linear(a=1, b=1.2), beta=1.5, x=CobbDouglas(0.3),
...                     y=CobbDouglas(0.6), p=1.0, w_star=0.5, L=1.0, H=1.2)
>>> eq = econ.solve()
>>> eq.regime, round(eq.I, 6), round(eq.w, 6), round(eq.s, 6)
('both goods', 0.333333, 1.05, 1.0)
"""

from offshoring.validation import NoEquilibrium

__all__ = ["NoEquilibrium", "__version__"]
__version__ = "0.1.0"
