"""Simulated prices beside closed forms and exact engines, and what an estimate promises."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from strikeproof import (
    asian,
    barrier,
    basket,
    black_scholes,
    digital,
    lookback,
    merton,
    rainbow,
    spread,
)
from strikeproof import monte_carlo as mc
from strikeproof.term_structure import RateCurve, VolatilityCurve

pytestmark = pytest.mark.fast

FLAT = {"spot": 100.0, "rate": 0.03, "dividend_yield": 0.01, "volatility": 0.25}
MODEL = mc.BlackScholes(**FLAT)
JUMPS = {"jump_intensity": 0.7, "jump_mean": -0.1, "jump_volatility": 0.2}
CALL = {"option_type": "call", "strike": 95.0, "time_to_expiry": 1.0}
PUT = {"option_type": "put", "strike": 110.0, "time_to_expiry": 0.5}
QUARTERS = (0.25, 0.5, 0.75, 1.0)

CORRELATION = [[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]]
THREE = mc.BlackScholes(
    spot=[100.0, 90.0, 110.0],
    volatility=[0.2, 0.3, 0.25],
    rate=0.03,
    dividend_yield=[0.0, 0.02, 0.01],
    correlation=CORRELATION,
)
PAIR = mc.BlackScholes(
    spot=[100.0, 90.0],
    volatility=[0.2, 0.3],
    rate=0.03,
    dividend_yield=[0.0, 0.02],
    correlation=[[1.0, 0.5], [0.5, 1.0]],
)
TWO = {
    "spot1": 100.0,
    "spot2": 90.0,
    "volatility1": 0.2,
    "volatility2": 0.3,
    "rate": 0.03,
    "dividend_yield2": 0.02,
    "correlation": 0.5,
    "time_to_expiry": 1.0,
}


def barrier_case(barrier_type, level, terms, **more):
    at = {"barrier_type": barrier_type, "barrier": level, "rebate": 3.0, **terms}
    exact = barrier.discrete_price if "fixings" in more else barrier.price
    watched = {"watched": QUARTERS} if more else {}
    value = exact(**at, rebate_payment="expiry", **more, **FLAT)
    return pytest.param(mc.Barrier(**at, **watched), MODEL, value, id=f"{barrier_type}{more}")


def basket_value():
    return basket.price(
        option_type="call",
        spots=THREE.spot,
        weights=[0.5, 0.3, 0.2],
        strike=95.0,
        time_to_expiry=1.0,
        rate=0.03,
        volatilities=THREE.volatility,
        correlations=CORRELATION,
        dividend_yields=THREE.dividend_yield,
    ).price


# payoff, model, exact value by an engine that shares no line with the simulation
EXACT = [
    pytest.param(
        mc.European(**CALL), MODEL, black_scholes.price(**CALL, **FLAT), id="european-call"
    ),
    pytest.param(mc.European(**PUT), MODEL, black_scholes.price(**PUT, **FLAT), id="european-put"),
    pytest.param(
        mc.European(**PUT, payoff="cash"),
        MODEL,
        digital.price(**PUT, **FLAT, payoff="cash", cash=1.0),
        id="cash",
    ),
    pytest.param(
        mc.European(**CALL, payoff="asset"),
        MODEL,
        digital.price(**CALL, **FLAT, payoff="asset"),
        id="asset",
    ),
    pytest.param(
        mc.European(**CALL),
        mc.Merton(**FLAT, **JUMPS),
        merton.price(**CALL, **FLAT, **JUMPS),
        id="merton",
    ),
    pytest.param(
        mc.Asian(option_type="call", strike=95.0, times=QUARTERS),
        MODEL,
        asian.price(**CALL, **FLAT, fixings=4),
        id="asian",
    ),
    pytest.param(
        mc.Asian(option_type="put", strike=95.0, times=QUARTERS, past_fixings=[90.0, 104.0]),
        MODEL,
        asian.price(
            **{**CALL, "option_type": "put"},
            **FLAT,
            fixings=4,
            past_fixings=2,
            running_average=97.0,
        ),
        id="asian-under-way",
    ),
    pytest.param(
        mc.Asian(option_type="call", kind="average_strike", times=QUARTERS),
        MODEL,
        asian.price(
            option_type="call", time_to_expiry=1.0, **FLAT, fixings=4, kind="average_strike"
        ),
        id="asian-average-strike",
    ),
    pytest.param(
        mc.Asian(option_type="call", strike=95.0, times=QUARTERS, average="geometric"),
        MODEL,
        asian.price(**CALL, **FLAT, fixings=4, average="geometric"),
        id="asian-geometric",
    ),
    barrier_case("down_out", 88.0, CALL),
    barrier_case("up_in", 120.0, CALL),
    barrier_case("up_out", 120.0, {**PUT, "strike": 105.0}),
    barrier_case("down_in", 85.0, PUT),
    barrier_case("down_out", 88.0, CALL, fixings=4),
    barrier_case("up_in", 120.0, CALL, fixings=4),
    *(
        pytest.param(
            mc.Lookback(**terms, kind=kind),
            MODEL,
            lookback.price(**terms, kind=kind, **FLAT),
            id=f"{kind}-{terms['option_type']}",
        )
        for terms, kind in itertools.product((CALL, PUT), ("fixed_strike", "floating_strike"))
    ),
    pytest.param(
        mc.Basket(option_type="call", strike=95.0, weights=[0.5, 0.3, 0.2], time_to_expiry=1.0),
        THREE,
        basket_value(),
        id="basket",
    ),
    pytest.param(
        mc.Basket(option_type="call", strike=5.0, weights=[1.0, -1.0], time_to_expiry=1.0),
        PAIR,
        spread.price(option_type="call", strike=5.0, **TWO),
        id="spread",
    ),
    *(
        pytest.param(
            mc.Rainbow(option_type="put", strike=95.0, extreme=extreme, time_to_expiry=1.0),
            PAIR,
            rainbow.price(option_type="put", strike=95.0, extreme=extreme, **TWO),
            id=extreme,
        )
        for extreme in ("maximum", "minimum")
    ),
]


@pytest.mark.parametrize(("method", "most"), [("pseudo", 0.02), ("sobol", 0.002)])
@pytest.mark.parametrize(
    "helps",
    [
        {"control_variate": False},
        {"control_variate": False, "antithetic": True},
        {"control_variate": True},
        {"control_variate": True, "antithetic": True},
    ],
    ids=["plain", "antithetic", "control", "both"],
)
@pytest.mark.parametrize(("payoff", "model", "exact"), EXACT)
def test_the_exact_value_is_within_four_errors(payoff, model, exact, helps, method, most):
    found = mc.price(payoff, model, paths=32_768, seed=11, method=method, **helps)
    # 16 or 31 degrees of freedom have wider tails: as likely as four normal deviations
    reach = stats.t.isf(stats.norm.sf(4.0), found.degrees_of_freedom)
    assert found.paths == 32_768
    assert abs(found.value - exact) < reach * found.standard_error
    assert found.standard_error < most * exact


def black(forward, strike, deviation):
    """Undiscounted call on a lognormal number."""
    if strike <= 0.0:
        return forward - strike
    d = math.log(forward / strike) / deviation + 0.5 * deviation
    return forward * stats.norm.cdf(d) - strike * stats.norm.cdf(d - deviation)


def over_first_period(function, cuts, time=1.0):
    """E f(S at `time`) by Gauss and Legendre between the kinks of f, MODEL's spot."""
    drift = (0.02 - 0.5 * 0.25**2) * time
    kinks = sorted((math.log(cut / 100.0) - drift) / (0.25 * math.sqrt(time)) for cut in cuts)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    total = 0.0
    for low, high in itertools.pairwise([-9.0, *kinks, 9.0]):
        z = low + 0.5 * (high - low) * (nodes + 1.0)
        spots = 100.0 * np.exp(drift + 0.25 * math.sqrt(time) * z)
        values = np.array([function(s) for s in spots])
        total += 0.5 * (high - low) * float(weights @ (values * stats.norm.pdf(z)))
    return total


