"""Double barriers: tables, references, QuantLib, identities, bounds, limits, the error table."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, barrier, black_scholes, double_barrier
from tasks.evidence.oracles import double_barrier as oracle

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data" / "double_barrier_reference.csv"
GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho")
MARKET = ("spot", "time_to_expiry", "rate", "dividend_yield", "volatility")
OPTION = {
    "barrier_type": "out",
    "option_type": "call",
    "spot": 100.0,
    "strike": 100.0,
    "lower_barrier": 80.0,
    "upper_barrier": 120.0,
    "time_to_expiry": 0.5,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
    "rebate": 2.0,
}


def vanilla(terms):
    """The same option without its barriers."""
    return black_scholes.price(**{name: terms[name] for name in (*MARKET, "option_type", "strike")})


# Haug (2007), table 4-14: call, spot and strike 100, rate 10 %, flat barriers, by expiry 0.25 and
# 0.5 and volatility 15 %, 25 %, 35 %; the last digit printed is off by one in places.
HAUG = {
    (50, 150): (4.3515, 6.1644, 7.0373, 6.9853, 7.9336, 6.5088),
    (60, 140): (4.3505, 5.8500, 5.7726, 6.8082, 6.3383, 4.3841),
    (70, 130): (4.3139, 4.8293, 3.7765, 5.9697, 4.0004, 2.2563),
    (80, 120): (3.7516, 2.6387, 1.4903, 3.5805, 1.5098, 0.5635),
    (90, 110): (1.2055, 0.3098, 0.0477, 0.5537, 0.0441, 0.0011),
}


@pytest.mark.parametrize(("barriers", "expected"), HAUG.items())
def test_published_values(barriers, expected):
    found = double_barrier.price(
        barrier_type="out", option_type="call", spot=100.0, strike=100.0,
        lower_barrier=barriers[0], upper_barrier=barriers[1],
        time_to_expiry=np.repeat([0.25, 0.5], 3), rate=0.1, volatility=[0.15, 0.25, 0.35] * 2,
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_prices_and_greeks_agree_with_references():
    with DATA.open() as stream:
        rows = list(csv.DictReader(stream))
    words = {"barrier_type", "option_type"}
    table = {
        key: [row[key] for row in rows] if key in words else np.array([float(r[key]) for r in rows])
        for key in rows[0]
    }
    assert len(rows) >= 100
    w = table["volatility"] * np.sqrt(table["time_to_expiry"])
    w /= np.log(table["upper_barrier"] / table["lower_barrier"])
    assert (w < 0.4).sum() > 20
    assert (w > 0.4).sum() > 20
    found = double_barrier.greeks(
        **{name: column for name, column in table.items() if name not in GREEKS}
    )
    np.testing.assert_allclose(found.price, table["price"], rtol=0, atol=2e-12)
    for name in GREEKS[1:]:
        scale = 1.0 + np.abs(table[name])
        assert (np.abs(getattr(found, name) - table[name]) / scale).max() < 1e-9, name


def random_terms(count, seed):
    """Columns of random contracts, the strike between the barriers, spot 100."""
    rng = np.random.default_rng(seed)
    low = 100 * np.exp(-rng.uniform(0.02, 0.5, count))
    high = 100 * np.exp(rng.uniform(0.02, 0.5, count))
    return {
        "barrier_type": np.array(["out", "in"])[rng.integers(0, 2, count)],
        "option_type": np.array(["call", "put"])[rng.integers(0, 2, count)],
        "spot": np.full(count, 100.0),
        "strike": low + (high - low) * rng.uniform(0.01, 0.99, count),
        "lower_barrier": low,
        "upper_barrier": high,
        "time_to_expiry": rng.integers(5, 700, count) / 365,
        "rate": rng.uniform(0.0, 0.1, count),
        "dividend_yield": rng.uniform(-0.02, 0.08, count),
        "volatility": rng.uniform(0.08, 0.6, count),
    }


def test_prices_agree_with_quantlib():
    # QuantLib prices a strike between the barriers only: beyond the upper one its put is 0, beyond
    # the lower one its call is wrong too
    terms = random_terms(2000, 20260306)
    rows = zip(*(column.tolist() for column in terms.values()), strict=True)
    theirs = [oracle.price(**dict(zip(terms, row, strict=True))) for row in rows]
    assert np.abs(double_barrier.price(**terms) - theirs).max() < 5e-9  # QuantLib's own error


@pytest.mark.parametrize("touch_type", ["no_touch", "one_touch"])
def test_touches_agree_with_quantlib(touch_type):
    terms = {
        "touch_type": touch_type, "spot": 100.0, "lower_barrier": 85.0, "upper_barrier": 118.0,
        "time_to_expiry": 146 / 365, "rate": 0.05, "dividend_yield": 0.02, "cash": 10.0,
    }  # fmt: skip
    for volatility in (0.05, 0.1, 0.2, 0.4, 0.8):
        found = double_barrier.touch_price(**terms, volatility=volatility)
        assert found == pytest.approx(oracle.touch_price(**terms, volatility=volatility), abs=1e-9)


def test_prices_are_within_bounds():
    count = 100_000
    terms = random_terms(count, 20260307)
    rng = np.random.default_rng(5)
    terms |= {
        "strike": 100.0 * np.exp(rng.uniform(-1, 1, count)),
        "rate": terms["rate"] - 0.06,
        "volatility": rng.uniform(0.0, 1.0, count) ** 3,
    }
    plain = vanilla(terms)
    out = double_barrier.price(**(terms | {"barrier_type": "out"}))
    knocked_in = double_barrier.price(**(terms | {"barrier_type": "in"}))
    for value in (out, knocked_in):
        assert (value >= 0.0).all()
        assert (value <= plain * (1.0 + 2.0**-51)).all()
    np.testing.assert_allclose(out + knocked_in, plain, rtol=0, atol=1e-11)


MARKETS = st.fixed_dictionaries(
    {
        "option_type": st.sampled_from(["call", "put"]),
        "spot": st.floats(50.0, 200.0),
        "strike": st.floats(1.0, 1e3),
        "lower_barrier": st.floats(1.0, 99.0),
        "upper_barrier": st.floats(101.0, 1e3),
        "time_to_expiry": st.floats(0.0, 20.0),
        "rate": st.floats(-0.3, 0.3),
        "dividend_yield": st.floats(-0.3, 0.3),
        "volatility": st.floats(0.0, 3.0),
    }
)


@given(market=MARKETS, rebate=st.floats(0.0, 50.0))
def test_out_and_in_pay_the_vanilla_option_and_the_rebate(market, rebate):
    values = double_barrier.price(barrier_type=["out", "in"], rebate=rebate, **market)
    discount = math.exp(-market["rate"] * market["time_to_expiry"])
    whole = vanilla(market) + rebate * discount
    scale = market["spot"] * math.exp(6.0) + market["strike"]
    assert values.sum() == pytest.approx(whole, rel=1e-12, abs=1e-13 * scale)


@given(market=MARKETS)
def test_a_second_barrier_takes_value_away(market):
    value = double_barrier.price(barrier_type="out", **market)
    shared = {name: market[name] for name in (*MARKET, "option_type", "strike")}
    down = barrier.price(barrier_type="down_out", barrier=market["lower_barrier"], **shared)
    up = barrier.price(barrier_type="up_out", barrier=market["upper_barrier"], **shared)
    scale = market["spot"] * math.exp(6.0) + market["strike"]
    assert value <= min(down, up) + 1e-13 * scale
    assert value >= down + up - vanilla(market) - 1e-13 * scale


def test_a_far_barrier_leaves_a_single_one():
    shared = {name: OPTION[name] for name in (*MARKET, "option_type", "strike")}
    for far, near in (("lower_barrier", "up_out"), ("upper_barrier", "down_out")):
        level = OPTION["upper_barrier" if near == "up_out" else "lower_barrier"]
        terms = OPTION | {far: 0.0 if far == "lower_barrier" else 1e12, "rebate": 0.0}
        single = barrier.price(barrier_type=near, barrier=level, **shared)
        assert double_barrier.price(**terms) == pytest.approx(single, rel=1e-13)


def test_both_series_meet_where_they_change_over():
    # w = 0.4 at this volatility
    edge = 0.4 * math.log(120.0 / 80.0) / math.sqrt(0.5)
    near = edge * (1.0 + np.array([-1e-12, 1e-12]))
    found = double_barrier.greeks(**(OPTION | {"volatility": near}))
    for name in GREEKS:
        below, above = getattr(found, name)
        assert below == pytest.approx(above, rel=1e-9), name


LIMITS = [
    pytest.param({"spot": 80.0}, 2.0 * math.exp(-0.025), id="at-the-lower-barrier"),
    pytest.param({"spot": 130.0}, 2.0 * math.exp(-0.025), id="beyond-the-upper-barrier"),
    pytest.param({"time_to_expiry": 0.0, "spot": 110.0}, 10.0, id="expired-alive"),
    pytest.param({"volatility": 0.0, "rate": 0.5}, 2.0 * math.exp(-0.25), id="path-reaches"),
    pytest.param(
        {"volatility": 0.0, "dividend_yield": 0.0}, 100.0 - 100.0 * math.exp(-0.025), id="alive"
    ),
    pytest.param({"strike": 120.0, "rebate": 0.0}, 0.0, id="strike-beyond"),
]


@pytest.mark.parametrize(("change", "expected"), LIMITS)
def test_limits_are_exact(change, expected):
    assert double_barrier.price(**(OPTION | change)) == pytest.approx(expected, rel=1e-14, abs=0)


def test_touch_greeks_are_slopes_of_the_price():
    names = (*MARKET, "lower_barrier", "upper_barrier")
    terms = {name: OPTION[name] for name in names} | {"touch_type": "no_touch", "cash": 100.0}
    found = double_barrier.touch_greeks(**terms)

    def moved(name, by):
        return double_barrier.touch_price(**(terms | {name: terms[name] + by}))

    for name, greek, sign in (("spot", "delta", 1), ("volatility", "vega", 1),
                              ("time_to_expiry", "theta", -1), ("rate", "rho", 1)):  # fmt: skip
        h = 1e-4 * terms[name]
        slope = sign * (moved(name, h) - moved(name, -h)) / (2 * h)
        assert getattr(found, greek) == pytest.approx(slope, rel=1e-6, abs=1e-6), greek


BAD = [
    pytest.param({"lower_barrier": -1.0}, r"lower_barrier is -1\.0: must be >= 0", id="negative"),
    pytest.param({"lower_barrier": 130.0}, "the arguments together are outside", id="crossed"),
    pytest.param({"volatility": math.nan}, "volatility is nan: must be finite", id="nan"),
    pytest.param({"barrier_type": "down_out"}, "barrier_type is 'down_out'", id="type"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        double_barrier.price(**(OPTION | change))


def test_bits_depend_neither_on_threads_nor_on_place():
    terms = random_terms(2000, 7)
    whole = np.array(double_barrier.greeks(**terms, threads=1))
    np.testing.assert_array_equal(np.array(double_barrier.greeks(**terms, threads=3)), whole)
    row = {name: column[777].item() for name, column in terms.items()}
    np.testing.assert_array_equal(np.array(double_barrier.greeks(**row)), whole[:, 777])
    _, status = double_barrier.price(**(OPTION | {"spot": [1.0, math.inf]}), return_status=True)
    assert list(status) == [Status.OK, Status.NON_FINITE]
