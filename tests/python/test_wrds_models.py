"""Models of the study find the parameters that made their quotes, and age as they say."""

import numpy as np
import pytest

from strikeproof import bates, heston, ssvi, svi
from wrds_pipeline.models import MODELS, NAMES, Fit, Points, fit_all
from wrds_pipeline.models.term_black_scholes import not_falling

pytestmark = pytest.mark.fast

TIMES = {"2019-07-19 AM": 0.05, "2019-09-20 AM": 0.25, "2020-06-19 AM": 1.0}
HESTON = {
    "initial_variance": 0.03,
    "long_run_variance": 0.05,
    "mean_reversion": 2.5,
    "volatility_of_variance": 0.6,
    "correlation": -0.65,
}
JUMPS = {"jump_intensity": 1.2, "jump_mean": -0.06, "jump_volatility": 0.08}
RAW = {"a": 0.004, "b": 0.05, "rho": -0.4, "m": 0.02, "sigma": 0.1}
SURFACE = {"rho": -0.5, "eta": 1.1, "gamma": 0.45}
THETA = (0.002, 0.011, 0.05)


def points(smile, count=15):
    """Quotes of three expiries on the smile of each, `smile(k, time)`."""
    labels = np.repeat(list(TIMES), count)
    time = np.repeat(list(TIMES.values()), count)
    k = np.tile(np.linspace(-1.6, 1.1, count), len(TIMES)) * 0.25 * np.sqrt(time)
    volatility = np.empty(k.size)
    for label, years in TIMES.items():
        own = labels == label
        volatility[own] = smile(k[own], years)
    return Points(labels, time, k, volatility, np.full(k.size, 3.0))


def of_process(engine, parameters):
    return lambda k, time: engine.implied_volatility(
        forward=1.0, strike=np.exp(k), time_to_expiry=time, **parameters
    )


def of_surface(k, time):
    surface = ssvi.formula_surface(
        phi="power_law", time_to_expiry=tuple(TIMES.values()), theta=THETA, **SURFACE
    )
    return surface.implied_volatility(log_moneyness=k, time_to_expiry=time)


def of_svi(k, time):
    return svi.implied_volatility(log_moneyness=k, time_to_expiry=time, **RAW)


TRUTHS = [
    pytest.param("heston", of_process(heston, HESTON), HESTON, id="heston"),
    pytest.param("bates", of_process(bates, HESTON | JUMPS), HESTON | JUMPS, id="bates"),
    pytest.param("ssvi", of_surface, SURFACE, id="ssvi"),
    pytest.param("flat_black_scholes", lambda k, _t: 0.2 + 0 * k, {"volatility": 0.2}, id="flat"),
    pytest.param(
        "svi_slices",
        of_svi,
        {f"{name}@{label}": value for name, value in RAW.items() for label in TIMES},
        id="svi",
    ),
]


