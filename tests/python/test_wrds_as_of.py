"""No look-ahead: views hold what was known, and wrong dates are refused by row."""

import datetime as dt

import polars as pl
import pytest

from wrds_pipeline import as_of, synthetic
from wrds_pipeline.as_of import LookAheadError

pytestmark = pytest.mark.fast

TRADE = dt.date(2019, 7, 3)


@pytest.fixture(scope="module")
def history():
    return as_of.History(**synthetic.tables("fast"))


def test_a_view_ends_at_its_decision(history):
    view = history.as_of(as_of.decision_time(TRADE))
    for frame in (view.opprcd, view.secprd, view.zerocd):
        assert frame["date"].max() == TRADE
    assert view.latest() == dt.datetime(2019, 7, 3, 16, 0)


def test_a_decision_before_the_close_sees_neither_close_nor_quotes(history):
    view = history.as_of(dt.datetime(2019, 7, 3, 15, 59))
    assert view.opprcd["date"].max() == TRADE  # quotes are of this minute
    assert view.secprd["date"].max() == dt.date(2019, 7, 2)
    assert history.as_of(dt.datetime(2019, 7, 3, 9, 30)).opprcd["date"].max() < TRADE


def test_nothing_known_is_said_so(history):
    view = history.as_of(dt.datetime(2019, 1, 1))
    with pytest.raises(ValueError, match="nothing is known"):
        view.latest()


@pytest.mark.parametrize(("day", "known"), [("2000-11-28", False), ("2000-11-29", True)])
def test_open_interest_is_of_the_day_before_only_since_its_rule_changed(history, day, known):
    date = dt.date.fromisoformat(day)
    old = history.opprcd.head(1).with_columns(date=pl.lit(date))
    view = as_of.History(old, history.secprd, history.zerocd).as_of(as_of.decision_time(date))
    assert view.opprcd["open_interest"].is_not_null().item() is known


def calibration(**change):
    row = {"trade_date": "2019-07-03", "quote_date": "2019-07-03"}
    good = row | {"known_at": "2019-07-03T16:00:00"}
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
