"""European and American options on a stock with known cash dividends.

Methods and sources: ``core/src/dividends.cpp``. Conventions: ``docs/conventions.md``.

Two models, which differ in price and must not be mixed up:

``"spot"``
    The stock has the volatility between the dividends and falls by the amount at each; where it is
    worth less it falls to 0 and stays there (the liquidator's policy).
``"escrowed"``
    The stock less the present value of the dividends up to expiry has the volatility; that value is
    taken at ``rate - dividend_yield``, so that the forward is the spot model's. Dividends
    worth more than the spot have no meaning here and are out of domain. The value of a stock with
    a dividend shortly before or after expiry jumps: the model is not consistent across expiries.

Dividends at time 0 are taken as paid, those at expiry or later come too late. Exercise on the date
of a dividend comes before it.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure
from strikeproof._engine import Engine
from strikeproof._greeks import Greeks
from strikeproof._schedule import VANILLA_RULES, cash_dividends, whole

__all__ = ["greeks", "price"]

_WORDS = {
    "exercise": {"european": 0.0, "american": 1.0},
    "dividend_model": {"spot": 0.0, "escrowed": 1.0},
    "method": {
        "accurate": 0.0,
        "quadrature": 1.0,
        "finite_difference": 2.0,
        "bos_vandermark": 3.0,
    },
}
_RULES = {**VANILLA_RULES, "spot_points": whole(20, 20_000), "time_steps": whole(2, 20_000)}
_PRICE = Engine(_core.dividends_price, _RULES, words=_WORDS)
_GREEKS = Engine(_core.dividends_greeks, _RULES, Greeks._fields, Greeks, words=_WORDS)


def price(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_times: ArrayLike,
    dividend_amounts: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    exercise: ArrayLike = "european",
    dividend_model: ArrayLike = "spot",
    method: ArrayLike = "accurate",
    spot_points: ArrayLike = 200,
    time_steps: ArrayLike = 50,
    extrapolation: bool = True,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Present value of an option on a stock that pays cash dividends.

    All arguments broadcast together under NumPy rules.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spot, strike : array-like, >= 0, same currency
    time_to_expiry : array-like, >= 0, years
    rate, dividend_yield : array-like, per year, continuously compounded
    volatility : array-like, >= 0, per square root of a year
    dividend_times, dividend_amounts : array-like, last axis = dividends, >= 0
        Years (not descending) and currency of spot; leading axes broadcast with the others.
    exercise : {"european", "american"}, array-like
    dividend_model : {"spot", "escrowed"}, array-like
    method : {"accurate", "quadrature", "finite_difference", "bos_vandermark"}, array-like
        ``"accurate"`` takes the closed form or the quadrature where one applies, else finite
        differences. ``"quadrature"`` is for European options, and for American calls of the spot
        model with ``dividend_yield <= 0 <= rate``, which are exercised at dividends only.
        ``"bos_vandermark"`` is an approximation to European options of the spot model. A method
        that does not apply is out of domain.
    spot_points, time_steps, extrapolation
        Of the grid, as for `strikeproof.finite_difference.price`.
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
        An argument is not finite or out of range, the method does not apply (scalar call), or the
        shapes do not broadcast.
    TypeError
        An argument is not an array of real numbers, or of the words it takes.

    Notes
    -----
    Haug, Haug and Lewis (2003), Bos and Vandermark (2002). The quadrature's error is about 1e-12
    of the strike.
    """
    arguments = _arguments(
        option_type=option_type,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        dividend_times=dividend_times,
        dividend_amounts=dividend_amounts,
        dividend_yield=dividend_yield,
        exercise=exercise,
        dividend_model=dividend_model,
        method=method,
        spot_points=spot_points,
        time_steps=time_steps,
        extrapolation=extrapolation,
    )
    return _PRICE(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def greeks(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_times: ArrayLike,
    dividend_amounts: ArrayLike,
    dividend_yield: ArrayLike = 0.0,
    exercise: ArrayLike = "european",
    dividend_model: ArrayLike = "spot",
    method: ArrayLike = "accurate",
    spot_points: ArrayLike = 200,
    time_steps: ArrayLike = 50,
    extrapolation: bool = True,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
    out: Any = None,
) -> Any:
    """Price and Greeks; the dividend dates come nearer as time passes.

    Parameters
    ----------
    option_type, spot, strike, time_to_expiry, rate, volatility, dividend_yield
        As for `price`, and so are all the others.
    out : sequence of arrays, optional
        Six of them, in the order of the result.

    Returns
    -------
    NamedTuple of price, delta, gamma, vega, theta, rho
        Each a float or an array of the broadcast shape; theta is by calendar time.

    Raises
    ------
    ValueError, TypeError
        As for `price`.
    """
    arguments = _arguments(
        option_type=option_type,
        spot=spot,
        strike=strike,
        time_to_expiry=time_to_expiry,
        rate=rate,
        volatility=volatility,
        dividend_times=dividend_times,
        dividend_amounts=dividend_amounts,
        dividend_yield=dividend_yield,
        exercise=exercise,
        dividend_model=dividend_model,
        method=method,
        spot_points=spot_points,
        time_steps=time_steps,
        extrapolation=extrapolation,
    )
    return _GREEKS(
        arguments, on_failure=on_failure, return_status=return_status, threads=threads, out=out
    )


def _arguments(
    *,
    option_type: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatility: ArrayLike,
    dividend_times: ArrayLike,
    dividend_amounts: ArrayLike,
    dividend_yield: ArrayLike,
    exercise: ArrayLike,
    dividend_model: ArrayLike,
    method: ArrayLike,
    spot_points: ArrayLike,
    time_steps: ArrayLike,
    extrapolation: bool,
) -> dict[str, Any]:
    """Columns in the order of the compiled core."""
    return {
        "option_type": option_type,
        "spot": spot,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
        "exercise": exercise,
        "dividend_model": dividend_model,
        "method": method,
        "spot_points": spot_points,
        "time_steps": time_steps,
        "extrapolation": float(extrapolation),
        **cash_dividends(dividend_times, dividend_amounts),
    }
