"""``strikeproof price``, ``greeks`` and ``iv``: one contract, or a file of them."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import polars as pl

from strikeproof import Status, frame
from strikeproof.cli import engines, text
from strikeproof.cli.by_engine import ByEngine
from strikeproof.cli.columns import option_signs
from strikeproof.cli.files import Table, TableError, number, write, write_csv
from strikeproof.cli.refusal import refusing

_STATUS = "status"
_UNANSWERED = 1
_NAMED = 3  # rows without an answer that are explained one by one


def _command(function: str, name: str, summary: str) -> Callable[..., Any]:
    """Decorator: a command of an engine's function with the options that all such commands have."""
    offered = engines.offering(function)
    decorators = [
        click.command(name, cls=ByEngine, function=function, help=_help(summary, name)),
        click.argument("file", required=False, type=click.Path(path_type=Path)),
        click.option("--engine", type=click.Choice(offered), default=offered[0], show_default=True,
                     help="The model; with --help, its own options are shown."),
        click.option("-o", "--output", type=click.Path(path_type=Path),
                     help="CSV or Parquet file to write; standard output by default, as CSV."),
        click.option("--json", "as_json", is_flag=True,
                     help="Of one contract: JSON with every digit."),
        click.option("--threads", type=click.IntRange(min=1),
                     help="Threads to use; all processors by default."),
    ]  # fmt: skip

    def decorate(call: Callable[..., Any]) -> Any:
        for decorator in reversed(decorators):
            call = decorator(call)
        return call

    return decorate


def _help(summary: str, name: str) -> str:
    return f"""{summary}

    Without FILE, of the one contract that the options describe. With FILE (.csv or .parquet), of
    each of its rows: an option's value is then a number for all rows, a word, or the name of a
    column, and what is left out is the column of its own name. A row without an answer has an empty
    result and says why in the column "status"; the exit code is then 1.

    \b
    Examples:
      strikeproof {name} {_EXAMPLES[name]}
      strikeproof {name} quotes.csv --rate 0.03 -o {name}.parquet
    """


_EXAMPLES = {
    "price": "--option-type put --spot 100 --strike 95 --time-to-expiry 0.5 --rate 0.03 "
    "--volatility 0.2",
    "greeks": "--engine american --option-type put --spot 100 --strike 95 --time-to-expiry 0.5 "
    "--rate 0.03 --volatility 0.2",
    "iv": "--option-type put --price 4.2 --spot 100 --strike 95 --time-to-expiry 0.5 --rate 0.03",
}


@_command("price", "price", "Prices of options.")
def price(**given: Any) -> None:
    """Command ``price``."""
    _run("price", given)


@_command("greeks", "greeks", "Prices and Greeks of options, as raw derivatives.")
def greeks(**given: Any) -> None:
    """Command ``greeks``."""
    _run("greeks", given)


@_command("implied_volatility", "iv", "Implied volatilities of prices.")
def implied_volatility(**given: Any) -> None:
    """Command ``iv``."""
    _run("implied_volatility", given)


def _run(function: str, given: dict[str, Any]) -> None:
    own = {name: given.pop(name) for name in ("file", "engine", "output", "as_json", "threads")}
    told = {name: value for name, value in given.items() if value is not None}
    if own["file"] is None:
        _one(function, own, told)
    elif own["as_json"]:
        raise click.UsageError("--json is for one contract; a file's results are CSV or Parquet")
    else:
        _file(function, own, told)


# --- one contract -----------------------------------------------------------------------------


def _one(function: str, own: Mapping[str, Any], told: Mapping[str, str]) -> None:
    if own["output"] is not None:
        raise click.UsageError("--output is for a file of contracts")
    needed = engines.arguments(own["engine"], function)
    missing = [
        "--" + name.replace("_", "-")
        for name, default in needed.items()
        if default is inspect.Parameter.empty and name not in told
    ]
    if missing:
        raise click.UsageError(f"{own['engine']} needs {', '.join(missing)}")
    values = {name: _value(name, value, needed[name]) for name, value in told.items()}
    with refusing():
        found = getattr(engines.engine(own["engine"]), function)(**values)
    named = {function: found} if isinstance(found, float) else found._asdict()
    named = {name: float(value) for name, value in named.items()}
    if own["as_json"]:
        click.echo(text.exact(named))
    else:
        click.echo(text.aligned((name, text.friendly(value)) for name, value in named.items()))


def _value(name: str, value: str, default: Any) -> float | int | str:
    found = number(value)
    if isinstance(default, int) and not isinstance(default, bool) and found is not None:
        return int(found) if found == int(found) else found
    if found is not None:
        return found
    if frame.takes_words(name, default):
        return value
    raise click.UsageError(f"--{name.replace('_', '-')} is {value!r}: must be a number")


# --- a file -----------------------------------------------------------------------------------


