"""One call of a compiled engine: arguments in, results, failures and statuses out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from strikeproof._columns import (
    PLAIN,
    SIGN,
    as_codes,
    as_columns,
    as_float64,
    failure_rule,
    option_sign,
    thread_count,
)
from strikeproof._status import Rule, Status, raise_first

Outputs = Callable[..., Any]


@dataclass(frozen=True)
class Engine:
    """A compiled batch function and what its callers need to be told.

    Parameters
    ----------
    kernel : callable
        ``kernel(columns, outputs, status, threads)`` of the compiled core.
    rules : mapping
        Range of each argument that has one.
    outputs : tuple of str
        Names of the output columns.
    result : callable, optional
        Makes the result of the outputs' values, such as a NamedTuple; a single output needs none.
    words : mapping
        For arguments that take words, such as ``barrier_type``: their numbers.
    one : callable, optional
        ``one(*inputs) -> (*outputs, status)`` of the compiled core, for one contract.
    """

    kernel: Callable[..., None]
    rules: Mapping[str, Rule]
    outputs: tuple[str, ...] = ("price",)
    result: Outputs | None = None
    words: Mapping[str, Mapping[str, float]] | None = None
    one: Callable[..., tuple[Any, ...]] | None = None

    def __call__(
        self,
        arguments: Mapping[str, Any],
        *,
        on_failure: str | None = None,
        return_status: bool = False,
        threads: int | None = None,
        out: Any = None,
        select: tuple[str, ...] | None = None,
        result: Outputs | None = None,
    ) -> Any:
        """Results of the broadcast arguments, given in the order of the kernel's columns.

        Parameters
        ----------
        out : array, or sequence of arrays, optional
            Where the results go, one per selected output: float64, C-contiguous, writable, of the
            broadcast shape.
        select : tuple of str, optional
            Which outputs are wanted; all by default.
        result : callable, optional
            In place of the engine's own.
        """
        if on_failure is None and threads is None and out is None and not return_status:
            found = self._scalar(arguments, select, result)
            if found is not None:
                return found
        shape, columns = as_columns(
            {name: self._values(name, value) for name, value in arguments.items()}
        )
        count = int(np.prod(shape))
        wanted = self.outputs if select is None else select
        values = _output_columns(out, wanted, shape)
        _check_apart(values, columns)
        status = np.empty(count, dtype=np.uint8)
        by_name = dict(zip(wanted, values, strict=True))
        outputs = [by_name.get(name) for name in self.outputs]
        self.kernel(list(columns.values()), outputs, status, thread_count(threads))
        if failure_rule(on_failure, shape == ()) == "raise":
            raise_first(status, columns, self.rules)
        found = self._result(values, shape, out, result or self.result)
        return (found, _status(status, shape)) if return_status else found

    def _scalar(
        self, arguments: Mapping[str, Any], select: tuple[str, ...] | None, result: Outputs | None
    ) -> Any:
        """Result of one contract in plain numbers and words; None where columns must answer."""
        if self.one is None or select is not None:
            return None
        values = []
        for name, value in arguments.items():
            kind = type(value)
            if kind is str:
                value = self._codes(name).get(value)
                if value is None:
                    return None
            elif kind not in PLAIN:
                return None
            values.append(value)
        try:
            *found, status = self.one(*values)
        except (TypeError, RuntimeError):  # an integer beyond the range of float64
            return None
        if status != 0:
            return None
        make = result or self.result
        return found[0] if make is None else make(*found)

    def _codes(self, name: str) -> Mapping[str, float]:
        if name == "option_type":
            return SIGN
        return (self.words or {}).get(name, {})

    def _values(self, name: str, value: Any) -> NDArray[np.float64]:
        if self.words and name in self.words:
            return as_codes(name, value, self.words[name])
        return option_sign(value) if name == "option_type" else as_float64(name, value)

    @staticmethod
    def _result(
        values: list[NDArray[np.float64]], shape: tuple[int, ...], out: Any, result: Outputs | None
    ) -> Any:
        if out is None:
            given = [v.reshape(shape) if shape else float(v[0]) for v in values]
        else:
            given = [out] if isinstance(out, np.ndarray) else list(out)
        return given[0] if result is None else result(*given)


def engine_of(engines: Mapping[str, Engine], accuracy: str) -> Engine:
    """The engine of an accuracy.

    Raises
    ------
    ValueError
        `accuracy` names none; the message lists them.
    """
    try:
        return engines[accuracy]
    except (KeyError, TypeError):
        known = ", ".join(f'"{name}"' for name in engines)
        raise ValueError(f"accuracy is {accuracy!r}: must be one of {known}") from None


def _output_columns(
    out: Any, wanted: tuple[str, ...], shape: tuple[int, ...]
) -> list[NDArray[np.float64]]:
    count = int(np.prod(shape))
    if out is None:
        return [np.empty(count) for _ in wanted]
    arrays = [out] if isinstance(out, np.ndarray) else list(out)
    if len(arrays) != len(wanted):
        raise ValueError(
            f"out holds {len(arrays)} arrays: must be {len(wanted)}, for {', '.join(wanted)}"
        )
    for name, array in zip(wanted, arrays, strict=True):
        _check_output(name, array, shape)
    return [array.reshape(-1) for array in arrays]


def _check_apart(outputs: list[NDArray[np.float64]], inputs: Mapping[str, Any]) -> None:
    """Outputs share no memory with each other nor with an input; columns are contiguous."""
    for k, output in enumerate(outputs):
        if any(np.may_share_memory(output, other) for other in outputs[:k]):
            raise ValueError("arrays of out share memory: give each output its own")
        for name, column in inputs.items():
            if np.may_share_memory(output, column):
                raise ValueError(f"out shares memory with {name}: give it its own array")


def _check_output(name: str, array: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(array, np.ndarray) or isinstance(array, np.ma.MaskedArray):
        raise TypeError(f"out for {name} is {type(array).__name__}: must be a NumPy array")
    if array.dtype != np.float64:
        raise TypeError(f"out for {name} has dtype {array.dtype}: must be float64")
    if array.shape != shape:
        raise ValueError(f"out for {name} has shape {array.shape}: must be {shape}")
    if not (array.flags.c_contiguous and array.flags.aligned and array.flags.writeable):
        raise ValueError(
            f"out for {name} must be writable, aligned and C-contiguous, as numpy.empty makes it"
        )


def _status(status: NDArray[np.uint8], shape: tuple[int, ...]) -> Any:
    return status.reshape(shape) if shape else Status(int(status[0]))
