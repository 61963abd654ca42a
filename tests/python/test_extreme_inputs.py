"""Inputs of any size are answered or refused in words; each of these ended the process once, or
came back as NaN with a good status. The fuzzer of `tests/fuzz` found them.
"""

import itertools
import math
import sys

import numpy as np
import pytest

from strikeproof import (
    american_approximation,
    asian,
    barrier,
    basket,
    bates,
    dividends,
    finite_difference,
    heston,
    kou,
    lattice,
    rainbow,
    spread,
)

pytestmark = pytest.mark.fast

EVERYDAY = {
    "option_type": "put", "spot": 100.0, "strike": 100.0, "time_to_expiry": 1.0, "rate": 0.03,
}  # fmt: skip
FLAT = EVERYDAY | {"volatility": 0.2}
DIVIDEND = {"dividend_times": [0.5], "dividend_amounts": [1.0]}
UP_OUT = {"barrier_type": "up_out", "barrier": 104.0}
NOT_CONVERGED = "did not reach its accuracy"
OUTSIDE = "outside the engine's range"

REFUSED = [
    pytest.param(dividends.price, FLAT | DIVIDEND | {"volatility": 1e200, "exercise": "american"},
                 OUTSIDE, id="dividends"),
    pytest.param(dividends.greeks, FLAT | DIVIDEND | {"volatility": 1e200, "exercise": "american"},
                 OUTSIDE, id="dividends-greeks"),
    pytest.param(asian.price, FLAT | {"volatility": 1e10, "fixings": 5}, NOT_CONVERGED, id="asian"),
    pytest.param(asian.price, FLAT | {"volatility": 1e-2, "rate": 1e4}, NOT_CONVERGED,
                 id="asian-drift"),
    pytest.param(barrier.discrete_price, FLAT | UP_OUT | {"volatility": 1e8, "fixings": 12},
                 NOT_CONVERGED, id="barrier"),
    pytest.param(barrier.discrete_greeks, FLAT | UP_OUT | {"volatility": 1e8, "fixings": 12},
                 NOT_CONVERGED, id="barrier-greeks"),
]  # fmt: skip


@pytest.mark.parametrize("assets", [2, 3])
def test_baskets_of_all_time_are_refused(assets):
    with pytest.raises(ValueError, match=NOT_CONVERGED):
        basket.price(
            option_type="put", spots=[50.0] * assets, weights=[0.5] * assets, strike=50.0, rate=0.0,
            volatilities=[0.2] * assets, correlations=0.5 * np.eye(assets) + 0.5,
            time_to_expiry=1e74,
        )  # fmt: skip


@pytest.mark.parametrize(("call", "contract", "words"), REFUSED)
def test_what_no_grid_holds_is_refused(call, contract, words):
    with pytest.raises(ValueError, match=words):
        call(**contract)


@pytest.mark.parametrize("volatility", [1e-4, 1e-7, 1e-12, 1e-100])
@pytest.mark.parametrize("fixings", [0, 12])
@pytest.mark.parametrize("strike", [95.0, 108.0])
def test_an_average_that_hardly_moves_is_its_mean(strike, fixings, volatility):
    contract = FLAT | {"volatility": volatility, "fixings": fixings, "option_type": "call"}
    found = asian.price(**contract | {"strike": strike})
    times = np.arange(1, 13) / 12
    mean = 100 * (np.exp(0.03 * times).mean() if fixings else math.expm1(0.03) / 0.03)
    assert found == pytest.approx(math.exp(-0.03) * max(mean - strike, 0.0), abs=1e-10)


@pytest.mark.parametrize("fixings", [2, 12, 0])
@pytest.mark.parametrize("rate", [0.0, 0.05])
def test_little_volatility_joins_the_grids_without_a_step(rate, fixings):
    # just above the change of method, and just below
    growth = np.exp(rate * np.arange(1, (fixings or 1000) + 1) / (fixings or 1000))
    mean = 100.0 * growth.mean()
    strikes = mean * np.exp(2e-3 * np.linspace(-1.5, 1.5, 7))
    contract = FLAT | {"strike": strikes, "rate": rate, "fixings": fixings, "option_type": "call"}
    at, near = np.array([1.9999e-3, 2.0001e-3]), np.array([2.0001e-3, 2.0003e-3])
    below, above = (asian.price(**contract | {"volatility": v}) for v in at)
    first, second = (asian.price(**contract | {"volatility": v}) for v in near)
    np.testing.assert_allclose(above - below, second - first, rtol=0, atol=3e-9)
    slopes = [asian.greeks(**contract | {"volatility": v}) for v in at]
    np.testing.assert_allclose(slopes[0].delta, slopes[1].delta, rtol=0, atol=1e-4)
    np.testing.assert_allclose(slopes[0].gamma, slopes[1].gamma, rtol=5e-3)


