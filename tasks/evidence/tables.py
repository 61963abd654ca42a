"""Schemas of the CSV artifacts, and a reader that repairs nothing.

dataframely checks types, ranges, keys and derived columns; this module adds what a CSV can hide
from it: a byte-order mark, CRLF, a missing last newline, repeated or reordered columns, blank
cells, another way of writing a number. Every fault found is told, rows counted from 1 for the
first data row.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from tasks.evidence.convergence.tables import SCHEMAS as CONVERGENCE
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.strict_json import text_of
from wrds_pipeline import schemas as wrds
from wrds_pipeline.csv_form import csv_text

_MOST_ROWS_NAMED = 5
_OPTION_TYPE = r"^(call|put)$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


class TableFault(EvidenceFault):
    """A table that cannot be believed: `faults` lists every reason, the message names the file."""

    def __init__(self, path: Path, faults: Iterable[str]) -> None:
        super().__init__(faults)
        self.args = ("\n".join(f"{path.name}: {fault}" for fault in self.faults),)


class ParityTable(dy.Schema):
    """One row per grid point and quantity, in the order of the declared grid."""

    product = dy.String(nullable=False, regex=r"^european$", primary_key=True)
    option_type = dy.String(nullable=False, regex=_OPTION_TYPE, primary_key=True)
    moneyness = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    time_to_expiry = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    volatility = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    rate = dy.Float64(nullable=False, primary_key=True)
    dividend_yield = dy.Float64(nullable=False, primary_key=True)
    quantity = dy.String(
        nullable=False, regex=r"^(price|delta|gamma|vega|theta|rho)$", primary_key=True
    )
    strikeproof = dy.Float64(nullable=False)
    quantlib = dy.Float64(nullable=False)
    abs_error = dy.Float64(nullable=False, min=0.0)
    rel_error = dy.Float64(nullable=False, min=0.0, max=2.0)
    engine = dy.String(nullable=False, regex=r"^QuantLib [0-9.]+ [A-Za-z]+$")

    @dy.rule()
    def abs_error_is_the_difference(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """The stored error is the one between the stored values."""
        return pl.col("abs_error") == absolute_error()

    @dy.rule()
    def rel_error_is_the_difference(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """The stored relative error is the one between the stored values."""
        return pl.col("rel_error") == relative_error()


class ParitySummary(dy.Schema):
    """Parity of one product in one bucket of moneyness and time to expiry."""

    product = dy.String(nullable=False, regex=r"^[a-z_]+$", primary_key=True)
    moneyness = dy.String(nullable=False, min_length=1, primary_key=True)
    time_to_expiry = dy.String(nullable=False, min_length=1, primary_key=True)
    rows = dy.Int64(nullable=False, min=1)
    max_scaled_error = dy.Float64(nullable=False, min=0.0)
    p99_scaled_error = dy.Float64(nullable=False, min=0.0)
    median_scaled_error = dy.Float64(nullable=False, min=0.0)
    max_error_in_tolerances = dy.Float64(nullable=False, min=0.0)
    quantlib_errors = dy.Int64(nullable=False, min=0)
    strikeproof_errors = dy.Int64(nullable=False, min=0)

    @dy.rule()
    def quantiles_ascend(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Median, 99 % and largest in this order; counts within the rows."""
        ordered = (pl.col("median_scaled_error") <= pl.col("p99_scaled_error")) & (
            pl.col("p99_scaled_error") <= pl.col("max_scaled_error")
        )
        return ordered & (
            pl.col("quantlib_errors") + pl.col("strikeproof_errors") <= pl.col("rows")
        )


