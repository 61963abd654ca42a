"""Baskets and extremes of several assets: QuantLib, two-asset engines, simulation, errors."""

import math

import numpy as np
import pytest

from strikeproof import Status, basket, black_scholes, rainbow, spread
from tasks.evidence.oracles import basket as quantlib
from tasks.evidence.thirds import integrals

pytestmark = pytest.mark.fast

TWO = {
    "option_type": "call",
    "spots": [100.0, 96.0],
    "strike": 98.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "volatilities": [0.2, 0.3],
    "correlations": [[1.0, 0.3], [0.3, 1.0]],
    "dividend_yields": [0.01, 0.03],
}
PAIR = {
    "spot1": 100.0,
    "spot2": 96.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "volatility1": 0.2,
    "volatility2": 0.3,
    "correlation": 0.3,
    "dividend_yield1": 0.01,
    "dividend_yield2": 0.03,
}


def market(assets, seed=0):
    """Assets with random positive definite correlations."""
    random = np.random.default_rng([seed, assets])
    factors = random.normal(size=(assets, assets + 2))
    covariance = factors @ factors.T
    deviation = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(deviation, deviation)
    np.fill_diagonal(correlations, 1.0)
    return {
        "spots": random.uniform(80.0, 120.0, assets),
        "volatilities": random.uniform(0.1, 0.5, assets),
        "correlations": (correlations + correlations.T) / 2.0,
        "dividend_yields": random.uniform(0.0, 0.05, assets),
        "rate": 0.04,
        "time_to_expiry": 1.5,
    }


# Assets that move against each other: weights, spots, volatilities, correlation, strike, years.
STEEP = [
    pytest.param([0.5, 0.5], [100.0, 100.0], [0.2, 0.8], -0.9, 100.0, 3.0, id="calm and wild"),
    pytest.param([0.3, 0.7], [100.0, 60.0], [0.5, 0.8], -0.3, 85.0, 3.0, id="three years"),
    pytest.param([0.8, 0.2], [100.0, 90.0], [0.2, 0.3], -0.9, 70.0, 3.0, id="usual volatilities"),
    pytest.param([0.8, 0.2], [100.0, 110.0], [1.0, 0.1], -0.9, 95.0, 0.1, id="a month"),
    pytest.param([0.8, 0.2], [100.0, 90.0], [1.0, 0.8], -0.9, 85.0, 3.0, id="both wild"),
]


@pytest.mark.parametrize(
    ("weights", "spots", "volatilities", "correlation", "strike", "years"), STEEP
)
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_two_assets_that_move_against_each_other_agree_with_the_integral_over_one(
    option_type, weights, spots, volatilities, correlation, strike, years
):
    terms = {
        "option_type": option_type,
        "weights": weights,
        "spots": spots,
        "strike": strike,
        "time_to_expiry": years,
        "rate": 0.03,
        "volatilities": volatilities,
        "correlations": [[1.0, correlation], [correlation, 1.0]],
        "dividend_yields": [0.0, 0.02],
    }
    assert basket.price(**terms).price == pytest.approx(integrals.basket(terms), abs=2e-8)


def by_conditioning(terms, step=1 / 24):
    """A call on three assets: given the first two, the third is Black's; trapezoids over the two.

    The third is the one whose own part of the basket is the largest.
    """
    names = ("weights", "spots", "volatilities", "dividend_yields")
    weights, spots, volatilities, yields = (np.asarray(terms[name]) for name in names)
    time, rate, strike = terms["time_to_expiry"], terms["rate"], terms["strike"]
    covariance = terms["correlations"] * np.outer(volatilities, volatilities) * time
    own = np.abs(weights * spots) / np.sqrt(np.diag(np.linalg.inv(covariance)))
    order = np.argsort(own)
    root = np.linalg.cholesky(covariance[np.ix_(order, order)])
    forward = (weights * spots * np.exp((rate - yields) * time))[order]
    x = np.arange(-8.0, 8.0 + step / 2, step)
    first, second = np.meshgrid(x, x, indexing="ij")
    mass = np.exp(-(first**2 + second**2) / 2) * step**2 / (2 * math.pi)

    def moved(k):
        variance = root[k, 0] ** 2 + root[k, 1] ** 2
        return forward[k] * np.exp(root[k, 0] * first + root[k, 1] * second - variance / 2)

    left = strike - moved(0) - moved(1)
    last = moved(2)
    kind = 1.0 if forward[2] > 0 else -1.0  # of the option on the third asset alone
    some = kind * left > 0
    value = np.where(some, 0.0, np.maximum(last - left, 0.0))
    value[some] = black_scholes.price(
        option_type=kind, spot=kind * last[some], strike=kind * left[some], time_to_expiry=1.0,
        rate=0.0, volatility=root[2, 2],
    )  # fmt: skip
    return math.exp(-rate * time) * float((value * mass).sum())


