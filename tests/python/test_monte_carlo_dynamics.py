"""Stochastic and local volatility by simulation, beside prices that share no line with it."""

import math

import numpy as np
import pytest
from scipy import stats

from strikeproof import barrier, black_scholes, heston, ssvi
from strikeproof import monte_carlo as mc
from strikeproof.term_structure import RateCurve
from tasks.evidence import heston_scheme_bias

pytestmark = pytest.mark.fast

MARKET = {"spot": 100.0, "rate": 0.03, "dividend_yield": 0.01}
BASE = {
    "initial_variance": 0.04,
    "long_run_variance": 0.04,
    "mean_reversion": 2.0,
    "volatility_of_variance": 0.3,
    "correlation": -0.7,
}
FELLER = {
    "initial_variance": 0.09,
    "long_run_variance": 0.09,
    "mean_reversion": 1.0,
    "volatility_of_variance": 1.5,
    "correlation": -0.95,
}
LOW = {
    "initial_variance": 0.0025,
    "long_run_variance": 0.01,
    "mean_reversion": 1.5,
    "volatility_of_variance": 0.4,
    "correlation": -0.5,
}
LONG = {
    "initial_variance": 0.04,
    "long_run_variance": 0.04,
    "mean_reversion": 0.5,
    "volatility_of_variance": 1.0,
    "correlation": -0.9,
}


def close(found, exact, bias=0.0):
    """Within four errors, or what Student's distribution has as often, and a known bias."""
    reach = stats.t.isf(stats.norm.sf(4.0), found.degrees_of_freedom)
    return abs(found.value - exact) < reach * found.standard_error + bias


@pytest.mark.parametrize("method", ["pseudo", "sobol"])
@pytest.mark.parametrize(
    ("scheme", "steps", "paths", "error"),
    [("quadratic_exponential", 32, 65_536, 0.02), ("almost_exact", 2, 16_384, 0.035)],
)
@pytest.mark.parametrize(
    ("parameters", "expiry"), [(BASE, 1.0), (FELLER, 1.0), (LOW, 1.0), (LONG, 5.0)]
)
def test_the_semi_analytic_price_is_within_four_errors(
    parameters, expiry, scheme, steps, paths, error, method
):
    terms = {"option_type": "put", "strike": 100.0, "time_to_expiry": expiry}
    model = mc.Heston(**MARKET, **parameters, scheme=scheme, steps_per_year=steps)
    exact = heston.price(**terms, **MARKET, **parameters)
    helps = {"antithetic": True} if method == "pseudo" else {}
    found = mc.price(mc.European(**terms), model, paths=paths, method=method, seed=3, **helps)
    assert close(found, exact)
    assert found.standard_error < error * exact


@pytest.mark.parametrize("parameters", [BASE, FELLER, LOW, {**LONG, "correlation": 0.3}])
def test_the_spot_is_a_martingale_at_coarse_steps_under_curves(parameters):
    rates = RateCurve.piecewise_constant([0.4, 2.0], [0.06, -0.01])
    yields = RateCurve.from_zero_rates([1.0, 2.0], [0.0, 0.02])
    forward = mc.European(option_type="call", strike=0.0, time_to_expiry=2.0)
    for scheme in ("quadratic_exponential", "full_truncation"):
        model = mc.Heston(
            spot=100.0,
            rate=rates,
            dividend_yield=yields,
            **parameters,
            scheme=scheme,
            steps_per_year=1,
        )
        found = mc.price(forward, model, paths=65_536, control_variate=False, antithetic=True)
        assert close(found, 100.0 * yields.discount(2.0))
        assert found.standard_error < 0.5


@pytest.mark.parametrize("scheme", ["quadratic_exponential", "almost_exact", "full_truncation"])
def test_without_volatility_of_variance_it_is_black_scholes(scheme):
    certain = {**BASE, "initial_variance": 0.09, "volatility_of_variance": 0.0}
    terms = {"option_type": "call", "strike": 105.0, "time_to_expiry": 1.0}
    total = 0.04 + 0.05 * -math.expm1(-2.0) / 2.0
    exact = black_scholes.price(**terms, **MARKET, volatility=math.sqrt(total))
    model = mc.Heston(**MARKET, **certain, scheme=scheme, steps_per_year=16)
    found = mc.price(mc.European(**terms), model, paths=65_536, method="sobol")
    # Euler's drift of the variance is of first order
    assert close(found, exact, bias=0.1 if scheme == "full_truncation" else 0.0)


def test_a_small_volatility_of_variance_joins_its_limit():
    payoff = mc.European(option_type="call", strike=105.0, time_to_expiry=1.0)

    def value(size):
        parameters = {**BASE, "initial_variance": 0.09, "volatility_of_variance": size}
        model = mc.Heston(**MARKET, **parameters, steps_per_year=128)
        return mc.price(payoff, model, paths=16_384, method="sobol").value

    # the trapezoid of the mean variance instead of its integral, of second order in the step
    assert value(2e-9) == pytest.approx(value(1e-6), abs=1e-5)
    assert value(2e-9) == pytest.approx(value(0.0), abs=0.02)


