"""Instructions of every hot kernel: the figure of speed that has no noise.

Each kernel of `instruction_plan` is called twice under callgrind, with less work and with more; the
difference over the difference of the units is its count, free of start and of what is made once.
Valgrind knows no AVX-512, so that all x86-64 machines count the same code: AVX2 kernels, baseline
ones, and engines without vectors. What moves a count is the source, the compiler and the C library,
both of which the table names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tasks.evidence import benchmark_tables, counter, instruction_plan, tables
from tasks.evidence.progress import Progress

NOT_HERE = "not counted: no valgrind here or not Linux on x86-64"
_HEAD = ("compiler", "libc")
_COUNTED = ("unit", "small_units", "large_units", "small_instructions", "large_instructions")

_SCHEMA = {
    name: column.dtype for name, column in benchmark_tables.InstructionCounts.columns().items()
}


def counted(binary: Path, arguments: list[str], progress: Progress) -> pl.DataFrame:
    """Counts of the kernels that the program calls, sorted by kernel and instruction set.

    Raises
    ------
    ValueError
        The program or the counter failed.
    """
    total = len(instruction_plan.KERNELS) + len(_HEAD)
    lines = counter.run(binary, arguments, lambda done: progress(min(done, total), total))
    head = {line[0]: line[1] for line in lines if line[0] in _HEAD}
    rows = [_row(line, head) for line in lines if line[0] == "kernel"]
    return pl.DataFrame(rows, schema=_SCHEMA).sort("kernel", "instruction_set")


def _row(line: list[str], head: Mapping[str, str]) -> dict[str, Any]:
    _, kernel, instruction_set, unit, *numbers = line
    small_units, large_units, small, large = map(int, numbers)
    return {
        "kernel": kernel,
        "instruction_set": instruction_set,
        "unit": unit,
        "small_units": small_units,
        "large_units": large_units,
        "small_instructions": small,
        "large_instructions": large,
        "instructions": (large - small) / (large_units - small_units),
        "counter": counter.version(),
        "compiler": head["compiler"],
        "libc": head["libc"],
        "note": None,
    }


def uncounted() -> pl.DataFrame:
    """The table of a machine that cannot count: every kernel, no number, the reason."""
    empty: dict[str, Any] = dict.fromkeys((*_COUNTED, "instructions", *_HEAD))
    rows = [
        {"kernel": kernel, "instruction_set": instruction_set, "counter": counter.ABSENT} | empty
        for kernel, instruction_set in instruction_plan.KERNELS
    ]
    return pl.DataFrame([row | {"note": NOT_HERE} for row in rows], schema=_SCHEMA)


def figures(table: pl.DataFrame) -> dict[str, Any]:
    """Headline figures: who counted, and instructions per unit of every kernel."""
    first = table.row(0, named=True)
    head = {name: first[name] for name in ("counter", *_HEAD)}
    if first["note"] is not None:
        return {"counted": False, "reason": first["note"], **head}
    rows = table.iter_rows(named=True)
    return {
        "counted": True,
        **head,
        "by_kernel": {
            f"{row['kernel']} {row['instruction_set']}": {
                "instructions": row["instructions"],
                "unit": row["unit"],
            }
            for row in rows
        },
    }


def write_instruction_counts(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],
    progress: Progress,
) -> None:
    """Count every kernel of the program at ``inputs["binary"]`` and write the table.

    Where ``config["counter"]`` is "absent" the table says so and holds no counts.
    """
    if config["counter"] == counter.ABSENT:
        table = uncounted()
    else:
        table = counted(inputs["binary"], [], progress)
    tables.write_table(table, output, benchmark_tables.InstructionCounts)
    progress(1, 1)
