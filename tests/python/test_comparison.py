"""The comparison page shows what was measured, above all where another package is better."""

import json
import sys

import polars as pl
import pytest

from tasks.evidence import optional_tables, tables
from tasks.evidence.digest import sha256_file
from tests.python.page_blocks import ROOT

pytestmark = pytest.mark.fast

SITE = ROOT / "docs" / "site"


@pytest.fixture
def measured(monkeypatch):
    monkeypatch.syspath_prepend(str(SITE))
    import measured

    monkeypatch.delitem(sys.modules, "measured")
    return measured


def stored(measured):
    return tables.read_table(measured.DATA / "peers.csv", optional_tables.PeersTable)


def test_every_peer_that_is_clearly_faster_or_closer_is_shown(measured):
    rows = stored(measured).filter(pl.col("note").is_null() & (pl.col("threads") == 1))
    ours = rows.filter(pl.col("package") == "strikeproof")
    beside = rows.join(ours, on=["work", "quote_set"], suffix="_ours")
    faster = beside.filter(pl.col("ns_per_option") * 1.1 < pl.col("ns_per_option_ours"))
    closer = beside.filter(pl.col("max_relative_error") * 2 < pl.col("max_relative_error_ours"))
    closer = closer.filter(pl.col("work") != "monte_carlo")
    text = measured.filled((SITE / "comparison.md").read_text("utf-8"))
    assert faster.height + closer.height > 0
    for row in (*faster.iter_rows(named=True), *closer.iter_rows(named=True)):
        title = measured.plan.titles()[row["work"], row["quote_set"]]
        assert f"| {title} | {row['package']} | " in text


def test_a_peer_that_becomes_faster_appears_without_an_edit(measured):
    table = stored(measured)
    case = (pl.col("work") == "american") & (pl.col("package") == "QuantLib")
    quick = table.with_columns(
        ns_per_option=pl.when(case).then(1.0).otherwise(pl.col("ns_per_option"))
    )
    new = set(measured.better_elsewhere(quick)) - set(measured.better_elsewhere(table))
    assert {line[:4] for line in new} == {("American options", "QuantLib", "faster", 1.0)}


def test_every_question_and_package_of_the_measurement_is_on_the_page(measured):
    text = measured.filled((SITE / "comparison.md").read_text("utf-8"))
    for title in measured.plan.titles().values():
        assert f"| {title} |" in text
    for package in stored(measured)["package"].unique():
        ran = stored(measured).filter(pl.col("package") == package)["note"].is_null().any()
        assert package in text or not ran
    assert "{{" not in text


def test_the_figures_name_the_run_that_made_them(measured):
    origin = json.loads((measured.DATA / "origin.json").read_text("utf-8"))
    for name in ("peers", "frontier"):
        same = sha256_file(measured.DATA / f"{name}.csv") == origin[name]["sha256"]
        assert same, f"{name}.csv was edited: python docs/site/measured.py takes a run over"
        assert origin[name]["made_by"] == f"doit {name}"
        assert len(origin[name]["commit"]) == 40
    assert origin["machine"]["processor"]


def test_measurements_are_taken_over_with_what_their_receipts_say(measured, tmp_path):
    artifacts, data = tmp_path / "artifacts", tmp_path / "data"
    data.mkdir()
    for name in ("peers", "frontier"):
        (artifacts / name).mkdir(parents=True)
        (artifacts / name / f"{name}.csv").write_text("a\n1\n")
        run = {
            "byproducts": [{"annotations": {"commit": "c" * 40}}],
            "metadata": {"startedOn": "2026-01-02T03:04:05Z"},
        }
        receipt = artifacts / name / f"{name}.csv.receipt.json"
        receipt.write_text(json.dumps({"predicate": {"runDetails": run}}))
    (artifacts / "manifest.json").write_text(json.dumps({"machine": {"processor": "x"}}))
    measured.keep(artifacts, data)
    origin = json.loads((data / "origin.json").read_text())
    assert origin["peers"]["commit"] == "c" * 40
    assert origin["frontier"]["day"] == "2026-01-02"
    assert (data / "peers.csv").read_text() == "a\n1\n"
