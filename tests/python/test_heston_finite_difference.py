"""Heston on a grid: the 30-digit table, published values, QuantLib's grids, its own errors."""

import csv
from pathlib import Path

import numpy as np
import pytest

from strikeproof import Status, finite_difference, heston, heston_finite_difference
from tasks.evidence.oracles import heston_finite_difference as oracle

pytestmark = pytest.mark.fast

TABLE = Path(__file__).resolve().parents[1] / "data" / "heston_reference.csv"
MODEL = {
    "initial_variance": 0.04,
    "long_run_variance": 0.04,
    "mean_reversion": 1.5,
    "volatility_of_variance": 0.5,
    "correlation": -0.6,
}
TERMS = {
    "option_type": "put",
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "dividend_yield": 0.02,
    **MODEL,
}
SMALL = {"spot_points": 61, "variance_points": 31, "time_steps": 30}
SCHEMES = ["modified_craig_sneyd", "hundsdorfer_verwer"]


def reference(case):
    """Rows of a case of the table near the money: terms, call, delta, gamma at a forward of 1."""
    names = ("time_to_expiry", *MODEL)
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            log_strike = float.fromhex(row["log_strike"])
            if row["case"] == case and abs(log_strike) < 0.45:
                yield (
                    {name: float(row[name]) for name in names} | {"strike": np.exp(log_strike)},
                    float(row["call"]),
                    float(row["delta"]),
                    float(row["gamma"]),
                )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_european_calls_reach_the_table(scheme):
    rows = list(reference("base"))
    assert len(rows) > 3
    for terms, call, delta, gamma in rows:
        found = heston_finite_difference.greeks(
            option_type="call",
            exercise="european",
            spot=1.0,
            rate=0.0,
            extrapolation=True,
            scheme=scheme,
            **terms,
            **SMALL,
        )
        assert found.price == pytest.approx(call, abs=1e-5)
        assert found.delta == pytest.approx(delta, abs=2e-4)
        assert found.gamma == pytest.approx(gamma, abs=5e-3)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_order_is_two(scheme):
    exact = heston.price(**TERMS)
    errors = [
        heston_finite_difference.price(
            **TERMS,
            exercise="european",
            spot_points=31,
            variance_points=17,
            time_steps=16,
            refinement=k,
            scheme=scheme,
        )
        - exact
        for k in (1, 2, 4)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("extrapolation", [True, False])
def test_the_estimate_covers_the_error(extrapolation):
    rng = np.random.default_rng(21)
    count = 30
    terms = {
        "option_type": rng.choice(["call", "put"], count),
        "spot": np.full(count, 100.0),
        "strike": rng.uniform(80.0, 120.0, count),
        "time_to_expiry": rng.uniform(0.1, 2.0, count),
        "rate": rng.uniform(0.0, 0.08, count),
        "dividend_yield": rng.uniform(0.0, 0.08, count),
        "initial_variance": rng.uniform(0.01, 0.15, count),
        "long_run_variance": rng.uniform(0.01, 0.15, count),
        "mean_reversion": rng.uniform(0.5, 4.0, count),
        "volatility_of_variance": rng.uniform(0.1, 1.0, count),
        "correlation": rng.uniform(-0.9, 0.5, count),
    }
    found = heston_finite_difference.estimate(
        **terms,
        exercise="european",
        extrapolation=extrapolation,
        spot_points=51,
        variance_points=25,
        time_steps=20,
    )
    exact = heston.sensitivities(**terms)
    for name in ("price", "delta", "gamma", "theta", "initial_variance"):
        error = np.abs(getattr(found, name) - getattr(exact, name))
        estimate = getattr(found, name + "_error")
        assert (error <= estimate).mean() > 0.85, name
        assert (error <= 3.0 * estimate).mean() > 0.95, name
        assert (error <= 10.0 * estimate).all(), name


# Ikonen, S. and Toivanen, J. (2007), Efficient numerical methods for pricing American options under
# stochastic volatility, Numer. Methods Partial Differ. Equ. 24(1), 104-126: their finest grid.
def test_american_puts_reach_the_published_table():
    found = heston_finite_difference.price(
        option_type="put",
        spot=[8.0, 9.0, 10.0, 11.0, 12.0],
        strike=10.0,
        time_to_expiry=0.25,
        rate=0.1,
        initial_variance=0.0625,
        long_run_variance=0.16,
        mean_reversion=5.0,
        volatility_of_variance=0.9,
        correlation=0.1,
        extrapolation=True,
        spot_points=101,
        variance_points=51,
        time_steps=50,
    )
    published = [2.0, 1.10763, 0.520038, 0.213681, 0.082046]
    np.testing.assert_allclose(found, published, atol=4e-5, rtol=0.0)


# QuantLib's grids, of the first order in time here, come from below: 8.3895, then 8.3984 on one of
# 400 spots and 1600 steps.
def test_american_options_agree_with_quantlib():
    found = heston_finite_difference.price(**TERMS, **SMALL, extrapolation=True)
    theirs = oracle.price(**TERMS, spot_points=200, variance_points=50, time_steps=100)
    assert theirs < found < theirs + 0.015
    assert found > heston.price(**TERMS)


@pytest.mark.parametrize("rebate", [0.0, 2.0])
def test_barriers_agree_with_quantlib(rebate):
    terms = {**TERMS, "option_type": "call", "exercise": "european", "lower_barrier": 85.0}
    found = heston_finite_difference.price(**terms, rebate=rebate, **SMALL, extrapolation=True)
    theirs = oracle.price(
        **terms, rebate=rebate, spot_points=200, variance_points=50, time_steps=100
    )
    assert found == pytest.approx(theirs, abs=4e-3)


# With hardly any volatility of variance the model is Black-Scholes.
@pytest.mark.parametrize(
    "extra",
    [
        {"exercise": "american"},
        {"exercise": "european", "lower_barrier": 80.0, "upper_barrier": 125.0},
        {"exercise": "european", "upper_barrier": 120.0, "rebate": 2.0},
        {"exercise": "european", "upper_barrier": 120.0, "barrier_type": "in", "rebate": 2.0},
        {"exercise": "european", "payoff": "cash", "cash": 10.0},
    ],
    ids=["american", "double", "up-out", "up-in", "cash"],
)
def test_constant_variance_is_black_scholes(extra):
    terms = {**TERMS, **extra, "volatility_of_variance": 1e-3, "correlation": 0.0}
    found = heston_finite_difference.price(**terms, **SMALL, extrapolation=True)
    plain = {k: v for k, v in terms.items() if k not in MODEL}
    assert found == pytest.approx(finite_difference.price(**plain, volatility=0.2), abs=4e-3)


def test_a_knock_out_and_its_knock_in_make_the_plain_option():
    terms = {**TERMS, **SMALL, "exercise": "european", "lower_barrier": 85.0}
    both = heston_finite_difference.price(**terms, barrier_type=["out", "in"], extrapolation=True)
    assert both.sum() == pytest.approx(heston.price(**TERMS), abs=1e-4)


def test_feller_may_be_violated_and_variance_start_at_zero():
    model = {**MODEL, "mean_reversion": 0.5, "volatility_of_variance": 1.0, "correlation": -0.9}
    for start in (0.04, 1e-4, 0.0):
        terms = {**TERMS, **model, "initial_variance": start}
        found = heston_finite_difference.estimate(
            **terms, exercise="european", extrapolation=True, **SMALL
        )
        assert abs(found.price - heston.price(**terms)) < 3.0 * found.price_error + 1e-4
        assert found.price_error < 5e-2


LIMITS = {
    "knocked-out": ({"spot": 80.0, "lower_barrier": 85.0, "rebate": 2.0}, 2.0),
    "at-expiry": ({"time_to_expiry": 0.0, "exercise": "american"}, 5.0),
    "no-variance": (
        {"initial_variance": 0.0, "long_run_variance": 0.0},
        105.0 * np.exp(-0.05) - 100.0 * np.exp(-0.02),
    ),
    "no-spot": ({"spot": 0.0}, 105.0 * np.exp(-0.05)),
    "tiny-time": ({"time_to_expiry": 1e-8}, 5.0),
}


@pytest.mark.parametrize("case", LIMITS)
def test_limits_are_reached(case):
    terms, expected = LIMITS[case]
    terms = {**TERMS, "exercise": "european", **terms}
    assert heston_finite_difference.price(**terms, **SMALL) == pytest.approx(expected, abs=1e-5)


def test_a_knock_in_that_is_in_is_the_plain_option():
    terms = {**TERMS, "spot": 80.0, **SMALL, "exercise": "european"}
    inside = heston_finite_difference.price(**terms, lower_barrier=85.0, barrier_type="in")
    assert inside == heston_finite_difference.price(**terms)


def test_an_exercised_option_is_its_gain():
    found = heston_finite_difference.greeks(**{**TERMS, "spot": 60.0}, **SMALL)
    assert found == (45.0, -1.0, 0.0, 0.0, 0.0)


def test_what_is_not_served_has_a_status():
    for bad, status in (
        ({"barrier_type": "in", "lower_barrier": 85.0}, Status.OUT_OF_DOMAIN),  # American
        ({"correlation": 1.5}, Status.OUT_OF_DOMAIN),
        ({"spot_points": 5}, Status.OUT_OF_DOMAIN),
        ({"spot_points": 900, "refinement": 2}, Status.OUT_OF_DOMAIN),
        ({"initial_variance": np.nan}, Status.NON_FINITE),
    ):
        values, found = heston_finite_difference.price(
            **{**TERMS, **bad}, return_status=True, on_failure="nan"
        )
        assert np.isnan(values)
        assert found == status
    with pytest.raises(ValueError, match=r"correlation is 1\.5"):
        heston_finite_difference.price(**{**TERMS, "correlation": 1.5})


def test_rows_do_not_depend_on_threads():
    terms = {**TERMS, **SMALL, "strike": np.linspace(90.0, 110.0, 5)}
    np.testing.assert_array_equal(
        heston_finite_difference.price(**terms, threads=1),
        heston_finite_difference.price(**terms, threads=3),
    )


# Ten years of a variance that visits 0 often.
def test_long_expiries_stay_within_bounds():
    terms = {**TERMS, "time_to_expiry": 10.0, "volatility_of_variance": 1.0}
    found = heston_finite_difference.price(**terms, exercise="european", **SMALL)
    assert 0.0 < found < 105.0 * np.exp(-0.5)
    assert found == pytest.approx(heston.price(**terms), abs=0.3)
