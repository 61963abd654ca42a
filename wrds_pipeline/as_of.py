"""Point in time: the only way to the data is a view of what was known at a decision.

Every row has a moment from which it is known, its `known_at`. A study decides after the close; a
view holds the rows known by then and nothing else, so that a later row cannot be used.

=========  ========================================================================================
opprcd     a minute before the close, when the vendor takes its quotes (Wallmeier 2024); open
           interest up to 28 November 2000 only on the next trading day (see below)
secprd     the close
zerocd     the close: the vendor's curve is of that day's money market
idxdvd     the close: implied by that day's quotes
fwdprd     the close
distrd     the close of the day of declaration; where that is unknown, the opening of the ex-date
secnmd     the opening of the day from which the name holds
=========  ========================================================================================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from wrds_pipeline import calendar, ivydb
from wrds_pipeline.sources import Source

KNOWN_AT = "known_at"

# A study decides this long after the close.
_AFTER_CLOSE = dt.timedelta(minutes=15)

# Up to this date the vendor's open interest is the day's own, published the morning after; later
# it is the day before's, so that it may be used with the quotes.
_OPEN_INTEREST_OF_THE_DAY = dt.date(2000, 11, 28)

# Names hold from long before a study, dividends are declared months ahead.
_FIRST_NAME = dt.date(1900, 1, 1)
_LAST_DISTRIBUTION = dt.timedelta(days=800)

_MOST_ROWS_NAMED = 5


class LookAheadError(ValueError):
    """Something was used before it was known; names rows and the rule."""


def decision_time(day: dt.date) -> dt.datetime:
    """Moment at which a study of a trading day decides: a quarter of an hour after its close."""
    return calendar.close(day) + _AFTER_CLOSE


def with_known_at(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of a table with the moment from which each is known."""
    day = ivydb.DATE_COLUMN[table]
    if table == "distrd":
        declared = _moments(frame, "declare_date", calendar.close)
        return frame.with_columns(
            pl.coalesce(declared, _moments(frame, day, _opening)).alias(KNOWN_AT)
        )
    rule = {"opprcd": calendar.quoted_at, "secnmd": _opening}.get(table, calendar.close)
    return frame.with_columns(_moments(frame, day, rule).alias(KNOWN_AT))


def _opening(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, calendar.OPEN)


def _moments(frame: pl.DataFrame, column: str, rule: Any) -> pl.Series:
    """Moment of each date of a column by a rule; null where the date is."""
    dates = frame[column].unique().drop_nulls()
    moments = pl.Series([rule(day) for day in dates], dtype=pl.Datetime("us"))
    return frame[column].replace_strict(dates, moments, default=None, return_dtype=moments.dtype)


@dataclass(frozen=True, slots=True)
class MarketView:
    """What was known at `decision_time`, and no more."""

    decision_time: dt.datetime
    _tables: Mapping[str, pl.DataFrame]

    def table(self, name: str) -> pl.DataFrame:
        """Rows of a table that were known, with their `known_at`.

        Raises
        ------
        ValueError
            There is no such table.
        """
        if name not in self._tables:
            raise ValueError(f"no table {name!r}: must be among {', '.join(self._tables)}")
        known = self._tables[name].filter(pl.col(KNOWN_AT) <= self.decision_time)
        if name != "opprcd":
            return known
        day = pl.col("date")
        unknown = (day == self.decision_time.date()) & (day <= _OPEN_INTEREST_OF_THE_DAY)
        interest = pl.when(unknown).then(None).otherwise(pl.col("open_interest"))
        return known.with_columns(open_interest=interest)


@dataclass(frozen=True, slots=True)
class History:
    """Whole tables of one underlying over a range; steps of a study see them only by `as_of`."""

    tables: Mapping[str, pl.DataFrame]

    @classmethod
    def load(cls, source: Source, *, secid: int, first: dt.date, last: dt.date) -> History:
        """Tables of a source, checked against their schemas.

        Raises
        ------
        ValueError
            The source refuses, or a table breaks its schema.
        """
        found = {}
        for name in ivydb.SCHEMAS:
            start = _FIRST_NAME if name == "secnmd" else first
            end = last + _LAST_DISTRIBUTION if name == "distrd" else last
            frame = source.scan(name, secids=[secid], first=start, last=end).collect()
            found[name] = with_known_at(name, ivydb.validate(name, frame))
        return cls(found)

    def as_of(self, decision_time: dt.datetime) -> MarketView:
        """What was known at a moment.

        Open interest of a day up to 28 November 2000 is left out of that day's view.
        """
        return MarketView(decision_time, self.tables)


def calibration_faults(table: pl.DataFrame) -> Iterator[str]:
    """Rows of a calibration table that use what was not known on their trade date."""
    for row, trade, quote, known in _dated(table, ("trade_date", "quote_date", KNOWN_AT)):
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
    names = ("trade_date", "quote_date", "next_trade_date", KNOWN_AT)
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
