"""Models whose paths are simulated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from strikeproof import _core
from strikeproof._monte_carlo_arguments import (
    NONNEGATIVE,
    POSITIVE,
    RATE_KINDS,
    VOLATILITY_KINDS,
    CurveTuple,
    array,
    as_many,
    curve,
    number,
    numbers,
)


class Model(ABC):
    """Dynamics of one or more spots under the pricing measure."""

    @property
    @abstractmethod
    def spots(self) -> tuple[float, ...]:
        """Of all assets."""

    @property
    @abstractmethod
    def rate_curve(self) -> CurveTuple:
        """The rate, for the compiled core."""

    @abstractmethod
    def yield_curve(self, asset: int) -> CurveTuple:
        """Dividend yield of an asset, for the compiled core."""

    @abstractmethod
    def dynamics(self, payoff: _core.Payoff) -> _core.Dynamics:
        """Paths on the dates of a payoff."""

    def lognormal(self) -> _core.LognormalModel | None:
        """The model where its spots are lognormal, so that more expectations are known."""
        return None


@dataclass(frozen=True)
class BlackScholes(Model):
    """Lognormal assets; steps are exact whatever their length.

    Parameters
    ----------
    spot : float, > 0, or a sequence of them, one per asset
    volatility : float, >= 0, or `strikeproof.term_structure.VolatilityCurve`
        For several assets a sequence of them.
    rate : float or `strikeproof.term_structure.RateCurve`
        Per year, continuously compounded.
    dividend_yield : float or `strikeproof.term_structure.RateCurve`
        For several assets a sequence of them.
    correlation : array-like, shape (assets, assets), optional
        Symmetric with ones on its diagonal, positive semidefinite; needed for several assets.

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule: the message names argument, value and rule.
    """

    spot: Any
    volatility: Any
    rate: Any = 0.0
    dividend_yield: Any = 0.0
    correlation: Any = None

    def __post_init__(self) -> None:
        several = np.ndim(self.spot) > 0
        spots = numbers("spot", self.spot if several else (self.spot,), POSITIVE)
        count = len(spots)
        if count == 0:
            raise ValueError("spot is empty: must hold at least one asset")
        volatilities = _by_asset("volatility", self.volatility, several, count)
        yields = _by_asset("dividend_yield", self.dividend_yield, several, count)
        keep = object.__setattr__
        keep(self, "spot", spots if several else spots[0])
        keep(self, "volatility", volatilities if several else volatilities[0])
        keep(self, "dividend_yield", yields if several else yields[0])
        keep(self, "correlation", _correlation(self.correlation, count))
        self.lognormal()

    @property
    def spots(self) -> tuple[float, ...]:
        return self.spot if isinstance(self.spot, tuple) else (self.spot,)

    @property
    def rate_curve(self) -> CurveTuple:
        return curve("rate", self.rate, RATE_KINDS)

    def yield_curve(self, asset: int) -> CurveTuple:
        one = self.dividend_yield[asset] if isinstance(self.spot, tuple) else self.dividend_yield
        return curve("dividend_yield", one, RATE_KINDS)

    def lognormal(self) -> _core.LognormalModel:
        volatilities = self.volatility if isinstance(self.spot, tuple) else (self.volatility,)
        return _core.LognormalModel(
            array(self.spots),
            [curve("volatility", one, VOLATILITY_KINDS, NONNEGATIVE) for one in volatilities],
            self.rate_curve,
            [self.yield_curve(asset) for asset in range(len(self.spots))],
            array(tuple(value for row in self.correlation for value in row)),
        )

    def dynamics(self, payoff: _core.Payoff) -> _core.Dynamics:
        return _core.monte_carlo_black_scholes(self.lognormal(), payoff)


@dataclass(frozen=True)
class Merton(Model):
    """One lognormal asset that jumps; steps are exact whatever their length.

    Parameters
    ----------
    spot : float, > 0
    volatility : float, >= 0, or `strikeproof.term_structure.VolatilityCurve`
        Between jumps.
    jump_intensity : float, >= 0, jumps per year
    jump_mean : float
        Mean of a jump of the logarithm of the spot, which is normal.
    jump_volatility : float, >= 0
        Its standard deviation.
    rate, dividend_yield : float or `strikeproof.term_structure.RateCurve`

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule: the message names argument, value and rule.

    Notes
    -----
    `strikeproof.monte_carlo.price` refuses payoffs that are watched all the time: whether a path
    jumped across a barrier and back between two dates is not simulated.
    """

    spot: float
    volatility: Any
    jump_intensity: float
    jump_mean: float
    jump_volatility: float
    rate: Any = 0.0
    dividend_yield: Any = 0.0

    def __post_init__(self) -> None:
        number("spot", self.spot, POSITIVE)
        number("jump_intensity", self.jump_intensity, NONNEGATIVE)
        number("jump_mean", self.jump_mean)
        number("jump_volatility", self.jump_volatility, NONNEGATIVE)
        self._without_jumps().lognormal()

    def _without_jumps(self) -> BlackScholes:
        return BlackScholes(self.spot, self.volatility, self.rate, self.dividend_yield)

    @property
    def spots(self) -> tuple[float, ...]:
        return (self.spot,)

    @property
    def rate_curve(self) -> CurveTuple:
        return curve("rate", self.rate, RATE_KINDS)

    def yield_curve(self, asset: int) -> CurveTuple:
        return self._without_jumps().yield_curve(asset)

    def dynamics(self, payoff: _core.Payoff) -> _core.Dynamics:
        return _core.monte_carlo_merton(
            self._without_jumps().lognormal(),
            self.jump_intensity,
            self.jump_mean,
            self.jump_volatility,
            payoff,
        )


def _by_asset(name: str, value: Any, several: bool, count: int) -> tuple[Any, ...]:
    """One value per asset; a single number or curve holds for all of them."""
    if not several or not isinstance(value, list | tuple | np.ndarray):
        return (value,) * count
    found = tuple(float(v) if isinstance(v, np.floating) else v for v in value)
    as_many(name, found, "spot", count)
    return found


def _correlation(value: Any, count: int) -> tuple[tuple[float, ...], ...]:
    if value is None:
        if count > 1:
            raise ValueError(f"correlation is None: {count} assets need their correlations")
        return ((1.0,),)
    matrix = np.asarray(value, dtype=np.float64)
    if matrix.shape != (count, count):
        raise ValueError(f"correlation has shape {matrix.shape}: must be {(count, count)}")
    for i, j in np.ndindex(count, count):
        entry = float(matrix[i, j])
        if not -1.0 <= entry <= 1.0:
            raise ValueError(f"correlation is {entry!r} at index {(i, j)}: must be within [-1, 1]")
        if entry != matrix[j, i]:
            raise ValueError(f"correlation is {entry!r} at index {(i, j)}: must be symmetric")
        if i == j and entry != 1.0:
            raise ValueError(f"correlation is {entry!r} at index {(i, j)}: must be 1")
    return tuple(map(tuple, matrix.tolist()))
