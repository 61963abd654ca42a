"""One product on its declared grid: both libraries' values, and who is right where they differ.

QuantLib is asked one contract at a time, strikeproof for the whole batch. Where the two differ by
more than the product's tolerance, or QuantLib gives no number, a third method decides: the one that
is within the tolerance of it is right, and the row says so. A row that neither wins counts against
strikeproof.
"""

from __future__ import annotations

import importlib
import math
import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence import parity_grid
from tasks.evidence.processes import end_with_parent
from tasks.evidence.progress import Progress

SPOT = 100.0  # errors of prices are in this unit
Contract = dict[str, Any]
Row = dict[str, Any]
_CHUNK = 25  # points between two reports of progress; the unit of work of a process
_PROCESSES = 2


@dataclass(frozen=True)
class Product:
    """How a point of the grid becomes a contract, and who prices it."""

    name: str
    module: str  # where PRODUCT is this one: a worker process imports it by that name
    engine: str  # QuantLib's engine and settings
    contract: Callable[[Mapping[str, Any]], Contract]
    ours: Callable[[dict[str, Any]], Mapping[str, Any]]  # columns of a batch -> by quantity
    quantlib: Callable[[Contract], Mapping[str, float]]
    third: Callable[[Contract, str], float]
    third_method: str
    slow: bool = False  # a full run spreads it over processes


def engine_text(product: Product) -> str:
    """QuantLib's version, engine and settings, as a row names them."""
    return f"QuantLib {ql.__version__} {product.engine}"


def years(days: int) -> float:
    """Time to expiry of whole days, on both sides."""
    return days / 365.0


def columns(contracts: Sequence[Contract]) -> dict[str, Any]:
    """Contracts as columns of a batch."""
    return {name: np.array([row[name] for row in contracts]) for name in contracts[0]}


def scaled(difference: float, *values: float) -> float:
    """A difference in units of the larger of 1 and the values."""
    return difference / max(1.0, *map(abs, values))


def checked(contract: Contract) -> Contract:
    """The same contract, refused where QuantLib would price nonsense without complaint.

    Raises
    ------
    ValueError
        A number is not finite, or a time or volatility not above 0 (QuantLib takes a negative
        volatility, and calls an option worthless on its expiry date).
    """
    for name, value in contract.items():
        if isinstance(value, str):
            continue
        numbers = np.asarray(value, dtype=float)
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name} = {value}: must be finite; correct the grid")
        if name.startswith(("volatilit", "time_to_expiry", "spot")) and not (numbers > 0.0).all():
            raise ValueError(f"{name} = {value}: must be above 0; correct the grid")
    return contract


def _asked(product: Product, contract: Contract) -> tuple[Mapping[str, float], str | None]:
    """QuantLib's values, and what it said where it gave none."""
    try:
        values = product.quantlib(checked(contract))
    except RuntimeError as error:
        return {}, str(error).splitlines()[0]
    bad = [f"{name} is {value}" for name, value in values.items() if not math.isfinite(value)]
    finite = {name: value for name, value in values.items() if math.isfinite(value)}
    return finite, ", ".join(bad) or None


def judged(
    product: Product,
    contract: Contract,
    quantity: str,
    ours: float,
    theirs: float | None,
    said: str | None,
    tolerance: float,
) -> Row:
    """The part of a row that is found: values, errors, verdict, third opinion."""
    error = None if theirs is None else abs(ours - theirs)
    row: Row = {"quantity": quantity, "strikeproof": ours, "quantlib": theirs, "abs_error": error}
    row["rel_error"] = None
    row["error_in_tolerances"] = None
    if theirs is not None and error is not None:
        size = max(abs(ours), abs(theirs))
        row["rel_error"] = error / size if error > 0.0 else 0.0
        row["error_in_tolerances"] = scaled(error, ours, theirs) / tolerance
    row |= {"engine": engine_text(product), "verdict": "agree"}
    row |= {"third": None, "third_method": None, "quantlib_says": said}
    if row["error_in_tolerances"] is None or row["error_in_tolerances"] > 1.0:
        third = float(product.third(contract, quantity))
        near = scaled(abs(ours - third), ours, third) <= tolerance
        row |= {"third": third, "third_method": product.third_method}
        row["verdict"] = "strikeproof" if near else "quantlib"
    return row


