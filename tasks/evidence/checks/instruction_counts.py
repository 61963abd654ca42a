"""Instruction counts: every declared kernel, counted wherever that is possible."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.evidence import catalog, counter, instruction_plan
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.faults import Finding

(COUNTS,) = catalog.family("instruction_counts")


def check(evidence: Evidence) -> Iterator[Finding]:
    """The table is complete, and empty only where this machine cannot count."""
    yield from check_table(evidence)
    table = evidence.get(COUNTS.path)
    if table is None or table["note"].null_count() == len(table):
        return
    if counter.version() != counter.ABSENT:
        problem = f"kernels are not counted, but {counter.version()} is here"
        yield Finding(COUNTS.path, problem, COUNTS.fix)


def check_table(evidence: Evidence) -> Iterator[Finding]:
    """Every declared kernel and no other."""
    table = evidence.get(COUNTS.path)
    if table is None:
        return
    present = set(table.select("kernel", "instruction_set").rows())
    declared = set(instruction_plan.KERNELS)
    for name, instruction_set in sorted(declared - present):
        problem = f"missing kernel {name} ({instruction_set}), the plan declares {len(declared)}"
        yield Finding(COUNTS.path, problem, COUNTS.fix)
    for name, instruction_set in sorted(present - declared):
        problem = f"kernel {name} ({instruction_set}) is not in the plan"
        yield Finding(COUNTS.path, problem, COUNTS.fix)


def notes(evidence: Evidence) -> Iterator[str]:
    """That kernels were not counted, where they were not."""
    table = evidence.get(COUNTS.path)
    if table is not None and table["note"].null_count() < len(table):
        yield f"instruction counts: {table['note'][0]}"
