"""Finite differences of barriers, digital payoffs and curves: closed forms and limits."""

import numpy as np
import pytest

from strikeproof import (
    Status,
    american,
    barrier,
    black_scholes,
    digital,
    double_barrier,
    finite_difference,
)
from strikeproof.term_structure import RateCurve, VolatilityCurve

pytestmark = pytest.mark.fast

MARKET = {
    "spot": 100.0,
    "strike": 103.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "dividend_yield": 0.02,
    "volatility": 0.25,
}
NO_STRIKE = {name: value for name, value in MARKET.items() if name != "strike"}
MONTHS = np.arange(1, 13) / 12.0


def single(barrier_type, option_type, level, **more):
    return barrier.greeks(
        barrier_type=barrier_type, option_type=option_type, barrier=level, **{**MARKET, **more}
    )


def double(barrier_type, option_type, **more):
    return double_barrier.greeks(
        barrier_type=barrier_type,
        option_type=option_type,
        lower_barrier=80.0,
        upper_barrier=130.0,
        **{**MARKET, **more},
    )


def touch(**more):
    return digital.touch_greeks(
        touch_type="one_touch", side="up", payment="hit", payoff="cash", **{**NO_STRIKE, **more}
    )


# terms of the grid, the truth
CLOSED = {
    "down-out-call": (
        {"option_type": "call", "lower_barrier": 90.0},
        lambda: single("down_out", "call", 90.0),
    ),
    "down-in-call": (
        {"option_type": "call", "lower_barrier": 90.0, "barrier_type": "in", "rebate": 2.0},
        lambda: single("down_in", "call", 90.0, rebate=2.0),
    ),
    "up-out-call-paid-at-hit": (
        {"option_type": "call", "upper_barrier": 130.0, "rebate": 3.0},
        lambda: single("up_out", "call", 130.0, rebate=3.0, rebate_payment="hit"),
    ),
    "up-out-call-paid-at-expiry": (
        {"option_type": "call", "upper_barrier": 130.0, "rebate": 3.0, "rebate_payment": "expiry"},
        lambda: single("up_out", "call", 130.0, rebate=3.0, rebate_payment="expiry"),
    ),
    "up-in-put": (
        {"option_type": "put", "upper_barrier": 110.0, "barrier_type": "in", "rebate": 1.0},
        lambda: single("up_in", "put", 110.0, rebate=1.0),
    ),
    "double-out-call": (
        {"option_type": "call", "lower_barrier": 80.0, "upper_barrier": 130.0},
        lambda: double("out", "call"),
    ),
    "double-in-put": (
        {
            "option_type": "put",
            "lower_barrier": 80.0,
            "upper_barrier": 130.0,
            "barrier_type": "in",
            "rebate": 1.0,
        },
        lambda: double("in", "put", rebate=1.0),
    ),
    "cash-call": (
        {"option_type": "call", "payoff": "cash", "cash": 7.0},
        lambda: digital.greeks(option_type="call", payoff="cash", cash=7.0, **MARKET),
    ),
    "asset-put": (
        {"option_type": "put", "payoff": "asset"},
        lambda: digital.greeks(option_type="put", payoff="asset", **MARKET),
    ),
    "american-cash-call": (
        {"option_type": "call", "payoff": "cash", "exercise": "american"},
        lambda: touch(barrier=103.0, cash=1.0),
    ),
}


@pytest.mark.parametrize("grid", ["sinh", "log"])
@pytest.mark.parametrize("scheme", ["tr_bdf2", "crank_nicolson"])
@pytest.mark.parametrize("case", CLOSED)
def test_closed_forms_are_reached(case, scheme, grid):
    terms, truth = CLOSED[case]
    exact = truth()
    found = finite_difference.greeks(
        **{"exercise": "european", **MARKET, **terms}, scheme=scheme, grid=grid, spot_points=201
    )
    # vega and rho are derivatives of the numbers on the extrapolated grid, gamma's errors largest
    bounds = {"price": 5e-5, "delta": 2e-5, "gamma": 2e-5, "vega": 1e-2, "rho": 1e-2, "theta": 1e-2}
    for name, bound in bounds.items():
        error = abs(getattr(found, name) - getattr(exact, name))
        assert error < bound, f"{name}: {error}"


