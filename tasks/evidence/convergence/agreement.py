"""`method_agreement`: independent methods beside each other on one declared grid of contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import tables
from tasks.evidence.convergence import agreement_grid, agreement_methods
from tasks.evidence.convergence.student import student_tail
from tasks.evidence.convergence.tables import MethodAgreement, MethodAgreementByProduct
from tasks.evidence.progress import Progress

_OUTSIDE = 0.05  # share of standard errors' intervals that may miss


def grid_faults(table: pl.DataFrame, profile: str) -> Iterator[str]:
    """How the rows differ from those that the declared grid demands."""
    wanted = [
        (contract.name, contract.product, contract.text, method, reference)
        for contract in agreement_grid.grid(profile)
        for reference, *others in [list(agreement_methods.METHODS[contract.product])]
        for method in others
    ]
    found = table.select("contract", "product", "terms", "method", "reference").rows()
    if len(found) != len(wanted):
        yield f"rows {len(found)}, grid declares {len(wanted)}"
    missing = [key for key in wanted if key not in set(found)]
    for name, _, _, method, _ in missing[:5]:
        yield f"missing grid row {name} by {method}"
    if found != wanted and not missing:
        yield "row order: rows must be those of the grid, in its order"


def by_product(table: pl.DataFrame) -> pl.DataFrame:
    """Worst disagreements by product and method, in the order of the grid."""
    errors, absolute = pl.col("in_errors").abs(), pl.col("difference").abs()
    return table.group_by("product", "method", maintain_order=True).agg(
        contracts=pl.len().cast(pl.Int64),
        worst_in_errors=errors.max(),
        worst_absolute=absolute.max(),
        median_absolute=absolute.median(),
        rms_in_errors=(errors**2).mean().sqrt(),
    )


def figures(table: pl.DataFrame, grouped: pl.DataFrame) -> dict[str, Any]:
    """Headline figures by kind of method, and by product and method.

    Raises
    ------
    ValueError
        The table by product is not that of the rows.
    """
    if not grouped.equals(by_product(table)):
        raise ValueError("disagreements by product are not those of the rows")
    kinds = {
        method: _kind(table.filter(pl.col("method") == method)) for method in ("qmc", "pde", "tree")
    }
    return {
        "contracts": table["contract"].n_unique(),
        "rows": len(table),
        "kinds": kinds,
        "by_product": {
            f"{row['product']} {row['method']}": {
                name: row[name] for name in MethodAgreementByProduct.column_names()[2:]
            }
            for row in grouped.iter_rows(named=True)
        },
    }


def _kind(own: pl.DataFrame) -> dict[str, Any]:
    if own.is_empty():
        raise ValueError("a kind of method has no rows")
    found: dict[str, Any] = {
        "rows": len(own),
        "worst_in_errors": own["in_errors"].abs().max(),
        "worst_absolute": own["difference"].abs().max(),
        "median_absolute": own["difference"].abs().median(),
    }
    if own["stated"][0] == "standard error":
        tails = [
            student_tail(row["in_errors"], row["degrees_of_freedom"])
            for row in own.iter_rows(named=True)
        ]
        found["share_outside_95"] = sum(tail < _OUTSIDE for tail in tails) / len(tails)
        found["chance_of_worst"] = min(1.0, len(tails) * min(tails))
    return found


def write_agreement(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Value every contract of the grid by every method."""
    contracts = agreement_grid.grid(config["profile"])
    rows: list[dict[str, Any]] = []
    for done, contract in enumerate(contracts):
        rows += agreement_methods.rows(contract)
        progress(done + 1, len(contracts))
    frame = pl.DataFrame(rows, schema_overrides={"degrees_of_freedom": pl.Float64})
    tables.write_table(frame, output, MethodAgreement)


def write_by_product(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the worst disagreements by product, from the rows."""
    table = tables.read_table(inputs["rows"], MethodAgreement)
    tables.write_table(by_product(table), output, MethodAgreementByProduct)
    progress(1, 1)
