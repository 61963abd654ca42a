"""Smiles of one expiry as Gatheral's SVI: evaluation, static arbitrage, calibration.

Method and sources: ``core/src/svi.cpp``, ``core/src/svi_arbitrage.cpp`` and
``core/src/svi_calibration.cpp``. Log-moneyness is ln(strike / forward), total variance is
volatility squared times time to expiry. Raw parameters keep their published names::

    total variance = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._calibration import Calibration
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._svi_calibration import calibrate
from strikeproof._svi_parameters import (
    RULES,
    JumpWings,
    Natural,
    Raw,
    jump_wings_to_raw,
    natural_to_raw,
    raw_to_jump_wings,
    raw_to_natural,
)
from strikeproof._volatility_surface import Violation, violations

__all__ = [
    "Calibration",
    "JumpWings",
    "Natural",
    "Raw",
    "Smile",
    "Violation",
    "butterfly",
    "calendar",
    "calibrate",
    "density",
    "durrleman",
    "implied_volatility",
    "jump_wings_to_raw",
    "natural_to_raw",
    "raw_to_jump_wings",
    "raw_to_natural",
    "smile",
    "total_variance",
]


class Smile(NamedTuple):
    """Total variance and what follows from it, each a float or an array of the broadcast shape."""

    total_variance: Any
    slope: Any
    curvature: Any
    durrleman: Any
    density: Any


_SMILE = Engine(_core.svi_smile, RULES, Smile._fields, Smile, one=_core.svi_smile_one)
_ONE = Engine(_core.svi_smile, RULES, Smile._fields)
_VOLATILITY = Engine(
    _core.svi_implied_volatility,
    RULES,
    ("volatility",),
    one=_core.svi_implied_volatility_one,
)


def smile(
    *,
    log_moneyness: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Total variance, its two derivatives by log-moneyness, Durrleman's g and the density.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    log_moneyness : array-like
    a, m : array-like
    b : array-like, >= 0
    rho : array-like, within [-1, 1]
    sigma : array-like, > 0
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row; ``OUT_OF_DOMAIN`` also
        where total variance is not positive.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : sequence of five arrays, optional
        Where the results go; see `strikeproof.black_scholes.price`.

    Returns
    -------
    Smile
        NamedTuple of total variance, its slope and curvature, Durrleman's g (negative where there
        is butterfly arbitrage), and the risk-neutral density of log-moneyness at expiry.

    Raises
    ------
    ValueError
        An argument is not finite or out of range (scalar call), or the shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Gatheral and Jacquier (2014), Quantitative Finance 14(1), 59-71, (2.1) and (3.1).
    """
    return _SMILE(
        _at(log_moneyness, a, b, rho, m, sigma),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
    )


def total_variance(
    *,
    log_moneyness: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Volatility squared times time to expiry.

    Parameters, errors and ``(values, status)`` as for `smile`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape
    """
    return _ONE(
        _at(log_moneyness, a, b, rho, m, sigma),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
        select=("total_variance",),
    )


def durrleman(
    *,
    log_moneyness: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Durrleman's g, negative where there is butterfly arbitrage.

    Parameters, errors and ``(values, status)`` as for `smile`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape
    """
    return _ONE(
        _at(log_moneyness, a, b, rho, m, sigma),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
        select=("durrleman",),
    )


def density(
    *,
    log_moneyness: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Risk-neutral density of the logarithm of spot at expiry over forward.

    Parameters, errors and ``(values, status)`` as for `smile`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape
    """
    return _ONE(
        _at(log_moneyness, a, b, rho, m, sigma),
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        out=out,
        select=("density",),
    )


def implied_volatility(
    *,
    log_moneyness: ArrayLike,
    time_to_expiry: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Black's volatility of the smile.

    Parameters
    ----------
    time_to_expiry : array-like, > 0, years
    log_moneyness, a, b, rho, m, sigma, on_failure, return_status, threads, out
        As for `smile`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape
        Per square root of a year.

    Raises
    ------
    ValueError, TypeError
        As for `smile`.
    """
    arguments = {
        "log_moneyness": log_moneyness,
        "time_to_expiry": time_to_expiry,
        "a": a,
        "b": b,
        "rho": rho,
        "m": m,
        "sigma": sigma,
    }
    return _VOLATILITY(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def butterfly(
    *, a: float, b: float, rho: float, m: float, sigma: float, tolerance: float = 1e-12
) -> tuple[Violation, ...]:
    """Where one smile allows butterfly arbitrage: exactly, on the whole real line.

    Parameters
    ----------
    a, b, rho, m, sigma : float
        As for `smile`.
    tolerance : float, >= 0
        Durrleman's g down to minus this is taken for rounding; 0 for none of that.

    Returns
    -------
    tuple of Violation
        Empty where the density is nowhere negative, total variance is positive and the wings keep
        Lee's bound.

    Raises
    ------
    ValueError
        A parameter is not finite or out of range.

    Notes
    -----
    The sign of g is that of a polynomial of degree 10, whose real roots are isolated.
    """
    raw = _checked(a, b, rho, m, sigma)
    return violations(_core.svi_butterfly(raw), tolerance)


def calendar(
    *, earlier: Sequence[float], later: Sequence[float], tolerance: float = 1e-12
) -> tuple[Violation, ...]:
    """Where the total variance of a later smile is below that of an earlier one.

    Parameters
    ----------
    earlier, later : Raw, or the five raw parameters in its order
    tolerance : float, >= 0
        Later total variance less than this share below the earlier one is taken for rounding.

    Returns
    -------
    tuple of Violation
        Empty where there is none on the whole real line.

    Raises
    ------
    ValueError
        A parameter is not finite or out of range.
    """
    return violations(_core.svi_calendar(_checked(*earlier), _checked(*later)), tolerance)


def _at(
    log_moneyness: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
) -> dict[str, ArrayLike]:
    return {"log_moneyness": log_moneyness, "a": a, "b": b, "rho": rho, "m": m, "sigma": sigma}


def _checked(*raw: float) -> list[float]:
    values = dict(zip(Raw._fields, map(float, raw), strict=True))
    for name, value in values.items():
        if not np.isfinite(value):
            raise ValueError(f"{name} is {value}: must be finite")
        if name in RULES and not RULES[name].holds(value):
            raise ValueError(f"{name} is {value!r}: {RULES[name].text}")
    return list(values.values())
