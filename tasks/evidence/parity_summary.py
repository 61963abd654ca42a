"""Figures of the parity of all products: headline, buckets, and the rows that QuantLib loses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from tasks.evidence import parity_grid, parity_store, parity_tables, tables
from tasks.evidence.progress import Progress

_TENORS = ((30, "to 30 days"), (365, "to 1 year"), (1825, "to 5 years"))
_LONGEST = "over 5 years"
# Columns that stand for moneyness, with the ends of the middle bucket and their unit.
_MONEYNESS = {
    "moneyness": (0.9, 1.1, "of spot"),
    "log_moneyness": (-0.1, 0.1, "in logs"),
    "deviations": (-1.0, 1.0, "deviations"),
}


def names(table: pl.DataFrame) -> list[str]:
    """Key columns of a product's table, without the quantity."""
    return table.columns[: -len(parity_store.RESULTS)]


def counted_error() -> pl.Expr:
    """Scaled distance to QuantLib where it is not the one that is wrong, else none.

    A row that strikeproof loses counts with its distance to QuantLib, or to the third value where
    QuantLib has none.
    """
    size = pl.max_horizontal(1.0, pl.col("strikeproof").abs(), pl.col("third").abs())
    to_third = (pl.col("strikeproof") - pl.col("third")).abs() / size
    return pl.when(pl.col("verdict") != "strikeproof").then(
        pl.coalesce(parity_store.scaled_error(), to_third)
    )


def product_figures(table: pl.DataFrame) -> dict[str, Any]:
    """Headline figures of one product."""
    errors = table.select(error=counted_error()).to_series()
    counted = errors.drop_nulls()
    worst = errors.fill_null(-1.0).arg_max() or 0
    verdicts = table["verdict"]
    return {
        "points": table.select(names(table)).n_unique(),
        "rows": len(table),
        "max_scaled_error": _largest(counted),
        "p99_scaled_error": _quantile(counted, 0.99),
        "median_scaled_error": _quantile(counted, 0.5),
        "quantlib_errors": int((verdicts == "strikeproof").sum()),
        "strikeproof_errors": int((verdicts == "quantlib").sum()),
        "no_answer": int(table["quantlib"].null_count()),
        "worst": parity_store.key_text(table.row(worst, named=True), names(table)),
    }


def _largest(errors: pl.Series) -> float:
    return float(errors.max()) if len(errors) else 0.0  # type: ignore[arg-type]


def _quantile(errors: pl.Series, share: float) -> float:
    found = errors.quantile(share, "nearest") if len(errors) else 0.0
    return float(found or 0.0)


def figures(content: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Figures by product, and over all of them together, from the tables by product."""
    products = {name: product_figures(table) for name, table in content.items()}
    pooled = pl.concat([t.select(error=counted_error()) for t in content.values()]).to_series()
    counted = pooled.drop_nulls()
    worst = max(products, key=lambda name: products[name]["max_scaled_error"])
    sums = ("points", "rows", "quantlib_errors", "strikeproof_errors", "no_answer")
    library: dict[str, Any] = {"products": len(products)}
    library |= {name: sum(found[name] for found in products.values()) for name in sums}
    library |= {
        "max_scaled_error": _largest(counted),
        "p99_scaled_error": _quantile(counted, 0.99),
        "median_scaled_error": _quantile(counted, 0.5),
        "worst": f"{worst}: {products[worst]['worst']}",
    }
    return {"library": library, "products": products}


def _tenor() -> pl.Expr:
    bucket = pl.lit(_LONGEST)
    for days, name in reversed(_TENORS):
        bucket = pl.when(pl.col("days") <= days).then(pl.lit(name)).otherwise(bucket)
    return bucket


def _bucket(columns: list[str]) -> pl.Expr:
    for name, (low, high, unit) in _MONEYNESS.items():
        if name in columns:
            value = pl.col(name)
            middle = pl.lit(f"{low:g} to {high:g} {unit}")
            above = pl.when(value > high).then(pl.lit(f"above {high:g} {unit}")).otherwise(middle)
            return pl.when(value < low).then(pl.lit(f"below {low:g} {unit}")).otherwise(above)
    return pl.lit("all")


def summary(content: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row for each product and bucket, in the order of the grid."""
    return pl.concat([_buckets(name, table) for name, table in content.items()])


def _buckets(name: str, table: pl.DataFrame) -> pl.DataFrame:
    columns = table.columns
    keyed = table.with_columns(
        bucket=_bucket(columns), tenor=_tenor(), counted=counted_error(), place=pl.col("days")
    )
    error = pl.col("counted")
    return (
        keyed.group_by("bucket", "tenor", maintain_order=True)
        .agg(
            rows=pl.len(),
            max_scaled_error=error.max().fill_null(0.0),
            p99_scaled_error=error.quantile(0.99, "nearest").fill_null(0.0),
            median_scaled_error=error.quantile(0.5, "nearest").fill_null(0.0),
            max_error_in_tolerances=(
                pl.col("error_in_tolerances")
                .filter(pl.col("verdict") != "strikeproof")
                .max()
                .fill_null(0.0)
            ),
            quantlib_errors=(pl.col("verdict") == "strikeproof").sum(),
            strikeproof_errors=(pl.col("verdict") == "quantlib").sum(),
            place=pl.col("place").min(),
        )
        .sort("bucket", "place", maintain_order=True)
        .select(
            pl.lit(name).alias("product"),
            pl.col("bucket").alias("moneyness"),
            pl.col("tenor").alias("time_to_expiry"),
            *(
                pl.col(column).cast(pl.Int64 if column in _COUNTS else pl.Float64)
                for column in parity_tables.ParitySummary.column_names()[3:]
            ),
        )
    )


_COUNTS = ("rows", "quantlib_errors", "strikeproof_errors")


def quantlib_errors(
    content: Mapping[str, pl.DataFrame], limits: Mapping[str, float]
) -> pl.DataFrame:
    """Every row that QuantLib loses, in the order of the grid, with the proof: the third value."""
    return pl.concat([_errors(name, table, limits[name]) for name, table in content.items()])


def _errors(name: str, table: pl.DataFrame, limit: float) -> pl.DataFrame:
    lost = table.filter(pl.col("verdict") == "strikeproof")
    key = [pl.format(f"{column}={{}}", pl.col(column)) for column in names(table)]

    def plain(column: str) -> pl.Expr:
        return pl.col(column).str.replace_all(",", ";").str.replace_all('"', "'")

    return lost.select(
        pl.lit(name).alias("product"),
        pl.concat_str(key, separator="; ").alias("contract"),
        "quantity",
        "quantlib",
        plain("quantlib_says"),
        "strikeproof",
        "third",
        (pl.col("quantlib") - pl.col("third")).abs().alias("quantlib_error"),
        (pl.col("strikeproof") - pl.col("third")).abs().alias("strikeproof_error"),
        pl.lit(limit).alias("tolerance"),
        plain("engine"),
        plain("third_method"),
    )


def by_product(paths: Mapping[str, Path]) -> dict[str, pl.DataFrame]:
    """Tables of all products from their files, by the name of the product."""
    return {PurePosixPath(path).stem: parity_store.read(path) for path in paths.values()}


def write_summary(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the parity by product and bucket."""
    tables.write_table(summary(by_product(inputs)), output, parity_tables.ParitySummary)
    progress(1, 1)


def write_errors(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write every row that QuantLib loses."""
    lost = quantlib_errors(by_product(inputs), parity_grid.limits())
    tables.write_table(lost, output, parity_tables.QuantlibErrors)
    progress(1, 1)
