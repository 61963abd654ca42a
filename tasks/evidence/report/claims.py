"""Claims: every bounded figure beside its limit, judged here and judged again by the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tasks.evidence import catalog, tolerances
from tasks.evidence.tolerances import Bound

PASS, FAIL, UNCOUNTED = "pass", "fail", "not counted"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure, its limit, and whether it holds."""

    name: str
    family: str
    value: Any
    limit: float
    reason: str
    state: str
    receipt: str  # repository path of the receipt of the artifact that it comes from

    @property
    def used(self) -> float | None:
        """Share of the limit that the figure takes up."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        return self.value / self.limit


def claims(summary: Mapping[str, Any], bounds: Mapping[str, Bound]) -> list[Claim]:
    """All claims, in the order of the tolerance file's catalogue."""
    return [_claim(name, bounds[name], summary) for name in tolerances.BOUNDED]


def _claim(name: str, bound: Bound, summary: Mapping[str, Any]) -> Claim:
    family = name.partition(".")[0]
    value = tolerances.figure(summary, name)
    uncounted = tolerances.figure(summary, f"{family}.counted") is False
    broken = tolerances.breaches({name: bound}, summary)
    state = UNCOUNTED if uncounted else FAIL if broken else PASS
    return Claim(name, family, value, bound.limit, bound.reason, state, receipt(name))


def receipt(name: str) -> str:
    """Receipt of the artifact behind a figure: the one that a part of its name names, or the first.

    Raises
    ------
    KeyError
        The figure belongs to no family of the catalog.
    """
    family, *parts = name.split(".")
    own = catalog.family(family)
    for artifact in own:
        if PurePosixPath(artifact.path).stem in parts:
            return artifact.receipt
    return own[0].receipt
