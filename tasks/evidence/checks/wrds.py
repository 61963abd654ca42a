"""The sample's study: nothing known too late, the right next day, the same contracts, SYNTHETIC."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from tasks.evidence import catalog, render
from tasks.evidence.catalog import Artifact
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding
from wrds_pipeline import (
    artifacts,
    as_of,
    experiments,
    leak_plants,
    panel,
    results,
    study,
    universe,
)
from wrds_pipeline.provenance import Provenance

_EXPIRY = ["panel", "trade_date", "expiry", "am_settlement", "model"]


def _file(name: str) -> Artifact:
    return next(a for a in catalog.family("wrds_sample") if a.path.endswith("/" + name))


CALIBRATION, OUT_OF_SAMPLE, DATES = map(_file, ("calibration.csv", "oos_pricing.csv", "dates.csv"))
PROVENANCE, LEAKS, STUDY = map(
    _file, ("provenance.json", "leak_detection.json", "SYNTHETIC_study.parquet")
)
_Count = Annotated[StrictInt, Field(ge=0)]


class Detection(BaseModel):
    """What the experiments saw of one stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stage: StrictStr
    runs: _Count
    identical: _Count
    differing: _Count
    first: tuple[StrictStr, ...]
    caught: StrictBool


class LeakDetection(BaseModel):
    """Content of leak_detection.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    leak_schema: Annotated[Literal["strikeproof/leak_detection/2"], Field(alias="schema")]
    profile: Literal["fast", "full"]
    planted: _Count
    caught: _Count
    plants: tuple[Detection, ...]
    honest_twin: Detection
    views: tuple[Detection, ...]
    stages: tuple[Detection, ...]


def check(evidence: Evidence) -> Iterator[Finding]:
    """As-of rules row by row; contracts; leaks; a date of the study made anew; digests."""
    calibration = evidence.get(CALIBRATION.path)
    out_of_sample = evidence.get(OUT_OF_SAMPLE.path)
    if calibration is not None:
        for problem in as_of.calibration_faults(calibration):
            yield Finding(CALIBRATION.path, problem, CALIBRATION.fix)
    if out_of_sample is not None:
        for problem in as_of.oos_faults(out_of_sample):
            yield Finding(OUT_OF_SAMPLE.path, problem, OUT_OF_SAMPLE.fix)
    if calibration is not None and out_of_sample is not None:
        strangers = out_of_sample.join(calibration, on=_EXPIRY, how="anti")
        if not strangers.is_empty():
            problem = f"{len(strangers)} expiries were not calibrated on the trade date"
            yield Finding(OUT_OF_SAMPLE.path, problem, OUT_OF_SAMPLE.fix)
    checks: tuple[tuple[Artifact, Callable[[Any, Evidence], Iterator[str]]], ...] = (
        (DATES, _date_faults),
        (PROVENANCE, _provenance_faults),
        (LEAKS, _leak_faults),
        (STUDY, _study_faults),
    )
    for artifact, faults in checks:
        content = evidence.get(artifact.path)
        if content is not None:
            for problem in faults(content, evidence):
                yield Finding(artifact.path, problem, artifact.fix)


def _date_faults(dates: pl.DataFrame, evidence: Evidence) -> Iterator[str]:
    """Dates are all of the panel's that the sample has, each known in time."""
    path = evidence.root / catalog.WRDS_PANEL
    if not path.is_file():
        return  # a pack has the panel in its provenance
    for declared in panel.read(path):
        own = dates.filter(pl.col("panel") == declared.panel.panel_id)
        yield from _panel_date_faults(own, declared)
    known = dates.filter(pl.col("known_at").is_not_null())
    moments = known.select("trade_date", "known_at").unique().sort("trade_date", "known_at")
    for trade, moment in moments.iter_rows():
        if moment > as_of.decision_time(dt.date.fromisoformat(trade)).isoformat():
            yield f"lookahead: {trade}: known at {moment}, after the decision"


def _panel_date_faults(dates: pl.DataFrame, declared: panel.Panel) -> Iterator[str]:
    name = declared.panel.panel_id
    found = dates["trade_date"].unique().sort().to_list()
    if not found:
        yield f"no trade date of panel {name}"
        return
    last = str(dates["next_trade_date"].max())
    due = [str(day) for day in declared.dates(last=dt.date.fromisoformat(last))]
    if found != due:
        yield f"{len(found)} trade dates of panel {name}, which declares {len(due)} up to {last}"


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
    yield from _plan_faults(evidence)
    for name, declared in (("panel", catalog.WRDS_PANEL), ("universe", catalog.WRDS_UNIVERSE)):
        path = evidence.root / declared
        recorded: Mapping[str, Any] = getattr(provenance, name)
        if path.is_file() and recorded["sha256"] != sha256_file(path):
            yield f"{declared} is not the one of the study: its digest differs"


