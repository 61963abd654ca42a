"""The study's files, one function each, called alike by the task graph and the command line.

``write_x(output, inputs=, config=, progress=)`` writes exactly `output`. `config` holds
``profile`` ("fast" or "full") and ``mode``; the only mode of these files is "sample". Its
``options``, how dates are run, change no byte.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from wrds_pipeline import (
    aggregates,
    calendar,
    executor,
    experiments,
    ivydb,
    model_comparison,
    panel,
    provenance,
    recovery,
    results,
    schemas,
    universe,
)
from wrds_pipeline.as_of import History
from wrds_pipeline.csv_form import csv_text
from wrds_pipeline.panel import Panel
from wrds_pipeline.sources.sample import SampleSource
from wrds_pipeline.study import DateStudy
from wrds_pipeline.synthetic import tables, truth
from wrds_pipeline.universe import Universe

Progress = Callable[[int, int], None]
Inputs = Mapping[str, Path]
Config = Mapping[str, Any]

SAMPLE_TABLES = tuple(ivydb.SCHEMAS)
# Results are of this many processes; they do not depend on it.
WORKERS: Mapping[str, int] = {"fast": 1, "full": 2}


def profile_of(config: Config) -> str:
    """Profile of a configuration, which must be of the sample."""
    mode = config.get("mode", "sample")
    if mode != "sample":
        raise ValueError(f"mode {mode!r}: wrds_sample is made from the sample only")
    return str(config["profile"])


def _write_sample(name: str, output: Path, config: Config, progress: Progress) -> None:
    tables.write(name, profile_of(config), output)
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


def write_idxdvd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC index dividend yields."""
    del inputs
    _write_sample("idxdvd", output, config, progress)


def write_distrd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC distributions."""
    del inputs
    _write_sample("distrd", output, config, progress)


def write_fwdprd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC vendor's forwards."""
    del inputs
    _write_sample("fwdprd", output, config, progress)


