"""Calibration gives back parameters, reports what quotes cannot tell, and refuses bad quotes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from strikeproof import bates, black, heston, quotes

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


def test_noisy_random_models_reach_the_minimum_that_the_truth_leads_to() -> None:
    """Our starts do not end in another minimum than a start at the parameters of the quotes."""
    grid = _grid()
    generator = np.random.default_rng(17)
    for model in _random_models(40, seed=6):
        noisy = heston.implied_volatility(**grid, **model)
        noisy = noisy + 0.002 * generator.standard_normal(noisy.shape)
        found = heston.calibrate(volatility=noisy, **grid)
        led = heston.calibrate(volatility=noisy, start=model, **grid)
        assert found.sum_of_squares < led.sum_of_squares * (1.0 + 1e-6)
        assert found.stop in ("gradient", "step", "reduction")


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


def test_covariance_is_that_of_estimates() -> None:
    """Correlations of 200 estimates are those of the covariance within 4 deviations of theirs.

    Mahalanobis distances add up to chi-square of 5 degrees of freedom each, but for s^2 estimated:
    5 times (60 / 58) with 60 degrees of freedom left.
    """
    grid = _grid()
    exact = heston.implied_volatility(**grid, **_MODEL)
    generator = np.random.default_rng(23)
    truth = np.array(list(_MODEL.values()))
    distances, estimates = [], []
    for _ in range(200):
        noise = 0.001 * generator.standard_normal(exact.shape)
        found = heston.calibrate(volatility=exact + noise, start=_MODEL, **grid)
        off = np.array(list(found.model.values())) - truth
        distances.append(off @ np.linalg.solve(found.covariance, off))
        estimates.append(off)
    assert np.mean(distances) == pytest.approx(5.0 * 60.0 / 58.0, abs=4.0 * np.sqrt(11.0 / 200.0))
    size = np.sqrt(np.diag(found.covariance))
    correlations = found.covariance / np.outer(size, size)
    spread = 4.0 * (1.0 - correlations**2) / np.sqrt(200.0) + 0.02
    assert np.all(np.abs(np.corrcoef(np.transpose(estimates)) - correlations) < spread)


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


def test_weights_do_what_they_say() -> None:
    """A rule's weights are its numbers, their unit does not count, a heavy quote is met."""
    grid = _grid()
    generator = np.random.default_rng(29)
    volatility = heston.implied_volatility(**grid, **_MODEL)
    volatility = volatility + 0.002 * generator.standard_normal(volatility.shape)
    width = generator.uniform(0.002, 0.02, volatility.shape)
    sides = {
        "bid_volatility": volatility - 0.5 * width,
        "ask_volatility": volatility + 0.5 * width,
    }
    price_slopes = black.greeks(option_type="put", rate=0.0, volatility=volatility, **grid).vega

    def fit(**change: Any) -> heston.Calibration:
        return heston.calibrate(**{"volatility": volatility, **grid, **sides, **change})

    plain = fit()
    for rule, numbers in (("vega", price_slopes), ("spread", 1.0 / width)):
        by_rule, by_hand = fit(weight=rule), fit(weight=1e4 * numbers)
        assert by_rule.model == pytest.approx(by_hand.model, rel=1e-6)
        assert by_rule.standard_errors == pytest.approx(by_hand.standard_errors, rel=1e-4)
        assert by_rule.sum_of_squares == pytest.approx(
            np.sum(np.square(numbers * by_rule.errors)), rel=1e-9
        )
        assert by_rule.sum_of_squares < np.sum(np.square(numbers * plain.errors))
    heavy = np.ones(65)
    heavy[30] = 1e4
    assert abs(fit(weight=heavy).errors[30]) < 1e-3 * abs(plain.errors[30])


