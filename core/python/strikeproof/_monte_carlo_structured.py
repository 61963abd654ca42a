"""Structured notes: autocallables and cliquets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import as_float64
from strikeproof._monte_carlo_arguments import (
    NONNEGATIVE,
    POSITIVE,
    POSITIVE_OR_INFINITE,
    array,
    as_many,
    choice,
    dates,
    number,
    numbers,
)
from strikeproof._monte_carlo_models import Model
from strikeproof._monte_carlo_payoffs import Control, Payoff, end_controls
from strikeproof._monte_carlo_several import spots_at_expiry


@dataclass(frozen=True, kw_only=True)
class Autocallable(Payoff):
    """A note that ends early once its worst asset has done well enough.

    The worst performance is the smallest ratio of a spot to its reference. On the first date on
    which it is at or above that date's trigger, the note pays ``notional * (1 + coupon)`` of that
    date and ends. If that never happens, it pays the notional on the last date, or, where the worst
    performance was below the protection when that was watched, ``notional * min(worst, 1)``.

    Parameters
    ----------
    times : sequence of float, > 0 and ascending, years
        Observation dates, the last of which ends the note.
    triggers : sequence of float, > 0
        One per date, relative to the references; infinity for a date that cannot end the note.
    coupons : sequence of float
        One per date, as a share of the notional: all that has accrued by then.
    references : float, > 0, or a sequence of them, one per asset
        Spots that count as 1.
    protection : float, >= 0
        Relative to the references.
    protection_watched : {"expiry", "observations"}
        On the last date only, or on every one.
    notional : float, > 0
    """

    times: ArrayLike
    triggers: ArrayLike
    coupons: ArrayLike
    references: ArrayLike
    protection: float
    protection_watched: Literal["expiry", "observations"] = "expiry"
    notional: float = 1.0

    def __post_init__(self) -> None:
        times = dates("times", self.times)
        triggers = numbers("triggers", self.triggers, POSITIVE_OR_INFINITE)
        coupons = numbers("coupons", self.coupons)
        as_many("triggers", triggers, "times", len(times))
        as_many("coupons", coupons, "times", len(times))
        references = numbers(
            "references", np.atleast_1d(as_float64("references", self.references)), POSITIVE
        )
        if not references:
            raise ValueError("references is empty: must hold at least one asset")
        number("protection", self.protection, NONNEGATIVE)
        choice("protection_watched", self.protection_watched, ("expiry", "observations"))
        number("notional", self.notional, POSITIVE)
        keep = object.__setattr__
        keep(self, "times", times)
        keep(self, "triggers", triggers)
        keep(self, "coupons", coupons)
        keep(self, "references", references)

    @property
    def assets(self) -> int:
        return len(numbers("references", self.references))

    def built(self, model: Model) -> _core.Payoff:
        return _core.payoff_autocallable(
            self.notional,
            array(numbers("references", self.references)),
            array(numbers("triggers", self.triggers, POSITIVE_OR_INFINITE)),
            array(numbers("coupons", self.coupons)),
            self.protection,
            self.protection_watched == "expiry",
            array(dates("times", self.times)),
            model.rate_curve,
        )

    def controls(self, model: Model) -> list[Control]:
        return spots_at_expiry(model, dates("times", self.times), self.assets)


@dataclass(frozen=True, kw_only=True)
class Cliquet(Payoff):
    """Notional times a sum of returns, each within local bounds and the sum within global ones.

    Parameters
    ----------
    times : sequence of float, > 0 and ascending, years
        Ends of the periods, the first of which begins now; it pays on the last.
    local_floor, local_cap : float
        Bounds of each period's return ``S(end)/S(start) - 1``; infinite ones do not bind.
    global_floor, global_cap : float
        Bounds of the sum.
    notional : float, > 0
    """

    times: ArrayLike
    local_floor: float = -math.inf
    local_cap: float = math.inf
    global_floor: float = -math.inf
    global_cap: float = math.inf
    notional: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", dates("times", self.times))
        for low, high in (("local_floor", "local_cap"), ("global_floor", "global_cap")):
            floor, cap = getattr(self, low), getattr(self, high)
            if not floor <= cap:
                raise ValueError(f"{low} is {floor!r}: must be at most {high}, {cap!r}")
        number("notional", self.notional, POSITIVE)

    def built(self, model: Model) -> _core.Payoff:
        return _core.payoff_cliquet(
            self.notional,
            self.local_floor,
            self.local_cap,
            self.global_floor,
            self.global_cap,
            array(dates("times", self.times)),
            model.rate_curve,
        )

    def controls(self, model: Model) -> list[Control]:
        return end_controls(model, dates("times", self.times))
