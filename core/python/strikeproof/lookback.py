"""Lookback options under Black-Scholes-Merton: fixed and floating strike, partial windows.

Method and sources: ``core/src/lookback.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._status import NONNEGATIVE, POSITIVE

__all__ = ["Greeks", "greeks", "price"]

_RULES = {
    **dict.fromkeys(("strike", "time_to_expiry", "volatility"), NONNEGATIVE),
    **dict.fromkeys(("fixings", "window_end", "window_start"), NONNEGATIVE),
    **dict.fromkeys(("spot", "extremum"), POSITIVE),
}
_WORDS = {"kind": {"fixed_strike": 0.0, "floating_strike": 1.0}}
_PRICE = Engine(_core.lookback_price, _RULES, words=_WORDS, one=_core.lookback_price_one)
_GREEKS = Engine(
    _core.lookback_greeks,
    _RULES,
    Greeks._fields,
    Greeks,
    words=_WORDS,
    one=_core.lookback_greeks_one,
)


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    kind: ArrayLike = "floating_strike",
    strike: ArrayLike = 0.0,
    extremum: ArrayLike | None = None,
    dividend_yield: ArrayLike = 0.0,
    fixings: ArrayLike = 0.0,
    window_end: ArrayLike = 0.0,
    window_start: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of lookback options.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot : array-like, > 0
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    kind : {"floating_strike", "fixed_strike"}, array-like
        Floating calls pay the spot at expiry minus the minimum, puts the maximum minus the spot;
        fixed calls pay the maximum minus the strike, puts the strike minus the minimum, if
        positive.
    strike : array-like, >= 0
        Of fixed strikes.
    extremum : array-like, optional
        Extremum of the path watched so far, the spot included: the maximum (at least the spot) for
        fixed calls and floating puts, else the minimum (above 0, at most the spot). The spot itself
        by default.
    fixings : array-like, >= 0
        0 watches continuously. Else the number of equally spaced fixings left, by the named
        approximation of Broadie, Glasserman and Kou (1999), good to the order of 1/fixings.
    window_end : array-like, >= 0 and < time_to_expiry, years
        Floating strikes may be watched until that time only; 0 watches until expiry.
    window_start : array-like, >= 0 and < time_to_expiry, years
        Fixed strikes may be watched from that time on only; the extremum is not read then.
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
        An argument is not finite or out of range, or the extremum lies on the wrong side of the
        spot (scalar call), or the shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Goldman, Sosin and Gatto (1979), Conze and Viswanathan (1991), without cancellation where rate
    and yield agree; Heynen and Kat (1994) for a window that ends early.
    """
    extremum = spot if extremum is None else extremum
    arguments = {
        "kind": kind,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "extremum": extremum,
        "fixings": fixings,
        "window_end": window_end,
        "window_start": window_start,
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
    kind: ArrayLike = "floating_strike",
    strike: ArrayLike = 0.0,
    extremum: ArrayLike | None = None,
    dividend_yield: ArrayLike = 0.0,
    fixings: ArrayLike = 0.0,
    window_end: ArrayLike = 0.0,
    window_start: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta, gamma, vega, theta and rho of lookback options.

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
        As for `price`.

    Notes
    -----
    Derivatives of the formula; the extremum is held where the spot moves. Delta of a path whose
    extremum is the spot is that of the side on which it is not.
    """
    extremum = spot if extremum is None else extremum
    arguments = {
        "kind": kind,
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "extremum": extremum,
        "fixings": fixings,
        "window_end": window_end,
        "window_start": window_start,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
