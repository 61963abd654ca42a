"""The study's files, one function each, called alike by the task graph and the command line.

``write_x(output, inputs=, config=, progress=)`` writes exactly `output`. `config` holds
``profile`` ("fast" or "full") and ``mode``; the only mode of these files is "sample".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from wrds_pipeline import calendar, provenance, schemas, summary, synthetic, universe
from wrds_pipeline.as_of import History, check_calibration, check_oos, decision_time
from wrds_pipeline.calibrate import calibrate
from wrds_pipeline.csv_form import csv_text
from wrds_pipeline.evaluate import evaluate

Progress = Callable[[int, int], None]
Inputs = Mapping[str, Path]
Config = Mapping[str, Any]

TABLES = ("opprcd", "secprd", "zerocd")


def _profile(config: Config) -> str:
    mode = config.get("mode", "sample")
    if mode != "sample":
        raise ValueError(f"mode {mode!r}: wrds_sample is made from the sample only")
    return str(config["profile"])


def _write_sample(name: str, output: Path, config: Config, progress: Progress) -> None:
    synthetic.write(name, _profile(config), output)
    progress(1, 1)


def write_opprcd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC option prices."""
    del inputs  # the seed is in the code
    _write_sample("opprcd", output, config, progress)


def write_secprd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC security prices."""
    del inputs
    _write_sample("secprd", output, config, progress)


def write_zerocd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC zero curves."""
    del inputs
    _write_sample("zerocd", output, config, progress)


def _history(inputs: Inputs) -> History:
    return History(**{name: synthetic.read_sample(inputs[name]) for name in TABLES})


def _calibrated(history: History, rules: universe.Universe) -> tuple[pl.DataFrame, dict[str, int]]:
    return calibrate(history.as_of(decision_time(rules.study.trade_date)), rules)


def _evaluated(
    history: History, rules: universe.Universe, calibration: pl.DataFrame
) -> tuple[pl.DataFrame, dict[str, int]]:
    following = calendar.next_trade_date(rules.study.trade_date)
    return evaluate(calibration, history.as_of(decision_time(following)), rules)


def write_calibration(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the calibration table from the sample's tables and the universe."""
    _profile(config)
    table, _ = _calibrated(_history(inputs), universe.read(inputs["universe"]))
    _write_csv(table, output)
    progress(1, 1)


def write_oos_pricing(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the out-of-sample table from the calibration and the sample's tables."""
    _profile(config)
    calibration = schemas.read(inputs["calibration"], schemas.Calibration)
    check_calibration(calibration)
    rules = universe.read(inputs["universe"])
    table, _ = _evaluated(_history(inputs), rules, calibration)
    _write_csv(table, output)
    progress(1, 1)


def write_summary(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the summary of the calibration and the out-of-sample table."""
    _profile(config)
    calibration = schemas.read(inputs["calibration"], schemas.Calibration)
    oos_pricing = schemas.read(inputs["oos_pricing"], schemas.OosPricing)
    check_calibration(calibration)
    check_oos(oos_pricing)
    _write_csv(summary.summarise(calibration, oos_pricing), output)
    progress(1, 1)


def write_provenance(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the provenance record of the study of these tables."""
    rules = universe.read(inputs["universe"])
    history = _history(inputs)
    calibration, removed = _calibrated(history, rules)
    oos_pricing, left_out = _evaluated(history, rules, calibration)
    day = rules.study.trade_date
    sections = asdict(rules)
    sections["study"]["trade_date"] = day.isoformat()
    frames = {"opprcd": history.opprcd, "secprd": history.secprd, "zerocd": history.zerocd}
    record = provenance.Provenance(
        schema=provenance.SCHEMA,
        source="sample",
        marker="SYNTHETIC",
        profile=_profile(config),
        seed=synthetic.SEED,
        trade_date=day.isoformat(),
        next_trade_date=calendar.next_trade_date(day).isoformat(),
        calendar={"name": calendar.NAME, "version": calendar.VERSION},
        tables={
            name: {"rows": len(frame), "sha256": _sha256(inputs[name])}
            for name, frame in frames.items()
        },
        universe={
            "sha256": _sha256(inputs["universe"]),
            "rules": sections,
            "quotes": len(history.opprcd.filter(pl.col("date") == day)),
            "removed": removed,
            "selected": len(calibration),
        },
        out_of_sample={"contracts": len(calibration), "priced": len(oos_pricing), **left_out},
        true_parameters=synthetic.parameters(),
    )
    output.write_bytes(record.text())
    progress(1, 1)


def _write_csv(table: pl.DataFrame, output: Path) -> None:
    output.write_text(csv_text(table), encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