@pytest.mark.parametrize("watched", ["expiry", "observations"])
def test_an_autocallable_of_two_dates_is_its_integral(watched):
    trigger, coupons, protection = 1.02, (0.06, 0.11), 0.8
    note = mc.Autocallable(
        times=[1.0, 2.0],
        triggers=[trigger, trigger],
        coupons=coupons,
        references=100.0,
        protection=protection,
        protection_watched=watched,
        notional=1000.0,
    )
    discount = math.exp(-0.03)

    def value(spot):
        """Of the note on its first date."""
        if spot >= 100.0 * trigger:
            return 1.0 + coupons[0]
        forward = spot / 100.0 * math.exp(0.02)

        def above(level):
            return stats.norm.cdf((math.log(forward / level) - 0.5 * 0.25**2) / 0.25)

        lost = watched == "observations" and spot < 100.0 * protection
        edge = 1.0 if lost else protection
        # min(worst, 1) below the edge: 1 less a put at 1 that pays there only
        put = (black(forward, edge, 0.25) - forward + edge) + (1.0 - edge) * (1.0 - above(edge))
        return discount * (1.0 + coupons[1] * above(trigger) - put)

    exact = 1000.0 * discount * over_first_period(value, [102.0, 80.0])
    for method in ("pseudo", "sobol"):
        found = mc.price(note, MODEL, paths=100_000, seed=5, method=method)
        assert abs(found.value - exact) < 4.5 * found.standard_error
        assert found.standard_error < 0.001 * exact