@pytest.mark.parametrize("barrier_type", ["out", "in"])
@pytest.mark.parametrize(("side", "level"), [("lower_barrier", 95.0), ("upper_barrier", 125.0)])
def test_a_barrier_watched_at_dates_agrees_with_quadrature(barrier_type, side, level):
    kind = ("down_" if side == "lower_barrier" else "up_") + barrier_type
    exact = barrier.discrete_price(
        barrier_type=kind, option_type="call", barrier=level, fixings=12, rebate=2.0, **MARKET
    )
    found = finite_difference.price(
        option_type="call",
        exercise="european",
        barrier_type=barrier_type,
        rebate=2.0,
        barrier_times=MONTHS,
        spot_points=401,
        time_steps=100,
        **{side: level},
        **MARKET,
    )
    assert found == pytest.approx(exact, abs=2e-4)


@pytest.mark.parametrize("payment", ["hit", "expiry"])
@pytest.mark.parametrize("dates", [None, MONTHS])
def test_a_knock_out_and_its_knock_in_make_the_plain_option(dates, payment):
    terms = {
        "option_type": "put",
        "exercise": "european",
        "lower_barrier": 85.0,
        "upper_barrier": 120.0,
        "barrier_times": dates,
        "rebate_payment": payment,
        "spot_points": 401,
        **MARKET,
    }
    both = finite_difference.price(**terms, barrier_type=["out", "in"]).sum()
    assert both == pytest.approx(black_scholes.price(option_type="put", **MARKET), abs=3e-4)


def test_rebates_of_out_and_in_at_expiry_are_paid_once():
    terms = {
        "option_type": "call",
        "exercise": "european",
        "lower_barrier": 85.0,
        "rebate_payment": "expiry",
        "spot_points": 401,
        **MARKET,
    }
    paid = finite_difference.price(**terms, barrier_type=["out", "in"], rebate=5.0)
    without = finite_difference.price(**terms, barrier_type=["out", "in"])
    assert (paid - without).sum() == pytest.approx(5.0 * np.exp(-0.05), abs=1e-4)


# An American knock-out is exercised before it is lost: never below the gain, nor above the plain.
def test_american_barriers_keep_their_bounds():
    spots = np.linspace(81.0, 129.0, 25)
    terms = {**MARKET, "option_type": "call", "spot": spots, "dividend_yield": 0.08}
    plain = finite_difference.price(**terms)
    out = finite_difference.price(**terms, lower_barrier=80.0, upper_barrier=130.0)
    inside = finite_difference.price(
        **terms, lower_barrier=80.0, upper_barrier=130.0, barrier_type="in"
    )
    gain = np.maximum(spots - 103.0, 0.0)
    assert (out >= gain - 1e-9).all()
    assert (out <= plain + 1e-5).all()
    assert (inside <= plain + 1e-5).all()
    assert (plain <= out + inside + 1e-5).all()


# At a barrier where exercise pays at once the knock-in becomes the American option there.
def test_an_american_knock_in_becomes_american():
    terms = {**MARKET, "option_type": "put", "barrier_type": "in", "lower_barrier": 99.0}
    at = finite_difference.price(**{**terms, "spot": 99.0})
    assert at == pytest.approx(
        american.price(option_type="put", **{**MARKET, "spot": 99.0}), abs=1e-4
    )
    near = finite_difference.price(**{**terms, "spot": 99.001})
    assert near == pytest.approx(at, abs=2e-3)


def test_curves_give_black_scholes_of_their_means():
    rate = RateCurve.piecewise_constant((0.3, 0.7, 1.0), (0.01, 0.06, 0.03))
    yields = RateCurve.from_zero_rates((0.5, 1.0), (0.01, 0.03))
    volatility = VolatilityCurve.from_volatilities((0.25, 0.6, 1.0), (0.3, 0.25, 0.28))
    mean_rate = 0.3 * 0.01 + 0.4 * 0.06 + 0.3 * 0.03
    exact = black_scholes.greeks(
        option_type="put",
        **{**MARKET, "rate": mean_rate, "dividend_yield": 0.03, "volatility": 0.28},
    )
    curves = {**MARKET, "rate": rate, "dividend_yield": yields, "volatility": volatility}
    found = finite_difference.greeks(
        option_type="put", exercise="european", spot_points=401, time_steps=100, **curves
    )
    for name in ("price", "delta", "gamma"):
        assert getattr(found, name) == pytest.approx(getattr(exact, name), abs=2e-6), name
    for name in ("rho", "vega"):  # of a shift of the whole curve
        assert getattr(found, name) == pytest.approx(getattr(exact, name), rel=0.03), name
    # theta is of today's rate and volatility
    equation = (
        0.01 * exact.price - (0.01 - 0.01) * 100.0 * exact.delta - 0.5 * 0.3**2 * 1e4 * exact.gamma
    )
    assert found.theta == pytest.approx(equation, abs=1e-4)


