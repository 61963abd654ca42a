"""Schemas of the tables that the study publishes: types, ranges, keys."""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl

# The least number of contracts in a published cell of a summary.
MINIMUM_CONTRACTS = 10

SOURCE = r"^SYNTHETIC$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"
_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"
_MARKET = r"^(ok|no market|no market on the next trade date|contracts adjusted before the next)$"
_NAME = r"^[a-z_]+$"
_BUCKET = r"^[0-9a-z_.]+$"
_PANEL = r"^[0-9a-z_-]+$"


class _Errors(dy.Schema):
    """Errors of the models in one cell; weights are vega, and the spread of the quote."""

    contracts = dy.Int64(nullable=False, min=1)
    rmse_volatility = dy.Float64(nullable=False, min=0.0)
    rmse_volatility_by_vega = dy.Float64(nullable=False, min=0.0)
    mean_volatility_error = dy.Float64(nullable=False)
    rmse_price = dy.Float64(nullable=False, min=0.0)
    rmse_spreads = dy.Float64(nullable=False, min=0.0)

    @dy.rule()
    def mean_is_within_the_root_mean_square(cls) -> pl.Expr:  # noqa: N805 - dataframely's manner
        """A mean's size is at most the root of the mean square, but for rounding."""
        size = pl.col("mean_volatility_error").abs()
        return size <= pl.col("rmse_volatility") * (1.0 + 1e-9)


