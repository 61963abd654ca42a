"""European options under Heston's stochastic volatility: price, delta and gamma.

Method and sources: ``core/src/heston.cpp``. Conventions: ``docs/conventions.md``.
Rows of one expiry and model that stand together in a batch share its characteristic function: a
surface sorted by expiry is several times faster than the same rows shuffled, with the same bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._status import CORRELATION, NONNEGATIVE

__all__ = ["SpotGreeks", "greeks", "price"]


class SpotGreeks(NamedTuple):
    """Price and derivatives by the spot, each a float or an array of the broadcast shape."""

    price: Any
    delta: Any
    gamma: Any


_RULES = {
    "correlation": CORRELATION,
    **dict.fromkeys(
        (
            "spot",
            "strike",
            "time_to_expiry",
            "initial_variance",
            "long_run_variance",
            "mean_reversion",
            "volatility_of_variance",
        ),
        NONNEGATIVE,
    ),
}
_PRICE = Engine(_core.heston_price, _RULES, one=_core.heston_price_one)
_GREEKS = Engine(
    _core.heston_greeks,
    _RULES,
    SpotGreeks._fields,
    SpotGreeks,
    one=_core.heston_greeks_one,
)


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta and gamma of European options; the variance is held for the derivatives.

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
        float64 arrays of the broadcast shape; ``(greeks, status)`` with `return_status`.

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
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
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
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European options under Heston's model.

    All arguments broadcast together under NumPy rules. Absolute error below 1e-10 of the spot,
    or the rounding of a larger discounted strike; prices far below that carry no relative accuracy.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    initial_variance, long_run_variance : array-like, >= 0, per year
    mean_reversion : array-like, >= 0, per year
    volatility_of_variance : array-like, >= 0
    correlation : array-like, within [-1, 1]
        Of the spot's and the variance's increments.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row; ``NOT_CONVERGED`` where the
        integral did not settle, or the strike is above 1e10 times the forward.
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
    Heston (1993), Review of Financial Studies 6(2), 327-343; integrated along the contour of
    Boyarchenko and Levendorskii (2019).
    """
    arguments = {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )
