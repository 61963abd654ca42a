"""Lists that a contract carries, such as exercise dates or dividends: one column per entry."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from strikeproof._columns import as_float64
from strikeproof._status import NONNEGATIVE, Rule

EXERCISE = {"european": 0.0, "american": 1.0, "bermudan": 2.0}


def whole(low: int, high: int) -> Rule:
    """Rule of a setting that counts something."""
    return Rule(
        lambda value: low <= value <= high and float(value).is_integer(),
        f"must be a whole number {low} ... {high}",
    )


VANILLA_RULES = dict.fromkeys(("spot", "strike", "time_to_expiry", "volatility"), NONNEGATIVE)


def entries(name: str, values: ArrayLike) -> dict[str, Any]:
    """Columns ``name[0]``, ``name[1]``, ... of an argument whose last axis counts the entries.

    Raises
    ------
    ValueError
        `values` is a scalar: a list of one entry has an axis as well.
    """
    array = as_float64(name, values)
    if array.ndim == 0:
        raise ValueError(f"{name} is a scalar: must be a list, its last axis counts the entries")
    return {f"{name}[{k}]": array[..., k] for k in range(array.shape[-1])}


def cash_dividends(times: ArrayLike, amounts: ArrayLike) -> dict[str, Any]:
    """Columns of the dividends, all times first.

    Raises
    ------
    ValueError
        There are more times than amounts or the other way round.
    """
    dates, sizes = entries("dividend_times", times), entries("dividend_amounts", amounts)
    if len(dates) != len(sizes):
        raise ValueError(
            f"dividend_times holds {len(dates)} entries and dividend_amounts {len(sizes)}: "
            "must be as many"
        )
    return {**dates, **sizes}