def test_bounds_hold_and_a_held_pair_is_what_is_left_out() -> None:
    grid = _grid()
    volatility = heston.implied_volatility(**grid, **_MODEL)
    bounds = {"mean_reversion": (2.5, 4.0), "correlation": (-0.6, -0.2)}
    found = heston.calibrate(volatility=volatility, bounds=bounds, **grid)
    for name, (lower, upper) in bounds.items():
        assert lower <= found.model[name] <= upper
    held = {name: (_MODEL[name], _MODEL[name]) for name in ("mean_reversion", "correlation")}
    found = heston.calibrate(volatility=volatility, bounds=held, **grid)
    assert found.model == pytest.approx(_MODEL, rel=1e-8)
    assert np.count_nonzero(found.covariance) == 9


def test_bates_leaves_the_bounds_of_hestons_fit() -> None:
    """Heston's fit of this smile, from which the jumps start, ends with a mean reversion of 100."""
    values = (0.1632, 0.2433, 5.7254, 0.1613, -0.2106, 1.2539, -0.1719, 0.0768)
    model = dict(zip((*_MODEL, *_JUMPS), values, strict=True))
    time = np.repeat(np.array([14.0, 60.0, 182.0, 730.0]) / 365.0, 15)
    spread = np.tile(np.linspace(-2.5, 1.8, 15), 4) * 0.5 * np.sqrt(time)
    grid = {"forward": 100.0, "strike": 100.0 * np.exp(spread), "time_to_expiry": time}
    volatility = bates.implied_volatility(**grid, **model)
    found = bates.calibrate(volatility=volatility, **grid)
    assert found.model == pytest.approx(model, rel=1e-6)


def _complex_volatility(model: dict[str, Any], strike: Any, time: float, about: Any) -> Any:
    """Black's volatilities to first order about `about`, of a model with one complex parameter.

    Lewis's integral over the whole line Im x = -1/2 by the trapezoidal rule and the textbook
    characteristic function: analytic in the parameters, so that an imaginary step has the
    derivative as its imaginary part.
    """
    v0, theta, kappa, sigma, rho = (model[name] for name in _MODEL)
    x = np.linspace(-400.0, 400.0, 16001) - 0.5j
    beta = kappa - 1j * rho * sigma * x
    d = np.sqrt(beta**2 + sigma**2 * (x * x + 1j * x))
    g = (beta - d) / (beta + d)
    decay = np.exp(-d * time)
    pull = (beta - d) * time - 2.0 * np.log((1.0 - g * decay) / (1.0 - g))
    exponent = kappa * theta / sigma**2 * pull
    exponent = exponent + v0 * (beta - d) / sigma**2 * (1.0 - decay) / (1.0 - g * decay)
    if "jump_mean" in model:
        mean, spread = model["jump_mean"], model["jump_volatility"]
        factor = np.exp(1j * x * mean - 0.5 * (x * spread) ** 2) - 1.0
        drift = np.exp(mean + 0.5 * spread**2) - 1.0
        exponent = exponent + model["jump_intensity"] * time * (factor - 1j * x * drift)
    k = np.log(strike)
    turned = np.exp(k + np.multiply.outer(-1j * x, k))
    covered = np.exp(exponent) / (x * (x + 1j)) @ turned * 0.05 / (2.0 * np.pi)
    at = black.greeks(
        option_type="call", forward=1.0, strike=strike, time_to_expiry=time, rate=0.0,
        volatility=about,
    )  # fmt: skip
    return about + (1.0 - covered - at.price) / at.vega


def _complex_slope(model: dict[str, float], name: str, strike: Any, time: float, about: Any) -> Any:
    """Derivative of the volatilities by a parameter from two imaginary steps, error of order 4."""
    slopes = []
    for share in (1e-3, 5e-4):
        step = share * abs(model[name])
        moved = {**model, name: model[name] + 1j * step}
        slopes.append(_complex_volatility(moved, strike, time, about).imag / step)
    return (4.0 * slopes[1] - slopes[0]) / 3.0