def against_each_other(random):
    while True:
        factors = random.normal(size=(3, 3 + random.integers(0, 3)))
        covariance = factors @ factors.T
        deviation = np.sqrt(np.diag(covariance))
        correlations = covariance / np.outer(deviation, deviation)
        np.fill_diagonal(correlations, 1.0)
        least = np.linalg.eigvalsh(correlations)[0]
        if least > 1e-2 and correlations.min() < -0.3:
            break
    signs = np.where(random.random(3) < 0.35, -1.0, 1.0)
    terms = {
        "weights": random.uniform(0.2, 1.0, 3) * signs,
        "spots": random.uniform(50.0, 150.0, 3),
        "volatilities": np.exp(random.uniform(np.log(0.1), np.log(0.9), 3)),
        "correlations": (correlations + correlations.T) / 2.0,
        "dividend_yields": random.uniform(0.0, 0.05, 3),
        "rate": 0.03,
        "time_to_expiry": random.uniform(0.1, 4.0),
    }
    terms["strike"] = terms["weights"] @ terms["spots"] + 15.0 * random.normal()
    return terms


def test_three_assets_that_move_against_each_other_agree_with_the_integral_over_two():
    random = np.random.default_rng(17)
    compared = 0
    for _ in range(60):
        terms = against_each_other(random)
        expected = by_conditioning(terms)
        if abs(expected - by_conditioning(terms, 1 / 18)) > 1e-6:
            continue  # the grid does not resolve the kink
        found, status = basket.price(
            option_type=["call"], **terms, return_status=True, on_failure="nan"
        )
        assert status[0] == Status.OK
        assert found.price[0] == pytest.approx(expected, abs=2e-6), terms
        compared += 1
    assert compared >= 50


def test_a_third_asset_of_no_weight_leaves_a_spread():
    terms = TWO | {"spots": [100.0, 96.0, 90.0], "volatilities": [0.2, 0.3, 0.4], "strike": 3.0}
    terms |= {"dividend_yields": [0.01, 0.03, 0.0]}
    terms["correlations"] = [[1.0, 0.3, -0.6], [0.3, 1.0, -0.5], [-0.6, -0.5, 1.0]]
    found = basket.price(**terms, weights=[1.0, -1.0, 1e-11])
    other = spread.price(option_type="call", strike=3.0, **PAIR)
    assert found.price == pytest.approx(other, abs=1e-7)


@pytest.mark.parametrize("strike", [-20.0, 3.0, 40.0])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_a_basket_of_two_is_a_spread(strike, option_type):
    terms = TWO | {"strike": strike, "option_type": option_type}
    found = basket.price(**terms, weights=[1.0, -1.0])
    other = spread.price(option_type=option_type, strike=strike, **PAIR)
    assert found.price == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("extreme", ["maximum", "minimum"])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_extremes_of_two_are_those_of_the_two_asset_engine(extreme, option_type):
    found = basket.extreme_price(**(TWO | {"option_type": option_type}), extreme=extreme)
    other = rainbow.price(option_type=option_type, extreme=extreme, strike=98.0, **PAIR)
    assert found.price == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize("assets", [2, 3, 4])
def test_baskets_agree_with_quantlib(assets):
    for seed in range(4):
        terms = market(assets, seed) | {"time_to_expiry": 540 / 365}
        weights = np.full(assets, 1.0 / assets)
        if seed % 2:
            weights[0] = -weights[0]
        forward = weights @ terms["spots"]
        terms |= {"strike": forward, "option_type": "call" if seed < 2 else "put"}
        theirs = quantlib.price(**terms, weights=weights)
        assert basket.price(**terms, weights=weights).price == pytest.approx(theirs, abs=1e-3)


def simulated(terms, payoff, paths=200_000):
    random = np.random.default_rng(5)
    factor = np.linalg.cholesky(terms["correlations"])
    normal = random.standard_normal((paths, len(terms["spots"]))) @ factor.T
    time, volatilities = terms["time_to_expiry"], np.asarray(terms["volatilities"])
    drift = (terms["rate"] - terms["dividend_yields"] - 0.5 * volatilities**2) * time

    def mean(sign):
        spots = terms["spots"] * np.exp(drift + sign * math.sqrt(time) * volatilities * normal)
        return payoff(spots)

    values = 0.5 * (mean(1.0) + mean(-1.0)) * math.exp(-terms["rate"] * time)
    return values.mean(), 4.5 * values.std() / math.sqrt(paths)


