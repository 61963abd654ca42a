"""strikeproof beside other packages: the same quotes, interleaved in one run, exact answers.

A round asks every question of every package once, in a shuffled order; the time of a row is the
median over rounds, its spread the median absolute deviation over the median. Timed is the call
as a user makes it from Python; see `adapters` for what stands outside.

Errors are relative to exact values of the first rows of each set: 60 digits for European options,
those of `product_truth` for other products. A failure is a result that is not finite or further
than `plan.failure` from the truth: for a volatility, of all rows, against the one that made the
quote (which a recoverable price determines a hundred times closer); for everything else, of the
rows with an exact answer. `judged_rows` says of how many.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.evidence import optional_tables, tables
from tasks.evidence.peers import environment, plan, product_quotes
from tasks.evidence.peers import quotes as quote_sets
from tasks.evidence.peers.plan import EVERYONE, QUESTIONS, THREADS
from tasks.evidence.progress import Progress

Ask = Callable[..., dict[str, Any]]
Column = NDArray[np.float64]


@dataclass
class Row:
    """One cell of the comparison: a question, a package, a number of threads."""

    work: str
    quotes: str
    package: str
    threads: int
    times: list[float] = field(default_factory=list)
    rows: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    note: str | None = None

    def record(self, version: str) -> dict[str, Any]:
        """The table's row."""
        head: dict[str, Any] = {
            "work": self.work,
            "quote_set": self.quotes,
            "package": self.package,
        }
        head |= {"version": version, "threads": self.threads, "note": self.note}
        if self.note is not None:
            return head
        median = statistics.median(self.times)
        spread = statistics.median(abs(time - median) for time in self.times) / median
        measured = {"ns_per_option": median, "spread": spread, "rounds": len(self.times)}
        return head | measured | {"rows": self.rows} | self.found


def write_peers(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Measure everything that the plan declares and write the table.

    Parameters
    ----------
    output : Path
        CSV to write.
    inputs : mapping
        ``core``: the compiled core; ``requirements``: the pins of the peers' environment.
    progress : callable
        Called with (done, total) steps.

    Raises
    ------
    ValueError
        The environment cannot be made, or a process in it ended early.
    """
    python = environment.ensure(inputs["requirements"])
    with tempfile.TemporaryDirectory(prefix="strikeproof-peers-") as name, ExitStack() as stack:
        folder = Path(name)
        environment.copy_package(inputs["core"], folder)
        for quotes, domain in quote_sets.DOMAINS.items():
            quote_sets.save(quote_sets.make(domain), folder, quotes)
        for product in product_quotes.SETS:
            quote_sets.save(product_quotes.make(product), folder, product)
        asked = {
            threads: stack.enter_context(environment.Asked(python, folder, threads))
            for threads in THREADS
        }
        frame = measure(asked, folder, progress)
    tables.write_table(frame, output, optional_tables.PeersTable)


def measure(
    asked: Mapping[int, Ask], folder: Path, progress: Progress, rounds: int = plan.ROUNDS
) -> pl.DataFrame:
    """Table of the comparison.

    Parameters
    ----------
    asked : mapping
        Who answers the commands of `runner`, by number of threads.
    folder : Path
        Where the quotes lie and the answers' columns are left.
    """
    cells = [
        Row(*question, package, threads)
        for question in QUESTIONS
        for package in plan.asked(question[0])
        for threads in asked
        if threads == min(asked) or question[0] not in plan.ONE_THREAD
    ]
    versions = {p: asked[min(asked)](do="version", package=p)["version"] for p in EVERYONE}
    total = len(QUESTIONS) * (1 + rounds)
    for step, question in enumerate(QUESTIONS):
        _check(question, [c for c in cells if (c.work, c.quotes) == question], asked, folder)
        progress(step + 1, total)
    shuffled = random.Random(plan.SEED)
    for done in range(rounds):
        for step, question in enumerate(shuffled.sample(QUESTIONS, len(QUESTIONS))):
            mine = [c for c in cells if (c.work, c.quotes) == question and c.note is None]
            for cell in shuffled.sample(mine, len(mine)):
                _time(cell, asked[cell.threads])
            progress(len(QUESTIONS) * (done + 1) + step + 1, total)
    records = [cell.record(versions[cell.package]) for cell in cells]
    columns = {name: c.dtype for name, c in optional_tables.PeersTable.columns().items()}
    return pl.DataFrame(records, schema=columns)


def _time(cell: Row, ask: Ask) -> None:
    answer = ask(do="time", work=cell.work, set=cell.quotes, package=cell.package)
    cell.times.append(1e9 * answer["seconds"] / answer["rows"])


def _check(question: tuple[str, str], cells: list[Row], asked: Mapping[int, Ask], at: Path) -> None:
    """Find out who answers, and compare the answers with the exact ones."""
    work, quotes = question
    exact = "price" if work == "scalar_price" else work
    wanted = {"work": exact, "set": quotes, "rows": plan.checked_rows(work)}
    asked[min(asked)](do="truth", **wanted)
    outputs, sizes = np.load(at / "truth.npy")
    generating = None
    if work == "implied_volatility":
        generating = np.load(at / f"{quotes}.npy")[plan.COLUMNS.index("volatility")]
    for cell in cells:
        answer = asked[cell.threads](do="values", work=work, set=quotes, package=cell.package)
        if "absent" in answer:
            cell.note = answer["absent"]
            continue
        cell.rows = answer["rows"]
        values = np.load(at / "values.npy")
        cell.found = accuracy(values, outputs, sizes, generating, plan.failure(work))


def accuracy(
    values: Column,
    outputs: Column,
    sizes: Column,
    generating: Column | None,
    failure: float = plan.FAILURE,
) -> dict[str, Any]:
    """Failures and relative errors of a package's answers.

    Parameters
    ----------
    values : array of outputs by rows
        What the package answered.
    outputs, sizes : arrays of outputs by checked rows
        Exact answers of the first rows, and what errors are relative to.
    generating : array, optional
        Known answer of every row, good to far better than a failure's limit.
    failure : float
        Relative error from which an answer counts as none.
    """
    checked = min(values.shape[1], outputs.shape[1])
    with np.errstate(all="ignore"):
        errors = np.abs(values[:, :checked] - outputs[:, :checked]) / sizes[:, :checked]
        if generating is None:
            judged = errors
        else:
            known = generating[: values.shape[1]]
            judged = np.abs(values - known) / known
    finite = errors[np.isfinite(errors)]
    return {
        "failures": int((~(judged <= failure)).any(axis=0).sum()),  # NaN fails
        "judged_rows": judged.shape[1],
        "checked_rows": checked,
        "max_relative_error": float(finite.max()) if finite.size else None,
        "median_relative_error": float(np.median(finite)) if finite.size else None,
    }
