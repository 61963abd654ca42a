"""Finite differences: QuantLib, second methods, dividends, the error table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strikeproof import Status, black_scholes, finite_difference
from tasks.evidence.oracles import american_approximation
from tasks.evidence.oracles import finite_difference as oracle

pytestmark = pytest.mark.fast

OPTION = {
    "option_type": "put",
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
}


def random_options(count, seed):
    rng = np.random.default_rng(seed)
    return {
        "option_type": rng.choice(["call", "put"], count),
        "spot": np.full(count, 100.0),
        "strike": rng.uniform(70.0, 130.0, count),
        "time_to_expiry": rng.integers(8, 1096, count) / 365.0,
        "rate": rng.uniform(0.0, 0.08, count),
        "dividend_yield": rng.uniform(0.0, 0.08, count),
        "volatility": rng.uniform(0.1, 0.6, count),
    }


def row(options, index):
    return {
        name: str(column[index]) if name == "option_type" else float(column[index])
        for name, column in options.items()
    }


def test_american_prices_agree_with_quantlibs_accurate_engine():
    options = random_options(60, 1)
    found = finite_difference.price(**options)
    expected = [american_approximation.accurate_price(**row(options, k)) for k in range(60)]
    error = np.abs(found - expected)
    assert error.max() < 3e-4
    assert np.median(error) < 1e-5


def test_european_greeks_reach_black_scholes():
    options = random_options(100, 2)
    found = finite_difference.greeks(**options, exercise="european")
    exact = black_scholes.greeks(**options)
    bounds = {"price": 1e-5, "delta": 1e-5, "gamma": 1e-5, "vega": 2e-3, "theta": 3e-3, "rho": 1e-3}
    for name, bound in bounds.items():
        worst = np.abs(getattr(found, name) - getattr(exact, name)).max()
        assert worst < bound, f"{name}: {worst}"


@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("exercise", ["european", "american", "bermudan"])
def test_dividends_and_dates_agree_with_quantlib(kind, exercise):
    terms = {
        **OPTION,
        "option_type": kind,
        "exercise": exercise,
        "exercise_times": [73 / 365, 219 / 365],
        "dividend_times": [100 / 365, 300 / 365],
        "dividend_amounts": [4.0, 5.0],
    }
    assert finite_difference.price(**terms) == pytest.approx(oracle.price(**terms), abs=4e-3)


def test_the_default_reaches_its_accuracy():
    default = finite_difference.price(**OPTION)
    finer = finite_difference.price(**OPTION, spot_points=1600, time_steps=400)
    assert default == pytest.approx(finer, abs=1e-5)


def test_the_order_is_two_without_extrapolation():
    coarse, middle, fine = finite_difference.price(
        **OPTION, spot_points=[101, 201, 401], time_steps=[50, 100, 200], extrapolation=False
    )
    assert (coarse - middle) / (middle - fine) == pytest.approx(4.0, abs=0.5)


# Interest on a strike that costs, and a yield that costs more: exercised between two boundaries.
def test_two_exercise_boundaries_need_no_special_case():
    terms = {**OPTION, "rate": -0.01, "dividend_yield": -0.06, "volatility": 0.1}
    spots = np.linspace(2.0, 130.0, 129)
    found = finite_difference.greeks(**{**terms, "spot": spots})
    exercised = found.price == 105.0 - spots
    assert exercised.any()
    assert not exercised[0]
    assert not exercised[-1]
    assert np.abs(np.diff(exercised.astype(int))).sum() == 2


@settings(max_examples=40, deadline=None)
@given(
    strike=st.floats(20.0, 500.0),
    time_to_expiry=st.floats(0.0, 10.0),
    rate=st.floats(-0.05, 0.2),
    volatility=st.floats(0.0, 2.0),
    amount=st.floats(0.0, 150.0),
    kind=st.sampled_from(["call", "put"]),
)
def test_american_options_keep_their_bounds(strike, time_to_expiry, rate, volatility, amount, kind):
    value = finite_difference.price(
        option_type=kind,
        spot=100.0,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        dividend_times=[0.5 * time_to_expiry],
        dividend_amounts=[amount],
        spot_points=60,
        time_steps=16,
    )
    gain = (100.0 - strike) if kind == "call" else (strike - 100.0)
    highest = 100.0 if kind == "call" else strike * np.exp(max(-rate * time_to_expiry, 0.0))
    assert max(gain, 0.0) * (1.0 - 1e-12) <= value <= highest * (1.0 + 1e-9)


def test_price_and_greeks_give_one_price_within_its_bounds():
    rng = np.random.default_rng(5)
    count = 200
    terms = {
        "option_type": rng.choice([1.0, -1.0], count),
        "spot": 100.0,
        "strike": np.exp(rng.uniform(np.log(5.0), np.log(2000.0), count)),
        "time_to_expiry": 10.0 ** rng.uniform(-4.0, 1.3, count),
        "rate": rng.uniform(-0.05, 0.2, count),
        "volatility": 10.0 ** rng.uniform(-3.0, 0.5, count),
        "dividend_yield": rng.uniform(-0.05, 0.2, count),
    }
    paid = {
        "dividend_times": terms["time_to_expiry"][:, None] * [0.3, 0.7],
        "dividend_amounts": [5.0, 60.0],
    }
    gain = np.maximum(terms["option_type"] * (100.0 - terms["strike"]), 0.0)
    for cash in ({}, paid):
        found = finite_difference.greeks(**terms, **cash)
        price = finite_difference.price(**terms, **cash)
        np.testing.assert_allclose(found.price, price, rtol=1e-9, atol=1e-9)
        assert (found.price >= gain).all()
        assert (price >= gain).all()


def test_rows_do_not_depend_on_threads_or_place():
    options = random_options(12, 4)
    together = finite_difference.price(**options, threads=2)
    alone = [finite_difference.price(**row(options, k), threads=1) for k in range(12)]
    np.testing.assert_array_equal(together, alone)


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match=r"spot_points is 10\.0"):
        finite_difference.price(**OPTION, spot_points=10)
    with pytest.raises(ValueError, match="must be as many"):
        finite_difference.price(**OPTION, dividend_times=[0.5], dividend_amounts=[])
    values, status = finite_difference.price(
        **OPTION,
        dividend_times=[[0.5], [-0.5], [np.nan]],
        dividend_amounts=[[1.0], [-1.0], [1.0]],
        return_status=True,
    )
    assert list(status) == [Status.OK, Status.OUT_OF_DOMAIN, Status.NON_FINITE]
    assert np.isnan(values[1:]).all()