class _Expiry(_Errors):
    """One expiry of one trade date under one model."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    source = dy.String(nullable=False, regex=SOURCE)
    trade_date = dy.String(nullable=False, regex=_DATE, primary_key=True)
    expiry = dy.String(nullable=False, regex=_DATE, primary_key=True)
    am_settlement = dy.Int64(nullable=False, min=0, max=1, primary_key=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    quote_date = dy.String(nullable=False, regex=_DATE)
    known_at = dy.String(nullable=False, regex=_TIME)
    time_to_expiry = dy.Float64(nullable=False, min_exclusive=0.0)
    forward = dy.Float64(nullable=False, min_exclusive=0.0)
    discount = dy.Float64(nullable=False, min_exclusive=0.0)


class Calibration(_Expiry):
    """Errors on the trade date, whose quotes were fitted."""


class OosPricing(_Expiry):
    """Errors on the next trade date, with the models of the trade date."""

    next_trade_date = dy.String(nullable=False, regex=_DATE)


class Parameters(dy.Schema):
    """One parameter of one model on one date; `expiry` is empty where all expiries share it."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    source = dy.String(nullable=False, regex=SOURCE)
    trade_date = dy.String(nullable=False, regex=_DATE, primary_key=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    expiry = dy.String(nullable=False, regex=r"^(-|\d{4}-\d{2}-\d{2} [AP]M)$", primary_key=True)
    parameter = dy.String(nullable=False, regex=_NAME, primary_key=True)
    known_at = dy.String(nullable=False, regex=_TIME)
    value = dy.Float64(nullable=False)
    standard_error = dy.Float64(nullable=True, min=0.0)


class Dates(dy.Schema):
    """One trade date and model: how the fit went, and its losses on the next trade date."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    source = dy.String(nullable=False, regex=SOURCE)
    period = dy.String(nullable=False, regex=_BUCKET)
    trade_date = dy.String(nullable=False, regex=_DATE, primary_key=True)
    next_trade_date = dy.String(nullable=False, regex=_DATE)
    known_at = dy.String(nullable=True, regex=_TIME)
    next_known_at = dy.String(nullable=True, regex=_TIME)
    market = dy.String(nullable=False, regex=_MARKET)
    selected = dy.Int64(nullable=False, min=0)
    priced = dy.Int64(nullable=False, min=0)
    expired = dy.Int64(nullable=False, min=0)
    no_believable_quote = dy.Int64(nullable=False, min=0)
    spot_return = dy.Float64(nullable=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    fit = dy.String(nullable=False, regex=r"^(none|ok|partial|evaluations|stalled|failed)$")
    loss_in_sample = dy.Float64(nullable=True, min=0.0)
    volatility = dy.Float64(nullable=True, min=0.0)
    price = dy.Float64(nullable=True, min=0.0)
    hedging_sticky_strike = dy.Float64(nullable=True, min=0.0)
    hedging_sticky_moneyness = dy.Float64(nullable=True, min=0.0)
    place = dy.Int64(nullable=True, min=1)

    @dy.rule()
    def contracts_add_up(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """Every contract that was fitted is priced or counted, where there is a next market."""
        told = pl.col("priced") + pl.col("expired") + pl.col("no_believable_quote")
        return (pl.col("market") != "ok") | (told == pl.col("selected"))


class Summary(_Errors):
    """Errors of one bucket: no row-level column, no cell of few contracts."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    source = dy.String(nullable=False, regex=SOURCE)
    period = dy.String(nullable=False, regex=r"^(in_sample|out_of_sample)$", primary_key=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    tenor = dy.String(nullable=False, regex=_BUCKET, primary_key=True)
    moneyness = dy.String(nullable=False, regex=_BUCKET, primary_key=True)
    contracts = dy.Int64(nullable=False, min=MINIMUM_CONTRACTS)
    suppressed_contracts = dy.Int64(nullable=False, min=0)


class Regimes(Summary):
    """The same of one regime's dates; the regimes of a bucket stand together or not at all."""

    regime = dy.String(nullable=False, regex=_BUCKET, primary_key=True)


class Hedging(dy.Schema):
    """Hedged profit and loss of one bucket, in basis points of the spot."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    source = dy.String(nullable=False, regex=SOURCE)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    rule = dy.String(
        nullable=False, regex=r"^(unhedged|sticky_strike|sticky_moneyness)$", primary_key=True
    )
    tenor = dy.String(nullable=False, regex=_BUCKET, primary_key=True)
    moneyness = dy.String(nullable=False, regex=_BUCKET, primary_key=True)
    contracts = dy.Int64(nullable=False, min=MINIMUM_CONTRACTS)
    mean_bp = dy.Float64(nullable=False)
    rmse_bp = dy.Float64(nullable=False, min=0.0)
    mean_absolute_bp = dy.Float64(nullable=False, min=0.0)
    gain = dy.Float64(nullable=False, max=1.0)
    suppressed_contracts = dy.Int64(nullable=False, min=0)


class Comparison(dy.Schema):
    """Mean loss of a model, its interval, and its place in the model confidence set."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    regime = dy.String(nullable=False, regex=_BUCKET, primary_key=True)
    loss = dy.String(nullable=False, regex=_NAME, primary_key=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    dates = dy.Int64(nullable=False, min=3)
    mean_loss = dy.Float64(nullable=False, min=0.0)
    low = dy.Float64(nullable=False, min=0.0)
    high = dy.Float64(nullable=False, min=0.0)
    dates_won = dy.Int64(nullable=False, min=0)
    confidence_set_p = dy.Float64(nullable=False, min=0.0, max=1.0)
    mean_block = dy.Float64(nullable=False, min=1.0)


class Pairs(dy.Schema):
    """Difference of the losses of two models: test of Diebold and Mariano, and interval."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    regime = dy.String(nullable=False, regex=_BUCKET, primary_key=True)
    loss = dy.String(nullable=False, regex=_NAME, primary_key=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    other = dy.String(nullable=False, regex=_NAME, primary_key=True)
    dates = dy.Int64(nullable=False, min=3)
    mean_difference = dy.Float64(nullable=False)
    low = dy.Float64(nullable=False)
    high = dy.Float64(nullable=False)
    statistic = dy.Float64(nullable=True)
    p_value = dy.Float64(nullable=False, min=0.0, max=1.0)
    lags = dy.Int64(nullable=False, min=0)
    dates_lost = dy.Int64(nullable=False, min=0)


class Recovery(dy.Schema):
    """A parameter of a panel's true model beside the one that made the sample."""

    panel = dy.String(nullable=False, regex=_PANEL, primary_key=True)
    model = dy.String(nullable=False, regex=_NAME, primary_key=True)
    parameter = dy.String(nullable=False, regex=_NAME, primary_key=True)
    dates = dy.Int64(nullable=False, min=1)
    mean_truth = dy.Float64(nullable=False)
    mean_estimate = dy.Float64(nullable=False)
    bias = dy.Float64(nullable=False)
    rmse = dy.Float64(nullable=False, min=0.0)
    mean_standard_error = dy.Float64(nullable=False, min=0.0)
    coverage_95 = dy.Float64(nullable=False, min=0.0, max=1.0)


# Published tables by name; the files are ``<name>.csv``.
TABLES: dict[str, type[dy.Schema]] = {
    "calibration": Calibration,
    "oos_pricing": OosPricing,
    "parameters": Parameters,
    "dates": Dates,
    "summary": Summary,
    "regimes": Regimes,
    "hedging": Hedging,
    "comparison": Comparison,
    "pairs": Pairs,
    "recovery": Recovery,
}


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
        first = failure.invalid().row(0, named=True)
        raise ValueError(f"{schema.__name__}: broken rules: {broken}; first such row: {first}")
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
