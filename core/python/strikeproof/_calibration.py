"""Calibration of Heston's and Bates's models to implied volatilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._columns import as_columns, as_float64

Float64Array = NDArray[np.float64]
Bounds = Mapping[str, tuple[float, float]]

HESTON_BOUNDS: Bounds = {
    "initial_variance": (1e-8, 10.0),
    "long_run_variance": (1e-8, 10.0),
    "mean_reversion": (1e-4, 100.0),
    "volatility_of_variance": (1e-4, 20.0),
    "correlation": (-0.9999, 0.9999),
}
JUMP_BOUNDS: Bounds = {
    "jump_intensity": (1e-6, 50.0),
    "jump_mean": (-1.5, 1.0),
    "jump_volatility": (1e-4, 1.5),
}
_STOPS = ("gradient", "step", "reduction", "evaluations", "unusable")
_AT_BOUND = 1e-3  # of the interval, in the variable that is fitted
_ILL_CONDITIONED = 300.0  # of columns scaled to 1: two digits and a half of the quotes are lost


@dataclass(frozen=True)
class Calibration:
    """What the quotes say of a model, and how well they say it.

    Parameters
    ----------
    model : dict
        Parameters by name: arguments of the engine that was fitted.
    standard_errors : dict
        Of each parameter, from `covariance`; 0 where it was held.
    errors : array of the quotes' shape
        Model's implied volatility less the quote's.
    sum_of_squares : float
        Of weight times error: what was minimised.
    covariance : array, shape (parameters, parameters)
        ``s^2 (J'J)^-1`` with the Jacobian J of weighted errors and
        ``s^2 = sum_of_squares / (quotes - free parameters)``: weights need only be relative.
    condition_number : float
        Of J with its columns scaled to length 1: about how much noise is amplified.
    evaluations, starts : int
        Surfaces priced, and starts that were tried.
    stop : {"gradient", "step", "reduction", "evaluations"}
        Reason why the best start's iteration ended.
    warnings : tuple of str
        Parameters at their bounds, parameters that the quotes do not tell apart, no convergence.
    """

    model: dict[str, float]
    standard_errors: dict[str, float]
    errors: Float64Array
    sum_of_squares: float
    covariance: Float64Array
    condition_number: float
    evaluations: int
    starts: int
    stop: str
    warnings: tuple[str, ...]


def calibrate(
    default_bounds: Bounds,
    quotes: Mapping[str, ArrayLike],
    *,
    bounds: Bounds | None,
    start: Mapping[str, float] | None,
    most_evaluations: int,
) -> Calibration:
    """Calibration of the model whose parameters `default_bounds` names.

    Raises
    ------
    ValueError
        A quote, a bound or a start is out of range; fewer quotes than parameters; no start could
        be priced.
    """
    limits = _merged(default_bounds, bounds)
    shape, columns = _quotes(quotes)
    free = [name for name, (lower, upper) in limits.items() if upper > lower]
    count = int(np.prod(shape))
    if count < len(free) + 1:
        raise ValueError(f"{count} quotes for {len(free)} free parameters: give more quotes")
    if most_evaluations < 1:
        raise ValueError(f"most_evaluations is {most_evaluations}: must be >= 1")
    found = _core.calibrate(
        "jump_mean" in limits,
        [np.ascontiguousarray(np.broadcast_to(c, (count,))) for c in columns.values()],
        [lower for lower, _ in limits.values()],
        [upper for _, upper in limits.values()],
        [] if start is None else _start(start, limits),
        most_evaluations,
    )
    parameters, errors, total, inverse, condition, evaluations, starts, stop = found
    if not np.isfinite(total):
        raise ValueError("no start could be priced at every quote: give a start or narrower bounds")
    model = dict(zip(limits, map(float, parameters), strict=True))
    covariance = _covariance(inverse, total, count, list(limits), free)
    deviations = np.sqrt(np.diag(covariance))
    return Calibration(
        model=model,
        standard_errors=dict(zip(limits, map(float, deviations), strict=True)),
        errors=np.reshape(errors, shape),
        sum_of_squares=float(total),
        covariance=covariance,
        condition_number=float(condition),
        evaluations=evaluations,
        starts=starts,
        stop=_STOPS[stop],
        warnings=_warnings(model, limits, covariance, float(condition), _STOPS[stop]),
    )


def _merged(default_bounds: Bounds, bounds: Bounds | None) -> dict[str, tuple[float, float]]:
    unknown = set(bounds or {}) - set(default_bounds)
    if unknown:
        raise ValueError(f"bounds of {sorted(unknown)}: the parameters are {list(default_bounds)}")
    limits = {**default_bounds, **(bounds or {})}
    for name, (lower, upper) in limits.items():
        low, high = default_bounds[name]
        if not (low <= lower <= upper <= high):
            raise ValueError(
                f"bounds of {name} are ({lower!r}, {upper!r}): "
                f"must ascend within [{low!r}, {high!r}]"
            )
    return limits


def _quotes(quotes: Mapping[str, ArrayLike]) -> tuple[tuple[int, ...], dict[str, Any]]:
    shape, columns = as_columns({name: as_float64(name, value) for name, value in quotes.items()})
    for name, column in columns.items():
        bad = np.flatnonzero(~(np.isfinite(column) & (column > 0.0)))
        if bad.size:
            raise ValueError(
                f"{name} is {float(column[bad[0]])!r} at index {int(bad[0])} ({bad.size} such): "
                "must be finite and > 0; leave out quotes without a volatility"
            )
    return shape, columns


def _start(start: Mapping[str, float], limits: Bounds) -> list[float]:
    if set(start) != set(limits):
        raise ValueError(f"start names {sorted(start)}: must name {sorted(limits)}")
    for name, (lower, upper) in limits.items():
        if not lower <= start[name] <= upper:
            raise ValueError(
                f"start of {name} is {start[name]!r}: must be within [{lower!r}, {upper!r}]"
            )
    return [float(start[name]) for name in limits]


def _covariance(
    inverse: list[float], total: float, quotes: int, names: list[str], free: list[str]
) -> Float64Array:
    """By all parameters: rows and columns of those that were held are 0."""
    scale = total / (quotes - len(free))
    at = np.array([names.index(name) for name in free], dtype=np.intp)
    covariance = np.zeros((len(names), len(names)))
    covariance[np.ix_(at, at)] = scale * np.reshape(inverse, (len(free), len(free)))
    return covariance


def _warnings(
    model: Mapping[str, float],
    limits: Bounds,
    covariance: Float64Array,
    condition: float,
    stop: str,
) -> tuple[str, ...]:
    found = [
        f"{name} is {model[name]:.6g}, at its bound: widen its bounds or fix it"
        for name, (lower, upper) in limits.items()
        if upper > lower and _at_bound(model[name], lower, upper)
    ]
    if stop == "evaluations":
        found.append("stopped by most_evaluations before converging: allow more")
    if condition > _ILL_CONDITIONED:
        found.append(
            f"condition number {condition:.2g}: the quotes hardly tell "
            f"{' and '.join(_twins(list(limits), covariance))} apart; hold one by its bounds"
        )
    return tuple(found)


def _at_bound(value: float, lower: float, upper: float) -> bool:
    if lower > 0.0:
        value, lower, upper = np.log([value, lower, upper])
    share = (value - lower) / (upper - lower)
    return bool(share < _AT_BOUND or share > 1.0 - _AT_BOUND)


def _twins(names: list[str], covariance: Float64Array) -> tuple[str, str]:
    """The two parameters whose estimates are most correlated."""
    deviations = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.abs(covariance / np.outer(deviations, deviations))
    correlation = np.triu(np.nan_to_num(correlation), 1)
    first, second = np.unravel_index(np.argmax(correlation), correlation.shape)
    return names[first], names[second]
