"""Tables of the parity with QuantLib; `tasks.evidence.tables` registers them."""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl

_OPTION_TYPE = r"^(call|put)$"


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


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "parity_summary": ParitySummary,
    "parity_table": ParityTable,
    "quantlib_errors": QuantlibErrors,
}
