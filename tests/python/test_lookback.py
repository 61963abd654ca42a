"""Lookback options: QuantLib, simulation, identities, limits where the drift vanishes, errors."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import black_scholes, lookback
from tasks.evidence.oracles import lookback as quantlib
from tasks.evidence.thirds import lookback_windows

pytestmark = pytest.mark.fast

OPTION = {
    "kind": "fixed_strike",
    "option_type": "call",
    "spot": 100.0,
    "strike": 102.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.2,
}


def draw(size, seed=1):
    """Contracts of every kind, the extremum at or beyond the spot."""
    random = np.random.default_rng(seed)
    for _ in range(size):
        kind = random.choice(["fixed_strike", "floating_strike"])
        option_type = random.choice(["call", "put"])
        high = (kind == "fixed_strike") == (option_type == "call")
        beyond = float(random.choice([0.0, random.uniform(0.0, 0.3)]))
        yield {
            "kind": str(kind),
            "option_type": str(option_type),
            "spot": 100.0,
            "strike": float(random.uniform(70.0, 130.0)),
            "time_to_expiry": int(random.integers(10, 1095)) / 365.0,
            "rate": float(random.uniform(-0.02, 0.1)),
            "dividend_yield": float(random.uniform(-0.02, 0.1)),
            "volatility": float(random.uniform(0.05, 0.6)),
            "extremum": 100.0 * (1.0 + beyond if high else 1.0 - beyond),
        }


def test_prices_agree_with_quantlib():
    # QuantLib's formulas divide by the drift, and lose digits where it is small
    for row in draw(400):
        if abs(row["rate"] - row["dividend_yield"]) < 1e-3:
            continue
        assert lookback.price(**row) == pytest.approx(quantlib.price(**row), abs=1e-9)


# Conze and Viswanathan (1991), as tabulated by Haug, 2nd ed., table 4-9: fixed-strike calls and
# puts of half a year and a year, spot 100, rate 10 %.
PUBLISHED = [
    pytest.param("call", 95.0, 0.5, 0.1, 13.2687, id="call-95"),
    pytest.param("call", 100.0, 0.5, 0.2, 14.1702, id="call-100"),
    pytest.param("put", 100.0, 0.5, 0.1, 3.3917, id="put-100"),
]


@pytest.mark.parametrize(("kind", "strike", "time", "volatility", "value"), PUBLISHED)
def test_published_values(kind, strike, time, volatility, value):
    found = lookback.price(
        kind="fixed_strike", option_type=kind, spot=100.0, strike=strike, time_to_expiry=time,
        rate=0.1, volatility=volatility,
    )  # fmt: skip
    assert found == pytest.approx(value, abs=5e-5)


def test_late_windows_agree_with_quantlib_and_with_their_ends():
    for row in draw(60, seed=2):
        if row["kind"] != "fixed_strike" or row["time_to_expiry"] < 0.2:
            continue
        start = round(0.4 * row["time_to_expiry"] * 365) / 365
        row |= {"extremum": 100.0, "window_start": start}
        if abs(row["rate"] - row["dividend_yield"]) > 1e-3:
            assert lookback.price(**row) == pytest.approx(quantlib.price(**row), abs=2e-4)
        whole = lookback.price(**(row | {"window_start": 1e-9}))
        assert whole == pytest.approx(lookback.price(**(row | {"window_start": 0.0})), abs=2e-2)
        last = lookback.price(**(row | {"window_start": row["time_to_expiry"] * (1 - 1e-12)}))
        vanilla = {
            name: row[name] for name in row if name not in ("kind", "extremum", "window_start")
        }
        assert last == pytest.approx(black_scholes.price(**vanilla), abs=1e-3)


def test_early_windows_agree_with_quantlib_and_with_their_ends():
    for row in draw(80, seed=3):
        if row["kind"] != "floating_strike" or row["time_to_expiry"] < 0.2:
            continue
        row["window_end"] = round(0.6 * row["time_to_expiry"] * 365) / 365
        found = lookback.price(**row)
        if abs(row["rate"] - row["dividend_yield"]) > 1e-3:
            # QuantLib's bivariate normal distribution has six digits
            assert found == pytest.approx(quantlib.price(**row), abs=2e-3)
        whole = lookback.price(**(row | {"window_end": 0.0}))
        assert found <= whole
        last = lookback.price(**(row | {"window_end": row["time_to_expiry"] * (1 - 1e-9)}))
        assert last == pytest.approx(whole, abs=1e-2)
        first = lookback.price(**(row | {"window_end": 1e-9}))
        terms = {n: row[n] for n in row if n not in ("kind", "extremum", "window_end", "strike")}
        plain = black_scholes.price(**terms, strike=row["extremum"])
        assert first == pytest.approx(plain, abs=1e-2)


def test_an_early_window_agrees_with_simulation_also_without_drift():
    random = np.random.default_rng(8)
    normal = random.standard_normal((20_000, 400))
    normal = np.concatenate([normal, -normal])
    for rate in (0.05, 0.02):
        step = 1.0 / 400
        move = (rate - 0.02 - 0.02) * step + 0.2 * math.sqrt(step) * normal
        path = 100.0 * np.exp(np.cumsum(move, axis=1))
        # watched at 200 of the fixings: the continuous minimum is lower by the known factor
        lowest = np.minimum(path[:, :200].min(axis=1), 100.0) * math.exp(
            -0.5826 * 0.2 * math.sqrt(step)
        )
        payoff = math.exp(-rate) * np.maximum(path[:, -1] - np.minimum(lowest, 100.0), 0.0)
        found = lookback.price(
            kind="floating_strike", option_type="call", spot=100.0, time_to_expiry=1.0, rate=rate,
            dividend_yield=0.02, volatility=0.2, window_end=0.5,
        )  # fmt: skip
        error = 4.5 * payoff.std() / math.sqrt(len(payoff))
        assert found == pytest.approx(payoff.mean(), abs=error)


@pytest.mark.parametrize("kind", ["fixed_strike", "floating_strike"])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_nothing_is_lost_where_the_drift_vanishes(kind, option_type):
    option = OPTION | {"kind": kind, "option_type": option_type, "extremum": 100.0, "rate": 0.02}
    steps = np.array([0.0, 1e-14, 1e-10, 1e-7])
    found = lookback.greeks(**(option | {"rate": 0.02 + steps}))
    for values in found:
        np.testing.assert_allclose(values, values[0], rtol=1e-5)
    np.testing.assert_allclose(found.price[:3], found.price[0], rtol=1e-8)
    near = lookback.price(**(option | {"rate": [0.02 + 0.0199, 0.02 + 0.0201]}))  # series, formula
    middle = lookback.price(**(option | {"rate": 0.02 + 0.02}))
    assert middle == pytest.approx(near.mean(), rel=1e-6)


MARKETS = st.fixed_dictionaries(
    {
        "spot": st.floats(50.0, 200.0),
        "time_to_expiry": st.floats(1e-3, 5.0),
        "rate": st.floats(-0.05, 0.15),
        "dividend_yield": st.floats(-0.05, 0.15),
        "volatility": st.floats(0.02, 1.0),
    }
)


@given(market=MARKETS, beyond=st.floats(1.0, 1.5), strike=st.floats(30.0, 300.0))
def test_fixed_and_floating_strikes_are_one_level_apart(market, beyond, strike):
    # the best level held as a fixed strike: M_T - K = (M_T - S_T) + (S_T - K) when K <= M
    high = market["spot"] * beyond
    discount = math.exp(-market["rate"] * market["time_to_expiry"])
    asset = market["spot"] * math.exp(-market["dividend_yield"] * market["time_to_expiry"])
    strike = min(strike, high)
    fixed = lookback.price(
        kind="fixed_strike", option_type="call", strike=strike, extremum=high, **market
    )
    floating = lookback.price(kind="floating_strike", option_type="put", extremum=high, **market)
    scale = fixed + floating + asset + strike
    assert fixed == pytest.approx(floating + asset - strike * discount, abs=1e-13 * scale)


def test_strong_carry_against_little_volatility_stays_in_range():
    option = OPTION | {"volatility": 0.02, "rate": 0.15, "dividend_yield": 0.0, "strike": 300.0}
    assert lookback.price(**option) == pytest.approx(0.0, abs=1e-12)
    found = lookback.greeks(**(option | {"option_type": "put", "time_to_expiry": 3.0}))
    certain = math.exp(-0.45) * (300.0 - 100.0)
    assert certain < found.price < certain + 0.2


@given(market=MARKETS, strike=st.floats(30.0, 300.0))
def test_a_lookback_is_worth_at_least_the_plain_option(market, strike):
    for kind in ("call", "put"):
        found = lookback.price(kind="fixed_strike", option_type=kind, strike=strike, **market)
        plain = black_scholes.price(option_type=kind, strike=strike, **market)
        assert found >= plain * (1.0 - 1e-12) - 1e-12


def test_greeks_are_the_slopes_of_prices():
    for row in draw(60, seed=4):
        found = lookback.greeks(**row)
        assert found.price == pytest.approx(lookback.price(**row), rel=1e-12)
        row["extremum"] *= 1.02 if lookback_high(row) else 0.98
        found = lookback.greeks(**row)
        for name, size, value in (
            ("spot", 1e-3, found.delta),
            ("volatility", 1e-6, found.vega),
            ("rate", 1e-6, found.rho),
            ("time_to_expiry", 1e-6, -found.theta),
        ):
            up, down = (lookback.price(**(row | {name: row[name] + s})) for s in (size, -size))
            assert (up - down) / (2 * size) == pytest.approx(value, rel=1e-5, abs=1e-4)


def lookback_high(row):
    return (row["kind"] == "fixed_strike") == (row["option_type"] == "call")


def test_fixings_approach_the_continuous_price_from_below():
    option = OPTION | {"extremum": 100.0}
    prices = lookback.price(**(option | {"fixings": [10, 100, 10_000, 1_000_000]}))
    continuous = lookback.price(**option)
    assert (np.diff([*prices, continuous]) > 0.0).all()
    assert prices[-1] == pytest.approx(continuous, abs=0.02)


def test_the_named_approximation_of_fixings_agrees_with_simulation():
    random = np.random.default_rng(6)
    steps, paths = 50, 100_000
    normal = random.standard_normal((paths // 2, steps))
    normal = np.concatenate([normal, -normal])
    move = (0.05 - 0.02 - 0.5 * 0.04) / steps + 0.2 / math.sqrt(steps) * normal
    highest = 100.0 * np.exp(np.maximum(np.cumsum(move, axis=1).max(axis=1), 0.0))
    payoff = math.exp(-0.05) * np.maximum(highest - 102.0, 0.0)
    half = 4.0 * payoff.std() / math.sqrt(paths)
    found = lookback.price(**(OPTION | {"fixings": steps}))
    assert found == pytest.approx(payoff.mean(), abs=half + 0.03)


LIMITS = [
    pytest.param({"time_to_expiry": 0.0, "extremum": 110.0}, 8.0, id="expired"),
    pytest.param({"volatility": 0.0}, math.exp(-0.05) * (100.0 * math.exp(0.03) - 102.0),
                 id="no-volatility"),
    pytest.param({"volatility": 0.0, "rate": 0.0, "dividend_yield": 0.05}, 0.0, id="falling"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), LIMITS)
def test_limits(change, expected):
    assert lookback.price(**(OPTION | change)) == pytest.approx(expected, rel=1e-13)


BAD = [
    pytest.param({"spot": math.nan}, "spot is nan: must be finite", id="nan"),
    pytest.param({"spot": 0.0, "extremum": 100.0}, r"spot is 0\.0: must be > 0", id="spot"),
    pytest.param({"volatility": -0.2}, r"volatility is -0\.2: must be >= 0", id="volatility"),
    pytest.param({"extremum": 90.0}, "together are outside", id="extremum"),
    pytest.param({"kind": "flexible"}, "kind is 'flexible'", id="kind"),
    pytest.param({"window_start": 2.0}, "together are outside", id="window"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        lookback.price(**(OPTION | change))


def test_bits_depend_neither_on_threads_nor_on_place():
    strikes = np.linspace(60.0, 140.0, 700)
    whole = np.array(lookback.greeks(**(OPTION | {"strike": strikes}), threads=1))
    again = np.array(lookback.greeks(**(OPTION | {"strike": strikes}), threads=3))
    np.testing.assert_array_equal(again, whole)
    one = lookback.greeks(**(OPTION | {"strike": float(strikes[345])}))
    np.testing.assert_array_equal(np.array(one), whole[:, 345])


# Interpolating in the rate over long and volatile lives used to cost six digits.
@pytest.mark.parametrize("option_type", ["call", "put"])
@pytest.mark.parametrize("carry", [0.0, 1e-4, -2e-3])
def test_an_early_window_keeps_its_digits_where_the_drift_vanishes(option_type, carry):
    terms = {
        "kind": "floating_strike",
        "option_type": option_type,
        "spot": 100.0,
        "time_to_expiry": 29.5,
        "window_end": 7.5,
        "rate": 0.03 + carry,
        "dividend_yield": 0.03,
        "volatility": 1.0,
        "extremum": 85.0 if option_type == "call" else 118.0,
    }
    expected = lookback_windows.partial_lookback(terms)
    assert lookback.price(**terms) == pytest.approx(expected, rel=2e-12)
