"""Rainbow options on two assets: references, QuantLib, identities, limits."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, black_scholes, exchange, rainbow
from tasks.evidence.oracles import rainbow as quantlib
from tests.python.two_assets import MARKET, check_greeks, random_market, reference

pytestmark = pytest.mark.fast

TYPES = ("call", "put")
EXTREMES = ("maximum", "minimum")
KINDS = pytest.mark.parametrize(
    ("option_type", "extreme"), [(t, e) for t in TYPES for e in EXTREMES]
)


def test_prices_agree_with_references():
    table = reference("rainbow_reference.csv")
    expected = table.pop("price")
    assert len(expected) == 64
    scale = table["spot1"] + table["spot2"] + table["strike"]
    error = np.abs(rainbow.price(**table) - expected) / scale
    assert error.max() < 1e-14


@KINDS
def test_prices_agree_with_quantlib(option_type, extreme):
    generator = random.Random(1982)
    for _ in range(200):
        market = random_market(generator)
        terms = {
            "option_type": option_type,
            "extreme": extreme,
            "strike": generator.uniform(60, 140),
            **market,
        }
        assert rainbow.price(**terms) == pytest.approx(quantlib.price(**terms), abs=2e-13)


@KINDS
def test_greeks_are_derivatives_of_the_price(option_type, extreme):
    terms = {"option_type": option_type, "extreme": extreme, "strike": 98.0, **MARKET}
    check_greeks(rainbow.price, rainbow.greeks, terms)


def test_best_of_cash_is_cash_and_a_call():
    call = rainbow.price(option_type="call", extreme="maximum", strike=98.0, **MARKET)
    value = rainbow.best_of_cash_price(cash=98.0, **MARKET)
    assert value == pytest.approx(98.0 * math.exp(-0.04 * 0.75) + call, rel=1e-15)
    terms = {"cash": 98.0, **MARKET}
    check_greeks(rainbow.best_of_cash_price, rainbow.best_of_cash_greeks, terms)


@given(
    strike=st.floats(1.0, 300.0),
    spot1=st.floats(1.0, 300.0),
    time=st.floats(0.0, 10.0),
    volatility1=st.floats(0.0, 1.5),
    correlation=st.floats(-1.0, 1.0),
)
def test_maximum_and_minimum_add_up(strike, spot1, time, volatility1, correlation):
    market = {
        **MARKET,
        "spot1": spot1,
        "time_to_expiry": time,
        "volatility1": volatility1,
        "correlation": correlation,
    }
    found = {
        (t, e): rainbow.price(option_type=t, extreme=e, strike=strike, **market)
        for t in TYPES
        for e in EXTREMES
    }
    for option_type in TYPES:
        single = sum(
            black_scholes.price(
                option_type=option_type,
                strike=strike,
                spot=market[f"spot{k}"],
                time_to_expiry=time,
                rate=market["rate"],
                volatility=market[f"volatility{k}"],
                dividend_yield=market[f"dividend_yield{k}"],
            )
            for k in (1, 2)
        )
        both = found[option_type, "maximum"] + found[option_type, "minimum"]
        assert both == pytest.approx(single, abs=1e-12 * (spot1 + strike))
    # parity: the larger asset is the second and an exchange
    larger = market["spot2"] * math.exp(-0.01 * time) + exchange.price(**market)
    gap = found["call", "maximum"] - found["put", "maximum"]
    expected = larger - strike * math.exp(-market["rate"] * time)
    assert gap == pytest.approx(expected, abs=1e-12 * (spot1 + strike))


@KINDS
@pytest.mark.parametrize(
    "change",
    [
        {"time_to_expiry": 0.0},
        {"volatility1": 0.0, "volatility2": 0.0},
        {"spot1": 0.0, "volatility2": 0.0},
        {"strike": 0.0, "time_to_expiry": 0.0},
    ],
)
def test_certain_outcomes_are_discounted(option_type, extreme, change):
    terms = {"strike": 97.0, **MARKET, **change}
    time = terms["time_to_expiry"]
    pick = max if extreme == "maximum" else min
    end = pick(
        terms["spot1"] * math.exp(0.02 * time),
        terms["spot2"] * math.exp(0.03 * time),
    )
    gain = end - terms["strike"] if option_type == "call" else terms["strike"] - end
    found = rainbow.greeks(option_type=option_type, extreme=extreme, **terms)
    assert found.price == pytest.approx(max(gain, 0.0) * math.exp(-0.04 * time), abs=1e-12)
    assert found.gamma1 == found.gamma2 == found.cross_gamma == 0.0


@KINDS
def test_equal_assets_without_own_risk_are_one(option_type, extreme):
    terms = {**MARKET, "spot2": 90.0, "volatility2": 0.3, "correlation": 1.0, "strike": 95.0}
    terms["dividend_yield2"] = 0.02
    spot = 100.0 if extreme == "maximum" else 90.0
    value = rainbow.price(option_type=option_type, extreme=extreme, **terms)
    single = black_scholes.price(
        option_type=option_type,
        spot=spot,
        strike=95.0,
        time_to_expiry=0.75,
        rate=0.04,
        volatility=0.3,
        dividend_yield=0.02,
    )
    assert value == pytest.approx(single, abs=1e-13)


def test_kink_has_a_price_but_no_greeks():
    terms = {"option_type": "call", "extreme": "maximum", "strike": 100.0, **MARKET}
    terms["time_to_expiry"] = 0.0
    assert rainbow.price(**terms) == 0.0
    with pytest.raises(ValueError, match="outside the engine's range"):
        rainbow.greeks(**terms)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"strike": -1.0}, Status.OUT_OF_DOMAIN, r"strike is -1\.0"),
        ({"correlation": -1.5}, Status.OUT_OF_DOMAIN, r"correlation is -1\.5"),
        ({"strike": math.nan}, Status.NON_FINITE, "strike is nan"),
        ({"volatility1": math.inf}, Status.NON_FINITE, "volatility1 is inf"),
    ],
)
def test_error_table(change, status, words):
    terms = {"option_type": "put", "extreme": "minimum", "strike": 98.0, **MARKET, **change}
    for function in (rainbow.price, rainbow.greeks):
        with pytest.raises(ValueError, match=words):
            function(**terms)
    value, found = rainbow.price(**terms, on_failure="nan", return_status=True)
    assert math.isnan(value)
    assert found is status
    with pytest.raises(ValueError, match="extreme is 'largest'"):
        rainbow.price(**{**terms, "extreme": "largest"})
