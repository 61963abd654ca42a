"""Comparison of models: block lengths, tests and confidence sets beside arch and statsmodels."""

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from wrds_pipeline import comparison
from wrds_pipeline.student import two_sided_tail

pytestmark = pytest.mark.fast

REFERENCE = json.loads((Path(__file__).parents[1] / "data/comparison_reference.json").read_text())


@pytest.mark.parametrize("degrees", [1, 2, 9, 30, 249, 10000])
@pytest.mark.parametrize("statistic", [0.0, 1e-3, -0.7, 2.5, 12.0, 60.0])
def test_the_tail_is_scipys(statistic, degrees):
    exact = 2.0 * scipy.stats.t.sf(abs(statistic), degrees)
    assert two_sided_tail(statistic, degrees) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("case", REFERENCE["block_length"])
def test_block_lengths_are_archs(case):
    found = comparison.block_length(np.array(case["series"]))
    assert found == pytest.approx(max(case["block_length"], 1.0), rel=1e-12)


@pytest.mark.parametrize("case", REFERENCE["hac_mean"])
def test_the_statistic_is_statsmodels_shrunk_for_small_samples(case):
    series = np.array(case["series"])
    found = comparison.diebold_mariano(series, lags=case["lags"])
    n, h = len(series), case["lags"] + 1
    shrink = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    assert found.statistic == pytest.approx(case["t"] * shrink, rel=1e-12)
    assert found.p_value == pytest.approx(2.0 * scipy.stats.t.sf(abs(found.statistic), n - 1))


@pytest.mark.parametrize("case", REFERENCE["confidence_set"])
def test_confidence_sets_are_archs(case):
    table = np.array(case["losses"])
    losses = {f"m{k}": table[:, k] for k in range(table.shape[1])}
    found = comparison.model_confidence_set(losses, np.array(case["indices"]))
    assert list(found.values()) == pytest.approx(case["p_values"], abs=1e-15)


def test_blocks_have_their_mean_length_and_wrap_around():
    generator = comparison.generator(1, 0)
    rows = comparison.stationary_indices(50, 5.0, 4000, generator)
    follows = rows[:, 1:] == (rows[:, :-1] + 1) % 50
    # a new block follows on by chance once in 50 times
    assert 1.0 - follows.mean() == pytest.approx(0.2 * 49 / 50, abs=0.005)
    assert np.bincount(rows.ravel(), minlength=50) == pytest.approx(4000, rel=0.1)
    again = comparison.stationary_indices(50, 5.0, 4000, comparison.generator(1, 0))
    other = comparison.stationary_indices(50, 5.0, 4000, comparison.generator(1, 1))
    assert np.array_equal(rows, again)
    assert not np.array_equal(rows, other)


def test_intervals_cover_the_mean_of_a_dependent_series():
    """Blocks find the dependence: single dates would cover 0 far less often than 95 %."""
    hits = {"blocks": 0, "dates": 0}
    for seed in range(100):
        shocks = comparison.generator(seed, 3).standard_normal(201)
        series = 0.5 * shocks[:-1] + shocks[1:]
        for name, mean_block in (("blocks", comparison.block_length(series)), ("dates", 1.0)):
            rows = comparison.stationary_indices(
                200, mean_block, 300, comparison.generator(seed, 4)
            )
            low, high = comparison.interval(series, rows)
            hits[name] += low <= 0.0 <= high
    assert hits["blocks"] > 85
    assert hits["dates"] < hits["blocks"]


LIMITS = [
    pytest.param(np.zeros(9), 0.0, 1.0, id="equal"),
    pytest.param(np.full(9, 0.5), np.inf, 0.0, id="always-worse"),
    pytest.param(np.array([1.0, 2.0]), np.nan, np.nan, id="two-dates"),
]


@pytest.mark.parametrize(("series", "statistic", "p_value"), LIMITS)
def test_limits_of_the_test(series, statistic, p_value):
    found = comparison.diebold_mariano(series)
    assert (found.statistic, found.p_value) == pytest.approx((statistic, p_value), nan_ok=True)


def test_a_model_that_always_loses_is_not_in_the_set_and_a_twin_is():
    losses = comparison.generator(5, 0).standard_normal(60) ** 2
    table = {"good": losses, "twin": losses.copy(), "bad": losses + 1.0}
    rows = comparison.stationary_indices(60, 3.0, 500, comparison.generator(5, 1))
    found = comparison.model_confidence_set(table, rows)
    assert found["bad"] == 0.0
    assert found["good"] == found["twin"] == 1.0