def normal_average(rate, time, volatility, strike, fixings):
    """Call on an average that is normal: exact to first order in the volatility."""
    times = time * np.arange(1, (fixings or 1000) + 1) / (fixings or 1000)
    growth = np.exp(rate * times)
    continuous = math.expm1(rate * time) / (rate * time) if rate else 1.0
    forward = 100.0 * (growth.mean() if fixings else continuous)
    variance = np.minimum.outer(times, times) @ growth @ growth / len(times) ** 2
    deviation = 100.0 * volatility * math.sqrt(variance)
    d = (forward - strike) / deviation
    density = math.exp(-0.5 * d * d) / math.sqrt(2.0 * math.pi)
    share = 0.5 * math.erfc(-d / math.sqrt(2.0))
    return math.exp(-rate * time) * ((forward - strike) * share + deviation * density)


@pytest.mark.parametrize("volatility", [1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("rate", [0.0, 0.05])
@pytest.mark.parametrize("fixings", [2, 0])
def test_greeks_of_little_volatility_are_those_of_a_normal_average(fixings, rate, volatility):
    growth = np.exp(rate * np.array([0.5, 1.0])).mean()
    continuous = math.expm1(rate) / rate if rate else 1.0
    # off the kink, where one-sided errors do not cancel
    strike = 100.0 * (growth if fixings else continuous) * (1.0 + 0.3 * volatility)
    point = {"rate": rate, "time": 1.0, "volatility": volatility}

    def slope(name, size):
        above, below = (
            normal_average(**point | {name: point[name] + h}, strike=strike, fixings=fixings)
            for h in (size, -size)
        )
        return (above - below) / (2.0 * size)

    contract = FLAT | {"option_type": "call", "rate": rate, "fixings": fixings}
    found = asian.greeks(**contract | {"volatility": volatility, "strike": strike})
    price = normal_average(**point, strike=strike, fixings=fixings)
    small = 1e-3 * volatility
    assert found.price == pytest.approx(price, rel=2e-3)
    assert found.vega == pytest.approx(slope("volatility", small), rel=2e-3)
    assert found.rho == pytest.approx(slope("rate", small), rel=2e-3)
    assert found.theta == pytest.approx(-slope("time", small), rel=5e-3)


def test_the_change_of_method_leaves_no_gap():
    for volatility in (6.3e-4, 6.4e-4, 1e-3, 1.4e-3):
        found = asian.greeks(
            option_type="call", spot=100.0, strike=2900.0, time_to_expiry=10.0, rate=0.5,
            volatility=volatility, fixings=252,
        )  # fmt: skip
        assert found.price > 0.0


@pytest.mark.parametrize(
    ("change", "grid"),
    [
        ({"rate": -0.03, "time_to_expiry": 1e4}, {}),
        ({"rate": 0.03, "volatility": 1e-3, "option_type": "call", "time_to_expiry": 1e5}, {}),
        ({"rate": -0.03, "time_to_expiry": 1000.0}, {"spot_points": 30, "time_steps": 8}),
    ],
)
def test_grids_that_span_ages_are_refused(change, grid):
    with pytest.raises(ValueError, match=NOT_CONVERGED):
        finite_difference.price(**FLAT | {"exercise": "european"} | change | grid)


def test_an_american_call_of_all_time_is_worth_its_exercise():
    call = FLAT | {"option_type": "call", "strike": 90.0, "rate": -0.03, "time_to_expiry": 24e3}
    assert finite_difference.price(**call | {"exercise": "american"}) == pytest.approx(10.0)


def test_curran_greeks_are_the_slopes_of_its_prices():
    contract = FLAT | {"method": "curran", "fixings": 12}
    found = asian.greeks(**contract)
    size = 1e-3
    above, here, below = (asian.price(**contract | {"spot": 100.0 + h}) for h in (size, 0.0, -size))
    assert found.price == here
    assert found.delta == pytest.approx((above - below) / (2 * size), abs=1e-8)
    assert found.gamma == pytest.approx((above - 2 * here + below) / size**2, abs=1e-6)


@pytest.mark.parametrize("extreme", ["maximum", "minimum"])
def test_a_put_on_the_best_or_worst_is_worth_no_more_than_its_strike(extreme):
    strike = sys.float_info.min
    price = basket.extreme_price(
        extreme=extreme, option_type="put", spots=[50.0, 64.062499976717106, 50.0], strike=strike,
        time_to_expiry=2.8705882352941177, rate=-0.05,
        dividend_yields=[-0.05, 0.12819464411221299, 7.7578408415720922e-55],
        volatilities=[0.01, 0.41749576240537867, 0.22835125031809719],
        correlations=[[1, -0.4, -0.4], [-0.4, 1, -0.4], [-0.4, -0.4, 1]],
    ).price  # fmt: skip
    assert 0.0 <= price <= strike * math.exp(0.05 * 2.8705882352941177)


def test_estimates_of_grids_refuse_what_prices_refuse():
    put = FLAT | {"exercise": "european", "rate": -0.03, "time_to_expiry": 1000.0}
    with pytest.raises(ValueError, match=NOT_CONVERGED):
        finite_difference.estimate(**put, spot_points=30, time_steps=8)


EXTREMES = [0.0, 5e-324, 1e-290, 1.0, 100.0, 1e10, 1e155, 1.7e308]
MODEL = {
    "initial_variance": 0.04, "long_run_variance": 0.04, "mean_reversion": 1.0,
    "volatility_of_variance": 0.5, "correlation": -0.5,
}  # fmt: skip
JUMPS = {"jump_intensity": 0.5, "jump_mean": -0.1, "jump_volatility": 0.2}
PAIR = {
    "option_type": "call", "spot1": 100.0, "spot2": 90.0, "strike": 100.0, "time_to_expiry": 1.0,
    "rate": 0.03, "volatility1": 0.2, "volatility2": 0.3, "correlation": 0.5,
}  # fmt: skip
TREE = {"steps": 11}
GRID = {"spot_points": 30, "time_steps": 8}
KOU = {
    "jump_intensity": 1.0,
    "upward_probability": 0.4,
    "upward_decay": 10.0,
    "downward_decay": 5.0,
}

ENGINES = [
    pytest.param(lattice.greeks, FLAT | TREE, id="lattice"),
    pytest.param(dividends.greeks, FLAT | DIVIDEND | GRID, id="dividends"),
    pytest.param(finite_difference.greeks, FLAT | GRID, id="finite_difference"),
    pytest.param(american_approximation.greeks, FLAT | {"method": "ju_zhong"}, id="ju_zhong"),
    pytest.param(asian.greeks, FLAT | {"fixings": 3}, id="asian"),
    pytest.param(barrier.discrete_greeks, FLAT | UP_OUT | {"fixings": 3}, id="barrier"),
    pytest.param(heston.sensitivities, EVERYDAY | MODEL, id="heston"),
    pytest.param(bates.greeks, EVERYDAY | MODEL | JUMPS, id="bates"),
    pytest.param(kou.greeks, FLAT | KOU, id="kou"),
    pytest.param(rainbow.greeks, PAIR | {"extreme": "maximum"}, id="rainbow"),
    pytest.param(spread.greeks, PAIR, id="spread"),
]


@pytest.mark.parametrize(("call", "contract"), ENGINES)
def test_greeks_are_numbers_or_refused(call, contract):
    sizes = [name for name, value in contract.items() if isinstance(value, float)]
    for name, other in itertools.combinations(sizes, 2):
        first, second = np.meshgrid(EXTREMES, EXTREMES)
        batch = contract | {name: first.ravel(), other: second.ravel()}
        found, status = call(**batch, on_failure="nan", return_status=True)
        for field, values in zip(found._fields, found, strict=True):
            wrong = np.isnan(values) != (status != 0)
            assert not wrong.any(), (
                field,
                name,
                other,
                first.ravel()[wrong],
                second.ravel()[wrong],
            )
