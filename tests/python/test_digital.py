"""Digital and touch options: tables, references, QuantLib, identities, limits, the error table."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, black_scholes, digital
from tasks.evidence.oracles import digital as oracle

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data" / "touch_reference.csv"
GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho")
MARKET = {
    "spot": 100.0,
    "time_to_expiry": 0.5,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
}
TOUCH = MARKET | {"touch_type": "one_touch", "side": "down", "barrier": 90.0}
DIGITAL = MARKET | {"payoff": "cash", "option_type": "call", "strike": 100.0}


# Haug (2007), sections 4.19.1 to 4.19.3.
def test_published_european_values():
    gap = digital.price(
        payoff="gap", option_type="call", spot=50.0, strike=50.0, payment_strike=57.0,
        time_to_expiry=0.5, rate=0.09, volatility=0.2,
    )  # fmt: skip
    assert gap == pytest.approx(-0.0053, abs=5e-5)
    cash = digital.price(
        payoff="cash", option_type="put", spot=100.0, strike=80.0, cash=10.0, time_to_expiry=0.75,
        rate=0.06, dividend_yield=0.06, volatility=0.35,
    )  # fmt: skip
    assert cash == pytest.approx(2.6710, abs=5e-5)
    asset = digital.price(
        payoff="asset", option_type="put", spot=70.0, strike=65.0, time_to_expiry=0.5, rate=0.07,
        dividend_yield=0.05, volatility=0.27,
    )  # fmt: skip
    assert asset == pytest.approx(20.2069, abs=5e-5)


# Haug (2007), table 4-22: half a year, rate 10 %, no yield, volatility 20 %, barrier 100, cash 15;
# spot 105 above a lower barrier, 95 below an upper one.
HAUG = [
    ("one_touch", "down", "cash", "hit", 9.7264),
    ("one_touch", "up", "cash", "hit", 11.6553),
    ("one_touch", "down", "asset", "hit", 64.8426),
    ("one_touch", "up", "asset", "hit", 77.7017),
    ("one_touch", "down", "cash", "expiry", 9.3604),
    ("one_touch", "up", "cash", "expiry", 11.2223),
    ("one_touch", "down", "asset", "expiry", 64.8426),
    ("one_touch", "up", "asset", "expiry", 77.7017),
    ("no_touch", "down", "cash", "expiry", 4.9081),
    ("no_touch", "up", "cash", "expiry", 3.0461),
    ("no_touch", "down", "asset", "expiry", 40.1574),
    ("no_touch", "up", "asset", "expiry", 17.2983),
]


@pytest.mark.parametrize(("touch_type", "side", "payoff", "payment", "expected"), HAUG)
def test_published_touch_values(touch_type, side, payoff, payment, expected):
    found = digital.touch_price(
        touch_type=touch_type, side=side, payoff=payoff, payment=payment,
        spot=105.0 if side == "down" else 95.0, barrier=100.0, time_to_expiry=0.5, rate=0.1,
        volatility=0.2, cash=15.0,
    )  # fmt: skip
    assert found == pytest.approx(expected, abs=6e-5)


def test_touch_prices_and_greeks_agree_with_references():
    with DATA.open() as stream:
        rows = list(csv.DictReader(stream))
    words = {"touch_type", "side", "payoff", "payment"}
    table = {
        key: [row[key] for row in rows] if key in words else np.array([float(r[key]) for r in rows])
        for key in rows[0]
    }
    assert len(rows) >= 100
    assert (table["rate"] < 0.0).sum() > 20
    found = digital.touch_greeks(**{name: x for name, x in table.items() if name not in GREEKS})
    np.testing.assert_allclose(found.price, table["price"], rtol=0, atol=2e-12)
    for name in GREEKS[1:]:
        scale = 1.0 + np.abs(table[name])
        assert (np.abs(getattr(found, name) - table[name]) / scale).max() < 1e-9, name


def random_terms(count, seed):
    rng = np.random.default_rng(seed)
    side = np.array(["down", "up"])[rng.integers(0, 2, count)]
    distance = rng.uniform(0.001, 0.5, count)
    return {
        "touch_type": np.array(["one_touch", "no_touch"])[rng.integers(0, 2, count)],
        "side": side,
        "payoff": np.array(["cash", "asset"])[rng.integers(0, 2, count)],
        "payment": np.array(["hit", "expiry"])[rng.integers(0, 2, count)],
        "spot": np.full(count, 100.0),
        "barrier": 100.0 * np.exp(np.where(side == "down", -distance, distance)),
        "time_to_expiry": rng.integers(5, 1500, count) / 365,
        "rate": rng.uniform(0.0, 0.1, count),
        "dividend_yield": rng.uniform(-0.02, 0.08, count),
        "volatility": rng.uniform(0.08, 0.7, count),
        "cash": np.full(count, 10.0),
    }


def by_row(function, terms):
    rows = zip(*(column.tolist() for column in terms.values()), strict=True)
    return np.array([function(**dict(zip(terms, row, strict=True))) for row in rows])


def test_touch_prices_agree_with_quantlib():
    terms = random_terms(2000, 20260304)
    theirs = by_row(oracle.touch_price, terms)
    assert np.abs(digital.touch_price(**terms) - theirs).max() < 1e-10


def test_european_prices_agree_with_quantlib():
    rng = np.random.default_rng(20260305)
    count = 600
    terms = {
        "payoff": np.array(["cash", "asset", "gap"])[rng.integers(0, 3, count)],
        "option_type": np.array(["call", "put"])[rng.integers(0, 2, count)],
        "spot": np.full(count, 100.0),
        "strike": 100.0 * np.exp(rng.uniform(-0.7, 0.7, count)),
        "time_to_expiry": rng.integers(5, 1500, count) / 365,
        "rate": rng.uniform(-0.03, 0.1, count),
        "dividend_yield": rng.uniform(-0.02, 0.08, count),
        "volatility": rng.uniform(0.05, 0.7, count),
        "cash": rng.uniform(0.1, 10.0, count),
        "payment_strike": rng.uniform(50.0, 150.0, count),
    }
    theirs = by_row(oracle.price, terms)
    assert np.abs(digital.price(**terms) - theirs).max() < 1e-11


MARKETS = st.fixed_dictionaries(
    {
        "spot": st.floats(0.5, 1e3),
        "time_to_expiry": st.floats(1e-3, 30.0),
        "rate": st.floats(-0.3, 0.3),
        "dividend_yield": st.floats(-0.3, 0.3),
        "volatility": st.floats(1e-3, 3.0),
    }
)


@given(market=MARKETS, strike=st.floats(0.5, 1e3))
def test_legs_make_the_vanilla_option(market, strike):
    terms = market | {"option_type": "call", "strike": strike}
    asset = digital.price(payoff="asset", **terms)
    cash = digital.price(payoff="cash", cash=strike, **terms)
    scale = (market["spot"] + strike) * math.exp(9.0)
    assert asset - cash == pytest.approx(black_scholes.price(**terms), abs=1e-13 * scale)
    found = digital.greeks(payoff="gap", payment_strike=strike, **terms)
    plain = black_scholes.greeks(**terms)
    assert found.delta == pytest.approx(plain.delta, rel=1e-9, abs=1e-9)


@given(market=MARKETS, strike=st.floats(0.5, 1e3))
def test_call_and_put_pay_for_sure_together(market, strike):
    call, put = digital.price(payoff="cash", option_type=["call", "put"], strike=strike, **market)
    discount = math.exp(-market["rate"] * market["time_to_expiry"])
    assert call + put == pytest.approx(discount, rel=1e-14)


@given(market=MARKETS, level=st.floats(0.5, 1e3), side=st.sampled_from(["down", "up"]))
def test_touches_are_ordered_and_add_up(market, level, side):
    terms = market | {"side": side, "barrier": level}
    discount = math.exp(-market["rate"] * market["time_to_expiry"])
    at_expiry = digital.touch_price(touch_type="one_touch", payment="expiry", **terms)
    at_hit = digital.touch_price(touch_type="one_touch", payment="hit", **terms)
    none = digital.touch_price(touch_type="no_touch", **terms)
    assert at_expiry + none == pytest.approx(discount, rel=1e-13)
    # each discount lies between that of expiry and 1
    low, high = sorted((1.0, 1.0 / discount))
    assert low * at_expiry * (1 - 1e-12) <= at_hit <= high * at_expiry * (1 + 1e-12) + 1e-300


@pytest.mark.parametrize("rate", [-0.3, -0.05, -0.031225, -0.02, -1e-6, 0.0, 1e-6, 0.05])
def test_payment_at_hit_is_an_integral_over_the_time_of_passage(rate):
    terms = TOUCH | {"rate": rate, "time_to_expiry": 4.0}
    times = np.linspace(0.0, 4.0, 8001)[1:]
    # the same chances without discounting
    carry = {"rate": 0.0, "dividend_yield": terms["dividend_yield"] - rate, "payment": "expiry"}
    chance = digital.touch_price(**(terms | carry | {"time_to_expiry": times}))
    # by parts: e^{-rT} P(T) + r int e^{-rt} P(t) dt, Simpson's rule
    weights = np.where(np.arange(8000) % 2 == 0, 4.0, 2.0) * (times[0] / 3.0)
    weights[-1] /= 2.0
    integral = rate * (weights * np.exp(-rate * times) * chance).sum()
    expected = math.exp(-4.0 * rate) * chance[-1] + integral
    assert digital.touch_price(**terms) == pytest.approx(expected, rel=1e-9)


def test_greeks_are_smooth_where_the_form_changes():
    rates = -0.0022 + np.linspace(-0.03, 0.03, 2401)
    terms = TOUCH | {"dividend_yield": -0.05}
    nu = rates + 0.05 - 0.5 * terms["volatility"] ** 2
    y_square = ((nu / terms["volatility"]) ** 2 + 2.0 * rates) * terms["time_to_expiry"]
    assert y_square[0] < -0.02
    assert y_square[-1] > 0.02
    found = digital.touch_greeks(**(terms | {"rate": rates}))
    for name in GREEKS:
        second = np.diff(getattr(found, name), 2)
        assert np.abs(np.diff(second)).max() < 2e-8, name


LIMITS = [
    pytest.param({"spot": 90.0}, 1.0, id="reached-pays-now"),
    pytest.param({"spot": 80.0, "payoff": "asset"}, 80.0, id="reached-pays-the-asset"),
    pytest.param({"spot": 80.0, "payment": "expiry"}, math.exp(-0.025), id="reached-at-expiry"),
    pytest.param({"spot": 80.0, "touch_type": "no_touch"}, 0.0, id="no-touch-reached"),
    pytest.param({"time_to_expiry": 0.0}, 0.0, id="expired"),
    pytest.param({"volatility": 0.0}, 0.0, id="no-volatility-not-reached"),
    pytest.param({"barrier": 0.0, "touch_type": "no_touch"}, math.exp(-0.025), id="no-barrier"),
    pytest.param(
        {"volatility": 0.0, "side": "up", "barrier": 101.0},
        math.exp(-0.05 * math.log(1.01) / 0.03), id="no-volatility-reached",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), LIMITS)
def test_touch_limits_are_exact(change, expected):
    assert digital.touch_price(**(TOUCH | change)) == pytest.approx(expected, rel=1e-14, abs=0)


EUROPEAN_LIMITS = [
    pytest.param({"time_to_expiry": 0.0}, 0.5, id="expired-at-the-strike"),
    pytest.param({"time_to_expiry": 0.0, "strike": 90.0}, 1.0, id="expired-inside"),
    pytest.param({"time_to_expiry": 0.0, "strike": 110.0}, 0.0, id="expired-outside"),
    pytest.param({"strike": 0.0}, math.exp(-0.025), id="strike-zero"),
    pytest.param({"spot": 0.0}, 0.0, id="spot-zero"),
    pytest.param({"spot": 0.0, "option_type": "put"}, math.exp(-0.025), id="spot-zero-put"),
]


@pytest.mark.parametrize(("change", "expected"), EUROPEAN_LIMITS)
def test_european_limits_are_exact(change, expected):
    assert digital.price(**(DIGITAL | change)) == pytest.approx(expected, rel=1e-15, abs=0)


def test_a_jump_has_no_greeks():
    with pytest.raises(ValueError, match="beyond the range"):
        digital.greeks(**(DIGITAL | {"time_to_expiry": 0.0}))


@pytest.mark.parametrize("payoff", ["cash", "asset", "gap"])
def test_european_greeks_are_slopes_of_the_price(payoff):
    terms = DIGITAL | {"payoff": payoff, "payment_strike": 80.0, "cash": 100.0}
    found = digital.greeks(**terms)

    def moved(name, by):
        return digital.price(**(terms | {name: terms[name] + by}))

    for name, greek, sign in (("spot", "delta", 1), ("volatility", "vega", 1),
                              ("time_to_expiry", "theta", -1), ("rate", "rho", 1)):  # fmt: skip
        h = 1e-4 * terms[name]
        slope = sign * (moved(name, h) - moved(name, -h)) / (2 * h)
        assert getattr(found, greek) == pytest.approx(slope, rel=1e-6, abs=1e-6), greek
    bend = (moved("spot", 0.02) - 2 * moved("spot", 0.0) + moved("spot", -0.02)) / 0.02**2
    assert found.gamma == pytest.approx(bend, abs=1e-6)


BAD = [
    pytest.param({"barrier": -1.0}, r"barrier is -1\.0: must be >= 0", id="barrier"),
    pytest.param({"volatility": math.nan}, "volatility is nan: must be finite", id="nan"),
    pytest.param({"payoff": "gap"}, "payoff is 'gap': must be one of", id="payoff"),
    pytest.param({"side": "left"}, "side is 'left'", id="side"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        digital.touch_price(**(TOUCH | change))


def test_bits_depend_neither_on_threads_nor_on_place():
    terms = random_terms(3000, 7)
    whole = np.array(digital.touch_greeks(**terms, threads=1))
    np.testing.assert_array_equal(np.array(digital.touch_greeks(**terms, threads=3)), whole)
    row = {name: column[777].item() for name, column in terms.items()}
    np.testing.assert_array_equal(np.array(digital.touch_greeks(**row)), whole[:, 777])
    _, status = digital.touch_price(**(TOUCH | {"spot": [1.0, math.inf]}), return_status=True)
    assert list(status) == [Status.OK, Status.NON_FINITE]
