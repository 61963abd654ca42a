"""The look-ahead experiments of the study: what the plants and the study itself showed, as JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from wrds_pipeline import leak_plants, leaks
from wrds_pipeline.as_of import KNOWN_AT, History, decision_time
from wrds_pipeline.calendar import next_trade_date
from wrds_pipeline.leaks import Cut, Stage
from wrds_pipeline.study import DateResult, DateStudy, date_result, trade_date_result

SCHEMA = "strikeproof/leak_detection/1"
# Dates at which the plants are tried.
_PLANT_DATES = 10
# Cuts at which the study itself is run, half a second a run: what it reads is by views, and those
# are tried at every date.
_STUDY_CUTS = {"fast": 1, "full": 8}
_STUDY_POISONS = {"fast": ("drop", "times 1e6"), "full": tuple(leaks.POISONS)}


def leak_detection(
    study: DateStudy, days: Sequence[dt.date], profile: str, progress: Callable[[int, int], None]
) -> bytes:
    """Canonical JSON of the experiments.

    Parameters
    ----------
    study : DateStudy
    days : sequence of date
        Of the panel, ascending.
    profile : str
        Recorded.
    progress : callable
    """
    history = study.history
    quoted = set(history.tables["opprcd"]["date"].unique())
    ends = {*days, next_trade_date(days[-1])}
    lost = sorted(ends - quoted)
    plants = []
    some = list(days[:_PLANT_DATES])
    most = _STUDY_CUTS[profile]
    beginning = _known_by(history, decision_time(next_trade_date(some[-1])))
    for place, plant in enumerate([*leak_plants.PLANTS, leak_plants.HONEST]):
        made = leaks.cuts(some, plant.decision, lost=lost)
        plants.append(leaks.detect(plant, beginning, made).record())
        progress(place + 1, len(leak_plants.PLANTS) + 3)
    *caught, honest = plants
    views = leaks.unchanged_views(history, leaks.cuts(days, decision_time, lost=lost)).record()
    stages = [
        leaks.detect(
            stage,
            beginning,
            _telling(leaks.cuts(some, stage.decision, lost=lost), most),
            poisons={name: leaks.POISONS[name] for name in _STUDY_POISONS[profile]},
        ).record()
        for stage in _stages(study)
    ]
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "profile": profile,
        "planted": len(caught),
        "caught": sum(plant["caught"] for plant in caught),
        "plants": caught,
        "honest_twin": honest,
        "views": views,
        "stages": stages,
    }
    progress(1, 1)
    options: dict[str, Any] = {"indent": 2, "sort_keys": True, "allow_nan": False}
    return (json.dumps(document, **options) + "\n").encode()


def _known_by(history: History, moment: dt.datetime) -> History:
    """The history of those who look back from a moment."""
    known = pl.col(KNOWN_AT) <= moment
    return History({name: table.filter(known) for name, table in history.tables.items()})


def _stages(study: DateStudy) -> tuple[Stage, ...]:
    """The study up to the decision, and with the next trade date up to that one's."""

    def fitted(history: History, day: dt.date) -> bytes:
        return _digest(trade_date_result(history, day, study.rules, study.panel))

    def priced(history: History, day: dt.date) -> bytes:
        return _digest(date_result(history, day, study.rules, study.panel))

    def next_decision(day: dt.date) -> dt.datetime:
        return decision_time(next_trade_date(day))

    return (
        Stage("study, trade date", fitted, decision_time),
        Stage("study, next trade date", priced, next_decision),
    )


def _telling(cuts: Sequence[Cut], most: int) -> list[Cut]:
    """The cuts that say most: at gaps and holidays first, then the others in order."""
    return sorted(cuts, key=lambda cut: cut.kind not in ("gap", "holiday"))[:most]


def _digest(tables: DateResult) -> bytes:
    whole = hashlib.sha256()
    for name, frame in tables.items():
        whole.update(f"{name} {frame.shape}".encode())
        whole.update(frame.write_csv().encode())
    return whole.digest()
