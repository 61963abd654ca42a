"""Instruction counts: the plan is the program's, lies are refused, slower kernels are seen."""

import math
from pathlib import Path

import polars as pl
import pytest

from tasks.evidence import (
    benchmark_tables,
    catalog,
    counter,
    instruction_counts,
    instruction_plan,
    sources,
    tables,
    tolerances,
)
from tasks.evidence.checks import instruction_counts as check
from tasks.evidence.checks.evidence import Evidence
from tasks.evidence.repository import ROOT

pytestmark = pytest.mark.fast

BOUNDS = tolerances.parse((ROOT / catalog.TOLERANCES).read_bytes())
KERNEL = "black_scholes/price"


def no_progress(_done, _total):
    pass


def binary():
    return sources.resolve(catalog.COUNTS_BINARY)


def at_the_limits():
    """A table whose counts are a hundredth below what the tolerances allow."""
    rows = []
    for name, instruction_set in instruction_plan.KERNELS:
        figure = f"instruction_counts.by_kernel.{name} {instruction_set}.instructions"
        large = 1000 + math.floor(990 * BOUNDS[figure].limit)
        row = {"kernel": name, "instruction_set": instruction_set, "unit": "option"}
        row |= {"small_units": 1, "large_units": 1001}
        row |= {"small_instructions": 1000, "large_instructions": large}
        row |= {"instructions": (large - 1000) / 1000, "counter": "valgrind-3.19.0"}
        rows.append(row | {"compiler": "GNU 12.2.0", "libc": "glibc 2.36", "note": None})
    types = {name: c.dtype for name, c in benchmark_tables.InstructionCounts.columns().items()}
    return pl.DataFrame(rows, schema=types)


def evidence_of(table):
    content = {check.COUNTS.path: table}
    return Evidence(ROOT, (check.COUNTS,), "fast", None, content, {}, BOUNDS, ())


def breaches(table):
    own = {name: b for name, b in BOUNDS.items() if name.startswith("instruction_counts.")}
    return tolerances.breaches(own, {"instruction_counts": instruction_counts.figures(table)})


def faults(table, path):
    """Why the table cannot be written, or what the gate says of it."""
    try:
        tables.write_table(table, path, benchmark_tables.InstructionCounts)
    except tables.TableFault as error:
        return list(error.faults)
    return [finding.problem for finding in check.check(evidence_of(table))] + breaches(table)


def with_cell(column, value):
    first = pl.col("kernel") == instruction_plan.KERNELS[0][0]
    changed = pl.when(first).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    return lambda table: table.with_columns(changed)


LIES = [
    pytest.param(lambda t: t.slice(1), "missing kernel american/accurate (avx2)", id="row-gone"),
    pytest.param(
        with_cell("instructions", 1.0),
        "instructions are the difference: not so at row 1",
        id="edit",
    ),
    pytest.param(with_cell("libc", None), "counted or a note: not so at row 1", id="half-a-row"),
    pytest.param(with_cell("compiler", "Clang 19"), "one counter counted all", id="two-compilers"),
]


@pytest.mark.parametrize(("lie", "words"), LIES)
def test_a_table_that_no_counter_wrote_is_refused(tmp_path, lie, words):
    assert faults(at_the_limits(), tmp_path / "honest.csv") == []
    said = faults(lie(at_the_limits()), tmp_path / "lie.csv")
    assert any(words in line for line in said), said


def test_counts_a_thirtieth_over_the_limit_are_refused_by_name_count_and_limit():
    more = 1.03 * at_the_limits()["large_instructions"][0]
    table = with_cell("large_instructions", math.floor(more))(at_the_limits())
    units = (table["large_instructions"] - table["small_instructions"]) / 1000
    (said,) = breaches(table.with_columns(instructions=units))
    assert "american/accurate avx2.instructions = " in said
    assert "exceeds its tolerance" in said


def test_no_counts_are_a_note_where_nothing_counts_and_refused_where_something_does(monkeypatch):
    table = instruction_counts.uncounted()
    monkeypatch.setattr(counter, "version", lambda: counter.ABSENT)
    evidence = evidence_of(table)
    assert list(check.check(evidence)) == []
    assert breaches(table) == []
    assert any(instruction_counts.NOT_HERE in note for note in check.notes(evidence))
    monkeypatch.setattr(counter, "version", lambda: "valgrind-3.19.0")
    (refused,) = check.check(evidence)
    assert refused.problem == "kernels are not counted, but valgrind-3.19.0 is here"


def test_the_artifact_follows_the_machine_in_saying_whether_it_counts(tmp_path):
    output = tmp_path / "counts.csv"
    config = {"counter": counter.ABSENT}
    instruction_counts.write_instruction_counts(
        output, inputs={}, config=config, progress=no_progress
    )
    table = tables.read_table(output, benchmark_tables.InstructionCounts)
    assert instruction_counts.figures(table)["counted"] is False


def limit_of(kernel, instruction_set):
    return BOUNDS[f"instruction_counts.by_kernel.{kernel} {instruction_set}.instructions"].limit


def test_a_kernel_made_three_tenths_slower_is_refused_and_an_unchanged_one_is_not():
    if counter.version() == counter.ABSENT:  # then the gate bounds nothing, and says so
        assert instruction_counts.figures(instruction_counts.uncounted())["counted"] is False
        return
    honest = instruction_counts.counted(binary(), ["--only", KERNEL], no_progress)
    assert honest["instruction_set"].to_list() == ["avx2", "baseline"]
    slower = ["--only", KERNEL, "--slower", KERNEL]
    planted = instruction_counts.counted(binary(), slower, no_progress)
    for before, after in zip(honest.rows(named=True), planted.rows(named=True), strict=True):
        limit = limit_of(KERNEL, before["instruction_set"])
        assert before["instructions"] <= limit < after["instructions"]
        assert after["instructions"] / before["instructions"] == pytest.approx(1.3, abs=0.05)


def test_the_same_program_counts_the_same_twice_and_names_the_planned_kernels():
    if counter.version() == counter.ABSENT:
        assert binary().is_file()
        return
    tables_ = [
        instruction_counts.counted(Path(binary()), ["--only", "digital/price"], no_progress)
        for _ in range(2)
    ]
    assert tables_[0].equals(tables_[1])
    (row,) = tables_[0].select("kernel", "instruction_set").rows()
    assert row in instruction_plan.KERNELS
