"""One date of the study: fit on the trade date, price and hedge the same contracts on the next.

Every number of the trade date comes from the view at its decision, every number of the next trade
date from the view at that one's; models are carried over unchanged. A date needs no other date:
dates may be done in any order, anywhere, and again.

All models are of European options. On a panel of American ones they are fitted to volatilities
without the right of early exercise, and that right is put back into prices and deltas
(`wrds_pipeline.valuation`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from wrds_pipeline import calendar, distributions, hedging, market
from wrds_pipeline.as_of import History, LookAheadError, decision_time
from wrds_pipeline.distributions import Passed
from wrds_pipeline.market import MarketState, NoMarketError
from wrds_pipeline.models import MODELS, NAMES, Fit, Points, fit_all
from wrds_pipeline.panel import Panel
from wrds_pipeline.universe import Universe
from wrds_pipeline.valuation import Contracts

Array = NDArray[np.float64]
# Tables of one date by name, columns of `SCHEMAS`.
DateResult = dict[str, pl.DataFrame]

CONTRACT = ("expiry", "am_settlement", "strike", "option_type")
_FIXED: dict[str, Any] = {
    "source": pl.String,
    "trade_date": pl.Date,
    "expiry": pl.Date,
    "am_settlement": pl.Int64,
    "strike": pl.Float64,
    "option_type": pl.String,
    "quote_date": pl.Date,
    "next_trade_date": pl.Date,
    "known_at": pl.Datetime("us"),
}
_QUOTE = ("time_to_expiry", "forward", "discount", "mid", "spread", "implied_volatility", "vega")
_HELD = (
    "time_to_expiry", "rate", "dividend_yield", "forward", "mid", "vega", "next_mid", "elapsed",
    "spot", "next_spot", "dividends",
)  # fmt: skip
OK = "ok"
_NO_NEXT, _ADJUSTED = "no market on the next trade date", "contracts adjusted before the next"

# Deltas by model and rule.
DELTAS = tuple(f"delta_{name}_{rule}" for name in NAMES for rule in hedging.RULES)


def _schema(fixed: tuple[str, ...], numbers: tuple[str, ...]) -> dict[str, Any]:
    return {name: _FIXED[name] for name in fixed} | dict.fromkeys(numbers, pl.Float64)


_KEY = ("source", "trade_date", *CONTRACT)
_ANSWERS = tuple(f"{kind}_{name}" for kind in ("volatility", "price") for name in NAMES)
SCHEMAS: dict[str, dict[str, Any]] = {
    "dates": {
        "source": pl.String,
        "secid": pl.Int64,
        "period": pl.String,
        "trade_date": pl.Date,
        "next_trade_date": pl.Date,
        "known_at": pl.Datetime("us"),
        "next_known_at": pl.Datetime("us"),
        "status": pl.String,
        "quotes": pl.Int64,
        "selected": pl.Int64,
        "priced": pl.Int64,
        "expired": pl.Int64,
        "no_believable_quote": pl.Int64,
        "spot": pl.Float64,
        "next_spot": pl.Float64,
    },
    "removed": {"rule": pl.String, "quotes": pl.Int64},
    "fits": {
        "model": pl.String,
        "status": pl.String,
        "message": pl.String,
        "quotes": pl.Int64,
        "objective": pl.Float64,
    },
    "parameters": {
        "model": pl.String,
        "expiry": pl.String,
        "parameter": pl.String,
        "value": pl.Float64,
        "standard_error": pl.Float64,
    },
    "calibration": _schema(
        (*_KEY, "quote_date", "known_at"),
        (*_QUOTE, *_ANSWERS),
    ),
    "oos_pricing": _schema(
        (*_KEY, "quote_date", "next_trade_date", "known_at"),
        (*_QUOTE, *_ANSWERS),
    ),
    "hedging": _schema(
        (*_KEY, "next_trade_date", "known_at"),
        (*_HELD, "delta_own_volatility", *DELTAS),
    ),
}


@dataclass(frozen=True, slots=True)
class DateStudy:
    """The study as a function of a date alone: what an executor sends to its workers."""

    history: History
    rules: Universe
    panel: Panel
    label: str = "SYNTHETIC"

    def __call__(self, day: dt.date) -> DateResult:
        """Tables of a date."""
        return date_result(self.history, day, self.rules, self.panel, self.label)


def date_result(
    history: History, day: dt.date, rules: Universe, panel: Panel, label: str = "SYNTHETIC"
) -> DateResult:
    """Tables of one trade date.

    Parameters
    ----------
    history : History
        Whole tables of the underlying; read by views alone.
    day : date
        A trading day.
    rules : Universe
    panel : Panel
    label : {"SYNTHETIC", "WRDS"}
        Mark of the history's source, which every row carries.

    Returns
    -------
    dict of DataFrame
        Of `SCHEMAS`. A date without a market has a row of `dates` that says so and nothing else;
        a model that could not be fitted has its row of `fits` and nulls elsewhere.

    Raises
    ------
    LookAheadError
        A state used what was known only later.
    """
    following = calendar.next_trade_date(day)
    trade = _trade_date(history, day, rules, panel, label)
    if trade is None:
        return _without_market(day, panel, label)
    today, fits, result = trade
    counts = {"priced": 0, "expired": 0, "no_believable_quote": 0}
    tomorrow, status = None, _ADJUSTED
    night = _night(history, day, panel)
    if not night.adjusting:
        try:
            tomorrow, status = _state(history, following, rules, panel, label), OK
        except NoMarketError:
            status = _NO_NEXT
    if tomorrow is not None:
        counts = _next_date(result, today, tomorrow, fits, night)
    result["dates"] = pl.DataFrame(
        [
            {
                "source": today.label,
                "secid": today.secid,
                "period": panel.label(day),
                "trade_date": day,
                "next_trade_date": following,
                "known_at": today.known_at,
                "next_known_at": None if tomorrow is None else tomorrow.known_at,
                "status": status,
                "quotes": len(today.quotes),
                "selected": len(result["calibration"]),
                **counts,
                "spot": today.spot,
                "next_spot": None if tomorrow is None else tomorrow.spot,
            }
        ],
        schema=SCHEMAS["dates"],
    )
    return result


def trade_date_result(
    history: History, day: dt.date, rules: Universe, panel: Panel, label: str = "SYNTHETIC"
) -> DateResult:
    """The tables that are known when the trade date's study decides; the others are empty.

    Parameters and errors as for `date_result`.
    """
    trade = _trade_date(history, day, rules, panel, label)
    if trade is None:
        return _without_market(day, panel, label)
    return trade[2]


def _trade_date(
    history: History, day: dt.date, rules: Universe, panel: Panel, label: str
) -> tuple[MarketState, dict[str, Fit], DateResult] | None:
    """State, fits and their tables; None where the date has no market."""
    try:
        today = _state(history, day, rules, panel, label)
    except NoMarketError:
        return None
    selected = today.quotes.filter("selected")
    points = Points.of(selected)
    fits = fit_all(points)
    result = {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}
    result["removed"] = pl.DataFrame(
        {"rule": list(today.removed), "quotes": list(today.removed.values())},
        schema=SCHEMAS["removed"],
    )
    result["fits"] = _fit_rows(fits)
    result["parameters"] = _parameter_rows(fits)
    result["calibration"] = _made(
        "calibration",
        _keyed(selected, today, quote_date=pl.lit(day), known_at=pl.lit(today.known_at)),
        _answers(fits, selected, today, 0.0),
    )
    return today, fits, result


def _state(
    history: History, day: dt.date, rules: Universe, panel: Panel, label: str
) -> MarketState:
    decided = decision_time(day)
    found = market.state(
        history.as_of(decided),
        day,
        rules,
        secid=panel.panel.secid,
        label=label,
        exercise=panel.panel.exercise,
    )
    if found.known_at > decided:
        raise LookAheadError(f"state of {day} used what was known at {found.known_at}")
    return found


def _night(history: History, day: dt.date, panel: Panel) -> Passed:
    """What goes ex between a trade date and the next, as that one's decision knows it."""
    following = calendar.next_trade_date(day)
    view = history.as_of(decision_time(following))
    return distributions.passed(view, day, following, panel.panel.secid)


