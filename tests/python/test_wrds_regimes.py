"""Errors and comparison by regime: of its dates, in cells of enough, none told by a difference."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from wrds_pipeline import (
    aggregates,
    as_of,
    calendar,
    live,
    model_comparison,
    panel,
    results,
    study,
    universe,
)
from wrds_pipeline.models import NAMES
from wrds_pipeline.sources.sample import SampleSource

pytestmark = pytest.mark.fast

FOLDER = Path(__file__).parents[2] / "wrds_pipeline"
PANEL = panel.read(FOLDER / "panel.toml")[1]
CALM = [dt.date(2019, 7, 5), dt.date(2019, 7, 8)]
WILD = [dt.date(2019, 7, 9)]
CELL = ["panel", "period", "model", "tenor", "moneyness"]


@pytest.fixture(scope="module")
def tables():
    """Three dates of the stock, in two regimes."""
    rules = universe.read(FOLDER / "universe.toml")
    first, last = CALM[0], calendar.next_trade_date(WILD[-1])
    history = as_of.History.load(
        SampleSource("fast"), secid=PANEL.panel.secid, first=first, last=last
    )
    made = [(day, study.date_result(history, day, rules, PANEL)) for day in CALM + WILD]
    found = results.combined(made, PANEL.panel.panel_id)
    label = pl.when(pl.col("trade_date").is_in(CALM)).then(pl.lit("calm")).otherwise(pl.lit("wild"))
    return found | {"dates": found["dates"].with_columns(period=label)}


def of_dates(tables, days):
    return {name: frame.filter(pl.col("trade_date").is_in(days)) for name, frame in tables.items()}


@pytest.mark.parametrize(("regime", "days"), [("calm", CALM), ("wild", WILD)])
def test_a_regimes_errors_are_those_of_its_dates(tables, regime, days):
    found = aggregates.regimes(tables, 1).filter(regime=regime).drop("regime").sort(CELL)
    alone = aggregates.summary(of_dates(tables, days), 1).sort(CELL)
    assert found.select(alone.columns).equals(alone)
    assert len(found) > 7 * 2 * 4


def test_regimes_of_a_cell_stand_together_or_not_at_all(tables):
    minimum = 5
    every, told = aggregates.regimes(tables, 1), aggregates.regimes(tables, minimum)
    assert 0 < len(told) < len(every.filter(pl.col("contracts") >= minimum))
    counts = every.group_by(CELL).agg(
        pl.col("contracts").min().alias("fewest"), pl.len().alias("regimes")
    )
    shown = told.group_by(CELL).agg(pl.len().alias("shown"), pl.col("contracts").sum())
    both = counts.join(shown, on=CELL, how="left")
    assert both.filter(pl.col("fewest") < minimum)["shown"].is_null().all()
    whole = both.filter(pl.col("fewest") >= minimum)
    assert whole["shown"].equals(whole["regimes"], check_names=False)
    # what all dates say less what the regimes say is then nothing
    total = aggregates.summary(tables, 1).select(*CELL, total="contracts")
    added = shown.join(total, on=CELL, how="left")
    assert added["total"].equals(added["contracts"], check_names=False)
    fine = told.filter((pl.col("tenor") != "all") & (pl.col("moneyness") != "all"))
    key = ["regime", "period", "model"]
    counted = fine.group_by(key).agg(pl.col("contracts").sum())
    hidden = told.group_by(key).agg(pl.col("suppressed_contracts").first())
    sums = every.filter((pl.col("tenor") == "all") & (pl.col("moneyness") == "all"))
    reconciled = sums.select(*key, all="contracts").join(hidden, on=key).join(counted, on=key)
    assert len(reconciled) == 2 * 2 * len(NAMES)
    assert reconciled["suppressed_contracts"].min() > 0
    added = reconciled["contracts"] + reconciled["suppressed_contracts"]
    assert reconciled["all"].equals(added, check_names=False)


def test_live_regimes_hold_ten_contracts_and_only_the_finest_cells(tables):
    text = live.tables(tables)["regimes.csv"]
    found = pl.read_csv(text.encode())
    assert found["contracts"].min() >= 10
    assert "all" not in {*found["tenor"], *found["moneyness"]}
    assert set(found["regime"]) == {"calm", "wild"}
    assert "source" not in found.columns


# --- the comparison ----------------------------------------------------------------------------


def lost(counts, seed=1):
    """Made-up losses of consecutive dates in regimes of so many dates, and the dates table."""
    labels = [name for name, count in counts.items() for _ in range(count)]
    days = calendar.trade_dates(dt.date(2019, 1, 2), len(labels))
    dates = pl.DataFrame({"panel": "p", "trade_date": days, "period": labels})
    generator = np.random.default_rng(seed)
    losses = dates.select("panel", "trade_date").join(pl.DataFrame({"model": NAMES}), how="cross")
    noise = {loss: generator.random(len(losses)) for loss in aggregates.LOSSES}
    return losses.with_columns(**{loss: pl.Series(value) for loss, value in noise.items()}), dates


# Dates by regime, and the regimes that are shown beside the whole.
SHOWN = [
    pytest.param({"a": 25, "b": 30}, ["a", "b"], id="all"),
    pytest.param({"a": 25, "b": 12}, ["a"], id="enough-is-left-out"),
    pytest.param({"a": 25, "b": 9}, [], id="the-left-out-could-be-told"),
    pytest.param({"a": 25, "b": 6, "c": 6}, ["a"], id="the-left-out-are-told-together"),
    pytest.param({"a": 19, "b": 19}, [], id="too-short"),
    pytest.param({"a": 19}, [], id="one"),
]


@pytest.mark.parametrize(("counts", "shown"), SHOWN)
def test_regimes_of_enough_dates_are_compared(monkeypatch, counts, shown):
    losses, dates = lost(counts)
    monkeypatch.setattr(aggregates, "losses", lambda _tables: losses)
    models, pairs = model_comparison.compared({"dates": dates})
    assert models["regime"].unique(maintain_order=True).to_list() == ["all", *shown]
    assert pairs["regime"].unique(maintain_order=True).to_list() == ["all", *shown]
    for regime in shown:
        days = dates.filter(period=regime)["trade_date"].implode()
        own = losses.filter(pl.col("trade_date").is_in(days))
        rows = models.filter(regime=regime, loss="price")
        means = own.group_by("model").agg(pl.col("price").mean())
        both = rows.join(means, on="model")
        assert set(rows["dates"]) == {counts[regime]}
        assert both["mean_loss"].to_numpy() == pytest.approx(both["price"].to_numpy())
        assert (rows["low"] < rows["mean_loss"]).all()
        assert (rows["high"] > rows["mean_loss"]).all()
        assert rows["dates_won"].sum() == counts[regime]


def test_a_panel_is_compared_as_if_it_were_alone(monkeypatch):
    losses, dates = lost({"a": 25})
    rename = pl.lit("q").alias("panel")
    monkeypatch.setattr(aggregates, "losses", lambda _tables: losses)
    alone = model_comparison.compared({"dates": dates})[0]
    more, days = lost({"b": 22}, seed=2)
    both = pl.concat([losses, more.with_columns(rename)])
    monkeypatch.setattr(aggregates, "losses", lambda _tables: both)
    beside = {"dates": pl.concat([dates, days.with_columns(rename)])}
    found = model_comparison.compared(beside)[0]
    assert found.filter(panel="p").equals(alone)
    assert set(found.filter(panel="q")["regime"]) == {"all", "b"}
