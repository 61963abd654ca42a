"""Benchmarks of the Release binary, and instruction counts."""

from __future__ import annotations

from tasks.evidence.artifact import ARTIFACTS, BENCHMARK_BINARY, COUNTS_BINARY, Artifact

BENCHMARK_REPORT = f"{ARTIFACTS}/benchmarks/benchmarks.json"
_BENCHMARK_TABLE = f"{ARTIFACTS}/benchmarks/benchmarks.csv"
INSTRUCTION_COUNTS = f"{ARTIFACTS}/instruction_counts/instruction_counts.csv"

FAMILY: tuple[Artifact, ...] = (
    Artifact(
        BENCHMARK_REPORT,
        "benchmarks",
        "Google Benchmark report of the Release binary",
        "tasks.evidence.benchmark_run:write_benchmark_report",
        "benchmark_report",
        {"binary": BENCHMARK_BINARY},
        profiled=True,
        timed=True,
    ),
    Artifact(
        _BENCHMARK_TABLE,
        "benchmarks",
        "Nanoseconds and bytes per price, from the report",
        "tasks.evidence.benchmarks:write_benchmark_table",
        "benchmark_table",
        {"report": BENCHMARK_REPORT},
        profiled=True,
        timed=True,
    ),
    Artifact(
        f"{ARTIFACTS}/benchmarks/benchmarks.png",
        "benchmarks",
        "Nanoseconds per price by engine and batch size",
        "tasks.evidence.benchmarks:write_benchmark_plot",
        "png",
        {"table": _BENCHMARK_TABLE},
        profiled=True,
        timed=True,
    ),
    Artifact(
        INSTRUCTION_COUNTS,
        "instruction_counts",
        "Instructions of every hot kernel per option, path step or fit, by callgrind",
        "tasks.evidence.instruction_counts:write_instruction_counts",
        "instruction_counts",
        {"binary": COUNTS_BINARY},
    ),
)
