"""Market state of one date: believable quotes in plain units, zero curve, forwards, volatilities.

The traps of the vendor's data and what is done about each: ``docs/wrds_traps.md``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from strikeproof import black
from strikeproof import forwards as parity
from wrds_pipeline import american_volatility, calendar, ivydb, universe
from wrds_pipeline.as_of import KNOWN_AT, MarketView
from wrds_pipeline.distributions import Declared, declared
from wrds_pipeline.universe import Universe

CONTRACT = ("secid", "expiry", "am_settlement", "strike", "option_type")
EXPIRY = ("expiry", "am_settlement")
Column = NDArray[np.float64]

# A curve is not published on every trading day; an older one than this says too little.
_OLDEST_CURVE = dt.timedelta(days=5)
# Quotes to which the day's are compared, across holidays and a lost day.
_OLDEST_QUOTES = dt.timedelta(days=10)
# A forward further from the spot than this, by logarithm, is a wrong unit or a split, not carry.
_MOST_CARRY = 0.25
_FEWEST_PAIRS = 3
# Ticks of index options on Cboe: 0.05 below 3.00, 0.10 from there.
_SMALL_TICK, _LARGE_TICK, _TICK_CHANGES = 0.05, 0.10, 3.0
_QUOTE_COLUMNS = (
    *CONTRACT, "quote_date", KNOWN_AT, "days", "time_to_expiry", "bid", "ask", "mid", "rate",
    "discount", "forward", "implied_volatility", "vendor_volatility", "vega", "volume",
    "open_interest", "selected",
)  # fmt: skip
_EXPIRY_COLUMNS = (
    *EXPIRY, "days", "time_to_expiry", "rate", "discount", "forward", "forward_error",
    "dividend_yield", "pairs", "rejected_pairs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarketState:
    """What one date's data say of the market, once what is not believed is left out.

    Attributes
    ----------
    label : str
        ``SYNTHETIC`` or ``WRDS``.
    day : date
    secid : int
    spot : float
        The underlying's close.
    quotes : DataFrame
        Believable quotes with a forward and a volatility; those of `selected` enter a fit.
        Volatilities are the core's own, of the middle of bid and ask.
    expiries : DataFrame
        Curve and parity forward of each expiry.
    removed : mapping
        Quotes that each rule removed, in the order of the rules.
    known_at : datetime
        The latest moment of knowledge among the rows used.
    dividends : Declared, optional
        Of the stock, where options are American.
    """

    label: str
    day: dt.date
    secid: int
    spot: float
    quotes: pl.DataFrame
    expiries: pl.DataFrame
    removed: Mapping[str, int]
    known_at: dt.datetime
    dividends: Declared | None = None


class NoMarketError(ValueError):
    """A date has no usable market; the message says what is missing."""


def state(
    view: MarketView,
    day: dt.date,
    rules: Universe,
    *,
    secid: int,
    label: str,
    exercise: str = "european",
) -> MarketState:
    """Market state of an underlying on a date, from what a view holds.

    Parameters
    ----------
    view : MarketView
        What was known when the state is used.
    day : date
        Date of the quotes.
    rules : Universe
    secid : int
    label : {"SYNTHETIC", "WRDS"}
    exercise : {"european", "american"}
        Forwards of American options are of the spot less its declared dividends, not by parity.

    Raises
    ------
    NoMarketError
        No quotes, closing price or zero curve, or nothing left of them.
    ValueError
        A forward is implausibly far from the spot.
    """
    spot, spot_known = _spot(view, day, secid)
    curve, curve_known = _curve(view, day)
    plain = _contracts(view, day, secid, curve)
    alive = plain.filter(pl.col("time_to_expiry") > 0.0)
    believed, removed = universe.apply(alive, rules.quote.expressions())
    removed = {"expired": len(plain) - len(alive)} | removed
    dividends = declared(view, day, secid) if exercise == "american" else None
    expiries = _parity(believed, spot) if dividends is None else _carried(believed, dividends, spot)
    known = [spot_known, curve_known, *(dividends.known_at if dividends else ())]
    _check_carry(expiries, spot, day)
    joined = believed.join(
        expiries.select(*EXPIRY, "forward"), on=EXPIRY, how="inner", maintain_order="left"
    )
    removed["no_forward"] = len(believed) - len(joined)
    quotes, unselected = _selected(_with_volatility(joined, spot, dividends), rules)
    if quotes.is_empty():
        raise NoMarketError(f"no quote of secid {secid} on {day} keeps the rules: {removed}")
    return MarketState(
        label=label,
        day=day,
        secid=secid,
        spot=spot,
        quotes=quotes.select(_QUOTE_COLUMNS),
        expiries=expiries.select(_EXPIRY_COLUMNS),
        removed=removed | unselected,
        known_at=max([*known, *quotes[KNOWN_AT].unique().to_list()]),
        dividends=dividends,
    )


# --- spot and curve ---------------------------------------------------------------------------


def _spot(view: MarketView, day: dt.date, secid: int) -> tuple[float, dt.datetime]:
    rows = view.table("secprd").filter((pl.col("date") == day) & (pl.col("secid") == secid))
    if len(rows) != 1:
        raise NoMarketError(f"{len(rows)} closing prices of secid {secid} on {day}, want 1")
    return float(rows["close"].item()), rows[KNOWN_AT].item()


def _curve(view: MarketView, day: dt.date) -> tuple[pl.DataFrame, dt.datetime]:
    """The latest zero curve known, not older than a few days."""
    rows = view.table("zerocd").filter(pl.col("date").is_between(day - _OLDEST_CURVE, day))
    if rows.is_empty():
        raise NoMarketError(f"no zero curve on {day} or the {_OLDEST_CURVE.days} days before")
    latest = rows.filter(pl.col("date") == pl.col("date").max()).sort("days")
    return latest, latest[KNOWN_AT].max()  # type: ignore[return-value]


def zero_rates(curve: pl.DataFrame, days: Column) -> Column:
    """Zero rates per 1.00, linear in days between pillars, level beyond them."""
    percent = np.interp(days, curve["days"].to_numpy(), curve["rate"].to_numpy())
    return np.asarray(percent / 100.0)


# --- contracts in plain units -----------------------------------------------------------------


def _contracts(view: MarketView, day: dt.date, secid: int, curve: pl.DataFrame) -> pl.DataFrame:
    near = pl.col("date").is_between(day - _OLDEST_QUOTES, day)
    known = view.table("opprcd").filter(near & (pl.col("secid") == secid))
    rows = known.filter(pl.col("date") == day)
    if rows.is_empty():
        raise NoMarketError(f"no option quotes of secid {secid} on {day}")
    rows = rows.join(_earlier(known, day), on="optionid", how="left", maintain_order="left")
    vendor = pl.col("impl_volatility")
    plain = rows.select(
        secid=pl.col("secid").cast(pl.Int64),
        expiry=_settlement_dates(rows["exdate"]),
        am_settlement=pl.col("am_settlement").cast(pl.Int64),
        strike=pl.col("strike_price") / 1000.0,
        option_type=pl.when(pl.col("cp_flag") == "C").then(pl.lit("call")).otherwise(pl.lit("put")),
        quote_date="date",
        known_at=KNOWN_AT,
        bid="best_bid",
        ask="best_offer",
        mid=(pl.col("best_bid") + pl.col("best_offer")) / 2.0,
        vendor_volatility=pl.when(vendor == ivydb.MISSING_VOLATILITY).then(None).otherwise(vendor),
        volume="volume",
        open_interest="open_interest",
        ss_flag="ss_flag",
        contract_size="contract_size",
        earlier_bid="earlier_bid",
        earlier_ask="earlier_ask",
    ).with_columns(days=(pl.col("expiry") - pl.col("quote_date")).dt.total_days())
    dated = _with_times(plain, day)
    rate = zero_rates(curve, dated["days"].to_numpy().astype(np.float64))
    discount = np.exp(-rate * dated["time_to_expiry"].to_numpy())
    return dated.with_columns(rate=pl.Series(rate), discount=pl.Series(discount)).sort(
        *CONTRACT, "bid", "ask"
    )


def _earlier(known: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Bid and ask of each contract on the last date before that has quotes."""
    before = known.filter(pl.col("date") < day)
    latest = before.filter(pl.col("date") == pl.col("date").max())
    return latest.select("optionid", earlier_bid="best_bid", earlier_ask="best_offer")


