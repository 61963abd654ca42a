"""The `frontier` artifact: error against time, every method of one product on one picture.

American puts: twenty random contracts, whole days to expiry, errors against QuantLib's collocation
beyond its finest scheme, which itself is good to some 3e-9: smaller errors are not told apart.
Heston: five surfaces of `smile_surfaces`, errors on their reference calls of 30 digits on a forward
of 1. Asian and down-and-out calls: eight contracts, truths of `path_options`. Times are medians
over rounds in which all methods take turns. QuantLib's options and engines are built beforehand,
only the pricing is timed; ours takes columns.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import strikeproof as sp
from tasks.evidence import optional_tables, plotting, smile_surfaces, tables
from tasks.evidence.oracles import american as american_oracle
from tasks.evidence.oracles import heston as heston_oracle
from tasks.evidence.oracles import path_methods
from tasks.evidence.progress import Progress
from tasks.evidence.thirds import path_options

OURS, THEIRS = "strikeproof", "QuantLib"
_CONTRACTS = 20
_ROUNDS = 3
_LEAST_SECONDS = 0.02  # of a timed call: cheap methods repeat their batch

Floats = NDArray[np.float64]
Work = Callable[[], Any]


@dataclass(frozen=True)
class Method:
    """A method at one setting: what is timed, and what its errors are taken from."""

    product: str
    library: str
    method: str
    setting: str
    timed: Work
    options: int  # priced by one timed call
    prices: Work
    truth: Floats


def contracts() -> list[dict[str, float]]:
    """American puts on a spot of 100 where early exercise matters."""
    random = np.random.default_rng(20261125)
    return [
        {
            "spot": 100.0,
            "strike": float(random.uniform(80.0, 120.0)),
            "time_to_expiry": int(random.integers(30, 1095)) / 365.0,
            "rate": float(random.uniform(0.01, 0.08)),
            "dividend_yield": float(random.uniform(0.0, 0.06)),
            "volatility": float(random.uniform(0.1, 0.5)),
        }
        for _ in range(_CONTRACTS)
    ]


def _american() -> list[Method]:
    rows = contracts()
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    stacked = {name: np.tile(values, 5) for name, values in columns.items()}
    truth = np.array(american_oracle.reference(rows))
    found = []

    def ours(name: str, setting: str, price: Callable[..., Any], **settings: Any) -> None:
        work = partial(price, option_type="put", threads=1, **settings)
        timed, prices = partial(work, **stacked), partial(work, **columns)
        found.append(Method("american", OURS, name, setting, timed, 5 * len(rows), prices, truth))

    names = {
        "barone_adesi_whaley": "Barone-Adesi Whaley",
        "bjerksund_stensland": "Bjerksund-Stensland",
        "ju_zhong": "Ju quadratic",
        "qd_plus": "QD+",
    }
    for method, name in names.items():
        ours(name, "0", sp.american_approximation.price, method=method)
    for accuracy in ("fast", "accurate", "high_precision"):
        ours("collocation", accuracy, sp.american.price, accuracy=accuracy)
    for steps in (51, 201, 801):
        ours("Leisen-Reimer tree", str(steps), sp.lattice.price, steps=steps, extrapolation=False)
        tree = partial(sp.lattice.price, steps=steps)
        ours("Leisen-Reimer tree, extrapolated", str(steps), tree, extrapolation=True)
    for steps in (50, 100, 200, 400):
        grid = {"time_steps": steps, "spot_points": 2 * steps}
        ours("finite differences", str(steps), sp.finite_difference.price, **grid)
    for method, setting in american_oracle.METHODS:
        batch = american_oracle.Batch(rows, method, setting)
        work = batch.prices
        found.append(Method("american", THEIRS, method, str(setting), work, len(rows), work, truth))
    return found


def _heston(reference: Path) -> list[Method]:
    """Over all cases at once, so that no method shines by the case that it was made for."""
    cases = list(smile_surfaces.cases(reference).values())
    truth = np.concatenate([case.call for case in cases])
    options = sum(len(case.strikes) for case in cases)
    found = []
    for accuracy in ("absolute", "relative"):

        def price(case: Any, strike: Floats, expiry: Any, how: Any = accuracy) -> Floats:
            return np.asarray(
                sp.heston.price(
                    option_type=1.0, spot=1.0, strike=strike, time_to_expiry=expiry, rate=0.0,
                    threads=1, on_failure="nan", accuracy=how, **case.model,
                )
            )  # fmt: skip

        def timed(one: Callable[..., Floats] = price) -> None:
            for case in cases:
                one(case, case.strikes, case.expiries)

        def prices(one: Callable[..., Floats] = price) -> Floats:
            return np.concatenate([one(case, case.strike, case.time) for case in cases])

        found.append(Method("heston", OURS, "contour", accuracy, timed, options, prices, truth))
    for engine, setting in heston_oracle.METHODS:
        surfaces = [
            heston_oracle.Surface(
                engine, case.model, case.strikes.tolist(), case.expiries.tolist(), setting
            )
            for case in cases
        ]
        checked = [
            heston_oracle.Surface(
                engine, case.model, case.strike.tolist(), [case.time] * len(case.strike), setting
            )
            for case in cases
        ]
        found.append(
            Method(
                "heston", THEIRS, engine, str(setting), partial(_all, surfaces), options,
                partial(_all, checked), truth,
            )
        )  # fmt: skip
    return found


def _all(surfaces: list[heston_oracle.Surface]) -> list[float]:
    return [price for surface in surfaces for price in surface.prices()]


def paths() -> list[Method]:
    """Asian calls of four fixings, and down-and-out calls."""
    rows = path_options.contracts()
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    exact = {
        "asian": np.array([path_options.asian(row) for row in rows]),
        "barrier": np.array([path_options.barrier(row) for row in rows]),
    }
    found = []

    def ours(
        product: str, name: str, setting: str, price: Callable[..., Any], copies: int, **also: Any
    ) -> None:
        level = {argument: columns["barrier"] for argument, v in also.items() if v is _BARRIER}
        given = {name: values for name, values in columns.items() if name != "barrier"} | level
        rest = {argument: v for argument, v in also.items() if v is not _BARRIER}
        work = partial(price, option_type="call", threads=1, **rest)
        timed = partial(work, **{name: np.tile(values, copies) for name, values in given.items()})
        prices, count = partial(work, **given), copies * len(rows)
        found.append(Method(product, OURS, name, setting, timed, count, prices, exact[product]))

    for method in ("accurate", "curran", "lognormal"):
        how: dict[str, Any] = {"method": method, "fixings": path_methods.FIXINGS}
        ours("asian", method, "0", sp.asian.price, _COPIES, **how)
    down: dict[str, Any] = {"barrier_type": "down_out", "barrier": _BARRIER}
    ours("barrier", "closed form", "0", sp.barrier.price, _COPIES, **down)
    for steps in (25, 50, 100, 200, 400):
        grid: dict[str, Any] = {"time_steps": steps, "spot_points": 2 * steps}
        grid |= {"exercise": "european"}
        grid |= {"barrier_type": "out", "lower_barrier": _BARRIER}
        ours("barrier", "finite differences", str(steps), sp.finite_difference.price, 1, **grid)
    for product, method, setting in path_methods.METHODS:
        work = path_methods.Batch(product, rows, method, setting).prices
        row = (work, len(rows), work, exact[product])
        found.append(Method(product, THEIRS, method, str(setting), *row))
    return found


_COPIES = 50  # of the contracts in a call of a cheap method
_BARRIER = object()  # stands for the contracts' barriers


def measure(methods: list[Method], progress: Progress, rounds: int = _ROUNDS) -> pl.DataFrame:
    """One row per method and setting."""
    times: list[list[float]] = [[] for _ in methods]
    repeats = [1] * len(methods)
    for turn in range(rounds):
        for place, method in enumerate(methods):
            if turn == 0:
                once = smile_surfaces.seconds(method.timed)
                repeats[place] = max(1, round(_LEAST_SECONDS / once))
            taken = smile_surfaces.seconds(partial(_repeated, method.timed, repeats[place]))
            times[place].append(taken / repeats[place] / method.options)
        progress(turn + 1, rounds)
    return pl.DataFrame([_row(m, t) for m, t in zip(methods, times, strict=True)])


def _repeated(work: Work, count: int) -> None:
    for _ in range(count):
        work()


def _row(method: Method, times: list[float]) -> dict[str, Any]:
    error = np.abs(np.asarray(method.prices()) - method.truth)
    finite = error[np.isfinite(error)]
    median = statistics.median(times)
    return {
        "product": method.product,
        "library": method.library,
        "method": method.method.replace(",", ""),
        "setting": method.setting,
        "options": int(error.size),
        "failures": int(error.size - finite.size),
        "ns_per_option": 1e9 * median,
        "spread": statistics.median(abs(time - median) for time in times) / median,
        "rms_error": float(np.sqrt(np.mean(finite**2))),
        "max_error": float(finite.max()),
    }


def write_frontier(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Measure every method of all products and write the table."""
    methods = [*_american(), *_heston(inputs["reference"]), *paths()]
    tables.write_table(measure(methods, progress), output, optional_tables.Frontier)


