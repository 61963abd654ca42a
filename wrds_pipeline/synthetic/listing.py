"""Which contracts an exchange lists on a date: expiries of several cycles, strikes that stay.

Index: standard options on third Fridays, settled on the morning's opening prices, four months and
the quarters of a year and a half; weeklies on Fridays and month ends, settled at the close. A
strike once listed stays until its expiry. A Friday that is a holiday moves to the day before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wrds_pipeline import calendar

_FRIDAY = 4
_QUARTERS = (3, 6, 9, 12)
_NEAR_MONTHS, _FAR_MONTHS, _WEEKS, _MONTH_ENDS = 4, 18, 5, 2

# Spacing of strikes within so many shares of the spot, and how far they reach down and up.
_SPACING = ((0.10, 25.0), (0.20, 50.0), (1.0, 100.0))
_REACH = (0.55, 1.30)
_STOCK_SPACING, _STOCK_REACH = 2.5, (0.8, 1.2)


@dataclass(frozen=True, slots=True, order=True)
class Expiry:
    """An expiry of the index's options."""

    date: dt.date
    morning: bool

    @property
    def root(self) -> str:
        """Symbol: standard and weekly options have their own, under one secid."""
        return "SYNX" if self.morning else "SYNXW"


def _trading(day: dt.date) -> dt.date:
    return day if calendar.is_trade_date(day) else calendar.previous_trade_date(day)


def third_friday(year: int, month: int) -> dt.date:
    """Third Friday of a month, or the trading day before it."""
    first = dt.date(year, month, 1)
    return _trading(first + dt.timedelta(days=(_FRIDAY - first.weekday()) % 7 + 14))


def _months(day: dt.date, count: int) -> list[tuple[int, int]]:
    place = day.year * 12 + day.month - 1
    return [divmod(place + k, 12) for k in range(count)]


@lru_cache(maxsize=1024)
def index_expiries(day: dt.date) -> tuple[Expiry, ...]:
    """Expiries listed on a date, later than it."""
    found = set()
    for number, (year, month) in enumerate(_months(day, _FAR_MONTHS + 1)):
        date = third_friday(year, month + 1)
        if number <= _NEAR_MONTHS or month + 1 in _QUARTERS:
            found.add(Expiry(date, morning=True))
        if number < _MONTH_ENDS:
            following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
            found.add(Expiry(calendar.previous_trade_date(following), morning=False))
    friday = day + dt.timedelta(days=(_FRIDAY - day.weekday()) % 7)
    for week in range(_WEEKS):
        found.add(Expiry(_trading(friday + dt.timedelta(days=7 * week)), morning=False))
    return tuple(sorted(expiry for expiry in found if expiry.date > day))


def _grid(low: float, high: float) -> NDArray[np.float64]:
    """Strikes listed while the spot was between `low` and `high`."""
    strikes: list[NDArray[np.float64]] = []
    inner = 0.0
    for share, spacing in _SPACING:
        below, above = low * max(1.0 - share, _REACH[0]), high * min(1.0 + share, _REACH[1])
        ladder = np.arange(np.ceil(below / spacing), np.floor(above / spacing) + 1.0) * spacing
        inside = (ladder > low * (1.0 - inner)) & (ladder < high * (1.0 + inner))
        strikes.append(ladder if inner == 0.0 else ladder[~inside])
        inner = share
    return np.unique(np.concatenate(strikes))


class Strikes:
    """Strikes of every expiry on every date, from the index's closes up to that date."""

    def __init__(self) -> None:
        self._range: dict[Expiry, tuple[float, float]] = {}

    def on(self, spot: float, expiries: Sequence[Expiry]) -> list[NDArray[np.float64]]:
        """Strikes of `expiries` on the next date, whose close is `spot`."""
        found = []
        for expiry in expiries:
            low, high = self._range.get(expiry, (spot, spot))
            self._range[expiry] = (min(low, spot), max(high, spot))
            found.append(_grid(*self._range[expiry]))
        return found


def stock_strikes(low: float, high: float) -> NDArray[np.float64]:
    """Strikes of the stock's options, listed while the spot was between `low` and `high`."""
    least, most = np.ceil(_STOCK_REACH[0] * low / _STOCK_SPACING), _STOCK_REACH[1] * high
    return np.asarray(np.arange(least, np.floor(most / _STOCK_SPACING) + 1.0) * _STOCK_SPACING)


def stock_expiries(day: dt.date) -> tuple[dt.date, ...]:
    """Third Fridays of this month and the next two, later than a date."""
    dates = (third_friday(year, month + 1) for year, month in _months(day, 4))
    return tuple(date for date in dates if date > day)[:3]
