"""How the economy in which all high-tech firms offshore (regime 2) responds, to first order.

The free variable is Z_2. ``partials`` moves it along full employment with F_I held fixed, as the
paper's (28) to (36) do; ``totals`` lets F_I move along, as it must, since nothing else moves Z_2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from offshoring.skill_upgrading.regimes import ALL_HOME, H_ABROAD
from offshoring.validation import Array

if TYPE_CHECKING:
    from offshoring.skill_upgrading.equilibrium import Equilibrium


class Slopes(NamedTuple):
    """What first-order responses are made of, by the index y of skill.

    S and A are the ratios phi_M/phi_L at y_1 and phi_L/phi_H at y_2.
    """

    S: Array
    A: Array
    s: Array  # slope of log phi_L - log phi_M at y_1
    h: Array  # slope of log phi_H - log phi_L at y_2
    phi_M1: Array
    phi_L1: Array
    phi_L2: Array
    phi_H2: Array
    g_1: Array  # density at y_1
    g_2: Array
    stretch_1: Array  # skill per unit of the index at y_1
    stretch_2: Array

    def move(self, out: Array) -> Array:
        """dy_1 / dy_2 along full employment, if a worker at y_2 takes ``out`` out of the market."""
        return out * self.g_2 / ((self.phi_M1 + self.phi_L1) * self.g_1)

    def along(self, move: Array, m: Array | float) -> tuple[Array, Array, Array]:
        """dC_L, dC_H and d log((C_H + m) / (C_L + 1)) per unit of y_2."""
        dC_L = -self.s * self.S * move
        dC_H = self.A * (dC_L - self.h * self.S)
        return dC_L, dC_H, dC_H / (self.S * self.A + m) - dC_L / (self.S + 1)


def slopes(eq: Equilibrium) -> Slopes:
    """Productivities, their relative slopes and densities at the two cutoffs."""
    phi, workers = eq.economy.productivity, eq.economy.workforce
    y_1, y_2 = eq.y_1, eq.y_2

    def level(activity: str, y: ArrayLike) -> Array:
        return np.asarray(np.exp(phi.log_phi(activity, y)))

    S, A = eq.C_L, eq.C_H / eq.C_L
    return Slopes(
        S, A,
        phi.slope("L", y_1) - phi.slope("M", y_1),
        phi.slope("H", y_2) - phi.slope("L", y_2),
        level("M", y_1), level("L", y_1), level("L", y_2), level("H", y_2),
        workers.density(y_1), workers.density(y_2), phi.stretch(y_1), phi.stretch(y_2),
    )  # fmt: skip


def _only(eq: Equilibrium, regime: int, values: dict[str, Array]) -> dict[str, Array]:
    """The values where the regime is the one they hold for, NaN elsewhere."""
    return {
        name: np.where(np.asarray(eq.regime) == regime, value, np.nan)[()]
        for name, value in values.items()
    }


def closed_responses(eq: Equilibrium) -> dict[str, Array]:
    """Derivatives with respect to F_H of a closed economy with both kinds of firms (JM-CS-closed).

    Returns
    -------
    dict of arrays
        'JM-16' is dZ_1/dZ_2; 'Z_2', 'Z_1', 'C_L', 'C_H', 'log_welfare' derivatives with respect to
        F_H; NaN where the economy is not of that kind.
    """
    e = eq.economy
    with np.errstate(all="ignore"):  # other regimes: nothing at a cutoff
        v = slopes(eq)
        move = v.move(v.phi_L2 - v.phi_H2)
        dC_L, dC_H, D_0 = v.along(move, 1.0)
        dy_2 = -1 / (e.sigma * e.F_H * D_0)
        share = (eq.C_H + 1) * eq.Q_H / eq.E  # of high-tech firms in revenue
        values = {
            "JM-16": move * v.stretch_1 / v.stretch_2,
            "Z_2": dy_2 * v.stretch_2,
            "Z_1": move * dy_2 * v.stretch_1,
            "C_L": dC_L * dy_2,
            "C_H": dC_H * dy_2,
            "log_welfare": -share / (np.asarray(e.sigma) - 1) / e.F_H,
        }
    return _only(eq, ALL_HOME, values)


def partials(eq: Equilibrium) -> dict[str, Array]:
    """Derivatives with respect to Z_2 along full employment at given F_I, as printed.

    Returns
    -------
    dict of arrays
        By id: 'JM-28' dZ_1/dZ_2, 'JM-29' dW, 'JM-30' dW_M/dZ_1, 'JM-32' dN, 'JM-34' of
        (rho P)**(1 - sigma), 'JM-36' of (W / (rho P))**(sigma - 1); 'log_P' and 'log_welfare'.
        NaN outside regime 2.
    """
    e = eq.economy
    sigma, theta = np.asarray(e.sigma), np.asarray(e.theta)
    with np.errstate(all="ignore"):
        v = slopes(eq)
        F = e.F_H + np.asarray(e.F_I)
        S, A, dA = v.S, v.A, -v.h * v.A
        move = v.move(v.phi_L2)
        dS, _, _ = v.along(move, theta)
        c_L = S + 1
        M, Q_H, N_L, N_H = eq.M, eq.Q_H, eq.N_L, eq.N_H
        W, lost = M * c_L + eq.C_H * Q_H, v.phi_H2 * v.g_2
        dW = S * dA * Q_H + (M + A * Q_H) * dS
        dN = v.phi_M1 * v.g_1 * move / (sigma * e.F_L) * (1 - e.F_L * c_L / (eq.C_H * F))
        index = eq.rho_P ** (1 - sigma)
        dindex = (1 - sigma) * c_L**-sigma * (N_L + N_H * eq.C_H * F / (S * e.F_L)) * dS
        dindex += c_L**-sigma / (sigma * e.F_L) * ((1 - sigma) * dA * S * Q_H - theta * lost)
        gain = (sigma - 1) * W ** (sigma - 2) * (dW * index) + W ** (sigma - 1) * dindex
        share_M = eq.share_M
        per_skill = 1 / v.stretch_2
        values = {
            "JM-28": move * v.stretch_1 * per_skill,
            "JM-29": dW * per_skill,
            "JM-30": v.g_1 * (v.phi_M1 * share_M - M) / share_M**2 / v.stretch_1,
            "JM-32": dN * per_skill,
            "JM-34": dindex * per_skill,
            "JM-36": gain * per_skill,
            "log_P": dindex / index / (1 - sigma) * per_skill,
            "log_welfare": gain / ((sigma - 1) * W ** (sigma - 1) * index) * per_skill,
        }
    return _only(eq, H_ABROAD, values)


def D(eq: Equilibrium) -> Array:
    """D of JM-T0: where it is > 0, more offshoring raises its profit; NaN outside regime 2."""
    with np.errstate(all="ignore"):
        v = slopes(eq)
        _, _, slope = v.along(v.move(v.phi_L2), np.asarray(eq.economy.theta))
        return _only(eq, H_ABROAD, {"D": slope / v.stretch_2})["D"]


def totals(eq: Equilibrium) -> dict[str, Array]:
    """Derivatives with respect to Z_2 along the equilibria of a changing F_I (JM-T0 to T5).

    Returns
    -------
    dict of arrays
        'D' is d log K / dZ_2 (JM-T0), negative where a fall in F_I lowers both cutoffs; 'F_I',
        'C_L', 'C_H', 'W', 'E', 'N', 'W_HQ', 'log_P', 'log_welfare' derivatives with respect to
        Z_2. NaN outside regime 2.
    """
    e, along, slope = eq.economy, partials(eq), D(eq)
    sigma, theta = np.asarray(e.sigma), np.asarray(e.theta)
    with np.errstate(all="ignore"):
        v = slopes(eq)
        per_skill = 1 / v.stretch_2
        move = v.move(v.phi_L2)
        dC_L, dC_H, _ = (change * per_skill for change in v.along(move, theta))
        dW = along["JM-29"]
        dE = dW - theta * v.phi_H2 * v.g_2 * per_skill
        left = v.g_1 * move * per_skill  # workers who leave headquarters
        share = e.workforce.share_above(eq.y_1)
        values = {
            "D": slope,
            "F_I": -sigma * (e.F_H + np.asarray(e.F_I)) * slope,
            "C_L": dC_L,
            "C_H": dC_H,
            "W": dW,
            "E": dE,
            "N": along["JM-32"] + sigma * eq.N_H * slope,
            "W_HQ": (dW + (eq.W_HQ - v.phi_M1) * left) / share,
            "log_P": (sigma * dC_L / (v.S + 1) - dE / eq.E) / (sigma - 1),
        }
        values["log_welfare"] = dW / eq.W - values["log_P"]
    return _only(eq, H_ABROAD, values)