def _plan_faults(evidence: Evidence) -> Iterator[str]:
    """Panel and universe are those that the plan of record declares."""
    plan = evidence.root / render.PLAN
    files = [evidence.root / name for name in (catalog.WRDS_PANEL, catalog.WRDS_UNIVERSE)]
    if not plan.is_file() or not all(path.is_file() for path in files):
        return  # a pack leaves them out
    text = plan.read_text(encoding="utf-8")
    for line in render.panel_lines(evidence.root):
        if line not in text:
            yield f"panel digest not in plan of record: {line}"


def _leak_faults(record: LeakDetection, evidence: Evidence) -> Iterator[str]:
    """Every plant was tried and caught; nothing honest changed; counts agree."""
    if record.profile != evidence.profile:
        yield f"profile {record.profile} cannot satisfy {evidence.profile}"
    names = tuple(plant.stage for plant in record.plants)
    declared = tuple(stage.name for stage in (*leak_plants.PLANTS, *leak_plants.DIVIDEND_PLANTS))
    if names != declared:
        yield f"leaks tried are {', '.join(names)}; declared are {', '.join(declared)}"
    yield from _panel_leak_faults(record, evidence)
    if (record.planted, record.caught) != (len(names), sum(p.caught for p in record.plants)):
        yield "counts of leaks planted and caught are not those of the rows"
    for found in (*record.plants, record.honest_twin, *record.views, *record.stages):
        if found.runs != found.identical + found.differing or not found.runs:
            yield f"{found.stage}: runs are not those identical and differing"
        if found.caught != (found.differing > 0):
            yield f"{found.stage}: caught does not say whether an output changed"
    for plant in record.plants:
        if not plant.caught:
            yield f"planted leak {plant.stage} was not caught"
    for stage in (record.honest_twin, *record.views, *record.stages):
        if stage.differing:
            yield f"lookahead: {stage.stage} changed with the future in {stage.differing} run(s)"


def _panel_leak_faults(record: LeakDetection, evidence: Evidence) -> Iterator[str]:
    """The experiments were made on every panel of the study."""
    provenance: Provenance | None = evidence.get(PROVENANCE.path)
    if provenance is None:
        return  # told where it is read
    panels = [one["panel_id"] for one in provenance.panel["panels"]]
    views = [experiments.views_name(name) for name in panels]
    stages = [stage for name in panels for stage in experiments.stage_names(name)]
    for tried, due in ((record.views, views), (record.stages, stages)):
        found = [detection.stage for detection in tried]
        if found != due:
            yield f"experiments are of {', '.join(found)}; the panels are due {', '.join(due)}"


def _study_faults(made: results.Tables, evidence: Evidence) -> Iterator[str]:
    """One date of each panel, chosen by the file's digest, is made anew from the tables."""
    inputs = {
        name: evidence.root / path
        for name, path in STUDY.inputs.items()
        if not path.startswith("@")
    }
    if not all(path.is_file() for path in inputs.values()):
        return
    digest = hashlib.sha256((evidence.root / STUDY.path).read_bytes()).digest()
    digests = tuple((name, sha256_file(path)) for name, path in inputs.items())
    try:
        remade = _made_anew(_Tables(digests, inputs), evidence.profile, digest)
    except ValueError:
        return  # told where the tables are read
    for panel_id, days, day, again in remade:
        own = pl.col("panel") == panel_id
        stored = made["dates"].filter(own)["trade_date"].to_list()
        if stored != days:
            yield f"holds {len(stored)} dates of {panel_id}, panel and tables give {len(days)}"
            continue
        for name in study.SCHEMAS:
            mine = made[name].filter(own & (pl.col("trade_date") == day))
            if not mine.equals(again[name].select(mine.columns)):
                yield f"{name} of {day} is not what the study of {panel_id} makes of the tables"


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables of a study; two sets are equal when their contents are, wherever they lie."""

    digests: tuple[tuple[str, str], ...]
    paths: Mapping[str, Path] = field(compare=False)


_Remade = tuple[str, list[dt.date], dt.date, results.Tables]


@lru_cache(maxsize=4)
def _made_anew(tables: _Tables, profile: str, digest: bytes) -> list[_Remade]:
    """Of each panel its name, its dates, the one that a digest chooses, and its results."""
    config = {"profile": profile, "mode": "sample"}
    rules, declared = universe.read(tables.paths["universe"]), panel.read(tables.paths["panel"])
    found = []
    for function, days in artifacts.studies(
        artifacts.sample(tables.paths, config), declared, rules
    ):
        name = function.panel.panel.panel_id
        day = days[int.from_bytes(digest[:4], "big") % len(days)]
        found.append((name, days, day, results.combined([(day, function(day))], name)))
    return found
