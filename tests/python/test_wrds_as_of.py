"""No look-ahead: views hold what was known, and wrong dates are refused by row."""

import datetime as dt

import polars as pl
import pytest

from wrds_pipeline import as_of, calendar, ivydb
from wrds_pipeline.as_of import KNOWN_AT, LookAheadError
from wrds_pipeline.sources.sample import SampleSource
from wrds_pipeline.synthetic import truth

pytestmark = pytest.mark.fast

TRADE = dt.date(2019, 7, 3)  # closes at 13:00
NEXT = dt.date(2019, 7, 5)


@pytest.fixture(scope="module")
def history():
    days = calendar.trade_dates(truth.FIRST_DATE, 10)
    return as_of.History.load(
        SampleSource("fast"), secid=truth.STOCK_SECID, first=days[0], last=days[-1]
    )


def test_a_view_ends_at_its_decision(history):
    view = history.as_of(as_of.decision_time(TRADE))
    for name in ("opprcd", "secprd", "zerocd"):
        assert view.table(name)["date"].max() == TRADE
    assert as_of.decision_time(TRADE) == dt.datetime(2019, 7, 3, 13, 15)
    assert as_of.decision_time(NEXT) == dt.datetime(2019, 7, 5, 16, 15)


def test_every_row_says_when_it_is_known(history):
    assert set(history.tables) == set(ivydb.SCHEMAS)
    for table in history.tables.values():
        assert table[KNOWN_AT].null_count() == 0


def test_a_decision_before_the_close_sees_neither_close_nor_quotes(history):
    view = history.as_of(dt.datetime(2019, 7, 3, 12, 59))
    assert view.table("opprcd")["date"].max() == TRADE  # quotes are of this minute
    assert view.table("secprd")["date"].max() == dt.date(2019, 7, 2)
    assert history.as_of(dt.datetime(2019, 7, 3, 9, 30)).table("opprcd")["date"].max() < TRADE


def test_a_dividend_is_known_from_its_declaration(history):
    declared = history.tables["distrd"]["declare_date"].max()
    before = history.as_of(dt.datetime.combine(declared, dt.time(9)))
    after = history.as_of(dt.datetime.combine(declared, dt.time(17)))
    assert len(after.table("distrd")) == len(before.table("distrd")) + 1


def test_a_distribution_without_a_declaration_is_known_on_its_ex_date():
    row = {"ex_date": [dt.date(2019, 7, 15)], "declare_date": [None]}
    table = pl.DataFrame(row, schema={"ex_date": pl.Date, "declare_date": pl.Date})
    known = as_of.with_known_at("distrd", table)[KNOWN_AT].item()
    assert known == dt.datetime(2019, 7, 15, 9, 30)


def test_an_unknown_table_is_named(history):
    with pytest.raises(ValueError, match="no table 'vsurfd'"):
        history.as_of(as_of.decision_time(TRADE)).table("vsurfd")


@pytest.mark.parametrize(("day", "known"), [("2000-11-28", False), ("2000-11-29", True)])
def test_open_interest_is_of_the_day_before_only_since_its_rule_changed(history, day, known):
    date = dt.date.fromisoformat(day)
    quotes = history.tables["opprcd"].drop(KNOWN_AT).head(1).with_columns(date=pl.lit(date))
    old = as_of.History({"opprcd": as_of.with_known_at("opprcd", quotes)})
    view = old.as_of(as_of.decision_time(date)).table("opprcd")
    assert view["open_interest"].is_not_null().item() is known


def calibration(**change):
    row = {"trade_date": "2019-07-03", "quote_date": "2019-07-03"}
    good = row | {"known_at": "2019-07-03T13:00:00"}
    return pl.DataFrame([good, good | change])


BAD_CALIBRATION = [
    pytest.param(
        {"quote_date": "2019-07-05"},
        "lookahead: row 2: calibration quote_date 2019-07-05 is after trade_date 2019-07-03",
        id="tomorrows-quote",
    ),
    pytest.param({"quote_date": "2019-07-02"}, "row 2: .* != trade_date", id="stale-quote"),
    pytest.param({"known_at": "2019-07-03T16:30:00"}, "lookahead: row 2: known at", id="late"),
    pytest.param(
        {"trade_date": "2019-07-04", "quote_date": "2019-07-04"},
        "trade_date 2019-07-04 not in exchange calendar",
        id="holiday",
    ),
]


@pytest.mark.parametrize(("change", "message"), BAD_CALIBRATION)
def test_a_calibration_that_looks_ahead_is_refused(change, message):
    as_of.check_calibration(calibration())
    with pytest.raises(LookAheadError, match=message):
        as_of.check_calibration(calibration(**change))


def out_of_sample(**change):
    row = {"trade_date": "2019-07-03", "quote_date": "2019-07-05"}
    good = row | {"next_trade_date": "2019-07-05", "known_at": "2019-07-05T16:00:00"}
    return pl.DataFrame([good, good | change])


BAD_OOS = [
    pytest.param(
        {"quote_date": "2019-07-03"},
        "row 2: oos quote_date 2019-07-03 != next_trade_date 2019-07-05",
        id="same-day",
    ),
    pytest.param(
        {"quote_date": "2019-07-04", "next_trade_date": "2019-07-04"},
        "row 2: next_trade_date 2019-07-04 is not .* NYSE trades on 2019-07-05",
        id="one-calendar-day-later",
    ),
    pytest.param(
        {"quote_date": "2019-07-08", "next_trade_date": "2019-07-08"},
        "row 2: next_trade_date 2019-07-08 is not",
        id="a-day-skipped",
    ),
    pytest.param({"known_at": "2019-07-08T16:00:00"}, "lookahead: row 2", id="late"),
]


@pytest.mark.parametrize(("change", "message"), BAD_OOS)
def test_an_out_of_sample_row_of_another_day_is_refused(change, message):
    as_of.check_oos(out_of_sample())
    with pytest.raises(LookAheadError, match=message):
        as_of.check_oos(out_of_sample(**change))