class _Job:
    """One run over a file: what is added to each piece, and what had no answer."""

    def __init__(self, function: str, own: Mapping[str, Any], told: Mapping[str, str]) -> None:
        self.table = Table(own["file"])
        self.function = function
        self.engine: ModuleType = engines.engine(own["engine"])
        self.threads: int | None = own["threads"]
        self.needed = engines.arguments(own["engine"], function)
        self.schema = self.table.schema()
        self.arguments = {name: self._argument(name, value) for name, value in told.items()}
        self.columns = self._columns()
        self.unanswered = 0
        self.reasons: list[str] = []

    def _argument(self, name: str, value: str) -> float | str:
        if value in self.schema:
            return value
        found = number(value)
        if found is not None:
            return found
        if self._is_word(name):
            return value
        raise TableError(
            f"{self.table.path}: has no column {value!r} for --{name.replace('_', '-')}; its "
            f"columns are {', '.join(self.schema)}"
        )

    def _is_word(self, name: str) -> bool:
        return frame.takes_words(name, self.needed[name])

    def _columns(self) -> dict[str, str]:
        """Column of each argument that differs by row."""
        found = {}
        for name, default in self.needed.items():
            given = self.arguments.get(name, name if name in self.schema else None)
            if isinstance(given, str) and given in self.schema:
                found[name] = given
            elif given is None and default is inspect.Parameter.empty:
                option = "--" + name.replace("_", "-")
                raise TableError(
                    f"{self.table.path}: has no column {name}; name the column, or give one number "
                    f"for all rows, with {option}; its columns are {', '.join(self.schema)}"
                )
        if not found:
            raise TableError(f"{self.table.path}: no argument is a column; leave out the file")
        return found

    def pieces(self, follow: Callable[[int], None]) -> Iterator[pl.DataFrame]:
        """The file's rows with their results."""
        numbers = [column for name, column in self.columns.items() if not self._is_word(name)]
        for first, piece in self.table.batches(numbers):
            words = self._words(piece, first)
            yield self._told(self._added(words), first)
            follow(len(piece))

    def _words(self, piece: pl.DataFrame, first: int) -> pl.DataFrame:
        """Option types of the piece checked, so that a wrong one is named by its line."""
        column = self.columns.get("option_type")
        if column is None:
            return piece
        option_signs(self.table, piece[column], first)
        if piece[column].dtype.is_numeric():
            return piece
        return piece.with_columns(pl.col(column).cast(pl.String).str.strip_chars())

    def _added(self, piece: pl.DataFrame) -> pl.DataFrame:
        call = getattr(frame, self.function)
        added: pl.DataFrame = call(
            piece, engine=self.engine, status=_STATUS, threads=self.threads, **self.arguments
        )
        return added

    def _told(self, piece: pl.DataFrame, first: int) -> pl.DataFrame:
        """The piece with statuses as words and no NaN; rows without an answer are counted."""
        failed = (piece[_STATUS] != 0).arg_true()
        self.unanswered += len(failed)
        for row in failed[: _NAMED - len(self.reasons)]:
            place = self.table.place(first + row)
            self.reasons.append(f"{place}: {self._reason(piece.row(row, named=True))}")
        names = {int(status): status.name.lower() for status in Status}
        return piece.with_columns(
            pl.col(_STATUS).replace_strict(names, return_dtype=pl.String),
            *(pl.col(name).fill_nan(None) for name in self.results()),
        )

    def _reason(self, row: Mapping[str, Any]) -> str:
        values = {name: row[column] for name, column in self.columns.items()}
        values |= {name: v for name, v in self.arguments.items() if name not in self.columns}
        missing = [self.columns[name] for name, value in values.items() if value is None]
        if missing:
            return f"{missing[0]} is empty"
        try:
            getattr(self.engine, self.function)(**values)
        except (ValueError, TypeError) as error:
            return str(error)
        return Status(row[_STATUS]).name.lower()

    def results(self) -> tuple[str, ...]:
        """Names of the new columns of numbers."""
        if self.function != "greeks":
            return (self.function,)
        return frame.fields(self.engine)

    def result_schema(self) -> dict[str, Any]:
        """Columns of the result and their types."""
        types: dict[str, Any] = {}
        for name, column in self.columns.items():
            if name == "option_type" and not self.schema[column].is_numeric():
                types[column] = pl.String()
            elif self.schema[column] == pl.String and not self._is_word(name):
                types[column] = pl.Float64()
        results = {name: pl.Float64() for name in self.results()}
        return {**self.schema, **types, **results, _STATUS: pl.String()}


def _file(function: str, own: Mapping[str, Any], told: Mapping[str, str]) -> None:
    with refusing():
        job = _Job(function, own, told)
        schema = job.result_schema()
        with _progress(job.table.rows(), quiet=own["output"] is None) as follow:
            if own["output"] is None:
                write_csv(sys.stdout.buffer, schema, job.pieces(follow))
            else:
                write(own["output"], schema, lambda: job.pieces(follow))
    if job.unanswered:
        click.echo(f"{job.unanswered} rows have no answer:", err=True)
        for reason in job.reasons:
            click.echo(f"  {reason}", err=True)
        if job.unanswered > len(job.reasons):
            click.echo(f"  and {job.unanswered - len(job.reasons)} more", err=True)
        raise SystemExit(_UNANSWERED)


@contextlib.contextmanager
def _progress(rows: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar on standard error; none where that is not a terminal or results go to the screen."""
    if quiet or not sys.stderr.isatty():
        yield lambda _rows: None
        return
    with click.progressbar(length=rows, label="rows", file=sys.stderr) as bar:
        yield bar.update
