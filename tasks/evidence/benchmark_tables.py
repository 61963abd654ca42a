"""Tables of the C++ benchmarks; `tasks.evidence.tables` registers them."""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl


class BenchmarkTable(dy.Schema):
    """Median and relative spread of one benchmark over its repetitions, and a call's memory."""

    name = dy.String(nullable=False, regex=r"^[a-z_0-9/:]+$", primary_key=True)
    engine = dy.String(nullable=False, regex=r"^[a-z_0-9]+$")
    operation = dy.String(nullable=False, regex=r"^[a-z_0-9]+$")
    batch = dy.Int64(nullable=False, min=1)
    threads = dy.Int64(nullable=False, min=1)
    repetitions = dy.Int64(nullable=False, min=1)
    iterations = dy.Int64(nullable=False, min=1)
    ns_per_price = dy.Float64(nullable=False, min_exclusive=0.0)
    spread = dy.Float64(nullable=False, min=0.0)
    peak_bytes = dy.Int64(nullable=False, min=1)
    bytes_per_option = dy.Float64(nullable=False, min_exclusive=0.0)

    @dy.rule()
    def bytes_are_of_the_batch(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Bytes per option are those of a call over its options."""
        return pl.col("bytes_per_option") == pl.col("peak_bytes") / pl.col("batch")


class BenchmarkRegression(dy.Schema):
    """One benchmark of this run beside that of the last comparable one."""

    name = dy.String(nullable=False, regex=r"^[a-z_0-9/:]+$", primary_key=True)
    report = dy.String(nullable=False, regex=r"^[0-9a-f]{64}$")
    comparable = dy.String(nullable=False, regex=r"^[0-9a-f]{16}$")
    ns_per_price = dy.Float64(nullable=False, min_exclusive=0.0)
    spread = dy.Float64(nullable=False, min=0.0)
    instructions = dy.Float64(nullable=True, min_exclusive=0.0)
    last_report = dy.String(nullable=True, regex=r"^[0-9a-f]{64}$")
    last_ns = dy.Float64(nullable=True, min_exclusive=0.0)
    last_spread = dy.Float64(nullable=True, min=0.0)
    last_instructions = dy.Float64(nullable=True, min_exclusive=0.0)
    ratio = dy.Float64(nullable=True, min_exclusive=0.0)
    drift = dy.Float64(nullable=True, min_exclusive=0.0)
    band = dy.Float64(nullable=True, min_exclusive=1.0)
    verdict = dy.String(
        nullable=False, regex=r"^(first|same|slower|faster|unconfirmed|instructions)$"
    )

    @dy.rule()
    def verdict_follows_from_the_ratio(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Ratio of the two times, what band and counts make of it; none without a last run."""
        names = ["last_report", "last_ns", "last_spread", "ratio", "drift", "band"]
        first = pl.all_horizontal(pl.col(*names).is_null()) & (pl.col("verdict") == "first")
        ratio, band = pl.col("ratio"), pl.col("band")
        right = ratio == pl.col("ns_per_price") / pl.col("last_ns")
        own = ratio / pl.col("drift")
        grown = pl.col("instructions") / pl.col("last_instructions")
        more = grown > 1.01
        word = (
            pl.when((own > band) & more.fill_null(value=True))
            .then(pl.lit("slower"))
            .when(own > band)
            .then(pl.lit("unconfirmed"))
            .when(more.fill_null(value=False))
            .then(pl.lit("instructions"))
            .when(own < 1.0 / band)
            .then(pl.lit("faster"))
            .otherwise(pl.lit("same"))
        )
        compared = pl.all_horizontal(pl.col(*names).is_not_null()) & right
        return first | (compared & (pl.col("verdict") == word)).fill_null(value=False)


class InstructionCounts(dy.Schema):
    """One kernel of one instruction set: two counts and their difference per unit, or a note."""

    kernel = dy.String(nullable=False, regex=r"^[a-z_0-9]+/[a-z_0-9]+$", primary_key=True)
    instruction_set = dy.String(nullable=False, regex=r"^(avx2|baseline|scalar)$", primary_key=True)
    unit = dy.String(nullable=True, regex=r"^(option|path step|number|point|fit)$")
    small_units = dy.Int64(nullable=True, min=1)
    large_units = dy.Int64(nullable=True, min=2)
    small_instructions = dy.Int64(nullable=True, min=1)
    large_instructions = dy.Int64(nullable=True, min=1)
    instructions = dy.Float64(nullable=True, min_exclusive=0.0)
    counter = dy.String(nullable=False, regex=r"^(absent|valgrind-[0-9.]+[A-Za-z0-9.-]*)$")
    compiler = dy.String(nullable=True, min_length=1)
    libc = dy.String(nullable=True, min_length=1)
    note = dy.String(nullable=True, min_length=1)

    @dy.rule()
    def counted_or_a_note(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """All rows hold counts, all of them, or all say why there are none."""
        names = ["unit", "small_units", "large_units", "small_instructions"]
        names += ["large_instructions", "instructions", "compiler", "libc"]
        full = pl.all_horizontal(pl.col(*names).is_not_null()) & pl.col("note").is_null()
        none = pl.all_horizontal(pl.col(*names).is_null()) & pl.col("note").is_not_null()
        absent = pl.col("counter") == "absent"
        return (full & ~absent) | (none & absent)

    @dy.rule()
    def instructions_are_the_difference(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Of the two counts, over that of their units."""
        more = pl.col("large_instructions") - pl.col("small_instructions")
        units = pl.col("large_units") - pl.col("small_units")
        per_unit = more.cast(pl.Float64) / units.cast(pl.Float64)
        return (pl.col("instructions") == per_unit).fill_null(value=True)

    @dy.rule()
    def one_counter_counted_all(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Counter, compiler and C library are the same in every row."""
        same = [pl.col(name).n_unique() == 1 for name in ("counter", "compiler", "libc")]
        return pl.all_horizontal(same)


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "benchmark_regression": BenchmarkRegression,
    "benchmark_table": BenchmarkTable,
    "instruction_counts": InstructionCounts,
}
