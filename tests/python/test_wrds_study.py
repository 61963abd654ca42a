"""The study: blind to the future, the same bytes everywhere, every contract and date told."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence import schemas as readers
from tasks.evidence import wrds_plots
from tasks.evidence.checks import wrds as check
from wrds_pipeline import (
    aggregates,
    as_of,
    errors,
    figures,
    live,
    panel,
    pipeline,
    publication,
    results,
    schemas,
    study,
    universe,
)
from wrds_pipeline.provenance import ProvenanceFault
from wrds_pipeline.sources.sample import SampleSource

ROOT = Path(__file__).resolve().parents[2]
PANEL, STOCK = panel.read(ROOT / "wrds_pipeline" / "panel.toml")
RULES = universe.read(ROOT / "wrds_pipeline" / "universe.toml")
FIRST, LAST = dt.date(2019, 6, 27), dt.date(2019, 7, 11)
DAY, NEXT = dt.date(2019, 7, 3), dt.date(2019, 7, 5)  # Independence Day lies between
BEFORE_THE_GAP, LOST = dt.date(2019, 7, 5), dt.date(2019, 7, 8)


@pytest.fixture(scope="module")
def history():
    return as_of.History.load(SampleSource("fast"), secid=PANEL.panel.secid, first=FIRST, last=LAST)


@pytest.fixture(scope="module")
def result(history):
    return study.date_result(history, DAY, RULES, PANEL)


@pytest.fixture(scope="module")
def tables(history, result):
    others = (BEFORE_THE_GAP, LOST, FIRST)
    made = [(day, study.date_result(history, day, RULES, PANEL)) for day in others]
    return results.combined([*made, (DAY, result)], PANEL.panel.panel_id)


def test_the_next_date_is_the_exchanges_and_the_contracts_are_the_same(result):
    priced = result["oos_pricing"]
    assert set(priced["next_trade_date"]) == set(priced["quote_date"]) == {NEXT}
    key = list(study.CONTRACT)
    assert priced.join(result["calibration"], on=key, how="anti").is_empty()
    assert priced.select(key).equals(result["hedging"].select(key))
    row = result["dates"].row(0, named=True)
    told = row["priced"] + row["expired"] + row["no_believable_quote"]
    assert told == row["selected"] == len(result["calibration"])
    assert row["priced"] == len(priced) > 0.9 * row["selected"]


def test_model_prices_are_quantlibs(result):
    for row in result["oos_pricing"].gather_every(7).iter_rows(named=True):
        kind = ql.Option.Call if row["option_type"] == "call" else ql.Option.Put
        for model in ("heston", "svi_slices"):
            deviation = row[f"volatility_{model}"] * np.sqrt(row["time_to_expiry"])
            price = ql.blackFormula(kind, row["strike"], row["forward"], deviation, row["discount"])
            assert row[f"price_{model}"] == pytest.approx(price, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("factor", [float("nan"), 1e6, None])
def test_the_future_changes_nothing_on_the_trade_date(history, result, factor):
    """Everything known after the decision is dropped (None), lost or scaled."""
    later = pl.col(as_of.KNOWN_AT) > as_of.decision_time(DAY)
    spoilt = {}
    for name, frame in history.tables.items():
        numbers = pl.col(pl.Float64)
        spoilt[name] = (
            frame.filter(~later)
            if factor is None
            else frame.with_columns(pl.when(later).then(numbers * factor).otherwise(numbers))
        )
    again = study.trade_date_result(as_of.History(spoilt), DAY, RULES, PANEL)
    for name in ("removed", "fits", "parameters", "calibration"):
        assert again[name].equals(result[name])


def test_nothing_is_known_after_its_decision(result):
    assert result["calibration"]["known_at"].max() <= as_of.decision_time(DAY)
    assert result["oos_pricing"]["known_at"].max() <= as_of.decision_time(NEXT)
    tables = results.combined([(DAY, result)], PANEL.panel.panel_id)
    as_of.check_calibration(aggregates.calibration(tables))
    as_of.check_oos(aggregates.oos_pricing(tables))


def test_a_date_without_a_market_is_told(tables):
    by_day = dict(tables["dates"].select("trade_date", "status").iter_rows())
    assert by_day == {
        FIRST: "ok",
        DAY: "ok",
        BEFORE_THE_GAP: "no market on the next trade date",
        LOST: "no market",
    }
    told = aggregates.dates(tables)
    assert len(told) == 4 * len(study.NAMES)
    assert set(told.filter(trade_date=str(LOST))["fit"]) == {"none"}
    assert told.filter(trade_date=str(LOST))["volatility"].null_count() == len(study.NAMES)


def test_results_come_back_from_their_file(tables, tmp_path):
    path = tmp_path / "study.parquet"
    results.write(tables, path, {"label": "SYNTHETIC"})
    found, metadata = results.read(path)
    assert metadata["label"] == "SYNTHETIC"
    for name, frame in tables.items():
        assert found[name].select(frame.columns).equals(frame)
    pl.DataFrame({"panel": ["x"], "trade_date": [DAY]}).write_parquet(path)
    with pytest.raises(ValueError, match="no column dates"):
        results.read(path)


def test_models_are_compared_on_the_same_contracts(tables):
    rows = errors.volatility_errors(tables, "out_of_sample")
    counts = rows.group_by("trade_date", "model").len()
    assert counts.group_by("trade_date").agg(pl.col("len").n_unique())["len"].to_list() == [1, 1]
    hedged = errors.hedged(tables).group_by("trade_date", "model", "rule").len()
    assert hedged.group_by("trade_date").agg(pl.col("len").n_unique())["len"].to_list() == [1, 1]


def test_cells_are_root_mean_squares_with_their_weights(tables):
    rows = errors.volatility_errors(tables, "out_of_sample").filter(pl.col("model") == "ssvi")
    error, vega = rows["volatility_error"].to_numpy(), rows["vega"].to_numpy()
    spreads = (rows["price_error"] / rows["spread"]).to_numpy()
    cell = aggregates.summary(tables).row(
        by_predicate=(pl.col("model") == "ssvi")
        & (pl.col("period") == "out_of_sample")
        & (pl.col("tenor") == "all")
        & (pl.col("moneyness") == "all"),
        named=True,
    )
    assert cell["rmse_volatility"] == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-12)
    weighted = np.sqrt(np.average(error**2, weights=vega))
    assert cell["rmse_volatility_by_vega"] == pytest.approx(weighted, rel=1e-12)
    assert cell["rmse_spreads"] == pytest.approx(np.sqrt(np.mean(spreads**2)), rel=1e-12)


@pytest.mark.parametrize("make", [aggregates.summary, aggregates.hedges])
def test_no_small_cell_is_published_and_none_is_lost(tables, make):
    table = make(tables, 60)
    assert table["contracts"].min() >= 60
    key = [name for name in ("period", "model", "rule") if name in table.columns]
    fine = table.filter((pl.col("tenor") != "all") & (pl.col("moneyness") != "all"))
    whole = table.filter((pl.col("tenor") == "all") & (pl.col("moneyness") == "all"))
    shown = fine.group_by(key).agg(pl.col("contracts").sum(), pl.col("suppressed_contracts").max())
    sums = shown.select(*key, total=pl.col("contracts") + pl.col("suppressed_contracts"))
    both = whole.join(sums, on=key, how="left")
    assert both["total"].equals(both["contracts"], check_names=False)
    assert whole["suppressed_contracts"].max() > 0
    assert not {"strike", "bid", "ask", "mid", "optionid", "secid"} & set(table.columns)


def test_live_tables_hold_listed_columns_and_no_small_cell(tables, monkeypatch):
    licensed = {
        name: frame.with_columns(source=pl.lit("WRDS")) if "source" in frame.columns else frame
        for name, frame in tables.items()
    }
    found = live.tables(licensed)
    assert {"summary.csv", "hedging.csv"} <= set(found)
    for text in found.values():
        assert "SYNTHETIC" not in text
        assert not {"strike", "mid", "spot"} & set(text.split("\n")[0].split(","))
    smuggled = aggregates.summary(licensed).with_columns(strike=pl.lit(2900.0))
    monkeypatch.setattr(aggregates, "summary", lambda _made: smuggled)
    with pytest.raises(publication.NotPublishableError, match="strike"):
        live.tables(licensed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    output = tmp_path_factory.mktemp("study")
    environment = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    environment |= {"POLARS_MAX_THREADS": "1", "WRDS_USE_SAMPLE": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "wrds_pipeline.pipeline", "--fast", "--output", str(output)]
    subprocess.run(command, cwd=output, env=environment, check=True, capture_output=True)
    return output


def test_a_date_is_the_same_in_another_zone_locale_and_process(folder, tables):
    stored, _ = results.read(folder / "SYNTHETIC_study.parquet")
    days = tables["dates"]["trade_date"]
    own = pl.col("panel") == PANEL.panel.panel_id
    for name, frame in tables.items():
        assert (
            stored[name]
            .filter(own & pl.col("trade_date").is_in(days))
            .select(frame.columns)
            .equals(frame)
        )


def test_every_file_keeps_the_schema_that_the_gate_reads_it_with(folder):
    names = {f"{name}.csv": f"wrds_{name}" for name in schemas.TABLES}
    names |= {"provenance.json": "wrds_provenance", "leak_detection.json": "wrds_leak_detection"}
    names |= {file: "parquet_sample" for file, _ in pipeline.steps() if file.endswith(".parquet")}
    names["SYNTHETIC_study.parquet"] = "wrds_study"
    assert {path.name for path in folder.iterdir()} == set(names)
    content = {name: readers.read(schema, folder / name) for name, schema in names.items()}
    found = figures.figures(
        {name: content[f"{name}.csv"] for name in schemas.TABLES},
        content["leak_detection.json"].model_dump(),
        content["provenance.json"],
    )
    assert found["source"] == "sample (SYNTHETIC)"
    assert (found["trade_dates"], found["leaks_missed"]) == (9, 0)
    assert found["runs_changed_by_the_future"] == 0
    assert found["models"]["heston"]["in_sample_rmse_volatility"] < 0.002
    name = STOCK.panel.panel_id
    stock = found["panels"][name]
    assert (stock["exercise"], stock["trade_dates"], stock["dates_without_a_market"]) == (
        "american", 5, 1,
    )  # fmt: skip
    assert found[f"models_{name}"]["flat_black_scholes"]["in_sample_rmse_volatility"] < 0.003
    assert set(found[f"regimes_{name}"]) == {"early_summer"}
    assert set(found[f"recovery_{name}"]) == {"volatility"}
    with pytest.raises(ValueError, match="other panels"):
        figures.figures(
            {name: content[f"{name}.csv"].head(3) for name in schemas.TABLES},
            content["leak_detection.json"].model_dump(),
            content["provenance.json"],
        )


def test_the_true_parameters_are_within_their_errors(folder):
    found = readers.read("wrds_recovery", folder / "recovery.csv")
    assert found.group_by("panel").len().sort("panel")["len"].to_list() == [5, 1]
    deviations = found["bias"].abs() * found["dates"].sqrt() / found["mean_standard_error"]
    assert deviations.max() < 4.0
    assert found["coverage_95"].min() > 0.5


LEAKS = [
    pytest.param(lambda d: d["plants"].pop(), "leaks tried are", id="a-plant-left-out"),
    pytest.param(
        lambda d: d["plants"][0].update(
            caught=False, differing=0, identical=d["plants"][0]["runs"]
        ),
        "planted leak backfill was not caught",
        id="not-caught",
    ),
    pytest.param(
        lambda d: d["stages"].pop(), "the panels are due synthetic-2019: study", id="a-panel-less"
    ),
    pytest.param(
        lambda d: d["views"].pop(), "the panels are due synthetic-2019: views", id="views-less"
    ),
    pytest.param(
        lambda d: d["stages"][0].update(caught=True, differing=1), "changed with the future", id="s"
    ),
]


@pytest.mark.parametrize(("change", "message"), LEAKS)
def test_a_record_of_experiments_that_shows_a_leak_is_refused(folder, change, message):
    document = json.loads((folder / "leak_detection.json").read_text())
    record = check.LeakDetection.model_validate(document)

    provenance = readers.read("wrds_provenance", folder / "provenance.json")

    class Evidence:
        profile = "fast"

        def get(self, path):
            return provenance if path.endswith("provenance.json") else None

    assert list(check._leak_faults(record, Evidence())) == []
    change(document)
    faults = list(check._leak_faults(check.LeakDetection.model_validate(document), Evidence()))
    assert any(message in fault for fault in faults)


BAD_SOURCE = [
    pytest.param("0", [], "asks for a live WRDS source", id="live"),
    pytest.param("yes", [], "'yes'", id="?"),
    pytest.param("1", ["--source", "parquet"], "asks for the sample", id="both"),
    pytest.param("0", ["--source", "parquet"], "needs --root", id="nowhere"),
    pytest.param("", ["--source", "parquet", "--root", "nowhere"], "does not exist", id="absent"),
]


@pytest.mark.parametrize(("setting", "more", "message"), BAD_SOURCE)
def test_a_failed_live_source_never_falls_back(
    tmp_path, monkeypatch, capsys, setting, more, message
):
    monkeypatch.setenv("WRDS_USE_SAMPLE", setting)
    monkeypatch.chdir(tmp_path)
    assert pipeline.main(["--fast", "--output", str(tmp_path / "out"), *more]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_failed_step_leaves_the_old_file_and_no_litter(tmp_path):
    target = tmp_path / "calibration.csv"
    target.write_text("old\n")

    def fail(output, **_):
        output.write_text("half")
        raise ValueError("planted")

    with pytest.raises(ValueError, match="planted"):
        pipeline._replace(target, fail, {}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["calibration.csv"]
    assert target.read_text() == "old\n"


BAD_PROVENANCE = [
    pytest.param({"source": "wrds"}, "source is 'wrds', want 'sample'", id="source"),
    pytest.param({"marker": ""}, "want 'SYNTHETIC'", id="marker"),
    pytest.param({"extra": 1}, "unknown key extra", id="unknown-key"),
    pytest.param({"tables": {}}, "want opprcd, secprd, zerocd", id="tables"),
    pytest.param({"panel": {}}, "panel.sha256: want a digest", id="panel"),
    pytest.param({"universe": {"removed": {"x": -1}}}, "a count for each rule", id="count"),
    pytest.param({"dates": {"by_market": {"ok": 1}}}, "add up to trade_dates", id="dates"),
]


@pytest.mark.parametrize(("change", "message"), BAD_PROVENANCE)
def test_a_provenance_that_says_something_else_is_refused(folder, change, message):
    good = readers.read("wrds_provenance", folder / "provenance.json")
    document = {name: getattr(good, name) for name in good.__slots__}
    with pytest.raises(ProvenanceFault, match=message):
        type(good).model_validate(document | change)
    with pytest.raises(ProvenanceFault, match="required key seed"):
        type(good).model_validate({k: v for k, v in document.items() if k != "seed"})


@pytest.mark.parametrize("name", ["smiles", "error_map", "losing_dates"])
def test_a_figure_is_the_same_bytes_twice(folder, tmp_path, name):
    inputs = {table: folder / f"{table}.csv" for table in schemas.TABLES}
    inputs["study"] = folder / "SYNTHETIC_study.parquet"
    for file in ("one.png", "two.png"):
        getattr(wrds_plots, f"write_{name}")(
            tmp_path / file, inputs=inputs, config={"profile": "fast"},
            progress=lambda _done, _total: None,
        )  # fmt: skip
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    readers.read("png", tmp_path / "one.png")
