"""Calibration of one SVI smile to implied volatilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._calibration import STOPS, Calibration
from strikeproof._svi_parameters import Raw
from strikeproof._volatility_surface import (
    check_evaluations,
    covariance,
    deviations,
    fit_warnings,
    quotes,
    robust,
)

_LEAST_QUOTES = 5


def calibrate(
    *,
    log_moneyness: ArrayLike,
    volatility: ArrayLike | None = None,
    total_variance: ArrayLike | None = None,
    time_to_expiry: float | None = None,
    weight: ArrayLike = 1.0,
    no_butterfly: bool = True,
    robust_scale: float | None = None,
    most_evaluations: int = 400,
) -> Calibration:
    """Raw parameters that minimise the weighted sum of squared errors of implied volatility.

    Parameters
    ----------
    log_moneyness : array-like
        At least five quotes of one expiry.
    volatility : array-like, > 0
        Black's, with `time_to_expiry`; or
    total_variance : array-like, > 0
        Without a time, errors are those of its square root.
    time_to_expiry : float, > 0, years, optional
    weight : array-like, > 0
        Multiplies the error: 1 for equal errors of volatility, vega for errors of price, the
        inverse of the spread in volatility for errors in spreads.
    no_butterfly : bool
        The smile must not allow butterfly arbitrage; False leaves positive variance and Lee's
        bound of the wings.
    robust_scale : float, > 0, optional
        Errors of volatility beyond this count by their size rather than their square (soft L1).
    most_evaluations : int
        Smiles evaluated per start.

    Returns
    -------
    Calibration
        ``model`` holds a, b, rho, m and sigma; ``sum_of_squares`` is after the robust loss.

    Raises
    ------
    ValueError
        A quote is out of range, or there are fewer than five.

    Notes
    -----
    Start: De Marco and Martini (2009), quasi-explicit. Smiles without butterfly arbitrage: Martini
    and Mingone (2022), SIAM J. Financial Mathematics 13(1), 227-261.
    """
    check_evaluations(most_evaluations)
    time = 1.0 if time_to_expiry is None else float(time_to_expiry)
    if not (np.isfinite(time) and time > 0.0):
        raise ValueError(f"time_to_expiry is {time_to_expiry!r}: must be finite and > 0")
    shape, columns = quotes(
        {
            "log_moneyness": log_moneyness,
            **_target(volatility, total_variance, time_to_expiry),
            "weight": weight,
        }
    )
    if "total_variance" in columns:
        columns["total_variance"] = np.sqrt(columns["total_variance"] / time)
    count = int(np.prod(shape))
    if count < _LEAST_QUOTES:
        raise ValueError(f"{count} quotes for {_LEAST_QUOTES} parameters: give more quotes")
    raw, errors, total, inverse, condition, evaluations, starts, stop, constrained = (
        _core.svi_calibrate(
            list(columns.values()), time, no_butterfly, robust(robust_scale), most_evaluations
        )
    )
    if STOPS[stop] == "unusable":
        raise ValueError("no smile without butterfly arbitrage was found near the quotes")
    matrix = covariance(inverse, total, count, _LEAST_QUOTES)
    notes = fit_warnings(STOPS[stop], condition, count, _LEAST_QUOTES)
    if constrained:
        notes.append("the best smile has butterfly arbitrage: this is the best one without")
    return Calibration(
        model=dict(zip(Raw._fields, raw, strict=True)),
        standard_errors=dict(zip(Raw._fields, map(float, deviations(matrix)), strict=True)),
        errors=np.reshape(errors, shape),
        sum_of_squares=float(total),
        covariance=matrix,
        condition_number=float(condition),
        evaluations=evaluations,
        starts=starts,
        stop=STOPS[stop],
        warnings=tuple(notes),
    )


def _target(
    volatility: ArrayLike | None, total_variance: ArrayLike | None, time: float | None
) -> dict[str, ArrayLike]:
    if total_variance is None and volatility is not None:
        if time is None:
            raise ValueError("volatility needs time_to_expiry")
        return {"volatility": volatility}
    if total_variance is not None and volatility is None:
        return {"total_variance": total_variance}
    raise ValueError("give volatility or total_variance, one of them")
