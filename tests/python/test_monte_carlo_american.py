"""Bounds of early exercise beside finite differences, trees and published tables."""

import math

import numpy as np
import pytest

from strikeproof import black_scholes, finite_difference
from strikeproof import monte_carlo as mc
from tests.python import ctrl_c

pytestmark = pytest.mark.fast

# Longstaff and Schwartz (2001), table 1: puts struck at 40, rate 0.06, 50 dates a year. Spot,
# volatility, expiry, finite differences (of a Bermudan option).
LONGSTAFF_SCHWARTZ = [
    (36.0, 0.2, 1.0, 4.478),
    (36.0, 0.4, 2.0, 8.508),
    (38.0, 0.2, 1.0, 3.250),
    (40.0, 0.2, 2.0, 2.885),
    (42.0, 0.4, 1.0, 4.582),
    (44.0, 0.2, 1.0, 1.110),
]
# Andersen and Broadie (2004): calls on the best of two independent assets, strike 100,
# rate 0.05, yields 0.1, volatilities 0.2, nine dates in three years; a binomial tree's prices.
BEST_OF_TWO = [(90.0, 8.08), (100.0, 13.90), (110.0, 21.34)]
PUT = mc.European(option_type="put", strike=40.0, time_to_expiry=1.0)
FLAT = {"spot": 36.0, "volatility": 0.2, "rate": 0.06}
MODEL = mc.BlackScholes(**FLAT)
TENTHS = tuple(np.arange(1, 11) / 10)
BEST = mc.Rainbow(option_type="call", extreme="maximum", strike=100.0, time_to_expiry=3.0)
THIRDS = tuple(np.arange(1, 10) / 3)


def pair(spot):
    return mc.BlackScholes(
        spot=[spot, spot],
        volatility=[0.2, 0.2],
        rate=0.05,
        dividend_yield=[0.1, 0.1],
        correlation=np.eye(2),
    )


def bermudan(dates, *, strike=40.0, time_to_expiry=1.0, **flat):
    return finite_difference.price(
        option_type="put",
        strike=strike,
        time_to_expiry=time_to_expiry,
        exercise="bermudan",
        exercise_times=dates,
        spot_points=400,
        time_steps=200,
        **flat,
    )


def best_of_two_on_a_tree(spot, steps_a_date):
    """Two independent binomial trees, each step of both up or down with its own probability."""
    steps = 9 * steps_a_date
    step = 3.0 / steps
    up = math.exp(0.2 * math.sqrt(step))
    chance = (math.exp(-0.05 * step) - 1.0 / up) / (up - 1.0 / up)
    values = None
    for level in range(steps, 0, -1):
        spots = spot * up ** (2.0 * np.arange(level + 1) - level)
        if level % steps_a_date == 0:
            pays = np.maximum(np.maximum.outer(spots, spots) - 100.0, 0.0)
            values = pays if values is None else np.maximum(values, pays)
        once = chance * values[1:] + (1.0 - chance) * values[:-1]
        values = math.exp(-0.05 * step) * (chance * once[:, 1:] + (1.0 - chance) * once[:, :-1])
    return float(values[0, 0])


@pytest.mark.parametrize(("spot", "volatility", "expiry", "published"), LONGSTAFF_SCHWARTZ)
def test_lower_bounds_reach_the_published_puts(spot, volatility, expiry, published):
    dates = np.arange(1, round(50 * expiry) + 1) / 50
    flat = {"spot": spot, "volatility": volatility, "rate": 0.06}
    truth = bermudan(dates, time_to_expiry=expiry, **flat)
    found = mc.american(
        mc.European(option_type="put", strike=40.0, time_to_expiry=expiry),
        mc.BlackScholes(**flat),
        dates,
        training_paths=20_000,
        paths=40_000,
        outer_paths=0,
    )
    error = found.lower.standard_error
    assert abs(truth - published) < 1.5e-3  # explicit differences on a grid of its time
    assert error < 2e-3 * truth
    assert truth - 2e-3 * truth - 4.0 * error < found.lower.value < truth + 4.0 * error


@pytest.mark.parametrize("strike", [36.0, 40.0, 44.0])
def test_bounds_of_a_put_hold_the_truth_and_are_close(strike):
    truth = bermudan(TENTHS, strike=strike, **FLAT)
    put = mc.European(option_type="put", strike=strike, time_to_expiry=1.0)
    found = mc.american(put, MODEL, TENTHS, outer_paths=256, inner_paths=512)
    low, high = found.confidence_interval(0.9999)
    assert low < truth < high
    assert found.lower.value < truth + 4.0 * found.lower.standard_error
    assert found.upper > truth - 4.0 * found.upper_standard_error
    assert 0.0 <= found.gap.value < 1e-3 * truth
    assert high - low < 0.01 * truth


