"""Payoffs that simulated paths can have; the definitions are those of the compiled core."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._monte_carlo_arguments import (
    NONNEGATIVE,
    POSITIVE,
    array,
    as_many,
    choice,
    dates,
    number,
    numbers,
    sign,
)
from strikeproof._monte_carlo_models import Model

Control = tuple[_core.Payoff, float]


class Payoff(ABC):
    """A contract whose value is known at the end of a path."""

    @property
    def assets(self) -> int:
        """How many assets it watches."""
        return 1

    @abstractmethod
    def built(self, model: Model) -> _core.Payoff:
        """The contract for the compiled core, discounted with the model's rate."""

    @abstractmethod
    def controls(self, model: Model) -> list[Control]:
        """Payoffs on the same dates with known expectations under the model; there may be none."""


def spot_control(
    model: Model,
    weights: Sequence[float],
    times: Sequence[float],
    *,
    continuous: bool = False,
    asset: int = 0,
) -> Control:
    """The discounted weighted sum of spots, whose expectation every model knows."""
    w, t = array(tuple(weights)), array(tuple(times))
    rate = model.rate_curve
    mean = _core.weighted_spot_mean(model.spots[asset], w, t, rate, model.yield_curve(asset))
    return _core.payoff_weighted_spot(asset, w, t, continuous, rate), mean


def end_controls(
    model: Model,
    times: Sequence[float],
    *,
    option_type: str | None = None,
    strike: float = 0.0,
    continuous: bool = False,
) -> list[Control]:
    """The first asset on the last date, and the vanilla option where its price is known."""
    last = (0.0,) * (len(times) - 1) + (1.0,)
    found = [spot_control(model, last, times, continuous=continuous)]
    lognormal = model.lognormal()
    if option_type is not None and lognormal is not None:
        t, none = array(tuple(times)), array(())
        # the geometric average of one fixing
        terms = _core.AsianTerms(1, 0, sign(option_type), strike, array(last), none, none)
        vanilla = _core.payoff_european(
            sign(option_type), 0, strike, t, continuous, model.rate_curve
        )
        found.append((vanilla, _core.geometric_asian_price(terms, t, lognormal)))
    return found


@dataclass(frozen=True, kw_only=True)
class European(Payoff):
    """A payoff of the spot at expiry.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float, >= 0
    time_to_expiry : float, >= 0, years
    payoff : {"vanilla", "cash", "asset"}
        ``"vanilla"``: what the spot is beyond the strike. ``"cash"``: 1 if it is, 1/2 exactly at
        the strike. ``"asset"``: the spot if it is beyond the strike.
    """

    option_type: Literal["call", "put"]
    strike: float
    time_to_expiry: float
    payoff: Literal["vanilla", "cash", "asset"] = "vanilla"

    def __post_init__(self) -> None:
        sign(self.option_type)
        number("strike", self.strike, NONNEGATIVE)
        number("time_to_expiry", self.time_to_expiry, NONNEGATIVE)
        choice("payoff", self.payoff, ("vanilla", "cash", "asset"))

    def built(self, model: Model) -> _core.Payoff:
        return _core.payoff_european(
            sign(self.option_type),
            choice("payoff", self.payoff, ("vanilla", "cash", "asset")),
            self.strike,
            array((self.time_to_expiry,)),
            False,
            model.rate_curve,
        )

    def controls(self, model: Model) -> list[Control]:
        own = self.option_type if self.payoff != "vanilla" else None
        return end_controls(model, (self.time_to_expiry,), option_type=own, strike=self.strike)


@dataclass(frozen=True, kw_only=True)
class Asian(Payoff):
    """An option on the average of fixings.

    Parameters
    ----------
    option_type : {"call", "put"}
    times : sequence of float, > 0 and ascending, years
        Fixings to come.
    strike : float, >= 0
        Not read where the average is the strike.
    average : {"arithmetic", "geometric"}
    kind : {"fixed_strike", "average_strike"}
        A call pays ``max(average - strike, 0)``, or ``max(spot at expiry - average, 0)``.
    past_fixings : sequence of float, > 0
        Fixings taken so far.
    weights : sequence of float, >= 0, optional
        Of the past fixings, then of those to come; they must add up to 1. Equal by default.
    time_to_expiry : float, optional, years
        When it pays, the last fixing or later; the last fixing by default.
    """

    option_type: Literal["call", "put"]
    times: ArrayLike
    strike: float = 0.0
    average: Literal["arithmetic", "geometric"] = "arithmetic"
    kind: Literal["fixed_strike", "average_strike"] = "fixed_strike"
    past_fixings: ArrayLike = ()
    weights: ArrayLike | None = None
    time_to_expiry: float | None = None

    def __post_init__(self) -> None:
        sign(self.option_type)
        number("strike", self.strike, NONNEGATIVE)
        choice("average", self.average, ("arithmetic", "geometric"))
        choice("kind", self.kind, ("fixed_strike", "average_strike"))
        times = dates("times", self.times)
        past = numbers("past_fixings", self.past_fixings, POSITIVE)
        count = len(past) + len(times)
        weights = (
            (1.0 / count,) * count
            if self.weights is None
            else numbers("weights", self.weights, NONNEGATIVE)
        )
        as_many("weights", weights, "fixings", count)
        if abs(sum(weights) - 1.0) > 1e-9:
            raise ValueError(f"weights add up to {sum(weights)!r}: must add up to 1")
        expiry = times[-1] if self.time_to_expiry is None else self.time_to_expiry
        if not number("time_to_expiry", expiry, POSITIVE) >= times[-1]:
            raise ValueError(
                f"time_to_expiry is {expiry!r}: must be the last of times, {times[-1]!r}, or later"
            )
        keep = object.__setattr__
        keep(self, "times", times)
        keep(self, "past_fixings", past)
        keep(self, "weights", weights)
        keep(self, "time_to_expiry", float(expiry))

    def _schedule(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Dates, and a weight for each."""
        times = dates("times", self.times)
        past = numbers("past_fixings", self.past_fixings)
        weights = numbers("weights", self.weights if self.weights is not None else ())[len(past) :]
        expiry = number("time_to_expiry", self.time_to_expiry)
        return (times, weights) if expiry == times[-1] else ((*times, expiry), (*weights, 0.0))

    def _terms(self, average: int) -> _core.AsianTerms:
        past = numbers("past_fixings", self.past_fixings)
        weights = numbers("weights", self.weights if self.weights is not None else ())
        return _core.AsianTerms(
            average,
            choice("kind", self.kind, ("fixed_strike", "average_strike")),
            sign(self.option_type),
            self.strike,
            array(self._schedule()[1]),
            array(past),
            array(weights[: len(past)]),
        )

    def built(self, model: Model) -> _core.Payoff:
        average = choice("average", self.average, ("arithmetic", "geometric"))
        times = array(self._schedule()[0])
        return _core.payoff_asian(self._terms(average), times, model.rate_curve)

    def controls(self, model: Model) -> list[Control]:
        times, weights = self._schedule()
        found = []
        lognormal = model.lognormal()
        if self.average == "arithmetic" and lognormal is not None:
            terms = self._terms(1)
            mean = _core.geometric_asian_price(terms, array(times), lognormal)
            found.append((_core.payoff_asian(terms, array(times), model.rate_curve), mean))
        found.append(spot_control(model, weights, times))
        return found