def test_a_cliquet_of_two_periods_is_its_integral():
    local, whole = (-0.05, 0.12), (0.0, 0.15)
    product = mc.Cliquet(
        times=[1.0, 2.0],
        local_floor=local[0],
        local_cap=local[1],
        global_floor=whole[0],
        global_cap=whole[1],
        notional=1000.0,
    )
    growth = math.exp(0.02)

    def value(spot):
        first = min(max(spot / 100.0 - 1.0, local[0]), local[1])
        low, high = (min(max(first + bound, whole[0]), whole[1]) for bound in local)
        calls = [black(growth, 1.0 + bound - first, 0.25) for bound in (low, high)]
        return low + calls[0] - calls[1]

    cuts = [100.0 * (1.0 + cut) for cut in (-0.05, 0.0, 0.03, 0.05, 0.12)]
    exact = 1000.0 * math.exp(-0.06) * over_first_period(value, cuts)
    for method in ("pseudo", "sobol"):
        found = mc.price(product, MODEL, paths=100_000, seed=6, method=method)
        assert abs(found.value - exact) < 4.5 * found.standard_error
        assert found.standard_error < 0.01 * exact


CURVED = mc.BlackScholes(
    spot=100.0,
    volatility=VolatilityCurve.piecewise_constant([0.3, 0.8, 1.0], [0.4, 0.1, 0.3]),
    rate=RateCurve.piecewise_constant([0.3, 0.8], [0.06, -0.01]),
    dividend_yield=RateCurve.from_zero_rates([0.5, 1.0], [0.0, 0.02]),
)


def test_curves_reach_european_prices_through_their_means():
    found = mc.price(mc.European(**CALL), CURVED, paths=65_536, method="sobol")
    exact = black_scholes.price(
        **CALL,
        spot=100.0,
        rate=CURVED.rate.zero_rate(1.0),
        dividend_yield=CURVED.dividend_yield.zero_rate(1.0),
        volatility=CURVED.volatility.volatility(0.0, 1.0),
    )
    assert abs(found.value - exact) < 4.5 * found.standard_error
    assert found.standard_error < 1e-3


@pytest.mark.parametrize(
    ("model", "yields"),
    [(CURVED, CURVED.dividend_yield), (mc.Merton(**FLAT, **JUMPS), RateCurve.flat(0.01))],
    ids=["curves", "jumps"],
)
def test_spots_are_martingales_on_every_date(model, yields):
    dates = np.array([0.1, 0.3, 0.55, 0.8, 1.0])
    for count, date in enumerate(dates, start=1):
        # an average of the last spot alone, with strike 0, on a path that takes all steps before
        forward = mc.Asian(
            option_type="call", times=dates[:count], weights=[0.0] * (count - 1) + [1.0]
        )
        found = mc.price(forward, model, paths=40_000, control_variate=False, antithetic=True)
        exact = 100.0 * yields.discount(date)
        assert abs(found.value - exact) < 4.0 * found.standard_error


def test_a_barrier_under_curves_needs_no_steps_of_its_own():
    """The watched path is exact at the nodes of two volatilities: more of them change nothing."""
    terms = {"barrier_type": "down_out", "barrier": 90.0, **CALL}
    model = mc.BlackScholes(
        spot=100.0,
        volatility=VolatilityCurve.piecewise_constant([0.5, 1.0], [0.35, 0.15]),
        rate=RateCurve.piecewise_constant([0.5, 1.0], [0.08, 0.0]),
    )
    fine = mc.BlackScholes(
        spot=100.0,
        volatility=VolatilityCurve.piecewise_constant(
            np.linspace(0.05, 1.0, 20), [0.35] * 10 + [0.15] * 10
        ),
        rate=model.rate,
    )
    found = [
        mc.price(mc.Barrier(**terms), m, paths=131_072, method="sobol", seed=4)
        for m in (model, fine)
    ]
    error = math.hypot(*(one.standard_error for one in found))
    assert abs(found[0].value - found[1].value) < 4.5 * error
    assert error < 2e-3 * found[0].value


def test_perfectly_correlated_assets_are_one():
    twins = mc.BlackScholes(
        spot=[100.0, 100.0], volatility=0.25, rate=0.03, correlation=np.ones((2, 2))
    )
    pair = mc.Rainbow(option_type="call", strike=95.0, extreme="maximum", time_to_expiry=1.0)
    one = mc.BlackScholes(spot=100.0, volatility=0.25, rate=0.03)
    alone = mc.price(mc.European(**CALL), one, control_variate=False)
    both = mc.price(pair, twins, control_variate=False)
    exact = black_scholes.price(**CALL, spot=100.0, rate=0.03, volatility=0.25)
    for found in (alone, both):
        assert abs(found.value - exact) < 4.0 * found.standard_error
    assert both.standard_error == pytest.approx(alone.standard_error, rel=0.02)
