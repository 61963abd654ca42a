"""What a contract is worth and how it moves at a given volatility, by its right of exercise.

European options are Black's on the forward. American options are those of the core's engines on a
stock with its declared cash dividends, at the volatility that a European model has for their strike
and expiry. The models are fitted to volatilities from which the right of early exercise is taken
out by the same engines: the de-Americanization of [1]. Its authors find it very good in many
scenarios and poor in others: it lets every strike have a constant volatility of its own when its
exercise is decided.

[1] Burkovska, O., Gass, M., Glau, K., Mahlstedt, M., Schoutens, W. and Wohlmuth, B. (2018),
    Calibration to American options: numerical investigation of the de-Americanization method,
    Quantitative Finance 18(7), 1091-1113.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from strikeproof import black, black_scholes
from wrds_pipeline import american_volatility
from wrds_pipeline.distributions import Declared

Array = NDArray[np.float64]


class Sensitivities(NamedTuple):
    """Derivatives of a price by the spot and by the volatility."""

    delta: Array
    vega: Array


@dataclass(frozen=True, slots=True)
class Contracts:
    """Contracts on one day; columns of one length.

    Parameters
    ----------
    sign : array
        +1 for calls, -1 for puts.
    spot : float
    forward, strike, time_to_expiry, rate : array
    dividends : Declared, optional
        Of the stock, for American options; European ones take the forward for all carry.
    """

    sign: Array
    spot: float
    forward: Array
    strike: Array
    time_to_expiry: Array
    rate: Array
    dividends: Declared | None = None

    @classmethod
    def of(cls, quotes: pl.DataFrame, spot: float, dividends: Declared | None) -> Contracts:
        """From quotes of a `wrds_pipeline.market.MarketState`."""
        sign = np.where((quotes["option_type"] == "call").to_numpy(), 1.0, -1.0)
        names = ("forward", "strike", "time_to_expiry", "rate")
        columns = {name: quotes[name].to_numpy() for name in names}
        return cls(sign=sign, spot=spot, dividends=dividends, **columns)

    @property
    def dividend_yield(self) -> Array:
        """Per year: implied by the forward, or 0 where dividends are cash."""
        if self.dividends is not None:
            return np.zeros(self.forward.shape)
        carry = np.log(self.forward / self.spot) / self.time_to_expiry
        return np.asarray(self.rate - carry)

    @property
    def stripped_spot(self) -> Array:
        """Spot less the cash dividends up to expiry: the forward moves in proportion to it."""
        if self.dividends is None:
            return np.full(self.forward.shape, self.spot)
        return np.asarray(self.forward * np.exp(-self.rate * self.time_to_expiry))

    def price(self, volatility: Array) -> Array:
        """Prices; NaN where the volatility is."""
        known = np.isfinite(volatility)
        used = np.where(known, volatility, 1.0)
        if self.dividends is None:
            value = black.price(
                option_type=self.sign,
                forward=self.forward,
                strike=self.strike,
                time_to_expiry=self.time_to_expiry,
                rate=self.rate,
                volatility=used,
            )
        else:
            value = american_volatility.price(self._american(self.dividends), used)
        return np.where(known, value, np.nan)

    def sensitivities(self, volatility: Array) -> Sensitivities:
        """Delta and vega; NaN where the volatility is."""
        known = np.isfinite(volatility)
        used = np.where(known, volatility, 1.0)
        if self.dividends is None:
            found = black_scholes.greeks(
                option_type=self.sign,
                spot=self.spot,
                strike=self.strike,
                time_to_expiry=self.time_to_expiry,
                rate=self.rate,
                dividend_yield=self.dividend_yield,
                volatility=used,
            )
            delta, vega = found.delta, found.vega
        else:
            delta, vega = american_volatility.delta_and_vega(self._american(self.dividends), used)
        return Sensitivities(np.where(known, delta, np.nan), np.where(known, vega, np.nan))

    def _american(self, dividends: Declared) -> dict[str, Array | float]:
        return {
            "option_type": self.sign,
            "spot": self.spot,
            "strike": self.strike,
            "time_to_expiry": self.time_to_expiry,
            "rate": self.rate,
            "dividend_times": dividends.times,
            "dividend_amounts": dividends.amounts,
        }
