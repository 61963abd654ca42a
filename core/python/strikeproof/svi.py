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
from strikeproof._status import CORRELATION, NONNEGATIVE, POSITIVE
from strikeproof._volatility_surface import (
    STOPS,
    Violation,
    check_evaluations,
    covariance,
    deviations,
    fit_warnings,
    quotes,
    robust,
    violations,
)

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


class Raw(NamedTuple):
    """Raw parameters, each a float or an array."""

    a: Any
    b: Any
    rho: Any
    m: Any
    sigma: Any


class Natural(NamedTuple):
    """Natural parameters, each a float or an array."""

    delta: Any
    mu: Any
    rho: Any
    omega: Any
    zeta: Any


class JumpWings(NamedTuple):
    """Jump-wings parameters, each a float or an array."""

    v: Any
    psi: Any
    p: Any
    c: Any
    v_tilde: Any


class Smile(NamedTuple):
    """Total variance and what follows from it, each a float or an array of the broadcast shape."""

    total_variance: Any
    slope: Any
    curvature: Any
    durrleman: Any
    density: Any


_RULES = {"b": NONNEGATIVE, "rho": CORRELATION, "sigma": POSITIVE, "time_to_expiry": POSITIVE}
_SMILE = Engine(_core.svi_smile, _RULES, Smile._fields, Smile, one=_core.svi_smile_one)
_ONE = Engine(_core.svi_smile, _RULES, Smile._fields)
_VOLATILITY = Engine(
    _core.svi_implied_volatility,
    _RULES,
    ("volatility",),
    one=_core.svi_implied_volatility_one,
)
_TO_NATURAL = Engine(_core.svi_raw_to_natural, _RULES, Natural._fields, Natural)
_FROM_NATURAL = Engine(
    _core.svi_natural_to_raw, {"omega": NONNEGATIVE, "zeta": POSITIVE}, Raw._fields, Raw
)
_TO_WINGS = Engine(_core.svi_raw_to_jump_wings, _RULES, JumpWings._fields, JumpWings)
_FROM_WINGS = Engine(
    _core.svi_jump_wings_to_raw,
    {"v": POSITIVE, "p": NONNEGATIVE, "c": NONNEGATIVE, "time_to_expiry": POSITIVE},
    Raw._fields,
    Raw,
)
_LEAST_QUOTES = 5


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


def raw_to_natural(
    *, a: ArrayLike, b: ArrayLike, rho: ArrayLike, m: ArrayLike, sigma: ArrayLike
) -> Any:
    """Natural parameters of raw ones.

    Returns
    -------
    Natural
        NaN in rows without an answer of a batch; a scalar call raises.

    Raises
    ------
    ValueError
        `b` < 0, `sigma` <= 0 or ``|rho| >= 1``: the natural parameters cannot say it.

    Notes
    -----
    Gatheral and Jacquier (2014), lemma 3.1.
    """
    return _TO_NATURAL({"a": a, "b": b, "rho": rho, "m": m, "sigma": sigma})


def natural_to_raw(
    *, delta: ArrayLike, mu: ArrayLike, rho: ArrayLike, omega: ArrayLike, zeta: ArrayLike
) -> Any:
    """Raw parameters of natural ones: ``|rho| < 1``, `omega` >= 0, `zeta` > 0.

    Returns
    -------
    Raw
        NaN in rows without an answer of a batch; a scalar call raises ValueError.
    """
    return _FROM_NATURAL({"delta": delta, "mu": mu, "rho": rho, "omega": omega, "zeta": zeta})


def raw_to_jump_wings(
    *,
    a: ArrayLike,
    b: ArrayLike,
    rho: ArrayLike,
    m: ArrayLike,
    sigma: ArrayLike,
    time_to_expiry: ArrayLike,
) -> Any:
    """Jump-wings parameters of raw ones.

    Returns
    -------
    JumpWings
        Variance at the money per year, its skew, slopes of the wings, smallest variance per year;
        NaN in rows without an answer of a batch; a scalar call raises.

    Raises
    ------
    ValueError
        Total variance at the money or the time is not positive, or raw parameters are out of range.

    Notes
    -----
    Gatheral and Jacquier (2014), (3.5).
    """
    arguments = {"a": a, "b": b, "rho": rho, "m": m, "sigma": sigma}
    return _TO_WINGS({**arguments, "time_to_expiry": time_to_expiry})


def jump_wings_to_raw(
    *,
    v: ArrayLike,
    psi: ArrayLike,
    p: ArrayLike,
    c: ArrayLike,
    v_tilde: ArrayLike,
    time_to_expiry: ArrayLike,
) -> Any:
    """Raw parameters of jump wings: `v` > `v_tilde`, `p`, `c` >= 0, ``-p < 2 psi < c``.

    Returns
    -------
    Raw
        NaN in rows without an answer of a batch; a scalar call raises.

    Raises
    ------
    ValueError
        No smile has these jump wings, or more than one has: with the smallest variance at the
        money they do not say how wide its bottom is.

    Notes
    -----
    Gatheral and Jacquier (2014), lemma 3.2, in a form without its special case m = 0.
    """
    arguments = {"v": v, "psi": psi, "p": p, "c": c, "v_tilde": v_tilde}
    return _FROM_WINGS({**arguments, "time_to_expiry": time_to_expiry})


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


def calibrate(
    *,
    log_moneyness: ArrayLike,
    volatility: ArrayLike | None = None,
    total_variance: ArrayLike | None = None,
    time_to_expiry: float | None = None,
    weight: ArrayLike = 1.0,
    no_butterfly: bool = True,
    robust_scale: float | None = None,
    most_evaluations: int = 200,
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
        if name in _RULES and not _RULES[name].holds(value):
            raise ValueError(f"{name} is {value!r}: {_RULES[name].text}")
    return list(values.values())


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
