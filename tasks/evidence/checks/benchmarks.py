"""Benchmarks: a Release binary, the one that lies here, every declared benchmark, enough runs."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.evidence import (
    benchmark_plan,
    benchmark_regression,
    benchmark_report,
    benchmarks,
    catalog,
    profiles,
    sources,
)
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.digest import sha256_file
from tasks.evidence.faults import Finding, reasons

REPORT, TABLE = (
    next(a for a in catalog.family("benchmarks") if a.path.endswith(suffix))
    for suffix in (".json", ".csv")
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """The report is of the binary built here, and complete; the table is what it gives."""
    yield from check_report(evidence)
    report = evidence.get(REPORT.path)
    binary = sources.resolve(catalog.BENCHMARK_BINARY, evidence.root)
    if report is None or not binary.is_file():
        return
    if sha256_file(binary) != report.context.strikeproof_binary_sha256:
        yield Finding(REPORT.path, "report is from another binary than the one here", REPORT.fix)


def check_report(evidence: Evidence) -> Iterator[Finding]:
    """The report is of a Release binary and complete; the table is what the report gives."""
    report = evidence.get(REPORT.path)
    if report is None:
        return
    problems = (
        *benchmark_report.unfit(report.context),
        *_incomplete(report, evidence),
        *_foreign(report, evidence),
    )
    for problem in problems:
        yield Finding(REPORT.path, problem, REPORT.fix)
    table = evidence.get(TABLE.path)
    try:
        computed = benchmarks.table(report)
    except ValueError as error:  # a report that contradicts itself gives no table
        yield from (Finding(REPORT.path, text, REPORT.fix) for text in reasons(error))
        return
    if table is not None and not table.equals(computed):
        yield Finding(TABLE.path, "is not what the report gives: edited or stale", TABLE.fix)


def _incomplete(report: benchmark_report.Report, evidence: Evidence) -> Iterator[str]:
    wanted = profiles.settings(REPORT, evidence.profile, None)["repetitions"]
    present = report.names()
    for name in benchmark_plan.NAMES:
        if name not in present:
            yield f"missing benchmark {name} (the plan declares {len(benchmark_plan.NAMES)})"
        elif (found := len(report.repetitions(name))) != wanted:
            yield f"{name} has {found} repetitions, the {evidence.profile} profile wants {wanted}"
    for name in present:
        if name not in benchmark_plan.NAMES:
            yield f"benchmark {name} is not in the plan"


def _foreign(report: benchmark_report.Report, evidence: Evidence) -> Iterator[str]:
    """A report of another machine or another profile than the manifest says."""
    context = report.context
    if context.strikeproof_profile != evidence.profile:
        yield f"profile {context.strikeproof_profile} cannot satisfy {evidence.profile}"
    manifest = evidence.get(catalog.MANIFEST.path)
    if manifest is not None:
        cores = {str(context.num_cpus), context.strikeproof_cores}
        if cores != {str(manifest.machine.cores)}:
            here = manifest.machine.cores
            yield f"report is from another machine: {sorted(cores)} cores, manifest says {here}"


def notes(evidence: Evidence) -> Iterator[str]:
    """How the times compare with the last run; times never refuse."""
    (artifact,) = catalog.family("benchmark_regression")
    table = evidence.get(artifact.path)
    if table is not None:
        yield benchmark_regression.note(table)