@pytest.mark.parametrize(("spot", "published"), BEST_OF_TWO)
def test_bounds_of_the_best_of_two_hold_the_published_price(spot, published):
    # even and odd numbers of steps err to either side
    truth = 0.5 * sum(best_of_two_on_a_tree(spot, steps) for steps in (40, 41))
    assert abs(truth - published) < 0.01
    found = mc.american(BEST, pair(spot), THIRDS, paths=200_000, outer_paths=512, inner_paths=256)
    low, high = found.confidence_interval(0.9999)
    assert low < truth < high
    assert found.lower.value > truth - 4.0 * found.lower.standard_error - 0.003 * truth
    assert found.gap.value < 0.015 * truth


def test_pricing_on_the_training_paths_is_seen_to_be_too_high():
    truth = bermudan(TENTHS, **FLAT)
    runs = [
        mc.american(
            PUT,
            MODEL,
            TENTHS,
            degree=12,
            training_paths=400,
            paths=400,
            outer_paths=0,
            control_variate=False,  # it would take most of the foresight away
            seed=seed,
        )
        for seed in range(1, 41)
    ]
    known = np.array([run.in_sample for run in runs])
    fresh = np.array([run.lower.value for run in runs])
    assert known.mean() - 4.0 * known.std(ddof=1) / math.sqrt(len(runs)) > truth
    assert fresh.mean() + 3.0 * fresh.std(ddof=1) / math.sqrt(len(runs)) < truth


def test_intervals_hold_the_truth_over_seeds():
    truth = bermudan(TENTHS, **FLAT)
    inside = 0
    for seed in range(1, 31):
        found = mc.american(
            PUT,
            MODEL,
            TENTHS,
            degree=4,
            training_paths=5_000,
            paths=5_000,
            outer_paths=32,
            inner_paths=64,
            seed=seed,
        )
        low, high = found.confidence_interval(0.95)
        inside += low < truth < high
    assert inside >= 26  # fewer have a chance of 2e-3 at 95 %


def test_a_poor_rule_shows_in_the_gap():
    poor, good = (
        mc.american(PUT, MODEL, TENTHS, degree=degree, outer_paths=128) for degree in (1, 6)
    )
    assert poor.gap.value > 2.0 * good.gap.value
    assert poor.upper > bermudan(TENTHS, **FLAT)


def test_upper_bounds_hold_for_rules_that_exercise_at_random():
    truth = bermudan(TENTHS, **FLAT)
    runs = [
        mc.american(
            PUT,
            MODEL,
            TENTHS,
            degree=6,
            training_paths=150,
            paths=4_000,
            outer_paths=64,
            inner_paths=64,
            seed=seed,
        )
        for seed in range(1, 21)
    ]
    lower = np.array([run.lower.value for run in runs])
    upper = np.array([run.upper for run in runs])
    assert lower.mean() < truth - 0.05
    assert upper.mean() > truth + 0.02


def test_one_date_leaves_a_european_option():
    found = mc.american(PUT, MODEL, [1.0], outer_paths=64, control_variate=False)
    exact = black_scholes.price(option_type="put", strike=40.0, time_to_expiry=1.0, **FLAT)
    assert abs(found.lower.value - exact) < 4.0 * found.lower.standard_error
    assert found.gap.value == 0.0
    guided = mc.american(PUT, MODEL, [1.0], outer_paths=0)
    assert guided.lower.value == pytest.approx(exact, rel=1e-12)


def test_calls_without_dividends_wait():
    call = mc.European(option_type="call", strike=36.0, time_to_expiry=1.0)
    found = mc.american(call, MODEL, TENTHS, outer_paths=64)
    exact = black_scholes.price(option_type="call", strike=36.0, time_to_expiry=1.0, **FLAT)
    assert found.lower.value == pytest.approx(exact, rel=1e-3)
    assert sum(found.exercise_frequency[:-1]) < 0.02


