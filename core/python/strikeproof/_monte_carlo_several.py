"""Payoffs of several assets at expiry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._monte_carlo_arguments import NONNEGATIVE, array, choice, number, numbers, sign
from strikeproof._monte_carlo_models import Model
from strikeproof._monte_carlo_payoffs import Control, Payoff, spot_control
from strikeproof.random import whole_number

MOST_ASSETS = 64


def spots_at_expiry(model: Model, times: tuple[float, ...], assets: int) -> list[Control]:
    """Every asset on the last date."""
    last = (0.0,) * (len(times) - 1) + (1.0,)
    return [spot_control(model, last, times, asset=asset) for asset in range(assets)]


@dataclass(frozen=True, kw_only=True)
class Basket(Payoff):
    """An option on a weighted sum of assets; with weights 1 and -1, on their spread.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float, of any sign
    weights : sequence of float, of any sign
        One per asset, 64 at most.
    time_to_expiry : float, >= 0, years
    """

    option_type: Literal["call", "put"]
    strike: float
    weights: ArrayLike
    time_to_expiry: float

    def __post_init__(self) -> None:
        sign(self.option_type)
        number("strike", self.strike)
        number("time_to_expiry", self.time_to_expiry, NONNEGATIVE)
        weights = numbers("weights", self.weights)
        if not 1 <= len(weights) <= MOST_ASSETS:
            raise ValueError(f"weights holds {len(weights)} entries: must be 1 to {MOST_ASSETS}")
        object.__setattr__(self, "weights", weights)

    @property
    def assets(self) -> int:
        return len(numbers("weights", self.weights))

    def built(self, model: Model) -> _core.Payoff:
        return _core.payoff_several_assets(
            0,
            sign(self.option_type),
            self.strike,
            array(numbers("weights", self.weights)),
            array((self.time_to_expiry,)),
            model.rate_curve,
        )

    def controls(self, model: Model) -> list[Control]:
        found = spots_at_expiry(model, (self.time_to_expiry,), self.assets)
        weights = array(numbers("weights", self.weights))
        lognormal = model.lognormal()
        if lognormal is not None and weights.min() > 0.0:
            dates = array((self.time_to_expiry,))
            side = sign(self.option_type)
            found.append(_core.geometric_basket(side, self.strike, weights, dates, lognormal))
        return found


@dataclass(frozen=True, kw_only=True)
class Rainbow(Payoff):
    """An option on the largest or the smallest of several assets.

    Parameters
    ----------
    option_type : {"call", "put"}
    extreme : {"maximum", "minimum"}
        Best or worst of the assets.
    strike : float, >= 0
    time_to_expiry : float, >= 0, years
    number_of_assets : int, 2 to 64
    """

    option_type: Literal["call", "put"]
    extreme: Literal["maximum", "minimum"]
    strike: float
    time_to_expiry: float
    number_of_assets: int = 2

    def __post_init__(self) -> None:
        sign(self.option_type)
        choice("extreme", self.extreme, ("maximum", "minimum"))
        number("strike", self.strike, NONNEGATIVE)
        number("time_to_expiry", self.time_to_expiry, NONNEGATIVE)
        whole_number("number_of_assets", self.number_of_assets, 2, MOST_ASSETS)

    @property
    def assets(self) -> int:
        return self.number_of_assets

    def built(self, model: Model) -> _core.Payoff:
        return _core.payoff_several_assets(
            1 + choice("extreme", self.extreme, ("maximum", "minimum")),
            sign(self.option_type),
            self.strike,
            array((1.0,) * self.assets),
            array((self.time_to_expiry,)),
            model.rate_curve,
        )

    def controls(self, model: Model) -> list[Control]:
        return spots_at_expiry(model, (self.time_to_expiry,), self.assets)
