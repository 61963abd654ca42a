"""What smiles and surfaces share: violations of no-arbitrage, quotes, and what a fit reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof._calibration import ILL_CONDITIONED, no_convergence
from strikeproof._columns import as_columns, as_float64

Float64Array = NDArray[np.float64]

KINDS = ("butterfly", "variance", "left wing", "right wing", "calendar")


@dataclass(frozen=True)
class Violation:
    """A place where a smile or a pair of smiles allows static arbitrage.

    Parameters
    ----------
    kind : {"butterfly", "variance", "left wing", "right wing", "calendar"}
        Negative density; total variance not positive; wing steeper than 2 (Lee's bound; a right
        wing of exactly 2 counts too); later total variance below the earlier one.
    place : float
        Log-moneyness where it is worst; infinite in a wing.
    size : float
        There: Durrleman's g, total variance, 2 less the slope of the wing, or later over earlier
        total variance less 1.
    start, end : float
        Interval of log-moneyness where the rule is broken.
    time_to_expiry, later_time_to_expiry : float or None
        Of the smile, and of the later one of a pair; None where the caller gave no times.
    """

    kind: str
    place: float
    size: float
    start: float
    end: float
    time_to_expiry: float | None = None
    later_time_to_expiry: float | None = None


def violations(rows: Iterable[Sequence[float]], tolerance: float) -> tuple[Violation, ...]:
    """Violations of the compiled core's rows; butterflies and calendars within it are left out."""
    if not tolerance >= 0.0:
        raise ValueError(f"tolerance is {tolerance!r}: must be >= 0")
    found = []
    for fault, place, size, start, end, *times in rows:
        kind = KINDS[int(fault)]
        if kind in ("butterfly", "calendar") and size >= -tolerance:
            continue
        known = [None if np.isnan(time) else float(time) for time in times]
        found.append(Violation(kind, place, size, start, end, *known))
    return tuple(found)


def quotes(arguments: Mapping[str, ArrayLike]) -> tuple[tuple[int, ...], dict[str, Any]]:
    """Broadcast shape and full columns of quotes; all but ``log_moneyness`` must be positive.

    Raises
    ------
    ValueError
        An entry is not finite or out of range: named with its index.
    """
    shape, columns = as_columns({n: as_float64(n, value) for n, value in arguments.items()})
    count = int(np.prod(shape))
    full = {}
    for name, column in columns.items():
        signed = name == "log_moneyness"
        bad = np.flatnonzero(~(np.isfinite(column) & ((column > 0.0) | signed)))
        if bad.size:
            rule = "must be finite" if signed else "must be finite and > 0"
            raise ValueError(
                f"{name} is {float(column[bad[0]])!r} at index {int(bad[0])} ({bad.size} such): "
                f"{rule}; leave out missing quotes"
            )
        full[name] = np.ascontiguousarray(np.broadcast_to(column, (count,)))
    return shape, full


def robust(robust_scale: float | None) -> float:
    """The scale of the robust loss as the core takes it: infinite for plain least squares."""
    if robust_scale is None:
        return float("inf")
    if not (np.isfinite(robust_scale) and robust_scale > 0.0):
        raise ValueError(f"robust_scale is {robust_scale!r}: must be finite and > 0, or None")
    return float(robust_scale)


def check_evaluations(most_evaluations: int) -> None:
    if most_evaluations < 1:
        raise ValueError(f"most_evaluations is {most_evaluations}: must be >= 1")


def covariance(inverse: Sequence[float], total: float, quotes: int, free: int) -> Float64Array:
    """``s^2 (J'J)^-1``; NaN where no quote is left to tell the noise."""
    size = round(len(inverse) ** 0.5)
    scale = total / (quotes - free) if quotes > free else np.nan
    matrix: Float64Array = scale * np.reshape(np.asarray(inverse, dtype=np.float64), (size, size))
    return matrix


def deviations(matrix: Float64Array) -> Float64Array:
    """Standard errors; NaN where the quotes do not determine a parameter."""
    with np.errstate(invalid="ignore"):
        found: Float64Array = np.sqrt(np.diag(matrix))
    return found


def fit_warnings(stop: str, condition: float, quotes: int, parameters: int) -> list[str]:
    """What holds for every fit: no convergence, quotes that do not tell the parameters."""
    found = [*no_convergence(stop)]
    if quotes <= parameters:
        found.append(f"{quotes} quotes for {parameters} parameters: no standard errors")
    elif not condition <= ILL_CONDITIONED:
        found.append(
            f"condition number {condition:.2g}: the quotes hardly tell the parameters apart"
        )
    return found
