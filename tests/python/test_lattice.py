"""Trees: second methods, QuantLib's tree, dates, the error table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strikeproof import Status, black_scholes, finite_difference, lattice
from tasks.evidence.oracles import lattice as oracle

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
TREES = pytest.mark.parametrize("tree", ["leisen_reimer", "trinomial"])


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


def test_the_leisen_reimer_tree_is_quantlibs():
    options = random_options(20, 1)
    found = lattice.price(**options, steps=501, extrapolation=False)
    expected = [oracle.price(**row(options, k), steps=501) for k in range(20)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-5)


@pytest.mark.parametrize(("tree", "worst"), [("leisen_reimer", 5e-3), ("trinomial", 2e-2)])
def test_american_prices_agree_with_finite_differences(tree, worst):
    options = random_options(100, 2)
    error = np.abs(lattice.price(**options, tree=tree) - finite_difference.price(**options))
    assert error.max() < worst
    assert np.median(error) < 4e-4


@TREES
def test_bermudan_prices_agree_with_finite_differences(tree):
    dates = [0.2, 0.4, 0.7]
    terms = {**OPTION, "exercise": "bermudan", "exercise_times": dates}
    found = lattice.price(**terms, tree=tree, steps=1000)
    assert found == pytest.approx(finite_difference.price(**terms), abs=1e-3)


@TREES
def test_greeks_of_an_american_option_agree_with_finite_differences(tree):
    one = lattice.greeks(**OPTION, tree=tree, steps=800)
    other = finite_difference.greeks(**OPTION)
    bounds = (1e-4, 3e-5, 1e-5, 0.02, 3e-3, 0.1)
    for a, b, bound in zip(one, other, bounds, strict=True):
        assert a == pytest.approx(b, abs=bound)


def test_european_prices_reach_black_scholes():
    options = random_options(200, 3)
    found = lattice.price(**options, exercise="european")
    np.testing.assert_allclose(found, black_scholes.price(**options), rtol=0, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(
    strike=st.floats(20.0, 500.0),
    time_to_expiry=st.floats(0.0, 10.0),
    rate=st.floats(-0.05, 0.2),
    volatility=st.floats(0.0, 2.0),
    kind=st.sampled_from(["call", "put"]),
)
def test_american_options_keep_their_bounds(strike, time_to_expiry, rate, volatility, kind):
    value = lattice.price(
        option_type=kind,
        spot=100.0,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        steps=60,
    )
    gain = (100.0 - strike) if kind == "call" else (strike - 100.0)
    highest = 100.0 if kind == "call" else strike * np.exp(max(-rate * time_to_expiry, 0.0))
    assert max(gain, 0.0) <= value <= highest * (1.0 + 1e-9)


def test_exercise_dates_broadcast_and_threads_change_no_bit():
    dates = np.array([[0.1, 0.2], [0.3, 0.6], [0.5, 0.9]])
    terms = {**OPTION, "exercise": "bermudan", "tree": "trinomial"}
    several = lattice.price(**terms, exercise_times=dates, threads=2)
    alone = [lattice.price(**terms, exercise_times=dates[k], threads=1) for k in range(3)]
    np.testing.assert_array_equal(several, alone)


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match=r"steps is 0\.0"):
        lattice.price(**OPTION, steps=0)
    with pytest.raises(ValueError, match="tree is 'pine'"):
        lattice.price(**OPTION, tree="pine")
    with pytest.raises(ValueError, match="exercise_times is a scalar"):
        lattice.price(**OPTION, exercise="bermudan", exercise_times=0.5)
    terms = {**OPTION, "volatility": [0.2, -0.2, np.nan]}
    values, status = lattice.price(**terms, return_status=True)
    assert list(status) == [Status.OK, Status.OUT_OF_DOMAIN, Status.NON_FINITE]
    assert np.isnan(values[1:]).all()
