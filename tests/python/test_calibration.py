"""Calibration gives back parameters, reports what quotes cannot tell, and refuses bad quotes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from strikeproof import bates, heston

_MODEL = {
    "initial_variance": 0.04,
    "long_run_variance": 0.06,
    "mean_reversion": 2.0,
    "volatility_of_variance": 0.6,
    "correlation": -0.65,
}
_JUMPS = {"jump_intensity": 0.6, "jump_mean": -0.1, "jump_volatility": 0.12}


def _grid(expiries: int = 5, strikes: int = 13) -> dict[str, Any]:
    time = np.repeat(np.geomspace(0.08, 2.0, expiries), strikes)
    spread = np.tile(np.linspace(-0.3, 0.3, strikes), expiries) * np.sqrt(np.maximum(time, 0.1))
    forward = 100.0 * np.exp(0.02 * time)
    return {"strike": forward * np.exp(spread), "time_to_expiry": time, "forward": forward}


def _random_models(count: int, seed: int) -> list[dict[str, float]]:
    generator = np.random.default_rng(seed)
    lower = np.array([0.01, 0.01, 0.5, 0.1, -0.95])
    upper = np.array([0.15, 0.15, 6.0, 1.2, 0.2])
    draws = lower + (upper - lower) * generator.random((count, 5))
    return [dict(zip(_MODEL, row, strict=True)) for row in draws]


def test_random_models_are_recovered() -> None:
    grid = _grid()
    errors = []
    for model in _random_models(100, seed=5):
        found = heston.calibrate(volatility=heston.implied_volatility(**grid, **model), **grid)
        errors.append(max(abs(found.model[name] / model[name] - 1.0) for name in model))
    assert max(errors) < 1e-6


def test_noise_moves_parameters_by_their_standard_errors() -> None:
    """Errors over standard errors have variance 1: over 60 draws within 4 of its own deviations."""
    grid = _grid()
    exact = heston.implied_volatility(**grid, **_MODEL)
    generator = np.random.default_rng(11)
    scores = []
    for _ in range(60):
        noise = 0.002 * generator.standard_normal(exact.shape)
        found = heston.calibrate(volatility=exact + noise, **grid)
        scores.append(
            [(found.model[n] - value) / found.standard_errors[n] for n, value in _MODEL.items()]
        )
        assert found.sum_of_squares == pytest.approx(np.sum(found.errors**2), rel=1e-12)
        assert found.sum_of_squares < np.sum(noise**2), "the fit beats the truth on its quotes"
    variance = np.mean(np.square(scores), axis=0)
    assert np.all(np.abs(variance - 1.0) < 4.0 * np.sqrt(2.0 / 60.0))


def test_bates_is_recovered() -> None:
    grid = _grid(6, 15)
    model = {**_MODEL, **_JUMPS}
    found = bates.calibrate(volatility=bates.implied_volatility(**grid, **model), **grid)
    for name, value in model.items():
        assert found.model[name] == pytest.approx(value, rel=1e-5)


def test_gradient_is_that_of_the_errors() -> None:
    """At a minimum every weighted error gradient sums to 0: by differences, not by our Jacobian."""
    grid = _grid()
    generator = np.random.default_rng(3)
    quotes = heston.implied_volatility(**grid, **_MODEL)
    quotes = quotes + 0.002 * generator.standard_normal(quotes.shape)
    weight = generator.uniform(0.5, 2.0, quotes.shape)
    found = heston.calibrate(volatility=quotes, weight=weight, **grid)
    for name in _MODEL:
        step = 1e-5 * abs(found.model[name])
        sums = []
        for sign in (1.0, -1.0):
            moved = {**found.model, name: found.model[name] + sign * step}
            errors = weight * (heston.implied_volatility(**grid, **moved) - quotes)
            sums.append(np.sum(errors**2))
        slope = (sums[0] - sums[1]) / (2.0 * step) * abs(found.model[name])
        assert abs(slope) < 1e-6 * found.sum_of_squares * 65.0


def test_a_held_parameter_stays_and_has_no_error() -> None:
    grid = _grid()
    quotes = heston.implied_volatility(**grid, **_MODEL)
    found = heston.calibrate(volatility=quotes, bounds={"mean_reversion": (3.0, 3.0)}, **grid)
    assert found.model["mean_reversion"] == 3.0
    assert found.standard_errors["mean_reversion"] == 0.0
    assert found.covariance.shape == (5, 5)
    assert found.sum_of_squares > 1e-8


def test_quotes_that_cannot_tell_parameters_apart_are_reported() -> None:
    """One long expiry: mean reversion and the variances are one number."""
    time = np.full(9, 3.0)
    grid = {
        "strike": 100.0 * np.exp(np.linspace(-0.4, 0.4, 9)),
        "time_to_expiry": time,
        "forward": 100.0,
    }
    quotes = heston.implied_volatility(**grid, **_MODEL)
    found = heston.calibrate(volatility=quotes, **grid)
    assert any("condition number" in warning for warning in found.warnings)
    assert found.condition_number > 1e3
    good = _grid()
    told = heston.calibrate(volatility=heston.implied_volatility(**good, **_MODEL), **good)
    assert told.warnings == ()
    assert told.condition_number < 300.0


def test_a_parameter_at_its_bound_is_reported() -> None:
    grid = _grid()
    quotes = heston.implied_volatility(**grid, **_MODEL)
    found = heston.calibrate(volatility=quotes, bounds={"correlation": (-0.3, 0.3)}, **grid)
    assert any("correlation is -0.3" in warning for warning in found.warnings)


def test_order_of_quotes_does_not_matter() -> None:
    grid = _grid()
    quotes = heston.implied_volatility(**grid, **_MODEL) + 0.001 * np.sin(np.arange(65.0))
    order = np.random.default_rng(2).permutation(65)
    found = heston.calibrate(volatility=quotes, **grid)
    shuffled = heston.calibrate(
        volatility=quotes[order], **{name: value[order] for name, value in grid.items()}
    )
    for name in _MODEL:
        assert shuffled.model[name] == pytest.approx(found.model[name], rel=1e-6)
    np.testing.assert_allclose(shuffled.errors, found.errors[order], rtol=0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"volatility": -0.2}, r"volatility is -0\.2 at index 0 .*must be finite and > 0"),
        ({"weight": np.nan}, "weight is nan at index 0"),
        ({"bounds": {"kappa": (1.0, 2.0)}}, "bounds of .*kappa"),
        ({"bounds": {"correlation": (0.5, -0.5)}}, "bounds of correlation are .*must ascend"),
        ({"start": {"correlation": 0.1}}, "start names"),
        ({"start": {**_MODEL, "correlation": -2.0}}, "start of correlation is -2.0"),
        ({"most_evaluations": 0}, "most_evaluations is 0"),
        ({"strike": 100.0, "time_to_expiry": 1.0, "forward": 100.0}, "1 quotes for 5"),
    ],
)
def test_bad_arguments_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        heston.calibrate(**{"volatility": 0.2, **_grid(), **change})
