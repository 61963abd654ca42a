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


def check(evidence: Evidence) -> Iterator[Finding]:
    """Grid complete, reference not our own copy, sampled values reproduced."""
    table = evidence.get(TABLE.path)
    if table is None:
        return
    problems = [*parity.grid_faults(table, evidence.profile), *_self_comparison(table)]
    if not problems:
        problems = _repriced(table, evidence.commit)
    for problem in problems:
        yield Finding(TABLE.path, problem, TABLE.fix)


def _self_comparison(table: pl.DataFrame) -> list[str]:
    """Two independent libraries never agree in every bit of thousands of values."""
    if bool((table["strikeproof"] == table["quantlib"]).all()):
        return ["reference column identical to ours: QuantLib was not asked"]
    return []


def _repriced(table: pl.DataFrame, commit: str | None) -> list[str]:
    """Rows chosen by the commit, priced anew; values must be the same to the bit."""
    chooser = random.Random(commit or "none")
    rows = sorted(chooser.sample(range(len(table)), min(SAMPLED_ROWS, len(table))))
    sample = table[rows]
    again = parity.reprice(sample)
    return [
        f"row {rows[position] + 1}: {column} is {sample[column][position]!r}, "
        f"priced anew {again[column][position]!r}"
        for column in ("strikeproof", "quantlib")
        for position in (again[column] != sample[column]).arg_true()
    ]
