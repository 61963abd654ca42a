"""Volatility surfaces of Gatheral and Jacquier (SSVI) and of Hendriks and Martini (eSSVI).

Method and sources: ``core/src/ssvi.cpp`` and ``core/src/ssvi_calibration.cpp``. Log-moneyness k is
ln(strike / forward), total variance w is volatility squared times time to expiry::

    w = (theta + rho psi k + sqrt((psi k + rho theta)^2 + theta^2 (1 - rho^2))) / 2

theta is the total variance at the money and psi = theta phi(theta). SSVI has one rho and a formula
of phi; eSSVI has a rho and a psi for every expiry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._calibration import STOPS
from strikeproof._ssvi_surface import (
    FAMILIES,
    Derivatives,
    Interpolation,
    Phi,
    Surface,
    formula_surface,
)
from strikeproof._volatility_surface import (
    Violation,
    check_evaluations,
    covariance,
    deviations,
    fit_warnings,
    quotes,
    robust,
)

__all__ = [
    "Derivatives",
    "Surface",
    "SurfaceCalibration",
    "Violation",
    "calibrate",
    "calibrate_essvi",
    "formula_surface",
]

Float64Array = NDArray[np.float64]


@dataclass(frozen=True)
class SurfaceCalibration:
    """A surface fitted to quotes, and how well.

    Parameters
    ----------
    surface : Surface
        Without static arbitrage, by construction.
    standard_errors : dict
        Arrays by name: theta, rho and psi of every expiry (eSSVI); rho, eta, gamma and theta
        (SSVI). NaN where the quotes do not determine them.
    errors : array of the quotes' shape
        Surface's implied volatility less the quote's.
    rmse : array, one per expiry
        Root of the mean of squared errors, without weights.
    sum_of_squares : float
        Of weight times error, large errors reduced by the robust loss: what was minimised.
    covariance : array
        Of the parameters in the order of `names`.
    names : tuple of str
    condition_number : float
        Of the Jacobian by the variables of the fit, with its columns scaled to length 1.
    evaluations, starts : int
    stop : {"gradient", "step", "reduction", "evaluations", "stalled"}
    warnings : tuple of str
    """

    surface: Surface
    standard_errors: dict[str, Float64Array]
    errors: Float64Array
    rmse: Float64Array
    sum_of_squares: float
    covariance: Float64Array
    names: tuple[str, ...]
    condition_number: float
    evaluations: int
    starts: int
    stop: str
    warnings: tuple[str, ...]


def calibrate(
    *,
    log_moneyness: ArrayLike,
    time_to_expiry: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike = 1.0,
    phi: Phi = "power_law",
    interpolation: Interpolation = "linear",
    robust_scale: float | None = None,
    most_evaluations: int = 300,
) -> SurfaceCalibration:
    """Surface of SSVI without arbitrage that fits implied volatilities best.

    Parameters
    ----------
    log_moneyness : array-like
    time_to_expiry : array-like, > 0, years
        In any order; equal times are one expiry.
    volatility : array-like, > 0
        Black's.
    weight : array-like, > 0
        Multiplies the error of volatility.
    phi : {"power_law", "power", "heston"}
    interpolation : {"linear", "smooth"}
        Of the surface that is returned; the fit does not depend on it.
    robust_scale : float, > 0, optional
        Errors of volatility beyond this count by their size rather than their square (soft L1).
    most_evaluations : int
        Surfaces evaluated per start.

    Returns
    -------
    SurfaceCalibration

    Raises
    ------
    ValueError
        A quote is out of range, or nothing could be fitted.
    """
    if phi not in ("power_law", "power", "heston"):
        raise ValueError(f'phi is {phi!r}: must be "power_law", "power" or "heston"')
    columns = {
        "log_moneyness": log_moneyness,
        "time_to_expiry": time_to_expiry,
        "volatility": volatility,
        "weight": weight,
    }
    return _calibrate(phi, columns, interpolation, robust_scale, most_evaluations)


def calibrate_essvi(
    *,
    log_moneyness: ArrayLike,
    time_to_expiry: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike = 1.0,
    interpolation: Interpolation = "linear",
    robust_scale: float | None = None,
    most_evaluations: int = 300,
) -> SurfaceCalibration:
    """Surface of eSSVI without arbitrage that fits implied volatilities best.

    All slices at once, in variables whose every value is free of arbitrage; an expiry with one
    quote or with quotes on one side is held by its neighbours.

    Parameters
    ----------
    log_moneyness, time_to_expiry, volatility, weight, interpolation, robust_scale, most_evaluations
        As for `calibrate`.

    Returns
    -------
    SurfaceCalibration

    Raises
    ------
    ValueError
        As for `calibrate`.

    Notes
    -----
    Mingone (2022), Quantitative Finance 22(12), 2205-2217; Corbetta, Cohort, Laachir and Martini
    (2019), Decisions in Economics and Finance 42, 665-677.
    """
    columns = {
        "log_moneyness": log_moneyness,
        "time_to_expiry": time_to_expiry,
        "volatility": volatility,
        "weight": weight,
    }
    return _calibrate("essvi", columns, interpolation, robust_scale, most_evaluations)


def _calibrate(
    phi: str,
    arguments: Mapping[str, ArrayLike],
    interpolation: str,
    robust_scale: float | None,
    most_evaluations: int,
) -> SurfaceCalibration:
    check_evaluations(most_evaluations)
    shape, columns = quotes(arguments)
    if columns["volatility"].size == 0:
        raise ValueError("there are no quotes")
    times, expiry = np.unique(columns["time_to_expiry"], return_inverse=True)
    given = [
        np.ascontiguousarray(column, dtype=np.float64)
        for column in (expiry, columns["log_moneyness"], columns["volatility"], columns["weight"])
    ]
    found = _core.ssvi_calibrate(
        times.tolist(), given, FAMILIES[phi], robust(robust_scale), most_evaluations
    )
    theta, rho, psi, eta, gamma, errors, total, inverse, condition, tried, starts, stop = found
    if STOPS[stop] == "unusable":
        raise ValueError("no surface could be evaluated at the quotes: check their range")
    surface = Surface(
        time_to_expiry=tuple(times),
        theta=tuple(theta),
        rho=tuple(rho),
        psi=tuple(psi),
        phi=phi,
        eta=None if np.isnan(eta) else eta,
        gamma=None if np.isnan(gamma) else gamma,
        interpolation=interpolation,
    )
    names = _names(phi, len(times))
    matrix = covariance(inverse, total, len(errors), len(names))
    squares = np.bincount(expiry, np.square(errors)) / np.bincount(expiry)
    return SurfaceCalibration(
        surface=surface,
        standard_errors=_by_name(names, deviations(matrix)),
        errors=np.reshape(errors, shape),
        rmse=np.sqrt(squares),
        sum_of_squares=float(total),
        covariance=matrix,
        names=names,
        condition_number=float(condition),
        evaluations=tried,
        starts=starts,
        stop=STOPS[stop],
        warnings=tuple(fit_warnings(STOPS[stop], condition, len(errors), len(names))),
    )


def _names(phi: str, expiries: int) -> tuple[str, ...]:
    if phi == "essvi":
        return ("theta", "rho", "psi") * expiries
    shape = ("rho", "eta") if phi == "heston" else ("rho", "eta", "gamma")
    return shape + ("theta",) * expiries


def _by_name(names: tuple[str, ...], values: Float64Array) -> dict[str, Float64Array]:
    listed = np.array(names)
    return {name: values[listed == name] for name in dict.fromkeys(names)}
