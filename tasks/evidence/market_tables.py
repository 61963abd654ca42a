"""Tables of the market fits; `tasks.evidence.tables` registers them."""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy
import polars as pl

_OPTION_TYPE = r"^(call|put)$"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


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
    "market_fit_by_expiry": MarketFitByExpiry,
    "market_fit_parameters": MarketFitParameters,
    "market_fit_quotes": MarketFitQuotes,
    "market_fits": MarketFits,
    "market_fits_by_expiry": MarketFitsByExpiry,
}
