"""Parity: the declared grids to the last point, and sampled rows priced anew by both libraries."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import catalog, parity, parity_grid, parity_store, parity_summary, repository
from tasks.evidence import render as documents
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.faults import Finding
from tasks.evidence.parity_grid import Declared
from tasks.evidence.parity_products import compare

TABLE = next(a for a in catalog.family("ql_parity") if a.path.endswith(".csv"))
PRODUCTS = {
    Path(a.path).stem: a for a in catalog.family("ql_parity") if a.schema == "parity_product"
}
SAMPLED_ROWS = 200
SAMPLED_POINTS = 6  # of each product, and as many among those that a third method decided
PORTABLE = 1e-11  # of max(1, value): between processors and mathematics libraries
_MOST_NAMED = 3
_ROUNDING = 1e-14  # a quotient of the same numbers by another program


def check(evidence: Evidence) -> Iterator[Finding]:
    """Grids complete and those of the plan, references no copies, samples reproduced to the bit."""
    return _check(evidence, 0.0)


def check_portable(evidence: Evidence) -> Iterator[Finding]:
    """The same on another machine, whose libraries may round differently in the last places."""
    return _check(evidence, PORTABLE)


def _check(evidence: Evidence, allowed: float) -> Iterator[Finding]:
    table = evidence.get(TABLE.path)
    if table is not None:
        problems = [*parity.grid_faults(table, evidence.profile), *_self_comparison(table)]
        if not problems:
            problems = _repriced(table, evidence.commit, allowed)
        yield from (Finding(TABLE.path, problem, TABLE.fix) for problem in problems)
    try:
        own = evidence.root if (evidence.root / parity_grid.PATH).is_file() else repository.ROOT
        grid = parity_grid.declared(own)
    except ValueError as error:
        yield Finding(parity_grid.PATH, str(error), f"git checkout -- {parity_grid.PATH}")
        return
    yield from _plan_findings(evidence, grid, own)
    yield from _product_findings(evidence, grid, allowed)
    yield from _derived_findings(evidence)


def _limit(evidence: Evidence, name: str) -> float | None:
    bound = evidence.bounds.get(parity_grid.figure(name))
    return None if bound is None else bound.limit


def _plan_findings(
    evidence: Evidence, grid: Mapping[str, Declared], root: Path
) -> Iterator[Finding]:
    """Grid and tolerance of every product are those that the plan of record was reviewed with."""
    plan = root / documents.PLAN
    fix = "review the change, then python -m tasks.evidence.render plan"
    if not plan.is_file():
        yield Finding(documents.PLAN, "missing", fix)
        return
    lines = [line.split("|") for line in plan.read_text(encoding="utf-8").splitlines()]
    digests = {cells[1].strip(" `"): cells[-2].strip(" `") for cells in lines if len(cells) == 9}
    for name in catalog.PARITY_PRODUCTS:
        limit = _limit(evidence, name)
        if name not in grid:
            yield Finding(parity_grid.PATH, f"product {name} is not declared any more", fix)
        elif limit is not None:
            found, planned = parity_grid.identity(grid[name], limit), digests.get(name, "none")
            if found != planned:
                problem = (
                    f"{name}: grid and tolerance have digest {found[:12]}, planned {planned[:12]}"
                )
                yield Finding(documents.PLAN, problem, fix)


def _product_findings(
    evidence: Evidence, grid: Mapping[str, Declared], allowed: float
) -> Iterator[Finding]:
    for name, artifact in PRODUCTS.items():
        table, limit = evidence.get(artifact.path), _limit(evidence, name)
        if table is None or limit is None or name not in grid:
            continue
        problems = [*product_grid_faults(table, grid[name], evidence.profile)]
        problems += _self_comparison(table)
        if not problems:
            problems = [*_verdict_faults(table, limit)]
            problems += _product_repriced(name, table, limit, evidence.commit, allowed)
        yield from (Finding(artifact.path, problem, artifact.fix) for problem in problems)


def product_grid_faults(table: pl.DataFrame, declared: Declared, profile: str) -> Iterator[str]:
    """How a product's table differs from its declared grid, row by row."""
    key = [*declared.columns, "quantity"]
    schema = parity_store.schema(declared)
    if dict(table.schema) != schema:
        yield f"columns are {', '.join(table.columns)}: the grid declares {', '.join(schema)}"
        return
    points = pl.DataFrame(
        list(parity_grid.points(declared, profile)),
        schema={name: schema[name] for name in declared.columns},
        orient="row",
    )
    quantities = pl.DataFrame({"quantity": declared.quantities})
    wanted = points.join(quantities, how="cross", maintain_order="left_right")
    found = table.select(key)
    if len(found) != len(wanted):
        yield f"rows {len(found)}, grid declares {len(wanted)} ({profile} profile)"
    missing = wanted.join(found, on=key, how="anti", maintain_order="left")
    unknown = found.join(wanted, on=key, how="anti", maintain_order="left")
    for kind, rows in (("missing grid key", missing), ("key not in the grid", unknown)):
        for row in rows.head(_MOST_NAMED).iter_rows(named=True):
            yield f"{kind} {parity_store.key_text(row, declared.columns)}"
    if missing.is_empty() and unknown.is_empty() and not found.equals(wanted):
        yield "row order: rows are not in the order of the declared grid, or repeated"


