"""The panels: which underlying, which dates, and what each stretch of dates is called.

A file declares one panel or more, each a ``[[panel]]`` with its ``[[panel.period]]``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from wrds_pipeline import calendar
from wrds_pipeline.universe import section_faults

_EXERCISES = ("european", "american")
# As it stands in tables and names of figures.
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")


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
    """One panel of a file."""

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


def read(path: Path) -> tuple[Panel, ...]:
    """Panels of a file, in its order.

    Raises
    ------
    ValueError
        Keys unknown, missing or of a wrong type; periods that overlap or are not in order; two
        panels of one name.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    faults = [f"unknown section [{name}]" for name in document.keys() - {"panel"}]
    declared = document.get("panel", [])
    if not isinstance(declared, list) or not declared:
        faults.append("no [[panel]]")
        declared = []
    for panel in declared:
        faults += _panel_faults(panel)
    names = [panel.get("panel_id") for panel in declared]
    faults += sorted({f"two panels {name}" for name in names if names.count(name) > 1})
    if faults:
        raise ValueError(f"{path.name}: " + "; ".join(sorted(faults)))
    return tuple(
        Panel(Subject(**_plain(panel)), tuple(Period(**period) for period in panel["period"]))
        for panel in declared
    )


def _plain(panel: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in panel.items() if name != "period"}


def _panel_faults(panel: Mapping[str, Any]) -> list[str]:
    faults = section_faults("panel", Subject, _plain(panel))
    periods: list[Mapping[str, Any]] = panel.get("period", [])
    if not periods:
        faults.append("no [[panel.period]]")
    for place, period in enumerate(periods):
        faults += section_faults(f"panel.period[{place}]", Period, period)
    if faults:
        return faults
    if panel["exercise"] not in _EXERCISES:
        wanted = ", ".join(_EXERCISES)
        faults.append(f"panel.exercise is {panel['exercise']!r}, want one of {wanted}")
    if _ID.fullmatch(panel["panel_id"]) is None:
        faults.append(f"panel.panel_id is {panel['panel_id']!r}, want a-z, 0-9, _ and - only")
    return faults + _order_faults(periods)


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