def _settlement_dates(exdates: pl.Series) -> pl.Series:
    """Expiry dates as trading days: Saturdays (until February 2015) mean the Friday before."""
    dates = exdates.unique()
    settled = [
        day if calendar.is_trade_date(day) else calendar.previous_trade_date(day) for day in dates
    ]
    return exdates.replace_strict(dates, pl.Series(settled, dtype=pl.Date))


def _with_times(plain: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Years from the day's quotes to settlement; morning contracts settle at the opening."""
    start = calendar.quoted_at(day)
    kinds = plain.select(EXPIRY).unique().sort(EXPIRY)
    time = [
        calendar.years(start, calendar.settled_at(expiry, morning=morning == 1))
        for expiry, morning in kinds.iter_rows()
    ]
    timed = kinds.with_columns(time_to_expiry=pl.Series(time, dtype=pl.Float64))
    return plain.join(timed, on=EXPIRY, how="left", maintain_order="left")


# --- forwards ---------------------------------------------------------------------------------


def _parity(believed: pl.DataFrame, spot: float) -> pl.DataFrame:
    """Forward of each expiry by put-call parity, with its error and the pairs rejected."""
    index = [*EXPIRY, "strike", "days", "time_to_expiry", "rate", "discount"]
    sides = believed.pivot(
        on="option_type", on_columns=["call", "put"], index=index, values=["bid", "ask"]
    ).drop_nulls()
    empty = pl.DataFrame(schema=dict.fromkeys(_EXPIRY_COLUMNS, pl.Float64))
    if sides.is_empty():
        return empty.cast({"expiry": pl.Date, "am_settlement": pl.Int64})
    groups = sides.select(EXPIRY).unique().sort(EXPIRY).with_row_index("group")
    rows = sides.join(groups, on=EXPIRY, how="left").sort("group", "strike")
    columns = {name: rows[name].to_numpy() for name in ("strike", "discount", "group")}
    ends: dict[str, Any] = {
        f"{side}_{end}": rows[f"{end}_{side}"].to_numpy()
        for side in ("call", "put")
        for end in ("bid", "ask")
    }
    found = parity.from_parity(
        strike=columns["strike"],
        discount=columns["discount"],
        expiry=columns["group"],
        spot=np.full(len(rows), spot),
        time_to_expiry=rows["time_to_expiry"].to_numpy(),
        **ends,
        minimum_strikes=_FEWEST_PAIRS,
        on_failure="nan",
    )
    counts = rows.group_by("group", maintain_order=True).agg(
        *(pl.col(name).first() for name in (*EXPIRY, "days", "time_to_expiry", "rate", "discount")),
        pairs=pl.len().cast(pl.Int64),
        resolution=_resolution(),
    )
    kept = np.atleast_1d(found.strikes)
    spread = pl.Series(np.atleast_1d(found.forward_error))
    return counts.with_columns(
        forward=pl.Series(np.atleast_1d(found.forward)),
        # residuals on a grid of ticks may agree by chance, which says nothing of the error
        forward_error=(spread**2 + pl.col("resolution") ** 2).sqrt(),
        dividend_yield=pl.Series(np.atleast_1d(found.dividend_yield)),
        rejected_pairs=pl.col("pairs") - pl.Series(kept).cast(pl.Int64),
    ).filter(pl.col("forward").is_finite())


def _resolution() -> pl.Expr:
    """Standard error of a forward from the rounding of its quotes to ticks alone.

    Each of the four quotes of a pair is rounded within a tick, uniformly: a middle has half the
    variance tick^2 / 12 of one.
    """
    ticks = [
        pl.when(pl.col(f"ask_{side}") < _TICK_CHANGES).then(_SMALL_TICK).otherwise(_LARGE_TICK)
        for side in ("call", "put")
    ]
    variance = pl.sum_horizontal(tick**2 / 24.0 for tick in ticks)
    return (variance.mean() / pl.len()).sqrt() / pl.col("discount").first()


def _carried(believed: pl.DataFrame, dividends: Declared, spot: float) -> pl.DataFrame:
    """Forward of each expiry from the spot less its declared cash dividends."""
    names = [*EXPIRY, "days", "time_to_expiry", "rate", "discount"]
    expiries = believed.select(names).unique().sort(EXPIRY)
    forward = [
        (spot - dividends.worth(rate, time)) / discount
        for time, rate, discount in expiries.select(names[3:]).iter_rows()
    ]
    return expiries.with_columns(
        forward=pl.Series(forward, dtype=pl.Float64),
        forward_error=pl.lit(None, dtype=pl.Float64),
        pairs=pl.lit(0, dtype=pl.Int64),
        rejected_pairs=pl.lit(0, dtype=pl.Int64),
    ).with_columns(
        dividend_yield=pl.col("rate") - (pl.col("forward") / spot).log() / pl.col("time_to_expiry")
    )


def _check_carry(expiries: pl.DataFrame, spot: float, day: dt.date) -> None:
    strange = expiries.filter((pl.col("forward") / spot).log().abs() > _MOST_CARRY)
    if not strange.is_empty():
        expiry, ratio = strange["expiry"][0], strange["forward"][0] / spot
        raise ValueError(
            f"forward of {expiry} on {day} is {ratio:.3g} of the spot: check the units of strikes "
            "(vendor's are times 1000) and splits"
        )


# --- volatilities and selection ---------------------------------------------------------------


def _with_volatility(quotes: pl.DataFrame, spot: float, dividends: Declared | None) -> pl.DataFrame:
    """Own implied volatility of the middle, null where there is none, and Black's vega."""
    column: dict[str, Any] = {
        name: quotes[name].to_numpy() for name in ("strike", "time_to_expiry", "rate")
    }
    column["option_type"] = np.where((quotes["option_type"] == "call").to_numpy(), 1.0, -1.0)
    middle, forward = quotes["mid"].to_numpy(), quotes["forward"].to_numpy()
    if dividends is None:
        volatility = black.implied_volatility(
            price=middle, forward=forward, **column, on_failure="nan"
        )
    else:
        volatility = american_volatility.implied_volatility(
            price_of=middle,
            spot=spot,
            dividend_times=dividends.times,
            dividend_amounts=dividends.amounts,
            **column,
        )
    found = np.isfinite(volatility) & (volatility > 0.0)
    vega: Any = black.greeks(
        forward=forward, volatility=np.where(found, volatility, 1.0), **column
    ).vega
    return quotes.with_columns(
        implied_volatility=pl.when(pl.Series(found)).then(pl.Series(volatility)),
        vega=pl.when(pl.Series(found)).then(pl.Series(vega)),
    )


def _selected(quotes: pl.DataFrame, rules: Universe) -> tuple[pl.DataFrame, dict[str, int]]:
    """Quotes with a volatility, those that enter a fit marked; and what each rule left out."""
    numbered = quotes.with_row_index("place")
    chosen, unselected = universe.apply(numbered, rules.selection.expressions())
    marked = numbered.with_columns(selected=pl.col("place").is_in(chosen["place"].to_list()))
    usable = marked.filter(pl.col("implied_volatility").is_not_null()).drop("place")
    return usable, {f"unselected_{name}": count for name, count in unselected.items()}