@pytest.mark.parametrize("correlation", [-1.0, 1.0])
def test_perfect_correlations_are_within_reach(correlation):
    parameters = {**BASE, "correlation": correlation}
    terms = {"option_type": "call", "strike": 100.0, "time_to_expiry": 1.0}
    model = mc.Heston(**MARKET, **parameters, steps_per_year=64)
    found = mc.price(mc.European(**terms), model, paths=65_536, method="sobol")
    assert close(found, heston.price(**terms, **MARKET, **parameters), bias=0.003)


def test_a_variance_that_starts_at_0_and_stays_there_leaves_the_forward():
    nothing = {**BASE, "initial_variance": 0.0, "long_run_variance": 0.0}
    payoff = mc.European(option_type="call", strike=90.0, time_to_expiry=1.0)
    exact = 100.0 * math.exp(-0.01) - 90.0 * math.exp(-0.03)
    for scheme in ("quadratic_exponential", "almost_exact", "full_truncation"):
        model = mc.Heston(**MARKET, **nothing, scheme=scheme, steps_per_year=4)
        found = mc.price(payoff, model, paths=1024, control_variate=False)
        assert found.value == pytest.approx(exact, rel=1e-13)


def test_watched_all_the_time_a_constant_variance_is_exact_and_others_near_the_reference():
    terms = {"option_type": "call", "strike": 95.0, "time_to_expiry": 1.0}
    payoff = mc.Barrier(**terms, barrier_type="down_out", barrier=88.0)
    still = {**BASE, "volatility_of_variance": 0.0}
    exact = barrier.price(**terms, **MARKET, barrier_type="down_out", barrier=88.0, volatility=0.2)
    found = mc.price(payoff, mc.Heston(**MARKET, **still, steps_per_year=2), paths=65_536)
    assert close(found, exact)
    coarse, fine = (
        mc.price(
            payoff, mc.Heston(**MARKET, **BASE, steps_per_year=n), paths=65_536, method="sobol"
        )
        for n in (8, 64)
    )
    drawn = mc.Heston(**MARKET, **BASE, scheme="almost_exact", steps_per_year=16)
    reference = mc.price(payoff, drawn, paths=8192, method="sobol")
    for one, bias in ((coarse, 0.05), (fine, 0.01)):
        error = math.hypot(one.standard_error, reference.standard_error)
        assert abs(one.value - reference.value) < 4.5 * error + bias


ESSVI = ssvi.Surface(
    time_to_expiry=[0.25, 0.5, 1.0, 2.0],
    theta=[0.01, 0.02, 0.04, 0.08],
    rho=[-0.7, -0.65, -0.6, -0.5],
    psi=[0.08, 0.13, 0.2, 0.3],
)
POWER = ssvi.formula_surface(
    phi="power_law",
    time_to_expiry=[0.25, 0.5, 1.0, 2.0],
    theta=[0.01, 0.021, 0.045, 0.09],
    rho=-0.6,
    eta=1.1,
    gamma=0.45,
    interpolation="smooth",
)
SMILE = ssvi.formula_surface(
    phi="heston", time_to_expiry=[0.25, 1.0, 2.0], theta=[0.012, 0.045, 0.08], rho=-0.7, eta=4.0
)


# largest bias of implied volatility at 64 steps a year, measured, doubled
@pytest.mark.parametrize(
    ("surface", "bias"),
    [(ESSVI, 1e-4), (POWER, 4e-4), (SMILE, 1e-5)],
    ids=["essvi", "power_law", "heston"],
)
def test_local_volatility_has_the_prices_of_its_surface(surface, bias):
    model = mc.LocalVolatility(**MARKET, surface=surface, steps_per_year=64)
    for expiry in (0.5, 1.0, 1.7):
        for spread in (-0.3, -0.1, 0.0, 0.15):
            k = spread * math.sqrt(expiry)
            terms = {
                "option_type": "put" if k < 0.0 else "call",
                "strike": 100.0 * math.exp(0.02 * expiry + k),
                "time_to_expiry": expiry,
            }
            volatility = surface.implied_volatility(log_moneyness=k, time_to_expiry=expiry)
            exact = black_scholes.greeks(**terms, **MARKET, volatility=volatility)
            found = mc.price(mc.European(**terms), model, paths=16_384, method="sobol")
            assert close(found, exact.price, bias * exact.vega)
            assert found.standard_error < 3e-4 * exact.vega


def test_local_volatility_of_a_surface_without_smile_has_exact_barriers():
    times, theta = [0.5, 1.0], [0.02, 0.04]
    surface = ssvi.Surface(time_to_expiry=times, theta=theta, rho=[0.0, 0.0], psi=[1e-9, 1e-9])
    terms = {"option_type": "put", "strike": 105.0, "time_to_expiry": 1.0}
    payoff = mc.Barrier(**terms, barrier_type="up_out", barrier=120.0)
    exact = barrier.price(**terms, **MARKET, barrier_type="up_out", barrier=120.0, volatility=0.2)
    model = mc.LocalVolatility(**MARKET, surface=surface, steps_per_year=4)
    assert close(mc.price(payoff, model, paths=65_536), exact)
    # no step at all
    today = mc.European(option_type="call", strike=90.0, time_to_expiry=0.0)
    assert mc.price(today, model, paths=64).value == pytest.approx(10.0, abs=1e-12)


