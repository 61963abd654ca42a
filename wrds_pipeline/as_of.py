"""Point in time: the only way to the data is a view of what was known at a decision.

Every table's rows have a moment from which they are known. A study decides after the close;
a view holds the rows known by then and nothing else, so that a later row cannot be used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from wrds_pipeline import calendar

# When the rows of a date are known, and when a study decides. Quotes are taken a minute before
# the close; the curve is taken to be known with it.
_KNOWN_AT = {"opprcd": dt.time(15, 59), "secprd": dt.time(16, 0), "zerocd": dt.time(16, 0)}
_DECISION = dt.time(16, 15)

# Up to this date the vendor's open interest is the day's own, published the morning after; later
# it is the day before's, so that it may be used with the quotes.
_OPEN_INTEREST_OF_THE_DAY = dt.date(2000, 11, 28)

_MOST_ROWS_NAMED = 5


class LookAheadError(ValueError):
    """Something was used before it was known; names rows and the rule."""


def decision_time(day: dt.date) -> dt.datetime:
    """Moment at which a study of `day` decides."""
    return dt.datetime.combine(day, _DECISION)


def known_at(table: str) -> pl.Expr:
    """Moment from which a row of a table is known."""
    return pl.col("date").dt.combine(_KNOWN_AT[table])


@dataclass(frozen=True, slots=True)
class MarketView:
    """What was known at `decision_time`, and no more."""

    decision_time: dt.datetime
    opprcd: pl.DataFrame
    secprd: pl.DataFrame
    zerocd: pl.DataFrame

    def latest(self) -> dt.datetime:
        """Largest moment of knowledge in the view.

        Raises
        ------
        ValueError
            The view is empty: nothing was known.
        """
        tables = {"opprcd": self.opprcd, "secprd": self.secprd, "zerocd": self.zerocd}
        moments: list[dt.datetime] = [
            frame.select(known_at(name).max()).item()
            for name, frame in tables.items()
            if not frame.is_empty()
        ]
        if not moments:
            raise ValueError(f"nothing is known at {self.decision_time}: no rows by then")
        return max(moments)


@dataclass(frozen=True, slots=True)
class History:
    """The whole tables; steps of a study see them only through `as_of`."""

    opprcd: pl.DataFrame
    secprd: pl.DataFrame
    zerocd: pl.DataFrame

    def as_of(self, decision_time: dt.datetime) -> MarketView:
        """What was known at a moment.

        Open interest of a day up to 28 November 2000 is left out of that day's view.
        """
        day = decision_time.date()
        unknown = (pl.col("date") == day) & (pl.col("date") <= _OPEN_INTEREST_OF_THE_DAY)
        open_interest = pl.when(unknown).then(None).otherwise(pl.col("open_interest"))
        return MarketView(
            decision_time,
            self.opprcd.filter(known_at("opprcd") <= decision_time).with_columns(
                open_interest=open_interest
            ),
            self.secprd.filter(known_at("secprd") <= decision_time),
            self.zerocd.filter(known_at("zerocd") <= decision_time),
        )


def calibration_faults(table: pl.DataFrame) -> Iterator[str]:
    """Rows of a calibration table that use what was not known on their trade date."""
    for row, trade, quote, known in _dated(table, ("trade_date", "quote_date", "known_at")):
        if quote > trade:
            yield (
                f"lookahead: row {row}: calibration quote_date {quote} is after trade_date {trade}"
            )
        elif quote != trade:
            yield f"row {row}: calibration quote_date {quote} != trade_date {trade}"
        if known > decision_time(dt.date.fromisoformat(trade)).isoformat():
            yield f"lookahead: row {row}: known at {known}, after the decision on {trade}"
        if not calendar.is_trade_date(dt.date.fromisoformat(trade)):
            yield f"row {row}: trade_date {trade} not in exchange calendar {calendar.NAME}"


def oos_faults(table: pl.DataFrame) -> Iterator[str]:
    """Rows of an out-of-sample table that are not of the exchange's next trading day."""
    names = ("trade_date", "quote_date", "next_trade_date", "known_at")
    for row, trade, quote, following, known in _dated(table, names):
        due = calendar.next_trade_date(dt.date.fromisoformat(trade))
        if quote != following:
            yield f"row {row}: oos quote_date {quote} != next_trade_date {following}"
        if following != due.isoformat():
            yield (
                f"row {row}: next_trade_date {following} is not the one of the exchange calendar: "
                f"after {trade} {calendar.NAME} trades on {due}"
            )
        elif known > decision_time(due).isoformat():
            yield f"lookahead: row {row}: known at {known}, after the valuation on {due}"


def _dated(table: pl.DataFrame, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Each combination of dates once, with the number, from 1, of the first row that has it."""
    first = table.select(names).with_row_index("row", offset=1).unique(names, keep="first")
    yield from first.sort("row").iter_rows()


def check_calibration(table: pl.DataFrame) -> None:
    """Raise `LookAheadError` unless a calibration table is free of look-ahead."""
    _refuse(calibration_faults(table))


def check_oos(table: pl.DataFrame) -> None:
    """Raise `LookAheadError` unless an out-of-sample table is of the next trading day."""
    _refuse(oos_faults(table))


def _refuse(faults: Iterator[str]) -> None:
    found = list(faults)
    if found:
        more = len(found) - _MOST_ROWS_NAMED
        told = found[:_MOST_ROWS_NAMED] + ([f"and {more} more"] if more > 0 else [])
        raise LookAheadError("; ".join(told))