def _without_market(day: dt.date, panel: Panel, label: str) -> DateResult:
    row = {
        "source": label,
        "secid": panel.panel.secid,
        "period": panel.label(day),
        "trade_date": day,
        "next_trade_date": calendar.next_trade_date(day),
        "status": "no market",
        **dict.fromkeys(("quotes", "selected", "priced", "expired", "no_believable_quote"), 0),
    }
    result = {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}
    return result | {"dates": pl.DataFrame([row], schema=SCHEMAS["dates"])}


def _next_date(
    result: DateResult,
    today: MarketState,
    tomorrow: MarketState,
    fits: dict[str, Fit],
    night: Passed,
) -> dict[str, int]:
    """Fill in the tables of the next trade date; how many contracts were priced and left out."""
    following = tomorrow.day
    elapsed = calendar.years(calendar.quoted_at(today.day), calendar.quoted_at(following))
    selected = today.quotes.filter("selected")
    alive = selected.filter(pl.col("expiry") > following)
    asked = alive.select(CONTRACT)
    later = asked.join(tomorrow.quotes, on=CONTRACT, how="inner", maintain_order="left")
    before = alive.join(later, on=CONTRACT, how="semi", maintain_order="left")
    dated = {"quote_date": pl.col("quote_date"), "next_trade_date": pl.lit(following)}
    known = pl.lit(tomorrow.known_at)
    frame = _keyed(later, today, known_at=known, **dated)
    result["oos_pricing"] = _made("oos_pricing", frame, _answers(fits, later, tomorrow, elapsed))
    contracts, own = Contracts.of(before, today.spot, today.dividends), Points.of(before)
    ratios = {
        f"delta_{name}_{rule}": delta
        for name in NAMES
        for rule, delta in hedging.deltas(fits[name], own, contracts).items()
    }
    ratios["delta_own_volatility"] = hedging.own_delta(contracts, own.volatility)
    european = today.dividends is None
    dividends = np.zeros(len(before)) if european else night.worth(contracts.rate, elapsed)
    kept = _keyed(before, today, next_trade_date=pl.lit(following), known_at=known).with_columns(
        dividend_yield=pl.Series(contracts.dividend_yield),
        next_mid=later["mid"],
        elapsed=pl.lit(elapsed),
        spot=pl.lit(today.spot),
        next_spot=pl.lit(tomorrow.spot),
        dividends=pl.Series(dividends, dtype=pl.Float64),
    )
    result["hedging"] = _made("hedging", kept, ratios)
    return {
        "priced": len(later),
        "expired": len(selected) - len(alive),
        "no_believable_quote": len(alive) - len(later),
    }


