"""Random and quasi-random numbers that are functions of their place, not of what was drawn before.

Method and sources: ``core/src/random.cpp``. The bits are the same on every machine, whatever its
threads and instruction set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof import _core
from strikeproof._columns import as_float64

__all__ = ["SOBOL_DIMENSIONS", "SOBOL_POINTS", "Sobol", "brownian_bridge", "normals", "uniforms"]

Float64Array = NDArray[np.float64]

SOBOL_DIMENSIONS = 2048
SOBOL_POINTS = 2**32


def whole_number(name: str, value: Any, least: int, most: int) -> int:
    """`value` as an int within [least, most].

    Raises
    ------
    TypeError
        Not an integer.
    ValueError
        Out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} is {value!r}: must be an integer")
    if not least <= value <= most:
        raise ValueError(f"{name} is {value}: must be within {least} and {most}")
    return int(value)


def uniforms(
    *,
    seed: int,
    count: int,
    first: int = 0,
    step: int = 0,
    dimension: int = 0,
    stream: int = 0,
) -> Float64Array:
    """Uniform numbers in (0, 1) of paths `first`, ``first + 1``, ... at one place.

    Parameters
    ----------
    seed : int, below 2**64
    count : int, >= 0
        Paths wanted.
    first : int, >= 0
        The first of them.
    step : int, below 2**32
        Time step of the simulation.
    dimension, stream : int, below 2**16
        Which of the numbers that a step needs, and which independent use of the seed.

    Returns
    -------
    float64 array, shape (count,)
        Odd multiples of 2**-53: never 0 or 1, symmetric about 1/2.

    Raises
    ------
    TypeError, ValueError
        An argument is not an integer, or out of range.

    Notes
    -----
    Philox4x32-10: Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2,
    3, SC'11. Not for cryptography.
    """
    place = _place(seed, step, dimension, stream)
    out = np.empty(whole_number("count", count, 0, 2**40))
    _core.random_uniforms(*place, whole_number("first", first, 0, 2**63), out)
    return out


def normals(
    *,
    seed: int,
    count: int,
    first: int = 0,
    step: int = 0,
    dimension: int = 0,
    stream: int = 0,
) -> Float64Array:
    """Standard normal numbers: `uniforms` through the inverse normal distribution.

    Parameters
    ----------
    seed, count, first, step, dimension, stream
        As for `uniforms`.

    Returns
    -------
    float64 array, shape (count,)

    Raises
    ------
    TypeError, ValueError
        As for `uniforms`.

    Notes
    -----
    Inverse by Wichura (1988), Algorithm AS 241, Applied Statistics 37(3), 477-484.
    """
    place = _place(seed, step, dimension, stream)
    out = np.empty(whole_number("count", count, 0, 2**40))
    _core.random_normals(*place, whole_number("first", first, 0, 2**63), out)
    return out


def _place(seed: int, step: int, dimension: int, stream: int) -> tuple[int, int, int, int]:
    return (
        whole_number("seed", seed, 0, 2**64 - 1),
        whole_number("step", step, 0, 2**32 - 1),
        whole_number("dimension", dimension, 0, 2**16 - 1),
        whole_number("stream", stream, 0, 2**16 - 1),
    )


@dataclass(frozen=True)
class Sobol:
    """Sobol's sequence in Gray code's order, with the directions of Joe and Kuo.

    Parameters
    ----------
    dimensions : int, 1 to 2048
    seed : int, below 2**64, optional
        Seed of Owen's scrambling; the sequence as it is by default, which begins at the origin.
    replicate : int, below 2**32
        Each is an independent scrambling of the same seed.

    Raises
    ------
    TypeError, ValueError
        An argument is not an integer, or out of range.

    Notes
    -----
    Joe and Kuo (2008), SIAM J. Sci. Comput. 30(5), 2635-2654; scrambling by hashing as Burley
    (2020), J. Computer Graphics Techniques 9(4): each point is uniform, every net is kept.
    """

    dimensions: int
    seed: int | None = None
    replicate: int = 0

    def __post_init__(self) -> None:
        whole_number("dimensions", self.dimensions, 1, SOBOL_DIMENSIONS)
        whole_number("replicate", self.replicate, 0, 2**32 - 1)
        if self.seed is not None:
            whole_number("seed", self.seed, 0, 2**64 - 1)

    def uniforms(self, count: int, *, first: int = 0) -> Float64Array:
        """Points `first`, ``first + 1``, ... of the sequence.

        Parameters
        ----------
        count : int, >= 0
        first : int, >= 0

        Returns
        -------
        float64 array, shape (count, dimensions)
            In [0, 1); scrambled in (0, 1).

        Raises
        ------
        TypeError, ValueError
            An argument is not an integer, or the points go beyond the sequence's 2**32.
        """
        return self._points(count, first, normal=False)

    def normals(self, count: int, *, first: int = 0) -> Float64Array:
        """The points of a scrambled sequence through the inverse normal distribution.

        Parameters
        ----------
        count, first
            As for `uniforms`.

        Returns
        -------
        float64 array, shape (count, dimensions)

        Raises
        ------
        TypeError, ValueError
            As for `uniforms`; or the sequence is not scrambled: its origin has no normal.
        """
        if self.seed is None:
            raise ValueError("seed is None: normals need a scrambled sequence, give a seed")
        return self._points(count, first, normal=True)

    def _points(self, count: int, first: int, *, normal: bool) -> Float64Array:
        first = whole_number("first", first, 0, SOBOL_POINTS)
        count = whole_number("count", count, 0, SOBOL_POINTS - first)
        out = np.empty((self.dimensions, count))
        scrambled = self.seed is not None
        _core.sobol_points(
            normal, self.dimensions, scrambled, self.seed or 0, self.replicate, first, out
        )
        return out.T


def brownian_bridge(*, times: ArrayLike, normals: ArrayLike) -> Float64Array:
    """Brownian motion from independent normals, the first of which fix most of the path.

    Parameters
    ----------
    times : array-like, shape (steps,), > 0, ascending, years
    normals : array-like, shape (paths, steps)
        The first is for the last time, the next ones halve the stretches between known times.

    Returns
    -------
    float64 array, shape (paths, steps)
        The motion at each time.

    Raises
    ------
    ValueError
        `times` do not ascend from above 0, or the shapes do not agree.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Glasserman (2004), Monte Carlo Methods in Financial Engineering, section 3.1.
    """
    at = as_float64("times", times)
    given = as_float64("normals", normals)
    if at.ndim != 1 or not np.all(np.isfinite(at)) or not np.all(np.diff(at, prepend=0.0) > 0.0):
        raise ValueError("times must be one row of finite numbers that ascend from above 0")
    if given.ndim != 2 or given.shape[1] != at.size:
        raise ValueError(f"normals have shape {given.shape}: must be (paths, {at.size})")
    out = np.empty((at.size, given.shape[0]))
    _core.brownian_bridge(np.ascontiguousarray(at), np.ascontiguousarray(given.T), out)
    return out.T
