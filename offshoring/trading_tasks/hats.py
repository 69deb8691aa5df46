"""Hat algebra: the equilibrium conditions in proportional changes (GRH08, Section II).

Changes are per unit of what causes them: of d log p, of z = dI / (1 - I), of d log beta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offshoring.technologies import Technology
from offshoring.validation import Array, Value

Effects = dict[str, Any]
Shares = tuple[Any, Any]  # of L and of H in the cost of a good, each with its own digits


def effects_of_two_goods(in_x: Shares, in_y: Shares) -> Effects:
    """mu_1 to mu_4 with two goods and two factors, from the shares in cost (GRH08-6, 7)."""
    apart = np.where(in_x[0] < 0.5, in_y[0] - in_x[0], in_x[1] - in_y[1])[()]
    with np.errstate(divide="ignore", invalid="ignore"):  # equal shares: not made together
        mu_1, mu_3 = in_x[1] / apart, in_x[0] / apart
    nothing = np.zeros_like(apart)
    return {"mu_1": mu_1, "mu_2": nothing, "mu_3": mu_3, "mu_4": nothing}


def effects_of_one_good(shares: Shares, sigma: Value, *, numeraire: bool) -> Effects:
    """mu_1 to mu_4 with one good, X (the numeraire) or Y; infinite if sigma = 0."""
    price = np.full_like(shares[0], 0.0 if numeraire else 1.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mu_2, mu_4 = shares[1] / np.asarray(sigma), shares[0] / np.asarray(sigma)
    return {"mu_1": price, "mu_2": mu_2, "mu_3": -price, "mu_4": mu_4}


def rises(
    shares: Shares,
    sigma: Value,
    L_moves: ArrayLike,
    H_moves: ArrayLike,
    shapes: tuple[Value, Value, Value, Value],
    shocks: tuple[float, float],
) -> dict[str, Array]:
    """Responses with one good (GRH08-III-3; GRH08-IIC-4 if H-tasks stay).

    Parameters
    ----------
    shares : two arrays
        Shares of L and of H in cost.
    sigma : array
        Elasticity of substitution.
    L_moves, H_moves : array of bool
        Whether some tasks of the kind are abroad; if not, its margin stays where it is.
    shapes : four arrays
        gamma and eta of L-tasks at their margin, then of H-tasks.
    shocks : two numbers
        d log beta and d log beta_H.

    Notes
    -----
    The unknowns are z / sigma and z_H / sigma, so that sigma = 0 needs no case of its own unless
    both kinds move: then the system is singular and the responses are NaN.
    """
    (theta_L, theta_H), (gamma, eta, gamma_H, eta_H) = shares, shapes
    sigma, L_moves, H_moves = np.asarray(sigma), np.asarray(L_moves), np.asarray(H_moves)
    # own z - cross z_H = -shock, and its mirror, for z and z_H over sigma
    own = sigma * (1 - gamma) * eta + theta_H
    own_H = sigma * (1 - gamma_H) * eta_H + theta_L
    cross, cross_H = np.where(H_moves, theta_H, 0.0), np.where(L_moves, theta_L, 0.0)
    det = own * own_H - cross * cross_H
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(L_moves, -(own_H * shocks[0] + cross * shocks[1]) / det, 0.0)
        z_H = np.where(H_moves, -(own * shocks[1] + cross_H * shocks[0]) / det, 0.0)
        omega, omega_H = -theta_H * (z - z_H), theta_L * (z - z_H)
        Omega, Omega_H = -gamma * eta * sigma * z, -gamma_H * eta_H * sigma * z_H
        return {
            "z": sigma * z, "z_H": sigma * z_H, "Omega": Omega, "Omega_H": Omega_H,
            "omega": omega, "omega_H": omega_H, "w": omega - Omega, "s": omega_H - Omega_H,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Hats:
    """Zero profits and factor markets in changes, for any numbers of goods and factors.

    Attributes
    ----------
    theta : array (..., goods, factors)
        Shares of the factors in the cost of each good.
    lam : array (..., factors, goods)
        Shares of each factor that the goods use.
    E : array (..., goods, factors, factors)
        Elasticity of the use of a factor (first) in a factor price (second), for a unit of a good.
    made : array of bool (..., goods)
        Which goods are made; the output of the others does not change, and their cost may.

    Notes
    -----
    With n goods and v factors these are n + v equations,
    sum_f theta_jf omega_f = p_j for goods that are made, and
    sum_j lam_fj (sum_g E^j_fg omega_g + x_j) = V_f, in n + v unknowns (GRH08-6, 7).
    """

    theta: Array
    lam: Array
    E: Array
    made: NDArray[np.bool_]

    @classmethod
    def of_two_factors(
        cls, goods: Sequence[Technology], omega: Value, omega_H: Value, outputs: Array
    ) -> Hats:
        """The system of an economy with the factors L and H at its effective factor prices."""
        shares = [(g.theta_L(omega, omega_H), g.theta_H(omega, omega_H)) for g in goods]
        theta = np.stack([np.stack(pair, axis=-1) for pair in shares], axis=-2)
        bills = theta * outputs[..., None] * _costs(goods, omega, omega_H)[..., None]
        sigma = np.stack([np.broadcast_to(g.sigma, theta.shape[:-2]) for g in goods], axis=-1)
        # between two factors E_LL = -sigma theta_H, E_LH = sigma theta_H, and so on
        other = theta[..., ::-1, None] * np.array([[-1.0, 1.0], [1.0, -1.0]])
        return cls(
            theta=theta,
            lam=np.swapaxes(bills / bills.sum(axis=-2, keepdims=True), -1, -2),
            E=sigma[..., None, None] * other,
            made=outputs > 0,
        )

    def solve(self, p: ArrayLike, V: ArrayLike) -> tuple[Array, Array]:
        """Changes of factor prices and outputs that follow from changes of prices and endowments.

        Parameters
        ----------
        p : array (..., goods)
            Changes of goods prices.
        V : array (..., factors)
            Changes of effective endowments; z = dI / (1 - I) for L-tasks.

        Returns
        -------
        two arrays, (..., factors) and (..., goods)

        Raises
        ------
        ValueError
            If the system is singular, as with one good and fixed proportions.
        """
        n, v = self.theta.shape[-2:]
        made = self.made[..., None]
        zero_profit = np.concatenate([self.theta * made, np.eye(n) * ~made], axis=-1)
        use = np.einsum("...fj,...jfg->...fg", self.lam, self.E)
        markets = np.concatenate([use, self.lam], axis=-1)
        left = np.concatenate([zero_profit, markets], axis=-2)
        p = np.broadcast_to(p, (*left.shape[:-2], n)) * self.made
        V = np.broadcast_to(V, (*left.shape[:-2], v))
        try:
            right = np.concatenate([p, V], axis=-1)[..., None]
            found = np.linalg.solve(left, right)[..., 0]
        except np.linalg.LinAlgError:
            raise ValueError(
                "Hats: the system is singular, so changes in prices and endowments do not "
                "determine factor prices; is a good made alone with fixed proportions?"
            ) from None
        return found[..., :v], found[..., v:]

    def effects(self) -> Effects:
        """mu_1 to mu_4, solved from the whole system: the last good's price moves, then L does."""
        n, v = self.theta.shape[-2:]
        by_price, _ = self.solve(np.eye(n)[-1] * (n > 1), np.zeros(v))
        by_labour, _ = self.solve(np.zeros(n), np.eye(v)[0])
        return {
            "mu_1": by_price[..., 0], "mu_2": -by_labour[..., 0],
            "mu_3": -by_price[..., 1], "mu_4": by_labour[..., 1],
        }  # fmt: skip


def _costs(goods: Sequence[Technology], omega: Value, omega_H: Value) -> Array:
    return np.stack([good.cost(omega, omega_H) for good in goods], axis=-1)