@pytest.mark.parametrize("engine", [heston, bates], ids=["heston", "bates"])
def test_jacobian_is_that_of_a_complex_step(engine: Any) -> None:
    """Random models: the covariance's (J'J)^-1 is that of derivatives by another method."""
    time = np.repeat([0.5, 1.0, 2.0], 7)
    grid = {
        "forward": 1.0,
        "strike": np.exp(np.tile(np.linspace(-0.5, 0.4, 7), 3) * np.sqrt(time)),
        "time_to_expiry": time,
    }
    noise = 0.001 * np.cos(np.arange(21.0))
    generator = np.random.default_rng(41)
    for model in _random_models(4, seed=9):
        if engine is bates:
            jumps = generator.uniform([0.2, -0.2, 0.05], [2.0, 0.1, 0.25])
            model = {**model, **dict(zip(_JUMPS, map(float, jumps), strict=True))}
        exact = engine.implied_volatility(**grid, **model)
        jacobian = np.empty((21, len(model)))
        for rows in (slice(0, 7), slice(7, 14), slice(14, 21)):
            of_expiry = (grid["strike"][rows], time[rows][0], exact[rows])
            for column, name in enumerate(model):
                jacobian[rows, column] = _complex_slope(model, name, *of_expiry)
        found = engine.calibrate(volatility=exact + noise, start=model, most_evaluations=1, **grid)
        assert found.model == pytest.approx(model, rel=1e-12)
        scale = found.sum_of_squares / (21 - len(model))
        lengths = np.sqrt(np.sum(jacobian**2, axis=0))
        product = jacobian.T @ jacobian @ found.covariance / scale
        product = product / lengths[:, None] * lengths
        # an error of the Jacobian is amplified by the square of its condition number
        allowed = 1e-9 * found.condition_number**2
        np.testing.assert_allclose(product, np.eye(len(model)), rtol=0.0, atol=allowed)


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


def test_short_expiries_do_not_determine_mean_reversion() -> None:
    """Within a week variance has no time to revert: noise drowns it, but not variance itself."""
    time = np.repeat([0.005, 0.01, 0.015, 0.02], 10)
    spread = np.tile(np.linspace(-2.0, 2.0, 10), 4) * 0.2 * np.sqrt(time)
    grid = {"forward": 100.0, "strike": 100.0 * np.exp(spread), "time_to_expiry": time}
    noise = 0.003 * np.random.default_rng(31).standard_normal(40)
    volatility = heston.implied_volatility(**grid, **_MODEL) + noise
    found = heston.calibrate(volatility=volatility, **grid)
    (warning,) = found.warnings
    assert warning.startswith("mean_reversion is")
    assert "hardly determine" in warning
    assert found.standard_errors["initial_variance"] < 0.1 * found.model["initial_variance"]


def test_the_parameters_of_one_expiry_are_named_as_twins() -> None:
    grid = {
        "forward": 100.0,
        "strike": 100.0 * np.exp(np.linspace(-0.1, 0.1, 15)),
        "time_to_expiry": np.full(15, 1.0),
    }
    volatility = heston.implied_volatility(**grid, **_MODEL)
    held = {name: (_MODEL[name],) * 2 for name in ("mean_reversion", "volatility_of_variance")}
    found = heston.calibrate(volatility=volatility, bounds=held, **grid)
    (warning,) = found.warnings
    assert "initial_variance and long_run_variance apart" in warning


def test_too_few_evaluations_are_reported() -> None:
    grid = _grid()
    volatility = heston.implied_volatility(**grid, **_MODEL)
    found = heston.calibrate(volatility=volatility, most_evaluations=2, **grid)
    assert found.stop == "evaluations"
    assert any("most_evaluations" in warning for warning in found.warnings)


