"""The panel: which underlying, which dates, and what each stretch of dates is called."""

from __future__ import annotations

import datetime as dt
import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wrds_pipeline import calendar
from wrds_pipeline.universe import section_faults

_EXERCISES = ("european", "american")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is studied."""

    panel_id: str
    secid: int
    exercise: str


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of dates and its label, such as a regime of the market."""

    label: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Panel:
    """Content of a panel file."""

    panel: Subject
    periods: tuple[Period, ...]

    def dates(self, *, last: dt.date | None = None) -> tuple[dt.date, ...]:
        """Trade dates of all periods whose next trade date is not after `last`."""
        days = (
            day
            for period in self.periods
            for day in calendar.trade_dates_within(period.first, period.last)
        )
        return tuple(day for day in days if last is None or calendar.next_trade_date(day) <= last)

    def label(self, day: dt.date) -> str:
        """Label of the period that a date is in.

        Raises
        ------
        ValueError
            It is in none.
        """
        for period in self.periods:
            if period.first <= day <= period.last:
                return period.label
        raise ValueError(f"{day} is in no period of panel {self.panel.panel_id}")

    def record(self) -> dict[str, Any]:
        """The panel as provenance records it."""
        return asdict(self.panel) | {
            "periods": [
                {name: str(value) for name, value in asdict(period).items()}
                for period in self.periods
            ]
        }


def read(path: Path) -> Panel:
    """Panel of a file.

    Raises
    ------
    ValueError
        Keys unknown, missing or of a wrong type; periods that overlap or are not in order.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    faults = [f"unknown section [{name}]" for name in document.keys() - {"panel", "period"}]
    faults += section_faults("panel", Subject, document.get("panel", {}))
    periods: list[Mapping[str, Any]] = document.get("period", [])
    if not periods:
        faults.append("no [[period]]")
    for place, period in enumerate(periods):
        faults += section_faults(f"period[{place}]", Period, period)
    if not faults:
        faults += _order_faults(periods)
        exercise = document["panel"]["exercise"]
        if exercise not in _EXERCISES:
            faults.append(f"panel.exercise is {exercise!r}, want one of {', '.join(_EXERCISES)}")
    if faults:
        raise ValueError(f"{path.name}: " + "; ".join(sorted(faults)))
    return Panel(Subject(**document["panel"]), tuple(Period(**period) for period in periods))


def _order_faults(periods: list[Mapping[str, Any]]) -> list[str]:
    faults = [
        f"period {period['label']} ends before it begins"
        for period in periods
        if period["last"] < period["first"]
    ]
    for earlier, later in itertools.pairwise(periods):
        if later["first"] <= earlier["last"]:
            faults.append(f"period {later['label']} does not begin after {earlier['label']}")
    return faults
