"""Portfolio risk and scenarios: exact sums, full repricing, keys, the error table."""

import math

import numpy as np
import pytest

from strikeproof import Status, black_scholes, portfolio
from tests.python import ctrl_c

pytestmark = pytest.mark.fast

SHOCKS = {
    "spot_return": np.array([0.0, -0.1, 0.1, 0.0, -1.0, 0.05]),
    "volatility_shock": np.array([0.0, 0.1, -0.02, 0.0, 0.0, 0.01]),
    "rate_shock": np.array([0.0, 0.01, 0.0, 0.0, 0.0, -0.01]),
    "dividend_yield_shock": np.array([0.0, 0.0, 0.01, 0.0, 0.0, 0.0]),
    "elapsed_time": np.array([0.0, 0.02, 0.0, 1.0, 0.0, 0.1]),
}


def positions(size=5000):
    random = np.random.default_rng(11)
    spot = random.uniform(50, 150, size)
    return {
        "option_type": random.choice([-1.0, 1.0], size),
        "spot": spot,
        "strike": spot * random.uniform(0.5, 2.0, size),
        "time_to_expiry": random.uniform(0.01, 3.0, size),
        "rate": random.uniform(-0.02, 0.08, size),
        "dividend_yield": random.uniform(0.0, 0.05, size),
        "volatility": random.uniform(0.05, 1.0, size),
        "quantity": random.uniform(-1e6, 1e6, size),
    }


def options(table):
    return {name: values for name, values in table.items() if name != "quantity"}


def shocked(table, k):
    """The options of the table after the k-th of SHOCKS."""
    own = options(table)
    own["spot"] = own["spot"] * (1.0 + SHOCKS["spot_return"][k])
    for name in ("volatility", "rate", "dividend_yield"):
        own[name] = own[name] + SHOCKS[f"{name}_shock"][k]
    own["time_to_expiry"] = np.maximum(own["time_to_expiry"] - SHOCKS["elapsed_time"][k], 0.0)
    return own


def test_risk_is_quantity_times_greeks_and_its_exact_sum():
    table = positions()
    greeks = black_scholes.greeks(**options(table))
    found = portfolio.risk(**table)
    for weighted, total, plain in zip(found.positions, found.total, greeks, strict=True):
        np.testing.assert_array_equal(weighted, plain * table["quantity"])
        assert total == pytest.approx(math.fsum(weighted), rel=1e-15)


def test_sums_keep_what_cancels():
    quantity = np.array([1e16, 1.0, -1e16, 1.0])
    found = portfolio.risk(
        option_type="call", spot=100.0, strike=0.0, time_to_expiry=1.0, rate=0.0, volatility=0.2,
        quantity=quantity,
    )  # fmt: skip
    assert found.total.value == 200.0
    assert np.sum(quantity * 100.0) != 200.0  # what a plain sum gives


def test_risk_by_underlying_adds_up():
    table = positions()
    keys = np.array(["SPX", "NDX", "RUT"])[np.arange(5000) % 3]
    found = portfolio.risk(**table, underlying=keys)
    assert list(found.underlyings) == ["NDX", "RUT", "SPX"]
    for k, key in enumerate(found.underlyings):
        own = found.positions.delta[keys == key]
        assert found.by_underlying.delta[k] == pytest.approx(math.fsum(own), rel=1e-15)
    assert found.total.value == pytest.approx(math.fsum(found.positions.value), rel=1e-15)


def test_scenarios_are_full_repricings():
    table = positions()
    found = portfolio.scenarios(**table, **SHOCKS, by_position=True)
    base = black_scholes.price(**options(table))
    for k, total in enumerate(found.total):
        profit = table["quantity"] * (black_scholes.price(**shocked(table, k)) - base)
        np.testing.assert_array_equal(found.by_position[k], profit)
        assert total == pytest.approx(math.fsum(profit), rel=1e-15, abs=0)
    assert portfolio.scenarios(**table, **SHOCKS).by_position is None


def test_a_shock_of_zeros_is_exactly_nothing():
    found = portfolio.scenarios(**positions())
    assert found.total == 0.0
    assert math.copysign(1.0, found.total) == 1.0


