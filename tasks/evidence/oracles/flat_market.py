"""A flat Black-Scholes-Merton market and its dates in QuantLib, shared by the oracles."""

from functools import lru_cache

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

DAYS_IN_YEAR = 365
TODAY = ql.Date(15, 5, 2026)


def expiry(time_to_expiry: float) -> ql.Date:
    """Date that many years of 365 days from today.

    Raises
    ------
    ValueError
        It is not a whole number of days: QuantLib would price another time.
    """
    days = round(time_to_expiry * DAYS_IN_YEAR)
    if abs(days - time_to_expiry * DAYS_IN_YEAR) > 1e-9:
        raise ValueError(f"time_to_expiry is {time_to_expiry}: must be whole days of 1/365")
    return TODAY + days


def process(
    *, spot: float, rate: float, dividend_yield: float, volatility: float
) -> ql.BlackScholesMertonProcess:
    """QuantLib's process, the same one for the same market; sets the evaluation date."""
    ql.Settings.instance().evaluationDate = TODAY
    return _process(spot, rate, dividend_yield, volatility)


@lru_cache(maxsize=256)
def _process(
    spot: float, rate: float, dividend_yield: float, volatility: float
) -> ql.BlackScholesMertonProcess:
    count = ql.Actual365Fixed()
    yields = ql.YieldTermStructureHandle(ql.FlatForward(TODAY, dividend_yield, count))
    rates = ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate, count))
    volatilities = ql.BlackVolTermStructureHandle(
        ql.BlackConstantVol(TODAY, ql.NullCalendar(), volatility, count)
    )
    quote = ql.QuoteHandle(ql.SimpleQuote(spot))
    return ql.BlackScholesMertonProcess(quote, yields, rates, volatilities)


def option_type(word: str) -> int:
    """QuantLib's number of "call" or "put"."""
    kinds: dict[str, int] = {"call": ql.Option.Call, "put": ql.Option.Put}
    return kinds[word]
