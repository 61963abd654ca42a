"""European options to exchange one asset for another: price and Greeks.

Method and sources: ``core/src/exchange.cpp``. Conventions: ``docs/conventions.md``.
At expiry the holder may give ``quantity2`` units of asset 2 for ``quantity1`` units of asset 1.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._status import NONNEGATIVE
from strikeproof._two_assets import MARKET_RULES, TwoAssetGreeks

__all__ = ["TwoAssetGreeks", "greeks", "price"]

_RULES = {**MARKET_RULES, **dict.fromkeys(("quantity1", "quantity2"), NONNEGATIVE)}
_PRICE = Engine(
    _core.exchange_price,
    _RULES,
    one=_core.exchange_price_one,
)
_GREEKS = Engine(
    _core.exchange_greeks,
    _RULES,
    TwoAssetGreeks._fields,
    TwoAssetGreeks,
    one=_core.exchange_greeks_one,
)


def price(
    *,
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    quantity1: ArrayLike = 1.0,
    quantity2: ArrayLike = 1.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of max(quantity1 S1 - quantity2 S2, 0) paid at expiry.

    All arguments broadcast together under NumPy rules. Relative error below 1e-13 for the exact
    inputs. The rate does not enter the price.

    Parameters
    ----------
    spot1, spot2 : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield1, dividend_yield2 : array-like, per year, continuously compounded
    volatility1, volatility2 : array-like, >= 0, per square root of a year
    correlation : array-like, -1 to 1, of the logarithms of the assets
    quantity1, quantity2 : array-like, >= 0, units received and delivered
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
    Margrabe (1978).
    """
    arguments = {
        "quantity1": quantity1,
        "quantity2": quantity2,
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
    spot1: ArrayLike,
    spot2: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility1: ArrayLike,
    volatility2: ArrayLike,
    correlation: ArrayLike,
    dividend_yield1: ArrayLike = 0.0,
    dividend_yield2: ArrayLike = 0.0,
    quantity1: ArrayLike = 1.0,
    quantity2: ArrayLike = 1.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks of options to exchange one asset for another.

    Parameters
    ----------
    spot1, spot2, time_to_expiry, rate, volatility1, volatility2, correlation
        As for `price`.
    dividend_yield1, dividend_yield2, quantity1, quantity2
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
        As for `price`; also both sides are worth the same and nothing
        is uncertain, where no derivative exists.
    """
    arguments = {
        "quantity1": quantity1,
        "quantity2": quantity2,
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