class QuantlibErrors(dy.Schema):
    """One row where a third method shows QuantLib to be wrong, and strikeproof to be right."""

    product = dy.String(nullable=False, regex=r"^[a-z_]+$", primary_key=True)
    contract = dy.String(nullable=False, min_length=1, primary_key=True)
    quantity = dy.String(nullable=False, regex=r"^[a-z_]+$", primary_key=True)
    quantlib = dy.Float64(nullable=True)
    quantlib_says = dy.String(nullable=True, min_length=1)
    strikeproof = dy.Float64(nullable=False)
    third = dy.Float64(nullable=False)
    quantlib_error = dy.Float64(nullable=True, min=0.0)
    strikeproof_error = dy.Float64(nullable=False, min=0.0)
    tolerance = dy.Float64(nullable=False, min_exclusive=0.0)
    engine = dy.String(nullable=False, regex=r"^QuantLib [0-9.]+ .+$")
    third_method = dy.String(nullable=False, min_length=1)


def absolute_error() -> pl.Expr:
    """Distance between the two libraries' values."""
    return (pl.col("strikeproof") - pl.col("quantlib")).abs()


def relative_error() -> pl.Expr:
    """Distance over the larger of both sizes: 0 where equal, 1 where one of them is zero."""
    size = pl.max_horizontal(pl.col("strikeproof").abs(), pl.col("quantlib").abs())
    return pl.when(absolute_error() == 0.0).then(0.0).otherwise(absolute_error() / size)


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


