"""Task trade between similar countries (Grossman and Rossi-Hansberg 2012).

``SimilarCountries`` finds every equilibrium of two countries whose firms share tasks.
``TaskLocation`` says where one task is done at given wages and outputs, and which deviations defeat
the other places; ``FourFirms`` solves a finite version of that game by backward induction.
"""

from offshoring.similar_countries.closed_forms import EqualWageFamily
from offshoring.similar_countries.equilibria import Equilibria
from offshoring.similar_countries.equilibrium import Equilibrium
from offshoring.similar_countries.four_firms import FourFirms
from offshoring.similar_countries.location import TaskLocation
from offshoring.similar_countries.world import SimilarCountries

__all__ = [
    "EqualWageFamily",
    "Equilibria",
    "Equilibrium",
    "FourFirms",
    "SimilarCountries",
    "TaskLocation",
]
