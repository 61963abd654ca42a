"""Exchange options: a printed value, QuantLib, identities, limits, the error table."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, black_scholes, exchange
from tasks.evidence.oracles import exchange as quantlib
from tests.python.two_assets import MARKET, check_greeks, random_market

pytestmark = pytest.mark.fast

# S1 = 22, S2 = 20, r = 0.1, q1 = 0.06, q2 = 0.04, volatility1 = 0.2: values of the table that
# QuantLib's test-suite/margrabeoption.cpp holds ("data from given article p. 52"), to its 1e-3;
# the last digit of some is off by one
PRINTED = [
    # time, volatility2, correlation, price, delta1, delta2, gamma1, gamma2
    (0.1, 0.15, -0.5, 2.125, 0.841, -0.818, 0.112, 0.135),
    (0.1, 0.20, 0.0, 2.091, 0.857, -0.838, 0.112, 0.135),
    (0.1, 0.25, 0.5, 2.019, 0.902, -0.891, 0.104, 0.125),
    (0.5, 0.25, -0.5, 3.228, 0.653, -0.557, 0.058, 0.070),
    (0.5, 0.20, 0.0, 2.650, 0.680, -0.616, 0.077, 0.093),
    (0.5, 0.15, 0.5, 2.138, 0.746, -0.713, 0.106, 0.128),
]


@pytest.mark.parametrize("row", PRINTED)
def test_printed_values_are_met(row):
    time, volatility2, correlation, *expected = row
    found = exchange.greeks(
        spot1=22.0,
        spot2=20.0,
        time_to_expiry=time,
        rate=0.1,
        volatility1=0.2,
        volatility2=volatility2,
        correlation=correlation,
        dividend_yield1=0.06,
        dividend_yield2=0.04,
    )
    assert found[:5] == pytest.approx(tuple(expected), abs=1e-3)


def test_prices_agree_with_quantlib():
    generator = random.Random(1978)
    for _ in range(300):
        market = random_market(generator)
        quantities = {"quantity1": generator.randint(1, 3), "quantity2": generator.randint(1, 3)}
        expected = quantlib.price(**market, **quantities)
        assert exchange.price(**market, **quantities) == pytest.approx(expected, abs=2e-13)


def test_greeks_are_derivatives_of_the_price():
    check_greeks(exchange.price, exchange.greeks, {**MARKET, "quantity1": 1.2})


def test_certain_second_asset_makes_a_vanilla_call():
    terms = {"spot": 100.0, "time_to_expiry": 0.75, "volatility": 0.3, "dividend_yield": 0.02}
    call = black_scholes.price(option_type="call", strike=96.0, rate=0.01, **terms)
    value = exchange.price(**{**MARKET, "volatility2": 0.0})
    assert value == pytest.approx(call, rel=1e-14)


@given(
    spot1=st.floats(1.0, 300.0),
    spot2=st.floats(1.0, 300.0),
    time=st.floats(0.0, 20.0),
    volatilities=st.tuples(st.floats(0.0, 1.5), st.floats(0.0, 1.5)),
    correlation=st.floats(-1.0, 1.0),
)
def test_swapped_exchange_differs_by_the_assets(spot1, spot2, time, volatilities, correlation):
    there = {
        "spot1": spot1,
        "spot2": spot2,
        "time_to_expiry": time,
        "rate": 0.03,
        "volatility1": volatilities[0],
        "volatility2": volatilities[1],
        "correlation": correlation,
        "dividend_yield1": 0.02,
        "dividend_yield2": 0.05,
    }
    back = dict(there)
    for name in ("spot", "volatility", "dividend_yield"):
        back[f"{name}1"], back[f"{name}2"] = there[f"{name}2"], there[f"{name}1"]
    difference = exchange.price(**there) - exchange.price(**back)
    expected = spot1 * math.exp(-0.02 * time) - spot2 * math.exp(-0.05 * time)
    assert difference == pytest.approx(expected, abs=1e-12 * (spot1 + spot2))


@pytest.mark.parametrize(
    ("change", "price", "delta1", "delta2"),
    [
        ({"time_to_expiry": 0.0}, 4.0, 1.0, -1.0),
        ({"volatility1": 0.22, "correlation": 1.0, "rate": 9.0}, 2.0, 1.0, -1.0),
        ({"spot2": 0.0}, 100.0, 1.0, -1.0),
        ({"spot1": 0.0}, 0.0, 0.0, 0.0),
    ],
    ids=["expiry", "one-risk", "second-worthless", "first-worthless"],
)
def test_limits_are_reached(change, price, delta1, delta2):
    terms = {**MARKET, "dividend_yield1": 0.0, "dividend_yield2": 0.0, **change}
    if change.get("correlation") == 1.0:
        terms["spot1"] = 98.0
    found = exchange.greeks(**terms)
    assert found.price == pytest.approx(price, abs=1e-13)
    assert (found.delta1, found.delta2) == pytest.approx((delta1, delta2), abs=1e-13)
    assert found.gamma1 == found.cross_gamma == found.vega1 == found.vega2 == 0.0


def test_kink_has_a_price_but_no_greeks():
    terms = {**MARKET, "spot2": 100.0, "time_to_expiry": 0.0}
    assert exchange.price(**terms) == 0.0
    with pytest.raises(ValueError, match="outside the engine's range"):
        exchange.greeks(**terms)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"correlation": 1.01}, Status.OUT_OF_DOMAIN, r"correlation is 1\.01.*\[-1, 1\]"),
        ({"volatility2": -0.1}, Status.OUT_OF_DOMAIN, r"volatility2 is -0\.1"),
        ({"spot1": -1.0}, Status.OUT_OF_DOMAIN, r"spot1 is -1\.0"),
        ({"quantity2": -1.0}, Status.OUT_OF_DOMAIN, r"quantity2 is -1\.0"),
        ({"time_to_expiry": -1.0}, Status.OUT_OF_DOMAIN, r"time_to_expiry is -1\.0"),
        ({"rate": math.inf}, Status.NON_FINITE, "rate is inf"),
        ({"spot2": math.nan}, Status.NON_FINITE, "spot2 is nan"),
    ],
)
def test_error_table(change, status, words):
    terms = {**MARKET, **change}
    for function in (exchange.price, exchange.greeks):
        with pytest.raises(ValueError, match=words):
            function(**terms)
    values, found = exchange.price(**terms, on_failure="nan", return_status=True)
    assert math.isnan(values)
    assert found is status


def test_rows_do_not_depend_on_batch_or_threads():
    spots = np.linspace(50.0, 150.0, 1001)
    terms = {**MARKET, "spot1": spots}
    one = exchange.greeks(**terms, threads=1)
    two = exchange.greeks(**terms, threads=2)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    assert exchange.price(**{**MARKET, "spot1": spots[617]}) == exchange.price(**terms)[617]