def test_rules_are_described():
    found = mc.american(PUT, MODEL, TENTHS, outer_paths=0, paths=20_000)
    assert found.exercise_dates == TENTHS
    assert found.regressors == 7
    assert all(one.rank == 7 and one.paths > 20_000 for one in found.regressions)
    assert all(0.0 < one.r_squared < 1.0 and one.condition < 1e3 for one in found.regressions)
    assert 33.0 < found.boundary[0] < found.boundary[8] < found.boundary[9] == 40.0
    assert 0.5 < found.exercise_probability.value < sum(found.exercise_frequency) + 0.02
    assert 0.1 < found.exercise_time.value < 1.0
    assert found.training_bytes == 8 * 50_000 * 12
    assert math.isnan(found.upper)
    with pytest.raises(ValueError, match="outer_paths is 0"):
        found.confidence_interval()


@pytest.mark.parametrize("method", ["pseudo", "sobol"])
def test_bits_do_not_depend_on_threads(method):
    runs = [
        mc.american(
            BEST,
            pair(100.0),
            THIRDS,
            training_paths=7_000,
            paths=9_000,
            outer_paths=130,
            inner_paths=32,
            method=method,
            threads=threads,
        )
        for threads in (1, 2, 3)
    ]
    assert runs[0] == runs[1] == runs[2]


def test_other_models_and_claims_have_ordered_bounds():
    jumps = mc.Merton(36.0, 0.2, 0.5, -0.1, 0.2, rate=0.06)
    basket = mc.Basket(option_type="put", strike=200.0, weights=[1.0, 1.0], time_to_expiry=3.0)
    for payoff, model, dates in ((PUT, jumps, TENTHS), (basket, pair(100.0), THIRDS)):
        found = mc.american(payoff, model, dates, outer_paths=128, inner_paths=128)
        europe = mc.price(payoff, model)
        assert found.lower.value > europe.value
        assert 0.0 < found.gap.value < 0.03 * found.lower.value


def test_sobol_points_and_targets_steady_the_lower_bound():
    plain = mc.american(BEST, pair(100.0), THIRDS, outer_paths=0, paths=65_536)
    quasi = mc.american(BEST, pair(100.0), THIRDS, outer_paths=0, paths=65_536, method="sobol")
    assert quasi.lower.standard_error < 0.5 * plain.lower.standard_error
    wanted = mc.american(BEST, pair(100.0), THIRDS, outer_paths=0, target_error=0.03)
    assert wanted.lower.stopped == "target"
    assert wanted.lower.standard_error <= 0.03


INTERRUPTED = """
from strikeproof import monte_carlo as mc
put = mc.European(option_type="put", strike=40.0, time_to_expiry=1.0)
model = mc.BlackScholes(spot=36.0, volatility=0.2, rate=0.06)
print("ready", flush=True)
try:
    mc.american(
        put, model, [k / 50 for k in range(1, 51)], paths=1000, training_paths=1000,
        outer_paths=100_000, inner_paths=4096,
    )
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_nested_simulation_answers_ctrl_c():
    assert ctrl_c.interrupted(INTERRUPTED) == "interrupted\n"


def test_what_progress_raises_ends_the_run():
    def stop(estimate):
        raise KeyError(estimate.paths)

    with pytest.raises(KeyError):
        mc.american(PUT, MODEL, TENTHS, paths=200_000, progress=stop)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"payoff": mc.Cliquet(times=[1.0])}, "must be a European, Basket or Rainbow"),
        ({"exercise_dates": [0.5, 2.0]}, "exercise_dates is 2.0 at index 1: must be at most"),
        ({"exercise_dates": [0.5, 0.5]}, "exercise_dates is 0.5 at index 1: must ascend"),
        ({"degree": 13}, "degree is 13"),
        ({"outer_paths": 1}, "outer_paths is 1"),
        ({"inner_paths": 31}, "inner_paths is 31"),
        ({"maximum_bytes": 1000}, "training_paths is 50000"),
        ({"model": pair(36.0)}, "payoff watches 1 assets and model has 2"),
        (
            {"model": mc.Merton(36.0, 0.2, 0.5, -0.1, 0.2), "european_regressor": True},
            "european_regressor is True",
        ),
        (
            {"payoff": mc.European(option_type="put", strike=1, time_to_expiry=1, payoff="cash")},
            "payoff pays 'cash'",
        ),
    ],
)
def test_bad_arguments_are_named(changes, message):
    arguments = {"payoff": PUT, "model": MODEL, "exercise_dates": TENTHS, **changes}
    with pytest.raises((ValueError, TypeError), match=message):
        mc.american(**arguments)
