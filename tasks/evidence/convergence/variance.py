"""`variance_reduction`: variance per path and per second by method, over that of plain paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import tables
from tasks.evidence.convergence.efficiency import run
from tasks.evidence.convergence.simulated import METHODS, by_name, problems
from tasks.evidence.convergence.tables import VarianceReduction, VarianceRuns
from tasks.evidence.progress import Progress

PATHS = 2**16  # 32 scramblings of 2048 points, or that many paths


def plan(seeds: int) -> list[tuple[str, str, int]]:
    """Product, method and seed of every row in order."""
    return [
        (problem.name, method, seed)
        for problem in problems()
        for method in METHODS
        for seed in range(1, seeds + 1)
    ]


def plan_faults(table: pl.DataFrame, seeds: int) -> Iterator[str]:
    """How the rows differ from those that the plan declares."""
    wanted = plan(seeds)
    if table.select("product", "method", "seed").rows() != wanted:
        yield f"rows are not the {len(wanted)} of the plan, in its order"


def replayed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same simulation again; its value and error must be the stored ones."""
    return run(by_name()[row["product"]], row["method"], row["seed"], PATHS)


def reduction(table: pl.DataFrame) -> pl.DataFrame:
    """Variance per path and ratios to the plain one, columns of `VarianceReduction`.

    The interval of a ratio takes the logarithms of the seeds' variances as normal.
    """
    variance = pl.col("standard_error") ** 2 * pl.col("paths")
    logs = variance.log()
    grouped = table.group_by("product", "method", maintain_order=True).agg(
        variance_per_path=variance.mean(),
        deviation=logs.std() / pl.len().cast(pl.Float64).sqrt(),
        ns_per_path=1e9 * (pl.col("seconds") / pl.col("paths")).median(),
    )
    base = grouped.filter(pl.col("method") == "plain").select(
        "product",
        plain_variance="variance_per_path",
        plain_deviation="deviation",
        plain_ns="ns_per_path",
    )
    joined = grouped.join(base, on="product", how="left", maintain_order="left")
    ratio = pl.col("plain_variance") / pl.col("variance_per_path")
    own = (pl.col("deviation") ** 2 + pl.col("plain_deviation") ** 2).sqrt()
    factor = pl.when(pl.col("method") == "plain").then(1.0).otherwise((1.96 * own).exp())
    return joined.select(
        "product",
        "method",
        "variance_per_path",
        variance_ratio=ratio,
        ratio_low=ratio / factor,
        ratio_high=ratio * factor,
        ns_per_path="ns_per_path",
        efficiency=ratio * pl.col("plain_ns") / pl.col("ns_per_path"),
    )


def figures(table: pl.DataFrame) -> dict[str, Any]:
    """Ratios by product, and the share of variance that the worst of each method leaves."""
    left = {
        method: 1.0
        / float(np.min(table.filter(pl.col("method") == method)["variance_ratio"].to_numpy()))
        for method in METHODS
        if method != "plain"
    }
    found: dict[str, Any] = {"most_variance_left": left}
    for name in ("variance_ratio", "efficiency"):
        found[name] = {
            product: dict(zip(own["method"], own[name], strict=True))
            for (product,), own in table.partition_by(
                "product", maintain_order=True, as_dict=True
            ).items()
        }
    return found


def write_runs(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Simulate every product by every method from every seed."""
    every = by_name()
    rows = []
    wanted = plan(config["seeds"])
    for done, (product, method, seed) in enumerate(wanted):
        key = {"product": product, "method": method, "seed": seed}
        rows.append(key | run(every[product], method, seed, PATHS))
        progress(done + 1, len(wanted))
    tables.write_table(pl.DataFrame(rows), output, VarianceRuns)


def write_reduction(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write ratios by product and method, from the runs."""
    table = tables.read_table(inputs["runs"], VarianceRuns)
    tables.write_table(reduction(table), output, VarianceReduction)
    progress(1, 1)
