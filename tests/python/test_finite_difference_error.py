"""Errors that the grids tell of themselves, against closed forms and accurate engines."""

import numpy as np
import pytest

from strikeproof import american, barrier, black_scholes, digital, finite_difference

pytestmark = pytest.mark.fast

COUNT = 80
GRID = {"spot_points": 101, "time_steps": 40}


def random_terms(seed):
    rng = np.random.default_rng(seed)
    market = {
        "option_type": rng.choice(["call", "put"], COUNT),
        "spot": np.full(COUNT, 100.0),
        "strike": rng.uniform(70.0, 130.0, COUNT),
        "time_to_expiry": rng.uniform(0.05, 3.0, COUNT),
        "rate": rng.uniform(0.0, 0.08, COUNT),
        "dividend_yield": rng.uniform(0.0, 0.08, COUNT),
        "volatility": rng.uniform(0.1, 0.6, COUNT),
    }
    return market, rng.uniform(60.0, 95.0, COUNT), rng.uniform(105.0, 160.0, COUNT)


def cases(seed):
    """Estimates' extra terms and the truth, by product."""
    market, low, high = random_terms(seed)
    return market, {
        "european": ({"exercise": "european"}, black_scholes.greeks(**market)),
        "american": ({}, american.greeks(**market)),
        "digital": (
            {"exercise": "european", "payoff": "cash"},
            digital.greeks(payoff="cash", cash=1.0, **market),
        ),
        "down-out": (
            {"exercise": "european", "lower_barrier": low},
            barrier.greeks(barrier_type="down_out", barrier=low, **market),
        ),
        "up-out": (
            {"exercise": "european", "upper_barrier": high, "rebate": 3.0},
            barrier.greeks(
                barrier_type="up_out", barrier=high, rebate=3.0, rebate_payment="hit", **market
            ),
        ),
    }


@pytest.mark.parametrize("extrapolation", [True, False])
@pytest.mark.parametrize("product", ["european", "american", "digital", "down-out", "up-out"])
def test_the_estimate_covers_the_error(product, extrapolation):
    market, all_cases = cases(11)
    terms, exact = all_cases[product]
    found = finite_difference.estimate(**market, **terms, **GRID, extrapolation=extrapolation)
    # the ends of the grid, six deviations away, are seen by no refinement
    for name, beyond in (("price", 1e-7), ("delta", 1e-9), ("gamma", 1e-9), ("theta", 1e-6)):
        error = np.abs(getattr(found, name) - getattr(exact, name))
        estimate = getattr(found, name + "_error") + beyond
        assert (error <= estimate).mean() > 0.85, name
        assert (error <= 3.0 * estimate).mean() > 0.97, name
        # a jump of gamma at the exercise boundary may lie between the nodes around the spot
        assert (error <= 10.0 * estimate).mean() > 0.98, name


# An estimate that is always large would cover all errors too.
def test_the_estimate_is_of_the_size_of_the_error():
    market, all_cases = cases(12)
    terms, exact = all_cases["european"]
    found = finite_difference.estimate(**market, **terms, **GRID, extrapolation=False)
    ratio = found.price_error / np.abs(found.price - exact.price)
    assert 1.0 < np.median(ratio) < 1.5
    assert np.nanmedian(np.abs(found.order - 2.0)) < 0.02


@pytest.mark.parametrize("extrapolation", [True, False])
def test_the_values_are_those_of_price_and_greeks(extrapolation):
    market, _, _ = random_terms(13)
    terms = {**market, **GRID, "extrapolation": extrapolation}
    found = finite_difference.estimate(**terms)
    np.testing.assert_array_equal(found.price, finite_difference.price(**terms))
    greeks = finite_difference.greeks(**terms)
    for name in ("delta", "gamma", "theta"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(greeks, name), rtol=1e-7, atol=1e-9
        )


def test_what_needs_no_grid_has_no_error():
    found = finite_difference.estimate(
        option_type="call", spot=100.0, strike=90.0, time_to_expiry=0.0, rate=0.0, volatility=0.2
    )
    assert found.price == 10.0
    assert found.price_error == 0.0
    assert np.isnan(found.order)
