"""Tables of frontier, peers, products and smiles; `tasks.evidence.tables` registers them."""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl


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


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "frontier": Frontier,
    "products_table": ProductsTable,
    "peers_table": PeersTable,
    "smile_calibration": SmileCalibration,
    "smile_calibration_sets": SmileCalibrationSets,
    "smile_surfaces": SmileSurfaces,
}