def _verdict_faults(table: pl.DataFrame, limit: float) -> Iterator[str]:
    """Errors in units of the tolerance, and verdicts, that are not those of the values."""
    near = (pl.col("strikeproof") - pl.col("third")).abs() / pl.max_horizontal(
        1.0, pl.col("strikeproof").abs(), pl.col("third").abs()
    ) <= limit
    verdict = (
        pl.when(pl.col("third").is_null())
        .then(pl.lit("agree"))
        .when(near)
        .then(pl.lit("strikeproof"))
        .otherwise(pl.lit("quantlib"))
    )
    stored, units = pl.col("error_in_tolerances"), parity_store.scaled_error() / limit
    rules = {
        "error in tolerances is not that of the values": (
            ((stored - units).abs() <= _ROUNDING * units) | (stored.is_null() & units.is_null())
        ).fill_null(value=False),
        "verdict is not that of the third value": pl.col("verdict") == verdict,
    }
    for rule, expression in rules.items():
        for row in (~table.select(expression).to_series()).arg_true()[:_MOST_NAMED].to_list():
            yield f"row {row + 1}: {rule}"


def _product_repriced(
    name: str, table: pl.DataFrame, limit: float, commit: str | None, allowed: float
) -> list[str]:
    """Points chosen by the commit, and some that a third method decided, priced anew."""
    chooser = random.Random(f"{commit} {name}")
    decided = table["third"].is_not_null().arg_true().to_list()
    rows = {*chooser.sample(range(len(table)), min(SAMPLED_POINTS, len(table)))}
    rows |= {*chooser.sample(decided, min(SAMPLED_POINTS, len(decided)))}
    columns = parity_summary.names(table)
    faults: list[str] = []
    for number in sorted(rows):
        row = table.row(number, named=True)
        point = tuple((column, row[column]) for column in columns)
        again = compare.repriced(compare.module_of(name), point, limit)
        anew = next(found for found in again if found["quantity"] == row["quantity"])
        faults += _row_faults(number, row, anew, allowed)
    return faults


def _row_faults(
    number: int, row: Mapping[str, Any], anew: Mapping[str, Any], allowed: float
) -> Iterator[str]:
    for column in ("strikeproof", "quantlib", "third"):
        stored, found = row[column], anew[column]
        if allowed > 0.0 and column == "third" and (stored is None) != (found is None):
            continue  # an error at the very tolerance may fall on its other side elsewhere
        both = stored is not None and found is not None
        if stored != found and not (both and _agree(stored, found, allowed)):
            yield f"row {number + 1}: {column} is {stored!r}, priced anew {found!r}"
    for column in ("engine", "third_method", "quantlib_says"):
        if allowed == 0.0 and row[column] != anew[column]:
            yield f"row {number + 1}: {column} is {row[column]!r}, here {anew[column]!r}"


def _derived_findings(evidence: Evidence) -> Iterator[Finding]:
    """Summary and list of QuantLib's errors are what the tables give."""
    tables = {name: evidence.get(artifact.path) for name, artifact in PRODUCTS.items()}
    limits = {name: _limit(evidence, name) for name in PRODUCTS}
    if any(table is None for table in tables.values()) or None in limits.values():
        return
    known = {name: limit for name, limit in limits.items() if limit is not None}
    made = {
        "ql_parity_summary.csv": parity_summary.summary(tables),
        "quantlib_errors.csv": parity_summary.quantlib_errors(tables, known),
    }
    for artifact in catalog.family("ql_parity"):
        frame, stored = made.get(Path(artifact.path).name), evidence.get(artifact.path)
        if frame is not None and stored is not None and not stored.equals(frame):
            yield Finding(artifact.path, "not what the tables of the products give", artifact.fix)


def _self_comparison(table: pl.DataFrame) -> list[str]:
    """Two independent libraries never agree in every bit of thousands of values."""
    if bool((table["strikeproof"] == table["quantlib"]).fill_null(value=False).all()):
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