def rows_of(
    product: Product,
    points: Sequence[Mapping[str, Any]],
    ours: Sequence[Mapping[str, float]],
    tolerance: float,
) -> list[Row]:
    """Rows of some points, given our values of each by quantity."""
    rows = []
    for point, values in zip(points, ours, strict=True):
        contract = product.contract(point)
        theirs, said = _asked(product, contract)
        for quantity, value in values.items():
            answer = theirs.get(quantity)
            note = said if answer is None else None
            found = judged(product, contract, quantity, value, answer, note, tolerance)
            rows.append(dict(point) | found)
    return rows


def our_values(product: Product, points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, float]]:
    """Strikeproof's values of the points as one batch, by point and quantity."""
    found = product.ours(columns([product.contract(point) for point in points]))
    arrays = {name: np.asarray(values, dtype=float).tolist() for name, values in found.items()}
    return [dict(zip(arrays, row, strict=True)) for row in zip(*arrays.values(), strict=True)]


def product_of(module: str) -> Product:
    """The product that a module declares."""
    found: Product = importlib.import_module(module).PRODUCT
    return found


def _chunk(
    module: str,
    points: Sequence[Mapping[str, Any]],
    ours: Sequence[Mapping[str, float]],
    tolerance: float,
) -> list[Row]:
    return rows_of(product_of(module), points, ours, tolerance)


def compare(
    product: Product,
    points: Sequence[Mapping[str, Any]],
    tolerance: float,
    progress: Progress,
    processes: int = 1,
) -> list[Row]:
    """Rows of all points in their order, however many processes share the work."""
    ours = our_values(product, points)
    starts = range(0, len(points), _CHUNK)
    parts: dict[int, list[Row]] = {}

    def done() -> None:
        progress(min(len(parts) * _CHUNK, len(points)), len(points))

    if processes == 1:
        for start in starts:
            part = slice(start, start + _CHUNK)
            parts[start] = rows_of(product, points[part], ours[part], tolerance)
            done()
    else:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, spawn, end_with_parent, (os.getpid(),)) as pool:
            jobs = {}
            for start in starts:
                part = slice(start, start + _CHUNK)
                job = pool.submit(_chunk, product.module, points[part], ours[part], tolerance)
                jobs[job] = start
            for job in as_completed(jobs):
                parts[jobs[job]] = job.result()
                done()
    return [row for start in starts for row in parts[start]]


class Writer(Protocol):
    """What writes a product's artifact."""

    def __call__(
        self,
        output: Path,
        *,
        inputs: Mapping[str, Path],
        config: Mapping[str, Any],
        progress: Progress,
    ) -> None:
        """Write the table under `config`'s profile and tolerance."""


def writer(product: Product) -> Writer:
    """What writes the parity table of a product under a profile and tolerance."""

    def write(
        output: Path,
        *,
        inputs: Mapping[str, Path],  # noqa: ARG001 - the compiled core, imported as strikeproof
        config: Mapping[str, Any],
        progress: Progress,
    ) -> None:
        from tasks.evidence import parity_store

        declared = parity_grid.declared()[product.name]
        profile, tolerance = config["profile"], config["tolerance"]
        points = parity_grid.points(declared, profile)
        processes = _PROCESSES if product.slow and profile == "full" else 1
        rows = compare(product, points, tolerance, progress, processes)
        parity_store.write(output, declared, rows)

    return write


@lru_cache(maxsize=4096)
def repriced(module: str, point: tuple[tuple[str, Any], ...], tolerance: float) -> tuple[Row, ...]:
    """Rows of one point anew, by its items; remembered, since lies are tried on the same sample."""
    product = product_of(module)
    points = [dict(point)]
    return tuple(rows_of(product, points, our_values(product, points), tolerance))


def module_of(name: str) -> str:
    """Module that declares the product of a name."""
    return f"{__package__}.{name}"
