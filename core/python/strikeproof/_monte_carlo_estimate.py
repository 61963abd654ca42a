"""Estimates, and the settings that all simulations share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from strikeproof import _core
from strikeproof._monte_carlo_arguments import NONNEGATIVE, choice, flag, number
from strikeproof.random import SOBOL_POINTS, whole_number

STOPS = ("paths", "target", "maximum")
MOST_PATHS = 2**48
MOST_REPLICATES = 1024


@dataclass(frozen=True)
class Estimate:
    """What a simulation says about an expectation.

    Attributes
    ----------
    value : float
    standard_error : float
        Estimated standard deviation of `value`.
    degrees_of_freedom : float
        Of the standard error: samples, or replicates of quasi-random points, less one.
    paths : int
        Paths simulated, mirrored ones included and those that chose the controls' coefficients not.
    stopped : {"paths", "target", "maximum"}
        Why it ended: all paths simulated; error below its target; target missed by all paths
        allowed.
    control_coefficients : tuple of float
        One for each control variate.
    """

    value: float
    standard_error: float
    degrees_of_freedom: float
    paths: int
    stopped: str
    control_coefficients: tuple[float, ...] = ()

    def confidence_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval that holds the expectation with a given probability, by Student's t.

        Raises
        ------
        ValueError
            `level` is not within (0, 1).
        """
        if not 0.0 < number("level", level) < 1.0:
            raise ValueError(f"level is {level!r}: must be within (0, 1)")
        width = _core.student_two_sided(level, self.degrees_of_freedom)
        return self.value - width * self.standard_error, self.value + width * self.standard_error


class Settings(NamedTuple):
    """In the order of the compiled core."""

    seed: int
    paths: int
    most: int
    method: int
    replicates: int
    antithetic: bool
    absolute_target: float
    relative_target: float

    @classmethod
    def checked(
        cls,
        *,
        paths: int,
        seed: int,
        method: str,
        replicates: int,
        antithetic: bool,
        target_error: float | None,
        target_relative_error: float | None,
        maximum_paths: int | None,
    ) -> Settings:
        """Settings that keep their rules; the message names what breaks one."""
        absolute = _target("target_error", target_error)
        relative = _target("target_relative_error", target_relative_error)
        least = whole_number("paths", paths, 2, MOST_PATHS)
        targeted = absolute > 0.0 or relative > 0.0
        most = whole_number(
            "maximum_paths",
            (max(10**8, least) if maximum_paths is None else maximum_paths) if targeted else least,
            least,
            MOST_PATHS,
        )
        sobol = choice("method", method, ("pseudo", "sobol"))
        copies = whole_number("replicates", replicates, 2, MOST_REPLICATES)
        reach = copies * SOBOL_POINTS // 2
        if sobol and most > reach:
            name = "maximum_paths" if targeted else "paths"
            raise ValueError(f"{name} is {most}: must be at most {reach} by sobol")
        return cls(
            whole_number("seed", seed, 0, 2**64 - 1),
            least,
            most,
            sobol,
            copies,
            flag("antithetic", antithetic),
            absolute,
            relative,
        )


def _target(name: str, value: float | None) -> float:
    return 0.0 if value is None else number(name, value, NONNEGATIVE)


def estimate_of(found: tuple[Any, ...], coefficients: tuple[float, ...] = ()) -> Estimate:
    """What the compiled core found."""
    value, error, degrees, paths, stop = found
    return Estimate(value, error, degrees, paths, STOPS[stop], coefficients)


def finite(estimate: Estimate) -> Estimate:
    """`estimate`, if it is a number."""
    if not (math.isfinite(estimate.value) and math.isfinite(estimate.standard_error)):
        raise ValueError(f"value is {estimate.value!r}: paths leave the range of a double")
    return estimate


def reporter(progress: Callable[[Estimate], Any] | None) -> Callable[[tuple[Any, ...]], Any] | None:
    """What the compiled core calls."""
    if progress is None:
        return None
    if not callable(progress):
        raise TypeError(f"progress is {progress!r}: must be callable")
    return lambda found: progress(estimate_of(found))
