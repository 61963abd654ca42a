"""European options under Bates's model: Heston's variance, and jumps of the spot.

Method and sources: ``core/src/bates.cpp``. Conventions: ``docs/conventions.md``.
Rows of one expiry and model that stand together share its characteristic function, as in `heston`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._calibration import HESTON_BOUNDS, JUMP_BOUNDS, Bounds, Calibration
from strikeproof._calibration import calibrate as _calibrate
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._smile import smile
from strikeproof._status import CORRELATION, NONNEGATIVE
from strikeproof.heston import SpotGreeks

__all__ = ["Calibration", "SpotGreeks", "calibrate", "greeks", "implied_volatility", "price"]

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
            "jump_intensity",
            "jump_volatility",
        ),
        NONNEGATIVE,
    ),
}
_PRICE = Engine(_core.bates_price, _RULES, one=_core.bates_price_one)
_GREEKS = Engine(
    _core.bates_greeks, _RULES, SpotGreeks._fields, SpotGreeks, one=_core.bates_greeks_one
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
    jump_intensity: ArrayLike,
    jump_mean: ArrayLike,
    jump_volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price, delta and gamma of European options; the variance is held.

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
        "jump_intensity": jump_intensity,
        "jump_mean": jump_mean,
        "jump_volatility": jump_volatility,
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
    jump_intensity: ArrayLike,
    jump_mean: ArrayLike,
    jump_volatility: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of European options under Bates's model.

    All arguments broadcast together under NumPy rules. Absolute error below 1e-10 of the spot.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    initial_variance, long_run_variance, mean_reversion, volatility_of_variance, correlation
        Of the variance; see `strikeproof.heston.price`.
    jump_intensity : array-like, >= 0, jumps a year
    jump_mean : array-like
        Mean of a jump of the logarithm of the spot, which is normal.
    jump_volatility : array-like, >= 0
        Its standard deviation.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row; ``NOT_CONVERGED`` where an
        integral did not settle, a strike is above 1e10 times the forward, or over 2000 jumps are
        likely.
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
    Bates (1996), Review of Financial Studies 9(1), 69-107: a sum over the number of jumps, each
    term integrated as `strikeproof.heston.price` is.
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
        "jump_intensity": jump_intensity,
        "jump_mean": jump_mean,
        "jump_volatility": jump_volatility,
    }
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def implied_volatility(
    *,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    initial_variance: ArrayLike,
    long_run_variance: ArrayLike,
    mean_reversion: ArrayLike,
    volatility_of_variance: ArrayLike,
    correlation: ArrayLike,
    jump_intensity: ArrayLike,
    jump_mean: ArrayLike,
    jump_volatility: ArrayLike,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Black's volatility of the model's out-of-the-money prices.

    Parameters
    ----------
    forward, strike : array-like, > 0, same currency
    time_to_expiry, on_failure, return_status, threads
        As for `price`, and so are the model's parameters.

    Returns
    -------
    float or float64 array of the broadcast shape
        Per square root of a year; ``(volatility, status)`` with `return_status`. The price is
        within 1e-10 of the forward, and so the volatility within that divided by Black's vega:
        ``NO_TIME_VALUE`` or ``BELOW_INTRINSIC`` where no digit is left.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    model = {
        "initial_variance": initial_variance,
        "long_run_variance": long_run_variance,
        "mean_reversion": mean_reversion,
        "volatility_of_variance": volatility_of_variance,
        "correlation": correlation,
        "jump_intensity": jump_intensity,
        "jump_mean": jump_mean,
        "jump_volatility": jump_volatility,
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


def calibrate(
    *,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    forward: ArrayLike,
    volatility: ArrayLike,
    weight: ArrayLike | str = 1.0,
    bid_volatility: ArrayLike | None = None,
    ask_volatility: ArrayLike | None = None,
    bounds: Bounds | None = None,
    start: Mapping[str, float] | None = None,
    most_evaluations: int = 200,
) -> Calibration:
    """Parameters that minimise the weighted sum of squared errors of implied volatility.

    Parameters
    ----------
    strike, time_to_expiry, forward, volatility, weight, bid_volatility, ask_volatility
        As for `strikeproof.heston.calibrate`.
    bounds, start, most_evaluations
        As for `strikeproof.heston.calibrate`; by default the jumps are joined to Heston's fit.

    Returns
    -------
    Calibration

    Raises
    ------
    ValueError
        A quote, bound or start is out of range, or there are too few quotes.
    """
    quotes = {
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "forward": forward,
        "volatility": volatility,
    }
    return _calibrate(
        {**HESTON_BOUNDS, **JUMP_BOUNDS},
        quotes,
        weight=weight,
        spread=(bid_volatility, ask_volatility),
        bounds=bounds,
        start=start,
        most_evaluations=most_evaluations,
    )
