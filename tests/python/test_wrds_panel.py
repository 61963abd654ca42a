"""The declared panel and universe: dates by the calendar, faults by name."""

import datetime as dt
from pathlib import Path

import pytest

from wrds_pipeline import calendar, panel, universe

pytestmark = pytest.mark.fast

FOLDER = Path(__file__).parents[2] / "wrds_pipeline"
PANEL, UNIVERSE = FOLDER / "panel.toml", FOLDER / "universe.toml"


def test_dates_are_trading_days_whose_next_one_is_in_reach():
    found, stock = panel.read(PANEL)
    last = dt.date(2019, 7, 11)
    dates = found.dates(last=last)
    assert dates[0] == dt.date(2019, 6, 27)
    assert dates[-1] == dt.date(2019, 7, 10)
    assert all(calendar.is_trade_date(day) for day in dates)
    assert len(found.dates()) >= 250
    assert (found.panel.exercise, stock.panel.exercise) == ("european", "american")
    assert len(stock.dates(last=last)) == 5


def test_a_date_has_the_label_of_its_period():
    found, _ = panel.read(PANEL)
    assert found.label(dt.date(2019, 9, 30)) == "summer"
    assert found.label(dt.date(2019, 10, 1)) == "autumn"
    with pytest.raises(ValueError, match="2018-01-02 is in no period"):
        found.label(dt.date(2018, 1, 2))
    assert found.record()["periods"][0]["first"] == "2019-06-27"


BAD_PANEL = [
    pytest.param(("secid = 999999", 'secid = "SPX"'), "panel.secid is str, want int", id="type"),
    pytest.param(("secid = 999999", ""), "required key panel.secid", id="missing"),
    pytest.param(("secid = 999999", "secid = 1\nticker = 2"), "unknown key panel.ticker", id="key"),
    pytest.param(('"european"', '"bermudan"'), "panel.exercise is 'bermudan'", id="exercise"),
    pytest.param(("2019-10-01", "2019-09-01"), "autumn does not begin after summer", id="overlap"),
    pytest.param(("last = 2019-09-30", "last = 2019-01-01"), "summer ends before", id="order"),
    pytest.param(("[[panel.period]]", "[[range]]"), r"unknown section \[range\]", id="section"),
    pytest.param(("[[panel.period]]", "[[panel.range]]"), "unknown key panel.range", id="range"),
    pytest.param(("[[panel]]", "[[study]]"), r"no \[\[panel\]\]", id="no-panel"),
    pytest.param(("synthetic-stock-2019", "synthetic-2019"), "two panels synth", id="twice"),
    pytest.param(('"synthetic-2019"', '"Synthetic, 2019"'), "want a-z, 0-9, _ and -", id="name"),
]


@pytest.mark.parametrize(("change", "message"), BAD_PANEL)
def test_a_panel_with_a_fault_is_refused(tmp_path, change, message):
    (tmp_path / "panel.toml").write_text(PANEL.read_text().replace(*change))
    with pytest.raises(ValueError, match=message):
        panel.read(tmp_path / "panel.toml")


BAD_UNIVERSE = [
    pytest.param(("fresh = true", ""), "required key quote.fresh", id="missing"),
    pytest.param(("days_at_least = 7", "days_at_least = 7.0"), "days_at_least is float", id="type"),
    pytest.param(("fresh = true", "fresh = true\nnew = 1"), "unknown key quote.new", id="unknown"),
]


@pytest.mark.parametrize(("change", "message"), BAD_UNIVERSE)
def test_a_universe_with_a_fault_is_refused(tmp_path, change, message):
    (tmp_path / "universe.toml").write_text(UNIVERSE.read_text().replace(*change))
    with pytest.raises(ValueError, match=message):
        universe.read(tmp_path / "universe.toml")