def test_a_flat_curve_is_its_number():
    terms = {**MARKET, "option_type": "put", "lower_barrier": 80.0}
    flat = finite_difference.greeks(**terms)
    curves = {
        "rate": RateCurve.from_discounts((0.5, 2.0), (np.exp(-0.025), np.exp(-0.1))),
        "volatility": VolatilityCurve.piecewise_constant((0.4, 2.0), (0.25, 0.25)),
        "dividend_yield": RateCurve.flat(0.02),
    }
    np.testing.assert_allclose(finite_difference.greeks(**{**terms, **curves}), flat, rtol=1e-9)


def test_a_curve_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="rate is a curve of kind 'volatilities'"):
        finite_difference.price(
            option_type="put",
            **{**MARKET, "rate": VolatilityCurve.from_volatilities((1.0,), (0.2,))},
        )


LIMITS = {
    "at-the-barrier": ({"spot": 90.0, "lower_barrier": 90.0, "rebate": 3.0}, 3.0),
    "through-the-barrier": (
        {"spot": 80.0, "lower_barrier": 90.0, "rebate": 3.0, "rebate_payment": "expiry"},
        3.0 * np.exp(-0.05),
    ),
    "at-expiry": ({"spot": 110.0, "time_to_expiry": 0.0, "lower_barrier": 90.0}, 7.0),
    "at-expiry-not-in": (
        {"spot": 110.0, "time_to_expiry": 0.0, "lower_barrier": 90.0, "barrier_type": "in"},
        0.0,
    ),
    "tiny-time": ({"spot": 110.0, "time_to_expiry": 1e-9, "lower_barrier": 90.0}, 7.0),
    "calm-and-out": (  # 100 exp(0.03 t) meets 102 at ln(1.02) / 0.03
        {"volatility": 0.0, "upper_barrier": 102.0, "rebate": 3.0},
        3.0 * 1.02 ** (-0.05 / 0.03),
    ),
    "calm-and-in": (
        {"volatility": 0.0, "strike": 100.0, "upper_barrier": 102.0, "barrier_type": "in"},
        100.0 * np.exp(-0.02) - 100.0 * np.exp(-0.05),
    ),
    "calm-digital": ({"volatility": 0.0, "payoff": "cash"}, np.exp(-0.05)),
    "no-spot": ({"spot": 0.0, "option_type": "put", "upper_barrier": 200.0}, 103 * np.exp(-0.05)),
    "not-watched-yet": ({"spot": 80.0, "lower_barrier": 90.0, "barrier_times": [2.0]}, None),
}


@pytest.mark.parametrize("case", LIMITS)
def test_limits_are_exact(case):
    terms, expected = LIMITS[case]
    terms = {**MARKET, "option_type": "call", "exercise": "european", **terms}
    if expected is None:
        plain = {name: terms[name] for name in (*MARKET, "option_type")}
        expected = black_scholes.price(**plain)
    assert finite_difference.price(**terms) == pytest.approx(expected, abs=2e-5)


def test_what_has_no_answer_has_a_status():
    terms = {**MARKET, "option_type": "call", "return_status": True, "on_failure": "nan"}
    for bad, status in (
        ({"lower_barrier": 120.0, "upper_barrier": 110.0}, Status.OUT_OF_DOMAIN),
        ({"lower_barrier": np.nan}, Status.NON_FINITE),
        ({"lower_barrier": 90.0, "barrier_times": [0.5, 0.2]}, Status.OUT_OF_DOMAIN),
        ({"lower_barrier": 90.0, "rebate": -1.0}, Status.OUT_OF_DOMAIN),
        ({"lower_barrier": 90.0, "volatility": 0.0}, Status.OUT_OF_DOMAIN),
        ({"refinement": 0}, Status.OUT_OF_DOMAIN),
        ({"spot_points": 1000, "refinement": 64}, Status.OUT_OF_DOMAIN),
    ):
        value, found = finite_difference.price(**{**terms, **bad})
        assert np.isnan(value)
        assert found == status, bad


# A dividend that carries the spot through the barrier knocks it out.
def test_a_dividend_through_the_barrier_knocks_out():
    terms = {
        **MARKET,
        "option_type": "put",
        "exercise": "european",
        "lower_barrier": 70.0,
        "rebate": 4.0,
        "dividend_times": [0.5],
        "dividend_amounts": [1e4],
    }
    paid = 4.0 * np.exp(-0.05 * 0.5)
    assert finite_difference.price(**terms, rebate_payment="expiry") == pytest.approx(
        4.0 * np.exp(-0.05), abs=1e-6
    )
    assert finite_difference.price(**terms) == pytest.approx(paid, rel=2e-2)
    assert finite_difference.price(**terms) > paid  # some are out before
