"""Calibration and out-of-sample errors: true where truth is known, blind to the future."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence import schemas as readers
from tasks.evidence import wrds_plot
from wrds_pipeline import as_of, figures, market, pipeline, summary, synthetic, universe
from wrds_pipeline.calibrate import believed_quotes, calibrate
from wrds_pipeline.evaluate import evaluate
from wrds_pipeline.provenance import ProvenanceFault

pytestmark = pytest.mark.fast

ROOT = Path(__file__).resolve().parents[2]
UNIVERSE = ROOT / "wrds_pipeline" / "universe.toml"
TRADE, NEXT = dt.date(2019, 7, 3), dt.date(2019, 7, 5)


@pytest.fixture(scope="module")
def rules():
    return universe.read(UNIVERSE)


@pytest.fixture(scope="module")
def history():
    return as_of.History(**synthetic.tables("fast"))


def studied(history, rules):
    fitted, _ = calibrate(history.as_of(as_of.decision_time(TRADE)), rules)
    priced, _ = evaluate(fitted, history.as_of(as_of.decision_time(NEXT)), rules)
    return fitted, priced


@pytest.fixture(scope="module")
def study(history, rules):
    return studied(history, rules)


def test_parity_recovers_the_true_forward(history, rules):
    quotes, _ = believed_quotes(history.as_of(as_of.decision_time(TRADE)), TRADE, rules)
    carry = quotes["rate"] - synthetic.TRUTH.dividend_yield
    true = quotes["spot"].to_numpy() * np.exp((carry * quotes["time_to_expiry"]).to_numpy())
    assert np.abs(quotes["forward"].to_numpy() / true - 1.0).max() < 1e-3  # the noise is 2e-3


def test_implied_volatilities_are_the_true_smile(study):
    fitted, _ = study
    level = synthetic._path(10)[4].level
    time = fitted["time_to_expiry"].to_numpy()
    log_moneyness = np.log((fitted["strike"] / fitted["forward"]).to_numpy())
    true = synthetic.smile(log_moneyness, time, level)
    error = fitted["implied_volatility"].to_numpy() - true
    assert abs(np.mean(error)) < 1e-3
    assert np.sqrt(np.mean(error**2)) < 3e-3


def test_the_flat_volatility_is_the_mean_weighted_by_quantlibs_vega(study):
    for _, quotes in study[0].group_by("expiry", "am_settlement"):
        vegas = [
            ql.BlackCalculator(
                ql.PlainVanillaPayoff(ql.Option.Call, row["strike"]),
                row["forward"],
                row["implied_volatility"] * np.sqrt(row["time_to_expiry"]),
                row["discount"],
            ).vega(row["time_to_expiry"])
            for row in quotes.iter_rows(named=True)
        ]
        mean = np.average(quotes["implied_volatility"].to_numpy(), weights=vegas)
        assert quotes["flat_volatility"][0] == pytest.approx(mean, rel=1e-12)
        assert quotes["flat_volatility"].n_unique() == 1


def test_model_prices_are_quantlibs(study):
    for row in study[1].iter_rows(named=True):
        kind = ql.Option.Call if row["option_type"] == "call" else ql.Option.Put
        deviation = row["flat_volatility"] * np.sqrt(row["time_to_expiry"])
        price = ql.blackFormula(kind, row["strike"], row["forward"], deviation, row["discount"])
        assert row["model_price"] == pytest.approx(price, rel=1e-10, abs=1e-12)


def test_out_of_sample_prices_the_same_contracts_with_the_trade_dates_volatility(study):
    fitted, priced = study
    key = [*market.CONTRACT, "flat_volatility"]
    assert len(priced) > 0.9 * len(fitted)
    assert priced.join(fitted, on=key, how="anti").is_empty()
    assert set(priced["quote_date"]) == {NEXT.isoformat()}


@pytest.mark.parametrize("factor", [float("nan"), 1e6, 1e-6, None])
def test_the_future_changes_nothing_on_the_trade_date(history, rules, study, factor):
    """Quotes, closes and rates after the decision are dropped (None), lost or scaled."""
    spoilt = {}
    for name in ("opprcd", "secprd", "zerocd"):
        frame = getattr(history, name)
        if factor is None:
            spoilt[name] = frame.filter(pl.col("date") <= TRADE)
            continue
        numbers = [c for c, kind in frame.schema.items() if kind == pl.Float64]
        later = pl.col("date") > TRADE
        spoilt[name] = frame.with_columns(
            pl.when(later).then(pl.col(c) * factor).otherwise(pl.col(c)).alias(c) for c in numbers
        )
    again, _ = calibrate(as_of.History(**spoilt).as_of(as_of.decision_time(TRADE)), rules)
    assert again.equals(study[0])


def test_the_vendors_volatilities_are_not_read(history, rules, study):
    blind = history.opprcd.with_columns(impl_volatility=pl.lit(None, dtype=pl.Float64))
    again = studied(as_of.History(blind, history.secprd, history.zerocd), rules)
    assert again[0].equals(study[0])
    assert again[1].equals(study[1])


def test_strikes_in_another_unit_are_refused(history, rules):
    wrong = history.opprcd.with_columns(strike_price=pl.col("strike_price") / 1000.0)
    view = as_of.History(wrong, history.secprd, history.zerocd)
    with pytest.raises(ValueError, match="check the units"):
        calibrate(view.as_of(as_of.decision_time(TRADE)), rules)


def test_counts_of_removed_quotes_add_up(history, rules):
    fitted, removed = calibrate(history.as_of(as_of.decision_time(TRADE)), rules)
    day = history.opprcd.filter(pl.col("date") == TRADE)
    assert len(day) == len(fitted) + sum(removed.values())
    assert removed["positive_bid"] == (day["best_bid"] == 0.0).sum()


BAD_UNIVERSE = [
    pytest.param("[quote]", "[quotes]", r"unknown section \[quotes\]", id="section"),
    pytest.param("days_at_least = 7", "days_at_lest = 7", "unknown key .*days_at_lest", id="typo"),
    pytest.param("days_at_least = 7", 'days_at_least = "7"', "is str, want int", id="type"),
    pytest.param("mid_at_least = 0.125\n", "", "required key selection.mid_at_least", id="missing"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD_UNIVERSE)
def test_a_universe_with_a_slip_is_refused(tmp_path, old, new, message):
    path = tmp_path / "universe.toml"
    path.write_text(UNIVERSE.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        universe.read(path)


def test_no_cell_of_the_summary_is_small_and_no_contract_is_lost(study):
    fitted, priced = study
    table = summary.summarise(fitted, priced)
    assert table["contracts"].min() >= 10
    for period, rows in (("in_sample", fitted), ("out_of_sample", priced)):
        cells = table.filter(pl.col("period") == period)
        assert cells["contracts"].sum() + cells["suppressed_contracts"][0] == len(rows)
    assert not {"strike", "bid", "ask", "optionid", "secid"} & set(table.columns)


def test_small_cells_are_merged_before_anything_is_suppressed(study):
    fitted, priced = study
    short = fitted["time_to_expiry"] * 365.0 <= 30.0
    few = pl.concat([fitted.filter(~short), fitted.filter(short).head(6), fitted.tail(0)])
    table = summary.summarise(few, priced).filter(pl.col("period") == "in_sample")
    assert table["suppressed_contracts"][0] == 6
    enough = pl.concat([fitted.filter(~short), fitted.filter(short).gather_every(5)])
    table = summary.summarise(enough, priced).filter(pl.col("period") == "in_sample")
    assert table.filter(tenor="to_30_days")["moneyness"].to_list() == ["other"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    output = tmp_path_factory.mktemp("study")
    pipeline.run(output, "fast", lambda _name: None)
    return output


def test_every_file_keeps_the_schema_that_the_gate_reads_it_with(folder):
    names = {"calibration.csv": "wrds_calibration", "oos_pricing.csv": "wrds_oos_pricing"}
    names |= {"summary.csv": "wrds_summary", "provenance.json": "wrds_provenance"}
    names |= {f"SYNTHETIC_{t}.parquet": "parquet_sample" for t in ("opprcd", "secprd", "zerocd")}
    assert {path.name for path in folder.iterdir()} == set(names)
    content = {name: readers.read(schema, folder / name) for name, schema in names.items()}
    fitted, priced = content["calibration.csv"], content["oos_pricing.csv"]
    found = figures.figures(fitted, priced, content["provenance.json"])
    residual = fitted["residual"].to_numpy()
    assert found["in_sample_rmse_volatility"] == pytest.approx(np.sqrt(np.mean(residual**2)))
    assert found["source"] == "sample (SYNTHETIC)"
    with pytest.raises(ValueError, match="0 rows"):
        figures.figures(
            content["calibration.csv"].clear(),
            content["oos_pricing.csv"],
            content["provenance.json"],
        )


def test_the_command_line_gives_the_same_bytes_anywhere(folder, tmp_path):
    """Another folder, time zone, locale, hash seed and number of threads."""
    environment = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    environment |= {"POLARS_MAX_THREADS": "1", "WRDS_USE_SAMPLE": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "wrds_pipeline.pipeline", "--fast", "--output", "out"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    for path in folder.iterdir():
        assert (tmp_path / "out" / path.name).read_bytes() == path.read_bytes()


BAD_SOURCE = [
    pytest.param("0", "live WRDS source", id="live"),
    pytest.param("yes", "'yes'", id="?"),
]


@pytest.mark.parametrize(("setting", "message"), BAD_SOURCE)
def test_without_a_live_source_nothing_falls_back(tmp_path, monkeypatch, capsys, setting, message):
    monkeypatch.setenv("WRDS_USE_SAMPLE", setting)
    assert pipeline.main(["--fast", "--output", str(tmp_path / "out")]) == 2
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
    pytest.param({"trade_date": "3 July"}, "trade_date is '3 July'", id="date"),
    pytest.param({"extra": 1}, "unknown key extra", id="unknown-key"),
    pytest.param({"tables": {}}, "want opprcd, secprd, zerocd", id="tables"),
    pytest.param({"universe": {"removed": {"x": -1}}}, "a count for each rule", id="count"),
]


@pytest.mark.parametrize(("change", "message"), BAD_PROVENANCE)
def test_a_provenance_that_says_something_else_is_refused(folder, change, message):
    good = readers.read("wrds_provenance", folder / "provenance.json")
    document = {name: getattr(good, name) for name in good.__slots__}
    with pytest.raises(ProvenanceFault, match=message):
        type(good).model_validate(document | change)
    with pytest.raises(ProvenanceFault, match="required key seed"):
        type(good).model_validate({k: v for k, v in document.items() if k != "seed"})


def test_the_figure_is_the_same_bytes_twice(folder, tmp_path):
    inputs = {name: folder / f"{name}.csv" for name in ("calibration", "oos_pricing")}
    for name in ("one.png", "two.png"):
        wrds_plot.write_wrds_plot(
            tmp_path / name,
            inputs=inputs,
            config={"profile": "fast"},
            progress=lambda _done, _total: None,
        )
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    readers.read("png", tmp_path / "one.png")
