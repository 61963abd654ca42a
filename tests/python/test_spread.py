"""Spread options: references, QuantLib, identities, bounds, limits, the error table."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, exchange, spread
from tasks.evidence.oracles import spread as quantlib
from tests.python.two_assets import MARKET, check_greeks, random_market, reference

pytestmark = pytest.mark.fast

TYPES = ("call", "put")
METHODS = ("quadrature", "kirk", "bjerksund_stensland")


def test_quadrature_agrees_with_references():
    table = reference("spread_reference.csv")
    expected = table.pop("price")
    assert len(expected) == 64
    error = np.abs(spread.price(**table) - expected) / np.maximum(table["spot1"], table["spot2"])
    assert error.max() < 1e-13


@pytest.mark.parametrize("method", ["kirk", "bjerksund_stensland"])
@pytest.mark.parametrize("option_type", TYPES)
def test_approximations_agree_with_quantlib(option_type, method):
    generator = random.Random(1995)
    for _ in range(150):
        terms = {
            "option_type": option_type,
            "strike": generator.uniform(0, 30),
            **random_market(generator),
            "method": method,
        }
        expected = max(quantlib.price(**terms), 0.0)  # the lower bound may be below zero there
        assert spread.price(**terms) == pytest.approx(expected, abs=5e-13)


def test_quadrature_agrees_with_quantlib_calls():
    generator = random.Random(2014)
    for _ in range(150):
        terms = {
            "option_type": "call",
            "strike": generator.uniform(-15, 30),
            **random_market(generator),
        }
        assert spread.price(**terms) == pytest.approx(quantlib.price(**terms), abs=1e-8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("strike", [-7.0, 0.0, 5.0])
@pytest.mark.parametrize("option_type", TYPES)
def test_greeks_are_derivatives_of_the_price(option_type, strike, method):
    terms = {"option_type": option_type, "strike": strike, "method": method, **MARKET}
    check_greeks(spread.price, spread.greeks, terms)


def test_approximations_come_close_in_usual_cases():
    generator = random.Random(5)
    for _ in range(100):
        terms = {
            "option_type": "call",
            "strike": generator.uniform(1, 20),
            **random_market(generator),
        }
        terms["time_to_expiry"] = 0.5
        exact = spread.price(**terms)
        assert abs(spread.price(**terms, method="kirk") - exact) < 0.3
        lower = spread.price(**terms, method="bjerksund_stensland")
        assert exact - 0.06 < lower < exact + 1e-10


MARKETS = st.fixed_dictionaries(
    {
        "spot1": st.floats(1.0, 300.0),
        "spot2": st.floats(1.0, 300.0),
        "time_to_expiry": st.floats(0.0, 10.0),
        "rate": st.floats(-0.05, 0.15),
        "volatility1": st.floats(0.0, 1.2),
        "volatility2": st.floats(0.0, 1.2),
        "correlation": st.floats(-1.0, 1.0),
        "dividend_yield1": st.floats(-0.02, 0.08),
        "dividend_yield2": st.floats(-0.02, 0.08),
    }
)


@given(market=MARKETS, strike=st.floats(-200.0, 200.0))
def test_parity_and_bounds(market, strike):
    call, put = (spread.price(option_type=t, strike=strike, **market) for t in TYPES)
    time = market["time_to_expiry"]
    first = market["spot1"] * math.exp(-market["dividend_yield1"] * time)
    second = market["spot2"] * math.exp(-market["dividend_yield2"] * time)
    cash = strike * math.exp(-market["rate"] * time)
    allowed = 1e-10 * max(market["spot1"], market["spot2"], abs(strike))
    assert call - put == pytest.approx(first - second - cash, abs=allowed)
    assert call >= max(first - second - cash, 0.0) - allowed
    assert call <= first + max(-cash, 0.0) + allowed


@given(market=MARKETS)
def test_strike_lowers_the_call_by_less_than_itself(market):
    strikes = np.linspace(-40.0, 40.0, 9)
    values = spread.price(option_type="call", strike=strikes, **market)
    steps = np.diff(values)
    allowed = 1e-10 * max(market["spot1"], market["spot2"], 40.0)
    assert (steps <= allowed).all()
    assert (-steps <= 10.0 * math.exp(-market["rate"] * market["time_to_expiry"]) + allowed).all()
    assert (np.diff(steps) >= -allowed).all()


@pytest.mark.parametrize("correlation", [-1.0, 1.0])
@pytest.mark.parametrize("strike", [-12.0, 8.0])
def test_perfect_correlation_is_one_integral(correlation, strike):
    # the payoff over the only normal variable, on panels that no kink crosses
    terms = {"option_type": "call", "strike": strike, **MARKET, "correlation": correlation}
    w1, w2 = 0.3 * math.sqrt(0.75), 0.22 * math.sqrt(0.75)

    def payoff(z):
        first = 100.0 * np.exp(0.02 * 0.75 + w1 * z - w1**2 / 2)
        second = 96.0 * np.exp(0.03 * 0.75 + correlation * w2 * z - w2**2 / 2)
        return first - second - strike

    grid = np.linspace(-10.0, 10.0, 20001)
    ends = [grid[0], grid[-1]]
    for k in np.flatnonzero(np.diff(np.sign(payoff(grid)))):
        low, high = grid[k], grid[k + 1]
        for _ in range(60):
            middle = (low + high) / 2
            if np.sign(payoff(middle)) == np.sign(payoff(low)):
                low = middle
            else:
                high = middle
        ends.append(low)
    node, weight = np.polynomial.legendre.leggauss(64)
    value = 0.0
    for low, high in zip(sorted(ends)[:-1], sorted(ends)[1:], strict=True):
        z = (low + high) / 2 + (high - low) / 2 * node
        density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        value += (high - low) / 2 * (weight * np.maximum(payoff(z), 0) * density).sum()
    assert spread.price(**terms) == pytest.approx(math.exp(-0.04 * 0.75) * value, abs=1e-9)
    with pytest.raises(ValueError, match="did not reach its accuracy"):
        spread.greeks(**terms)


@pytest.mark.parametrize("method", METHODS)
def test_zero_strike_is_an_exchange(method):
    value = spread.price(option_type="call", strike=0.0, method=method, **MARKET)
    assert value == pytest.approx(exchange.price(**MARKET), abs=1e-13)


@pytest.mark.parametrize("option_type", TYPES)
@pytest.mark.parametrize("strike", [-9.0, 3.0])
@pytest.mark.parametrize(
    "change",
    [{"time_to_expiry": 0.0}, {"volatility1": 0.0, "volatility2": 0.0}],
    ids=["expiry", "no-risk"],
)
def test_certain_outcomes_are_discounted(option_type, strike, change):
    terms = {**MARKET, **change}
    time = terms["time_to_expiry"]
    gain = 100.0 * math.exp(-0.02 * time) - 96.0 * math.exp(-0.01 * time)
    gain -= strike * math.exp(-0.04 * time)
    gain = gain if option_type == "call" else -gain
    found = spread.greeks(option_type=option_type, strike=strike, **terms)
    assert found.price == pytest.approx(max(gain, 0.0), abs=1e-13)
    assert found.gamma1 == found.gamma2 == found.vega1 == found.vega2 == 0.0


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"correlation": 2.0}, Status.OUT_OF_DOMAIN, r"correlation is 2\.0"),
        ({"spot2": -2.0}, Status.OUT_OF_DOMAIN, r"spot2 is -2\.0"),
        ({"strike": math.inf}, Status.NON_FINITE, "strike is inf"),
        ({"strike": -500.0, "method": "kirk"}, Status.OUT_OF_DOMAIN, "outside the engine's range"),
    ],
)
def test_error_table(change, status, words):
    terms = {"option_type": "call", "strike": 4.0, **MARKET, **change}
    for function in (spread.price, spread.greeks):
        with pytest.raises(ValueError, match=words):
            function(**terms)
    value, found = spread.price(**terms, on_failure="nan", return_status=True)
    assert math.isnan(value)
    assert found is status
