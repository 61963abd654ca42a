"""American options: published values, QuantLib, a tree, slopes, identities, limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import Status, american, black_scholes, finite_difference
from tasks.evidence.oracles import american as quantlib

pytestmark = pytest.mark.fast

OPTION = {
    "option_type": "put",
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 0.5,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
}


def draw(size, seed=3):
    random = np.random.default_rng(seed)
    return {
        "option_type": random.choice([-1.0, 1.0], size),
        "spot": np.full(size, 100.0),
        "strike": random.uniform(70.0, 130.0, size),
        "time_to_expiry": random.integers(8, 1095, size) / 365.0,
        "rate": random.uniform(0.0, 0.08, size),
        "dividend_yield": random.uniform(0.0, 0.08, size),
        "volatility": random.uniform(0.05, 0.6, size),
    }


def rows(table):
    for k in range(len(table["spot"])):
        row = {name: float(column[k]) for name, column in table.items()}
        yield row | {"option_type": "call" if row["option_type"] > 0 else "put"}


@pytest.mark.parametrize(
    ("accuracy", "allowed"), [("fast", 3e-3), ("accurate", 3e-6), ("high_precision", 2e-6)]
)
def test_prices_agree_with_quantlib(accuracy, allowed):
    # QuantLib's own high precision is good to 4e-7 on such options
    table = draw(60)
    theirs = np.array([quantlib.price(**row) for row in rows(table)])
    found = american.price(**table, accuracy=accuracy)
    np.testing.assert_allclose(found, theirs, rtol=0, atol=allowed)


def test_prices_agree_with_a_tree():
    table = draw(25, seed=4)
    theirs = np.array([quantlib.tree_price(**row) for row in rows(table)])
    np.testing.assert_allclose(american.price(**table), theirs, rtol=0, atol=2e-3)
    euro = np.array([black_scholes.price(**row) for row in rows(table)])
    assert (np.abs(theirs - euro) > 2e-3).sum() > 10  # early exercise matters in them


# Longstaff and Schwartz (2001), table 1: their finite differences give 4.478 and 5.312 with 50
# dates a year, which are Bermudan options; the American values are those of an extrapolated tree.
PUBLISHED = [
    pytest.param("put", 36.0, 40.0, 1.0, 0.06, 0.0, 0.20, 4.4867, 5e-4, id="longstaff-schwartz-36"),
    pytest.param("put", 40.0, 40.0, 1.0, 0.06, 0.0, 0.40, 5.3181, 5e-4, id="longstaff-schwartz-40"),
]


@pytest.mark.parametrize(
    ("kind", "spot", "strike", "time", "r", "q", "vol", "value", "half"), PUBLISHED
)
def test_published_values(kind, spot, strike, time, r, q, vol, value, half):
    found = american.price(
        option_type=kind, spot=spot, strike=strike, time_to_expiry=time, rate=r, dividend_yield=q,
        volatility=vol,
    )  # fmt: skip
    assert found == pytest.approx(value, abs=half)


def test_settings_agree_as_they_promise():
    table = draw(2000, seed=5)
    best = american.price(**table, accuracy="high_precision")
    usual = np.abs(american.price(**table) - best)
    fast = np.abs(american.price(**table, accuracy="fast") - best)
    assert usual.max() < 3e-6
    assert np.quantile(usual, 0.99) < 5e-7
    assert np.quantile(fast, 0.99) < 4e-4


def test_greeks_are_the_slopes_of_prices():
    table = draw(300, seed=6)
    found = american.greeks(**table, accuracy="high_precision")
    price = american.price(**table, accuracy="high_precision")
    np.testing.assert_allclose(found.price, price, rtol=0, atol=1e-9)

    def slope(name, size):
        up = american.price(**(table | {name: table[name] + size}), accuracy="high_precision")
        down = american.price(**(table | {name: table[name] - size}), accuracy="high_precision")
        return (up - down) / (2 * size), (up - 2 * price + down) / size**2

    # differences are good to their step's square, and worthless across the boundary
    held = price > np.maximum(table["option_type"] * (100.0 - table["strike"]), 0.0) + 0.05
    assert held.sum() > 200
    delta, gamma = slope("spot", 0.02)
    np.testing.assert_allclose(found.delta[held], delta[held], rtol=0, atol=5e-6)
    np.testing.assert_allclose(found.gamma[held], gamma[held], rtol=0, atol=1e-4)
    np.testing.assert_allclose(found.vega[held], slope("volatility", 1e-4)[0][held], atol=1e-3)
    np.testing.assert_allclose(found.rho[held], slope("rate", 1e-5)[0][held], atol=1e-3)
    theta = -slope("time_to_expiry", 1e-5)[0]
    np.testing.assert_allclose(found.theta[held], theta[held], rtol=0, atol=1e-4)


def test_exercise_that_is_due_gives_the_intrinsic_value():
    found = american.greeks(**(OPTION | {"spot": 50.0}))
    assert found == (55.0, -1.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("kind", ["call", "put"])
def test_the_boundary_is_where_exercise_becomes_due(kind):
    terms = {name: OPTION[name] for name in ("strike", "rate", "dividend_yield", "volatility")}
    times = np.array([0.01, 0.1, 0.5, 2.0])
    edge = american.exercise_boundary(option_type=kind, time_to_expiry=times, **terms)
    sign = 1.0 if kind == "call" else -1.0
    assert (np.diff(sign * edge) > 0).all()  # further off the longer there is to wait
    for time, spot in zip(times, edge, strict=True):
        near, beyond = american.price(
            option_type=kind, time_to_expiry=time,
            spot=[spot * (1 - sign * 1e-3), spot * (1 + sign * 1e-6)], **terms,
        )  # fmt: skip
        assert beyond == abs(spot * (1 + sign * 1e-6) - terms["strike"])
        assert near > sign * (spot * (1 - sign * 1e-3) - terms["strike"])


def test_a_call_without_dividends_is_european():
    option = OPTION | {"option_type": "call", "dividend_yield": 0.0}
    assert american.price(**option) == black_scholes.price(**option)
    assert american.greeks(**option) == black_scholes.greeks(**option)
    del option["spot"]
    assert american.exercise_boundary(**option) == math.inf
    put = option | {"option_type": "put", "rate": -0.01}
    assert american.exercise_boundary(**put) == 0.0


MARKETS = st.fixed_dictionaries(
    {
        "spot": st.floats(50.0, 200.0),
        "strike": st.floats(50.0, 200.0),
        "time_to_expiry": st.floats(1e-4, 5.0),
        "rate": st.floats(-0.02, 0.12),
        "dividend_yield": st.floats(-0.02, 0.12),
        "volatility": st.floats(0.05, 1.0),
    }
)


@given(market=MARKETS, kind=st.sampled_from(["call", "put"]))
def test_price_lies_within_its_bounds(market, kind):
    found = american.price(option_type=kind, **market)
    sign = 1.0 if kind == "call" else -1.0
    assert found >= sign * (market["spot"] - market["strike"])
    assert found >= black_scholes.price(option_type=kind, **market) * (1 - 1e-15)
    # the most that any exercise can pay, rates negative or not
    time = market["time_to_expiry"]
    asset = market["spot"] * max(1.0, math.exp(-market["dividend_yield"] * time))
    cash = market["strike"] * max(1.0, math.exp(-market["rate"] * time))
    assert found <= (asset if kind == "call" else cash) * (1 + 1e-12)


@given(market=MARKETS)
def test_call_is_the_mirrored_put(market):
    call = american.price(option_type="call", **market)
    mirrored = market | {
        "spot": market["strike"],
        "strike": market["spot"],
        "rate": market["dividend_yield"],
        "dividend_yield": market["rate"],
    }
    put = american.price(option_type="put", **mirrored)
    assert call == pytest.approx(put, rel=1e-9, abs=1e-9)


@given(market=MARKETS, more=st.floats(0.01, 0.5))
def test_longer_and_wilder_options_are_worth_more(market, more):
    first = american.price(option_type="put", **market)
    longer = market | {"time_to_expiry": market["time_to_expiry"] + more}
    wilder = market | {"volatility": market["volatility"] + more}
    tolerance = 1e-5 * market["strike"]
    if min(market["rate"], market["dividend_yield"]) < 0.0:
        tolerance = 1e-3 * market["strike"]  # a tree may answer
    assert american.price(option_type="put", **longer) >= first - tolerance
    assert american.price(option_type="put", **wilder) >= first - tolerance


def test_implied_volatility_is_the_one_that_priced():
    table = draw(400, seed=8)
    price = american.price(**table)
    terms = {name: column for name, column in table.items() if name != "volatility"}
    found, status = american.implied_volatility(**terms, price=price, return_status=True)
    solved = status == Status.OK
    assert set(status[~solved]) <= {Status.NO_TIME_VALUE}
    assert solved.sum() > 350
    again = american.price(**terms, volatility=np.where(solved, found, 0.2))
    np.testing.assert_allclose(again[solved], price[solved], rtol=1e-10)
    vega = american.greeks(**table).vega
    good = solved & (vega > 1.0)
    np.testing.assert_allclose(found[good], table["volatility"][good], rtol=0, atol=1e-6)


UNANSWERABLE = [
    pytest.param(4.9, Status.BELOW_INTRINSIC, "below its intrinsic", id="below"),
    pytest.param(5.0, Status.NO_TIME_VALUE, "to rounding", id="equal"),
    pytest.param(106.0, Status.ABOVE_MAXIMUM, "upper bound", id="above"),
    pytest.param(math.nan, Status.NON_FINITE, "price is nan", id="nan"),
]


@pytest.mark.parametrize(("price", "status", "message"), UNANSWERABLE)
def test_prices_without_a_volatility_are_told_apart(price, status, message):
    terms = {name: value for name, value in OPTION.items() if name != "volatility"}
    _, found = american.implied_volatility(**terms, price=[price], return_status=True)
    assert found[0] == status
    with pytest.raises(ValueError, match=message):
        american.implied_volatility(**terms, price=price)


LIMITS = [
    pytest.param({"time_to_expiry": 0.0}, 5.0, id="expired"),
    pytest.param({"volatility": 0.0}, 5.0, id="no-volatility-now"),
    pytest.param({"volatility": 0.0, "rate": -0.02},
                 105.0 * math.exp(0.01) - 100.0 * math.exp(-0.01), id="no-volatility-later"),
    pytest.param({"spot": 0.0}, 105.0, id="no-spot"),
    pytest.param({"strike": 0.0}, 0.0, id="no-strike"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), LIMITS)
def test_limits(change, expected):
    found = american.price(**(OPTION | change))
    assert found == pytest.approx(expected, rel=1e-14, abs=1e-14)


STRONG = [
    pytest.param({"rate": 0.12, "dividend_yield": 0.0, "volatility": 0.02}, id="strong-carry"),
    pytest.param({"rate": -0.01, "dividend_yield": -0.03}, id="two-boundaries"),
    pytest.param({"rate": 0.01, "dividend_yield": -0.03}, id="negative-yield"),
]


@pytest.mark.parametrize("change", STRONG)
def test_what_the_collocation_leaves_out_is_answered_by_a_tree(change):
    option = OPTION | {"time_to_expiry": 2.0} | change
    assert american.price(**option) == pytest.approx(quantlib.tree_price(**option), abs=2e-3)


def test_two_boundaries_agree_with_a_grid_and_with_their_mirror():
    random = np.random.default_rng(3)
    rate = random.uniform(-0.05, -0.005, 8)
    terms = {
        "strike": random.uniform(80.0, 125.0, 8),
        "time_to_expiry": random.uniform(0.05, 5.0, 8),
        "rate": rate,
        "dividend_yield": rate - random.uniform(0.002, 0.05, 8),
        "volatility": random.uniform(0.05, 0.5, 8),
    }
    found = american.greeks(option_type="put", spot=100.0, **terms)
    grid = finite_difference.price(
        option_type="put", spot=100.0, **terms, exercise="american", spot_points=800, time_steps=400
    )
    np.testing.assert_allclose(found.price, grid, rtol=0, atol=5e-6)
    plain = black_scholes.price(option_type="put", spot=100.0, **terms)
    assert (found.price - plain > 1e-3).sum() >= 4  # early exercise matters
    mirrored = american.price(
        option_type="call", spot=terms["strike"], strike=100.0, rate=terms["dividend_yield"],
        dividend_yield=rate, time_to_expiry=terms["time_to_expiry"],
        volatility=terms["volatility"],
    )  # fmt: skip
    np.testing.assert_allclose(mirrored, found.price, rtol=1e-12)
    up, down = (
        american.price(option_type="put", spot=100.0 + size, **terms) for size in (0.01, -0.01)
    )
    np.testing.assert_allclose(found.delta, (up - down) / 0.02, atol=1e-6)


def zero_rates(size, seed):
    random = np.random.default_rng(seed)
    return {
        "option_type": "put",
        "spot": 100.0,
        "strike": random.uniform(60.0, 150.0, size),
        "time_to_expiry": np.exp(random.uniform(np.log(1 / 365), np.log(10.0), size)),
        "dividend_yield": -np.exp(random.uniform(np.log(1e-3), np.log(0.1), size)),
        "volatility": random.uniform(0.05, 1.0, size),
    }


@pytest.mark.parametrize("rate", [0.0, -0.0, -1e-13])
def test_a_rate_of_0_beside_a_negative_yield_is_the_limit_of_small_rates(rate):
    terms = zero_rates(300, 5)
    near = american.price(**terms, rate=2e-9, accuracy="high_precision")
    nearer = near - 2e-9 * american.greeks(**terms, rate=2e-9).rho
    found = american.price(**terms, rate=rate, accuracy="high_precision")
    np.testing.assert_allclose(found, nearer, rtol=0, atol=2e-9)
    plain = black_scholes.price(**terms, rate=rate)
    assert (found - plain > 1e-2).sum() > 100  # early exercise matters
    mirrored = american.price(
        option_type="call", spot=terms["strike"], strike=100.0, rate=terms["dividend_yield"],
        dividend_yield=rate, time_to_expiry=terms["time_to_expiry"],
        volatility=terms["volatility"], accuracy="high_precision",
    )  # fmt: skip
    np.testing.assert_allclose(mirrored, found, rtol=1e-12)


def test_a_rate_of_0_beside_a_negative_yield_agrees_with_fine_grids():
    terms = zero_rates(8, 6) | {"rate": 0.0}
    found = american.price(**terms)
    grid = finite_difference.price(**terms, exercise="american", spot_points=800, time_steps=400)
    np.testing.assert_allclose(found, grid, rtol=0, atol=1e-5)


def test_the_boundary_at_a_rate_of_0_is_where_exercise_becomes_due():
    terms = {"option_type": "put", "strike": 100.0, "rate": 0.0, "dividend_yield": -0.05}
    terms |= {"time_to_expiry": 2.0, "volatility": 0.3}
    boundary = american.exercise_boundary(**terms)
    below, above = american.price(**terms, spot=boundary * np.array([0.9999, 1.01]))
    assert below == pytest.approx(100.0 - 0.9999 * boundary, abs=1e-12)
    assert above > 100.0 - 1.01 * boundary + 1e-4
    assert american.exercise_boundary(**(terms | {"time_to_expiry": 0.0})) == 100.0
    waiting = terms | {"rate": -0.05, "dividend_yield": 0.0}
    assert american.exercise_boundary(**waiting) == 0.0  # nothing is earned by exercise


BAD = [
    pytest.param({"spot": math.nan}, "spot is nan: must be finite", id="nan"),
    pytest.param({"volatility": -0.2}, r"volatility is -0\.2: must be >= 0", id="volatility"),
    pytest.param({"accuracy": "best"}, "accuracy is 'best'", id="accuracy"),
    pytest.param({"option_type": "Put"}, "option_type is 'Put'", id="type"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_argument_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        american.price(**(OPTION | change))


@pytest.mark.parametrize("function", [american.price, american.greeks])
def test_bits_depend_neither_on_threads_nor_on_place(function):
    table = draw(300, seed=9)
    whole = np.atleast_2d(function(**table, threads=1))
    np.testing.assert_array_equal(np.atleast_2d(function(**table, threads=3)), whole)
    part = {name: column[101:114] for name, column in table.items()}
    np.testing.assert_array_equal(np.atleast_2d(function(**part)), whole[:, 101:114])
    one = {name: float(column[107]) for name, column in table.items()}
    np.testing.assert_array_equal(np.ravel(function(**one)), whole[:, 107])
