"""Engines over Polars frames: columns in, columns added, larger than memory if need be.

Needs Polars: ``pip install strikeproof[frame]``. A lazy frame stays lazy; collected by Polars'
streaming engine or written with ``sink_parquet``, it is priced batch by batch in flat memory::

    import polars as pl
    from strikeproof import frame

    quotes = pl.scan_parquet("quotes.parquet")
    frame.price(quotes, option_type="call", rate=0.03).sink_parquet("priced.parquet")

For more than one machine, map the same function over the partitions of a Dask bag or of delayed
files (``pip install strikeproof[dask]``)::

    import dask

    def priced(path):
        target = path.with_suffix(".priced.parquet")
        frame.price(pl.scan_parquet(path), rate=0.03).sink_parquet(target)
        return target

    dask.compute(*[dask.delayed(priced)(path) for path in paths])
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import numpy as np

from strikeproof import black_scholes
from strikeproof._greeks import Greeks

try:
    import polars as pl
except ImportError as error:  # pragma: no cover - the message is what matters
    raise ImportError("strikeproof.frame needs Polars: pip install strikeproof[frame]") from error

__all__ = ["fields", "greeks", "implied_volatility", "price", "takes_words"]

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

_OWN = frozenset({"on_failure", "return_status", "threads", "out", "select"})
_RESULT = "__strikeproof_result"
# Arguments that take words although they have no word as default.
_WORDS = frozenset({"option_type", "barrier_type", "payoff", "method", "watched", "extreme"})
_OPTION_TYPES = frozenset({"call", "put"})


def price(
    frame: Frame,
    *,
    engine: Any = black_scholes,
    name: str = "price",
    status: str | None = None,
    on_failure: str = "nan",
    threads: int | None = None,
    **arguments: Any,
) -> Frame:
    """Frame with a column of prices added.

    Parameters
    ----------
    frame : polars.DataFrame or polars.LazyFrame
        One option in each row.
    engine : module
        Whose ``price`` is called: `strikeproof.black_scholes`, `strikeproof.black`, ...
    name : str
        Name of the new column; a column of that name is replaced.
    status : str, optional
        Name of a further column for the `strikeproof.Status` of each row (UInt8).
    on_failure : {"nan", "raise"}
        What a row without an answer does; the message of an error counts rows within its batch.
    threads : int, optional
        Threads for each batch; all processors by default.
    **arguments
        Arguments of the engine's function: the name of a column, a Polars expression, or a number
        for all rows; for arguments that take words, a word of theirs. Text that names a column is
        that column. What is left out is the column of the argument's own name where the frame
        has it, else the engine's default.

    Returns
    -------
    Of the type of `frame`
        A missing number (null) counts as NaN: the result is NaN, its status NON_FINITE. A missing
        option type is an error, as any word that is none.

    Raises
    ------
    TypeError
        An argument that the engine does not have, or a column that is neither numbers nor words.
    ValueError
        No argument is a column, or what the engine itself refuses.
    polars.exceptions.ColumnNotFoundError
        A column is missing from the frame.
    """
    call = _Call(engine.price, arguments, (name,), status, on_failure, threads)
    return _add(frame, _plan(frame, call))


def implied_volatility(
    frame: Frame,
    *,
    engine: Any = black_scholes,
    name: str = "implied_volatility",
    status: str | None = None,
    on_failure: str = "nan",
    threads: int | None = None,
    **arguments: Any,
) -> Frame:
    """Frame with a column of implied volatilities added.

    Parameters
    ----------
    frame, engine, name, status, on_failure, threads, **arguments
        As for `price`; the option's price is the argument ``price``.

    Returns
    -------
    Of the type of `frame`

    Raises
    ------
    TypeError, ValueError, polars.exceptions.ColumnNotFoundError
        As for `price`.
    """
    call = _Call(engine.implied_volatility, arguments, (name,), status, on_failure, threads)
    return _add(frame, _plan(frame, call))


def greeks(
    frame: Frame,
    *,
    engine: Any = black_scholes,
    select: Iterable[str] | None = None,
    prefix: str = "",
    status: str | None = None,
    on_failure: str = "nan",
    threads: int | None = None,
    **arguments: Any,
) -> Frame:
    """Frame with a column for the price and each Greek added.

    Parameters
    ----------
    frame, engine, status, on_failure, threads, **arguments
        As for `price`.
    select : iterable of str, optional
        Which quantities, for engines whose ``greeks`` takes `select`; all of `fields` by default.
    prefix : str
        Before the name of each new column.

    Returns
    -------
    Of the type of `frame`

    Raises
    ------
    TypeError, ValueError, polars.exceptions.ColumnNotFoundError
        As for `price`.
    """
    selects = "select" in inspect.signature(engine.greeks).parameters
    if select is not None and not selects:
        raise TypeError(f"the Greeks of {engine.__name__} are not selected: leave select out")
    names = fields(engine) if select is None else tuple(select)
    columns = tuple(prefix + name for name in names)
    options = {"select": names} if selects else {}
    call = _Call(engine.greeks, arguments, columns, status, on_failure, threads, options)
    return _add(frame, _plan(frame, call))


def fields(engine: Any) -> tuple[str, ...]:
    """Names of the quantities that an engine's ``greeks`` gives, in their order."""
    kinds = (getattr(engine, name, None) for name in ("SpotGreeks", "TwoAssetGreeks"))
    return tuple(next((kind for kind in kinds if kind is not None), Greeks)._fields)


