"""`mc_coverage`: how many 95 % intervals of independent seeds hold the exact value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tasks.evidence import tables
from tasks.evidence.convergence.simulated import by_name, problems
from tasks.evidence.convergence.student import binomial_interval, binomial_tail, student_tail
from tasks.evidence.convergence.tables import Coverage, CoverageSeeds
from tasks.evidence.progress import Progress

LEVEL = 0.95
METHODS = ("plain", "control", "sobol", "sobol_control")
PATHS = 8192  # 32 scramblings of 256 points, or that many independent paths
# Chance that some verdict of the table is a false alarm, shared by its rows (Bonferroni).
FALSE_ALARMS = 0.01


def run(product: str, method: str, seed: int) -> dict[str, Any]:
    """One row of `CoverageSeeds`."""
    return _row(by_name()[product], method, seed)


def _row(problem: Any, method: str, seed: int) -> dict[str, Any]:
    found = problem.run(method, paths=PATHS, seed=seed, threads=1)
    return {
        "product": problem.name,
        "method": method,
        "seed": seed,
        "value": found.value,
        "standard_error": found.standard_error,
        "degrees_of_freedom": found.degrees_of_freedom,
    }


def plan_faults(table: pl.DataFrame, seeds: int) -> Iterator[str]:
    """How the rows differ from all products, methods and seeds in their order."""
    wanted = [
        (problem.name, method, seed)
        for problem in problems()
        for method in METHODS
        for seed in range(1, seeds + 1)
    ]
    found = table.select("product", "method", "seed").rows()
    if len(found) != len(wanted):
        yield f"rows {len(found)}, plan declares {len(wanted)}"
    if found != wanted:
        place = next((k for k, pair in enumerate(zip(found, wanted, strict=False))
                      if pair[0] != pair[1]), min(len(found), len(wanted)))  # fmt: skip
        shown = wanted[place] if place < len(wanted) else "nothing"
        yield f"row {place + 1}: plan declares {shown}"


def coverage(table: pl.DataFrame) -> pl.DataFrame:
    """Counts and verdicts by product and method, columns of `Coverage`."""
    truths = {problem.name: problem.truth for problem in problems()}
    groups = table.partition_by("product", "method", maintain_order=True, as_dict=True)
    rows = []
    for (product, method), own in groups.items():
        truth = truths[str(product)]
        error = own["value"].to_numpy() - truth
        stated = own["standard_error"].to_numpy()
        quantile = _quantile(own["degrees_of_freedom"][0])
        found = int(np.sum(np.abs(error) <= quantile * stated))
        low, high = binomial_interval(found, len(own), 1.0 - LEVEL)
        tail = binomial_tail(found, len(own), LEVEL)
        spread = float(np.std(error, ddof=1))
        rows.append(
            {
                "product": product,
                "method": method,
                "seeds": len(own),
                "truth": truth,
                "covered": found,
                "coverage": found / len(own),
                "low": low,
                "high": high,
                "tail_probability": tail,
                "mean_error_in_deviations": float(np.mean(error)) / spread * len(own) ** 0.5,
                "stated_over_true_error": float(
                    np.sqrt(np.mean(stated**2)) / np.sqrt(np.mean(error**2))
                ),
                "verdict": "pass" if tail * len(groups) >= FALSE_ALARMS else "fail",
            }
        )
    return pl.DataFrame(rows)


@lru_cache(maxsize=16)
def _quantile(degrees_of_freedom: float) -> float:
    """Half width of the interval in standard errors, by halving."""
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        beyond = student_tail(middle, degrees_of_freedom) > 1.0 - LEVEL
        low, high = (middle, high) if beyond else (low, middle)
    return 0.5 * (low + high)


def figures(table: pl.DataFrame) -> dict[str, Any]:
    """Headline figures of the table by product."""
    bias = table["mean_error_in_deviations"].abs()
    return {
        "seeds": table["seeds"].min(),
        "rows": len(table),
        "rejected": len(table.filter(pl.col("verdict") == "fail")),
        "lowest_coverage": table["coverage"].min(),
        "highest_coverage": table["coverage"].max(),
        "least_tail_probability": table["tail_probability"].min(),
        "worst_bias_in_deviations": bias.max(),
        "coverage": {
            row["product"]: {
                own["method"]: own["coverage"]
                for own in table.filter(pl.col("product") == row["product"]).iter_rows(named=True)
            }
            for row in table.unique("product", keep="first", maintain_order=True).iter_rows(
                named=True
            )
        },
    }


def write_seeds(
    output: Path,
    *,
    inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core is imported
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Simulate every product by every method from every seed."""
    plan = [(problem, method) for problem in problems() for method in METHODS]
    rows = []
    for done, (problem, method) in enumerate(plan):
        rows += [_row(problem, method, seed) for seed in range(1, config["seeds"] + 1)]
        progress(done + 1, len(plan))
    tables.write_table(pl.DataFrame(rows), output, CoverageSeeds)


def write_coverage(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the counts by product and method, from the seeds."""
    table = tables.read_table(inputs["seeds"], CoverageSeeds)
    tables.write_table(coverage(table), output, Coverage)
    progress(1, 1)