def _keyed(quotes: pl.DataFrame, state: MarketState, **columns: pl.Expr) -> pl.DataFrame:
    return quotes.with_columns(
        source=pl.lit(state.label),
        trade_date=pl.lit(state.day),
        spread=pl.col("ask") - pl.col("bid"),
        **columns,
    )


def _made(table: str, frame: pl.DataFrame, numbers: dict[str, Array]) -> pl.DataFrame:
    """A table with its numbers by model, in its schema's order; nulls where there is no answer."""
    columns = {name: pl.Series(value, dtype=pl.Float64) for name, value in numbers.items()}
    full = frame.with_columns(**columns).with_columns(pl.col(list(numbers)).fill_nan(None))
    return full.select(list(SCHEMAS[table])).sort("trade_date", *CONTRACT)


def _answers(
    fits: dict[str, Fit], quotes: pl.DataFrame, state: MarketState, elapsed: float
) -> dict[str, Array]:
    """What the models say of a state's quotes, `elapsed` years after the fit."""
    points, contracts = Points.of(quotes), Contracts.of(quotes, state.spot, state.dividends)
    found: dict[str, Array] = {}
    for name in NAMES:
        volatility = MODELS[name].volatility(fits[name], points, elapsed)
        found |= {f"volatility_{name}": volatility, f"price_{name}": contracts.price(volatility)}
    return found


def _fit_rows(fits: dict[str, Fit]) -> pl.DataFrame:
    rows = [
        {
            "model": fit.model,
            "status": fit.status,
            "message": fit.message,
            "quotes": fit.quotes,
            "objective": fit.objective if np.isfinite(fit.objective) else None,
        }
        for fit in fits.values()
    ]
    return pl.DataFrame(rows, schema=SCHEMAS["fits"])


def _parameter_rows(fits: dict[str, Fit]) -> pl.DataFrame:
    rows = []
    for fit in fits.values():
        for key, value in fit.parameters.items():
            name, _, expiry = key.partition("@")
            error = fit.standard_errors.get(key)
            known = error is not None and np.isfinite(error)
            rows.append((fit.model, expiry or "-", name, value, error if known else None))
    return pl.DataFrame(rows, schema=SCHEMAS["parameters"], orient="row")
