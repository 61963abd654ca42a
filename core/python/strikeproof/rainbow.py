"""European options on the larger or the smaller of two assets: price and Greeks.

Method and sources: ``core/src/rainbow.cpp``. Conventions: ``docs/conventions.md``.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._status import NONNEGATIVE
from strikeproof._two_assets import MARKET_RULES, TwoAssetGreeks

__all__ = ["TwoAssetGreeks", "best_of_cash_greeks", "best_of_cash_price", "greeks", "price"]

_RULES = {**MARKET_RULES, **dict.fromkeys(("strike", "cash"), NONNEGATIVE)}
_WORDS = {"extreme": {"maximum": 1.0, "minimum": -1.0}}
_PRICE = Engine(
    _core.rainbow_price,
    _RULES,
    words=_WORDS,
    one=_core.rainbow_price_one,
)
_GREEKS = Engine(
    _core.rainbow_greeks,
    _RULES,
    TwoAssetGreeks._fields,
    TwoAssetGreeks,
    words=_WORDS,
    one=_core.rainbow_greeks_one,
)
_CASH_PRICE = Engine(
    _core.rainbow_best_of_cash_price,
    _RULES,
    one=_core.rainbow_best_of_cash_price_one,
)
_CASH_GREEKS = Engine(
    _core.rainbow_best_of_cash_greeks,
    _RULES,
    TwoAssetGreeks._fields,
    TwoAssetGreeks,
    one=_core.rainbow_best_of_cash_greeks_one,
)


def price(
    *,
    option_type: ArrayLike,
    extreme: ArrayLike,
    strike: ArrayLike,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of calls and puts on the maximum or minimum of two assets.

    Pays max(X - strike, 0) (call) or max(strike - X, 0) (put) at expiry, X the larger or the
    smaller asset then. All arguments broadcast together under NumPy rules. Absolute error below
    1e-14 times the sum of spots and strike.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    extreme : {"maximum", "minimum"}, array-like
    strike : array-like, >= 0, currency of the spots
    spot1, spot2 : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield1, dividend_yield2 : array-like, per year, continuously compounded
    volatility1, volatility2 : array-like, >= 0, per square root of a year
    correlation : array-like, -1 to 1, of the logarithms of the assets
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes, instead of a new array: float64, C-contiguous, writable, of the
        broadcast shape, sharing no memory with an argument.

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
    Stulz (1982), Johnson (1987).
    """
    arguments = {
        "option_type": option_type,
        "extreme": extreme,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "spot1": spot1,
        "spot2": spot2,
        "rate": rate,
        "dividend_yield1": dividend_yield1,
        "dividend_yield2": dividend_yield2,
        "volatility1": volatility1,
        "volatility2": volatility2,
        "correlation": correlation,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    option_type: ArrayLike,
    extreme: ArrayLike,
    strike: ArrayLike,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of calls and puts on the maximum or minimum of two assets.

    Parameters
    ----------
    option_type, extreme, strike, spot1, spot2, time_to_expiry, rate, volatility1, volatility2
        As for `price`.
    correlation, dividend_yield1, dividend_yield2
        As for `price`.
    on_failure, return_status, threads
        As for `price`.
    out : sequence of arrays, optional
        One array for each of the eleven quantities; see `price`.

    Returns
    -------
    TwoAssetGreeks
        NamedTuple: floats where every argument is a scalar, else float64 arrays of the broadcast
        shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `price`; also a payoff or the choice of the asset has a
        kink there and nothing is uncertain, so that no derivative exists.
    """
    arguments = {
        "option_type": option_type,
        "extreme": extreme,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "spot1": spot1,
        "spot2": spot2,
        "rate": rate,
        "dividend_yield1": dividend_yield1,
        "dividend_yield2": dividend_yield2,
        "volatility1": volatility1,
        "volatility2": volatility2,
        "correlation": correlation,
    }
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def best_of_cash_price(
    *,
    cash: ArrayLike,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of the best of two assets and an amount of cash, max(S1, S2, cash) at expiry.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    cash : array-like, >= 0, currency of the spots, paid at expiry
    spot1, spot2 : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield1, dividend_yield2 : array-like, per year, continuously compounded
    volatility1, volatility2 : array-like, >= 0, per square root of a year
    correlation : array-like, -1 to 1, of the logarithms of the assets
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    out : array, optional
        Where the result goes, instead of a new array: float64, C-contiguous, writable, of the
        broadcast shape, sharing no memory with an argument.

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
    Stulz (1982): the cash and a call on the maximum.
    """
    arguments = {
        "cash": cash,
        "time_to_expiry": time_to_expiry,
        "spot1": spot1,
        "spot2": spot2,
        "rate": rate,
        "dividend_yield1": dividend_yield1,
        "dividend_yield2": dividend_yield2,
        "volatility1": volatility1,
        "volatility2": volatility2,
        "correlation": correlation,
    }
    return _CASH_PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def best_of_cash_greeks(
    *,
    cash: ArrayLike,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of the best of two assets and an amount of cash.

    Parameters
    ----------
    cash, spot1, spot2, time_to_expiry, rate, volatility1, volatility2, correlation
        As for `best_of_cash_price`.
    dividend_yield1, dividend_yield2
        As for `best_of_cash_price`.
    on_failure, return_status, threads
        As for `best_of_cash_price`.
    out : sequence of arrays, optional
        One array for each of the eleven quantities; see `best_of_cash_price`.

    Returns
    -------
    TwoAssetGreeks
        NamedTuple: floats where every argument is a scalar, else float64 arrays of the broadcast
        shape; ``(greeks, status)`` with `return_status`.

    Raises
    ------
    ValueError, TypeError
        As for `best_of_cash_price`; also a payoff or the choice of the asset has a
        kink there and nothing is uncertain, so that no derivative exists.
    """
    arguments = {
        "cash": cash,
        "time_to_expiry": time_to_expiry,
        "spot1": spot1,
        "spot2": spot2,
        "rate": rate,
        "dividend_yield1": dividend_yield1,
        "dividend_yield2": dividend_yield2,
        "volatility1": volatility1,
        "volatility2": volatility2,
        "correlation": correlation,
    }
    return _CASH_GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