class Frontier(dy.Schema):
    """Time and error of one method at one setting."""

    product = dy.String(
        nullable=False, regex=r"^(american|asian|barrier|heston)$", primary_key=True
    )
    library = dy.String(nullable=False, regex=r"^(strikeproof|QuantLib)$", primary_key=True)
    method = dy.String(nullable=False, min_length=1, primary_key=True)
    setting = dy.String(nullable=False, regex=r"^[a-z_0-9]+$", primary_key=True)
    options = dy.Int64(nullable=False, min=1)
    failures = dy.Int64(nullable=False, min=0)
    ns_per_option = dy.Float64(nullable=False, min_exclusive=0.0)
    spread = dy.Float64(nullable=False, min=0.0)
    rms_error = dy.Float64(nullable=False, min=0.0)
    max_error = dy.Float64(nullable=False, min=0.0)

    @dy.rule()
    def largest_is_not_below_the_mean(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Root mean square within the largest error; failures within the options."""
        rounding = 1.0 + 1e-12
        within = pl.col("rms_error") <= pl.col("max_error") * rounding
        return within & (pl.col("failures") < pl.col("options"))


class PeersTable(dy.Schema):
    """One row per work, set of quotes, package and number of threads; a note where none was run."""

    work = dy.String(nullable=False, regex=r"^[a-z_]+$", primary_key=True)
    quote_set = dy.String(nullable=False, regex=r"^[a-z_]+$", primary_key=True)
    package = dy.String(nullable=False, regex=r"^[A-Za-z/ -]+$", primary_key=True)
    version = dy.String(nullable=False, regex=r"^[0-9a-z.+]+$")
    threads = dy.Int64(nullable=False, min=1, primary_key=True)
    ns_per_option = dy.Float64(nullable=True, min_exclusive=0.0)
    spread = dy.Float64(nullable=True, min=0.0)
    rounds = dy.Int64(nullable=True, min=1)
    rows = dy.Int64(nullable=True, min=1)
    failures = dy.Int64(nullable=True, min=0)
    judged_rows = dy.Int64(nullable=True, min=1)
    checked_rows = dy.Int64(nullable=True, min=1)
    max_relative_error = dy.Float64(nullable=True, min=0.0)
    median_relative_error = dy.Float64(nullable=True, min=0.0)
    note = dy.String(nullable=True, min_length=1)

    @dy.rule()
    def measured_or_a_note(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """A row holds a measurement, all of it, or the reason why there is none."""
        names = ["ns_per_option", "spread", "rounds", "rows"]
        names += ["failures", "judged_rows", "checked_rows"]
        measured = pl.all_horizontal(pl.col(*names).is_not_null())
        empty = pl.all_horizontal(pl.col(*names).is_null())
        noted = pl.col("note").is_not_null()
        return (measured & ~noted) | (empty & noted)

    @dy.rule()
    def errors_go_together(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Largest error not below the median one; both absent where no result was finite."""
        largest, median = pl.col("max_relative_error"), pl.col("median_relative_error")
        return (largest.is_null() & median.is_null()) | (largest >= median).fill_null(value=False)

    @dy.rule()
    def failures_are_rows(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """No more failures than rows that were judged."""
        return (pl.col("failures") <= pl.col("judged_rows")).fill_null(value=True)


class ProductsTable(dy.Schema):
    """One product by one method beside QuantLib."""

    product = dy.String(nullable=False, primary_key=True)
    method = dy.String(nullable=False, primary_key=True)
    reference = dy.String(nullable=False)
    cases = dy.Int64(nullable=False, min=1)
    worst_difference = dy.Float64(nullable=False, min=0.0)
    median_difference = dy.Float64(nullable=False, min=0.0)
    ns_per_option = dy.Float64(nullable=False, min_exclusive=0.0)
    reference_ns = dy.Float64(nullable=False, min_exclusive=0.0)
    ratio = dy.Float64(nullable=False, min_exclusive=0.0)


class SmileSurfaces(dy.Schema):
    """One engine on one case of Heston's model: pace, and errors against 30 digits."""

    case = dy.String(nullable=False, primary_key=True)
    engine = dy.String(nullable=False, regex=r"^[A-Za-z]+$", primary_key=True)
    threads = dy.Int64(nullable=False, min=1, primary_key=True)
    rounds = dy.Int64(nullable=False, min=1)
    surfaces_per_second = dy.Float64(nullable=False, min_exclusive=0.0)
    priced = dy.Int64(nullable=False, min=0)
    failures = dy.Int64(nullable=False, min=0)
    max_error = dy.Float64(nullable=True, min=0.0)
    median_error = dy.Float64(nullable=True, min=0.0)

    @dy.rule()
    def errors_are_those_of_priced_calls(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Largest not below the median; both absent where no call was priced."""
        largest, median = pl.col("max_error"), pl.col("median_error")
        none = largest.is_null() & median.is_null()
        some = (largest >= median).fill_null(value=False)
        return pl.when(pl.col("priced") == 0).then(none).otherwise(some)


_LIBRARY = r"^(strikeproof|QuantLib by (volatility|relative price))$"


class SmileCalibrationSets(dy.Schema):
    """One random model fitted to its quotes."""

    library = dy.String(nullable=False, regex=_LIBRARY, primary_key=True)
    quotes = dy.Int64(nullable=False, min=6, primary_key=True)
    noise = dy.Float64(nullable=False, min=0.0, primary_key=True)
    set = dy.Int64(nullable=False, min=0, primary_key=True)
    feller_violated = dy.Int64(nullable=False, min=0, max=1)
    outcome = dy.String(nullable=False, regex=r"^(recovered|other minimum|stopped|exception)$")
    recovery_error = dy.Float64(nullable=True, min=0.0)
    milliseconds = dy.Float64(nullable=True, min_exclusive=0.0)

    @dy.rule()
    def a_fit_has_its_figures(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Error and time are there, but for an exception."""
        thrown = pl.col("outcome") == "exception"
        error, taken = pl.col("recovery_error").is_null(), pl.col("milliseconds").is_null()
        return (thrown & error & taken) | ~(thrown | error | taken)


class SmileCalibration(dy.Schema):
    """The sets of one library, number of quotes and noise."""

    library = dy.String(nullable=False, regex=_LIBRARY, primary_key=True)
    quotes = dy.Int64(nullable=False, min=6, primary_key=True)
    noise = dy.Float64(nullable=False, min=0.0, primary_key=True)
    sets = dy.Int64(nullable=False, min=1)
    feller_violated = dy.Int64(nullable=False, min=0)
    failures = dy.Int64(nullable=False, min=0)
    exceptions = dy.Int64(nullable=False, min=0)
    recovery_median = dy.Float64(nullable=False, min=0.0)
    recovery_99 = dy.Float64(nullable=False, min=0.0)
    recovery_max = dy.Float64(nullable=False, min=0.0)
    milliseconds_median = dy.Float64(nullable=False, min_exclusive=0.0)
    milliseconds_99 = dy.Float64(nullable=False, min_exclusive=0.0)

    @dy.rule()
    def quantiles_ascend(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Median, 99 % and largest in this order; counts within the sets."""
        ascending = (pl.col("recovery_median") <= pl.col("recovery_99")) & (
            pl.col("recovery_99") <= pl.col("recovery_max")
        )
        times = pl.col("milliseconds_median") <= pl.col("milliseconds_99")
        counts = (pl.col("exceptions") <= pl.col("failures")) & (
            pl.max_horizontal("failures", "feller_violated") <= pl.col("sets")
        )
        return ascending & times & counts


class MarketFitQuotes(dy.Schema):
    """One quote of the DAX surface: price, round trip, flat fit."""

    expiry = dy.String(nullable=False, regex=_DATE, primary_key=True)
    strike = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    option_type = dy.String(nullable=False, regex=_OPTION_TYPE)
    time_to_expiry = dy.Float64(nullable=False, min_exclusive=0.0)
    rate = dy.Float64(nullable=False)
    forward = dy.Float64(nullable=False, min_exclusive=0.0)
    market_volatility = dy.Float64(nullable=False, min_exclusive=0.0, max=5.0)
    market_price = dy.Float64(nullable=False, min_exclusive=0.0)
    round_trip_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    round_trip_error = dy.Float64(nullable=False, min=0.0)
    fitted_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    fitted_price = dy.Float64(nullable=False, min=0.0)
    volatility_error = dy.Float64(nullable=False)
    price_error = dy.Float64(nullable=False)

    @dy.rule()
    def round_trip_error_is_the_difference(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """The stored error is the one between the stored volatilities."""
        difference = pl.col("round_trip_volatility") - pl.col("market_volatility")
        return pl.col("round_trip_error") == difference.abs()

    @dy.rule()
    def errors_are_fit_less_market(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Signs and sizes of the stored errors."""
        volatility = pl.col("fitted_volatility") - pl.col("market_volatility")
        price = pl.col("fitted_price") - pl.col("market_price")
        return (pl.col("volatility_error") == volatility) & (pl.col("price_error") == price)


class MarketFitByExpiry(dy.Schema):
    """One expiry of the DAX surface under one flat volatility."""

    expiry = dy.String(nullable=False, regex=_DATE, primary_key=True)
    time_to_expiry = dy.Float64(nullable=False, min_exclusive=0.0)
    rate = dy.Float64(nullable=False)
    forward = dy.Float64(nullable=False, min_exclusive=0.0)
    quotes = dy.Int64(nullable=False, min=1)
    flat_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    rmse_volatility = dy.Float64(nullable=False, min=0.0)
    max_abs_volatility_error = dy.Float64(nullable=False, min=0.0)
    rmse_price = dy.Float64(nullable=False, min=0.0)


_MODEL = r"^(black_scholes|svi|ssvi|essvi|heston|bates)$"


class MarketFitParameters(dy.Schema):
    """One parameter of a model fitted to the DAX surface; of one expiry, or of the surface."""

    model = dy.String(nullable=False, regex=_MODEL, primary_key=True)
    expiry = dy.String(nullable=False, regex=r"^(\d{4}-\d{2}-\d{2}|surface)$", primary_key=True)
    parameter = dy.String(nullable=False, regex=r"^[a-z_]+$", primary_key=True)
    value = dy.Float64(nullable=False)
    standard_error = dy.Float64(nullable=True, min=0.0)
    condition_number = dy.Float64(nullable=False, min=1.0)
    stop = dy.String(nullable=False, regex=r"^(closed form|gradient|step|reduction)$")


class MarketFits(dy.Schema):
    """One model's volatility at one quote of the DAX surface."""

    model = dy.String(nullable=False, regex=_MODEL, primary_key=True)
    expiry = dy.String(nullable=False, regex=_DATE, primary_key=True)
    strike = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    market_volatility = dy.Float64(nullable=False, min_exclusive=0.0, max=5.0)
    fitted_volatility = dy.Float64(nullable=False, min_exclusive=0.0, max=5.0)
    volatility_error = dy.Float64(nullable=False)

    @dy.rule()
    def error_is_fit_less_market(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Sign and size of the stored error."""
        difference = pl.col("fitted_volatility") - pl.col("market_volatility")
        return pl.col("volatility_error") == difference


class MarketFitsByExpiry(dy.Schema):
    """Errors of one model at one expiry of the DAX surface."""

    model = dy.String(nullable=False, regex=_MODEL, primary_key=True)
    expiry = dy.String(nullable=False, regex=_DATE, primary_key=True)
    quotes = dy.Int64(nullable=False, min=1)
    rmse_volatility = dy.Float64(nullable=False, min=0.0)
    max_abs_volatility_error = dy.Float64(nullable=False, min=0.0)
    sum_of_squares = dy.Float64(nullable=False, min=0.0)


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "benchmark_regression": BenchmarkRegression,
    "benchmark_table": BenchmarkTable,
    "frontier": Frontier,
    "instruction_counts": InstructionCounts,
    "products_table": ProductsTable,
    "market_fit_by_expiry": MarketFitByExpiry,
    "market_fit_parameters": MarketFitParameters,
    "market_fit_quotes": MarketFitQuotes,
    "market_fits": MarketFits,
    "market_fits_by_expiry": MarketFitsByExpiry,
    "parity_summary": ParitySummary,
    "parity_table": ParityTable,
    "peers_table": PeersTable,
    "quantlib_errors": QuantlibErrors,
    "smile_calibration": SmileCalibration,
    "smile_calibration_sets": SmileCalibrationSets,
    "smile_surfaces": SmileSurfaces,
    **{f"wrds_{name}": schema for name, schema in wrds.TABLES.items()},
    **CONVERGENCE,
}

# Tables whose rows are in the order of their key; the others have an order of their own, which
# their makers declare.
_SORTED = (
    BenchmarkRegression,
    InstructionCounts,
    MarketFitByExpiry,
    MarketFitParameters,
    MarketFitQuotes,
    MarketFits,
    MarketFitsByExpiry,
    *wrds.TABLES.values(),
)


def write_table(frame: pl.DataFrame, path: Path, schema: type[dy.Schema]) -> None:
    """Write a table that keeps its schema, in its schema's column order.

    Raises
    ------
    TableFault
        The table breaks its schema, or has no rows.
    """
    names = schema.column_names()
    faults = list(_header_faults(frame.columns, names, ordered=False))
    if frame.is_empty():
        faults.append("0 rows")
    if not faults:
        frame = frame.select(names)
        faults = list(content_faults(frame, schema))
    if faults:
        raise TableFault(path, faults)
    path.write_text(csv_text(frame), encoding="utf-8", newline="\n")


def read_table(path: Path, schema: type[dy.Schema]) -> pl.DataFrame:
    """Table of a CSV artifact.

    Raises
    ------
    TableFault
        The file is missing, is not what `write_table` writes, or its content breaks the schema.
    """
    try:
        text = text_of(path.read_bytes())
        frame = _parsed(text, schema)
    except FileNotFoundError:
        raise TableFault(path, ["missing"]) from None
    except EvidenceFault as error:
        raise TableFault(path, error.faults) from None
    except ValueError as error:
        raise TableFault(path, [str(error)]) from None
    faults = list(content_faults(frame, schema))
    if not faults and (row := _other_form(text, frame)) is not None:
        faults = [f"row {row} is not in the canonical form: edited by hand, or resaved?"]
    if faults:
        raise TableFault(path, faults)
    return frame


def _other_form(text: str, frame: pl.DataFrame) -> int | None:
    """First row whose text is not the one that these values are written as; None for none."""
    written = csv_text(frame)
    if written == text:
        return None
    pairs = zip(text.split("\n"), written.split("\n"), strict=False)
    return next((row for row, (found, canonical) in enumerate(pairs) if found != canonical), 0)


def _header_faults(names: list[str], expected: list[str], *, ordered: bool) -> Iterator[str]:
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"duplicate column {name}"
        if name not in expected:
            yield f"unknown column {name!r}: column not on allow-list"
    for name in expected:
        if name not in names:
            yield f"missing column {name}"
    if ordered and names != expected and sorted(names) == sorted(expected):
        yield "columns are in another order"


def _parsed(text: str, schema: type[dy.Schema]) -> pl.DataFrame:
    header, _, body = text.partition("\n")
    faults = list(_header_faults(header.split(","), schema.column_names(), ordered=True))
    if not body:
        faults.append("0 rows")
    if faults:
        raise EvidenceFault(faults)
    try:
        raw = pl.read_csv(io.BytesIO(text.encode("utf-8")), infer_schema=False, quote_char=None)
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise EvidenceFault([f"rows do not fit the header: {first}"]) from None
    return _typed(raw.fill_null(""), schema)


def _typed(raw: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    faults = []
    columns = []
    for name, column in schema.columns().items():
        text = raw[name]
        typed = text if column.dtype == pl.String else text.cast(column.dtype, strict=False)
        if column.nullable:
            typed = typed.set(text == "", None)
        else:
            faults += [f"blank cell in column {name} at row {row}" for row in _rows(text == "")]
        for row in _rows(typed.is_null() & (text != "")):
            faults.append(f"{name} at row {row} is {text[row - 1]!r}, not a number")
        columns.append(typed)
    if faults:
        raise EvidenceFault(faults)
    return pl.DataFrame(columns)


def _rows(mask: pl.Series) -> list[int]:
    """Numbers, from 1, of the first few rows where a mask holds."""
    return [int(row) + 1 for row in mask.arg_true()[:_MOST_ROWS_NAMED].to_list()]


def content_faults(frame: pl.DataFrame, schema: type[dy.Schema]) -> Iterator[str]:
    """What is wrong with a table's values, by column and row; finiteness is looked at first."""
    finite = True
    for column in frame.get_columns():
        if column.dtype == pl.Float64 and not column.is_finite().all():
            finite = False
            for row in _rows(~column.is_finite()):
                yield f"non-finite {column.name} at row {row}"
    key = schema.primary_key()
    repeated = frame.select(pl.struct(key).is_duplicated()).to_series()
    for row in _rows(repeated):
        shown = ", ".join(f"{name}={frame[name][row - 1]}" for name in key)
        yield f"duplicate key at row {row} ({shown})"
    if finite:
        yield from _rule_faults(frame, schema)
    if schema in _SORTED and not frame.equals(frame.sort(key)):
        yield f"row order: rows must be sorted by {', '.join(key)}"


def _rule_faults(frame: pl.DataFrame, schema: type[dy.Schema]) -> Iterator[str]:
    """Rules of the schema that rows break, with the first rows and what they hold."""
    try:
        _, failure = schema.filter(frame)
    except dy.exc.SchemaError as error:
        yield str(error).splitlines()[0]
        return
    if not failure.counts():
        return
    key = schema.primary_key()
    numbered = frame.select(key).with_row_index("row", offset=1).unique(key, keep="first")
    details = failure.details().join(numbered, on=key, how="left", maintain_order="left")
    for rule in failure.counts():
        if rule == "primary_key":  # told above, with the key
            continue
        broken = details.filter(pl.col(rule).cast(pl.String) == "invalid")
        for row in broken.head(_MOST_ROWS_NAMED).iter_rows(named=True):
            yield _broken_rule(rule, row, schema)


def _broken_rule(rule: str, row: Mapping[str, Any], schema: type[dy.Schema]) -> str:
    name, _, kind = rule.partition("|")
    if not kind:
        return f"{rule.replace('_', ' ')}: not so at row {row['row']}"
    limit = getattr(schema.columns()[name], kind, None)
    if kind == "min" and limit == 0:
        return f"{name} < 0 at row {row['row']}"
    return f"{name} at row {row['row']} is {row[name]!r}: breaks {kind} {limit}"
