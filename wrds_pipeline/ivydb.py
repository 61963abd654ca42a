"""The tables of OptionMetrics IvyDB US that the study reads, whatever their source.

Units are the vendor's: strikes times 1000, rates in percent and continuously compounded, missing
implied volatilities NULL or -99.99, `forward_price` blank. All numbers are double precision, the
identifiers and volumes too, as on the WRDS server.
"""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl

MISSING_VOLATILITY = -99.99


class OptionPrices(dy.Schema):
    """`opprcd`: one quote of one contract on one date. Crossed and zero-bid quotes occur."""

    secid = dy.Float64(nullable=False)
    date = dy.Date(nullable=False, primary_key=True)
    symbol = dy.String(nullable=False)
    exdate = dy.Date(nullable=False)
    last_date = dy.Date(nullable=True)
    cp_flag = dy.String(nullable=False, regex="^[CP]$")
    strike_price = dy.Float64(nullable=False, min_exclusive=0.0)
    best_bid = dy.Float64(nullable=False, min=0.0)
    best_offer = dy.Float64(nullable=False, min=0.0)
    volume = dy.Float64(nullable=False, min=0.0)
    open_interest = dy.Float64(nullable=True, min=0.0)
    impl_volatility = dy.Float64(nullable=True)
    delta = dy.Float64(nullable=True)
    gamma = dy.Float64(nullable=True)
    vega = dy.Float64(nullable=True)
    theta = dy.Float64(nullable=True)
    optionid = dy.Float64(nullable=False, primary_key=True)
    cfadj = dy.Float64(nullable=False, min_exclusive=0.0)
    am_settlement = dy.Float64(nullable=False, min=0.0, max=1.0)
    contract_size = dy.Float64(nullable=False, min_exclusive=0.0)
    ss_flag = dy.String(nullable=False, regex="^[01E]$")
    forward_price = dy.Float64(nullable=True)
    expiry_indicator = dy.String(nullable=True)
    root = dy.String(nullable=True)

    @dy.rule()
    def expiry_is_not_before_the_quote(cls) -> pl.Expr:  # noqa: N805 - dataframely's manner
        """A contract is not quoted after it has expired."""
        return pl.col("exdate") >= pl.col("date")


class SecurityPrices(dy.Schema):
    """`secprd`: the underlying's prices of one date."""

    secid = dy.Float64(nullable=False, primary_key=True)
    date = dy.Date(nullable=False, primary_key=True)
    open = dy.Float64(nullable=False, min_exclusive=0.0)
    high = dy.Float64(nullable=False, min_exclusive=0.0)
    low = dy.Float64(nullable=False, min_exclusive=0.0)
    close = dy.Float64(nullable=False, min_exclusive=0.0)
    volume = dy.Float64(nullable=False, min=0.0)
    cfadj = dy.Float64(nullable=False, min_exclusive=0.0)
    shrout = dy.Float64(nullable=False, min=0.0)


class ZeroCurve(dy.Schema):
    """`zerocd`: zero rates of one date by days, in percent, continuously compounded."""

    date = dy.Date(nullable=False, primary_key=True)
    days = dy.Float64(nullable=False, min_exclusive=0.0, primary_key=True)
    rate = dy.Float64(nullable=False, min=-10.0, max=100.0)


class IndexDividendYield(dy.Schema):
    """`idxdvd`: implied dividend yield of an index on one date, in percent."""

    secid = dy.Float64(nullable=False, primary_key=True)
    date = dy.Date(nullable=False, primary_key=True)
    expiration = dy.Date(nullable=False, primary_key=True)
    rate = dy.Float64(nullable=False, min=-100.0, max=100.0)


class Distributions(dy.Schema):
    """`distrd`: cash dividends, splits and other distributions by record date.

    `distr_type` is "1" for an ordinary cash dividend, "2" for a split, "3" for a stock dividend.
    """

    secid = dy.Float64(nullable=False, primary_key=True)
    record_date = dy.Date(nullable=True)
    seq_num = dy.Float64(nullable=False, primary_key=True)
    ex_date = dy.Date(nullable=False, primary_key=True)
    amount = dy.Float64(nullable=False, min=0.0)
    adj_factor = dy.Float64(nullable=False, min=0.0)
    declare_date = dy.Date(nullable=True)
    payment_date = dy.Date(nullable=True)
    distr_type = dy.String(nullable=False)
    frequency = dy.String(nullable=True)
    currency = dy.String(nullable=True)
    approx_flag = dy.String(nullable=True)
    cancel_flag = dy.String(nullable=True)


class ForwardPrices(dy.Schema):
    """`fwdprd`: the vendor's forward of one expiry on one date; kept for comparison only."""

    secid = dy.Float64(nullable=False, primary_key=True)
    date = dy.Date(nullable=False, primary_key=True)
    expiration = dy.Date(nullable=False, primary_key=True)
    amsettlement = dy.Float64(nullable=False, min=0.0, max=1.0, primary_key=True)
    forwardprice = dy.Float64(nullable=False, min_exclusive=0.0)


class SecurityNames(dy.Schema):
    """`secnmd`: names of a security from a date on; tickers are used again by others."""

    secid = dy.Float64(nullable=False, primary_key=True)
    effect_date = dy.Date(nullable=False, primary_key=True)
    ticker = dy.String(nullable=False)
    issuer = dy.String(nullable=True)
    issue = dy.String(nullable=True)


SCHEMAS: Mapping[str, type[dy.Schema]] = {
    "opprcd": OptionPrices,
    "secprd": SecurityPrices,
    "zerocd": ZeroCurve,
    "idxdvd": IndexDividendYield,
    "distrd": Distributions,
    "fwdprd": ForwardPrices,
    "secnmd": SecurityNames,
}

# On the server these have one table a year, `opprcd2019`; the others have one for all years.
BY_YEAR = ("opprcd", "secprd", "fwdprd")
# Column by which a table is cut into dates.
DATE_COLUMN: Mapping[str, str] = {
    "opprcd": "date",
    "secprd": "date",
    "zerocd": "date",
    "idxdvd": "date",
    "distrd": "ex_date",
    "fwdprd": "date",
    "secnmd": "effect_date",
}


def validate(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Table `name` itself, once it keeps its schema.

    Raises
    ------
    ValueError
        Unknown or missing columns, wrong types, or rows that break a rule; says which, how many,
        and the place of the first. Values of licensed rows stay out of the message.
    """
    schema = SCHEMAS[name]
    if unknown := sorted(set(frame.columns) - set(schema.column_names())):
        raise ValueError(f"{name}: unknown columns {', '.join(unknown)}")
    try:
        _, failure = schema.filter(frame)
    except dy.exc.SchemaError as error:
        raise ValueError(f"{name}: {str(error).strip().splitlines()[0]}") from None
    if counts := failure.counts():
        broken = ", ".join(f"{rule} by {count} row(s)" for rule, count in counts.items())
        place = frame.with_row_index("row", offset=1).join(
            failure.invalid(), on=frame.columns, how="semi", nulls_equal=True
        )["row"]
        day = frame[DATE_COLUMN[name]][place[0] - 1]
        raise ValueError(f"{name}: broken rules: {broken}; first in row {place[0]}, of {day}")
    return frame
