"""SYNTHETIC quotes of the index's options, at Heston's prices for the variance of each date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from strikeproof import black, heston
from wrds_pipeline import calendar, ivydb
from wrds_pipeline.synthetic import truth
from wrds_pipeline.synthetic.listing import Expiry, Strikes, index_expiries
from wrds_pipeline.synthetic.paths import IndexDay
from wrds_pipeline.synthetic.quoting import quotes
from wrds_pipeline.synthetic.truth import INDEX, QUOTING

Column = NDArray[np.float64]

_STREAM = 2
_LEAST_PRICE = 1e-6
_CONTRACT_SIZE = 100.0
_SIDES = ("best_bid", "best_offer")

_Key = tuple[dt.date, bool, float, bool]


def index_options(days: Sequence[IndexDay]) -> pl.DataFrame:
    """`opprcd` of the index over consecutive dates; the lost ones have no rows."""
    listed = Strikes()
    found: list[pl.DataFrame] = []
    earlier: Mapping[_Key, tuple[float, float]] = {}
    for day in days:
        expiries = index_expiries(day.date)
        strikes = listed.on(day.spot, expiries)
        contracts = _contracts(day, expiries, strikes)
        fair, volatility = _values(day, contracts)
        frame = _quoted(day, contracts, fair, volatility, earlier)
        if day.number not in truth.LOST_DAYS:
            earlier = dict(zip(_keys(contracts), frame.select(_SIDES).iter_rows(), strict=True))
            found.append(with_faults(frame, day.date, _STREAM))
    return pl.concat(found)


def _keys(contracts: Mapping[str, Any]) -> Iterator[_Key]:
    names = ("expiry", "morning", "strike", "call")
    return zip(*(contracts[name] for name in names), strict=True)


def _contracts(
    day: IndexDay, expiries: Sequence[Expiry], strikes: Sequence[Column]
) -> dict[str, Any]:
    """Columns of the day's contracts, calls and puts in turn."""
    counts = [2 * len(ladder) for ladder in strikes]
    start = calendar.quoted_at(day.date)
    time = [
        calendar.years(start, calendar.settled_at(expiry.date, morning=expiry.morning))
        for expiry in expiries
    ]
    rates = np.interp(
        [(expiry.date - day.date).days for expiry in expiries],
        truth.CURVE_DAYS,
        truth.curve(day.date),
    )
    repeated = {"time": time, "rate": rates / 100.0}
    columns = {name: np.repeat(np.array(values), counts) for name, values in repeated.items()}
    strike = np.repeat(np.concatenate(strikes), 2)
    forward = day.spot * np.exp((columns["rate"] - INDEX.dividend_yield) * columns["time"])
    return {
        **columns,
        "forward": forward,
        "strike": strike,
        "call": np.tile([True, False], len(strike) // 2).tolist(),
        "expiry": [e.date for e, n in zip(expiries, counts, strict=True) for _ in range(n)],
        "morning": [e.morning for e, n in zip(expiries, counts, strict=True) for _ in range(n)],
        "root": [e.root for e, n in zip(expiries, counts, strict=True) for _ in range(n)],
    }


def _values(day: IndexDay, contracts: Mapping[str, Any]) -> tuple[Column, Column]:
    """Fair values, noise of volatility included, and their volatilities."""
    terms = {
        "forward": contracts["forward"],
        "strike": contracts["strike"],
        "time_to_expiry": contracts["time"],
    }
    volatility = heston.implied_volatility(
        **terms,
        initial_variance=day.variance,
        long_run_variance=INDEX.long_run_variance,
        mean_reversion=INDEX.mean_reversion,
        volatility_of_variance=INDEX.volatility_of_variance,
        correlation=INDEX.correlation,
        accuracy="absolute",
        on_failure="nan",
    )
    # where the model's price is below every tick its volatility has no digits and no quote needs it
    volatility = np.nan_to_num(volatility, nan=0.01)
    noise = truth.generator(day.date, _STREAM + 1).standard_normal(len(volatility) // 2)
    noisy = np.maximum(volatility + QUOTING.noise * np.repeat(noise, 2), 0.01)
    price = black.price(
        option_type=np.where(contracts["call"], 1.0, -1.0),
        rate=contracts["rate"],
        volatility=noisy,
        **terms,
        on_failure="raise",
    )
    return price, noisy


def _quoted(
    day: IndexDay,
    contracts: Mapping[str, Any],
    fair: Column,
    volatility: Column,
    earlier: Mapping[_Key, tuple[float, float]],
) -> pl.DataFrame:
    unlisted = (np.nan, np.nan)
    bid, offer = np.array([earlier.get(key, unlisted) for key in _keys(contracts)]).T
    quoted = quotes(fair, (bid, offer), day.date, _STREAM)
    sign = np.where(contracts["call"], 1.0, -1.0)
    greeks = black.greeks(
        option_type=sign,
        forward=contracts["forward"],
        strike=contracts["strike"],
        time_to_expiry=contracts["time"],
        rate=contracts["rate"],
        volatility=volatility,
    )
    numbers = {name: np.round(getattr(greeks, name), 6) for name in ("delta", "gamma")}
    numbers |= {name: np.round(getattr(greeks, name), 4) for name in ("vega", "theta")}
    frame = option_rows(day.date, float(truth.INDEX_SECID), contracts, numbers, _STREAM)
    return frame.with_columns(
        best_bid=pl.Series(quoted.bid),
        best_offer=pl.Series(quoted.offer),
        impl_volatility=pl.Series(np.round(volatility, 6)),
    )


def option_rows(
    day: dt.date,
    secid: float,
    contracts: Mapping[str, Any],
    numbers: Mapping[str, Column],
    stream: int,
) -> pl.DataFrame:
    """`opprcd` rows of one date and security, without prices."""
    count = len(contracts["strike"])
    generator = truth.generator(day, 20 + stream)
    flags = ["C" if call else "P" for call in contracts["call"]]
    special = generator.random(count) < QUOTING.special_settlement_share
    ratio = contracts.get("ratio", np.ones(count))
    volume = generator.poisson(30.0, count).astype(np.float64)
    interest = generator.poisson(900.0, count).astype(np.float64)
    traded = generator.random(count) < QUOTING.traded_share
    before = calendar.previous_trade_date(day)
    return pl.DataFrame(
        {
            "secid": np.full(count, secid),
            "date": pl.Series([day] * count),
            "symbol": [
                f"{root} {date:%y%m%d}{flag}{1000.0 * value:08.0f}"
                for root, date, flag, value in zip(
                    contracts["root"], contracts["expiry"], flags, contracts["strike"], strict=True
                )
            ],
            "exdate": pl.Series(contracts["expiry"]),
            # of the last trade: an untraded contract is quoted all the same
            "last_date": pl.Series([day if now else before for now in traded.tolist()]),
            "cp_flag": flags,
            "strike_price": 1000.0 * contracts["strike"],
            "volume": np.where(traded, volume, 0.0),
            "open_interest": interest,
            **numbers,
            "optionid": _option_ids(secid, contracts),
            "cfadj": ratio,
            "am_settlement": np.array(contracts["morning"], dtype=np.float64),
            "contract_size": _CONTRACT_SIZE * ratio,
            "ss_flag": np.where(special, "1", "0").tolist(),
            "forward_price": pl.Series([None] * count, dtype=pl.Float64),
            "expiry_indicator": pl.Series(
                [None if morning else "w" for morning in contracts["morning"]], dtype=pl.String
            ),
            "root": contracts["root"],
        }
    )


def _option_ids(secid: float, contracts: Mapping[str, Any]) -> Column:
    """Numbers that identify a contract on every date."""
    days = np.array([(date - truth.FIRST_DATE).days for date in contracts["expiry"]])
    place = np.round(2.0 * contracts["strike"]) * 4.0
    kind = 2.0 * np.array(contracts["morning"]) + np.array(contracts["call"])
    adjusted = 0.25e12 * np.array([root.endswith("1") for root in contracts["root"]])
    return np.asarray((secid - 999990.0) * 1e9 + days * 1e6 + place + kind + adjusted)


def with_faults(frame: pl.DataFrame, day: dt.date, stream: int) -> pl.DataFrame:
    """Rows with unknown volatilities, NULL or the vendor's number for missing, and duplicates."""
    generator = truth.generator(day, 40 + stream)
    count = len(frame)
    unknown = generator.random(count) < QUOTING.unknown_volatility_share
    unknown |= (frame["best_bid"] == 0.0).to_numpy()
    null = pl.Series(unknown & (generator.random(count) < 0.5))
    stated = pl.when(pl.Series(unknown)).then(ivydb.MISSING_VOLATILITY).otherwise("impl_volatility")
    twice = generator.random(count) < QUOTING.duplicated_share
    frame = frame.with_columns(
        impl_volatility=pl.when(null).then(None).otherwise(stated),
    )
    # the same contract under another number and a wider quote, as after a change of symbols
    again = frame.filter(pl.Series(twice)).with_columns(
        optionid=pl.col("optionid") + 0.5e12, best_offer=pl.col("best_offer") + 0.1
    )
    return pl.concat([frame, again])


def vendor_forwards(days: Sequence[IndexDay]) -> pl.DataFrame:
    """`fwdprd`: forwards of the vendor, from the dividend yield that it believes."""
    rows = []
    for day in days:
        start = calendar.quoted_at(day.date)
        for expiry in index_expiries(day.date):
            ahead = (expiry.date - day.date).days
            rate = float(np.interp(ahead, truth.CURVE_DAYS, truth.curve(day.date))) / 100.0
            time = calendar.years(start, calendar.settled_at(expiry.date, morning=expiry.morning))
            forward = day.spot * float(np.exp((rate - INDEX.dividend_yield) * time))
            rows.append((day.date, expiry.date, float(expiry.morning), round(forward, 2)))
    names = ("date", "expiration", "amsettlement", "forwardprice")
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(secid=pl.lit(float(truth.INDEX_SECID)))
