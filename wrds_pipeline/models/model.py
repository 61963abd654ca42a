"""What a model of the study is: quotes in, parameters out, volatilities at any quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]

OK = "ok"
FAILED = "failed"
# Ends of an iteration that are no convergence; their parameters are kept and marked.
_NOT_CONVERGED = ("evaluations", "stalled")


@dataclass(frozen=True, slots=True)
class Points:
    """Columns of quotes that a model sees; `volatility` and `weight` only where it is fitted."""

    expiry: NDArray[np.str_]  # date and settlement, "2019-07-19 AM"
    time_to_expiry: Array
    log_moneyness: Array  # log(strike / forward)
    volatility: Array
    weight: Array  # multiplies errors of volatility

    @classmethod
    def of(cls, quotes: pl.DataFrame) -> Points:
        """From quotes of a `wrds_pipeline.market.MarketState`.

        An error of volatility is weighted by vega over the spread of bid and ask: to first order
        it then is the error of price in spreads.
        """
        spread = (quotes["ask"] - quotes["bid"]).to_numpy()
        return cls(
            expiry_label(quotes),
            quotes["time_to_expiry"].to_numpy(),
            np.log(quotes["strike"].to_numpy() / quotes["forward"].to_numpy()),
            quotes["implied_volatility"].to_numpy(),
            quotes["vega"].to_numpy() / spread,
        )

    def of_expiry(self, label: str) -> Points:
        """The quotes of one expiry."""
        return self.where(self.expiry == label)

    def where(self, mask: NDArray[np.bool_]) -> Points:
        """The quotes that a mask keeps."""
        return Points(
            self.expiry[mask],
            self.time_to_expiry[mask],
            self.log_moneyness[mask],
            self.volatility[mask],
            self.weight[mask],
        )

    def moved(self, log_moneyness: Array) -> Points:
        """The same expiries at other moneyness."""
        return Points(self.expiry, self.time_to_expiry, log_moneyness, self.volatility, self.weight)

    def expiries(self) -> dict[str, float]:
        """Time to expiry by label, ascending in time."""
        found = dict(zip(self.expiry.tolist(), self.time_to_expiry.tolist(), strict=True))
        return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def expiry_label(quotes: pl.DataFrame) -> NDArray[np.str_]:
    """Date and settlement of each quote's expiry as one word."""
    settled = pl.when(pl.col("am_settlement") == 1).then(pl.lit(" AM")).otherwise(pl.lit(" PM"))
    text = pl.col("expiry").cast(pl.String) + settled
    return quotes.select(text).to_series().to_numpy().astype(str)


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters of one model on one date, and how the fit went.

    Parameters
    ----------
    model : str
    parameters : mapping
        By name; ``name@expiry`` where each expiry has its own. Everything that `volatility` needs.
    status : str
        ``ok``; ``partial`` where some expiries could not be fitted; ``evaluations`` or ``stalled``
        where the iteration did not converge; ``failed``.
    message : str
        Why, where it is not ``ok``.
    quotes : int
        That were fitted.
    objective : float
        Sum of squares of weight times error; NaN where nothing was fitted.
    standard_errors : mapping
        Of the parameters for which the fit gives them.
    """

    model: str
    parameters: Mapping[str, float]
    status: str
    message: str
    quotes: int
    objective: float
    standard_errors: Mapping[str, float] = field(default_factory=dict)

    def by_expiry(self, name: str) -> dict[str, float]:
        """Values by expiry of a parameter that each expiry has."""
        start = f"{name}@"
        return {
            key.removeprefix(start): value
            for key, value in self.parameters.items()
            if key.startswith(start)
        }


class Model(Protocol):
    """A module of `wrds_pipeline.models`."""

    NAME: str

    def fit(self, points: Points) -> Fit:
        """Parameters by weighted least squares of volatility; `ValueError` where impossible."""

    def volatility(self, fit: Fit, points: Points, elapsed: float) -> Array:
        """Black's volatility at `points`, `elapsed` years after the fit; NaN without an answer."""


def failed(model: str, points: Points, message: str) -> Fit:
    """The fit that did not come about."""
    return Fit(model, {}, FAILED, message, len(points.volatility), float("nan"))


def status_of(stop: str) -> str:
    """Status of an iteration that ended by `stop`."""
    return stop if stop in _NOT_CONVERGED else OK


def objective(points: Points, volatility: Array) -> float:
    """Sum of squares of weight times error of `volatility`."""
    return float(np.sum((points.weight * (volatility - points.volatility)) ** 2))


def at_expiry(name: str, values: Mapping[str, float]) -> dict[str, float]:
    """Parameters ``name@expiry`` from values by expiry."""
    return {f"{name}@{label}": float(value) for label, value in values.items()}


def looked_up(values: Mapping[str, float], labels: NDArray[np.str_]) -> Array:
    """Value of each label; NaN where there is none."""
    distinct, place = np.unique(labels, return_inverse=True)
    found = np.array([values.get(str(label), np.nan) for label in distinct], dtype=np.float64)
    return found[place]
