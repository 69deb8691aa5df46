"""Random economies: the one sampling measure that the chapters and tests of this model share.

A share of random economies means nothing without the measure that drew them, so there is one, and
it has this description:

- unit inputs a_ij log-uniform on [0.2, 5], columns in the order that makes kappa_Y > kappa_X;
- a task's share in each input uniform on [0, 0.6];
- gamma uniform on [1.1, 4], alpha on [0.05, 0.95];
- L = 1, L_star log-uniform on [0.3, 30];
- k log-uniform on [kappa_X, kappa_Y], k_star log-uniform on [kappa_X, k].

About one in nine has an equilibrium with both goods made everywhere and every factor paid.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from offshoring.shadow_migration.inputs import ENTRIES, Inputs
from offshoring.shadow_migration.tasks_abroad import GoodsOffshoring, ServiceOffshoring
from offshoring.validation import Array

Model = TypeVar("Model", ServiceOffshoring, GoodsOffshoring)

COSTS = ("one", "common", "by sector")
TASKS = ("all", "X", "Y", "L", "K", "neutral")


def random_economies(
    rng: np.random.Generator,
    n: int,
    model: type[Model] = ServiceOffshoring,  # type: ignore[assignment]
    *,
    chi: str = "one",
    tasks: str = "all",
) -> Model:
    """Draw n economies by the measure described at the top of the module.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws. The same state gives the same economies for each choice of ``model``,
        ``chi`` and ``tasks``, but for what these choices change.
    n : int
        How many, >= 1.
    model : ServiceOffshoring or GoodsOffshoring
        Class of the economies.
    chi : str
        Coordination costs: 'one', no cost; 'common', uniform on [1, gamma] and the same in both
        sectors; 'by sector', two such draws.
    tasks : str
        Which inputs tasks have: 'all'; only those of good 'X' or 'Y'; only the factor 'L' or 'K';
        or 'neutral', where the task's share in labour is the same in both goods, and so is that in
        capital.

    Returns
    -------
    ServiceOffshoring or GoodsOffshoring
        One economy whose parameters are arrays of length n. ``solve().existing()`` keeps those
        that have an equilibrium.

    Raises
    ------
    ValueError
        If rng is no generator, n not a whole number >= 1, model neither class, or chi or tasks
        none of the words above.

    Examples
    --------
    >>> drawn = random_economies(np.random.default_rng(2012), 10_000)
    >>> float(drawn.solve().exists.mean())
    0.117
    """
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng = {rng!r} must be a numpy.random.Generator")
    if not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 1:
        raise ValueError(f"n = {n!r} must be a whole number >= 1")
    if model not in (ServiceOffshoring, GoodsOffshoring):
        raise ValueError(f"model = {model!r} must be ServiceOffshoring or GoodsOffshoring")
    for name, value, allowed in (("chi", chi, COSTS), ("tasks", tasks, TASKS)):
        if value not in allowed:
            raise ValueError(f"{name} = {value!r} must be one of {', '.join(map(repr, allowed))}")
    A = _sorted(np.exp(rng.uniform(np.log(0.2), np.log(5), (4, n))))
    shares = _shares(rng.uniform(0, 0.6, (4, n)), tasks)
    gamma, alpha = rng.uniform(1.1, 4, n), rng.uniform(0.05, 0.95, n)
    L_star = np.exp(rng.uniform(np.log(0.3), np.log(30), n))
    low, high = np.log(A.kappa_X), np.log(A.kappa_Y)
    log_k = low + (high - low) * rng.uniform(0, 1, n)
    log_k_star = low + (log_k - low) * rng.uniform(0, 1, n)
    first, second = rng.uniform(1, gamma, (2, n))
    one = np.ones(n)
    chi_X, chi_Y = {"one": (one, one), "common": (first, first), "by sector": (first, second)}[chi]
    used = (getattr(A, entry) * share for entry, share in zip(ENTRIES, shares, strict=True))
    return model(
        A=A, A_1=Inputs(*used), gamma=gamma, alpha=alpha, L=1.0, K=np.exp(log_k), L_star=L_star,
        K_star=L_star * np.exp(log_k_star), chi_X=chi_X, chi_Y=chi_Y,
    )  # fmt: skip


def _sorted(a: Array) -> Inputs:
    """Entries LX, LY, KX, KY with the columns exchanged where X is the capital-intensive good."""
    LX, LY, KX, KY = a
    swapped = KX * LY > KY * LX
    return Inputs(*np.where(swapped, [LY, LX, KY, KX], a))


def _shares(shares: Array, tasks: str) -> Array:
    """Shares of the task in the entries LX, LY, KX, KY, zero where it has no such input."""
    if tasks == "neutral":
        return shares[[0, 0, 2, 2]]
    kept = [tasks == "all" or tasks in entry for entry in ENTRIES]
    return shares * np.array(kept, dtype=float)[:, None]
