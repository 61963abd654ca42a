"""Curves: identities, QuantLib, integrals, prices under curves, values that copy, refusals."""

import doctest
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikeproof import black, black_scholes, term_structure
from strikeproof.term_structure import RateCurve, VolatilityCurve, forward
from tasks.evidence.oracles import term_structure as oracle

pytestmark = pytest.mark.fast

TIMES = np.array([20, 91, 365, 1000, 3650]) / 365
RATES = np.array([0.031, 0.028, -0.004, 0.02, 0.025])
DISCOUNTS = np.exp(-RATES * TIMES)
CURVES = {
    "flat": RateCurve.flat(0.03),
    "piecewise_constant": RateCurve.piecewise_constant(TIMES, RATES),
    "linear_zero": RateCurve.from_zero_rates(TIMES, RATES),
    "log_linear_discount": RateCurve.from_zero_rates(TIMES, RATES, "log_linear_discount"),
    "discounts": RateCurve.from_discounts(TIMES, DISCOUNTS),
}
VOLATILITIES = {
    "flat": VolatilityCurve.flat(0.2),
    "piecewise_constant": VolatilityCurve.piecewise_constant([0.5, 2.0], [0.3, 0.2]),
    "total_variances": VolatilityCurve.from_total_variances([0.5, 1.0, 2.0], [0.02, 0.02, 0.1]),
    "volatilities": VolatilityCurve.from_volatilities([0.5, 2.0], [0.3, 0.2]),
}
ALL = [*CURVES.values(), *VOLATILITIES.values()]


@st.composite
def nodes(draw):
    gaps = draw(st.lists(st.floats(1e-3, 5.0), min_size=1, max_size=8))
    rates = draw(st.lists(st.floats(-0.1, 0.3), min_size=len(gaps), max_size=len(gaps)))
    return np.cumsum(gaps), np.array(rates)


@pytest.mark.parametrize("kind", ["piecewise_constant", "linear_zero", "discounts"])
def test_discounts_are_quantlibs(kind):
    at = np.array([0, 1, 19, 20, 21, 90, 200, 365, 366, 700, 1000, 2222, 3649, 3650]) / 365
    curve = CURVES[kind]
    expected = oracle.discounts(kind=kind, times=TIMES, values=curve.values, at=at)
    np.testing.assert_allclose(curve.discount(at), expected, rtol=4e-15)


@given(nodes())
def test_log_linear_discounts_are_piecewise_constant_forwards(given_nodes):
    times, rates = given_nodes
    curve = RateCurve.piecewise_constant(times, rates)
    twins = [
        RateCurve.from_discounts(times, curve.discount(times)),
        RateCurve.from_zero_rates(times, curve.zero_rate(times), "log_linear_discount"),
    ]
    at = np.linspace(0.0, 1.5 * times[-1], 50)
    for twin in twins:
        np.testing.assert_allclose(twin.discount(at), curve.discount(at), rtol=1e-11)
        np.testing.assert_allclose(
            twin.forward_rate(times), curve.forward_rate(times), rtol=0, atol=1e-11
        )


@given(nodes())
def test_curves_reach_their_nodes_and_are_flat_outside(given_nodes):
    times, rates = given_nodes
    late = times[-1] * 3.0
    zero = RateCurve.from_zero_rates(times, rates)
    np.testing.assert_allclose(zero.zero_rate(times), rates, rtol=0, atol=1e-15)
    assert zero.zero_rate(late) == pytest.approx(rates[-1], rel=1e-14, abs=1e-16)
    log = RateCurve.from_zero_rates(times, rates, "log_linear_discount")
    np.testing.assert_allclose(log.zero_rate(times), rates, rtol=0, atol=1e-14)
    assert log.forward_rate(late) == log.average_rate(times[-1], late)
    for curve in (zero, log):
        early = curve.zero_rate([0.0, 0.5 * times[0]])
        np.testing.assert_allclose(early, rates[0], rtol=4e-16)


@given(nodes(), st.sampled_from(["linear_zero", "log_linear_discount"]))
def test_the_forward_rate_integrates_to_minus_log_discount(given_nodes, interpolation):
    times, rates = given_nodes
    curve = RateCurve.from_zero_rates(times, rates, interpolation)
    edges = np.concatenate(([0.0], times, [times[-1] + 1.0]))
    # two Gauss points a piece are exact: the forward rate is linear there
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    points = middle + np.multiply.outer([-1.0, 1.0], half) / np.sqrt(3.0)
    integral = np.cumsum(half * curve.forward_rate(points).sum(axis=0))
    np.testing.assert_allclose(-np.log(curve.discount(edges[1:])), integral, rtol=0, atol=1e-11)


