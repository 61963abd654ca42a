"""Calibration of Heston's and Bates's models to implied volatilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core, black
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
STOPS = ("gradient", "step", "reduction", "evaluations", "unusable", "stalled")
_WEIGHTS = ("vega", "spread")
_AT_BOUND = 1e-3  # of the interval, in the variable that is fitted
ILL_CONDITIONED = 300.0  # of columns scaled to 1: two digits and a half of the quotes are lost
_DEVIATIONS = 2.0  # that a parameter must be from 0 to count as determined; of 1 for correlation
_SHARE = 0.3  # of the least determined direction, from which a parameter is named as part of it


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
    stop : {"gradient", "step", "reduction", "evaluations", "stalled"}
        Reason why the best start's iteration ended; the last two are no convergence.
    warnings : tuple of str
        Parameters at their bounds, parameters that the quotes do not tell apart or do not
        determine, no convergence.
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
    weight: ArrayLike | str,
    spread: tuple[ArrayLike | None, ArrayLike | None],
    bounds: Bounds | None,
    start: Mapping[str, float] | None,
    most_evaluations: int,
) -> Calibration:
    """Calibration of the model whose parameters `default_bounds` names.

    `spread` has the volatilities of bid and ask.

    Raises
    ------
    ValueError
        A quote, a bound or a start is out of range; fewer quotes than parameters; no start could
        be priced.
    """
    limits = _merged(default_bounds, bounds)
    weights = _weight(weight, quotes, spread)
    shape, columns = _quotes({**quotes, "weight": weights})
    free = [name for name, (lower, upper) in limits.items() if upper > lower]
    count = int(np.prod(shape))
    if count < len(free) + 1:
        raise ValueError(f"{count} quotes for {len(free)} free parameters: give more quotes")
    if most_evaluations < 1:
        raise ValueError(f"most_evaluations is {most_evaluations}: must be >= 1")
    # relative weights only: what counts as an exact fit must not depend on their unit
    size = float(np.sqrt(np.mean(np.square(columns["weight"]))))
    columns["weight"] = columns["weight"] / size
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
        sum_of_squares=float(total) * size**2,
        covariance=covariance,
        condition_number=float(condition),
        evaluations=evaluations,
        starts=starts,
        stop=STOPS[stop],
        warnings=(
            *_at_bounds(model, limits),
            *no_convergence(STOPS[stop]),
            *_undetermined(
                model, free, inverse, float(condition), deviations[_places(limits, free)]
            ),
        ),
    )


def _weight(
    weight: ArrayLike | str,
    quotes: Mapping[str, Any],
    spread: tuple[ArrayLike | None, ArrayLike | None],
) -> Any:
    """What multiplies the errors of volatility: a rule's, or the numbers that are given."""
    bid, ask = spread
    if (bid is None) != (ask is None):
        raise ValueError("bid_volatility and ask_volatility go together: give both or neither")
    if not isinstance(weight, str):
        return weight
    if weight not in _WEIGHTS:
        raise ValueError(f"weight is {weight!r}: must be one of {_WEIGHTS} or numbers > 0")
    if weight == "vega":
        _quotes(quotes)
        return black.greeks(option_type=1, rate=0.0, on_failure="nan", **quotes).vega
    if bid is None or ask is None:
        raise ValueError('weight is "spread": needs bid_volatility and ask_volatility')
    width = as_float64("ask_volatility", ask) - as_float64("bid_volatility", bid)
    bad = np.flatnonzero(~(width > 0.0))
    if bad.size:
        raise ValueError(
            f"ask_volatility less bid_volatility is {float(np.ravel(width)[bad[0]])!r} at index "
            f"{int(bad[0])} ({bad.size} such): must be > 0 for a weight by spread"
        )
    return 1.0 / width


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
    at = _places(names, free)
    covariance = np.zeros((len(names), len(names)))
    covariance[np.ix_(at, at)] = scale * np.reshape(inverse, (len(free), len(free)))
    return covariance


def _places(names: Iterable[str], free: list[str]) -> NDArray[np.intp]:
    known = list(names)
    return np.array([known.index(name) for name in free], dtype=np.intp)


def _at_bounds(model: Mapping[str, float], limits: Bounds) -> tuple[str, ...]:
    return tuple(
        f"{name} is {model[name]:.6g}, at its bound: widen its bounds or fix it"
        for name, (lower, upper) in limits.items()
        if upper > lower and _at_bound(model[name], lower, upper)
    )


def no_convergence(stop: str) -> tuple[str, ...]:
    """Warning of an iteration that ended before a minimum was reached; empty for the others."""
    if stop == "evaluations":
        return ("stopped by most_evaluations before converging: allow more",)
    if stop == "stalled":
        return (
            "stalled where the model cannot be priced at every quote or its errors jump: this need "
            "not be the minimum; leave out quotes far from the money or narrow the bounds",
        )
    return ()


def _undetermined(
    model: Mapping[str, float],
    free: list[str],
    inverse: list[float],
    condition: float,
    deviations: Float64Array,
) -> tuple[str, ...]:
    """What the quotes do not say: directions that leave the fit alone, sizes lost in its errors."""
    found = []
    if condition > ILL_CONDITIONED:
        found.append(
            f"condition number {condition:.2g}: the quotes hardly tell "
            f"{' and '.join(_least_determined(free, inverse))} apart; hold one by its bounds"
        )
    for name, deviation in zip(free, deviations, strict=True):
        size = 1.0 if name == "correlation" else abs(model[name])
        if _DEVIATIONS * deviation > size:
            found.append(
                f"{name} is {model[name]:.3g} with a standard error of {deviation:.2g}: "
                "the quotes hardly determine it"
            )
    return tuple(found)


def _at_bound(value: float, lower: float, upper: float) -> bool:
    if lower > 0.0:
        value, lower, upper = np.log([value, lower, upper])
    share = (value - lower) / (upper - lower)
    return bool(share < _AT_BOUND or share > 1.0 - _AT_BOUND)


def _least_determined(names: list[str], inverse: list[float]) -> list[str]:
    """Parameters along the direction that changes the errors least; all where rank is lacking."""
    normal = np.reshape(inverse, (len(names), len(names)))
    if not np.all(np.isfinite(normal)):
        return names
    deviations = np.sqrt(np.diag(normal))
    correlations = normal / np.outer(deviations, deviations)
    # lengths of J's columns, by which the condition number scales them
    try:
        lengths = np.sqrt(np.abs(np.diag(np.linalg.inv(correlations))))
    except np.linalg.LinAlgError:
        return names
    _, directions = np.linalg.eigh(correlations * np.outer(lengths, lengths))
    weakest = np.abs(directions[:, -1])
    return [name for name, share in zip(names, weakest, strict=True) if share > _SHARE]