def test_prices_of_bid_and_ask_lead_back_to_the_model() -> None:
    """Discounted prices, both types: the kept volatilities are the model's, and so is the fit."""
    grid = _grid()
    rate = 0.04
    discount = np.exp(-rate * grid["time_to_expiry"])
    exact = heston.implied_volatility(**grid, **_MODEL)
    columns = {name: np.concatenate([value, value]) for name, value in grid.items()}
    option_type = np.repeat(["call", "put"], 65)
    middle = np.concatenate(
        [
            discount * black.price(option_type=kind, rate=0.0, volatility=exact, **grid)
            for kind in ("call", "put")
        ]
    )
    seen = quotes.volatilities(
        option_type=option_type, bid=0.98 * middle, ask=1.02 * middle, rate=rate, **columns
    )
    inside = np.where(option_type == "call", 1.0, -1.0) * (columns["forward"] - columns["strike"])
    assert seen.dropped == {"in the money": np.count_nonzero(inside > 0.0)}
    kept = seen.reason == quotes.KEPT
    np.testing.assert_allclose(seen.volatility, np.concatenate([exact, exact])[kept], rtol=1e-10)
    assert np.all(seen.bid_volatility < seen.volatility)
    assert np.all(seen.volatility < seen.ask_volatility)
    found = heston.calibrate(weight="spread", **seen.columns())
    assert found.model == pytest.approx(_MODEL, rel=1e-6)


# option type, bid, ask, strike (forward 100, half a year, rate 0), reason
DROPPED = [
    pytest.param("call", 0.0, 0.1, 130.0, "no bid", id="no-bid"),
    pytest.param("call", 0.2, 0.1, 130.0, "crossed", id="crossed"),
    pytest.param("call", np.nan, 0.1, 130.0, "out of domain", id="not-a-number"),
    pytest.param("call", 0.1, 0.2, -1.0, "out of domain", id="negative-strike"),
    pytest.param("call", 21.0, 22.0, 80.0, "in the money", id="in-the-money"),
    pytest.param("call", 90.0, 101.0, 130.0, "above maximum", id="above-the-forward"),
    pytest.param("put", 1.0, 2.0, 90.0, "kept", id="kept"),
]


@pytest.mark.parametrize(("option_type", "bid", "ask", "strike", "reason"), DROPPED)
def test_a_quote_is_dropped_for_its_reason(
    option_type: str, bid: float, ask: float, strike: float, reason: str
) -> None:
    seen = quotes.volatilities(
        option_type=option_type, bid=bid, ask=ask, forward=100.0, strike=strike,
        time_to_expiry=0.5, rate=0.0,
    )  # fmt: skip
    assert seen.reason.tolist() == reason
    assert seen.strike.size == (reason == "kept")


def test_quotes_in_the_money_are_kept_when_asked_for() -> None:
    seen = quotes.volatilities(
        option_type="call", bid=[21.0, 19.0], ask=22.0, forward=100.0, strike=80.0,
        time_to_expiry=0.5, rate=0.0, in_the_money=True,
    )  # fmt: skip
    assert seen.reason.tolist() == ["kept", "below intrinsic"]
    assert seen.dropped == {"below intrinsic": 1}


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
        ({"weight": "gamma"}, "weight is 'gamma': must be one of"),
        ({"weight": "spread"}, "needs bid_volatility and ask_volatility"),
        ({"bid_volatility": 0.1}, "go together"),
        (
            {"weight": "spread", "bid_volatility": 0.2, "ask_volatility": 0.2},
            r"ask_volatility less bid_volatility is 0\.0 at index 0 .*must be > 0",
        ),
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


def test_quotes_worth_less_than_the_digits_do_not_stop_a_fit() -> None:
    """The error of volatility goes on along a tangent below that price: a jump would be a wall."""
    model = {
        "initial_variance": 0.0061,
        "long_run_variance": 0.0086,
        "mean_reversion": 2.0,
        "volatility_of_variance": 0.29,
        "correlation": -0.81,
    }
    time = np.repeat([0.02, 0.1, 0.3, 1.0, 2.0], 13)
    strike = np.exp(np.tile(np.linspace(-1.2, 1.2, 13), 5) * np.sqrt(time))
    grid = {"strike": strike, "time_to_expiry": time, "forward": 1.0}
    volatility = heston.implied_volatility(**grid, **model) + 0.002 * np.cos(7.0 * np.arange(65))
    fit = heston.calibrate(volatility=volatility, **grid)
    assert fit.stop in ("gradient", "step", "reduction")
