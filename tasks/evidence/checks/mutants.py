"""Negative evidence: the record of every catalogued lie, each refused or pending by name."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr

from tasks.evidence import catalog
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.faults import Finding

SCHEMA = "strikeproof/gate_mutants/1"
_CATALOGUE = catalog.MUTANTS.inputs["catalogue"]


class Mutant(BaseModel):
    """One lie and what was said to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[StrictStr, Field(pattern=r"^M[0-9]{3}$")]
    artifact: StrictStr
    state: Literal["refused", "missed", "pending"]
    message: Annotated[StrictStr, Field(min_length=1)]


class Record(BaseModel):
    """Content of gate_mutants.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record_schema: Annotated[Literal["strikeproof/gate_mutants/1"], Field(alias="schema")]
    profile: Literal["fast", "full"]
    mutants: list[Mutant]


def counts(record: Record) -> dict[str, int]:
    """How many lies were refused, missed, and are pending."""
    found = Counter(mutant.state for mutant in record.mutants)
    return {state: found[state] for state in ("refused", "missed", "pending")}


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every lie of the catalogue is recorded once, and none was missed."""
    record = evidence.get(catalog.MUTANTS.path)
    if record is None:
        return
    for problem in _faults(record, evidence):
        yield Finding(catalog.MUTANTS.path, problem, catalog.MUTANTS.fix)


def _faults(record: Record, evidence: Evidence) -> Iterator[str]:
    path = evidence.root / _CATALOGUE
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as stream:
            wanted = {row["id"] for row in csv.DictReader(stream)}
        absent = sorted(wanted - {mutant.id for mutant in record.mutants})
        if absent:
            found = len(wanted) - len(absent)
            yield f"negative evidence: {found} of {len(wanted)} mutants recorded, not {absent[0]}"
    for mutant in record.mutants:
        if mutant.state == "missed":
            yield f"{mutant.id} was not refused: {mutant.message}"
    names = [mutant.id for mutant in record.mutants]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is recorded twice"
    if record.profile != evidence.profile:
        yield f"profile {record.profile} cannot satisfy {evidence.profile}"
