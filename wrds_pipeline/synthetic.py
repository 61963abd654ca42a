"""SYNTHETIC IvyDB tables: an invented index with known parameters, from a seed.

The underlying follows a lognormal step a day; its at-the-money volatility reverts to a mean and
falls when the index rises. Quotes are Black-Scholes prices on a skewed smile with noise, widened
to whole ticks; some are crossed, have no bid, or lack the vendor's volatility, as in life. Each
day draws from its own counter of one generator (Salmon and others 2011, Philox), so that a
longer sample begins with the rows of a shorter one.

All draws, names and numbers are invented. Nothing in here was taken from OptionMetrics.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from strikeproof import black_scholes
from wrds_pipeline import calendar, ivydb, market

SEED = 20190703
SECID = 999999.0
FIRST_DATE = dt.date(2019, 6, 27)
TRADE_DATES: Mapping[str, int] = {"fast": 10, "full": 20}

# Expiry and whether it settles on the morning's opening prices; 19 July has both kinds.
EXPIRIES: tuple[tuple[dt.date, bool], ...] = (
    (dt.date(2019, 7, 5), False),
    (dt.date(2019, 7, 19), True),
    (dt.date(2019, 7, 19), False),
    (dt.date(2019, 7, 31), False),
    (dt.date(2019, 8, 16), True),
    (dt.date(2019, 9, 20), True),
    (dt.date(2019, 12, 20), True),
    (dt.date(2020, 6, 19), True),
)
STRIKES = np.arange(2350.0, 3551.0, 25.0)
_CURVE_DAYS = np.array([7.0, 30.0, 60.0, 91.0, 182.0, 273.0, 365.0, 548.0])

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Truth:
    """Parameters of the invented market, recorded so that recovery can be tested."""

    spot: float = 2925.0
    drift: float = 0.0002  # a day
    level: float = 0.135  # at-the-money volatility of the first day
    level_mean: float = 0.14
    level_reversion: float = 0.10  # a day
    level_deviation: float = 0.005  # a day
    correlation: float = -0.7  # between index and level
    term: float = 0.03  # added over the first year
    skew: float = -0.10  # per unit of log(strike/forward)/sqrt(T + 0.05)
    curvature: float = 0.12  # per its square
    noise: float = 0.002  # of a quote, relative
    dividend_yield: float = 0.018
    crossed_share: float = 0.004
    unknown_volatility_share: float = 0.01


TRUTH = Truth()


@dataclass(frozen=True, slots=True)
class _Day:
    date: dt.date
    spot: float
    level: float
    rate_shift: float  # percent


def tables(profile: str) -> dict[str, pl.DataFrame]:
    """Tables of a profile by name: ``opprcd``, ``secprd``, ``zerocd``.

    Raises
    ------
    ValueError
        `profile` is not declared.
    """
    if profile not in TRADE_DATES:
        raise ValueError(f"profile {profile!r}: must be one of {', '.join(TRADE_DATES)}")
    days = _path(TRADE_DATES[profile])
    makers = {"opprcd": _option_prices, "secprd": _security_prices, "zerocd": _zero_curve}
    return {
        name: ivydb.validate(name, pl.concat([make(day) for day in days]))
        for name, make in makers.items()
    }


def parameters() -> dict[str, float]:
    """The true parameters by name."""
    return asdict(TRUTH)


def _generator(date: dt.date, stream: int) -> np.random.Generator:
    counter = [0, 0, date.toordinal(), stream]
    return np.random.Generator(np.random.Philox(key=SEED, counter=counter))


@lru_cache(maxsize=4)
def _path(count: int) -> tuple[_Day, ...]:
    days = []
    spot, level = TRUTH.spot, TRUTH.level
    for date in calendar.trade_dates(FIRST_DATE, count):
        first, second, third = _generator(date, 0).standard_normal(3)
        days.append(_Day(date, round(spot, 2), level, round(0.02 * float(third), 4)))
        spot *= float(np.exp(TRUTH.drift + level / np.sqrt(252.0) * first))
        mixed = TRUTH.correlation * first + np.sqrt(1.0 - TRUTH.correlation**2) * second
        level += TRUTH.level_reversion * (TRUTH.level_mean - level)
        level = max(0.05, level + TRUTH.level_deviation * float(mixed))
    return tuple(days)


def _curve(day: _Day) -> Column:
    return np.asarray(np.round(2.40 - 0.25 * np.sqrt(_CURVE_DAYS / 365.0) + day.rate_shift, 4))


def _zero_curve(day: _Day) -> pl.DataFrame:
    rates = pl.DataFrame({"days": _CURVE_DAYS, "rate": _curve(day)})
    return rates.select(pl.lit(day.date).alias("date"), "days", "rate")


def _security_prices(day: _Day) -> pl.DataFrame:
    moves = np.sort(_generator(day.date, 1).standard_normal(2)) * 0.003
    opening = day.spot * float(np.exp(moves.mean()))
    return pl.DataFrame(
        {
            "secid": [SECID],
            "date": [day.date],
            "open": [round(opening, 2)],
            "high": [round(max(day.spot, opening) * float(np.exp(abs(moves[1]))), 2)],
            "low": [round(min(day.spot, opening) * float(np.exp(-abs(moves[0]))), 2)],
            "close": [day.spot],
            "volume": [0.0],
            "cfadj": [1.0],
            "shrout": [0.0],
        }
    )


def smile(log_moneyness: Column, time_to_expiry: Column, level: float) -> Column:
    """True volatility at log(strike/forward), on a day of at-the-money level `level`."""
    scaled = log_moneyness / np.sqrt(time_to_expiry + 0.05)
    bent = TRUTH.skew * scaled + TRUTH.curvature * scaled**2
    return np.asarray(np.maximum(0.05, level + TRUTH.term * np.minimum(time_to_expiry, 1.0) + bent))


def _option_prices(day: _Day) -> pl.DataFrame:
    listed = [pair for pair in enumerate(EXPIRIES) if pair[1][0] > day.date]
    rows = [(number, *expiry, strike) for number, expiry in listed for strike in STRIKES]
    number, exdate, morning, strike = (
        np.repeat(np.array(column), 2) for column in zip(*rows, strict=True)
    )
    call = np.tile([True, False], len(rows))
    days = np.array([(date - day.date).days for date in exdate], dtype=np.float64)
    time = market.year_fraction(days, morning.astype(np.float64))
    rate = np.interp(days, _CURVE_DAYS, _curve(day)) / 100.0
    forward = day.spot * np.exp((rate - TRUTH.dividend_yield) * time)
    volatility = smile(np.log(strike / forward), time, day.level)
    greeks = black_scholes.greeks(
        option_type=np.where(call, 1.0, -1.0),
        spot=day.spot,
        strike=strike,
        time_to_expiry=time,
        rate=rate,
        dividend_yield=TRUTH.dividend_yield,
        volatility=volatility,
        on_failure="raise",
    )
    generator = _generator(day.date, 2)
    bid, offer = _quotes(greeks.price, generator)
    known = (bid > 0.0) & (generator.random(len(bid)) >= TRUTH.unknown_volatility_share)
    stated = np.where(known, np.round(volatility, 6), ivydb.MISSING_VOLATILITY)
    # Half of the missing ones are NULL, half the vendor's number for missing.
    missing = ~known & (generator.random(len(bid)) < 0.5)
    flags = np.where(call, "C", "P")
    return pl.DataFrame(
        {
            "secid": np.full(len(bid), SECID),
            "date": pl.Series([day.date] * len(bid)),
            "symbol": [
                f"SYNX {date:%y%m%d}{flag}{1000.0 * value:08.0f}"
                for date, flag, value in zip(exdate, flags, strike, strict=True)
            ],
            "exdate": pl.Series(exdate.tolist(), dtype=pl.Date),
            "last_date": pl.Series([day.date] * len(bid)),
            "cp_flag": flags.tolist(),
            "strike_price": 1000.0 * strike,
            "best_bid": bid,
            "best_offer": offer,
            "volume": generator.poisson(30.0, len(bid)).astype(np.float64),
            "open_interest": generator.poisson(900.0, len(bid)).astype(np.float64),
            "impl_volatility": pl.Series(stated).set(pl.Series(missing), None),
            **{name: np.round(getattr(greeks, name), 6) for name in ("delta", "gamma")},
            **{name: np.round(getattr(greeks, name), 4) for name in ("vega", "theta")},
            "optionid": 1e8 + 1e4 * number + 2.0 * (strike - STRIKES[0]) / 25.0 + ~call,
            "cfadj": np.ones(len(bid)),
            "am_settlement": morning.astype(np.float64),
            "contract_size": np.full(len(bid), 100.0),
            "ss_flag": ["0"] * len(bid),
            "forward_price": pl.Series([None] * len(bid), dtype=pl.Float64),
            "expiry_indicator": pl.Series(
                [None if settles else "w" for settles in morning], dtype=pl.String
            ),
        }
    ).with_columns(pl.col("optionid").cast(pl.Float64))


def _quotes(fair: Column, generator: np.random.Generator) -> tuple[Column, Column]:
    """Bid and offer in whole ticks around a noisy value; a few are crossed."""
    noisy = fair * (1.0 + TRUTH.noise * generator.standard_normal(len(fair)))
    half = 0.05 + 0.01 * noisy
    cents = np.where(noisy < 3.0, 5.0, 10.0)  # ticks of 0.05 below 3, of 0.10 above
    bid = np.maximum(0.0, np.floor((noisy - half) * 100.0 / cents)) * cents / 100.0
    offer = (np.floor((noisy + half) * 100.0 / cents) + 1.0) * cents / 100.0
    crossed = generator.random(len(fair)) < TRUTH.crossed_share
    return np.where(crossed, offer, bid), np.where(crossed, bid, offer)


def write(name: str, profile: str, output: Path) -> None:
    """Write one table of a profile as Parquet, marked SYNTHETIC in its metadata."""
    metadata = {"synthetic": "true", "seed": str(SEED), "table": name, "profile": profile}
    tables(profile)[name].write_parquet(output, metadata=metadata, compression="zstd")


def read_sample(path: Path) -> pl.DataFrame:
    """Table of a Parquet file that `write` made.

    Raises
    ------
    ValueError
        Not Parquet, not marked as synthetic, made with another seed, or broken.
    """
    try:
        metadata: Mapping[str, Any] = pl.read_parquet_metadata(path)
        frame = pl.read_parquet(path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ValueError(f"not a Parquet file: {str(error).splitlines()[0]}") from None
    if metadata.get("synthetic") != "true":
        raise ValueError("not marked synthetic=true in its metadata: refused as a sample")
    if metadata.get("seed") != str(SEED):
        raise ValueError(f"made with seed {metadata.get('seed')}, the sample's is {SEED}")
    if metadata.get("table") not in ivydb.SCHEMAS:
        raise ValueError(f"unknown table {metadata.get('table')!r} in its metadata")
    return ivydb.validate(str(metadata["table"]), frame)
