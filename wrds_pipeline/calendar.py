"""Trading days of the New York Stock Exchange, weekends and holidays left out."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib.metadata import version

import holidays

NAME = "NYSE"
VERSION = f"holidays {version('holidays')}"
_SATURDAY = 5


@lru_cache(maxsize=256)
def _closed(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.financial_holidays(NAME, years=year))


def is_trade_date(day: dt.date) -> bool:
    """Whether the exchange trades on a day (early closes count as trading days)."""
    return day.weekday() < _SATURDAY and day not in _closed(day.year)


def next_trade_date(day: dt.date) -> dt.date:
    """First trading day after a day, which itself need not be one."""
    day += dt.timedelta(days=1)
    while not is_trade_date(day):
        day += dt.timedelta(days=1)
    return day


def trade_dates(first: dt.date, count: int) -> list[dt.date]:
    """The first `count` trading days from `first` on, `first` included where it is one."""
    days: list[dt.date] = []
    day = next_trade_date(first - dt.timedelta(days=1))
    while len(days) < count:
        days.append(day)
        day = next_trade_date(day)
    return days
