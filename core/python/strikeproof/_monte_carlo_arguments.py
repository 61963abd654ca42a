"""Arguments of Monte Carlo: checked once, kept as plain floats and tuples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof._columns import as_float64, option_sign

Float64Array = NDArray[np.float64]
# kind, times, values, in the order of the compiled core
CurveTuple = tuple[int, Float64Array, Float64Array]

RATE_KINDS = ("flat", "piecewise_constant", "linear_zero", "log_linear_discount", "discounts")
VOLATILITY_KINDS = ("flat", "piecewise_constant", "total_variances", "volatilities")
ANY, NONNEGATIVE, POSITIVE = "must be finite", "must be finite and >= 0", "must be finite and > 0"
POSITIVE_OR_INFINITE = "must be > 0"


def holds(rule: str, value: float) -> bool:
    """Whether a number keeps one of the rules above."""
    if rule == POSITIVE_OR_INFINITE:
        return value > 0.0
    if not math.isfinite(value):
        return False
    return rule == ANY or (value > 0.0 if rule == POSITIVE else value >= 0.0)


def number(name: str, value: Any, rule: str = ANY) -> float:
    """`value` as a float that keeps a rule.

    Raises
    ------
    TypeError, ValueError
        The message names argument, value and rule.
    """
    array = as_float64(name, value)
    if array.ndim != 0:
        raise ValueError(f"{name} has shape {array.shape}: must be one number")
    found = float(array)
    if not holds(rule, found):
        raise ValueError(f"{name} is {found!r}: {rule}")
    return found


def numbers(name: str, values: ArrayLike, rule: str = ANY) -> tuple[float, ...]:
    """`values` as a tuple of floats that keep a rule."""
    array = as_float64(name, values)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}: must be a list of numbers")
    found = tuple(array.tolist())
    for index, value in enumerate(found):
        if not holds(rule, value):
            raise ValueError(f"{name} is {value!r} at index {index}: {rule}")
    return found


def dates(name: str, values: ArrayLike) -> tuple[float, ...]:
    """`values` as times in years, positive and ascending, at least one."""
    found = numbers(name, values, POSITIVE)
    if not found:
        raise ValueError(f"{name} is empty: must hold at least one time")
    for index in range(1, len(found)):
        if not found[index] > found[index - 1]:
            raise ValueError(f"{name} is {found[index]!r} at index {index}: must ascend")
    return found


def as_many(name: str, values: tuple[float, ...], other: str, count: int) -> None:
    """Raise unless there are as many values as another argument has."""
    if len(values) != count:
        raise ValueError(f"{name} holds {len(values)} entries and {other} {count}: must be as many")


def choice(name: str, value: Any, allowed: tuple[str, ...]) -> int:
    """Index of a word among the allowed ones."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}: must be one of {', '.join(map(repr, allowed))}")
    return allowed.index(value)


def flag(name: str, value: Any) -> bool:
    """`value`, which must be a boolean."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} is {value!r}: must be True or False")
    return bool(value)


def sign(option_type: Any) -> float:
    """+1 for a call, -1 for a put."""
    found = option_sign(option_type)
    if found.ndim != 0:
        raise ValueError(f"option_type has shape {found.shape}: must be one option's")
    if not math.isfinite(float(found)):
        raise ValueError(f"option_type is {option_type!r}: must be 'call' or 'put'")
    return float(found)


def array(values: tuple[float, ...]) -> Float64Array:
    """What the compiled core reads."""
    return np.array(values, dtype=np.float64)


def curve(name: str, value: Any, kinds: tuple[str, ...], rule: str = ANY) -> CurveTuple:
    """A number, or a curve of `strikeproof.term_structure`, for the compiled core."""
    kind = getattr(value, "kind", None)
    if kind is None:
        return 0, np.empty(0), array((number(name, value, rule),))
    if kind not in kinds or getattr(value, "KINDS", None) != kinds:
        wanted = "VolatilityCurve" if kinds is VOLATILITY_KINDS else "RateCurve"
        raise TypeError(f"{name} is {value!r}: must be a number or a {wanted}")
    return kinds.index(kind), array(tuple(value.times)), array(tuple(value.values))
