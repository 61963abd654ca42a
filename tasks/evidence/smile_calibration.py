"""The `smile_models` tables of calibration: random Heston models given back by their quotes.

Every set draws a model, prices its quotes, adds noise to their volatilities and fits them without
knowing the model. QuantLib gets the first of our sets and our first start. A set has failed where
the fit throws, says that it did not converge, or ends in a worse minimum than a fit that starts at
the truth. The recovery error is the largest relative one of the five parameters, of the
correlation the absolute one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from strikeproof import heston
from tasks.evidence import optional_tables, tables
from tasks.evidence.oracles import heston as oracle
from tasks.evidence.progress import Progress

# initial and long-run volatility from 7 to 50 %; Feller's condition is violated by two in five
_RANGES = {
    "initial_variance": (0.005, 0.25),
    "long_run_variance": (0.005, 0.25),
    "mean_reversion": (0.2, 8.0),
    "volatility_of_variance": (0.05, 1.5),
    "correlation": (-0.95, 0.3),
}
_EXPIRY_DAYS = {
    65: (30, 91, 182, 365, 730),
    500: (7, 14, 30, 60, 91, 182, 273, 365, 547, 730),
}
_LOWEST, _HIGHEST = -2.0, 1.5  # of the strikes, in standard deviations
_LEAST_VOLATILITY = 0.005  # noisy quotes below are left out, as nobody would quote them
_DAYS = 365.0
_SLACK, _ROUNDING = 1.001, 1e-5  # of the root mean square error, by which minima are told apart
_NOISE = 0.002
OURS = "strikeproof"
BY_VOLATILITY, BY_PRICE = (f"QuantLib by {errors}" for errors in oracle.ERRORS)

Quotes = dict[str, Any]
Model = dict[str, Any]


@dataclass(frozen=True)
class Study:
    """Sets of one library, number of quotes and noise."""

    library: str
    quotes: int
    noise: float
    sets: int


STUDIES = (
    *(Study(OURS, quotes, noise, 1000) for quotes in (65, 500) for noise in (0.0, _NOISE)),
    *(Study(BY_VOLATILITY, 65, noise, 100) for noise in (0.0, _NOISE)),
    Study(BY_PRICE, 65, 0.0, 100),
    *(Study(BY_VOLATILITY, 500, noise, 15) for noise in (0.0, _NOISE)),
)


def draws(study: Study) -> Iterator[tuple[Model, Quotes]]:
    """Models and their quotes: the same sets for every library, first ones first."""
    for index in range(study.sets):
        random = np.random.default_rng([20261125, study.quotes, index])
        low, high = np.transpose(list(_RANGES.values()))
        values = low + (high - low) * random.random(len(_RANGES))
        model = dict(zip(_RANGES, map(float, values), strict=True))
        yield model, _quotes(model, study, random)


def _quotes(model: Model, study: Study, random: np.random.Generator) -> Quotes:
    days = np.array(_EXPIRY_DAYS[study.quotes], dtype=np.float64)
    strikes = study.quotes // len(days)
    expiry = np.repeat(days / _DAYS, strikes)
    pull = model["mean_reversion"] * expiry
    mean = model["long_run_variance"] + (model["initial_variance"] - model["long_run_variance"]) * (
        -np.expm1(-pull) / pull
    )
    steps = np.tile(np.linspace(_LOWEST, _HIGHEST, strikes), len(days))
    grid = {
        "strike": 100.0 * np.exp(steps * np.sqrt(mean * expiry)),
        "time_to_expiry": expiry,
        "forward": np.full(study.quotes, 100.0),
    }
    volatility = heston.implied_volatility(**grid, **model, threads=1)
    noisy = volatility + study.noise * random.standard_normal(study.quotes)
    kept = noisy > _LEAST_VOLATILITY
    return {name: value[kept] for name, value in {**grid, "volatility": noisy}.items()}


def first_start(quotes: Quotes) -> Model:
    """Variances at the money of the first and the last expiry; the rest is one guess for all."""
    away = np.abs(np.log(quotes["strike"] / quotes["forward"]))
    variances = []
    for expiry in (quotes["time_to_expiry"].min(), quotes["time_to_expiry"].max()):
        of_expiry = np.where(quotes["time_to_expiry"] == expiry, away, np.inf)
        variances.append(float(quotes["volatility"][np.argmin(of_expiry)]) ** 2)
    return dict(zip(_RANGES, (*variances, 2.0, 0.5, -0.5), strict=True))


def _fit(study: Study, quotes: Quotes) -> tuple[Model, float, bool]:
    """Model, seconds, and whether the library says that it converged."""
    if study.library == OURS:
        begun = time.perf_counter()
        found = heston.calibrate(**quotes)
        seconds = time.perf_counter() - begun
        return found.model, seconds, found.stop not in ("evaluations", "stalled")
    errors = oracle.ERRORS[(BY_VOLATILITY, BY_PRICE).index(study.library)]
    return *oracle.calibrate(quotes, first_start(quotes), errors), True


def _mean_error(model: Model, quotes: Quotes) -> float:
    """Root mean square error of volatility."""
    grid = {name: value for name, value in quotes.items() if name != "volatility"}
    fitted = heston.implied_volatility(**grid, **model, on_failure="nan", threads=1)
    return float(np.sqrt(np.mean((fitted - quotes["volatility"]) ** 2)))


def recovery_error(found: Model, truth: Model) -> float:
    """Largest error of the five parameters, relative but for the correlation."""
    sizes = {name: 1.0 if name == "correlation" else abs(value) for name, value in truth.items()}
    return max(abs(float(found[name] - truth[name])) / size for name, size in sizes.items())


def outcome(study: Study, truth: Model, quotes: Quotes) -> dict[str, Any]:
    """What one set gave."""
    found, seconds, converged = None, None, False
    try:
        found, seconds, converged = _fit(study, quotes)
    except (RuntimeError, ValueError):
        word = "exception"
    else:
        led = heston.calibrate(**quotes, start=truth).model if study.noise else truth
        best = _mean_error(led, quotes)
        near = _mean_error(found, quotes) <= _SLACK * best + _ROUNDING
        word = "recovered" if near and converged else ("other minimum" if converged else "stopped")
    return {
        "outcome": word,
        "recovery_error": None if found is None else recovery_error(found, truth),
        "milliseconds": None if seconds is None else 1e3 * seconds,
    }


def measure(study: Study) -> Iterator[dict[str, Any]]:
    """Rows of one study."""
    for index, (truth, quotes) in enumerate(draws(study)):
        feller = 2.0 * truth["mean_reversion"] * truth["long_run_variance"]
        yield {
            "library": study.library,
            "quotes": study.quotes,
            "noise": study.noise,
            "set": index,
            "feller_violated": int(feller < truth["volatility_of_variance"] ** 2),
            **outcome(study, truth, quotes),
        }


def write_sets(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
    studies: tuple[Study, ...] = STUDIES,
) -> None:
    """Fit every set of every study and write a row each."""
    rows = []
    total = sum(study.sets for study in studies)
    for study in studies:
        for row in measure(study):
            rows.append(row)
            progress(len(rows), total)
    tables.write_table(
        pl.DataFrame(rows, infer_schema_length=None), output, optional_tables.SmileCalibrationSets
    )


def summary(sets: pl.DataFrame) -> pl.DataFrame:
    """Failures, recovery and times by library, number of quotes and noise."""
    error, taken = pl.col("recovery_error"), pl.col("milliseconds")
    return sets.group_by("library", "quotes", "noise", maintain_order=True).agg(
        sets=pl.len().cast(pl.Int64),
        feller_violated=pl.col("feller_violated").sum(),
        failures=(pl.col("outcome") != "recovered").sum().cast(pl.Int64),
        exceptions=(pl.col("outcome") == "exception").sum().cast(pl.Int64),
        recovery_median=error.median(),
        recovery_99=error.quantile(0.99, "linear"),
        recovery_max=error.max(),
        milliseconds_median=taken.median(),
        milliseconds_99=taken.quantile(0.99, "linear"),
    )


def write_calibration(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the summary of the sets."""
    sets = tables.read_table(inputs["sets"], optional_tables.SmileCalibrationSets)
    tables.write_table(summary(sets), output, optional_tables.SmileCalibration)
    progress(1, 1)
