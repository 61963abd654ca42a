"""American options on a stock with declared cash dividends: prices, Greeks, implied volatilities.

The stock less the present value of its dividends has the volatility (the escrowed model, Haug,
Haug and Lewis 2003, Wilmott Magazine); a holder exercises into the stock with its dividends, so
that a call in the money is worth exercising before an ex-date. Options with an ex-date before their
expiry are priced by the core's finite differences, the others by its American engine. The equation
for the volatility is solved by the secant method from the volatility that leaves the exercise
before ex-dates out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strikeproof import american, black_scholes, dividends

Column = NDArray[np.float64]
Rows = NDArray[np.bool_]

# Errors of the price with this grid on a spot of 92 are 2e-5 of a currency unit in the median and
# at most 5e-4, far below a tick; those of delta at most 1e-4.
GRID: dict[str, Any] = {"spot_points": 60, "time_steps": 12}
_PRICE_ACCURACY = 1e-5
_MOST_STEPS = 12
_RANGE = (0.01, 5.0)
_FIRST_GUESS = 0.3


def price(terms: dict[str, Any], volatility: Column) -> Column:
    """Prices of American options; NaN where the engine gives none.

    Parameters
    ----------
    terms : mapping
        ``option_type`` (+1 or -1), ``strike``, ``time_to_expiry``, ``rate``: arrays of shape (n,);
        ``spot``, with the dividends to come; ``dividend_times`` and ``dividend_amounts``, shape
        (k,), in years and currency.
    volatility : array, shape (n,)
    """
    return _priced(terms, volatility, _due(terms))


def _priced(terms: dict[str, Any], volatility: Column, due: Rows) -> Column:
    found = np.empty(len(volatility))
    if due.any():
        found[due] = _on_the_grid(dividends.price, terms, volatility, due)
    if not due.all():
        found[~due] = american.price(**_plain(terms, volatility, ~due), on_failure="nan")
    return found


def delta_and_vega(terms: dict[str, Any], volatility: Column) -> tuple[Column, Column]:
    """Derivatives of `price` by the spot, the dividends held, and by the volatility."""
    due = _due(terms)
    delta, vega = np.empty(len(volatility)), np.empty(len(volatility))
    if due.any():
        greeks = _on_the_grid(dividends.greeks, terms, volatility, due)
        delta[due], vega[due] = greeks.delta, greeks.vega
    if not due.all():
        greeks = american.greeks(**_plain(terms, volatility, ~due), on_failure="nan")
        delta[~due], vega[~due] = greeks.delta, greeks.vega
    return delta, vega


def _due(terms: dict[str, Any]) -> Rows:
    """Rows with a dividend before their expiry."""
    times = np.asarray(terms["dividend_times"])
    before = (times > 0.0) & (times < np.asarray(terms["time_to_expiry"])[:, None])
    return np.asarray(np.any(before, axis=1))


def _plain(terms: dict[str, Any], volatility: Column, rows: Rows) -> dict[str, Any]:
    names = ("option_type", "strike", "time_to_expiry", "rate")
    columns = {name: np.asarray(terms[name])[rows] for name in names}
    return columns | {"spot": _spot(terms, rows), "volatility": volatility[rows]}


def _spot(terms: dict[str, Any], rows: Rows) -> Column:
    return np.broadcast_to(np.asarray(terms["spot"], dtype=np.float64), rows.shape)[rows]


def _on_the_grid(
    engine: Callable[..., Any], terms: dict[str, Any], volatility: Column, rows: Rows
) -> Any:
    return engine(
        **_plain(terms, volatility, rows),
        **GRID,
        dividend_times=terms["dividend_times"],
        dividend_amounts=terms["dividend_amounts"],
        exercise="american",
        dividend_model="escrowed",
        on_failure="nan",
    )


def implied_volatility(
    *,
    option_type: Column,
    price_of: Column,
    spot: float,
    strike: Column,
    time_to_expiry: Column,
    rate: Column,
    dividend_times: Column,
    dividend_amounts: Column,
) -> Column:
    """Volatility at which each price is the model's, NaN where there is none.

    Parameters
    ----------
    option_type : float64 array, shape (n,), +1 for calls and -1 for puts
    price_of : float64 array, shape (n,), > 0
    spot : float, > 0
        With the dividends to come.
    strike, time_to_expiry, rate : float64 array, shape (n,)
    dividend_times, dividend_amounts : float64 array, shape (k,)
        Years, ascending, and currency; those at an expiry or later do not concern its options.
    """
    due = (dividend_times < time_to_expiry[:, None]) & (dividend_times > 0.0)
    worth = np.sum(due * dividend_amounts * np.exp(-rate[:, None] * dividend_times), axis=1)
    plain: dict[str, Any] = {
        "option_type": option_type,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
    }
    start = american.implied_volatility(
        **plain, price=price_of, spot=spot - worth, on_failure="nan"
    )
    found = np.where(np.any(due, axis=1), np.nan, start)
    # at the exercise value itself every low volatility gives the price
    above = price_of > np.maximum(option_type * (spot - strike), 0.0) + _PRICE_ACCURACY
    rows = np.flatnonzero(np.any(due, axis=1) & above)
    if len(rows) == 0:
        return np.asarray(found)
    terms: dict[str, Any] = {name: column[rows] for name, column in plain.items()}
    guess = np.clip(np.nan_to_num(start[rows], nan=_FIRST_GUESS), *_RANGE)
    slope = black_scholes.greeks(**terms, spot=spot - worth[rows], volatility=guess).vega
    terms |= {"spot": spot, "dividend_times": dividend_times, "dividend_amounts": dividend_amounts}
    found[rows] = _solved(terms, price_of[rows], guess, np.asarray(slope))
    return np.asarray(found)


def _solved(terms: dict[str, Any], target: Column, guess: Column, slope: Column) -> Column:
    """Secant steps, of those rows that have not arrived; NaN where they do not."""
    here, miss = guess.copy(), price(terms, guess) - target
    slope = slope.copy()
    for _ in range(_MOST_STEPS):
        left = np.flatnonzero(np.abs(miss) > _PRICE_ACCURACY)
        flattest = 1e-3 * terms["strike"][left]
        step = miss[left] / np.maximum(slope[left], flattest)
        bounded = np.clip(step, -0.5 * here[left], 0.5 * here[left])
        there = np.clip(here[left] - bounded, *_RANGE)
        moving = there != here[left]
        left, there = left[moving], there[moving]
        if len(left) == 0:
            break
        missed = price(_of_rows(terms, left), there) - target[left]
        secant = (missed - miss[left]) / (there - here[left])
        slope[left] = np.where(secant > 0.0, secant, slope[left])
        here[left], miss[left] = there, missed
    return np.where(np.abs(miss) <= _PRICE_ACCURACY, here, np.nan)


def _of_rows(terms: dict[str, Any], rows: NDArray[np.intp]) -> dict[str, Any]:
    names = ("option_type", "strike", "time_to_expiry", "rate")
    return terms | {name: terms[name][rows] for name in names}