@pytest.mark.parametrize(("name", "smile", "truth"), TRUTHS)
def test_a_model_recovers_the_parameters_that_made_the_quotes(name, smile, truth):
    quotes = points(smile)
    fit = MODELS[name].fit(quotes)
    found = {key: fit.parameters[key] for key in truth}
    assert found == pytest.approx(truth, rel=2e-3)
    assert fit.status == "ok"
    assert fit.objective < 1e-8
    again = MODELS[name].volatility(fit, quotes, 0.0)
    assert again == pytest.approx(quotes.volatility, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_objective_is_that_of_the_volatilities(name):
    quotes = points(lambda k, time: 0.2 - 0.1 * k + 0.02 * np.sqrt(time) + 0.01 * np.cos(40 * k))
    fit = fit_all(quotes)[name]
    error = quotes.weight * (MODELS[name].volatility(fit, quotes, 0.0) - quotes.volatility)
    assert fit.objective == pytest.approx(np.sum(error**2), rel=1e-6)


def test_essvi_fits_no_worse_than_ssvi():
    quotes = points(of_process(heston, HESTON))
    fits = fit_all(quotes)
    assert fits["essvi"].objective < fits["ssvi"].objective


def test_a_curve_of_volatilities_ages_with_the_calendar():
    """A day later an expiry has the variance of the days that are left."""
    levels = dict(zip(TIMES.values(), (0.2, 0.25, 0.3), strict=True))
    quotes = points(lambda k, time: np.full(k.shape, levels[time]))
    fit = MODELS["term_black_scholes"].fit(quotes)
    elapsed = 0.01
    later = Points(quotes.expiry, quotes.time_to_expiry - elapsed, *[quotes.log_moneyness] * 3)
    found = MODELS["term_black_scholes"].volatility(fit, later, elapsed)
    time = quotes.time_to_expiry
    level = np.array([levels[t] for t in time])
    exact = np.sqrt((level**2 * time - 0.04 * elapsed) / (time - elapsed))
    assert found == pytest.approx(exact, rel=1e-12)


def test_variances_that_would_fall_are_pooled():
    levels = dict(zip(TIMES.values(), (0.5, 0.1, 0.2), strict=True))
    quotes = points(lambda k, time: np.full(k.shape, levels[time]))
    fit = MODELS["term_black_scholes"].fit(quotes)
    assert fit.message == "2 of 3 expiries pooled: total variance would fall"
    variances = list(fit.by_expiry("total_variance").values())
    assert variances[0] == variances[1] < variances[2]


ISOTONIC = [
    pytest.param([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [1.0, 2.0, 3.0], id="rising"),
    pytest.param([3.0, 1.0, 2.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0], id="all-pooled"),
    pytest.param([1.0, 4.0, 2.0, 5.0], [1.0, 1.0, 3.0, 1.0], [1.0, 2.5, 2.5, 5.0], id="weights"),
]


@pytest.mark.parametrize(("values", "weights", "expected"), ISOTONIC)
def test_the_closest_sequence_that_does_not_fall(values, weights, expected):
    assert not_falling(np.array(values), np.array(weights)).tolist() == expected


def test_a_failed_fit_is_a_row_with_its_reason():
    three = points(of_svi).where(np.arange(45) < 3)
    fits = fit_all(three)
    assert {name: fit.status for name, fit in fits.items() if fit.status == "failed"} == {
        "svi_slices": "failed", "heston": "failed", "bates": "failed",
    }  # fmt: skip
    assert "3 quotes for 5 parameters" in fits["svi_slices"].message
    assert np.isnan(MODELS["heston"].volatility(fits["heston"], three, 0.0)).all()
    none = fit_all(three.where(np.zeros(3, dtype=bool)))
    assert {fit.status for fit in none.values()} == {"failed"}


def test_an_expiry_with_too_few_quotes_gives_no_answer_and_is_told():
    quotes = points(of_svi)
    few = quotes.where((quotes.expiry != "2019-07-19 AM") | (np.arange(45) < 4))
    fit = MODELS["svi_slices"].fit(few)
    assert fit.status == "partial"
    assert fit.message.startswith("2019-07-19 AM: 4 quotes for 5 parameters")
    found = MODELS["svi_slices"].volatility(fit, quotes, 0.0)
    assert np.isnan(found[:15]).all()
    assert np.isfinite(found[15:]).all()


def test_no_fit_knows_another():
    """The same quotes give the same bits whatever was fitted before."""
    quotes, others = points(of_process(heston, HESTON)), points(of_surface)
    first = fit_all(quotes)
    fit_all(others)
    assert fit_all(quotes) == first
    assert isinstance(first["heston"], Fit)


def test_the_flat_models_error_is_the_spread_of_its_estimates():
    """Weights of prices, noise of volatilities: White's standard error does not mix them up."""
    generator = np.random.default_rng(4)
    weight = np.geomspace(1.0, 12.0, 45)
    label, time, k = np.full(45, "2019-07-19 AM"), np.full(45, 0.1), np.linspace(-0.1, 0.1, 45)
    estimates, errors = [], []
    for noise in generator.normal(0.28, 0.002, (600, 45)):
        fit = MODELS["flat_black_scholes"].fit(Points(label, time, k, noise, weight))
        estimates.append(fit.parameters["volatility"])
        errors.append(fit.standard_errors["volatility"])
    # of 600 estimates the spread is known to 3 %; White's error is a few percent short on 45 quotes
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.12)
    inside = np.abs(np.array(estimates) - 0.28) < 1.96 * np.array(errors)
    assert inside.mean() > 0.9


def test_one_quote_has_no_standard_error():
    one = Points(
        np.array(["2019-07-19 AM"]), np.array([0.1]), np.array([0.0]), np.array([0.3]),
        np.array([2.0]),
    )  # fmt: skip
    fit = MODELS["flat_black_scholes"].fit(one)
    assert (fit.parameters["volatility"], dict(fit.standard_errors)) == (0.3, {})
