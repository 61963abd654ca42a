"""Why a result is not a number, and what to do about it: one list for all engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Status(IntEnum):
    """Outcome of one row of a batch; the numbers are those of the compiled core."""

    OK = 0
    NON_FINITE = 1
    OUT_OF_DOMAIN = 2
    BELOW_INTRINSIC = 3
    ABOVE_MAXIMUM = 4
    NO_TIME_VALUE = 5
    NOT_CONVERGED = 6
    OVERFLOW = 7


class Rule(NamedTuple):
    """Range of an argument, as a test and in words."""

    holds: Callable[[float], bool]
    text: str


NONNEGATIVE = Rule(lambda value: value >= 0.0, "must be >= 0")
POSITIVE = Rule(lambda value: value > 0.0, "must be > 0")
ABOVE_ONE = Rule(lambda value: value > 1.0, "must be > 1")
PROBABILITY = Rule(lambda value: 0.0 <= value <= 1.0, "must be within [0, 1]")
CORRELATION = Rule(lambda value: -1.0 <= value <= 1.0, "must be within [-1, 1]")

# What each failure means where no single argument is to blame.
_MEANING = {
    Status.OUT_OF_DOMAIN: "the arguments together are outside the engine's range",
    Status.BELOW_INTRINSIC: "price is below its intrinsic value: no volatility gives it",
    Status.ABOVE_MAXIMUM: "price is not below its upper bound: no volatility gives it",
    Status.NO_TIME_VALUE: "price equals its intrinsic value to rounding: the volatility is lost",
    Status.NOT_CONVERGED: "the iteration did not reach its accuracy",
    Status.OVERFLOW: "the result is beyond the range of float64",
}


def raise_first(
    status: NDArray[np.uint8],
    columns: Mapping[str, NDArray[np.float64]],
    rules: Mapping[str, Rule],
) -> None:
    """Raise for the first row that failed, naming argument, value and rule.

    Parameters
    ----------
    status : uint8 array, shape (n,)
        Status of each row.
    columns : mapping
        Inputs by argument name, each of shape (n,) or (1,).
    rules : mapping
        Range of each argument that has one.

    Raises
    ------
    ValueError
        Some status is not OK.
    """
    failed = np.flatnonzero(status)
    if failed.size == 0:
        return
    row = int(failed[0])
    values = {name: float(column[row % column.size]) for name, column in columns.items()}
    reason = explain(Status(int(status[row])), values, rules)
    if status.size == 1:
        raise ValueError(reason)
    raise ValueError(
        f"{failed.size} of {status.size} rows failed, first at index {row}: {reason}; "
        'use on_failure="nan" to keep the others'
    )


def explain(status: Status, values: Mapping[str, float], rules: Mapping[str, Rule]) -> str:
    """One sentence on a failed row: which argument, its value, the rule that it breaks."""
    for name, value in values.items():
        if status is Status.NON_FINITE and not np.isfinite(value):
            return f"{name} is {value}: must be finite"
        rule = rules.get(name)
        if status is Status.OUT_OF_DOMAIN and rule is not None and not rule.holds(value):
            return f"{name} is {value!r}: {rule.text}"
    shown = ", ".join(f"{name}={value!r}" for name, value in values.items())
    return f"{_MEANING[status]} ({shown})"