@pytest.mark.parametrize("method", ["pseudo", "sobol"])
def test_threads_change_no_bit(method):
    models = [
        mc.Heston(**MARKET, **FELLER, steps_per_year=4),
        mc.Heston(**MARKET, **FELLER, steps_per_year=2, scheme="almost_exact"),
        mc.Heston(**MARKET, **FELLER, steps_per_year=4, scheme="full_truncation"),
        mc.LocalVolatility(**MARKET, surface=ESSVI, steps_per_year=4),
    ]
    payoff = mc.Barrier(
        option_type="call", strike=95.0, time_to_expiry=1.0, barrier_type="down_out", barrier=80.0
    )
    for model in models:
        found = {
            mc.price(payoff, model, paths=8192, method=method, threads=n) for n in (1, 2, 3, 8)
        }
        assert len(found) == 1


def test_curves_that_are_flat_are_numbers():
    flat = RateCurve.flat(0.03)
    payoff = mc.European(option_type="call", strike=100.0, time_to_expiry=1.0)
    for kind, more in ((mc.Heston, BASE), (mc.LocalVolatility, {"surface": ESSVI})):
        one = mc.price(payoff, kind(spot=100.0, rate=0.03, **more), paths=4096)
        two = mc.price(payoff, kind(spot=100.0, rate=flat, **more), paths=4096)
        assert one == two


WRONG = [
    ({"correlation": 1.5}, "correlation is 1.5: must be within [-1, 1]"),
    ({"initial_variance": -0.1}, "initial_variance is -0.1: must be finite and >= 0"),
    ({"volatility_of_variance": math.nan}, "volatility_of_variance is nan: must be finite"),
    ({"steps_per_year": 0.0}, "steps_per_year is 0.0: must be finite and > 0"),
    ({"scheme": "euler"}, "scheme is 'euler': must be one of 'quadratic_exponential'"),
    ({"spot": 0.0}, "spot is 0.0: must be finite and > 0"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_errors_name_argument_value_and_rule(change, message):
    with pytest.raises(ValueError, match="^" + message.translate({91: r"\[", 93: r"\]"})):
        mc.Heston(**{**MARKET, **BASE, **change})


def test_questions_without_answer_are_refused():
    payoff = mc.European(option_type="call", strike=100.0, time_to_expiry=2.0)
    explosive = {**BASE, "mean_reversion": 0.5, "volatility_of_variance": 2.0, "correlation": 0.9}
    with pytest.raises(ValueError, match=r"steps_per_year is too small.*martingale correction"):
        mc.price(payoff, mc.Heston(**MARKET, **explosive, steps_per_year=0.5))
    tiny = mc.Heston(**MARKET, **{**BASE, "volatility_of_variance": 1e-4}, scheme="almost_exact")
    with pytest.raises(ValueError, match=r"volatility_of_variance is .*0 or at least 0.001"):
        mc.price(payoff, tiny)
    falling = ssvi.Surface(
        time_to_expiry=[1.0, 2.0], theta=[0.05, 0.04], rho=[0.0, 0.0], psi=[0.1, 0.1]
    )
    with pytest.raises(ValueError, match="surface has no local volatility at time 1"):
        mc.price(payoff, mc.LocalVolatility(**MARKET, surface=falling))
    with pytest.raises(TypeError, match=r"surface is 0.2: must be a strikeproof.ssvi.Surface"):
        mc.LocalVolatility(**MARKET, surface=0.2)


def test_the_study_of_biases_tells_the_schemes_apart():
    rows = heston_scheme_bias.study(heston_scheme_bias.FAST)
    assert {row["scheme"] for row in rows} == set(heston_scheme_bias.SCHEMES)
    assert len({row["case"] for row in rows}) == len(heston_scheme_bias.CASES)
    for row in rows:
        assert row["bias"] == row["estimate"] - row["exact"]
        assert row["standard_error"] > 0.0
        assert row["errors"] == pytest.approx(row["bias"] / row["standard_error"])
    worst = {
        scheme: max(abs(row["bias"]) for row in rows if row["scheme"] == scheme)
        for scheme in heston_scheme_bias.SCHEMES
    }
    assert worst["almost_exact"] < worst["quadratic_exponential"] < worst["full_truncation"]


def test_published_prices_of_the_cases():
    """At-the-money calls of Andersen (2008), cases I and II."""
    for name, price in (("andersen-1", 13.085), ("andersen-2", 16.649)):
        case = next(case for case in heston_scheme_bias.CASES if case.name == name)
        assert case.price(100.0) == pytest.approx(price, abs=5.1e-4)
    assert np.isfinite([case.price(100.0) for case in heston_scheme_bias.CASES]).all()
