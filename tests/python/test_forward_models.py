"""Black on a forward and Bachelier: references, identities, limits, the error table."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, bachelier, black, black_scholes

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data" / "forward_reference.csv"
MODELS = pytest.mark.parametrize("model", [black, bachelier], ids=["black", "bachelier"])
OPTION = {
    "option_type": "call",
    "forward": 100.0,
    "strike": 105.0,
    "time_to_expiry": 0.5,
    "rate": 0.03,
    "volatility": 0.2,
}
INPUTS = ("forward", "strike", "time_to_expiry", "rate", "volatility")


def reference(model):
    """Columns of the 25-digit table of one model, inputs and outputs by name."""
    name = model.__name__.rpartition(".")[2]
    with DATA.open() as stream:
        rows = [row for row in csv.DictReader(stream) if row.pop("model") == name]
    numbers = [key for key in rows[0] if key != "family"]
    return {key: np.array([float(row[key]) for row in rows]) for key in numbers}


def inputs(table):
    return {"option_type": table["option_sign"], **{name: table[name] for name in INPUTS}}


@MODELS
def test_prices_and_greeks_agree_with_references(model):
    table = reference(model)
    assert len(table["price"]) > 200
    found = model.greeks(**inputs(table))
    np.testing.assert_array_equal(found.price, model.price(**inputs(table)))
    np.testing.assert_allclose(found.price, table["price"], rtol=1e-13, atol=0)
    for name in ("delta", "gamma", "vega", "rho"):
        np.testing.assert_allclose(getattr(found, name), table[name], rtol=1e-12, atol=0)
    assert (np.abs(found.theta - table["theta"]) <= 1e-12 * table["theta_scale"]).all()


@MODELS
def test_implied_volatility_returns_the_one_that_priced(model):
    table = reference(model)
    terms = inputs(table)
    volatility = terms.pop("volatility")
    found, status = model.implied_volatility(price=table["price"], **terms, return_status=True)
    solved = status == Status.OK
    assert (status[~solved] == Status.NO_TIME_VALUE).all()
    assert solved.sum() > 0.7 * len(status)
    # what one rounding of the price allows
    allowed = 3e-16 * (1.0 + table["price"] / (table["vega"] * volatility))
    assert (np.abs(found / volatility - 1.0) <= 4.0 * allowed)[solved].all()


def test_black_is_black_scholes_with_the_yield_of_the_rate():
    table = reference(black)
    terms = inputs(table)
    twin = {"spot" if name == "forward" else name: value for name, value in terms.items()}
    twin["dividend_yield"] = twin["rate"]
    names = ("price", "delta", "gamma", "vega", "theta", "vanna", "volga", "charm", "veta",
             "speed", "zomma", "color")  # fmt: skip
    ours = black.greeks(**terms, select=names)
    theirs = black_scholes.greeks(**twin, select=names)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    rho = black.greeks(**terms).rho
    np.testing.assert_array_equal(rho, -(terms["time_to_expiry"] * ours.price))


# Haug, The Complete Guide to Option Pricing Formulas, 2nd ed., sections 1.1.6 and 1.3.1: a future
# in Black's model, and Bachelier's original formula with no discounting.
def test_published_values():
    future = black.price(
        option_type="put", forward=19.0, strike=19.0, time_to_expiry=0.75, rate=0.1, volatility=0.28
    )
    assert future == pytest.approx(1.7011, abs=5e-5)
    normal = bachelier.price(
        option_type="call", forward=0.0, strike=0.0, time_to_expiry=1.0, rate=0.0, volatility=1.0
    )
    assert normal == pytest.approx(1.0 / math.sqrt(2.0 * math.pi), rel=1e-15)


MARKETS = st.fixed_dictionaries(
    {
        "forward": st.floats(-1e3, 1e3),
        "strike": st.floats(-1e3, 1e3),
        "time_to_expiry": st.floats(1e-4, 10.0),
        "rate": st.floats(-0.05, 0.2),
        "volatility": st.floats(0.01, 400.0),
    }
)


@given(market=MARKETS)
def test_bachelier_call_less_put_is_the_forward(market):
    call, put = bachelier.price(option_type=["call", "put"], **market)
    discount = math.exp(-market["rate"] * market["time_to_expiry"])
    gain = discount * (market["forward"] - market["strike"])
    assert call - put == pytest.approx(gain, abs=4e-16 * (call + put + abs(gain)))
    assert call >= 0.0
    assert put >= 0.0


@given(market=MARKETS, kind=st.sampled_from(["call", "put"]))
def test_bachelier_price_to_volatility_and_back(market, kind):
    terms = {name: market[name] for name in market if name != "volatility"}
    value = bachelier.price(option_type=kind, **market)
    volatility, status = bachelier.implied_volatility(
        option_type=kind, price=value, **terms, return_status=True, on_failure="nan"
    )
    assert status in (Status.OK, Status.NO_TIME_VALUE)
    if status is Status.OK:
        again = bachelier.greeks(option_type=kind, **terms, volatility=volatility)
        moved = again.vega * volatility * 2.0**-52
        assert abs(again.price - value) <= 4 * (moved + value * 2.0**-52)


BAD = [
    pytest.param({"forward": math.nan}, "forward is nan: must be finite", id="nan"),
    pytest.param({"time_to_expiry": -1}, r"time_to_expiry is -1\.0: must be >= 0", id="time"),
    pytest.param({"volatility": -0.2}, r"volatility is -0\.2: must be >= 0", id="volatility"),
    pytest.param({"option_type": "Call"}, "option_type is 'Call'", id="type-word"),
    pytest.param({"on_failure": "ignore"}, "on_failure is 'ignore'", id="rule"),
]


@MODELS
@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(model, change, message):
    with pytest.raises(ValueError, match=message):
        model.price(**(OPTION | change))


def test_negative_forwards_are_for_bachelier_only():
    assert bachelier.price(**(OPTION | {"forward": -5.0, "strike": -5.0})) > 0.0
    with pytest.raises(ValueError, match=r"forward is -5\.0: must be >= 0"):
        black.price(**(OPTION | {"forward": -5.0}))


UNANSWERABLE = [
    pytest.param(black, 9.99, Status.BELOW_INTRINSIC, id="black-below"),
    pytest.param(black, 10.0, Status.NO_TIME_VALUE, id="black-equal"),
    pytest.param(black, 100.0, Status.ABOVE_MAXIMUM, id="black-above"),
    pytest.param(bachelier, 9.99, Status.BELOW_INTRINSIC, id="bachelier-below"),
    pytest.param(bachelier, 10.0, Status.NO_TIME_VALUE, id="bachelier-equal"),
]


@pytest.mark.parametrize(("model", "price", "status"), UNANSWERABLE)
def test_prices_without_a_volatility_are_told_apart(model, price, status):
    terms = OPTION | {"strike": 90.0, "rate": 0.0}
    del terms["volatility"]
    _, found = model.implied_volatility(price=[price], **terms, return_status=True)
    assert found[0] == status


LIMITS = [
    pytest.param({"time_to_expiry": 0.0, "strike": 90.0}, 10.0, 1.0, id="expired-inside"),
    pytest.param({"volatility": 0.0, "rate": 0.0, "strike": 90.0}, 10.0, 1.0, id="no-volatility"),
    pytest.param({"time_to_expiry": 0.0, "strike": 100.0}, 0.0, 0.5, id="kink"),
    pytest.param({"time_to_expiry": 0.0, "strike": 110.0}, 0.0, 0.0, id="expired-outside"),
]


@MODELS
@pytest.mark.parametrize(("change", "price", "delta"), LIMITS)
def test_limits_are_exact(model, change, price, delta):
    found = model.greeks(**(OPTION | change))
    assert (found.price, found.delta) == (price, delta)


@MODELS
def test_bits_depend_neither_on_threads_nor_on_place(model):
    table = reference(model)
    terms = {name: np.tile(column, 40) for name, column in inputs(table).items()}
    whole = np.array(model.greeks(**terms, threads=1))
    np.testing.assert_array_equal(np.array(model.greeks(**terms, threads=3)), whole)
    row = {name: float(column[777]) for name, column in terms.items()}
    np.testing.assert_array_equal(np.array(model.greeks(**row)), whole[:, 777])
    assert model.price(**row) == whole[0, 777]