def test_expired_positions_settle_at_their_intrinsic_value():
    found = portfolio.scenarios(
        option_type=["call", "put"], spot=100.0, strike=[90.0, 95.0], time_to_expiry=[0.5, 2.0],
        rate=0.05, volatility=0.2, quantity=[1.0, 0.0], elapsed_time=0.7, spot_return=0.1,
    )  # fmt: skip
    before = black_scholes.price(
        option_type="call", spot=100.0, strike=90.0, time_to_expiry=0.5, rate=0.05, volatility=0.2
    )
    assert found.total == pytest.approx(100.0 * 1.1 - 90.0 - before, rel=1e-15)


@pytest.mark.parametrize("size", [1, 1023, 1025, 150_000])
def test_bits_do_not_depend_on_threads(size):
    table = positions(size)
    keys = np.arange(size) % 7
    shocks = {name: column[:3] for name, column in SHOCKS.items()}
    for extra in ({}, {"underlying": keys}):
        one = portfolio.scenarios(**table, **shocks, **extra, threads=1)
        risk = portfolio.risk(**table, **extra, threads=1)
        for threads in (2, 5):
            again = portfolio.scenarios(**table, **shocks, **extra, threads=threads)
            np.testing.assert_array_equal(again.total, one.total)
            assert portfolio.risk(**table, **extra, threads=threads).total == risk.total


def test_shocks_broadcast_apart_from_positions():
    table = positions(10)
    grid = portfolio.scenarios(
        **table, spot_return=[[-0.1], [0.1]], volatility_shock=[0.0, 0.01, 0.02], underlying="X"
    )
    assert grid.total.shape == grid.status.shape == (2, 3)
    assert grid.by_underlying.shape == (2, 3, 1)
    one = portfolio.scenarios(**table, spot_return=0.1, volatility_shock=0.02)
    assert grid.total[1, 2] == one.total


def test_blocks_are_the_matrix():
    table = positions(300)
    whole = portfolio.scenarios(**table, **SHOCKS, by_position=True)
    rows = []
    for place, part in portfolio.scenario_blocks(**table, **SHOCKS, block=4):
        np.testing.assert_array_equal(part.total, whole.total[place])
        rows.append(part.by_position)
    assert [len(part) for part in rows] == [4, 2]
    np.testing.assert_array_equal(np.concatenate(rows), whole.by_position)


def test_a_position_without_a_price_is_named_or_makes_its_sums_nan():
    table = positions(5)
    table["volatility"] = np.array([0.2, 0.2, 0.05, 0.2, 0.2])
    found = portfolio.scenarios(**table, volatility_shock=[0.0, -0.1], underlying=list("abcde"))
    assert found.total[0] == 0.0
    assert math.isnan(found.total[1])
    np.testing.assert_array_equal(np.isnan(found.by_underlying[1]), [0, 0, 1, 0, 0])
    assert list(found.status) == [Status.OK, Status.OUT_OF_DOMAIN]
    with pytest.raises(ValueError, match=r"scenario 1 at position 2.*volatility is -0\.05"):
        portfolio.scenarios(**table, volatility_shock=[0.0, -0.1], on_failure="raise")
    table["quantity"][3] = np.nan
    risk = portfolio.risk(**table)
    assert list(risk.status) == [0, 0, 0, Status.NON_FINITE, 0]
    assert math.isnan(risk.total.value)
    with pytest.raises(ValueError, match="index 3: quantity is nan"):
        portfolio.risk(**table, on_failure="raise")


BAD = [
    pytest.param({"spot_return": -1.5}, r"spot_return is -1\.5 at scenario 0", id="return"),
    pytest.param({"elapsed_time": [0, -1]}, r"elapsed_time is -1\.0 at scenario 1", id="time"),
    pytest.param({"rate_shock": math.nan}, "rate_shock is nan", id="nan"),
    pytest.param({"underlying": ["a", "b"]}, r"underlying has shape \(2,\)", id="keys"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_arguments_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        portfolio.scenarios(**positions(5), **change)
    with pytest.raises(ValueError, match="block is 0"):
        next(portfolio.scenario_blocks(**positions(5), block=0))


INTERRUPTED = """
import numpy as np
from strikeproof import portfolio
print("ready", flush=True)
try:
    portfolio.scenarios(option_type="call", spot=np.linspace(50, 150, 1_000_000), strike=105.0,
        time_to_expiry=0.5, rate=0.03, volatility=0.2, quantity=1.0,
        spot_return=np.linspace(-0.5, 0.5, 100_000))
    print("ran to the end")
except KeyboardInterrupt:
    print("interrupted")
"""


def test_many_scenarios_answer_ctrl_c():
    assert ctrl_c.interrupted(INTERRUPTED) == "interrupted\n"
