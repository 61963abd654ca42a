"""Asian options under Black-Scholes-Merton: averages as price or as strike.

Method and sources: ``core/src/asian.cpp`` and ``core/src/asian_average.cpp``. Conventions:
``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._status import NONNEGATIVE, POSITIVE, Rule

__all__ = ["Greeks", "greeks", "price"]

_RULES = {
    **dict.fromkeys(("strike", "time_to_expiry", "volatility", "past_fixings"), NONNEGATIVE),
    "spot": POSITIVE,
    "running_average": NONNEGATIVE,
    "fixings": Rule(
        lambda value: 0.0 <= value <= 20_000.0 and value == int(value),
        "must be a whole number of at most 20,000",
    ),
}
_WORDS = {
    "average": {"arithmetic": 0.0, "geometric": 1.0},
    "kind": {"fixed_strike": 0.0, "average_strike": 1.0},
    "method": {"accurate": 0.0, "lognormal": 1.0, "curran": 2.0},
}
_PRICE = Engine(_core.asian_price, _RULES, words=_WORDS, one=_core.asian_price_one)
_GREEKS = Engine(
    _core.asian_greeks, _RULES, Greeks._fields, Greeks, words=_WORDS, one=_core.asian_greeks_one
)


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    strike: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    average: ArrayLike = "arithmetic",
    kind: ArrayLike = "fixed_strike",
    fixings: ArrayLike = 0,
    past_fixings: ArrayLike = 0.0,
    running_average: ArrayLike = 0.0,
    method: ArrayLike = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of Asian options.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot : array-like, > 0
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    strike : array-like, >= 0
        Not read where the average is the strike.
    average : {"arithmetic", "geometric"}, array-like
    kind : {"fixed_strike", "average_strike"}, array-like
        Pays average minus strike, or spot at expiry minus average, for calls.
    fixings : array-like, whole numbers, 0 to 20,000
        Fixings still to come, equally spaced, the last one at expiry and none now: at T/n, 2T/n,
        ..., T. 0 averages continuously from now to expiry.
    past_fixings : array-like, >= 0
        Fixings taken so far, each with the same weight as those to come; for a continuous average
        the time averaged so far, in years. Arithmetic averages as the strike have none.
    running_average : array-like, >= 0
        Average of the past fixings, of the same kind; not read where there are none.
    method : {"accurate", "lognormal", "curran"}, array-like
        Of arithmetic averages. "accurate" finds the density of the average by recursive
        quadrature, error below 1e-8 of the spot for fixings and below 1e-6 for continuous averages;
        "lognormal" matches two moments (Levy 1992; Turnbull and Wakeman 1991), "curran" is the
        lower bound given the geometric average (Curran 1994).
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes; see `strikeproof.black_scholes.price`.

    Returns
    -------
    float where every argument is a scalar, else float64 array of the broadcast shape

    Raises
    ------
    ValueError
        An argument is not finite or out of range (scalar call), or the shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Geometric: Kemna and Vorst (1990). Arithmetic: Carverhill and Clewlow (1990) with trapezoidal
    rules; the average as strike by Henderson and Wojakowski (2002); a continuous average is
    extrapolated from 16, 32 and 64 steps.
    """
    arguments = {
        "average": average,
        "kind": kind,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "fixings": fixings,
        "past_fixings": past_fixings,
        "running_average": running_average,
        "method": method,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    strike: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    average: ArrayLike = "arithmetic",
    kind: ArrayLike = "fixed_strike",
    fixings: ArrayLike = 0,
    past_fixings: ArrayLike = 0.0,
    running_average: ArrayLike = 0.0,
    method: ArrayLike = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta, gamma, vega, theta and rho of Asian options.

    Parameters
    ----------
    As for `price`; `out` is a sequence of six arrays.

    Returns
    -------
    Greeks
        Of floats where every argument is a scalar, else of float64 arrays of the broadcast
        shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `price`; also where time or volatility is 0.

    Notes
    -----
    Geometric averages by differentiation of the formula; of arithmetic ones delta and gamma come
    from the density, vega, theta and rho are extrapolated differences of the price. With fixings
    left, theta moves all of them.
    """
    arguments = {
        "average": average,
        "kind": kind,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "fixings": fixings,
        "past_fixings": past_fixings,
        "running_average": running_average,
        "method": method,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
