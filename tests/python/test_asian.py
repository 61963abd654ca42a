"""Asian options: published values, QuantLib, simulation, identities, limits, errors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strikeproof import asian, black_scholes
from tasks.evidence.oracles import asian as quantlib

pytestmark = pytest.mark.fast

OPTION = {
    "option_type": "call",
    "spot": 100.0,
    "strike": 102.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.2,
}

# Linetsky (2004), Spectral expansions for Asian options, Operations Research 52(6), table 3:
# continuous arithmetic average calls, strike 2; rate, volatility, time, spot, value.
LINETSKY = [
    (0.02, 0.10, 1.0, 2.0, 0.0559860415),
    (0.18, 0.30, 1.0, 2.0, 0.2183875466),
    (0.0125, 0.25, 2.0, 2.0, 0.1722687410),
    (0.05, 0.50, 1.0, 1.9, 0.1931737903),
    (0.05, 0.50, 1.0, 2.0, 0.2464156905),
    (0.05, 0.50, 1.0, 2.1, 0.3062203648),
    (0.05, 0.50, 2.0, 2.0, 0.3500952190),
]


@pytest.mark.parametrize(("rate", "volatility", "time", "spot", "value"), LINETSKY)
def test_continuous_averages_agree_with_the_spectral_expansion(rate, volatility, time, spot, value):
    found = asian.price(
        option_type="call", spot=spot, strike=2.0, time_to_expiry=time, rate=rate,
        volatility=volatility,
    )  # fmt: skip
    assert found == pytest.approx(value, abs=1e-10)
    bound = asian.price(
        option_type="call", spot=spot, strike=2.0, time_to_expiry=time, rate=rate,
        volatility=volatility, method="curran",
    )  # fmt: skip
    assert value - 4e-4 < bound < value


def draw(size, seed=1):
    random = np.random.default_rng(seed)
    for _ in range(size):
        fixings = int(random.choice([2, 5, 12, 26]))
        yield {
            "option_type": str(random.choice(["call", "put"])),
            "spot": 100.0,
            "strike": float(random.uniform(80.0, 120.0)),
            # every fixing on a whole day
            "time_to_expiry": fixings * int(random.integers(7, 40)) / 365.0,
            "rate": float(random.uniform(0.0, 0.1)),
            "dividend_yield": float(random.uniform(0.0, 0.1)),
            "volatility": float(random.uniform(0.05, 0.6)),
            "fixings": fixings,
        }


def test_geometric_averages_agree_with_quantlib():
    for row in draw(100):
        found = asian.price(**row, average="geometric")
        assert found == pytest.approx(quantlib.geometric_discrete(**row), abs=1e-10)
        del row["fixings"]
        found = asian.price(**row, average="geometric")
        assert found == pytest.approx(quantlib.geometric_continuous(**row), abs=1e-10)


def test_two_moments_agree_with_quantlib():
    for row in draw(100, seed=2):
        found = asian.price(**row, method="lognormal")
        assert found == pytest.approx(quantlib.arithmetic_lognormal(**row), abs=1e-9)


def test_arithmetic_averages_agree_with_finite_differences():
    for row in draw(4, seed=3):
        theirs = quantlib.arithmetic_finite_differences(**row)
        assert asian.price(**row) == pytest.approx(theirs, abs=0.03)


def test_one_fixing_is_the_plain_option_and_two_are_one_integral():
    assert asian.price(**OPTION, fixings=1) == pytest.approx(
        black_scholes.price(**OPTION), rel=1e-14
    )
    z = np.linspace(-12.0, 12.0, 6001)
    weight = np.exp(-0.5 * z * z) * (z[1] - z[0])
    drift = (0.05 - 0.02 - 0.5 * 0.04) * 0.5
    middle = 100.0 * np.exp(drift + 0.2 * math.sqrt(0.5) * z)
    left = 2 * 102.0 - middle  # strike of the second fixing; below 0 it is paid for certain
    forward = middle * math.exp(-0.02 * 0.5) - left * math.exp(-0.05 * 0.5)
    rest = np.where(left > 0.0, black_scholes.price(
        option_type="call", spot=middle, strike=np.abs(left), time_to_expiry=0.5, rate=0.05,
        dividend_yield=0.02, volatility=0.2,
    ), forward)  # fmt: skip
    value = 0.5 * math.exp(-0.05 * 0.5) * (weight * rest).sum() / math.sqrt(2 * math.pi)
    assert asian.price(**OPTION, fixings=2) == pytest.approx(value, abs=1e-11)


@pytest.fixture(scope="module")
def paths():
    random = np.random.default_rng(7)
    normal = random.standard_normal((100_000, 12))
    normal = np.concatenate([normal, -normal])
    move = (0.05 - 0.02 - 0.5 * 0.04) / 12 + 0.2 / math.sqrt(12) * normal
    return 100.0 * np.exp(np.cumsum(move, axis=1))


def check(payoff, found):
    halves = 0.5 * (payoff[: len(payoff) // 2] + payoff[len(payoff) // 2 :])
    error = halves.std() / math.sqrt(len(halves))
    assert found == pytest.approx(math.exp(-0.05) * payoff.mean(), abs=4.5 * error)


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("average", ["arithmetic", "geometric"])
def test_every_contract_agrees_with_simulation(paths, kind, average):
    sign = 1.0 if kind == "call" else -1.0
    terms = OPTION | {"option_type": kind, "average": average, "fixings": 12}
    mean = paths.mean(axis=1) if average == "arithmetic" else np.exp(np.log(paths).mean(axis=1))
    check(np.maximum(sign * (mean - 102.0), 0.0), asian.price(**terms))
    end = paths[:, -1]
    check(np.maximum(sign * (end - mean), 0.0), asian.price(**terms, kind="average_strike"))
    seasoned = {"past_fixings": 6, "running_average": 105.0}
    whole = (12 * mean + 6 * 105.0) / 18
    if average == "geometric":
        whole = np.exp((12 * np.log(mean) + 6 * math.log(105.0)) / 18)
    check(np.maximum(sign * (whole - 102.0), 0.0), asian.price(**terms, **seasoned))


MARKETS = st.fixed_dictionaries(
    {
        "spot": st.floats(50.0, 200.0),
        "strike": st.floats(50.0, 200.0),
        "time_to_expiry": st.floats(0.01, 4.0),
        "rate": st.floats(-0.05, 0.15),
        "dividend_yield": st.floats(-0.05, 0.15),
        "volatility": st.floats(0.01, 0.8),
        "fixings": st.integers(0, 15),
    }
)


@settings(max_examples=60)
@given(market=MARKETS)
def test_call_less_put_is_a_forward_on_the_average(market):
    call, put = asian.price(option_type=["call", "put"], **market)
    carry = market["rate"] - market["dividend_yield"]
    time, fixings = market["time_to_expiry"], market["fixings"]
    if fixings:
        mean = np.mean(np.exp(carry * time * np.arange(1, fixings + 1) / fixings))
    else:
        mean = math.expm1(carry * time) / (carry * time) if carry * time else 1.0
    forward = math.exp(-market["rate"] * time) * (market["spot"] * mean - market["strike"])
    assert call - put == pytest.approx(forward, abs=1e-8 * (market["spot"] + market["strike"]))
    bound = asian.price(option_type="call", **market, method="curran")
    assert bound <= call + 1e-8 * market["spot"]
    geometric = asian.price(option_type="call", **market, average="geometric")
    assert geometric <= call + 1e-8 * market["spot"]


def test_an_average_that_is_above_the_strike_already_is_a_forward():
    seasoned = OPTION | {"fixings": 3, "past_fixings": 9, "running_average": 150.0}
    found = asian.greeks(**seasoned)
    mean = np.mean(100.0 * np.exp(0.03 * np.arange(1, 4) / 3))
    value = math.exp(-0.05) * ((9 * 150.0 + 3 * mean) / 12 - 102.0)
    assert found.price == pytest.approx(value, rel=1e-13)
    assert found.gamma == 0.0
    assert asian.price(**(seasoned | {"option_type": "put"})) == 0.0


CONTRACTS = [
    {},
    {"fixings": 7},
    {"average": "geometric"},
    {"kind": "average_strike", "fixings": 5},
    {"fixings": 4, "past_fixings": 3, "running_average": 95.0},
]


@pytest.mark.parametrize("change", CONTRACTS, ids=lambda change: "-".join(change) or "plain")
def test_greeks_are_the_slopes_of_prices(change):
    option = OPTION | change
    found = asian.greeks(**option)
    assert found.price == asian.price(**option)
    for name, size, value in (
        ("spot", 1e-2, found.delta),
        ("volatility", 1e-4, found.vega),
        ("rate", 1e-4, found.rho),
        ("time_to_expiry", 1e-4, -found.theta),
    ):
        up, down = (asian.price(**(option | {name: option[name] + s})) for s in (size, -size))
        assert (up - down) / (2 * size) == pytest.approx(value, rel=1e-5, abs=1e-5)
    up, down = (asian.price(**(option | {"spot": 100.0 + s})) for s in (0.1, -0.1))
    assert (up - 2 * found.price + down) / 0.01 == pytest.approx(found.gamma, abs=1e-5)


def test_low_volatility_and_many_fixings_keep_their_digits():
    low = asian.price(**(OPTION | {"volatility": 0.01, "strike": 100.0}))
    near = asian.price(**(OPTION | {"volatility": 0.01, "strike": 100.0}), method="curran")
    assert low == pytest.approx(near, abs=1e-6)
    many = asian.price(**OPTION, fixings=2000)
    continuous = asian.price(**OPTION)
    assert many == pytest.approx(continuous, abs=0.01)
    assert 2 * many - asian.price(**OPTION, fixings=1000) == pytest.approx(continuous, abs=1e-5)


LIMITS = [
    pytest.param({"time_to_expiry": 0.0, "past_fixings": 5, "running_average": 110.0}, 8.0,
                 id="expired"),
    pytest.param({"volatility": 0.0, "rate": 0.0, "dividend_yield": 0.0, "strike": 90.0}, 10.0,
                 id="no-volatility"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), LIMITS)
def test_limits(change, expected):
    assert asian.price(**(OPTION | change)) == pytest.approx(expected, rel=1e-13)


BAD = [
    pytest.param({"spot": math.nan}, "spot is nan: must be finite", id="nan"),
    pytest.param({"fixings": 2.5}, r"fixings is 2\.5: must be a whole number", id="fixings"),
    pytest.param({"volatility": -0.2}, r"volatility is -0\.2: must be >= 0", id="volatility"),
    pytest.param({"average": "harmonic"}, "average is 'harmonic'", id="average"),
    pytest.param({"past_fixings": 3}, "together are outside", id="no-average"),
    pytest.param({"kind": "average_strike", "past_fixings": 3, "running_average": 90.0},
                 "together are outside", id="seasoned-strike"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        asian.price(**(OPTION | change))


@pytest.mark.parametrize("volatility", [0.0, 0.2])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 53.910827636713421),
        ({"fixings": 20}, 53.910827636713421),
        ({"past_fixings": 5e-324, "running_average": 60.3}, 0.5 * (53.910827636713421 + 60.3)),
        ({"average": "geometric"}, 53.910827636713421),
    ],
)
def test_the_least_time_there_is_has_the_digits_of_no_time(volatility, change, expected):
    contract = OPTION | {
        "spot": 53.910827636713421, "strike": 0.0, "rate": 0.2, "time_to_expiry": 5e-324,
    }  # fmt: skip
    found = asian.price(**contract | {"volatility": volatility} | change)
    assert found == pytest.approx(expected, rel=1e-14)


def test_bits_depend_neither_on_threads_nor_on_place():
    strikes = np.linspace(80.0, 120.0, 40)
    whole = asian.price(**(OPTION | {"strike": strikes, "fixings": 6}), threads=1)
    again = asian.price(**(OPTION | {"strike": strikes, "fixings": 6}), threads=3)
    np.testing.assert_array_equal(again, whole)
    assert asian.price(**(OPTION | {"strike": float(strikes[21]), "fixings": 6})) == whole[21]
