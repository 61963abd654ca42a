"""The sample: nothing known too late, the right next day, the same contracts, marked SYNTHETIC."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.evidence import catalog
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding
from wrds_pipeline import as_of, summary
from wrds_pipeline.provenance import Provenance

_CONTRACT = ("trade_date", "expiry", "am_settlement", "strike", "option_type")
CALIBRATION, OUT_OF_SAMPLE, SUMMARY, PROVENANCE = (
    next(a for a in catalog.family("wrds_sample") if a.path.endswith("/" + name))
    for name in ("calibration.csv", "oos_pricing.csv", "summary.csv", "provenance.json")
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """As-of rules row by row; aggregates are those of the rows; digests of the tables."""
    calibration = evidence.get(CALIBRATION.path)
    out_of_sample = evidence.get(OUT_OF_SAMPLE.path)
    aggregated = evidence.get(SUMMARY.path)
    provenance = evidence.get(PROVENANCE.path)
    if calibration is not None:
        for problem in as_of.calibration_faults(calibration):
            yield Finding(CALIBRATION.path, problem, CALIBRATION.fix)
    if out_of_sample is not None:
        for problem in as_of.oos_faults(out_of_sample):
            yield Finding(OUT_OF_SAMPLE.path, problem, OUT_OF_SAMPLE.fix)
    if calibration is not None and out_of_sample is not None:
        strangers = out_of_sample.join(calibration, on=_CONTRACT, how="anti")
        if not strangers.is_empty():
            problem = f"{len(strangers)} contracts were not calibrated on the trade date"
            yield Finding(OUT_OF_SAMPLE.path, problem, OUT_OF_SAMPLE.fix)
        computed = summary.summarise(calibration, out_of_sample)
        if aggregated is not None and not aggregated.equals(computed):
            problem = "is not what the row-level tables aggregate to: edited or stale"
            yield Finding(SUMMARY.path, problem, SUMMARY.fix)
    if provenance is not None:
        for problem in _provenance_faults(provenance, evidence):
            yield Finding(PROVENANCE.path, problem, PROVENANCE.fix)


def _provenance_faults(provenance: Provenance, evidence: Evidence) -> Iterator[str]:
    if provenance.profile != evidence.profile:
        yield f"profile {provenance.profile} cannot satisfy {evidence.profile}"
    for artifact in catalog.family("wrds_sample"):
        path = evidence.root / artifact.path
        if artifact.schema != "parquet_sample" or not path.is_file():
            continue
        name = path.stem.removeprefix("SYNTHETIC_")
        if provenance.tables[name]["sha256"] != sha256_file(path):
            yield f"digest of {name} differs from the table's"
