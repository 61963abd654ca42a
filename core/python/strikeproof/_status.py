"""Why a result is not a number, and what to do about it: one list for all engines."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

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


# What each failure means where no single argument is to blame.
_MEANING = {
    Status.BELOW_INTRINSIC: "price is below its intrinsic value: no volatility gives it",
    Status.ABOVE_MAXIMUM: "price is not below its upper bound: no volatility gives it",
    Status.NO_TIME_VALUE: "price equals its intrinsic value to rounding: the volatility is lost",
    Status.NOT_CONVERGED: "the iteration did not reach its accuracy",
    Status.OVERFLOW: "the result is beyond the range of float64",
}


def raise_first(
    status: NDArray[np.uint8],
    columns: Mapping[str, NDArray[np.float64]],
    nonnegative: frozenset[str],
) -> None:
    """Raise for the first row that failed, naming argument, value and rule.

    Parameters
    ----------
    status : uint8 array, shape (n,)
        Status of each row.
    columns : mapping
        Inputs by argument name, each of shape (n,) or (1,).
    nonnegative : frozenset of str
        Arguments that must be at least 0.

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
    reason = explain(Status(int(status[row])), values, nonnegative)
    if status.size == 1:
        raise ValueError(reason)
    raise ValueError(
        f"{failed.size} of {status.size} rows failed, first at index {row}: {reason}; "
        'use on_failure="nan" to keep the others'
    )


def explain(status: Status, values: Mapping[str, float], nonnegative: frozenset[str]) -> str:
    """One sentence on a failed row: which argument, its value, the rule that it breaks."""
    for name, value in values.items():
        if status is Status.NON_FINITE and not np.isfinite(value):
            return f"{name} is {value}: must be finite"
        if status is Status.OUT_OF_DOMAIN and name in nonnegative and value < 0.0:
            return f"{name} is {value!r}: must be >= 0"
    shown = ", ".join(f"{name}={value!r}" for name, value in values.items())
    return f"{_MEANING[status]} ({shown})"
