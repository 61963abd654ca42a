"""The `benchmark_regression` table: this run of the benchmarks beside the last one, as ratios.

The table holds what it was made from, so that the next one finds its last run in it: the run
before, if machine, compiler, flags and profile are the same. Made again from the same report it
keeps the run that it was compared with. Times decide nothing; the gate bounds instruction counts
instead.

A ratio of medians is noise while it lies within 1 / band to band, where band is 1 plus the larger
of a tenth and four standard deviations of the ratio. That of a run is its median absolute deviation
times 1.4826 (normal noise), on both sides; runs of other minutes differ by more, hence the tenth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import benchmark_report, benchmarks, digest, machine, tables
from tasks.evidence.benchmark_report import Context
from tasks.evidence.progress import Progress

_LEAST_BAND = 0.1
_DEVIATIONS = 4.0
_NORMAL = 1.4826
NAME = "benchmark_regression.csv"


def key(context: Context) -> str:
    """Hash of what must be the same for two runs to be comparable."""
    facts = {
        "machine": machine.machine(),
        "compiler": context.strikeproof_compiler,
        "flags": context.strikeproof_flags,
        "simd": context.strikeproof_simd,
        "profile": context.strikeproof_profile,
    }
    return digest.sha256_bytes(digest.canonical_json(facts))[:16]


def band(spread: float, last_spread: float) -> float:
    """Ratio up to which a run is no slower than noise makes it."""
    return 1.0 + max(_LEAST_BAND, _DEVIATIONS * _NORMAL * math.hypot(spread, last_spread))


def compare(
    table: pl.DataFrame, report: str, comparable: str, last: pl.DataFrame | None
) -> pl.DataFrame:
    """One row per benchmark.

    Parameters
    ----------
    table : DataFrame
        Benchmark table of this run.
    report : str
        Digest of its report.
    comparable : str
        Its `key`.
    last : DataFrame or None
        The table made before this one.
    """
    known = {row["name"]: row for row in last.iter_rows(named=True)} if last is not None else {}
    rows = [_row(row, report, comparable, known.get(row["name"])) for row in table.to_dicts()]
    types = {n: c.dtype for n, c in tables.BenchmarkRegression.columns().items()}
    return pl.DataFrame(rows, schema=types).sort("name")


def _row(
    new: Mapping[str, Any], report: str, comparable: str, old: Mapping[str, Any] | None
) -> dict[str, Any]:
    row = {"name": new["name"], "report": report, "comparable": comparable}
    row |= {"ns_per_price": new["ns_per_price"], "spread": new["spread"]}
    if old is None or old["comparable"] != comparable:
        none = ("last_report", "last_ns", "last_spread", "ratio", "band")
        return row | dict.fromkeys(none) | {"verdict": "first"}
    again = "last_" if old["report"] == report else ""
    if again and old["last_ns"] is None:
        return dict(old)
    before = old["last_ns"] if again else old["ns_per_price"]
    spread = old["last_spread"] if again else old["spread"]
    ratio, most = new["ns_per_price"] / before, band(new["spread"], spread)
    verdict = "slower" if ratio > most else "faster" if ratio < 1.0 / most else "same"
    row |= {"last_report": old[f"{again}report"], "last_ns": before, "last_spread": spread}
    return row | {"ratio": ratio, "band": most, "verdict": verdict}


def write_regression(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Compare the report at ``inputs["report"]`` with the table that `output` is to replace."""
    report = benchmark_report.read(inputs["report"])
    made = digest.sha256_file(inputs["report"])
    found = compare(benchmarks.table(report), made, key(report.context), _last(output.parent))
    tables.write_table(found, output, tables.BenchmarkRegression)
    progress(1, 1)


def _last(folder: Path) -> pl.DataFrame | None:
    """The table made before; one that cannot be read is none."""
    try:
        return tables.read_table(folder / NAME, tables.BenchmarkRegression)
    except tables.TableFault:
        return None


def note(table: pl.DataFrame) -> str:
    """What the comparison says, in one line."""
    slower = table.filter(pl.col("verdict") == "slower").sort("ratio", descending=True)
    compared = table.filter(pl.col("verdict") != "first")
    if compared.is_empty():
        return "benchmarks: no comparable run before this one"
    text = f"benchmarks: {len(slower)} of {len(compared)} slower than the last run beyond noise"
    if slower.is_empty():
        return text
    worst = slower.row(0, named=True)
    return f"{text}, worst {worst['name']}: {worst['ratio']:.2f} times, band {worst['band']:.2f}"
