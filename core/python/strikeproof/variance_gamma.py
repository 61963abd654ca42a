"""European options under the variance gamma model: price, Greeks and smile.

Method and sources: ``core/src/variance_gamma.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._smile import smile
from strikeproof._status import NONNEGATIVE
from strikeproof.heston import SpotGreeks

__all__ = ["SpotGreeks", "greeks", "implied_volatility", "price"]

_RULES = dict.fromkeys(
    ("spot", "strike", "time_to_expiry", "volatility", "variance_rate"), NONNEGATIVE
)
_PRICE = Engine(_core.variance_gamma_price, _RULES, one=_core.variance_gamma_price_one)
_GREEKS = Engine(
    _core.variance_gamma_greeks,
    _RULES,
    SpotGreeks._fields,
    SpotGreeks,
    one=_core.variance_gamma_greeks_one,
)


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    drift: ArrayLike,
    variance_rate: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta and gamma of European options.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, dividend_yield, on_failure, return_status
        As for `price`, and so are the model's parameters and `threads`.
    out : sequence of three arrays, optional
        Where the results go; see `strikeproof.black_scholes.price`.

    Returns
    -------
    SpotGreeks
        NamedTuple of price, delta and gamma: floats where every argument is a scalar, else
        float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`. Each
        within a relative 1e-9, usually 1e-12.
        ``NOT_CONVERGED`` where the density is infinite at the strike, which may be for one strike
        of an expiry below half the variance rate.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "drift": drift,
        "variance_rate": variance_rate,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    drift: ArrayLike,
    variance_rate: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European options under the variance gamma model.

    All arguments broadcast together under NumPy rules. The error is relative to the price, tails
    included: below 1e-9, usually 1e-12 and the rounding of the price's exponent.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
        Of the Brownian motion in gamma time.
    drift : array-like, per year
        Of that Brownian motion: below 0 the left tail is the heavier. The forward is what the
        rates say.
    variance_rate : array-like, >= 0, years
        Variance of the gamma time per year; 0 is Black-Scholes. The forward exists where
        ``variance_rate * (drift + volatility**2 / 2) < 1``, else the row is ``OUT_OF_DOMAIN``.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row; ``NOT_CONVERGED`` where
        the integral does not reach a relative accuracy of 1e-9.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes, instead of a new array; see `strikeproof.black_scholes.price`.

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
    Madan, Carr and Chang (1998), European Finance Review 2(1), 79-105: sigma, theta and nu.
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "drift": drift,
        "variance_rate": variance_rate,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def implied_volatility(
    *,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    volatility: ArrayLike,
    drift: ArrayLike,
    variance_rate: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Black's volatility of the model's out-of-the-money prices, to the accuracy of `price`.

    Parameters
    ----------
    forward, strike : array-like, > 0, same currency
    time_to_expiry, on_failure, return_status, threads
        As for `price`, and so are the model's parameters.

    Returns
    -------
    float or float64 array of the broadcast shape
        Per square root of a year; ``(volatility, status)`` with `return_status`:
        ``NO_TIME_VALUE`` where the price is below the range of float64.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    model = {
        "volatility": volatility,
        "drift": drift,
        "variance_rate": variance_rate,
    }
    return smile(
        _PRICE,
        forward,
        strike,
        time_to_expiry,
        model,
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
    )