def write_secnmd(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the SYNTHETIC names."""
    del inputs
    _write_sample("secnmd", output, config, progress)


def sample(inputs: Inputs, config: Config) -> SampleSource:
    """The sample's files as a source."""
    files = {name: inputs[name] for name in SAMPLE_TABLES}
    return SampleSource(profile_of(config), files)


def studied(source: Any, declared: Panel, rules: Universe) -> tuple[DateStudy, list[dt.date]]:
    """The study of a source, and the dates of the panel that the source has closes for."""
    last = calendar.next_trade_date(declared.periods[-1].last)
    secid = declared.panel.secid
    history = History.load(source, secid=secid, first=declared.periods[0].first, last=last)
    end = history.tables["secprd"]["date"].max()
    if not isinstance(end, dt.date):
        raise ValueError(f"source {source.name}: no closing price of secid {secid} in the panel")
    return DateStudy(history, rules, declared, source.label), list(declared.dates(last=end))


Study = tuple[DateStudy, list[dt.date]]


def studies(source: Any, declared: Sequence[Panel], rules: Universe) -> list[Study]:
    """The study of each panel, and its dates."""
    return [studied(source, one, rules) for one in declared]


def computed(made: Sequence[Study], progress: Progress, **options: Any) -> results.Tables:
    """Results of all panels, one after the other; `options` are the executor's."""
    total = sum(len(days) for _, days in made)
    parts, before = [], 0
    for function, days in made:

        def told(done: int, _own: int, before: int = before) -> None:
            progress(before + done, total)

        found = executor.run(function, days, progress=told, **options)
        parts.append(results.combined(found, function.panel.panel.panel_id))
        before += len(days)
    return results.joined(parts)


def write_study(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the results of every date of the panels, contract by contract."""
    profile = profile_of(config)
    rules, declared = universe.read(inputs["universe"]), panel.read(inputs["panel"])
    options = {"workers": WORKERS[profile]} | dict(config.get("options", {}))
    made = computed(studies(sample(inputs, config), declared, rules), progress, **options)
    write_results(made, output, "SYNTHETIC", profile)


def write_results(made: results.Tables, output: Path, label: str, profile: str) -> None:
    """Write results with their mark in the metadata."""
    marks = {"label": label, "profile": profile, "panel": "study"}
    results.write(made, output, marks)


def _published(name: str, inputs: Inputs) -> pl.DataFrame:
    made, metadata = results.read(inputs["study"])
    if metadata.get("label") != "SYNTHETIC":
        raise ValueError("study: not marked SYNTHETIC in its metadata: refused as a sample")
    return published(made)[name]()


def published(made: results.Tables) -> dict[str, Callable[[], pl.DataFrame]]:
    """Makers of the published tables from the results."""
    return {
        "calibration": lambda: aggregates.calibration(made),
        "oos_pricing": lambda: aggregates.oos_pricing(made),
        "parameters": lambda: aggregates.parameters(made),
        "dates": lambda: aggregates.dates(made),
        "summary": lambda: aggregates.summary(made),
        "regimes": lambda: aggregates.regimes(made),
        "hedging": lambda: aggregates.hedges(made),
        "comparison": lambda: model_comparison.compared(made)[0],
        "pairs": lambda: model_comparison.compared(made)[1],
        "recovery": lambda: recovery.recovery(made),
    }


def _write_table(name: str, output: Path, inputs: Inputs, progress: Progress) -> None:
    table = schemas.checked(_published(name, inputs), schemas.TABLES[name])
    output.write_text(csv_text(table), encoding="utf-8", newline="\n")
    progress(1, 1)


def write_calibration(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the in-sample errors by date, expiry and model."""
    profile_of(config)
    _write_table("calibration", output, inputs, progress)


def write_oos_pricing(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the out-of-sample errors by date, expiry and model."""
    profile_of(config)
    _write_table("oos_pricing", output, inputs, progress)


def write_parameters(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the parameters by date."""
    profile_of(config)
    _write_table("parameters", output, inputs, progress)


def write_dates(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write how every fit went, and the losses of every date."""
    profile_of(config)
    _write_table("dates", output, inputs, progress)


def write_summary(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the errors by tenor and moneyness."""
    profile_of(config)
    _write_table("summary", output, inputs, progress)


def write_regimes(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the errors by regime, tenor and moneyness."""
    profile_of(config)
    _write_table("regimes", output, inputs, progress)


def write_hedging(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the hedged profit and loss by tenor and moneyness."""
    profile_of(config)
    _write_table("hedging", output, inputs, progress)


def write_comparison(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write mean losses, their intervals and the confidence sets."""
    profile_of(config)
    _write_table("comparison", output, inputs, progress)


def write_pairs(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the tests of every pair of models."""
    profile_of(config)
    _write_table("pairs", output, inputs, progress)


def write_recovery(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write the estimated parameters beside the true ones."""
    profile_of(config)
    _write_table("recovery", output, inputs, progress)


def write_leak_detection(
    output: Path, *, inputs: Inputs, config: Config, progress: Progress
) -> None:
    """Write what the look-ahead experiments saw."""
    rules, declared = universe.read(inputs["universe"]), panel.read(inputs["panel"])
    made = studies(sample(inputs, config), declared, rules)
    record = experiments.leak_detection(made, profile_of(config), progress)
    output.write_bytes(record)


def write_provenance(output: Path, *, inputs: Inputs, config: Config, progress: Progress) -> None:
    """Write where the study's numbers come from."""
    profile = profile_of(config)
    rules, declared = universe.read(inputs["universe"]), panel.read(inputs["panel"])
    made, _ = results.read(inputs["study"])
    source = sample(inputs, config)
    facts = source.facts()
    rows = facts["rows"]
    record = provenance.Provenance(
        schema=provenance.SCHEMA,
        source=source.name,
        marker=source.label,
        profile=profile,
        seed=facts["seed"],
        calendar={"name": calendar.NAME, "version": calendar.VERSION},
        tables={
            name: {"rows": rows[name], "sha256": _sha256(inputs[name])} for name in SAMPLE_TABLES
        },
        panel={
            "sha256": _sha256(inputs["panel"]),
            "panels": [one.record() | _panel_counts(made, one) for one in declared],
        },
        universe={"sha256": _sha256(inputs["universe"]), "rules": asdict(rules), **_counts(made)},
        dates=_date_counts(made),
        true_parameters=truth.parameters(),
    )
    output.write_bytes(record.text())
    progress(1, 1)


def _counts(made: results.Tables) -> dict[str, Any]:
    """Quotes that each rule removed, in the order of the rules, over all dates."""
    removed = made["removed"].group_by("rule", maintain_order=True).agg(pl.col("quotes").sum())
    names = ("selected", "priced", "expired", "no_believable_quote")
    return {
        "removed": dict(removed.iter_rows()),
        **{name: int(made["dates"][name].sum()) for name in names},
    }


def _date_counts(made: results.Tables) -> dict[str, Any]:
    days = made["dates"]
    return {
        "first": str(days["trade_date"].min()),
        "last": str(days["trade_date"].max()),
        "trade_dates": len(days),
        "by_market": dict(sorted(days.group_by("status").len().iter_rows())),
    }


def _panel_counts(made: results.Tables, declared: Panel) -> dict[str, Any]:
    """What a panel has of `_counts` and `_date_counts`."""
    own = pl.col("panel") == declared.panel.panel_id
    mine = {name: made[name].filter(own) for name in ("dates", "removed")}
    return {"counts": _counts(mine), "dates": _date_counts(mine)}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
