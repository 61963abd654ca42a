"""Payoffs that look at the whole path: barriers and lookbacks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._monte_carlo_arguments import (
    NONNEGATIVE,
    POSITIVE,
    array,
    choice,
    dates,
    number,
    sign,
)
from strikeproof._monte_carlo_models import Model
from strikeproof._monte_carlo_payoffs import Control, Payoff, end_controls

BARRIER_TYPES = ("down_out", "down_in", "up_out", "up_in")
LOOKBACK_KINDS = ("fixed_strike", "floating_strike")
CONTINUOUS = "continuous"


def watching(
    watched: Literal["continuous"] | ArrayLike, time_to_expiry: float
) -> str | tuple[float, ...]:
    """The word, or times that end at expiry or before."""
    if isinstance(watched, str):
        if watched != CONTINUOUS:
            raise ValueError(f"watched is {watched!r}: must be 'continuous' or a list of times")
        return watched
    times = dates("watched", watched)
    if times[-1] > time_to_expiry:
        raise ValueError(
            f"watched is {times[-1]!r} at index {len(times) - 1}: "
            f"must be at most time_to_expiry, {time_to_expiry!r}"
        )
    return times


@dataclass(frozen=True, kw_only=True)
class _Watched(Payoff):
    """What barriers and lookbacks share: a vanilla payoff, and when the path is watched."""

    option_type: Literal["call", "put"]
    time_to_expiry: float
    strike: float = 0.0
    watched: Literal["continuous"] | ArrayLike = CONTINUOUS

    def __post_init__(self) -> None:
        sign(self.option_type)
        number("strike", self.strike, NONNEGATIVE)
        expiry = number("time_to_expiry", self.time_to_expiry, NONNEGATIVE)
        object.__setattr__(self, "watched", watching(self.watched, expiry))

    @property
    def continuous(self) -> bool:
        """Whether the path is watched between dates as well."""
        return isinstance(self.watched, str)

    def _schedule(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Dates, and for each 1 if the path is watched then."""
        times = () if isinstance(self.watched, str) else dates("watched", self.watched)
        if times and times[-1] == self.time_to_expiry:
            return times, (1.0,) * len(times)
        return (*times, self.time_to_expiry), (*(1.0,) * len(times), 0.0)

    def controls(self, model: Model) -> list[Control]:
        return end_controls(
            model,
            self._schedule()[0],
            option_type=self.option_type,
            strike=self.strike,
            continuous=self.continuous,
        )


@dataclass(frozen=True, kw_only=True)
class Barrier(_Watched):
    """A vanilla option that ends, or begins, when the spot reaches a barrier.

    Parameters
    ----------
    barrier_type : {"down_out", "down_in", "up_out", "up_in"}
    option_type : {"call", "put"}
    strike : float, >= 0
    barrier : float, > 0
        Reached by a spot exactly at it.
    time_to_expiry : float, >= 0, years
    rebate : float
        Paid at expiry if the option was knocked out, or was not knocked in.
    watched : {"continuous"} or sequence of float, > 0 and ascending, years
        All the time, the present included, or at these times. Watched all the time, each path
        counts by its chance not to have crossed between steps: exact for `BlackScholes` as long as
        rates and yields are constant between nodes.
    """

    barrier_type: Literal["down_out", "down_in", "up_out", "up_in"]
    barrier: float
    rebate: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        choice("barrier_type", self.barrier_type, BARRIER_TYPES)
        number("barrier", self.barrier, POSITIVE)
        number("rebate", self.rebate)

    def built(self, model: Model) -> _core.Payoff:
        times, watched = self._schedule()
        side, knock = self.barrier_type.split("_")
        return _core.payoff_barrier(
            1 if knock == "in" else 0,
            1 if side == "down" else -1,
            sign(self.option_type),
            self.strike,
            self.barrier,
            self.rebate,
            array(watched),
            array(times),
            self.continuous,
            model.rate_curve,
        )


@dataclass(frozen=True, kw_only=True)
class Lookback(_Watched):
    """An option on the best spot of the path.

    Parameters
    ----------
    option_type : {"call", "put"}
    kind : {"fixed_strike", "floating_strike"}
        Fixed: a call pays ``max(maximum - strike, 0)``, a put ``max(strike - minimum, 0)``.
        Floating: a call pays ``spot - minimum``, a put ``maximum - spot``, at expiry and not below
        0.
    time_to_expiry : float, >= 0, years
    strike : float, >= 0
        Not read where it floats.
    extremum : float, > 0, optional
        Of the past: the maximum for fixed calls and floating puts, else the minimum.
    watched : {"continuous"} or sequence of float, > 0 and ascending, years
        All the time, the present included, or at these times; floating strikes that are watched at
        times need one of them, or an extremum. Watched all the time, the extremum between steps is
        drawn from its law: exact for `BlackScholes`, as for barriers.
    """

    kind: Literal["fixed_strike", "floating_strike"] = "floating_strike"
    extremum: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        choice("kind", self.kind, LOOKBACK_KINDS)
        if self.extremum is not None:
            number("extremum", self.extremum, POSITIVE)

    def built(self, model: Model) -> _core.Payoff:
        times, watched = self._schedule()
        return _core.payoff_lookback(
            choice("kind", self.kind, LOOKBACK_KINDS),
            sign(self.option_type),
            self.strike,
            math.nan if self.extremum is None else self.extremum,
            array(watched),
            array(times),
            self.continuous,
            model.rate_curve,
        )

    def controls(self, model: Model) -> list[Control]:
        strike = self.strike if self.kind == "fixed_strike" else model.spots[0]
        return end_controls(
            model,
            self._schedule()[0],
            option_type=self.option_type,
            strike=strike,
            continuous=self.continuous,
        )
