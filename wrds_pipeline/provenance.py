"""Where a study's numbers come from: source, seed, counts, panel, universe, calendar, digests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from wrds_pipeline import ivydb

SCHEMA = "strikeproof/wrds_provenance/3"


class ProvenanceFault(ValueError):
    """A provenance record that cannot be believed; `faults` lists every reason."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Content of provenance.json."""

    schema: str
    source: str
    marker: str
    profile: str
    seed: int
    calendar: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Any]]  # rows and sha256 by table
    panel: Mapping[str, Any]  # sha256 of the file; underlying, periods, counts of each panel
    universe: Mapping[str, Any]  # sha256 of the file, its rules, and what each removed
    dates: Mapping[str, Any]  # first, last, how many, with and without a market
    true_parameters: Mapping[str, float]

    @classmethod
    def model_validate(cls, document: Any) -> Self:
        """Record of a parsed JSON document.

        Raises
        ------
        ProvenanceFault
            Keys unknown or missing, a source other than the marked sample, malformed digests or
            counts; every fault is listed.
        """
        if not isinstance(document, dict):
            raise ProvenanceFault(["not an object"])
        names = [field.name for field in fields(cls)]
        faults = [f"unknown key {name}" for name in sorted(document.keys() - set(names))]
        faults += [f"required key {name}" for name in names if name not in document]
        if not faults:
            faults = _value_faults(document)
        if faults:
            raise ProvenanceFault(faults)
        return cls(**document)

    def text(self) -> bytes:
        """Canonical JSON of the record."""
        options: dict[str, Any] = {"indent": 2, "sort_keys": True, "ensure_ascii": False}
        return (json.dumps(asdict(self), allow_nan=False, **options) + "\n").encode()


def _value_faults(document: Mapping[str, Any]) -> list[str]:
    faults = []
    expected = {"schema": SCHEMA, "source": "sample", "marker": "SYNTHETIC"}
    for name, value in expected.items():
        if document[name] != value:
            faults.append(f"{name} is {document[name]!r}, want {value!r}")
    if document["profile"] not in ("fast", "full"):
        faults.append(f"profile is {document['profile']!r}, want fast or full")
    if type(document["seed"]) is not int:
        faults.append(f"seed is {document['seed']!r}, want an integer")
    mappings = ("calendar", "tables", "panel", "universe", "dates", "true_parameters")
    wrong = [name for name in mappings if not isinstance(document[name], dict)]
    if wrong:
        return faults + [f"{name} is not an object" for name in wrong]
    if set(document["tables"]) != set(ivydb.SCHEMAS):
        want = ", ".join(ivydb.SCHEMAS)
        faults.append(f"tables are {sorted(document['tables'])}, want {want}")
    for name, table in document["tables"].items():
        digest = table.get("sha256") if isinstance(table, dict) else None
        if not _is_digest(digest) or not _is_count(table.get("rows"), 1):
            faults.append(f"tables.{name}: want rows above 0 and a sha256")
    faults += [
        f"{name}.sha256: want a digest"
        for name in ("panel", "universe")
        if not _is_digest(document[name].get("sha256"))
    ]
    removed = document["universe"].get("removed")
    if not isinstance(removed, dict) or not all(_is_count(n, 0) for n in removed.values()):
        faults.append("universe.removed: want a count for each rule")
    markets = document["dates"].get("by_market")
    counted = isinstance(markets, dict) and all(_is_count(n, 0) for n in markets.values())
    if not counted or sum(markets.values()) != document["dates"].get("trade_dates"):
        faults.append("dates.by_market: want counts that add up to trade_dates")
    return faults


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _is_count(value: Any, least: int) -> bool:
    return type(value) is int and value >= least