@pytest.mark.parametrize("assets", [3, 4, 5])
def test_every_contract_agrees_with_simulation(assets):
    terms = market(assets)
    weights = np.linspace(-0.5, 1.0, assets) + 0.01
    strike = 10.0
    value, error = simulated(terms, lambda s: np.maximum(s @ weights - strike, 0.0))
    found = basket.price(option_type="call", strike=strike, weights=weights, **terms)
    assert found.price == pytest.approx(value, abs=error)
    for extreme, best in (("maximum", np.max), ("minimum", np.min)):
        value, error = simulated(terms, lambda s, best=best: np.maximum(95.0 - best(s, axis=1), 0))
        found = basket.extreme_price(option_type="put", extreme=extreme, strike=95.0, **terms)
        assert found.price == pytest.approx(value, abs=error + 1e-12)


@pytest.mark.parametrize("assets", [2, 3, 4, 5])
def test_deltas_are_slopes_and_parity_holds(assets):
    terms = market(assets, 7)
    weights = np.linspace(1.0, -0.4, assets)
    functions = {
        "basket": lambda **t: basket.price(weights=weights, strike=20.0, **t),
        "max": lambda **t: basket.extreme_price(extreme="maximum", strike=100.0, **t),
        "min": lambda **t: basket.extreme_price(extreme="minimum", strike=100.0, **t),
    }
    for name, function in functions.items():
        call, put = (function(option_type=kind, **terms) for kind in ("call", "put"))
        if name == "basket":
            kept = np.exp(-terms["dividend_yields"] * terms["time_to_expiry"])
            forward = weights @ (terms["spots"] * kept) - 20.0 * math.exp(-0.06)
            assert call.price - put.price == pytest.approx(forward, abs=1e-6)
        for k in range(assets):
            moved = []
            for size in (1e-3, -1e-3):
                spots = terms["spots"].copy()
                spots[k] += size
                moved.append(function(option_type="call", **(terms | {"spots": spots})).price)
            slope = (moved[0] - moved[1]) / 2e-3
            assert call.delta[k] == pytest.approx(slope, abs=2e-6), name


def test_the_lognormal_approximation_is_close_and_exact_for_one_asset():
    terms = market(3, 2) | {"option_type": "call", "strike": 100.0, "weights": np.full(3, 1 / 3)}
    exact = basket.price(**terms)
    named = basket.price(**terms, method="lognormal")
    assert named.price == pytest.approx(exact.price, abs=0.3)
    alike = terms | {"volatilities": [0.2] * 3, "spots": [100.0] * 3, "dividend_yields": 0.02}
    near = np.full((3, 3), 1.0 - 1e-9)
    np.fill_diagonal(near, 1.0)
    plain = black_scholes.price(
        option_type="call", spot=100.0, strike=100.0, time_to_expiry=1.5, rate=0.04,
        volatility=0.2, dividend_yield=0.02,
    )  # fmt: skip
    for method in ("lognormal", "accurate"):
        found = basket.price(**(alike | {"correlations": near}), method=method)
        assert found.price == pytest.approx(plain, rel=1e-6)


def test_batches_broadcast_and_keep_their_statuses():
    strikes = np.array([[90.0], [100.0]])
    spots = np.array([[100.0, 96.0], [90.0, 110.0], [-1.0, 100.0]])
    found, status = basket.price(
        **(TWO | {"strike": strikes, "spots": spots}), weights=0.5, return_status=True
    )
    assert found.price.shape == status.shape == (2, 3)
    assert found.delta.shape == (2, 3, 2)
    assert (status[:, 2] == Status.OUT_OF_DOMAIN).all()
    one = basket.price(**(TWO | {"strike": 90.0, "spots": spots[1]}), weights=0.5, threads=1)
    assert one.price == found.price[0, 1]


BAD = [
    pytest.param({"spots": [100.0, math.nan]}, r"spots\[1\] is nan: must be finite", id="nan"),
    pytest.param({"volatilities": [0.2, -0.1]}, r"volatilities\[1\] is -0\.1: must be > 0",
                 id="volatility"),
    pytest.param({"weights": [1.0, 0.0]}, r"weights\[1\] is 0\.0: must not be 0", id="weight"),
    pytest.param({"correlations": [[1.0, 1.0], [1.0, 1.0]]}, "together are outside", id="singular"),
    pytest.param({"correlations": [[1.0, 0.2], [0.3, 1.0]]}, "not symmetric", id="symmetry"),
    pytest.param({"correlations": [[0.9, 0.2], [0.2, 1.0]]}, "its diagonal", id="diagonal"),
    pytest.param({"correlations": 0.5}, r"shape \(\): must be", id="matrix"),
    pytest.param({"spots": [1.0, 2.0, 3.0]}, "must hold 2 assets", id="assets"),
    pytest.param({"time_to_expiry": 0.0}, r"time_to_expiry is 0\.0: must be > 0", id="time"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        basket.price(**({"weights": [0.5, 0.5]} | TWO | change))
