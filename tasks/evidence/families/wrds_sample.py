"""The synthetic option panel in the shape of OptionMetrics, and the study of it."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.evidence.artifact import ARTIFACTS, CORE, Artifact

_WRDS = f"{ARTIFACTS}/wrds_sample"
WRDS_PANEL = "wrds_pipeline/panel.toml"
WRDS_UNIVERSE = "wrds_pipeline/universe.toml"
_SAMPLE_TABLES = {
    name: f"{_WRDS}/SYNTHETIC_{name}.parquet"
    for name in ("opprcd", "secprd", "zerocd", "idxdvd", "distrd", "fwdprd", "secnmd")
}
_STUDY = f"{_WRDS}/SYNTHETIC_study.parquet"
_DECLARED = {"core": CORE, "universe": WRDS_UNIVERSE, "panel": WRDS_PANEL}
# Tables of the study by name, each an aggregate of its results.
WRDS_TABLES: Mapping[str, str] = {
    "calibration": "in-sample errors by date, expiry and model",
    "oos_pricing": "the same contracts priced on the next trade date, by expiry and model",
    "parameters": "parameters of every model by date",
    "dates": "how every fit went, and the losses of every date, losing ones too",
    "summary": "errors by tenor and moneyness, at least ten contracts a cell",
    "regimes": "errors by regime of the panel's dates, tenor and moneyness",
    "hedging": "delta-hedged profit and loss by model, rule, tenor and moneyness",
    "comparison": "mean losses by panel and regime, bootstrap intervals, model confidence sets",
    "pairs": "Diebold-Mariano tests of every pair of models",
    "recovery": "estimated parameters beside those that made the sample",
}
_WRDS_FILES = {name: f"{_WRDS}/{name}.csv" for name in WRDS_TABLES}

FAMILY: tuple[Artifact, ...] = (
    *(
        Artifact(
            _SAMPLE_TABLES[name],
            "wrds_sample",
            f"SYNTHETIC table in the shape of OptionMetrics {name}",
            f"wrds_pipeline.artifacts:write_{name}",
            "parquet_sample",
            {"core": CORE},
            profiled=True,
            packed=False,
        )
        for name in _SAMPLE_TABLES
    ),
    Artifact(
        _STUDY,
        "wrds_sample",
        "SYNTHETIC sample: every panel and date of the study, contract by contract",
        "wrds_pipeline.artifacts:write_study",
        "wrds_study",
        {**_DECLARED, **_SAMPLE_TABLES},
        profiled=True,
        packed=False,
    ),
    *(
        Artifact(
            _WRDS_FILES[name],
            "wrds_sample",
            f"SYNTHETIC sample: {title}",
            f"wrds_pipeline.artifacts:write_{name}",
            f"wrds_{name}",
            {"core": CORE, "study": _STUDY},
            profiled=True,
        )
        for name, title in WRDS_TABLES.items()
    ),
    Artifact(
        f"{_WRDS}/leak_detection.json",
        "wrds_sample",
        "SYNTHETIC sample: planted leaks caught, and outputs unchanged by a spoilt future",
        "wrds_pipeline.artifacts:write_leak_detection",
        "wrds_leak_detection",
        {**_DECLARED, **_SAMPLE_TABLES},
        profiled=True,
    ),
    Artifact(
        f"{_WRDS}/provenance.json",
        "wrds_sample",
        "SYNTHETIC sample: seed, counts, panel, universe rules, calendar, digests",
        "wrds_pipeline.artifacts:write_provenance",
        "wrds_provenance",
        {**_DECLARED, "study": _STUDY, **_SAMPLE_TABLES},
        profiled=True,
    ),
    *(
        Artifact(
            f"{_WRDS}/{name}.png",
            "wrds_sample",
            f"SYNTHETIC sample: {title}",
            f"tasks.evidence.wrds_plots:write_{name}",
            "png",
            {"core": CORE, **inputs},
            profiled=True,
        )
        for name, title, inputs in (
            ("smiles", "quotes of a date and the models' smiles", {"study": _STUDY}),
            (
                "error_map",
                "out-of-sample errors by tenor and moneyness, model by model",
                {"summary": _WRDS_FILES["summary"]},
            ),
            (
                "parameter_paths",
                "Heston's parameters by date beside the true ones",
                {"parameters": _WRDS_FILES["parameters"]},
            ),
            (
                "profit_and_loss",
                "distribution of hedged profit and loss, and its size by model",
                {"study": _STUDY, "hedging": _WRDS_FILES["hedging"]},
            ),
            (
                "losing_dates",
                "losses of the models date by date",
                {"dates": _WRDS_FILES["dates"]},
            ),
        )
    ),
)
