"""How arguments become columns: broadcasting, types, option types, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float64Array = NDArray[np.float64]
OnFailure = Literal["nan", "raise"]

SIGN = {"call": 1.0, "put": -1.0}
PLAIN = frozenset({float, int, np.float64})


def as_float64(name: str, value: ArrayLike) -> Float64Array:
    """Float64 array of a real-valued argument; float64 input is not copied.

    Raises
    ------
    TypeError
        Booleans, complex numbers, text, objects, masked arrays: naming the argument.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array: fill it first, for example with .filled(nan)")
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise TypeError(f"{name} is not an array of numbers: {error}") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {array.dtype}: must be real numbers; convert it first")
    return array.astype(np.float64, copy=False)


def option_sign(option_type: ArrayLike) -> Float64Array:
    """+1 for calls and -1 for puts, from "call"/"put" (any array of them) or from +1/-1.

    Raises
    ------
    ValueError
        Some entry is neither; the message names it.
    """
    if isinstance(option_type, str):
        return np.array(_sign_of(option_type))
    array = np.asarray(option_type)
    if array.dtype.kind in "iuf":
        signs = array.astype(np.float64, copy=False)
        wrong = np.flatnonzero(np.abs(signs.ravel()) != 1.0)
        if wrong.size:
            raise ValueError(
                f"option_type is {signs.ravel()[wrong[0]]} at index {wrong[0]}: "
                'must be "call", "put", +1 or -1'
            )
        return signs
    if array.dtype.kind not in "UOST":
        raise TypeError(
            f'option_type has dtype {array.dtype}: must be "call"/"put" or +1/-1 numbers'
        )
    words = array.astype(str) if array.dtype.kind == "S" else array
    calls = np.asarray(words == "call", dtype=bool)
    wrong = np.flatnonzero(~(calls | np.asarray(words == "put", dtype=bool)))
    if wrong.size:
        _sign_of(str(words.ravel()[wrong[0]]))
    return np.where(calls, 1.0, -1.0)


def _sign_of(word: str) -> float:
    try:
        return SIGN[word]
    except KeyError:
        raise ValueError(f'option_type is {word!r}: must be "call", "put", +1 or -1') from None


def as_codes(name: str, value: ArrayLike, codes: Mapping[str, float]) -> Float64Array:
    """Numbers of an argument that is given in words: one word, or any array of them.

    Raises
    ------
    ValueError
        Some entry is not one of the words; the message names it.
    """
    words = np.asarray(value)
    if words.dtype.kind not in "UOST":
        raise TypeError(f"{name} has dtype {words.dtype}: must be words, {_listed(codes)}")
    words = words.astype(str)
    numbers = np.full(words.shape, np.nan)
    for word, number in codes.items():
        numbers[words == word] = number
    unknown = np.flatnonzero(np.isnan(numbers))
    if unknown.size:
        raise ValueError(f"{name} is {str(words.ravel()[unknown[0]])!r}: must be {_listed(codes)}")
    return numbers


def _listed(codes: Mapping[str, float]) -> str:
    return "one of " + ", ".join(f'"{word}"' for word in codes)


def as_columns(arguments: Mapping[str, Float64Array]) -> tuple[tuple[int, ...], dict[str, Any]]:
    """Broadcast shape, and each argument as a contiguous column of that length or of length 1.

    Raises
    ------
    ValueError
        The shapes do not broadcast; the message lists them.
    """
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arguments.values()))
    except ValueError:
        shown = ", ".join(f"{name} {a.shape}" for name, a in arguments.items() if a.ndim)
        raise ValueError(f"shapes do not broadcast: {shown}") from None
    return shape, {name: _column(array, shape) for name, array in arguments.items()}


def _column(array: Float64Array, shape: tuple[int, ...]) -> Float64Array:
    if array.size == 1:
        return array.reshape(1)
    if array.shape != shape:
        array = np.broadcast_to(array, shape)
    return np.require(array, requirements=("C", "ALIGNED")).reshape(-1)


def thread_count(threads: int | None) -> int:
    """Number of threads: the processors this process may use when None.

    Raises
    ------
    ValueError
        `threads` is not a positive integer.
    """
    if threads is None:
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ValueError(f"threads is {threads!r}: must be a positive integer or None")
    return min(threads, 1024)


def failure_rule(on_failure: str | None, scalar: bool) -> OnFailure:
    """Rule for failed rows: scalars raise and batches give NaN unless told otherwise.

    Raises
    ------
    ValueError
        `on_failure` is neither "nan" nor "raise".
    """
    if on_failure is None:
        return "raise" if scalar else "nan"
    if on_failure == "nan":
        return "nan"
    if on_failure == "raise":
        return "raise"
    raise ValueError(f'on_failure is {on_failure!r}: must be "nan" or "raise"')
