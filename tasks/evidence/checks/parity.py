"""Parity: the declared grid to the last point, and sampled rows priced anew by both libraries."""

from __future__ import annotations

import random
from collections.abc import Iterator

import polars as pl

from tasks.evidence import catalog, parity
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.faults import Finding

TABLE = next(a for a in catalog.family("ql_parity") if a.path.endswith(".csv"))
SAMPLED_ROWS = 200
PORTABLE = 1e-11  # of max(1, value): between processors and mathematics libraries


def check(evidence: Evidence) -> Iterator[Finding]:
    """Grid complete, reference not our own copy, sampled values reproduced to the bit."""
    return _check(evidence, 0.0)


def check_portable(evidence: Evidence) -> Iterator[Finding]:
    """The same on another machine, whose libraries may round differently in the last places."""
    return _check(evidence, PORTABLE)


def _check(evidence: Evidence, allowed: float) -> Iterator[Finding]:
    table = evidence.get(TABLE.path)
    if table is None:
        return
    problems = [*parity.grid_faults(table, evidence.profile), *_self_comparison(table)]
    if not problems:
        problems = _repriced(table, evidence.commit, allowed)
    for problem in problems:
        yield Finding(TABLE.path, problem, TABLE.fix)


def _self_comparison(table: pl.DataFrame) -> list[str]:
    """Two independent libraries never agree in every bit of thousands of values."""
    if bool((table["strikeproof"] == table["quantlib"]).all()):
        return ["reference column identical to ours: QuantLib was not asked"]
    return []


def _repriced(table: pl.DataFrame, commit: str | None, allowed: float) -> list[str]:
    """Rows chosen by the commit (by chance where there is none), priced anew."""
    chooser = random.Random(commit)
    rows = sorted(chooser.sample(range(len(table)), min(SAMPLED_ROWS, len(table))))
    sample = table[rows]
    again = parity.reprice(sample)
    return [
        f"row {rows[position] + 1}: {column} is {sample[column][position]!r}, "
        f"priced anew {again[column][position]!r}"
        for column in ("strikeproof", "quantlib")
        for position in range(len(rows))
        if not _agree(sample[column][position], again[column][position], allowed)
    ]


def _agree(stored: float, anew: float, allowed: float) -> bool:
    return stored == anew or abs(stored - anew) <= allowed * max(1.0, abs(stored))