@dataclass(frozen=True)
class _Call:
    """What the caller asked for."""

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    outputs: tuple[str, ...]
    status: str | None
    on_failure: str
    threads: int | None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    """A call of an engine's function for every batch of a frame."""

    function: Callable[..., Any]
    columns: Mapping[str, pl.Expr]  # arguments that differ by row
    constants: Mapping[str, Any]
    outputs: tuple[str, ...]
    status: str | None


def takes_words(name: str, default: Any) -> bool:
    """Whether an engine's argument of that name and default takes words rather than numbers."""
    return name in _WORDS or isinstance(default, str)


def _is_word(text: str, name: str, default: Any, present: frozenset[str]) -> bool:
    """Whether text given for an argument is a word of the engine's, not the name of a column."""
    if name == "option_type":
        return text in _OPTION_TYPES
    return takes_words(name, default) and text not in present


def _plan(frame: pl.DataFrame | pl.LazyFrame, call: _Call) -> _Plan:
    known = {
        name: parameter.default
        for name, parameter in inspect.signature(call.function).parameters.items()
        if name not in _OWN
    }
    for name in call.arguments:
        if name not in known:
            raise TypeError(f"unknown argument {name!r}: must be among {', '.join(known)}")
    present = frozenset(frame.collect_schema().names())
    columns: dict[str, pl.Expr] = {}
    constants = {"on_failure": call.on_failure, "threads": call.threads, **call.options}
    for name, default in known.items():
        given = call.arguments.get(name, inspect.Parameter.empty)
        if given is inspect.Parameter.empty:
            given = name if name in present or default is given else default
        if isinstance(given, pl.Expr):
            columns[name] = given
        elif isinstance(given, str) and not _is_word(given, name, default, present):
            columns[name] = pl.col(given)
        else:
            constants[name] = given
    if not columns:
        raise ValueError("no argument is a column: price a single option with the engine itself")
    return _Plan(call.function, columns, constants, call.outputs, call.status)


def _add(frame: Frame, plan: _Plan) -> Frame:
    fields = [pl.Field(name, pl.Float64()) for name in plan.outputs]
    if plan.status:
        fields.append(pl.Field(plan.status, pl.UInt8()))
    inputs = [column.alias(name) for name, column in plan.columns.items()]
    call = pl.struct(inputs).map_batches(
        partial(_call, plan), return_dtype=pl.Struct(fields), is_elementwise=True
    )
    with_result = frame.with_columns(call.alias(_RESULT))
    columns = [pl.col(_RESULT).struct.field(field.name) for field in fields]
    return with_result.with_columns(columns).drop(_RESULT)


def _call(plan: _Plan, batch: pl.Series) -> pl.Series:
    """One batch: a struct of the arguments in, a struct of the results out."""
    columns = {name: _values(name, batch.struct.field(name)) for name in plan.columns}
    found, status = plan.function(**columns, **plan.constants, return_status=True)
    values = [found] if len(plan.outputs) == 1 and isinstance(found, np.ndarray) else list(found)
    series = [pl.Series(n, v) for n, v in zip(plan.outputs, values, strict=True)]
    if plan.status:
        series.append(pl.Series(plan.status, status))
    return pl.DataFrame(series).to_struct(batch.name)


def _values(name: str, column: pl.Series) -> Any:
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    words = column.cast(pl.String) if isinstance(column.dtype, pl.Categorical | pl.Enum) else column
    if words.dtype != pl.String:
        raise TypeError(f"{name} is a column of {column.dtype}: must be numbers or words")
    if name != "option_type":
        return words.to_numpy()
    signs = words.replace_strict({"call": 1.0, "put": -1.0}, default=None, return_dtype=pl.Float64)
    unknown = words.filter(signs.is_null())
    if len(unknown):
        raise ValueError(f'option_type is {unknown[0]!r}: must be "call" or "put"')
    return signs.to_numpy()
