"""The look-ahead experiments of the study: what the plants and the study itself showed, as JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from wrds_pipeline import leak_plants, leaks
from wrds_pipeline.as_of import KNOWN_AT, History, decision_time
from wrds_pipeline.calendar import next_trade_date
from wrds_pipeline.leaks import Cut, Detection, Stage
from wrds_pipeline.study import DateResult, DateStudy, date_result, trade_date_result

SCHEMA = "strikeproof/leak_detection/2"
# Dates at which the plants are tried.
_PLANT_DATES = 10
# Cuts at which the study itself is run, half a second a run: what it reads is by views, and those
# are tried at every date.
_STUDY_CUTS = {"fast": 1, "full": 8}
_STUDY_POISONS = {"fast": ("drop", "times 1e6"), "full": tuple(leaks.POISONS)}


def stage_names(panel_id: str) -> tuple[str, str]:
    """Names of the stages of a panel's study: up to the decision, and with the next trade date."""
    return f"{panel_id}: study, trade date", f"{panel_id}: study, next trade date"


def views_name(panel_id: str) -> str:
    """Name under which a panel's views are told."""
    return f"{panel_id}: views"


def leak_detection(
    studies: Sequence[tuple[DateStudy, Sequence[dt.date]]],
    profile: str,
    progress: Callable[[int, int], None],
) -> bytes:
    """Canonical JSON of the experiments.

    The plants are tried on the first panel, those of dividends on the first with American options.
    Views and the study itself are tried on every panel.

    Parameters
    ----------
    studies : sequence of (DateStudy, dates)
        Of each panel, its dates ascending.
    profile : str
        Recorded.
    progress : callable
    """
    total = 2 + len(studies)
    study, days = studies[0]
    some, beginning, lost = _beginning(study, days)
    honest, *plants = _tried(beginning, some, lost, (leak_plants.HONEST, *leak_plants.PLANTS))
    progress(1, total)
    american = [made for made in studies if made[0].panel.panel.exercise == "american"]
    for study, days in american[:1]:
        some, _, lost = _beginning(study, days)
        # dividends are declared long before their ex-dates and after the first dates' studies
        plants += _tried(study.history, some, lost, leak_plants.DIVIDEND_PLANTS)
    progress(2, total)
    views: list[Detection] = []
    stages: list[Detection] = []
    for place, (study, days) in enumerate(studies):
        seen, changed = _panel(study, days, profile)
        views.append(seen)
        stages += changed
        progress(3 + place, total)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "profile": profile,
        "planted": len(plants),
        "caught": sum(plant.caught for plant in plants),
        "plants": [plant.record() for plant in plants],
        "honest_twin": honest.record(),
        "views": [view.record() for view in views],
        "stages": [stage.record() for stage in stages],
    }
    options: dict[str, Any] = {"indent": 2, "sort_keys": True, "allow_nan": False}
    return (json.dumps(document, **options) + "\n").encode()


def _tried(
    history: History, days: Sequence[dt.date], lost: Sequence[dt.date], plants: Sequence[Stage]
) -> list[Detection]:
    """What the experiments see of stages at some dates."""
    return [
        leaks.detect(plant, history, leaks.cuts(days, plant.decision, lost=lost))
        for plant in plants
    ]


def _panel(
    study: DateStudy, days: Sequence[dt.date], profile: str
) -> tuple[Detection, list[Detection]]:
    """Views of a panel at all its dates, and its study at the most telling of the first."""
    name = study.panel.panel.panel_id
    some, beginning, lost = _beginning(study, days)
    views = leaks.unchanged_views(study.history, leaks.cuts(days, decision_time, lost=lost))
    stages = [
        leaks.detect(
            stage,
            beginning,
            _telling(leaks.cuts(some, stage.decision, lost=lost), _STUDY_CUTS[profile]),
            poisons={name: leaks.POISONS[name] for name in _STUDY_POISONS[profile]},
        )
        for stage in _stages(study, name)
    ]
    return replace(views, stage=views_name(name)), stages


def _beginning(
    study: DateStudy, days: Sequence[dt.date]
) -> tuple[list[dt.date], History, list[dt.date]]:
    """First dates of a panel, the history of those who look back from them, dates lost."""
    history = study.history
    quoted = set(history.tables["opprcd"]["date"].unique())
    lost = sorted({*days, next_trade_date(days[-1])} - quoted)
    some = list(days[:_PLANT_DATES])
    return some, _known_by(history, decision_time(next_trade_date(some[-1]))), lost


def _known_by(history: History, moment: dt.datetime) -> History:
    """The history of those who look back from a moment."""
    known = pl.col(KNOWN_AT) <= moment
    return History({name: table.filter(known) for name, table in history.tables.items()})


def _stages(study: DateStudy, name: str) -> tuple[Stage, ...]:
    """The study up to the decision, and with the next trade date up to that one's."""

    def fitted(history: History, day: dt.date) -> bytes:
        return _digest(trade_date_result(history, day, study.rules, study.panel))

    def priced(history: History, day: dt.date) -> bytes:
        return _digest(date_result(history, day, study.rules, study.panel))

    def next_decision(day: dt.date) -> dt.datetime:
        return decision_time(next_trade_date(day))

    trade, following = stage_names(name)
    return (
        Stage(trade, fitted, decision_time),
        Stage(following, priced, next_decision),
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
