"""Trading days of the New York Stock Exchange: weekends, holidays and early closes.

Moments are the exchange's own clock, New York's, without a zone: no study crosses one.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib.metadata import version

import holidays

NAME = "NYSE"
VERSION = f"holidays {version('holidays')}"
OPEN = dt.time(9, 30)
_CLOSE = dt.time(16, 0)
_EARLY_CLOSE = dt.time(13, 0)
_SATURDAY = 5


@lru_cache(maxsize=256)
def _closed(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.financial_holidays(NAME, years=year))


@lru_cache(maxsize=256)
def _early(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.financial_holidays(NAME, years=year, categories=("half_day",)))


def is_trade_date(day: dt.date) -> bool:
    """Whether the exchange trades on a day (early closes count as trading days)."""
    return day.weekday() < _SATURDAY and day not in _closed(day.year)


def is_early_close(day: dt.date) -> bool:
    """Whether the exchange closes at 13:00 on a day."""
    return is_trade_date(day) and day in _early(day.year)


def close(day: dt.date) -> dt.datetime:
    """Moment at which the exchange closes on a trading day."""
    return dt.datetime.combine(day, _EARLY_CLOSE if is_early_close(day) else _CLOSE)


def next_trade_date(day: dt.date) -> dt.date:
    """First trading day after a day, which itself need not be one."""
    day += dt.timedelta(days=1)
    while not is_trade_date(day):
        day += dt.timedelta(days=1)
    return day


def previous_trade_date(day: dt.date) -> dt.date:
    """Last trading day before a day, which itself need not be one."""
    day -= dt.timedelta(days=1)
    while not is_trade_date(day):
        day -= dt.timedelta(days=1)
    return day


def trade_dates(first: dt.date, count: int) -> list[dt.date]:
    """The first `count` trading days from `first` on, `first` included where it is one."""
    days: list[dt.date] = []
    day = next_trade_date(first - dt.timedelta(days=1))
    while len(days) < count:
        days.append(day)
        day = next_trade_date(day)
    return days


def trade_dates_within(first: dt.date, last: dt.date) -> list[dt.date]:
    """Trading days from `first` to `last`, both included."""
    days: list[dt.date] = []
    day = next_trade_date(first - dt.timedelta(days=1))
    while day <= last:
        days.append(day)
        day = next_trade_date(day)
    return days


def quoted_at(day: dt.date) -> dt.datetime:
    """Moment of the vendor's option quotes: a minute before the close (Wallmeier 2024)."""
    return close(day) - dt.timedelta(minutes=1)


def settled_at(expiry: dt.date, *, morning: bool) -> dt.datetime:
    """Moment that fixes an option's payoff: the opening for AM settlement, else the close."""
    return dt.datetime.combine(expiry, OPEN) if morning else close(expiry)


def years(start: dt.datetime, end: dt.datetime) -> float:
    """Years of 365 days between two moments."""
    return (end - start) / dt.timedelta(days=365)
