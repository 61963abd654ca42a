"""Implied volatilities of American options on a stock with declared cash dividends.

The stock less the present value of its dividends has the volatility (the escrowed model, Haug,
Haug and Lewis 2003, Wilmott Magazine); a holder exercises into the stock with its dividends, so
that a call in the money is worth exercising before an ex-date. Prices are the core's finite
differences; the equation for the volatility is solved by the secant method from the volatility
that leaves the exercise before ex-dates out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from strikeproof import american, black_scholes, dividends

Column = NDArray[np.float64]

# Errors of the price with this grid are about 1e-4 of a currency unit, far below a tick.
GRID: dict[str, Any] = {"spot_points": 100, "time_steps": 25}
_PRICE_ACCURACY = 1e-5
_MOST_STEPS = 12
_RANGE = (0.01, 5.0)
_FIRST_GUESS = 0.3


def price(terms: dict[str, Any], volatility: Column) -> Column:
    """Prices of American options whose `terms` hold the dividends as well."""
    value = dividends.price(
        **terms,
        **GRID,
        volatility=volatility,
        exercise="american",
        dividend_model="escrowed",
        on_failure="nan",
    )
    return np.asarray(value, dtype=np.float64)


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
    """Secant steps of all rows at once; NaN where they do not arrive."""
    here, miss = guess, price(terms, guess) - target
    for _ in range(_MOST_STEPS):
        step = np.clip(miss / np.maximum(slope, 1e-3 * terms["strike"]), -0.5 * here, 0.5 * here)
        there = np.where(np.abs(miss) <= _PRICE_ACCURACY, here, np.clip(here - step, *_RANGE))
        if np.array_equal(there, here, equal_nan=True):
            break
        left = price(terms, there) - target
        moved = there != here
        secant = (left - miss) / np.where(moved, there - here, 1.0)
        slope = np.where(moved & (secant > 0.0), secant, slope)
        here, miss = there, left
    return np.where(np.abs(miss) <= _PRICE_ACCURACY, here, np.nan)
