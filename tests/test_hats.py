"""The decomposition: formulas against the full differentiated system, and against slopes."""

import numpy as np
import pytest

from offshoring.schedules import Linear, Power
from offshoring.technologies import CES, Leontief
from offshoring.trading_tasks import Hats, LargeEconomy, SmallEconomy, SpecializedEconomy

RNG = np.random.default_rng(2008)
N = 1500
SIGMA = RNG.uniform(0.2, 2, N)
PRICE_TAKER = SmallEconomy(
    schedule=Power(1), beta=RNG.uniform(1, 3, N), w_star=RNG.uniform(0.1, 0.6, N), H=1.0,
    L=RNG.uniform(0.2, 3, N), p=RNG.uniform(0.9, 1.1, N), x=CES(RNG.uniform(0.2, 0.4, N), SIGMA),
    y=CES(RNG.uniform(0.5, 0.8, N), SIGMA),
)  # fmt: skip


def take(eq, there):
    """mu by formula and from the system, at some points."""
    by_formula, by_system = eq.effects(), eq.hats().effects()
    assert list(by_formula) == ["mu_1", "mu_2", "mu_3", "mu_4"] == list(by_system)
    return ((by_formula[name][there], by_system[name][there]) for name in by_formula)


def test_formulas_equal_the_full_system_in_every_regime():
    """GRH08-6, 7: the table of mu_1 to mu_4, two goods and one good of either kind."""
    eq = PRICE_TAKER.solve()
    for goods in ("only x", "both goods", "only y"):
        there = eq.regime == goods
        assert there.sum() > 50
        for formula, system in take(eq, there):
            assert formula == pytest.approx(system, rel=1e-9, abs=1e-11)


def test_with_one_good_the_two_economies_agree():
    eq = PRICE_TAKER.solve()
    alone = SpecializedEconomy(
        schedule=Power(1), beta=PRICE_TAKER.beta, w_star=PRICE_TAKER.w_star, H=1.0,
        L=PRICE_TAKER.L, x=PRICE_TAKER.x,
    ).solve()  # fmt: skip
    there = (eq.y == 0) & eq.exists
    for name, value in alone.effects().items():
        assert value[there] == pytest.approx(eq.effects()[name][there], rel=1e-10, abs=1e-14)
    for formula, system in take(alone, there):
        assert formula == pytest.approx(system, rel=1e-9, abs=1e-11)


def test_the_three_effects_add_up_to_the_slope_of_the_wage():
    """w = -Omega + mu_1 p - mu_2 z and s = -mu_3 p + mu_4 z, for changes of p and of beta."""
    h, eq = 1e-5, PRICE_TAKER.solve()
    for name in ("beta", "p"):
        steps = getattr(PRICE_TAKER, name) * np.exp(h * np.array([[-2], [-1], [1], [2]]))
        near = PRICE_TAKER.replace(**{name: steps}).solve()
        same = ((near.regime == eq.regime) & ((near.I > 0) == (eq.I > 0))).all(axis=0)
        assert same.sum() > 1000

        def slope(values, same=same):
            return np.array([1, -8, 8, -1]) @ np.log(values)[:, same] / (12 * h)

        mu = {key: value[same] for key, value in eq.effects().items()}
        p_hat, z = float(name == "p"), -slope(near.m)
        w = -slope(near.Omega) + mu["mu_1"] * p_hat - mu["mu_2"] * z
        s = -mu["mu_3"] * p_hat + mu["mu_4"] * z
        assert slope(near.w) == pytest.approx(w, rel=1e-7, abs=1e-7)
        assert slope(near.s) == pytest.approx(s, rel=1e-7, abs=1e-7)


def test_large_economy_has_the_effects_of_two_goods():
    econ = LargeEconomy(
        schedule=Power(0.5), beta=np.linspace(1.55, 1.9, 7), A_star=2.0, x=CES(0.3, 0.5), eps=0.8,
        y=CES(0.6, 0.5), L=1.0, H=1.6, L_star=3.0, H_star=2.2, mu=0.5,
    )  # fmt: skip
    eq = econ.solve()
    assert eq.exists.all()
    for formula, system in take(eq, eq.exists):
        assert formula == pytest.approx(system, rel=1e-10, abs=1e-12)
    mu, slopes = eq.effects(), eq.elasticities()
    assert (mu["mu_1"] > 1).all()
    total = -slopes["Omega"] + mu["mu_1"] * slopes["p"]
    assert slopes["w"] == pytest.approx(total, rel=1e-12)
    assert slopes["s"] == pytest.approx(-mu["mu_3"] * slopes["p"], rel=1e-12)


def test_three_factors_and_one_good_by_hand():
    """GRH08-IIC-7: x = B^a K^(1-a), B a CES of L and H in equal shares; sigma_1 = 4."""
    a, sigma_1 = 0.5, 4.0
    L = H = a / 2
    theta = np.array([[L, H, 1 - a]])
    # Allen elasticities: one between K and the others; inside B, 1 + (sigma_1 - 1) / a
    inside = 1 + (sigma_1 - 1) / a
    allen = np.array([[0, inside, 1], [inside, 0, 1], [1, 1, 0]])
    E = allen * theta
    E -= np.diag(E.sum(axis=1))
    system = Hats(theta=theta, lam=np.ones((3, 1)), E=E[None], made=np.array([True]))
    prices, output = system.solve([0.0], [1.0, 0.0, 0.0])
    assert prices[1] == pytest.approx(0.5 * (1 / sigma_1 - (1 - a)), rel=1e-12)
    assert prices[1] == pytest.approx(-0.125, rel=1e-12)
    assert output == pytest.approx([a / 2], rel=1e-12)
    assert theta @ prices == pytest.approx([0.0], abs=1e-14)


def test_more_factors_and_goods_than_two():
    """Three goods, four factors, random: put the solution back into every equation."""
    theta = RNG.dirichlet(np.ones(4), size=3)
    lam = RNG.dirichlet(np.ones(3), size=4)
    half = RNG.uniform(0.2, 2, (3, 4, 4))
    E = (half + half.swapaxes(1, 2)) * theta[:, None, :]
    E -= np.einsum("jfg,fh->jfh", E, np.eye(4)) * np.eye(4)
    E -= np.eye(4) * E.sum(axis=2)[:, :, None]
    p, V = RNG.normal(size=3), RNG.normal(size=4)
    prices, outputs = Hats(theta=theta, lam=lam, E=E, made=np.ones(3, dtype=bool)).solve(p, V)
    assert theta @ prices == pytest.approx(p, abs=1e-12)
    use = np.einsum("fj,jfg,g->f", lam, E, prices) + lam @ outputs
    assert use == pytest.approx(V, abs=1e-12)


def test_one_good_with_fixed_proportions_has_no_such_effects():
    econ = SpecializedEconomy(
        schedule=Linear(1, 2), beta=1.2, w_star=0.5, x=Leontief(L=1.0, H=1.0), L=0.8, H=1.0
    )
    eq = econ.solve()
    assert np.isinf(eq.effects()["mu_2"])
    with pytest.raises(ValueError, match=r"Hats: the system is singular, so changes in prices"):
        eq.hats().effects()
    # the margin stays where the good employs both, so the wage falls with beta one for one
    slopes = eq.elasticities()
    assert (slopes["z"], slopes["w"]) == (0, pytest.approx(1, rel=1e-12))
