"""Schemas of the tables that the study writes: types, ranges, keys, derived columns."""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl

# The least number of contracts in a published cell of the summary.
MINIMUM_CONTRACTS = 10

SOURCE = r"^SYNTHETIC$"
_OPTION_TYPE = r"^(call|put)$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"


class _Contract(dy.Schema):
    """What identifies a contract; one underlying a study."""

    source = dy.String(nullable=False, regex=SOURCE)
    trade_date = dy.String(nullable=False, regex=_DATE, primary_key=True)
    expiry = dy.String(nullable=False, regex=_DATE, primary_key=True)
    am_settlement = dy.Int64(nullable=False, min=0, max=1, primary_key=True)
    strike = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    option_type = dy.String(nullable=False, regex=_OPTION_TYPE, primary_key=True)


class Calibration(_Contract):
    """One quote of the trade date with the flat volatility of its expiry."""

    quote_date = dy.String(nullable=False, regex=_DATE)
    known_at = dy.String(nullable=False, regex=_TIME)
    time_to_expiry = dy.Float64(nullable=False, min_exclusive=0.0)
    spot = dy.Float64(nullable=False, min_exclusive=0.0)
    forward = dy.Float64(nullable=False, min_exclusive=0.0)
    discount = dy.Float64(nullable=False, min_exclusive=0.0)
    mid = dy.Float64(nullable=False, min_exclusive=0.0)
    implied_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    flat_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    residual = dy.Float64(nullable=False)

    @dy.rule()
    def residual_is_fit_less_quote(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """The stored residual is the one between the stored volatilities."""
        return pl.col("residual") == pl.col("flat_volatility") - pl.col("implied_volatility")


class OosPricing(_Contract):
    """One contract priced on the next trade date with the volatility of the trade date."""

    quote_date = dy.String(nullable=False, regex=_DATE)
    next_trade_date = dy.String(nullable=False, regex=_DATE)
    known_at = dy.String(nullable=False, regex=_TIME)
    time_to_expiry = dy.Float64(nullable=False, min_exclusive=0.0)
    spot = dy.Float64(nullable=False, min_exclusive=0.0)
    forward = dy.Float64(nullable=False, min_exclusive=0.0)
    discount = dy.Float64(nullable=False, min_exclusive=0.0)
    mid = dy.Float64(nullable=False, min_exclusive=0.0)
    flat_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    model_price = dy.Float64(nullable=False, min=0.0)
    price_error = dy.Float64(nullable=False)
    implied_volatility = dy.Float64(nullable=False, min_exclusive=0.0)
    volatility_error = dy.Float64(nullable=False)

    @dy.rule()
    def errors_are_model_less_quote(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Signs and sizes of the stored errors."""
        price = pl.col("model_price") - pl.col("mid")
        volatility = pl.col("flat_volatility") - pl.col("implied_volatility")
        return (pl.col("price_error") == price) & (pl.col("volatility_error") == volatility)


class Summary(dy.Schema):
    """Errors of one bucket: no row-level column, no cell of few contracts."""

    source = dy.String(nullable=False, regex=SOURCE)
    period = dy.String(nullable=False, regex=r"^(in_sample|out_of_sample)$", primary_key=True)
    tenor = dy.String(nullable=False, regex=r"^[0-9a-z_]+$", primary_key=True)
    moneyness = dy.String(nullable=False, regex=r"^[0-9a-z_.]+$", primary_key=True)
    contracts = dy.Int64(nullable=False, min=MINIMUM_CONTRACTS)
    rmse_volatility = dy.Float64(nullable=False, min=0.0)
    mean_volatility_error = dy.Float64(nullable=False)
    suppressed_contracts = dy.Int64(nullable=False, min=0)


def checked(frame: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """A table in its schema's columns and the order of its key, once it keeps its schema.

    Raises
    ------
    ValueError
        Rows break a rule or hold a number that is not finite; says which rule and how many.
    """
    ordered = frame.select(schema.column_names()).sort(schema.primary_key())
    _, failure = schema.filter(ordered)
    if counts := failure.counts():
        broken = ", ".join(f"{rule} by {count} row(s)" for rule, count in counts.items())
        raise ValueError(f"{schema.__name__}: broken rules: {broken}")
    return ordered


def read(path: Path, schema: type[dy.Schema]) -> pl.DataFrame:
    """Table of a CSV that the study wrote.

    Raises
    ------
    ValueError
        Other columns than the schema's, or rows that break it.
    """
    types = {name: column.dtype for name, column in schema.columns().items()}
    frame = pl.read_csv(path, schema_overrides=types)
    if frame.columns != schema.column_names():
        raise ValueError(f"{path.name}: columns are not those of {schema.__name__}")
    return checked(frame, schema)
