"""From fair values to quotes: ticks, spreads, noise, and everything that is wrong with quotes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wrds_pipeline.synthetic import truth
from wrds_pipeline.synthetic.truth import QUOTING

Column = NDArray[np.float64]

# Ticks of 0.05 below 3 and of 0.10 above, as on Cboe.
_SMALL_TICK, _LARGE_TICK, _TICK_CHANGES = 0.05, 0.10, 3.0


@dataclass(frozen=True, slots=True)
class Quotes:
    """Bid and offer of each contract, and which of them are quotes of the day before."""

    bid: Column
    offer: Column
    stale: NDArray[np.bool_]
    crossed: NDArray[np.bool_]


def quotes(fair: Column, earlier: tuple[Column, Column], day: dt.date, stream: int) -> Quotes:
    """Quotes in whole ticks around noisy fair values; a few are stale or crossed.

    Parameters
    ----------
    fair : float64 array
        Values on the day, noise of volatility included.
    earlier : two float64 arrays
        Bid and offer of the same contracts on the last date that was published, NaN where they
        were not listed; a stale quote repeats them.
    day : date
    stream : int
        Of the draws; one an underlying.
    """
    generator = truth.generator(day, stream)
    count = len(fair)
    stale = (generator.random(count) < QUOTING.stale_share) & np.isfinite(earlier[0])
    half = 0.025 + 0.008 * fair + 0.05 * np.minimum(np.sqrt(fair), 5.0) * generator.random(count)
    tick = np.where(fair < _TICK_CHANGES, _SMALL_TICK, _LARGE_TICK)
    bid = np.maximum(np.floor((fair - half) / tick) * tick, 0.0)
    offer = (np.floor((fair + half) / tick) + 1.0) * tick
    crossed = generator.random(count) < QUOTING.crossed_share
    swapped = np.where(crossed, offer, bid), np.where(crossed, bid, offer)
    low, high = (
        np.asarray(np.where(stale, before, np.round(side, 2)), dtype=np.float64)
        for side, before in zip(swapped, earlier, strict=True)
    )
    return Quotes(low, high, stale, crossed)