@given(nodes(), st.floats(0.0, 40.0), st.floats(0.0, 40.0))
def test_averages_join(given_nodes, one, other):
    start, end = sorted((one, other))
    for curve in (
        RateCurve.piecewise_constant(*given_nodes),
        RateCurve.from_zero_rates(*given_nodes),
    ):
        joined = curve.zero_rate(start) * start + curve.average_rate(start, end) * (end - start)
        assert joined == pytest.approx(curve.zero_rate(end) * end, abs=1e-11)


@given(nodes())
def test_implied_volatilities_come_back(given_nodes):
    times, rates = given_nodes
    local = VolatilityCurve.piecewise_constant(times, np.abs(rates))
    variance = local.variance(times)
    assert np.all(np.diff(variance) >= 0.0)
    twin = VolatilityCurve.from_total_variances(times, variance)
    at = np.linspace(0.0, 1.5 * times[-1], 50)
    np.testing.assert_allclose(twin.variance(at), local.variance(at), rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(
        local.volatility(0.0, times) ** 2 * times, variance, rtol=1e-13, atol=1e-300
    )
    # a volatility whose square is below the range of float64 is 0
    assert local.instantaneous_volatility(99.0) == pytest.approx(abs(rates[-1]), abs=1e-150)


def test_a_price_under_curves_is_that_of_their_means():
    """Integrated over the state at the node, with each part's own rates and volatility."""
    rates = RateCurve.piecewise_constant([0.5, 1.0], [0.05, 0.01])
    yields = RateCurve.piecewise_constant([0.5, 1.0], [0.0, 0.04])
    volatility = VolatilityCurve.piecewise_constant([0.5, 1.0], [0.4, 0.15])
    mean = black_scholes.price(
        option_type="put",
        spot=100.0,
        strike=95.0,
        time_to_expiry=1.2,
        rate=rates.zero_rate(1.2),
        dividend_yield=yields.zero_rate(1.2),
        volatility=volatility.volatility(0.0, 1.2),
    )
    z = np.linspace(-9.0, 9.0, 4001)
    spot = 100.0 * np.exp((0.05 - 0.5 * 0.4**2) * 0.5 + 0.4 * np.sqrt(0.5) * z)
    later = black_scholes.price(
        option_type="put",
        spot=spot,
        strike=95.0,
        time_to_expiry=0.7,
        rate=0.01,
        dividend_yield=0.04,
        volatility=0.15,
    )
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    assert mean == pytest.approx(np.exp(-0.025) * np.trapezoid(later * density, z), abs=1e-10)
    by_forward = black.price(
        option_type="put",
        forward=forward(spot=100.0, time_to_expiry=1.2, rate_curve=rates, dividend_curve=yields),
        strike=95.0,
        time_to_expiry=1.2,
        rate=rates.zero_rate(1.2),
        volatility=volatility.volatility(0.0, 1.2),
    )
    assert by_forward == pytest.approx(mean, rel=1e-13)


def test_the_forward_is_what_holding_the_stock_costs():
    """Borrow, hold, reinvest the yield: dividends repay the loan when they come."""
    rates, yields = CURVES["piecewise_constant"], RateCurve.flat(0.02)
    dates, amounts, expiry = np.array([0.0, 0.25, 0.5, 1.0]), np.array([9.0, 2.0, 3.0, 9.0]), 1.0
    debt, shares, now = 100.0, 1.0, 0.0
    for date, amount in zip(dates[1:3], amounts[1:3], strict=True):
        debt *= np.exp(rates.average_rate(now, date) * (date - now))
        shares *= np.exp(0.02 * (date - now))
        debt, now = debt - shares * amount, date
    debt *= np.exp(rates.average_rate(now, expiry) * (expiry - now))
    shares *= np.exp(0.02 * (expiry - now))
    found = forward(
        spot=100.0,
        time_to_expiry=[0.0, expiry],
        rate_curve=rates,
        dividend_curve=yields,
        dividend_times=dates,
        dividend_amounts=amounts,
    )
    np.testing.assert_allclose(found, [100.0, debt / shares], rtol=1e-14)


def test_times_broadcast_and_scalars_stay_scalars():
    curve = CURVES["linear_zero"]
    table = curve.average_rate(np.array([[0.0], [0.5]]), np.array([1.0, 2.0, 3.0]))
    assert table.shape == (2, 3)
    assert table[1, 2] == curve.average_rate(0.5, 3.0)
    for value in (curve.discount(1.0), curve.zero_rate(1), VOLATILITIES["flat"].volatility(0, 1)):
        assert type(value) is float
    assert curve.discount(np.zeros((0, 2))).shape == (0, 2)


@pytest.mark.parametrize("curve", ALL, ids=lambda c: f"{type(c).__name__}-{c.kind}")
def test_curves_are_values(curve):
    again = pickle.loads(pickle.dumps(curve))
    stored = type(curve).from_dict(json.loads(json.dumps(curve.to_dict())))
    shown = eval(repr(curve), {type(curve).__name__: type(curve)})
    for copy in (again, stored, shown):
        assert copy == curve
        assert hash(copy) == hash(curve)
    assert curve != ALL[ALL.index(curve) - 1]
    with pytest.raises(AttributeError):
        curve.times = ()


def test_the_example_in_the_documentation_holds():
    assert doctest.testmod(term_structure).failed == 0


REFUSED = [
    (lambda: RateCurve.flat(np.nan), "rate is nan: must be finite"),
    (lambda: RateCurve.piecewise_constant([], []), "times is empty"),
    (lambda: RateCurve.piecewise_constant([1, 1], [0, 0]), "times is 1 at index 1: must be > 1"),
    (lambda: RateCurve.piecewise_constant([0.0], [0.1]), "times is 0 at index 0: must be > 0"),
    (lambda: RateCurve.from_zero_rates([1.0], [np.inf]), "rates is inf at index 0: must be finite"),
    (lambda: RateCurve.from_zero_rates([1], [1], "cubic"), "interpolation is 'cubic'"),
    (lambda: RateCurve.from_discounts([1, 2], [1, -1]), "discounts is -1 at index 1: must be > 0"),
    (lambda: RateCurve.from_discounts([1, 2], [1]), "times holds 2 entries and discounts 1"),
    (lambda: RateCurve.from_discounts([[1]], [1]), r"times has shape \(1, 1\)"),
    (lambda: RateCurve.flat([0.1]), r"rate has shape \(1,\): must be one number"),
    (lambda: RateCurve("spline", (1.0,), (0.1,)), "kind is 'spline': must be one of flat"),
    (lambda: RateCurve("flat", (), ()), "a flat curve has one value"),
    (lambda: RateCurve.from_dict({"kind": "flat"}), "keys are .*must be kind, times, values"),
    (lambda: VolatilityCurve.flat(-0.1), "volatility is -0.1: must be finite and >= 0"),
    (
        lambda: VolatilityCurve.from_volatilities([0.5, 2.0], [0.5, 0.125]),
        r"volatilities is 0.125 at index 1: total variance 0.03125 of time 2 must be >= 0.125.*"
        r"time 0.5 \(calendar arbitrage\)",
    ),
    (
        lambda: VolatilityCurve.from_total_variances([1, 2], [0.2, 0.1]),
        "total_variances is 0.1 at index 1.*calendar arbitrage at time 2",
    ),
    (lambda: RateCurve.flat(0.1).discount([1, -1]), "time is -1.0 at index 1: must be finite and"),
    (lambda: RateCurve.flat(0.1).zero_rate(np.inf), "time is inf: must be finite and >= 0"),
    (
        lambda: RateCurve.flat(0.1).average_rate([0.0, 2.0], 1.0),
        "end is 1.0 at index 1: must be >= start, which is 2.0",
    ),
    (
        lambda: forward(spot=0.0, time_to_expiry=1.0, rate_curve=CURVES["flat"]),
        "spot is 0.0: must be finite and > 0",
    ),
    (
        lambda: forward(
            spot=5.0,
            time_to_expiry=1.0,
            rate_curve=CURVES["flat"],
            dividend_times=[0.5],
            dividend_amounts=[9.0],
        ),
        "dividends are worth more than the spot",
    ),
    (
        lambda: forward(
            spot=5.0, time_to_expiry=1.0, rate_curve=CURVES["flat"], dividend_times=[0.5]
        ),
        "dividend_times holds 1 entries and dividend_amounts 0",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refusals_name_what_is_wrong(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="times has dtype"):
        RateCurve.piecewise_constant(["a"], [0.1])
    with pytest.raises(TypeError, match="rate has dtype bool"):
        RateCurve.flat(True)