_TITLES = {
    "american": "American put, spot 100: against QuantLib's collocation, refined to some 3e-9",
    "asian": "Asian call of four fixings, spot 100: against Gauss-Hermite integration",
    "barrier": "Down-and-out call, spot 100, watched all the time: against 40 digits",
    "heston": "Heston call on a forward of 1, five models: against 30 digits",
}
_LEAST_SHOWN = 1e-16


def write_frontier_plot(
    output: Path,
    *,
    inputs: Mapping[str, Path],
    config: Mapping[str, Any],  # noqa: ARG001 - one signature for all makers
    progress: Progress,
) -> None:
    """Draw error against time, one panel a product."""
    frame = tables.read_table(inputs["table"], optional_tables.Frontier)
    title = "Error against time by one thread: down and to the left is better"
    with plotting.figure(output, 11.0, 25.0, title) as drawn:
        for axes, (product, heading) in zip(
            drawn.subplots(len(_TITLES), 1), _TITLES.items(), strict=True
        ):
            rows = frame.filter(pl.col("product") == product)
            _draw(axes, rows)
            axes.set_title(heading)
    progress(1, 1)


_MARKERS = "osD^vPX<>*"
_COLOURS = {
    OURS: ("#1f4e79", "#2f5d8a", "#3a8f6b", "#17807e", "#5b8fc7", "#6a51a3", "#204d3a", "#89b3d9"),
    THEIRS: (
        "#d9822b",
        "#c0392b",
        "#b5651d",
        "#e0a458",
        "#a23b72",
        "#e06666",
        "#8c564b",
        "#f0b67f",
    ),
}


def _draw(axes: Any, frame: pl.DataFrame) -> None:
    drawn = dict.fromkeys((OURS, THEIRS), 0)
    for (library, method), rows in frame.group_by("library", "method", maintain_order=True):
        place = drawn[str(library)]
        drawn[str(library)] += 1
        ordered = rows.sort("ns_per_option")
        error = np.maximum(ordered["rms_error"].to_numpy(), _LEAST_SHOWN)
        style = "-" if library == OURS else "--"
        axes.plot(
            ordered["ns_per_option"].to_numpy(),
            error,
            style,
            marker=_MARKERS[place % len(_MARKERS)],
            color=_COLOURS[str(library)][place % 8],
            label=f"{library}: {method}",
            markersize=6,
        )
    axes.set(xscale="log", yscale="log", xlabel="ns per option", ylabel="root mean square error")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
