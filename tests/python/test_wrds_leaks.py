"""Look-ahead is found by experiment: honest stages pass, every planted leak is caught."""

import ast
import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from wrds_pipeline import as_of, calendar, leak_plants, leaks
from wrds_pipeline.as_of import KNOWN_AT, History, MarketView, decision_time
from wrds_pipeline.sources.sample import SampleSource
from wrds_pipeline.synthetic import truth

pytestmark = pytest.mark.fast

DAYS = calendar.trade_dates(truth.FIRST_DATE, 10)
LOST = [DAYS[truth.LOST_DAYS[0]]]


@pytest.fixture(scope="module")
def history():
    return History.load(SampleSource("fast"), secid=truth.INDEX_SECID, first=DAYS[0], last=DAYS[-1])


def detection(stage, history):
    return leaks.detect(stage, history, leaks.cuts(DAYS, stage.decision, lost=LOST))


def test_the_honest_twin_is_not_accused(history):
    found = detection(leak_plants.HONEST, history)
    assert not found.caught
    assert found.identical == found.runs == 3 * len(DAYS) * len(leaks.POISONS)


@pytest.mark.parametrize("stage", leak_plants.PLANTS, ids=lambda stage: stage.name)
def test_a_planted_leak_is_caught(history, stage):
    found = detection(stage, history)
    assert found.caught
    assert json.loads(json.dumps(found.record()))["stage"] == stage.name


@pytest.mark.parametrize("stage", leak_plants.DIVIDEND_PLANTS, ids=lambda stage: stage.name)
def test_a_dividend_used_before_its_declaration_is_caught(stage):
    stock = History.load(
        SampleSource("fast"), secid=truth.STOCK_SECID, first=DAYS[0], last=DAYS[-1]
    )
    assert detection(stage, stock).caught
    declared = {name: table.clear() if name == "distrd" else table
                for name, table in stock.tables.items()}  # fmt: skip
    assert not detection(stage, History(declared)).caught


def test_the_catalogue_of_leaks_is_complete():
    assert [stage.name for stage in leak_plants.PLANTS] == [
        "backfill", "centred mean", "global z-score", "nearest as-of join",
        "survivorship by last row", "full-sample parameter choice", "same-day close",
    ]  # fmt: skip
    assert [stage.name for stage in leak_plants.DIVIDEND_PLANTS] == [
        "dividend before its declaration"
    ]


def test_a_filled_gap_is_seen_at_the_gap_alone(history):
    stage = leak_plants.PLANTS[0]
    made = leaks.cuts(DAYS, stage.decision, lost=LOST)
    away = [cut for cut in made if cut.day != LOST[0]]
    assert not leaks.detect(stage, history, away).caught


def test_a_lag_of_hours_is_not_seen_by_cuts_at_dates(history):
    close = leak_plants.PLANTS[-1]
    by_date = leaks.Stage(close.name, close.run, decision_time)
    assert not detection(by_date, history).caught


def test_every_kind_of_date_is_cut():
    days = calendar.trade_dates(truth.FIRST_DATE, 60)
    made = leaks.cuts(days, decision_time, lost=[days[6]])
    kinds = {cut.kind for cut in made}
    assert kinds == {"date", "gap", "holiday", "month end", "roll", "random", "earlier"}
    assert all(cut.moment >= decision_time(cut.day) for cut in made)
    assert any(decision_time(days[-1]) > cut.moment > decision_time(cut.day) for cut in made)
    assert {cut.day for cut in made} >= set(days)
    by_date = [cut for cut in made if cut.kind not in ("random", "earlier")]
    kind = {cut.day.isoformat(): cut.kind for cut in by_date}
    assert kind["2019-07-03"] == "holiday"
    assert kind["2019-07-31"] == "month end"
    assert kind["2019-07-19"] == "roll"


def test_views_keep_their_rows_whatever_is_spoilt_later(history):
    found = leaks.unchanged_views(history, leaks.cuts(DAYS, decision_time, lost=LOST))
    assert (found.differing, found.identical) == (0, found.runs)


def test_a_view_that_lets_later_rows_through_would_be_seen(history, monkeypatch):
    late = pl.col(KNOWN_AT) - pl.duration(days=1)
    leaky = History(
        {name: table.with_columns(late.alias(KNOWN_AT)) for name, table in history.tables.items()}
    )
    original = leaks.spoilt
    monkeypatch.setattr(
        leaks,
        "spoilt",
        lambda _history, moment, poison: original(leaky, moment - dt.timedelta(days=1), poison),
    )
    assert leaks.unchanged_views(leaky, leaks.cuts(DAYS, decision_time)).caught


def test_a_view_that_lets_one_minute_through_is_seen(history, monkeypatch):
    monkeypatch.setattr(History, "as_of", late_view)
    assert leaks.unchanged_views(history, leaks.cuts(DAYS, as_close_minus)).caught


def late_view(self, moment):
    return MarketView(moment + dt.timedelta(minutes=1), self.tables)


def as_close_minus(day):
    return calendar.close(day) - dt.timedelta(seconds=90)


# What makes views, and what plants leaks or tries them; everything else sees rows by views alone.
MAY_READ_TABLES = ("as_of.py", "leaks.py", "leak_plants.py", "experiments.py", "artifacts.py")


def test_no_step_of_a_study_reaches_past_its_view():
    root = Path(as_of.__file__).parent
    read = []
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if place.parts[0] in ("sources", "synthetic") or place.name in MAY_READ_TABLES:
            continue
        nodes = list(ast.walk(ast.parse(path.read_text())))
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        read += [
            f"{place}:{node.lineno}"
            for node in nodes
            if isinstance(node, ast.Attribute) and node.attr in ("tables", "_tables")
            if id(node) not in called
        ]
    assert read == []


@pytest.mark.parametrize("name", leaks.POISONS)
def test_a_poison_spoils_what_is_later_and_nothing_else(history, name):
    moment = decision_time(DAYS[3])
    found = leaks.spoilt(history, moment, leaks.POISONS[name]).tables["secprd"]
    table = history.tables["secprd"]
    earlier = pl.col(KNOWN_AT) <= moment
    assert found.filter(earlier).equals(table.filter(earlier))
    assert not found.filter(~earlier).equals(table.filter(~earlier))
