"""Real market: the DAX implied-volatility surface of 5 July 2002.

Each quote is an implied volatility. Its out-of-the-money option is priced by Black-Scholes and the
price turned back into a volatility (the round trip, which must lose nothing but rounding). The
baseline is one flat volatility per expiry: the vega-weighted least-squares fit of the quotes,
which for a constant is their vega-weighted mean in closed form.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import polars as pl
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from strikeproof import black_scholes
from tasks.evidence import market_tables, strict_json, tables
from tasks.evidence.faults import EvidenceFault
from tasks.evidence.progress import Progress
from tasks.evidence.tolerances import validation_messages

_DAYS_A_YEAR = 365.0  # Actual/365 Fixed

Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(gt=0)]


class Surface(BaseModel):
    """Content of the data file; what other parts need (initial guess, objective) is let through."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    source: Annotated[str, Field(min_length=20)]
    transcribed_from: Annotated[str, Field(min_length=20)]
    valuation_date: dt.date
    spot: Positive
    dividend_yield: Finite
    day_count: Annotated[str, Field(pattern="^Actual/365 Fixed$")]
    maturity_days_of_rates: list[Count]
    zero_rates_continuous: list[Finite]
    zero_rate_at_0: Finite
    option_maturity_weeks: list[Count]
    strikes: list[Positive]
    implied_vols_rows_by_strike: list[list[Annotated[float, Field(gt=0.01, lt=5.0)]]]

    @model_validator(mode="after")
    def _shapes_agree(self) -> Self:
        """Every strike has a volatility for every expiry; axes ascend; a rate for each pillar."""
        expiries, rows = len(self.option_maturity_weeks), self.implied_vols_rows_by_strike
        if len(rows) != len(self.strikes) or any(len(row) != expiries for row in rows):
            raise ValueError(f"want {len(self.strikes)} rows of {expiries} volatilities")
        if len(self.zero_rates_continuous) != len(self.maturity_days_of_rates):
            raise ValueError("want one zero rate per maturity")
        weeks = [(days + 3) // 7 for days in self.maturity_days_of_rates]
        if weeks != self.option_maturity_weeks:
            raise ValueError(f"option_maturity_weeks: the rule of the file gives {weeks}")
        for name in ("strikes", "maturity_days_of_rates", "option_maturity_weeks"):
            axis = getattr(self, name)
            if any(high <= low for low, high in itertools.pairwise(axis)):
                raise ValueError(f"{name} must ascend")
        return self


@dataclass(frozen=True, slots=True)
class Expiry:
    """One expiry of the surface: its date, year fraction, zero rate and forward."""

    date: dt.date
    time_to_expiry: float
    rate: float
    forward: float


def read_surface(path: Path) -> Surface:
    """Surface of the data file.

    Raises
    ------
    EvidenceFault
        Not the file that was published: missing keys, wrong shapes, values out of range.
    """
    # The published file ends without a newline; JSON shows a truncation by itself.
    document = strict_json.parse(path.read_bytes().rstrip(b"\n") + b"\n", canonical=False)
    try:
        return Surface.model_validate(document)
    except ValidationError as error:
        raise EvidenceFault(validation_messages(error)) from None


def expiries(surface: Surface) -> list[Expiry]:
    """Expiries by the rule of the data file: whole weeks, adjusted on the TARGET calendar.

    The zero curve is linear in the rate between its pillars (QuantLib's `ZeroCurve`).
    """
    day = surface.valuation_date
    start = ql.Date(day.day, day.month, day.year)
    found = []
    for weeks in surface.option_maturity_weeks:
        date = ql.TARGET().adjust(start + ql.Period(weeks, ql.Weeks)).to_date()
        days = (date - day).days
        rate = float(
            np.interp(
                days,
                [0, *surface.maturity_days_of_rates],
                [surface.zero_rate_at_0, *surface.zero_rates_continuous],
            )
        )
        time = days / _DAYS_A_YEAR
        carry = float(np.exp((rate - surface.dividend_yield) * time))
        found.append(Expiry(date, time, rate, surface.spot * carry))
    return found


def quotes(surface: Surface) -> pl.DataFrame:
    """One row per quote by expiry and strike, columns of `market_tables.MarketFitQuotes`."""
    columns = np.transpose(surface.implied_vols_rows_by_strike)
    pairs = zip(expiries(surface), columns, strict=True)
    parts = [_expiry_quotes(surface, expiry, volatilities) for expiry, volatilities in pairs]
    return pl.concat(parts).sort("expiry", "strike")


def _expiry_quotes(
    surface: Surface, expiry: Expiry, volatility: np.ndarray[Any, np.dtype[np.float64]]
) -> pl.DataFrame:
    strike = np.asarray(surface.strikes)
    option_type = np.where(strike < expiry.forward, "put", "call")
    terms: dict[str, Any] = {
        "option_type": option_type.tolist(),
        "spot": surface.spot,
        "strike": strike,
        "time_to_expiry": expiry.time_to_expiry,
        "rate": expiry.rate,
        "dividend_yield": surface.dividend_yield,
        "on_failure": "raise",
    }
    greeks = black_scholes.greeks(volatility=volatility, **terms)
    price = greeks.price
    flat = flat_volatility(volatility, greeks.vega)
    fitted_price = black_scholes.price(volatility=flat, **terms)
    round_trip = black_scholes.implied_volatility(price=price, **terms)
    frame = pl.DataFrame(
        {
            "strike": strike,
            "option_type": option_type.tolist(),
            "market_volatility": volatility,
            "market_price": price,
            "round_trip_volatility": round_trip,
            "round_trip_error": np.abs(round_trip - volatility),
            "fitted_price": fitted_price,
            "volatility_error": flat - volatility,
            "price_error": fitted_price - price,
        }
    )
    return frame.with_columns(
        expiry=pl.lit(expiry.date.isoformat()),
        time_to_expiry=pl.lit(expiry.time_to_expiry),
        rate=pl.lit(expiry.rate),
        forward=pl.lit(expiry.forward),
        fitted_volatility=pl.lit(flat),
    )


def flat_volatility(
    volatility: np.ndarray[Any, np.dtype[np.float64]], vega: np.ndarray[Any, np.dtype[np.float64]]
) -> float:
    """Constant s that minimises ``sum(vega_i * (s - volatility_i)**2)``: the weighted mean."""
    return float(np.sum(vega * volatility) / np.sum(vega))


def by_expiry(table: pl.DataFrame) -> pl.DataFrame:
    """Errors of the flat fit by expiry, from the table of quotes."""
    same = ("time_to_expiry", "rate", "forward")
    grouped = table.group_by("expiry", maintain_order=True)
    return grouped.agg(
        *(pl.col(name).first() for name in same),
        quotes=pl.len().cast(pl.Int64),
        flat_volatility=pl.col("fitted_volatility").first(),
        rmse_volatility=_rmse("volatility_error"),
        max_abs_volatility_error=pl.col("volatility_error").abs().max(),
        rmse_price=_rmse("price_error"),
    )


def _rmse(name: str) -> pl.Expr:
    return (pl.col(name) ** 2).mean().sqrt()


def market_fit_figures(by_expiry: pl.DataFrame, quotes: pl.DataFrame) -> dict[str, Any]:
    """Headline figures over all quotes, and by expiry.

    Raises
    ------
    ValueError
        A table has no rows or a figure is not finite: a maximum would hide it.
    """
    names = ("round_trip_error", "volatility_error", "price_error")
    if quotes.is_empty() or by_expiry.is_empty():
        raise ValueError("market fit tables have 0 rows")
    if not all(quotes[name].is_finite().all() for name in names):
        raise ValueError("market fit table holds an error that is not finite")
    shown = ("quotes", "flat_volatility", "rmse_volatility", "rmse_price")
    total = quotes.select(volatility=_rmse("volatility_error"), price=_rmse("price_error"))
    return {
        "quotes": len(quotes),
        "expiries": len(by_expiry),
        "max_round_trip_error": quotes["round_trip_error"].max(),
        "rmse_volatility": total["volatility"].item(),
        "max_abs_volatility_error": quotes["volatility_error"].abs().max(),
        "rmse_price": total["price"].item(),
        "by_expiry": {
            row["expiry"]: {name: row[name] for name in shown}
            for row in by_expiry.iter_rows(named=True)
        },
    }


def write_quotes(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the table of quotes from the surface at ``inputs["data"]``."""
    table = quotes(read_surface(inputs["data"]))
    tables.write_table(table, output, market_tables.MarketFitQuotes)
    progress(1, 1)


def write_by_expiry(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Write the errors by expiry from the surface at ``inputs["data"]``."""
    table = by_expiry(quotes(read_surface(inputs["data"])))
    tables.write_table(table, output, market_tables.MarketFitByExpiry)
    progress(1, 1)
